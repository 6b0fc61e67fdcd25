"""A rectangle of the axes whose pixels are a function of the place, worked out anew for each frame.

Matplotlib's images are resampled whenever they are painted, which costs far more than the function
itself (800x450 pixels: 23 ms). Here the function is asked for cells of whole pixels, and they are copied
into the picture as they are (0.2 ms). On a vector canvas the same artist draws an ordinary image.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.image import AxesImage

from gmmviz.arrays import Array

Colors = npt.NDArray[np.uint8]
Paint = Callable[[Array, tuple[int, int]], Colors]
"""From limits, shape (2, 2), and the number of columns and rows to opaque RGBA colors of the cells, shape
(rows, columns, 4), the lowest row first."""


class Raster(Artist):
    """Colored cells that fill a rectangle of the axes.

    Parameters
    ----------
    limits : ndarray, shape (2, 2)
        Lower and upper end of each axis, in data coordinates.
    cell : int
        Pixels that a cell is wide and high.
    """

    def __init__(self, limits: Array, cell: int) -> None:
        super().__init__()
        self._limits = limits
        self._cell = cell
        self._paint: Paint | None = None

    def set_paint(self, paint: Paint) -> None:
        """Set the function that colors the cells."""
        self._paint = paint
        self.stale = True

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Paint the cells over what is there."""
        if not self.get_visible() or self._paint is None:
            return
        assert self.axes is not None
        corners = self.axes.transData.transform(self._limits.T)
        (left, bottom), (right, top) = np.rint(corners).astype(int).tolist()
        if right <= left or top <= bottom:
            return
        if not isinstance(renderer, RendererAgg):
            self._image(self._paint(self._limits, (right - left, top - bottom))).draw(renderer)
            return
        columns, rows = -(-(right - left) // self._cell), -(-(top - bottom) // self._cell)
        # Whole cells, from the top left: the last ones may overlap the rectangle's right and lower edge.
        ends = np.array([[left, top - rows * self._cell], [left + columns * self._cell, top]])
        cells = self._paint(self.axes.transData.inverted().transform(ends).T, (columns, rows))
        packed = np.ascontiguousarray(cells[::-1]).view(np.uint32)[:, :, 0]
        pixels = packed.repeat(self._cell, axis=1).repeat(self._cell, axis=0)
        picture = np.asarray(renderer.buffer_rgba()).view(np.uint32)[:, :, 0]
        height, width = picture.shape
        x, y = slice(max(left, 0), min(right, width)), slice(max(height - top, 0), min(height - bottom, height))
        picture[y, x] = pixels[y.start - (height - top) :, x.start - left :][
            : y.stop - y.start, : x.stop - x.start
        ]

    def _image(self, cells: Colors) -> AxesImage:
        axes: Any = self.axes
        (left, right), (bottom, top) = self._limits
        image = AxesImage(axes, extent=(left, right, bottom, top), interpolation="none", origin="lower")
        image.set_data(cells)
        image.set_figure(axes.figure)
        image.set_transform(axes.transData)
        image.set_clip_path(axes.patch)
        return image
