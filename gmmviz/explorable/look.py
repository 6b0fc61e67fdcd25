"""How the page looks: what a film's panel would show, for the script."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gmmviz.artists.ellipses import mass_note
from gmmviz.artists.marked_points import mark_notes
from gmmviz.renderers import ContourRenderer, CurveRenderer, EllipseRenderer, Renderer, SurfaceRenderer
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import plain
from gmmviz.themes import Theme
from gmmviz.themes.color import contrast, mixed

Scale = Literal["average", "negative_average", "total"]
PANELS = (EllipseRenderer, ContourRenderer, SurfaceRenderer, CurveRenderer)
READ = 4.5  # contrast from which on letters can be read
STEPS = 20  # from a muted ink to that of the text


def projected(renderer: Renderer | None, stage: Stage) -> Projection:
    """Return what the panel shows of the data: one axis of a curve, else two where there are two features."""
    few = stage.trace.data.points.shape[1] == 1 or isinstance(renderer, CurveRenderer)
    return stage.projection(getattr(renderer, "features", None), 1 if few else 2)


def panel(renderer: Renderer | None, stage: Stage) -> dict[str, Any]:
    """Return the map from the features to the axes, and what is drawn there.

    Parameters
    ----------
    renderer : Renderer or None
        A panel of the film.
    stage : Stage
        The run.

    Returns
    -------
    dict
        For JSON.
    """
    projection = projected(renderer, stage)
    radii: tuple[float, ...] = (2.0, 1.0)
    if isinstance(renderer, EllipseRenderer):
        radii = renderer.outlines
    elif isinstance(renderer, ContourRenderer):
        radii = tuple(sorted(renderer.radii, reverse=True))
    shown = [projection.note, *map(plain, mark_notes(stage.trace.data, projection, stage))]
    notes = list(shown)
    if len(projection.names) == 2:
        notes.append(plain(mass_note(radii, stage.words)))
    return {
        "d": len(projection.names),
        "matrix": projection.matrix.ravel().tolist(),
        "back": np.linalg.pinv(projection.matrix).ravel().tolist(),
        "center": projection.center.tolist(),
        "names": list(projection.names),
        "part": bool(projection.note),
        "note": "; ".join(filter(None, notes)),
        "limits": stage.limits(projection).tolist(),
        "radii": list(radii or (2.0,)),
        "partNote": "; ".join(filter(None, shown)),
        "reverse": list(getattr(renderer, "reverse", ())),
        "equal": getattr(renderer, "aspect", "auto") == "equal",
        "bins": getattr(renderer, "bins", "auto"),
        "density": isinstance(renderer, ContourRenderer),
        "trails": bool(getattr(renderer, "trails", True)),
    }


def truth(renderer: Renderer | None, stage: Stage) -> dict[str, Any] | None:
    """Return the mixture that the data was drawn from, on the panel's axes, with its hues; None if unknown."""
    known = stage.truth(projected(renderer, stage))
    if known is None:
        return None
    mixture, hues = known
    return {
        "weights": mixture.weights.tolist(),
        "means": mixture.means.ravel().tolist(),
        "covariances": mixture.covariances.ravel().tolist(),
        "hues": list(hues),
    }


def theme_facts(theme: Theme, n_hues: int) -> dict[str, Any]:
    """Return the theme's inks, and those of the page around the picture.

    Parameters
    ----------
    theme : Theme
    n_hues : int
        How many hues components may need.

    Returns
    -------
    dict
        Each ink as ``#rrggbb``; `quiet` is `muted` as far as small letters can be read in it.
    """
    palette = [theme.color(k) for k in range(n_hues)]
    accent = next((color for color in palette if contrast(color, theme.background) >= READ), theme.text)
    quiet = next(
        ink
        for ink in (_between(theme.muted, theme.text, i / STEPS) for i in range(STEPS + 1))
        if ink == theme.text.lower() or min(contrast(ink, theme.background), contrast(ink, theme.panel)) >= READ
    )
    names = ("background", "panel", "text", "muted", "grid", "unknown", "outline")
    return {
        **{name: getattr(theme, name) for name in names},
        "accent": accent,
        "on_accent": theme.ink_on(accent),
        "quiet": quiet,
        "good": palette[2],
        "palette": palette,
        "inks": [theme.ink_on(color) for color in palette],
        "dark": contrast(theme.background, "#ffffff") > contrast(theme.background, "#000000"),
    }


def _between(one: str, other: str, share: float) -> str:
    return f"#{bytes(mixed(one, [other], np.array([[share]]))[0, :3].tolist()).hex()}"
