"""The 2.5D view: the mixture's density as a field with level lines, under the points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
from contourpy import LineType, ZInterp, contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.artists.density_key import DensityKey
from gmmviz.artists.ellipses import Ellipses, Radii, ghosts, mass_note
from gmmviz.artists.followed import Follow, Followed, check_followed, means_of
from gmmviz.artists.glyphs import Glyphs, Points, check_glyphs, key_of_shapes
from gmmviz.artists.ground import Ground
from gmmviz.artists.marked_points import MarkedPoints, drawn_points, mark_notes
from gmmviz.artists.means import MeanMark, mean_marks, moved_marks, past_means
from gmmviz.artists.point_cloud import PointCloud
from gmmviz.artists.raster import Colors, Raster, limits_in_view
from gmmviz.artists.samples import Samples
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, Flag, Whole, options
from gmmviz.renderers.base import RENDERERS, Aspect, Renderer, animated, frame_axes
from gmmviz.storyboard.density import DensityGrid, Grid
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme
from gmmviz.themes.color import hex_to_oklab, mixed, oklab_to_srgb

CELL = 2.0  # pixels of a 720-pixel-high picture that a cell is wide: it looks as smooth as single pixels do
LINE_CELL = 7.0  # pixels of a 720-pixel-high picture between the places from which level lines are found
SMALLER = 0.72  # radius of the points by that in other panels
PALE = 0.6  # opacity of the points
CROWD = 2000  # points, from which on they are as opaque as their crowding allows
FADED = 0.5  # of that opacity, which the data lose in the epilogue of new points
FADING = 0.08  # of the epilogue, in which they do
CROWDED = 0.6  # size of marks among so many panels that there is no room for a key
STRENGTH = 0.6  # of a component's ink where the density is highest; the points on it must still stand out


@dataclass(frozen=True, slots=True)
class _Props:
    projection: Projection
    field: Raster
    painter: _Painter
    lines: PathPatch
    finder: _LineFinder
    ground: Ground  # the field, its lines and the axes' edge
    ghosts: tuple[PathPatch, ...]
    cloud: PointCloud | Glyphs | MarkedPoints | None
    followed: Followed | None
    samples: Samples | None
    outlines: Ellipses
    marks: tuple[MeanMark, ...]


@RENDERERS.register("contour")
@options
class ContourRenderer(Renderer):
    """The mixture's density as a colored field with level lines, the components' outlines and the points."""

    width = 2.0

    levels: Literal["log", "linear"] = "log"
    """Where the level lines are: each at twice the density of the next ('log'), or at equal steps ('linear')."""
    n_levels: Annotated[Count, Field(le=100)] = 6
    """How many level lines."""
    tint: Literal["components", "density"] = "components"
    """Color the field by its components, blended by responsibility, or in one hue, by density alone."""
    radii: Radii = (2.0,)
    """Mahalanobis radii of the components' outlines; 1, 2 and 3 hold 39 %, 86 % and 99 % of a component."""
    key: Flag = True
    """Draw a key at the panel's right: the strength of the color between lines, by the film's highest density."""
    points: Points = "dots"
    """Draw the points as dots; as pies of their responsibilities, up to 150 points; in the shapes of up to 6
    components, blended as their colors are, for who cannot tell hues; or not at all (false)."""
    follow: Follow = ()
    """Points by number from 1, at most 5, that have a ring and a bar of their responsibilities."""
    trails: Flag = True
    """Draw the path of each mean so far."""
    samples: Annotated[Whole, Field(ge=0, le=100_000)] = 0
    """How many new points, drawn from the fit, appear one after another in the epilogue, in the color of the
    component that each is drawn from. For the first few that component lights up before."""
    truth: Flag = False
    """Draw the outlines of the mixture that the data was drawn from, dashed."""
    aspect: Aspect = "auto"
    """'equal' makes one unit of x as long as one of y, so that round is round, and widens limits for that; 'auto'
    fills the panel."""
    features: Features = None
    """Two features, by name or number from 1, or 'pca'; by default all, or the principal components of many."""

    @property
    def epilogue_option(self) -> str:
        """The points drawn from the fit."""
        return "samples" if self.samples else ""

    @property
    def reach(self) -> float:
        """Limits make room for the largest outline."""
        return max(self.radii, default=2.0)

    def check(self, stage: Stage) -> None:
        """Refuse data of one feature, and a truth that is not known."""
        projection = stage.projection(self.features, 2)
        if self.truth:
            stage.known_truth(projection)
        check_glyphs(self.points, stage)
        check_followed(self.follow, stage)

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes; make the field, lines, points, outlines and numbered means."""
        projection = stage.projection(self.features, 2)
        frame_axes(axes, stage, projection, aspect=self.aspect)
        axes.grid(False)
        steps = stage.say("doubling_lines" if self.levels == "log" else "even_lines")
        drawn = stage.say("samples") if self.samples else ""
        shapes = key_of_shapes(stage.trace.n_components) if self.points == "shapes" else ""
        masses = "" if projection.note else mass_note(self.radii, stage.words)
        marks = mark_notes(stage.trace.data, projection, stage) if self.points else ()
        notes = (drawn, literal(projection.note), steps, masses, shapes, *marks)
        axes.set_title("; ".join(note for note in notes if note), color=theme.muted)
        limits = stage.limits(projection)
        levels = self._levels(stage.peak(projection))
        field = Raster(None, max(2, round(theme.px(CELL))))
        lines = PathPatch(_NO_PATH, fill=False, edgecolor=to_rgba(theme.text, 0.35), linewidth=theme.mark_px(1.3))
        finder = _LineFinder(axes, levels, theme.px(LINE_CELL))
        ground = Ground(axes, field, lines, _edge(axes, theme))
        animated(axes, ground, 1)
        n_components = stage.trace.n_components
        painter = _Painter(theme, n_components, levels, self.levels == "log", self.tint == "components")
        truth = tuple(ghosts(stage, projection, self.radii, theme)) if self.truth else ()
        for outline in truth:
            animated(axes, outline, 3)  # the field moves, and would cover what stands still
        places = projection.points(stage.trace.data.points)
        cloud = self._cloud(axes, stage, projection, theme)
        radius = cloud.radius if cloud else None
        followed = None
        if self.follow:
            means = means_of(stage.trace, projection)
            followed = Followed(axes, self.follow, places, n_components, theme, radius, means)
        samples = Samples(axes, stage.trace[-1].mixture, self.samples, projection, theme) if self.samples else None
        colors = [theme.color(k) for k in range(n_components)]
        outlines = Ellipses(axes, self.radii, colors, limits, widths=(theme.mark_px(2.8), theme.mark_px(2.8)))
        badges = mean_marks(axes, n_components, theme)
        if self.key and theme.mark > CROWDED:
            DensityKey(axes, painter.swatches(theme), self._line_names(stage), lines.get_edgecolor(), theme)
        return _Props(
            projection, field, painter, lines, finder, ground, truth, cloud, followed, samples, outlines, badges
        )

    def _cloud(
        self, axes: Axes, stage: Stage, projection: Projection, theme: Theme
    ) -> PointCloud | Glyphs | MarkedPoints | None:
        """Make points that leave the field, its lines and the outlines to be seen."""
        data = stage.trace.data
        alpha = PALE if data.n_points <= CROWD else None
        return drawn_points(axes, self.points, data, projection, theme, SMALLER, alpha)

    def _line_names(self, stage: Stage) -> list[str]:
        """What the key calls the highest density and the level lines, from the highest down."""
        highest = stage.say("highest_density")
        if self.levels == "log":
            return [highest, *(f"1/{2**n}" if n < 20 else f"2^-{n}" for n in range(1, self.n_levels + 1))]
        shares = 100 * np.arange(self.n_levels, 0, -1) / (self.n_levels + 1)
        return [highest, *(f"{share:.0f} %" for share in shares)]

    def _levels(self, peak: float) -> Array:
        """Densities of the level lines, from the lowest up; the peak itself has no line."""
        if self.levels == "log":
            steps = np.exp2(np.arange(-self.n_levels, 0.0))
        else:
            steps = np.arange(1.0, self.n_levels + 1) / (self.n_levels + 1)
        return np.asarray(peak * steps)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Color the field and draw its lines; then draw the points, the outlines and the means over it."""
        mixture = props.projection.mixture(frame.mixture)
        if props.ground.turns_to(frame.mixture):
            props.field.set_paint(partial(props.painter.colors, mixture))
            props.lines.set_path(props.finder.lines(mixture))
        yield props.ground
        epilogue = frame.moment.epilogue
        if props.cloud:
            props.cloud.follow(frame, theme)
            if props.samples:
                props.cloud.fade(1 - FADED * min(epilogue / FADING, 1.0))
            yield props.cloud
        yield from props.ghosts
        outlines = list(props.outlines.moved(mixture, frame.attention.points))
        if props.samples:
            yield from props.samples.drawn(mixture, epilogue)
        yield from outlines
        past = past_means(frame, props.projection) if self.trails else None
        yield from moved_marks(props.marks, mixture.means, mixture.weights, past)
        if props.followed:
            yield from props.followed.moved(frame)


_NO_PATH = Path(np.zeros((0, 2)))


def _edge(axes: Axes, theme: Theme) -> Line2D:
    """Make the left and lower edge anew, since the field would hide half of their width."""
    width = axes.spines["left"].get_linewidth()
    axes.spines[:].set_visible(False)
    edge = Line2D([0, 0, 1], [1, 0, 0], transform=axes.transAxes, color=theme.muted, linewidth=width)
    edge.set_clip_on(False)
    return edge


def calm(theme: Theme) -> str:
    """Return a violet as light as the theme's muted text: a hue that no component has."""
    lightness, hue = hex_to_oklab(theme.muted)[0], np.radians(290)
    srgb = oklab_to_srgb(np.array([lightness, 0.12 * np.cos(hue), 0.12 * np.sin(hue)]))
    return "#" + bytes(np.rint(255 * srgb).astype(int).tolist()).hex()


class _LineFinder:
    """Finds level lines from a grid whose places are equally far apart in pictures of every size."""

    def __init__(self, axes: Axes, levels: Array, cell: float) -> None:
        self._axes, self._cell = axes, cell
        self.levels = levels  # densities, the same in every frame
        self._limits: Array = np.zeros((2, 2))
        self._grid: tuple[tuple[int, int], DensityGrid] | None = None

    def lines(self, mixture: Mixture) -> Path:
        """Return the level lines of a mixture, once the axes have their final size."""
        columns, rows = (max(8, round(side / self._cell)) + 1 for side in self._axes.bbox.size)
        limits = limits_in_view(self._axes)
        if self._grid is None or self._grid[0] != (columns, rows) or not np.array_equal(limits, self._limits):
            self._limits = limits
            self._grid = (columns, rows), DensityGrid(limits, (columns, rows), corners=True)
        return level_lines(self._grid[1], mixture, self.levels)


def level_lines(grid: DensityGrid, mixture: Mixture, levels: Array) -> Path:
    """Return the lines on which the density has one of these levels.

    They are interpolated in the log-density, which for one Gaussian is a quadratic form and curves little from
    cell to cell.
    """
    density = grid.density(mixture)
    heights = np.maximum(density, np.finfo(density.dtype).tiny)
    contours: Any = contour_generator(
        grid.x, grid.y, heights, line_type=LineType.ChunkCombinedCode, z_interp=ZInterp.Log
    )
    found = [(points[0], codes[0]) for points, codes in map(contours.lines, levels) if codes[0] is not None]
    if not found:
        return _NO_PATH
    codes = np.concatenate([codes for _, codes in found])
    codes[codes == Path.CLOSEPOLY] = Path.LINETO  # Agg leaves out needless vertices only of open lines
    path = Path(np.concatenate([points for points, _ in found]), codes)
    path.should_simplify = True
    return path


class _Painter:
    """Colors the field: as the background where the density is low, saturated from the film's peak on."""

    def __init__(self, theme: Theme, n_components: int, levels: Array, log: bool, by_component: bool) -> None:
        self._background = theme.background
        self._inks = [theme.color(k) for k in range(n_components)] if by_component else []
        self._ramp = mixed(theme.background, [calm(theme)], np.linspace(0, 0.9, 1024)[None])
        self._log = log
        # Color begins one step below the lowest line and saturates one step above the highest.
        self._floor = float(levels[0]) / 2 if log else 0.0
        self._peak = float(levels[-1] * 2 if log else levels[-1] + levels[0])
        self._n_bands = len(levels) + 1
        self._grids: dict[tuple[bytes, tuple[int, int]], DensityGrid] = {}

    def colors(self, mixture: Mixture, limits: Array, shape: tuple[int, int]) -> Colors:
        """Return RGBA of the cells, shape (rows, columns, 4)."""
        key = limits.tobytes(), shape
        if key not in self._grids:
            self._grids = {key: DensityGrid(limits, shape)}
        weighted = self._grids[key].components(mixture)
        density: Grid = weighted.sum(axis=0)
        heights = self._heights(density)
        if not self._inks:
            heights *= 1023
            return self._ramp[heights.astype(np.int16)]
        heights *= STRENGTH
        heights /= np.maximum(density, np.finfo(density.dtype).tiny, out=density)
        weighted *= heights
        return mixed(self._background, self._inks, weighted)

    def swatches(self, theme: Theme) -> list[Any]:
        """Return a color for each band of the key, from the highest density down to the lowest line's."""
        middles = (np.arange(self._n_bands, 0, -1) - 0.5) / self._n_bands
        if self._inks:  # as strong as the components' colors are, but of no component
            rows = mixed(self._background, [theme.muted], STRENGTH * middles[None, None].astype(np.float32))
        else:
            rows = self._ramp[(1023 * middles).astype(int)][None]
        return [tuple(color / 255) for color in rows[0]]

    def _heights(self, density: Grid) -> Grid:
        """How strong the color is, from 0 to 1."""
        heights: Grid = density / (self._floor if self._log else self._peak)
        if self._log:
            np.log2(np.maximum(heights, 1, out=heights), out=heights)
            heights /= np.log2(self._peak / self._floor)
        return np.minimum(heights, 1, out=heights)
