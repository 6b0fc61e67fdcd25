"""Keep a file within a number of bytes: what to give up, and how much of it.

Frame rate goes first (every second or third image is left out), then colors, then size. A binary search through
this list tries about five files. Because the images come only once, they are cached without loss in a nameless
file beside the target.
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

SLOWEST = 7.0  # images a second; at fewer, movement falls apart into pictures
COLORS = (128, 64)  # with fewer, the colors of components can no longer be told apart
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
    """One way to make the file.

    Parameters
    ----------
    every : int
        2 for every second image, and so on.
    n_colors : int
    size : tuple of int
        Width and height in pixels.
    """

    every: int
    n_colors: int
    size: tuple[int, int]

    def shortest(self, film: Film) -> int:
        """Return for how many hundredths of a second an image must be shown, so that others are left out."""
        return 2 if self.every == 1 else max(2, math.floor(100 * (self.every - 0.3) / film.fps))

    def describe(self, film: Film) -> str:
        """Say it in words for the user."""
        width, height = self.size
        return f"{film.fps / self.every:.3g} frames a second, {self.n_colors} colors, {width}x{height} pixels"

    def loss(self, wanted: Choice, max_bytes: int) -> str:
        """Say what anybody sees of it: fewer colors and pixels than were wanted; empty if there are as many."""
        lost = []
        if self.n_colors < wanted.n_colors:
            lost.append(f"{self.n_colors} of {wanted.n_colors} colors")
        if self.size != wanted.size:
            lost.append(f"{_sides(self.size)} of {_sides(wanted.size)} pixels")
        if not lost:
            return ""
        return (
            f"max_bytes = {max_bytes:,} leaves {' and '.join(lost)}: raise it, shorten the film, or give the file "
            f"a size of its own, such as size = [{wanted.size[0] * 3 // 4}, {wanted.size[1] * 3 // 4}]"
        )


def _sides(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def choices(film: Film, n_colors: int) -> list[Choice]:
    """Return every choice, from the best film to the smallest file."""
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
    """Write the best file that has at most so many bytes.

    Returns
    -------
    Contents
        Its note says what was chosen, if anything was given up; its loss, which colors and pixels that cost.

    Raises
    ------
    RenderError
        If even the last choice makes too large a file.
    """
    ladder = choices(film, encoder.n_colors)
    with tempfile.TemporaryFile(dir=path.parent) as file:
        cached = _CachedFilm(file, film, shots)

        def attempt(choice: Choice) -> Contents:
            scaled = cached.film(choice.size)
            return encoder.write_once(
                path, scaled, cached.shots(choice.size), choice.shortest(film), choice.n_colors
            )

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
        note = f"{chosen.describe(film)}, to take at most {max_bytes:,} bytes"
        return replace(contents, note=note, loss=chosen.loss(ladder[0], max_bytes))


class _CachedFilm:
    """A film whose images can be read several times, in any size."""

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

    def film(self, size: tuple[int, int]) -> Film:
        """Return the film in another size."""
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
