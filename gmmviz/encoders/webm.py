"""WebM: VP9, for web pages that want nothing patented; as small as H.264."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from gmmviz.encoders.base import ENCODERS
from gmmviz.encoders.video import Quality, VideoEncoder
from gmmviz.options import options

# Within 3 % of the bytes of "good", which takes eight times as long.
QUALITIES = {"draft": ("realtime", "8", "40"), "standard": ("realtime", "5", "30"), "high": ("good", "3", "18")}


@ENCODERS.register("webm")
@options
class WebmEncoder(VideoEncoder):
    """WebM (VP9): for web pages."""

    format: ClassVar[str] = "webm"
    codec: ClassVar[str] = "libvpx-vp9"
    ticks: ClassVar[int] = 1000  # Matroska's clock
    tick: ClassVar[float] = 1 / 1000

    quality: Quality = "standard"
    """'draft' is quickest and smallest, 'high' the sharpest."""

    def container_settings(self) -> Mapping[str, str]:
        """Draw no random identifier, so that the same film has the same bytes."""
        return {"fflags": "+bitexact"}

    def settings(self) -> Mapping[str, str]:
        """Aim at a quality, whatever it takes, with threads that change no bytes."""
        deadline, speed, crf = QUALITIES[self.quality]
        return {
            "deadline": deadline,
            "cpu-used": speed,
            "crf": crf,
            "b": "0",
            "g": "9999",  # steps have keyframes already
            "threads": "2",
            "row-mt": "1",
            "tile-columns": "1",
            "auto-alt-ref": "0",  # no invisible frames: one packet is one frame
        }
