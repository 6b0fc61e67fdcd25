"""The record of a run: one snapshot per iteration, each of which belongs together.

A snapshot is made right after an E-step, so its log-likelihood and counts are those of its own
mixture. Responsibilities follow from the mixture and are derived on demand, so that the record of a
million points stays as small as that of ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from gmmviz.arrays import Array, frozen
from gmmviz.datasets.base import Dataset
from gmmviz.mixture import Mixture


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling about an iteration.

    Parameters
    ----------
    kind : str
        ``"collapsed"``: a covariance has become singular, and the run ends here.
    message : str
        The same in words, for a caption.
    component : int, optional
        The component it happened to, counted from 0.
    """

    kind: str
    message: str
    component: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The state of a run after `iteration` M-steps.

    Parameters
    ----------
    iteration : int
        0 is the start.
    mixture : Mixture
    log_likelihood : float
        Total over the points, in nats, of this mixture (Bishop eq. 9.14).
    counts : array_like, shape (K,)
        N_k, the sum of responsibilities of each component under this mixture (Bishop eq. 9.27).
    events : tuple of Event
        What is worth telling about this iteration.
    """

    iteration: int
    mixture: Mixture
    log_likelihood: float
    counts: Array
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", frozen(self.counts))


@dataclass(frozen=True, slots=True, eq=False)
class Trace(Sequence[Snapshot]):
    """A run, as a sequence of snapshots: ``trace[0]`` is the start, ``trace[t]`` has had t M-steps.

    Parameters
    ----------
    data : Dataset
    snapshots : sequence of Snapshot
    stop_reason : str
        ``"converged"``, ``"max_iter"`` or ``"collapsed"``.
    settings : mapping
        How the run was made, for captions and tables.
    """

    data: Dataset
    snapshots: tuple[Snapshot, ...]
    stop_reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "snapshots", tuple(self.snapshots))

    @overload
    def __getitem__(self, index: int) -> Snapshot: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Snapshot]: ...
    def __getitem__(self, index: int | slice) -> Snapshot | Sequence[Snapshot]:
        return self.snapshots[index]

    def __len__(self) -> int:
        return len(self.snapshots)

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self.snapshots)

    def __repr__(self) -> str:
        n_points, n_features = self.data.points.shape
        first, last = self[0], self[-1]
        return (
            f"<Trace of {self.data.name}: {n_points} points, {n_features} features, "
            f"{last.mixture.n_components} components; {last.iteration} iterations ({self.stop_reason}), "
            f"log-likelihood {first.log_likelihood:.6f} -> {last.log_likelihood:.6f}>"
        )

    @property
    def n_components(self) -> int:
        """Number of components, K."""
        return self[0].mixture.n_components

    @property
    def log_likelihoods(self) -> Array:
        """Total log-likelihood of each snapshot, shape (T,), in nats."""
        return np.array([snapshot.log_likelihood for snapshot in self])

    def responsibilities(self, t: int) -> Array:
        """Responsibilities under ``trace[t].mixture``, shape (N, K), each row summing to 1."""
        return self[t].mixture.responsibilities(self.data.points)
