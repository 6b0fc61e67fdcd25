"""The data as EM reads it: block by block, in coordinates in which nothing can overflow or cancel.

Inside, each feature is centered on its mean and divided by a power of two near its standard deviation,
which loses no digit; so an offset of 1e8 or a scale of 1e-150 changes nothing. Blocks are small enough for
the processor's cache and make data larger than memory (a memory-mapped array) no special case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import frexp, isfinite, ldexp, sqrt

import numpy as np

from gmmviz.arrays import Array
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture

EPS = float(np.finfo(np.float64).eps)
FEATURES_PER_BLOCK = 1 << 16  # numbers; half a megabyte, which the second-level cache holds
KEPT_FEATURES = 1 << 20  # numbers; the features of small data are kept, those of large data made anew
POINTS_PER_READING = 1 << 16  # for the first look at the data's mean and spread


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """Where the inside of a run is: x inside = (x - center) / scale.

    Parameters
    ----------
    center : ndarray, shape (D,)
        The data's mean.
    scale : ndarray, shape (D,)
        Powers of two; 1 for a feature that never varies.
    variances : ndarray, shape (D,)
        The data's, inside.
    """

    center: Array
    scale: Array
    variances: Array

    @classmethod
    def of(cls, points: Array) -> Coordinates:
        """Measure the data, one reading at a time."""
        n_points, n_features = points.shape
        first = points[0].astype(np.float64)[:, None]
        buffer = np.empty((n_features, min(n_points, POINTS_PER_READING)))

        def readings(origin: Array) -> Iterator[Array]:
            """Yield the points relative to `origin`, one feature per row: sums along rows are quick."""
            for begin in range(0, n_points, POINTS_PER_READING):
                block = points[begin : begin + POINTS_PER_READING]
                away = buffer[:, : len(block)]
                yield np.subtract(block.T, origin, out=away)

        total, largest = np.zeros(n_features), np.zeros(n_features)
        with np.errstate(over="ignore", invalid="ignore"):
            for away in readings(first):
                total += away.sum(axis=1)
                np.maximum(largest, np.abs(away, out=away).max(axis=1), out=largest)
        if not all(map(isfinite, total.tolist())):
            raise InputError("the data are so large that their sum is no number: divide them by a power of ten")
        center = first[:, 0] + total / n_points
        # First a power of two that keeps squares in range, then the standard deviation's.
        coarse = [_power_of_two(reach) for reach in largest.tolist()]
        squares = np.zeros(n_features)
        for away in readings(center[:, None]):
            away /= np.array(coarse)[:, None]
            squares += [row.dot(row) for row in away]
        scale, variances = np.ones(n_features), np.zeros(n_features)
        for d, (square, place) in enumerate(zip(squares.tolist(), center.tolist(), strict=True)):
            deviation = sqrt(square / n_points)
            # What is left of a constant feature is rounding, not spread.
            if deviation * coarse[d] > 4 * EPS * abs(place):
                fine = _power_of_two(deviation)
                scale[d] = coarse[d] * fine
                variances[d] = (deviation / fine) ** 2
        return cls(center, scale, variances)

    def inward(self, mixture: Mixture) -> Mixture:
        """Express a mixture in these coordinates."""
        return Mixture.trusted(
            mixture.weights,
            (mixture.means - self.center) / self.scale,
            mixture.covariances / self.scale[:, None] / self.scale,
        )

    def outward(self, mixture: Mixture) -> Mixture:
        """Express a mixture of these coordinates in the data's units."""
        return Mixture.trusted(
            mixture.weights,
            self.center + self.scale * mixture.means,
            mixture.covariances * self.scale[:, None] * self.scale,
        )

    @property
    def deviations(self) -> Array:
        """Standard deviations of the features in the data's units, shape (D,)."""
        return np.sqrt(self.variances) * self.scale

    @property
    def log_volume(self) -> float:
        """Nats per point by which a log density outside is smaller than inside."""
        return float(np.log(self.scale).sum())


class Blocks:
    """The quadratic features of the data, block by block.

    For a point (x_1, ..., x_D) inside they are 1, x_i, and x_i x_j for i <= j: the upper triangle of z z^T with
    z = (1, x), row by row. A Gaussian's log density is linear in them, and so are a mixture's statistics.

    Parameters
    ----------
    points : ndarray, shape (N, D)
    """

    def __init__(self, points: Array) -> None:
        self.n_points, self.n_features = points.shape
        self.coordinates = Coordinates.of(points)
        self._points = points
        n_quadratic = (1 + self.n_features) * (2 + self.n_features) // 2
        self.size = max(64, FEATURES_PER_BLOCK // n_quadratic)
        keep = self.n_points * n_quadratic <= KEPT_FEATURES
        self._kept = list(self._read(keep)) if keep else None

    def __iter__(self) -> Iterator[Array]:
        """Yield features, shape (F, n); each array is valid until the next is asked for."""
        return iter(self._kept) if self._kept is not None else self._read(keep=False)

    def _read(self, keep: bool) -> Iterator[Array]:
        D = self.n_features
        center, scale = self.coordinates.center[:, None], self.coordinates.scale[:, None]
        n_quadratic = (1 + D) * (2 + D) // 2
        buffer = np.empty((n_quadratic, min(self.size, self.n_points)))
        for begin in range(0, self.n_points, self.size):
            block = self._points[begin : begin + self.size]
            phi = np.empty((n_quadratic, len(block))) if keep else buffer[:, : len(block)]
            phi[0] = 1
            inside = phi[1 : 1 + D]
            np.subtract(block.T, center, out=inside)
            inside /= scale
            row = 1 + D
            for d in range(D):
                np.multiply(inside[d], inside[d:], out=phi[row : row + D - d])
                row += D - d
            yield phi


def _power_of_two(value: float) -> float:
    """The power of two just above a value; 1 for 0."""
    return ldexp(1.0, min(max(frexp(value)[1], -1000), 1000)) if value > 0 else 1.0
