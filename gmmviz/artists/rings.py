"""Rings around points that have something in common: the improbable ones, or those on which two runs differ."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gmmviz.artists.animated import animated
from gmmviz.themes import Theme

WIDE, CLOSE = 4.2, 2.6  # diameters in radii of a point: rings of few points, and of many that lie close together
WIDTHS = {WIDE: 1.8, CLOSE: 1.4}  # of their lines, in pixels of a 720-pixel-high picture


def rings(axes: Axes, radius: float, theme: Theme, size: float = WIDE) -> Line2D:
    """Make rings, around no points yet: `set_data` says around which.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    radius : float
        Of a point, in typographic points.
    theme : Theme
        Scaled to the picture.
    size : float
        `WIDE` or `CLOSE`.

    Returns
    -------
    matplotlib.lines.Line2D
    """
    line = Line2D(
        [],
        [],
        marker="o",
        linestyle="none",
        markersize=size * radius,
        markerfacecolor="none",
        markeredgecolor=theme.text,
        markeredgewidth=theme.mark_px(WIDTHS[size]),
    )
    animated(axes, line, 1.5)  # behind the points, which keep their colors where many lie close together
    return line
