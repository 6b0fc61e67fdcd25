"""What one run shows at a moment of a film.

It depends on the run and the moment alone, so any frame can be made by itself, in any order, in any process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
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
        arrived = _e_step(self.trace, later)
        if progress >= 1 or earlier == later:
            return arrived
        left = _e_step(self.trace, earlier)
        return left + progress * (arrived - left)


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
    if phase in ("e", "m") and before == after:  # this run has ended, another goes on
        phase = "end"
    progress = moment.progress
    mixture, done, position = trace[before].mixture, before, position_at(trace, moment)
    coloring = 0.0 if phase == "start" else 1.0
    blend = (before, before, 1.0)
    if moment.phase in ("e", "end"):
        blend = (previous, before, progress)
        if moment.before == 0:
            coloring = progress
    elif phase == "m":
        done = min(int(position), after)
        mixture = trace[done].mixture
        if done < after:
            mixture = between(mixture, trace[done + 1].mixture, position - done)
        if moment.after - moment.before > 1:  # in fast motion the colors move along with the components
            blend = (done, done, 1.0)
    label, caption = captions.say(trace, phase, before, after, done, epilogue=moment.epilogue > 0, words=words)
    ending = captions.say(trace, "end", last, last, last, words=words)[0] if phase == "end" else ""
    return Frame(moment, trace, after, mixture, coloring, blend, trace[done], position, label, caption, ending)


def position_at(trace: Trace, moment: Moment) -> float:
    """Return where the run is on an axis of iterations at a moment."""
    last = len(trace) - 1
    before, after = min(moment.before, last), min(moment.after, last)
    return before + moment.progress * (after - before) if moment.phase == "m" else float(before)


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
