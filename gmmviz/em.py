"""Expectation-maximization for Gaussian mixtures: `e_step`, `m_step`, and `iterate`.

The E-step is written as what it is in Dempster, Laird & Rubin (1977): it computes the expected sufficient
statistics, here each component's count, mean and scatter. They are all that the M-step needs, they add up
over blocks of points, and they are small, so a run never holds the responsibilities of all points at once.

Two routes lead to the same statistics. The fast one uses that a Gaussian's log density is linear in the
quadratic features phi = (1, x_i, x_i x_j) of a point: all log densities of a block are one matrix product
theta @ phi, and all statistics are one product R @ phi.T. It loses digits where a component is small and
far from the data's center: about eps * (distance / sigma)^2, which the largest coefficient in theta tells.
Where that would cost more than 1e-9, the careful route solves triangular systems and centers each block on
the component's own mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

import numpy as np
from scipy.linalg import solve_triangular

from gmmviz.arrays import Array
from gmmviz.blocks import Blocks
from gmmviz.covariance import Constraint, full
from gmmviz.errors import GmmvizError
from gmmviz.mixture import LOG_2PI, Mixture, log_sum_exp
from gmmviz.trace import Snapshot

Assignment = Literal["soft", "hard"]

EPS = float(np.finfo(np.float64).eps)
TOLERATED = 1e-9  # relative error that the fast route may make
FLAT = 1e-14  # a feature whose variance given the others is this small a part of it is no longer known
DEAD = 1e-12  # a component with a smaller count than this has died
TINY = 1e-26  # variance inside: a component this small is a point, as far as float64 can tell


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What the E-step expects of the unseen labels: all that the M-step needs.

    Parameters
    ----------
    counts : ndarray, shape (K,)
        N_k, the sum of responsibilities.
    means : ndarray, shape (K, D)
        Average of the points, weighted by responsibility.
    scatters : ndarray, shape (K, D, D)
        Sum over points of responsibility times (x - mean)(x - mean)^T.
    log_likelihood : float
        Of the mixture that the responsibilities come from; total, in nats.
    objective : float
        What the algorithm climbs: the log-likelihood, or for hard assignments the log-likelihood of the
        points together with their labels (Celeux & Govaert 1992, eq. 2.3).
    """

    counts: Array
    means: Array
    scatters: Array
    log_likelihood: float
    objective: float

    def __add__(self, other: Expectation) -> Expectation:
        """Statistics of two sets of points together (Chan, Golub & LeVeque 1979, eq. 2.1)."""
        counts = self.counts + other.counts
        share = np.divide(other.counts, counts, out=np.zeros_like(counts), where=counts > 0)
        shift = other.means - self.means
        between = (self.counts * share)[:, None, None] * shift[:, :, None] * shift[:, None, :]
        return Expectation(
            counts,
            self.means + share[:, None] * shift,
            self.scatters + other.scatters + between,
            self.log_likelihood + other.log_likelihood,
            self.objective + other.objective,
        )


class CollapseError(GmmvizError, ArithmeticError):
    """A covariance has become singular; the likelihood is unbounded there (Bishop 2006, section 9.2.1).

    Parameters
    ----------
    component : int
        Counted from 0.
    message : str, optional
    """

    def __init__(self, component: int, message: str = "") -> None:
        super().__init__(message or f"component {component + 1} has collapsed")
        self.component = component


def e_step(points: Array, mixture: Mixture, assignment: Assignment = "soft") -> Expectation:
    """Ask of each point which component it came from, and add the answers up.

    Parameters
    ----------
    points : ndarray, shape (N, D)
    mixture : Mixture
    assignment : {"soft", "hard"}
        Whether a point is shared out by responsibility, or goes whole to the most responsible component.

    Returns
    -------
    Expectation
        Statistics under the responsibilities of Bishop (2006) eq. 9.13, in the data's units.
    """
    blocks = Blocks(points)
    inside = blocks.coordinates
    expectation = _expect(blocks, inside.inward(mixture), assignment)
    shift = blocks.n_points * inside.log_volume
    return Expectation(
        expectation.counts,
        inside.center + inside.scale * expectation.means,
        expectation.scatters * inside.scale[:, None] * inside.scale,
        expectation.log_likelihood - shift,
        expectation.objective - shift,
    )


def m_step(
    expectation: Expectation,
    mixture: Mixture,
    constrain: Constraint = full,
    ridge: Array | float = 0.0,
    *,
    equal_weights: bool = False,
) -> Mixture:
    """Move each component to the points it answers for.

    Parameters
    ----------
    expectation : Expectation
    mixture : Mixture
        The mixture so far: a component that no point wants any more keeps its place, with weight 0.
    constrain : callable
        A covariance family of `gmmviz.covariance`.
    ridge : float or ndarray, shape (D,)
        Added to the diagonal of every covariance, in the data's units squared.
    equal_weights : bool
        Leave the weights out of the estimation, as k-means does.

    Returns
    -------
    Mixture
        The maximum of the expected complete-data log-likelihood (Bishop 2006, eqs. 9.24 to 9.26).

    Raises
    ------
    CollapseError
        If a covariance is no longer positive definite.
    """
    K, D = expectation.means.shape
    counts = expectation.counts
    if counts.all():
        covariances = expectation.scatters / counts[:, None, None]
    else:
        dead = counts == 0
        covariances = expectation.scatters / np.where(dead, 1.0, counts)[:, None, None]
        covariances[dead] = mixture.covariances[dead]
    covariances.reshape(K, D * D)[:, :: D + 1] += ridge
    covariances = constrain(covariances, counts)
    weights = np.full(K, 1 / K) if equal_weights else counts / counts.sum()
    return Mixture.trusted(weights, expectation.means, covariances)


def iterate(
    points: Array | Blocks,
    mixture: Mixture,
    constrain: Constraint = full,
    ridge: Array | float = 0.0,
    *,
    assignment: Assignment = "soft",
    equal_weights: bool = False,
) -> Iterator[Snapshot]:
    """Run EM for as long as anybody asks, beginning with the start itself.

    Parameters
    ----------
    points : ndarray, shape (N, D), or Blocks
    mixture : Mixture
        The start.
    constrain, ridge, equal_weights
        As for `m_step`.
    assignment
        As for `e_step`.

    Yields
    ------
    Snapshot
        The mixture after 0, 1, 2, ... M-steps, with its own log-likelihood and counts.

    Raises
    ------
    CollapseError
        When a covariance has become singular.
    """
    blocks = points if isinstance(points, Blocks) else Blocks(points)
    outside = blocks.coordinates
    inside = outside.inward(mixture)
    ridge = ridge / outside.scale**2
    constrain = _in_units(constrain, outside.scale)
    shift = blocks.n_points * outside.log_volume
    for iteration in count():
        expectation = _expect(blocks, inside, assignment)
        yield Snapshot(
            iteration,
            mixture,
            expectation.log_likelihood - shift,
            expectation.counts,
            objective=expectation.objective - shift,
        )
        inside = m_step(expectation, inside, constrain, ridge, equal_weights=equal_weights)
        mixture = outside.outward(inside)


def _in_units(constrain: Constraint, scale: Array) -> Constraint:
    """Apply the constraint in the data's units: a sphere there is none where features are scaled."""
    ratio = scale / scale.max()
    if constrain is full or (ratio == 1).all():
        return constrain
    units = ratio[:, None] * ratio
    return lambda covariances, counts: constrain(covariances * units, counts) / units


def _expect(blocks: Blocks, mixture: Mixture, assignment: Assignment) -> Expectation:
    """The E-step inside the run's coordinates, by the route that keeps the digits."""
    factors = _factors(mixture.covariances)
    forms = _quadratic_forms(mixture, factors)
    # Points are of size 1 inside, so the largest coefficient is the largest term that may cancel.
    if EPS * max(forms.max(), -forms.min()) < TOLERATED:
        expectation = _expect_fast(blocks, mixture, factors, forms, assignment)
        # The step may have led to components so small that their scatter is lost in the difference.
        squares = expectation.means**2
        squares *= EPS / TOLERATED * expectation.counts[:, None]
        if (squares <= expectation.scatters.diagonal(axis1=1, axis2=2)).all():
            return expectation
    return _expect_carefully(blocks, mixture, factors, assignment)


def _factors(covariances: Array) -> Array:
    """Cholesky factors, shape (K, D, D); raise `CollapseError` where they mean nothing any more."""
    try:
        factors: Any = np.linalg.cholesky(covariances)
    except np.linalg.LinAlgError:
        raise CollapseError(_first_singular(covariances)) from None
    # A pivot squared is what a feature varies, given the features before it.
    pivots = factors.diagonal(axis1=1, axis2=2) ** 2
    least = FLAT * covariances.diagonal(axis1=1, axis2=2)
    least += TINY
    if not (pivots > least).all():
        raise CollapseError(int((pivots <= least).any(axis=1).argmax()))
    return factors  # type: ignore[no-any-return]


def _first_singular(covariances: Array) -> int:
    for k, covariance in enumerate(covariances):
        try:
            np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            return k
    raise AssertionError("no covariance is singular by itself")


def _quadratic_forms(mixture: Mixture, factors: Array) -> Array:
    """Matrices Q_k with z^T Q_k z = (x - mu_k)^T Sigma_k^-1 (x - mu_k) for z = (1, x), shape (K, D+1, D+1)."""
    K, D = mixture.means.shape
    roots = np.empty((K, D, 1 + D))
    roots[:, :, 1:] = np.linalg.inv(factors)
    roots[:, :, 0] = -(roots[:, :, 1:] @ mixture.means[:, :, None])[:, :, 0]
    return roots.transpose(0, 2, 1) @ roots


def _expect_fast(
    blocks: Blocks, mixture: Mixture, factors: Array, forms: Array, assignment: Assignment
) -> Expectation:
    K, D = mixture.means.shape
    theta = forms.reshape(K, (1 + D) ** 2)[:, blocks.packed]
    theta *= blocks.multiples
    theta[:, 0] += _log_constants(mixture, factors)

    sums: Array | float = 0.0
    log_likelihood = objective = 0.0
    for phi in blocks:
        joint = theta @ phi
        gained, reached = _to_responsibilities(joint, assignment)
        log_likelihood += gained
        objective += reached
        sums = sums + joint @ phi.T

    assert isinstance(sums, np.ndarray)
    counts = sums[:, 0]
    dead = counts < DEAD
    if dead.any():
        sums[dead] = 0
    moments = sums[:, blocks.unpacked]  # sums of z z^T, shape (K, D+1, D+1)
    means = moments[:, 0, 1:] / np.where(dead, 1.0, counts)[:, None]
    scatters = moments[:, 1:, 1:] - moments[:, 1:, :1] * means[:, None, :]
    if dead.any():
        means[dead] = mixture.means[dead]
    return Expectation(counts, means, scatters, log_likelihood, objective)


def _expect_carefully(blocks: Blocks, mixture: Mixture, factors: Array, assignment: Assignment) -> Expectation:
    total: Expectation | None = None
    constants = _log_constants(mixture, factors)
    for phi in blocks:
        inside = phi[1 : 1 + blocks.n_features]
        joint = np.empty((mixture.n_components, inside.shape[1]))
        for k, factor in enumerate(factors):
            whitened = solve_triangular(factor, inside - mixture.means[k][:, None], lower=True)
            joint[k] = constants[k] - 0.5 * np.einsum("dn,dn->n", whitened, whitened)
        log_likelihood, objective = _to_responsibilities(joint, assignment)
        counts = joint.sum(axis=1)
        means = mixture.means.copy()
        scatters = np.zeros_like(mixture.covariances)
        for k in np.flatnonzero(counts > 0).tolist():
            # Centered on a point of the component first, so that the mean itself is exact.
            anchor = inside[:, joint[k].argmax()]
            away = inside - anchor[:, None]
            shift = away @ joint[k] / counts[k]
            means[k] = anchor + shift
            away -= shift[:, None]
            scatters[k] = (away * joint[k]) @ away.T
        block = Expectation(counts, means, scatters, log_likelihood, objective)
        total = block if total is None else total + block
    assert total is not None
    return replace(total, counts=np.where(total.counts < DEAD, 0.0, total.counts))


def _log_constants(mixture: Mixture, factors: Array) -> Array:
    """Log pi_k - (D log 2 pi + log det Sigma_k) / 2, shape (K,)."""
    volumes = np.log(factors.diagonal(axis1=1, axis2=2)).sum(axis=1)
    alive = mixture.weights > 0
    log_weights = np.log(mixture.weights, out=np.full_like(volumes, -np.inf), where=alive)
    constants: Array = log_weights - volumes - 0.5 * mixture.n_features * LOG_2PI
    return constants


def _to_responsibilities(joint: Array, assignment: Assignment) -> tuple[float, float]:
    """Turn log joint densities, shape (K, n), into responsibilities in place.

    Returns
    -------
    log_likelihood, objective : float
        Of these points.
    """
    if assignment == "hard":
        log_prob = log_sum_exp(joint)
        best = joint.argmax(axis=0)
        reached = float(joint.max(axis=0).sum())
        joint[:] = 0
        joint[best, np.arange(joint.shape[1])] = 1
        return float(log_prob.sum()), reached
    # `reduce` itself: for small data the methods around it cost as much as the sums.
    top = np.maximum.reduce(joint, axis=0)
    joint -= top
    np.exp(joint, out=joint)
    total = np.add.reduce(joint, axis=0)
    joint /= total
    top += np.log(total, out=total)
    log_likelihood = float(np.add.reduce(top))
    return log_likelihood, log_likelihood
