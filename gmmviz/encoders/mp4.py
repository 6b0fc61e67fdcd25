"""MP4: H.264 that every player can play.

The pixel format is yuv420p in limited range with its colors tagged (BT.709), sizes are padded to even numbers, and
the index comes first (`faststart`). Every step begins with a keyframe, so that a lecturer can jump to it, and
every iteration is a chapter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from gmmviz.encoders.base import ENCODERS
from gmmviz.encoders.video import Quality, VideoEncoder
from gmmviz.options import options

# x264's preset and constant rate factor, and what is added to its preset. "veryfast" with trellis quantization
# takes less than half the time of "medium", at 8 % more bytes and the same PSNR.
QUALITIES = {
    "draft": ("veryfast", "28", ""),
    "standard": ("veryfast", "22.3", ":trellis=1"),
    "high": ("slow", "16", ""),
}


@ENCODERS.register("mp4")
@options
class Mp4Encoder(VideoEncoder):
    """MP4 (H.264): for slides and web pages."""

    format: ClassVar[str | None] = "mp4"
    tick: ClassVar[float] = 1 / 10_000  # FFmpeg chooses a clock at least as fine, of which a frame is a multiple

    quality: Quality = "standard"
    """'draft' is quickest and smallest, 'high' the sharpest."""

    def codec_name(self) -> str:
        """Return what FFmpeg calls the codec."""
        return "libx264"

    def container_settings(self) -> Mapping[str, str]:
        """Put the index first, and leave version numbers out."""
        return {
            "movflags": "+faststart",
            "fflags": "+bitexact",
        }

    def settings(self) -> Mapping[str, str]:
        """Fix everything that x264 would choose by itself, so that bytes depend on nothing but the film.

        The number of threads is fixed because bytes depend on it. mbtree is off because its vectorized code reads
        whatever was in memory before; films are as small and as sharp without it. Nothing else needs to look
        ahead: every step begins with a keyframe, so x264 looks for no scenes. There are no B-frames, which makes
        files 1 % larger: so frames are decoded in the order in which they are shown, and the file's length is
        exact.
        """
        preset, crf, more = QUALITIES[self.quality]
        return {
            "preset": preset,
            "crf": crf,
            "tune": "animation",
            "bf": "0",
            "threads": "2",
            "forced-idr": "1",
            "x264-params": "mbtree=0:scenecut=0:rc-lookahead=0:weightp=0" + more,
        }
