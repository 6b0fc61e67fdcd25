"""Starts from k-means: its seeding alone (k-means++), or its result."""

from __future__ import annotations

from itertools import islice, pairwise, repeat
from math import inf

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.blocks import Blocks
from gmmviz.engine.e_step import EStep
from gmmviz.engine.iterations import iterations
from gmmviz.engine.m_step import MStep
from gmmviz.errors import CollapseError
from gmmviz.mixture.covariance import one_sphere
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, Positive, Seed, options
from gmmviz.starts.base import STARTS, Start, check_components, coordinates_of, looked_at, moments, upright


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
        data = looked_at(data, self.seed)
        return upright(data, data.counting[0][spread_points(data, n_components, self.seed)], self.scale)


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
        data = looked_at(data, self.seed)
        standardized = _standardized(data)
        D = standardized.shape[1]
        mixture = Mixture(
            np.full(n_components, 1 / n_components),
            standardized[spread_points(data, n_components, self.seed)],
            np.broadcast_to(np.eye(D), (n_components, D, D)),
        )
        blocks = Blocks(standardized, data.counting[1])
        run = iterations(mixture, EStep(blocks), MStep(one_sphere, equal_weights=True), repeat(inf))
        try:
            for before, now in pairwise(islice(run, self.max_iter + 1)):
                mixture = now.mixture
                if now.objective == before.objective:
                    break
        except CollapseError:
            pass  # every point is its own mean, and the last mixture is as good a start as any
        labels = mixture.log_joint(standardized).argmax(axis=0)
        return moments(data, np.eye(n_components)[:, labels])


def spread_points(data: Dataset, n_components: int, seed: int) -> list[int]:
    """Draw K points that count by k-means++: the next with probability as its squared distance times weight.

    Returns
    -------
    list of int
        Rows of `data.counting`.
    """
    rng = np.random.default_rng(seed)
    standardized = _standardized(data)
    weights = data.counting[1]
    if weights is None:
        chosen = [int(rng.integers(len(standardized)))]
    else:
        chosen = [int(rng.choice(len(weights), p=weights / weights.sum()))]
    distances = np.full(len(standardized), np.inf)
    for _ in range(1, n_components):
        away = standardized - standardized[chosen[-1]]
        np.minimum(distances, np.einsum("nd,nd->n", away, away), out=distances)
        chances = distances if weights is None else distances * weights
        total = chances.sum()
        # Where all other points are copies of the chosen ones, any point will do.
        chosen.append(int(rng.choice(len(standardized), p=chances / total if total > 0 else None)))
    return chosen


def _standardized(data: Dataset) -> Array:
    """The points that count, from their mean in standard deviations; a constant feature is exactly 0."""
    coordinates = coordinates_of(data)
    return np.where(coordinates.variances > 0, (data.counting[0] - coordinates.center) / coordinates.spreads, 0.0)
