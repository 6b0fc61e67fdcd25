"""Which columns of a table are features, and what becomes of rows with gaps: in texts as in spreadsheets."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.datasets.numerals import GAPS, WHOLE, like_a_number
from gmmviz.errors import GmmvizWarning, InputError, counted, hint
from gmmviz.options import Count

Column = Annotated[str, Field(min_length=1)] | Count
Kind = Literal["numbers", "count", "words", "empty"]
SHOWN = 20  # names in a message


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table.

    Parameters
    ----------
    path : Path
        What messages call the table.
    names : tuple of str, optional
        Their names, of which some may be empty; None if the table has none.
    number : int
        How many there are.
    """

    path: Path
    names: tuple[str, ...] | None
    number: int

    def name(self, column: int) -> str:
        """The name of a column that is counted from 0."""
        return (self.names[column] if self.names else "") or f"column {column + 1}"

    def place(self, column: int) -> str:
        """The column for a message: "column 2 (width)"."""
        name = self.names[column] if self.names else ""
        return f"column {column + 1}" + (f" ({name})" if name else "")

    def find(self, column: str | int, key: str) -> int:
        """The number, from 0, of a column that the option `key` gives by name or by number, from 1."""
        names = [_plain(name) for name in self.names or ()]
        if isinstance(column, int):
            if column > self.number:
                named = f"; the one of that name is {str(column)!r}, in quotes" if str(column) in names else ""
                raise InputError(
                    f"{self.path} has {counted(self.number, 'column')}, so there is no column {column}{named}", key
                )
            return column - 1
        if self.names is None:
            raise InputError(f"{self.path} has no header, so there is no column {column!r}: give its number", key)
        places = [d for d, name in enumerate(names) if name == _plain(column)]
        if not places:
            known = [name for name in names if name]
            said = hint(column, known if len(known) <= SHOWN else known[:SHOWN])
            more = f" and {len(known) - SHOWN:,} more" if said.startswith("known") and len(known) > SHOWN else ""
            raise InputError(f"{self.path} has no column {column!r}; {said}{more}", key)
        if len(places) > 1:
            numbers = " and ".join(str(place + 1) for place in places)
            raise InputError(f"{self.path}: columns {numbers} are named {column!r}: give the number", key)
        return places[0]

    def features(
        self,
        columns: Sequence[str | int] | None,
        labels: int | None,
        kind: Callable[[int], Kind],
    ) -> list[int]:
        """The columns that are features.

        Parameters
        ----------
        columns : sequence of str or int, optional
            What the user chooses; by default all but the labels and what names or counts the rows, which is said.
        labels : int, optional
            The column that holds labels.
        kind : callable
            What a column holds.
        """
        if columns is not None:
            return [self.find(column, "columns") for column in columns]
        chosen = []
        for column in range(self.number):
            if column == labels:
                continue
            first, last = column == 0 and self.names is not None, column == self.number - 1
            named = self.names is not None and self.names[column]
            what = kind(column) if (first or last) and not named else "numbers"
            if what == "empty" or (first and what != "numbers"):
                said = {"count": "counts the rows", "words": "names the rows", "empty": "is empty"}[what]
                warnings.warn(
                    f"{self.path}: column {column + 1} has no name and {said}: left out",
                    GmmvizWarning,
                    stacklevel=3,
                )
            else:
                chosen.append(column)
        if not chosen:
            raise InputError(f"{self.path} has no column of numbers", "path")
        return chosen


def kind_of(cells: Sequence[str]) -> Kind:
    """What a column holds; numbers that are whole and distinct count something."""
    if not any(cells):
        return "empty"
    if len(set(cells)) == len(cells) and all(map(WHOLE.fullmatch, cells)):
        return "count"
    return "numbers" if all(cell in GAPS or like_a_number(cell) for cell in cells) else "words"


def _plain(name: str) -> str:
    """The name without what cannot be seen: how letters are composed, and what kind of space parts words."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def whole_rows(
    points: Array, missing: str, path: Path, first_gap: Callable[[int, int], str]
) -> npt.NDArray[np.bool_]:
    """Which rows have no gap; unless `missing` is "drop" it must be all.

    Parameters
    ----------
    points : ndarray, shape (N, D)
        NaN in gaps.
    missing : {"refuse", "drop"}
    path : Path
        What messages call the table.
    first_gap : callable
        Says where row i lacks column d, to begin a message with.

    Returns
    -------
    ndarray of bool, shape (N,)
    """
    gaps = np.isnan(points)
    whole = np.asarray(~gaps.any(axis=1))
    n_rows, n_gone = len(points), int(np.count_nonzero(~whole))
    if not n_gone:
        return whole
    if missing != "drop":
        row, column = map(int, np.argwhere(gaps)[0])
        these = f"the {n_gone:,} of {n_rows:,} rows" if n_gone > 1 else f"the one of {n_rows:,} rows"
        drop = f'write missing = "drop" to leave out {these} with gaps'
        raise InputError(f"{first_gap(row, column)}; EM needs a number: fill it in, or {drop}", "path")
    if n_gone == n_rows:
        raise InputError(f"{path}: every row has a gap in the chosen columns: choose others", "path")
    were = "was" if n_gone == 1 else "were"
    message = f"{path}: {n_gone:,} of {n_rows:,} rows {were} left out because cells are empty"
    warnings.warn(message, GmmvizWarning, stacklevel=3)
    return whole
