"""The 2D view: points in the colors of their components, components as ellipses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from gmmviz.cloud import PointCloud
from gmmviz.options import Flag, Positive, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated, frame_axes
from gmmviz.renderers.marks import (
    MeanMark,
    ellipse_path,
    mass_note,
    mean_marks,
    moved_marks,
    opacity,
    past_means,
    point_cloud,
)
from gmmviz.stage import Stage
from gmmviz.themes import Theme
from gmmviz.timeline import Frame
from gmmviz.view import Features, View


@dataclass(frozen=True, slots=True)
class _Props:
    view: View
    cloud: PointCloud
    ellipses: tuple[tuple[PathPatch, ...], ...]  # of each component, from the outermost in
    marks: tuple[MeanMark, ...]


@RENDERERS.register("ellipses")
@options
class EllipseRenderer(Renderer):
    """Points in the blended colors of their responsibilities, components as ellipses around their means."""

    width = 2.0

    radii: tuple[Positive, ...] = (1.0, 2.0)
    """Mahalanobis radii of the ellipses; 1, 2 and 3 hold 39 %, 86 % and 99 % of a component."""
    trails: Flag = True
    """Draw the way that each mean has come."""
    features: Features = None
    """Two features, by name or number from 1, or 'pca'; by default all, or the principal components of many."""

    @property
    def reach(self) -> float:
        """Limits make room for the largest ellipse."""
        return max(self.radii, default=0.0)

    def check(self, stage: Stage) -> None:
        """Ellipses need a plane."""
        stage.view(self.features, 2)

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes; make the points, ellipses, trails and numbered means."""
        view = stage.view(self.features, 2)
        frame_axes(axes, stage, view)
        notes = [note for note in (view.note, mass_note(self.radii)) if note]
        axes.set_title("; ".join(notes), color=theme.muted)
        cloud = point_cloud(axes, view.points(stage.trace.data.points), theme)
        n_components = stage.trace.n_components
        ellipses = tuple(self._ellipses(axes, theme.color(k)) for k in range(n_components))
        return _Props(view, cloud, ellipses, mean_marks(axes, n_components, theme))

    def _ellipses(self, axes: Axes, color: str) -> tuple[PathPatch, ...]:
        ellipses = []
        for radius in sorted(self.radii, reverse=True):
            ellipse = PathPatch(Path.unit_circle(), edgecolor=color, label=str(radius))
            animated(axes, ellipse, 3)
            ellipses.append(ellipse)
        return tuple(ellipses)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Color the points, then draw every component's ellipses, then every mean on top of them."""
        mixture = props.view.mixture(frame.mixture)
        props.cloud.set_colors(theme.point_colors(frame.responsibilities, frame.coloring))
        yield props.cloud
        factors = np.linalg.cholesky(mixture.covariances)
        radii = sorted(self.radii, reverse=True)
        for k, ellipses in enumerate(props.ellipses):
            strength = opacity(mixture.weights[k])
            for radius, ellipse in zip(radii, ellipses, strict=True):
                ellipse.set_path(ellipse_path(mixture.means[k], factors[k], radius))
                inner = radius == radii[-1]
                ellipse.set_facecolor(to_rgba(theme.color(k), 0.09 * strength))
                ellipse.set_edgecolor(to_rgba(theme.color(k), (1.0 if inner else 0.75) * strength))
                ellipse.set_linewidth(theme.mark_px(3.2 if inner else 2.6))
                yield ellipse
        past = past_means(frame, props.view) if self.trails else None
        yield from moved_marks(props.marks, mixture.means, mixture.weights, past)
