"""Animated WebP: all colors, in less than a third of an APNG's bytes.

FFmpeg's libwebp writes the pictures. What it leaves out is put in here: how long the last one stands, and
the words (XMP). The container is described in https://developers.google.com/speed/webp/docs/riff_container
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, BinaryIO, ClassVar
from xml.sax.saxutils import escape

import av
import numpy as np
from pydantic import Field

from gmmviz.encoders.base import ENCODERS, Contents, Encoder, Film, Image, Shot
from gmmviz.encoders.palette import Palette
from gmmviz.encoders.ticks import standing, ticked
from gmmviz.errors import InputError, RenderError
from gmmviz.options import Flag, Whole, options

TICKS = 1000  # per second
LONGEST = 2**24 - 1  # ticks
LARGEST = 16_383  # pixels on a side
ANIMATED, WITH_XMP = 0x02, 0x04  # flags


@ENCODERS.register("webp")
@options
class WebpEncoder(Encoder):
    """Animated WebP: for web pages; every color is kept."""

    tick: ClassVar[float] = 1 / TICKS

    lossless: Flag = True
    """Keep every color; otherwise 256, which takes less than half the bytes."""
    loop: Annotated[Whole, Field(ge=0, le=65_535)] = 0
    """How many times the film plays; 0 for ever."""

    @property
    def needs_samples(self) -> bool:
        """The palette is chosen from them."""
        return not self.lossless

    def check(self, film: Film) -> None:
        """Refuse sides and durations that the format has no room for."""
        if max(film.size) > LARGEST:
            raise InputError(f"a WebP has at most {LARGEST:,} pixels on a side, not {max(film.size):,}", "size")
        if max(film.durations) * TICKS > LONGEST:
            raise InputError(
                f"an image stands {max(film.durations):,.0f} s, and in a WebP at most {LONGEST // TICKS:,} s: "
                "shorten it, or write another format"
            )

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode image by image; the encoder itself would join equal ones."""
        schedule = ticked(film.durations, TICKS)
        palette = None if self.lossless else Palette(film.samples, film.size)
        n_frames, begins = 0, 0
        previous: Image | None = None
        with av.open(path, "w", format="webp", options={"loop": str(self.loop)}) as container:
            stream: Any = container.add_stream(
                "libwebp_anim",
                rate=TICKS,
                options={"lossless": "1", "compression_level": "2", "quality": "30"},
            )
            stream.width, stream.height = film.size
            stream.pix_fmt = "bgra"
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
            for stand, given in standing(schedule, shots):
                frame = palette(given) if palette else av.VideoFrame.from_ndarray(given, format="rgba")
                frame = frame.reformat(format="bgra")
                image = np.asarray(frame.to_ndarray(), np.uint8)
                if previous is not None and np.array_equal(image, previous):
                    continue
                previous, begins, n_frames = image, stand.begins, n_frames + 1
                frame.pts, frame.time_base = stand.begins, Fraction(1, TICKS)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        ends = schedule[-1].ends
        if n_frames == 1:
            _animate(path, film.size, self.loop)
        with path.open("r+b") as file:
            _set_last_duration(file, ends - begins)
            _append_words(file, film)
        return Contents(film.size, n_frames, ends / TICKS)

    def read_back(self, path: Path) -> Contents:
        """Walk through the chunks; each must be whole."""
        size, n_frames, ticks = (0, 0), 0, 0
        with path.open("rb") as file:
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
    """Yield the tag, the place and the length of each chunk."""
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


def _set_last_duration(file: BinaryIO, ticks: int) -> None:
    last = max(start for tag, start, _ in _chunks(file) if tag == b"ANMF")
    file.seek(last + 12)
    file.write(ticks.to_bytes(3, "little"))


def _append_words(file: BinaryIO, film: Film) -> None:
    if not film.title and not film.text:
        return
    start = next(start for tag, start, _ in _chunks(file) if tag == b"VP8X")
    file.seek(start)
    flags = file.read(1)[0]
    file.seek(start)
    file.write(bytes([flags | WITH_XMP]))
    file.seek(0, 2)
    file.write(_chunk(b"XMP ", _xmp(film).encode()))
    n_bytes = file.tell()
    file.seek(4)
    file.write((n_bytes - 8).to_bytes(4, "little"))


def _animate(path: Path, size: tuple[int, int], loop: int) -> None:
    """Make a film of one image out of a still picture, which has no duration."""
    content = path.read_bytes()
    pictures = [
        _chunk(tag, content[start : start + length])
        for tag, start, length in _chunks(io.BytesIO(content))
        if tag in (b"VP8L", b"VP8 ", b"ALPH")
    ]
    sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
    body = (
        _chunk(b"VP8X", bytes([ANIMATED, 0, 0, 0]) + sides)
        + _chunk(b"ANIM", b"\xff\xff\xff\xff" + loop.to_bytes(2, "little"))
        + _chunk(b"ANMF", bytes(6) + sides + bytes(3) + b"\x02" + b"".join(pictures))
    )
    path.write_bytes(b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body)


def _chunk(tag: bytes, content: bytes) -> bytes:
    return tag + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little")


def _xmp(film: Film) -> str:
    """Title and description in Dublin Core's words."""
    words = "".join(
        f'<dc:{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt></dc:{name}>'
        for name, text in (("title", film.title), ("description", film.text))
        if text
    )
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">{words}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    )
