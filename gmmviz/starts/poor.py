"""Deliberately poor starts: what lectures show EM failing from."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.errors import InputError, counted
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Positive, Seed, options
from gmmviz.starts.base import STARTS, Start, check_components, coordinates_of, looked_at, upright
from gmmviz.starts.random_points import RandomPoints


@STARTS.register("corner")
@options
class Corner(Start):
    """All means close together in one corner of the data."""

    corner: Literal["lower", "upper"] = "lower"
    """Where: at the lower or the upper end of every feature."""
    seed: Seed = 0
    """Another seed, other places within the corner."""
    scale: Positive = 0.5
    """Standard deviations of the first components, as a fraction of the data's."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        check_components(data, n_components)
        data = looked_at(data, self.seed)
        rng = np.random.default_rng(self.seed)
        low, high = data.counting[0].min(axis=0), data.counting[0].max(axis=0)
        away = 0.1 * (high - low) * rng.random((n_components, len(low)))
        return upright(data, low + away if self.corner == "lower" else high - away, self.scale)


@STARTS.register("identical")
@options
class Identical(Start):
    """All components the same: EM cannot tell them apart, and they stay the same forever."""

    scale: Positive = 1.0
    """Standard deviations of the components, as a fraction of the data's."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        check_components(data, n_components)
        return upright(data, np.tile(coordinates_of(data).center, (n_components, 1)), self.scale)


@STARTS.register("on_point")
@options
class OnPoint(Start):
    """One component small and on a single point, the others on random points: the way to the singularity."""

    point: Seed = 0
    """The point, counted from 0, as rows of an array are; captions count from 1."""
    width: Positive = 0.01
    """Standard deviations of the component on the point, as a fraction of the data's."""
    seed: Seed = 0
    """Another seed, other points for the other components."""

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        if self.point >= len(data.points):
            points = counted(len(data.points), "point")
            raise InputError(
                f"there is no point {self.point:,}: {data.name} has {points}, the first of them 0",
                "start",
                "point",
            )
        others = RandomPoints(seed=self.seed).mixture(data, n_components)
        small: Array = upright(data, data.points[[self.point]], self.width).covariances
        means, covariances = others.means.copy(), others.covariances.copy()
        means[0], covariances[0] = data.points[self.point], small[0]
        return Mixture(others.weights, means, covariances)
