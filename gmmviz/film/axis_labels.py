"""Numbers and names of axes: what several panels have in common is said once, and what is too small not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter, ScalarFormatter

from gmmviz.artists.numerals import grouped
from gmmviz.artists.word import LEGIBLE


def share_labels(panels: Sequence[Axes]) -> None:
    """Label an axis that neighbors have in common once: in the leftmost panel, or in the lowest."""
    specs = {axes: axes.get_subplotspec() for axes in panels if axes.axison}
    silent_x, silent_y = [], []
    for axes, spec in specs.items():
        for other, its in specs.items():
            if spec is None or its is None or spec.get_gridspec() is not its.get_gridspec():
                continue
            same_columns, same_rows = spec.colspan == its.colspan, spec.rowspan == its.rowspan
            same_units = _shape(axes) == _shape(other)
            same_x = same_units and (axes.get_xlabel(), axes.get_xlim()) == (other.get_xlabel(), other.get_xlim())
            same_y = same_units and (axes.get_ylabel(), axes.get_ylim()) == (other.get_ylabel(), other.get_ylim())
            if same_columns and same_x and its.rowspan.start == spec.rowspan.stop:
                silent_x.append(axes)
            if same_rows and same_y and its.colspan.stop == spec.colspan.start:
                silent_y.append(axes)
    for axes in silent_x:
        axes.set_xlabel("")
        axes.tick_params(labelbottom=False)
    for axes in silent_y:
        axes.set_ylabel("")
        axes.tick_params(labelleft=False)


def _shape(axes: Axes) -> tuple[float, float] | None:
    """The shape of an axes' room, where its limits will widen to it."""
    spec: Any = axes.get_subplotspec()
    if axes.get_axes_locator() is None or spec is None:
        return None
    width, height = spec.get_position(axes.get_figure()).size
    return round(float(width), 6), round(float(height), 6)


def join_labels(panels: Sequence[Axes], renderer: Any) -> None:
    """Where the same label stands at several rows and is too long for one of them, write it once for all."""
    columns: dict[tuple[Any, ...], list[Axes]] = {}
    for axes in panels:
        spec = axes.get_subplotspec()
        if spec is not None and axes.get_ylabel():
            key = id(spec.get_gridspec()), spec.colspan.start, spec.colspan.stop, axes.get_ylabel()
            columns.setdefault(key, []).append(axes)
    for rows in columns.values():
        length = rows[0].yaxis.label.get_window_extent(renderer).height
        if len(rows) == 1 or length < 0.95 * min(axes.bbox.height for axes in rows):
            continue
        rows.sort(key=lambda axes: axes.bbox.y0)
        labeled = rows[len(rows) // 2]
        middle = (rows[0].bbox.y0 + rows[-1].bbox.y1) / 2
        labeled.yaxis.label.set_y((middle - labeled.bbox.y0) / labeled.bbox.height)
        for axes in rows:
            if axes is not labeled:
                axes.set_ylabel("")


class Thousands(ScalarFormatter):
    """Writes numbers as matplotlib does, with commas where one of them has five digits or more."""

    def format_ticks(self, values: Any) -> list[str]:
        """Return the text of every tick."""
        texts = super().format_ticks(values)
        many = any(re.match(r"\D?\d{5}", text) for text in texts)
        return [grouped(text) for text in texts] if many else texts


def separate_thousands(panels: Sequence[Axes]) -> None:
    """Let the axes write 10,000 instead of 10000, unless a panel has made texts of its own."""
    for axes in panels:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(Thousands())


def leave_out_small(figure: Figure) -> None:
    """Leave out the texts whose letters are too small to be read, so that they take no room."""
    for text in figure.findobj(Text):
        if float(text.get_fontsize()) < LEGIBLE:
            text.set_visible(False)


def halve_numbers(panels: Sequence[Axes]) -> None:
    """Leave out every second number of the axes that have more than three; names of components stay."""
    for axes in panels:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            shown = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            if len(shown) > 3 and isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter):
                for tick in shown[1::2]:
                    tick.label1.set_visible(False)
