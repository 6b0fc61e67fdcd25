"""What one EM iteration climbs, along the line from its parameters to the next (Bishop 2006, figure 9.14).

The lower bound touches the log-likelihood at the present parameters. The M-step walks to the bound's top, where
the log-likelihood is higher still, and the next E-step lifts the bound until it touches there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import Margin
from gmmviz.artists.history import Dots
from gmmviz.artists.word import SIZE, Word, put_beside
from gmmviz.artists.zoom import SLIGHT, Limits, ZoomAxis
from gmmviz.engine.lines import Line, entropy, equal_shares, heights, prior_of
from gmmviz.engine.parameters import Parameter, free_parameters
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.renderers.bound import PAN, bounds, free_hues, view_at
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.parameter_names import parameter_name
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

BEFORE, BEYOND = 0.45, 0.65  # steps of the line that are shown before the present parameters and beyond the next
AROUND = 0.3  # of the way that the one free parameter makes, shown at both ends of it
PLACES = 121  # at which a line is measured
MOST = 50_000  # points; with more, an image would take seconds
BELOW_STEP, ABOVE_STEP = 0.9, 0.7  # of the range of what an iteration climbs, shown below it and above it
BELOW, ABOVE = 0.35, 0.12  # the same of the whole log-likelihood of one parameter
FARTHEST = 10  # heights of the axes, beyond which a curve is drawn there
BESIDE, EDGE = 12, 8  # pixels of a 720-pixel-high picture between the axes and the curves' names, and beside those
DOT, MARK = 17, 9  # diameters of the dot and of those where it has been, in such pixels


def free_parameter(trace: Trace) -> Parameter | None:
    """Return the only parameter that EM may change, if there is but one and it does change."""
    free = free_parameters(trace)
    if len(free) != 1 or len(set(_values(trace, free[0]))) < 2:
        return None
    return free[0]


class _Heights:
    """What is climbed along lines; the lines and E-steps seen last are kept."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._shares: dict[int, Array] = {}
        self._kept: dict[object, tuple[Array, tuple[Array, ...]]] = {}

    def shares(self, t: int) -> Array:
        """Return the responsibilities of an E-step; of that before the first, equal shares."""
        if t not in self._shares:
            while len(self._shares) > 1:
                del self._shares[next(iter(self._shares))]
            self._shares[t] = self._trace.responsibilities(t) if t >= 0 else equal_shares(self._trace)
        return self._shares[t]

    def bound(self, line: Line, places: Array, parts: dict[int, float], key: object) -> tuple[Array, Array]:
        """Return objective and bound per point, of so large parts of the responsibilities of some E-steps.

        What stays for a while has a key.
        """
        every = [self.shares(t) for t in parts]
        found = self._kept.get((key, *parts)) if key is not None else None
        if found is None:
            found = heights(self._trace, line, places, every)
            if key is not None:
                while len(self._kept) > 1:
                    del self._kept[next(iter(self._kept))]
                self._kept[(key, *parts)] = found
        objective, expected = found
        # A bound that no E-step has a part in may be minus infinity, where a component has died.
        some = [one for one in zip(parts.values(), every, expected, strict=True) if one[0] > 0]
        q = np.sum([part * shares for part, shares, _ in some], axis=0)
        bound = np.sum([part * height for part, _, height in some], axis=0)
        total = self._trace.data.total_weight
        return objective / total, (bound + entropy(self._trace, q)) / total


@dataclass(frozen=True, slots=True)
class _Props:
    heights: _Heights
    parameter: Parameter | None
    steps: tuple[Line, ...]
    values: Array  # of the free parameter, shape (T,)
    limits: tuple[float, float]
    axis: ZoomAxis
    curves: LineCollection
    gap: LineCollection
    marks: Dots | None
    dot: Dots
    words: tuple[Word, Word]
    names: tuple[str, str]


@RENDERERS.register("bound_curve")
@options
class BoundCurveRenderer(Renderer):
    """The log-likelihood along the line from one iteration to the next, and the lower bound that touches it.

    In an E-step the bound rises until it touches; in an M-step the dot walks to the bound's top. For a model with
    one free parameter (`fixed`) the axis is that parameter, and the log-likelihood stands still. Else the line
    turns to that of the next iteration as its E-step begins. With a prior, it is the log-posterior.
    """

    width = 2.0

    def check(self, stage: Stage) -> None:
        """Refuse gaps, and more points than can be asked hundreds of times for every image."""
        if stage.trace.data.incomplete:
            raise InputError(
                "where values are missing, the M-step climbs a bound over these values too, which bound_curve "
                "does not draw: use renderer = 'likelihood', or missing = 'drop'"
            )
        if stage.trace.n_points > MOST:
            raise InputError(
                f"bound_curve asks every point at {PLACES} places of a line, for up to {MOST:,} points, and "
                f"{stage.trace.data.name} has {stage.trace.n_points:,}: take fewer, or renderer = 'bound'"
            )

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the horizontal axis; make the vertical one, the curves, the dot and the curves' names."""
        trace = stage.trace
        parameter = free_parameter(trace)
        steps = tuple(Line.between(a.mixture, b.mixture) for a, b in pairwise(trace))
        steps = steps or (Line.between(trace[0].mixture, trace[0].mixture),)
        values = _values(trace, parameter) if parameter else np.empty(0)
        own = _Heights(trace)
        if parameter:
            limits = _room(stage, parameter)
            axes.set_xlabel(parameter_name(parameter, stage))
            views = [_whole_view(stage, parameter, limits)]
        else:
            limits = (-BEFORE, 1 + BEYOND)
            axes.set_xticks([0, 1], [stage.say("these_parameters"), stage.say("next_parameters")])
            axes.set_xlabel(stage.say("line_of_parameters"))
            views = _views(stage)
        axes.set_xlim(limits)
        has_prior = prior_of(trace) is not None
        axes.set_title(stage.say("average_posterior" if has_prior else "average"))
        axis = ZoomAxis(axes, views, theme)
        bound_hue, gap_hue = free_hues(stage, theme)
        curves = LineCollection(
            [], colors=[theme.text, bound_hue], linewidths=[theme.px(3.2), theme.px(3.6)], capstyle="round"
        )
        gap = LineCollection([], colors=gap_hue, linewidths=theme.px(3), linestyles=(0, (1.2, 1)))
        animated(axes, gap, 2.5)
        animated(axes, curves, 3)
        marks = Dots(axes, [theme.muted] * len(trace), theme.px(MARK), theme) if parameter else None
        dot = Dots(axes, [bound_hue], theme.px(DOT), theme)
        words = (
            Word(axes, theme.text, theme, align="left"),
            Word(axes, bound_hue, theme, weight="bold", align="left"),
        )
        names = (stage.say("log_posterior" if has_prior else "log_likelihood"), stage.say("bound"))
        widths = [word.width(name, theme.px(SIZE)) for word, name in zip(words, names, strict=True)]
        Margin(axes, right=max(widths) + theme.px(BESIDE + EDGE))
        return _Props(own, parameter, steps, values, limits, axis, curves, gap, marks, dot, words, names)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw both curves, the dot on the bound, and the gap between it and the log-likelihood."""
        longest = max(stage.cast, key=len)
        view = view_at(frame.moment, position_at(longest, frame.moment))
        yield from props.axis.moving(0.0 if props.parameter else view)
        seen = min(view, len(props.steps) - 1.0)
        line, shift, key = _whole_line(props) if props.parameter else _turning_line(props, seen)
        ends = line.ends(props.limits[0] - shift, props.limits[1] - shift)
        knots = props.values - shift if props.parameter else np.array([0.0, 1.0])  # where the curves touch
        places = np.unique([*np.linspace(*ends, PLACES), *knots.clip(*ends)])
        above, below = props.heights.bound(line, places, _parts(frame, turns=not props.parameter), key)
        own = float(
            np.interp(frame.position, np.arange(len(props.values)), props.values)
            if props.parameter
            else frame.position - seen
        )
        axes = props.curves.axes
        assert axes is not None
        bottom, top = axes.get_ylim()
        reach = FARTHEST * (top - bottom)
        x, curves = places + shift, [y.clip(bottom - reach, top + reach) for y in (above, below)]
        level, height = (float(np.interp(own, x, y)) for y in curves)
        props.gap.set_segments([[(own, height), (own, level)]])
        props.curves.set_segments([np.column_stack([x, y]) for y in curves])
        yield from (props.gap, props.curves)
        if props.marks:
            been = props.values[: int(frame.position) + 1]
            props.marks.put(np.column_stack([been, np.interp(been, x, above)]))
            yield props.marks
        props.dot.put([(own, height)])
        yield props.dot
        ends_at = [float(np.clip(y[-1], bottom, top)) for y in curves]
        beside = list(zip(props.words, props.names, ends_at, strict=True))[::-1]  # the bound is the lower one
        put_beside(beside, props.limits[1], theme.px(SIZE), theme.px(BESIDE))
        yield from props.words


def _parts(frame: Frame, *, turns: bool) -> dict[int, float]:
    """Return the E-steps whose responsibilities make those of the bound, and how large their parts are.

    Where the line must turn first, the bound is lifted in the second half of an E-step. The first E-step begins
    with equal shares, which have the number -1.
    """
    earlier, later, progress = frame.blend
    if turns and earlier < later and frame.moment.phase in ("e", "end"):
        progress = max(0.0, progress - PAN) / (1 - PAN)
    parts = {earlier: 1 - progress, later: progress} if earlier < later else {later: 1.0}
    if earlier == 0 and frame.coloring < 1:
        parts = {t: frame.coloring * part for t, part in parts.items()} | {-1: 1 - frame.coloring}
    return parts


def _turning_line(props: _Props, seen: float) -> tuple[Line, float, object]:
    """Return the line that is shown, where its origin is on the axis, and a key where it stays for a while.

    Between two iterations it turns around the parameters that both have in common.
    """
    t, share = int(seen), seen - int(seen)
    if not share:
        return props.steps[t], 0.0, t
    behind, ahead = props.steps[t], props.steps[t + 1]
    here = Line(ahead.origin, behind.weights, behind.means, behind.covariances)
    return here.turned(ahead, share), 1 - share, None


def _whole_line(props: _Props) -> tuple[Line, float, object]:
    """Return the line of the free parameter, in its own unit."""
    ways = np.diff(props.values)
    t = int(np.abs(ways).argmax())
    step = props.steps[t]
    parts = (part / ways[t] for part in (step.weights, step.means, step.covariances))
    return Line(props.steps[0].origin, *parts), float(props.values[0]), "whole"


def _values(trace: Trace, parameter: Parameter) -> Array:
    return np.array([parameter.of(snapshot.mixture) for snapshot in trace])


def _alike(stage: Stage, parameter: Parameter) -> list[Trace]:
    """The film's runs with the same free parameter, which share its axes."""
    return [trace for trace in stage.cast if free_parameter(trace) == parameter]


def _room(stage: Stage, parameter: Parameter) -> tuple[float, float]:
    """The part of the parameter's axis that is shown: the way of all runs, and room where a mixture has it."""
    values = np.concatenate([_values(trace, parameter) for trace in _alike(stage, parameter)])
    low, high = float(values.min()), float(values.max())
    room = AROUND * (high - low)
    if parameter.kind == "means":
        return low - room, high + room
    return max(low - room, low / 2), min(
        high + room, (1 + high) / 2
    ) if parameter.kind == "weights" else high + room


def _whole_view(stage: Stage, parameter: Parameter, limits: tuple[float, float]) -> Limits:
    """Hold the log-likelihood between the ends of all ways, and room below for bounds."""
    levels = []
    for trace in _alike(stage, parameter):
        values = _values(trace, parameter)
        line = Line.between(trace[int(values.argmin())].mixture, trace[int(values.argmax())].mixture)
        within = np.linspace(0, 1, PLACES)
        levels.append(heights(trace, line, within, [])[0] / trace.data.total_weight)
    low, high = float(np.min(levels)), float(np.max(levels))
    span = (high - low) or 1.0
    return low - BELOW * span, high + ABOVE * span


def _views(stage: Stage) -> list[Limits]:
    """Return what the axis holds in each iteration: what it climbs, what the bound had fallen behind, and room."""
    found: list[Limits] = []
    for t in range(max(stage.last_iteration, 1)):
        values = []
        for trace in stage.cast:
            own, believed = bounds(trace), (trace.objectives - trace.log_likelihoods) / trace.data.total_weight
            ends = [min(s, len(trace) - 1) for s in (t, t + 1)]
            values += [own.log_likelihood[s] + believed[s] for s in ends]
            values += [own.after_m[s] + believed[s] for s in ends if s > 0]
        seen = np.array(values)[np.isfinite(values)]  # where a component has died, the bound has no height
        low, high = float(seen.min()), float(seen.max())
        span = max(high - low, SLIGHT if found else 0.0) or 1.0
        middle = (low + high) / 2
        found.append((middle - (0.5 + BELOW_STEP) * span, middle + (0.5 + ABOVE_STEP) * span))
    return found
