"""Values against iteration: what was is strong, what will be is faint, and the present has a dot."""

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

EXTREME = 0.2  # the values after the first are extreme's victims if they would fill less of the axis than this
FLAT = 0.01  # ... but more than this: where nothing happens afterward, the first step is the story
FEW = 3  # curves that may be drawn with a broad line

# Straight sides, too short to be seen: matplotlib measures a path of curves for each drawing.
CIRCLE = Path.unit_regular_polygon(48).transformed(Affine2D().scale(0.5))
WEDGE = 0.62 * np.array([[-1.0, -1.7], [0, 0], [1, -1.7], [-1, -1.7]])  # its tip is at the edge
UP, DOWN = Path(WEDGE, closed=True), Path(-WEDGE, closed=True)


@dataclass(frozen=True, slots=True)
class Curve:
    """One value of each snapshot of a run.

    Parameters
    ----------
    values : ndarray, shape (T,)
    color : str
    name : str
        Written where the curve ends; nothing is if it is empty.
    bold : bool
        Whether the name is.
    """

    values: Array
    color: str
    name: str = ""
    bold: bool = False


class History:
    """Curves in axes whose limits are set; those that end early are led on to the last iteration.

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
        What each curve has done.
    dots : Dots
        Where each curve is.
    """

    def __init__(self, axes: Axes, curves: Sequence[Curve], last: int, theme: Theme) -> None:
        self.curves = curves
        self._geometric = axes.get_yscale() == "log"
        broad = 1.0 if len(curves) <= FEW else 0.75
        for curve in curves:
            faint: Any = {"color": curve.color, "alpha": 0.25, "linewidth": theme.px(2.4) * broad}
            axes.plot(curve.values, **faint)
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
        """Set every curve to where it is on the axis of iterations."""
        segments = [self._past(curve.values, x) for curve, x in zip(self.curves, positions, strict=True)]
        self.past.set_segments(segments)
        self.dots.put([segment[-1] for segment in segments])
        yield from (self.past, self.dots)

    def _past(self, values: Array, x: float) -> Array:
        done = np.arange(int(x) + 1)
        segment: Array = np.column_stack([[*done, x], [*values[done], along(values, x, self._geometric)]])
        return segment


class Dots(PathCollection):
    """A dot per value; a value beyond the axis shows as a wedge at its edge that points to it."""

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
        self.set_transform(IdentityTransform())  # a dot's size is no matter of the data
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
    """The value at a place between iterations: on the straight line that the axes show between two."""
    if geometric:
        return float(np.exp(np.interp(x, np.arange(len(values)), np.log(values))))
    return float(np.interp(x, np.arange(len(values)), values))


def iteration_axis(axes: Axes, last: int, theme: Theme, *, beyond: float = 0.03) -> None:
    """Set the horizontal axis to iterations, with room on its right for a part `beyond` of them.

    Its name stands in the row of its numbers, so that panels above each other keep their height.
    """
    last = max(last, 1)
    axes.set_xlim(-0.03 * last, (1 + beyond) * last)
    ticks = MaxNLocator(nbins=4, integer=True).tick_values(0, last)
    axes.set_xticks([tick for tick in ticks if 0 <= tick <= last])
    axes.set_xlabel("iteration", fontsize=theme.px(21), color=theme.muted, ha="right", va="top")
    # The layout gives the name of an axis no room beside the axis.
    Margin(axes, left=theme.px(10) + text_width("iteration", theme.px(21), theme.font()))
    figure: Any = axes.get_figure(root=True)
    aside = ScaledTranslation(-theme.px(10) / 72, -theme.px(8) / 72, figure.dpi_scale_trans)
    axes.xaxis.set_label_coords(0, 0, transform=axes.transAxes + aside)


def few_ticks() -> MaxNLocator:
    """As many ticks as the height of the panel carries."""
    return MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], min_n_ticks=2)


def shown_range(steps: Sequence[Array]) -> tuple[float, float, bool]:
    """Lowest and highest value to make room for, and whether the first step's are left out as extreme.

    A bad start can be so much worse than all that follows that it flattens the rest of a curve to a line.

    Parameters
    ----------
    steps : sequence of ndarray
        The values of each iteration, from the start.
    """
    every = np.concatenate(steps)
    whole = float(np.ptp(every))
    if len(steps) > 3:
        rest = np.concatenate(steps[1:])
        if FLAT * whole < np.ptp(rest) < EXTREME * whole:
            return float(rest.min()), float(rest.max()), True
    return float(every.min()), float(every.max()), False
