"""A CSV file as data: with a header or none, chosen columns, and every fault named by row and column."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.errors import InputError, hint, similar, within
from gmmviz.options import Count, options

Column = Annotated[str, Field(min_length=1)]


@DATASETS.register("csv")
@options
class CsvFile(DatasetSource):
    """A text file of numbers, one point per line, separated by commas, semicolons, tabs or spaces."""

    path: str
    """The file, relative to the scene file."""
    columns: tuple[Column | Count, ...] | None = None
    """The features, by header name or by number (the first column is 1); default: every column but `labels`."""
    labels: Column | Count | None = None
    """The column that holds each point's known class, in words or numbers; EM does not see it."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Read the file; messages count its rows as an editor counts lines.

        Parameters
        ----------
        folder : Path, optional
            What `path` is relative to; by default the current folder.

        Returns
        -------
        Dataset
            The chosen columns, under the name of the file.

        Raises
        ------
        InputError
            If the file cannot be read, a column does not exist, or a cell is no finite number.
        """
        path = folder / self.path
        table = _read(path)
        header = table.pop(0)[1] if _is_header(table[0][1]) else None
        if not table:
            raise InputError(f"{path} has a header but no points", "path")
        n_columns = len(header or table[0][1])
        known = None if self.labels is None else _place(self.labels, header, n_columns, path, "labels")
        chosen = [column for column in range(n_columns) if column != known]
        if self.columns is not None:
            chosen = [_place(column, header, n_columns, path, "columns") for column in self.columns]
        with within("path"):
            rows = [
                [_number(cells, column, n_columns, header, line, path) for column in chosen]
                for line, cells in table
            ]
        names = tuple(header[column] if header else f"column {column + 1}" for column in chosen)
        labels = None if known is None else np.array([cells[known] for _, cells in table])
        return Dataset(np.array(rows), names, path.stem, labels=labels)


def _place(column: str | int, header: list[str] | None, n_columns: int, path: Path, key: str) -> int:
    """The number of a column that is given by number or name, from 0."""
    if isinstance(column, int):
        if column > n_columns:
            raise InputError(f"{path} has {n_columns} columns, so there is no column {column}", key)
        return column - 1
    if header is None:
        raise InputError(f"{path} has no header, so there is no column {column!r}: give its number", key)
    if column not in header:
        raise InputError(f"{path} has no column {column!r}; {hint(column, header)}", key)
    return header.index(column)


def _read(path: Path) -> list[tuple[int, list[str]]]:
    """Return (line number, cells) of every line that holds something."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"there is no file {path}{similar(path)}", "path") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder, not a CSV file", "path") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a text file in UTF-8: save it as CSV (UTF-8)", "path") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "path") from None
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise InputError(f"{path} is empty", "path")
    separator = max(",;\t", key=first.count)
    if separator in first:
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
        table = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    else:
        table = [(number, line.split()) for number, line in enumerate(lines, 1)]
    return [(number, cells) for number, cells in table if any(cells)]


def _is_header(cells: list[str]) -> bool:
    return not any(_is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(
    cells: list[str], column: int, n_columns: int, header: list[str] | None, line: int, path: Path
) -> float:
    if len(cells) != n_columns:
        raise InputError(f"{path}, line {line}: expected {n_columns} columns, found {len(cells)}")
    place = f"{path}, line {line}, column {column + 1}" + (f" ({header[column]})" if header else "")
    cell = cells[column]
    if not cell:
        raise InputError(f"{place}: the cell is empty; EM needs a number: fill it in or leave the row out")
    if not _is_number(cell) and _is_number(cell.replace(",", ".")):
        raise InputError(f"{place}: found {cell!r}, with a decimal comma; write decimals with a point")
    if not _is_number(cell):
        raise InputError(
            f"{place}: expected a number, found {cell!r}; mend the cell, choose other columns, or name this one "
            "as labels"
        )
    value = float(cell)
    if not math.isfinite(value):
        raise InputError(f"{place}: found {cell!r}; EM needs finite numbers: mend the cell or leave the row out")
    return value
