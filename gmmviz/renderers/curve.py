"""The 1D view: the mixture's density as a curve over a histogram, with the points below in their colors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.artists.ellipses import STEP_BACK
from gmmviz.artists.followed import Follow, Followed, check_followed
from gmmviz.artists.glyphs import Glyphs
from gmmviz.artists.history import Dots
from gmmviz.artists.marked_points import MarkedPoints, mark_notes, marked_points
from gmmviz.artists.means import MeanMark, mean_marks, moved_marks
from gmmviz.artists.numerals import grouped, written
from gmmviz.artists.point_cloud import PointCloud, suitable_cloud
from gmmviz.artists.raster import Colors, Raster
from gmmviz.artists.word import SIZE, Word, pixels_per_point
from gmmviz.datasets import Dataset
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, Flag, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.cells import CELLS, Cells, counts_of
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme

ROOM = 1.14  # height of the axes above zero, in highest densities: the highest curve carries a number
BAND = (-0.055, -0.02)  # lower and upper edge of the responsibilities, in heights of the axes above zero
RUG = (-0.185, -0.075)  # the same of the points
BELOW = -0.21  # lower end of the axes
FILL, STEM = 0.16, 0.7  # opacity of what is below a curve, and of the line up to its number
REGULAR = 257  # places at which every curve is evaluated
MOST_BINS = 120
PARTS = 32  # of a cell, in a histogram
WINDOWS = 50  # parts of the axis, in which at least one point is expected where the band has its full color
ASKED = 12.0  # pixels of a 720-pixel-high picture that a dot on a curve above a followed point is wide
BADGE = 27.0  # pixels of a 720-pixel-high picture between the middles of two numbers
PUSHES = 30  # after which numbers are left where they are
# In standard deviations from a mean: dense where a curve bends, and as far out as even a spike can be seen.
SIDE = np.concatenate([np.linspace(0.1, 5, 50), np.linspace(5.5, 9, 8)])
STEPS = np.concatenate([-SIDE[::-1], [0.0], SIDE])


@dataclass(frozen=True, slots=True)
class _Props:
    projection: Projection
    limits: Array  # of x, shape (2,)
    top: float  # of the axes
    band: Raster
    cloud: PointCloud | Glyphs | MarkedPoints | None
    followed: Followed | None
    asked: (
        tuple[Array, LineCollection, Dots] | None
    )  # where followed points are, lines up from there, dots on curves
    curves: tuple[_Curve, ...]
    total: tuple[Line2D, Line2D]  # and its hollow core
    marks: tuple[MeanMark, ...]
    peaks: tuple[Word, ...]  # how high the curves go that leave the picture


@dataclass(frozen=True, slots=True)
class _Curve:
    fill: PathPatch
    line: Line2D
    stem: Line2D  # from zero to the mean's number

    def step_back(self, presence: float) -> None:
        """Show so much of the curve."""
        self.fill.set_alpha(FILL * presence)
        self.line.set_alpha(presence)
        self.stem.set_alpha(STEM * presence)


@RENDERERS.register("curve")
@options
class CurveRenderer(Renderer):
    """One feature: a histogram, each component's weighted density, their sum, and the points below."""

    width = 2.0

    bins: Literal["auto", "none"] | Annotated[Count, Field(le=2000)] = "auto"
    """Bars of the histogram: how many, as many as suit the data ('auto'), or 'none'."""
    points: Flag = True
    """Draw the points, below the axis; their heights have no meaning but keep them apart."""
    follow: Follow = ()
    """Points by number from 1, at most 5, that have a ring, a bar of their responsibilities, and a line up with a
    dot where it meets each component's curve."""
    truth: Flag = False
    """Draw the density of the mixture that the data was drawn from, dashed."""
    features: Features = None
    """One feature, by name or number from 1, or 'pca'; by default the only one, or the principal component."""

    @property
    def reach(self) -> float:
        """Limits make room for curves to fall to a twentieth of their height."""
        return 2.5

    def check(self, stage: Stage) -> None:
        """Refuse a truth that is not known."""
        projection = stage.projection(self.features, 1)
        if self.truth:
            stage.known_truth(projection)
        check_followed(self.follow, stage)

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes, the histogram and the truth; make the curves, the points and the numbered means."""
        projection = stage.projection(self.features, 1)
        (limits,) = stage.limits(projection)
        top = ROOM * self._highest(stage, projection)
        _frame(axes, projection, limits, top, stage)
        notes = mark_notes(stage.trace.data, projection, stage) if self.points else []
        axes.set_title("; ".join([literal(projection.note) or stage.say("curves"), *notes]), color=theme.muted)
        x = projection.points(stage.trace.data.points)[:, 0]
        if self.bins != "none":
            bars = _bars(stage.trace.data, projection, self.bins)
            axes.stairs(*bars, fill=True, color=theme.muted, alpha=0.25, linewidth=0)
            axes.stairs(*bars, color=theme.muted, linewidth=theme.mark_px(1.3))
        if self.truth:
            truth, _ = stage.known_truth(projection)
            places = curve_places(truth, limits)
            sums = component_curves(truth, places).sum(axis=0)
            width = theme.mark_px(2.4)
            axes.plot(
                places, sums, color=theme.text, alpha=0.8, linestyle="dashed", linewidth=width, label="truth"
            )
        band = Raster(np.array([limits, [BAND[0] * top, BAND[1] * top]]), 1)
        animated(axes, band, 1)
        places, n_components = _scattered(x, top), stage.trace.n_components
        cloud = None
        if self.points:
            data = stage.trace.data

            def make(some: Array, factor: float) -> PointCloud:
                return suitable_cloud(some, theme, factor, n_points=data.n_points, times=counts_of(data))

            def there(points: Array, rows: npt.NDArray[np.intp]) -> Array:
                return np.column_stack([projection.points(points)[:, 0], places[rows, 1]])

            cloud = marked_points(axes, data, projection, places, make, theme, there)
        followed = Followed(axes, self.follow, places, n_components, theme) if self.follow else None
        asked = None
        if self.follow:
            lines = LineCollection([], colors=theme.text, linewidths=theme.mark_px(1.8), linestyles=(0, (2, 2)))
            animated(axes, lines, 4.5)
            hues = [theme.color(k) for k in range(n_components)] * len(self.follow)
            asked = x[np.array(self.follow) - 1], lines, Dots(axes, hues, theme.mark_px(ASKED), theme)
        curves = tuple(_curve(axes, theme.color(k), theme) for k in range(n_components))
        # A hollow line, which differs from the components' in more than its color: one of those may be the ink's.
        total = Line2D([], [], color=theme.text, linewidth=theme.mark_px(5.2))
        core = Line2D([], [], color=theme.background, linewidth=theme.mark_px(1.8))
        for line in (total, core):
            animated(axes, line, 4)
        marks = mean_marks(axes, n_components, theme)
        peaks = tuple(Word(axes, theme.text, theme, align="right") for _ in curves)
        sums = total, core
        return _Props(projection, limits, top, band, cloud, followed, asked, curves, sums, marks, peaks)

    def _highest(self, stage: Stage, projection: Projection) -> float:
        """Return the highest density that any run of the film shows, as a curve or as a bar."""
        highest = stage.peak(projection)
        if self.bins != "none":
            for trace in stage.cast:
                heights, _ = _bars(trace.data, projection, self.bins)
                highest = max(highest, heights.max())
        return highest

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw the band of responsibilities and the points, then the curves, then the numbered means."""
        mixture = props.projection.mixture(frame.mixture)
        props.band.set_paint(partial(_band_colors, mixture, theme, stage.trace.data.total_weight))
        yield props.band
        if props.cloud:
            props.cloud.follow(frame, theme)
            yield props.cloud
        x = curve_places(mixture, props.limits)
        heights = component_curves(mixture, x)
        presence = 1 - STEP_BACK * frame.attention.points
        for curve, height in zip(props.curves, heights, strict=True):
            curve.step_back(presence)
            curve.fill.set_path(_area(x, height))
            yield curve.fill
        means = mixture.means[:, 0]
        peaks = mixture.weights / np.sqrt(2 * np.pi * mixture.covariances[:, 0, 0])
        tops = np.minimum(peaks, props.top / ROOM)  # the number stays in the picture where a spike leaves it
        places = self._apart(props, np.column_stack([means, tops]), theme)
        for curve, height, mean, end, badge in zip(props.curves, heights, means, tops, places, strict=True):
            curve.stem.set_data([mean, mean, badge[0]], [0, end, badge[1]])
            curve.line.set_data(x, height)
            yield from (curve.stem, curve.line)
        for line in props.total:
            line.set_data(x, heights.sum(axis=0))
            line.set_alpha(presence)
            yield line
        yield from moved_marks(props.marks, places, mixture.weights, None)
        for word, place, peak in zip(props.peaks, places, peaks, strict=True):
            if peak > props.top:
                text = f"↑ {grouped(written(peak, 0)) if peak >= 10 else format(peak, '.2g')}"
                word.put(text, (place[0], place[1]), theme.px(SIZE), (-theme.px(BADGE), 0.0))
                yield word
        if props.followed:
            yield from props.followed.moved(frame)
        if props.asked:
            x, lines, dots = props.asked
            answers = component_curves(mixture, x)
            lines.set_segments(
                [[(at, 0), (at, height)] for at, height in zip(x, answers.max(axis=0), strict=True)]
            )
            dots.put(np.column_stack([np.repeat(x, len(answers)), answers.T.ravel()]))
            yield from (lines, dots)

    def _apart(self, props: _Props, places: Array, theme: Theme) -> Array:
        """Return where the numbers stand: at their places, or pushed off each other where they would overlap."""
        axes = props.marks[0].dot.axes
        assert axes is not None
        scale = pixels_per_point(props.marks[0].dot)
        pixels = apart(axes.transData.transform(places), scale * theme.mark_px(BADGE), axes.bbox.y1)
        moved: Array = axes.transData.inverted().transform(pixels)
        shown = (pixels != axes.transData.transform(places)).any(axis=1)
        return np.where(shown[:, None], moved, places)


def apart(places: Array, distance: float, top: float) -> Array:
    """Push places away from each other along the lines between them until all are as far apart as stated.

    Parameters
    ----------
    places : ndarray, shape (K, 2)
        In pixels. Of equal ones the first goes to the left.
    distance : float
    top : float
        No place that is below this is pushed above it.

    Returns
    -------
    ndarray, shape (K, 2)
    """
    moved = places.copy()
    ceiling = np.maximum(places[:, 1], top)
    for _ in range(PUSHES):
        away = moved[:, None] - moved
        lengths = np.hypot(*np.moveaxis(away, -1, 0))
        first = np.sign(np.subtract.outer(np.arange(len(moved)), np.arange(len(moved))))
        away[lengths == 0] = np.stack([first, np.zeros_like(first)], axis=-1)[lengths == 0]
        push = np.maximum(distance - lengths, 0) / 2 / np.maximum(lengths, 1)
        np.fill_diagonal(push, 0)
        if not push.any():
            break
        moved = moved + (push[:, :, None] * away).sum(axis=1)
        moved[:, 1] = np.minimum(moved[:, 1], ceiling)
    return moved


def _curve(axes: Axes, color: str, theme: Theme) -> _Curve:
    fill = PathPatch(_area(np.zeros(1), np.zeros(1)), facecolor=color, alpha=FILL, linewidth=0)
    line = Line2D([], [], color=color, linewidth=theme.mark_px(2.8))
    stem = Line2D([], [], color=color, linewidth=theme.mark_px(2.0), alpha=STEM)
    for artist in (fill, stem, line):
        animated(axes, artist, 3)
    return _Curve(fill, line, stem)


def curve_places(mixture: Mixture, limits: Array) -> Array:
    """Return where to evaluate curves so that no peak is missed: evenly, and around each mean in its own sigmas.

    Parameters
    ----------
    mixture : Mixture
        Of one feature.
    limits : ndarray, shape (2,)

    Returns
    -------
    ndarray, shape (n,)
        Rising, within the limits.
    """
    around = mixture.means + np.sqrt(mixture.covariances[:, 0]) * STEPS
    places = np.sort(np.concatenate([np.linspace(limits[0], limits[1], REGULAR), around.ravel()]))
    within: Array = places[(places >= limits[0]) & (places <= limits[1])]
    return within


def component_curves(mixture: Mixture, x: Array) -> Array:
    """Return weight times density of each component at n places, shape (K, n)."""
    curves: Array = np.exp(mixture.log_joint(x[:, None]))
    return curves


def _seen(data: Dataset, projection: Projection) -> tuple[Array, Array | None]:
    """Return the values that the histogram counts, and their weights: none that the model has filled in."""
    x = projection.points(data.points)[:, 0]
    if not data.incomplete:
        return x, data.weights
    seen = ~np.isnan(data.observed[:, projection.matrix[0] != 0]).any(axis=1)
    return x[seen], None if data.weights is None else data.weights[seen]


def _bars(data: Dataset, projection: Projection, bins: Literal["auto"] | int) -> tuple[Array, Array]:
    """Return the bars of the histogram; points that are counted in cells lie evenly in each of them."""
    x, weights = _seen(data, projection)
    if not isinstance(data, Cells):
        return histogram(x, bins, weights)
    places, which = np.unique(x, return_inverse=True)
    if 1 < len(places) <= CELLS:  # else a bar would have a cell more or less than the next one
        parts = (np.arange(PARTS) + 0.5) / PARTS - 0.5
        x = (places[:, None] + parts * np.median(np.diff(places))).ravel()
        weights = np.repeat(np.bincount(which, weights) / PARTS, PARTS)
    return histogram(x, MOST_BINS if bins == "auto" else bins, weights)


def histogram(x: Array, bins: Literal["auto"] | int, weights: Array | None = None) -> tuple[Array, Array]:
    """Return the bars of a histogram whose area is 1.

    Parameters
    ----------
    x : ndarray, shape (N,)
    bins : "auto" or int
        How many bars; "auto" takes one for each value where they have weights and stand at equal distances, as
        counts do; else the narrower of those of Sturges (1926) and of Freedman & Diaconis (1981).
    weights : ndarray, shape (N,), optional
        How often each point counts.

    Returns
    -------
    heights : ndarray, shape (bins,)
        Per unit of x.
    edges : ndarray, shape (bins + 1,)
    """
    values = np.unique(x)
    apart = np.diff(values)
    if bins == "auto" and weights is not None and 1 < len(values) <= MOST_BINS and np.allclose(apart, apart[0]):
        bins, limits = len(values), (values[0] - apart[0] / 2, values[-1] + apart[0] / 2)
        heights, edges = np.histogram(x, bins, limits, weights=weights)
        return heights / (heights.sum() * np.diff(edges)), edges
    if bins == "auto":
        low, high = np.quantile(x, [0.25, 0.75])
        width = 2 * (high - low) / len(x) ** (1 / 3)
        sturges = np.log2(len(x)) + 1
        freedman_diaconis = np.ptp(x) / width if width > 0 else sturges
        bins = int(np.ceil(min(max(sturges, freedman_diaconis), MOST_BINS)))
    heights, edges = np.histogram(x, bins, weights=weights)
    return heights / (heights.sum() * np.diff(edges)), edges


def _frame(axes: Axes, projection: Projection, limits: Array, top: float, stage: Stage) -> None:
    axes.set_xlim(*limits)
    axes.set_ylim(BELOW * top, top)
    axes.set_xlabel(literal(projection.names[0]))
    axes.set_ylabel(_density(projection.names[0], stage))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= top])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_bounds(0, top)
    axes.axhline(0, color=axes.spines["left"].get_edgecolor(), linewidth=axes.spines["left"].get_linewidth())


def _density(name: str, stage: Stage) -> str:
    """Say what the density is per: the unit in the feature's name, if it has one."""
    if name not in stage.trace.data.feature_names:
        return stage.say("density_per_unit")
    if name.endswith(")") and " (" in name:
        return stage.say("density_per", unit=literal(name.rpartition(" (")[2][:-1]))
    return stage.say("density_per_unit_of", feature=literal(name))


def _scattered(x: Array, top: float) -> Array:
    """Put the points at heights that look random but spread evenly: multiples of the golden ratio, modulo 1."""
    golden = (1 + 5**0.5) / 2
    heights = RUG[0] + (RUG[1] - RUG[0]) * (np.arange(len(x)) * golden % 1)
    return np.column_stack([x, heights * top])


def _area(x: Array, y: Array) -> Path:
    """Return the outline of the area between a curve and zero."""
    return Path(np.column_stack([[x[0], *x, x[-1]], [0, *y, 0]]))


def _band_colors(mixture: Mixture, theme: Theme, n: float, limits: Array, shape: tuple[int, int]) -> Colors:
    """Return the colors that a point at each x would have, shape (rows, columns, 4).

    They fade into the background where fewer than one of n points is expected in a fiftieth of the band.
    """
    columns, rows = shape
    (left, right), _ = limits
    x = left + (right - left) * (np.arange(columns) + 0.5) / columns
    colors = theme.point_colors(mixture.responsibilities(x[:, None]), 1.0)
    row = np.full((columns, 4), 255, np.uint8)
    expected = n * (right - left) / WINDOWS * np.exp(mixture.log_prob(x[:, None]))
    background = np.array(to_rgb(theme.background))
    row[:, :3] = np.rint(255 * (background + np.minimum(expected, 1)[:, None] * (colors - background)))
    return np.broadcast_to(row, (rows, columns, 4))
