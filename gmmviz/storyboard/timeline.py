"""From iterations to seconds: what each moment of a film shows.

A film begins with the start. Then each iteration has an E-phase (colors move, components stand), a hold, an
M-phase (components move, colors stand) and a hold. A last E-phase gives the final components their own colors, and
the end hold follows. All durations are seconds. The frame rate only decides how finely a movement is cut, so a
film is equally long at every frame rate. While nothing moves, one frame lasts.

`moments` is the film's clock, which all its runs share. `frame_at` is what one run shows at a moment. It depends
on these two alone, so any frame can be made by itself, in any order, in any process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from threading import Lock
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

import numpy as np
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.engine.snapshot import Snapshot
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief
from gmmviz.mixture.covariance import symmetric
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, Seconds, checked, options
from gmmviz.storyboard.captions import Captions

SHORTEST_STEP = 0.1  # seconds, on average; nobody can follow colors that change more quickly

CAPTIONS = Captions()

Phase = Literal["start", "e", "m", "end"]
Easing = Literal["smooth", "linear"]


@options
class Pace:
    """How long each part of the film lasts, and which iterations it shows."""

    start: Seconds = 1.2
    """Seconds that the start is shown for, before the first E-step."""
    e_step: Seconds = 0.4
    """Seconds in which the points take their colors."""
    e_hold: Seconds = 0.2
    """Seconds of rest after each E-step."""
    m_step: Seconds = 0.6
    """Seconds in which the components move."""
    m_hold: Seconds = 0.2
    """Seconds of rest after each M-step."""
    end: Seconds = 2.5
    """Seconds that the end is shown for."""
    epilogue: Seconds = 0.0
    """Seconds after that in which a panel may show something more of the fit, such as a threshold that moves."""
    easing: Easing = "smooth"
    """How a movement begins and ends: gently ('smooth') or at once ('linear')."""
    iterations: Literal["all"] | Count | Annotated[tuple[Count, ...], Field(min_length=1)] = 12
    """Which iterations to stop at: 'all', a list, or how many at most, spread so that each shows equal
    progress; those between are shown in fast motion."""
    length: Annotated[Seconds, Field(gt=0)] | None = None
    """Seconds of the whole film: the E- and M-steps and their holds are stretched or shortened to fit."""

    @checked
    def ease(self, progress: float) -> float:
        """Return how far a movement is after a part of its time.

        Parameters
        ----------
        progress : float
            Part of the movement's time that has passed, from 0 to 1.

        Returns
        -------
        float
            Part of the way that has been made, from 0 to 1.

        Examples
        --------
        >>> Pace().ease(0.25), Pace(easing="linear").ease(0.25)
        (0.15625, 0.25)
        """
        return progress if self.easing == "linear" else progress * progress * (3 - 2 * progress)


@checked
@dataclass(frozen=True, slots=True)
class Moment:
    """One frame's place on the film's clock.

    Parameters
    ----------
    time, duration : float
        When the frame appears and how long it stays, in seconds.
    phase : {"start", "e", "m", "end"}
        What is happening.
    previous, before, after : int
        The step leads from the snapshot `before` to `after`; its colors come from `previous`. The three follow
        each other unless the film leaves iterations out, and they are equal where the film begins and ends.
    progress : float
        How far the phase's movement is, eased, from 0 to 1.
    opens : bool
        Whether a step begins here, so that this is a good place for a keyframe or a chapter.
    epilogue : float
        How far the epilogue is, eased, from 0 to 1.
    """

    time: float
    duration: float
    phase: Phase
    previous: int
    before: int
    after: int
    progress: float
    opens: bool
    epilogue: float = 0.0


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


def shown_iterations(traces: tuple[Trace, ...], pace: Pace) -> tuple[int, ...]:
    """Choose the snapshots that a film of these runs stops at, from the start to the last of the longest run.

    Parameters
    ----------
    traces : tuple of Trace
        The film's runs.
    pace : Pace
        Whose `iterations` decides.

    Returns
    -------
    tuple of int
        Rising, from 0.

    Raises
    ------
    InputError
        If the pace names an iteration that no run has.
    """
    last = max(len(trace) for trace in traces) - 1
    if pace.iterations == "all" or last == 0:
        return tuple(range(last + 1))
    if isinstance(pace.iterations, tuple):
        beyond = [t for t in pace.iterations if t > last]
        if beyond:
            raise InputError(f"there is no iteration {beyond[0]}; the run ends after {last}", "iterations")
        return (0, *sorted({*pace.iterations, last}))
    longest = max(traces, key=len)
    # Equal steps of log(1 + rise) tell early leaps apart, and do not fill the film with a plateau.
    rises = np.log1p(np.abs(np.diff(longest.log_likelihoods)))
    progress = np.concatenate([[0.0], np.cumsum(rises + rises.sum() / (20 * last))])
    shown = {0, last}
    for wanted in np.linspace(0, progress[-1], min(pace.iterations, last) + 1)[1:-1]:
        free = [t for t in range(1, last) if t not in shown]
        shown.add(min(free, key=lambda t: abs(progress[t] - wanted)))
    return tuple(sorted(shown))


def step_named(name: str, last: int) -> Moment:
    """Return the last frame of a step, whether a film stops there or not.

    Parameters
    ----------
    name : str
        ``"start"``, ``"end"``, or ``"E"`` or ``"M"`` and the iteration, from 1.
    last : int
        How many iterations the run has.

    Returns
    -------
    Moment
        At time 0, and a second long.

    Raises
    ------
    InputError
        If there is no such step.
    """
    match = re.fullmatch(r"(start|end)|([EM])(\d{1,9})", name.strip(), re.IGNORECASE)
    if not match:
        raise InputError(
            f"no step is called {brief(name)}: write 'start', 'end', such as 'E3' or 'M3', or seconds as 3.5"
        )
    if match[1]:
        phase: Phase = "start" if match[1].lower() == "start" else "end"
        t = 0 if phase == "start" else last
        return Moment(0.0, 1.0, phase, t, t, t, 1.0, opens=True)
    t = int(match[3])
    if not 1 <= t <= last:
        raise InputError(f"there is no step {name!r}: the run has {last} iterations, the first of them 1")
    return Moment(0.0, 1.0, "e" if match[2] in "eE" else "m", max(t - 2, 0), t - 1, t, 1.0, opens=True)


def moments(shown: tuple[int, ...], pace: Pace, fps: float, restless: bool = False) -> Iterator[Moment]:
    """Yield the film's moments in order.

    Parameters
    ----------
    shown : tuple of int
        From `shown_iterations`.
    pace : Pace
        How long each part lasts.
    fps : float
        Frames per second of what moves.
    restless : bool
        Whether something moves also while the run rests. Rests are then cut into frames, too.

    Yields
    ------
    Moment
        Each begins where the one before ends.
    """
    stretch = _stretch(shown, pace)
    clock = 0.0

    def step(phase: Phase, snapshots: tuple[int, int, int], seconds: float, hold: float) -> Iterator[Moment]:
        """Yield a movement and the rest after it, in which the movement's last frame stays longer."""
        nonlocal clock
        n_frames = max(1, round(seconds * fps))
        for i in range(1, n_frames + 1):
            duration = seconds / n_frames + (hold if i == n_frames else 0.0)
            n_parts = max(1, round(duration * fps)) if restless else 1
            for part in range(n_parts if duration > 0 else 0):
                opens = i == 1 and part == 0
                yield Moment(clock, duration / n_parts, phase, *snapshots, pace.ease(i / n_frames), opens)
                clock += duration / n_parts

    yield from step("start", (0, 0, 0), 0.0, pace.start)
    for previous, before, after in zip((0, *shown), shown, shown[1:], strict=False):
        if before - previous > 1:
            previous = before  # fast motion has already moved the colors
        yield from step("e", (previous, before, after), pace.e_step * stretch, pace.e_hold * stretch)
        yield from step("m", (previous, before, after), pace.m_step * stretch, pace.m_hold * stretch)
    last = shown[-1]
    previous = shown[-2:][0]
    previous = last if last - previous > 1 else previous
    yield from step("end", (previous, last, last), pace.e_step * stretch, pace.end)
    n_frames = round(pace.epilogue * fps)
    for i in range(1, n_frames + 1):
        duration = pace.epilogue / n_frames
        yield Moment(clock, duration, "end", last, last, last, 1.0, i == 1, epilogue=pace.ease(i / n_frames))
        clock += duration


def n_images(shown: tuple[int, ...], pace: Pace, fps: float, restless: bool = False) -> int:
    """Count the moments that `moments` yields at most, without making any, since a slip may ask for millions."""
    stretch = _stretch(shown, pace)
    e_frames, m_frames = (max(1, round(seconds * stretch * fps)) for seconds in (pace.e_step, pace.m_step))
    n = 1 + (len(shown) - 1) * (e_frames + m_frames) + e_frames + round(pace.epilogue * fps)
    if restless:  # each rest is cut into frames, and the image before it is one of them
        holds = (pace.e_hold, pace.m_hold)
        n += sum((len(shown) - 1) * ceil(seconds * stretch * fps) for seconds in holds)
        n += ceil(pace.start * fps) + ceil(pace.end * fps)
    return n


def _steps_length(shown: tuple[int, ...], pace: Pace) -> float:
    """Seconds of all steps and their holds, at the pace's own durations."""
    each = pace.e_step + pace.e_hold + pace.m_step + pace.m_hold
    return (len(shown) - 1) * each + pace.e_step


def _stretch(shown: tuple[int, ...], pace: Pace) -> float:
    """The factor by which steps and holds are stretched so that the film has the length that is asked for."""
    steps = _steps_length(shown, pace)
    if pace.length is None:
        return 1.0
    if steps == 0:
        raise InputError("every step lasts 0 seconds: give e_step or m_step a length", "length")
    ends = pace.start + pace.end + pace.epilogue
    room = pace.length - ends
    if room <= 0:
        raise InputError(
            f"the film is to last {pace.length:g} s, but start and end alone last {ends:g} s", "length"
        )
    n_steps = 2 * (len(shown) - 1) + 1
    if room < SHORTEST_STEP * n_steps:
        raise InputError(
            f"{len(shown) - 1} iterations in {pace.length:g} s would flicker: give at least "
            f"{np.ceil(ends + SHORTEST_STEP * n_steps):g} s, or fewer iterations, such as "
            f"iterations = {max(1, int((room / SHORTEST_STEP - 1) / 2))}",
            "length",
        )
    return room / steps


def frame_at(trace: Trace, moment: Moment, captions: Captions = CAPTIONS) -> Frame:
    """Return what the run shows at the moment; a run that has ended stays in its last state.

    Parameters
    ----------
    trace : Trace
        The run.
    moment : Moment
        From `moments`.
    captions : Captions
        The templates of the words.

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
    label, caption = captions.say(trace, phase, before, after, done, epilogue=moment.epilogue > 0)
    ending = captions.say(trace, "end", last, last, last)[0] if phase == "end" else ""
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
