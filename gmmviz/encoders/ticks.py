"""From seconds to the ticks in which a file counts time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gmmviz.encoders.base import Image, Shot, some


@dataclass(frozen=True, slots=True)
class Stand:
    """An image that a file shows, and when.

    Parameters
    ----------
    image : int
        Its number in the film.
    begins, ends : int
        Ticks from the beginning.
    """

    image: int
    begins: int
    ends: int


def ticked(durations: Sequence[float], ticks: int, shortest: int = 1, longest: int | None = None) -> list[Stand]:
    """Decide which images a file shows and when, in whole ticks.

    Ends are rounded on the running clock, so that rounding errors do not add up. An image that would be shown
    for less than `shortest` is left out, and the next one begins in its place: a film of 60 images a second is
    neither slowed down nor shortened. An image that is shown for more than `longest` is repeated.

    Parameters
    ----------
    durations : sequence of float
        How many seconds each image is shown.
    ticks : int
        Ticks per second.
    shortest, longest : int
        The fewest and the most ticks that the file can show an image.

    Returns
    -------
    list of Stand
        The first begins at 0, and each other where the one before ends.
    """
    kept: list[Stand] = []
    clock, begins = 0.0, 0
    for image, seconds in enumerate(durations):
        clock += seconds
        ends = round(clock * ticks)
        if ends - begins >= shortest:
            kept.append(Stand(image, begins, ends))
            begins = ends
    last, end = len(durations) - 1, round(clock * ticks)
    if not kept:
        kept = [Stand(last, 0, shortest)]
    elif kept[-1].image != last:  # the film must end with its last image
        kept[-1] = Stand(last, kept[-1].begins, end)
    return [part for stand in kept for part in _parts(stand, longest)] if longest else kept


def _parts(stand: Stand, longest: int) -> list[Stand]:
    """Divide a time into as few equal parts as are short enough."""
    n_parts = -(-(stand.ends - stand.begins) // longest)
    edges = [stand.begins + (stand.ends - stand.begins) * i // n_parts for i in range(n_parts + 1)]
    return [Stand(stand.image, begin, end) for begin, end in pairwise(edges)]


def standing(schedule: Sequence[Stand], shots: Iterable[Shot]) -> Iterator[tuple[Stand, Image]]:
    """Yield the images of a schedule, each as often as the schedule repeats it."""
    waiting = iter(schedule)
    stand = next(waiting, None)
    for number, shot in enumerate(some(shots)):
        while stand and stand.image == number:
            yield stand, shot.image
            stand = next(waiting, None)
