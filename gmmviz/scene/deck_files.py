"""Files of a deck, which are given the same slides: for presentation programs and for LaTeX."""

from __future__ import annotations

import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from gmmviz.encoders import Mp4Encoder, StepsEncoder, beamer
from gmmviz.encoders.clips import clips
from gmmviz.encoders.pptx import PptxEncoder, add_film, powerpoint
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.errors import RenderError, warn
from gmmviz.film.animation import Animation
from gmmviz.film.quality import Quality
from gmmviz.scene.deck import Deck, Entry

SIDES = (16, 9)  # of a slide


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

    has_steps: ClassVar[bool] = True
    """Whether steps may have slides of their own."""

    def __init__(self, deck: Deck, title: str, language: str, path: Path, folder: Path) -> None:
        self.deck, self.title, self.language = deck, title, language
        self.path, self.folder = path, folder

    @abstractmethod
    def animation(self, entry: Entry, theme: str | None, quality: Quality) -> Animation:
        """Return a scene's film as this file shows it."""

    def resized(self, entry: Entry, own: MovingEncoder, **overrides: Any) -> Animation:
        """Return a scene's film in the deck's size and frame rate, else in those of the scene for such a file."""
        size, fps = self.deck.size or own.size, self.deck.fps or own.fps
        return entry.scene.animation(size=size, fps=fps, **overrides)

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
        return self.resized(entry, _own(entry), theme=theme, quality=quality)

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
        """Return the film; drawings are as sharp in any size, of which the shape matters."""
        return entry.scene.animation(size=self.deck.size, theme=theme)

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


def _own(entry: Entry) -> PptxEncoder:
    """What the scene says of its slides."""
    encoder = entry.scene.encoder(Path("film.pptx"))
    assert isinstance(encoder, PptxEncoder)
    return encoder
