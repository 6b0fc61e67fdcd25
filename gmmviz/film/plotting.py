"""One moment of one run in an Axes of the user's own figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes

from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.renderers import EllipseRenderer, Renderer
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.timeline import frame_at, step_named
from gmmviz.themes import Theme, theme_named

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

    The panel's note is the Axes' title, which ``ax.set_title`` replaces. The figure takes the theme's
    background, and the Axes its colors.

    Parameters
    ----------
    trace : Trace
    ax : matplotlib.axes.Axes
        Where to draw: a plain one, also for surfaces.
    renderer : Renderer
        What to draw; by default ellipses.
    at : str
        ``"start"``, ``"end"``, or a step such as ``"E3"`` or ``"M3"``: its last frame.
    theme : Theme or str

    Returns
    -------
    matplotlib.axes.Axes
        The same.

    Raises
    ------
    InputError
        If there is no such step, or the renderer cannot draw the run.

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
    _check(trace, ax, renderer, at)
    (stage,) = stages([("", trace)], renderer.reach)
    renderer.check(stage)
    figure: Any = ax.get_figure(root=True)
    width, height = (side * 72 / figure.dpi for side in ax.get_window_extent().size)
    scaled = theme_named(theme).scaled((ROOM[0] * width, ROOM[1] * height))
    step = step_named(at, len(trace) - 1)
    if at == "end" and renderer.epilogue_option:
        step = replace(step, epilogue=1.0)
    with scaled.applied():
        _take_colors(ax, scaled)
        before = set(ax.get_children())
        props = renderer.draw_still(ax, stage, scaled)
        shown = set(renderer.moving(props, frame_at(trace, step), stage, scaled))
    ax.set_title(ax.get_title("left"), loc="center", fontsize=scaled.px(23), color=scaled.muted)
    ax.set_title("", loc="left")
    figure.set_facecolor(scaled.background)
    for artist in set(ax.get_children()) - before:
        if artist.get_animated():
            artist.set_visible(artist in shown)
            artist.set_animated(False)
    return ax


def _take_colors(ax: Axes, theme: Theme) -> None:
    """Color what was there before, as Axes are that are made under the theme."""
    ax.set_facecolor(theme.background)
    ax.spines[:].set_color(theme.muted)
    ax.tick_params(which="both", colors=theme.muted)
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_color(theme.text)


def _check(trace: Any, ax: Any, renderer: Any, at: Any) -> None:
    if not isinstance(trace, Trace):
        raise InputError(f"plot draws a trace from gmmviz.fit, not {type(trace).__name__}")
    if not isinstance(ax, Axes):
        raise InputError(f"ax must be one Axes of matplotlib, not {type(ax).__name__}", "ax")
    if ax.name != "rectilinear":
        raise InputError(f"plot draws into a plain Axes, also surfaces: leave projection={ax.name!r} out", "ax")
    if not isinstance(renderer, Renderer):
        raise InputError(f"renderer must be one such as EllipseRenderer(), not {renderer!r}", "renderer")
    if not isinstance(at, str):
        raise InputError(f"at names a step, such as 'E3', 'M3', 'start' or 'end', not {at!r}", "at")
