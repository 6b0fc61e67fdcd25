"""What MP4 and WebM share: frames of equal length, yuv420p in limited range, keyframes and chapters.

Players and editors work best with frames of equal length. So the film is cut into equal frames at its frame rate,
a little quicker or slower so that a whole number of them makes exactly the film's length. Each frame shows the
image of its middle. An image that stands for long is repeated; that costs hardly any bytes, and some players
stumble over long frames.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Literal

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace

from gmmviz.encoders.base import Contents, Encoder, Film, Image, Shot, some
from gmmviz.errors import InputError

LARGEST = 139_264 * 256  # pixels; the highest levels of H.264 and VP9 allow no more
Quality = Literal["draft", "standard", "high"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One frame of the video.

    Parameters
    ----------
    image : int
        The number of the film's image that it shows.
    begins, ends : int
        Ticks from the beginning.
    opens : bool
        Whether a step begins with it.
    """

    image: int
    begins: int
    ends: int
    opens: bool


class VideoEncoder(Encoder):
    """A video whose frames have equal lengths."""

    format: ClassVar[str]
    codec: ClassVar[str]
    ticks: ClassVar[int]  # per second

    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """Return the options for the codec."""

    @abstractmethod
    def container_settings(self) -> Mapping[str, str]:
        """Return the options for the writer of the file format."""

    def size_of(self, film: Film) -> tuple[int, int]:
        """Round the size up to even numbers, which 4:2:0 color needs."""
        width, height = film.size
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

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode frame by frame."""
        width, height = size = self.size_of(film)
        slots = cut(film, self.ticks)
        lasts = {slot.begins: slot.ends - slot.begins for slot in slots}
        with av.open(path, "w", format=self.format, options=dict(self.container_settings())) as container:
            if film.title:
                container.metadata["title"] = film.title
            if film.text:
                container.metadata["description"] = container.metadata["comment"] = film.text
            container.set_chapters(chapters(film, slots, self.ticks))
            rate = Fraction(len(slots) * self.ticks, slots[-1].ends).limit_denominator(1001)
            stream: Any = container.add_stream(self.codec, rate=rate, options=dict(self.settings()))
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.time_base = stream.codec_context.time_base = Fraction(1, self.ticks)
            context = stream.codec_context
            context.color_range, context.colorspace = 1, 1  # limited, BT.709
            context.color_primaries = context.color_trc = 1

            def mux(packets: list[Any]) -> None:
                for packet in packets:
                    packet.duration = lasts[packet.pts]  # the codec guesses, and the last guess is wrong
                    container.mux(packet)

            for slot, picture in _pictures(slots, shots, size, film.background):
                picture.pts, picture.time_base = slot.begins, Fraction(1, self.ticks)
                picture.duration = slot.ends - slot.begins
                picture.pict_type = PictureType.I if slot.opens else PictureType.NONE
                mux(stream.encode(picture))
            mux(stream.encode(None))
        return Contents(size, len(slots), film.length)


def cut(film: Film, ticks: int) -> list[Slot]:
    """Cut a film into frames that are equally long, to a tick, and together exactly as long as the film.

    Their number follows from the frame rate; it is multiplied where a step would be too short to be seen.
    """
    ends = np.cumsum(film.durations)
    length = float(ends[-1])
    shortest = min((step.ends - step.begins for step in film.steps), default=length)
    n_slots = max(1, round(length * film.fps))
    n_slots *= max(1, math.ceil(length / n_slots / shortest - 1e-6))
    middles = (np.arange(n_slots) + 0.5) * (length / n_slots)
    shown = np.minimum(np.searchsorted(ends, middles, side="right"), len(ends) - 1)
    edges = np.round(np.arange(n_slots + 1) * (length * ticks / n_slots)).astype(int)
    opened = np.searchsorted([step.last for step in film.steps], shown)  # the step of each slot
    opens = np.diff(opened, prepend=-1) > 0
    return [
        Slot(int(image), int(begins), int(ends), bool(first))
        for image, begins, ends, first in zip(shown, edges, edges[1:], opens, strict=False)
    ]


def chapters(film: Film, slots: list[Slot], ticks: int) -> Any:
    """Return one chapter per iteration, which begins with the iteration's first frame."""
    opens = [slot.begins for slot in slots if slot.opens]
    begins: dict[str, int] = {}
    for step, tick in zip(film.steps, opens, strict=False):
        begins.setdefault(step.chapter, tick)
    ends = [*list(begins.values())[1:], slots[-1].ends]
    return [
        {
            "id": i,
            "start": begin,
            "end": end,
            "time_base": Fraction(1, ticks),
            "metadata": {"title": title},
        }
        for i, ((title, begin), end) in enumerate(zip(begins.items(), ends, strict=True))
    ]


def _pictures(
    slots: list[Slot], shots: Iterable[Shot], size: tuple[int, int], background: str
) -> Iterator[tuple[Slot, Any]]:
    """Yield each frame with its picture; an image that is repeated is converted once."""
    waiting = iter(slots)
    slot = next(waiting, None)
    for number, shot in enumerate(some(shots)):
        picture = None
        while slot and slot.image == number:
            picture = picture or _yuv(_padded(shot.image, size, background))
            yield slot, picture
            slot = next(waiting, None)


def _yuv(image: Image) -> Any:
    return av.VideoFrame.from_ndarray(image, format="rgba").reformat(
        format="yuv420p",
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
