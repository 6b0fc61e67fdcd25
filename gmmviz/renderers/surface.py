"""The 3D view: the density as a lit surface with level lines, above a floor that carries points."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import matplotlib as mpl
import numpy as np
from contourpy import LineType, ZInterp, contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.lines import Line2D
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.artists.camera import Camera
from gmmviz.artists.ellipses import STEP_BACK
from gmmviz.artists.floor import Floor, FloorTransform
from gmmviz.artists.glyphs import Glyphs
from gmmviz.artists.marked_points import MarkedPoints, mark_notes, marked_points
from gmmviz.artists.means import mean_dot, number_mark, opacity
from gmmviz.artists.point_cloud import PointCloud, suitable_cloud
from gmmviz.artists.relief import Relief
from gmmviz.errors import InputError, brief, nearest
from gmmviz.options import Count, Flag, Number, Seconds, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.cells import counts_of
from gmmviz.storyboard.density import DensityGrid, Grid
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme
from gmmviz.themes.color import hex_to_oklab

CELLS = 96  # along each axis, from which the level lines are found
COARSE = 25  # places along each axis from which the surface's room is found
SMALLER = 0.75  # radius of the points by that in other panels
RELIEF_BACK = 0.4  # of the surface's opacity, that an E-step takes at its middle
LINES = 0.75  # opacity of the level lines
SIDES = 24  # directions of a moving camera from which the picture must fit
REST = 2.0  # seconds at the end of a film in which its camera has come to rest

Degrees = Annotated[Number, Field(ge=-100_000, le=100_000)]
Elevation = Annotated[Number, Field(ge=10, le=75)]


@dataclass(frozen=True, slots=True)
class _Props:
    projection: Projection
    floor: Floor
    cloud: PointCloud | Glyphs | MarkedPoints
    grid: DensityGrid
    levels: Array
    lines: LineCollection
    relief: Relief
    means: tuple[_Mean, ...]


@dataclass(frozen=True, slots=True)
class _Mean:
    drop: Line2D
    dot: Line2D
    number: Line2D


@RENDERERS.register("surface")
@options
class SurfaceRenderer(Renderer):
    """The density as a lit surface with level lines; below it, points and the same lines on a floor."""

    width = 2.0

    azimuth: Degrees = -62.0
    """Where the camera stands: degrees from the first feature's axis toward the second's."""
    elevation: Elevation = 26.0
    """How far above the floor the camera stands, in degrees from 10 to 75."""
    orbit: Degrees = 0.0
    """Degrees that the camera turns in a second, on average; below 0 clockwise. It rests in the film's last two
    seconds where it began: after whole turns, or, in a film too short for one, after going out and back."""
    path: Annotated[tuple[tuple[Seconds, Degrees, Elevation], ...], Field(max_length=1000)] = ()
    """Where the camera goes instead: [seconds, azimuth, elevation] of each stop, and smoothly between them."""
    box: Flag = True
    """Draw the walls behind the surface, with a scale of the density by the highest of the film."""
    lift: Annotated[Number, Field(ge=0, le=2)] = 0.35
    """How high the surface floats, in heights of the floor on the picture; from 1 on it hides nothing."""
    levels: Annotated[Count, Field(le=100)] = 6
    """Level lines on the surface and the floor, each at twice the density of the next one out; the surface ends
    at the lowest."""
    colormap: str | None = None
    """A colormap of matplotlib's for the height, such as 'viridis'; by default the components' colors, blended."""
    features: Features = None
    """Two features, by name or number from 1, or 'pca'; by default all, or the principal components of many."""

    def __post_init__(self) -> None:
        if self.colormap is not None and self.colormap not in mpl.colormaps:
            near = nearest(self.colormap, mpl.colormaps)
            better = f"did you mean {near!r}?" if near else "matplotlib has 'viridis', 'magma', 'cividis' and more"
            raise InputError(f"unknown colormap {brief(self.colormap)}; {better}", "colormap")
        times = [time for time, _, _ in self.path]
        if times != sorted(set(times)):
            raise InputError(f"the times of a camera's path must rise, not {times}", "path")
        if self.path and self.orbit:
            raise InputError("a camera that follows a path has no orbit: leave one of them out", "orbit")

    @property
    def reach(self) -> float:
        """Limits make room for the density to fall."""
        return 2.2

    @property
    def restless(self) -> bool:
        """A camera that moves goes on while the run rests."""
        return self.orbit != 0 or len(self.path) > 1

    def check(self, stage: Stage) -> None:
        """Refuse data of one feature."""
        stage.projection(self.features, 2)

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the floor, unless the camera moves; make all the rest."""
        projection = stage.projection(self.features, 2)
        limits = stage.limits(projection)
        axes.set_axis_off()
        height = stage.say("height" if self.box else "doubling_lines")
        notes = (literal(projection.note), height, *mark_notes(stage.trace.data, projection, stage))
        axes.set_title("; ".join(note for note in notes if note), color=theme.muted)
        cameras, envelope = self._cameras(stage.length), _envelope(stage, projection)
        floor = Floor(limits, projection.names, cameras, envelope, self.lift, theme, self.box)
        if self.restless:
            animated(axes, floor, 1)
        else:
            axes.add_artist(floor)
            floor.set_in_layout(False)
        points = projection.points(stage.trace.data.points)
        to_floor = FloorTransform(floor, limits)
        data = stage.trace.data

        def make(some: Array, factor: float) -> PointCloud:
            return suitable_cloud(some, theme, SMALLER * factor, n_points=data.n_points, times=counts_of(data))

        cloud = marked_points(axes, data, projection, points, make, theme, transform=to_floor)
        cloud.set_zorder(3)
        lines = LineCollection([], colors=theme.muted, linewidths=theme.mark_px(1.5), alpha=LINES)
        hues = np.array([hex_to_oklab(theme.color(k)) for k in range(stage.trace.n_components)])
        relief = Relief(
            limits,
            stage.peak(projection),
            hues,
            self._shades(),
            floor,
            turns=self.restless,
            ink=to_rgba(theme.text, 0.5),
            width=theme.mark_px(1.4),
            lowest=0.5**self.levels,
        )
        lines.set_transform(to_floor)
        for artist, zorder in ((lines, 2), (relief, 5)):
            animated(axes, artist, zorder)
        means = tuple(_mean(axes, k, theme, floor, to_floor) for k in range(stage.trace.n_components))
        levels = stage.peak(projection) * np.exp2(-np.arange(self.levels, 0.0, -1))
        grid = DensityGrid(limits, (CELLS, CELLS), corners=True)
        return _Props(projection, floor, cloud, grid, levels, lines, relief, means)

    def _cameras(self, length: float) -> list[Camera]:
        """Return the directions that the picture must fit for, in a film of this length in seconds."""
        if self.path or (length and self.restless):
            begin, end = (self.path[0][0], self.path[-1][0]) if self.path else (0.0, length)
            return [self._camera_at(time, length) for time in np.linspace(begin, end, SIDES)]
        turns = np.arange(SIDES) * 360 / SIDES if self.restless else [0.0]
        return [Camera(self.azimuth + turn, self.elevation) for turn in turns]

    def _camera_at(self, time: float, length: float = 0.0) -> Camera:
        """Return where the camera stands at a time of a film of this length; where that is 0, it goes on and on.

        Between two stops of a path it speeds up and slows down.
        """
        if not self.path:
            return Camera(self.azimuth + self._turned(time, length), self.elevation)
        times, azimuths, elevations = np.array(self.path).T
        at = int(np.clip(np.searchsorted(times, time, side="right") - 1, 0, max(0, len(times) - 2)))
        after = min(at + 1, len(times) - 1)
        share = float(np.clip((time - times[at]) / max(times[after] - times[at], 1e-9), 0, 1))
        share *= share * (3 - 2 * share)
        azimuth, elevation = (v[at] + share * (v[after] - v[at]) for v in (azimuths, elevations))
        return Camera(float(azimuth), float(elevation))

    def _turned(self, time: float, length: float) -> float:
        """How many degrees an orbit has turned."""
        if not length:
            return self.orbit * time
        moving = max(length - REST, length / 2)
        share = min(time / moving, 1.0)
        turns = round(self.orbit * moving / 360)
        if turns:
            return 360 * turns * share * share * (3 - 2 * share) % 360
        return self.orbit * moving / 2 * (1 - math.cos(2 * math.pi * share)) / 2

    def _shades(self) -> Array | None:
        if self.colormap is None:
            return None
        return np.array([hex_to_oklab(to_hex(color)) for color in mpl.colormaps[self.colormap](np.arange(256))])

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Turn the camera; draw what lies on the floor, and then the surface above it."""
        mixture = props.projection.mixture(frame.mixture)
        limits = stage.limits(props.projection)
        props.floor.turn(self._camera_at(frame.moment.time, stage.length))
        if self.restless:
            yield props.floor
        lines = _level_lines(props.grid, props.grid.density(mixture), props.levels)
        props.lines.set_segments([line for _, found in lines for line in found])
        props.lines.set_alpha(LINES * (1 - STEP_BACK * frame.attention.points))
        yield props.lines
        props.cloud.follow(frame, theme)
        yield props.cloud
        low, high = limits.T
        for k, mean in enumerate(props.means):
            if (mixture.means[k] < low).any() or (mixture.means[k] > high).any():
                continue
            mean.dot.set_alpha(opacity(mixture.weights[k]))
            for artist in (mean.drop, mean.dot, mean.number):
                artist.set_data(mixture.means[k, :1], mixture.means[k, 1:])
                yield artist
        props.relief.set_mixture(mixture, lines, 1 - RELIEF_BACK * frame.attention.points)
        yield props.relief


def _level_lines(grid: DensityGrid, density: Grid, levels: Array) -> list[tuple[float, list[Any]]]:
    """Return of each level the lines on which the density has it, each of shape (n, 2)."""
    heights = np.maximum(density, np.finfo(density.dtype).tiny)
    contours: Any = contour_generator(grid.x, grid.y, heights, line_type=LineType.Separate, z_interp=ZInterp.Log)
    return [(level, contours.lines(level)) for level in levels.tolist()]


class _Stem(Line2D):
    """A line from a place on the floor straight up to where the surface floats when it is painted."""

    def __init__(self, floor: Floor, **style: Any) -> None:
        super().__init__([], [], **style)
        self._floor = floor

    def draw(self, renderer: RendererBase) -> None:
        """Paint it over what is there."""
        x, y = np.array(self.get_data(), dtype=np.float64)[:, 0]
        box = self._floor.shown
        # Not the transform's `inverted()`, which caches the matrix from before the camera moved.
        linear = self.get_transform().get_matrix()[:2, :2]
        rise = np.linalg.solve(linear, [0, box.camera.uprightness * box.lift])
        self.set_data([x, x + rise[0]], [y, y + rise[1]])
        super().draw(renderer)


def _mean(axes: Axes, k: int, theme: Theme, floor: Floor, to_floor: FloorTransform) -> _Mean:
    drop = _Stem(floor, color=theme.color(k), linewidth=theme.mark_px(2), alpha=0.6)
    dot = mean_dot(k, theme.mark_px(21), theme.mark_px(1.6), theme)
    number = number_mark(k, 0.88 * theme.mark_px(18), theme)
    for artist in (drop, dot, number):
        artist.set_transform(to_floor)
        animated(axes, artist, 4)
    return _Mean(drop, dot, number)


def _envelope(stage: Stage, projection: Projection) -> tuple[Array, Array]:
    """Return places on the floor, and how high the surface gets over each of them in all runs of the film."""
    limits, peak = stage.limits(projection), stage.peak(projection)
    grid = DensityGrid(limits, (COARSE, COARSE), corners=True)
    mixtures = [projection.mixture(snapshot.mixture) for trace in stage.cast for snapshot in trace]
    highest = np.max([grid.density(mixture) for mixture in mixtures], axis=0)
    side = np.linspace(-0.5, 0.5, COARSE)
    places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    means = np.concatenate([mixture.means for mixture in mixtures])
    at_means = np.concatenate([np.exp(mixture.log_prob(mixture.means)) for mixture in mixtures])
    means = (means - limits.mean(axis=1)) / np.diff(limits, axis=1)[:, 0]
    inside = np.abs(means).max(axis=1) <= 0.5
    places = np.concatenate([places, means[inside]])
    heights = np.concatenate([highest.ravel(), at_means[inside]]) / peak
    return places, np.minimum(heights, 1.05)
