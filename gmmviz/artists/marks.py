"""The marks that several pictures share: numbered means with their trails, and ellipses of a stated radius."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.point_cloud import PointCloud
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.timeline import Frame
from gmmviz.themes import Theme

MANY = 5_000  # points; so many would be all outline


@dataclass(frozen=True, slots=True)
class MeanMark:
    """A component's mean: a dot in its color with its number in it, and the way it has come."""

    trail: Line2D
    dot: Line2D
    number: Line2D


def mean_marks(axes: Axes, n_components: int, theme: Theme) -> tuple[MeanMark, ...]:
    """Make the marks; they are set and painted by `moved_marks`."""
    return tuple(_mean_mark(axes, k, theme) for k in range(n_components))


def _mean_mark(axes: Axes, k: int, theme: Theme) -> MeanMark:
    trail = Line2D([], [], color=theme.text, linewidth=theme.mark_px(2.2), alpha=0.55)
    dot = Line2D(
        [],
        [],
        linestyle="none",
        marker="o",
        markersize=theme.mark_px(25),
        markerfacecolor=theme.color(k),
        markeredgecolor=theme.background,
        markeredgewidth=theme.mark_px(2.5),
    )
    number = number_mark(k, theme.mark_px(18), theme)
    animated(axes, trail, 4)
    animated(axes, dot, 5)
    animated(axes, number, 6)
    return MeanMark(trail, dot, number)


def moved_marks(
    marks: Sequence[MeanMark], places: Array, weights: Array, past: Sequence[Array] | None
) -> Iterable[Artist]:
    """Put the marks where the means are and yield them, all trails below all dots.

    Parameters
    ----------
    marks : sequence of MeanMark
    places : ndarray, shape (K, 2)
        In data coordinates.
    weights : ndarray, shape (K,)
        A component without weight has a faint dot.
    past : sequence of ndarray, shape (K, 2), or None
        Where the means were before, for the trails; None draws no trails.
    """
    if past is not None:
        ways = np.array([*past, places]).T  # shape (2, K, t)
        for k, mark in enumerate(marks):
            mark.trail.set_data(ways[:, k])
            yield mark.trail
    for k, mark in enumerate(marks):
        mark.dot.set_data(places[k, :1], places[k, 1:])
        mark.dot.set_alpha(1.0 if weights[k] > 0 else 0.3)
        yield mark.dot
        mark.number.set_data(places[k, :1], places[k, 1:])
        yield mark.number


def past_means(frame: Frame, projection: Projection) -> list[Array]:
    """Where the means were at every iteration so far, each of shape (K, d)."""
    return [projection.points(snapshot.mixture.means) for snapshot in frame.trace[: frame.snapshot.iteration + 1]]


def point_cloud(axes: Axes, places: Array, theme: Theme) -> PointCloud:
    """Make the points, shape (N, 2), as large as suits their number."""
    cloud = PointCloud(
        places,
        radius=theme.mark_px(point_radius(len(places))),
        outline=theme.outline,
        outline_width=theme.mark_px(1.0) if len(places) < MANY else 0.0,
    )
    animated(axes, cloud, 2)
    return cloud


def known_truth(stage: Stage, projection: Projection) -> tuple[Mixture, tuple[int, ...]]:
    """The mixture that the data was drawn from, as `Stage.truth`.

    Raises
    ------
    InputError
        If it is not known.
    """
    truth = stage.truth(projection)
    if truth is None:
        raise InputError(
            f"the true mixture of {stage.trace.data.name} is not known: leave truth out, "
            "or draw the data from a mixture (dataset 'sample')",
            "truth",
        )
    return truth


def ghost(path: Path, color: str, theme: Theme) -> PathPatch:
    """An outline of the truth: dashed, and below everything that moves."""
    width = theme.mark_px(2.4)
    return PathPatch(
        path, facecolor="none", edgecolor=color, linewidth=width, linestyle=(0, (3.5, 2.5)), zorder=1.5
    )


def mass_note(radii: Sequence[float]) -> str:
    """Say how much of a two-dimensional Gaussian lies within these Mahalanobis radii: 1 - exp(-r**2 / 2)."""
    masses = [f"{-100 * np.expm1(-(r**2) / 2):.0f} %" for r in sorted(radii)]
    if not masses:
        return ""
    *others, last = masses
    return f"ellipses hold {', '.join(others)} and {last} of a component" if others else f"ellipses hold {last}"


def factors_in_sight(covariances: Array, limits: Array, radius: float) -> Array:
    """Cholesky factors, shrunk where an ellipse is over a million times the picture: Agg would take hours."""
    factors: Any = np.linalg.cholesky(covariances)
    sizes = (np.abs(factors).max(axis=2) / np.ptp(limits, axis=1)).max(axis=1) * radius
    return factors * np.minimum(1.0, 1e6 / np.maximum(sizes, 1.0))[:, None, None]  # type: ignore[no-any-return]


def ellipse_path(mean: Array, factor: Array, radius: float) -> Path:
    """Where the Mahalanobis distance from `mean` is `radius`: a circle under the Cholesky factor."""
    circle = Path.unit_circle()
    return Path(np.asarray(circle.vertices, np.float64) @ (radius * factor.T) + mean, circle.codes)


def opacity(weight: float) -> float:
    """A component of little weight looks faint, one of no weight is still seen."""
    return float(0.45 + 0.55 * min(1.0, 2.5 * weight)) if weight > 0 else 0.3


def point_radius(n_points: int) -> float:
    """Radius of a point in pixels of a 720-pixel-high picture: smaller where there are many."""
    return float(np.clip(5.5 * (400 / n_points) ** 0.25, 1.0, 5.5))


def number_mark(k: int, size: float, theme: Theme) -> Line2D:
    """A component's number as a marker: an outline is painted in no time, and stays in its dot at any dpi."""
    path = TextPath((0, 0), str(k + 1), size=size, prop=theme.font("bold"))
    box = path.get_extents()
    digits = path.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))
    largest = 2 * np.abs(digits.vertices).max()  # matplotlib makes a marker this size 1
    style: Any = {"markerfacecolor": theme.background, "markeredgewidth": 0}
    return Line2D([], [], linestyle="none", marker=digits, markersize=largest, **style)
