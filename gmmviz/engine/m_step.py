"""The M-step: what the expected statistics make of a mixture, and all that has a say in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.fixed import Fixed
from gmmviz.engine.prior import Conjugate
from gmmviz.engine.statistics import Statistics
from gmmviz.mixture.covariance import Constraint, diag, full, tied
from gmmviz.mixture.mixture import Mixture


@dataclass(frozen=True, slots=True, eq=False)
class MStep:
    """The maximum of the expected complete-data log-likelihood (Bishop 2006, eqs. 9.24 to 9.26).

    Parameters
    ----------
    constrain : callable
        A covariance family of `gmmviz.mixture.covariance`.
    ridge : float or ndarray, shape (D,)
        Added to the diagonal of every covariance, in the data's units squared.
    equal_weights : bool
        Whether the weights stay equal.
    fixed : Fixed, optional
        What stays as it is.
    prior : Conjugate, optional
        With it, the maximum is that of the posterior.
    """

    constrain: Constraint = full
    ridge: Array | float = 0.0
    equal_weights: bool = False
    fixed: Fixed | None = None
    prior: Conjugate | None = None

    def inside(self, coordinates: Coordinates, unit: float) -> MStep:
        """Return the same step for mixtures in these coordinates, and statistics whose counts are in this unit."""
        return replace(
            self,
            constrain=in_units(self.constrain, coordinates.scale),
            ridge=self.ridge / coordinates.scale**2,
            fixed=self.fixed and self.fixed.inside(coordinates),
            prior=self.prior and self.prior.inside(coordinates, unit),
        )

    def __call__(self, statistics: Statistics, mixture: Mixture) -> Mixture:
        """Return the maximum.

        Parameters
        ----------
        statistics : Statistics
            Of points under `mixture`.
        mixture : Mixture
            The last one. A component that has died keeps its parameters, with weight 0.
        """
        if self.prior:
            return self._most_probable(statistics, mixture, self.prior)
        K, D = statistics.means.shape
        counts, means, covariances = statistics.counts, statistics.means, statistics.covariances.copy()
        if 0.0 in counts.tolist():
            dead = counts == 0
            means = np.where(dead[:, None], mixture.means, means)
            covariances[dead] = mixture.covariances[dead]
        weights = np.full(K, 1 / K) if self.equal_weights else counts / counts.sum()
        if self.fixed:
            weights = self.fixed.hold_weights(weights)
            held = self.fixed.hold_means(means)
            covariances += _outer(means - held)  # around the means that there are
            means = held
        covariances.reshape(K, D * D)[:, :: D + 1] += self.ridge
        covariances = self.constrain(covariances, counts)
        if self.fixed:
            covariances = self.fixed.hold_covariances(covariances)
        return Mixture.trusted(weights, means, covariances)

    def _most_probable(self, statistics: Statistics, mixture: Mixture, prior: Conjugate) -> Mixture:
        """Return the maximum of the posterior."""
        counts = statistics.counts
        weights, means = prior.weights(counts), prior.means(counts, statistics.means)
        if self.fixed:
            weights, means = self.fixed.hold_weights(weights), self.fixed.hold_means(means)
        alive = weights > 0
        means = np.where(alive[:, None], means, mixture.means)
        scatters = statistics.covariances + _outer(statistics.means - means)
        covariances = prior.covariances(counts, scatters, means, alive)
        covariances = covariances + self.ridge * np.eye(means.shape[1])
        covariances = np.where(alive[:, None, None], covariances, mixture.covariances)
        if self.fixed:
            covariances = self.fixed.hold_covariances(covariances)
        return Mixture.trusted(weights, means, covariances)


def in_units(constrain: Constraint, scale: Array) -> Constraint:
    """Apply a constraint in the data's units: where features are scaled differently, spheres become ellipsoids."""
    ratio = scale / scale.max()
    if constrain in (full, tied, diag) or (ratio == 1).all():  # to the others no unit makes a difference
        return constrain
    units = ratio[:, None] * ratio
    return lambda covariances, counts: constrain(covariances * units, counts) / units


def _outer(away: Array) -> Array:
    """The products of each row with itself, shape (K, D, D)."""
    return away[:, :, None] * away[:, None, :]
