"""Starts from k-means: its seeding alone (k-means++), or its result."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.algorithms import ALGORITHMS
from gmmviz.engine.blocks import Blocks
from gmmviz.engine.iterations import iterations
from gmmviz.errors import CollapseError
from gmmviz.mixture.covariance import one_sphere
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, Positive, Seed, options
from gmmviz.starts.base import STARTS, Start, check_components, upright


@STARTS.register("kmeans++")
@options
class KMeansPlusPlus(Start):
    """Each component begins on a point that is likely to be far from the others' (Arthur & Vassilvitskii 2007)."""

    seed: Seed = 0
    """Another seed, other points."""
    scale: Positive = 0.5
    """Standard deviations of the first components, as a fraction of the data's."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        check_components(data, n_components)
        return upright(data, data.points[spread_points(data.points, n_components, self.seed)], self.scale)


@STARTS.register("kmeans")
@options
class KMeans(Start):
    """The clusters of k-means, begun from k-means++ in standardized features."""

    seed: Seed = 0
    """Another seed, another run of k-means."""
    max_iter: Count = 50
    """The largest number of iterations of k-means."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        check_components(data, n_components)
        points = data.points
        deviations = _deviations(points)
        standardized = (points - points.mean(axis=0)) / deviations
        chosen = spread_points(points, n_components, self.seed)
        mixture = Mixture(
            np.full(n_components, 1 / n_components),
            standardized[chosen],
            np.broadcast_to(np.eye(points.shape[1]), (n_components, points.shape[1], points.shape[1])),
        )
        run = iterations(Blocks(standardized), mixture, one_sphere, 0.0, ALGORITHMS["kmeans"])
        try:
            for before, now in pairwise(islice(run, self.max_iter + 1)):
                mixture = now.mixture
                if now.objective == before.objective:
                    break
        except CollapseError:
            pass  # every point is its own mean, and the last mixture is as good a start as any
        labels = mixture.log_joint(standardized).argmax(axis=0)
        return moments_by_label(points, labels, n_components)


def spread_points(points: Array, n_components: int, seed: int) -> list[int]:
    """Draw the rows of K points by k-means++: the next with probability as its squared distance."""
    rng = np.random.default_rng(seed)
    standardized = points / _deviations(points)
    chosen = [int(rng.integers(len(points)))]
    distances = np.full(len(points), np.inf)
    for _ in range(1, n_components):
        away = standardized - standardized[chosen[-1]]
        np.minimum(distances, np.einsum("nd,nd->n", away, away), out=distances)
        total = distances.sum()
        # Where all other points are copies of the chosen ones, any point will do.
        chosen.append(int(rng.choice(len(points), p=distances / total if total > 0 else None)))
    return chosen


def moments_by_label(points: Array, labels: Array, n_components: int) -> Mixture:
    """Weights, means and covariances of labeled points, each with a millionth of the data's variance added."""
    D = points.shape[1]
    floor = 1e-6 * np.diag(_deviations(points) ** 2)
    counts = np.bincount(labels, minlength=n_components).astype(float)
    means = np.tile(points.mean(axis=0), (n_components, 1))
    covariances = np.tile(np.cov(points.T, bias=True).reshape(D, D) + floor, (n_components, 1, 1))
    for k in np.flatnonzero(counts):
        own = points[labels == k]
        means[k] = own.mean(axis=0)
        covariances[k] = np.cov(own.T, bias=True).reshape(D, D) + floor
    return Mixture(counts / counts.sum(), means, covariances)


def _deviations(points: Array) -> Array:
    deviations = points.std(axis=0)
    return np.where(deviations > 0, deviations, 1.0)
