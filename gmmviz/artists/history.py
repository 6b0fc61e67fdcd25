"""Values against iteration: the past is strong, the future is faint, and the present has a dot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D, IdentityTransform, ScaledTranslation

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.end_labels import EndLabels, Margin
from gmmviz.artists.word import text_width
from gmmviz.themes import Theme

EXTREME = 0.2  # of the whole range: if later values fill less than this, the first one counts as extreme
FLAT = 0.01  # of the whole range: if later values fill less than this, the first step is the story, and stays
EQUAL = 1e-12  # of the values, or nats: a range below this is rounding
ABSURD = 100  # times the values that follow, from which on a start is left out in any case
HUGE = 1e300  # beyond this, differences of values are no numbers
FARTHEST = 1e6  # times the axis's length: what is farther away is drawn there, as matplotlib's numbers end
FEW = 3  # curves, at most, that are drawn with a broad line

# A polygon whose sides are too short to be seen, since matplotlib measures curves anew for each drawing.
CIRCLE = Path.unit_regular_polygon(48).transformed(Affine2D().scale(0.5))
WEDGE = 0.62 * np.array([[-1.0, -1.7], [0, 0], [1, -1.7], [-1, -1.7]])  # with its tip at the axis's end
UP, DOWN = Path(WEDGE, closed=True), Path(-WEDGE, closed=True)


@dataclass(frozen=True, slots=True)
class Curve:
    """A value at each snapshot of a run.

    Parameters
    ----------
    values : ndarray, shape (T,)
    color : str
    name : str
        Written where the curve ends, unless it is empty; dollar signs as in `EndLabels`.
    bold : bool
        Whether the name is bold.
    """

    values: Array
    color: str
    name: str = ""
    bold: bool = False


class History:
    """Curves in axes whose limits are set; a dotted line leads those that end early to the last iteration.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    curves : sequence of Curve
    last : int
        The last iteration of the film's longest run.
    theme : Theme

    Attributes
    ----------
    past : matplotlib.collections.LineCollection
        The curves up to the present.
    dots : Dots
        Their ends.
    """

    def __init__(self, axes: Axes, curves: Sequence[Curve], last: int, theme: Theme) -> None:
        self.curves = curves
        low, high = axes.get_ylim()
        reach = FARTHEST * abs(high - low)
        self._reach = min(low, high) - reach, max(low, high) + reach
        self._geometric = axes.get_yscale() == "log"
        broad = 1.0 if len(curves) <= FEW else 0.75
        for curve in curves:
            faint: Any = {"color": curve.color, "alpha": 0.25, "linewidth": theme.px(2.4) * broad}
            axes.plot(curve.values.clip(*self._reach), **faint)
            end = len(curve.values) - 1
            if curve.name and end < last:
                axes.plot([end, last], [curve.values[-1]] * 2, **faint, linestyle=":")
        colors = [curve.color for curve in curves]
        self.past = LineCollection([], colors=colors, linewidths=theme.px(3.6) * broad, capstyle="round")
        self.dots = Dots(axes, colors, theme.px(15) * broad, theme)
        animated(axes, self.past, 3)
        named = [curve for curve in curves if curve.name]
        if named:
            ends = [float(curve.values[-1]) for curve in named]
            EndLabels(axes, ends, [(curve.name, curve.color, curve.bold) for curve in named], theme)

    def moving(self, positions: Sequence[float]) -> Iterator[Artist]:
        """Set every curve to its position on the axis of iterations; yield the past and the dots."""
        segments = [self._past(curve.values, x) for curve, x in zip(self.curves, positions, strict=True)]
        self.past.set_segments(segments)
        self.dots.put([segment[-1] for segment in segments])
        yield from (self.past, self.dots)

    def _past(self, values: Array, x: float) -> Array:
        """The curve up to a position, shape (n, 2)."""
        done = np.arange(int(x) + 1)
        values = values.clip(*self._reach)
        segment: Array = np.column_stack([[*done, x], [*values[done], along(values, x, self._geometric)]])
        return segment


class Dots(PathCollection):
    """A dot per value; for a value beyond the axis a wedge at the axis's end points to it."""

    def __init__(self, axes: Axes, colors: Sequence[str], size: float, theme: Theme) -> None:
        super().__init__(
            [CIRCLE],
            sizes=[size**2],
            offsets=np.zeros((len(colors), 2)),
            offset_transform=axes.transData,
            facecolors=colors,
            edgecolors=theme.background,
            linewidths=0.2 * size,
        )
        self.set_transform(IdentityTransform())  # a dot's size is in pixels, not in the data's units
        animated(axes, self, 4)
        self.set_clip_on(False)
        self._limits = axes.get_ylim()

    def put(self, places: Iterable[Sequence[float]]) -> None:
        """Set where the dots are, in data coordinates."""
        offsets = np.array(list(places))
        low, high = self._limits
        self.set_paths([UP if y > high else DOWN if y < low else CIRCLE for y in offsets[:, 1]])
        offsets[:, 1] = offsets[:, 1].clip(low, high)
        self.set_offsets(offsets)


def along(values: Array, x: float, geometric: bool = False) -> float:
    """Return the value at a place between iterations, linear on the axes' scale (logarithmic if `geometric`)."""
    if geometric:
        return float(np.exp(np.interp(x, np.arange(len(values)), np.log(values))))
    return float(np.interp(x, np.arange(len(values)), values))


def iteration_axis(axes: Axes, last: int, theme: Theme, *, name: str = "iteration", beyond: float = 0.03) -> None:
    """Make the horizontal axis one of iterations, which extends beyond the last by a part of their number.

    The axis's name stands in the row of its numbers, so that it takes no height from the panel.
    """
    last = max(last, 1)
    axes.set_xlim(-0.03 * last, (1 + beyond) * last)
    ticks = MaxNLocator(nbins=4, integer=True).tick_values(0, last)
    axes.set_xticks([tick for tick in ticks if 0 <= tick <= last])
    axes.set_xlabel(name, fontsize=theme.px(21), color=theme.muted, ha="right", va="top")
    # The layout leaves no room for an axis's name beside the axis.
    Margin(axes, left=theme.px(10) + text_width(name, theme.px(21), theme.font()))
    figure: Any = axes.get_figure(root=True)
    aside = ScaledTranslation(-theme.px(10) / 72, -theme.px(8) / 72, figure.dpi_scale_trans)
    axes.xaxis.set_label_coords(0, 0, transform=axes.transAxes + aside)


def few_ticks() -> MaxNLocator:
    """Return a locator of as many ticks as the panel's height has room for."""
    return MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], min_n_ticks=2)


def shown_range(steps: Sequence[Array]) -> tuple[float, float, int]:
    """Find the range to make room for, without the start if it is extreme.

    A bad start can be so much worse than all that follows that it would flatten the rest of the curve.

    Parameters
    ----------
    steps : sequence of ndarray
        The values of each iteration, from the start.

    Returns
    -------
    low, high : float
    n_left_out : int
        How many iterations are left out, from the start on.
    """
    n_absurd = absurd_steps(steps)
    steps = [step.clip(-HUGE, HUGE) for step in steps[n_absurd:]]
    every = np.concatenate(steps)
    whole = float(np.ptp(every))
    if len(steps) > 3 and not n_absurd:
        rest = np.concatenate(steps[1:])
        if FLAT * whole < np.ptp(rest) < EXTREME * whole and whole > EQUAL * max(1.0, np.abs(every).max()):
            return float(rest.min()), float(rest.max()), 1
    return float(every.min()), float(every.max()), n_absurd


def absurd_steps(steps: Sequence[Array]) -> int:
    """Count the iterations, from the start on, that no scale could show together with those after them.

    Parameters
    ----------
    steps : sequence of ndarray
        The values of each iteration, in nats.

    Returns
    -------
    int
        Always fewer than all.
    """
    n = 0
    while n < len(steps) - 1:
        rest = np.concatenate(steps[n + 1 :])
        if not np.abs(steps[n]).max() > ABSURD * max(1.0, float(np.abs(rest).max())):
            break
        n += 1
    return n
