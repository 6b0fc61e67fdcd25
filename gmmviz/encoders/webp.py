"""Animated WebP: all colors, in half of an APNG's bytes.

Pillow's libwebp compresses the pictures. Each picture is the rectangle that has changed since the one before, and
in it the pixels that have not changed are transparent. The container is written here, picture by picture, because
libwebp's own writer keeps the whole film in memory. The format of the container:
https://developers.google.com/speed/webp/docs/riff_container
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, ClassVar

import numpy as np
from PIL import Image as Pillow
from pydantic import Field

from gmmviz.encoders.base import ENCODERS, Contents, Film, Image, Shot
from gmmviz.encoders.palette import Palette
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.encoders.ticks import standing, ticked
from gmmviz.encoders.xmp import xmp
from gmmviz.errors import InputError, RenderError
from gmmviz.options import Flag, Whole, options

TICKS = 1000  # per second
SHORTEST = 11  # ticks; what browsers are told to show for 10 ms or less, they show for 100
LONGEST = 2**24 - 1  # ticks
LARGEST = 16_383  # pixels on a side
DRAWN_OVER, ALONE = 0x00, 0x02  # flags of a picture: whether what was there before shines through
ANIMATED, WITH_XMP, WITH_ALPHA = 0x02, 0x04, 0x10  # flags of the header


@ENCODERS.register("webp")
@options
class WebpEncoder(MovingEncoder):
    """Animated WebP: for web pages; every color is kept."""

    tick: ClassVar[float] = 1 / TICKS

    lossless: Flag = True
    """Keep every color; otherwise 256, which takes less than half the bytes."""
    loop: Annotated[Whole, Field(ge=0, le=65_535)] = 0
    """How many times the film plays; 0 for ever."""

    @property
    def holds_alpha(self) -> bool:
        """Yes, where every color is kept."""
        return self.lossless

    @property
    def needs_samples(self) -> bool:
        """Whether a palette must be chosen."""
        return not self.lossless

    def check(self, film: Film) -> None:
        """Refuse sizes and durations that the format has no room for."""
        if max(film.size) > LARGEST:
            raise InputError(f"a WebP has at most {LARGEST:,} pixels on a side, not {max(film.size):,}", "size")
        if max(film.durations) * TICKS > LONGEST:
            raise InputError(
                f"an image stands {max(film.durations):,.0f} s, and in a WebP at most {LONGEST // TICKS:,} s: "
                "shorten it, or write another format"
            )

    def length_of(self, film: Film) -> float:
        """Return the film's length; a flash is shown for as long as can be."""
        return max(film.length, SHORTEST / TICKS)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode image by image; an image equal to the one before only prolongs that one."""
        return self.write_with(path, film, shots)

    def write_with(
        self, path: Path, film: Film, shots: Iterable[Shot], whole: Collection[int] = frozenset()
    ) -> Contents:
        """Encode image by image, some of them whole, so that a player can begin with them.

        Parameters
        ----------
        path : Path
            The file to write.
        film : Film
            What is known of the film.
        shots : iterable of Shot
            Its images.
        whole : collection of int
            The numbers of the images that are stored whole, and not as what changes.

        Returns
        -------
        Contents
            What the file should hold.
        """
        schedule = ticked(film.durations, TICKS, SHORTEST)
        colors = self._colors(film)
        n_frames, begins = 0, 0
        previous: Image | None = None
        waiting = b""  # the latest picture, until it is known how long it is shown
        with path.open("r+b") as file:
            file.write(_head(film.size, self.loop))
            for stand, given in standing(schedule, shots):
                image = colors(given)
                picture = _picture(image, None if stand.image in whole else previous, replaces=film.transparent)
                if not picture:
                    continue
                _append(file, waiting, stand.begins - begins)
                waiting, previous, begins, n_frames = picture, image, stand.begins, n_frames + 1
            ends = schedule[-1].ends
            _append(file, waiting, ends - begins)
            if film.title or film.text:
                file.write(_chunk(b"XMP ", xmp(film).encode()))
            _finish(file, WITH_XMP if film.title or film.text else 0)
        return Contents(film.size, n_frames, ends / TICKS)

    def expected_bytes(self, film: Film, pairs: Iterable[tuple[Image, Image]], n_whole: int = 1) -> int:
        """Estimate the size of the file by what changes from some images to the next.

        Parameters
        ----------
        film : Film
            What is known of the film.
        pairs : iterable of (Image, Image)
            Some of its images, each with the one that follows it.
        n_whole : int
            How many images are stored whole.

        Returns
        -------
        int
            Bytes.

        Raises
        ------
        InputError
            If there are no pairs.
        """
        colors = self._colors(film)
        changes, wholes = [], []
        for i, pair in enumerate(pairs):
            before, after = map(colors, pair)
            changes.append(len(_picture(after, before, replaces=film.transparent)))
            if i % 4 == 0:  # they differ less, and take longer
                wholes.append(len(_picture(before, None, replaces=film.transparent)))
        if not wholes:
            raise InputError("pairs must be one or more: a size is estimated by them", "pairs")
        n_changes = len(film.durations) - n_whole
        return round(float(n_whole * np.mean(wholes) + n_changes * np.mean(changes)))

    def _colors(self, film: Film) -> Callable[[Image], Image]:
        """Return what gives an image the colors that the file has."""
        if self.lossless:
            return np.ascontiguousarray
        palette = Palette(film.samples, film.size)
        return lambda image: np.asarray(palette(image).reformat(format="rgba").to_ndarray(), np.uint8)

    def read_back(self, path: Path) -> Contents:
        """Go through the chunks; each must be complete."""
        with path.open("rb") as file:
            return contents(file)


def contents(file: BinaryIO) -> Contents:
    """Go through the chunks of an animated WebP; each must be complete.

    Parameters
    ----------
    file : file
        Open to read bytes.

    Returns
    -------
    Contents
        Its size, the number of its pictures, its length.

    Raises
    ------
    RenderError
        If the file is cut off.
    """
    size, n_frames, ticks = (0, 0), 0, 0
    for tag, start, length in _chunks(file):
        file.seek(start)
        if tag == b"VP8X":
            head = file.read(10)
            size = _number(head[4:7]) + 1, _number(head[7:10]) + 1
        elif tag == b"ANMF":
            head = file.read(16)
            n_frames, ticks = n_frames + 1, ticks + _number(head[12:15])
        file.seek(start + length)
    return Contents(size, n_frames, ticks / TICKS)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield the tag of each chunk, and the place and length of its content."""
    end = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP" or _number(head[4:8]) != end - 8:
        raise RenderError("the file is cut off")
    place = 12
    while place < end:
        file.seek(place)
        head = file.read(8)
        length = _number(head[4:])
        if len(head) < 8 or place + 8 + length > end:
            raise RenderError("the file is cut off")
        yield head[:4], place + 8, length
        place += 8 + length + length % 2


def _head(size: tuple[int, int], loop: int) -> bytes:
    """Return the chunks before the pictures; `_finish` fills in the file's length and flags."""
    sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
    return (
        b"RIFF\0\0\0\0WEBP"
        + _chunk(b"VP8X", bytes(4) + sides)
        + _chunk(b"ANIM", b"\xff\xff\xff\xff" + loop.to_bytes(2, "little"))
    )


def _picture(image: Image, previous: Image | None, *, replaces: bool) -> bytes:
    """Return the content of a picture's chunk without its duration; empty if nothing has changed.

    Without a picture before, it is a whole one, which says of itself that it hides what was there. Where pictures
    may be transparent, each replaces what was there, and so holds all of its rectangle.
    """
    changed = np.ones(image.shape[:2], bool)
    if previous is not None:
        changed = image.view(np.uint32)[:, :, 0] != previous.view(np.uint32)[:, :, 0]
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        return b""
    top, left = (int(first) // 2 * 2 for first in (rows[0], columns[0]))  # the container stores half of them
    box = slice(top, int(rows[-1]) + 1), slice(left, int(columns[-1]) + 1)
    part = image[box].copy()
    if not replaces:
        part[~changed[box]] = 0
    compressed = io.BytesIO()
    Pillow.fromarray(part).save(compressed, format="webp", lossless=True, quality=30, method=2)
    content = compressed.getvalue()
    pictures = b"".join(
        _chunk(tag, content[start : start + length])
        for tag, start, length in _chunks(compressed)
        if tag in (b"VP8L", b"VP8 ", b"ALPH")
    )
    height, width, _ = part.shape
    numbers = (left // 2, top // 2, width - 1, height - 1)
    place = b"".join(number.to_bytes(3, "little") for number in numbers)
    return place + bytes([ALONE if previous is None or replaces else DRAWN_OVER]) + pictures


def _append(file: BinaryIO, picture: bytes, ticks: int) -> None:
    """Write a picture that is shown for so many ticks."""
    if picture:
        file.write(_chunk(b"ANMF", picture[:12] + ticks.to_bytes(3, "little") + picture[12:]))


def _finish(file: BinaryIO, flags: int) -> None:
    """Fill in the file's length and flags."""
    n_bytes = file.tell()
    file.seek(4)
    file.write((n_bytes - 8).to_bytes(4, "little"))
    file.seek(20)
    file.write(bytes([flags | ANIMATED | WITH_ALPHA]))


def _chunk(tag: bytes, content: bytes) -> bytes:
    return tag + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little")
