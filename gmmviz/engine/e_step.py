"""The E-step of a run: the points, as it asks them, and the temperature at which it does."""

from __future__ import annotations

from dataclasses import dataclass

from gmmviz.engine.algorithms import Assignment
from gmmviz.engine.blocks import Blocks, Coordinates
from gmmviz.engine.statistics import Statistics, sufficient_statistics
from gmmviz.mixture.mixture import Mixture


@dataclass(frozen=True, slots=True, eq=False)
class EStep:
    """The expected sufficient statistics of points, under any mixture.

    Parameters
    ----------
    blocks : Blocks
        The points.
    assignment : {"soft", "hard"}
    """

    blocks: Blocks
    assignment: Assignment = "soft"

    @property
    def coordinates(self) -> Coordinates:
        """Those of the mixtures that are asked about."""
        return self.blocks.coordinates

    @property
    def unit(self) -> float:
        """The weight by which the points' weights are divided."""
        return self.blocks.unit

    @property
    def log_volume(self) -> float:
        """How much larger the log-likelihood of all points is inside than in the data's units, in nats."""
        n_points: int = self.blocks.n_points
        return n_points * self.coordinates.log_volume

    def __call__(self, mixture: Mixture) -> Statistics:
        """Return the statistics under a mixture in the coordinates inside.

        Raises
        ------
        CollapseError
            If a covariance is singular.
        """
        return sufficient_statistics(self.blocks, mixture, self.assignment, self.blocks.weights)
