"""The lower bound that EM climbs: the E-step closes its gap to the log-likelihood, the M-step raises both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.transforms import ScaledTranslation

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import Margin
from gmmviz.artists.history import FARTHEST, Curve, History, iteration_axis
from gmmviz.artists.label import Label
from gmmviz.artists.numerals import decimals_for, steady
from gmmviz.artists.word import Word, text_width
from gmmviz.artists.zoom import HUGE, SLIGHT, Limits, ZoomAxis
from gmmviz.engine.bound import half_steps, opening_bound
from gmmviz.engine.trace import Trace
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.timeline import Moment
from gmmviz.themes import Theme
from gmmviz.themes.color import hex_to_oklab

BAR = (1.12, 2.2)  # left and right side of the bar, where the last iteration is at 1
BESIDE, EDGE = 18, 8  # pixels of a 720-pixel-high picture between the bar and its words, and beside those
NAME, NUMBER = 24, 38  # size of the letters of names and numbers
BELOW = 46  # from a name's middle to its number's baseline
NAMES = ("log_likelihood", "gap", "bound")  # from the highest to the lowest
LINES = (0.92, 0.58, 0.24)  # heights of the names, in heights of the axes
BELOW_ROOM, ABOVE_ROOM = 0.25, 0.12  # of an iteration's range, below it and above it
GRAY = 0.04  # distance from gray in OKLab, below which a color is none
FILL = 0.5  # opacity of the bound's part of the bar, which is large
PAN = 0.5  # of an E-step, in which the axis moves to it
FIRST, SEEN = (
    5,
    0.03,
)  # if the gaps of so many iterations are on average this much of the whole range, it stands still
TORN, TEETH = (
    (0.02, 0.05),
    6,
)  # heights of the bar's torn lower edge, in heights of the axes; the bar goes on below it


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Log-likelihood and lower bound of a run, in nats per point (Bishop eq. 9.70).

    Parameters
    ----------
    log_likelihood : ndarray, shape (T,)
        Of each snapshot.
    after_e, after_m : ndarray, shape (T,)
        The lower bound at each snapshot, with the responsibilities of that snapshot and with those of the one
        before: of the first, with equal shares of every point, which no component has been asked about yet.
    """

    log_likelihood: Array
    after_e: Array
    after_m: Array

    def at(self, frame: Frame) -> tuple[float, float]:
        """Return log-likelihood and lower bound of a frame: exact where a half-step ends, linear between.

        An E-step lifts the bound in its second half, when the axis has moved on to it; the first one in all its
        time, since the axis stands. If the first one passes in fast motion, its gap closes in the first iteration.
        """
        earlier, later, progress = frame.blend
        done = min(int(frame.position), len(self.log_likelihood) - 1)
        moved = frame.position - done
        opened = frame.position == 0 and frame.coloring < 1
        if opened or later < done:  # the next E-step has not begun, or it is the first
            closed = frame.coloring if opened else 0.0
            return float(self.log_likelihood[done]), _between(self.after_m[done], self.after_e[done], closed)
        if moved > 0:
            log_likelihood = _between(self.log_likelihood[done], self.log_likelihood[done + 1], moved)
            begun = (
                _between(self.after_m[0], self.after_e[0], moved)
                if done == 0 and frame.coloring < 1
                else self.after_e[done]
            )
            return log_likelihood, _between(begun, self.after_m[done + 1], moved)
        if earlier < later:
            closed = max(0.0, progress - PAN) / (1 - PAN)
            return float(self.log_likelihood[done]), _between(self.after_m[done], self.after_e[done], closed)
        return float(self.log_likelihood[done]), float(self.after_e[done])

    @property
    def zigzag(self) -> Array:
        """Corners of the bound's curve, shape (2 T, 2): before each E-step and after it."""
        t = np.arange(len(self.log_likelihood), dtype=np.float64)
        return np.column_stack([np.repeat(t, 2), np.stack([self.after_m, self.after_e], axis=1).ravel()])

    def past(self, frame: Frame, bound: float) -> Array:
        """The bound's curve up to a frame, shape (n, 2)."""
        done = int(frame.position)
        arrived = 2 * done + (2 if frame.position > done else 1)
        way: Array = np.vstack([self.zigzag[:arrived], [frame.position, bound]])
        return way


def _between(a: float, b: float, progress: float) -> float:
    return float(a + progress * (b - a))


_cached_bounds: WeakKeyDictionary[Trace, Bounds] = WeakKeyDictionary()


def bounds(trace: Trace) -> Bounds:
    """Return the bound of every half-step of a run; cached, since all panels of a film share their limits."""
    if trace not in _cached_bounds:
        steps = half_steps(trace)
        _cached_bounds[trace] = Bounds(
            trace.average_log_likelihoods,
            np.array([step.lower_bound for step in steps if step.step == "e"]) / trace.data.total_weight,
            np.array([opening_bound(trace), *(step.lower_bound for step in steps if step.step == "m")])
            / trace.data.total_weight,
        )
    return _cached_bounds[trace]


@dataclass(frozen=True, slots=True)
class _Props:
    bounds: Bounds
    axis: ZoomAxis
    gaps: PolyCollection
    history: History
    lines: LineCollection
    bars: PolyCollection
    names: tuple[Word, ...]
    numbers: tuple[Label, ...]
    decimals: int
    usual: float


@RENDERERS.register("bound")
@options
class BoundRenderer(Renderer):
    """The average log-likelihood as the sum of its lower bound and the gap between them.

    The gap is the Kullback-Leibler divergence between the responsibilities and those that the present components
    would give. All three are shown against iteration, and as a bar for the present moment, which is torn off
    where it would go on below the axes. Before the first E-step, every point is shared equally. The axis holds the
    whole run where the gaps can be seen on it, but for the first one if that is too wide; else the
    iteration under way, and it moves on to the next as its E-step begins.
    """

    width = 2.0

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the horizontal axis; make the vertical one, the curves, the bar, its names and numbers."""
        last = stage.last_iteration
        iteration_axis(axes, last, theme, name=stage.say("iteration"), beyond=BAR[1] - 1)
        axes.set_title(stage.say("average"))
        own = bounds(stage.trace)
        every = [bounds(trace) for trace in stage.cast]
        axis = ZoomAxis(axes, views(every, last), theme)
        bound_hue, gap_hue = free_hues(stage, theme)
        gaps = PolyCollection([], facecolors=gap_hue, linewidths=0)
        animated(axes, gaps, 2)
        history = History(axes, [Curve(own.log_likelihood, theme.text)], last, theme)
        lines = LineCollection(  # the level from the present to the bar, and the bound so far
            [],
            colors=[theme.text, bound_hue],
            linewidths=[theme.px(1.6), theme.px(2.8)],
            linestyles=[(0, (2, 2)), "solid"],
        )
        bars = PolyCollection([], facecolors=[to_rgba(bound_hue, FILL), gap_hue], linewidths=0)
        animated(axes, lines, 3)
        animated(axes, bars, 3)
        inks = (theme.text, gap_hue, bound_hue)
        names = tuple(Word(axes, ink, theme, align="left") for ink in inks)
        steps = [abs(float(step)) for run in every for step in np.diff(run.log_likelihood)[1:] if step]
        decimals = decimals_for(float(np.median(steps)) if steps else 1.0, 2)
        usual = float(np.abs([run.log_likelihood[-1] for run in every]).max())
        widest = text_width(steady(-10 * usual, decimals, usual), theme.px(NUMBER), theme.font("bold"))
        widest = max(
            widest, *(word.width(stage.say(name), theme.px(NAME)) for word, name in zip(names, NAMES, strict=True))
        )
        Margin(axes, right=widest + theme.px(BESIDE + EDGE))
        figure: Any = axes.get_figure(root=True)
        numbers = []
        for ink, line in zip(inks, LINES, strict=True):
            aside = ScaledTranslation(theme.px(BESIDE) / 72, -theme.px(BELOW) / 72, figure.dpi_scale_trans)
            number = Label(
                1.0,
                line,
                "",
                transform=axes.transAxes + aside,
                ha="left",
                va="baseline",
                color=ink,
                fontproperties=theme.font("bold"),
                fontsize=theme.px(NUMBER),
            )
            animated(axes, number, 6)
            number.set_clip_on(False)
            numbers.append(number)
        return _Props(own, axis, gaps, history, lines, bars, names, tuple(numbers), decimals, usual)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw the curves so far, and the bar: the bound, and on it the gap up to the log-likelihood."""
        log_likelihood, bound = props.bounds.at(frame)
        axes = props.bars.axes
        assert axes is not None
        yield from props.axis.moving(view_at(frame.moment, position_at(max(stage.cast, key=len), frame.moment)))
        (low, high), right = axes.get_ylim(), axes.get_xlim()[1]
        reach = FARTHEST * (high - low)
        top, middle = (float(np.clip(y, low, high)) for y in (log_likelihood, bound))
        past = props.bounds.past(frame, bound)
        past[:, 1] = past[:, 1].clip(low - reach, high + reach)
        above = np.interp(past[:, 0], np.arange(len(props.bounds.log_likelihood)), props.bounds.log_likelihood)
        upper = np.column_stack([past[:, 0], above.clip(low - reach, high + reach)])
        props.gaps.set_verts([np.vstack([past, upper[::-1]])])
        yield props.gaps
        yield from props.history.moving([frame.position])
        props.lines.set_segments([[(frame.position, top), (right, top)], past])
        left, end = (side * max(stage.last_iteration, 1) for side in BAR)
        torn = torn_edge((left, end), (low, high))
        props.bars.set_verts(
            [
                np.array([(left, torn[0, 1]), (left, middle), (end, middle), *torn[::-1]]),
                np.array([(left, middle), (left, top), (end, top), (end, middle)]),
            ]
        )
        yield from (props.lines, props.bars)
        values = (log_likelihood, max(log_likelihood - bound, 0.0), bound)
        for key, name, number, value, line in zip(NAMES, props.names, props.numbers, values, LINES, strict=True):
            place = (right, low + line * (high - low))
            name.put(stage.say(key), place, theme.px(NAME), (theme.px(BESIDE), 0.0))
            number.set_text(steady(value, props.decimals, props.usual))
            yield from (name, number)


def torn_edge(x: tuple[float, float], y: tuple[float, float]) -> Array:
    """Return the lower edge of a bar that begins below the axes, so that its length has no meaning.

    Parameters
    ----------
    x : tuple of float
        Left and right side of the bar.
    y : tuple of float
        Lower and upper end of the axes.

    Returns
    -------
    ndarray, shape (n, 2)
        From left to right.
    """
    heights = y[0] + (y[1] - y[0]) * np.resize(TORN, 2 * TEETH + 1)
    return np.column_stack([np.linspace(*x, 2 * TEETH + 1), heights])


def views(every: Sequence[Bounds], last: int) -> list[Limits]:
    """Return what the axis holds in each iteration: the whole run if its gaps can be seen, else what moves.

    What moves in an iteration is the gap that its E-step closes, and the rise of its M-step.

    Parameters
    ----------
    every : sequence of Bounds
        Of the film's runs, which share the axis.
    last : int
        The last iteration of the longest run.

    Returns
    -------
    list of tuple (low, high)
        One per iteration, from that which leads from the start; one alone if it holds the whole run.
    """
    found: list[Limits] = []
    for t in range(max(last, 1)):
        values = np.concatenate([[*run.log_likelihood[t : t + 2], *run.after_m[t : t + 2]] for run in every])
        low, high = _range(values)
        # Where hardly anything moves any more, the axis stays as it is, and the gap is seen to be no more.
        span = max(high - low, SLIGHT if found or last == 0 else 0.0) or 1.0
        found.append(_with_room(low, high, span))
    firsts = [(run.log_likelihood - run.after_m)[1 : FIRST + 1] for run in every]
    levels = np.concatenate([run.log_likelihood for run in every])
    openings = np.array([run.after_m[0] for run in every])
    for held, whole in ((np.concatenate([levels, openings]), True), (levels, False)):  # also the first gap, or not
        low, high = _range(held)
        if last > 1 and all(gaps.mean() > SEEN * (high - low) for gaps in firsts if len(gaps)):
            rest = _with_room(low, high, high - low)
            return [rest] if whole else [found[0], *[rest] * (last - 1)]
    return found


def _range(values: Array) -> Limits:
    values = values[np.isfinite(values)].clip(-HUGE, HUGE)
    return float(values.min()), float(values.max())


def _with_room(low: float, high: float, span: float) -> Limits:
    middle = (low + high) / 2
    return middle - (0.5 + BELOW_ROOM) * span, middle + (0.5 + ABOVE_ROOM) * span


def view_at(moment: Moment, position: float) -> float:
    """Return which view a moment shows, counted from 0: it moves while an E-step begins, or in fast motion.

    Parameters
    ----------
    moment : Moment
        Of the film.
    position : float
        Where the longest run is on an axis of iterations.
    """
    if moment.phase == "fast":  # which ends one E-step behind the components
        return max(0.0, position - 1)
    if moment.phase == "start" or (moment.phase == "m" and not moment.alone):
        return float(moment.before)
    return max(0.0, moment.before - 1 + min(1.0, moment.progress / PAN))


def free_hues(stage: Stage, theme: Theme) -> tuple[str, str]:
    """Return two hues that belong to no component, and can be seen well against the background."""
    background = hex_to_oklab(theme.background)[0]
    colorful = [hue for hue in theme.palette if np.hypot(*hex_to_oklab(hue)[1:]) > GRAY]
    free = [hue for hue in theme.palette[stage.trace.n_components :] if hue in colorful]
    seen = sorted(free if len(free) > 1 else colorful, key=lambda hue: -abs(hex_to_oklab(hue)[0] - background))
    return (seen[0], seen[1]) if len(seen) > 1 else (theme.muted, theme.text)
