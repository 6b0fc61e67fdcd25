"""The plane behind the points: which component a point there would belong to, or how uncertain that is."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.image import AxesImage
from matplotlib.transforms import IdentityTransform

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.raster import limits_in_view
from gmmviz.mixture.mixture import Mixture
from gmmviz.storyboard.density import DensityGrid
from gmmviz.themes import Theme
from gmmviz.themes.color import hex_to_oklab, oklab_to_srgb

CELLS = (320, 240)  # columns and rows
TINT = 0.22  # opacity of the hues; the points must stand out


class RegionMap:
    """A tinted plane.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        All of which it fills.
    """

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._limits: Array = np.zeros((2, 2))
        self._image = _Cells(axes, interpolation="nearest", origin="lower", extent=(0, 1, 0, 1))
        self._image.set_data(np.zeros((CELLS[1], CELLS[0], 4), np.uint8))
        animated(axes, self._image, 1)

    def tinted(self, mixture: Mixture, coloring: float, theme: Theme, *, uncertain: bool) -> AxesImage:
        """Tint the plane and return it.

        Parameters
        ----------
        mixture : Mixture
        coloring : float
            How much of the tint shows, from 0 (before the first E-step) to 1.
        theme : Theme
        uncertain : bool
            Show the entropy of the responsibilities, by its largest value, log K, instead of the most responsible
            component.
        """
        limits = limits_in_view(self._axes)
        if not np.array_equal(limits, self._limits):
            self._limits, self._grid = limits, DensityGrid(limits, CELLS)
            (left, right), (bottom, top) = limits.tolist()
            self._image.set_extent((left, right, bottom, top))
        shares = self._grid.responsibilities(mixture)
        if uncertain:
            entropy = -(shares * np.log(np.maximum(shares, np.finfo(np.float32).tiny))).sum(axis=0)
            strength = entropy / max(np.log(mixture.n_components), 1e-12)
            colors = np.broadcast_to(_srgb(theme.text), (*strength.shape, 3))
            alpha = 2 * TINT * strength
        else:
            hues = np.array([_srgb(theme.color(k)) for k in range(mixture.n_components)])
            colors = hues[shares.argmax(axis=0)]
            alpha = np.full(colors.shape[:2], TINT)
        rgba = np.concatenate([colors, coloring * alpha[:, :, None]], axis=2)
        self._image.set_data(np.rint(255 * rgba).astype(np.uint8))
        return self._image


class _Cells(AxesImage):
    """An image of plain cells. Each pixel takes the cell that it lies in, in a tenth of matplotlib's time."""

    def make_image(self, renderer: Any, magnification: float = 1.0, unsampled: bool = False) -> Any:
        """Return the pixels from the lowest row up, and where their first one lies in the picture."""
        if not isinstance(renderer, RendererAgg):
            return super().make_image(renderer, magnification, unsampled)
        assert self.axes is not None
        cells = np.ascontiguousarray(self.get_array()).view(np.uint32)[:, :, 0]
        begins, ends = self.axes.transData.transform(np.reshape(self.get_extent(), (2, 2)).T)
        first, last = (np.rint(edge(begins, ends)).astype(int).tolist() for edge in (np.minimum, np.maximum))
        columns, rows = (
            ((np.arange(*side) + 0.5 - begin) * n / (end - begin)).astype(int).clip(0, n - 1)
            for side, begin, end, n in zip(zip(first, last, strict=True), begins, ends, CELLS, strict=True)
        )
        pixels = cells[rows].take(columns, axis=1)
        return pixels.view(np.uint8).reshape(*pixels.shape, 4), *first, IdentityTransform()


def _srgb(color: str) -> Array:
    return oklab_to_srgb(hex_to_oklab(color))
