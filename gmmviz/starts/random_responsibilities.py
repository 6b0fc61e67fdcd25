"""A start at random responsibilities: it is an M-step before any E-step."""

from __future__ import annotations

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Positive, Seed, options
from gmmviz.starts.base import STARTS, Start, check_components


@STARTS.register("random_responsibilities")
@options
class RandomResponsibilities(Start):
    """Each point is divided among the components at random, and an M-step follows."""

    seed: Seed = 0
    """Another seed, other shares."""
    concentration: Positive = 1.0
    """Concentration of the shares' Dirichlet distribution; a small one gives most of a point to one component."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        check_components(data, n_components)
        rng = np.random.default_rng(self.seed)
        points = data.points
        shares = rng.dirichlet(np.full(n_components, self.concentration), size=len(points)).T
        counts = np.maximum(shares.sum(axis=1), np.finfo(float).tiny)
        means = (shares @ points) / counts[:, None]
        covariances = np.empty((n_components, points.shape[1], points.shape[1]))
        for k in range(n_components):
            away = points - means[k]
            covariances[k] = (away.T * shares[k]) @ away / counts[k]
        return Mixture(counts / counts.sum(), means, _with_spread(covariances, points))


def _with_spread(covariances: Array, points: Array) -> Array:
    """Add a millionth of the data's variance, since a few points may lie on a line."""
    variances = points.var(axis=0)
    return covariances + 1e-6 * np.diag(np.where(variances > 0, variances, 1.0))
