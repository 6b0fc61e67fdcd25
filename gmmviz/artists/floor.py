"""The floor under a surface: a plane of two features with its grid, numbers and names, as a camera sees it.

The floor also decides how large everything is: as large as fits into the panel with all letters, from every
direction that the film shows it from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from matplotlib.transforms import Affine2D, Affine2DBase, IdentityTransform

from gmmviz.arrays import Array
from gmmviz.artists.camera import Box, Camera, largest, shapes
from gmmviz.errors import InputError
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme

CORNERS: Array = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])

LETTER_SIZES = (1.0, 0.85, 0.72, 0.61, 0.52, 0.44)  # by their usual size, to choose from
SMALLEST = 24.0  # pixels of a side of the floor, below which nothing can be told on it
ENOUGH = 0.45  # of the size that the floor would have without letters; with less, letters become smaller


@dataclass(frozen=True, slots=True)
class _Text:
    """The outline of a text around the origin, which is quick to paint at any place."""

    path: Path
    half: Array  # half of its width and height
    color: str

    @classmethod
    def of(cls, text: str, size: float, color: str, theme: Theme) -> _Text:
        path = TextPath((0, 0), text, size=theme.px(size), prop=theme.font())
        low, high = path.get_extents().get_points()
        x, y = -(low + high) / 2
        return cls(path.transformed(Affine2D().translate(x, y)), (high - low) / 2, color)


class FloorTransform(Affine2DBase):
    """The map from the features to where the floor is seen, which follows the camera and the Axes."""

    def __init__(self, floor: Floor, limits: Array) -> None:
        super().__init__()
        self._floor = floor
        self._limits = limits
        self._matrix: tuple[Box | None, Array] = None, np.eye(3)

    def get_matrix(self) -> Array:
        """Return the affine map to pixels of the picture, shape (3, 3)."""
        box = self._floor.shown
        if box is not self._matrix[0]:
            self._matrix = box, box.floor_matrix(self._limits)
        return self._matrix[1]


class Floor(Artist):
    """A floor that fits its Axes, wherever the layout puts them.

    Parameters
    ----------
    limits : ndarray, shape (2, 2)
        Lower and upper end of each feature.
    names : tuple of str
        Of the features.
    cameras : list of Camera
        Directions that the film shows it from; the first is shown until `turn` is called.
    surface : tuple of ndarray, shapes (n, 2) and (n,)
        Places on the floor from -1/2 to 1/2, and how high the surface gets over each, up to 1.
    lift : float
        How high the surface floats above the floor, in heights of the floor on the picture.
    theme : Theme
    peak : float, optional
        The density at height 1. If it is given, the room around the surface is drawn as a box with a scale.
    """

    def __init__(
        self,
        limits: Array,
        names: tuple[str, ...],
        cameras: list[Camera],
        surface: tuple[Array, Array],
        lift: float,
        theme: Theme,
        peak: float | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._cameras = cameras
        self._camera = cameras[0]
        self._surface = surface
        self._lift = lift
        self._letter_size = 1.0
        self._ticks = [_ticks(low, high, 5 if theme.mark == 1 else 2) for low, high in limits.tolist()]
        self._numbers = [[_Text.of(text, 21, theme.muted, theme) for text in texts] for _, texts in self._ticks]
        # The names to try in turn: whole, without what is in parentheses, and none at all.
        brief = [name.split(" (")[0] for name in names]
        self._wordings = [
            [_Text.of(literal(name), 23, theme.text, theme) for name in wording] for wording in (names, brief)
        ]
        self._wordings.append([])
        self._names = self._wordings[0]
        self._scale = [] if peak is None else _scale(peak, theme)
        self._fitted: dict[tuple[float, ...], Box] = {}
        self._shown_at: tuple[Any, ...] = ()
        self._shown: Box

    def turn(self, camera: Camera) -> Box:
        """Show the floor as this camera sees it; return where things are then."""
        self._camera = camera
        return self.box

    @property
    def box(self) -> Box:
        """Where things are, in pixels of a film (72 per inch) from the lower left corner."""
        assert self.axes is not None
        bounds = tuple(np.round(np.array(self.axes.bbox.bounds) / self._dots, 3).tolist())
        if bounds not in self._fitted:
            self._fitted = {bounds: self._fit(*bounds)}
        return self._fitted[bounds].seen_by(self._camera)

    @property
    def shown(self) -> Box:
        """Where things are, in pixels of the picture; the same object until something moves."""
        assert self.axes is not None
        place = self._camera, self.axes.bbox.get_points().tobytes(), self._dots
        if place != self._shown_at:
            self._shown_at, self._shown = place, self.box.zoomed(self._dots, (0.0, 0.0))
        return self._shown

    @property
    def _dots(self) -> float:
        figure: Any = self.get_figure(root=True)
        return float(figure.dpi) / 72

    def _fit(self, left: float, bottom: float, width: float, height: float) -> Box:
        """Find the largest picture in this room; letters become smaller where they would take too much of it.

        Raises
        ------
        InputError
            If the floor would be too small to tell anything.
        """
        for names, letter_size in product(self._wordings, LETTER_SIZES):
            self._names, self._letter_size = names, letter_size
            box, share = self._largest((width, height))
            if share >= ENOUGH and not any(self._names_meet(box.seen_by(camera)) for camera in self._cameras):
                break
        if min(box.width, box.depth) < SMALLEST:
            raise InputError(
                f"a surface has too little room in {max(width, 0):.0f}x{max(height, 0):.0f} pixels: make the "
                "picture larger, or its panel",
                "size",
            )
        return replace(box, origin=(left + box.origin[0], bottom + box.origin[1]))

    def _names_meet(self, box: Box) -> bool:
        """Whether the two features' names overlap or nearly do."""
        own = {id(name) for name in self._names}
        named = [(text, anchor + way) for text, anchor, way in self._letters(box) if id(text) in own]
        if len(named) < 2:
            return False
        (one, here), (other, there) = named
        apart = np.abs(here - there) - (one.half + other.half) * self._letter_size
        return bool(apart[0] < self._theme.px(20) and apart[1] < 0)

    def _largest(self, room: tuple[float, float]) -> tuple[Box, float]:
        """Find the box whose floor and surface are largest; also return its scale by that without letters."""
        best = None
        for box in shapes(self._cameras, self._lift):
            places, extents = [], []
            for camera in self._cameras:
                seen = replace(box, camera=camera)
                roof = seen.surface(CORNERS, np.ones(4)) if self._scale else np.empty((0, 2))
                solid = np.concatenate([seen.floor(CORNERS), seen.surface(*self._surface), roof])
                places.append(np.stack([solid.min(axis=0), solid.max(axis=0)]))  # no others limit the size
                extents.append(np.zeros((2, 4)))
                for text, anchor, offset in self._letters(seen):
                    places.append(anchor[None])
                    half = text.half * self._letter_size
                    extents.append(np.stack([half - offset, half + offset], axis=1).reshape(1, 4))
            scale, origin = largest(np.concatenate(places), np.concatenate(extents), room)
            score = (box.width * box.depth) ** 1.5 * box.height * scale**4
            if best is None or score > best[0]:
                bare, _ = largest(np.concatenate(places), np.zeros((sum(map(len, places)), 4)), room)
                best = score, replace(box.scaled(scale), origin=(origin[0], origin[1])), scale / max(bare, 1e-9)
        assert best is not None
        return best[1:]

    def _letters(self, box: Box) -> Iterator[tuple[_Text, Array, Array]]:
        """Yield each text, the place on the floor's rim that it belongs to, and its middle relative to there."""
        size = self._letter_size
        gap = self._theme.px(9) * size
        for d in (0, 1):
            toward = -box.camera.away[1 - d]
            rim = np.full((len(self._ticks[d][0]) + 1, 2), 0.5 if toward >= 0 else -0.5)
            rim[:, d] = [*self._ticks[d][0], 0.0]
            along = box.floor(np.eye(2)[d]) - box.floor(np.zeros(2))
            middle = box.floor(rim[-1]) - box.floor(np.zeros(2))
            normal = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
            normal = normal if normal @ middle >= 0 else -normal
            reach = gap
            anchors = box.floor(rim)
            for text, anchor in zip(self._numbers[d], anchors[:-1], strict=True):
                across = float(np.abs(normal) @ text.half) * size
                yield text, anchor, normal * (gap + across)
                reach = max(reach, gap + 2 * across)
            for name in self._names[d : d + 1]:
                yield name, anchors[-1], normal * (reach + gap + float(np.abs(normal) @ name.half) * size)
        left = CORNERS[box.floor(CORNERS)[:, 0].argmin()]
        for height, text in self._scale:
            (anchor,) = box.surface(left[None], np.array([height]))
            yield text, anchor, np.array([-gap - text.half[0] * size, 0.0])

    def _box(self, box: Box) -> Iterator[Array]:
        """Yield the edges of the room around the surface that the surface does not hide, each of shape (n, 2)."""
        behind = CORNERS[np.argsort(CORNERS * box.sides @ box.camera.away)[1:]]
        left, far, right = behind[np.argsort(box.floor(behind)[:, 0])]
        for height in (0.0, 1.0):
            yield box.surface(np.array([left, far, right]), np.full(3, height))
        for corner in (left, far, right):
            yield np.stack([box.floor(corner), *box.surface(corner[None], np.ones(1))])
        for height, _ in self._scale:
            (at,) = box.surface(left[None], np.array([height]))
            yield np.stack([at, at - [self._theme.px(7) * self._dots, 0]])

    def draw(self, renderer: RendererBase) -> None:
        """Paint the plane, its grid and its letters."""
        if not self.get_visible():
            return
        theme, box = self._theme, self.shown
        gc = renderer.new_gc()
        gc.set_snap(False)
        gc.set_linewidth(0)
        plane = Path(box.floor(CORNERS[[0, 1, 2, 3, 0]]), closed=True)
        renderer.draw_path(gc, plane, IdentityTransform(), to_rgba(theme.panel, 0.45))
        gc.set_linewidth(theme.px(1.4) * self._dots)
        gc.set_foreground(to_rgba(theme.muted, 0.22), isRGBA=True)
        for d in (0, 1):
            for tick in self._ticks[d][0]:
                ends = np.full((2, 2), tick)
                ends[:, 1 - d] = [-0.5, 0.5]
                renderer.draw_path(gc, Path(box.floor(ends)), IdentityTransform(), None)
        gc.set_foreground(to_rgba(theme.muted, 0.55), isRGBA=True)
        renderer.draw_path(gc, plane, IdentityTransform(), None)
        for edge in self._box(box) if self._scale else ():
            renderer.draw_path(gc, Path(edge), IdentityTransform(), None)
        gc.set_linewidth(0)
        for text, anchor, offset in self._letters(self.box):
            x, y = anchor + offset
            place = Affine2D().scale(self._letter_size).translate(x, y).scale(self._dots)
            renderer.draw_path(gc, text.path, place, to_rgba(text.color))
        gc.restore()


def _ticks(low: float, high: float, most: int) -> tuple[list[float], list[str]]:
    """Choose a few round numbers between the limits, as places from -1/2 to 1/2 and as text."""
    values: Array = np.asarray(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))
    # None near the ends, where it would meet the other feature's numbers at the corner.
    aside = 0.05 * (high - low)
    values = values[(values >= low + aside) & (values <= high - aside)]
    places = ((values - low) / (high - low) - 0.5).tolist()
    if not 1e-4 <= max(abs(low), abs(high)) < 1e7:  # matplotlib would write a power of ten beside the axis
        return places, [f"{value:.12g}".replace("-", "−") for value in values]
    formatter = ScalarFormatter(useOffset=False)
    formatter.set_scientific(False)
    formatter.create_dummy_axis()
    formatter.axis.set_view_interval(low, high)  # type: ignore[union-attr]
    return places, formatter.format_ticks(values.tolist())


def _scale(peak: float, theme: Theme) -> list[tuple[float, _Text]]:
    """Choose a few round densities up to the peak, as heights up to 1 and as text."""
    values = [
        value for value in MaxNLocator(nbins=4, steps=[1, 2, 5, 10]).tick_values(0, peak) if 0 <= value <= peak
    ]
    return [(value / peak, _Text.of(f"{value:g}", 21, theme.muted, theme)) for value in values]
