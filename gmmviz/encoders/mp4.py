"""MP4: H.264 as every player takes it.

yuv420p in limited range with its colors tagged (BT.709), even sizes by padding, the index in front
(`faststart`), a keyframe at every step so that a lecturer can jump to it, a chapter per iteration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from gmmviz.encoders.base import ENCODERS
from gmmviz.encoders.video import Quality, VideoEncoder
from gmmviz.options import options

QUALITIES = {"draft": ("veryfast", "28"), "standard": ("medium", "23"), "high": ("slow", "16")}


@ENCODERS.register("mp4")
@options
class Mp4Encoder(VideoEncoder):
    """MP4 (H.264): for slides and web pages."""

    format: ClassVar[str] = "mp4"
    codec: ClassVar[str] = "libx264"
    ticks: ClassVar[int] = 90_000  # the clock of MPEG
    tick: ClassVar[float] = 1 / 90_000

    quality: Quality = "standard"
    """'draft' is quickest and smallest, 'high' the sharpest."""

    def container_settings(self) -> Mapping[str, str]:
        """Put the index in front, and no version numbers in."""
        return {
            "movflags": "+faststart",
            "video_track_timescale": str(self.ticks),
            "fflags": "+bitexact",
        }

    def settings(self) -> Mapping[str, str]:
        """Fix everything that a machine would choose by itself.

        Bytes must not depend on the machine, so neither may the number of threads; nor on what else the
        process does, which x264's mbtree makes them do (its vectorized code reads what was in memory before;
        films are as small and as sharp without it). Without B-frames (1 % larger) decoding and showing have
        one order, and the file's length is exact.
        """
        preset, crf = QUALITIES[self.quality]
        return {
            "preset": preset,
            "crf": crf,
            "tune": "animation",
            "bf": "0",
            "threads": "2",
            "forced-idr": "1",
            "x264-params": "mbtree=0",
        }
