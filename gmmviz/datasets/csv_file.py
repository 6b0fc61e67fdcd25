"""A CSV file as data, in the dialect of whoever wrote it, and every fault named by line and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.columns import Column, Kind, Table, kind_of
from gmmviz.datasets.dialect import (
    COMMENT,
    SEVERAL,
    Dialect,
    Row,
    guess_dialect,
    names_columns,
    say_empty,
    unclear_header,
    without_titles,
)
from gmmviz.datasets.missing import Missing
from gmmviz.datasets.numerals import Convention, UnclearError, doubtful, find_convention, no_number
from gmmviz.datasets.text_file import read_text
from gmmviz.errors import InputError, counted, warn, within
from gmmviz.options import Flag, options

HALVES = {",": re.compile(r"[+-]?\d+,\d+"), " ": re.compile(r"[+-]?\d{1,3} \d{3}([.,]\d+)?")}  # of one number
Mark = Annotated[str, Field(min_length=1, max_length=1)]


@DATASETS.register("csv")
@options
class CsvFile(DatasetSource):
    """A text file of numbers, one point per line, as spreadsheets, R and pandas write it.

    What is not said is found out from several lines. What could be read in two ways is asked about, and what is
    left out is said.
    """

    path: str
    """The file, relative to the scene file; it may be packed by gzip."""
    columns: tuple[Column, ...] | None = None
    """The features, by header name or by number (the first column is 1). Default: every column but `labels`,
    `weights` and, where the header is empty, those that count or name the rows."""
    labels: Column | None = None
    """The column that holds each point's known class, in words or numbers; EM does not see it."""
    separator: Mark | None = None
    """What stands between cells; a space stands for any number of spaces and tabs. Default: what divides most
    lines alike of tab, semicolon, comma, bar and space."""
    decimal: Literal[".", ","] | None = None
    """What stands before decimals. Default: what the cells agree on."""
    thousands: Literal["", ".", ",", " ", "'"] | None = None
    """What stands between groups of digits; a space is any kind of space, "" nothing. Default: what the cells
    agree on."""
    header: Flag | None = None
    """Whether the first line names the columns. Default: whether it holds words above numbers."""
    encoding: str | None = None
    """Such as "cp1252" or "utf-16". Default: UTF-8, UTF-16 or, with a note, cp1252."""
    missing_values: tuple[str, ...] = ()
    """What stands for a gap, such as "-9999", beside empty cells and the usual NA, NaN, NULL and N/A."""
    missing: Missing = "refuse"
    """What becomes of rows with gaps: refuse the file, leave them out, or fit what they have: "marginalize"."""
    comment: str | None = None
    """What lines that are no data begin with; "" says that there are none. Default: # above the table."""
    weights: Column | None = None
    """The column that says how often each point counts, such as that of a histogram's counts."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Read the file; messages count its lines as an editor does.

        Parameters
        ----------
        folder : Path, optional
            What `path` is relative to; by default the current folder.

        Returns
        -------
        Dataset
            The chosen columns, under the name of the file. A warning says what was left out.

        Raises
        ------
        InputError
            If the file cannot be read, could be read in two ways, or a cell is no finite number.
        """
        path = folder / self.path
        table = self._table(path, read_text(path, self.encoding))
        return table.dataset(self.columns, self.labels, self.missing, self.missing_values, self.weights)

    def _table(self, path: Path, text: str) -> _TextTable:
        """Divide the text into columns and their names."""
        if self.separator and (self.separator.isalnum() or self.separator in '"\n\r.+-'):
            raise InputError(f"{self.separator!r} cannot stand between cells: give another separator", "separator")
        if self.decimal and self.decimal == self.thousands:
            raise InputError(f"{self.decimal!r} cannot stand before decimals and between thousands", "thousands")
        dialect = guess_dialect(text, self.separator, self.comment)
        comments = text.split("\n", dialect.skipped)[: dialect.skipped]
        n_comments = sum(line.startswith(COMMENT) for line in comments) - bool(dialect.names)
        if n_comments > 0:
            warn(f"{path}: {counted(n_comments, 'line')} above the table beginning with {COMMENT} left out")
        with within("path"):
            try:
                empty: list[int] = []
                rows = list(dialect.rows(text, empty=empty))
            except InputError as error:
                raise InputError(f"{path}, {error}") from None
            if not rows:
                raise InputError(f"{path} is empty")
            if self.header is None and not dialect.names:
                rows = list(without_titles(path, "line", rows, first=1))
            first = rows[0][0]
            header = self._header(path, text, dialect, rows[: SEVERAL + 1])
            if header is not None and not dialect.names:
                rows = rows[1:]
            if not rows:
                raise InputError(f"{path} has a header but no points")
            say_empty(path, "line", [line for line in empty if line > first])
            names = None if header is None else _names(path, text, dialect, header, rows)
        if self.separator is None and header is None and '"' not in text:
            _say_if_halves(path, dialect.separator, rows)
        return _TextTable(path, names, rows, self.decimal, self.thousands)

    def _header(self, path: Path, text: str, dialect: Dialect, rows: Sequence[Row]) -> list[str] | None:
        """The names of the columns, or None if the first row is a point."""
        if dialect.names and self.header is not False:
            return list(dialect.names)
        line, first = rows[0]
        named = self.header
        if named is None and {self.labels, self.weights, *(self.columns or ())} & set(first):
            named = True  # the scene calls columns by these names
        if named is None:
            ends = [start for start, _ in rows[1:3]] + 2 * [text.count("\n") + 2]  # or the end of the file
            above = dialect.quoted(text, rows[0], ends[0])
            below = dialect.quoted(text, rows[1], ends[1]) if rows[1:] else []
            only_above = [quoted and below[d : d + 1] != [True] for d, quoted in enumerate(above)]
            named = names_columns(first, only_above, [cells for _, cells in rows[1:]])
        if named is None:
            raise unclear_header(f"{path}, line {line}", first, dialect.separator)
        return first if named else None


class _TextTable(Table):
    """The cells of a text, and the line in which each row begins."""

    def __init__(
        self,
        path: Path,
        names: Sequence[str] | None,
        rows: Sequence[Row],
        decimal: str | None,
        thousands: str | None,
    ) -> None:
        width = len(names or rows[0][1])
        for line, cells in rows:
            if len(cells) != width:
                remark = (
                    f'; write comment = "{COMMENT}" if this is no data' if cells[0].startswith(COMMENT) else ""
                )
                raise InputError(
                    f"{path}, line {line}: expected {counted(width, 'column')}, found {len(cells)}{remark}", "path"
                )
        super().__init__(path, names, width)
        self._lines = [line for line, _ in rows]
        self._cells = list(zip(*(cells for _, cells in rows), strict=True))
        self._convention = decimal, thousands

    def kind(self, column: int) -> Kind:
        return kind_of(self._cells[column])

    def texts(self, column: int) -> npt.NDArray[np.str_]:
        return np.array(self._cells[column], dtype=np.str_)

    def place(self, row: int, column: int) -> str:
        return f"{self.path}, line {self._lines[row]}, {self.column(column)}"

    def numbers(self, columns: Sequence[int], gaps: Collection[str]) -> Array:
        every = [["nan" if cell in gaps else cell for cell in self._cells[d]] for d in columns]
        try:
            convention = find_convention(every, *self._convention)
            unsaid = self._convention == (None, None)
            cell = doubtful(every) if unsaid and convention == Convention() else ""
        except UnclearError as error:
            d = next(d for d, cells in enumerate(every) if error.cell in cells)
            raise InputError(f"{self.place(every[d].index(error.cell), columns[d])}: {error}") from None
        if cell:
            warn(
                f'{self.path}: {cell!r} is read as {float(cell):g}; write thousands = "." if it means '
                f'{cell.replace(".", "")}, decimal = "." if not'
            )
        points = np.empty((len(self._lines), len(columns)))
        for d, cells in enumerate(every):
            values = convention.values(cells)
            if values is None or np.isinf(values).any():
                row = next(i for i, cell in enumerate(cells) if not _is_finite(convention.values([cell])))
                raise InputError(f"{self.place(row, columns[d])}: {no_number(cells[row])}")
            points[:, d] = values
        return points


def _is_finite(values: Array | None) -> bool:
    return values is not None and not np.isinf(values[0])


def _names(path: Path, text: str, dialect: Dialect, header: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """A name for each column, where the header may have one too few or too many."""
    line, first = rows[0]
    if len(header) == len(first) + 1 and not header[-1]:  # it ends with a separator, and no other row does
        return list(header[:-1])
    if len(header) != len(first) - 1:
        return list(header)
    if not any(cells[-1] for _, cells in rows):  # every row ends with a separator, but not the header
        return [*header, ""]
    # R leaves the name out that would stand above the names of rows.
    kind = kind_of([cells[0] for _, cells in rows])
    quoted = dialect.quoted(text, rows[0], rows[1][0] if rows[1:] else line + 1)[0]
    counted_from_1 = dialect.separator != "," and all(cells[0] == str(n) for n, (_, cells) in enumerate(rows, 1))
    if kind != "words" and not quoted and not counted_from_1:
        raise InputError(
            f"{path}, line {line}: expected {counted(len(header), 'column')}, found {len(first)}; if commas stand "
            'before decimals, write decimal = "," and another separator, such as ";"'
        )
    return ["", *header]


def _say_if_halves(path: Path, mark: str, rows: Sequence[Row]) -> None:
    """Warn if what was taken for two columns could be one, whose numbers have a mark in them."""
    lines = [mark.join(cells) for _, cells in rows]
    if mark in HALVES and len(lines) > 1 and all(map(HALVES[mark].fullmatch, lines)):
        key = "decimal" if mark == "," else "thousands"
        warn(
            f'{path}: {lines[0]!r} is read as two numbers; write separator = "{mark}" if it is, '
            f'separator = ";" and {key} = "{mark}" if it is one'
        )
