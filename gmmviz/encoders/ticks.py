"""From seconds to a file's ticks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gmmviz.encoders.base import Image, Shot


@dataclass(frozen=True, slots=True)
class Stand:
    """An image that is kept, and when it stands.

    Parameters
    ----------
    image : int
        Its number in the film.
    begins, ends : int
        Ticks.
    """

    image: int
    begins: int
    ends: int


def ticked(durations: Sequence[float], ticks: int, shortest: int = 1, longest: int | None = None) -> list[Stand]:
    """Which images to keep and when they stand, in whole ticks on the running clock.

    An image that would end too soon after it began makes way for the next: a film of 60 images a second is
    neither slowed down nor shortened. One that stands longer than the file can say is kept several times.

    Parameters
    ----------
    durations : sequence of float
        Seconds that each image stands.
    ticks : int
        Per second.
    shortest, longest : int
        Ticks that an image may stand.

    Returns
    -------
    list of Stand
        Each begins where the one before ended, and the first at 0.
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
        kept = [Stand(last, 0, max(end, shortest))]
    elif kept[-1].image != last:  # the film's last image replaces the last one kept
        kept[-1] = Stand(last, kept[-1].begins, end)
    return [part for stand in kept for part in _parts(stand, longest)] if longest else kept


def _parts(stand: Stand, longest: int) -> list[Stand]:
    n_parts = -(-(stand.ends - stand.begins) // longest)
    edges = [stand.begins + (stand.ends - stand.begins) * i // n_parts for i in range(n_parts + 1)]
    return [Stand(stand.image, begin, end) for begin, end in pairwise(edges)]


def standing(schedule: Sequence[Stand], shots: Iterable[Shot]) -> Iterator[tuple[Stand, Image]]:
    """Yield the images that a schedule keeps, each as often as it keeps it."""
    waiting = iter(schedule)
    stand = next(waiting, None)
    for number, shot in enumerate(shots):
        while stand and stand.image == number:
            yield stand, shot.image
            stand = next(waiting, None)
