"""A sample drawn from a mixture that the scene gives: data whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, Number, Seed, options


def generate_gmm_data(
    num_samples: int,
    weights: npt.ArrayLike,
    means: npt.ArrayLike,
    covariances: npt.ArrayLike,
    seed: int | np.random.Generator = 0,
) -> tuple[Array, npt.NDArray[np.intp]]:
    """Draw points from a mixture of any number of components and features.

    Parameters
    ----------
    num_samples : int
    weights : array_like, shape (K,)
    means : array_like, shape (K, D)
    covariances : array_like, shape (K, D, D)
    seed : int or numpy.random.Generator
        The same seed gives the same points.

    Returns
    -------
    points : ndarray, shape (num_samples, D)
    labels : ndarray of int, shape (num_samples,)
        The component each point was drawn from.
    """
    return Mixture.of(weights, means, covariances).sample(num_samples, seed)


@DATASETS.register("sample")
@options
class Sample(DatasetSource):
    """Points drawn from a known mixture; the same seed gives the same points."""

    weights: tuple[Number, ...]
    """Mixing coefficients, one per component, summing to 1."""
    means: tuple[tuple[Number, ...], ...]
    """One list of coordinates per component."""
    covariances: tuple[tuple[tuple[Number, ...], ...], ...]
    """One square matrix per component, as a list of rows."""
    n_points: Count = 300
    """How many points to draw."""
    seed: Seed = 0
    """Another seed, another sample."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Draw the sample; its `truth` is the mixture and its `labels` the components."""
        truth = Mixture.of(self.weights, self.means, self.covariances)
        points, labels = truth.sample(self.n_points, self.seed)
        return Dataset(points, name="the sample", labels=labels, truth=truth)
