"""What is worth telling about a run: who died, what fell, what regularization alone keeps, why it collapsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.m_step import MStep
from gmmviz.engine.rows import Known, Rows
from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.engine.statistics import TINY
from gmmviz.engine.trace import Trace
from gmmviz.errors import CollapseError, counted, listed
from gmmviz.mixture.covariance import Constraint, one_sphere, spherical
from gmmviz.mixture.mixture import Missing, Mixture

FELL = 1e-10  # a smaller relative fall of the log-likelihood is rounding


def deaths(snapshots: list[Snapshot]) -> list[tuple[int, Event]]:
    """When which component died, by iteration: it lost its last point, or the prior on the weights its weight."""
    dead = np.array([snapshot.counts for snapshot in snapshots]) == 0
    new = dead.copy()
    new[1:] &= ~dead[:-1]
    return [(t, Event("dead", _why(snapshots[t], k), k)) for t, k in np.argwhere(new).tolist()]


def _why(snapshot: Snapshot, component: int) -> str:
    """Say that a component has died, in the iteration in which it was first seen to have no point."""
    if snapshot.iteration > 0 and snapshot.mixture.weights[component] == 0:
        return f"component {component + 1} has died: it had too few points for the prior"
    return f"component {component + 1} has died: no point wants it"


def falls(
    snapshots: list[Snapshot], betas: Sequence[float] = (1.0,), *, has_prior: bool = False
) -> list[tuple[int, Event]]:
    """When the objective fell, by iteration, while it was the same.

    It is another one where a component died that the prior on the weights left out, and at another temperature.
    """
    objectives = np.array([snapshot.objective for snapshot in snapshots])
    fell = objectives[:-1] - objectives[1:]
    told = fell > FELL * (1 + np.abs(objectives[1:]))
    if has_prior:
        alive = np.array([snapshot.mixture.weights > 0 for snapshot in snapshots])
        told &= (alive[:-1] == alive[1:]).all(axis=1)
    told[: len(betas) - 1] &= np.array([a == b for a, b in pairwise(betas[: len(snapshots)])], np.bool_)
    say = "the log-posterior fell by {:.3g}" if has_prior else "the log-likelihood fell by {:.3g}"
    return [(t + 1, Event("decreased", say.format(fell[t]))) for t in np.flatnonzero(told).tolist()]


def held(last: Snapshot, m_step: MStep, small: Array) -> list[Event]:
    """Which components of the fit regularization alone keeps from collapsing.

    They are those whose own points, without what was added, are flat: whose variance in some direction is less
    than was added, and `small`, shape (D,). A component that is only smaller than a large ridge could stay.
    """
    if not np.all(m_step.ridge):
        return []
    ridge = np.broadcast_to(m_step.ridge, last.mixture.n_features)
    root = np.sqrt(np.minimum(ridge, small))
    own = (last.mixture.covariances - np.diag(ridge)) / root[:, None] / root
    near = (np.linalg.eigvalsh(own)[:, 0] < 1) & (last.counts > 0)
    if m_step.fixed:
        near &= ~m_step.fixed.covariances
    return [
        Event("held", f"component {k + 1} would have collapsed, but for regularization", k)
        for k in np.flatnonzero(near).tolist()
    ]


def flat_features(
    data: Dataset, coordinates: Coordinates, ridge: Array | float, constrain: Constraint
) -> list[str]:
    """Constant features that make every covariance singular, since neither a ridge nor another feature helps."""
    constant = coordinates.variances == 0
    if constrain in (spherical, one_sphere) and not constant.all():
        return []
    flat = constant & (ridge <= TINY * coordinates.scale**2)
    return [name for name, is_flat in zip(data.feature_names, flat, strict=True) if is_flat]


def constant_event(features: list[str], component: int) -> Event:
    """Say that a run collapses at once, since these features are constant."""
    are = "features {} are" if len(features) > 1 else "feature {} is"
    return Event("collapsed", f"{are.format(listed(features, 'and'))} constant", component)


def collapse_event(data: Dataset, snapshot: Snapshot, component: int) -> Event:
    """Say onto which point a component has collapsed."""
    found = Rows(data.points, data.weights).look(_Nearest.of, snapshot.mixture, component, data.missing)
    point = found.row
    return Event("collapsed", f"component {component + 1} has collapsed onto point {point + 1}", component, point)


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The point of some that a component wants most.

    Parameters
    ----------
    n_points, row : int
    log_joint : float
        Its density, weighted by the component.
    """

    n_points: int
    row: int
    log_joint: float

    @classmethod
    def of(
        cls,
        points: Array,
        weights: Array | None,
        known: Known | None,
        mixture: Mixture,
        component: int,
        missing: Missing,
    ) -> _Nearest:
        joint = mixture.log_joint(points, missing)[component]
        if weights is not None:
            joint = np.where(weights > 0, joint, -np.inf)
        row = int(joint.argmax())
        return cls(len(points), row, float(joint[row]))

    def __add__(self, other: _Nearest) -> _Nearest:
        further = other.log_joint > self.log_joint
        row, log_joint = (self.n_points + other.row, other.log_joint) if further else (self.row, self.log_joint)
        return _Nearest(self.n_points + other.n_points, row, log_joint)


def collapse_error(trace: Trace) -> CollapseError:
    """Make the error of a run that has collapsed, with what to do about it."""
    event = trace[-1].events[-1]
    assert event.component is not None
    if event.point is None:
        advice = "so that every covariance is singular: set reg_covar, or leave constant features out"
        return CollapseError(event.component, f"{event.message}, {advice}")
    return CollapseError(
        event.component,
        f"{event.message} after {counted(trace[-1].iteration, 'iteration')}: set reg_covar, fit fewer "
        "components, or let on_collapse='restart' try other starts",
    )
