"""The 2D view: points in the colors of their components, components as ellipses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from gmmviz.arrays import Array
from gmmviz.cloud import PointCloud
from gmmviz.errors import InputError, listed
from gmmviz.options import Flag, Positive, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.stage import Stage
from gmmviz.themes import Theme
from gmmviz.timeline import Frame


@dataclass(frozen=True, slots=True)
class _Props:
    cloud: PointCloud
    components: tuple[_Component, ...]


@dataclass(frozen=True, slots=True)
class _Component:
    ellipses: tuple[PathPatch, ...]  # from the outermost in
    trail: Line2D
    dot: Line2D
    number: PathPatch


@RENDERERS.register("ellipses")
@options
class EllipseRenderer(Renderer):
    """Points in the blended colors of their responsibilities, components as ellipses around their means."""

    width = 2.0

    radii: tuple[Positive, ...] = (1.0, 2.0)
    """Mahalanobis radii of the ellipses; 1, 2 and 3 hold 39 %, 86 % and 99 % of a component."""
    trails: Flag = True
    """Draw the way that each mean has come."""

    @property
    def reach(self) -> float:
        """Limits make room for the largest ellipse."""
        return max(self.radii, default=0.0)

    def check(self, stage: Stage) -> None:
        """Ellipses need a plane."""
        n_features = stage.trace.data.points.shape[1]
        if n_features != 2:
            names = listed(stage.trace.data.feature_names, "and")
            raise InputError(
                f"the renderer 'ellipses' draws 2 features, but {stage.trace.data.name} has {n_features}: {names}"
                + ("; choose two of them in [data]" if n_features > 2 else "")
            )

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes; make the points, ellipses, trails and numbered means."""
        data = stage.trace.data
        axes.set_xlim(*stage.limits[0])
        axes.set_ylim(*stage.limits[1])
        axes.set_xlabel(data.feature_names[0])
        axes.set_ylabel(data.feature_names[1])
        axes.set_title(_mass_note(self.radii), color=theme.muted)
        cloud = PointCloud(
            data.points,
            radius=theme.px(point_radius(len(data.points))),
            outline=theme.outline,
            outline_width=theme.px(1.0),
            alpha=0.85,
        )
        animated(axes, cloud, 2)
        components = tuple(self._component(axes, k, theme) for k in range(stage.trace.n_components))
        return _Props(cloud, components)

    def _component(self, axes: Axes, k: int, theme: Theme) -> _Component:
        color = theme.color(k)
        ellipses = []
        for radius in sorted(self.radii, reverse=True):
            ellipse = PathPatch(Path.unit_circle(), edgecolor=color, label=str(radius))
            animated(axes, ellipse, 3)
            ellipses.append(ellipse)
        trail = Line2D([], [], color=theme.text, linewidth=theme.px(2.2), alpha=0.55)
        dot = Line2D(
            [],
            [],
            marker="o",
            markersize=theme.px(25),
            markerfacecolor=color,
            markeredgecolor=theme.background,
            markeredgewidth=theme.px(2.5),
        )
        number = PathPatch(digit_path(str(k + 1), theme), facecolor=theme.background, linewidth=0)
        animated(axes, trail, 4)
        animated(axes, dot, 5)
        animated(axes, number, 6)
        return _Component(tuple(ellipses), trail, dot, number)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Color the points, then draw every component's ellipses, then every mean on top of them."""
        mixture = frame.mixture
        props.cloud.set_colors(theme.point_colors(frame.responsibilities, frame.coloring))
        yield props.cloud
        past = [snapshot.mixture.means for snapshot in stage.trace[: frame.snapshot.iteration + 1]]
        factors = _in_sight(mixture.covariances, stage.limits, self.reach)
        radii = sorted(self.radii, reverse=True)
        for k, component in enumerate(props.components):
            strength = opacity(mixture.weights[k])
            for radius, ellipse in zip(radii, component.ellipses, strict=True):
                ellipse.set_path(ellipse_path(mixture.means[k], factors[k], radius))
                inner = radius == radii[-1]
                ellipse.set_facecolor(to_rgba(theme.color(k), 0.09 * strength))
                ellipse.set_edgecolor(to_rgba(theme.color(k), (1.0 if inner else 0.75) * strength))
                ellipse.set_linewidth(theme.px(3.2 if inner else 2.6))
                yield ellipse
        for k, component in enumerate(props.components):
            if self.trails:
                component.trail.set_data(np.array([*(means[k] for means in past), mixture.means[k]]).T)
                yield component.trail
        for k, component in enumerate(props.components):
            component.dot.set_data(mixture.means[k, :1], mixture.means[k, 1:])
            component.dot.set_alpha(1.0 if mixture.weights[k] > 0 else 0.3)
            yield component.dot
            axes = component.number.axes
            assert axes is not None
            place = axes.transData.transform(mixture.means[k])
            component.number.set_transform(Affine2D().translate(*place))
            yield component.number


def _mass_note(radii: tuple[float, ...]) -> str:
    masses = [f"{-100 * np.expm1(-(r**2) / 2):.0f} %" for r in sorted(radii)]
    if not masses:
        return ""
    *others, last = masses
    return f"ellipses hold {', '.join(others)} and {last} of a component" if others else f"ellipses hold {last}"


def _in_sight(covariances: Array, limits: Array, radius: float) -> Array:
    """Cholesky factors, shrunk where an ellipse is over a million times the picture: Agg would take hours."""
    factors: Any = np.linalg.cholesky(covariances)
    spans = limits[:, 1] - limits[:, 0]
    sizes = (np.abs(factors).max(axis=2) / spans).max(axis=1) * radius
    return factors * np.minimum(1.0, 1e6 / np.maximum(sizes, 1.0))[:, None, None]  # type: ignore[no-any-return]


def ellipse_path(mean: Array, factor: Array, radius: float) -> Path:
    """Where the Mahalanobis distance from `mean` is `radius`: a circle under the Cholesky factor."""
    (a, _), (b, c) = factor * radius
    return Path.unit_circle().transformed(Affine2D(np.array([[a, 0, mean[0]], [b, c, mean[1]], [0, 0, 1]])))


def opacity(weight: float) -> float:
    """A component of little weight looks faint, one of no weight is still seen."""
    return float(0.45 + 0.55 * min(1.0, 2.5 * weight)) if weight > 0 else 0.3


def point_radius(n_points: int) -> float:
    """Radius of a point in pixels of a 720-pixel-high picture: smaller where there are many."""
    return float(np.clip(5.5 * (400 / n_points) ** 0.25, 1.0, 5.5))


def digit_path(text: str, theme: Theme) -> Path:
    """The outline of a short text, centered on the origin: painted in no time, at any place."""
    path = TextPath((0, 0), text, size=theme.px(18), prop=theme.font("bold"))
    box = path.get_extents()
    return path.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))
