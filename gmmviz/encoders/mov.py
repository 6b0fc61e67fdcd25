"""MOV: for editors; every frame is a picture of its own, and may be transparent.

Two codecs that editors read: Apple's ProRes 4444, which is quick to cut, and PNG, which is lossless. PNG's files
are the smaller ones, since pictures of a film are mostly plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from gmmviz.encoders.base import ENCODERS, Film
from gmmviz.encoders.video import VideoEncoder
from gmmviz.options import options

NAMES = {"prores": "prores_ks", "png": "png"}  # FFmpeg's


@ENCODERS.register("mov")
@options
class MovEncoder(VideoEncoder):
    """MOV (ProRes 4444 or PNG): for video editors; large, and transparent if the film is."""

    format: ClassVar[str | None] = "mov"
    tick: ClassVar[float] = 1 / 10_000  # FFmpeg chooses a clock at least as fine, of which a frame is a multiple

    codec: Literal["prores", "png"] = "prores"
    """'prores' is read by every editor; 'png' is lossless, smaller, and slower to play."""

    @property
    def holds_alpha(self) -> bool:
        """Yes, both codecs do."""
        return True

    def codec_name(self) -> str:
        """Return what FFmpeg calls the codec."""
        return NAMES[self.codec]

    def pixels(self, film: Film) -> str:
        """Return a format without loss of resolution in its colors, with opacity if the film has it."""
        if self.codec == "png":
            return "rgba" if film.transparent else "rgb24"
        return "yuva444p10le" if film.transparent else "yuv444p10le"

    def container_settings(self) -> Mapping[str, str]:
        """Put the index first, and leave version numbers out."""
        return {"movflags": "+faststart", "fflags": "+bitexact"}

    def settings(self) -> Mapping[str, str]:
        """As many threads on every machine."""
        own: dict[str, Any] = {"prores": {"profile": "4444", "vendor": "apl0"}, "png": {"pred": "mixed"}}
        return {"threads": "2", **own[self.codec]}
