"""How large a draft and a film of high quality are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from gmmviz.encoders import Encoder
from gmmviz.encoders.sized import MovingEncoder, PictureEncoder

Quality = Literal["draft", "standard", "high"]


def sized(size: tuple[int, int], fps: float, quality: Quality) -> tuple[tuple[int, int], float]:
    """Size in pixels and frames per second: a draft's are lower, those of high quality higher."""
    if quality == "draft":
        return (_even(size[0] / 2), _even(size[1] / 2)), min(fps, 12)
    if quality == "high":
        return (_even(size[0] * 1.5), _even(size[1] * 1.5)), max(fps, 30)
    return size, fps


def _even(side: float) -> int:
    return max(16, 2 * round(side / 2))


def in_quality(
    encoder: Encoder, quality: Quality, size: tuple[int, int] | None = None, fps: float | None = None
) -> Encoder:
    """The encoder with this quality, if it has such an option. The user's size and rate replace its own."""
    options: Any = encoder
    changes: dict[str, Any] = {}
    if isinstance(encoder, PictureEncoder) and encoder.size:
        changes["size"] = None if size else sized(encoder.size, 1, quality)[0]
    if isinstance(encoder, MovingEncoder) and encoder.fps:
        changes["fps"] = None if fps else sized((16, 16), encoder.fps, quality)[1]
    if quality != "standard" and hasattr(encoder, "quality"):
        changes["quality"] = quality
    return replace(options, **changes) if changes else encoder
