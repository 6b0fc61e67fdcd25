"""Texts beside the film: its captions with their times, and what it shows for those who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from gmmviz.encoders.base import ENCODERS, Contents, Encoder, Film, Shot, Wants
from gmmviz.errors import InputError
from gmmviz.options import options


class TextEncoder(Encoder):
    """A text file, for which no image is painted."""

    wants: ClassVar[Wants] = "nothing"
    tick: ClassVar[float] = 1 / 1000


@ENCODERS.register("vtt")
@options
class VttEncoder(TextEncoder):
    """Captions (WebVTT): what the caption bar says and when, for video players and screen readers."""

    def check(self, film: Film) -> None:
        """Refuse a film without steps, which says nothing."""
        if not film.steps:
            raise InputError("captions (vtt) are the words of a film's steps, and this film has none", "steps")

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write one cue per step."""
        cues = [f"{_clock(step.begins)} --> {_clock(step.ends)}\n{_escaped(step.words)}" for step in film.steps]
        header = f"WEBVTT\nLanguage: {film.language}"
        path.write_text("\n\n".join([header, *cues]) + "\n", encoding="utf-8", newline="\n")
        return Contents(n_frames=len(cues), seconds=film.length)

    def read_back(self, path: Path) -> Contents:
        """Count the cues and find the end of the last one."""
        ends = re.findall(r"^\S+ --> (\d+):(\d+):(\d+)\.(\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        hours, minutes, seconds, milliseconds = map(int, ends[-1])
        return Contents(n_frames=len(ends), seconds=3600 * hours + 60 * minutes + seconds + milliseconds / 1000)


@ENCODERS.register("txt")
@options
class TxtEncoder(TextEncoder):
    """Alternative text: what happens in the film, for those who cannot see it."""

    def length_of(self, film: Film) -> float:
        """Return 0: a text does not last."""
        return 0.0

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the title, the description and the story, a paragraph each."""
        paragraphs = [text for text in (film.title, film.description, film.story) if text]
        path.write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8", newline="\n")
        return Contents(n_frames=len(paragraphs))

    def read_back(self, path: Path) -> Contents:
        """Count the paragraphs."""
        paragraphs = path.read_text(encoding="utf-8").split("\n\n")
        return Contents(n_frames=sum(1 for paragraph in paragraphs if paragraph.strip()))


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
