"""The points as rows of an array, in blocks whose borders depend on its shape alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.far import AT_ONCE, FarRows
from gmmviz.datasets.npy_rows import NpyRows
from gmmviz.engine.crew import Addend, current_crew, merged, new_token

Known = npt.NDArray[np.intp]
V = TypeVar("V", bound=Addend)

SMALL = 1 << 20  # numbers; this many features and fewer are worked on where they are, and are kept
SMALL_BLOCK = 1 << 16  # numbers; half a megabyte, which the second-level cache holds
LARGE_BLOCK = 1 << 18  # numbers, long enough for threads: what they do between NumPy's calls only one does at once
FEWEST_ROWS = 64  # of a block
LOOK = 1 << 13  # rows at least that are looked at together, where little is done with each
MAPPED, SENT = 32, 8  # blocks of a group at most: some 30 ms of work, and some 10 MB where they are sent
GROUPS_EACH = 4  # of very large data, for each of those who work on them


@dataclass(frozen=True, slots=True, eq=False)
class SomeRows:
    """Some consecutive points.

    Parameters
    ----------
    points : ndarray or FarRows, shape (n, D)
    weights : ndarray, shape (n,), optional
    known : ndarray of int, shape (n,), optional
    """

    points: Array | FarRows
    weights: Array | None
    known: Known | None

    @property
    def n_bytes(self) -> int:
        """Bytes in memory."""
        arrays = (self.points, self.weights, self.known)
        return sum(each.nbytes for each in arrays if isinstance(each, np.ndarray))

    def parts(self, size: int, of: Callable[..., V], *parameters: Any) -> Iterator[V]:
        """Yield a function of each `size` of them: of points, weights, what is known of them, and parameters."""
        together = size  # are read at once
        if self.is_slow:
            together *= max(AT_ONCE // (size * self.points.shape[1]), 1)
        read, points = 0, self.points
        for begin in range(0, len(self.points), size):
            if isinstance(self.points, FarRows) and begin % together == 0:
                read, points = begin, self.points[begin : begin + together]
            rows = slice(begin, begin + size)
            own = None if self.weights is None else self.weights[rows]
            told = None if self.known is None else self.known[rows]
            yield of(points[begin - read : begin - read + size], own, told, *parameters)

    @property
    def whole(self) -> int:
        """Bytes in memory, if all were there."""
        return self.points.nbytes

    @property
    def is_slow(self) -> bool:
        """Whether it takes longer to read them again than to keep them."""
        return isinstance(self.points, FarRows) and not self.points.is_quick

    def in_memory(self) -> SomeRows:
        """Return the same, read."""
        return SomeRows(self.points[:], self.weights, self.known)


class Rows:
    """All points, in blocks.

    Parameters
    ----------
    points : ndarray or FarRows, shape (N, D)
        Those of a memory map are read as files.
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

    def __init__(self, points: Array | FarRows, weights: Array | None = None, known: Known | None = None) -> None:
        n_points, D = points.shape
        n_quadratic = (1 + D) * (2 + D) // 2
        self.small = n_points * n_quadratic <= SMALL
        self.size = max(FEWEST_ROWS, (SMALL_BLOCK if self.small else LARGE_BLOCK) // n_quadratic)
        self.n_blocks = -(-n_points // self.size)
        mapped = None if self.small or isinstance(points, FarRows) else NpyRows.of(points)
        self.points = points if mapped is None else mapped
        self.weights, self.known = weights, known
        self.token = new_token()
        if isinstance(self.points, FarRows) and weights is None and known is None:
            self.token = self.points.token  # by which processes that have read them know them in the next run too
        self.least = 1
        while self.least * self.size < LOOK:
            self.least *= 2

    def total(self, of: Callable[..., V], *parameters: Any) -> V:
        """Return the sum of a function of every block: of points, weights, what is known, and the parameters."""
        return self._total(self.size, of, parameters)

    def look(self, of: Callable[..., V], *parameters: Any) -> V:
        """Return the same of larger pieces, for what is quickly done; small data are one piece."""
        return self._total(len(self.points) if self.small else self.least * self.size, of, parameters)

    def count(self, of: Callable[..., V], *parameters: Any) -> V:
        """Return the same of pieces as large as may be, for whole numbers, of which any order has one sum."""
        return self._total(MAPPED * self.size, of, parameters)

    def _total(self, size: int, of: Callable[..., V], parameters: tuple[Any, ...]) -> V:
        if self.small:
            return merged(self.group(0, self.n_blocks, sent=False).parts(size, of, *parameters))
        return current_crew().total(self, size, of, *parameters)

    def most(self, n_elsewhere: int) -> int:
        """How many blocks a group may have, if so many others work on them in other processes.

        Where these read the points themselves, groups of very large data grow: each takes a message or two, and a
        scheduler sends a few hundred in a second.
        """
        if not n_elsewhere:
            return MAPPED
        if not isinstance(self.points, FarRows):
            return SENT
        most = MAPPED
        while self.n_blocks >= 2 * most * GROUPS_EACH * n_elsewhere:
            most *= 2
        return most

    def group(self, begin: int, end: int, *, sent: bool) -> SomeRows:
        """Return the points of these blocks; a part of a file goes to another process by name."""
        rows = slice(begin * self.size, end * self.size)
        far = self.points if isinstance(self.points, FarRows) else None
        return SomeRows(
            far.part(rows.start, min(rows.stop, len(far))) if far is not None else self.points[rows],
            None if self.weights is None else self.weights[rows],
            None if self.known is None else self.known[rows],
        )
