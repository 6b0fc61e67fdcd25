"""Points that show more than a color can: pies of their responsibilities, and shapes for who cannot tell hues.

A pie begins at twelve o'clock with the first component and goes on clockwise, so that its order can be read, too.

A shape is blended as a color is: how far it reaches in each direction is the mean of the components' shapes,
weighted by responsibility. So a point that is undecided between a square and a triangle looks undecided, and none
jumps from one to the other. A shape that a point took once it is clear would have to jump, at a threshold that EM
does not have.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.transforms import IdentityTransform

from gmmviz.arrays import Array
from gmmviz.artists.point_cloud import RING, SOLID, STEP_BACK, SWELL, point_radius
from gmmviz.artists.word import pixels_per_point
from gmmviz.errors import InputError, counted
from gmmviz.options import Flag
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

Points = Flag | Literal["dots", "pies", "shapes"]
"""What points are drawn as; true is "dots", false is nothing."""
MOST_PIES = 150  # points; more would be too small to be read, or cover each other
MOST_SHAPED = 1_000  # points whose shapes can still be seen
PIE, SHAPE = 1.8, 1.25  # radius of a pie and of a shape, in radii of a point
ARC = 33  # vertices of a pie's arc: even a whole circle is off by less than a hundredth of its radius
DIRECTIONS = np.radians(np.arange(0, 360, 5))  # of a shape's vertices; every corner of a shape is in one of them


def _regular(corners: int, first: float) -> Array:
    """How far a regular polygon reaches in every direction, with its first corner at that angle in degrees."""
    side = 2 * np.pi / corners
    reach: Array = np.cos(side / 2) / np.cos((DIRECTIONS - np.radians(first)) % side - side / 2)
    return reach


def _plus() -> Array:
    """The same of two crossed beams whose ends are 40 degrees wide."""
    aside = np.abs((DIRECTIONS + np.pi / 4) % (np.pi / 2) - np.pi / 4)  # from the nearest arm
    half = np.tan(np.radians(20))
    reach: Array = np.minimum(1 / np.cos(aside), half / np.maximum(np.sin(aside), 1e-9))
    return reach


def _as_large_as_a_circle(reach: Array) -> Array:
    scaled: Array = reach * np.sqrt(len(reach) / (reach * np.roll(reach, 1)).sum())
    return scaled


# By name and sign, in the order of the components: no more are told apart at the size of a point.
SIGNS = {"circle": "●", "square": "■", "triangle": "▲", "diamond": "◆", "plus": "✚", "inverted triangle": "▼"}
SHAPES = np.array(
    [
        _as_large_as_a_circle(reach)
        for reach in (
            np.ones(len(DIRECTIONS)),
            _regular(4, 45),
            _regular(3, 90),
            _regular(4, 0),
            _plus(),
            _regular(3, -90),
        )
    ]
)


class Glyphs(Artist, ABC):
    """N points at fixed places, each made of polygons that follow its responsibilities.

    Parameters
    ----------
    points : ndarray, shape (N, 2)
        In data coordinates; later points are painted over earlier ones.
    theme : Theme
        Scaled to the picture.
    radius : float
        In typographic points, which are pixels in films.
    """

    def __init__(self, points: Array, theme: Theme, radius: float) -> None:
        super().__init__()
        self._points, self._theme, self.radius = points, theme, radius
        self.rows: slice | npt.NDArray[np.intp] = slice(None)  # of the frame's points, which these are
        self._asked = self._presence = 1.0
        self._strengths = np.zeros(len(points))
        self._responsibilities = np.ones((len(points), 1))

    def follow(self, frame: Frame, theme: Theme) -> None:
        """Show the frame: its responsibilities, and which points stand out or step back."""
        self._responsibilities = frame.responsibilities[self.rows]
        self._asked, self._theme = frame.coloring, theme
        self._presence = 1 - STEP_BACK * frame.attention.components
        strength = frame.attention.points
        self._strengths = strength * frame.changes[self.rows] if strength else np.zeros(len(self._points))
        self.stale = True

    def fade(self, presence: float) -> None:
        """Leave so much of what the frame shows, from 0 to 1."""
        self._presence *= presence

    @abstractmethod
    def polygons(self) -> tuple[Array, Array, Array]:
        """Return what each point is made of: around the origin, as large as a circle of radius 1.

        Returns
        -------
        whole : ndarray, shape (N, V, 2)
            Its outline.
        parts : ndarray, shape (N, n, V, 2)
            What it is filled with.
        colors : ndarray, shape (N, n, 3)
            Of the parts.
        """

    def draw(self, renderer: RendererBase) -> None:
        """Paint the points over what is there: as rings until they are asked."""
        if not self.get_visible():
            return
        width = max(RING / 2 * self.radius, 1.0)
        if self._asked < 1:
            circles = np.broadcast_to(_wedges(np.zeros(1), np.ones(1))[:, 1:], (len(self._points), ARC, 2))
            ring = self._collection(circles[:, None], self.radius - width / 2)
            ring.set(facecolor="none", edgecolor=self._theme.muted, linewidth=width, alpha=1 - self._asked)
            ring.draw(renderer)
        if self._asked > 0:
            whole, parts, colors = self.polygons()
            edge = self._theme.mark_px(1.0) / self.radius
            polygons = np.concatenate([(1 + edge) * whole[:, None], parts], axis=1)
            outline, ink = np.array(to_rgb(self._theme.outline)), np.array(to_rgb(self._theme.text))
            outlines = outline + np.minimum(SOLID * self._strengths, 1)[:, None] * (ink - outline)
            inks = np.concatenate([outlines[:, None], colors], axis=1).reshape(-1, 3)
            filled = self._collection(polygons, self.radius)
            filled.set(facecolor=inks, linewidth=0, alpha=self._asked * self._presence)
            filled.draw(renderer)

    def _collection(self, polygons: Array, radius: float) -> PolyCollection:
        """Polygons of the points, shape (N, n, V, 2), where the points are in the picture."""
        assert self.axes is not None
        sizes = radius * pixels_per_point(self) * np.sqrt(1 + SWELL * self._strengths)
        places = self.get_transform().transform(self._points)
        vertices: Any = places[:, None, None] + sizes[:, None, None, None] * polygons
        collection = PolyCollection(vertices.reshape(-1, *polygons.shape[2:]), transform=IdentityTransform())
        collection.set_figure(self.axes.figure)
        collection.axes = self.axes
        collection.set_clip_path(self.axes.patch)
        return collection


class Pies(Glyphs):
    """Each point as a pie of its responsibilities."""

    def follow(self, frame: Frame, theme: Theme) -> None:
        """Show the frame; where assignments are hard a pie is never cut, not even on its way to another hue."""
        super().follow(frame, theme)
        if np.isinf(frame.trace.betas[frame.blend[1]]):
            self._responsibilities = frame.settled

    def polygons(self) -> tuple[Array, Array, Array]:
        """Return discs, and a wedge for each component in its hue."""
        shares = self._responsibilities
        ends = np.cumsum(shares, axis=1)
        hues = np.array([to_rgb(self._theme.color(k)) for k in range(shares.shape[1])])
        whole = _wedges(np.zeros(len(shares)), np.ones(len(shares)))
        return whole, _wedges(ends - shares, ends), np.broadcast_to(hues, (*shares.shape, 3))


class Shapes(Glyphs):
    """Each point in the blend of its components' shapes, and of their hues."""

    def polygons(self) -> tuple[Array, Array, Array]:
        """Return one polygon for each point."""
        reach = self._responsibilities @ SHAPES[: self._responsibilities.shape[1]]
        whole = reach[:, :, None] * np.column_stack([np.cos(DIRECTIONS), np.sin(DIRECTIONS)])
        return whole, whole[:, None], self._theme.point_colors(self._responsibilities, 1.0)[:, None]


def _wedges(begins: Array, ends: Array) -> Array:
    """Wedges of the unit circle from share to share of it, clockwise from the top, shape (..., ARC + 1, 2)."""
    angles = 2 * np.pi * (begins[..., None] + (ends - begins)[..., None] * np.linspace(0, 1, ARC))
    arcs = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    return np.concatenate([np.zeros_like(arcs[..., :1, :]), arcs], axis=-2)


def check_glyphs(kind: Points, stage: Stage) -> None:
    """Refuse pies or shapes of too many points, and more shapes than there are.

    Raises
    ------
    InputError
        At the option "points".
    """
    data, K = stage.trace.data.name, stage.trace.n_components
    most = {"pies": MOST_PIES, "shapes": MOST_SHAPED}.get(str(kind), stage.trace.n_points)
    if stage.trace.n_points > most:
        raise InputError(
            f"points are drawn as {kind} up to {counted(most, 'point')}, and {data} has "
            f"{stage.trace.n_points:,}: write points = 'dots', or take fewer",
            "points",
        )
    if kind == "shapes" and len(SHAPES) < K:
        raise InputError(
            f"{len(SHAPES)} shapes can be told apart, and the run has {counted(K, 'component')}: "
            "write points = 'dots'",
            "points",
        )


def glyphs(kind: str, places: Array, theme: Theme, scale: float = 1.0, n_points: int | None = None) -> Glyphs:
    """Make points that are ``"pies"`` or ``"shapes"``, shape (N, 2) in data coordinates; or some of n points."""
    make: Callable[[Array, Theme, float], Glyphs] = Pies if kind == "pies" else Shapes
    scale *= PIE if kind == "pies" else SHAPE
    return make(places, theme, theme.mark_px(scale * point_radius(n_points or len(places))))


def key_of_shapes(n_components: int) -> str:
    """Say which component has which shape: ``"● 1  ■ 2"``."""
    return "  ".join(f"{sign} {k}" for k, sign in zip(range(1, n_components + 1), SIGNS.values(), strict=False))
