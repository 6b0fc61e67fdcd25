"""What one run shows at a moment of a film.

It depends on the run and the moment alone, so any frame can be made by itself, in any order, in any process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.snapshot import Snapshot
from gmmviz.engine.trace import Trace
from gmmviz.mixture.covariance import symmetric
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import checked
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.timeline import Moment, Phase
from gmmviz.storyboard.vocabulary import ENGLISH, Words

CAPTIONS = Captions()


class Attention(NamedTuple):
    """Where to look, from 0 to 1 each: as far as one of them stands out, the other steps back."""

    points: float
    components: float


@checked
@dataclass(frozen=True, eq=False)
class Frame:
    """What one run shows at a moment; all of it belongs together.

    Parameters
    ----------
    moment : Moment
        The frame's place on the film's clock.
    trace : Trace
        The run.
    iteration : int
        The iteration under way: 0 at the start, then the M-steps done or begun.
    mixture : Mixture
        The mixture to draw, which is between two snapshots while the components move.
    coloring : float
        How much of the responsibilities shows: 0 before the first E-step, 1 after it.
    blend : tuple (earlier, later, progress)
        The snapshots whose E-steps the colors come from and go to, and how far they have come, from 0 to 1.
    snapshot : Snapshot
        The last real state, whose numbers are printed.
    position : float
        Where the run is on an axis of iterations.
    label, caption : str
        What is happening, in words: what is printed bold, and what follows it.
    ending : str
        How the run ended, in a word or two, once it has; empty before.
    """

    moment: Moment
    trace: Trace
    iteration: int
    mixture: Mixture
    coloring: float
    blend: tuple[int, int, float]
    snapshot: Snapshot
    position: float
    label: str
    caption: str
    ending: str = ""

    @cached_property
    def responsibilities(self) -> Array:
        """Responsibilities to draw, shape (N, K), which are between those of two E-steps while the colors move."""
        earlier, later, progress = self.blend
        if progress >= 1 or earlier == later:
            return _e_step(self.trace, later)
        left = _e_step(self.trace, earlier)
        if progress <= 0:
            return left
        return left + progress * (_e_step(self.trace, later) - left)

    @property
    def settled(self) -> Array:
        """Responsibilities to print, shape (N, K): those of a real E-step, which the colors are nearer to."""
        earlier, later, progress = self.blend
        return _e_step(self.trace, later if progress >= 0.5 else earlier)

    @cached_property
    def changes(self) -> Array:
        """How much the E-step under way changes each point, from 0 to 1, shape (N,); read-only.

        That is the share of its responsibilities which moves to other components: half the sum of what they all
        change. It is the same in the whole step, however far the colors have come. It is 0 where nothing changes,
        and in the first E-step, before which no point has been asked.
        """
        earlier, later, _ = self.blend
        return _change(self.trace, earlier, later)

    @property
    def attention(self) -> Attention:
        """Where to look: in an E-step at the points, in an M-step at the components.

        It rises smoothly from 0 in the first quarter of the step's way and falls to 0 in the last one. (While it
        stands, equal pixels stay equal, which keeps files small.) At the start and the end, in fast motion and
        once the run is over it is 0: all is shown as it is.
        """
        step = self.moment
        if step.phase not in ("e", "m") or step.before >= len(self.trace) - 1:
            return Attention(0.0, 0.0)
        risen = min(1.0, 4 * min(step.progress, 1 - step.progress))
        strength = risen * risen * (3 - 2 * risen)
        return Attention(strength, 0.0) if step.phase == "e" else Attention(0.0, strength)


_cached_responsibilities: WeakKeyDictionary[Trace, dict[int, Array]] = WeakKeyDictionary()
_caching = Lock()  # films of one run may be made in several threads


def _e_step(trace: Trace, t: int) -> Array:
    """Responsibilities of a snapshot; those used last are cached, two per run, since many frames show them."""
    with _caching:
        found = _cached_responsibilities.get(trace, {}).get(t)
    if found is None:
        found = trace.responsibilities(t)
        found.flags.writeable = False
        with _caching:
            cached = _cached_responsibilities.setdefault(trace, {})
            while len(cached) >= 2:
                del cached[next(iter(cached))]
            cached[t] = found
    return found


_cached_changes: WeakKeyDictionary[Trace, tuple[tuple[int, int], Array]] = WeakKeyDictionary()


def _change(trace: Trace, earlier: int, later: int) -> Array:
    """How much each point's responsibilities differ between two E-steps; the last one is cached for its frames."""
    with _caching:
        steps, found = _cached_changes.get(trace, ((-1, -1), np.empty(0)))
    if steps != (earlier, later):
        found = np.zeros(len(trace.data.points))
        if earlier != later:
            found = np.abs(_e_step(trace, later) - _e_step(trace, earlier)).sum(axis=1) / 2
            np.minimum(found, 1, out=found)  # rounding may exceed it
        found.flags.writeable = False
        with _caching:
            _cached_changes[trace] = (earlier, later), found
    return found


def frame_at(trace: Trace, moment: Moment, captions: Captions = CAPTIONS, words: Words = ENGLISH) -> Frame:
    """Return what the run shows at the moment; a run that has ended stays in its last state.

    Parameters
    ----------
    trace : Trace
        The run.
    moment : Moment
        From `moments`.
    captions : Captions
        The templates of what is said.
    words : Words
        Of the film.

    Returns
    -------
    Frame
    """
    last = len(trace) - 1
    previous, before, after = (min(t, last) for t in (moment.previous, moment.before, moment.after))
    phase: Phase = moment.phase
    if phase not in ("start", "end") and before == after:  # this run has ended, another goes on
        phase = "end"
    progress = moment.progress
    mixture, done, position = trace[before].mixture, before, position_at(trace, moment)
    coloring = 0.0 if phase == "start" else 1.0
    blend = (before, before, 1.0)
    if moment.phase in ("e", "end") or moment.alone:
        blend = (previous, before, progress)
    elif moment.phase == "fast":
        behind = min(max(moment.before - 1 + progress * (moment.after - moment.before), 0.0), float(last))
        blend = (int(behind), min(int(behind) + 1, last), behind - int(behind))
    if moment.before == 0 and moment.phase in ("e", "fast", "end"):
        coloring = progress
    if phase in ("m", "fast"):
        done = min(int(position), after)
        mixture = trace[done].mixture
        if done < after:
            mixture = between(mixture, trace[done + 1].mixture, position - done)
    label, caption = captions.say(
        trace, phase, before, after, done, first=moment.first, epilogue=moment.epilogue > 0, words=words
    )
    ending = captions.ending(trace, words) if phase == "end" else ""
    return Frame(moment, trace, after, mixture, coloring, blend, trace[done], position, label, caption, ending)


def position_at(trace: Trace, moment: Moment) -> float:
    """Return where the run is on an axis of iterations at a moment: where all runs are, until its own end."""
    moving = moment.progress * (moment.after - moment.before) if moment.phase in ("m", "fast") else 0.0
    return min(moment.before + moving, len(trace) - 1.0)


def between(a: Mixture, b: Mixture, progress: float) -> Mixture:
    """Return the mixture that is part of the way from `a` to `b`.

    Weights and means change linearly. Covariances change linearly in standard deviations: in coordinates where a
    component of `a` is a unit circle and that of `b` an upright ellipse, the half-axes change evenly. (This is the
    path of optimal transport in those coordinates.) So every covariance on the way is positive definite, and units
    make no difference. A straight line between covariances would swell halfway.

    Parameters
    ----------
    a, b : Mixture
        With equally many components.
    progress : float
        From 0 (`a`) to 1 (`b`).

    Returns
    -------
    Mixture
    """
    if progress <= 0:
        return a
    if progress >= 1:
        return b
    t = progress
    factors = np.linalg.cholesky(a.covariances)
    whitened = np.linalg.solve(factors, np.linalg.solve(factors, b.covariances).transpose(0, 2, 1))
    squares, axes = np.linalg.eigh(whitened)  # the half-axes of `b`, squared, where `a` is the unit circle
    halfway = factors @ (axes * ((1 - t) + t * np.sqrt(np.maximum(squares, 0)))[:, None, :])
    covariances = symmetric(halfway @ halfway.transpose(0, 2, 1))
    weights = (1 - t) * a.weights + t * b.weights
    return Mixture.trusted(weights / weights.sum(), (1 - t) * a.means + t * b.means, covariances)
