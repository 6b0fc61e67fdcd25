"""The data as EM reads them: block by block, in coordinates in which nothing overflows or cancels.

Inside a run each feature is centered on its mean and divided by a power of two near its standard deviation,
which costs no digit. So an offset of 1e8 or a scale of 1e-150 changes nothing. Blocks are small enough for the
processor's cache. Data larger than memory (a memory-mapped array) are read in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from math import frexp, isfinite, ldexp, sqrt
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.far import FarRows, Faults
from gmmviz.engine.crew import Addend, merged
from gmmviz.engine.rows import Known, Rows
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture

Indices = npt.NDArray[np.intp]
V = TypeVar("V", bound=Addend)

EPS = float(np.finfo(np.float64).eps)
MANY = 12  # features, from which on their products are in another order
A_MILLIONTH = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """The coordinates inside a run: x inside = (x - center) / scale.

    Parameters
    ----------
    center : ndarray, shape (D,)
        The data's mean.
    scale : ndarray, shape (D,)
        Powers of two; 1 for a constant feature.
    variances : ndarray, shape (D,)
        The data's variances inside; 0 for a constant feature.
    """

    center: Array
    scale: Array
    variances: Array
    _units: Array = field(init=False, repr=False)  # of a covariance, shape (D, D): mirrored elements are equal

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):  # of data that are refused for it
            object.__setattr__(self, "_units", self.scale[:, None] * self.scale)

    @classmethod
    def of(cls, points: Array, weights: Array | None = None) -> Coordinates:
        """Measure the data's mean and spread, reading them twice; weights must be greater than 0.

        Raises
        ------
        InputError
            If the sum of the data overflows.
        """
        return cls.of_rows(Rows(points, weights))

    @classmethod
    def of_rows(cls, rows: Rows) -> Coordinates:
        """Measure the same of points that are rows already."""
        n_points, n_features = rows.points.shape
        first = np.nan_to_num(rows.points[0].astype(np.float64))
        with np.errstate(over="ignore", invalid="ignore"):
            reach = rows.look(_reach, first)
        if not all(map(isfinite, reach.total.tolist())):
            if isinstance(rows.points, FarRows) and (faults := rows.look(Faults.of)).first:
                raise faults.error(rows.points, rows.points.names)
            raise InputError("the data are so large that their sum is no number: divide them by a power of ten")
        if isinstance(rows.points, FarRows):
            rows.points.keep_span(first + reach.low, first + reach.high)
        whole = n_points if rows.weights is None else float(rows.weights.sum())
        center = first + reach.total / whole
        # A first power of two keeps the squares in range; the final one is near the standard deviation.
        coarse = [_power_of_two(farthest) for farthest in reach.farthest.tolist()]
        squares = rows.look(_squares, center, np.array(coarse))
        scale, variances = np.ones(n_features), np.zeros(n_features)
        for d, (square, mean) in enumerate(zip(squares.tolist(), center.tolist(), strict=True)):
            deviation = sqrt(square / whole)
            # A constant feature has a deviation too, of a few rounding errors.
            if deviation * coarse[d] > 4 * EPS * abs(mean):
                fine = _power_of_two(deviation)
                scale[d] = coarse[d] * fine
                variances[d] = (deviation / fine) ** 2
        return cls(center, scale, variances)

    @classmethod
    def of_observed(cls, points: Array, weights: Array | None = None) -> Coordinates:
        """Measure the mean and spread of each feature's values that are not missing, which are NaN.

        Raises
        ------
        InputError
            If a feature has no value, or the sum of its values overflows.
        """
        each = []
        for d, seen in enumerate(~np.isnan(points).T):
            if not seen.any():
                raise InputError(f"every value of column {d} is missing where points count: leave the column out")
            each.append(cls.of(points[seen, d : d + 1], None if weights is None else weights[seen]))
        names = ("center", "scale", "variances")
        return cls(*(np.concatenate([getattr(one, name) for one in each]) for name in names))

    def of_features(self, features: Indices) -> Coordinates:
        """Return the coordinates of these features alone."""
        return Coordinates(self.center[features], self.scale[features], self.variances[features])

    def inward(self, mixture: Mixture) -> Mixture:
        """Express a mixture in these coordinates."""
        return Mixture.trusted(
            mixture.weights,
            (mixture.means - self.center) / self.scale,
            mixture.covariances / self._units,
        )

    def outward(self, mixture: Mixture) -> Mixture:
        """Express a mixture of these coordinates in the data's units."""
        return Mixture.trusted(
            mixture.weights,
            self.center + self.scale * mixture.means,
            mixture.covariances * self._units,
        )

    @property
    def deviations(self) -> Array:
        """Standard deviations of the features in the data's units, shape (D,); 0 for a constant feature."""
        return np.sqrt(self.variances) * self.scale

    @property
    def spreads(self) -> Array:
        """The same, but 1 for a constant feature, which has no spread to go by."""
        return np.where(self.variances > 0, self.deviations, 1.0)

    @property
    def ridge(self) -> Array:
        """A millionth of each feature's variance, or of 1 for a constant feature; inside, shape (D,)."""
        return A_MILLIONTH * np.where(self.variances > 0, self.variances, 1.0)

    @property
    def log_volume(self) -> float:
        """How much larger a log density is inside than in the data's units, in nats per point."""
        return float(np.log(self.scale).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """How far points are from one of them, shape (D,) each."""

    total: Array
    low: Array
    high: Array

    @property
    def farthest(self) -> Array:
        """The largest distance."""
        return np.maximum(self.high, -self.low)

    def __add__(self, other: _Reach) -> _Reach:
        with np.errstate(over="ignore", invalid="ignore"):
            low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
            return _Reach(self.total + other.total, low, high)


def _reach(points: Array, weights: Array | None, known: Known | None, origin: Array) -> _Reach:
    with np.errstate(over="ignore", invalid="ignore"):
        away = np.subtract(points.T, origin[:, None], dtype=np.float64, order="C")
        total = away.sum(axis=1) if weights is None else (away * weights).sum(axis=1)
        return _Reach(total, away.min(axis=1), away.max(axis=1))


def span_of(rows: Rows) -> tuple[Array, Array]:
    """Return the lower and upper end of each feature; a fit of rows that are not in memory has found them."""
    if isinstance(rows.points, FarRows) and rows.points.span is not None:
        return rows.points.span
    first = rows.points[0].astype(np.float64)
    reach = rows.look(_reach, first)
    return first + reach.low, first + reach.high


def _squares(points: Array, weights: Array | None, known: Known | None, origin: Array, unit: Array) -> Array:
    away = np.subtract(points.T, origin[:, None], dtype=np.float64, order="C")
    away /= unit[:, None]
    return np.array([row.dot(row if weights is None else row * weights) for row in away])


class Blocks:
    """The quadratic features of the data, block by block.

    The features of a point x inside are 1, x_i, and the products x_i x_j, one of each pair, in the order of
    `pairs`. A Gaussian's log density is linear in them, and so are the sufficient statistics.

    Parameters
    ----------
    points : ndarray, shape (N, D)
    weights : ndarray, shape (N,), optional
        How often each point counts, greater than 0.
    known : ndarray of int, shape (N,), optional
        The component of each point, -1 where it is not known.
    coordinates : Coordinates, optional
        By default those of the points. Where they are given, the weights are in their unit already.

    Attributes
    ----------
    unit : float
        The mean weight, by which the weights are divided inside a run; 1 where there are none. So the limits of
        what is nearly 0 do not depend on the unit of the weights.
    """

    def __init__(
        self,
        points: Array,
        weights: Array | None = None,
        known: Known | None = None,
        coordinates: Coordinates | None = None,
    ) -> None:
        self.n_points, self.n_features = points.shape
        self.unit = 1.0 if weights is None or coordinates else float(weights.mean())
        self._rows = Rows(points, None if weights is None else weights / self.unit, known)
        self.coordinates = coordinates or Coordinates.of_rows(self._rows)
        # The features of small data are kept, those of large data computed anew.
        whole = self._rows.group(0, self._rows.n_blocks, sent=False) if self._rows.small else None
        self._kept = list(whole.parts(self._rows.size, _features, self.coordinates)) if whole else None

    def total(self, of: Callable[..., V], *parameters: Any) -> V:
        """Return the sum of a function of every block.

        Parameters
        ----------
        of : callable
            Of the features of a block, shape (F, n), the weights of its points, what is known of them, and the
            parameters. It may be called in other threads and processes.
        *parameters
        """
        if self._kept is not None:
            if len(self._kept) == 1:
                only: V = of(*self._kept[0], *parameters)
                return only
            here: Iterator[V] = (of(*block, *parameters) for block in self._kept)
            return merged(here)
        found: V = self._rows.total(_of_features, of, self.coordinates, *parameters)
        return found


def _features(
    points: Array, weights: Array | None, known: Known | None, coordinates: Coordinates
) -> tuple[Array, Array | None, Known | None]:
    return quadratic_features(points, coordinates), weights, known


def _of_features(
    points: Array,
    weights: Array | None,
    known: Known | None,
    of: Callable[..., V],
    coordinates: Coordinates,
    *parameters: Any,
) -> V:
    return of(quadratic_features(points, coordinates), weights, known, *parameters)


@cache
def pairs(D: int) -> tuple[Indices, Indices]:
    """The order of the products x_i x_j, as all i and all j.

    Few features are multiplied row by row of the triangle i <= j. Where they are many, the products are those of
    x_i with x_i, then of x_i with the next feature, with the one after that, and so on around the circle. So all
    products of one distance are one multiplication of long rows: at D = 32 the features take half of the time.
    """
    if D < MANY:
        return np.triu_indices(D)
    i, j = np.array([(i, (i + s) % D) for s in range(D // 2 + 1) for i in range(_at_distance(s, D))]).T
    return i, j


def _at_distance(s: int, D: int) -> int:
    """How many pairs of features are so far from each other on the circle: D, or half of them opposite."""
    return D if 2 * s != D else D // 2


@cache
def packing(D: int) -> tuple[Indices, Indices, Array]:
    """How symmetric matrices are packed in the order of the quadratic features.

    Returns
    -------
    pack : ndarray of int, shape (F,)
        Where the coefficient of each feature is in the flattened (1 + D) x (1 + D) matrix of a quadratic form in
        (1, x).
    unpack : ndarray of int, shape (D, D)
        Where each element of a D x D matrix is among the products.
    times : ndarray, shape (F,)
        How often each packed element counts in a quadratic form: once on the diagonal, twice off it.
    """
    i, j = pairs(D)
    unpack = np.empty((D, D), np.intp)
    unpack[i, j] = unpack[j, i] = np.arange(len(i))
    rows = np.concatenate([np.zeros(1 + D, np.intp), 1 + i])
    columns = np.concatenate([np.arange(1 + D), 1 + j])
    return rows * (1 + D) + columns, unpack, np.where(rows == columns, 1.0, 2.0)


def quadratic_features(points: Array, coordinates: Coordinates) -> Array:
    """The quadratic features of some points, shape (F, n)."""
    n_points, D = points.shape
    features = np.empty(((1 + D) * (2 + D) // 2, n_points))
    features[0] = 1
    inside = features[1 : 1 + D]
    np.subtract(points.T, coordinates.center[:, None], out=inside)
    inside /= coordinates.scale[:, None]
    row = 1 + D
    if D >= MANY:
        around = np.concatenate([inside, inside])
        for s in range(D // 2 + 1):
            n = _at_distance(s, D)
            np.multiply(around[:n], around[s : s + n], out=features[row : row + n])
            row += n
        return features
    for d in range(D):
        np.multiply(inside[d], inside[d:], out=features[row : row + D - d])
        row += D - d
    return features


def _power_of_two(value: float) -> float:
    """The power of two just above a value; 1 for 0."""
    return ldexp(1.0, min(max(frexp(value)[1], -1000), 1000)) if value > 0 else 1.0
