"""Anomaly detection: points that the fitted density finds improbable are flagged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.artists.label import Label
from gmmviz.artists.point_cloud import PointCloud, point_cloud
from gmmviz.artists.rings import rings
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated, frame_axes
from gmmviz.storyboard.cells import refuse_cells
from gmmviz.storyboard.density import DensityGrid
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme

Share = Annotated[float, Field(gt=0, lt=1)]
Flagged = Share | tuple[Share, Share]
CELLS = (160, 120)  # of the grid that the threshold's line is found on


@dataclass(frozen=True, slots=True)
class _Props:
    projection: Projection
    points: Array
    others: Array | None
    cloud: PointCloud
    markers: Line2D
    flags: Line2D
    line: LineCollection
    grid: DensityGrid
    counts: Label


@RENDERERS.register("score")
@options
class ScoreRenderer(Renderer):
    """Points, ringed where their density is below a threshold; those that were not fitted are triangles."""

    width = 2.0

    flag: Flagged = 0.02
    """The share of the fitted points that the threshold flags; two shares move it in the epilogue."""
    features: Features = None
    """Two features, by name or number from 1, or 'pca'; densities are always those of all features."""

    @property
    def reach(self) -> float:
        """Limits make room for the threshold's line, which is about there."""
        return 2.5

    def check(self, stage: Stage) -> None:
        """Refuse data of one feature, points not told apart, and gaps: their densities have other units."""
        refuse_cells(stage.trace.data, "the panel counts points")
        stage.projection(self.features, 2)
        if stage.trace.data.incomplete:
            raise InputError(
                "score compares the densities of points, and those of points with missing values cannot be "
                "compared: write missing = 'drop'"
            )

    @property
    def epilogue_option(self) -> str:
        """A second share, to which the threshold moves."""
        return "flag" if isinstance(self.flag, tuple) else ""

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes and the legend; make points, flags and the threshold's line."""
        data, figure = stage.trace.data, axes.get_figure(root=True)
        assert figure is not None
        projection = stage.projection(self.features, 2)
        frame_axes(axes, stage, projection, with_others=True)
        points = projection.points(data.points)
        others = None if data.others is None else projection.points(data.others)
        cloud = point_cloud(axes, points, theme)
        # Of no component, they have no component's hue.
        style: dict[str, Any] = {"linestyle": "none", "markeredgecolor": theme.outline, "clip_on": True}
        markers = Line2D(
            [], [], marker="^", markersize=2.3 * cloud.radius, markerfacecolor=theme.muted, alpha=0.9, **style
        )
        flags = rings(axes, cloud.radius, theme)
        line = LineCollection([], colors=theme.text, linewidths=theme.mark_px(2.6), linestyles=(0, (4, 2)))
        # The counts replace the title; this blank one makes the layout leave room for them.
        axes.set_title(" \n " if data.others is not None else " ")
        counts = Label(
            0.0,
            1.0,
            "",
            transform=axes.transAxes + ScaledTranslation(0, theme.px(12) / 72, figure.dpi_scale_trans),
            ha="left",
            va="bottom",
            color=theme.text,
            fontproperties=theme.font("bold"),
            fontsize=theme.px(23),
        )
        for artist, order in ((markers, 3), (line, 5), (counts, 6)):
            animated(axes, artist, order)
        counts.set_clip_on(False)
        grid = DensityGrid(stage.limits(projection, with_others=True), CELLS, corners=True)
        return _Props(projection, points, others, cloud, markers, flags, line, grid, counts)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Flag the points whose density under the present mixture is below the threshold."""
        data = stage.trace.data
        scores = frame.mixture.log_prob(data.observed, data.missing)
        share = share_at(self.flag, frame)
        threshold = float(np.quantile(scores, share))
        flagged = scores < threshold
        places = [props.points[flagged]]
        percent = f"{100 * share:.1f}" if self.epilogue_option else f"{100 * share:.3g}"
        said = [stage.say("flagged", **_counted(flagged), share=percent)]
        if data.others is not None and props.others is not None:
            improbable = frame.mixture.log_prob(data.others) < threshold
            props.markers.set_data(*props.others.T)
            places.append(props.others[improbable])
            said.append(stage.say("flagged_others", **_counted(improbable), name=literal(data.others_name)))
        props.flags.set_data(*np.concatenate(places).T)
        props.line.set_segments(self._line(props, frame.mixture, threshold))
        props.counts.set_text("\n".join(said))
        props.cloud.follow(frame, theme)
        yield from (props.flags, props.cloud, props.markers, props.line, props.counts)

    def _line(self, props: _Props, mixture: Mixture, threshold: float) -> list[npt.NDArray[Any]]:
        """Return where the density equals the threshold, which is a line only in two dimensions."""
        if mixture.n_features != 2:
            return []
        heights = props.grid.log_density(props.projection.mixture(mixture))
        found: Any = contour_generator(props.grid.x, props.grid.y, heights).lines(threshold)
        return list(found)


def share_at(flag: Flagged, frame: Frame) -> float:
    """Return the share of the fitted points that is flagged at a moment.

    Parameters
    ----------
    flag : float or tuple of float
        A share, or one that moves to a second in the epilogue.
    frame : Frame
        Of which the epilogue's progress counts.

    Returns
    -------
    float
        Between the two shares, in equal ratios.
    """
    first, last = flag if isinstance(flag, tuple) else (flag, flag)
    return float(first * (last / first) ** frame.moment.epilogue)


def _counted(flagged: npt.NDArray[np.bool_]) -> dict[str, str]:
    return {"n": f"{np.count_nonzero(flagged):,}", "all": f"{len(flagged):,}"}
