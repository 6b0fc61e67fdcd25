"""The clock of a film: from iterations to seconds.

A film begins with the start. Then each iteration that it stops at has an E-phase (colors move, components stand),
a hold, an M-phase (components move, colors stand) and a hold. The iterations between two stops pass in fast
motion, in which both move: the colors one E-step behind the components, so that the next E-step has something to
show. A last E-phase gives the final components their own colors, and the end hold follows. All durations are
seconds. The frame rate only decides how finely a movement is cut, so a film is equally long at every frame rate.
While nothing moves, one frame lasts.

All runs of a film share its clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, NamedTuple

import numpy as np

from gmmviz.errors import InputError, brief, counted
from gmmviz.options import checked
from gmmviz.storyboard.pace import Pace, nth
from gmmviz.storyboard.stops import Stops

SHORTEST_STEP = 0.1  # seconds, on average; nobody can follow colors that change more quickly
MOVING = 0.6  # of the first steps: the rest is for reading

Phase = Literal["start", "e", "m", "fast", "end"]


@checked
@dataclass(frozen=True, slots=True)
class Moment:
    """One frame's place on the film's clock.

    Parameters
    ----------
    time, duration : float
        When the frame appears and how long it stays, in seconds.
    phase : {"start", "e", "m", "fast", "end"}
        What is happening.
    previous, before, after : int
        The step leads from the snapshot `before` to `after`; its colors come from `previous`. The three follow
        each other but in fast motion, and they are equal where the film begins.
    progress : float
        How far the phase's movement is, eased, from 0 to 1.
    opens : bool
        Whether a step begins here, so that this is a good place for a keyframe or a chapter.
    epilogue : float
        How far the epilogue is, eased, from 0 to 1.
    first : bool
        Whether this is the first iteration that the film stops at, whose words are whole sentences.
    alone : bool
        Whether this is an M-step whose E-step was passed over: what that would have changed, changes now.
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
    first: bool = False
    alone: bool = False


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
        raise InputError(
            f"there is no step {name!r}: the run has {counted(last, 'iteration')}, the first of them 1"
        )
    return Moment(0.0, 1.0, "e" if match[2] in "eE" else "m", max(t - 2, 0), t - 1, t, 1.0, opens=True)


class Part(NamedTuple):
    """One movement of a film, and the rest after it, in seconds."""

    phase: Phase
    snapshots: tuple[int, int, int]  # previous, before, after
    seconds: float
    hold: float
    first: bool = False
    epilogue: bool = False
    alone: bool = False


def parts(stops: Stops, pace: Pace, reading: tuple[float, float] = (0.0, 0.0)) -> list[Part]:
    """Return the parts of a film, one after the other, as long as they last.

    Parameters
    ----------
    stops : Stops
        From `choose_stops`.
    pace : Pace
        How long each part lasts.
    reading : tuple of float
        Seconds that the words of the end and of the epilogue take to be read.

    Returns
    -------
    list of Part

    Raises
    ------
    InputError
        If the film cannot be as long as the pace says.
    """
    steps = list(_steps(stops, pace))
    last = stops.last
    colored = 0.0 if last + 1 in stops.unseen else nth(pace.e_step, 0)
    hold, late_hold = (max(pace.end, words) if pace.end else 0.0 for words in reading)
    end = Part("end", (max(last - 1, 0), last, last), colored, hold)
    ending = [end._replace(seconds=0.0)]
    if pace.epilogue:
        ending.append(Part("end", (last, last, last), pace.epilogue, late_hold, epilogue=True))
    start = Part("start", (0, 0, 0), 0.0, pace.start)
    factor = _stretch([*steps, end._replace(hold=0.0)], [start, *ending], pace, len(stops.iterations))
    stretched = [part._replace(seconds=part.seconds * factor, hold=part.hold * factor) for part in steps]
    return [start, *stretched, end._replace(seconds=end.seconds * factor), *ending[1:]]


def _steps(stops: Stops, pace: Pace) -> Iterator[Part]:
    """Yield what lies between start and end, at the pace's own durations."""
    here = 0
    for number, t in enumerate(stops.iterations):
        if t - here > 1:
            yield Part("fast", (max(here - 1, 0), here, t - 1), pace.fast, 0.0)
        here, first, later = t, number == 0, max(number - 1, 0)
        snapshots = (max(t - 2, 0), t - 1, t)
        if t not in stops.unseen:
            e_step, e_hold = nth(pace.e_step, later), nth(pace.e_hold, later)
            seconds = (MOVING * pace.first_e, (1 - MOVING) * pace.first_e) if first else (e_step, e_hold)
            yield Part("e", snapshots, *seconds, first=first)
        m_step, m_hold = nth(pace.m_step, later), nth(pace.m_hold, later)
        seconds = (MOVING * pace.first_m, (1 - MOVING) * pace.first_m) if first else (m_step, m_hold)
        yield Part("m", snapshots, *seconds, first=first, alone=t in stops.unseen)
    if stops.last > here:
        yield Part("fast", (max(here - 1, 0), here, stops.last), pace.fast, 0.0)


def _stretch(between: list[Part], around: list[Part], pace: Pace, n_stops: int) -> float:
    """Return the factor by which what lies between start and end is stretched to the length that is asked for."""
    if pace.length is None:
        return 1.0
    own, ends = (sum(part.seconds + part.hold for part in some) for some in (between, around))
    if own == 0:
        raise InputError("every step lasts 0 seconds: give e_step or m_step a length", "length")
    room = pace.length - ends
    if room <= 0:
        raise InputError(
            f"the film is to last {pace.length:g} s, but start and end alone last {ends:g} s", "length"
        )
    if room < SHORTEST_STEP * len(between):
        raise InputError(
            f"{counted(n_stops, 'iteration')} in {pace.length:g} s would flicker: give at least "
            f"{np.ceil(ends + SHORTEST_STEP * len(between)):g} s, or fewer iterations, such as "
            f"iterations = {max(1, int((room / SHORTEST_STEP - 1) / 3))}",
            "length",
        )
    return room / own


def moments(film: Sequence[Part], pace: Pace, fps: float, restless: bool = False) -> Iterator[Moment]:
    """Yield the film's moments in order.

    Parameters
    ----------
    film : sequence of Part
        From `parts`.
    pace : Pace
        How a movement is eased.
    fps : float
        Frames per second of what moves.
    restless : bool
        Whether something moves also while the run rests. Rests are then cut into frames, too.

    Yields
    ------
    Moment
        Each begins where the one before ends.
    """
    clock = 0.0
    for part in film:
        n_frames = max(1, round(part.seconds * fps))
        for i in range(1, n_frames + 1):
            # The movement's last frame stays for the rest.
            duration = part.seconds / n_frames + (part.hold if i == n_frames else 0.0)
            n_equal = max(1, round(duration * fps)) if restless else 1
            progress = pace.ease(i / n_frames)
            moved, epilogue = (1.0, progress) if part.epilogue else (progress, 0.0)
            for number in range(n_equal if duration > 0 else 0):
                opens = i == 1 and number == 0
                yield Moment(
                    clock,
                    duration / n_equal,
                    part.phase,
                    *part.snapshots,
                    moved,
                    opens,
                    epilogue,
                    part.first,
                    part.alone,
                )
                clock += duration / n_equal


def n_images(film: Sequence[Part], fps: float, restless: bool = False) -> int:
    """Count the moments that `moments` yields at most, without making any, since a slip may ask for millions."""
    n = sum(max(1, round(part.seconds * fps)) for part in film)
    # Where rests are cut into frames, the image before each is one of them.
    return n + sum(ceil(part.hold * fps) for part in film) if restless else n
