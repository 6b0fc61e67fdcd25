"""Very many points as a film shows them: counted in cells that are about as large as pixels, in one pass.

A film asks of a point where it is and how responsible each component is for it. Both are the same for all points
within a pixel, nearly: responsibilities at the middle of a cell are those of its points to 0.02. So a film of a
billion points costs one pass over them, and from then on as much as one of as many points as there are cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets import far
from gmmviz.datasets.base import Dataset
from gmmviz.datasets.far import FarRows
from gmmviz.engine.blocks import span_of
from gmmviz.engine.crew import working
from gmmviz.engine.rows import Known, Rows
from gmmviz.errors import InputError, warn

CELLS = 1024  # cells along each of two features, about the pixels of a panel
LINE = 1 << 17  # cells along a single feature, whose points are drawn beside each other
SHOWN = 200_000  # points of more features, that are drawn
SEED = 0  # of the choice of these

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells(Dataset):
    """Data whose points are the middles of cells, each with how many points are in it.

    Parameters
    ----------
    counts : ndarray of int, shape (N,)
        The weights are the same, or the sums of the points' own weights.
    weighted : bool
        Whether the points have weights of their own.
    """

    counts: Counts = field(default_factory=lambda: np.zeros(0, np.int64))
    weighted: bool = False

    @property
    def is_weighted(self) -> bool:
        """Whether the points have weights of their own."""
        return self.weighted

    @property
    def n_points(self) -> int:
        """How many points there are in all cells."""
        return int(self.counts.sum())


def shown(data: Dataset) -> Dataset:
    """Return what a film shows of the points: all, or cells of very many points of one or two features.

    Where there are more features and the points are not in memory, a sample of them is drawn, which is said.
    """
    is_far = isinstance(data.points, FarRows)
    if isinstance(data, Cells) or data.points.size <= far.MANY:
        return data
    more = data.points.shape[1] > 2 or data.incomplete or data.shape is not None or data.known is not None
    if more and not is_far:
        return data  # of which more is to be told than where they are
    if data.points.shape[1] > 2:
        return _sample(data)
    if data not in _made:
        _made[data] = _cells(data)
    return _made[data]


_made: WeakKeyDictionary[Dataset, Cells] = WeakKeyDictionary()


def counts_of(data: Dataset) -> Counts | None:
    """Return how many points each point that is drawn stands for; None if it is itself."""
    return data.counts if isinstance(data, Cells) else None


def refuse_cells(data: Dataset, what: str, *place: str | int) -> None:
    """Raise `InputError` if there are cells where points are needed one by one.

    Parameters
    ----------
    data : Dataset
    what : str
        Who needs them.
    *place : str or int
        The option at fault.
    """
    if isinstance(data, Cells):
        raise InputError(
            f"{what}, and {data.name} has {data.n_points:,}, which a film counts in cells: leave it out, or take "
            "a sample of the points",
            *place,
        )


def _sample(data: Dataset) -> Dataset:
    n_points = data.n_points
    rows: Any = slice(None)
    if n_points > SHOWN:
        warn(f"{data.name}: {SHOWN:,} of the {n_points:,} points are drawn, chosen at random")
        rows = np.sort(np.random.default_rng(SEED).choice(n_points, SHOWN, replace=False))
    return Dataset(
        data.points[rows],
        data.feature_names,
        data.name,
        labels=None if data.labels is None else data.labels[rows],
        truth=data.truth,
        source=data.source,
        others=data.others,
        others_name=data.others_name,
        columns=data.columns,
        weights=None if data.weights is None else data.weights[rows],
        known=None if data.known is None else data.known[rows],
    )


def _cells(data: Dataset) -> Cells:
    rows = Rows(data.points, data.weights)
    with working():
        low, high = span_of(rows)
        shape = (LINE,) if len(low) == 1 else (CELLS, CELLS)
        pitch = (high - low) / shape
        pitch = np.where(pitch > 0, pitch, 1.0)
        found = rows.count(_Filled.of, low, pitch, shape)
    each = np.column_stack(np.unravel_index(found.cells, shape))
    places = low + (each + 0.5) * pitch
    # The outermost are at the very ends, so that the limits of axes are those of the points.
    places = np.where(each == 0, low, np.where(each == np.array(shape) - 1, high, places))
    return Cells(
        places,
        data.feature_names,
        data.name,
        truth=data.truth,
        source=data.source,
        others=data.others,
        others_name=data.others_name,
        columns=data.columns,
        weights=found.counts if found.weights is None else found.weights,
        counts=found.counts.astype(np.int64),
        weighted=data.is_weighted,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Filled:
    """The cells that some points are in.

    Parameters
    ----------
    cells : ndarray of int, shape (n,)
        Their numbers, ascending.
    counts : ndarray of int, shape (n,)
    weights : ndarray, shape (n,), optional
    """

    cells: npt.NDArray[np.int32]
    counts: npt.NDArray[Any]
    weights: Array | None

    @classmethod
    def of(
        cls,
        points: Array,
        weights: Array | None,
        known: Known | None,
        low: Array,
        pitch: Array,
        shape: tuple[int, ...],
    ) -> _Filled:
        """Count points."""
        numbers = np.zeros(len(points), np.int32)
        for column, begin, step, n in zip(points.T, low, pitch, shape, strict=True):
            numbers *= n
            numbers += np.clip((column - begin) / step, 0, n - 1).astype(np.int32)
        return cls._sums(numbers, np.bincount(numbers).astype(np.int32), weights)

    @classmethod
    def _sums(cls, numbers: npt.NDArray[np.int32], found: npt.NDArray[Any], weights: Array | None) -> _Filled:
        cells = np.flatnonzero(found).astype(np.int32)
        sums = None if weights is None else np.bincount(numbers, weights)[cells].astype(np.float64)
        return cls(cells, found[cells], sums)

    def __add__(self, other: _Filled) -> _Filled:
        weights = None
        if self.weights is not None and other.weights is not None:
            weights = np.concatenate([self.weights, other.weights])
        numbers = np.concatenate([self.cells, other.cells])
        # Sums in floating point, which are exact up to 2^53.
        counts = np.bincount(numbers, np.concatenate([self.counts, other.counts])).astype(np.int64)
        return self._sums(numbers, counts, weights)
