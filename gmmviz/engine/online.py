"""Online EM: an M-step after every few points, by stochastic approximation (Cappé & Moulines 2009).

It keeps running averages of the sufficient statistics. Each batch of points pulls them a step toward its own
statistics, and the M-step takes them for those of all points. So a pass over the data makes many steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Annotated

import numpy as np
from pydantic import Field, Strict

from gmmviz.arrays import Array
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.e_step import EStep
from gmmviz.engine.fixed import Fixed
from gmmviz.engine.m_step import MStep
from gmmviz.engine.rows import Known
from gmmviz.engine.statistics import Statistics
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, NotNegative, Seed, options


@options
class Online:
    """How online EM walks: batch t pulls the running averages by (t + offset) to the power -decay."""

    batch_size: Count = 50
    """Points between two M-steps. They are drawn anew in each pass over the data, each point once."""
    decay: Annotated[float, Strict(), Field(gt=0.5, le=1)] = 0.6
    """How quickly the steps become smaller: by more than 0.5 they settle, by at most 1 they get anywhere."""
    offset: NotNegative = 1.0
    """How many batches seem to have gone before. With 0 the first batch leaves nothing of the start, so it should
    have points for each component."""
    seed: Seed = 0
    """Of the order of the points."""

    def steps(self) -> Iterator[float]:
        """Give the step sizes, one after the other.

        Yields
        ------
        float
            That of batch 1, 2, 3, ...; 1 would forget all batches before.
        """
        for t in count(1):
            yield (t + self.offset) ** -self.decay


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points that are asked a few at a time.

    Parameters
    ----------
    points : ndarray, shape (N, D)
    weights : ndarray, shape (N,), optional
    known : ndarray of int, shape (N,), optional
    gaps : bool
        As for `EStep.of`.
    """

    points: Array
    weights: Array | None = None
    known: Known | None = None
    gaps: bool = False

    def batches(
        self, size: int, rng: np.random.Generator, of: Callable[..., EStep]
    ) -> Iterator[tuple[EStep, float]]:
        """Yield the E-steps of some points after those of others, and for how many points each of them stands."""
        n_points = len(self.points)
        order = np.arange(n_points) if size >= n_points else rng.permutation(n_points)
        for begin in range(0, n_points, size):
            rows = order[begin : begin + size]
            weights, known = (None if each is None else each[rows] for each in (self.weights, self.known))
            yield of(self.points[rows], weights, known, gaps=self.gaps), n_points / len(rows)


@dataclass(frozen=True, slots=True, eq=False)
class OnlineStep:
    """A pass of online EM over the points, in the place of the M-step of a run.

    Parameters
    ----------
    points : Points
    m_step : MStep
        What the running statistics make of a mixture.
    online : Online
    """

    points: Points
    m_step: MStep
    online: Online

    @property
    def fixed(self) -> Fixed | None:
        """What stays as it is."""
        return self.m_step.fixed

    def inside(self, coordinates: Coordinates, unit: float) -> Walk:
        """Return the beginning of a run for mixtures in these coordinates, and points that have this unit."""
        points, rng = self.points, np.random.default_rng(self.online.seed)
        own = points if points.weights is None else replace(points, weights=points.weights / unit)
        return Walk(
            lambda: own.batches(self.online.batch_size, rng, partial(EStep.of, coordinates=coordinates)),
            self.m_step.inside(coordinates, unit),
            self.online.steps(),
            len(points.points),
        )


class Walk:
    """A run of online EM: it remembers the running statistics, and how many steps it has taken.

    Parameters
    ----------
    batches : callable
        Gives the E-steps of a pass, each with the number of points that a point of it stands for.
    m_step : MStep
    steps : iterator of float
        Step sizes.
    n_points : int

    Attributes
    ----------
    prior : Conjugate or None
        That of the M-step.
    """

    def __init__(
        self,
        batches: Callable[[], Iterator[tuple[EStep, float]]],
        m_step: MStep,
        steps: Iterator[float],
        n_points: int,
    ) -> None:
        self.prior = m_step.prior
        self._batches, self._m_step, self._steps, self._n_points = batches, m_step, steps, n_points
        self._running: Statistics | None = None

    def __call__(self, statistics: Statistics, mixture: Mixture) -> Mixture:
        """Return the mixture after a pass.

        Parameters
        ----------
        statistics : Statistics
            Of all points, which are not looked at.
        mixture : Mixture
            The last one; that of the start stands for the points before the first one.
        """
        running = self._running or Statistics(
            self._n_points * mixture.weights, mixture.means, mixture.covariances, 0.0, 0.0
        )
        for e_step, times in self._batches():
            step, found = next(self._steps), e_step(mixture)
            found = replace(found, counts=found.counts * times)
            running = found if step == 1 else _times(1 - step, running) + _times(step, found)
            if running.counts.any():  # or else points without a weight to speak of have replaced the start
                mixture = self._m_step(running, mixture)
        self._running = running
        return mixture


def _times(share: float, statistics: Statistics) -> Statistics:
    return replace(statistics, counts=share * statistics.counts)
