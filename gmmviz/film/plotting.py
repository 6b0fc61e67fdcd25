"""One moment of one run in an Axes of the user's own figure, or as a figure that a notebook shows."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, overload

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.film.canvas import artists_of
from gmmviz.film.display import picture_bundle
from gmmviz.film.story import alt_text
from gmmviz.options import checked
from gmmviz.renderers import Renderer
from gmmviz.renderers.usual import usual_renderer
from gmmviz.storyboard.frame import CAPTIONS, frame_at
from gmmviz.storyboard.languages import translated
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.timeline import step_named
from gmmviz.storyboard.vocabulary import Words
from gmmviz.storyboard.words import plain
from gmmviz.themes import Theme, theme_named
from gmmviz.themes.settings import drawn_with, shared
from gmmviz.threads import one_thread

ROOM = (1.7, 1.45)  # width and height of a film's picture, relative to its main panel


class ShownFigure(Figure):
    """A figure that a notebook shows where it is a cell's value, without pyplot."""

    alternative = ""
    """What it shows, in words."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        file = io.BytesIO()
        self.savefig(file, format="png", facecolor=self.get_facecolor())
        width, height = self.get_size_inches() * self.dpi
        return picture_bundle(file.getvalue(), (round(width), round(height)), self.alternative, repr(self))


@overload
def plot(
    trace: Trace,
    ax: None = None,
    renderer: Renderer | None = None,
    *,
    at: str = "end",
    theme: Theme | str = "light",
    language: str = "en",
) -> Figure: ...
@overload
def plot(
    trace: Trace,
    ax: Axes,
    renderer: Renderer | None = None,
    *,
    at: str = "end",
    theme: Theme | str = "light",
    language: str = "en",
) -> Axes: ...
@checked
def plot(
    trace: Trace,
    ax: Axes | None = None,
    renderer: Renderer | None = None,
    *,
    at: str = "end",
    theme: Theme | str = "light",
    language: str = "en",
) -> Axes | Figure:
    """Draw one moment of a run into an Axes, as a film would show it; without an Axes, into a figure of its own.

    The panel's note becomes the title of the Axes, which ``ax.set_title`` replaces. The figure takes the theme's
    background, and the Axes its colors.

    Parameters
    ----------
    trace : Trace
        The run of EM, from `gmmviz.fit`.
    ax : matplotlib.axes.Axes, optional
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
    matplotlib.axes.Axes or matplotlib.figure.Figure
        The Axes that was given; without one, a new figure, which a notebook shows with alternative text.

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

    In a notebook, ``gv.plot(trace)`` alone shows the end:

    >>> gv.plot(trace).axes[0].get_ylabel()
    'waiting (min)'
    """
    if ax is None:
        figure = ShownFigure(figsize=(6.4, 4.8), dpi=120, layout="constrained")
        ax = plot(trace, figure.add_subplot(), renderer, at=at, theme=theme, language=language)
        figure.alternative = _in_words(trace, ax, at, Words(language))
        return figure
    trace = Run(trace).trace
    renderer = renderer if renderer is not None else usual_renderer(trace)
    if ax.name != "rectilinear":
        raise InputError(f"plot draws into a plain Axes, also surfaces: leave projection={ax.name!r} out", "ax")
    (stage,) = stages([("", trace)], renderer.reach, Words(language))
    renderer.check(stage)
    whole: Any = ax.get_figure(root=True)
    width, height = (side * 72 / whole.dpi for side in ax.get_window_extent().size)
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
    whole.set_facecolor(scaled.background)
    for artist in set(ax.get_children()) - before:
        if artist.get_animated():
            artist.set_visible(artist in shown)
            artist.set_animated(False)
    return ax


def _in_words(trace: Trace, ax: Axes, at: str, words: Words) -> str:
    """What a plot shows: the moment, the panel's note, and what the run is."""
    captions = translated(CAPTIONS, words.language)
    frame = frame_at(trace, step_named(at, len(trace) - 1), captions, words)
    moment = ": ".join(part for part in (frame.label, frame.caption) if part)
    note = f" ({ax.get_title()})" if ax.get_title() else ""
    return f"{plain(moment + note)}. {alt_text([Run(trace)], words)}"


def _take_colors(ax: Axes, theme: Theme) -> None:
    """Give what was there before the colors of an Axes that is made under the theme."""
    ax.set_facecolor(theme.background)
    ax.spines[:].set_color(theme.muted)
    ax.tick_params(which="both", colors=theme.muted)
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_color(theme.text)
