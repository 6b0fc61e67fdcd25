"""Shapes that are not Gaussian: a mixture can describe them, but its components mean nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.options import Count, Number, Positive, Seed, options


@DATASETS.register("moons")
@options
class Moons(DatasetSource):
    """Two half circles of radius 1 that reach into each other."""

    n_points: Count = 400
    """How many points to draw, half of them from each moon."""
    noise: Positive = 0.08
    """Standard deviation of the points around their half circle."""
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
            Its `labels` are the moons: 0 for the upper one, 1 for the lower one.
        """
        rng = np.random.default_rng(self.seed)
        labels = np.arange(self.n_points) % 2
        angles = np.pi * (rng.random(self.n_points) - labels)
        points = np.column_stack([np.cos(angles) + labels, np.sin(angles) + 0.5 * labels])
        points += self.noise * rng.standard_normal(points.shape)
        return Dataset(points, name="moons", labels=labels)


@DATASETS.register("rings")
@options
class Rings(DatasetSource):
    """Two circles around the origin."""

    n_points: Count = 400
    """How many points to draw, half of them from each ring."""
    radii: tuple[Number, Number] = (1.0, 2.5)
    """Of the inner and the outer ring; 0 makes a round cloud."""
    noise: Positive = 0.12
    """Standard deviation of the points around their circle."""
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
            Its `labels` are the rings: 0 for the inner one, 1 for the outer one.
        """
        rng = np.random.default_rng(self.seed)
        labels = np.arange(self.n_points) % 2
        angles = 2 * np.pi * rng.random(self.n_points)
        points = np.take(self.radii, labels)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
        points += self.noise * rng.standard_normal(points.shape)
        return Dataset(points, name="rings", labels=labels)
