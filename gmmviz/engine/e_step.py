"""The E-step of a run: the points, as it asks them, whole or with gaps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array, patterns
from gmmviz.engine.blocks import Blocks, Coordinates
from gmmviz.engine.fast import tell, to_responsibilities
from gmmviz.engine.rows import Known
from gmmviz.engine.statistics import Statistics, cholesky_factors, sufficient_statistics
from gmmviz.mixture.covariance import symmetric
from gmmviz.mixture.mixture import Mixture, gains, of_features


class EStep:
    """The expected sufficient statistics of points, under any mixture.

    Parameters
    ----------
    blocks : Blocks
        The points.

    Attributes
    ----------
    coordinates : Coordinates
        Those of the mixtures that are asked about.
    unit : float
        The weight by which the points' weights are divided.
    total_weight : float
        Of all points.
    log_volume : float
        How much larger the log-likelihood of all points is inside than in the data's units, in nats.
    """

    coordinates: Coordinates
    unit: float
    total_weight: float
    log_volume: float

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self.coordinates, self.unit = blocks.coordinates, blocks.unit
        self.total_weight = blocks.n_points * blocks.unit
        self.log_volume = blocks.n_points * self.coordinates.log_volume

    @classmethod
    def of(
        cls,
        points: Array,
        weights: Array | None = None,
        known: Known | None = None,
        *,
        gaps: bool = False,
        coordinates: Coordinates | None = None,
    ) -> EStep:
        """Make the E-step of points, shape (N, D).

        Where they have gaps, NaN is a value that is missing. Coordinates and weights are as for `Blocks`.
        """
        if gaps:
            return MarginalEStep(points, weights, known, coordinates)
        return cls(Blocks(points, weights, known, coordinates))

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
        return sufficient_statistics(self._blocks, mixture, beta)


@dataclass(frozen=True, slots=True, eq=False)
class _Alike:
    """Points that have the same gaps: what they have of which features."""

    seen: npt.NDArray[np.intp]
    blocks: Blocks
    n_points: int
    weights: Array | None
    known: Known | None


class MarginalEStep(EStep):
    """The same, where values are missing (Ghahramani & Jordan 1994).

    Points with the same gaps are asked together, about the features that they have. What they say of the others
    follows: a missing value has a conditional mean and a conditional covariance in each component.

    Parameters
    ----------
    points : ndarray, shape (N, D)
        NaN where a value is missing.
    weights : ndarray, shape (N,), optional
    known : ndarray of int, shape (N,), optional
    coordinates : Coordinates, optional
        As for `Blocks`.
    """

    def __init__(
        self,
        points: Array,
        weights: Array | None = None,
        known: Known | None = None,
        coordinates: Coordinates | None = None,
    ) -> None:
        self.unit = 1.0 if weights is None or coordinates else float(weights.mean())
        own = None if weights is None else weights / self.unit
        self.coordinates = coordinates or Coordinates.of_observed(points, own)
        self.total_weight = len(points) * self.unit
        self.log_volume = 0.0
        self._parts: list[_Alike] = []
        for seen, rows in patterns(points):
            some = None if own is None else own[rows]
            told = None if known is None else known[rows]
            here = self.coordinates.of_features(seen)
            blocks = Blocks(points[np.ix_(rows, seen)], some, told, here)
            self.log_volume += here.log_volume * (len(rows) if some is None else float(some.sum()))
            self._parts.append(_Alike(seen, blocks, len(rows), some, told))

    def __call__(self, mixture: Mixture, beta: float = 1.0) -> Statistics:
        """Return the statistics under a mixture in the coordinates inside; see `EStep`."""
        cholesky_factors(mixture.covariances)
        return reduce(add, (_asked(part, mixture, beta) for part in self._parts))


def _asked(part: _Alike, mixture: Mixture, beta: float) -> Statistics:
    """Return the statistics of points that have the same gaps."""
    if len(part.seen) == 0:
        return _of_nothing(part, mixture, beta)
    found = sufficient_statistics(part.blocks, of_features(mixture, part.seen), beta)
    return found if len(part.seen) == mixture.n_features else _completed(found, mixture, part.seen)


def _completed(found: Statistics, mixture: Mixture, seen: npt.NDArray[np.intp]) -> Statistics:
    """Return statistics of all features, from those of the features that are seen."""
    gaps = np.setdiff1d(np.arange(mixture.n_features), seen)
    follow = gains(mixture, seen)
    means, covariances = np.empty(mixture.means.shape), np.empty(mixture.covariances.shape)
    means[:, seen] = found.means
    away = found.means - mixture.means[:, seen]
    means[:, gaps] = mixture.means[:, gaps] + np.einsum("kgs,ks->kg", follow, away)
    across = follow @ found.covariances
    spread = mixture.covariances[:, gaps]
    conditional = spread[:, :, gaps] - follow @ spread[:, :, seen].transpose(0, 2, 1)
    covariances[:, seen[:, None], seen] = found.covariances
    covariances[:, gaps[:, None], seen] = across
    covariances[:, seen[:, None], gaps] = across.transpose(0, 2, 1)
    covariances[:, gaps[:, None], gaps] = across @ follow.transpose(0, 2, 1) + conditional
    return Statistics(found.counts, means, symmetric(covariances), found.log_likelihood, found.objective)


def _of_nothing(part: _Alike, mixture: Mixture, beta: float) -> Statistics:
    """Return the statistics of points without any value: each is divided by the weights, and is where they say."""
    with np.errstate(divide="ignore"):
        joint = np.repeat(np.log(mixture.weights)[:, None], part.n_points, axis=1)
    if part.known is not None:
        tell(joint, part.known)
    sums = to_responsibilities(joint, beta, part.weights)
    return Statistics(joint.sum(axis=1), mixture.means, mixture.covariances, *sums)
