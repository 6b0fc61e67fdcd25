"""The drawing of a plate: one panel at several moments, side by side, with one set of numbers and names.

It is one figure, so that what is drawn of lines and letters stays so in a PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from gmmviz.encoders import Film, PlateEncoder
from gmmviz.encoders.plate import columns_of, moments_of, size_of, words_of
from gmmviz.engine.trace import Trace
from gmmviz.film.axis_labels import separate_thousands, share_labels
from gmmviz.film.canvas import artists_of, put_on, warnings_as_errors
from gmmviz.film.placing import snap
from gmmviz.renderers.base import Renderer
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.frame import Frame, frame_at
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.timeline import step_named
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme, theme_named
from gmmviz.themes.settings import drawn_with, shared
from gmmviz.threads import one_thread

EDGE = 12  # pixels of a 720-pixel-high picture, around each picture and at the edge of the plate
LINE = 32  # pixels likewise, of a line of letters


def draw_plate(
    wanted: PlateEncoder,
    film: Film,
    renderer: Renderer,
    runs: Sequence[tuple[Stage, Trace]],
    captions: Captions,
    theme: Theme,
    suffix: str,
) -> bytes:
    """Draw the moments of each run, and return them as a file.

    Parameters
    ----------
    wanted : PlateEncoder
        Which moments, and how they are arranged.
    film : Film
    renderer : Renderer
        The panel.
    runs : sequence of (Stage, Trace)
        Each begins a row of its own.
    captions : Captions
        Of the film.
    theme : Theme
        Of the film; the plate may have another.
    suffix : str
        ``".png"``, ``".pdf"`` or ``".svg"``.

    Returns
    -------
    bytes
        The content of the file.
    """
    last = max(len(run.trace) for run in film.runs) - 1
    moments = [step_named(name, last) for name in moments_of(wanted, film)]
    if renderer.epilogue_option:
        moments = [replace(moment, epilogue=float(moment.phase == "end")) for moment in moments]
    width, height = size = size_of(wanted, film, len(runs))
    n_columns = columns_of(wanted, len(moments), len(runs))
    n_rows = ceil(len(moments) / n_columns)
    theme = theme_named(wanted.theme) if wanted.theme else theme
    theme = theme.scaled((width, width * 9 / 16)).crowded(n_columns)
    file = BytesIO()
    with one_thread(), shared, drawn_with(theme.settings()), warnings_as_errors(size):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        FigureCanvasAgg(figure)
        grid = figure.add_gridspec(n_rows * len(runs), n_columns)
        every = []
        for number, (stage, trace) in enumerate(runs):
            for i, (moment, word) in enumerate(zip(moments, words_of(wanted, film, trace), strict=True)):
                axes = figure.add_subplot(grid[number * n_rows + i // n_columns, i % n_columns])
                _draw(axes, renderer, frame_at(trace, moment, captions), stage, theme)
                axes.set_title(typeset(stage.name) if i == 0 else "", loc="left", color=theme.text)
                every.append((axes, word))
        _write_words(figure, every, theme)
        _lay_out(figure, [axes for axes, _ in every], theme)
        if film.transparent:
            put_on(figure, theme, "none")
        # Without a date, so that the same moments give the same bytes.
        metadata = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[suffix]
        figure.savefig(file, format=suffix[1:], metadata=metadata)
    return file.getvalue()


def _draw(axes: Axes, renderer: Renderer, frame: Frame, stage: Stage, theme: Theme) -> None:
    """Draw one picture, in which nothing will move."""
    props = renderer.draw_still(axes, stage, theme)
    shown = set(artists_of(renderer, renderer.moving(props, frame, stage, theme)))
    for artist in axes.findobj(lambda artist: artist.get_animated()):
        artist.set_visible(artist in shown and artist.get_visible())
        artist.set_animated(False)
    for place in ("left", "center", "right"):
        axes.set_title("", loc=place)


def _write_words(figure: Figure, every: Sequence[tuple[Axes, str]], theme: Theme) -> None:
    """Write numbers and names once for all pictures, and each picture's words beneath it."""
    panels = [axes for axes, _ in every]
    names = [{axes.get_xlabel() for axes in panels}, {axes.get_ylabel() for axes in panels}]
    separate_thousands(panels)
    share_labels(panels)
    style: dict[str, Any] = {"fontsize": theme.px(23), "color": theme.text, "fontproperties": theme.font("normal")}
    if len(names[0]) == len(names[1]) == 1 and all(axes.axison for axes in panels):
        figure.supxlabel(names[0].pop(), **style)
        figure.supylabel(names[1].pop(), **style)
        for axes in panels:
            axes.set_xlabel("")
            axes.set_ylabel("")
    bold: dict[str, Any] = {"fontproperties": theme.font("bold"), "fontsize": theme.px(25), "color": theme.text}
    for axes, word in every:
        above = 0.0  # what stands between the picture and its words
        if axes.axison:
            above += LINE * bool(axes.xaxis.get_tick_params()["labelbottom"]) + LINE * bool(axes.get_xlabel())
        axes.set_title(typeset(word), y=0, pad=-theme.px(LINE + above), loc="center", **bold)


def _lay_out(figure: Figure, panels: Sequence[Axes], theme: Theme) -> None:
    """Put every picture into its place, and leave it there."""
    pad = theme.px(EDGE) / 72
    ConstrainedLayoutEngine(w_pad=pad, h_pad=pad, wspace=0, hspace=0).execute(figure)
    snap(figure, panels)
    corners = np.array([axes.get_position(original=True).get_points() for axes in panels])
    middle = (corners[:, 0].min(axis=0) + corners[:, 1].max(axis=0)) / 2
    if figure.texts:  # the names of the two axes
        below, beside = figure.texts
        below.set_x(middle[0])
        beside.set_y(middle[1])
