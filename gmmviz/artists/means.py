"""Numbered means: a dot in the component's color with its number in it, and the way that the mean has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.prepared import PreparedLine
from gmmviz.artists.word import LEGIBLE
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Projection
from gmmviz.themes import Theme
from gmmviz.themes.color import faded

INK = 0.4  # share of the ink in a trail's color
ENLARGED = 1.25  # times, at most, that a mark is enlarged so that its number can be read; else it has none


NO_WEIGHT = 1e-6  # a component that has less is as good as dead
DEAD = 0.3  # opacity of the marks of a component without weight


@dataclass(frozen=True, slots=True)
class MeanMark:
    """The mark of one component's mean."""

    trail: Line2D
    steps: Line2D
    dot: Line2D
    number: Line2D


def mean_marks(axes: Axes, n_components: int, theme: Theme) -> tuple[MeanMark, ...]:
    """Make one mark per component; `moved_marks` sets them."""
    marks = []
    digits = theme.mark_px(18)
    enlarged = LEGIBLE / digits if digits < LEGIBLE <= ENLARGED * digits else 1.0
    for k in range(n_components):
        # Between the component's hue and the ink, or it would be lost among points of the same hue.
        hue = faded(theme.text, theme.color(k), INK)
        trail = PreparedLine([], [], color=hue, linewidth=theme.mark_px(2.2), alpha=0.8)
        style: Any = {"markerfacecolor": hue, "markeredgecolor": theme.background}
        size, edge = theme.mark_px(7), theme.mark_px(1)
        steps = PreparedLine([], [], linestyle="none", marker="o", markersize=size, markeredgewidth=edge, **style)
        dot = mean_dot(k, theme.mark_px(25) * enlarged, theme.mark_px(2.5), theme)
        number = number_mark(k, digits * enlarged, theme)
        for zorder, artist in ((4, trail), (4.5, steps), (5, dot), (6, number)):
            animated(axes, artist, zorder)
        marks.append(MeanMark(trail, steps, dot, number))
    return tuple(marks)


def mean_dot(k: int, size: float, edge: float, theme: Theme) -> Line2D:
    """Make component k's dot of this diameter, with an edge that parts it from what is behind, both in pixels."""
    style: Any = {"markerfacecolor": theme.color(k), "markeredgecolor": theme.background}
    return PreparedLine([], [], linestyle="none", marker="o", markersize=size, markeredgewidth=edge, **style)


def number_mark(k: int, size: float, theme: Theme) -> Line2D:
    """Make component k's number as a marker, with digits of this size in pixels.

    Unlike text, a marker costs little to paint, and it stays in the middle of its dot at any resolution.
    """
    path = TextPath((0, 0), str(k + 1), size=size, prop=theme.font("bold"))
    box = path.get_extents()
    digits = path.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))
    largest = 2 * np.abs(digits.vertices).max()  # matplotlib scales a marker's path to size 1
    style: Any = {"markerfacecolor": theme.ink_on(theme.color(k)), "markeredgewidth": 0}
    number = PreparedLine([], [], linestyle="none", marker=digits, markersize=largest, **style)
    number.set_visible(size >= LEGIBLE)
    return number


def moved_marks(
    marks: Sequence[MeanMark], places: Array, weights: Array, past: Sequence[Array] | None
) -> Iterator[Artist]:
    """Put the marks where the means are and yield them, all trails, with a dot per iteration, below all means.

    Parameters
    ----------
    marks : sequence of MeanMark
        From `mean_marks`.
    places : ndarray, shape (K, 2)
        In data coordinates.
    weights : ndarray, shape (K,)
        A component without weight has a faint dot and number.
    past : sequence of ndarray, shape (K, 2), or None
        Where the means were before, for the trails; None draws no trails.
    """
    if past is not None:
        trails = np.array([*past, places]).T  # shape (2, K, t)
        for k, mark in enumerate(marks):
            mark.trail.set_data(trails[:, k])
            yield mark.trail
        for k, mark in enumerate(marks):
            mark.steps.set_data(trails[:, k, :-1])
            yield mark.steps
    for k, mark in enumerate(marks):
        mark.dot.set_data(places[k, :1], places[k, 1:])
        for artist in (mark.dot, mark.number):
            artist.set_alpha(1.0 if weights[k] > NO_WEIGHT else DEAD)
        mark.number.set_data(places[k, :1], places[k, 1:])
        yield from (mark.dot, mark.number)


def past_means(frame: Frame, projection: Projection) -> list[Array]:
    """Where the means were at every iteration so far, each of shape (K, d)."""
    snapshots = frame.trace[: frame.snapshot.iteration + 1]
    return [projection.points(snapshot.mixture.means) for snapshot in snapshots]


def opacity(weight: float) -> float:
    """How opaque a component's marks are: faint where its weight is little, but seen even where it is none."""
    return float(0.45 + 0.55 * min(1.0, 2.5 * weight)) if weight > NO_WEIGHT else DEAD
