"""A sample drawn from a mixture that the scene gives: data whose truth is known."""

from __future__ import annotations

from pathlib import Path

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.mixture import Mixture
from gmmviz.options import Count, Number, Seed, options


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
