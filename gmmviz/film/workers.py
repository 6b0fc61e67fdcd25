"""Paint a film's images one after the other, here or in other processes.

An image depends on nothing but its moment, so it is the same wherever it is painted. Another process receives the
film as bytes, makes its canvas once, and paints a few consecutive images at a time. The film goes with the first
chunks; later ones name it, and a process that does not know it then asks for it: a film of many points is large.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from threading import Lock, Thread
from typing import Any, Protocol

import numpy as np

from gmmviz.encoders.base import Image
from gmmviz.encoders.plate import PlateEncoder
from gmmviz.errors import InputError, RenderError, brief, warn
from gmmviz.storyboard.timeline import Moment

CHUNK = 8  # images at a time
CHUNK_BYTES = 32_000_000
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")  # a process reads them when it begins


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


def checked_jobs(jobs: Any, executor: Any) -> int:
    """Return how many processes may paint; refuse jobs and executors that are not valid, before any work is done.

    Raises
    ------
    InputError
    """
    if jobs is None:
        jobs = 1
    if isinstance(jobs, bool) or not isinstance(jobs, int | np.integer) or jobs < 1:
        raise InputError(f"jobs must be a whole number of at least 1, or None, not {brief(jobs)}", "jobs")
    if executor is not None and not isinstance(executor, Executor):
        raise InputError(f"executor must be a concurrent.futures.Executor, not {brief(executor)}", "executor")
    if jobs > 1 and executor is None and multiprocessing.current_process().daemon:
        warn(
            f"jobs={jobs} has no effect here: a daemonic process, such as a worker of multiprocessing.Pool, "
            "cannot start others, so it paints alone"
        )
        return 1
    return int(jobs)


def painted(
    painter: Painter, moments: Sequence[Moment], jobs: int = 1, executor: Executor | None = None
) -> Generator[Image, None, None]:
    """Yield the images of these moments one after the other.

    Parameters
    ----------
    painter : Painter
        Must survive pickling if other processes are to paint.
    moments : sequence of Moment
    jobs : int
        How many processes paint; with 1 and no executor, this one does.
    executor : Executor, optional
        Paints instead of processes of our own; `jobs` chunks are then under way at once.

    Raises
    ------
    RenderError
        If a process dies.
    """
    if not moments:
        return
    jobs = min(jobs, len(moments))
    if executor is not None:
        yield from _painted_elsewhere(executor, max(jobs, 2), painter, moments)
    elif jobs > 1:
        pool = _pool(jobs)
        try:
            yield from _painted_elsewhere(pool, jobs + 1, painter, moments)
        finally:
            pool.shutdown(cancel_futures=True)
    else:
        with painter.painting():
            for moment in moments:
                yield painter.image(moment)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Start all processes now, each with one thread of linear algebra, since they fill the cores already."""
    # They are not forked, because the threads of encoders and of linear algebra do not survive that.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_follow_parent)
    ours = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    # Processes inherit blocked signals. So interrupts reach only the parent, also while the others still import.
    block = getattr(signal, "pthread_sigmask", None)  # not on Windows
    waiting = block and block(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for _ in range(jobs):
            pool.submit(int)
    finally:
        if block:
            block(signal.SIG_SETMASK, waiting)
    for name, value in ours.items():
        os.environ.pop(name)
        if value is not None:
            os.environ[name] = value
    return pool


def _painted_elsewhere(
    executor: Executor, n_under_way: int, painter: Painter, moments: Sequence[Moment]
) -> Generator[Image, None, None]:
    film = pickle.dumps(painter)
    key = hashlib.sha256(film).hexdigest()
    size = _chunk_size(painter.size, len(moments), n_under_way)
    chunks = enumerate([moments[i : i + size] for i in range(0, len(moments), size)])
    under_way: deque[tuple[Sequence[Moment], Future[list[Image] | None]]] = deque()
    try:
        while True:
            while len(under_way) < n_under_way and (numbered := next(chunks, None)):
                number, chunk = numbered
                sent = film if number < n_under_way else None
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
    except BrokenExecutor as error:
        raise RenderError(
            "a process that painted images died: it ran out of memory or was killed, or the script that asked "
            "for several jobs does so without `if __name__ == '__main__':`"
        ) from error
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


def _follow_parent() -> None:
    """Leave interrupts to the parent, and end when the parent ends, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=follow, daemon=True).start()
