"""What a panel shows of the features: all, some, or the first principal components; always exactly.

Each of these is a linear map of the features, and a linear map of a Gaussian is a Gaussian (Bishop eq. 2.115; eq.
2.98 where features are left out). So the picture of a mixture in ten dimensions is its true marginal, never a
section or an approximation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.datasets import Dataset
from gmmviz.errors import InputError, brief, hint, listed
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count
from gmmviz.storyboard.vocabulary import ENGLISH, Words

Feature = Count | str
Features = Literal["pca"] | Annotated[tuple[Feature, ...], Field(min_length=1)] | None
"""Names of features or their numbers from 1; principal components; or what suits the data."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A linear map from the D features of the data to the d axes of a panel.

    Parameters
    ----------
    matrix : ndarray, shape (d, D)
        One row per axis.
    center : ndarray, shape (D,)
        The features of the point that lies at the origin of the panel.
    names : tuple of str, length d
        As they stand on the axes.
    note : str
        Which part of the data the panel shows; empty if it is all of it.

    Examples
    --------
    >>> import gmmviz as gv
    >>> from gmmviz.storyboard.projection import Projection
    >>> iris = gv.load_dataset("iris")
    >>> Projection.of(iris, ("petal length", "petal width"), 2).note
    '2 of 4 features shown'
    """

    matrix: Array
    center: Array
    names: tuple[str, ...]
    note: str = ""
    _is_identity: bool = field(init=False)  # worked out once, since every frame asks for it

    def __post_init__(self) -> None:
        d, D = self.matrix.shape
        identity = d == D and np.array_equal(self.matrix, np.eye(d)) and not self.center.any()
        object.__setattr__(self, "_is_identity", identity)

    @classmethod
    def of(cls, data: Dataset, features: Features, n_axes: int, words: Words = ENGLISH) -> Projection:
        """Choose what to show of the data.

        Parameters
        ----------
        data : Dataset
            Whose features are named.
        features : "pca", tuple of str or int, or None
            Names or numbers from 1. None shows all features if they are as many as the axes, else the principal
            components.
        n_axes : int
            How many axes the panel has.
        words : Words
            Of the film.

        Returns
        -------
        Projection
            From all features of the data to these axes.

        Raises
        ------
        InputError
            If the data has too few features, or none of that name.
        """
        n_features = data.points.shape[1]
        if n_features < n_axes:
            raise InputError(
                f"the panel draws {n_axes} features, but {data.name} has {n_features}: "
                f"{listed(data.feature_names, 'and')}; the renderer 'curve' draws one"
            )
        if features is None and n_features == n_axes:
            features = tuple(range(1, n_features + 1))
        if features is None or features == "pca":
            return cls._principal(data, n_axes, words)
        if len(features) != n_axes:
            raise InputError(
                f"the panel draws {n_axes} features, not {len(features)}: {list(features)}", "features"
            )
        chosen = [_index(data, feature) for feature in features]
        if len(set(chosen)) < len(chosen):
            raise InputError(f"one feature is named twice: {list(features)}", "features")
        note = "" if n_axes == n_features else words.text("part_of_features", shown=n_axes, all=n_features)
        names = tuple(data.feature_names[d] for d in chosen)
        return cls(np.eye(n_features)[chosen], np.zeros(n_features), names, note)

    @classmethod
    def _principal(cls, data: Dataset, n_axes: int, words: Words) -> Projection:
        """Take the directions of largest variance, after dividing each feature by its standard deviation."""
        mean, scale = data.points.mean(axis=0), data.points.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        correlations = np.cov(((data.points - mean) / scale).T, bias=True)
        values, vectors = np.linalg.eigh(np.atleast_2d(correlations))
        leading = vectors[:, ::-1][:, :n_axes].T
        # An eigenvector's sign is arbitrary: make its largest entry positive, so that all machines agree.
        largest = np.take_along_axis(leading, np.abs(leading).argmax(axis=1)[:, None], axis=1)
        leading = leading * np.sign(largest)
        shares = 100 * values[::-1][:n_axes] / max(values.sum(), np.finfo(float).tiny)
        named = enumerate(shares, 1)
        axes = tuple(words.text("principal_component", i=i, share=f"{share:.0f}") for i, share in named)
        note = words.text("part_of_variance", share=f"{shares.sum():.0f}", n=len(mean))
        return cls(leading / scale, mean, axes, note)

    def points(self, points: Array) -> Array:
        """Return points, shape (N, D), on the panel's axes, shape (N, d)."""
        if self._is_identity:
            return points
        shown: Array = (points - self.center) @ self.matrix.T
        return shown

    def mixture(self, mixture: Mixture) -> Mixture:
        """Return the mixture on the panel's axes: the marginal of a mixture of all features."""
        if self._is_identity:
            return mixture
        means = (mixture.means - self.center) @ self.matrix.T
        covariances = self.matrix @ mixture.covariances @ self.matrix.T
        return Mixture.trusted(mixture.weights.copy(), means, (covariances + covariances.transpose(0, 2, 1)) / 2)


def _index(data: Dataset, feature: str | int) -> int:
    """The place of a feature, from 0, by its number from 1, its name with or without unit, or its column."""
    names: Sequence[str] = data.feature_names
    if isinstance(feature, int):
        if not 1 <= feature <= len(names):
            raise InputError(f"there is no feature {feature}; {data.name} has {len(names)}", "features")
        return feature - 1
    for d, name in enumerate(names):
        if feature in (name, name.split(" (")[0], *data.columns[d : d + 1]):
            return d
    raise InputError(f"{data.name} has no feature {brief(feature)}; {hint(feature, names)}", "features")
