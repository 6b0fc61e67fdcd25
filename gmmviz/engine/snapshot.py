"""The state of a run after an M-step, and what is worth telling about it.

A snapshot is made right after an E-step, so its log-likelihood and counts are those of its own
mixture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gmmviz.arrays import Array, frozen, numbers
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import checked


@checked
@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling about an iteration.

    Parameters
    ----------
    kind : str
        ``"collapsed"``: a covariance has become singular, and the run ends here. ``"dead"``: no point wants
        a component any more, or too few do for the prior. ``"decreased"``: the log-likelihood, or with a prior the
        log-posterior, fell, as regularization can make it.
        ``"held"``: regularization alone keeps a component from collapsing.
        ``"converged"``: the run ends because hardly anything changes. ``"completed"``: the start was given in
        part, and this says what the rest is.
    message : str
        The same in words, for a caption; components and points are counted from 1 there, as in the pictures.
    component, point : int, optional
        The component it happened to and the point it happened at, counted from 0.
    """

    kind: str
    message: str
    component: int | None = None
    point: int | None = None


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The state of a run after `iteration` M-steps.

    Parameters
    ----------
    iteration : int
        0 is the start.
    mixture : Mixture
        The parameters.
    log_likelihood : float
        Total over the points, in nats, of this mixture (Bishop eq. 9.14); weighted, where the points are.
    counts : array_like, shape (K,)
        N_k, the sum of responsibilities of each component under this mixture (Bishop eq. 9.27); weighted likewise.
    events : tuple of Event
        What is worth telling about this iteration.
    objective : float, optional
        What the algorithm climbs, in nats: the log-likelihood, unless assignments are hard or there is a prior.
    """

    iteration: int
    mixture: Mixture
    log_likelihood: float
    counts: Array
    events: tuple[Event, ...] = ()
    objective: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", frozen(numbers("counts", self.counts)))
        if self.objective is None:
            object.__setattr__(self, "objective", self.log_likelihood)

    def _repr_html_(self) -> str:
        caption = f"Iteration {self.iteration}: log-likelihood {self.log_likelihood:,.2f}"
        return self.mixture.table(caption.replace(" -", " −"))

    @checked
    def with_event(self, event: Event) -> Snapshot:
        """Return the snapshot with one more event.

        Parameters
        ----------
        event : Event
            What happened.

        Returns
        -------
        Snapshot
            A new one; this one stays as it is.
        """
        return replace(self, events=(*self.events, event))
