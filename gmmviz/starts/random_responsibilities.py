"""A start at random responsibilities: it is an M-step before any E-step."""

from __future__ import annotations

import numpy as np

from gmmviz.datasets.base import Dataset
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Positive, Seed, options
from gmmviz.starts.base import STARTS, Start, check_components, looked_at, moments


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
        data = looked_at(data, self.seed)
        rng = np.random.default_rng(self.seed)
        shares = rng.dirichlet(np.full(n_components, self.concentration), size=len(data.counting[0])).T
        return moments(data, shares)
