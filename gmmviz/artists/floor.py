"""The floor under a surface: a plane of two features with its grid, numbers and names, as a camera sees it.

The floor also decides how large everything is: as large as fits into the panel with all letters, from every
direction that the film shows it from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from typing import Any, NamedTuple

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
from gmmviz.artists.word import LEGIBLE
from gmmviz.errors import InputError
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme

CORNERS: Array = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])

NAME, NUMBER = 23, 21  # usual sizes of the letters, in pixels of a 720-pixel-high picture
LETTER_SIZES = (1.0, 0.85, 0.72, 0.61, 0.52, 0.44)  # by their usual size, to choose from
GLIDE = 0.17  # sine of the angle over which letters go at one side and come at the other under a turning camera
NUDGE = 1e-6  # by which one of two sides is nearer that are equally near
SMALLEST = 24.0  # pixels of a side of the floor, below which nothing can be told on it
ENOUGH = 0.45  # of the size that the floor would have without letters; with less, letters become smaller


class _Letters(NamedTuple):
    """A text, the place in the picture that it belongs to, its middle from there, and how opaque it is."""

    text: _Text
    anchor: Array
    offset: Array
    opacity: float


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
    box : bool
        Draw the room around the surface, with a scale of heights: at the highest density, a half of it, and so on.
    """

    def __init__(
        self,
        limits: Array,
        names: tuple[str, ...],
        cameras: list[Camera],
        surface: tuple[Array, Array],
        lift: float,
        theme: Theme,
        box: bool = False,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._cameras = cameras
        self._camera = cameras[0]
        self._surface = surface
        self._lift = lift
        self._letter_size = 1.0
        self._limits: tuple[tuple[float, float], ...] = tuple((low, high) for low, high in limits.tolist())
        self._most = 5 if theme.mark == 1 else 2  # numbers of a feature
        self._ticks: list[tuple[list[float], list[str]]] = [([], []), ([], [])]
        self._numbers: list[list[_Text]] = [[], []]
        for d in (0, 1):
            self._number(d, _ticks(*self._limits[d], self._most))
        # The names to try in turn: whole, without what is in parentheses, and none at all.
        brief = [name.split(" (")[0] for name in names]
        self._wordings = [
            [_Text.of(literal(name), NAME, theme.text, theme) for name in wording] for wording in (names, brief)
        ]
        self._wordings.append([])
        self._names = self._wordings[0]
        self._scale = _scale(theme) if box else []
        # What a turning camera would make jump from side to side fades out here and in there.
        self._glide = GLIDE if len({camera.azimuth for camera in cameras}) > 1 else 1e-9
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
    def _legible(self) -> list[float]:
        """The sizes to choose from, at which all letters can be read."""
        return [size for size in LETTER_SIZES if size * self._theme.px(NUMBER) >= LEGIBLE]

    @property
    def _dots(self) -> float:
        figure: Any = self.get_figure(root=True)
        return float(figure.dpi) / 72

    def _fit(self, left: float, bottom: float, width: float, height: float) -> Box:
        """Find the largest picture in this room; letters become smaller where they would take too much of it.

        Where none could be read, none are drawn.

        Raises
        ------
        InputError
            If the floor would be too small to tell anything.
        """
        for d in (0, 1):
            self._number(d, _ticks(*self._limits[d], self._most))
        for names, letter_size in product(self._wordings, self._legible or [1.0]):
            self._names, self._letter_size = names, letter_size
            box, share = self._largest((width, height))
            if share >= ENOUGH and not any(self._names_meet(box.seen_by(camera)) for camera in self._cameras):
                break
        for d in (0, 1):
            while any(self._numbers_touch(d, box.seen_by(camera)) for camera in self._cameras):
                self._number(d, _every_second(*self._ticks[d], *self._limits[d]))
        if box.width > 0:
            box, _ = self._largest((width, height), [replace(box, origin=(0.0, 0.0))])
        if min(box.width, box.depth) < SMALLEST and self._scale:
            self._scale = []  # better a picture without walls than none
            return self._fit(left, bottom, width, height)
        if min(box.width, box.depth) < SMALLEST:
            raise InputError(
                f"a surface has too little room in {max(width, 0):.0f}x{max(height, 0):.0f} pixels: make the "
                "picture larger, or its panel",
                "size",
            )
        return replace(box, origin=(left + box.origin[0], bottom + box.origin[1]))

    def _number(self, d: int, ticks: tuple[list[float], list[str]]) -> None:
        """Give a feature these numbers."""
        self._ticks[d] = ticks
        self._numbers[d] = [_Text.of(text, NUMBER, self._theme.muted, self._theme) for text in ticks[1]]

    def _numbers_touch(self, d: int, box: Box) -> bool:
        """Whether numbers of a feature nearly touch each other."""
        own = {id(text) for text in self._numbers[d]}
        ends: list[Array] = []
        for text, anchor, offset, opacity in self._letters(box):
            if id(text) in own and opacity > 0.5:
                half = self._letter_size * text.half + self._theme.px(3)
                ends.append(np.stack([anchor + offset - half, anchor + offset + half]))
        return any(bool((one[0] < other[1]).all() and (other[0] < one[1]).all()) for one, other in pairwise(ends))

    def _names_meet(self, box: Box) -> bool:
        """Whether the two features' names overlap or nearly do."""
        own = {id(name) for name in self._names}
        named = [letters for letters in self._letters(box) if id(letters.text) in own]
        for one, other in combinations(named, 2):
            here, there = one.anchor + one.offset, other.anchor + other.offset
            apart = np.abs(here - there) - (one.text.half + other.text.half) * self._letter_size
            if one.text is not other.text and apart[0] < self._theme.px(20) and apart[1] < 0:
                return True
        return False

    def _largest(self, room: tuple[float, float], boxes: Sequence[Box] = ()) -> tuple[Box, float]:
        """Find the box whose floor and surface are largest; also return its scale by that without letters."""
        best = None
        for box in boxes or shapes(self._cameras, self._lift):
            places, extents = [], []
            for camera in self._cameras:
                seen = replace(box, camera=camera)
                roof = seen.surface(CORNERS, np.ones(4)) if self._scale else np.empty((0, 2))
                solid = np.concatenate([seen.floor(CORNERS), seen.surface(*self._surface), roof])
                places.append(np.stack([solid.min(axis=0), solid.max(axis=0)]))  # no others limit the size
                extents.append(np.zeros((2, 4)))
                for text, anchor, offset, _ in self._letters(seen, every=True):
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

    def _letters(self, box: Box, *, every: bool = False) -> Iterator[_Letters]:
        """Yield all texts: numbers and names of features along near sides, and the scale as far as it fits."""
        if not self._legible:
            return
        size = self._letter_size
        gap = self._theme.px(9) * size
        for d, side in product((0, 1), (0.5, -0.5)):
            # One side's letters have gone before the other's come: two faint names would say nothing.
            opacity = 2 * self._fade(side * (NUDGE - 2 * box.camera.away[1 - d])) - 1
            if opacity <= 0:
                continue
            rim = np.full((len(self._ticks[d][0]) + 1, 2), side)
            rim[:, d] = [*self._ticks[d][0], 0.0]
            along = box.floor(np.eye(2)[d]) - box.floor(np.zeros(2))
            middle = box.floor(rim[-1]) - box.floor(np.zeros(2))
            normal = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
            normal = normal if normal @ middle >= 0 else -normal
            reach = gap
            anchors = box.floor(rim)
            for text, anchor in zip(self._numbers[d], anchors[:-1], strict=True):
                across = float(np.abs(normal) @ text.half) * size
                yield _Letters(text, anchor, normal * (gap + across), opacity)
                reach = max(reach, gap + 2 * across)
            for name in self._names[d : d + 1]:
                away = reach + gap + float(np.abs(normal) @ name.half) * size
                yield _Letters(name, anchors[-1], normal * away, opacity)
        for corner, opacity in self._left(box) if self._scale else ():
            for height, text in self._scale if every else self._heights(box):
                (anchor,) = box.surface(corner[None], np.array([height]))
                yield _Letters(text, anchor, np.array([-gap - text.half[0] * size, 0.0]), opacity)

    def _fade(self, sine: float) -> float:
        """How opaque a thing is that is seen where the sine of an angle is above 0, and its opposite below 0."""
        share = float(np.clip((sine / self._glide + 1) / 2, 0, 1))
        return share * share * (3 - 2 * share)

    def _left(self, box: Box) -> Iterator[tuple[Array, float]]:
        """Yield the corners at the left of the picture, and how opaque a scale there is."""
        across = CORNERS * box.sides @ box.camera.right / box.sides.min() + NUDGE * np.arange(4)
        for corner in range(4):
            nearest = np.delete(across, corner).min() - across[corner]
            opacity = 2 * self._fade(float(nearest)) - 1
            if opacity > 0:
                yield CORNERS[corner], opacity

    def _heights(self, box: Box) -> list[tuple[float, _Text]]:
        """The scale's heights, from the highest down, as far as their numbers keep apart."""
        kept: list[tuple[float, _Text]] = []
        line = 2.6 * max(text.half[1] for _, text in self._scale) * self._letter_size
        for height, text in self._scale:
            room = box.camera.uprightness * box.height * min([above - height for above, _ in kept], default=1.0)
            if room >= line and (height == 0 or box.camera.uprightness * box.height * height >= line):
                kept.append((height, text))
        return kept

    def _box(self, box: Box) -> Iterator[tuple[Array, float]]:
        """Yield the edges of the walls behind the surface, each of shape (n, 2), and how opaque they are."""
        for d, side in product((0, 1), (0.5, -0.5)):
            # A wall appears as soon as the camera looks at its inside, first as a line.
            opacity = min(2 * self._fade(2 * side * box.camera.away[d]) - 1, 1)
            if opacity <= 0:
                continue
            ends = np.full((2, 2), side)
            ends[:, 1 - d] = [-0.5, 0.5]
            low, high = (box.surface(ends, np.full(2, height)) for height in (0.0, 1.0))
            yield np.concatenate([box.floor(ends[:1]), high, box.floor(ends[1:])]), opacity
            if box.lift > 0:
                yield low, opacity
        for corner, opacity in self._left(box):
            for height, _ in self._heights(self.box):
                (at,) = box.surface(corner[None], np.array([height]))
                yield np.stack([at, at - [self._theme.px(7) * self._dots, 0]]), opacity

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
        for edge, opacity in self._box(box) if self._scale else ():
            gc.set_foreground(to_rgba(theme.muted, 0.55 * opacity), isRGBA=True)
            renderer.draw_path(gc, Path(edge), IdentityTransform(), None)
        gc.set_linewidth(0)
        for text, anchor, offset, opacity in self._letters(self.box):
            x, y = anchor + offset
            place = Affine2D().scale(self._letter_size).translate(x, y).scale(self._dots)
            renderer.draw_path(gc, text.path, place, to_rgba(text.color, opacity))
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


def _every_second(places: list[float], texts: list[str], low: float, high: float) -> tuple[list[float], list[str]]:
    """Leave out every second number, so that the rounder ones remain."""
    first = (low + (places[0] + 0.5) * (high - low)) / ((places[1] - places[0]) * (high - low))
    begin = round(first) % 2
    return places[begin::2], texts[begin::2]


def _scale(theme: Theme) -> list[tuple[float, _Text]]:
    """Heights of the scale, from the highest density down: each at half of the one before, then the ground."""
    parts = [(1.0, "1"), *((2.0**-n, f"1/{2**n}") for n in range(1, 5)), (0.0, "0")]
    return [(height, _Text.of(text, NUMBER, theme.muted, theme)) for height, text in parts]
