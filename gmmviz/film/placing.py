"""Which part of the picture each panel gets, and where exactly its axes stand in it.

The layout is solved once per film, by matplotlib's constrained layout, so that nothing trembles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import Bbox

from gmmviz.film.bars import Room
from gmmviz.film.layout import EMPTY, Layout, Mosaic, arrange, grid, is_wide, repeat, tiles, unpleasant
from gmmviz.film.lettering import fit, width_of
from gmmviz.renderers.base import Renderer
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import plain, within_formula
from gmmviz.themes import Theme


class PanelPlace(NamedTuple):
    """What stands in one part of the picture."""

    spec: SubplotSpec
    stage: Stage
    renderer: Renderer
    title: str  # the run's name, where it stands instead of the panel's own title
    n_runs: int  # that stand beside each other like this one


def places(
    figure: Figure, room: Room, stages: Sequence[Stage], panels: Sequence[Renderer], layout: Layout, speaker: int
) -> Iterator[PanelPlace]:
    """Yield the place of every panel: those of each run first, then those that all runs share."""
    width, height = figure.bbox.width, figure.bbox.height - room.header - room.footer
    own, shared = [panel for panel in panels if not panel.shared], [panel for panel in panels if panel.shared]
    area: Any = figure
    beside: Any = figure
    if own and shared:
        # The empty part between them is room: what is within one knows nothing of the numbers beside the other.
        share = 2.0 if any(panel.broad for panel in shared) else 1.0
        if is_wide(width, height):
            halves: Any = figure.add_gridspec(1, 3, width_ratios=(2, (2 + share) * room.gutter / width, share))
            width *= 2 / (2 + share)
        else:
            halves = figure.add_gridspec(3, 1, height_ratios=(2, 3 * room.gutter / height, 1))
            height *= 2 / 3
        area, beside = halves[0], halves[2]
    if own:
        mosaic = _for_runs(len(stages), own, layout, (width, height))
        drawn = [(stage, renderer) for stage in stages for renderer in own]
        # A run's name stands above the panel at its top left, wherever the layout has put the first panel.
        first = min(range(len(own)), key=lambda i: (mosaic.cells[i].top, mosaic.cells[i].left))
        for spec, (stage, renderer) in zip(_specs(area, mosaic), drawn, strict=True):
            yield PanelPlace(spec, stage, renderer, stage.name if renderer is own[first] else "", len(stages))
    for spec, renderer in zip(_specs(beside, tiles(len(shared), width / 2, height)), shared, strict=True):
        yield PanelPlace(spec, stages[speaker], renderer, "", 1)


def _for_runs(n_runs: int, panels: Sequence[Renderer], layout: Layout, room: tuple[float, float]) -> Mosaic:
    """Arrange the panels of all runs: the runs in as many columns as suit the shapes of their panels."""
    shares = [renderer.width for renderer in panels]
    candidates = []
    for n_columns in range(1, n_runs + 1):
        runs = grid(n_runs, n_columns)
        width, height = room[0] / n_columns, room[1] / len(runs.heights)
        inner = layout.mosaic(len(panels)) if layout.rows else arrange(shares, width, height)
        candidates.append(
            (unpleasant(inner, width, height) + EMPTY * runs.n_empty, n_columns, repeat(runs, inner))
        )
    return min(candidates, key=lambda candidate: candidate[:2])[2]


def _specs(place: Any, mosaic: Mosaic) -> Iterator[SubplotSpec]:
    """Yield the mosaic's rectangles, in a figure or in a cell of another grid."""
    if not mosaic.cells:
        return
    ratios: Any = {"width_ratios": mosaic.widths, "height_ratios": mosaic.heights}
    divide = place.add_gridspec if isinstance(place, Figure) else place.subgridspec
    cells = divide(len(mosaic.heights), len(mosaic.widths), **ratios)
    for cell in mosaic.cells:
        yield cells[cell.top : cell.bottom, cell.left : cell.right]


def solve(figure: Figure, theme: Theme, room: Room, panels: Sequence[Axes], renderer: Any) -> dict[Axes, Any]:
    """Put every panel into its place, with room for its numbers and names; return the panels' titles."""
    px, (width, height) = theme.px, figure.bbox.size
    left, right = room.margin / width, 1 - room.margin / width
    bottom, top = (room.footer + px(6)) / height, 1 - room.header / height
    engine = ConstrainedLayoutEngine(
        rect=(left, bottom, right - left, top - bottom),
        w_pad=0,
        h_pad=0,
        wspace=px(60) / width * 2,
        hspace=px(24) / height * 2,
    )
    engine.execute(figure)
    titles = {axes: axes.title if axes.get_title() else axes._left_title for axes in panels}  # type: ignore[attr-defined]
    wide = [title for axes, title in titles.items() if width_of(title, renderer) > axes.bbox.width]
    for title in wide:  # two lines; if that is not enough, smaller letters below
        title.set_text(_in_two_lines(title.get_text()))
    if wide:
        engine.execute(figure)
    snap(figure, panels)
    return titles


def snap(figure: Figure, panels: Sequence[Axes]) -> None:
    """Round the places of panels, whose last digits depend on addresses in memory: a vector picture shows them."""
    # To a fine grid, a third of a grid line aside, so that no simple fraction lies between two lines.
    lines = 1024 * np.array(figure.bbox.size)
    for axes in panels:
        corners = (np.floor(axes.get_position(original=True).get_points() * lines + 1 / 3) + 1 / 2) / lines
        axes.set_position(Bbox(corners), which="original")


def fit_titles(titles: Mapping[Axes, Any], renderer: Any) -> list[str]:
    """Make the panels' titles as narrow as their panels; return what has been changed, in words."""
    said = []
    for axes, title in titles.items():
        whole = title.get_text().replace("\n", " ")
        outcome = fit(title, axes.bbox.width, renderer)
        if outcome != "whole" and whole.strip():
            shown = title.get_text().replace("\n", " ")
            what = f"shortened to {plain(shown)!r}" if outcome == "shortened" else "left out"
            said.append(f"{plain(whole)!r} above a panel has no room, and is {what}")
    return said


def _in_two_lines(text: str) -> str:
    """Break a line at the space that is nearest to its middle, better after a semicolon."""
    spaces = [i for i, letter in enumerate(text) if letter == " " and not within_formula(text, i)]
    after = [i for i in spaces if text[i - 1] == ";"]
    middle = len(text) / 2
    at = min(after or spaces, key=lambda i: abs(i - middle), default=None)
    return text if at is None else f"{text[:at]}\n{text[at + 1 :]}"
