"""Arrange panels in a grid: as a scene draws it with letters, or so that each has a pleasant shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log
from string import ascii_uppercase
from typing import Annotated

from annotated_types import Le
from pydantic import Field

from gmmviz.errors import InputError, brief, listed
from gmmviz.options import Count, Flag, Positive, checked, options

BEST = 1.25  # width divided by height of the most pleasant panel
MAIN = 2.0  # relative width from which a panel is a main one; narrower ones are its companions
EMPTY = 0.35  # penalty for an empty cell, where that for a panel e times too wide is 1
MOST = 40  # rows and columns; each takes the layout some milliseconds
Share = Annotated[Positive, Field(ge=0.01, le=100)]
WIDE = 1.3  # width divided by height, from which panels stand beside each other; below, on top of each other
STACKED = 3  # companions on top of each other, at most


@options
class Layout:
    """Where the panels of each run stand, and whether bars stand above and below them."""

    rows: Annotated[tuple[str, ...], Field(max_length=MOST)] = ()
    """The picture drawn with letters, row by row, such as ["AAB", "AAC"]: A is the first panel, and fills the
    rectangle of its letters; a dot stays empty. Left out, the panels arrange themselves."""
    widths: tuple[Share, ...] = ()
    """Relative widths of the columns; equal if left out."""
    heights: tuple[Share, ...] = ()
    """Relative heights of the rows; equal if left out."""
    header: Flag = True
    """Leave room for the title above the panels; without it they get the room."""
    footer: Flag = True
    """Leave room for the caption bar below the panels; without it they get the room."""

    def __post_init__(self) -> None:
        if not self.rows:
            if self.widths or self.heights:
                raise InputError("widths and heights belong to rows, such as ['AAB', 'AAC']: give rows too")
            return
        n_columns = len(self.rows[0])
        if n_columns == 0 or any(len(row) != n_columns for row in self.rows):
            raise InputError(f"every row must have equally many letters, not {brief(list(self.rows))}")
        if n_columns > MOST:
            raise InputError(f"a row has at most {MOST} letters, not {n_columns}", "rows")
        for name, lengths, n in (("widths", self.widths, n_columns), ("heights", self.heights, len(self.rows))):
            if lengths and len(lengths) != n:
                raise InputError(f"{name} must have {n} numbers to match rows, not {len(lengths)}")

    @checked
    def mosaic(self, n_panels: Annotated[Count, Le(26)]) -> Mosaic:
        """Return the rectangles of the letters.

        Parameters
        ----------
        n_panels : int
            How many panels the letters must name.

        Returns
        -------
        Mosaic
            One rectangle per panel, in the panels' order.

        Raises
        ------
        InputError
            If letters and panels do not match, or the cells of a letter do not form a rectangle.
        """
        letters = ascii_uppercase[:n_panels]
        used = {letter for row in self.rows for letter in row if letter != "."}
        if used != set(letters):
            given = listed(sorted(used), "and") or "none"
            raise InputError(
                f"the layout must name each of the {n_panels} panels by its letter, "
                f"{listed(letters, 'and')}, not {given}",
                "rows",
            )
        cells = []
        for letter in letters:
            places = [(r, c) for r, row in enumerate(self.rows) for c, cell in enumerate(row) if cell == letter]
            top, left = min(r for r, _ in places), min(c for _, c in places)
            bottom, right = max(r for r, _ in places) + 1, max(c for _, c in places) + 1
            if len(places) != (bottom - top) * (right - left):
                raise InputError(f"the letters {letter!r} of the layout must fill a rectangle", "rows")
            cells.append(Cell(top, bottom, left, right))
        n_rows, n_columns = len(self.rows), len(self.rows[0])
        return Mosaic(tuple(cells), self.widths or (1.0,) * n_columns, self.heights or (1.0,) * n_rows)


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of a grid: rows from `top` to before `bottom`, columns from `left` to before `right`."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Rectangles in a grid whose columns and rows have relative sizes, one per panel."""

    cells: tuple[Cell, ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]

    def sizes(self, width: float, height: float) -> Iterator[tuple[float, float]]:
        """Yield width and height of each rectangle, given those of the whole."""
        for cell in self.cells:
            yield (
                width * sum(self.widths[cell.left : cell.right]) / sum(self.widths),
                height * sum(self.heights[cell.top : cell.bottom]) / sum(self.heights),
            )

    @property
    def n_empty(self) -> int:
        """Number of cells that no panel fills."""
        filled = sum((cell.bottom - cell.top) * (cell.right - cell.left) for cell in self.cells)
        return len(self.widths) * len(self.heights) - filled


def repeat(runs: Mosaic, inner: Mosaic) -> Mosaic:
    """Put `inner` into every cell of `runs`, as one flat grid: only so do equal panels get equal sizes."""
    n_rows, n_columns = len(inner.heights), len(inner.widths)
    cells = tuple(
        Cell(
            block.top * n_rows + cell.top,
            block.top * n_rows + cell.bottom,
            block.left * n_columns + cell.left,
            block.left * n_columns + cell.right,
        )
        for block in runs.cells
        for cell in inner.cells
    )
    return Mosaic(cells, inner.widths * len(runs.widths), inner.heights * len(runs.heights))


def arrange(widths: Sequence[float], width: float, height: float) -> Mosaic:
    """Arrange panels of these relative widths: the main ones large, their companions stacked beside them."""
    mains = [i for i, share in enumerate(widths) if share >= MAIN]
    companions = [i for i, share in enumerate(widths) if share < MAIN]
    if not mains or not companions:
        return tiles(len(widths), width, height)
    if not is_wide(width, height):
        return _transposed(_beside(mains, companions))
    return _beside(mains, companions)


def is_wide(width: float, height: float) -> bool:
    """Whether a room is so much wider than high that panels should stand beside each other in it."""
    return width >= WIDE * height


def tiles(n: int, width: float, height: float) -> Mosaic:
    """Arrange `n` equal cells in the number of columns that gives them the most pleasant shape."""
    if n == 0:
        return Mosaic((), (), ())
    return min((grid(n, n_columns) for n_columns in range(1, n + 1)), key=lambda m: unpleasant(m, width, height))


def grid(n: int, n_columns: int) -> Mosaic:
    """Arrange `n` equal cells row by row."""
    cells = tuple(Cell(r, r + 1, c, c + 1) for r, c in (divmod(i, n_columns) for i in range(n)))
    return Mosaic(cells, (1.0,) * n_columns, (1.0,) * ceil(n / n_columns))


def unpleasant(mosaic: Mosaic, width: float, height: float) -> float:
    """Return the average penalty for the panels' shapes, plus that for empty cells."""
    shapes = [abs(log(w / h / BEST)) for w, h in mosaic.sizes(width, height)]
    return sum(shapes) / len(shapes) + EMPTY * mosaic.n_empty


def _beside(mains: Sequence[int], companions: Sequence[int]) -> Mosaic:
    n_stacks = ceil(len(companions) / STACKED)
    n_rows = ceil(len(companions) / n_stacks)
    cells = {i: Cell(0, n_rows, c, c + 1) for c, i in enumerate(mains)}
    for place, i in enumerate(companions):
        c, r = divmod(place, n_rows)
        cells[i] = Cell(r, r + 1, len(mains) + c, len(mains) + c + 1)
    widths = (MAIN,) * len(mains) + (1.0,) * n_stacks
    return Mosaic(tuple(cells[i] for i in range(len(cells))), widths, (1.0,) * n_rows)


def _transposed(mosaic: Mosaic) -> Mosaic:
    cells = tuple(Cell(cell.left, cell.right, cell.top, cell.bottom) for cell in mosaic.cells)
    return Mosaic(cells, mosaic.heights, mosaic.widths)
