"""The 2D view: points in the colors of their components, components as ellipses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from pydantic import Field

from gmmviz.artists.class_labels import ClassLabels
from gmmviz.artists.ellipses import MOST, Ellipses, Radii, ThinEllipses, ghosts, mass_note
from gmmviz.artists.followed import Follow, Followed, check_followed, means_of
from gmmviz.artists.glyphs import Glyphs, Points, check_glyphs, key_of_shapes
from gmmviz.artists.marked_points import MarkedPoints, drawn_points, mark_notes
from gmmviz.artists.mean_colors import check_colors, in_mean_colors
from gmmviz.artists.means import MeanMark, mean_marks, moved_marks, past_means
from gmmviz.artists.point_cloud import PointCloud, point_radius
from gmmviz.artists.regions import RegionMap
from gmmviz.artists.rings import CLOSE, rings
from gmmviz.errors import InputError
from gmmviz.mixture.matching import disagree
from gmmviz.options import Flag, options
from gmmviz.renderers.base import RENDERERS, Aspect, Renderer, frame_axes
from gmmviz.storyboard.cells import refuse_cells
from gmmviz.storyboard.frame import Frame, frame_at
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme
from gmmviz.themes.color import mixed

FEW = 30  # known points that names keep clear of
GRAY = 0.4  # of muted ink, behind points in mean colors
Mass = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True, slots=True)
class _Props:
    projection: Projection
    map: RegionMap | None
    cloud: PointCloud | Glyphs | MarkedPoints | None
    rings: Line2D | None
    followed: Followed | None
    ellipses: Ellipses
    thin: ThinEllipses | None  # of the film's other runs
    labels: ClassLabels | None
    marks: tuple[MeanMark, ...]
    theme: Theme  # with the components' colors in this panel


@RENDERERS.register("ellipses")
@options
class EllipseRenderer(Renderer):
    """Points in the blended colors of their responsibilities, components as ellipses around their means."""

    width = 2.0

    radii: Radii | None = None
    """Mahalanobis radii of the ellipses; 1, 2 and 3 hold 39 %, 86 % and 99 % of a component. Default: 1 and 2.
    k-means, which knows no covariances, is drawn as means and the borders between them."""
    masses: Annotated[tuple[Mass, ...], Field(max_length=MOST)] | None = None
    """Instead of radii: the shares of a component that the ellipses hold, such as [0.5, 0.95]."""
    truth: Flag = False
    """Draw the mixture that the data was drawn from, dashed, in the colors of the components that match it."""
    background: Literal["plain", "regions", "uncertainty"] = "plain"
    """Tint the plane by the component that a point there would belong to, or by how uncertain that is."""
    colors: Literal["components", "means"] = "components"
    """The components' hues; or, of the pixels of an image, the mean colors that they have in the end."""
    labels: Flag = False
    """Write each known label of the data where its points are: at their mean."""
    reverse: tuple[Literal["x", "y"], ...] = ()
    """Axes that run from right to left ('x') or from top to bottom ('y'), as phoneticians draw vowels."""
    trails: Flag = True
    """Draw the path of each mean so far."""
    points: Points = "dots"
    """Draw the points as dots; as pies of their responsibilities, up to 150 points; in the shapes of up to 6
    components, blended as their colors are, for who cannot tell hues; or not at all (false)."""
    follow: Follow = ()
    """Points by number from 1, at most 5, that have a ring and a bar of their responsibilities."""
    differ: Flag = False
    """Ring, in the film's epilogue, the points that its first two runs give to different components."""
    all_runs: Flag = False
    """Draw one panel of all runs of the film: the first as usual, with its points, and the ellipses of the others
    thin, as for fits of resampled points."""
    aspect: Aspect = "auto"
    """'equal' makes one unit of x as long as one of y, so that round is round, and widens limits for that; 'auto'
    fills the panel."""
    features: Features = None
    """Two features, by name or number from 1, or 'pca'; by default all, or the principal components of many."""

    def __post_init__(self) -> None:
        if self.radii is not None and self.masses is not None:
            raise InputError("the ellipses are given by radii or by masses, not by both: leave one out")

    @property
    def outlines(self) -> tuple[float, ...]:
        """Mahalanobis radii of the ellipses, from the outermost in."""
        if self.masses is not None:
            return tuple(sorted((float(np.sqrt(-2 * np.log1p(-mass))) for mass in self.masses), reverse=True))
        return tuple(sorted((1.0, 2.0) if self.radii is None else self.radii, reverse=True))

    @property
    def reach(self) -> float:
        """Limits make room for the largest ellipse."""
        return max(self.outlines, default=0.0)

    @property
    def epilogue_option(self) -> str:
        """Two runs differ once they have ended."""
        return "differ" if self.differ else ""

    @property
    def shared(self) -> bool:
        """The panel of all runs is drawn once."""
        return self.all_runs

    @property
    def broad(self) -> bool:
        """It needs as much room as the panels of each run."""
        return self.all_runs

    def _radii(self, stage: Stage) -> tuple[float, ...]:
        """The ellipses to draw: none of k-means, which knows nothing of covariances."""
        return self.outlines if stage.trace.algorithm.constrain is None else ()

    def check(self, stage: Stage) -> None:
        """Refuse data of one feature, a truth that is not known, and labels that the data lacks."""
        projection = stage.projection(self.features, 2)
        if self.truth:
            stage.known_truth(projection)
        if self.colors == "means":
            if stage.trace.data.shape is None:
                raise InputError(
                    f"mean colors are those of pixels, but {stage.trace.data.name} is no image: leave colors out, "
                    'or use dataset = "image"',
                    "colors",
                )
            check_colors(stage.trace.data)
        if self.labels:
            refuse_cells(stage.trace.data, "labels are those of points", "labels")
        if self.labels and stage.trace.data.labels is None:
            raise InputError(f"{stage.trace.data.name} has no labels to write: leave labels out", "labels")
        if self.differ and (len(stage.cast) < 2 or len({trace.n_points for trace in stage.cast[:2]}) > 1):
            raise InputError(
                "there are no two runs of the same points that could differ: leave differ out, or add a run",
                "differ",
            )
        if self.differ:
            refuse_cells(stage.trace.data, "differ marks points", "differ")
        check_glyphs(self.points, stage)
        check_followed(self.follow, stage)

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes; make the points, ellipses, trails and numbered means."""
        thin = None
        if self.all_runs:
            others = [replace(stage, trace=trace) for trace in stage.cast[1:]]
            hues = [[theme.in_order(own.hues).color(k) for k in range(own.trace.n_components)] for own in others]
            thin = ThinEllipses(axes, self.outlines, hues, stage.limits(stage.projection(self.features, 2)), theme)
            stage = replace(stage, trace=stage.cast[0])
            theme = theme.in_order(stage.hues)
        theme = self._inked(axes, stage, theme)
        projection = stage.projection(self.features, 2)
        frame_axes(axes, stage, projection, reverse=self.reverse, aspect=self.aspect)
        notes = [note for note in (literal(projection.note), mass_note(self._radii(stage), stage.words)) if note]
        if self.truth:
            notes.append(stage.say("truth"))
        if self.points == "shapes":
            notes.append(key_of_shapes(stage.trace.n_components))
        if self.points:
            notes += mark_notes(stage.trace.data, projection, stage)
        axes.set_title("; ".join(notes), color=theme.muted)
        # k-means is known by its borders; but in a projection they would not be those of the algorithm.
        borders = stage.trace.algorithm.constrain is not None and not projection.note
        map_ = RegionMap(axes) if borders or self.background != "plain" else None
        for outline in ghosts(stage, projection, (self.reach or 1.0,), theme) if self.truth else ():
            axes.add_patch(outline)
        n_components = stage.trace.n_components
        places = projection.points(stage.trace.data.points)
        cloud = drawn_points(axes, self.points, stage.trace.data, projection, theme)
        radius = cloud.radius if cloud else None
        circles = None
        if self.differ:
            circles = rings(axes, radius or theme.mark_px(point_radius(len(places))), theme, CLOSE)
            circles.set_data(*places[disagree(*(trace.labels(-1) for trace in stage.cast[:2]))].T)
        followed = None
        if self.follow:
            means = means_of(stage.trace, projection)
            followed = Followed(axes, self.follow, places, n_components, theme, radius, means)
        ellipses = Ellipses(
            axes,
            self._radii(stage),
            [theme.color(k) for k in range(n_components)],
            stage.limits(projection),
            widths=(theme.mark_px(3.2), theme.mark_px(2.6)),
            outer=0.75,
            fill=0.09,
        )
        labels = self._labels(axes, stage, projection, theme) if self.labels else None
        marks = mean_marks(axes, n_components, theme)
        return _Props(projection, map_, cloud, circles, followed, ellipses, thin, labels, marks, theme)

    def _inked(self, axes: Axes, stage: Stage, theme: Theme) -> Theme:
        """Return the theme with the colors asked for; mean colors stand on a gray that hides none."""
        if self.colors == "components":
            return theme
        gray = bytes(mixed(theme.background, [theme.muted], np.array([[GRAY]]))[0, :3].tolist())
        axes.set_facecolor(f"#{gray.hex()}")
        axes.grid(False)
        return in_mean_colors(theme, stage.trace)

    def _labels(self, axes: Axes, stage: Stage, projection: Projection, theme: Theme) -> ClassLabels:
        data = stage.trace.data
        assert data.labels is not None
        points = projection.points(data.points)
        names = [name for name in dict.fromkeys(data.labels.tolist()) if name != ""]  # which stands for none
        places = np.array([points[data.labels == name].mean(axis=0) for name in names])
        badges = projection.points(stage.trace[-1].mixture.means)
        if data.known is not None and (known := data.known >= 0).sum() <= FEW:
            badges = np.concatenate([badges, points[known]])  # whose rims should be seen
        return ClassLabels(axes, [str(name) for name in names], places, badges, theme)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Color the points; then draw the ellipses, and the means over them."""
        theme, moment = props.theme, frame.moment
        if props.thin:
            frame = frame_at(stage.cast[0], moment)
        mixture = props.projection.mixture(frame.mixture)
        if props.map is not None:
            yield props.map.tinted(mixture, frame.coloring, theme, uncertain=self.background == "uncertainty")
        if props.rings and frame.moment.epilogue > 0:  # behind the points, whose colors say what differs
            props.rings.set_alpha(frame.moment.epilogue)
            yield props.rings
        if props.cloud:
            props.cloud.follow(frame, theme)
            yield props.cloud
        if props.thin:
            others = (frame_at(trace, moment).mixture for trace in stage.cast[1:])
            yield props.thin.moved([props.projection.mixture(other) for other in others])
        yield from props.ellipses.moved(mixture, frame.attention.points)
        past = past_means(frame, props.projection) if self.trails else None
        yield from moved_marks(props.marks, mixture.means, mixture.weights, past)
        if props.labels:
            yield from props.labels.drawn()
        if props.followed:
            yield from props.followed.moved(frame)
