"""Words beside the axes, instead of a legend: names where curves end, numbers of components, and room for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from gmmviz.artists.word import LEGIBLE, LINE, MIDDLE, SIZE, pixels_per_point, spread, text_width
from gmmviz.storyboard.words import formulas, literal, plain
from gmmviz.themes import Theme

FEW = 5  # numbers that stand in one column; more take turns in two
LEADER = 16  # length of the line from a curve's end to its name, in pixels of a 720-pixel-high picture
LEADER_OPACITY = 0.6
WIDEST = 0.2  # of the picture's width, that a name beside the axes may take
SHARE = 0.42  # of the panel's part of the picture, that it may take there


def number_components(axes: Axes, places: Mapping[int, float], theme: Theme) -> None:
    """Write the components' numbers, in their colors, along the horizontal axis.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    places : mapping of component, counted from 0, to place
    theme : Theme
    """
    axes.set_xticks(list(places.values()), [str(k + 1) for k in places])
    for k, tick in zip(places, axes.get_xticklabels(), strict=True):
        tick.set(color=theme.color(k), fontproperties=theme.font("bold"), fontsize=theme.px(SIZE))


def _shortened(text: str, room: float, size: float, font: FontProperties) -> str:
    """Replace the middle of a text by an ellipsis if it is wider than the room, unless it has a formula."""
    if formulas(text):
        return text
    text = plain(text)
    n_left = len(text)
    shown = text
    while text_width(literal(shown), size, font) > room and n_left > 2:
        n_left -= 1
        shown = f"{text[: (n_left + 1) // 2].rstrip()}…{text[len(text) - n_left // 2 :].lstrip()}"
    return literal(shown)


class Margin(Artist):
    """Room that the layout leaves beside the axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    left, right : float
        In typographic points.
    """

    def __init__(self, axes: Axes, *, left: float = 0.0, right: float = 0.0) -> None:
        super().__init__()
        axes.add_artist(self)
        self.set_clip_on(False)
        self._left, self._right = left, right

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Return where the axes and the room are, in pixels of the figure."""
        assert self.axes is not None
        box, scale = self.axes.bbox, pixels_per_point(self)
        return Bbox.from_extents(box.x0 - scale * self._left, box.y0, box.x1 + scale * self._right, box.y1)


class EndLabels(Margin):
    """Names on the right of the axes, each near the height of what it names, apart from the others.

    Very long names lose their middle, since a panel must not become smaller than its names.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    heights : sequence of float
        In data coordinates.
    words : sequence of (text, color, bold)
        A dollar sign has a backslash before it (`gmmviz.storyboard.words`), unless it belongs to a formula. A text
        that stands alone may have two lines.
    theme : Theme

    Attributes
    ----------
    opacities : sequence of float
        Of each name, from 0 to 1; all 1 at first.
    """

    def __init__(
        self, axes: Axes, heights: Sequence[float], words: Sequence[tuple[str, str, bool]], theme: Theme
    ) -> None:
        self._heights = heights
        self.opacities: Sequence[float] = [1.0] * len(words)
        self._size = theme.px(SIZE)
        self._leader = theme.px(LEADER)
        self.texts = []
        self._lines = []
        figure: Any = axes.get_figure(root=True)
        spec = axes.get_subplotspec()
        part = min(WIDEST, SHARE * spec.get_position(figure).width) if spec else WIDEST
        width = 0.0
        for name, color, bold in words:
            font = theme.font("bold" if bold else "normal")
            text = _shortened(name, part * 72 * figure.get_figwidth(), self._size, font)
            width = max(width, *(text_width(line, self._size, font) for line in text.split("\n")))
            label = Text(0, 0, text, color=color, fontproperties=font, fontsize=self._size)
            label.set_verticalalignment("center" if "\n" in text else "baseline")
            label.set_linespacing(1.0)
            line = Line2D([], [], color=color, linewidth=theme.px(1.6), alpha=LEADER_OPACITY)
            for artist in (label, line):
                artist.set_figure(figure)
                artist.set_transform(IdentityTransform())
            self.texts.append(label)
            self._lines.append(line)
        self._column = width + 0.4 * self._size
        many = len(words) > FEW and width < 2 * self._size
        self._n_columns = 2 if many else 1
        super().__init__(axes, right=1.5 * self._leader + width + (self._n_columns - 1) * self._column)

    def _place(self) -> None:
        """Put names and lines where the axes have come to be."""
        assert self.axes is not None
        box, scale = self.axes.bbox, pixels_per_point(self)
        level = self.axes.transData.transform([(0.0, y) for y in self._heights])[:, 1].clip(box.y0, box.y1)
        # Neighbors in height take turns in the columns, so that two columns need half of the distance.
        gap = LINE * self._size * scale / self._n_columns
        apart = spread(level.tolist(), gap, box.y0, box.y1)
        n = len(level)
        size = self._size * (min(1.0, box.height / ((n - 1) * gap)) if n > 1 else 1.0)
        column = np.empty(n)
        column[np.argsort(apart, kind="stable")] = np.arange(n) % self._n_columns
        for text, line, y, y_text, c in zip(self.texts, self._lines, level, apart, column, strict=True):
            end = box.x1 + (self._leader + c * self._column) * scale
            text.set_fontsize(size)
            below = MIDDLE * size * scale if text.get_verticalalignment() == "baseline" else 0.0
            text.set_position((end + 0.3 * self._leader * scale, y_text - below))
            line.set_data([box.x1, box.x1 + self._leader * scale, end], [y, y_text, y_text])

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Draw every name, and a thin line to it."""
        if not self.get_visible():
            return
        self._place()
        legible = [float(text.get_fontsize()) * pixels_per_point(self) >= LEGIBLE for text in self.texts]
        for line, text, opacity in zip(self._lines, self.texts, self.opacities, strict=True):
            line.set_alpha(LEADER_OPACITY * opacity)
            text.set_alpha(opacity)
        for line, opacity in zip(self._lines, self.opacities, strict=True):
            if opacity > 0:
                line.draw(renderer)
        for text, opacity, seen in zip(self.texts, self.opacities, legible, strict=True):
            if opacity > 0 and seen:
                text.draw(renderer)
