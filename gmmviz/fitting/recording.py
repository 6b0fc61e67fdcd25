"""`record`: a run of one of scikit-learn's models, replayed into a trace."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset, unweighted
from gmmviz.engine.fast import to_responsibilities
from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, counted, listed, warn
from gmmviz.fitting.estimator import GaussianMixture
from gmmviz.fitting.estimator_input import is_int
from gmmviz.fitting.replays import kmeans_mixture, n_starts, of_kmeans, of_mixture, sklearn_mixture
from gmmviz.fitting.seeded import LARGEST_SEED
from gmmviz.mixture.mixture import Mixture

ROUNDING = 1e-4  # of a weight, and of a standard deviation
UNIT = r" \([^()]*\)$"  # at the end of a feature's name
GIVEN = ("weights_init", "means_init", "precisions_init")  # what a mixture's start need not draw


def record(model: Any, X: Any) -> Trace:
    """Replay a model of scikit-learn, fitted or not, into a trace.

    The model is fitted again from its own start, one iteration at a time, with its own code; each
    snapshot holds its parameters and, unlike its own `lower_bound_`, their own log-likelihood.

    Parameters
    ----------
    model : GaussianMixture, BayesianGaussianMixture, KMeans or Pipeline of sklearn
        Its `random_state` should be an int, or the start is another one than that of its own fit, and a
        warning says so. With ``n_init`` above 1, all starts are replayed and the best one is returned. It is not
        changed. A KMeans is recorded as the mixture that it is the limit of: equal weights, and one sphere for all
        components. Of a BayesianGaussianMixture, the mixture of its weights, means and covariances is; it climbs a
        bound of its own, so their log-likelihood may fall, and their responsibilities are nearly its own.
        Of a Pipeline, the last step is, in its own coordinates: those that the steps before it make of the points.
    X : Dataset or array_like, shape (N, D)
        The points that it was or is to be fitted to.

    Warns
    -----
    GmmvizWarning
        If the replay does not end where the fitted model did, as with other points; or of the coordinates of a
        Pipeline.

    Returns
    -------
    Trace
        ``trace[0]`` is the state before the model's first iteration; a mixture has had its own first M-step then.

    Raises
    ------
    InputError
        If the model is none of these, or was fitted to other features.
    """
    data = unweighted(X)
    steps = sys.modules.get("sklearn.pipeline")
    if steps and isinstance(model, steps.Pipeline):
        _check_replayable(model.steps[-1][1])
        return record(model.steps[-1][1], _transformed(model, data))
    is_kmeans = _check_replayable(model)
    from sklearn.exceptions import ConvergenceWarning

    points = np.array(data.points)
    n_fitted: Any = getattr(model, "n_features_in_", points.shape[1])
    if n_fitted != points.shape[1]:
        raise InputError(
            f"the model was fitted to {counted(n_fitted, 'feature')}, but {data.name} has {points.shape[1]}: "
            "pass the points that it was fitted to"
        )
    fitted, seed = hasattr(model, "cluster_centers_" if is_kmeans else "means_"), model.random_state
    reached = None
    if fitted and is_int(seed):
        reached = kmeans_mixture(model, points) if is_kmeans else sklearn_mixture(model)
    if not is_int(seed):
        seed = int(np.random.default_rng().integers(LARGEST_SEED))
        if fitted and _draws(model):
            warn(
                f"the model's random_state is {model.random_state}, so the recorded run begins elsewhere than "
                "its own fit: give the model a whole number as random_state and fit it again"
            )
    draws, replay = np.random.RandomState(seed), of_kmeans if is_kmeans else of_mixture
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            runs = [replay(model, points, draws) for _ in range(n_starts(model))]
        except (TypeError, ValueError) as error:
            raise InputError(f"scikit-learn cannot fit the model to {data.name}: {error}", "model") from error
    _, states, stop_reason = max(runs, key=lambda run: run[0])
    if reached is not None and not _alike(states[-1], reached, points):
        here, there = (mixture.log_prob(points).mean() for mixture in (states[-1], reached))
        warn(
            f"the recorded run ends elsewhere than the model did, at a log-likelihood of {here:.4f} per point "
            f"instead of {there:.4f}: pass the points that it was fitted to, and the settings of that fit"
        )
    snapshots = _snapshots(states, points, np.inf if is_kmeans else 1.0)
    if stop_reason == "converged":
        what = "parameters" if is_kmeans else "likelihood"
        event = Event("converged", f"the {what} hardly changed any more")
        snapshots[-1] = snapshots[-1].with_event(event)
    family = {} if is_kmeans else {"covariance_type": model.covariance_type}
    settings = {"algorithm": "kmeans" if is_kmeans else "em", **family, "recorded": type(model).__name__}
    return Trace(data, tuple(snapshots), stop_reason, settings)


def _snapshots(states: Sequence[Mixture], points: Array, beta: float) -> list[Snapshot]:
    made: list[Snapshot] = []
    for iteration, mixture in enumerate(states):
        joint = mixture.log_joint(points)
        log_likelihood, objective = to_responsibilities(joint, beta)
        made.append(Snapshot(iteration, mixture, log_likelihood, joint.sum(axis=1), objective=objective))
    return made


def _transformed(pipeline: Any, data: Dataset) -> Dataset:
    """Return the points as the last step of a Pipeline sees them, and say so."""
    from sklearn.base import clone
    from sklearn.exceptions import NotFittedError

    before = pipeline[:-1]
    if not before.steps:
        return data
    names = [type(step).__name__ for _, step in before.steps if step is not None and step != "passthrough"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of points that have no names any more
            try:
                points = before.transform(data.points)
            except NotFittedError:
                before = clone(before)
                points = before.fit_transform(data.points)
    except ValueError as error:
        raise InputError(f"the pipeline cannot transform {data.name}: {error}", "model") from error
    if not names:
        return data
    warn(f"the run is recorded in the coordinates of the pipeline's last step, after {listed(names, 'and')}")
    try:
        features = tuple(map(str, before.get_feature_names_out(data.feature_names)))
    except (AttributeError, ValueError):  # of steps that give their features no names
        features = ()
    if set(features) & set(data.feature_names):  # with units that these numbers do not have any more
        features = tuple(f"{re.sub(UNIT, '', name)} after {names[-1]}" for name in features)
    return replace(data, points=points, feature_names=features, columns=(), truth=None, others=None)


def _draws(model: Any) -> bool:
    """Whether the model's start depends on its random state."""
    if hasattr(model, "init_params"):
        return any(getattr(model, name, None) is None for name in GIVEN)
    return callable(model.init) or isinstance(model.init, str)


def _alike(a: Mixture, b: Mixture, points: Array) -> bool:
    """Whether two mixtures differ by no more than rounding does."""
    spread = points.std(axis=0) + np.finfo(float).tiny
    return a.means.shape == b.means.shape and bool(
        np.abs(a.weights - b.weights).max() < ROUNDING and (np.abs(a.means - b.means) / spread).max() < ROUNDING
    )


def _check_replayable(model: Any) -> bool:
    """Raise `InputError` unless the model can be recorded; return whether it is a KMeans."""
    if isinstance(model, GaussianMixture):
        raise InputError("a gmmviz.GaussianMixture has its record already: fit it, then take model.trace_")
    mixtures, clusters = sys.modules.get("sklearn.mixture"), sys.modules.get("sklearn.cluster")
    if mixtures and isinstance(model, mixtures.GaussianMixture | mixtures.BayesianGaussianMixture):
        return False
    if clusters and isinstance(model, clusters.KMeans):
        return True
    name = model.__name__ if isinstance(model, type) else type(model).__name__
    given = f"the class {name}" if isinstance(model, type) else f"a {name}"
    raise InputError(
        "only a GaussianMixture, BayesianGaussianMixture or KMeans of sklearn can be recorded, or a Pipeline that "
        f"ends with one, not {given}",
        "model",
    )
