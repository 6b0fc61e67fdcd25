"""Expectation-maximization for Gaussian mixtures: `e_step`, `m_step`, and the loop around them.

The E-step is written as what it is in Dempster, Laird & Rubin (1977): it computes the expected
sufficient statistics, here each component's count, mean and scatter. They are all that the M-step
needs, they add up over blocks of points, and they are small, so that a run never holds the
responsibilities of all points at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.covariance import FAMILIES, Constraint, full
from gmmviz.datasets.base import Dataset, as_dataset
from gmmviz.errors import InputError, hint
from gmmviz.mixture import Mixture, log_sum_exp
from gmmviz.starts.base import Start, as_start
from gmmviz.trace import Event, Snapshot, Trace

BLOCK = 8192  # points at once: K rows of them stay in the processor's second-level cache


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
    """

    counts: Array
    means: Array
    scatters: Array
    log_likelihood: float

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
        )


def e_step(points: Array, mixture: Mixture) -> Expectation:
    """Ask of each point which component it came from, and add the answers up.

    Parameters
    ----------
    points : ndarray, shape (N, D)
    mixture : Mixture

    Returns
    -------
    Expectation
        Statistics under the responsibilities of Bishop (2006) eq. 9.13.
    """
    expectation = _expect(points[:BLOCK], mixture)
    for first in range(BLOCK, len(points), BLOCK):
        expectation += _expect(points[first : first + BLOCK], mixture)
    return expectation


def _expect(points: Array, mixture: Mixture) -> Expectation:
    joint = mixture.log_joint(points)
    log_prob = log_sum_exp(joint)
    responsibilities = np.exp(joint - log_prob)  # (K, n)
    counts = responsibilities.sum(axis=1)
    # A component that no point wants keeps its mean; its statistics have weight zero anyway.
    sums = responsibilities @ points
    alive = (counts > 0)[:, None]
    means = np.divide(sums, counts[:, None], out=mixture.means.copy(), where=alive)
    scatters = np.empty_like(mixture.covariances)
    for k, mean in enumerate(means):
        deviations = points - mean
        scatters[k] = (responsibilities[k][:, None] * deviations).T @ deviations
    return Expectation(counts, means, scatters, float(log_prob.sum()))


def m_step(
    expectation: Expectation, mixture: Mixture, constrain: Constraint = full, ridge: Array | float = 0.0
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

    Returns
    -------
    Mixture
        The maximum of the expected complete-data log-likelihood (Bishop eqs. 9.24 to 9.26).

    Raises
    ------
    CollapseError
        If a covariance is no longer positive definite.
    """
    counts = expectation.counts[:, None, None]
    scatters = (expectation.scatters + expectation.scatters.transpose(0, 2, 1)) / 2
    covariances = np.divide(scatters, counts, out=mixture.covariances.copy(), where=counts > 0)
    covariances = constrain(covariances + np.eye(mixture.n_features) * ridge, expectation.counts)
    for k, covariance in enumerate(covariances):
        if not _positive_definite(covariance):
            raise CollapseError(k)
    return Mixture(expectation.counts / expectation.counts.sum(), expectation.means, covariances)


class CollapseError(ArithmeticError):
    """A component's covariance has become singular; the likelihood is unbounded there (Bishop 9.2.1)."""

    def __init__(self, component: int) -> None:
        super().__init__(f"component {component + 1} has collapsed")
        self.component = component


def iterate(
    points: Array, mixture: Mixture, constrain: Constraint = full, ridge: Array | float = 0.0
) -> Iterator[Snapshot]:
    """Run EM for as long as anybody asks, beginning with the start itself.

    Yields
    ------
    Snapshot
        The mixture after 0, 1, 2, ... M-steps, with its own log-likelihood and counts.
    """
    for iteration in count():
        expectation = e_step(points, mixture)
        yield Snapshot(iteration, mixture, expectation.log_likelihood, expectation.counts)
        mixture = m_step(expectation, mixture, constrain, ridge)


def fit(
    X: Any,
    start: Mixture | Start | str = "random_points",
    *,
    n_components: int | None = None,
    covariance_type: str = "full",
    max_iter: int = 200,
    tol: float = 1e-8,
    reg_covar: float | str = "auto",
) -> Trace:
    """Fit a Gaussian mixture by EM and record every iteration.

    Parameters
    ----------
    X : Dataset or array_like, shape (N, D)
    start : Mixture, Start or str
        Where to begin: a mixture, a start such as ``RandomPoints(seed=3)``, or a start's name.
    n_components : int, optional
        K; needed unless `start` is a mixture.
    covariance_type : str
        A covariance family; ``"full"``.
    max_iter : int
        M-steps at most.
    tol : float
        Stop when the log-likelihood per point rises by less than this, in nats; 0 never stops.
    reg_covar : float or "auto"
        Added to the diagonal of the covariances, in the data's units squared. ``"auto"`` takes
        1e-6 of each feature's variance, so that a change of units changes nothing.

    Returns
    -------
    Trace

    Raises
    ------
    InputError
        If there are fewer points than components, or a setting cannot be.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=3), n_components=2)
    >>> round(trace[-1].log_likelihood, 2)
    -1130.26
    """
    data = as_dataset(X)
    points = data.points
    if covariance_type not in FAMILIES:
        raise InputError(f"unknown covariance_type {covariance_type!r}; {hint(covariance_type, FAMILIES)}")
    if max_iter < 0:
        raise InputError(f"max_iter must be 0 or more, not {max_iter}")
    if not tol >= 0:
        raise InputError(f"tol must be 0 or more, not {tol}")
    ridge = _ridge(points, reg_covar)
    mixture = _first(data, start, n_components)

    snapshots: list[Snapshot] = []
    stop_reason = "max_iter"
    run = iterate(points, mixture, FAMILIES[covariance_type], ridge)
    while len(snapshots) <= max_iter:
        try:
            snapshots.append(next(run))
        except CollapseError as collapse:
            stop_reason = "collapsed"
            snapshots[-1] = _with_event(snapshots[-1], Event("collapsed", str(collapse), collapse.component))
            break
        if len(snapshots) > 1 and tol > 0:
            rise = snapshots[-1].log_likelihood - snapshots[-2].log_likelihood
            if abs(rise) < tol * len(points):
                stop_reason = "converged"
                break
    settings = {
        "n_components": mixture.n_components,
        "covariance_type": covariance_type,
        "max_iter": max_iter,
        "tol": tol,
        "reg_covar": reg_covar,
    }
    return Trace(data, tuple(snapshots), stop_reason, settings)


def _first(data: Dataset, start: Mixture | Start | str, n_components: int | None) -> Mixture:
    n_points, n_features = data.points.shape
    if isinstance(start, Mixture):
        mixture = start
        if n_components not in (None, mixture.n_components):
            raise InputError(
                f"n_components is {n_components}, but the start has {mixture.n_components} components"
            )
    elif n_components is None:
        raise InputError("n_components is missing: say how many components to fit, such as n_components=2")
    else:
        if n_components < 1:
            raise InputError(f"n_components must be 1 or more, not {n_components}")
        if n_points >= n_components:
            mixture = as_start(start).mixture(data, n_components)
    if n_points < (n_components or mixture.n_components):
        raise InputError(
            f"{n_components or mixture.n_components} components need at least as many points, "
            f"but {data.name} has {n_points}: ask for fewer components"
        )
    if mixture.n_features != n_features:
        raise InputError(f"the start has {mixture.n_features} features, {data.name} has {n_features}")
    return mixture


def _ridge(points: Array, reg_covar: float | str) -> Array | float:
    if reg_covar == "auto":
        variances: Array = points.var(axis=0)
        return 1e-6 * np.where(variances > 0, variances, 1.0)
    if isinstance(reg_covar, str) or not reg_covar >= 0:
        raise InputError(f"reg_covar must be 'auto' or a number, 0 or more, not {reg_covar!r}")
    return float(reg_covar)


def _with_event(snapshot: Snapshot, event: Event) -> Snapshot:
    return Snapshot(
        snapshot.iteration,
        snapshot.mixture,
        snapshot.log_likelihood,
        snapshot.counts,
        (*snapshot.events, event),
    )


def _positive_definite(matrix: Array) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool(np.isfinite(matrix).all())
