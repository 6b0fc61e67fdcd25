"""What lies at the bottom of a panel and changes only now and then: it is painted once, then copied.

While points change their colors, the density field beneath them and its level lines stand still. Painting those
takes a quarter of the time of an image, so their pixels are cached until they are to show something else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg

MARGIN = 4  # pixels around the axes that lines at their edges may reach


class Ground(Artist):
    """Artists that are painted one after the other, over nothing but what stands still.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The axes that they stay within.
    artists : matplotlib.artist.Artist
        Artists that are not in the axes by themselves.
    """

    def __init__(self, axes: Axes, *artists: Artist) -> None:
        super().__init__()
        self._artists = artists
        self._shown: object = None  # what the artists were last set to
        self._cached_pixels: npt.NDArray[np.uint8] | None = None
        self._cached_place: tuple[Any, ...] = ()
        for artist in artists:
            artist.axes = axes
            artist.set_figure(axes.figure)
            if not artist.is_transform_set():
                artist.set_transform(axes.transData)
            artist.set_clip_path(axes.patch)

    def turns_to(self, what: object) -> bool:
        """Say what the artists are to show; true if that is another object, so that they must be set to it."""
        if what is self._shown:
            return False
        self._shown, self._cached_pixels = what, None
        self.stale = True
        return True

    def draw(self, renderer: RendererBase) -> None:
        """Paint the artists over what is there."""
        if not self.get_visible():
            return
        # In a figure of the user's own, anything below may change from one painting to the next.
        if not isinstance(renderer, RendererAgg) or not self.get_animated():
            for artist in self._artists:
                artist.draw(renderer)
            return
        assert self.axes is not None
        picture = np.asarray(renderer.buffer_rgba())
        x0, y0, x1, y1 = np.rint(self.axes.bbox.padded(MARGIN).extents).astype(int).tolist()
        height = len(picture)
        box = slice(max(height - y1, 0), max(height - y0, 0)), slice(max(x0, 0), max(x1, 0))
        place = (*picture.shape, renderer.dpi, x0, y0, x1, y1)
        if self._cached_pixels is None or self._cached_place != place:
            for artist in self._artists:
                artist.draw(renderer)
            self._cached_pixels, self._cached_place = picture[box].copy(), place
        else:
            picture[box] = self._cached_pixels
