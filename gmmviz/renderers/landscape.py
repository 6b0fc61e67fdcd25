"""The landscape that EM climbs: the log-likelihood over two parameters, with the path of every run on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from contourpy import LineType, contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.transforms import IdentityTransform
from pydantic import Field
from scipy.ndimage import map_coordinates

from gmmviz.arrays import Array
from gmmviz.artists.camera import Camera
from gmmviz.artists.density_key import DensityKey
from gmmviz.artists.floor import Floor
from gmmviz.artists.hills import Hills, floor_for
from gmmviz.artists.history import Dots
from gmmviz.artists.numerals import decimals_for, written
from gmmviz.artists.raster import Colors
from gmmviz.artists.word import SIZE, Word
from gmmviz.engine.landscape import landscape
from gmmviz.engine.lines import prior_of
from gmmviz.engine.parameters import Parameter, free_parameters, named, placed
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.options import Count, Flag, Number, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.renderers.contour import CROWDED, calm
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.parameter_names import parameter_name
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme
from gmmviz.themes.color import mixed

SIDE = 61  # places along each axis at which the landscape is measured
MOST = 20_000  # points; with more, that would take minutes
FINER = 2  # places of a surface by those, along each axis
AROUND = 0.35  # of the range of all paths, shown around them
STRENGTH = 0.75  # of the ink where the landscape is highest
LOWEST, CUT = (
    0.08,
    0.45,
)  # quantile of the landscape's heights below which no line is drawn; and a surface is cut off
BEHIND = 0.25  # opacity of dots that a hill hides
FAINT = 0.35  # opacity of the level lines
NAMED = 6  # runs, at most, whose names are written
START, NOW = 12, 17  # diameters of the dots in pixels of a 720-pixel-high picture
HALO = 3  # of the paths, in such pixels, so that they part from the lines


@dataclass(frozen=True, slots=True)
class _Measured:
    """The landscape between its limits, shapes (2, 2) and (SIDE, SIDE), and the level lines on it."""

    limits: Array
    heights: Array
    levels: Array
    lines: list[Any]

    @property
    def top(self) -> float:
        return float(np.nanmax(self.heights))

    @property
    def shares(self) -> Array:
        """How high it is, from 0 at the lowest line to 1 at the top."""
        return self.finely(1)

    def finely(self, factor: int) -> Array:
        """Return the same, at so many times as many places along each axis."""
        low = float(self.levels[0])
        known = np.where(np.isnan(self.heights), low, self.heights)
        if factor > 1:
            steps = np.linspace(0, SIDE - 1, factor * (SIDE - 1) + 1)
            known = map_coordinates(known, np.meshgrid(steps, steps, indexing="ij"), order=3)
        found: Array = np.clip((known - low) / ((self.top - low) or 1.0), 0, 1)
        return found


@dataclass(frozen=True, slots=True)
class _Props:
    axes: Axes
    paths: tuple[Array, ...]
    limits: Array
    hills: Hills | None
    halos: LineCollection
    lines: LineCollection
    starts: Dots
    words: tuple[Word, ...]
    dots: Dots

    def place(self, values: Array) -> tuple[float, float]:
        """Return where two parameters are in the axes' coordinates."""
        if self.hills:
            pixels = self.hills.on_surface(_on_floor(values[None], self.limits))
            values = self.axes.transData.inverted().transform(pixels)[0]
        return float(values[0]), float(values[1])

    def presence(self, values: Array) -> Array:
        """Return how opaque dots at these parameters are, shape (n,): behind a hill they are hardly seen."""
        if self.hills is None:
            return np.ones(len(values))
        return np.where(self.hills.seen(_on_floor(values, self.limits)), 1.0, BEHIND)

    def draped(self, path: Array) -> list[Array]:
        """Return the parts of a path that are seen: all of it, unless hills hide some."""
        return [path] if self.hills is None else self.hills.draped(_on_floor(path, self.limits))


@RENDERERS.register("landscape")
@options
class LandscapeRenderer(Renderer):
    """The log-likelihood over two parameters, as a field or a surface with level lines, and the path of every run.

    The other parameters are as they are fixed, or else as in the end of the best run. From line to line the
    differences grow with the depth below the top, so that the lines around it are about equally far apart. With a
    prior, it is the log-posterior.
    """

    width = 2.0

    parameters: tuple[str, str] | None = None
    """Two parameters, counted from 0 as in `fixed`: 'weights[0]', 'means[0]' of one feature or 'means[0][1]' of
    several, 'covariances[0]' of one feature or of a sphere. Default: the two that are free, else of means."""
    n_levels: Annotated[Count, Field(le=40)] = 10
    """How many level lines."""
    key: Flag = True
    """Show what the lines of a field stand for, beside the panel."""
    surface: Flag = False
    """Draw a lit surface instead of a field, cut off where it is low."""
    azimuth: Annotated[Number, Field(ge=-360, le=360)] = -62.0
    """Where the camera before a surface stands: degrees from the first parameter's axis toward the second's."""
    elevation: Annotated[Number, Field(ge=10, le=75)] = 42.0
    """How far above the floor the camera stands, in degrees."""

    @property
    def shared(self) -> bool:
        """One panel has the paths of all runs."""
        return True

    @property
    def broad(self) -> bool:
        """A field needs room."""
        return True

    def _over(self, stage: Stage) -> tuple[Parameter, Parameter]:
        trace = stage.cast[0]
        if self.parameters is not None:
            x, y = self.parameters
            return named(x, trace), named(y, trace)
        free = free_parameters(trace)
        if len(free) == 2:
            return free[0], free[1]
        K, D = trace.n_components, trace[0].mixture.n_features
        if K * D < 2:
            raise InputError(
                "a landscape needs two parameters: name them, such as parameters = ['means[0]', 'covariances[0]']",
                "parameters",
            )
        return Parameter("means", 0), Parameter("means", 0, 1) if D > 1 else Parameter("means", 1)

    def check(self, stage: Stage) -> None:
        """Refuse parameters that are none or one, runs of different data, and too many points."""
        first = stage.cast[0]
        for trace in stage.cast[1:]:
            if (
                not np.array_equal(trace.data.points, first.data.points)
                or trace.n_components != first.n_components
            ):
                raise InputError(
                    "a landscape is one of the same points and as many components: leave the panel out, or give "
                    "all runs the same"
                )
        if first.n_points > MOST:
            raise InputError(
                f"landscape asks every point at {SIDE} x {SIDE} places, for up to {MOST:,} points, and "
                f"{first.data.name} has {first.n_points:,}: take fewer"
            )
        try:
            over = self._over(stage)
        except InputError as error:
            raise InputError(str(error), "parameters") from None
        if over[0] == over[1] or placed_at(stage.cast[0], over) is None:
            raise InputError(
                f"{' and '.join(self.parameters or ())} are not two parameters that can be chosen freely",
                "parameters",
            )

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the field or the surface, and its lines; make the paths and their dots."""
        over = self._over(stage)
        paths = tuple(np.array([[p.of(s.mixture) for p in over] for s in trace]) for trace in stage.cast)
        best = max(stage.cast, key=lambda trace: float(trace.objectives[-1]))
        limits = _limits(np.concatenate(paths), over)
        x, y = (np.linspace(low, high, SIDE) for low, high in limits)
        heights = landscape(best, best[-1].mixture, over, x, y) / best.data.total_weight
        levels = levels_below(heights, self.n_levels, CUT if self.surface else LOWEST)
        contours = contour_generator(x, y, np.ma.masked_invalid(heights), line_type=LineType.Separate)
        lines: list[Any] = [line for level in levels for line in contours.lines(level)]
        measured = _Measured(limits, heights, levels, lines)
        title = stage.say("average_posterior" if prior_of(best) else "average")
        if self.surface:
            decimals = decimals_for(float(np.ptp(levels)) or 1.0, 1)
            title = stage.say("landscape_surface", title=title, low=written(float(levels[0]), decimals))
        axes.set_title(stage.say("landscape_end", title=title) if _others_move(stage.cast, best, over) else title)
        names = parameter_name(over[0], stage), parameter_name(over[1], stage)
        hills = None
        if self.surface:
            hills = self._draw_surface(axes, measured, names, theme)
        else:
            self._draw_field(axes, measured, names, theme)
        return _moving_parts(axes, stage, theme, paths, limits, hills)

    def _draw_field(self, axes: Axes, measured: _Measured, names: tuple[str, str], theme: Theme) -> None:
        """Draw the axes, the field, its lines and its key."""
        limits, levels = measured.limits, measured.levels
        axes.set_xlim(*limits[0])
        axes.set_ylim(*limits[1])
        axes.grid(visible=False)
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
        ramp = _ramp(theme)
        extent = (*limits[0], *limits[1])
        shades = ramp[(255 * (1 - np.sqrt(1 - measured.shares))).astype(int)]
        axes.imshow(shades, extent=extent, origin="lower", aspect="auto", interpolation="bilinear", zorder=0)
        axes.add_collection(
            LineCollection(
                measured.lines, colors=theme.text, alpha=FAINT, linewidths=theme.mark_px(1.3), zorder=1
            ),
            autolim=False,
        )
        if self.key and theme.mark > CROWDED:
            decimals = decimals_for(measured.top - float(levels[-1]), 1)
            swatches = [tuple(ramp[round(255 * share)] / 255) for share in _shares(self.n_levels)]
            numbers = [written(value, decimals) for value in (measured.top, *levels[::-1])]
            DensityKey(axes, swatches, numbers, theme.text, theme)

    def _draw_surface(self, axes: Axes, measured: _Measured, names: tuple[str, str], theme: Theme) -> Hills:
        """Draw the floor, and the surface with its lines on it."""
        heights = measured.finely(FINER)
        side = np.linspace(-0.5, 0.5, len(heights))
        places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
        cameras = [Camera(self.azimuth, self.elevation)]
        floor = Floor(measured.limits, names, cameras, (places, heights.ravel()), 0.0, theme)
        floor_for(axes, floor)
        colors = _ramp(theme)[(255 * (0.25 + 0.75 * heights)).astype(int), :3] / 255
        lines = [_on_floor(line, measured.limits) for line in measured.lines]
        hills = Hills(floor, heights, colors, lines, to_rgba(theme.text, FAINT), theme.mark_px(1.3))
        axes.add_artist(hills)
        return hills

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw every path so far, and the dots at their ends."""
        walked = []
        for path, trace in zip(props.paths, stage.cast, strict=True):
            position = position_at(trace, frame.moment)
            here = [np.interp(position, np.arange(len(path)), values) for values in path.T]
            walked.append(np.vstack([path[: int(position) + 1], here]))
        shown = [segment for path in walked for segment in props.draped(path)]
        props.halos.set_segments(shown)
        props.lines.set_segments(shown)
        begins, ends = (np.array([path[at] for path in walked]) for at in (0, -1))
        props.starts.put([props.place(begin) for begin in begins])
        props.starts.set_alpha(props.presence(begins).tolist())
        props.dots.put([props.place(end) for end in ends])
        props.dots.set_alpha(props.presence(ends).tolist())
        yield from (props.halos, props.lines, props.starts)
        for word, name, begin, presence in zip(
            props.words, stage.names, begins, props.presence(begins).tolist(), strict=False
        ):
            word.put(typeset(name), props.place(begin), theme.px(SIZE), (0.0, -theme.px(START + 0.5 * SIZE)))
            word.set_alpha(presence)
            yield word
        yield props.dots


def _moving_parts(
    axes: Axes, stage: Stage, theme: Theme, paths: tuple[Array, ...], limits: Array, hills: Hills | None
) -> _Props:
    """Make the starts, the names of the runs, the paths and the dots."""
    halos = LineCollection([], colors=theme.background, linewidths=theme.px(3.6 + 2 * HALO), alpha=0.7)
    lines = LineCollection([], colors=theme.text, linewidths=theme.px(3.6), capstyle="round")
    for artist, zorder in ((halos, 2), (lines, 3)):
        if hills:
            artist.set_transform(IdentityTransform())  # of places that are seen from a camera
        animated(axes, artist, zorder)
    starts = Dots(axes, [theme.background] * len(paths), theme.px(START), theme)
    starts.set(edgecolors=theme.text, linewidths=theme.px(2.4))
    n_words = len(paths) if 1 < len(paths) <= NAMED else 0
    words = tuple(Word(axes, theme.text, theme) for _ in range(n_words))
    dots = Dots(axes, [theme.text] * len(paths), theme.px(NOW), theme)
    return _Props(axes, paths, limits, hills, halos, lines, starts, words, dots)


def _ramp(theme: Theme) -> Colors:
    """The colors from the lowest place to the highest, shape (256, 4), from 0 to 255."""
    ramp: Colors = mixed(theme.background, [calm(theme)], np.linspace(0, STRENGTH, 256)[None])
    return ramp


def _on_floor(places: Array, limits: Array) -> Array:
    """Return places on a floor whose corners are at -1/2 and 1/2."""
    scaled: Array = (places - limits.mean(axis=1)) / np.diff(limits, axis=1)[:, 0]
    return scaled


def placed_at(trace: Trace, over: tuple[Parameter, Parameter]) -> object:
    """Return the end of a run with the values that it has, which it is if they can be chosen."""
    end = trace[-1].mixture
    return placed(end, over, [parameter.of(end) for parameter in over])


def levels_below(heights: Array, n: int, lowest: float = LOWEST) -> Array:
    """Return the heights of n level lines, from the lowest up: their depths below the top grow as squares do.

    Parameters
    ----------
    heights : ndarray
        Of the landscape; NaN does not count.
    n : int
    lowest : float
        Quantile of the heights, at which the lowest line is.

    Returns
    -------
    ndarray, shape (n,)
    """
    top, low = float(np.nanmax(heights)), float(np.nanquantile(heights, lowest))
    levels: Array = top - (top - low) * (np.arange(n, 0, -1) / n) ** 2
    return levels


def _shares(n: int) -> list[float]:
    """How strong the color is in the middle of each band between the lines, from the top down."""
    return [1 - (i + 0.5) / n for i in range(n)]


def _limits(places: Array, over: tuple[Parameter, Parameter]) -> Array:
    """The part of the plane that is shown: all paths and room around them; alike for parameters of one scale."""
    low, high = places.min(axis=0), places.max(axis=0)
    if over[0].like == over[1].like:
        low, high = np.repeat(low.min(), 2), np.repeat(high.max(), 2)
    span = np.where(high > low, high - low, 1.0)
    wide, far = low - AROUND * span, high + AROUND * span
    for axis, parameter in enumerate(over):
        if parameter.kind != "means":
            wide[axis] = max(wide[axis], low[axis] / 4)
        if parameter.kind == "weights":
            far[axis] = min(far[axis], (3 + high[axis]) / 4)
    return np.column_stack([wide, far])


def _others_move(cast: tuple[Trace, ...], best: Trace, over: tuple[Parameter, Parameter]) -> bool:
    """Whether a run has had other values of the other parameters than the landscape has."""
    for trace in cast:
        for snapshot in trace:
            there = placed(best[-1].mixture, over, [parameter.of(snapshot.mixture) for parameter in over])
            if there is None or not all(
                np.allclose(getattr(there, kind), getattr(snapshot.mixture, kind), rtol=1e-6)
                for kind in ("weights", "means", "covariances")
            ):
                return True
    return False
