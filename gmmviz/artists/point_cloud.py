"""The data points as one artist, which one sparse product paints: they stand still and change color.

Painting translucent points one over another is linear in their colors. Each pixel that points touch is

    transmitted * background + outlines + W @ colors

where W (pixels x points) holds each point's antialiased coverage times what later points let through. Points do
not move in EM, so W is built once, and a frame costs one sparse product (0.3 ms for 900 points, which take 2.8
ms to paint anew). Under a moving camera W is built for each frame, which is still quicker from 500 points on (25
ms an image of a surface with 20,000 points, instead of 64). On a vector canvas the same artist draws ordinary
markers.

Pixels are read and written as single numbers of four bytes: rows of three or four bytes would take 1.9 ms more
of the 5 ms for an image of 272 points at 1920x1080.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from scipy.sparse import coo_array, csr_array

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.storyboard.frame import Frame
from gmmviz.themes import Theme

MANY = 5_000  # points, from which on outlines would leave nothing else to see
CELL = 4  # pixels, at least, of the side of the cells in which crowding is measured
MOST = 0.85  # opacity of points with room around them
MARKERS = 20_000  # points, at most, that a vector picture draws as such; more become pixels
TOUCHED_AT_ONCE = 20_000  # points whose pixels are found together, so that memory stays small
SMALLEST_RING = 1.8  # radius in pixels from which on a ring is seen to be hollow
RING = 0.3  # width of a ring's line, in radii
STEP_BACK = 0.6  # of the points' opacity, that an M-step takes at its middle
NOTICED = 0.02  # change of a point's responsibilities that can be seen
MOST_OUTSTANDING = 400  # points that stand out in an E-step: Agg paints them one by one
SWELL = 2.5  # times its area, that a point grows by which changes wholly
SOLID = 4.0  # times its change, how opaque a point is that stands out
EDGE = 0.25  # width of the edge around it, in radii
SUBPIXELS = 8  # stamps per pixel and direction, so that a point is at most 1/16 of a pixel from its place

Times = npt.NDArray[np.integer[Any]]


def point_cloud(axes: Axes, places: Array, theme: Theme, times: Times | None = None) -> PointCloud:
    """Make the points, shape (N, 2) in data coordinates, as large as suits their number.

    Where `times` is given, shape (N,), so many points lie on each place.
    """
    cloud = suitable_cloud(places, theme, times=times)
    animated(axes, cloud, 2)
    return cloud


def suitable_cloud(
    places: Array,
    theme: Theme,
    scale: float = 1.0,
    alpha: float | None = None,
    n_points: int | None = None,
    times: Times | None = None,
) -> PointCloud:
    """Make the points as `point_cloud` does, times `scale`, without adding them to axes; or some of n points."""
    n = n_points or (len(places) if times is None else int(times.sum()))
    radius = theme.mark_px(scale * point_radius(n))
    return PointCloud(
        places,
        radius=radius,
        outline=theme.outline,
        outline_width=theme.mark_px(scale) if n < MANY else 0.0,
        hollow=theme.muted if radius >= SMALLEST_RING else None,
        edge=theme.text,
        alpha=alpha,
        times=times,
    )


def point_radius(n_points: int) -> float:
    """Radius of a point in pixels of a 720-pixel-high picture: smaller where there are many."""
    return float(np.clip(5.5 * (400 / n_points) ** 0.25, 1.0, 5.5))


class PointCloud(Artist):
    """N points at fixed places, of one size and opacity, each with a color of its own in every frame.

    Parameters
    ----------
    points : ndarray, shape (N, 2)
        In data coordinates; later points are painted over earlier ones.
    radius : float
        In typographic points, which are pixels in films (72 dots per inch).
    outline : color
    outline_width : float
        In typographic points.
    alpha : float, optional
        Opacity of fill and outline; by default it depends on how crowded the points are.
    hollow : color, optional
        Ink of the rings that the points are until they are asked. By default they are dots in the theme's color
        for that: rings as small as these would not look hollow.
    edge : color, optional
        Ink around points that stand out; by default none do.
    times : ndarray of int, shape (N,), optional
        How many points lie on each place, one over another; by default one.
    """

    def __init__(
        self,
        points: Array,
        *,
        radius: float,
        outline: str,
        outline_width: float,
        alpha: float | None = None,
        hollow: str | None = None,
        edge: str | None = None,
        times: Times | None = None,
    ) -> None:
        super().__init__()
        self.set_rasterized(len(points) > MARKERS or times is not None)
        self._times = times
        self._points = points
        self.rows: slice | npt.NDArray[np.intp] = slice(None)  # of the frame's points, which these are
        self._outline, self._hollow, self._edge = outline, hollow, edge
        self._alpha_of_points = alpha
        self._colors = np.zeros((len(points), 3))
        self._discs = _Layer(radius, outline_width)
        width = min(max(RING * radius, 1.0), radius)
        self._rings = _Layer(radius - width / 2, width, filled=False)
        self._asked = self._presence = 1.0
        self._moves = False
        self._outstanding, self._strengths = most_changed(np.zeros(0))
        self._attention = 0.0
        self._changing = -1, -1  # the E-steps between which those points change
        self._state: tuple[Any, ...] = ()

    def follow(self, frame: Frame, theme: Theme) -> None:
        """Show the frame: the colors of its responsibilities, and what stands out or steps back.

        Most of that is the same as in the frame before. What is hollow fills with its own color. Points that are
        too small for rings take another color instead, and where some of them change, the others turn pale.
        """
        attention = frame.attention
        tiny = self._hollow is None
        state = (frame.blend, frame.coloring, attention.points) if tiny else (frame.blend,)
        if state != self._state:
            colors = theme.point_colors(frame.responsibilities[self.rows], frame.coloring if tiny else 1.0)
            if tiny and attention.points and frame.coloring == 1:
                unchanged = _unchanged(frame.changes[self.rows])
                colors = _paler(colors, theme.background, attention.points * unchanged)
            self.set_colors(colors)
            self._state = state
        if attention.points and not tiny and self._changing != frame.blend[:2]:
            self._outstanding, self._strengths = most_changed(frame.changes[self.rows])
            self._changing = frame.blend[:2]
        self._asked = 1.0 if tiny else frame.coloring
        self._attention = attention.points
        self._presence = 1 - STEP_BACK * attention.components

    def fade(self, presence: float) -> None:
        """Leave so much of what the frame shows, from 0 to 1."""
        self._presence *= presence

    @property
    def radius(self) -> float:
        """Of a point, in typographic points."""
        return self._discs.radius

    def move(self, points: Array) -> None:
        """Put the points elsewhere, shape (N, 2) in data coordinates.

        Points that move are painted one by one, unless they are very many, since W would be of use once.
        """
        self._moves = len(points) <= MARKERS
        if points is not self._points:
            self._points = points
            for layer in (self._discs, self._rings):
                layer.map_of = b""
            self.stale = True

    def set_colors(self, colors: Array) -> None:
        """Set the points' colors, shape (N, 3), sRGB from 0 to 1."""
        self._colors = colors
        self._asked = self._presence = 1.0
        self._attention = 0.0
        self._state = ()
        self.stale = True

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Paint the points over what is there."""
        if not self.get_visible():
            return
        layers = [(self._rings, self._hollow, 1 - self._asked), (self._discs, self._outline, self._asked)]
        for layer, ink, share in layers:
            if ink is None or share == 0:
                continue
            if isinstance(renderer, RendererAgg) and not self._moves:
                map_ = self._pixel_map(renderer, layer)
                map_.paint(renderer, self._colors, to_rgb(ink), share * self._presence)
            else:
                self._markers(layer, ink, share * self._presence).draw(renderer)
        if self._attention > 0 and len(self._outstanding):
            self._standouts().draw(renderer)

    def _markers(self, layer: _Layer, ink: str, presence: float) -> PathCollection:
        """The points as ordinary markers for a vector canvas."""
        alpha = self._opacity(layer, self.get_transform().transform(self._points), 72)
        return self._collection(
            sizes=[(2 * layer.radius) ** 2],
            offsets=self._points,
            facecolors=self._colors if layer.filled else "none",
            edgecolors=ink,
            linewidths=layer.width,
            alpha=alpha * presence,
        )

    def _standouts(self) -> PathCollection:
        """The points that stand out, the most changed last: larger by area in proportion, with an edge."""
        strengths = self._attention * self._strengths
        alpha = np.minimum(SOLID * strengths, 1)
        assert self._edge is not None
        edges = [to_rgba(self._edge, share) for share in alpha.tolist()]
        return self._collection(
            sizes=(2 * self._discs.radius) ** 2 * (1 + SWELL * strengths),
            offsets=self._points[self._outstanding],
            facecolors=np.column_stack([self._colors[self._outstanding], alpha]),
            edgecolors=edges,
            linewidths=EDGE * self._discs.radius,
        )

    def _collection(self, **style: Any) -> PathCollection:
        assert self.axes is not None
        circle = Path.circle(radius=0.5)
        markers = PathCollection([circle], offset_transform=self.get_transform(), **style)
        markers.set_figure(self.axes.figure)
        markers.axes = self.axes
        markers.set_clip_path(self.axes.patch)
        return markers

    def _opacity(self, layer: _Layer, places: Array, dpi: float) -> float:
        if self._alpha_of_points is not None:
            return self._alpha_of_points
        return crowded_alpha(places, layer.radius * dpi / 72, self._times)

    def _pixel_map(self, renderer: RendererAgg, layer: _Layer) -> _PixelMap:
        """Return the layer's map for the axes' present place, which is made anew only when that changes."""
        assert self.axes is not None
        width, height = int(renderer.width), int(renderer.height)
        matrix: Array = self.get_transform().get_affine().get_matrix()
        key = matrix.tobytes() + np.array([width, height, renderer.dpi]).tobytes()
        if layer.map is None or key != layer.map_of:
            places = self.get_transform().transform(self._points)
            box = self.axes.bbox
            layer.map = _PixelMap(
                np.column_stack([places[:, 0], height - places[:, 1]]),
                clip=(box.x0, height - box.y1, box.x1, height - box.y0),
                size=(width, height),
                stamps=layer.stamps(renderer.dpi),
                alpha=self._opacity(layer, places, renderer.dpi),
                times=self._times,
            )
            layer.map_of = key
        return layer.map


def most_changed(changes: Array) -> tuple[npt.NDArray[np.intp], Array]:
    """Return which points change noticeably, at most `MOST_OUTSTANDING`, and how much; the most changed last."""
    noticed = np.flatnonzero(changes >= NOTICED)
    if len(noticed) > MOST_OUTSTANDING:
        noticed = noticed[np.argpartition(changes[noticed], -MOST_OUTSTANDING)[-MOST_OUTSTANDING:]]
    noticed = noticed[np.argsort(changes[noticed], kind="stable")]
    return noticed, changes[noticed]


def _unchanged(changes: Array) -> Array:
    """How far each point steps back where others change, from 0 to 1: the less, the more it changes itself."""
    back: Array = 1 - np.minimum(SOLID * changes, 1)
    return back


def _paler(colors: Array, background: str, back: Array) -> Array:
    """Return colors, shape (N, 3), as far on their way to the background as points step back, shape (N,)."""
    away = (STEP_BACK * back).astype(np.float32)[:, None]
    shown: Array = colors + away * (np.array(to_rgb(background), np.float32) - colors)
    return shown


class _Layer:
    """The points as discs with outlines, or as outlines alone, and where they were painted last."""

    def __init__(self, radius: float, width: float, *, filled: bool = True) -> None:
        self.radius, self.width, self.filled = radius, width, filled
        self.map: _PixelMap | None = None
        self.map_of: bytes = b""

    def stamps(self, dpi: float) -> tuple[Array, Array]:
        """Coverage of fill and outline, as `_stamps` returns it."""
        fills, strokes = _stamps(self.radius * dpi / 72, self.width * dpi / 72)
        return (fills if self.filled else np.zeros_like(fills)), strokes


class _PixelMap:
    """Transmittance, outlines and W for points at fixed places in a picture of one size."""

    def __init__(
        self,
        places: Array,
        *,
        clip: tuple[float, float, float, float],
        size: tuple[int, int],
        stamps: tuple[Array, Array],
        alpha: float,
        times: Times | None = None,
    ) -> None:
        width, height = size
        point, pixel, entry = _touched(places, clip, size, stamps[0] + stamps[1] > 0)
        # One row per pixel, with its points in painting order; the values are the entries' numbers for now.
        shape = (height * width, len(places))
        number = coo_array((np.arange(1, len(point) + 1, dtype=np.int32), (pixel, point)), shape=shape).tocsr()
        ends = number.indptr
        self._pixels = np.flatnonzero(np.diff(ends))
        first, end = ends[self._pixels], ends[self._pixels + 1]
        in_order = entry[number.data - 1]
        fill, stroke = (alpha * stamp.ravel()[in_order] for stamp in stamps)

        # A point's outline is painted after its fill. The lower bound keeps an opaque point's logarithm finite.
        through = np.log(np.maximum((1 - fill) * (1 - stroke), 1e-9))
        one_over_another: Array | float = 1.0
        if times is not None:  # a geometric series of layers
            n = times[number.indices]
            one_over_another = np.expm1(n * through) / np.expm1(through)
            through *= n
        total = np.concatenate([[0.0], np.cumsum(through)])
        later = np.exp(np.repeat(total[end], end - first) - total[1:])
        # The same for red, green and blue, and 0 for opacity, which `paint` sets: one number per pixel that is
        # broadcast over the channels would take four times longer.
        self._transmitted = np.zeros((len(first), 4), np.float32)
        self._transmitted[:, :3] = np.exp(total[end] - total[first])[:, None]
        later *= one_over_another
        outlines = np.add.reduceat(stroke * later, first) if len(first) else stroke
        self._outlines = outlines
        touched = np.concatenate([first, [len(point)]])
        fills = fill * (1 - stroke) * later
        # Neighbors in the picture become neighbors in memory, which is three times quicker for a million points.
        self._order = np.lexsort(np.floor(places).T)
        rank = np.empty(len(places), np.int32)
        rank[self._order] = np.arange(len(places), dtype=np.int32)
        self._fills: csr_array[Any, Any] = csr_array(
            (fills.astype(np.float32), rank[number.indices], touched), shape=(len(first), len(places))
        )
        self._outlined: tuple[Any, Any] = None, None  # a color, and what outlines of that color add
        self._painted_for: Array | None = None

    def paint(
        self, renderer: RendererAgg, colors: Array, outline: tuple[float, float, float], presence: float = 1.0
    ) -> None:
        """Paint all points; where their presence is less than 1, what is there comes through as a whole."""
        if not len(self._pixels):
            return
        pixels = np.asarray(renderer.buffer_rgba()).view(np.uint32).ravel()
        if colors is not self._painted_for:
            if outline != self._outlined[0]:
                added = np.multiply.outer(255 * self._outlines, [*outline, 0]) + 0.5  # the half rounds
                added[:, 3] = 255.5
                self._outlined = outline, added.astype(np.float32)
            in_order = np.zeros((len(colors), 4), np.float32)
            np.multiply(colors.take(self._order, axis=0), 255, out=in_order[:, :3])
            self._painted = self._fills @ in_order
            self._painted += self._outlined[1]
            self._painted_for = colors
        painted = pixels.take(self._pixels).view(np.uint8).reshape(-1, 4).astype(np.float32)
        if presence == 1:
            painted *= self._transmitted
            painted += self._painted
        else:  # so much of the way from what is there to the points
            absent = np.float32(1 - presence)
            painted *= np.float32(presence) * self._transmitted + absent
            painted += np.float32(presence) * self._painted + absent / 2  # with a half that rounds
        pixels[self._pixels] = painted.astype(np.uint8).view(np.uint32)[:, 0]


def _touched(
    places: Array, clip: tuple[float, float, float, float], size: tuple[int, int], covers: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Find every pair of a point and a pixel that its stamp covers: point, pixel, place in the stack of stamps."""
    width, height = size
    _, side, _ = covers.shape
    corner = np.floor(places).astype(np.int32)
    subpixel = np.floor((places - corner) * SUBPIXELS).astype(np.int32)
    stamp_of = subpixel[:, 1] * SUBPIXELS + subpixel[:, 0]
    x0, y0, x1, y1 = np.round(clip)
    left, right, top, bottom = max(x0, 0), min(x1, width), max(y0, 0), min(y1, height)
    covered = np.flatnonzero(covers).astype(np.int32)  # places in the stack, stamp by stamp
    n_covered = np.count_nonzero(covers, axis=(1, 2)).astype(np.int32)
    begins = np.cumsum(n_covered, dtype=np.int32) - n_covered
    points, pixels, entries = [], [], []
    for first in range(0, len(places), TOUCHED_AT_ONCE):
        stamp = stamp_of[first : first + TOUCHED_AT_ONCE]
        n_each = n_covered[stamp]
        ends = np.cumsum(n_each)
        within = np.arange(n_each.sum()) - np.repeat(ends - n_each, n_each)
        point = np.repeat(np.arange(first, first + len(stamp), dtype=np.int32), n_each)
        entry = covered[np.repeat(begins[stamp], n_each) + within]
        x = corner[point, 0] + entry % side - side // 2
        y = corner[point, 1] + entry // side % side - side // 2
        shown = (x >= left) & (x < right) & (y >= top) & (y < bottom)
        points.append(point[shown])
        pixels.append((y * width + x)[shown])
        entries.append(entry[shown])
    point, pixel, entry = (np.concatenate(parts).astype(np.int32) for parts in (points, pixels, entries))
    return point, pixel, entry


def crowded_alpha(places: Array, radius: float, times: Times | None = None) -> float:
    """Return the opacity at which the densest parts of a cloud can still be told apart.

    Even there (but for the most crowded twentieth of the points) a hundredth of the background comes through, so
    that more points look like more.

    Parameters
    ----------
    places : ndarray, shape (N, 2)
        In pixels.
    radius : float
        Of a point, in pixels.
    times : ndarray of int, shape (N,), optional
        How many points lie on each place.
    """
    side = max(CELL, 2 * radius)
    cells = np.floor(places / side).astype(np.int64)
    cells -= cells.min(axis=0)
    _, which = np.unique(cells[:, 0] * (cells[:, 1].max() + 1) + cells[:, 1], return_inverse=True)
    counts = np.sort(np.bincount(which, times).astype(np.int64))
    # The crowding around the points, not around the cells: half of all points may lie in a few crowded cells.
    before = np.cumsum(counts)
    typical = counts[np.searchsorted(before, int(0.95 * (before[-1] - 1)), side="right")]
    layers = typical * np.pi * radius**2 / side**2
    return float(min(MOST, 1 - 0.01 ** (1 / max(layers, 1.0))))


@lru_cache(maxsize=16)
def _stamps(radius: float, outline_width: float) -> tuple[Array, Array]:
    """Return the coverage of a disc and of its outline for every subpixel place, as Agg paints them.

    Returns
    -------
    fills, strokes : ndarray, shape (SUBPIXELS**2, side, side)
        From 0 to 1, row by row from the top.
    """
    reach = int(np.ceil(radius + outline_width / 2)) + 1
    side = 2 * reach + 1
    unit = Path.unit_circle()

    def discs(gc: GraphicsContextBase, renderer: RendererAgg, place: Affine2D) -> None:
        gc.set_linewidth(0)
        renderer.draw_path(gc, unit, place, (1, 1, 1, 1))

    def outlines(gc: GraphicsContextBase, renderer: RendererAgg, place: Affine2D) -> None:
        gc.set_linewidth(outline_width)
        gc.set_foreground((1, 1, 1, 1))
        renderer.draw_path(gc, unit, place, None)

    fills = _sheet(side, radius, discs)
    return fills, _sheet(side, radius, outlines) if outline_width > 0 else np.zeros_like(fills)


def _sheet(side: int, radius: float, draw: Callable[[GraphicsContextBase, RendererAgg, Affine2D], None]) -> Array:
    """Return the coverage of what is drawn, for every subpixel place, by drawing all of them side by side."""
    renderer = RendererAgg(side * SUBPIXELS, side * SUBPIXELS, 72)
    gc = renderer.new_gc()
    for row, column in np.ndindex(SUBPIXELS, SUBPIXELS):
        x = column * side + side // 2 + (column + 0.5) / SUBPIXELS
        y = row * side + side // 2 + (row + 0.5) / SUBPIXELS
        draw(gc, renderer, Affine2D().scale(radius).translate(x, SUBPIXELS * side - y))
    # White on transparent black: the alpha channel is the coverage.
    sheet = np.asarray(renderer.buffer_rgba())[:, :, 3].reshape(SUBPIXELS, side, SUBPIXELS, side)
    return sheet.swapaxes(1, 2).reshape(-1, side, side) / 255
