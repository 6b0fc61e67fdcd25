"""Runs of scikit-learn's models, one iteration at a time, by their own code."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.mixture.covariance import expanded, symmetric
from gmmviz.mixture.mixture import Mixture

StopReason = Literal["converged", "max_iter"]
Replay = tuple[float, list[Mixture], StopReason]  # how good it is, its states, and why it stopped
AUTO = 10  # starts of k-means, where it draws its first centers in a way that is often poor
SMALL = 1e-12  # of the data's variance: a sphere has at least so much, where every point is a center


def of_mixture(model: Any, points: Array, draws: np.random.RandomState) -> Replay:
    """Replay one start of a GaussianMixture or BayesianGaussianMixture, which draws them one after the other."""
    from sklearn.base import clone

    stepper = clone(model).set_params(n_init=1, max_iter=0, warm_start=False, random_state=draws).fit(points)
    states, bound = [sklearn_mixture(stepper)], -np.inf
    stepper.set_params(max_iter=1, tol=0.0, warm_start=True)
    for _ in range(model.max_iter):
        last, bound = bound, float(np.sum(stepper.fit(points).lower_bound_))  # an array of one where it is "tied"
        states.append(sklearn_mixture(stepper))
        if abs(bound - last) < model.tol:
            return bound, states, "converged"
    return bound, states, "max_iter"


def of_kmeans(model: Any, points: Array, draws: np.random.RandomState) -> Replay:
    """Replay one start of a KMeans; each state is k-means as a mixture: equal weights, one sphere for all."""
    from sklearn.base import clone
    from sklearn.utils.extmath import row_norms

    middle = points.mean(axis=0)
    init = model.init if isinstance(model.init, str) or callable(model.init) else np.array(model.init) - middle
    # scikit-learn has no other name for its first centers, which it looks for around the mean.
    centers = middle + clone(model)._init_centroids(
        points - middle,
        x_squared_norms=row_norms(points - middle, squared=True),
        init=init,
        random_state=draws,
        sample_weight=np.ones(len(points)),
    )
    still = model.tol * points.var(axis=0).mean()
    labels, before = _distances(points, centers).argmin(axis=0), None
    states, inertia = [_spheres(points, centers, labels)], np.inf
    for _ in range(model.max_iter):
        stepper = clone(model).set_params(init=centers, n_init=1, max_iter=1, copy_x=True).fit(points)
        moved = np.square(stepper.cluster_centers_ - centers).sum()
        settled = before is not None and np.array_equal(labels, before)
        centers, inertia = stepper.cluster_centers_, float(stepper.inertia_)
        states.append(_spheres(points, centers, labels))
        if settled or moved <= still:
            return -inertia, states, "converged"
        before, labels = labels, stepper.labels_
    return -inertia, states, "max_iter"


def n_starts(model: Any) -> int:
    """How many starts a model tries."""
    init = getattr(model, "init", "")
    if not (callable(init) or isinstance(init, str)):
        return 1
    auto = 1 if init == "k-means++" else AUTO
    return auto if model.n_init == "auto" else int(model.n_init)


def sklearn_mixture(model: Any) -> Mixture:
    """Return what a fitted mixture of scikit-learn stands for."""
    covariances = expanded(np.asarray(model.covariances_), model.covariance_type, model.means_.shape)
    # Its start at random points has weights that do not sum to 1, which changes no responsibility.
    weights = model.weights_ / model.weights_.sum()
    return Mixture(weights, model.means_, symmetric(covariances))


def kmeans_mixture(model: Any, points: Array) -> Mixture:
    """Return what a fitted KMeans stands for."""
    return _spheres(points, model.cluster_centers_, _distances(points, model.cluster_centers_).argmin(axis=0))


def _distances(points: Array, centers: Array) -> Array:
    """Squared distances, shape (K, N)."""
    return np.array([np.square(points - center).sum(axis=1) for center in centers])


def _spheres(points: Array, centers: Array, labels: npt.NDArray[np.integer[Any]]) -> Mixture:
    """Return the mixture of which k-means with these centers is the limit, for points that have these labels."""
    K, D = centers.shape
    variance = np.square(points - centers[labels]).mean()
    variance = max(variance, SMALL * points.var(axis=0).mean(), np.finfo(float).tiny)
    return Mixture(np.full(K, 1 / K), centers, np.broadcast_to(variance * np.eye(D), (K, D, D)))
