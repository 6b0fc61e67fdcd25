"""EM on its way from a start: E-steps and M-steps in turn, each state given out in the data's units."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from itertools import repeat

from gmmviz.engine.e_step import EStep
from gmmviz.engine.m_step import MStep
from gmmviz.engine.online import OnlineStep
from gmmviz.engine.snapshot import Snapshot
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import unchecked

_snapshot = unchecked(Snapshot)


def iterations(
    start: Mixture, e_step: EStep, m_step: MStep | OnlineStep, betas: Iterable[float] = repeat(1.0), first: int = 0
) -> Generator[Snapshot, None, None]:
    """Run EM for as long as anybody asks.

    Parameters
    ----------
    start : Mixture
        In the data's units, as the snapshots are.
    e_step : EStep
        It knows the points.
    m_step : MStep or OnlineStep
        In the data's units.
    betas : iterable of float
        The inverse temperature of each E-step: 1 for EM, infinity for hard assignments.
    first : int
        The number of M-steps that `start` has had.

    Yields
    ------
    Snapshot
        The mixture after 0, 1, 2, ... M-steps, with its own log-likelihood and counts; the first holds `start`.

    Raises
    ------
    CollapseError
        When a covariance has become singular.
    """
    coordinates, unit, shift = e_step.coordinates, e_step.unit, e_step.log_volume
    fixed, step = m_step.fixed, m_step.inside(coordinates, unit)
    mixture, inside = start, coordinates.inward(start)
    for iteration, beta in enumerate(betas, first):
        statistics = e_step(inside, beta)
        yield _snapshot(
            iteration,
            mixture,
            (statistics.log_likelihood - shift) * unit,
            statistics.counts * unit,
            objective=(statistics.objective - shift) * unit
            + (step.prior.log_density(inside) if step.prior else 0.0),
        )
        inside = step(statistics, inside)
        mixture = coordinates.outward(inside)
        if fixed:
            mixture = fixed.hold(mixture)
