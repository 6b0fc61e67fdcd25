"""Short texts that move with what they name, and how texts keep apart from each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy  # which loads its parts when they are asked for
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.themes import Theme

LEGIBLE = 8.0  # pixels that letters are high at least; smaller ones are not drawn
SIZE = 21  # of letters, in pixels of a 720-pixel-high picture
LINE = 1.05  # from one line to the next, in letter sizes
MIDDLE = 0.33  # height of the middle of a digit above its baseline, in letter sizes


def spread(places: Sequence[float], gap: float, low: float, high: float) -> Array:
    """Move places apart to a distance of at least `gap`, in their order, as little as possible (least squares).

    If they do not all fit between `low` and `high`, they are spread evenly from end to end.
    """
    wanted = np.asarray(places, dtype=float)
    n = len(wanted)
    gap = min(gap, (high - low) / (n - 1)) if n > 1 else 0.0
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(n)
    # Without the gaps, the places must only not descend, which is isotonic regression.
    level = scipy.optimize.isotonic_regression(wanted[order] - steps).x
    apart = np.empty(n)
    apart[order] = np.clip(level, low, high - (n - 1) * gap) + steps
    return apart


def text_width(text: str, size: float, font: FontProperties) -> float:
    """Return the width of a text whose letters have this size, in the same unit."""
    return float(TextPath((0, 0), text, size=size, prop=font).get_extents().x1)


def pixels_per_point(artist: Artist) -> float:
    """Return the pixels per typographic point of the artist's figure: 1 in films."""
    figure: Any = artist.get_figure(root=True)
    return float(figure.dpi / 72)


class Word(Artist):
    """A short text that moves: the outline of its letters, which is quick to paint at any place.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    color : str
    theme : Theme
    weight : {"normal", "bold"}
    align : {"left", "center", "right"}
        Which part of the text is at the place where it is put; vertically, that is the middle of a digit.
    """

    def __init__(
        self, axes: Axes, color: str, theme: Theme, *, weight: str = "normal", align: str = "center"
    ) -> None:
        super().__init__()
        animated(axes, self, 6)
        self.color, self._color = color, to_rgb(color)
        self.set_clip_on(False)
        self._font = theme.font(weight)
        self._align = align
        self._outlines: dict[str, Path] = {}
        self._widths: dict[str, float] = {}  # in letters of SIZE
        self.put("", (0.0, 0.0), SIZE)

    def width(self, text: str, size: float) -> float:
        """Return the width in typographic points, for letters of this size in the same unit."""
        self._outline(text)
        return self._widths.get(text, 0.0) * size / SIZE

    def put(
        self, text: str, place: tuple[float, float], size: float, offset: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        """Set the text, its place in data coordinates, and letter size and offset in typographic points."""
        self._text, self._at, self._letters, self._offset = text, place, size, offset

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Paint the text where its place in the data lies in the picture."""
        if not self.get_visible() or not self._text or self._letters * pixels_per_point(self) < LEGIBLE:
            return
        gc = renderer.new_gc()
        gc.set_linewidth(0)
        alpha = self.get_alpha()
        gc.set_alpha(1.0 if alpha is None else alpha)
        renderer.draw_path(gc, self._outline(self._text), self._placed(), self._color)
        gc.restore()

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Return where the letters are, in pixels of the figure."""
        return self._outline(self._text).get_extents(self._placed())

    def _placed(self) -> Affine2D:
        """From the outline to pixels of the picture."""
        assert self.axes is not None
        x, y = self.axes.transData.transform(self._at)
        dx, dy = self._offset
        scale = pixels_per_point(self)
        return Affine2D().scale(self._letters / SIZE * scale).translate(x + dx * scale, y + dy * scale)

    def get_text(self) -> str:
        """Return the text."""
        return self._text

    def _outline(self, text: str) -> Path:
        """The outline of a text in letters of `SIZE`, made once."""
        if not text:
            return Path(np.empty((0, 2)))
        if text not in self._outlines:
            path = TextPath((0, 0), text, size=SIZE, prop=self._font)
            box = path.get_extents()
            self._widths[text] = float(box.width)
            left = {"left": box.x0, "center": (box.x0 + box.x1) / 2, "right": box.x1}[self._align]
            self._outlines[text] = path.transformed(Affine2D().translate(-left, -MIDDLE * SIZE))
        return self._outlines[text]


def put_beside(words: Sequence[tuple[Word, str, float]], x: float, size: float, aside: float) -> None:
    """Put texts beside heights, apart from each other.

    Parameters
    ----------
    words : sequence of (Word, text, height)
        From the lowest height to the highest, in data coordinates. Texts of equal heights keep this order.
    x : float
        In data coordinates.
    size, aside : float
        Size of the letters, and how far to the right of `x` they begin, in typographic points. Letters become
        smaller where there is too little room.
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
