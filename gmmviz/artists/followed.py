"""Points that are followed: each has a ring, and beside it a bar that its responsibilities divide.

A bar stands still, as its point does: where it covers neither a followed point nor another bar, stays within the
axes, and hides as few numbered means of the whole film and as few points as possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import pi, sin
from typing import Annotated, Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.point_cloud import point_radius
from gmmviz.artists.word import Word, pixels_per_point
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, counted
from gmmviz.options import Count
from gmmviz.storyboard.cells import refuse_cells
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

MOST = 5  # points; more bars would hide too much
Follow = Annotated[tuple[Count, ...], Field(max_length=MOST)]
"""Points by number from 1, in the order of the data."""

LENGTH, HEIGHT, GAP = 132.0, 27.0, 12.0  # of a bar, and from the ring to it, in pixels of a 720-pixel-high picture
LETTERS, LEAST_LETTERS = 18.0, 8.0  # size of the numbers, in the same unit, and the least in pixels of the picture
SMALLER = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3)  # sizes of the bars to try in turn
DIRECTIONS = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]  # of a bar from its point
EDGE = 2.0  # typographic points between a bar and the axes' edge
FAR = (1.0, 3.0, 6.0)  # gaps to try
SOME = 5_000  # points, at most, by which a place is judged
SOME_MEANS = 100  # moments of a run, at most, whose means a place should leave free
MEAN = 1_000.0  # points that may rather be hidden than one place of a numbered mean
BADGE = 14.0  # pixels of a 720-pixel-high picture from the middle of such a number to its edge


class _Bar(NamedTuple):
    """Where a bar is from its point, in typographic points: its lower left corner and its size; its letters."""

    x: float
    y: float
    width: float
    height: float
    letters: float

    @property
    def label(self) -> float:
        """Width of the part that holds the point's number, if that can be read."""
        return 0.22 * self.width if self.letters >= LEAST_LETTERS else 0.0

    @property
    def length(self) -> float:
        """Length of the part that the responsibilities divide."""
        return self.width - self.label


class Followed(Artist):
    """The rings and bars of some points.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    numbers : sequence of int
        Of the points, from 1.
    places : ndarray, shape (N, 2)
        Of all points, in data coordinates.
    n_components : int
    theme : Theme
        Scaled to the picture.
    radius : float, optional
        Of a point, in typographic points; by default that of a point cloud.
    means : ndarray, shape (M, 2), optional
        Where numbered means are at any moment, in data coordinates.
    """

    def __init__(
        self,
        axes: Axes,
        numbers: Sequence[int],
        places: Array,
        n_components: int,
        theme: Theme,
        radius: float | None = None,
        means: Array | None = None,
    ) -> None:
        super().__init__()
        animated(axes, self, 6)
        self.set_clip_path(axes.patch)
        self._theme = theme
        self._numbers = numbers
        self._index = np.array(numbers, np.intp) - 1
        self._places = places[self._index]
        self._others = places[:: len(places) // SOME + 1]
        self._means = np.empty((0, 2)) if means is None else means
        self._ring = (theme.mark_px(point_radius(len(places))) if radius is None else radius) + theme.mark_px(4.5)
        self._hues = [theme.color(k) for k in range(n_components)]
        self._inks = [theme.ink_on(hue) for hue in self._hues]
        self._labels = [Word(axes, theme.text, theme, weight="bold") for _ in numbers]
        self._words = [[Word(axes, ink, theme) for ink in self._inks] for _ in numbers]
        self._laid_out: tuple[bytes, list[_Bar | None]] = b"", []
        self._shares = np.ones((len(numbers), n_components)) / n_components
        self._printed = self._shares
        self._asked = self._shown = 1.0

    def moved(self, frame: Frame) -> Iterator[Artist]:
        """Set the bars to the frame's responsibilities; yield rings and bars, and the numbers on them.

        While the responsibilities are on their way, the numbers fade out and in: all are those of an E-step.
        """
        self._shares, self._asked = frame.responsibilities[self._index], frame.coloring
        earlier, later, progress = frame.blend
        self._shown = frame.coloring * (1 - sin(pi * progress) if earlier != later and progress < 1 else 1.0)
        self._printed = frame.settled[self._index]
        yield self
        for label, words in zip(self._labels, self._words, strict=True):
            yield label
            yield from words

    def _write(self) -> None:
        """Put the numbers, which are painted next, onto the bars, whose places the axes decide."""
        bars = zip(self.bars(), self._numbers, self._places, self._labels, self._words, strict=True)
        for i, (bar, number, place, label, words) in enumerate(bars):
            at = float(place[0]), float(place[1])
            for word in (label, *words):
                word.put("", at, 0.0)
            if bar is None or bar.letters < LEAST_LETTERS:
                continue
            middle = bar.y + bar.height / 2
            size = min(bar.letters, bar.letters * 0.86 * bar.label / label.width(str(number), bar.letters))
            if size >= LEAST_LETTERS:
                label.put(str(number), at, size, offset=(bar.x + bar.label / 2, middle))
            begin = bar.x + bar.label
            for word, share, value in zip(words, self._shares[i], self._printed[i], strict=True):
                text, room = f"{value:.2f}", bar.length * float(share)
                if word.width(text, bar.letters) < 0.9 * room and self._shown > 0:
                    word.put(text, at, bar.letters, offset=(begin + room / 2, middle))
                    word.set_alpha(self._shown)
                begin += room

    def bars(self) -> list[_Bar | None]:
        """Return where the bars are, which changes with the axes alone; None where there is no room."""
        assert self.axes is not None
        box = self.axes.bbox
        key = np.concatenate([box.get_points(), self.axes.transData.transform(self._places)]).tobytes()
        if key != self._laid_out[0]:
            scale = pixels_per_point(self)
            corner = box.get_points()[0]
            at, others, means = (
                (self.axes.transData.transform(p) - corner) / scale
                for p in (self._places, self._others, self._means)
            )
            self._laid_out = key, self._arrange(at, others, means, np.array(box.bounds[2:]) / scale)
        return self._laid_out[1]

    def _arrange(self, at: Array, others: Array, means: Array, room: Array) -> list[_Bar | None]:
        """Place the bars as large as they fit in; all values are typographic points from the axes' corner."""
        px = self._theme.mark_px
        bars: list[_Bar | None] = []
        for factor in SMALLER:
            size = np.array([px(LENGTH), px(HEIGHT)]) * factor
            bars, taken = [], [(p - self._ring - 1, p + self._ring + 1) for p in at]
            for place in at:
                best = None
                for n, (far, direction) in enumerate(product(FAR, DIRECTIONS)):
                    away = self._ring + far * px(GAP) * factor + size / 2
                    low = np.clip(place + np.array(direction) * away - size / 2, EDGE, room - size - EDGE)
                    high = low + size
                    if (low < EDGE).any() or any(_meet(low, high, *box) for box in taken):
                        continue
                    hidden = float(_within(others, low, high))
                    hidden += MEAN * _within(means, low - px(BADGE), high + px(BADGE)) + n / 2
                    if best is None or hidden < best[0]:
                        best = hidden, low
                if best is None:
                    bars.append(None)
                    continue
                low = best[1]
                taken.append((low - 2, low + size + 2))
                x, y = low - place
                bars.append(_Bar(float(x), float(y), float(size[0]), float(size[1]), px(LETTERS) * factor))
            if None not in bars:
                break
        return bars

    def draw(self, renderer: RendererBase) -> None:
        """Paint the rings and bars over what is there."""
        if not self.get_visible():
            return
        assert self.axes is not None
        self._write()
        theme, scale = self._theme, pixels_per_point(self)
        gc = renderer.new_gc()
        gc.set_clip_rectangle(self.axes.bbox)
        gc.set_snap(False)
        circle = Path.unit_circle()
        for place, bar, shares in zip(
            self.axes.transData.transform(self._places), self.bars(), self._shares, strict=True
        ):
            ring = Affine2D().scale(self._ring * scale).translate(*place)
            if bar is not None:
                self._line(gc, theme.mark_px(2.0) * scale, theme.text)
                renderer.draw_path(
                    gc,
                    Path([_toward(bar, self._ring) * scale + place, _nearest(bar) * scale + place]),
                    IdentityTransform(),
                )
            for width, ink in ((5.5, theme.background), (2.8, theme.text)):
                self._line(gc, theme.mark_px(width) * scale, ink)
                renderer.draw_path(gc, circle, ring)
            if bar is not None:
                self._paint_bar(renderer, gc, bar, shares, Affine2D().scale(scale).translate(*place))
        gc.restore()

    def _paint_bar(self, renderer: RendererBase, gc: Any, bar: _Bar, shares: Array, place: Affine2D) -> None:
        theme = self._theme
        frame = _rectangle(bar.x, bar.y, bar.width, bar.height)
        gc.set_linewidth(0)
        renderer.draw_path(gc, frame, place, to_rgba(theme.background))
        begin = bar.x + bar.label
        for share, hue in zip(shares.tolist(), self._hues, strict=True):
            gc.set_alpha(self._asked)
            segment = _rectangle(begin, bar.y, bar.length * share, bar.height)
            if share > 0 and self._asked > 0:
                renderer.draw_path(gc, segment, place, to_rgba(hue, self._asked))
            begin += bar.length * share
        gc.set_alpha(1.0)
        self._line(gc, theme.mark_px(1.8) * pixels_per_point(self), theme.text)
        renderer.draw_path(gc, frame, place)
        renderer.draw_path(gc, _rectangle(bar.x + bar.label, bar.y, bar.length, bar.height), place)

    def _line(self, gc: Any, width: float, ink: str) -> None:
        gc.set_linewidth(width)
        gc.set_foreground(ink)


def _meet(low: Array, high: Array, other_low: Array, other_high: Array) -> bool:
    """Whether two boxes overlap."""
    return bool((low < other_high).all() and (high > other_low).all())


def _within(places: Array, low: Array, high: Array) -> int:
    """How many places are in a box."""
    return int(np.count_nonzero(((places > low) & (places < high)).all(axis=1)))


def means_of(trace: Trace, projection: Projection) -> Array:
    """Return where the means of a run are on a panel at any moment, shape (M, 2), as `Followed` takes them.

    Parameters
    ----------
    trace : Trace
    projection : Projection
        Of the panel, with two features.

    Returns
    -------
    ndarray
    """
    every = trace.means[:: len(trace) // SOME_MEANS + 1]
    return projection.points(np.concatenate([*every, trace.means[-1]]))


def _nearest(bar: _Bar) -> Array:
    """The place of the bar that is nearest to its point."""
    return np.clip([0.0, 0.0], [bar.x, bar.y], [bar.x + bar.width, bar.y + bar.height])


def _toward(bar: _Bar, radius: float) -> Array:
    """The place on the ring that is nearest to the bar."""
    end = _nearest(bar)
    toward: Array = end * (radius / max(float(np.hypot(*end)), 1e-9))
    return toward


def _rectangle(x: float, y: float, width: float, height: float) -> Path:
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return Path(corners, closed=True)


def check_followed(follow: Sequence[int], stage: Stage) -> None:
    """Refuse points that the data does not have or knows in part, and one that is named twice.

    Raises
    ------
    InputError
        At the option "follow".
    """
    n_points, data = stage.trace.n_points, stage.trace.data.name
    if follow:
        refuse_cells(stage.trace.data, "follow names points", "follow")
    for i, number in enumerate(follow):
        if number > n_points:
            raise InputError(
                f"there is no point {number:,} to follow: {data} has {counted(n_points, 'point')}, the first of "
                "them 1",
                "follow",
                i,
            )
        if np.isnan(stage.trace.data.observed[number - 1]).any():
            raise InputError(
                f"a value of point {number:,} is missing, so it has no place to be followed at: choose another",
                "follow",
                i,
            )
        if number in follow[:i]:
            raise InputError(f"point {number:,} is followed twice: {list(follow)}", "follow", i)
