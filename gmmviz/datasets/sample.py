"""A sample drawn from a known mixture: data whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Number, Seed, Size, checked, options

Labels = npt.NDArray[np.intp]


@overload
def generate_gmm_data(
    num_samples: int,
    weights: npt.ArrayLike,
    means: npt.ArrayLike,
    covariances: npt.ArrayLike,
    seed: int | np.random.Generator = ...,
    return_labels: Literal[False] = ...,
) -> Array: ...


@overload
def generate_gmm_data(
    num_samples: int,
    weights: npt.ArrayLike,
    means: npt.ArrayLike,
    covariances: npt.ArrayLike,
    seed: int | np.random.Generator = ...,
    *,
    return_labels: Literal[True],
) -> tuple[Array, Labels]: ...


@checked
def generate_gmm_data(
    num_samples: Size,
    weights: npt.ArrayLike,
    means: npt.ArrayLike,
    covariances: npt.ArrayLike,
    seed: Seed | np.random.Generator = 0,
    return_labels: bool = False,
) -> Array | tuple[Array, Labels]:
    """Draw points from a Gaussian mixture.

    Parameters
    ----------
    num_samples : int
        How many points to draw, at least 1.
    weights : array_like, shape (K,)
        Mixing coefficients, summing to 1.
    means : array_like, shape (K, D)
        The mean of each component.
    covariances : array_like, shape (K, D, D)
        The covariance matrix of each component: symmetric and positive definite.
    seed : int or numpy.random.Generator, default 0
        The same seed gives the same points.
    return_labels : bool, default False
        Whether to return the labels too.

    Returns
    -------
    points : ndarray, shape (num_samples, D)
        The points.
    labels : ndarray of int, shape (num_samples,)
        The component that each point was drawn from, counted from 0; only if `return_labels`.

    Raises
    ------
    InputError
        If `num_samples` or `seed` is no whole number or too small, or the parameters are not those of a mixture.

    Examples
    --------
    >>> import gmmviz as gv
    >>> weights, means = [0.4, 0.6], [[0, 0], [5, 5]]
    >>> covariances = [[[1, 0], [0, 1]], [[2, 0.5], [0.5, 1]]]
    >>> gv.generate_gmm_data(num_samples=600, weights=weights, means=means, covariances=covariances).shape
    (600, 2)
    """
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
    n_points: Size = 300
    """How many points to draw."""
    seed: Seed = 0
    """Another seed, another sample."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Draw the sample.

        Parameters
        ----------
        folder : Path, optional
            Not used.

        Returns
        -------
        Dataset
            Its `truth` is the mixture, and its `labels` are the components, counted from 0.
        """
        truth = Mixture.of(self.weights, self.means, self.covariances)
        points, labels = truth.sample(self.n_points, self.seed)
        return Dataset(points, name="the sample", labels=labels, truth=truth)
