"""Which iterations a film shows step by step, and which of their E-steps anybody could see.

An E-step in which no point's responsibilities change by a twentieth looks like no step at all. A film that
announced it would teach that E-steps do nothing, so it is passed over, in words and in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.trace import Trace, shares
from gmmviz.errors import InputError
from gmmviz.storyboard.pace import Pace

SEEN = 0.05  # half the sum over k of |change of r_nk|, of the point n that changes most
SOME = 1000  # points, at most, that are looked at
MOST = 2000  # iterations, at most, among which stops are looked for


@dataclass(frozen=True, slots=True)
class Stops:
    """The iterations that a film of some runs shows step by step.

    Parameters
    ----------
    iterations : tuple of int
        Rising, from 1.
    unseen : frozenset of int
        Those of them whose E-step changes no point that one could see; and the number after the last iteration, if
        the colors at the end are those of the last E-step.
    last : int
        The last iteration of the longest run.
    """

    iterations: tuple[int, ...]
    unseen: frozenset[int]
    last: int


def choose_stops(traces: Sequence[Trace], pace: Pace) -> Stops:
    """Choose the iterations that a film of these runs shows step by step.

    Parameters
    ----------
    traces : sequence of Trace
        The film's runs.
    pace : Pace
        Whose `iterations` decides.

    Returns
    -------
    Stops

    Raises
    ------
    InputError
        If the pace names an iteration that no run has.
    """
    last = max(len(trace) for trace in traces) - 1
    looks = [_Look(trace) for trace in traces]

    def seen(t: int) -> bool:
        return any(look.change(t) >= SEEN for look in looks)

    if pace.iterations == "all":
        chosen = tuple(range(1, last + 1))
    elif isinstance(pace.iterations, tuple):
        beyond = [t for t in pace.iterations if t > last]
        if beyond:
            raise InputError(f"there is no iteration {beyond[0]}; the run ends after {last}", "iterations")
        chosen = tuple(sorted(set(pace.iterations)))
    else:
        n_stops = min(pace.iterations, last)
        chosen = _spread(max(traces, key=len), n_stops, [t for t in _evenly(last) if t == 1 or seen(t)])
    return Stops(chosen, frozenset(t for t in (*chosen, last + 1) if not seen(t)), last)


def _evenly(last: int) -> list[int]:
    return sorted({int(t) for t in np.linspace(1, last, min(last, MOST))})


def _spread(trace: Trace, n_stops: int, candidates: list[int]) -> tuple[int, ...]:
    """Choose the first candidate, and others that are equally much progress apart."""
    last = len(trace) - 1
    # Equal steps of log(1 + rise) tell early leaps apart, and do not fill the film with a plateau.
    rises = np.log1p(np.abs(np.diff(trace.log_likelihoods)))
    progress = np.concatenate([[0.0], np.cumsum(rises + rises.sum() / (20 * max(last, 1)))])
    chosen = set(candidates[:1])
    for wanted in np.linspace(progress[min(1, last)], progress[-1], n_stops + 1)[1:-1]:
        free = [t for t in candidates if t not in chosen]
        if free:
            chosen.add(min(free, key=lambda t: abs(progress[t] - wanted)))
    return tuple(sorted(chosen))


class _Look:
    """How much each E-step of a run changes the point that it changes most."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._some = slice(None, None, len(trace.data.points) // SOME + 1)
        self._found: tuple[int, Array] | None = None

    def change(self, t: int) -> float:
        """Half the largest sum of changes in the E-step of iteration t; 1 in the first one, 0 after the last."""
        if t == 1:
            return 1.0
        if t > len(self._trace):
            return 0.0
        before = (
            self._found[1] if self._found and self._found[0] == t - 2 else shares(self._trace, t - 2, self._some)
        )
        now = shares(self._trace, t - 1, self._some)
        self._found = t - 1, now
        return float(np.abs(now - before).sum(axis=1).max() / 2)
