"""A rectangle of the axes whose colors are a function of the place.

Matplotlib resamples an image whenever it paints it, which takes far longer than the function itself (23 ms for
800x450 pixels). Here the function is evaluated for cells of whole pixels, which are copied into the picture (0.2
ms). On a vector canvas the same artist draws an ordinary image.
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


def limits_in_view(axes: Any) -> Array:
    """Return the lower and upper end of each axis as they are shown now, shape (2, 2)."""
    return np.array([axes.get_xbound(), axes.get_ybound()])


class Raster(Artist):
    """A rectangle of colored cells.

    Parameters
    ----------
    limits : ndarray, shape (2, 2), optional
        Lower and upper end of each axis, in data coordinates; by default all that the axes show.
    cell : int
        Side of a cell in pixels.
    """

    def __init__(self, limits: Array | None, cell: int) -> None:
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
        limits = self._shown_limits()
        corners = self.axes.transData.transform(limits.T)
        (left, bottom), (right, top) = np.rint(corners).astype(int).tolist()
        if right <= left or top <= bottom:
            return
        if not isinstance(renderer, RendererAgg):
            self._image(self._paint(limits, (right - left, top - bottom))).draw(renderer)
            return
        columns, rows = -(-(right - left) // self._cell), -(-(top - bottom) // self._cell)
        # Cells are whole, from the top left on, so the last ones may extend beyond the right and lower edge.
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

    def _shown_limits(self) -> Array:
        if self._limits is not None:
            return self._limits
        assert self.axes is not None
        return limits_in_view(self.axes)

    def _image(self, cells: Colors) -> AxesImage:
        """The cells as an image for a vector canvas."""
        axes: Any = self.axes
        (left, right), (bottom, top) = self._shown_limits()
        image = AxesImage(axes, extent=(left, right, bottom, top), interpolation="none", origin="lower")
        image.set_data(cells)
        image.set_figure(axes.figure)
        image.set_transform(axes.transData)
        image.set_clip_path(axes.patch)
        return image
