"""The E-step as what it is in Dempster, Laird & Rubin (1977): it computes the expected sufficient statistics.

For a Gaussian mixture these are each component's count, mean and covariance. They are all that the M-step
needs, they add up over blocks of points, and they are small. So a run never holds the responsibilities of all
points at once.

Two routes lead to the same statistics. The fast one (`gmmviz.engine.fast`) loses digits where a component is
small and far from the data's center: a relative error of about eps * (distance / sigma)^2, which its largest
coefficient tells. Where that would exceed 1e-9, the careful route solves triangular systems and centers each
block on the component's own mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.blocks import EPS, Blocks, packing
from gmmviz.engine.fast import (
    Coefficients,
    FeatureSums,
    feature_sums,
    log_constants,
    plane_coefficients,
    tell,
    to_responsibilities,
)
from gmmviz.engine.rows import Known
from gmmviz.errors import CollapseError
from gmmviz.mixture.covariance import symmetric
from gmmviz.mixture.mixture import Mixture, whitened

DEAD = 1e-12  # a component with a smaller count has died
FLAT = 1e-14  # a feature is flat if its variance, given the others, is a smaller part of its own variance
TINY = 1e-26  # variance inside; float64 cannot tell a smaller component from a point
TOLERATED = 1e-9  # relative error that the fast route may make
LOST = EPS / TOLERATED  # a variance that is a smaller part of its mean's square has lost more


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """The expected sufficient statistics of some points: all that the M-step needs.

    Parameters
    ----------
    counts : ndarray, shape (K,)
        N_k, the sums of responsibilities; 0 for a component that has died.
    means : ndarray, shape (K, D)
        Means of the points, weighted by responsibility; meaningless where the count is 0.
    covariances : ndarray, shape (K, D, D)
        Means of (x - mean)(x - mean)^T, weighted likewise.
    log_likelihood : float
        Of the mixture that the responsibilities come from; total, in nats.
    objective : float
        What the algorithm climbs: the log-likelihood, for hard assignments the log-likelihood of the points
        together with their labels (Celeux & Govaert 1992, eq. 2.3), or between these the negative free energy.
    """

    counts: Array
    means: Array
    covariances: Array
    log_likelihood: float
    objective: float

    def __add__(self, other: Statistics) -> Statistics:
        """Return the statistics of both sets of points together (Chan, Golub & LeVeque 1979, eq. 2.1)."""
        counts = self.counts + other.counts
        share = np.divide(other.counts, counts, out=np.zeros_like(counts), where=counts > 0)
        shift = other.means - self.means
        between = (1 - share)[:, None, None] * (shift[:, :, None] * shift[:, None, :])
        return Statistics(
            counts,
            self.means + share[:, None] * shift,
            self.covariances + share[:, None, None] * (other.covariances - self.covariances + between),
            self.log_likelihood + other.log_likelihood,
            self.objective + other.objective,
        )


def sufficient_statistics(blocks: Blocks, mixture: Mixture, beta: float = 1.0) -> Statistics:
    """Compute the expected sufficient statistics under a mixture, by the route that keeps the digits.

    Parameters
    ----------
    blocks : Blocks
        The points.
    mixture : Mixture
        In the coordinates of the blocks.
    beta : float
        As for `to_responsibilities`.

    Raises
    ------
    CollapseError
        If a covariance is singular.
    """
    factors = None
    coefficients = plane_coefficients(mixture)
    if coefficients is None:
        factors = cholesky_factors(mixture.covariances)
        coefficients = Coefficients.of(mixture, factors)
    if EPS * coefficients.largest < TOLERATED:
        statistics = _from_sums(blocks.total(feature_sums, coefficients, beta), mixture.n_features)
        if statistics:
            return statistics
    if factors is None:
        factors = cholesky_factors(mixture.covariances)
    total = blocks.total(careful_statistics, mixture, factors, beta)
    return replace(total, counts=np.where(total.counts < DEAD, 0.0, total.counts))


def cholesky_factors(covariances: Array) -> Array:
    """Factorize the covariances, shape (K, D, D).

    Raises
    ------
    CollapseError
        If a covariance is so nearly singular that its factor means nothing.
    """
    try:
        factors: Any = np.linalg.cholesky(covariances)
    except np.linalg.LinAlgError:
        singular = first_singular(covariances)
        assert singular is not None
        raise CollapseError(singular) from None
    # The square of a pivot is the variance of a feature, given the features before it.
    pivots = factors.diagonal(axis1=1, axis2=2) ** 2
    least = FLAT * covariances.diagonal(axis1=1, axis2=2) + TINY
    if not (pivots > least).all():
        raise CollapseError(int((pivots <= least).any(axis=1).argmax()))
    return factors  # type: ignore[no-any-return]


def first_singular(covariances: Array) -> int | None:
    """Return the number of the first covariance, of shape (K, D, D), that has no Cholesky factor, if any."""
    for k, covariance in enumerate(covariances):
        try:
            np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            return k
    return None


def _from_sums(added: FeatureSums, n_features: int) -> Statistics | None:
    """Turn sums of features into statistics; None if a variance would lose too many digits."""
    D = n_features
    counts = added.sums[:, 0].copy()
    if min(counts.tolist()) < DEAD:
        counts[counts < DEAD] = 0
        moments = added.sums / np.where(counts > 0, counts, 1.0)[:, None]
    else:
        moments = added.sums / counts[:, None]
    means = moments[:, 1 : 1 + D]
    squares = means[:, :, None] * means[:, None, :]
    _, unpack, _ = packing(D)
    covariances = moments[:, 1 + D :].take(unpack, axis=1)
    covariances -= squares
    if (covariances - LOST * squares).diagonal(axis1=1, axis2=2).min() < 0:
        return None
    return Statistics(counts, means, covariances, added.log_likelihood, added.objective)


def careful_statistics(
    features: Array,
    weights: Array | None,
    known: Known | None,
    mixture: Mixture,
    factors: Array,
    beta: float = 1.0,
) -> Statistics:
    """Compute the statistics of one block by triangular solves, centered on each component's own mean.

    Parameters
    ----------
    features : ndarray, shape (F, n)
        Quadratic features, of which rows 1 to D are the points.
    weights : ndarray, shape (n,) or None
        How often each point counts.
    known : ndarray of int, shape (n,) or None
        The component of each point, -1 where it is not known.
    mixture : Mixture
    factors : ndarray, shape (K, D, D)
        Cholesky factors of its covariances.
    beta : float
        As for `to_responsibilities`.
    """
    points = features[1 : 1 + mixture.n_features]
    joint = np.empty((mixture.n_components, points.shape[1]))
    constants = log_constants(mixture, factors)
    for k, factor in enumerate(factors):
        away = whitened(factor, points - mixture.means[k][:, None])
        joint[k] = constants[k] - 0.5 * np.einsum("dn,dn->n", away, away)
    if known is not None:
        tell(joint, known)
    log_likelihood, objective = to_responsibilities(joint, beta, weights)
    return divided(points, joint, log_likelihood, objective)


def divided(points: Array, shares: Array, log_likelihood: float = 0.0, objective: float = 0.0) -> Statistics:
    """Compute the statistics of points that are divided among components in these shares.

    Parameters
    ----------
    points : ndarray, shape (D, n)
    shares : ndarray, shape (K, n)
        Times the weights of the points, where they have some.
    log_likelihood, objective : float
        As for `Statistics`.
    """
    (D, _), K = points.shape, len(shares)
    counts, means, covariances = shares.sum(axis=1), np.zeros((K, D)), np.zeros((K, D, D))
    for k in np.flatnonzero(counts > 0).tolist():
        # Centering first on one of the component's points keeps all digits of the mean itself.
        anchor = points[:, shares[k].argmax()]
        away = points - anchor[:, None]
        shift = away @ shares[k] / counts[k]
        means[k] = anchor + shift
        away -= shift[:, None]
        covariances[k] = symmetric((away * shares[k]) @ away.T / counts[k])
    return Statistics(counts, means, covariances, log_likelihood, objective)
