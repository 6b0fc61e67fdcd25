"""What the user may change in the film that a scene describes, and the limit on how large it may be."""

from __future__ import annotations

from inspect import signature
from typing import TypedDict

from gmmviz.encoders import Encoder
from gmmviz.film.animation import Animation
from gmmviz.film.quality import Quality, sized
from gmmviz.film.saving import look_for
from gmmviz.options import checked
from gmmviz.scene.limits import Limits


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
    size, fps = sized(size or film.size, film.fps if fps is None else fps, quality)
    theme = theme or film.theme.name
    if (size, fps, theme) == (film.size, film.fps, film.theme.name):
        return film
    settings = {name: getattr(film, name) for name in signature(Animation).parameters}
    return Animation(**settings | {"size": size, "fps": fps, "theme": theme})


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
