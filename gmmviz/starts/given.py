"""A start whose numbers are given."""

from __future__ import annotations

from gmmviz.datasets.base import Dataset
from gmmviz.errors import InputError, brief, within
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Number, options
from gmmviz.starts.base import STARTS, Start


@STARTS.register("given")
@options
class Given(Start):
    """Weights, means and covariances as they are written down."""

    means: tuple[tuple[Number, ...], ...]
    """One list of coordinates per component, in the data's units."""
    covariances: tuple[tuple[tuple[Number, ...], ...], ...]
    """One square matrix per component, as a list of rows, in the data's units squared."""
    weights: tuple[Number, ...] | None = None
    """Mixing coefficients, one per component, summing to 1; default: equal."""

    def components_given(self) -> int:
        return len(self.means)

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        if len(self.means) != n_components:
            raise InputError(
                f"the start gives {len(self.means)} means for {brief(n_components)} components", "start", "means"
            )
        weights = self.weights or (1 / n_components,) * n_components
        with within("start"):
            return Mixture.of(weights, self.means, self.covariances)
