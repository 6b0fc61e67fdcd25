"""A height field that stands still, in three dimensions, with lines and paths on it.

Its cells are painted once, from far to near, so that nearer ones hide those behind. Lines on it are hidden where
the surface between them and the camera appears higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.transforms import IdentityTransform
from scipy.ndimage import map_coordinates

from gmmviz.arrays import Array
from gmmviz.artists.floor import Floor
from gmmviz.artists.relief import LIGHT

TOWARD = 96  # places between one on the surface and the camera, at which it is looked whether they hide it
TOLERANCE = 2.0  # pixels of a film that something nearer must appear higher, to hide it
DARKEST, BRIGHTEST = 0.72, 1.04  # of a color, where the light does not fall, and where it falls straight
FINE = 16  # parts of a straight line, each of which is put onto the surface


class Hills(Artist):
    """A surface over a floor, with its level lines.

    Parameters
    ----------
    floor : Floor
        What it stands on, whose camera does not move.
    heights : ndarray, shape (ny, nx)
        From 0 to 1, at places that fill the floor evenly.
    colors : ndarray, shape (ny, nx, 3)
        sRGB from 0 to 1, in even light.
    lines : sequence of ndarray, shape (n, 2)
        Level lines, as places on the floor from -1/2 to 1/2.
    ink : tuple of float
        RGBA of the lines.
    width : float
        Of the lines, in pixels of a film.
    """

    def __init__(
        self, floor: Floor, heights: Array, colors: Array, lines: Sequence[Array], ink: Any, width: float
    ) -> None:
        super().__init__()
        self._floor, self._heights, self._colors = floor, heights, colors
        self._lines, self._ink, self._width = lines, ink, width
        self.set_in_layout(False)

    def heights_at(self, places: Array) -> Array:
        """Return how high the surface is at places on the floor, shape (..., 2)."""
        ny, nx = self._heights.shape
        row, column = (places[..., 1] + 0.5) * (ny - 1), (places[..., 0] + 0.5) * (nx - 1)
        found: Array = map_coordinates(self._heights, [row, column], order=1, mode="nearest")
        return found

    def seen(self, places: Array) -> npt.NDArray[np.bool_]:
        """Return which places on the surface, shape (n, 2) on the floor, nothing nearer hides."""
        box = self._floor.shown
        own = box.surface(places, self.heights_at(places))[:, 1]
        toward = -box.camera.away / box.sides * np.hypot(*box.sides)
        steps = np.linspace(0.01, 1.0, TOWARD)[:, None, None] * toward
        between = places + steps
        above = box.surface(between, self.heights_at(between))[:, :, 1]
        above[(np.abs(between) > 0.5).any(axis=2)] = -np.inf
        return np.asarray((above <= own + TOLERANCE * self._scale).all(axis=0))

    def on_surface(self, places: Array) -> Array:
        """Return where places are seen that lie on the surface, in pixels of the picture."""
        return self._floor.shown.surface(places, self.heights_at(places))

    def draped(self, path: Array) -> list[Array]:
        """Return the visible parts of a path over the floor, shape (n, 2), in pixels of the picture."""
        fine = finely(path)
        visible = self.seen(fine)
        ends = np.flatnonzero(np.diff(np.concatenate([[False], visible, [False]]).astype(int)))
        pixels = self.on_surface(fine)
        return [pixels[first:last] for first, last in ends.reshape(-1, 2) if last - first > 1]

    @property
    def _scale(self) -> float:
        figure: Any = self.get_figure(root=True)
        return float(figure.dpi / 72)

    def draw(self, renderer: RendererBase) -> None:
        """Paint the cells from far to near, and the lines that are seen."""
        if not self.get_visible():
            return
        box = self._floor.shown
        ny, nx = self._heights.shape
        x, y = np.meshgrid(np.linspace(-0.5, 0.5, nx), np.linspace(-0.5, 0.5, ny))
        corners = box.surface(np.stack([x, y], axis=-1), self._heights)
        quads = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
        depth = np.stack([x, y], axis=-1)[:-1, :-1] * box.sides @ box.camera.away
        raised = (
            np.max([self._heights[a : ny - 1 + a, b : nx - 1 + b] for a in (0, 1) for b in (0, 1)], axis=0) > 0
        )
        order = np.argsort(-depth, axis=None)
        order = order[raised.ravel()[order]]  # where there is nothing but the floor, that is seen
        lit = (self._colors[:-1, :-1] * self._light()[:-1, :-1, None]).clip(0, 1).reshape(-1, 3)[order]
        cells = PolyCollection(quads.reshape(-1, 4, 2)[order], facecolors=lit, edgecolors=lit, linewidths=0.4)
        levels = LineCollection(
            [part for line in self._lines for part in self.draped(line)],
            colors=self._ink,
            linewidths=self._width,
        )
        for artist in (cells, levels):
            assert self.axes is not None
            artist.set_transform(IdentityTransform())
            artist.set_figure(self.axes.figure)
            artist.axes = self.axes
            artist.draw(renderer)

    def _light(self) -> Array:
        """How much light falls on each place."""
        box = self._floor.shown
        ny, nx = self._heights.shape
        along_y, along_x = np.gradient(self._heights * box.height, box.depth / (ny - 1), box.width / (nx - 1))
        slopes = np.stack([along_x, along_y], axis=-1) @ box.turning.T  # to the right, and away
        normal = np.concatenate([-slopes, np.ones_like(slopes[..., :1])], axis=-1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        facing = np.maximum(normal @ (LIGHT / np.linalg.norm(LIGHT)), 0)
        light: Array = DARKEST + (BRIGHTEST - DARKEST) * facing
        return light


def finely(path: Array) -> Array:
    """Return a path with more corners on its straight parts, so that it can follow a surface."""
    if len(path) < 2:
        return path
    steps = np.linspace(0, len(path) - 1, FINE * (len(path) - 1) + 1)
    numbers = np.arange(len(path))
    fine: Array = np.column_stack([np.interp(steps, numbers, values) for values in path.T])
    return fine


def floor_for(axes: Axes, floor: Floor) -> None:
    """Add a floor that stands still to axes that show nothing else."""
    axes.set_axis_off()
    axes.add_artist(floor)
    floor.set_in_layout(False)
