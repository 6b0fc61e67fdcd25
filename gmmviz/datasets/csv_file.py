"""A CSV file as data, in the dialect of whoever wrote it, and every fault named by line and column."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.columns import Column, Columns, Kind, kind_of, whole_rows
from gmmviz.datasets.dialect import COMMENT, SEVERAL, Dialect, Row, guess_dialect, names_columns
from gmmviz.datasets.numerals import (
    GAPS,
    Convention,
    UnclearError,
    doubtful,
    find_convention,
    like_a_number,
    why_no_number,
)
from gmmviz.datasets.text_file import read_text
from gmmviz.errors import GmmvizWarning, InputError, counted, within
from gmmviz.options import Flag, options, shown

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
    """The features, by header name or by number (the first column is 1). Default: every column but `labels` and,
    where the header is empty, those that count or name the rows."""
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
    missing: Literal["refuse", "drop"] = "refuse"
    """What to do with rows that have gaps: refuse the file, or leave them out."""
    comment: str | None = None
    """What lines that are no data begin with; "" says that there are none. Default: # above the table."""

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
        known = None if self.labels is None else table.columns.find(self.labels, "labels")
        chosen = table.columns.features(self.columns, known, table.kind)
        with within("path"):
            points = np.column_stack(list(self._numbers(table, chosen)))

        def gap(row: int, column: int) -> str:
            cell = table.cells[chosen[column]][row]
            return f"{table.place(row, chosen[column])}: {f'{cell!r} is a gap' if cell else 'the cell is empty'}"

        whole = whole_rows(points, self.missing, path, gap)
        labels = None if known is None else np.array(table.cells[known])[whole]
        name = Path(path.stem).stem if path.suffix == ".gz" else path.stem
        return Dataset(points[whole], tuple(map(table.columns.name, chosen)), name, labels=labels)

    def _table(self, path: Path, text: str) -> _Table:
        """Divide the text into columns and their names."""
        if self.separator and (self.separator.isalnum() or self.separator in '"\n\r.+-'):
            raise InputError(f"{self.separator!r} cannot stand between cells: give another separator", "separator")
        dialect = guess_dialect(text, self.separator, self.comment)
        comments = text.split("\n", dialect.skipped)[: dialect.skipped]
        n_comments = sum(line.startswith(COMMENT) for line in comments) - bool(dialect.names)
        if n_comments > 0:
            _warn(f"{path}: {counted(n_comments, 'line')} above the table beginning with {COMMENT} left out")
        with within("path"):
            try:
                rows = list(dialect.rows(text))
            except InputError as error:
                raise InputError(f"{path}, {error}") from None
            if not rows:
                raise InputError(f"{path} is empty")
            header = self._header(path, text, dialect, rows[: SEVERAL + 1])
            if header is not None and not dialect.names:
                rows = rows[1:]
            if not rows:
                raise InputError(f"{path} has a header but no points")
            return _divided(path, text, dialect, header, rows)

    def _header(self, path: Path, text: str, dialect: Dialect, rows: Sequence[Row]) -> list[str] | None:
        """The names of the columns, or None if the first row is a point."""
        if dialect.names and self.header is not False:
            return list(dialect.names)
        line, first = rows[0]
        named = self.header
        if named is None:
            starts = [start for start, _ in rows[1:3]] + [line + 1, line + 2]
            above = dialect.quoted(text, rows[0], starts[0])
            below = dialect.quoted(text, rows[1], starts[1]) if rows[1:] else []
            only_above = [quoted and below[d : d + 1] != [True] for d, quoted in enumerate(above)]
            named = names_columns(first, only_above, [cells for _, cells in rows[1:]])
        if named is None:
            shown = ",".join(first[:6]) + (",..." if len(first) > 6 else "")
            raise InputError(
                f"{path}, line {line}: {shown!r} may be a point or name the columns: write header = true if it "
                "names them, header = false if it is a point"
            )
        return first if named else None

    def _numbers(self, table: _Table, chosen: Sequence[int]) -> Iterator[Array]:
        """The numbers of the chosen columns, NaN in gaps."""
        gaps = GAPS | set(self.missing_values)
        columns = [["nan" if cell in gaps else cell for cell in table.cells[d]] for d in chosen]
        try:
            convention = find_convention(columns, self.decimal, self.thousands)
        except UnclearError as error:
            at = next(i for i, cells in enumerate(columns) if error.cell in cells)
            place = table.place(columns[at].index(error.cell), chosen[at])
            raise InputError(f"{place}: {error}") from None
        unsaid = self.decimal is None and self.thousands is None
        if unsaid and convention == Convention() and (cell := doubtful(columns)):
            _warn(
                f'{table.columns.path}: {cell!r} is read as {float(cell):g}; write thousands = "." if it means '
                f'{cell.replace(".", "")}, decimal = "." if not'
            )
        codes = [convention.values([word]) for word in self.missing_values]
        for d, cells in zip(chosen, columns, strict=True):
            values = convention.values(cells)
            if values is None:
                row = next(i for i, cell in enumerate(cells) if convention.values([cell]) is None)
                raise InputError(f"{table.place(row, d)}: {_fault(table.cells[d][row])}")
            if np.isinf(values).any():
                row = int(np.isinf(values).argmax())
                raise InputError(f"{table.place(row, d)}: {_fault(table.cells[d][row])}")
            for code in codes:
                if code is not None:
                    values[values == code[0]] = np.nan
            yield values


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells of a text, by column, and the line in which each row begins."""

    columns: Columns
    cells: list[tuple[str, ...]]
    lines: tuple[int, ...]

    def place(self, row: int, column: int) -> str:
        return f"{self.columns.path}, line {self.lines[row]}, {self.columns.place(column)}"

    def kind(self, column: int) -> Kind:
        return kind_of(self.cells[column])


def _divided(path: Path, text: str, dialect: Dialect, header: list[str] | None, rows: Sequence[Row]) -> _Table:
    line, first = rows[0]
    width = len(first)
    names = None if header is None else list(header)
    if names and len(names) == width + 1 and not names[-1]:
        names.pop()  # the header's line ends with a separator
    elif names and len(names) == width - 1 and not any(cells[-1] for _, cells in rows):
        names.append("")  # every other line does
    elif names and len(names) == width - 1:  # R leaves the name out that stands above the names of rows
        names.insert(0, "")
        kind = kind_of([cells[0] for _, cells in rows])
        quoted = dialect.quoted(text, rows[0], rows[1][0] if rows[1:] else line + 1)[0]
        if kind == "numbers" or (dialect.separator == "," and kind == "count" and not quoted):
            raise InputError(
                f"{path}, line {line}: expected {counted(width - 1, 'column')}, found {width}; if commas stand "
                'before decimals, write decimal = "," and another separator, such as ";"'
            )
    for number, cells in rows:
        expected = len(names) if names else width
        if len(cells) != expected:
            remark = f'; write comment = "{COMMENT}" if this is no data' if cells[0].startswith(COMMENT) else ""
            raise InputError(
                f"{path}, line {number}: expected {counted(expected, 'column')}, found {len(cells)}{remark}"
            )
    lines, every = zip(*rows, strict=True)
    return _Table(Columns(path, tuple(names) if names else None, width), list(zip(*every, strict=True)), lines)


def _fault(cell: str) -> str:
    """What is wrong with a cell that holds no finite number."""
    found = f"found {shown(cell)}"
    if why := why_no_number(cell):
        return f"{found}, {why}"
    if cell.lstrip("+-")[:3].lower() == "inf" or like_a_number(cell):
        return f"{found}; EM needs finite numbers: mend the cell or leave the row out"
    return f"expected a number, {found}; mend the cell, choose other columns, or name this one as labels"


def _warn(message: str) -> None:
    warnings.warn(message, GmmvizWarning, stacklevel=5)
