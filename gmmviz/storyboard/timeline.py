"""The clock of a film: from iterations to seconds.

A film begins with the start. Then each iteration has an E-phase (colors move, components stand), a hold, an
M-phase (components move, colors stand) and a hold. A last E-phase gives the final components their own colors, and
the end hold follows. All durations are seconds. The frame rate only decides how finely a movement is cut, so a
film is equally long at every frame rate. While nothing moves, one frame lasts.

All runs of a film share its clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np

from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief
from gmmviz.options import checked
from gmmviz.storyboard.pace import Pace

SHORTEST_STEP = 0.1  # seconds, on average; nobody can follow colors that change more quickly

Phase = Literal["start", "e", "m", "end"]


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
