"""The E-step of a run: the points, as it asks them."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    blocks: Blocks

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

    def __call__(self, mixture: Mixture, beta: float = 1.0) -> Statistics:
        """Return the statistics under a mixture in the coordinates inside.

        Parameters
        ----------
        mixture : Mixture
        beta : float
            As for `gmmviz.engine.fast.to_responsibilities`: 1 for EM, infinity for hard assignments.

        Raises
        ------
        CollapseError
            If a covariance is singular.
        """
        return sufficient_statistics(self.blocks, mixture, beta, self.blocks.weights, self.blocks.known)
