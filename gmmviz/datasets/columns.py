"""From the columns of a table to points: which are features, what becomes of gaps, in texts as in spreadsheets."""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.datasets.missing import Missing
from gmmviz.datasets.numerals import GAPS, WHOLE, like_a_number
from gmmviz.errors import InputError, counted, hint, warn, within
from gmmviz.options import Count

Column = Annotated[str, Field(min_length=1)] | Count
Kind = Literal["numbers", "count", "marks", "words", "empty"]
SHOWN = 20  # names in a message


class Table(ABC):
    """A table that has been read, by columns that are counted from 0.

    Parameters
    ----------
    path : Path
        What messages call it.
    names : sequence of str, optional
        The names of its columns, of which some may be empty; None if it has no header.
    number : int
        How many columns it has.
    """

    def __init__(self, path: Path, names: Sequence[str] | None, number: int) -> None:
        self.path = path
        self.names = names
        self.number = number

    @abstractmethod
    def kind(self, column: int) -> Kind:
        """What a column holds: "count" is whole numbers, each another, "marks" is others, each another."""

    @abstractmethod
    def numbers(self, columns: Sequence[int], gaps: Collection[str]) -> Array:
        """The numbers of some columns, shape (N, D), NaN in gaps, which are cells such as these.

        Raises
        ------
        InputError
            Names the first cell that is no finite number.
        """

    @abstractmethod
    def texts(self, column: int) -> npt.NDArray[np.str_]:
        """The cells of a column, shape (N,)."""

    @abstractmethod
    def place(self, row: int, column: int) -> str:
        """Where a cell stands, to begin a message with."""

    def name(self, column: int) -> str:
        """What the column is called."""
        return (self.names[column] if self.names else "") or f"column {column + 1}"

    def column(self, column: int) -> str:
        """The column for a message: "column 2 (width)"."""
        name = self.names[column] if self.names else ""
        return f"column {column + 1}" + (f" ({name})" if name else "")

    def find(self, column: str | int, key: str) -> int:
        """The column that the option `key` gives by name, or by number from 1."""
        names = [_seen(name) for name in self.names or ()]
        if isinstance(column, int):
            if column > self.number:
                named = f"; the one of that name is {str(column)!r}, in quotes" if str(column) in names else ""
                raise InputError(
                    f"{self.path} has {counted(self.number, 'column')}, so there is no column {column}{named}", key
                )
            return column - 1
        if self.names is None:
            raise InputError(f"{self.path} has no header, so there is no column {column!r}: give its number", key)
        places = [d for d, name in enumerate(names) if name == _seen(column)]
        if not places:
            known = [name for name in names if name]
            said = hint(column, known if len(known) <= SHOWN else known[:SHOWN])
            more = f" and {len(known) - SHOWN:,} more" if said.startswith("known") and len(known) > SHOWN else ""
            raise InputError(f"{self.path} has no column {column!r}; {said}{more}", key)
        if len(places) > 1:
            numbers = " and ".join(str(place + 1) for place in places[:2])
            raise InputError(f"{self.path}: columns {numbers} are named {column!r}: give the number", key)
        return places[0]

    def dataset(
        self,
        columns: Sequence[str | int] | None,
        labels: str | int | None,
        missing: Missing,
        missing_values: Sequence[str],
        weights: str | int | None = None,
    ) -> Dataset:
        """The points, under the name of the file.

        Parameters
        ----------
        columns : sequence of str or int, optional
            The features; by default all columns but the labels, the weights and, with a warning, those without a
            name that hold no measurements.
        labels : str or int, optional
            The column of the labels.
        missing : {"refuse", "drop", "marginalize"}
            What to do with rows that have gaps.
        missing_values : sequence of str
            What stands for a gap, beside what usually does.
        weights : str or int, optional
            The column of the points' weights.

        Raises
        ------
        InputError
            If a column does not exist, a cell is no finite number, or a weight is negative.
        """
        known = None if labels is None else self.find(labels, "labels")
        counts = [] if weights is None else [self.find(weights, "weights")]
        chosen = (
            self._unnamed_left_out({known, *counts})
            if columns is None
            else [self.find(d, "columns") for d in columns]
        )
        with within("path"):
            values = self.numbers([*chosen, *counts], GAPS | set(missing_values))
            for value in missing_values:
                if like_a_number(value) and "," not in value:
                    values[values == float(value)] = np.nan
            whole = self._whole_rows(values, chosen, counts, missing)
        points, own = values[whole, : len(chosen)], values[whole, len(chosen) :]
        for column in counts:
            self._check_weights(own[:, 0], np.flatnonzero(whole), column)
        return Dataset(
            points,
            tuple(map(self.name, chosen)),
            Path(self.path.stem).stem if self.path.suffix == ".gz" else self.path.stem,
            labels=None if known is None else self.texts(known)[whole],
            weights=own[:, 0] if counts else None,
            missing="marginalize" if missing == "marginalize" else "refuse",
        )

    def _check_weights(self, weights: Array, rows: npt.NDArray[np.intp], column: int) -> None:
        for i in np.flatnonzero(~(weights >= 0))[:1].tolist():
            given, place = (
                "missing" if np.isnan(weights[i]) else f"{weights[i]:g}",
                self.place(int(rows[i]), column),
            )
            raise InputError(
                f"{place}: the weight is {given}; it must be a number, 0 or more, and 0 leaves the point out",
                "weights",
            )

    def _unnamed_left_out(self, others: Collection[int | None]) -> list[int]:
        said = {
            "count": "counts the rows",
            "marks": "has another number in each row",
            "words": "holds words",
            "empty": "is empty",
        }
        chosen = []
        for column in range(self.number):
            named = self.names[column] if self.names else column < self.number - 1
            kind = "numbers" if named or column in others else self.kind(column)
            if kind == "marks" and column > 0:  # in the first one it is R's name of the row, or an index of pandas
                kind = "numbers"
            if kind == "empty" or (kind != "numbers" and self.names):
                warn(f"{self.path}: column {column + 1} has no name and {said[kind]}: left out")
            elif column not in others:
                chosen.append(column)
                if self.names and self.kind(column) == "count" and _counts(self.texts(column)):
                    warn(f"{self.path}: {self.column(column)} counts the rows: list columns to leave it out")
        if not chosen:
            raise InputError(f"{self.path} has no column of numbers", "path")
        return chosen

    def _whole_rows(
        self, points: Array, features: Sequence[int], counts: Sequence[int], missing: Missing
    ) -> npt.NDArray[np.bool_]:
        """Which rows are taken: those that have no gap, or all."""
        gaps, columns = np.isnan(points), [*features, *counts]
        for d in np.flatnonzero(gaps.all(axis=0))[:1].tolist() if len(points) else ():
            do = "list the other columns" if d < len(features) else "leave weights out"
            raise InputError(f"{self.path}: {self.column(columns[d])} has no value in any row: {do}")
        if missing == "marginalize":
            return np.ones(len(points), np.bool_)
        whole = np.asarray(~gaps.any(axis=1))
        n_rows, n_gone = len(points), int(np.count_nonzero(~whole))
        if n_gone and missing != "drop":
            row, d = map(int, np.argwhere(gaps)[0])
            cell = self.texts(columns[d])[row]
            what = f"{str(cell)!r} is a gap" if cell else "the cell is empty"
            these = f"the {n_gone:,} of {n_rows:,} rows" if n_gone > 1 else f"the one of {n_rows:,} rows"
            needs, or_ = "EM needs a number", ', or "marginalize" to fit what they have'
            if columns[d] in counts:
                needs, or_ = "a point needs a weight", ""
            raise InputError(
                f"{self.place(row, columns[d])}: {what}; {needs}: fill it in, or write "
                f'missing = "drop" to leave out {these} with gaps{or_}'
            )
        if n_gone == n_rows > 0:
            raise InputError(f"{self.path}: every row has a gap in the chosen columns: choose others")
        if n_gone:
            were = "was" if n_gone == 1 else "were"
            warn(f"{self.path}: {n_gone:,} of {n_rows:,} rows {were} left out because cells are empty")
        return whole


def kind_of(cells: Sequence[str]) -> Kind:
    """What a column of texts holds."""
    if not any(cells):
        return "empty"
    if not all(cell in GAPS or like_a_number(cell) for cell in cells):
        return "words"
    if len(set(cells)) < len(cells):
        return "numbers"
    return "count" if all(map(WHOLE.fullmatch, cells)) else "marks"


def _counts(cells: npt.NDArray[np.str_]) -> bool:
    """Whether the whole numbers are 0, 1, 2, ... or 1, 2, 3, ..."""
    first = str(cells[0])
    return (
        len(cells) > 2
        and first in ("0", "1")
        and all(str(cell) == str(number) for number, cell in enumerate(cells, int(first)))
    )


def _seen(name: str) -> str:
    """The name as it is seen: however its letters are composed, and whatever space parts its words."""
    return " ".join(unicodedata.normalize("NFC", name).split())
