"""Where an estimator begins: the start that scikit-learn's arguments describe."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gmmviz.datasets.base import Dataset
from gmmviz.errors import InputError, brief
from gmmviz.fitting.estimator_input import inverted, is_int, of_shape
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import check_choice
from gmmviz.starts import KMeans, KMeansPlusPlus, RandomPoints, RandomResponsibilities, Start

InitParams = Literal["kmeans", "k-means++", "random", "random_from_data"]
LARGEST_SEED = 2**31 - 1

_STARTS: dict[str, type[Start]] = {
    "kmeans": KMeans,
    "k-means++": KMeansPlusPlus,
    "random": RandomResponsibilities,
    "random_from_data": RandomPoints,
}


class Seeded(Start):
    """The start that a model's arguments describe; each attempt draws a seed of its own.

    Parameters
    ----------
    model : GaussianMixture

    Raises
    ------
    InputError
        If `init_params` or `random_state` is invalid.
    """

    def __init__(self, model: Any) -> None:
        check_choice("init_params", model.init_params, _STARTS)
        self._model = model
        self._first = seed_of(model.random_state)

    def attempt(self, number: int) -> Start:
        """Return the start with another seed."""
        later = Seeded.__new__(Seeded)
        later._model, later._first = self._model, self._first + number
        return later

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        """Return the first mixture: what is given, and the rest as `init_params` says."""
        model = self._model
        start_class: Any = _STARTS[model.init_params]
        begun = start_class(seed=self._first).mixture(data, n_components)
        K, D = begun.means.shape
        weights, means, covariances = begun.weights, begun.means, begun.covariances
        if model.weights_init is not None:
            weights = of_shape("weights_init", model.weights_init, (K,))
        if model.means_init is not None:
            means = of_shape("means_init", model.means_init, (K, D))
        if model.precisions_init is not None:
            covariances = inverted(model.precisions_init, model.covariance_type, (K, D))
        return Mixture(weights, means, covariances)


def seed_of(random_state: Any) -> int:
    """Return a seed from whatever scikit-learn takes for one; a generator is drawn from."""
    if random_state is None:
        return int(np.random.default_rng().integers(LARGEST_SEED))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(LARGEST_SEED))
    if hasattr(random_state, "randint"):
        return int(random_state.randint(LARGEST_SEED))
    if not is_int(random_state) or random_state < 0:
        raise InputError(
            "random_state must be None, a whole number, 0 or more, or a generator of NumPy, "
            f"not {brief(random_state)}"
        )
    return int(random_state)
