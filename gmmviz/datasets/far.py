"""Rows that are not in memory: files, arrays in files, lazy arrays. Whoever works on some of them reads these.

What has few numbers is read into memory at once, and is an array like any other. What has many stays where it is:
EM reads it slice by slice in every iteration, a film counts it per pixel, and a worker of a cluster reads its own
part of it. A slice of such rows is an array, so code that takes slices takes both.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.mixins import NDArrayOperatorsMixin

from gmmviz.arrays import FEATURES, Array
from gmmviz.errors import InputError, similar

MANY = 1 << 22  # numbers, 32 MB; data with more are not read whole
WHOLE = 1 << 30  # bytes, up to which they are read whole all the same, by what needs every point at once
AT_ONCE = 1 << 20  # numbers that are read together, 8 MB
APART = 1 << 12  # rows; chosen ones that are farther apart are read by themselves


class FarRows(NDArrayOperatorsMixin, ABC):  # type: ignore[misc, unused-ignore]
    """Rows that are read when they are wanted.

    They are what a matrix of NumPy is to code that takes its shape and slices. Other code may make an array of
    them, up to `WHOLE` bytes. They can be pickled, as what it takes to read them elsewhere.

    Attributes
    ----------
    shape : tuple of int
        Points and features.
    names : tuple of str
        What the features are called where they are kept; may be empty.
    """

    shape: tuple[int, int]
    names: tuple[str, ...] = ()
    dtype, ndim = np.dtype(np.float64), 2
    is_quick = False  # whether reading costs no more than copying
    span: tuple[Array, Array] | None = None  # lower and upper end of each feature, once someone has looked

    @abstractmethod
    def read(self, begin: int, end: int) -> Array:
        """Read some consecutive rows.

        Raises
        ------
        InputError
            If that cannot be done, or what is there has changed.
        """

    @abstractmethod
    def place(self, row: int) -> str:
        """Say where a row is, such as ``"part-2.npy, row 17 (from 0)"``."""

    def part(self, begin: int, end: int) -> FarRows:
        """Return some consecutive rows, which are not read yet."""
        return Part(self, begin, end)

    def reference(self) -> Mapping[str, Any]:
        """Return what a saved record says of the data, to find and know them again.

        Raises
        ------
        InputError
            If they are in no file.
        """
        raise InputError(
            "the points are in no file that a saved trace could name: write them to Parquet, Zarr or .npy first"
        )

    def keep_span(self, low: Array, high: Array) -> None:
        """Remember the ends of the features, which takes a look at all rows."""
        object.__setattr__(self, "span", (low, high))

    @cached_property
    def token(self) -> str:
        """A name that no other rows have."""
        return secrets.token_hex(8)

    @property
    def size(self) -> int:
        """How many numbers they are."""
        return self.shape[0] * self.shape[1]

    @property
    def nbytes(self) -> int:
        """How many bytes they would take in memory."""
        return 8 * self.size

    def __len__(self) -> int:
        return self.shape[0]

    def slices(self) -> Iterator[Array]:
        """Read all rows, some at a time."""
        step = max(AT_ONCE // self.shape[1], 1)
        for begin in range(0, len(self), step):
            yield self.read(begin, min(begin + step, len(self)))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            return self[key[0]][(slice(None) if np.ndim(key[0]) or isinstance(key[0], slice) else ..., *key[1:])]
        if isinstance(key, slice):
            begin, end, step = key.indices(len(self))
            return self.read(begin, max(begin, end)) if step == 1 else self[np.arange(begin, end, step)]
        rows = np.asarray(key)
        if rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        rows = np.where(rows < 0, rows + len(self), rows)
        if rows.ndim == 0:
            return self.read(int(rows), int(rows) + 1)[0]
        return self._chosen(rows.ravel()).reshape(*rows.shape, self.shape[1])

    def _chosen(self, rows: npt.NDArray[np.intp]) -> Array:
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        found = np.empty((len(rows), self.shape[1]))
        step = max(AT_ONCE // self.shape[1], 1)
        first = 0
        while first < len(rows):
            begin = int(ordered[first])
            end = first + int(np.searchsorted(ordered[first:], begin + step))
            gaps = np.flatnonzero(np.diff(ordered[first:end]) > APART)
            end = first + 1 + int(gaps[0]) if len(gaps) else end
            found[order[first:end]] = self.read(begin, int(ordered[end - 1]) + 1)[ordered[first:end] - begin]
            first = end
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        if self.nbytes > WHOLE:
            raise InputError(
                f"{len(self):,} points are too many for what needs all of them in memory at once: fit them and "
                "film the fit, or take a sample of them"
            )
        return np.asarray(np.concatenate(list(self.slices())), dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        given = (np.asarray(each) if isinstance(each, FarRows) else each for each in inputs)
        return getattr(ufunc, method)(*given, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(np.asarray(self), name)


@dataclass(frozen=True, eq=False)
class Part(FarRows):
    """Consecutive rows of others."""

    whole: FarRows
    begin: int
    end: int

    @property
    def shape(self) -> tuple[int, int]:  # type: ignore[override]
        """Points and features."""
        return self.end - self.begin, self.whole.shape[1]

    @property
    def is_quick(self) -> bool:  # type: ignore[override]
        """Whether reading costs no more than copying."""
        return self.whole.is_quick

    def read(self, begin: int, end: int) -> Array:
        """Read some consecutive rows."""
        return self.whole.read(self.begin + begin, self.begin + end)

    def part(self, begin: int, end: int) -> FarRows:
        """Return some consecutive rows, which are not read yet."""
        return self.whole.part(self.begin + begin, self.begin + end)

    def place(self, row: int) -> str:
        """Say where a row is."""
        return self.whole.place(self.begin + row)


class Joined(FarRows):
    """The rows of several files, one after another.

    Parameters
    ----------
    pieces : sequence of FarRows
        With the same features.
    """

    def __init__(self, pieces: tuple[FarRows, ...]) -> None:
        self.pieces = pieces
        self.ends = tuple(accumulate(map(len, pieces)))
        self.shape = self.ends[-1], pieces[0].shape[1]
        self.names = pieces[0].names
        self.is_quick = all(piece.is_quick for piece in pieces)

    def _within(self, begin: int, end: int) -> Iterator[tuple[FarRows, int, int]]:
        """Yield the pieces that hold some of these rows, and which of theirs these are."""
        for piece, last in zip(self.pieces, self.ends, strict=True):
            first = last - len(piece)
            if first < end and begin < last:
                yield piece, max(begin - first, 0), min(end - first, len(piece))

    def read(self, begin: int, end: int) -> Array:
        """Read some consecutive rows."""
        found = [piece.read(a, b) for piece, a, b in self._within(begin, end)]
        if len(found) == 1:
            return found[0]
        return np.concatenate(found) if found else np.empty((0, self.shape[1]))

    def part(self, begin: int, end: int) -> FarRows:
        """Return some consecutive rows, which are not read yet, of the files that hold them alone."""
        found = tuple(piece.part(a, b) for piece, a, b in self._within(begin, end))
        return found[0] if len(found) == 1 else Joined(found)

    def place(self, row: int) -> str:
        """Say where a row is."""
        ((piece, begin, _),) = self._within(row, row + 1)
        return piece.place(begin)

    def reference(self) -> Mapping[str, Any]:
        """Return what a saved record says of the data."""
        every = [piece.reference() for piece in self.pieces]
        return {**every[0], "files": [file for each in every for file in each["files"]]}


@dataclass(frozen=True, slots=True)
class Faults:
    """What is no finite number among some rows.

    Parameters
    ----------
    n_rows, n_faulty : int
    first : tuple of (int, int, float), optional
        Row, column and value of the first one.
    """

    n_rows: int
    n_faulty: int = 0
    first: tuple[int, int, float] | None = None

    @classmethod
    def of(cls, points: Array, *_: Any) -> Faults:
        """Look for them."""
        finite = np.isfinite(points)
        if finite.all():
            return cls(len(points))
        row, column = (int(each) for each in np.argwhere(~finite)[0])
        return cls(len(points), int((~finite.all(axis=1)).sum()), (row, column, float(points[row, column])))

    def __add__(self, other: Faults) -> Faults:
        first = self.first
        if first is None and other.first is not None:
            row, *rest = other.first
            first = self.n_rows + row, *rest  # type: ignore[assignment]
        return Faults(self.n_rows + other.n_rows, self.n_faulty + other.n_faulty, first)

    def error(self, rows: FarRows, names: tuple[str, ...]) -> InputError:
        """Say where the first one is."""
        assert self.first is not None
        row, column, value = self.first
        name = repr(names[column]) if names else f"{column}"
        what = "NaN, or nothing" if value != value else f"{value}"
        more = self.n_faulty - 1
        also = f"; {more:,} more {'row does' if more == 1 else 'rows do'} too" if more else ""
        return InputError(
            f"{rows.place(row)}, column {name} holds {what}{also}; EM needs finite numbers: leave those rows out "
            "or fill them in"
        )


def settled(rows: FarRows, *, gaps: bool, what: str = "the data") -> Array | FarRows:
    """Return few numbers as an array, checked here, and many as they are.

    Parameters
    ----------
    rows : FarRows
    gaps : bool
        Whether NaN stands for a value that is missing.
    what : str
        Of which there may be none.

    Raises
    ------
    InputError
        If there are none, too many features, or among few numbers one that is not finite. Among many, that is
        found by the first look of a fit.
    """
    n_points, n_features = rows.shape
    if 0 in rows.shape:
        raise InputError(f"{what} is empty: {n_points} points with {n_features} features")
    if n_features > FEATURES:
        raise InputError(f"{what} has {n_features:,} features, and the limit is {FEATURES:,}: choose some")
    if rows.size > MANY:
        if gaps:
            raise InputError(
                f"{what} has {n_points:,} points, too many to look for gaps in memory: leave rows with gaps out "
                "of the files, and missing at 'refuse'",
                "missing",
            )
        return rows
    points = np.concatenate(list(rows.slices()))
    faults = Faults.of(points)
    if faults.first and not (gaps and not np.isinf(points).any()):
        raise faults.error(rows, rows.names)
    return points


def matching(path: Path, suffixes: tuple[str, ...], what: str) -> list[Path]:
    """Return the files that a path stands for, be it a pattern with ``*``, a folder or a file, ordered by name.

    Raises
    ------
    InputError
        If there are none.
    """
    if any(letter in path.name for letter in "*?["):
        found = sorted(each for each in path.parent.glob(path.name) if not each.name.startswith("."))
        if not found:
            raise InputError(f"no {what} matches {path}{similar(path)}")
        return found
    if path.is_dir() and suffixes:
        hidden = ("_", ".")
        every = sorted(each for suffix in suffixes for each in path.rglob(f"*{suffix}"))
        found = [each for each in every if not each.name.startswith(hidden)]
        if not found:
            raise InputError(f"there is no {what} in the folder {path}")
        return found
    return [path]
