"""A file of so many bytes at most: what to give up, and how much of it.

Frame rate goes first (every second or third image is left out), then colors, then size. The film comes only
once, so its images are kept without loss in a nameless file beside the target while smaller and smaller
files are tried; halving the list of choices, that is about five of them.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, Protocol

import av
import numpy as np
from av.video.reformatter import Interpolation

from gmmviz.encoders.base import Contents, Film, Image, Shot
from gmmviz.errors import RenderError

SLOWEST = 7.0  # images a second; slower than that, nothing moves any more
COLORS = (128, 64)  # with fewer, hues that mean something are no longer told apart
SHRINKING = 0.85  # of width and height, from one choice to the next
NARROWEST = 160  # pixels


class _Writer(Protocol):
    @property
    def n_colors(self) -> int: ...

    def write_once(
        self, path: Path, film: Film, shots: Iterable[Shot], shortest: int, n_colors: int | None
    ) -> Contents: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What a file is made with: every how many-th image, how many colors, which size."""

    every: int
    n_colors: int
    size: tuple[int, int]

    def shortest(self, film: Film) -> int:
        """Hundredths of a second that an image must stand."""
        return 2 if self.every == 1 else max(2, math.floor(100 * (self.every - 0.3) / film.fps))

    def describe(self, film: Film) -> str:
        """Say it for the user."""
        width, height = self.size
        return f"{film.fps / self.every:.3g} frames a second, {self.n_colors} colors, {width}x{height} pixels"


def choices(film: Film, n_colors: int) -> list[Choice]:
    """Every choice, from the best to the smallest."""
    width, height = film.size
    rates = [1, *(n for n in (2, 3, 4, 5, 6, 8, 12, 16) if film.fps / n >= SLOWEST)]
    colors = [n_colors, *(n for n in COLORS if n < n_colors)]
    found = [Choice(every, n_colors, film.size) for every in rates]
    found += [Choice(rates[-1], n, film.size) for n in colors[1:]]
    scale = SHRINKING
    while width * scale >= NARROWEST:
        size = round(width * scale), max(1, round(height * scale))
        found.append(Choice(rates[-1], colors[-1], size))
        scale *= SHRINKING
    return found


def write_within(max_bytes: int, encoder: _Writer, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
    """Write the best file of at most so many bytes.

    Returns
    -------
    Contents
        Its note says what was chosen, if the film had to give up anything.

    Raises
    ------
    RenderError
        If not even the smallest choice is small enough.
    """
    ladder = choices(film, encoder.n_colors)
    with tempfile.TemporaryFile(dir=path.parent) as file:
        kept = _Kept(file, film, shots)

        def attempt(choice: Choice) -> Contents:
            made = kept.scaled(choice.size)
            return encoder.write_once(path, made, kept.shots(choice.size), choice.shortest(film), choice.n_colors)

        contents = attempt(ladder[0])
        if path.stat().st_size <= max_bytes:
            return contents
        contents, written = attempt(ladder[-1]), ladder[-1]
        smallest = path.stat().st_size
        if smallest > max_bytes:
            raise RenderError(
                f"{smallest:,} bytes are the fewest that the film takes, with {ladder[-1].describe(film)}; "
                f"max_bytes = {max_bytes:,} needs a shorter or simpler film"
            )
        too_large, small_enough = 0, len(ladder) - 1
        while small_enough - too_large > 1:
            middle = (too_large + small_enough) // 2
            contents, written = attempt(ladder[middle]), ladder[middle]
            if path.stat().st_size <= max_bytes:
                small_enough = middle
            else:
                too_large = middle
        chosen = ladder[small_enough]
        if written != chosen:
            contents = attempt(chosen)
        return replace(contents, note=f"{chosen.describe(film)}, to take at most {max_bytes:,} bytes")


class _Kept:
    """A film whose images can be gone through again."""

    def __init__(self, file: IO[bytes], film: Film, shots: Iterable[Shot]) -> None:
        self._file, self._film = file, film
        width, height = film.size
        self._opens = []
        with av.open(file, "w", format="nut") as container:
            stream: Any = container.add_stream(
                "libx264rgb", rate=100, options={"preset": "ultrafast", "qp": "0", "bf": "0", "threads": "2"}
            )
            stream.width, stream.height, stream.pix_fmt = width, height, "bgr24"
            for number, shot in enumerate(shots):
                self._opens.append(shot.opens)
                frame = av.VideoFrame.from_ndarray(shot.image, format="rgba").reformat(format="bgr24")
                frame.pts, frame.time_base = number, Fraction(1, 100)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))

    def scaled(self, size: tuple[int, int]) -> Film:
        """The film in another size."""
        samples = tuple(_scaled(av.VideoFrame.from_ndarray(i, format="rgba"), size) for i in self._film.samples)
        return replace(self._film, size=size, samples=samples)

    def shots(self, size: tuple[int, int]) -> Iterator[Shot]:
        """Yield the images in another size."""
        self._file.seek(0)
        with av.open(self._file, "r", format="nut") as container:
            known = zip(container.decode(video=0), self._film.durations, self._opens, strict=True)
            for frame, seconds, opens in known:
                yield Shot(_scaled(frame, size), seconds, opens)


def _scaled(frame: Any, size: tuple[int, int]) -> Image:
    scaled = frame.reformat(*size, format="rgba", interpolation=Interpolation.AREA)
    return np.asarray(scaled.to_ndarray(), np.uint8)
