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
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.artists.density_key import DensityKey
from gmmviz.artists.history import Dots
from gmmviz.artists.numerals import decimals_for, written
from gmmviz.artists.word import SIZE, Word
from gmmviz.engine.landscape import landscape
from gmmviz.engine.lines import prior_of
from gmmviz.engine.parameters import Parameter, free_parameters, named, placed
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.options import Count, Flag, options
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
AROUND = 0.35  # of the range of all paths, shown around them
STRENGTH = 0.75  # of the ink where the landscape is highest
LOWEST = 0.08  # quantile of the landscape's heights below which no line is drawn
NAMED = 6  # runs, at most, whose names are written
START, NOW = 12, 17  # diameters of the dots in pixels of a 720-pixel-high picture
HALO = 3  # of the paths, in such pixels, so that they part from the lines


@dataclass(frozen=True, slots=True)
class _Props:
    paths: tuple[Array, ...]
    halos: LineCollection
    lines: LineCollection
    dots: Dots


@RENDERERS.register("landscape")
@options
class LandscapeRenderer(Renderer):
    """The log-likelihood over two parameters as a field with level lines, and the path of every run on it.

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
    """Show what the lines stand for, beside the panel."""

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
        """Draw the field, its lines and its key; make the paths and their dots."""
        over = self._over(stage)
        paths = tuple(np.array([[p.of(s.mixture) for p in over] for s in trace]) for trace in stage.cast)
        best = max(stage.cast, key=lambda trace: float(trace.objectives[-1]))
        limits = _limits(np.concatenate(paths), over)
        x, y = (np.linspace(low, high, SIDE) for low, high in limits)
        heights = landscape(best, best[-1].mixture, over, x, y) / best.data.total_weight
        axes.set_xlim(*limits[0])
        axes.set_ylim(*limits[1])
        axes.grid(visible=False)
        axes.set_xlabel(parameter_name(over[0], stage))
        axes.set_ylabel(parameter_name(over[1], stage))
        title = stage.say("average_posterior" if prior_of(best) else "average")
        axes.set_title(stage.say("landscape_end", title=title) if _others_move(stage.cast, best, over) else title)
        levels = levels_below(heights, self.n_levels)
        ramp = mixed(theme.background, [calm(theme)], np.linspace(0, STRENGTH, 256)[None])
        top, low = float(np.nanmax(heights)), levels[0]
        shades = 1 - np.sqrt(np.clip((top - np.where(np.isnan(heights), low, heights)) / (top - low or 1), 0, 1))
        extent = (*limits[0], *limits[1])
        axes.imshow(
            ramp[(255 * shades).astype(int)],
            extent=extent,
            origin="lower",
            aspect="auto",
            interpolation="bilinear",
            zorder=0,
        )
        contours = contour_generator(x, y, np.ma.masked_invalid(heights), line_type=LineType.Separate)
        segments: list[Any] = [line for level in levels for line in contours.lines(level)]
        axes.add_collection(
            LineCollection(segments, colors=theme.text, alpha=0.35, linewidths=theme.mark_px(1.3), zorder=1),
            autolim=False,
        )
        if self.key and theme.mark > CROWDED:
            decimals = decimals_for(top - float(levels[-1]), 1)
            swatches = [tuple(ramp[round(255 * share)] / 255) for share in _shares(self.n_levels)]
            names = [written(value, decimals) for value in (top, *levels[::-1])]
            DensityKey(axes, swatches, names, theme.text, theme)
        return self._moving_parts(axes, stage, theme, paths)

    def _moving_parts(self, axes: Axes, stage: Stage, theme: Theme, paths: tuple[Array, ...]) -> _Props:
        """Draw the starts and the names of the runs; make the paths and the dots."""
        starts = Dots(axes, [theme.background] * len(paths), theme.px(START), theme)
        starts.set(edgecolors=theme.text, linewidths=theme.px(2.4), animated=False)
        starts.put([path[0] for path in paths])
        if 1 < len(paths) <= NAMED:
            for path, name in zip(paths, stage.names, strict=True):
                word = Word(axes, theme.text, theme)
                word.set_animated(False)
                word.put(
                    typeset(name), tuple(path[0].tolist()), theme.px(SIZE), (0.0, -theme.px(START + 0.5 * SIZE))
                )
        halos = LineCollection([], colors=theme.background, linewidths=theme.px(3.6 + 2 * HALO), alpha=0.7)
        lines = LineCollection([], colors=theme.text, linewidths=theme.px(3.6), capstyle="round")
        animated(axes, halos, 2)
        animated(axes, lines, 3)
        return _Props(paths, halos, lines, Dots(axes, [theme.text] * len(paths), theme.px(NOW), theme))

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw every path so far, and the dots at their ends."""
        segments = []
        for path, trace in zip(props.paths, stage.cast, strict=True):
            position = position_at(trace, frame.moment)
            done = np.arange(int(position) + 1)
            here = [np.interp(position, np.arange(len(path)), values) for values in path.T]
            segments.append(np.vstack([path[done], here]))
        props.halos.set_segments(segments)
        props.lines.set_segments(segments)
        props.dots.put([segment[-1] for segment in segments])
        yield from (props.halos, props.lines, props.dots)


def placed_at(trace: Trace, over: tuple[Parameter, Parameter]) -> object:
    """Return the end of a run with the values that it has, which it is if they can be chosen."""
    end = trace[-1].mixture
    return placed(end, over, [parameter.of(end) for parameter in over])


def levels_below(heights: Array, n: int) -> Array:
    """Return the heights of n level lines, from the lowest up: their depths below the top grow as squares do.

    Parameters
    ----------
    heights : ndarray
        Of the landscape; NaN does not count.
    n : int

    Returns
    -------
    ndarray, shape (n,)
    """
    top, low = float(np.nanmax(heights)), float(np.nanquantile(heights, LOWEST))
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
