"""A table as data: a sheet of Excel or OpenDocument, Parquet, Feather, or a CSV file.

All but CSV needs ``pip install "gmmviz[tables]"``; polars and fastexcel are imported here alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.columns import Column, Kind, Table, kind_of
from gmmviz.datasets.csv_file import CsvFile
from gmmviz.datasets.dialect import SEVERAL, names_columns, say_empty, unclear_header, without_titles
from gmmviz.datasets.missing import Missing
from gmmviz.datasets.numerals import like_a_number, no_number
from gmmviz.datasets.own_file import opened
from gmmviz.datasets.sheet_size import check_size
from gmmviz.errors import InputError, hint, listed, warn, within
from gmmviz.options import Count, Flag, options, shown

if TYPE_CHECKING:
    import polars as pl

SHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
PARQUET = (".parquet", ".pq")
ARROW = (".feather", ".arrow", ".ipc")
TEXTS = (".csv", ".tsv", ".tab", ".txt", ".dat", ".gz")
CELLS = 100_000_000  # numbers that a file of a few kilobytes may stand for


@DATASETS.register("table")
@options
class TableFile(DatasetSource):
    """A sheet of Excel or OpenDocument, Parquet, Feather (Arrow), or a CSV file, also packed by gzip.

    All but CSV needs ``pip install "gmmviz[tables]"``.
    """

    path: str
    """The file, relative to the scene file; its suffix says what it is."""
    sheet: str | Count | None = None
    """The sheet, by name or by number, from 1. Default: the first."""
    columns: tuple[Column, ...] | None = None
    """The features, by name or by number (the first column is 1). Default: every column but `labels`, `weights`
    and, where the name is empty, those that hold no measurements."""
    labels: Column | None = None
    """The column that holds each point's known class, in words or numbers; EM does not see it."""
    header: Flag | None = None
    """Whether the first row of a sheet names the columns. Default: whether it holds words above numbers."""
    missing_values: tuple[str, ...] = ()
    """What stands for a gap, such as "-9999", beside empty cells and the usual NA, NaN, NULL and N/A."""
    missing: Missing = "refuse"
    """What becomes of rows with gaps: refuse the file, leave them out, or fit what they have: "marginalize"."""
    weights: Column | None = None
    """The column that says how often each point counts, such as that of a histogram's counts."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Read the file; messages count its rows as a spreadsheet does.

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
        suffix = path.suffix.lower()
        chosen = self.columns, self.labels, self.missing, self.missing_values, self.weights
        if self.sheet is not None and suffix not in SHEETS:
            raise InputError(f"{path} has no sheets: leave `sheet` out", "sheet")
        if suffix in TEXTS:
            source = CsvFile(
                self.path,
                self.columns,
                self.labels,
                weights=self.weights,
                header=self.header,
                missing=self.missing,
                missing_values=self.missing_values,
            )
            return source.load(folder)
        if suffix not in SHEETS + PARQUET + ARROW:
            known = listed(SHEETS + PARQUET + ARROW + TEXTS)
            raise InputError(f"{path} does not end as a table does: expected {known}", "path")
        with within("path"), opened(path, "file"):
            pass  # its reader would say less of why it cannot be read
        return (self._sheet(path) if suffix in SHEETS else _frame(path)).dataset(*chosen)

    def _sheet(self, path: Path) -> Table:
        with _reading(path):
            import fastexcel

            if path.suffix.lower() != ".xls":
                check_size(path)
            book = fastexcel.read_excel(path)
            every = book.sheet_names
        if not every:
            raise InputError(f"{path} has no sheets", "path")
        name = _chosen_sheet(path, every, self.sheet)
        with _reading(path):
            # As texts, of which it is seen what a cell is, and as numbers, which have all digits.
            texts, numbers = (
                book.load_sheet(name, header_row=None, skip_rows=0, dtypes=kind).to_polars()
                for kind in ("string", "float")
            )
        rows = [(i, ["" if cell is None else cell.strip() for cell in row]) for i, row in enumerate(texts.rows())]
        empty = [i + 1 for i, cells in rows if not any(cells)]
        rows = [(i, cells) for i, cells in rows if any(cells)]
        if not rows:
            raise InputError(f"{path}: the sheet {name!r} is empty", "sheet")
        if self.header is None:
            rows = list(without_titles(path, "row", rows))
        number, first = rows[0]
        named = self.header
        if named is None:
            below = [cells for _, cells in rows[1 : SEVERAL + 1]]
            named = names_columns(first, [False] * len(first), below)
        if named is None:
            error = unclear_header(f"{path}, row {number + 1}", first)
            raise InputError(str(error), "path")
        if named and len(rows) == 1:
            raise InputError(f"{path} has a header but no points", "path")
        say_empty(path, "row", [row for row in empty if row > number + 1])
        return _Sheet(path, first if named else None, rows[1:] if named else rows, numbers)


class _Sheet(Table):
    """A sheet, as texts and as the numbers among them."""

    def __init__(
        self, path: Path, names: Sequence[str] | None, rows: Sequence[tuple[int, list[str]]], numbers: pl.DataFrame
    ) -> None:
        super().__init__(path, names, len(rows[0][1]))
        self._rows = [row for row, _ in rows]
        self._cells = list(zip(*(cells for _, cells in rows), strict=True))
        self._numbers = numbers

    def kind(self, column: int) -> Kind:
        return kind_of(self._cells[column])

    def texts(self, column: int) -> npt.NDArray[np.str_]:
        return np.array(self._cells[column], dtype=np.str_)

    def place(self, row: int, column: int) -> str:
        return f"{self.path}, row {self._rows[row] + 1}, {self.column(column)}"

    def numbers(self, columns: Sequence[int], gaps: Collection[str]) -> Array:
        points = np.empty((len(self._rows), len(columns)))
        for d, column in enumerate(columns):
            points[:, d] = self._numbers.to_series(column).to_numpy()[self._rows]
            for row, cell in enumerate(self._cells[column]):
                if cell in gaps:
                    points[row, d] = np.nan
                elif not like_a_number(cell):
                    raise InputError(f"{self.place(row, column)}: {no_number(cell)}")
                elif not np.isfinite(points[row, d]):
                    raise InputError(
                        f"{self.place(row, column)}: {cell!r} is a text; make it a number in the sheet"
                    )
        return points


class _Frame(Table):
    """A table whose columns have types."""

    def __init__(self, path: Path, rows: pl.LazyFrame) -> None:
        import polars as pl

        # Where pandas saves its index, it is the last column and named so.
        names = rows.collect_schema().names()
        super().__init__(path, ["" if name.startswith("__index_level_") else name for name in names], len(names))
        self._rows = rows
        self._names = names
        self._n_rows = int(rows.select(pl.len()).collect().item())
        if self._n_rows > CELLS:
            raise InputError(f"{path} has {self._n_rows:,} rows, too many at once: save fewer", "path")

    def _column(self, column: int) -> pl.Series:
        with _reading(self.path):
            return self._rows.select(self._names[column]).collect().to_series()

    def kind(self, column: int) -> Kind:
        values = self._column(column)
        if values.null_count() == len(values):
            return "empty"
        if not values.dtype.is_numeric():
            return "words"
        if values.n_unique() < len(values):
            return "numbers"
        return "count" if values.dtype.is_integer() else "marks"

    def texts(self, column: int) -> npt.NDArray[np.str_]:
        import polars as pl

        values = self._column(column)
        with _reading(self.path):
            values = values.cast(pl.String, strict=False).fill_null("")
        return np.array(values.to_list(), dtype=np.str_)

    def place(self, row: int, column: int) -> str:
        return f"{self.path}, row {row + 1}, {self.column(column)}"

    def numbers(self, columns: Sequence[int], gaps: Collection[str]) -> Array:
        import polars as pl

        if self._n_rows * len(columns) > CELLS:
            raise InputError(f"{self.path} has {self._n_rows:,} rows, too many for as many columns: choose some")
        points = np.empty((self._n_rows, len(columns)))
        for d, column in enumerate(columns):
            values = self._column(column)
            if not (values.dtype.is_numeric() or values.dtype == pl.Boolean or values.dtype == pl.Null):
                row, value = next(((i, v) for i, v in enumerate(values) if v is not None), (0, None))
                raise InputError(f"{self.place(row, column)}: {no_number(str(value))}")
            points[:, d] = values.cast(pl.Float64).to_numpy()
            infinite = np.isinf(points[:, d])
            if infinite.any():
                row = int(infinite.argmax())
                raise InputError(f"{self.place(row, column)}: {no_number(str(points[row, d]))}")
        return points


def _frame(path: Path) -> Table:
    with _reading(path):
        import polars as pl

        scan: Any = pl.scan_parquet if path.suffix.lower() in PARQUET else pl.scan_ipc
        return _Frame(path, scan(path))


def _chosen_sheet(path: Path, every: Sequence[str], sheet: str | int | None) -> str:
    if sheet is None:
        if len(every) > 1:
            warn(f"{path} has {len(every)} sheets, of which {every[0]!r} is read; write sheet = ... for another")
        return every[0]
    if isinstance(sheet, int) and sheet <= len(every):
        return every[sheet - 1]
    if isinstance(sheet, int):
        raise InputError(f"{path} has {len(every)} sheets, so there is no sheet {sheet}", "sheet")
    if sheet not in every:
        raise InputError(f"{path} has no sheet {sheet!r}; {hint(sheet, every)}", "sheet")
    return sheet


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn whatever polars or fastexcel raise into one sentence."""
    try:
        yield
    except ImportError:
        raise InputError(
            f'{path} is read by packages that are not installed: pip install "gmmviz[tables]"', "path"
        ) from None
    except (InputError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        said = str(error).split("\n")[0] or type(error).__name__
        raise InputError(f"{path} cannot be read as its suffix says: {shown(said)}", "path") from None
