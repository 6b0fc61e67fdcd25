"""Paint a film's images one after the other, here or by any executor.

An image depends on nothing but its moment, so it is the same wherever it is painted. This process paints beside
the encoders, which keep a second core busy; with processes of our own it took longer, because an image costs less
to paint than to send. So others are asked only by those who have many of them: they receive the film as bytes,
make its canvas once, and paint a few consecutive images at a time. The film goes with as many chunks as there are
workers; later ones name it, and a process that does not know it asks for it: a film of many points is large.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager
from threading import Lock
from typing import Protocol

from gmmviz.encoders.base import Image
from gmmviz.encoders.plate import PlateEncoder
from gmmviz.errors import RenderError
from gmmviz.executors import at_work, n_workers
from gmmviz.storyboard.timeline import Moment

CHUNK = 8  # images at a time
CHUNK_BYTES = 32_000_000


class Painter(Protocol):
    """What can paint a film's pictures: an `Animation`."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    def image(self, moment: Moment) -> Image:
        """Return the picture of a moment."""

    def drawing(self, moment: Moment, suffix: str) -> bytes:
        """Return the picture of a moment as a vector file, ``".svg"`` or ``".pdf"``."""

    def pages(self, moments: Sequence[Moment]) -> bytes:
        """Return the pictures of some moments as a PDF with a page for each."""

    def plate(self, wanted: PlateEncoder, suffix: str) -> bytes:
        """Return some moments side by side as a file, ``".png"``, ``".pdf"`` or ``".svg"``."""

    def painting(self) -> AbstractContextManager[None]:
        """Return a context in which `image` is quickest."""


def painted(
    painter: Painter, moments: Sequence[Moment], executor: Executor | None = None
) -> Generator[Image, None, None]:
    """Yield the images of these moments one after the other.

    Parameters
    ----------
    painter : Painter
        Must survive pickling if an executor's processes are to paint.
    moments : sequence of Moment
    executor : Executor, optional
        Paints instead of this thread. It always has a chunk that waits, so that nobody there does.

    Raises
    ------
    RenderError
        If a process dies.
    """
    if not moments:
        return
    if executor is not None:
        with at_work(executor, "the film", RenderError):
            yield from _painted_elsewhere(executor, painter, moments)
    else:
        with painter.painting():
            for moment in moments:
                yield painter.image(moment)


def _painted_elsewhere(
    executor: Executor, painter: Painter, moments: Sequence[Moment]
) -> Generator[Image, None, None]:
    film = pickle.dumps(painter)
    key = hashlib.sha256(film).hexdigest()
    most = n_workers(executor) + 1
    size = _chunk_size(painter.size, len(moments), most)
    chunks = enumerate([moments[i : i + size] for i in range(0, len(moments), size)])
    under_way: deque[tuple[Sequence[Moment], Future[list[Image] | None]]] = deque()
    try:
        while True:
            while len(under_way) < most and (numbered := next(chunks, None)):
                number, chunk = numbered
                sent = film if number < most - 1 else None
                under_way.append((chunk, executor.submit(_paint, key, sent, chunk)))
            if not under_way:
                return
            chunk, future = under_way[0]
            images = future.result()
            if images is None:
                under_way[0] = chunk, executor.submit(_paint, key, film, chunk)
                continue
            under_way.popleft()
            yield from images
    finally:
        for _, future in under_way:
            future.cancel()


def _chunk_size(size: tuple[int, int], n_images: int, n_under_way: int) -> int:
    fit = CHUNK_BYTES // (4 * size[0] * size[1])
    return max(1, min(CHUNK, fit, n_images // n_under_way))


_painters: dict[str, Painter] = {}  # the last film that this process painted
_painting = Lock()  # the threads of an executor share one canvas


def _paint(key: str, film: bytes | None, moments: Sequence[Moment]) -> list[Image] | None:
    """Paint the images; None if this process does not know the film."""
    with _painting:
        if key not in _painters:
            if film is None:
                return None
            _painters.clear()
            _painters[key] = pickle.loads(film)
        painter = _painters[key]
        with painter.painting():
            return [painter.image(moment) for moment in moments]
