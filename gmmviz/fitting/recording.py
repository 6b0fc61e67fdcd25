"""`record`: a run of scikit-learn's GaussianMixture, replayed into a trace."""

from __future__ import annotations

import sys
import warnings
from typing import Any, Literal

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import unweighted
from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, counted, warn
from gmmviz.fitting.estimator import GaussianMixture
from gmmviz.fitting.estimator_input import is_int
from gmmviz.fitting.seeded import LARGEST_SEED
from gmmviz.mixture.covariance import expanded, symmetric
from gmmviz.mixture.mixture import Mixture, log_sum_exp

ROUNDING = 1e-4  # of a weight, and of a standard deviation
StopReason = Literal["converged", "max_iter"]


def record(model: Any, X: Any) -> Trace:
    """Replay a scikit-learn GaussianMixture, fitted or not, into a trace.

    The model is fitted again from its own start, one iteration at a time, with its own code; each
    snapshot holds its parameters and, unlike its own `lower_bound_`, their own log-likelihood.

    Parameters
    ----------
    model : sklearn.mixture.GaussianMixture
        Its `random_state` should be an int, or the start is another one than that of its own fit, and a
        warning says so. With ``n_init`` above 1, all starts are replayed and the best one is returned. It is not
        changed.
    X : Dataset or array_like, shape (N, D)
        The points that it was or is to be fitted to.

    Warns
    -----
    GmmvizWarning
        If the replay does not end where the fitted model did, as with other points.

    Returns
    -------
    Trace
        ``trace[0]`` is the state after the model's own first M-step, from which its iterations count.

    Raises
    ------
    InputError
        If the model is none of scikit-learn's Gaussian mixtures, or was fitted to other features.
    """
    _check_replayable(model)
    from sklearn.exceptions import ConvergenceWarning

    data = unweighted(X)
    points = np.array(data.points)
    n_fitted: Any = getattr(model, "n_features_in_", points.shape[1])
    if n_fitted != points.shape[1]:
        raise InputError(
            f"the model was fitted to {counted(n_fitted, 'feature')}, but {data.name} has {points.shape[1]}: "
            "pass the points that it was fitted to"
        )
    fitted, seed = hasattr(model, "means_"), model.random_state
    reached = _sklearn_mixture(model) if fitted and is_int(seed) else None
    if not is_int(seed):
        seed = int(np.random.default_rng().integers(LARGEST_SEED))
        if fitted and any(
            getattr(model, name) is None for name in ("weights_init", "means_init", "precisions_init")
        ):
            warn(
                f"the model's random_state is {model.random_state}, so the recorded run begins elsewhere than "
                "its own fit: give the model a whole number as random_state and fit it again"
            )
    draws, runs = np.random.RandomState(seed), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            for _ in range(model.n_init):
                runs.append(_replayed(model, points, draws))
        except (TypeError, ValueError) as error:
            raise InputError(f"scikit-learn cannot fit the model to {data.name}: {error}", "model") from error
    _, states, stop_reason = max(runs, key=lambda run: run[0])
    if reached is not None and not _alike(states[-1], reached, points):
        here, there = (mixture.log_prob(points).mean() for mixture in (states[-1], reached))
        warn(
            f"the recorded run ends elsewhere than the model did, at a log-likelihood of {here:.4f} per point "
            f"instead of {there:.4f}: pass the points that it was fitted to, and the settings of that fit"
        )
    snapshots: list[Snapshot] = []
    for iteration, mixture in enumerate(states):
        joint = mixture.log_joint(points)
        log_density = log_sum_exp(joint)
        counts = np.exp(joint - log_density).sum(axis=1)
        snapshots.append(Snapshot(iteration, mixture, float(log_density.sum()), counts))
    if stop_reason == "converged":
        event = Event("converged", "the likelihood hardly changed any more")
        snapshots[-1] = snapshots[-1].with_event(event)
    settings = {"algorithm": "em", "covariance_type": model.covariance_type, "recorded": type(model).__name__}
    return Trace(data, tuple(snapshots), stop_reason, settings)


def _replayed(model: Any, points: Array, draws: np.random.RandomState) -> tuple[float, list[Mixture], StopReason]:
    """Replay one of the model's starts, which it draws one after the other: bound, states, why it stopped."""
    from sklearn.base import clone

    started = clone(model)
    stepper = clone(model).set_params(n_init=1, max_iter=1, tol=0.0, warm_start=True)
    stepper.random_state = np.random.RandomState()
    stepper.random_state.set_state(draws.get_state())
    # scikit-learn has no name for the state before the first iteration but this one.
    started._initialize_parameters(points, draws)
    states = [_sklearn_mixture(started)]
    for _ in range(model.max_iter):
        stepper.fit(points)
        states.append(_sklearn_mixture(stepper))
        # Its bound is of the parameters one step earlier, so it stops one step later than we would.
        if len(states) > 2 and _settled(states[-3], states[-2], points, model.tol):
            return float(stepper.lower_bound_), states, "converged"
    return float(stepper.lower_bound_), states, "max_iter"


def _alike(a: Mixture, b: Mixture, points: Array) -> bool:
    """Whether two mixtures differ by no more than rounding does."""
    spread = points.std(axis=0) + np.finfo(float).tiny
    return bool(
        np.abs(a.weights - b.weights).max() < ROUNDING and (np.abs(a.means - b.means) / spread).max() < ROUNDING
    )


def _check_replayable(model: Any) -> None:
    if isinstance(model, GaussianMixture):
        raise InputError("a gmmviz.GaussianMixture has its record already: fit it, then take model.trace_")
    theirs = sys.modules.get("sklearn.mixture")
    if theirs is None or not isinstance(model, theirs.GaussianMixture):
        name = model.__name__ if isinstance(model, type) else type(model).__name__
        given = f"the class {name}" if isinstance(model, type) else f"a {name}"
        raise InputError(f"only a sklearn.mixture.GaussianMixture can be recorded, not {given}", "model")


def _settled(before: Mixture, now: Mixture, points: Array, tol: float) -> bool:
    rise = now.log_prob(points).mean() - before.log_prob(points).mean()
    return bool(abs(rise) < tol)


def _sklearn_mixture(model: Any) -> Mixture:
    covariances = expanded(np.asarray(model.covariances_), model.covariance_type, model.means_.shape)
    # Its start at random points has weights that do not sum to 1, which changes no responsibility.
    weights = model.weights_ / model.weights_.sum()
    return Mixture(weights, model.means_, symmetric(covariances))
