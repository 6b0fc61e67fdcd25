"""Values against iteration: the past is strong, the future is dotted or left out, and the present has a dot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D, IdentityTransform, ScaledTranslation

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.end_labels import Margin
from gmmviz.artists.word import text_width
from gmmviz.themes import Theme

FARTHEST = 1e6  # times the axis's length: what is farther away is drawn there, as matplotlib's numbers end
FEW = 3  # curves, at most, that are drawn with a broad line

# A polygon whose sides are too short to be seen, since matplotlib measures curves anew for each drawing.
CIRCLE = Path.unit_regular_polygon(48).transformed(Affine2D().scale(0.5))
WEDGE = 0.62 * np.array([[-1.0, -1.7], [0, 0], [1, -1.7], [-1, -1.7]])  # with its tip at the axis's end
UP, DOWN = Path(WEDGE, closed=True), Path(-WEDGE, closed=True)


Place = Callable[[Array], Array]


def as_it_is(iterations: Array) -> Array:
    """Return the places of iterations on an axis that is not logarithmic."""
    return iterations


@dataclass(frozen=True, slots=True)
class Curve:
    """A value at each snapshot of a run.

    Parameters
    ----------
    values : ndarray, shape (T,)
    color : str
    led : bool
        Whether a dotted line leads on from its end, to what is written beside the axes.
    """

    values: Array
    color: str
    led: bool = False


class History:
    """Curves in axes whose limits may move.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    curves : sequence of Curve
    last : int
        The last iteration of the film's longest run.
    theme : Theme
    preview : bool
        Dot what is still to come.
    place : callable
        From iterations to places on the horizontal axis, as `iteration_axis` returns it; by default the same.

    Attributes
    ----------
    past : matplotlib.collections.LineCollection
        The curves up to the present.
    future : matplotlib.collections.LineCollection
        What follows the present: the curves if there is a preview, and the lines that lead on from their ends.
    dots : Dots
        Their ends.
    """

    def __init__(
        self,
        axes: Axes,
        curves: Sequence[Curve],
        last: int,
        theme: Theme,
        *,
        preview: bool = False,
        place: Place = as_it_is,
    ) -> None:
        self.curves = curves
        self._axes, self._last, self._preview, self._place = axes, last, preview, place
        self._geometric = axes.get_yscale() == "log"
        broad = 1.0 if len(curves) <= FEW else 0.75
        colors = [curve.color for curve in curves]
        self.past = LineCollection([], colors=colors, linewidths=theme.px(3.6) * broad, capstyle="round")
        dotted: Any = {"linestyles": (0, (0.1, 2.2)), "capstyle": "round"}
        self.future = LineCollection([], linewidths=theme.px(2.4) * broad, **dotted)
        self.dots = Dots(axes, colors, theme.px(15) * broad, theme)
        animated(axes, self.future, 2.5)
        animated(axes, self.past, 3)

    def moving(self, positions: Sequence[float], now: float | None = None) -> Iterator[Artist]:
        """Set every curve to its position on the axis of iterations; yield the future, the past and the dots.

        Lines that lead on from the ends have come as far as the longest run is `now`, by default the farthest of
        the positions.
        """
        low, high = self._axes.get_ylim()
        reach = FARTHEST * abs(high - low)
        limits = min(low, high) - reach, max(low, high) + reach
        now = max(positions) if now is None else now
        past, future, inks = [], [], []
        for curve, x in zip(self.curves, positions, strict=True):
            values, end = curve.values.clip(*limits), len(curve.values) - 1
            done, left = np.arange(int(x) + 1), np.arange(int(x) + 1, end + 1)
            y = along(values, x, self._geometric, self._place)
            past.append(self._path([*done, x], [*values[done], y]))
            if self._preview and len(left):
                future.append(self._path([x, *left], [y, *values[left]]))
                inks.append(curve.color)
            reached = self._last if self._preview else now
            if curve.led and end < reached:
                future.append(self._path([end, reached], [values[-1]] * 2))
                inks.append(curve.color)
        self.past.set_segments(past)
        self.dots.put([segment[-1] for segment in past])
        if future:
            self.future.set(segments=future, colors=inks)
            yield self.future
        yield from (self.past, self.dots)

    def _path(self, iterations: npt.ArrayLike, values: npt.ArrayLike) -> Array:
        path: Array = np.column_stack([self._place(np.asarray(iterations, dtype=float)), values])
        return path


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
        self._axes = axes

    def put(self, places: Iterable[Sequence[float]]) -> None:
        """Set where the dots are, in data coordinates."""
        offsets = np.array(list(places))
        low, high = self._axes.get_ylim()
        self.set_paths([UP if y > high else DOWN if y < low else CIRCLE for y in offsets[:, 1]])
        offsets[:, 1] = offsets[:, 1].clip(low, high)
        self.set_offsets(offsets)


def along(values: Array, x: float, geometric: bool = False, place: Place = as_it_is) -> float:
    """Return the value at a place between iterations, on the straight line over the picture.

    Parameters
    ----------
    values : ndarray, shape (T,)
    x : float
        From 0 to T - 1; what is beyond has the last value.
    geometric : bool
        Whether the axis of values is logarithmic.
    place : callable
        From iterations to places on the horizontal axis.

    Returns
    -------
    float
    """
    places = place(np.arange(len(values), dtype=float)), float(place(np.array(x, dtype=float)))
    if geometric:
        return float(np.exp(np.interp(places[1], places[0], np.log(values))))
    return float(np.interp(places[1], places[0], values))


def iteration_axis(
    axes: Axes,
    last: int,
    theme: Theme,
    *,
    name: str = "iteration",
    beyond: float = 0.03,
    logarithmic: bool = False,
) -> Place:
    """Make the horizontal axis one of iterations, which extends beyond the last by a part of their number.

    The axis's name stands in the row of its numbers, so that it takes no height from the panel.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    last : int
        The last iteration.
    theme : Theme
    beyond : float
        The part of the axis behind the last.
    logarithmic : bool
        Whether places are logarithms, of the iteration plus one since the start is iteration 0.

    Returns
    -------
    callable
        From iterations to places on the axis.
    """
    place: Place = np.log1p if logarithmic else as_it_is
    last = max(last, 1)
    end = float(place(np.array(last, dtype=float)))
    axes.set_xlim(-0.03 * end, (1 + beyond) * end)
    if logarithmic:
        decades = 10 ** np.arange(np.log10(last) + 1)
        ticks = np.array([0.0, *np.outer(decades, [1, 2, 5]).ravel()])
    else:
        ticks = np.asarray(MaxNLocator(nbins=4, integer=True).tick_values(0, last))
    ticks = ticks[(ticks >= 0) & (ticks <= last)]
    axes.set_xticks(place(ticks), [f"{tick:.0f}" for tick in ticks])
    axes.set_xlabel(name, fontsize=theme.px(21), color=theme.muted, ha="right", va="top")
    # The layout leaves no room for an axis's name beside the axis.
    Margin(axes, left=theme.px(10) + text_width(name, theme.px(21), theme.font()))
    figure: Any = axes.get_figure(root=True)
    aside = ScaledTranslation(-theme.px(10) / 72, -theme.px(8) / 72, figure.dpi_scale_trans)
    axes.xaxis.set_label_coords(0, 0, transform=axes.transAxes + aside)
    return place


def few_ticks() -> MaxNLocator:
    """Return a locator of as many ticks as the panel's height has room for."""
    return MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], min_n_ticks=2)
