"""Parquet as data: a file, a folder or a pattern, read row group by row group while EM runs.

It needs ``pip install "gmmviz[files]"``; pyarrow is imported here alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.columns import Column
from gmmviz.datasets.far import FarRows, Joined, matching, settled
from gmmviz.datasets.fingerprint import file_reference
from gmmviz.datasets.missing import Missing, without_gaps
from gmmviz.datasets.npy_rows import Stamp, changed, stamp_of
from gmmviz.datasets.own_file import opened
from gmmviz.errors import InputError, hint, listed, within
from gmmviz.options import options, shown

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 1 << 16  # rows that are unpacked together
SUFFIXES = (".parquet", ".pq")
INDEX = "__index_level_"  # of a column in which pandas keeps its index


@DATASETS.register("parquet")
@options
class ParquetFiles(DatasetSource):
    """Parquet files with the same columns, one after another; they may be larger than memory.

    It needs ``pip install "gmmviz[files]"``.
    """

    path: str
    """A file, a folder, or a pattern such as "rides-*.parquet", relative to the scene file; files are read in the
    order of their names."""
    columns: tuple[Column, ...] | None = None
    """The features, by name or by number (the first column is 1). Default: every column."""
    missing: Missing = "refuse"
    """What becomes of rows with gaps: refuse them or, of data that fit in memory, leave them out, or fit what they
    have: "marginalize"."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Read what the files say of their columns; few numbers are read too.

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
            If a file cannot be read, or has other columns or such as hold no numbers.
        """
        path = folder / self.path
        with within("path"):
            files = matching(path, SUFFIXES, "Parquet file")
            pieces = tuple(parquet_rows(file, self.columns) for file in files)
            for piece in pieces[1:]:
                if piece.names != pieces[0].names:
                    raise InputError(
                        f"{piece.path} has the columns {listed(piece.names, 'and')}, and {pieces[0].path} has "
                        f"{listed(pieces[0].names, 'and')}: choose columns that all files have"
                    )
            pieces = tuple(piece for piece in pieces if len(piece)) or pieces
        rows = pieces[0] if len(pieces) == 1 else Joined(pieces)
        with within("path"):
            points: Any = settled(rows, gaps=self.missing != "refuse", what=str(path))
        data = Dataset(
            points,
            rows.names,
            path.name.split(".")[0].rstrip("*-_") or path.parent.name,
            missing="refuse" if self.missing == "refuse" else "marginalize",
        )
        return without_gaps(data) if self.missing == "drop" else data


@dataclass(frozen=True, eq=False)
class ParquetRows(FarRows):
    """Rows of a Parquet file.

    Parameters
    ----------
    path : str
    stamp : tuple of int
        That of the file when it was first seen.
    ends : tuple of int
        The row after the last of each row group.
    names : tuple of str
        The columns.
    """

    path: str
    stamp: Stamp
    ends: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:  # type: ignore[override]
        """Points and features."""
        return (self.ends[-1] if self.ends else 0), len(self.names)

    def read(self, begin: int, end: int) -> Array:
        """Read some consecutive rows; where the last read of this thread ended, it goes on."""
        rows = np.empty((len(self.names), max(end - begin, 0)))
        if stamp_of(self.path) != self.stamp:
            raise changed(self.path)
        with _reading(self.path, self.stamp):
            cursor = getattr(_last, "cursor", None)
            if cursor is None or not cursor.leads_to(self, begin):
                _last.cursor = cursor = None  # before another one takes memory too
                cursor = _Cursor(self, begin)
            done = 0
            for batch in cursor.batches(end):
                n = batch.num_rows
                for d, column in enumerate(batch.columns):
                    rows[d, done : done + n] = _floats(column)
                done += n
            _last.cursor = cursor
        return rows.T

    def place(self, row: int) -> str:
        """Say where a row is."""
        return f"{self.path}, row {row} (from 0)"

    def reference(self) -> Mapping[str, Any]:
        """Return what a saved record says of the data."""
        if stamp_of(self.path) != self.stamp:
            raise changed(self.path)
        return {"kind": "parquet", "columns": list(self.names), "files": [file_reference(self.path)]}


_last = local()  # the cursor of each thread


class _Cursor:
    """A way through a file from one row group on, and where it has come to."""

    def __init__(self, rows: ParquetRows, begin: int) -> None:
        from pyarrow.parquet import ParquetFile

        self._of = rows.path, rows.stamp, rows.names
        group = int(np.searchsorted(rows.ends, begin, side="right"))
        self._at = rows.ends[group - 1] if group else 0
        self._file = ParquetFile(rows.path, pre_buffer=False, buffer_size=1 << 20)
        groups = range(group, len(rows.ends))
        self._rest = self._file.iter_batches(BATCH, groups, list(rows.names), use_threads=False)
        self._batch: Any = None
        self._skip(begin)

    def leads_to(self, rows: ParquetRows, begin: int) -> bool:
        """Whether the next row of the way is this one."""
        return self._of == (rows.path, rows.stamp, rows.names) and self._at == begin

    def _skip(self, begin: int) -> None:
        for _ in self.batches(begin):
            pass

    def batches(self, end: int) -> Iterator[Any]:
        """Yield what comes before a row."""
        while self._at < end:
            batch = self._batch if self._batch is not None else next(self._rest, None)
            if batch is None:
                raise OSError("it ends early")
            n = min(batch.num_rows, end - self._at)
            self._batch = batch.slice(n) if n < batch.num_rows else None
            self._at += n
            yield batch.slice(0, n)


def _floats(column: Any) -> Array:
    import pyarrow as pa

    whole = column.cast(pa.float64(), safe=False)  # a gap is null, which NumPy calls NaN
    found: Array = whole.to_numpy(zero_copy_only=False)
    return found


def parquet_rows(path: Path, columns: tuple[Column, ...] | None = None) -> ParquetRows:
    """Return the rows of a file, of which only its footer is read.

    Raises
    ------
    InputError
        If it is no such file, has no such column, or a column holds no numbers.
    """
    with opened(path, "file"):
        stamp = stamp_of(str(path))
    with _reading(str(path), stamp):
        from pyarrow.parquet import ParquetFile

        with ParquetFile(path) as file:
            schema, footer = file.schema_arrow, file.metadata
            ends = np.cumsum([footer.row_group(i).num_rows for i in range(footer.num_row_groups)]).tolist()
    every = [name for name in schema.names if not name.startswith(INDEX)]
    names = tuple(_name(path, column, every) for column in columns) if columns else tuple(every)
    for name in names:
        if schema.names.count(name) > 1:
            raise InputError(f"{path} has several columns {name!r}: give them names of their own")
        if not _is_number(schema.field(name).type):
            raise InputError(
                f"{path}: the column {name!r} holds {schema.field(name).type}, but EM needs numbers: choose "
                "others with columns",
                *(() if columns is None else ("columns",)),
            )
    return ParquetRows(str(path), stamp, tuple(ends), names)


def _name(path: Path, column: Column, every: list[str]) -> str:
    if isinstance(column, int):
        if column > len(every):
            raise InputError(f"{path} has {len(every)} columns, so there is no column {column}", "columns")
        return every[column - 1]
    if column not in every:
        raise InputError(f"{path} has no column {column!r}; {hint(column, every)}", "columns")
    return column


def _is_number(kind: pa.DataType) -> bool:
    from pyarrow import types

    return any(
        is_kind(kind) for is_kind in (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal)
    )


@contextmanager
def _reading(path: str, stamp: Stamp) -> Iterator[None]:
    """Turn whatever pyarrow raises into one sentence."""
    try:
        yield
    except ImportError:
        raise InputError(
            f'{path} is read by a package that is not installed: pip install "gmmviz[files]"', "path"
        ) from None
    except InputError:
        raise
    except Exception as error:
        _last.cursor = None
        if stamp_of(path) != stamp:
            raise changed(path) from None
        said = str(error).split("\n")[0] or type(error).__name__
        raise InputError(f"{path} cannot be read as Parquet: {shown(said)}", "path") from None
