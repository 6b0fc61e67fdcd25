"""MP4: H.264 as every player takes it.

yuv420p in limited range with its colors tagged (BT.709), even sizes by padding, the index in front
(`faststart`), a keyframe at every step so that a lecturer can jump to it. What stands still is repeated at
the frame rate, which costs next to nothing and spares players that stumble over long frames; times are
those of the film's clock, in 1/90000 s, so that the film is as long as was asked for at every frame rate.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace

from gmmviz.encoders.base import ENCODERS, Encoder, Film, Image

TICKS = 90_000  # per second, the clock of MPEG


@ENCODERS.register("mp4")
class Mp4Encoder(Encoder):
    """MP4 (H.264): for slides and web pages."""

    tick = 1 / TICKS

    def size_of(self, film: Film) -> tuple[int, int]:
        """Round the picture up to even numbers, which H.264 with 4:2:0 color needs."""
        width, height = film.size
        return width + width % 2, height + height % 2

    def write(self, path: Path, film: Film) -> None:
        """Encode image by image."""
        width, height = self.size_of(film)
        rate = Fraction(film.fps).limit_denominator(1001)
        with av.open(
            path, "w", format="mp4", options={"movflags": "+faststart", "video_track_timescale": str(TICKS)}
        ) as container:
            container.metadata["title"] = film.title
            # Bytes must not depend on the machine, so neither may the number of threads. Without B-frames
            # (1 % larger) decoding and showing have one order, and the file's length is exact.
            stream: Any = container.add_stream(
                "libx264",
                rate=rate,
                options={
                    "preset": "medium",
                    "crf": "23",
                    "bf": "0",
                    "threads": "2",
                    "forced-idr": "1",
                    "tune": "animation",
                },
            )
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
            context = stream.codec_context
            context.color_range, context.colorspace = 1, 1  # limited, BT.709
            context.color_primaries = context.color_trc = 1
            clock, begins = 0.0, 0
            lasts: dict[int, int] = {}  # ticks by first tick

            def mux(packets: list[Any]) -> None:
                for packet in packets:
                    packet.duration = lasts.pop(packet.pts)  # x264 guesses, and is wrong about the last
                    container.mux(packet)

            for shot in film:
                picture = _yuv(_padded(shot.image, (width, height), film.background))
                first, clock = clock, clock + shot.seconds
                repeats = max(1, round(shot.seconds * film.fps))
                for i in range(1, repeats + 1):
                    ends = round((first + shot.seconds * i / repeats) * TICKS)
                    picture.pts, picture.time_base = begins, Fraction(1, TICKS)
                    lasts[begins] = ends - begins
                    opens = shot.opens and i == 1
                    picture.pict_type = PictureType.I if opens else PictureType.NONE
                    mux(stream.encode(picture))
                    begins = ends
            mux(stream.encode(None))


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
