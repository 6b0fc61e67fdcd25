"""A deck as a page: one file for any browser, whose films are players."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

from gmmviz.encoders.html import hash_of, is_dark
from gmmviz.film.animation import Animation
from gmmviz.film.quality import Quality
from gmmviz.scene.deck import Entry
from gmmviz.scene.deck_files import DeckFile
from gmmviz.storyboard.vocabulary import Words
from gmmviz.storyboard.words import plain

PARTS = files("gmmviz.scene") / "web"
SCRIPT = re.compile("script-src '([^']+)'")


class HtmlDeck(DeckFile):
    """For browsers. A film starts when its slide is shown, and its steps are the player's."""

    has_steps: ClassVar[bool] = False

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self._scripts: set[str] = set()
        self._slides: list[str] = []
        self._dark: list[bool] = []  # of each film
        author = f"<p>{escape(self.deck.author)}</p>" if self.deck.author else ""
        self._slides.append(f'<section class="head"><h1>{escape(self.title)}</h1>{author}</section>')

    def animation(self, entry: Entry, theme: str | None, quality: Quality) -> Animation:
        """Return the film in the size and frame rate that the scene has for players."""
        own: Any = entry.scene.encoder(Path("film.html"))
        return self.resized(entry, own, theme=theme, quality=quality)

    def film(self, entry: Entry, film: Animation, said: str, save: Callable[..., Any]) -> None:
        """Put in the player, in 256 colors, since a lecture is many films; `said` stands below it, folded."""
        own: Any = entry.scene.encoder(Path("film.html"))
        file, still = self.folder / "film.html", self.folder / "film.poster.png"
        save((file, replace(own, size=None, fps=None, lossless=False, deck=True)), still)
        page = file.read_text(encoding="utf-8")
        self._scripts |= set(SCRIPT.findall(page[:2000]))
        self._dark.append(is_dark(film.film))
        words = film.film.title or self.title
        picture = base64.b64encode(still.read_bytes()).decode()
        notes = "".join(f"<p>{escape(line)}</p>" for line in said.splitlines())
        folded = f"<details><summary>{escape(_heading(said))}</summary>{notes}</details>" if said else ""
        self._slides.append(
            f'<section lang="{escape(film.language)}"><h1 class="unseen">{escape(words)}</h1>'
            f'<iframe title="{escape(words)}" sandbox="allow-scripts" allow="fullscreen"></iframe>'
            f"<template>{escape(page, quote=False)}</template>"
            f'<noscript><img alt="{escape(film.film.text)}" src="data:image/png;base64,{picture}"></noscript>'
            f"{folded}</section>"
        )

    def section(self, title: str) -> None:
        """Add the head of a section."""
        self._slides.append(f'<section class="head"><h1>{escape(title)}</h1></section>')

    def text(self, title: str, paragraphs: Sequence[str]) -> None:
        """Add a slide of words."""
        said = "".join(f"<li>{escape(one)}</li>" for one in paragraphs)
        said = f"<ul>{said}</ul>" if len(paragraphs) > 1 else f"<p>{escape(''.join(paragraphs))}</p>"
        self._slides.append(f'<section class="text"><h1>{escape(title)}</h1>{said}</section>')

    def write(self, path: Path) -> int:
        """Write the page."""
        words, script = Words(self.language), _part("deck.js")
        page = _part("deck.html").format(
            language=escape(self.language),
            theme="dark" if all(self._dark) else "light",
            title=escape(self.title),
            style=_part("deck.css"),
            script=script,
            # A frame's page obeys the policy of the page around it, too.
            script_hashes=" ".join(f"'{one}'" for one in sorted(self._scripts | {hash_of(script)})),
            slides="\n".join(self._slides),
            previous=escape(plain(words.text("player_previous"))),
            next=escape(plain(words.text("player_next"))),
        )
        path.write_text(page, encoding="utf-8")
        return path.read_text(encoding="utf-8").count("<section")


def _heading(said: str) -> str:
    """The first heading of what the scene says to the teacher."""
    return said.partition(":")[0]


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")
