"""What the user may change in the film that a scene describes, and the limit on how large it may be."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import Any, Literal, TypedDict

from gmmviz.encoders import Encoder
from gmmviz.encoders.sized import MovingEncoder, PictureEncoder
from gmmviz.film.animation import Animation
from gmmviz.film.saving import look_for
from gmmviz.options import checked
from gmmviz.scene.limits import Limits

Quality = Literal["draft", "standard", "high"]


class Overrides(TypedDict, total=False):
    """What to change in the film that a scene describes; None changes nothing."""

    size: tuple[int, int] | None
    fps: float | None
    theme: str | None
    quality: Quality


@checked
def revised(
    film: Animation,
    size: tuple[int, int] | None = None,
    fps: float | None = None,
    theme: str | None = None,
    quality: Quality = "standard",
) -> Animation:
    """The same film in another size, frame rate, theme or quality."""
    size, fps = _in_quality(size or film.size, film.fps if fps is None else fps, quality)
    theme = theme or film.theme.name
    if (size, fps, theme) == (film.size, film.fps, film.theme.name):
        return film
    settings = {name: getattr(film, name) for name in signature(Animation).parameters}
    return Animation(**settings | {"size": size, "fps": fps, "theme": theme})


def _in_quality(size: tuple[int, int], fps: float, quality: Quality) -> tuple[tuple[int, int], float]:
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
        changes["size"] = None if size else _in_quality(encoder.size, 1, quality)[0]
    if isinstance(encoder, MovingEncoder) and encoder.fps:
        changes["fps"] = None if fps else _in_quality((16, 16), encoder.fps, quality)[1]
    if quality != "standard" and hasattr(encoder, "quality"):
        changes["quality"] = quality
    return replace(options, **changes) if changes else encoder


def keep_within(film: Animation, limits: Limits, encoder: Encoder | None = None) -> None:
    """Refuse a film of more pixels than the limits allow, in its own size or in that of this encoder's file."""
    look = film.size, film.fps
    if encoder:
        look = look_for(encoder, look)
    width, height = look[0]
    number = revised(film, *look).n_images
    what = f"the film would have {number:,} images of {width}x{height} pixels, {number * width * height:,} in all"
    own = "pace" if encoder is None else "size" if look[0] != film.size else "fps"
    limits.keep("pixels", number * width * height, what, own)
