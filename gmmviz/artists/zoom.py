"""A vertical axis that zooms, so that a first leap is seen and what follows is readable.

The axes' limits follow the zoom, and so does everything that is painted in their coordinates. What stands between
the limits moves evenly over the picture: its place is linear in the progress, however far the zoom goes. The
numbers of one view fade out before it moves, and those of the next fade in as it ends. Meanwhile a tinted band is
what the next view shows: it grows until it fills the panel, so that a curve which sinks on it is not taken for one
that falls. Two strokes through the end of the axis say that it has left out what an earlier view held there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator, NullLocator
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.numerals import written
from gmmviz.artists.word import MIDDLE, SIZE, pixels_per_point
from gmmviz.storyboard.timeline import Moment
from gmmviz.themes import Theme

EXTREME = 0.2  # of the whole range: if later values fill less than this, the first one counts as extreme
SLIGHT = 1e-3  # nats per point: a range below this is not enlarged
ABSURD = 100  # times the values that follow, from which on a start is left out in any case
HUGE = 1e300  # beyond this, differences of values are no numbers
ROOM = 0.08  # of a view, left free at each end
GOING, COMING = 0.25, 0.35  # of the zoom, in which the old numbers fade before it moves, and the new ones come
APART = 2.2  # letter sizes, at least, from number to number
PAD = 8  # pixels of a 720-pixel-high picture between the axis and its numbers
LEFT_OUT = 0.05  # heights of a view that values of an earlier one lie beyond it, from which on the axis is broken
LINE = 2.0  # of the axis, likewise; half of it lies inside
BREAK = (11.0, 6.0, 5.0, 6.0)  # of the strokes from the axis's end; half width, rise and distance, in such pixels

Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Zoom:
    """A view of all values, a view of those after a bad start, and when one becomes the other.

    Parameters
    ----------
    whole, rest : tuple (low, high)
        Equal if there is no zoom; `rest` lies within `whole`.
    after : int
        The iteration after which the axis zooms: how many values, from the start on, `rest` leaves out.
    """

    whole: Limits
    rest: Limits
    after: int = 0

    def progress(self, moment: Moment, position: float) -> float:
        """Return how far the zoom is, from 0 to 1: it fills the E-step after the leap, or a fast motion.

        Parameters
        ----------
        moment : Moment
            Of the film.
        position : float
            Where the longest run is on an axis of iterations.
        """
        if not self.after or moment.before > self.after:
            return 1.0
        if moment.before == self.after:
            return 1.0 if moment.phase == "m" and not moment.alone else moment.progress
        return max(0.0, position - self.after) / max(1, moment.after - self.after)

    @property
    def views(self) -> tuple[Limits, ...]:
        """The whole and the rest, or the one view that there is."""
        return (self.whole, self.rest) if self.after else (self.rest,)


def between(a: Limits, b: Limits, progress: float) -> Limits:
    """Return the view that is part of the way from one to another: every value moves evenly over the picture.

    Parameters
    ----------
    a, b : tuple (low, high)
    progress : float
        From 0 (`a`) to 1 (`b`).

    Returns
    -------
    tuple (low, high)

    Examples
    --------
    >>> between((0.0, 4.0), (0.0, 1.0), 0.5)  # what was at a quarter of the height, and goes to the top
    (0.0, 1.6)
    """
    if progress <= 0 or progress >= 1 or a == b:
        return a if progress <= 0 else b
    height, other = a[1] - a[0], b[1] - b[0]
    now = 1 / ((1 - progress) / height + progress / other)
    low = now * ((1 - progress) * (a[0] / height) + progress * (b[0] / other))
    return low, low + now


def zoom_of(steps: Sequence[Array], slight: float = SLIGHT, others: Sequence[float] = ()) -> Zoom:
    """Find the views of curves whose start may be so bad that it would flatten all that follows.

    Parameters
    ----------
    steps : sequence of ndarray
        The values of each iteration, from the start.
    slight : float
        A range that is not worth a zoom, in the unit of the values.
    others : sequence of float
        Values to make room for where that takes at most half of a view.

    Returns
    -------
    Zoom
        Without one if later values need at least a fifth of the whole, or are too few or too much alike. A start
        a hundred times as far from zero as all that follows is left out in any case.
    """
    steps = [step.clip(-HUGE, HUGE) for step in steps]
    after = absurd_steps(steps)
    every = np.concatenate(steps)
    if len(steps) > 3 and not after:
        rest = np.concatenate(steps[1:])
        after = int(slight < np.ptp(rest) < EXTREME * np.ptp(every))
    rest = np.concatenate(steps[after:])
    low, high = _with_room(rest, slight if after else 0.0, others)
    if not after:
        return Zoom((low, high), (low, high))
    wide_low, wide_high = _with_room(every, slight, others)
    return Zoom((min(wide_low, low), max(wide_high, high)), (low, high), after)


def _with_room(values: Array, slight: float, others: Sequence[float]) -> Limits:
    """The range of values, widened by others that are near, and by a margin, to what is slight at least."""
    low, high = float(values.min()), float(values.max())
    span = high - low
    for other in others:
        if max(high, other) - min(low, other) <= 2 * span:
            low, high = min(low, other), max(high, other)
    room = max(ROOM * (high - low), (slight - (high - low)) / 2) or 0.5
    room = max(room, 1e-12 * max(abs(low), abs(high)))  # more than rounding takes away
    return low - room, high + room


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


def _numbers(limits: Limits, n: int) -> dict[float, str]:
    """Choose about as many round numbers as there is room for, and write them."""
    low, high = limits
    locator = MaxNLocator(nbins=max(1, min(n, 9)), steps=[1, 2, 5, 10], min_n_ticks=2)
    ticks = [float(tick) for tick in locator.tick_values(low, high) if low <= tick <= high]
    step = min(np.diff(ticks), default=1.0)
    decimals = int(np.clip(-np.floor(np.log10(step) + 1e-9), 0, 12))
    return {tick: written(tick, decimals) for tick in ticks}


class ZoomAxis(Artist):
    """The numbers and grid lines of a vertical axis that goes from view to view; it also sets the axes' limits.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Whose own vertical numbers and grid lines it replaces.
    views : sequence of tuple (low, high)
        In the order in which they come. The layout is made for the last.
    theme : Theme

    Attributes
    ----------
    at : float
        Where it is among the views, counted from 0.
    """

    def __init__(self, axes: Axes, views: Sequence[Limits], theme: Theme) -> None:
        super().__init__()
        self.views, self.at = tuple(views), float(len(views) - 1)
        self._theme = theme
        self._size, self._pad = theme.px(SIZE), theme.px(PAD)
        self._paths: dict[str, Path] = {}
        self._widths: dict[str, float] = {}  # of each, with the pad, in the same unit
        self._numbers: list[dict[float, str]] = []
        self._room = 0  # for so many numbers
        axes.set_ylim(self.views[-1])
        axes.yaxis.set_major_locator(NullLocator())
        animated(axes, self, 0.5)
        self.set_in_layout(True)
        self.set_clip_on(False)

    def moving(self, at: float) -> Iterator[Artist]:
        """Set the axes to a place among the views; yield the numbers, on which all else is painted."""
        assert self.axes is not None
        self.at = min(max(at, 0.0), len(self.views) - 1.0)
        i, part = self._step
        # The old numbers fade before the view moves: those at the ends would leave it in the midst of a word.
        moved = max(0.0, part - GOING) / (1 - GOING)
        self.axes.set_ylim(between(self.views[i], self.views[min(i + 1, len(self.views) - 1)], moved))
        yield self

    @property
    def _step(self) -> tuple[int, float]:
        """The view that it comes from, and how far the next one is reached."""
        return int(self.at), self.at - int(self.at)

    def _choose(self) -> None:
        """Choose the numbers again where the axes have another height."""
        assert self.axes is not None
        room = int(self.axes.bbox.height / (APART * self._size * pixels_per_point(self)))
        if room != self._room:
            self._room = room
            self._numbers = [_numbers(view, room) for view in self.views]

    def _path(self, text: str) -> Path:
        if text not in self._paths:
            path = TextPath((0, 0), text, size=self._size, prop=self._theme.font())
            extent = path.get_extents()
            shift = -float(extent.x1) - self._pad
            self._paths[text] = path.transformed(Affine2D().translate(shift, -MIDDLE * self._size))
            self._widths[text] = -(float(extent.x0) + shift)
        return self._paths[text]

    @property
    def shown(self) -> list[tuple[float, str, float]]:
        """Place, text and opacity of every number at this moment."""
        self._choose()
        i, part = self._step
        here = self._numbers[i]
        if not part:
            return [(tick, text, 1.0) for tick, text in here.items()]
        there = self._numbers[i + 1]
        opacity = dict.fromkeys(here.items(), max(0.0, 1 - part / GOING))
        for number in there.items():  # one that both views have stays
            opacity[number] = 1.0 if number in opacity else max(0.0, 1 - (1 - part) / COMING)
        return [(tick, text, seen) for (tick, text), seen in opacity.items() if seen > 0]

    @property
    def _labeled(self) -> bool:
        """Whether the numbers are written, and not those of a neighbor with the same axis alone."""
        assert self.axes is not None
        return bool(self.axes.yaxis.get_tick_params(which="major").get("labelleft", True))

    @property
    def breaks(self) -> tuple[float, float]:
        """How opaque the signs are that the axis has left out what earlier views held below it and above it."""
        i, part = self._step
        here = np.array(self._left_out(i), dtype=float)
        there = np.array(self._left_out(min(i + 1, len(self.views) - 1)), dtype=float)
        below, above = (here + max(0.0, 1 - (1 - part) / COMING) * (there - here)).tolist()
        return below, above

    def _left_out(self, i: int) -> tuple[bool, bool]:
        """Whether a view before this one held values below it, and above it: all but its margins."""
        low, high = self.views[i]
        slight = LEFT_OUT * (high - low)
        margins = [ROOM / (1 + 2 * ROOM) * (last - first) for first, last in self.views[: i + 1]]
        held = [(first + room, last - room) for (first, last), room in zip(self.views, margins, strict=False)]
        return min(held)[0] < low - slight, max(last for _, last in held) > high + slight

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Return the room that the widest number of all moments takes beside the axes, in pixels."""
        assert self.axes is not None
        box = self.axes.bbox
        self._choose()
        texts = {text for numbers in self._numbers for text in numbers.values()} if self._labeled else ()
        for text in texts:
            self._path(text)
        width = max((self._widths[text] for text in texts), default=0.0)
        return Bbox.from_extents(box.x0 - width * pixels_per_point(self), box.y0, box.x1, box.y1)

    def get_tightbbox(self, renderer: RendererBase | None = None) -> Bbox:
        """Return what `get_window_extent` does: the layout asks so."""
        return self.get_window_extent(renderer)

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Paint grid lines, numbers and the signs of what is left out."""
        if not self.get_visible():
            return
        assert self.axes is not None
        box, theme, labeled, scale = self.axes.bbox, self._theme, self._labeled, pixels_per_point(self)
        low, high = self.axes.get_ylim()
        shown = [(y, text, opacity) for y, text, opacity in self.shown if low <= y <= high]
        heights = self.axes.transData.transform([(0.0, y) for y, *_ in shown] or np.empty((0, 2)))[:, 1]
        gc: Any = renderer.new_gc()
        gc.set_snap(True)
        self._tint(gc, renderer)
        gc.set_linewidth(theme.px(1.4) * scale)
        gc.set_foreground(theme.grid)
        for (*_, opacity), y in zip(shown, heights, strict=True):
            gc.set_alpha(opacity)
            renderer.draw_path(gc, Path([(box.x0, y), (box.x1, y)]), IdentityTransform())
        gc.restore()
        self._break(renderer)
        if not labeled:
            return
        gc = renderer.new_gc()
        gc.set_linewidth(0)
        for (_, text, opacity), y in zip(shown, heights, strict=True):
            gc.set_alpha(opacity)
            placed = Affine2D().scale(scale).translate(box.x0, y)
            renderer.draw_path(gc, self._path(text), placed, to_rgb(theme.muted))
        gc.restore()

    def _tint(self, gc: Any, renderer: RendererBase) -> None:
        """Paint the band that grows, while the view is on its way; it comes and goes with the numbers."""
        i, part = self._step
        opacity = min(1.0, part / GOING, (1 - part) / COMING)
        if opacity <= 0:
            return
        assert self.axes is not None
        box = self.axes.bbox
        ends = self.axes.transData.transform([(0.0, y) for y in self.views[i + 1]])[:, 1]
        low, high = ends.clip(box.y0, box.y1).tolist()
        gc.set_alpha(opacity)
        gc.set_linewidth(0)
        left = box.x0 + self._theme.px(LINE) * pixels_per_point(self)  # beside the axis's own line
        corners = [(left, low), (box.x1, low), (box.x1, high), (left, high), (left, low)]
        renderer.draw_path(gc, Path(corners, closed=True), IdentityTransform(), to_rgb(self._theme.grid))

    def _break(self, renderer: RendererBase) -> None:
        """Paint two slanted strokes, and a gap between them, through the ends of the axis that need it."""
        assert self.axes is not None
        box, theme, scale = self.axes.bbox, self._theme, pixels_per_point(self)
        aside, half, rise, apart = (scale * theme.px(pixels) for pixels in BREAK)
        stroke = np.array([[-half, -rise / 2], [half, rise / 2]])
        gc: Any = renderer.new_gc()
        gc.set_snap(False)
        for y, opacity in zip((box.y0 + aside, box.y1 - aside), self.breaks, strict=True):
            if opacity == 0:
                continue
            lower, upper = (stroke + np.array([box.x0, y + side * apart / 2]) for side in (-1, 1))
            gc.set_alpha(opacity)
            gc.set_linewidth(0)
            renderer.draw_path(gc, Path([*lower, *upper[::-1]]), IdentityTransform(), to_rgb(theme.background))
            gc.set_linewidth(theme.px(2.2) * scale)
            gc.set_foreground(theme.text)
            for line in (lower, upper):
                renderer.draw_path(gc, Path(line), IdentityTransform())
        gc.restore()
