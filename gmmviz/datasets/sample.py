"""A sample drawn from a mixture that the scene gives: data whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, Number, Seed, check_whole, options


def generate_gmm_data(
    num_samples: int,
    weights: npt.ArrayLike,
    means: npt.ArrayLike,
    covariances: npt.ArrayLike,
    seed: int | np.random.Generator = 0,
    *,
    return_labels: bool = False,
) -> Array | tuple[Array, npt.NDArray[np.intp]]:
    """Draw points from a mixture of any number of components and features.

    Parameters
    ----------
    num_samples : int
        How many points to draw.
    weights : array_like, shape (K,)
        Mixing coefficients, summing to 1.
    means : array_like, shape (K, D)
        One mean per component.
    covariances : array_like, shape (K, D, D)
        One symmetric, positive definite matrix per component.
    seed : int or numpy.random.Generator
        The same seed gives the same points.
    return_labels : bool
        Whether to return the labels too.

    Returns
    -------
    points : ndarray, shape (num_samples, D)
        The points.
    labels : ndarray of int, shape (num_samples,)
        The component that each point was drawn from; only if `return_labels` is set.

    Raises
    ------
    InputError
        If the parameters are those of no mixture, or `num_samples` is no whole number of at least 1.

    Examples
    --------
    >>> import gmmviz as gv
    >>> gv.generate_gmm_data(600, [0.3, 0.7], [[0, 0], [5, 5]], [[[1, 0], [0, 1]]] * 2).shape
    (600, 2)
    """
    check_whole("num_samples", num_samples, 1)
    points, labels = Mixture.of(weights, means, covariances).sample(num_samples, seed)
    return (points, labels) if return_labels else points


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
