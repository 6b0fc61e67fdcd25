"""What the user may change in the film that a scene describes, and the limit on how large it may be."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import Any, Literal, TypedDict

from gmmviz.encoders import Encoder
from gmmviz.film.animation import Animation
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
    size, fps = size or film.size, film.fps if fps is None else fps
    if quality == "draft":
        size, fps = (_even(size[0] / 2), _even(size[1] / 2)), min(fps, 12)
    elif quality == "high":
        size, fps = (_even(size[0] * 1.5), _even(size[1] * 1.5)), max(fps, 30)
    theme = theme or film.theme.name
    if (size, fps, theme) == (film.size, film.fps, film.theme.name):
        return film
    settings = {name: getattr(film, name) for name in signature(Animation).parameters}
    return Animation(**settings | {"size": size, "fps": fps, "theme": theme})


def _even(side: float) -> int:
    return max(16, 2 * round(side / 2))


def in_quality(encoder: Encoder, quality: Quality) -> Encoder:
    """The encoder with this quality, if it has such an option."""
    options: Any = encoder
    return replace(options, quality=quality) if quality != "standard" and hasattr(encoder, "quality") else encoder


def keep_within(film: Animation, limits: Limits) -> None:
    """Refuse a film of more pixels than the limits allow."""
    width, height = film.size
    number = film.n_images
    what = f"the film would have {number:,} images of {width}x{height} pixels, {number * width * height:,} in all"
    limits.keep("pixels", number * width * height, what, "pace")
