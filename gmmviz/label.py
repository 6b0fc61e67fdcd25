"""Text on the picture that is painted once and then copied.

Laying out and painting a line of text costs about 2 ms, more than everything else in a small picture,
and most frames say what the frame before said. A `Label` keeps the coverage of what it last painted and
blends it in again in 0.1 ms. On a vector canvas it is ordinary text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import allow_rasterization
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from gmmviz.arrays import Array

KEPT = 64  # paintings: a film says the same few things again and again, and images may be made out of order


class Label(Text):
    """A `matplotlib.text.Text` in one opaque color that is quick to paint again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._paintings: dict[tuple[Any, ...], _Painting] = {}

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Paint the text over what is there."""
        if not self.get_text() or not self.get_visible():
            return
        if not isinstance(renderer, RendererAgg):
            super().draw(renderer)
            return
        size = int(renderer.width), int(renderer.height)
        place = tuple(self.get_transform().transform(self.get_position()))
        key = (self.get_text(), place, self.get_fontsize(), self.get_color(), size, renderer.dpi)
        painting = self._paintings.get(key)
        if painting is None:
            if len(self._paintings) >= KEPT:
                del self._paintings[next(iter(self._paintings))]
            painting = self._paintings[key] = self._paint(size, renderer.dpi)
        painting.blend_into(np.asarray(renderer.buffer_rgba()))

    def _paint(self, size: tuple[int, int], dpi: float) -> _Painting:
        scratch = _scratch(size, dpi)
        super().draw(scratch)
        picture = np.asarray(scratch.buffer_rgba())
        # Letters may reach a little over what they are said to take.
        room = float(self.get_fontsize()) * dpi / 72
        extent = self.get_window_extent(scratch).padded(room).extents
        x0, y0, x1, y1 = np.rint(extent).astype(int).tolist()
        top, left = max(size[1] - y1, 0), max(x0, 0)
        area = picture[top : max(size[1] - y0, 0), left : max(x1, 0)]
        coverage = area[:, :, 3] / 255
        area[:] = 0
        rows, columns = np.nonzero(coverage.any(axis=1))[0], np.nonzero(coverage.any(axis=0))[0]
        if not len(rows):
            return _Painting((slice(0), slice(0)), np.zeros((0, 0, 1)), np.zeros(3))
        y, x = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        box = slice(top + y.start, top + y.stop), slice(left + x.start, left + x.stop)
        return _Painting(box, coverage[y, x, None], 255 * np.array(to_rgb(self.get_color())))


@lru_cache(maxsize=1)
def _scratch(size: tuple[int, int], dpi: float) -> RendererAgg:
    """An empty picture to paint on; making one takes as long as a line of text."""
    return RendererAgg(*size, dpi)


class _Painting:
    def __init__(self, box: tuple[slice, slice], coverage: Array, color: Array) -> None:
        self._box = box
        self._kept = (1 - coverage).astype(np.float32)
        self._added = (coverage * color + 0.5).astype(np.float32)

    def blend_into(self, picture: np.ndarray[Any, Any]) -> None:
        area = picture[(*self._box, slice(3))]
        area[:] = area * self._kept + self._added
