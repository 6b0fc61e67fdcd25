"""Points that are not all alike: sizes for weights, rims for known components, short lines for missing values.

A point of which a coordinate is missing lies anywhere along that axis. It is drawn as a short line in this
direction, at the mean that the present components expect there, so that it moves with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform, Transform

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.glyphs import Glyphs, Points, glyphs
from gmmviz.artists.point_cloud import STEP_BACK, PointCloud, suitable_cloud
from gmmviz.artists.word import pixels_per_point
from gmmviz.datasets import Dataset
from gmmviz.storyboard.cells import Cells, counts_of
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

SMALLEST, LARGEST = 0.45, 3.0  # radius of a point by that of an average one, at least and at most
CLASSES = 8  # of radius, at most
ALIKE = 1.02  # ratio of the largest weight to the smallest, below which all points are of one size
MOST_RIMS = 2_000  # known points; more would be nothing but rims
RIM, AROUND = 2.6, 1.5  # width of a rim, and from the point to it, in pixels of a 720-pixel-high picture
LENGTH, WIDTH = 5.0, 0.5  # of a line, in radii of a point
HALO = 0.8  # of its edge on either side, in pixels of a 720-pixel-high picture
CLEAR = 0.8  # opacity of lines, which may lie one over the other

Make = Callable[[Array, float], PointCloud | Glyphs]
"""From the places of some points, shape (n, 2), and a factor of their radius, to these points."""


class MarkedPoints(Artist):
    """Points in classes of size, lines for those with gaps, and rims around those that are known.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    classes : sequence of PointCloud or Glyphs
        Each with the rows that it draws.
    lines : GapLines, optional
    rims : Rims, optional
    radius : float
        Of an average point, in typographic points.
    transform : matplotlib.transforms.Transform, optional
        From the panel's two features to the picture; by default that of the axes' data.
    """

    def __init__(
        self,
        axes: Axes,
        classes: list[PointCloud | Glyphs],
        lines: GapLines | None,
        rims: Rims | None,
        radius: float,
        transform: Transform | None = None,
    ) -> None:
        super().__init__()
        self.classes, self.lines, self.rims, self.radius = classes, lines, rims, radius
        animated(axes, self, 2)
        for artist in self._parts():
            artist.axes = axes
            artist.set_figure(axes.figure)
            artist.set_transform(axes.transData if transform is None else transform)
            artist.set_clip_path(axes.patch)

    def _parts(self) -> Iterator[Any]:
        yield from self.classes
        yield from (part for part in (self.lines, self.rims) if part is not None)

    def follow(self, frame: Frame, theme: Theme) -> None:
        """Show the frame."""
        for part in self._parts():
            part.follow(frame, theme)

    def fade(self, presence: float) -> None:
        """Leave so much of what the frame shows, from 0 to 1."""
        for part in self._parts():
            part.fade(presence)

    def draw(self, renderer: RendererBase) -> None:
        """Paint the points over what is there."""
        if self.get_visible():
            for part in self._parts():
                part.draw(renderer)


class GapLines(Artist):
    """A short line for each missing coordinate that the panel would show.

    Parameters
    ----------
    data : Dataset
    rows : ndarray of int
        The points with such gaps.
    places : callable
        From complete points, shape (n, D), to their places on the panel, shape (n, 2).
    directions : ndarray, shape (2, D)
        Where each feature leads on the panel.
    radius : float
        Of a point, in typographic points.
    theme : Theme
    """

    def __init__(
        self,
        data: Dataset,
        rows: npt.NDArray[np.intp],
        places: Callable[[Array], Array],
        directions: Array,
        radius: float,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.rows, self._points, self._to_places = rows, data.observed[rows], places
        gaps = np.isnan(self._points) & (directions != 0).any(axis=0)
        self._which, features = np.nonzero(gaps)  # a line for each
        self._directions = directions.T[features]
        self._radius, self._theme = radius, theme
        self._shown: Any = None
        self.places: Array = np.zeros((0, 2))
        self._colors, self._presence = np.zeros((0, 3)), 1.0

    def follow(self, frame: Frame, theme: Theme) -> None:
        """Move to where the frame's components expect the points."""
        if frame.mixture is not self._shown:
            self._shown = frame.mixture
            self.places = self._to_places(frame.mixture.impute(self._points))
        self._colors = theme.point_colors(frame.responsibilities[self.rows], frame.coloring)
        self._presence = 1 - STEP_BACK * frame.attention.components

    def fade(self, presence: float) -> None:
        """Leave so much of what the frame shows, from 0 to 1."""
        self._presence *= presence

    def segments(self) -> Array:
        """Return the lines in pixels of the picture, shape (n, 2, 2)."""
        transform, scale = self.get_transform(), pixels_per_point(self)
        middles = transform.transform(self.places)[self._which]
        # The direction on the picture: features have units, pixels have none.
        linear = transform.get_affine().get_matrix()[:2, :2]
        along = self._directions @ linear.T
        along = along / np.hypot(*along.T)[:, None]
        half = LENGTH / 2 * self._radius * scale * along
        return np.stack([middles - half, middles + half], axis=1)

    def draw(self, renderer: RendererBase) -> None:
        """Paint the lines, each with an edge."""
        assert self.axes is not None
        segments: Any = self.segments()
        width, halo = WIDTH * self._radius, 2 * self._theme.mark_px(HALO)
        colors = self._colors[self._which]
        for ink, thick in ((self._theme.outline, width + halo), (colors, width)):
            lines = LineCollection(
                segments, colors=ink, linewidths=thick, alpha=CLEAR * self._presence, capstyle="round"
            )
            lines.set_transform(IdentityTransform())
            lines.set_figure(self.axes.figure)
            lines.axes = self.axes
            lines.set_clip_path(self.axes.patch)
            lines.draw(renderer)


class Rims(Artist):
    """Rims around the points whose component is known, which have its color from the beginning.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        Of these points, in data coordinates.
    components : ndarray of int, shape (n,)
    radii : ndarray, shape (n,)
        In typographic points.
    filled : bool
        Whether the points are dots, and not pies or shapes that are painted before.
    theme : Theme
    """

    def __init__(
        self, places: Array, components: npt.NDArray[np.intp], radii: Array, filled: bool, theme: Theme
    ) -> None:
        super().__init__()
        self.places, self.components = places, components
        self._radii, self._filled, self._theme, self._presence = radii, filled, theme, 1.0

    def follow(self, frame: Frame, theme: Theme) -> None:
        """Stand out in every step: what is known does not change."""
        self._presence = 1.0

    def fade(self, presence: float) -> None:
        """Leave so much, from 0 to 1."""
        self._presence *= presence

    def draw(self, renderer: RendererBase) -> None:
        """Paint the rims, and the dots within them."""
        assert self.axes is not None
        theme, width = self._theme, self._theme.mark_px(RIM)
        discs = PathCollection(
            [Path.circle(radius=0.5)],
            sizes=(2 * (self._radii + theme.mark_px(AROUND)) + width) ** 2,
            offsets=self.places,
            offset_transform=self.get_transform(),
            facecolors=[theme.color(k) for k in self.components.tolist()] if self._filled else "none",
            edgecolors=theme.text,
            linewidths=width,
            alpha=self._presence,
        )
        discs.set_figure(self.axes.figure)
        discs.axes = self.axes
        discs.set_clip_path(self.axes.patch)
        discs.draw(renderer)


def drawn_points(
    axes: Axes,
    kind: Points,
    data: Dataset,
    projection: Projection,
    theme: Theme,
    scale: float = 1.0,
    alpha: float | None = None,
) -> PointCloud | Glyphs | MarkedPoints | None:
    """Make the points as a panel's option `points` says; none if it is false.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    kind : bool or str
        The option.
    data : Dataset
    projection : Projection
        Onto the two axes of the panel.
    theme : Theme
    scale, alpha : float
        Of dots: factor of their radius, and opacity, by default as their crowding allows.
    """
    if kind is False:
        return None
    n_points, times = data.n_points, counts_of(data)

    def make(places: Array, factor: float) -> PointCloud | Glyphs:
        if kind in (True, "dots"):
            return suitable_cloud(places, theme, scale * factor, alpha, n_points, times)
        return glyphs(str(kind), places, theme, factor, n_points)

    return marked_points(axes, data, projection, projection.points(data.points), make, theme)


def marked_points(
    axes: Axes,
    data: Dataset,
    projection: Projection,
    places: Array,
    make: Make,
    theme: Theme,
    to_places: Callable[[Array, npt.NDArray[np.intp]], Array] | None = None,
    transform: Transform | None = None,
) -> PointCloud | Glyphs | MarkedPoints:
    """Make points that show their weights, what is known of them and what they lack; plain ones if all are alike.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    data : Dataset
    projection : Projection
        From the features to the panel's axes.
    places : ndarray, shape (N, 2)
        Of the points, in data coordinates.
    make : callable
        Makes some of the points; they are not in the axes yet.
    theme : Theme
    to_places : callable, optional
        From some points and their rows to their places; by default as the projection has them.
    transform : matplotlib.transforms.Transform, optional
        From the places to the picture; by default that of the axes' data.
    """
    scales = sizes(data)
    lacking, known = _lacking(data, projection), _known(data)
    if scales is None and not len(lacking) and not len(known):
        plain = make(places, 1.0)
        if transform is not None:
            plain.set_transform(transform)
        animated(axes, plain, 2)
        return plain
    radii = np.ones(len(places)) if scales is None else scales
    whole = np.ones(len(places), np.bool_)
    whole[lacking] = False
    classes = []
    for scale in np.unique(radii)[::-1]:  # the largest below
        rows = np.flatnonzero(whole & (radii == scale))
        if len(rows):
            some = make(places[rows], float(scale))
            some.rows = rows
            classes.append(some)
    radius = make(places[:1], 1.0).radius
    lines = rims = None
    if len(lacking):
        directions = np.zeros((2, projection.matrix.shape[1]))
        directions[: len(projection.matrix)] = projection.matrix

        def there(points: Array) -> Array:
            return projection.points(points) if to_places is None else to_places(points, lacking)

        lines = GapLines(data, lacking, there, directions, radius, theme)
    if len(known):
        assert data.known is not None
        known = known[whole[known]]
        dots = isinstance(make(places[:1], 1.0), PointCloud)
        rims = Rims(places[known], data.known[known], radius * radii[known], dots, theme)
    return MarkedPoints(axes, classes, lines, rims, radius, transform)


def sizes(data: Dataset) -> Array | None:
    """Return the points' radii by that of an average one, in a few classes; None if all are alike.

    Areas are in proportion to weights, but for very small and very large ones.
    """
    if data.weights is None or isinstance(data, Cells):  # of which each is as many points as it has
        return None
    counting = data.weights[data.weights > 0]
    if counting.max() <= ALIKE * counting.min() and len(counting) == len(data.weights):
        return None
    radii = np.sqrt(data.weights / counting.mean()).clip(SMALLEST, LARGEST)
    steps = np.geomspace(radii.min(), radii.max(), CLASSES) if radii.max() > radii.min() else radii[:1]
    nearest = np.abs(np.log(radii)[:, None] - np.log(steps)).argmin(axis=1)
    found: Array = steps[nearest]
    return found


def mark_notes(data: Dataset, projection: Projection, stage: Stage) -> list[str]:
    """Say what sizes, rims and lines mean, where there are any."""
    notes = []
    if sizes(data) is not None:
        notes.append(stage.say("sizes_are_weights"))
    if len(_known(data)):
        notes.append(stage.say("rims_are_known"))
    if len(_lacking(data, projection)):
        notes.append(stage.say("lines_are_gaps"))
    return notes


def _lacking(data: Dataset, projection: Projection) -> npt.NDArray[np.intp]:
    """The points with a gap in what the panel shows."""
    if not data.incomplete:
        return np.zeros(0, np.intp)
    shown = (projection.matrix != 0).any(axis=0)
    return np.flatnonzero((np.isnan(data.observed) & shown).any(axis=1))


def _known(data: Dataset) -> npt.NDArray[np.intp]:
    """The points whose component is known, unless they are too many for rims."""
    if data.known is None:
        return np.zeros(0, np.intp)
    known = np.flatnonzero(data.known >= 0)
    return known if len(known) <= MOST_RIMS else known[:0]
