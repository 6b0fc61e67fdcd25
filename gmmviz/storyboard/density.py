"""A mixture's density at many places of a plane, from which fields, level lines and surfaces are painted.

The log-density of a Gaussian is a quadratic form: it is linear in the six products 1, x, y, xx, xy, yy. Those are
computed once for a grid. A mixture then costs one matrix product, and one exponential per cell and component
(150,000 cells, K = 3: 1.7 ms of 7 ms an image at 1920x1080). Single precision takes half of the time and is enough
for pictures, unless a component is a thousand times narrower than the plane's limits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.mixture.mixture import LOG_2PI, Mixture

Grid = npt.NDArray[np.floating[Any]]
FAR = 1e9  # half-widths of the limits from their middle, that a mean is thought to be away at most
EXTREME = 30.0  # of the log of the view's area, from which on double precision is needed
NARROW = 500.0  # standard deviations in half the width of the limits, up to which single precision will do


class DensityAt:
    """Places of a plane, at which mixtures of two features are evaluated.

    Parameters
    ----------
    limits : ndarray, shape (2, 2)
        Lower and upper end of each axis.
    places : ndarray, shape (2, ...)
        From the middle of the limits, in half of their widths.

    Notes
    -----
    What the methods return has the shape of `places` after its first axis: (rows, columns) for a `DensityGrid`.
    """

    def __init__(self, limits: Array, places: Array) -> None:
        self._center = limits.mean(axis=1)
        self._scale = np.diff(limits, axis=1)[:, 0] / 2
        self._shape = places.shape[1:]
        # In very large or small units a density per unit area is no number in single precision.
        self._extreme = abs(float(np.log(self._scale).sum())) > EXTREME
        u, v = places.reshape(2, -1)
        self._features = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v])
        self._single = self._features.astype(np.float32)

    def log_components(self, mixture: Mixture) -> Grid:
        """Return the log of weight times density of each component, shape (K, ...)."""
        theta, precision = self._quadratic_forms(mixture)
        wide = precision.max(initial=0.0) < NARROW**2 and not self._extreme
        logs: Grid = theta.astype(np.float32) @ self._single if wide else theta @ self._features
        return logs.reshape(-1, *self._shape)

    def components(self, mixture: Mixture) -> Grid:
        """Return weight times density of each component, shape (K, ...), per unit area of the plane."""
        logs = self.log_components(mixture)
        return np.exp(logs, out=logs)

    def responsibilities(self, mixture: Mixture) -> Grid:
        """Return the probability of each component given each place, shape (K, ...), also far from all means."""
        logs = self.log_components(mixture)
        logs -= logs.max(axis=0)
        shares = np.exp(logs, out=logs)
        shares /= shares.sum(axis=0)
        return shares

    def density(self, mixture: Mixture) -> Grid:
        """Return the density of the mixture, shape (...)."""
        total: Grid = self.components(mixture).sum(axis=0)
        return total

    def log_density(self, mixture: Mixture) -> Grid:
        """Return the log of the density of the mixture, shape (...), at least -700 in usual units."""
        if self._extreme:
            logs: Grid = np.logaddexp.reduce(self.log_components(mixture), axis=0)
            return logs
        with np.errstate(divide="ignore"):
            floored: Grid = np.maximum(np.log(self.density(mixture)), -700)
        return floored

    def _quadratic_forms(self, mixture: Mixture) -> tuple[Array, Array]:
        """Coefficients of the six products, shape (K, 6), and precisions along each axis in half-widths."""
        # What is farther away than can be squared is nowhere to be seen in any case.
        means = ((mixture.means - self._center) / self._scale).clip(-FAR, FAR)
        precisions = np.linalg.inv(mixture.covariances / np.outer(self._scale, self._scale))
        _, log_det = np.linalg.slogdet(mixture.covariances)
        with np.errstate(divide="ignore"):
            log_weights = np.log(mixture.weights)
        pulled = np.einsum("kde,ke->kd", precisions, means)
        constant = log_weights - LOG_2PI - 0.5 * (log_det + np.einsum("kd,kd->k", pulled, means))
        theta = np.stack(
            [
                np.maximum(constant, -1e30),  # not -inf for a weight of 0, which would make 0 * inf
                pulled[:, 0],
                pulled[:, 1],
                -0.5 * precisions[:, 0, 0],
                -precisions[:, 0, 1],
                -0.5 * precisions[:, 1, 1],
            ],
            axis=1,
        )
        return theta, np.diagonal(precisions, axis1=1, axis2=2)


class DensityGrid(DensityAt):
    """A grid of cells of a plane, at whose centers mixtures of two features are evaluated.

    Parameters
    ----------
    limits : ndarray, shape (2, 2)
        Lower and upper end of each axis.
    shape : tuple of int
        Columns (along the first axis) and rows (along the second).
    corners : bool
        Evaluate at the corners of the cells, ends included, instead of their centers.

    Attributes
    ----------
    x, y : ndarray, shapes (columns,) and (rows,)
        Where the mixture is evaluated.
    """

    def __init__(self, limits: Array, shape: tuple[int, int], *, corners: bool = False) -> None:
        u, v = (_steps(n, corners) for n in shape)
        super().__init__(limits, np.stack(np.meshgrid(u, v)))
        self.x = self._center[0] + self._scale[0] * u
        self.y = self._center[1] + self._scale[1] * v


def _steps(n: int, corners: bool) -> Array:
    """`n` evenly spaced places: from -1 to 1, or the centers of as many cells between."""
    if corners:
        return np.linspace(-1, 1, n)
    return (np.arange(n) + 0.5) / n * 2 - 1
