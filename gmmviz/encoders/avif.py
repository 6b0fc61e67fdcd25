"""Animated AVIF: the smallest file that a web page shows as a picture, in AV1.

Pillow's libavif compresses the pictures. Pillow asks for all pictures at once, and goes through them in order; so
it is given stand-ins, which fetch their picture when it is compressed, and memory stays constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from PIL import Image as Pillow

from gmmviz.encoders.base import ENCODERS, Contents, Film, Image, Shot
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.encoders.ticks import Stand, standing, ticked
from gmmviz.encoders.video import Quality
from gmmviz.encoders.xmp import xmp
from gmmviz.errors import InputError
from gmmviz.options import options

TICKS = 1000  # per second; Pillow counts in milliseconds
SHORTEST = 11  # ticks; what browsers are told to show for 10 ms or less, they show for 100
LARGEST = 65_536  # pixels on a side
QUALITIES = {"draft": 50, "standard": 70, "high": 100}  # libavif's; 100 is not quite lossless
HOLDERS, DATED = (b"moov", b"trak", b"mdia"), (b"mvhd", b"tkhd", b"mdhd")  # boxes of the file
SPEED = 8  # of 10; 6 takes ten times as long (0.1 s of CPU for 800x450 pixels), for half of the bytes


@ENCODERS.register("avif")
@options
class AvifEncoder(MovingEncoder):
    """Animated AVIF: for web pages, the smallest; transparent if the film is."""

    tick: ClassVar[float] = 1 / TICKS
    format: ClassVar[str | None] = "mov"  # which AVIF is a kind of

    quality: Quality = "standard"
    """'draft' is the smallest, 'high' the sharpest: hardly anything is lost."""

    @property
    def holds_alpha(self) -> bool:
        """Yes."""
        return True

    def check(self, film: Film) -> None:
        """Refuse a picture that is too large for the format."""
        if max(film.size) > LARGEST:
            raise InputError(f"an AVIF has at most {LARGEST:,} pixels on a side, not {max(film.size):,}", "size")

    def length_of(self, film: Film) -> float:
        """Return the film's length; a flash is shown for as long as can be."""
        return max(film.length, 2 * SHORTEST / TICKS)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode image by image."""
        schedule = ticked(film.durations, TICKS, SHORTEST)
        if len(schedule) == 1:  # an AVIF of one image has no duration, so show it twice
            half = max(SHORTEST, -(-schedule[0].ends // 2))
            schedule = ticked(film.durations, TICKS, 2 * SHORTEST, half)
        images = standing(schedule, shots)
        n_channels = 4 if film.transparent else 3
        first = Pillow.fromarray(next(images)[1][:, :, :n_channels])
        first.save(
            path,
            format="avif",
            save_all=True,
            append_images=[_Later(film, images) for _ in schedule[1:]],
            duration=[stand.ends - stand.begins for stand in schedule],
            quality=QUALITIES[self.quality],
            subsampling="4:4:4",  # thin colored lines would lose 2 dB
            speed=SPEED,
            max_threads=2,
            xmp=xmp(film).encode() if film.title or film.text else None,
        )
        with path.open("r+b") as file:
            _forget_dates(file, 0, file.seek(0, 2))
        return Contents(film.size, len(schedule), schedule[-1].ends / TICKS)


def _forget_dates(file: BinaryIO, begin: int, end: int) -> None:
    """Clear when the film and its tracks were made, so that the same film has the same bytes.

    The file is made of boxes, some of which hold others: the length of each (4 bytes), its name (4), its content.
    """
    while begin < end:
        file.seek(begin)
        head = file.read(8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if name in HOLDERS:
            _forget_dates(file, begin + 8, begin + length)
        elif name in DATED:
            wide = file.read(4)[0] == 1  # the version, and flags
            file.write(bytes(16 if wide else 8))  # made and changed
        begin += length or end


class _Later:
    """What Pillow asks of a picture of a film, with one that is fetched when its pixels are wanted."""

    def __init__(self, film: Film, images: Iterator[tuple[Stand, Image]]) -> None:
        self.size, self.mode = film.size, "RGBA" if film.transparent else "RGB"
        self._images = images

    def seek(self, number: int) -> None:
        """Go to its only picture."""
        if number:
            raise EOFError

    def tobytes(self, *_: Any) -> bytes:
        """Return the pixels."""
        return next(self._images)[1][:, :, : len(self.mode)].tobytes()
