"""One moment of one run in an Axes of the user's own figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes

from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.film.canvas import artists_of, one_thread
from gmmviz.options import checked
from gmmviz.renderers import Renderer
from gmmviz.renderers.usual import usual_renderer
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.timeline import step_named
from gmmviz.storyboard.vocabulary import Words
from gmmviz.themes import Theme, theme_named
from gmmviz.themes.settings import drawn_with, shared

ROOM = (1.7, 1.45)  # width and height of a film's picture, relative to its main panel


@checked
def plot(
    trace: Trace,
    ax: Axes,
    renderer: Renderer | None = None,
    *,
    at: str = "end",
    theme: Theme | str = "light",
    language: str = "en",
) -> Axes:
    """Draw one moment of a run into an Axes, as a film would show it.

    The panel's note becomes the title of the Axes, which ``ax.set_title`` replaces. The figure takes the theme's
    background, and the Axes its colors.

    Parameters
    ----------
    trace : Trace
        The run of EM, from `gmmviz.fit`.
    ax : matplotlib.axes.Axes
        Where to draw: an ordinary Axes, also for surfaces.
    renderer : Renderer, optional
        What to draw; by default ellipses, the curve of a single feature, or the image of pixels.
    at : str
        ``"start"``, ``"end"``, or a step such as ``"E3"`` or ``"M3"``, which is drawn when it is done.
    theme : Theme or str
        ``"light"``, ``"dark"`` or ``"print"``.
    language : str
        Of the words: ``"en"``, ``"de"``, ``"es"``, ``"fr"`` or ``"zh"``; in others they are English.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes that was given.

    Raises
    ------
    InputError
        If an argument is not valid, there is no such step, or the renderer cannot draw the run.

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
    renderer = renderer if renderer is not None else usual_renderer(trace)
    if ax.name != "rectilinear":
        raise InputError(f"plot draws into a plain Axes, also surfaces: leave projection={ax.name!r} out", "ax")
    (stage,) = stages([("", trace)], renderer.reach, Words(language))
    renderer.check(stage)
    figure: Any = ax.get_figure(root=True)
    width, height = (side * 72 / figure.dpi for side in ax.get_window_extent().size)
    scaled = theme_named(theme).scaled((ROOM[0] * width, ROOM[1] * height))
    try:
        step = step_named(at, len(trace) - 1)
    except InputError as error:
        raise InputError(str(error).removesuffix(", or seconds as 3.5"), "at") from None
    if at == "end" and renderer.epilogue_option:
        step = replace(step, epilogue=1.0)
    with one_thread(), shared, drawn_with(scaled.settings()):
        _take_colors(ax, scaled)
        before = set(ax.get_children())
        props = renderer.draw_still(ax, stage, scaled)
        shown = set(artists_of(renderer, renderer.moving(props, frame_at(trace, step), stage, scaled)))
    ax.set_title(ax.get_title("left"), loc="center", fontsize=scaled.px(23), color=scaled.muted)
    ax.set_title("", loc="left")
    figure.set_facecolor(scaled.background)
    for artist in set(ax.get_children()) - before:
        if artist.get_animated():
            artist.set_visible(artist in shown)
            artist.set_animated(False)
    return ax


def _take_colors(ax: Axes, theme: Theme) -> None:
    """Give what was there before the colors of an Axes that is made under the theme."""
    ax.set_facecolor(theme.background)
    ax.spines[:].set_color(theme.muted)
    ax.tick_params(which="both", colors=theme.muted)
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_color(theme.text)
