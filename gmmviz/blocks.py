"""The data as EM reads it: block by block, in coordinates in which nothing can overflow or cancel.

Inside, each feature is centered on its mean and divided by a power of two near its standard deviation,
which loses no digit; so an offset of 1e8 or a scale of 1e-150 changes nothing. Blocks are small enough for
the processor's cache and make data larger than memory (a memory-mapped array) no special case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gmmviz.arrays import Array
from gmmviz.errors import InputError
from gmmviz.mixture import Mixture

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
                np.maximum(largest, np.maximum(away.max(axis=1), -away.min(axis=1)), out=largest)
        if not np.isfinite(total).all():
            raise InputError("the data are so large that their sum is no number: divide them by a power of ten")
        center = first[:, 0] + total / n_points
        # First a power of two that keeps squares in range, then the standard deviation's.
        coarse = _power_of_two(largest)
        squares = np.zeros(n_features)
        for away in readings(center[:, None]):
            away /= coarse[:, None]
            squares += np.einsum("dn,dn->d", away, away)
        deviations = np.sqrt(squares / len(points))
        # What is left of a constant feature is rounding, not spread.
        constant = (largest == 0) | (deviations * coarse <= 4 * np.finfo(float).eps * np.abs(center))
        scale = np.where(constant, 1.0, coarse * _power_of_two(deviations))
        variances = np.where(constant, 0.0, (deviations * coarse / scale) ** 2)
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

    For a point (x_1, ..., x_D) inside they are 1, x_i, and x_i x_j for i <= j. A Gaussian's log density is
    linear in them, and so are the sufficient statistics of a mixture.

    Parameters
    ----------
    points : ndarray, shape (N, D)

    Attributes
    ----------
    packed : ndarray of int, shape (F,)
        Where the features stand in the flattened matrix z z^T of z = (1, x): its upper triangle, row by row.
    multiples : ndarray, shape (F,)
        By what a quadratic form's element is multiplied to be the log density's coefficient.
    unpacked : ndarray of int, shape (D + 1, D + 1)
        Which feature each element of z z^T is.
    """

    def __init__(self, points: Array) -> None:
        self.n_points, self.n_features = points.shape
        self.coordinates = Coordinates.of(points)
        self._points = points
        rows, columns = np.triu_indices(1 + self.n_features)
        self.packed = rows * (1 + self.n_features) + columns
        self.multiples = np.where(rows == columns, -0.5, -1.0)
        self.unpacked = np.empty((1 + self.n_features, 1 + self.n_features), np.intp)
        self.unpacked[rows, columns] = self.unpacked[columns, rows] = np.arange(len(rows))
        self._factors = list(zip(rows - 1, columns - 1, strict=True))[1 + self.n_features :]
        n_quadratic = len(rows)
        self.size = max(64, FEATURES_PER_BLOCK // n_quadratic)
        keep = self.n_points * n_quadratic <= KEPT_FEATURES
        self._kept = list(self._read(keep)) if keep else None

    def __iter__(self) -> Iterator[Array]:
        """Yield features, shape (F, n); each array is valid until the next is asked for."""
        return iter(self._kept) if self._kept is not None else self._read(keep=False)

    def _read(self, keep: bool) -> Iterator[Array]:
        D = self.n_features
        center, scale = self.coordinates.center[:, None], self.coordinates.scale[:, None]
        n_quadratic = len(self.packed)
        buffer = np.empty((n_quadratic, min(self.size, self.n_points)))
        for begin in range(0, self.n_points, self.size):
            block = self._points[begin : begin + self.size]
            phi = np.empty((n_quadratic, len(block))) if keep else buffer[:, : len(block)]
            phi[0] = 1
            inside = phi[1 : 1 + D]
            np.subtract(block.T, center, out=inside)
            inside /= scale
            for row, (i, j) in enumerate(self._factors, 1 + D):
                np.multiply(inside[i], inside[j], out=phi[row])
            yield phi


def _power_of_two(values: Array) -> Array:
    """The power of two just above each value; 1 for 0."""
    _, exponents = np.frexp(values)
    return np.where(values > 0, np.ldexp(1.0, np.clip(exponents, -1000, 1000)), 1.0)
