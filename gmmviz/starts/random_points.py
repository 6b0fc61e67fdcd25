"""A start at randomly chosen points: the textbook's."""

from __future__ import annotations

import numpy as np

from gmmviz.datasets.base import Dataset
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Positive, Seed, options
from gmmviz.starts.base import STARTS, Start, check_components, upright


@STARTS.register("random_points")
@options
class RandomPoints(Start):
    """Each component begins on a point of the data, with equal weight and an upright ellipse."""

    seed: Seed = 0
    """Another seed, other points."""
    scale: Positive = 0.5
    """Standard deviations of the first components, as a fraction of the data's."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        check_components(data, n_components)
        rng = np.random.default_rng(self.seed)
        points, weights = data.counting
        chances = None if weights is None else weights / weights.sum()
        chosen = rng.choice(len(points), size=n_components, replace=False, p=chances)
        return upright(data, points[chosen], self.scale)
