"""A start at randomly chosen points: the textbook's."""

from __future__ import annotations

import numpy as np

from gmmviz.datasets.base import Dataset
from gmmviz.mixture import Mixture
from gmmviz.options import Positive, Seed, options
from gmmviz.starts.base import STARTS, Start


@STARTS.register("random_points")
@options
class RandomPoints(Start):
    """Each component begins on a point of the data, with equal weight and an upright ellipse."""

    seed: Seed = 0
    """Another seed, other points."""
    scale: Positive = 0.5
    """Standard deviations of the first components, as a part of the data's."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        """Return means on distinct points, and diagonal covariances: every tilt is EM's own doing."""
        rng = np.random.default_rng(self.seed)
        chosen = rng.choice(len(data.points), size=n_components, replace=False)
        variances = data.points.var(axis=0)
        # A feature that never varies would make the first covariance singular.
        variances = np.where(variances > 0, variances, 1.0) * self.scale**2
        return Mixture(
            np.full(n_components, 1 / n_components),
            data.points[chosen],
            np.broadcast_to(np.diag(variances), (n_components, len(variances), len(variances))),
        )
