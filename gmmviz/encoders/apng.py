"""Animated PNG: lossless, and shown by every browser.

Pixels that do not change from one image to the next are stored as transparent ones, which halves the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, ClassVar

import av
from pydantic import Field

from gmmviz.encoders.base import ENCODERS, Contents, Film, Shot, address
from gmmviz.encoders.insertion import insert
from gmmviz.encoders.palette import Palette
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.encoders.ticks import standing, ticked
from gmmviz.options import Flag, Whole, options

TICKS = 1000  # per second
SHORTEST = 11  # ticks; what browsers are told to show for 10 ms or less, they show for 100
LONGEST = 60_000  # ticks; the file stores a delay as a fraction of two 16-bit numbers
HEADER = 33  # bytes: the signature and the chunk that holds the size


@ENCODERS.register("apng")
@options
class ApngEncoder(MovingEncoder):
    """Animated PNG: for web pages; every color is kept."""

    tick: ClassVar[float] = 1 / TICKS
    format: ClassVar[str | None] = "apng"

    lossless: Flag = True
    """Keep every color; otherwise 256, which takes about a quarter of the bytes."""
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

    def length_of(self, film: Film) -> float:
        """Return the film's length; a flash is shown for as long as can be."""
        return max(film.length, 2 * SHORTEST / TICKS)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode image by image."""
        schedule = ticked(film.durations, TICKS, SHORTEST, LONGEST)
        if len(schedule) == 1:  # a PNG of one image has no duration, so show it twice
            half = max(SHORTEST, -(-schedule[0].ends // 2))
            schedule = ticked(film.durations, TICKS, 2 * SHORTEST, half)
        palette = None if self.lossless else Palette(film.samples, film.size)
        delay = f"{schedule[-1].ends - schedule[-1].begins}/{TICKS}"
        options = {"plays": str(self.loop), "final_delay": delay}
        with av.open(address(path), "w", format=self.format, options=options) as container:
            stream: Any = container.add_stream(
                "apng", rate=TICKS, options={"pred": "none" if palette else "mixed"}
            )
            stream.width, stream.height = film.size
            stream.pix_fmt = "pal8" if palette else "rgba"
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
            for stand, image in standing(schedule, shots):
                frame = palette(image) if palette else av.VideoFrame.from_ndarray(image, format="rgba")
                frame.pts, frame.time_base = stand.begins, Fraction(1, TICKS)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        _write_texts(path, {"Title": film.title, "Description": film.text}, film.language)
        return Contents(film.size, len(schedule), schedule[-1].ends / TICKS)


def _write_texts(path: Path, texts: dict[str, str], language: str) -> None:
    """Insert international text chunks (iTXt) behind the header."""
    block = b""
    for key, text in texts.items():
        if text:
            content = b"iTXt" + key.encode() + b"\0\0\0" + language.encode() + b"\0\0" + text.encode()
            length, check = len(content) - 4, zlib.crc32(content)
            block += length.to_bytes(4, "big") + content + check.to_bytes(4, "big")
    with path.open("r+b") as file:
        insert(file, HEADER, block)
