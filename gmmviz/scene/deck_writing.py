"""A deck is written: film by film, what each scene has to show and to say goes into the file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gmmviz.encoders.base import one_line
from gmmviz.errors import InputError, brief, counted, listed
from gmmviz.files import check_place, replacing
from gmmviz.film.animation import Animation, Progress
from gmmviz.film.quality import Quality
from gmmviz.scene.deck import Deck, Entry
from gmmviz.scene.deck_files import BeamerDeck, DeckFile, PptxDeck
from gmmviz.scene.deck_page import HtmlDeck
from gmmviz.scene.notes import notes, questions
from gmmviz.scene.plugins import blaming
from gmmviz.storyboard.vocabulary import Words

Watching = Callable[[Path, int, int], AbstractContextManager[Progress | None]]

DECKS: dict[str, type[DeckFile]] = {".pptx": PptxDeck, ".html": HtmlDeck, ".beamer.zip": BeamerDeck}


def kind_of(path: Path) -> type[DeckFile]:
    """Return what writes a deck to a file of that name.

    Raises
    ------
    InputError
        If nothing does.
    """
    for suffix, kind in DECKS.items():
        if path.name.lower().endswith(suffix):
            return kind
    given = f"ends in {brief(path.suffix)}" if path.suffix else "has no suffix"
    raise InputError(f"no deck can be written to {path}: it {given}; known: {listed(DECKS, 'and')}")


def write_deck(
    deck: Deck,
    path: Path,
    watching: Watching,
    *,
    theme: str | None = None,
    quality: Quality = "standard",
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
                    told, shown = _said(deck, entry, film.words)

                    def save(*targets: Any, film: Animation = film, progress: Progress | None = progress) -> None:
                        film.save(*targets, progress=progress)

                    file.film(entry, film, told, save)
                    for heading, paragraphs in shown.items():
                        file.text(heading, paragraphs)
        assert file  # a deck has a scene at least
        with replacing(path) as temporary:
            n_slides = file.write(temporary)
            n_bytes = temporary.stat().st_size
    return f"{path}  {counted(number, 'film')}, {counted(n_slides, 'slide')}, {n_bytes / 1e6:.2f} MB"


def _said(deck: Deck, entry: Entry, words: Words) -> tuple[str, dict[str, list[str]]]:
    """What a scene says to the teacher: for the speaker's notes, and as slides."""
    told, shown = [], {}
    for heading, text in notes(entry.scene.path, words).items():
        asks = text.endswith("?")
        if (deck.questions if asks else deck.notice) == "slides":
            shown[one_line(heading)] = [one_line(one) for one in questions(text)] if asks else [one_line(text)]
        else:
            told.append(one_line(f"{heading}: {text}"))
    return "\n".join(told), shown
