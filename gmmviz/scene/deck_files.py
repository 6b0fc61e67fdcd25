"""Files of a deck: each kind of file gets the same slides, one after the other."""

from __future__ import annotations

import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gmmviz.encoders import Mp4Encoder, StepsEncoder, beamer
from gmmviz.encoders.base import one_line
from gmmviz.encoders.clips import clips
from gmmviz.encoders.pptx import PptxEncoder, add_film, powerpoint
from gmmviz.errors import InputError, RenderError, brief, counted, listed, warn
from gmmviz.files import check_place, replacing
from gmmviz.film.animation import Animation, Progress
from gmmviz.film.quality import Quality
from gmmviz.scene.deck import Deck, Entry
from gmmviz.scene.deck_page import HtmlDeck
from gmmviz.scene.notes import notes, questions
from gmmviz.scene.plugins import blaming

SIDES = (16, 9)  # of a slide

Watching = Callable[[Path, int, int], AbstractContextManager[Progress | None]]


class DeckFile(ABC):
    """A file of slides, which are added one after the other.

    Parameters
    ----------
    deck : Deck
    title, language : str
    path : Path
        The file that will be written.
    folder : Path
        For what is needed meanwhile.
    """

    def __init__(self, deck: Deck, title: str, language: str, path: Path, folder: Path) -> None:
        self.deck, self.title, self.language = deck, title, language
        self.path, self.folder = path, folder

    @abstractmethod
    def animation(self, entry: Entry, theme: str | None, quality: Quality) -> Animation:
        """Return a scene's film as this file shows it."""

    @abstractmethod
    def film(self, entry: Entry, film: Animation, said: str, save: Callable[..., Any]) -> None:
        """Add a film and its steps; `said` is for the speaker, `save` is `Animation.save`."""

    @abstractmethod
    def section(self, title: str) -> None:
        """Add the head of a section."""

    @abstractmethod
    def text(self, title: str, paragraphs: Sequence[str]) -> None:
        """Add a slide of words."""

    @abstractmethod
    def write(self, path: Path) -> int:
        """Write the file; return how many slides it has when it is read back."""


class PptxDeck(DeckFile):
    """For PowerPoint, Keynote and LibreOffice."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self._slides = powerpoint().Slides(SIDES, self.language, self.deck.template)
        self._slides.text(self.title, [self.deck.author] if self.deck.author else [], "title")

    def animation(self, entry: Entry, theme: str | None, quality: Quality) -> Animation:
        """Return the film in the size and frame rate that the scene has for slides."""
        own = _own(entry)
        return entry.scene.animation(size=own.size, fps=own.fps, theme=theme, quality=quality)

    def film(self, entry: Entry, film: Animation, said: str, save: Callable[..., Any]) -> None:
        """Make the movie and the pictures in one pass."""
        own = _own(entry)
        if own.template and not self.deck.template:
            warn(
                "its [output.pptx] has a template of its own; a deck's stands in the deck's file, as "
                "template = ..."
            )
        movie, pictures = self.folder / "film.mp4", self.folder / "film.steps.zip"
        save((movie, Mp4Encoder(quality=own.quality)), (pictures, StepsEncoder()))
        with zipfile.ZipFile(pictures) as archive:
            pngs = [archive.read(name) for name in archive.namelist()]
        content = movie.read_bytes()
        cuts = clips(content, film.film) if own.steps == "movies" and entry.steps else ()
        add_film(self._slides, film.film, content, pngs, cuts, said, entry.steps)

    def section(self, title: str) -> None:
        """Add the head of a section."""
        self._slides.text(title, [], "secHead")

    def text(self, title: str, paragraphs: Sequence[str]) -> None:
        """Add a slide of words."""
        self._slides.text(title, paragraphs)

    def write(self, path: Path) -> int:
        """Write the file."""
        self._slides.save(path, self.title, "")
        return int(powerpoint().n_slides(path))


class BeamerDeck(DeckFile):
    """For LaTeX: pages, and a text that shows them."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self._frames: list[str] = []
        self._files: dict[str, bytes] = {}

    def animation(self, entry: Entry, theme: str | None, quality: Quality) -> Animation:
        """Return the film; drawings are as sharp in any size."""
        return entry.scene.animation(theme=theme)

    def film(self, entry: Entry, film: Animation, said: str, save: Callable[..., Any]) -> None:
        """Make the pages, for which no image is painted."""
        pages = self.folder / "film.steps.pdf"
        save(pages)
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", entry.scene.path.stem)
        name = f"{len(self._files) + 1:02}-{stem}.steps.pdf"
        self._files[name] = pages.read_bytes()
        self._frames.append(beamer.frame(film.film, name, said, entry.steps))

    def section(self, title: str) -> None:
        """Add the head of a section."""
        self._frames.append(beamer.section(title))

    def text(self, title: str, paragraphs: Sequence[str]) -> None:
        """Add a slide of words."""
        self._frames.append(beamer.text_frame(title, paragraphs))

    def write(self, path: Path) -> int:
        """Write the archive."""
        text = beamer.document(SIDES, self.title, self._frames, self.deck.author, with_title=True)
        if lost := beamer.loss(text):
            warn(lost)
        beamer.pack(path, text, f"{self.path.name.split('.')[0] or 'deck'}.tex", self._files)
        if beamer.pages_in(path).keys() != self._files.keys():
            raise RenderError(f"{self.path} was not written: the file is damaged")
        return text.count(r"\only<") + text.count(r"\begin{frame}{") + text.count(r"\frame{")


DECKS: dict[str, Any] = {".pptx": PptxDeck, ".html": HtmlDeck, ".beamer.zip": BeamerDeck}


def kind_of(path: Path) -> Callable[..., DeckFile]:
    """Return what writes a deck to a file of that name.

    Raises
    ------
    InputError
        If nothing does.
    """
    for suffix, kind in DECKS.items():
        if path.name.lower().endswith(suffix):
            found: Callable[..., DeckFile] = kind
            return found
    given = f"ends in {brief(path.suffix)}" if path.suffix else "has no suffix"
    raise InputError(f"no deck can be written to {path}: it {given}; known: {listed(DECKS, 'and')}")


def write_deck(
    deck: Deck,
    path: Path,
    watching: Watching,
    *,
    theme: str | None = None,
    quality: Quality = "standard",
    jobs: int = 1,
) -> str:
    """Write a deck.

    Parameters
    ----------
    deck : Deck
    path : Path
        Its suffix says what kind of file it is.
    watching : callable
        Is given a scene's path, its number and how many there are; returns a context that yields what is told of
        progress, inside which the scene's film is made.
    theme : str, optional
        Of all films, instead of their own.
    quality : {"draft", "standard", "high"}
    jobs : int
        How many processes paint.

    Returns
    -------
    str
        What was written, in words.

    Raises
    ------
    InputError
        If a film cannot be made as asked.
    RenderError
        If the file could not be written; what stood there before still stands.
    """
    kind = kind_of(path)
    check_place(path, f"deck{path.suffix}")
    number, total, file = 0, len(deck.entries), None
    with TemporaryDirectory() as folder:
        for section in deck.sections:
            for entry in section.entries:
                number += 1
                with watching(entry.scene.path, number, total) as progress, blaming(entry.scene.files):
                    if file is None:  # its title and language may be the first film's
                        first = entry.scene.animation(theme=theme)
                        usual = first.film.title if total == 1 else first.words.text("title")
                        title = one_line(usual if deck.title is None else deck.title)
                        file = kind(deck, title, deck.language or first.language, path, Path(folder))
                    if section.title and entry is section.entries[0]:
                        file.section(one_line(section.title))
                    film = file.animation(entry, theme, quality)
                    told, shown = _said(deck, entry)

                    def save(*targets: Any, film: Animation = film, progress: Progress | None = progress) -> None:
                        film.save(*targets, progress=progress, jobs=jobs)

                    file.film(entry, film, told, save)
                    for heading, paragraphs in shown.items():
                        file.text(heading, paragraphs)
        assert file  # a deck has a scene at least
        with replacing(path) as temporary:
            n_slides = file.write(temporary)
            n_bytes = temporary.stat().st_size
    return f"{path}  {counted(number, 'film')}, {counted(n_slides, 'slide')}, {n_bytes / 1e6:.2f} MB"


def _own(entry: Entry) -> PptxEncoder:
    """What the scene says of its slides."""
    encoder = entry.scene.encoder(Path("film.pptx"))
    assert isinstance(encoder, PptxEncoder)
    return encoder


def _said(deck: Deck, entry: Entry) -> tuple[str, dict[str, list[str]]]:
    """What a scene says to the teacher: for the speaker's notes, and as slides."""
    told, shown = [], {}
    for heading, text in notes(entry.scene.path).items():
        asks = text.endswith("?")
        if (deck.questions if asks else deck.notice) == "slides":
            shown[one_line(heading)] = [one_line(one) for one in questions(text)] if asks else [one_line(text)]
        else:
            told.append(one_line(f"{heading}: {text}"))
    return "\n".join(told), shown
