"""One pass over a film's images, which writes all the files that were asked for.

Each encoder runs in a thread and takes its images from a bounded queue, so that encoding overlaps with
rendering and memory stays constant.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread, main_thread
from typing import Any

import numpy as np

from gmmviz.encoders.base import ENCODERS, Encoder, Film, Image, Shot, encoder_for
from gmmviz.encoders.safely import SavedFile, write_safely
from gmmviz.errors import InputError, listed
from gmmviz.film.workers import Painter, painted
from gmmviz.storyboard.timeline import Moment

Progress = Callable[[int, int], None]
Name = str | os.PathLike[str]
Target = Name | tuple[Name, Encoder]

N_SAMPLES = 8  # images that a palette is chosen from; twelve gain 0.1 dB
SAMPLE_PIXELS = 2_000_000  # of each of them, at most
AHEAD = 20  # images that may wait for an encoder: as many as are painted while a palette is chosen
AHEAD_BYTES = 64_000_000
NO_IMAGE = np.empty((0, 0, 4), np.uint8)
PATIENCE = 0.1  # seconds between looks at whether the other side is still there


def targets(wanted: Sequence[Target], film: Film) -> list[tuple[Path, Encoder]]:
    """Find an encoder for each file, and check that it can be written, before any work is done.

    Raises
    ------
    InputError
        If a suffix is unknown, a folder is missing or a format cannot hold the film.
    """
    if not wanted:
        raise InputError("save needs a path, such as 'film.gif'")
    found: list[tuple[Path, Encoder]] = []
    for one in wanted:
        path, encoder = _target(one)
        if path in [other for other, _ in found]:
            raise InputError(f"{path} is named twice: each film needs a file of its own")
        if path.is_dir():
            raise InputError(f"{path} is a folder: give a file in it, such as {path / 'film.gif'}")
        if not path.parent.is_dir():
            raise InputError(f"there is no folder {path.parent} to write {path.name} into: make it first")
        encoder.check(film)
        found.append((path, encoder))
    return found


def _target(wanted: Any) -> tuple[Path, Encoder]:
    if isinstance(wanted, str | os.PathLike):
        path = Path(wanted)
        return path, encoder_for(path)
    if not isinstance(wanted, tuple) or len(wanted) != 2 or not isinstance(wanted[1], Encoder):
        raise InputError(
            f"a file is a path, or a path and its encoder as ('film.gif', GifEncoder()), not {wanted!r}"
        )
    path, encoder = Path(wanted[0]), wanted[1]
    suffixes = [f".{suffix}" for suffix, kind in ENCODERS.items() if kind is type(encoder)]
    if suffixes and not path.name.lower().endswith(tuple(suffixes)):
        raise InputError(
            f"{path.name!r} is to be written by {type(encoder).__name__}: end it in {listed(suffixes)}"
        )
    return path, encoder


class Pass:
    """One pass over the images, shared by the encoders of several files.

    Parameters
    ----------
    painter : Painter
    moments : sequence of Moment
    film : Film
    progress : callable, optional
    jobs, executor
        As for `gmmviz.film.workers.painted`.
    """

    def __init__(
        self,
        painter: Painter,
        moments: Sequence[Moment],
        film: Film,
        progress: Progress | None = None,
        jobs: int = 1,
        executor: Executor | None = None,
    ) -> None:
        self._painter, self._moments, self._film = painter, moments, film
        self._progress = progress or (lambda done, total: None)
        self._jobs, self._executor = jobs, executor
        self._feeds: list[_Feed] = []
        self._ready: dict[int, Image] = {}  # painted already, by number

    def write(self, files: Sequence[tuple[Path, Encoder]]) -> list[SavedFile]:
        """Write the files; if one fails, finish the others before saying so."""
        film = self._film
        if any(encoder.needs_samples for _, encoder in files):
            film = replace(film, samples=self._samples())
        try:
            for path, encoder in files:
                self._feeds.append(_Feed(film, path, encoder))
            self._draw()
            self._render()
            for feed in self._feeds:
                feed.put(None)
            for feed in self._feeds:
                feed.join()
        except BaseException:
            for feed in self._feeds:
                feed.cancel()
            raise
        for feed in self._feeds:
            if feed.error:
                raise feed.error
        return [feed.saved for feed in self._feeds if feed.saved]

    def _samples(self) -> tuple[Image, ...]:
        chosen = np.unique(np.linspace(0, len(self._moments) - 1, N_SAMPLES).round().astype(int))
        width, height = self._film.size
        every = int(np.ceil(np.sqrt(width * height / SAMPLE_PIXELS)))
        with closing(painted(self._painter, [self._moments[i] for i in chosen])) as images:
            samples = tuple(np.ascontiguousarray(image[::every, ::every]) for image in images)
        if every == 1 and self._jobs == 1 and self._executor is None:
            self._ready = dict(zip(chosen.tolist(), samples, strict=True))
        return samples

    def _draw(self) -> None:
        """Hand every step over to the encoders that want it in a vector format."""
        for feed in self._feeds:
            for step in self._film.steps if feed.vector else ():
                drawing = self._painter.drawing(self._moments[step.last], f".{feed.vector}")
                feed.put(Shot(NO_IMAGE, step.ends - step.begins, opens=True, drawing=drawing))
            if feed.vector:
                feed.put(None)

    def _render(self) -> None:
        feeds = [feed for feed in self._feeds if not feed.vector]
        if not feeds:
            return
        total, ready = len(self._moments), self._ready
        missing = [moment for i, moment in enumerate(self._moments) if i not in ready]
        with closing(painted(self._painter, missing, self._jobs, self._executor)) as images:
            for done, moment in enumerate(self._moments, 1):
                image = ready[done - 1] if done - 1 in ready else next(images)
                shot = Shot(image, moment.duration, moment.opens)
                for feed in feeds:
                    feed.put(shot)
                if not any(feed.is_alive() for feed in feeds):
                    return
                self._progress(done, total)


class _CancelledError(Exception):
    """The film will not be finished."""


class _Feed(Thread):
    """The images of a film on their way to one file."""

    def __init__(self, film: Film, path: Path, encoder: Encoder) -> None:
        super().__init__(name=f"gmmviz {path.name}")
        self.vector = encoder.vector
        self.saved: SavedFile | None = None
        self.error: BaseException | None = None
        self._film, self._path, self._encoder = film, path, encoder
        width, height = film.size
        self._queue: Queue[Shot | None] = Queue(max(1, min(AHEAD, AHEAD_BYTES // (4 * width * height))))
        self._cancelled = Event()
        self.start()

    def _shots(self) -> Iterator[Shot]:
        while True:
            try:
                item = self._queue.get(timeout=PATIENCE)
            except Empty:
                # Even where an impatient user has interrupted the cleaning up, no thread may be left waiting.
                if self._cancelled.is_set() or not main_thread().is_alive():
                    raise _CancelledError from None
                continue
            if item is None:
                return
            if self._cancelled.is_set():
                raise _CancelledError
            yield item

    def put(self, item: Shot | None) -> None:
        """Hand an image over; wait while too many are waiting, unless the reader has gone."""
        while self.is_alive():
            try:
                self._queue.put(item, timeout=PATIENCE)
            except Full:
                continue
            return

    def cancel(self) -> None:
        """Stop writing, and wait until nothing half-written is left."""
        self._cancelled.set()
        self.join()

    def run(self) -> None:
        try:
            self.saved = write_safely(self._path, self._film, self._shots(), self._encoder)
        except _CancelledError:
            pass
        except BaseException as error:
            self.error = error
