"""What all frames of a film share (limits, scales), decided once from the whole of it, so that nothing jumps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gmmviz.arrays import Array
from gmmviz.mixture import Mixture
from gmmviz.trace import Trace

LARGEST_REACH = 3.0  # Mahalanobis; wider ellipses may leave the picture


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One run, and the scales it shares with the film's other runs.

    Parameters
    ----------
    name : str
        The run's title; empty if the film has only one.
    trace : Trace
    limits : ndarray, shape (D, 2)
        Lower and upper end of each feature's axis, in the data's units.
    log_likelihood_limits : tuple of float
        Lowest and highest log-likelihood per point, over all runs.
    last_iteration : int
        Of the longest run.
    """

    name: str
    trace: Trace
    limits: Array
    log_likelihood_limits: tuple[float, float]
    last_iteration: int


def stages(runs: Sequence[tuple[str, Trace]], reach: float = 2.0) -> tuple[Stage, ...]:
    """Decide the scales of a film of these named runs: one stage per run, with equal scales.

    Parameters
    ----------
    runs : sequence of (name, Trace)
    reach : float
        Mahalanobis radius of what is drawn around the means.
    """
    traces = [trace for _, trace in runs]
    limits = _limits(traces, min(reach, LARGEST_REACH))
    per_point = np.concatenate([trace.log_likelihoods / len(trace.data.points) for trace in traces])
    ends = float(per_point.min()), float(per_point.max())
    last = max(len(trace) for trace in traces) - 1
    return tuple(Stage(name, trace, limits, ends, last) for name, trace in runs)


def _limits(traces: Sequence[Trace], reach: float, margin: float = 0.06, widening: float = 0.25) -> Array:
    """Room for every point, and for every ellipse that does not go absurdly far.

    Ellipses may widen the view by `widening` of the data's range on each side, those of the fit by twice
    that: one wild iteration must not shrink the data to a speck.
    """
    points = [trace.data.points for trace in traces]
    lower = np.min([p.min(axis=0) for p in points], axis=0)
    upper = np.max([p.max(axis=0) for p in points], axis=0)
    span = np.where(upper > lower, upper - lower, 1.0)
    low, high = lower, upper
    for mixtures, room in (
        ([snapshot.mixture for trace in traces for snapshot in trace], widening * span),
        ([trace[-1].mixture for trace in traces], 2 * widening * span),
    ):
        ends = [_ellipse_ends(mixture, reach) for mixture in mixtures]
        lowest = np.min([begin for begin, _ in ends], axis=0)
        highest = np.max([end for _, end in ends], axis=0)
        low = np.minimum(low, np.maximum(lowest, lower - room))
        high = np.maximum(high, np.minimum(highest, upper + room))
    edge = margin * (high - low)
    edge = np.where(edge > 0, edge, 0.5)
    return np.stack([low - edge, high + edge], axis=1)


def _ellipse_ends(mixture: Mixture, radius: float) -> tuple[Array, Array]:
    away = radius * np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    return (mixture.means - away).min(axis=0), (mixture.means + away).max(axis=0)
