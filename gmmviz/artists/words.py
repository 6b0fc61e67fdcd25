"""Words beside what they name, instead of a legend: still ones where curves end, and ones that move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform
from scipy.optimize import isotonic_regression

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.themes import Theme

SIZE = 21  # of letters, in pixels of a 720-pixel-high picture
LINE = 1.05  # from one line to the next, in letter sizes
FEW = 5  # numbers that stand in one column; more take turns in two
LEADER = 16  # length of the line from a curve's end to its name
WIDEST = 0.2  # of the picture, that a name beside the axes may take
MIDDLE = 0.33  # height of the middle of a digit above its baseline, in letter sizes


def spread(places: Sequence[float], gap: float, low: float, high: float) -> Array:
    """Move places apart to a distance of at least `gap`, in order, as little as possible (least squares).

    Where they do not all fit between `low` and `high` they stand evenly from end to end.
    """
    wanted = np.asarray(places, dtype=float)
    n = len(wanted)
    gap = min(gap, (high - low) / (n - 1)) if n > 1 else 0.0
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(n)
    # Without the gaps the places must only not descend: that is isotonic regression.
    level = isotonic_regression(wanted[order] - steps).x
    apart = np.empty(n)
    apart[order] = np.clip(level, low, high - (n - 1) * gap) + steps
    return apart


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
    """The text, without its middle if it is wider than the room."""
    kept = len(text)
    shown = text
    while text_width(shown, size, font) > room and kept > 2:
        kept -= 1
        shown = f"{text[: (kept + 1) // 2].rstrip()}…{text[len(text) - kept // 2 :].lstrip()}"
    return shown


def text_width(text: str, size: float, font: FontProperties) -> float:
    """Width of a text whose letters have this size, in the same unit."""
    return float(TextPath((0, 0), text, size=size, prop=font).get_extents().x1)


def pixels_per_point(artist: Artist) -> float:
    """Pixels per point of the figure that the artist is in: 1 in films."""
    figure: Any = artist.get_figure(root=True)
    return float(figure.dpi / 72)


class Margin(Artist):
    """Room that the layout leaves beside the axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    left, right : float
        In points.
    """

    def __init__(self, axes: Axes, *, left: float = 0.0, right: float = 0.0) -> None:
        super().__init__()
        axes.add_artist(self)
        self.set_clip_on(False)
        self._left, self._right = left, right

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Where the axes and the room are, in pixels of the figure."""
        assert self.axes is not None
        box, scale = self.axes.bbox, pixels_per_point(self)
        return Bbox.from_extents(box.x0 - scale * self._left, box.y0, box.x1 + scale * self._right, box.y1)


class EndLabels(Margin):
    """Names on the right of the axes, each at the height of what it names, kept apart from the others.

    Very long ones lose their middle: a panel must not become smaller than its names.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    heights : sequence of float
        In data coordinates.
    words : sequence of (text, color, bold)
    theme : Theme
    """

    def __init__(
        self, axes: Axes, heights: Sequence[float], words: Sequence[tuple[str, str, bool]], theme: Theme
    ) -> None:
        self._heights = heights
        self._size = theme.px(SIZE)
        self._leader = theme.px(LEADER)
        self.texts = []
        self._lines = []
        figure: Any = axes.get_figure(root=True)
        width = 0.0
        for name, color, bold in words:
            font = theme.font("bold" if bold else "normal")
            text = _shortened(name, WIDEST * 72 * figure.get_figwidth(), self._size, font)
            width = max(width, text_width(text, self._size, font))
            label = Text(0, 0, text, color=color, fontproperties=font, fontsize=self._size)
            line = Line2D([], [], color=color, linewidth=theme.px(1.6), alpha=0.6)
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
        assert self.axes is not None
        box, scale = self.axes.bbox, pixels_per_point(self)
        level = self.axes.transData.transform([(0.0, y) for y in self._heights])[:, 1].clip(box.y0, box.y1)
        # Neighbors in height take turns in the columns, so lines may stand half as far apart in two.
        gap = LINE * self._size * scale / self._n_columns
        apart = spread(level.tolist(), gap, box.y0, box.y1)
        n = len(level)
        size = self._size * (min(1.0, box.height / ((n - 1) * gap)) if n > 1 else 1.0)
        column = np.empty(n)
        column[np.argsort(apart, kind="stable")] = np.arange(n) % self._n_columns
        for text, line, y, y_text, c in zip(self.texts, self._lines, level, apart, column, strict=True):
            end = box.x1 + (self._leader + c * self._column) * scale
            text.set_fontsize(size)
            text.set_position((end + 0.3 * self._leader * scale, y_text - MIDDLE * size * scale))
            line.set_data([box.x1, box.x1 + self._leader * scale, end], [y, y_text, y_text])

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Draw every name, and a thin line to it."""
        if not self.get_visible():
            return
        self._place()
        for artist in (*self._lines, *self.texts):
            artist.draw(renderer)


class Word(Artist):
    """A short text that moves: the outline of its letters, painted at any place at the cost of a curve.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    color : str
    theme : Theme
    weight : {"normal", "bold"}
    align : {"left", "center"}
        What of the text is at the place where it is put; its height is that of the middle of a digit.
    """

    def __init__(
        self, axes: Axes, color: str, theme: Theme, *, weight: str = "normal", align: str = "center"
    ) -> None:
        super().__init__()
        animated(axes, self, 6)
        self._color = to_rgb(color)
        self.set_clip_on(False)
        self._font = theme.font(weight)
        self._align = align
        self._outlines: dict[str, Path] = {}
        self._widths: dict[str, float] = {}  # in letters of SIZE
        self.put("", (0.0, 0.0), SIZE)

    def width(self, text: str, size: float) -> float:
        """Width in points where letters have this size in points."""
        self._outline(text)
        return self._widths.get(text, 0.0) * size / SIZE

    def put(
        self, text: str, place: tuple[float, float], size: float, offset: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        """Say this beside a place in data coordinates; sizes of letters and offsets are in points."""
        self._text, self._at, self._letters, self._offset = text, place, size, offset

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Paint the text, wherever its place in the data has come to lie in the picture."""
        if not self.get_visible() or not self._text:
            return
        gc = renderer.new_gc()
        gc.set_linewidth(0)
        alpha = self.get_alpha()
        gc.set_alpha(1.0 if alpha is None else alpha)
        renderer.draw_path(gc, self._outline(self._text), self._placed(), self._color)
        gc.restore()

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Where the letters are, in pixels of the figure."""
        return self._outline(self._text).get_extents(self._placed())

    def _placed(self) -> Affine2D:
        assert self.axes is not None
        x, y = self.axes.transData.transform(self._at)
        dx, dy = self._offset
        scale = pixels_per_point(self)
        return Affine2D().scale(self._letters / SIZE * scale).translate(x + dx * scale, y + dy * scale)

    def get_text(self) -> str:
        """What it says."""
        return self._text

    def _outline(self, text: str) -> Path:
        if not text:
            return Path(np.empty((0, 2)))
        if text not in self._outlines:
            path = TextPath((0, 0), text, size=SIZE, prop=self._font)
            box = path.get_extents()
            self._widths[text] = float(box.width)
            left = box.x0 if self._align == "left" else (box.x0 + box.x1) / 2
            self._outlines[text] = path.transformed(Affine2D().translate(-left, -MIDDLE * SIZE))
        return self._outlines[text]


def put_beside(words: Sequence[tuple[Word, str, float]], x: float, size: float, aside: float) -> None:
    """Say texts beside heights in data coordinates, kept apart from each other.

    Parameters
    ----------
    words : sequence of (Word, text, height)
        From the lowest to the highest: they stay in this order where heights are equal.
    x : float
        In data coordinates.
    size, aside : float
        Of the letters, and how far right of `x` they begin, in points. Letters shrink where room is short.
    """
    axes = words[0][0].axes
    assert axes is not None
    scale = pixels_per_point(words[0][0])
    height = axes.bbox.height / scale
    size = min(size, height / (LINE * len(words)))
    levels = axes.transData.transform([(0.0, y) for *_, y in words])[:, 1]
    above = (levels - axes.bbox.y0) / scale
    apart = spread(np.maximum.accumulate(above).tolist(), LINE * size, 0.0, height)
    for (word, text, y), own, place in zip(words, above, apart, strict=True):
        word.put(text, (x, y), size, offset=(aside, place - own))
