"""What to paste into a README, a deck, a document or a notebook so that it shows a film."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import PurePath
from urllib.parse import quote

from gmmviz.encoders import Film
from gmmviz.encoders.beamer import KNOWN, frame, in_symbols
from gmmviz.errors import InputError, listed

CONTROLS = 150  # pixels of the player below the picture
SLIDE = (960, 700)  # pixels, of reveal.js


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to paste.

    Parameters
    ----------
    text : str
        Of one or more lines.
    formats : tuple of str
        The formats of the film's files that it shows; none if it needs no file but the scene.
    note : str
        What the user should know about it.
    """

    text: str
    formats: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A film to be embedded.

    Parameters
    ----------
    film : Film
        What it says.
    size : tuple of int
        Pixels of its player's pictures.
    stem : PurePath
        Its files without their suffixes, as the document names them.
    scene : PurePath
        Its scene file, likewise.
    reading : mapping of str to str
        With which arguments `gmmviz.load_scene` reads it, each as an expression of Python.
    """

    film: Film
    size: tuple[int, int]
    stem: PurePath
    scene: PurePath
    reading: Mapping[str, str]

    def address(self, suffix: str) -> str:
        """The file of that format, as web pages name it."""
        return quote(os.fsencode(f"{self.stem.as_posix()}.{suffix}"))

    @property
    def title(self) -> str:
        """The name for a frame that holds the film."""
        return self.film.title or self.stem.name


def readme(embedded: Embedded) -> Snippet:
    """A picture that moves, and stands for those who want nothing to move; GitHub takes both from the page."""
    text = f"""\
<picture>
  <source media="(prefers-reduced-motion: reduce)" srcset="{embedded.address("poster.png")}">
  <img src="{embedded.address("gif")}" alt="{escape(embedded.film.text)}">
</picture>"""
    return Snippet(text, ("gif", "poster.png"))


def reveal(embedded: Embedded) -> Snippet:
    """A slide with the player, which is loaded before the slide is shown, and starts then."""
    width, height = _frame(embedded.size)
    text = f"""\
<section>
  <iframe data-src="{embedded.address("html")}?deck" data-preload title="{escape(embedded.title)}" \
width="{width}" height="{height}" allowfullscreen style="border: 0"></iframe>
</section>"""
    return Snippet(text, ("html",))


def quarto(embedded: Embedded) -> Snippet:
    """The player, for documents and slides; beside the page, also where that embeds everything else."""
    width, height = _frame(embedded.size)
    text = f"""\
```{{=html}}
<iframe src="{embedded.address("html")}?deck" data-external="1" title="{escape(embedded.title)}" \
width="{width}" height="{height}" allowfullscreen style="border: 0; max-width: 100%"></iframe>
```"""
    return Snippet(text, ("html",))


def beamer(embedded: Embedded) -> Snippet:
    """A frame that shows the steps one after the other, each with its words as a note."""
    file = f"{embedded.stem.as_posix()}.steps.pdf"
    if odd := next((letter for letter in file if letter in "%#{}~^$&\\"), None):
        raise InputError(f"LaTeX finds no file of the name {file}: give the scene a name without {odd!r}")
    text = in_symbols(frame(embedded.film, file))
    left = sorted({letter for letter in text if not KNOWN.match(letter)} - {"\n"})
    note = f"pdflatex does not know {listed(left, 'and')}: use lualatex, with a font that does" if left else ""
    return Snippet(text, ("steps.pdf",), note)


def jupyter(embedded: Embedded) -> Snippet:
    """A cell whose value is the film: the notebook holds its player, and needs no file."""
    said = [json.dumps(embedded.scene.as_posix(), ensure_ascii=False)]
    said += [f"{name}={value}" for name, value in embedded.reading.items()]
    imports = "import gmmviz as gv\n" + "from gmmviz.scene import Limits\n" * ("limits" in embedded.reading)
    return Snippet(f"{imports}\ngv.load_scene({', '.join(said)})")


def _frame(size: tuple[int, int]) -> tuple[int, int]:
    """The size of the player: as wide as its pictures, within a slide."""
    width = min(size[0], SLIDE[0])
    return width, min(round(width * size[1] / size[0]) + CONTROLS, SLIDE[1])


SNIPPETS: dict[str, Callable[[Embedded], Snippet]] = {
    "readme": readme,
    "reveal": reveal,
    "quarto": quarto,
    "beamer": beamer,
    "jupyter": jupyter,
}
