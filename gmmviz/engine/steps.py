"""Expectation-maximization for Gaussian mixtures: `e_step`, `m_step`, and `iterate`.

The E-step is written as what it is in Dempster, Laird & Rubin (1977): it computes the expected sufficient
statistics, here each component's count, mean and covariance. They are all that the M-step needs, they add up
over blocks of points, and they are small, so a run never holds the responsibilities of all points at once.

Two routes lead to the same statistics. The fast one (`gmmviz.engine.fast`) is a few matrix products. It loses
digits where a component is small and far from the data's center: about eps * (distance / sigma)^2, which its
largest coefficient tells. Where that would cost more than 1e-9, the careful route solves triangular systems and
centers each block on the component's own mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.linalg import solve_triangular

from gmmviz.arrays import Array
from gmmviz.engine.blocks import EPS, Blocks, Coordinates
from gmmviz.engine.fast import (
    DEAD,
    FLAT,
    LOST,
    TINY,
    TOLERATED,
    Assignment,
    FastRoute,
    log_constants,
    to_responsibilities,
)
from gmmviz.engine.planar import FEW, PlanarState, arrays, planar_states
from gmmviz.engine.trace import Snapshot
from gmmviz.errors import GmmvizError
from gmmviz.mixture.covariance import Constraint, full
from gmmviz.mixture.mixture import Mixture


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What the E-step expects of the unseen labels: all that the M-step needs.

    Parameters
    ----------
    counts : ndarray, shape (K,)
        N_k, the sum of responsibilities.
    means : ndarray, shape (K, D)
        Average of the points, weighted by responsibility.
    covariances : ndarray, shape (K, D, D)
        Average of (x - mean)(x - mean)^T, weighted by responsibility.
    log_likelihood : float
        Of the mixture that the responsibilities come from; total, in nats.
    objective : float
        What the algorithm climbs: the log-likelihood, or for hard assignments the log-likelihood of the
        points together with their labels (Celeux & Govaert 1992, eq. 2.3).
    """

    counts: Array
    means: Array
    covariances: Array
    log_likelihood: float
    objective: float

    @property
    def scatters(self) -> Array:
        """Sum over points of responsibility times (x - mean)(x - mean)^T, shape (K, D, D)."""
        return self.counts[:, None, None] * self.covariances

    def __add__(self, other: Expectation) -> Expectation:
        """Statistics of two sets of points together (Chan, Golub & LeVeque 1979, eq. 2.1)."""
        counts = self.counts + other.counts
        share = np.divide(other.counts, counts, out=np.zeros_like(counts), where=counts > 0)
        shift = other.means - self.means
        between = (1 - share)[:, None, None] * shift[:, :, None] * shift[:, None, :]
        return Expectation(
            counts,
            self.means + share[:, None] * shift,
            self.covariances + share[:, None, None] * (other.covariances - self.covariances + between),
            self.log_likelihood + other.log_likelihood,
            self.objective + other.objective,
        )


@dataclass(frozen=True, slots=True, eq=False)
class GeneralState:
    """A mixture inside a run, and what the E-step says of it: what `PlanarState` is with fewer limits."""

    mixture: Mixture
    expectation: Expectation

    @property
    def counts(self) -> Array:
        """Sums of responsibilities, shape (K,)."""
        return self.expectation.counts

    @property
    def log_likelihood(self) -> float:
        """As the expectation's."""
        return self.expectation.log_likelihood

    @property
    def objective(self) -> float:
        """As the expectation's."""
        return self.expectation.objective


State = GeneralState | PlanarState


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
    route = FastRoute(blocks, mixture.n_components)
    expectation = _expect(blocks, route, inside.inward(mixture), assignment)
    shift = blocks.n_points * inside.log_volume
    return Expectation(
        expectation.counts,
        inside.center + inside.scale * expectation.means,
        expectation.covariances * inside.scale[:, None] * inside.scale,
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
        A covariance family of `gmmviz.mixture.covariance`.
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
    counts, covariances = expectation.counts, expectation.covariances
    each = counts.tolist()
    if 0.0 in each:
        covariances = np.where((counts == 0)[:, None, None], mixture.covariances, covariances)
    if not _is_zero(ridge):
        covariances = covariances.copy()
        covariances.reshape(K, D * D)[:, :: D + 1] += ridge
    covariances = constrain(covariances, counts)
    weights = np.full(K, 1 / K) if equal_weights else counts / sum(each)
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
    run = Run(points, mixture, constrain, ridge, assignment=assignment, equal_weights=equal_weights)
    for iteration, state in enumerate(run.states()):
        yield run.view.snapshots([state], iteration)[0]


class Run:
    """EM on its way from a start; the parameters are those of `iterate`."""

    def __init__(
        self,
        points: Array | Blocks,
        start: Mixture,
        constrain: Constraint = full,
        ridge: Array | float = 0.0,
        *,
        assignment: Assignment = "soft",
        equal_weights: bool = False,
    ) -> None:
        self.blocks = points if isinstance(points, Blocks) else Blocks(points)
        coordinates = self.blocks.coordinates
        self.view = View(start, coordinates, self.blocks.n_points * coordinates.log_volume)
        self.ridge = ridge if _is_zero(ridge) else ridge / coordinates.scale**2
        self._constrain = _in_units(constrain, coordinates.scale)
        self._assignment = assignment
        self._equal_weights = equal_weights

    def states(self) -> Iterator[State]:
        """Yield the states after 0, 1, 2, ... M-steps; raise `CollapseError` as `iterate` does."""
        start = self.view.start
        route = FastRoute(self.blocks, start.n_components)
        inside = self.blocks.coordinates.inward(start)
        if start.n_features == 2 and start.n_components <= FEW:
            inside = yield from planar_states(
                route, inside, self._constrain, self.ridge, self._assignment, equal_weights=self._equal_weights
            )
        while True:
            expectation = _expect(self.blocks, route, inside, self._assignment)
            yield GeneralState(inside, expectation)
            inside = m_step(expectation, inside, self._constrain, self.ridge, equal_weights=self._equal_weights)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """How the states of a run look in the data's units.

    Apart from the run, as over a few hundred points it takes a third of an iteration's time and nobody may
    ever look; and with little in it, so that a record does not hold on to the points' features.

    Parameters
    ----------
    start : Mixture
    coordinates : Coordinates
    shift : float
        By how much log-likelihoods are larger inside.
    """

    start: Mixture
    coordinates: Coordinates
    shift: float

    def snapshots(self, states: Sequence[State], iteration: int = 0) -> list[Snapshot]:
        """Make the snapshots of states, the first of which has had so many M-steps.

        All in one go, which costs a third of doing it one by one. The start is the one that was given.
        """
        planar = [state.components for state in states if isinstance(state, PlanarState)]
        others = [state.mixture for state in states if isinstance(state, GeneralState)]
        parts = [arrays(np.array(planar))] if planar else []
        if others:
            parts.append(
                (
                    np.array([mixture.weights for mixture in others]),
                    np.array([mixture.means for mixture in others]),
                    np.array([mixture.covariances for mixture in others]),
                )
            )
        weights, means, covariances = map(np.concatenate, zip(*parts, strict=True))
        counts = np.array([state.counts for state in states])
        outside = self.coordinates.outward(Mixture.trusted(weights, means, covariances))
        mixtures = map(Mixture.trusted, outside.weights, outside.means, outside.covariances)
        made = [
            Snapshot.trusted(
                iteration + t, mixture, state.log_likelihood - self.shift, n, state.objective - self.shift
            )
            for t, (mixture, state, n) in enumerate(zip(mixtures, states, counts, strict=True))
        ]
        if iteration == 0:
            made[0] = replace(made[0], mixture=self.start)
        return made


def _is_zero(ridge: Array | float) -> bool:
    return isinstance(ridge, float) and ridge == 0


def _in_units(constrain: Constraint, scale: Array) -> Constraint:
    """Apply the constraint in the data's units: a sphere there is none where features are scaled."""
    ratio = scale / scale.max()
    if constrain is full or (ratio == 1).all():
        return constrain
    units = ratio[:, None] * ratio
    return lambda covariances, counts: constrain(covariances * units, counts) / units


def _expect(blocks: Blocks, route: FastRoute, mixture: Mixture, assignment: Assignment) -> Expectation:
    """The E-step inside the run's coordinates, by the route that keeps the digits."""
    factors = _factors(mixture.covariances)
    # Points are of size 1 inside, so the largest coefficient is the largest term that may cancel.
    if EPS * route.prepare(mixture, factors) < TOLERATED:
        sums, log_likelihood, objective = route.sums(assignment)
        counts, means, covariances, cancelled = route.statistics(sums, mixture.means)
        # The step may have led to components so small that their scatter is lost in the difference.
        cancelled *= LOST
        if min(route.diagonals(covariances - cancelled).tolist()) >= 0:
            return Expectation(counts, means, covariances, log_likelihood, objective)
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


def _expect_carefully(blocks: Blocks, mixture: Mixture, factors: Array, assignment: Assignment) -> Expectation:
    total: Expectation | None = None
    constants = log_constants(mixture, factors)
    for phi in blocks:
        inside = phi[1 : 1 + blocks.n_features]
        joint = np.empty((mixture.n_components, inside.shape[1]))
        for k, factor in enumerate(factors):
            whitened = solve_triangular(factor, inside - mixture.means[k][:, None], lower=True)
            joint[k] = constants[k] - 0.5 * np.einsum("dn,dn->n", whitened, whitened)
        log_likelihood, objective = to_responsibilities(joint, assignment)
        counts = joint.sum(axis=1)
        means = mixture.means.copy()
        covariances = np.zeros_like(mixture.covariances)
        for k in np.flatnonzero(counts > 0).tolist():
            # Centered on a point of the component first, so that the mean itself is exact.
            anchor = inside[:, joint[k].argmax()]
            away = inside - anchor[:, None]
            shift = away @ joint[k] / counts[k]
            means[k] = anchor + shift
            away -= shift[:, None]
            covariances[k] = (away * joint[k]) @ away.T / counts[k]
        block = Expectation(counts, means, covariances, log_likelihood, objective)
        total = block if total is None else total + block
    assert total is not None
    return replace(total, counts=np.where(total.counts < DEAD, 0.0, total.counts))
