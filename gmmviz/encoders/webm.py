"""WebM: VP9, for web pages that must be free of patents; as small as H.264.

FFmpeg counts a WebM's time in milliseconds, and 24 frames a second would last 41 or 42 of them in turn. So each
frame is written as a whole number of milliseconds, and then the file is told that its unit of time is a little
longer or shorter than one: such that a frame lasts what it should. At 25 frames a second it is a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from gmmviz.encoders.base import ENCODERS, Contents, Film, Shot
from gmmviz.encoders.video import Quality, VideoEncoder, frame_rate
from gmmviz.errors import RenderError
from gmmviz.options import options

# "realtime" takes 3 % more bytes than "good", in an eighth of the time.
QUALITIES = {"draft": ("realtime", "8", "40"), "standard": ("realtime", "5", "30"), "high": ("good", "3", "18")}
HEAD = 1_000_000  # bytes, in which chapters and tags have room
UNIT = b"\x2a\xd7\xb1\x83"  # TimestampScale, in nanoseconds, a number of three bytes
LENGTH = b"\x45\xa3\x88DURATION\x44\x87\x93"  # a tag of this name, and a text of 19 bytes


@ENCODERS.register("webm")
@options
class WebmEncoder(VideoEncoder):
    """WebM (VP9): for web pages."""

    format: ClassVar[str | None] = "webm"
    tick: ClassVar[float] = (
        2 / 1000
    )  # of Matroska's clock, which rounds where a frame begins and how long it lasts

    quality: Quality = "standard"
    """'draft' is quickest and smallest, 'high' the sharpest."""

    def codec_name(self) -> str:
        """Return what FFmpeg calls the codec."""
        return "libvpx-vp9"

    def container_settings(self) -> Mapping[str, str]:
        """Write no random identifier, so that the same film has the same bytes."""
        return {"fflags": "+bitexact"}

    @property
    def holds_alpha(self) -> bool:
        """Yes, in a layer of its own."""
        return True

    def pixels(self, film: Film) -> str:
        """Return a format with a layer of opacity if the film has one."""
        return "yuva420p" if film.transparent else "yuv420p"

    def stream_texts(self, film: Film) -> Mapping[str, str]:
        """Say that there is a layer of opacity."""
        return {"alpha_mode": "1"} if film.transparent else {}

    def time_base(self, rate: Fraction) -> Fraction:
        """Return the whole number of milliseconds that is nearest to a frame."""
        return Fraction(_units(rate), 1000)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode frame by frame, and set the unit of time."""
        contents = super().write(path, film, shots)
        rate = frame_rate(film)
        with path.open("r+b") as file:
            head = file.read(HEAD)
            if UNIT not in head:
                raise RenderError("FFmpeg has not said what its unit of time is")
            file.seek(head.index(UNIT) + len(UNIT))
            file.write(int(1_000_000_000 / (rate * _units(rate))).to_bytes(3, "big"))
            if LENGTH in head:  # the same in words, for people
                file.seek(head.index(LENGTH) + len(LENGTH))
                file.write(_clock(contents.seconds).encode())
        return contents

    def settings(self) -> Mapping[str, str]:
        """Aim at a quality whatever the bitrate, with as many threads on every machine."""
        deadline, speed, crf = QUALITIES[self.quality]
        return {
            "deadline": deadline,
            "cpu-used": speed,
            "crf": crf,
            "b": "0",
            "g": "9999",  # no keyframes but those of the steps
            "threads": "2",
            "row-mt": "1",
            "tile-columns": "1",
            "auto-alt-ref": "0",  # no invisible frames: one packet is one frame
        }


def _units(rate: Fraction) -> int:
    return max(1, round(1000 / rate))


def _clock(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}000000"
