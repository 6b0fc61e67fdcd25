"""One pass over a film's pictures, which writes all the files of that size and frame rate.

Each encoder runs in a thread of its own and takes its images from a bounded queue. So encoding overlaps with
painting, and memory stays constant.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread, main_thread
from typing import Any, get_args

import numpy as np

from gmmviz import interrupts
from gmmviz.encoders.base import ENCODERS, Encoder, Film, Image, Shot, Wants, encoder_for, over
from gmmviz.encoders.plate import PlateEncoder
from gmmviz.encoders.safely import SavedFile, write_safely
from gmmviz.encoders.sized import MovingEncoder, PictureEncoder
from gmmviz.errors import InputError, RenderError, brief, listed, warn
from gmmviz.files import check_place
from gmmviz.film.workers import Painter, painted
from gmmviz.options import check_choice
from gmmviz.storyboard.timeline import Moment

Progress = Callable[[int, int], None]
Notes = Callable[[str], None]
Look = tuple[tuple[int, int], float]  # size in pixels, frames per second
Name = str | os.PathLike[str]
Target = Name | tuple[Name, Encoder]

N_SAMPLES = 8  # images that a palette is chosen from; twelve gain 0.1 dB
N_PAIRS = 20  # of images, by which a file's size is estimated
GOLDEN = 0.618  # of the film from one pair to the next, so that they never keep time with its steps
PAIRS_BYTES = 192_000_000  # of which as many are kept, so that they need not be painted again
SAMPLE_PIXELS = 2_000_000  # of each of them, at most
AHEAD = 20  # images that may wait for an encoder: as many as are painted while a palette is chosen
AHEAD_BYTES = 64_000_000
PICTURES = ("images", "steps", "end")  # what encoders want as pixels
NO_IMAGE = np.empty((0, 0, 4), np.uint8)
WAITING = 1.0  # second, within which every thread begins
PATIENCE = 0.1  # seconds between looks at whether the other side is still there


def targets(wanted: Sequence[Target]) -> list[tuple[Path, Encoder]]:
    """Find an encoder for each file, and check that the file can be made there, before any work is done.

    Raises
    ------
    InputError
        If a suffix is unknown, a folder is missing, or an encoder wants what there is not.
    """
    if not wanted:
        raise InputError("save needs a path, such as 'film.gif'")
    found: list[tuple[Path, Encoder]] = []
    for one in wanted:
        path, encoder = _target(one)
        if path in [other for other, _ in found]:
            raise InputError(f"{path} is named twice: each film needs a file of its own")
        check_place(path, "film.gif")
        check_choice(f"{type(encoder).__name__}.wants", encoder.wants, get_args(Wants))
        if encoder.wants == "plate" and not isinstance(encoder, PlateEncoder):
            raise InputError(
                f"{type(encoder).__name__} wants a plate: derive it from PlateEncoder, which chooses its moments"
            )
        found.append((path, encoder))
    return found


def _target(wanted: Any) -> tuple[Path, Encoder]:
    if isinstance(wanted, str | os.PathLike):
        path = Path(wanted)
        return path, encoder_for(path)
    if not isinstance(wanted, tuple) or len(wanted) != 2 or not isinstance(wanted[1], Encoder):
        raise InputError(
            f"a file is a path, or a path and its encoder as ('film.gif', GifEncoder()), not {brief(wanted)}"
        )
    path, encoder = Path(wanted[0]), wanted[1]
    suffixes = [f".{suffix}" for suffix, kind in ENCODERS.items() if kind is type(encoder)]
    if suffixes and not path.name.lower().endswith(tuple(suffixes)):
        raise InputError(
            f"{path.name!r} is to be written by {type(encoder).__name__}: end it in {listed(suffixes)}"
        )
    return path, encoder


def look_for(encoder: Encoder, usual: Look) -> Look:
    """Return the size and the frame rate of the images that an encoder is given: the film's, or its own."""
    size = encoder.size if isinstance(encoder, PictureEncoder) else None
    fps = encoder.fps if isinstance(encoder, MovingEncoder) else None
    return size or usual[0], fps or usual[1]


class Pass:
    """One pass over a film's pictures, shared by the encoders of several files.

    A picture that several encoders want is painted once, and one that none wants is not painted.

    Parameters
    ----------
    painter : Painter
    moments : sequence of Moment
    film : Film
    files : sequence of (Path, Encoder)
        From `targets`.
    executor : Executor, optional
        Paints instead of this thread.

    Raises
    ------
    InputError
        If a format cannot hold the film.
    """

    def __init__(
        self,
        painter: Painter,
        moments: Sequence[Moment],
        film: Film,
        files: Sequence[tuple[Path, Encoder]],
        executor: Executor | None = None,
    ) -> None:
        for _, encoder in files:
            encoder.check(film)
        self._painter, self._moments, self._film, self._files = painter, moments, film, files
        self._drawn: list[Wants] = [
            wants for wants in ("svg", "pdf") if any(encoder.wants == wants for _, encoder in files)
        ]
        self._images = sorted({i for _, encoder in files for i in _wanted_images(encoder.wants, film)})
        self._executor = executor
        self._feeds: list[_Feed] = []
        self._ready: dict[int, Image] = {}  # images that were painted to choose colors, by number

    @property
    def n_pictures(self) -> int:
        """How many pictures are painted."""
        every = [encoder.wants for _, encoder in self._files]
        n_files = every.count("plate") + ("pages" in every)
        return len(self._images) + len(self._drawn) * len(self._film.steps) + n_files

    def write(
        self, painted: Callable[[], None] = lambda: None, notes: Notes = lambda text: None
    ) -> list[SavedFile]:
        """Write the files; if one fails, finish the others before raising its error.

        Parameters
        ----------
        painted : callable, optional
            Called after each picture.
        notes : callable, optional
            Called with the sizes that are expected, in words.

        Returns
        -------
        list of SavedFile

        Raises
        ------
        RenderError
            Names each file that could not be written.
        """
        film = self._film
        if any(encoder.needs_samples for _, encoder in self._files):
            film = replace(film, samples=self.samples())
        for path, encoder in self._files:
            if encoder.foretells:
                notes(f"{path} {encoder.foretell(film, self._pairs())}")
        self._feeds = [_Feed(film, path, encoder) for path, encoder in self._files]
        try:
            for feed in self._feeds:
                feed.begin()
            self._serve(painted)
            for feed in self._feeds:
                feed.put(None)
            for feed in self._feeds:
                feed.wait()
        except BaseException:
            for feed in self._feeds:
                feed.cancel()
            for feed in self._feeds:
                feed.wait()
            raise
        saved = [feed.saved for feed in self._feeds if feed.saved]
        errors = [feed.error for feed in self._feeds if feed.error]
        for error in errors:
            if not isinstance(error, RenderError):
                raise error
        if errors:
            raise RenderError("\n".join(map(str, errors)), saved) from errors[0]
        return saved

    def samples(self) -> tuple[Image, ...]:
        """Paint some images that are spread over the film, for encoders that choose colors by them."""
        chosen = np.unique(np.linspace(0, len(self._moments) - 1, N_SAMPLES).round().astype(int))
        width, height = self._film.size
        every = int(np.ceil(np.sqrt(width * height / SAMPLE_PIXELS)))
        with closing(painted(self._painter, [self._moments[i] for i in chosen])) as images:
            samples = tuple(np.ascontiguousarray(image[::every, ::every]) for image in images)
        if every == 1 and self._executor is None:
            self._ready |= zip(chosen.tolist(), samples, strict=True)
        return samples

    def _pairs(self) -> Iterator[tuple[Image, Image]]:
        """Paint some images that are spread over the film, each with the one behind it, to estimate a size by."""
        last = len(self._moments) - 1
        width, height = self._film.size
        kept = self._executor is None and 2 * N_PAIRS * 4 * width * height <= PAIRS_BYTES
        for first in np.unique(((np.arange(N_PAIRS) * GOLDEN + 0.5) % 1 * last).astype(int)).tolist():
            numbers = first, min(first + 1, last)
            missing = [i for i in numbers if i not in self._ready]
            with closing(painted(self._painter, [self._moments[i] for i in missing])) as images:
                pair = self._ready | dict(zip(missing, images, strict=True))
            if kept:
                self._ready = pair
            yield pair[numbers[0]], pair[numbers[1]]

    def _serve(self, painted: Callable[[], None]) -> None:
        """Give every encoder the pictures that it wants."""
        with closing(self._pictures()) as pictures:
            for shot, readers in pictures:
                interrupts.check()
                for feed in readers:
                    feed.put(shot)
                if not any(feed.is_alive() for feed in self._feeds):
                    return
                painted()

    def _pictures(self) -> Generator[tuple[Shot, list[_Feed]], None, None]:
        """Yield each picture with those who want it: first the drawings, then the images."""
        for feed in self._feeds:
            if isinstance(feed.encoder, PlateEncoder):
                drawing = self._painter.plate(feed.encoder, feed.path.suffix.lower())
                yield Shot(NO_IMAGE, 0.0, True, drawing), [feed]
        readers = [feed for feed in self._feeds if feed.encoder.wants == "pages"]
        if readers:
            lasts = [self._moments[step.last] for step in self._film.steps]
            yield Shot(NO_IMAGE, 0.0, True, self._painter.pages(lasts)), readers
        for suffix in self._drawn:
            readers = [feed for feed in self._feeds if feed.encoder.wants == suffix]
            for step in self._film.steps:
                moment = self._moments[step.last]
                drawing = self._painter.drawing(moment, f".{suffix}")
                yield Shot(NO_IMAGE, moment.duration, moment.opens, drawing), readers
        missing = [self._moments[i] for i in self._images if i not in self._ready]
        with closing(painted(self._painter, missing, self._executor)) as fresh:
            for number in self._images:
                moment = self._moments[number]
                image = self._ready[number] if number in self._ready else next(fresh)
                readers = [feed for feed in self._feeds if number in feed.images]
                yield Shot(image, moment.duration, moment.opens), readers


def write_all(
    passes: Sequence[Pass],
    order: Sequence[Path],
    progress: Progress | None = None,
    notes: Notes = lambda text: None,
) -> list[SavedFile]:
    """Make one pass after the other; if a file fails, write the others before raising its error.

    Parameters
    ----------
    passes : sequence of Pass
    order : sequence of Path
        The files in the order in which they were asked for.
    progress : callable, optional
        Called with the number of pictures painted so far and their total.
    notes : callable, optional
        Called with what is known of the files beforehand.

    Returns
    -------
    list of SavedFile
        In that order.

    Raises
    ------
    RenderError
        Names each file that could not be written, and knows those that were.
    """
    done, total = 0, sum(one.n_pictures for one in passes)

    def painted() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    saved: list[Any] = []
    errors = []
    for one in passes:
        try:
            saved += one.write(painted, notes)
        except RenderError as error:
            saved += error.written
            errors.append(error)
    saved.sort(key=lambda file: order.index(file.path))
    for file in saved:
        if file.loss:
            warn(f"{file.path}: {file.loss}")
    if errors:
        raise RenderError("\n".join(map(str, errors)), saved) from errors[0]
    return saved


class _CancelledError(Exception):
    """The film will not be finished."""


class _Feed(Thread):
    """The way of a film's pictures to one file."""

    def __init__(self, film: Film, path: Path, encoder: Encoder) -> None:
        super().__init__(name=f"gmmviz {path.name}")
        self.images = _wanted_images(encoder.wants, film)
        self.saved: SavedFile | None = None
        self.error: BaseException | None = None
        self.path, self.encoder = path, encoder
        self._covered = film.transparent and encoder.wants in PICTURES and not encoder.holds_alpha
        if self._covered:
            film = replace(
                film, transparent=False, samples=tuple(over(image, film.background) for image in film.samples)
            )
        self._film = film
        width, height = film.size
        self._queue: Queue[Shot | None] = Queue(max(1, min(AHEAD, AHEAD_BYTES // (4 * width * height))))
        self._cancelled = Event()
        self._ended = Event()

    def begin(self) -> None:
        """Start the encoder."""
        try:
            self.start()
        except RuntimeError as error:  # the system has no more threads
            self._ended.set()
            raise RenderError(f"{self.path} was not written: {error}") from error

    def _shots(self) -> Iterator[Shot]:
        while True:
            try:
                item = self._queue.get(timeout=PATIENCE)
            except Empty:
                # An impatient user may interrupt the cleaning up as well; no thread may be left waiting then.
                if self._cancelled.is_set() or not main_thread().is_alive():
                    raise _CancelledError from None
                continue
            if item is None:
                return
            if self._cancelled.is_set():
                raise _CancelledError
            yield replace(item, image=over(item.image, self._film.background)) if self._covered else item

    def put(self, item: Shot | None) -> None:
        """Hand a picture over; wait while the queue is full, unless the encoder has ended."""
        while self.is_alive():
            try:
                self._queue.put(item, timeout=PATIENCE)
            except Full:
                continue
            return

    def cancel(self) -> None:
        """Ask the encoder to stop writing and to take away what is half written."""
        self._cancelled.set()

    def wait(self) -> None:
        """Wait until the encoder has ended.

        An interrupt may come during a `join` of a thread. In Python 3.11 and 3.12 the next `join` then returns at
        once, while the thread still runs (bpo-45274), so it is an event that tells. It never comes from a thread
        that an interrupt kept from beginning.
        """
        while not self._ended.wait(WAITING) and self.ident is not None:
            pass
        if self.ident is not None:
            self.join()

    def run(self) -> None:
        try:
            saved = write_safely(self.path, self._film, self._shots(), self.encoder)
            if self._covered:
                notes = (saved.note, f"over {self._film.background}, as it holds no transparency")
                saved = replace(saved, note="; ".join(filter(None, notes)))
            self.saved = saved
        except _CancelledError:
            pass
        except BaseException as error:
            self.error = error
        finally:
            self._ended.set()


def _wanted_images(wants: Wants, film: Film) -> Collection[int]:
    """Return the numbers of the images that an encoder wants."""
    last = len(film.durations) - 1
    numbers = {"images": range(last + 1), "steps": {step.last for step in film.steps}, "end": {last}}
    return numbers.get(wants, ())
