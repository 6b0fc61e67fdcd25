"""A mixture's density as a lit surface.

Its color says which component is responsible for a place, or how high the density is there. Its lightness says how
the light falls. The light turns with the camera, so that shapes look the same from every side. The surface ends at
its lowest level line: a brim that faded out would look like a floating hat's. Level lines lie on it wherever
nothing nearer hides them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gmmviz.arrays import Array
from gmmviz.artists.camera import Box, Camera
from gmmviz.artists.floor import CORNERS, Floor
from gmmviz.artists.horizon import Indices, Pixels, paint
from gmmviz.mixture.mixture import Mixture
from gmmviz.storyboard.density import DensityGrid, Grid
from gmmviz.themes.color import oklab_to_bytes

SECTION = 4.0  # pixels, at most, between the vertices of a section from near to far
FINEST = 4  # times as many vertices, at most, where a component is narrow
PER_SIGMA = 5.0  # vertices per standard deviation that show a component's shape
LIGHT = np.array([-0.46, -0.56, 0.69])  # from the upper left: to the right, away from the camera, up
RIM = (0.85, 1.1)  # of the lowest level line: the surface ends there, as if cut
LEAST = 0.003  # of the highest density, below which the surface is not drawn in any case
HIDDEN = 1.5  # pixels that a level line must be below what is nearer, to be hidden by it
HIGHEST = 1.05  # of the peak, where a component that collapses is cut off
DIFFUSE, EVEN, GLOSS = 0.38, 0.66, 0.16  # lightness by the cosine to the light, unchanged where that is EVEN
SOFT = 0.025  # of the floor's sides, over which the surface becomes transparent toward the floor's edges
ZOOM = 3  # pixels of the surface per pixel of a vector picture


class Relief(Artist):
    """The surface of a mixture of two features.

    Parameters
    ----------
    limits : ndarray, shape (2, 2)
        Lower and upper end of each feature.
    peak : float
        The density at height 1.
    hues : ndarray, shape (K, 3)
        OKLab of each component.
    colormap : ndarray, shape (n, 3), optional
        OKLab of each height, from 0 to the peak, in place of the components' hues.
    ink : tuple of float
        RGBA of the level lines.
    width : float
        Of the level lines, in pixels of a film.
    lowest : float
        The lowest level line, by the peak.
    floor : Floor
        What the surface floats above.
    turns : bool
        Whether the camera will move.
    """

    def __init__(
        self,
        limits: Array,
        peak: float,
        hues: Array,
        colormap: Array | None,
        floor: Floor,
        turns: bool,
        *,
        ink: tuple[float, float, float, float] = (0, 0, 0, 0),
        width: float = 0.0,
        lowest: float = 0.0,
    ) -> None:
        super().__init__()
        self._floor = floor
        self._limits = limits
        self._peak = peak
        self._hues = hues.T.astype(np.float32)
        self._colormap = None if colormap is None else colormap.T.astype(np.float32)
        self._turns = turns
        self._ink, self._width = ink, width
        self._lowest = max(lowest, LEAST)
        self._grid: tuple[Any, int, DensityGrid] | None = None
        self._edges_of: tuple[Box, int, int] | None = None
        self._edges: Grid

    def set_mixture(
        self, mixture: Mixture, lines: Sequence[tuple[float, Sequence[Array]]] = (), presence: float = 1.0
    ) -> None:
        """Show this mixture, with level lines: of each density its lines in the features, shapes (n, 2).

        So much of it is shown as its presence says, from 0 to 1.
        """
        self._mixture, self._presence = mixture, np.float32(presence)
        every = [(line, density) for density, found in lines for line in found]
        self._points = np.concatenate([np.empty((0, 2)), *(line for line, _ in every)])
        lengths = [len(line) for line, _ in every]
        self._densities = np.repeat([density for _, density in every], lengths)
        self._begins = np.zeros(len(self._points), dtype=bool)
        self._begins[np.cumsum([0, *lengths])[: len(lengths)]] = True
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        """Paint the surface over what is there."""
        if not self.get_visible():
            return
        if isinstance(renderer, RendererAgg):
            horizon = self._paint(np.asarray(renderer.buffer_rgba()), self._floor.shown)
            self._draw_lines(renderer, self._floor.shown, self._floor.shown, horizon)
            return
        # A vector picture contains the surface as an image with transparency.
        assert self.axes is not None
        x, y, width, height = self.axes.bbox.bounds
        pixels = np.zeros((round(ZOOM * height), round(ZOOM * width), 4), np.uint8)
        zoomed = self._floor.shown.zoomed(ZOOM, (x, y))
        horizon = self._paint(pixels, zoomed)
        alpha = pixels[:, :, 3:]
        pixels[:, :, :3] = np.minimum(pixels[:, :, :3] * (255.0 / np.maximum(alpha, 1)), 255)
        gc = renderer.new_gc()
        renderer.draw_image(gc, x, y, pixels[::-1], Affine2D().scale(width, height))
        gc.restore()
        self._draw_lines(renderer, self._floor.shown, zoomed, horizon)

    def _draw_lines(self, renderer: RendererBase, box: Box, painted: Box, horizon: Grid) -> None:
        """Draw the level lines where they are seen; `horizon` is that of the box as it was painted."""
        if not len(self._points) or not self._width:
            return
        places = (self._points - self._limits.mean(axis=1)) / np.diff(self._limits, axis=1)[:, 0]
        heights = self._densities / self._peak
        assert self._grid is not None
        _, left, grid = self._grid
        at = painted.surface(places, heights)
        column = (at[:, 0] - left).astype(int)
        depth = places * painted.sides @ painted.camera.away
        row = ((depth - grid.y[0]) / (grid.y[1] - grid.y[0])).astype(int)
        within = (column >= 0) & (column < horizon.shape[1]) & (row >= 0) & (row < horizon.shape[0])
        column, row = np.where(within, column, 0), np.where(within, row, 0)
        tolerance = HIDDEN * painted.width / box.width
        seen = within & (at[:, 1] >= horizon[row, column] - tolerance) & (self._edges[row, column] > 0)
        if not seen.any():
            return
        begins = self._begins | ~np.concatenate([[False], seen[:-1]])
        codes = np.where(begins, Path.MOVETO, Path.LINETO).astype(np.uint8)
        gc = renderer.new_gc()
        width: Any = renderer.points_to_pixels(self._width)
        gc.set_linewidth(width)
        gc.set_foreground(self._ink, isRGBA=True)
        gc.set_joinstyle("round")
        path = Path(box.surface(places, heights)[seen], codes[seen])
        renderer.draw_path(gc, path, IdentityTransform(), None)
        gc.restore()

    def _paint(self, pixels: Pixels, box: Box) -> Grid:
        """Paint the surface over premultiplied pixels; return its horizon, shape (rows, columns)."""
        to_box = box.turning * (box.sides / np.diff(self._limits, axis=1)[:, 0])
        means = (self._mixture.means - self._limits.mean(axis=1)) @ to_box.T
        covariances = to_box @ self._mixture.covariances @ to_box.T
        narrowest = np.linalg.inv(covariances)[:, 1, 1].max() ** -0.5  # along a section
        left, grid = self._sections(box, pixels.shape[1], narrowest)
        parts = grid.components(Mixture.trusted(self._mixture.weights, means, covariances))
        parts *= np.float32(abs(np.linalg.det(to_box)) / self._peak)
        heights = np.minimum(parts.sum(axis=0), HIGHEST)
        opacity = _ramp((heights / np.float32(self._lowest) - RIM[0]) / (RIM[1] - RIM[0])) * self._edges
        opacity *= self._presence
        camera = box.camera
        base = box.origin[1] + camera.uprightness * box.lift
        up = (camera.uprightness * box.height) * heights
        up += (base + camera.foreshortening * grid.y).astype(np.float32)[:, None]
        slopes = box.height / np.array([grid.x[1] - grid.x[0], grid.y[1] - grid.y[0]])

        def color(vertices: Indices) -> Grid:
            lab = self._tint(parts, heights, vertices)
            dimmed, bright = _light(heights, vertices, slopes, camera)
            lab *= dimmed * (1 - bright)  # less light scales all of OKLab
            lab[0] += bright  # gloss is white
            faded = opacity.ravel().take(vertices)
            painted = np.empty((4, len(vertices)), np.float32)
            np.multiply(oklab_to_bytes(lab), faded, out=painted[:3])
            np.multiply(faded, 255, out=painted[3])
            return painted

        seen = opacity > 0
        shown = seen.copy()  # with neighbors, so that colors fade all the way to the rim
        shown[1:] |= seen[:-1]
        shown[:-1] |= seen[1:]
        return paint(pixels, left, up, shown, color)

    def _sections(self, box: Box, width: int, narrowest: float) -> tuple[int, DensityGrid]:
        """Return the first column of pixels, and a grid of the floor: a section from near to far for each column.

        The grid is the same for all directions of a moving camera, since making it takes a while.
        """
        corners = CORNERS * box.sides @ box.turning.T
        reach = np.full(2, np.hypot(*box.sides) / 2) if self._turns else corners.max(axis=0)
        left, right = max(int(box.origin[0] - reach[0]), 0), min(int(box.origin[0] + reach[0]) + 1, width)
        limits = np.array([[left + 0.5 - box.origin[0], right - 0.5 - box.origin[0]], [-reach[1], reach[1]]])
        n_rows = int(np.clip(2 * reach[1] / SECTION, 60, 200))
        while n_rows < FINEST * 2 * reach[1] / SECTION and 2 * reach[1] * PER_SIGMA > n_rows * narrowest:
            n_rows *= 2
        key = (box if not self._turns else box.turned(0.0), width, n_rows)
        if self._grid is None or self._grid[0] != key:
            self._grid = key, left, DensityGrid(limits, (right - left, n_rows), corners=True)
        if self._edges_of != (box, width, n_rows):
            self._edges_of, self._edges = (box, width, n_rows), _edges(box, self._grid[2])
        return self._grid[1], self._grid[2]

    def _tint(self, parts: Grid, heights: Grid, vertices: Indices) -> Grid:
        """Return OKLab of the surface before the light falls on it, shape (3, n)."""
        if self._colormap is not None:
            n_shades = self._colormap.shape[1]
            shades = np.minimum(heights.ravel().take(vertices) * n_shades, n_shades - 1)
            own: Grid = self._colormap.take(shades.astype(np.int32), axis=1)
            return own
        weights = parts.reshape(len(parts), -1).take(vertices, axis=1)
        blend: Grid = self._hues @ (weights / weights.sum(axis=0))
        return blend


def _light(heights: Grid, vertices: Indices, slopes: Array, camera: Camera) -> tuple[Grid, Grid]:
    """Return how much of the surface's color the light leaves, and how much white it adds, both of shape (n,)."""
    flat, n_columns = heights.ravel(), heights.shape[1]
    last = len(flat) - 1

    def rise(step: int) -> Grid:
        return flat.take(np.minimum(vertices + step, last)) - flat.take(np.maximum(vertices - step, 0))

    across, away = rise(1), rise(n_columns)
    across *= np.float32(slopes[0] / 2)
    away *= np.float32(slopes[1] / 2)
    length = np.sqrt(across * across + away * away + 1)
    light = LIGHT / np.linalg.norm(LIGHT)
    halfway = light + np.array([0, -camera.uprightness, camera.foreshortening])
    halfway /= np.linalg.norm(halfway)

    def facing(direction: Array) -> Grid:
        x, y, z = direction.astype(np.float32)
        cosine: Grid = (z - x * across - y * away) / length
        return cosine

    gloss = np.maximum(facing(halfway), 0)
    for _ in range(4):
        gloss *= gloss
    shade = DIFFUSE * (facing(light) - EVEN)
    return 1 + np.minimum(shade, 0), np.maximum(shade, 0) + GLOSS * gloss


def _edges(box: Box, grid: DensityGrid) -> Grid:
    """Return 1 within the floor and 0 at its edges and beyond, shape (rows, columns)."""
    inside: Grid = np.ones((len(grid.y), len(grid.x)), np.float32)
    for d in (0, 1):
        right, away = (box.turning[:, d] / box.sides[d]).astype(np.float32)
        place = right * grid.x.astype(np.float32) + (away * grid.y.astype(np.float32))[:, None]
        inside *= _ramp((0.5 - np.abs(place)) / SOFT)
    return inside


def _ramp(x: Grid) -> Grid:
    """Return 0 up to 0, 1 from 1 on, and a smooth step between."""
    x = np.clip(x, 0, 1)
    smooth: Grid = x * x * (3 - 2 * x)
    return smooth
