"""The points as rows of an array, in blocks whose borders depend on its shape alone."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.engine.crew import Addend, current_crew, merged, new_token
from gmmviz.errors import InputError

Known = npt.NDArray[np.intp]
V = TypeVar("V", bound=Addend)

SMALL = 1 << 20  # numbers; this many features and fewer are worked on where they are, and are kept
SMALL_BLOCK = 1 << 16  # numbers; half a megabyte, which the second-level cache holds
LARGE_BLOCK = 1 << 18  # numbers, long enough for threads: what they do between NumPy's calls only one does at once
FEWEST_ROWS = 64  # of a block
LOOK = 1 << 13  # rows at least that are looked at together, where little is done with each
MAPPED, SENT = 32, 8  # blocks of a group at most: some 30 ms of work, and some 10 MB where they are sent


@dataclass(frozen=True, slots=True)
class MappedRows:
    """Rows of an array in a file, which another process can read for itself.

    Parameters
    ----------
    path : str
    stamp : tuple of int
        Size and time of change, in bytes and nanoseconds.
    offset : int
        Where the rows begin, in bytes.
    shape, strides : tuple of int
    dtype : str
    """

    path: str
    stamp: tuple[int, int]
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str

    @classmethod
    def of(cls, rows: Array) -> MappedRows | None:
        """Describe rows that are mapped from a file; None if they are not."""
        whole: Any = rows
        while isinstance(whole, np.ndarray) and not isinstance(whole.base, mmap.mmap):
            whole = whole.base
        path = getattr(whole, "filename", None)
        if path is None:
            return None
        offset = whole.offset + rows.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
        return cls(str(path), _stamp(str(path)), offset, rows.shape, rows.strides, rows.dtype.str)

    def read(self) -> Array:
        """Map the rows.

        Raises
        ------
        InputError
            If the file is not there, or is another one than it was.
        """
        if _stamp(self.path) != self.stamp:
            raise InputError(f"{self.path} has changed while it was fitted: begin again")
        content = np.memmap(self.path, np.uint8, "r")
        rows: Array = np.ndarray(self.shape, self.dtype, content.data, self.offset, self.strides)
        return rows


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = Path(path).stat()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read by every worker ({error.strerror}): put it where all of them see it"
        ) from None
    return found.st_size, found.st_mtime_ns


@dataclass(frozen=True, slots=True, eq=False)
class SomeRows:
    """Some consecutive points.

    Parameters
    ----------
    points : ndarray or MappedRows, shape (n, D)
    weights : ndarray, shape (n,), optional
    known : ndarray of int, shape (n,), optional
    """

    points: Array | MappedRows
    weights: Array | None
    known: Known | None

    @property
    def n_bytes(self) -> int:
        """Bytes in memory."""
        arrays = (self.points, self.weights, self.known)
        return sum(each.nbytes for each in arrays if isinstance(each, np.ndarray))

    def parts(self, size: int, of: Callable[..., V], *parameters: Any) -> Iterator[V]:
        """Yield a function of each `size` of them: of points, weights, what is known of them, and parameters."""
        points = self.points.read() if isinstance(self.points, MappedRows) else self.points
        for begin in range(0, len(points), size):
            rows = slice(begin, begin + size)
            own = None if self.weights is None else self.weights[rows]
            told = None if self.known is None else self.known[rows]
            yield of(points[rows], own, told, *parameters)


class Rows:
    """All points, in blocks.

    Parameters
    ----------
    points : ndarray, shape (N, D)
    weights : ndarray, shape (N,), optional
    known : ndarray of int, shape (N,), optional

    Attributes
    ----------
    small : bool
        Whether all is worked on here, by one thread.
    size : int
        Of a block, in points.
    n_blocks, token, least
        As in `gmmviz.engine.crew.Groups`.
    """

    def __init__(self, points: Array, weights: Array | None = None, known: Known | None = None) -> None:
        self.points, self.weights, self.known = points, weights, known
        n_points, D = points.shape
        n_quadratic = (1 + D) * (2 + D) // 2
        self.small = n_points * n_quadratic <= SMALL
        self.size = max(FEWEST_ROWS, (SMALL_BLOCK if self.small else LARGE_BLOCK) // n_quadratic)
        self.n_blocks = -(-n_points // self.size)
        self.token = new_token()
        self.least = 1
        while self.least * self.size < LOOK:
            self.least *= 2

    def total(self, of: Callable[..., V], *parameters: Any) -> V:
        """Return the sum of a function of every block: of points, weights, what is known, and the parameters."""
        return self._total(self.size, of, parameters)

    def look(self, of: Callable[..., V], *parameters: Any) -> V:
        """Return the same of larger pieces, for what is quickly done; small data are one piece."""
        return self._total(len(self.points) if self.small else self.least * self.size, of, parameters)

    def _total(self, size: int, of: Callable[..., V], parameters: tuple[Any, ...]) -> V:
        if self.small:
            return merged(self.group(0, self.n_blocks, sent=False).parts(size, of, *parameters))
        return current_crew().total(self, size, of, *parameters)

    def most(self, *, sent: bool) -> int:
        """How many blocks a group may have."""
        return SENT if sent and self._mapped is None else MAPPED

    def group(self, begin: int, end: int, *, sent: bool) -> SomeRows:
        """Return the points of these blocks; a part of a file goes to another process by name."""
        rows = slice(begin * self.size, end * self.size)
        points: Array | MappedRows = self.points[rows]
        if sent and self._mapped:
            points = MappedRows.of(self.points[rows]) or self.points[rows]
        return SomeRows(
            points,
            None if self.weights is None else self.weights[rows],
            None if self.known is None else self.known[rows],
        )

    @cached_property
    def _mapped(self) -> MappedRows | None:
        return MappedRows.of(self.points)
