"""The lower bound that EM climbs: the E-step closes its gap to the log-likelihood, the M-step raises both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import Margin
from gmmviz.artists.history import Curve, History, few_ticks, iteration_axis, shown_range
from gmmviz.artists.word import SIZE, Word, put_beside
from gmmviz.engine.bound import half_steps
from gmmviz.engine.trace import Trace
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

VISIBLE = 0.01  # of the axis's length; a smaller gap is not named
BAR = (1.12, 1.3)  # left and right side of the bar, where the last iteration is at 1
BESIDE = 14  # pixels of a 720-pixel-high picture between the bar and its words
NAMES = ("bound", "gap", "log_likelihood")  # from the lowest to the highest


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Log-likelihood and lower bound of a run, in nats per point (Bishop eq. 9.70).

    Parameters
    ----------
    log_likelihood : ndarray, shape (T,)
        Of each snapshot.
    after_e, after_m : ndarray, shape (T,)
        The lower bound at each snapshot, with the responsibilities of that snapshot and with those of the one
        before; the latter is NaN for the first.
    """

    log_likelihood: Array
    after_e: Array
    after_m: Array

    def at(self, frame: Frame) -> tuple[float, float]:
        """Return log-likelihood and lower bound of a frame: exact where a half-step ends, linear between.

        Before the first E-step there are no responsibilities, so the bound is NaN.
        """
        earlier, later, progress = frame.blend
        done = min(int(frame.position), len(self.log_likelihood) - 1)
        moved = frame.position - done
        if frame.coloring == 0:
            return float(self.log_likelihood[0]), np.nan
        if later < done:  # the M-step has ended, and the next E-step has not begun
            return float(self.log_likelihood[done]), float(self.after_m[done])
        if moved > 0:
            log_likelihood = _between(self.log_likelihood[done], self.log_likelihood[done + 1], moved)
            return log_likelihood, _between(self.after_e[done], self.after_m[done + 1], moved)
        if earlier < later:
            return float(self.log_likelihood[done]), _between(self.after_m[done], self.after_e[done], progress)
        return float(self.log_likelihood[done]), float(self.after_e[done])

    @property
    def zigzag(self) -> Array:
        """Corners of the bound's curve, shape (2 T - 1, 2): after each M-step and each E-step."""
        t = np.arange(len(self.log_likelihood), dtype=np.float64)
        places = np.column_stack([np.repeat(t, 2), np.stack([self.after_m, self.after_e], axis=1).ravel()])
        corners: Array = places[1:]
        return corners

    def past(self, frame: Frame, bound: float) -> Array:
        """The bound's curve up to a frame, shape (n, 2)."""
        done = int(frame.position)
        arrived = 2 * done + (1 if frame.position > done else 0)
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
            np.array([np.nan, *(step.lower_bound for step in steps if step.step == "m")])
            / trace.data.total_weight,
        )
    return _cached_bounds[trace]


@dataclass(frozen=True, slots=True)
class _Props:
    bounds: Bounds
    history: History
    lines: LineCollection
    bars: PolyCollection
    words: tuple[Word, ...]


@RENDERERS.register("bound")
@options
class BoundRenderer(Renderer):
    """The average log-likelihood as the sum of its lower bound and the gap between them.

    The gap is the Kullback-Leibler divergence between the responsibilities and those that the present components
    would give. All three are shown against iteration, and as a bar for the present moment.
    """

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes and, faintly, both curves; make the strong past, the bar and its words."""
        last = stage.last_iteration
        low, high, _ = shown_range(_steps([bounds(trace) for trace in stage.cast], last))
        room = 0.08 * (high - low) or 0.5
        iteration_axis(axes, last, theme, name=stage.say("iteration"), beyond=BAR[1] - 1)
        axes.set_ylim(low - room, high + room)
        axes.yaxis.set_major_locator(few_ticks())
        axes.set_title(stage.say("bound_title"))
        own = bounds(stage.trace)
        corners = own.zigzag
        above = np.interp(corners[:, 0], np.arange(len(own.log_likelihood)), own.log_likelihood)
        axes.fill_between(corners[:, 0], corners[:, 1], above, color=theme.text, alpha=0.25, linewidth=0)
        axes.plot(*corners.T, color=theme.muted, alpha=0.4, linewidth=theme.px(1.6))
        history = History(axes, [Curve(own.log_likelihood, theme.text)], last, theme)
        lines = LineCollection(  # the level from the present to the bar, and the bound so far
            [],
            colors=theme.muted,
            linewidths=[theme.px(1.4), theme.px(2.2)],
            linestyles=[(0, (2, 2)), "solid"],
        )
        bars = PolyCollection([], facecolors=[theme.muted, theme.text], linewidths=0)
        animated(axes, lines, 3)
        animated(axes, bars, 3)
        inks = (theme.muted, theme.text, theme.text)
        words = tuple(Word(axes, ink, theme, align="left") for ink in inks)
        widest = max(word.width(stage.say(name), theme.px(SIZE)) for word, name in zip(words, NAMES, strict=True))
        Margin(axes, right=widest + theme.px(BESIDE))
        return _Props(own, history, lines, bars, words)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw the curves so far, and the bar: the bound, and on it the gap up to the log-likelihood."""
        log_likelihood, bound = props.bounds.at(frame)
        known = bool(np.isfinite(bound))
        axes = props.bars.axes
        assert axes is not None
        (low, high), right = axes.get_ylim(), axes.get_xlim()[1]
        top, middle = (float(np.clip(y, low, high)) for y in (log_likelihood, bound if known else low))
        level = [(frame.position, top), (right, top)]
        props.lines.set_segments([level, props.bounds.past(frame, bound)] if known else [level])
        shown = frame.coloring if known else 0.0
        left, end = (side * max(stage.last_iteration, 1) for side in BAR)
        props.bars.set_verts(
            [[(left, a), (left, b), (end, b), (end, a)] for a, b in ((low, middle), (middle, top))]
        )
        props.bars.set_alpha([0.55 * shown, shown])
        yield from (props.lines, props.bars)
        yield from props.history.moving([frame.position])
        heights = ((low + middle) / 2, (middle + top) / 2, top)
        named = list(zip(props.words, map(stage.say, NAMES), heights, strict=True))
        put_beside(named, right, theme.px(SIZE), theme.px(BESIDE))
        seen = shown if top - middle > VISIBLE * (high - low) else 0.0
        for word, alpha in zip(props.words, (shown, seen, 1.0), strict=True):
            word.set_alpha(alpha)
            yield word


def _steps(every: Sequence[Bounds], last: int) -> list[Array]:
    """The finite values that the runs show at each iteration, from the start."""
    steps = []
    for t in range(last + 1):
        values = np.concatenate([[*b.log_likelihood[t : t + 1], *b.after_m[t : t + 1]] for b in every])
        steps.append(values[np.isfinite(values)])
    return steps
