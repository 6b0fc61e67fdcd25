"""The key of a density field: a swatch for each band between level lines, beside the panel, where no data lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform

from gmmviz.artists.word import pixels_per_point
from gmmviz.themes import Theme

SWATCH = (16.0, 26.0)  # width and height, in pixels of a 720-pixel-high picture
LETTERS = 18.0  # size
GAP = 12.0  # from the panel to the swatches
LARGEST = 0.62  # of the panel's height that the key takes at most


class DensityKey(Artist):
    """Swatches from the highest density down, with the names of the lines between them.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        It stands at their right, and the layout leaves room for it.
    colors : sequence of color
        One for each band, from the highest down.
    names : sequence of str
        Of the upper end of the highest band, then of the lines between the bands.
    line : color
        Of the level lines.
    theme : Theme
    """

    def __init__(self, axes: Axes, colors: Sequence[Any], names: Sequence[str], line: Any, theme: Theme) -> None:
        super().__init__()
        self._colors, self._line, self._theme = colors, line, theme
        self._names = [TextPath((0, 0), name, size=theme.px(LETTERS), prop=theme.font()) for name in names]
        self._widest = max(path.get_extents().x1 for path in self._names)
        self._tallest = max(path.get_extents().height for path in self._names)
        axes.add_artist(self)
        self.set_clip_on(False)

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Return the room that it takes."""
        assert self.axes is not None
        px, box, scale = self._theme.px, self.axes.bbox, pixels_per_point(self)
        width = scale * (px(GAP + SWATCH[0] + 7) + self._widest)
        height = self._above() + self._height() * len(self._colors)
        return Bbox.from_extents(box.x1, box.y1 - height, box.x1 + width, box.y1)

    def get_tightbbox(self, renderer: RendererBase | None = None) -> Bbox:
        """Return the room that it takes, for the layout."""
        return self.get_window_extent(renderer)

    def _above(self) -> float:
        """Room for the upper half of the first name, in pixels of the picture: the panel's title is above."""
        return float(pixels_per_point(self) * self._tallest / 2)

    def _height(self) -> float:
        """Of a swatch, in pixels of the picture."""
        assert self.axes is not None
        usual = pixels_per_point(self) * self._theme.px(SWATCH[1])
        return float(min(usual, max(LARGEST * self.axes.bbox.height - self._above(), 1) / len(self._colors)))

    def draw(self, renderer: RendererBase) -> None:
        """Paint the swatches, the lines, and as many names as keep apart."""
        if not self.get_visible():
            return
        assert self.axes is not None
        theme, scale, height = self._theme, pixels_per_point(self), self._height()
        left = self.axes.bbox.x1 + scale * theme.px(GAP)
        right, top = left + scale * theme.px(SWATCH[0]), self.axes.bbox.y1 - self._above()
        gc = renderer.new_gc()
        gc.set_snap(False)
        gc.set_linewidth(0)
        for i, color in enumerate(self._colors):
            low, high = top - (i + 1) * height, top - i * height
            swatch = Path([[left, low], [right, low], [right, high], [left, high], [left, low]], closed=True)
            renderer.draw_path(gc, swatch, IdentityTransform(), to_rgba(color))
        gc.set_linewidth(scale * theme.px(1.4))
        gc.set_foreground(to_rgba(self._line), isRGBA=True)
        for i in range(1, len(self._colors)):
            line = Path([[left, top - i * height], [right, top - i * height]])
            renderer.draw_path(gc, line, IdentityTransform(), None)
        gc.set_linewidth(0)
        each = int(np.ceil(1.25 * scale * self._tallest / height))
        x = right + scale * theme.px(7)
        for i, path in list(enumerate(self._names))[::each]:
            box = path.get_extents()
            centered = Affine2D().translate(-box.x0, -(box.y0 + box.y1) / 2)
            place = centered.scale(scale).translate(x, top - i * height)
            renderer.draw_path(gc, path, place, to_rgba(theme.muted))
        gc.restore()
