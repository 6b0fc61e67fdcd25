"""The model's own data: at every step as many points drawn from the present mixture as there are data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gmmviz.arrays import Array
from gmmviz.artists.point_cloud import PointCloud, point_cloud
from gmmviz.engine.trace import Trace
from gmmviz.options import Seed, options
from gmmviz.renderers.base import RENDERERS, Aspect, Renderer, frame_axes
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme


@dataclass(slots=True)
class _Drawn:
    """What is drawn from the snapshots of a run, with the same random numbers for each; two of them are kept."""

    trace: Trace
    projection: Projection
    seed: int
    _kept: dict[int, tuple[Array, npt.NDArray[np.intp]]] = field(default_factory=dict)

    def at(self, t: int) -> tuple[Array, npt.NDArray[np.intp]]:
        """Return points on the panel, shape (N, 2), and the components that they come from."""
        if t not in self._kept:
            while len(self._kept) > 1:
                del self._kept[next(iter(self._kept))]
            points, components = self.trace[t].mixture.sample(self.trace.n_points, seed=self.seed)
            self._kept[t] = self.projection.points(points), components
        return self._kept[t]


@dataclass(frozen=True, slots=True)
class _Props:
    drawn: _Drawn
    cloud: PointCloud


@RENDERERS.register("synthetic")
@options
class SyntheticRenderer(Renderer):
    """As many points drawn from the present mixture as there are data, to be compared with them.

    Each has the color of the component that it comes from. All snapshots are asked with the same random numbers,
    so that points glide as the components move.
    """

    width = 2.0

    seed: Seed = 0
    """Of the random numbers."""
    aspect: Aspect = "auto"
    """'equal' makes one unit of x as long as one of y; 'auto' fills the panel."""
    features: Features = None
    """Two features, by name or number from 1, or 'pca'; by default all, or the principal components of many."""

    @property
    def reach(self) -> float:
        """Limits make room for most of what a component makes."""
        return 2.0

    def check(self, stage: Stage) -> None:
        """Refuse data of one feature."""
        stage.projection(self.features, 2)

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes; make the points."""
        projection = stage.projection(self.features, 2)
        frame_axes(axes, stage, projection, aspect=self.aspect)
        notes = [stage.say("synthetic", n=f"{stage.trace.n_points:,}"), literal(projection.note)]
        axes.set_title("; ".join(note for note in notes if note), color=theme.muted)
        drawn = _Drawn(stage.trace, projection, self.seed)
        return _Props(drawn, point_cloud(axes, drawn.at(0)[0], theme))

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Move the points from what one snapshot makes to what the next does."""
        before, share = int(frame.position), frame.position - int(frame.position)
        points, components = props.drawn.at(before)
        every = np.eye(stage.trace.n_components)
        shares = every[components]
        if share:
            there, theirs = props.drawn.at(before + 1)
            points = points + share * (there - points)
            shares = shares + share * (every[theirs] - shares)
        props.cloud.move(points)
        props.cloud.set_colors(theme.point_colors(shares, 1.0))
        yield props.cloud
