"""The lower bound that EM climbs, half-step by half-step (Bishop 2006, section 9.4).

For any responsibilities q, log p(X | theta) = L(q, theta) + KL(q || p(Z | X, theta)). The E-step sets q to the
posterior. That closes the gap KL and leaves the likelihood as it is. The M-step raises L and opens the gap again,
so the likelihood rises by more than the bound does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array, numbers
from gmmviz.engine.fast import tell
from gmmviz.engine.rows import Known
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture, log_sum_exp
from gmmviz.options import checked


@checked
@dataclass(frozen=True, slots=True)
class HalfStep:
    """The bound after a half-step.

    Parameters
    ----------
    iteration : int
        Of the mixture: 0 for the start.
    step : {"e", "m"}
        The half-step that was made last.
    log_likelihood, lower_bound, gap : float
        Total, in nats; the first is the sum of the other two.
    """

    iteration: int
    step: Literal["e", "m"]
    log_likelihood: float
    lower_bound: float
    gap: float


@checked
def lower_bound(X: npt.ArrayLike, mixture: Mixture, responsibilities: npt.ArrayLike) -> float:
    """L(q, theta) of Bishop eq. 9.71, total, in nats.

    Parameters
    ----------
    X : array_like, shape (N, D)
        The points.
    mixture : Mixture
        The parameters theta.
    responsibilities : array_like, shape (N, K)
        The distribution q; each row sums to 1.

    Returns
    -------
    float
        The bound; it equals the log-likelihood where `responsibilities` are those of `mixture`.
    """
    q = numbers("responsibilities", responsibilities)
    joint = mixture.log_joint(X)
    if q.shape != joint.T.shape:
        raise InputError(f"responsibilities must have shape {joint.T.shape}, not {q.shape}", "responsibilities")
    return _bound(joint, q.T)


@checked
def half_steps(trace: Trace) -> list[HalfStep]:
    """The bound after every E-step and M-step of a run, in order.

    After the E-step of iteration t the bound is that of ``trace[t].mixture`` and its own responsibilities;
    after the M-step that follows, that of ``trace[t + 1].mixture`` and the same responsibilities.

    Parameters
    ----------
    trace : Trace
        The run.

    Returns
    -------
    list of HalfStep
        E, M, E, M, ..., E.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2, max_iter=2)
    >>> [step.step for step in gv.half_steps(trace)]
    ['e', 'm', 'e', 'm', 'e']
    """
    steps, (points, weights) = [], trace.data.counting
    # A point of weight 0 may be taken for a component that has died, where its bound is no number.
    rows = slice(None) if trace.data.weights is None else trace.data.weights > 0
    known = trace.data.known_counting
    missing = trace.data.missing
    joint = _told(trace[0].mixture.log_joint(points, missing), known)
    for t, _ in enumerate(trace):
        log_likelihood = _total(log_sum_exp(joint), weights)
        q = trace.responsibilities(t)[rows].T
        steps.append(_half_step(t, "e", log_likelihood, _bound(joint, q, weights)))
        if t + 1 < len(trace):
            joint = _told(trace[t + 1].mixture.log_joint(points, missing), known)
            after = _total(log_sum_exp(joint), weights)
            steps.append(_half_step(t + 1, "m", after, _bound(joint, q, weights)))
    return steps


def opening_bound(trace: Trace) -> float:
    """The bound before the first E-step, of points that are shared equally by all components that may have them.

    Parameters
    ----------
    trace : Trace
        The run.

    Returns
    -------
    float
        Total, in nats; at most the log-likelihood of the start, with which the first E-step makes it equal.
    """
    points, weights = trace.data.counting
    joint = _told(trace[0].mixture.log_joint(points, trace.data.missing), trace.data.known_counting)
    possible = np.isfinite(joint)
    return _bound(joint, possible / np.maximum(possible.sum(axis=0), 1), weights)


def _told(joint: Array, known: Known | None) -> Array:
    if known is not None:
        tell(joint, known)
    return joint


def _half_step(iteration: int, step: Literal["e", "m"], log_likelihood: float, bound: float) -> HalfStep:
    return HalfStep(iteration, step, log_likelihood, bound, log_likelihood - bound)


def _bound(joint: Array, q: Array, weights: Array | None = None) -> float:
    shared = q > 0
    terms = q[shared] * (joint[shared] - np.log(q[shared]))
    return _total(terms, None if weights is None else np.broadcast_to(weights, q.shape)[shared])


def _total(values: Array, weights: Array | None) -> float:
    return float(values.sum() if weights is None else values @ weights)
