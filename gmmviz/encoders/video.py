"""What MP4, MOV and WebM share: a constant frame rate, colors in limited range, keyframes and chapters.

Players, editors and conference tools work best with a constant frame rate. So every frame lasts exactly
1 / `fps`, and the film is as long as the nearest whole number of frames. Each frame shows the image of its middle.
An image that stands for long is repeated; that costs hardly any bytes, and some players stumble over long frames.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace

from gmmviz.encoders.base import Contents, Film, Image, Shot, address, some
from gmmviz.encoders.decimal_point import decimal_point
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.errors import InputError

LARGEST = 139_264 * 256  # pixels; the highest levels of H.264 and VP9 allow no more
QUICKEST = 120  # frames a second; a step that is shorter than one of them cannot be seen
Quality = Literal["draft", "standard", "high"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One frame of the video.

    Parameters
    ----------
    image : int
        The number of the film's image that it shows.
    opens : bool
        Whether a step begins with it.
    """

    image: int
    opens: bool


class VideoEncoder(MovingEncoder):
    """A video of a constant frame rate."""

    @abstractmethod
    def codec_name(self) -> str:
        """Return what FFmpeg calls the codec."""

    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """Return the options for the codec."""

    def stream_texts(self, film: Film) -> Mapping[str, str]:
        """Return what the file says about its pictures."""
        return {}

    @abstractmethod
    def container_settings(self) -> Mapping[str, str]:
        """Return the options for the writer of the file format."""

    def pixels(self, film: Film) -> str:
        """Return what FFmpeg calls the format of the file's pixels."""
        return "yuv420p"

    def size_of(self, film: Film) -> tuple[int, int]:
        """Round the size up to even numbers, where 4:2:0 color needs that."""
        width, height = film.size
        if "420" not in self.pixels(film):
            return film.size
        return width + width % 2, height + height % 2

    def check(self, film: Film) -> None:
        """Refuse pictures that are too large for any player."""
        width, height = film.size
        if width * height > LARGEST:
            raise InputError(
                f"{width}x{height} pixels are more than {self.format} holds ({LARGEST:,} in all): make the film "
                "smaller, or write a gif, webp or apng",
                "size",
            )

    def time_base(self, rate: Fraction) -> Fraction:
        """Return how many seconds FFmpeg is told that a frame lasts."""
        return 1 / rate

    def length_of(self, film: Film) -> float:
        """Return the length of a whole number of frames that is nearest to the film's."""
        rate = frame_rate(film)
        return float(n_frames(film, rate) / rate)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode frame by frame."""
        width, height = size = self.size_of(film)
        rate = frame_rate(film)
        slots = cut(film, rate)
        pixels = self.pixels(film)
        options = dict(self.container_settings())
        with decimal_point(), av.open(address(path), "w", format=self.format, options=options) as container:
            if film.title:
                container.metadata["title"] = film.title
            if film.text:
                container.metadata["description"] = container.metadata["comment"] = film.text
            container.set_chapters(chapters(film, slots, rate))
            stream: Any = container.add_stream(self.codec_name(), rate=rate, options=dict(self.settings()))
            stream.width, stream.height, stream.pix_fmt = width, height, pixels
            stream.metadata.update(self.stream_texts(film))
            stream.time_base = stream.codec_context.time_base = base = self.time_base(rate)
            context = stream.codec_context
            if "yuv" in pixels:
                context.color_range, context.colorspace = 1, 1  # limited, BT.709
            context.color_primaries = context.color_trc = 1

            def mux(packets: list[Any]) -> None:
                for packet in packets:
                    packet.duration = 1  # the codec guesses, and the last guess is wrong
                    container.mux(packet)

            for number, (slot, picture) in enumerate(_pictures(slots, shots, size, film.background, pixels)):
                picture.pts, picture.time_base = number, base
                picture.pict_type = PictureType.I if slot.opens else PictureType.NONE
                mux(stream.encode(picture))
            mux(stream.encode(None))
        note = (
            "" if size == film.size else f"made even from {film.size[0]}x{film.size[1]}, as {self.format} needs it"
        )
        return Contents(size, len(slots), float(len(slots) / rate), note)


def frame_rate(film: Film) -> Fraction:
    """Return the film's frames per second; a multiple of them where a step would be too short to be seen."""
    rate = Fraction(float(film.fps)).limit_denominator(1001)  # 24000/1001 is a common rate
    shortest = min((step.ends - step.begins for step in film.steps), default=film.length)
    wanted = math.ceil(1 / float(rate) / max(shortest, 1 / QUICKEST) - 1e-6)
    return rate * max(1, min(wanted, math.floor(QUICKEST / rate)))


def n_frames(film: Film, rate: Fraction) -> int:
    """Return how many frames are nearest to the film's length."""
    return max(1, math.floor(film.length * float(rate) + 0.5 + 1e-6))


def cut(film: Film, rate: Fraction) -> list[Slot]:
    """Cut a film into frames of one length; it ends with its last image."""
    ends = np.cumsum(film.durations)
    middles = (np.arange(n_frames(film, rate)) + 0.5) / float(rate)
    shown = np.minimum(np.searchsorted(ends, middles, side="right"), len(ends) - 1)
    shown[-1] = len(ends) - 1
    opened = np.searchsorted([step.last for step in film.steps], shown)  # the step of each slot
    opens = np.diff(opened, prepend=-1) > 0
    return [Slot(int(image), bool(first)) for image, first in zip(shown, opens, strict=True)]


def chapters(film: Film, slots: list[Slot], rate: Fraction) -> Any:
    """Return one chapter per iteration, which begins with the iteration's first frame."""
    if not film.steps:
        return []
    begins: dict[str, int] = {}
    lasts = [step.last for step in film.steps]
    for number, slot in enumerate(slots):
        if slot.opens:
            begins.setdefault(film.steps[bisect_left(lasts, slot.image)].chapter, number)
    ends = [*list(begins.values())[1:], len(slots)]
    return [
        {"id": i, "start": begin, "end": end, "time_base": 1 / rate, "metadata": {"title": title}}
        for i, ((title, begin), end) in enumerate(zip(begins.items(), ends, strict=True))
    ]


def _pictures(
    slots: list[Slot], shots: Iterable[Shot], size: tuple[int, int], background: str, pixels: str
) -> Iterator[tuple[Slot, Any]]:
    """Yield each frame with its picture; an image that is repeated is converted once."""
    waiting = iter(slots)
    slot = next(waiting, None)
    for number, shot in enumerate(some(shots)):
        picture = None
        while slot and slot.image == number:
            picture = picture or _converted(_padded(shot.image, size, background), pixels)
            yield slot, picture
            slot = next(waiting, None)


def _converted(image: Image, pixels: str) -> Any:
    # Not copied: the image is looked at here and now.
    frame = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), format="rgba")
    if "yuv" not in pixels:
        return frame.reformat(format=pixels)
    return frame.reformat(
        format=pixels,
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
    )


def _padded(image: Image, size: tuple[int, int], background: str) -> Image:
    width, height = size
    if image.shape[:2] == (height, width):
        return image
    padded = np.empty((height, width, 4), np.uint8)
    padded[:] = [*bytes.fromhex(background[1:]), 255]
    padded[: image.shape[0], : image.shape[1]] = image
    return padded
