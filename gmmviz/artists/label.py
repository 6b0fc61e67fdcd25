"""Text on the picture that is painted once and then copied.

Laying out and painting a line of text takes 2 to 4 ms, more than everything else in a small picture, and most
frames say the same as the frame before. A `Label` keeps the coverage of what it has painted and blends it in again
in 0.1 ms. On a vector canvas it is ordinary text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import allow_rasterization
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from gmmviz.arrays import Array

MOST_CACHED = 64  # paintings: a film says few things again and again, and its images may be made in any order


class Label(Text):
    """A `matplotlib.text.Text` in one opaque color that is quick to paint again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cached_paintings: dict[tuple[Any, ...], _Painting] = {}

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
        painting = self._cached_paintings.get(key)
        if painting is None:
            if len(self._cached_paintings) >= MOST_CACHED:
                del self._cached_paintings[next(iter(self._cached_paintings))]
            painting = self._cached_paintings[key] = self._paint(size, renderer.dpi)
        painting.blend_into(np.asarray(renderer.buffer_rgba()))

    def _paint(self, size: tuple[int, int], dpi: float) -> _Painting:
        """Paint the text on an empty picture of this size, and cut out the part that it covers."""
        scratch = _scratch(size, dpi)
        super().draw(scratch)
        picture = np.asarray(scratch.buffer_rgba())
        # Letters may reach a little beyond the box that matplotlib states.
        room = float(self.get_fontsize()) * dpi / 72
        x0, y0, x1, y1 = np.rint(self.get_window_extent(scratch).padded(room).extents).astype(int).tolist()
        top, left = max(size[1] - y1, 0), max(x0, 0)
        area = picture[top : max(size[1] - y0, 0), left : max(x1, 0)]
        coverage = area[:, :, 3] / 255
        area[:] = 0
        rows, columns = np.nonzero(coverage.any(axis=1))[0], np.nonzero(coverage.any(axis=0))[0]
        if not len(rows):
            return _Painting((slice(0), slice(0)), np.zeros((0, 0, 1)), np.zeros(4))
        y, x = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        box = slice(top + y.start, top + y.stop), slice(left + x.start, left + x.stop)
        return _Painting(box, coverage[y, x, None], 255 * np.array(to_rgba(self.get_color(), alpha=1)))


@lru_cache(maxsize=1)
def _scratch(size: tuple[int, int], dpi: float) -> RendererAgg:
    """An empty picture to paint on; making one takes as long as painting a line of text."""
    return RendererAgg(*size, dpi)


class _Painting:
    """A text's box in the picture, and how much of the background each of its pixels keeps."""

    def __init__(self, box: tuple[slice, slice], coverage: Array, color: Array) -> None:
        self._box = box
        self._added = (coverage * color + 0.5).astype(np.float32)  # the half rounds
        self._transmitted = (1 - coverage).astype(np.float32)

    def blend_into(self, picture: np.ndarray[Any, Any]) -> None:
        area = picture[self._box]
        area[:] = area * self._transmitted + self._added
