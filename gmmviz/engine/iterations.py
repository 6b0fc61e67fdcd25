"""EM on its way from a start: E-steps and M-steps in turn, each state given out in the data's units."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.algorithms import Algorithm
from gmmviz.engine.blocks import Blocks
from gmmviz.engine.snapshot import Snapshot
from gmmviz.engine.statistics import Statistics, sufficient_statistics
from gmmviz.mixture.covariance import Constraint, diag, full, tied
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import unchecked

_snapshot = unchecked(Snapshot)


def iterations(
    blocks: Blocks, start: Mixture, constrain: Constraint, ridge: Array | float, algorithm: Algorithm
) -> Iterator[Snapshot]:
    """Run EM for as long as anybody asks.

    Parameters
    ----------
    blocks : Blocks
    start : Mixture
        In the data's units, as the snapshots are.
    constrain : callable
        A covariance family of `gmmviz.mixture.covariance`.
    ridge : float or ndarray, shape (D,)
        Added to the diagonal of every covariance, in the data's units squared.
    algorithm : Algorithm

    Yields
    ------
    Snapshot
        The mixture after 0, 1, 2, ... M-steps, with its own log-likelihood and counts; the first holds `start`.

    Raises
    ------
    CollapseError
        When a covariance has become singular.
    """
    coordinates = blocks.coordinates
    shift = blocks.n_points * coordinates.log_volume
    constrain = in_units(constrain, coordinates.scale)
    ridge = ridge / coordinates.scale**2
    mixture, inside = start, coordinates.inward(start)
    for iteration in count():
        statistics = sufficient_statistics(blocks, inside, algorithm.assignment, blocks.weights)
        yield _snapshot(
            iteration,
            mixture,
            (statistics.log_likelihood - shift) * blocks.unit,
            statistics.counts * blocks.unit,
            objective=(statistics.objective - shift) * blocks.unit,
        )
        inside = maximized(statistics, inside, constrain, ridge, equal_weights=algorithm.equal_weights)
        mixture = coordinates.outward(inside)


def maximized(
    statistics: Statistics, mixture: Mixture, constrain: Constraint, ridge: Array, *, equal_weights: bool
) -> Mixture:
    """Return the maximum of the expected complete-data log-likelihood (Bishop 2006, eqs. 9.24 to 9.26).

    A component that has died keeps its last parameters of `mixture`, with weight 0.
    """
    K, D = statistics.means.shape
    counts, means, covariances = statistics.counts, statistics.means, statistics.covariances.copy()
    if 0.0 in counts.tolist():
        dead = counts == 0
        means = np.where(dead[:, None], mixture.means, means)
        covariances[dead] = mixture.covariances[dead]
    covariances.reshape(K, D * D)[:, :: D + 1] += ridge
    weights = np.full(K, 1 / K) if equal_weights else counts / counts.sum()
    return Mixture.trusted(weights, means, constrain(covariances, counts))


def in_units(constrain: Constraint, scale: Array) -> Constraint:
    """Apply a constraint in the data's units: where features are scaled differently, spheres become ellipsoids."""
    ratio = scale / scale.max()
    if constrain in (full, tied, diag) or (ratio == 1).all():  # to the others no unit makes a difference
        return constrain
    units = ratio[:, None] * ratio
    return lambda covariances, counts: constrain(covariances * units, counts) / units
