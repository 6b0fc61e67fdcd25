"""One moment of one run in an Axes of the user's own figure."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from gmmviz.renderers import EllipseRenderer, Renderer
from gmmviz.stage import stages
from gmmviz.themes import Theme, theme_named
from gmmviz.timeline import frame_at, step_named
from gmmviz.trace import Trace

ROOM = (1.7, 1.45)  # a film's picture is so much wider and higher than its main panel


def plot(
    trace: Trace,
    ax: Axes,
    renderer: Renderer | None = None,
    *,
    at: str = "end",
    theme: Theme | str = "light",
) -> Axes:
    """Draw one moment of a run into an Axes, as a film would show it.

    Parameters
    ----------
    trace : Trace
    ax : matplotlib.axes.Axes
        Where to draw.
    renderer : Renderer
        What to draw; by default ellipses.
    at : str
        ``"start"``, ``"end"``, or a step such as ``"E3"`` or ``"M3"``: its last frame.
    theme : Theme or str

    Returns
    -------
    matplotlib.axes.Axes
        The same.

    Examples
    --------
    >>> import gmmviz as gv
    >>> from matplotlib.figure import Figure
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2)
    >>> left, right = Figure().subplots(1, 2)
    >>> gv.plot(trace, left, at="M1").get_xlabel()
    'eruption (min)'
    >>> gv.plot(trace, right, gv.LikelihoodRenderer()).get_xlabel()
    'iteration'
    """
    renderer = renderer if renderer is not None else EllipseRenderer()
    (stage,) = stages([("", trace)], renderer.reach)
    renderer.check(stage)
    figure: Any = ax.get_figure(root=True)
    width, height = (side * 72 / figure.dpi for side in ax.get_window_extent().size)
    scaled = theme_named(theme).scaled((ROOM[0] * width, ROOM[1] * height))
    with scaled.applied():
        before = set(ax.get_children())
        props = renderer.draw_still(ax, stage, scaled)
        shown = set(renderer.moving(props, frame_at(trace, step_named(at, len(trace) - 1)), stage, scaled))
    for artist in set(ax.get_children()) - before:
        if artist.get_animated():
            artist.set_visible(artist in shown)
            artist.set_animated(False)
    return ax
