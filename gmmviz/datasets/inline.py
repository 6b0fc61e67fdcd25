"""Points that stand in the scene itself, as the page of `gmmviz explore` writes those that were added there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.errors import InputError, counted
from gmmviz.options import NotNegative, Number, options


@DATASETS.register("points")
@options
class PointList(DatasetSource):
    """Points that are written down in the scene."""

    points: Annotated[tuple[Annotated[tuple[Number, ...], Field(min_length=1)], ...], Field(min_length=1)]
    """One list of coordinates per point."""
    features: tuple[str, ...] = ()
    """What the coordinates are, with units, as they stand on the axes; default: x1, x2, ..."""
    name: str = "the points"
    """What captions and messages call them."""
    weights: tuple[NotNegative, ...] | None = None
    """How often each point counts; default: once."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Return the points.

        Parameters
        ----------
        folder : Path, optional
            Not used.

        Returns
        -------
        Dataset

        Raises
        ------
        InputError
            If some points have other numbers of coordinates than the first.
        """
        D = len(self.points[0])
        for n, point in enumerate(self.points):
            if len(point) != D:
                raise InputError(
                    f"point {n} has {counted(len(point), 'coordinate')}, the first one has {D}", "points", n
                )
        if self.weights is not None and len(self.weights) != len(self.points):
            raise InputError(
                f"{counted(len(self.weights), 'weight')} for {counted(len(self.points), 'point')}: give one each",
                "weights",
            )
        weights = None if self.weights is None else np.array(self.weights)
        return Dataset(np.array(self.points), self.features, self.name, weights=weights)
