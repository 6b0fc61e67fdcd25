"""The plate: a film as a book prints it, a few moments of one panel side by side.

Its model is figure 9.8 of Bishop (2006): six pictures, one set of axis labels, and beneath each picture no more
than how many iterations have passed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from math import ceil, sqrt
from pathlib import Path
from typing import Annotated, ClassVar
from xml.etree import ElementTree

import numpy as np
from PIL import Image as Pillow
from pydantic import Field

from gmmviz.artists.formulas import check_formulas
from gmmviz.encoders.base import ENCODERS, Contents, Encoder, Film, Shot, Wants, some
from gmmviz.encoders.sized import PictureSize
from gmmviz.encoders.stills import save_png
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, RenderError, counted
from gmmviz.options import Count, NameIn, options
from gmmviz.storyboard.timeline import step_named
from gmmviz.storyboard.vocabulary import Words
from gmmviz.themes import THEMES, theme_named

USUAL = 6  # moments
MOST = 24  # moments
MOST_PICTURES = 120  # of all runs; smaller ones could not be read
SHAPE = 1.25  # width divided by height of a picture
# In pixels of a plate 1280 pixels wide: numbers and a name beside the pictures, words beneath a row of them, the
# name of a run above it, and numbers and a name at the bottom.
BESIDE, BENEATH, ABOVE, BOTTOM = 110, 70, 36, 70


@ENCODERS.register("plate.svg")
@ENCODERS.register("plate.pdf")
@ENCODERS.register("plate.png")  # the lowest comes first
@options
class PlateEncoder(Encoder):
    """Plate (PNG, PDF or SVG): chosen moments side by side, as a book prints a film; each run has its own row."""

    wants: ClassVar[Wants] = "plate"

    moments: Annotated[tuple[str, ...], Field(max_length=MOST)] = ()
    """Which, such as ["start", "E1", "M1", "M2", "M5", "end"], of any iterations; by default six at most that the
    film stops at."""
    words: tuple[str, ...] = ()
    """What stands beneath each moment; by default "start", "E1", and how many iterations have passed."""
    panel: Count = 1
    """Which of the film's panels is drawn, counted from 1."""
    columns: Count | None = None
    """Pictures in a row; by default about as many as rows, or all moments where there are several runs."""
    size: PictureSize | None = None
    """Width and height in pixels (a PDF's points); by default as wide as the film, as high as the rows need."""
    theme: Annotated[str, NameIn(THEMES, theme_named)] | None = None
    """Such as "print"; by default the film's."""

    def __post_init__(self) -> None:
        for i, word in enumerate(self.words):
            check_formulas(word, "words", i)

    def check(self, film: Film) -> None:
        """Refuse moments and a panel that the film does not have, and words that do not match the moments."""
        moments = moments_of(self, film)
        for i, name in enumerate(moments):
            try:
                step_named(name, _last(film))
            except InputError as error:
                raise InputError(f"plate: {error}", "moments", i) from None
        if self.words and len(self.words) != len(moments):
            raise InputError(
                f"plate: {counted(len(self.words), 'word')} for {counted(len(moments), 'moment')} "
                f"({', '.join(moments)}): give one for each",
                "words",
            )
        if self.panel > film.n_panels:
            raise InputError(
                f"plate: there is no panel {self.panel}: the film has {counted(film.n_panels, 'panel')}", "panel"
            )
        if len(moments) * len(film.runs) > MOST_PICTURES:
            raise InputError(
                f"plate: {counted(len(moments), 'moment')} of {counted(len(film.runs), 'run')} are more than "
                f"{MOST_PICTURES} pictures: choose fewer moments",
                "moments",
            )

    def length_of(self, film: Film) -> float:
        """Return 0: nothing moves."""
        return 0.0

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the drawing; a PNG also says what it shows."""
        (shot,) = some(shots)
        if path.suffix.lower() == ".png":
            with Pillow.open(io.BytesIO(shot.drawing)) as picture:
                save_png(picture, path, film, film.text)
                return Contents(picture.size, 1)
        path.write_bytes(shot.drawing)
        return Contents(n_frames=1)

    def read_back(self, path: Path) -> Contents:
        """Decode a PNG, parse an SVG, and look at the beginning and the end of a PDF."""
        suffix = path.suffix.lower()
        if suffix == ".png":
            with Pillow.open(path) as picture:
                picture.load()
                return Contents(picture.size, 1)
        content = path.read_bytes()
        if suffix == ".svg":
            try:
                ElementTree.fromstring(content)
            except ElementTree.ParseError:
                raise RenderError("the file is damaged") from None
        elif not (content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")):
            raise RenderError("the file is damaged")
        return Contents(n_frames=1)


def moments_of(wanted: PlateEncoder, film: Film) -> tuple[str, ...]:
    """Return the names of the moments: those that were asked for, or of some steps of the film."""
    if wanted.moments:
        return wanted.moments
    done = sorted({step.iteration for step in film.steps if step.phase == "m"})
    first_e = [f"E{done[0]}"] if done else []
    later = [t for t in done if t < _last(film)]
    room = min(len(later), USUAL - 3)
    chosen = [later[i] for i in np.linspace(0, len(later) - 1, room).astype(int)]
    return ("start", *first_e, *(f"M{t}" for t in chosen), "end")


def words_of(wanted: PlateEncoder, film: Film, trace: Trace) -> tuple[str, ...]:
    """Return what stands beneath each moment of a run."""
    return wanted.words or tuple(_word(name, trace, film.words) for name in moments_of(wanted, film))


def columns_of(wanted: PlateEncoder, n_moments: int, n_runs: int) -> int:
    """Return how many pictures stand in a row."""
    usual = n_moments if n_runs > 1 or n_moments <= 3 else ceil(sqrt(n_moments))
    return min(wanted.columns or usual, n_moments)


def size_of(wanted: PlateEncoder, film: Film, n_runs: int) -> tuple[int, int]:
    """Return width and height of the plate in pixels."""
    if wanted.size:
        return wanted.size
    n_moments = len(moments_of(wanted, film))
    columns = columns_of(wanted, n_moments, n_runs)
    rows = ceil(n_moments / columns) * n_runs
    width = film.size[0]
    around = width / 1280 * (rows * BENEATH + (n_runs if n_runs > 1 else 0) * ABOVE + BOTTOM)
    height = around + rows * (width - width / 1280 * BESIDE) / columns / SHAPE
    return width, int(np.clip(round(height), 16, 8192))


def _last(film: Film) -> int:
    """The last iteration of the longest run."""
    return max((len(run.trace) - 1 for run in film.runs), default=0)


def _word(name: str, trace: Trace, words: Words) -> str:
    moment = step_named(name, 10**9)
    if moment.phase == "start":
        return words.text("plate_start")
    last = len(trace) - 1
    return (
        f"E{moment.after}"
        if moment.phase == "e"
        else str(last if moment.phase == "end" else min(moment.after, last))
    )
