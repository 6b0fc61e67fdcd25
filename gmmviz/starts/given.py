"""A start whose numbers are given."""

from __future__ import annotations

import numpy as np

from gmmviz.arrays import numbers
from gmmviz.datasets.base import Dataset
from gmmviz.errors import InputError, counted, within
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Number, options
from gmmviz.starts.base import STARTS, Start, covariance_of


@STARTS.register("given")
@options
class Given(Start):
    """Means as they are written down, with weights and covariances of your own or without."""

    means: tuple[tuple[Number, ...], ...]
    """One list of coordinates per component, in the data's units."""
    covariances: tuple[tuple[tuple[Number, ...], ...], ...] | None = None
    """One square matrix per component, as a list of rows, in the data's units squared; default: the covariance of
    the data for each, of the run's covariance type."""
    weights: tuple[Number, ...] | None = None
    """Mixing coefficients, one per component, summing to 1; default: equal."""

    def components_given(self) -> int:
        return len(self.means)

    def completion(self) -> str:
        if self.covariances is not None:
            return ""
        if self.weights is not None:
            return "the start gives no covariances: they are the data's"
        return "the start gives means alone: the weights are equal, the covariances the data's"

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        if len(self.means) != n_components:
            raise InputError(
                f"the start gives {counted(len(self.means), 'mean')} for {counted(n_components, 'component')}",
                "start",
                "means",
            )
        K, D = n_components, data.points.shape[1]
        weights = np.full(K, 1 / K) if self.weights is None else self.weights
        with within("start"):
            means = numbers("means", self.means)
            if means.shape[1:] != (D,):
                raise InputError(
                    f"means must have {counted(D, 'coordinate')} each, like {data.name}, not {means.shape[1]}",
                    "means",
                )
            covariances = [covariance_of(data)] * K if self.covariances is None else self.covariances
            return Mixture.of(weights, means, covariances)
