"""Responsibilities as stacked bars: one thin bar per point, one color per component."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import number_components
from gmmviz.artists.point_cloud import SOLID, STEP_BACK
from gmmviz.artists.raster import Colors, Raster
from gmmviz.engine.trace import Trace
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.cells import refuse_cells
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

BARS = 300  # at most, in a picture 720 pixels high: about as many as a small panel has columns of pixels
ROWS = 200  # steps of a bar's height
NARROW = 0.04  # share of the points; the number of a component that has fewer would not fit under them


@dataclass(frozen=True, slots=True)
class _Props:
    order: npt.NDArray[np.intp]
    first: npt.NDArray[np.intp]
    image: Raster

    def bars(self, responsibilities: Array) -> Array:
        """Mean responsibilities of the points of each bar, shape (bars, K)."""
        ordered = responsibilities[self.order]
        if len(self.first) == len(ordered):
            return ordered
        sizes = np.diff(np.append(self.first, len(ordered)))
        means: Array = np.add.reduceat(ordered, self.first) / sizes[:, None]
        return means


@RENDERERS.register("responsibilities")
@options
class ResponsibilitiesRenderer(Renderer):
    """Every point as a thin bar, divided among the components as its responsibilities are.

    The order of the points is the same in the whole film: by the component that they belong to in the end, and
    there from the most to the least certain. A bar is the mean of several points where they are too many.
    """

    def check(self, stage: Stage) -> None:
        """Refuse points that are not told from each other."""
        refuse_cells(stage.trace.data, "the panel has a bar for each point")

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes and the components' numbers; make the image of the bars."""
        n_points = stage.trace.n_points
        several = -(-n_points // max(1, int(theme.mark_px(BARS))))
        order, counts = _sorted(stage.trace)
        first = np.arange(0, n_points, several)
        axes.set_xlim(0, n_points)
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
        axes.grid(visible=False)
        axes.set_title(stage.say("bar_per_points", n=several) if several > 1 else stage.say("bar_per_point"))
        ends = np.cumsum(counts)
        wide = [k for k, count in enumerate(counts) if count >= NARROW * n_points]
        number_components(axes, {k: ends[k] - counts[k] / 2 for k in wide}, theme)
        image = Raster(np.array([[0, n_points], [0, 1]]), 1)
        animated(axes, image, 2)
        return _Props(order, first, image)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Paint the bars, which have no component's color before the first E-step.

        Later E-steps leave the bars strong that change, in proportion, and M-steps none.
        """
        K = stage.trace.n_components
        palette = theme.point_colors(np.eye(K), frame.coloring)
        bars = stacked(props.bars(frame.responsibilities), palette)
        on_points, on_components = frame.attention
        if on_components:
            bars = faded(bars, np.full(1, 1 - STEP_BACK * on_components), theme.background)
        elif on_points and frame.coloring == 1:
            changes = props.bars(frame.changes[:, None])[:, 0]
            bars = faded(bars, 1 - STEP_BACK * on_points * (1 - np.minimum(SOLID * changes, 1)), theme.background)
        props.image.set_paint(partial(_sampled, bars))
        yield props.image


def _sorted(trace: Trace) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the points' order, and how many of them belong to each component in the end."""
    final = trace.responsibilities(-1)
    labels = final.argmax(axis=1)
    order = np.lexsort((-final.max(axis=1), labels))
    return order, np.bincount(labels, minlength=trace.n_components)


def _sampled(bars: Colors, limits: Array, shape: tuple[int, int]) -> Colors:
    """Return the bars as an image of so many columns and rows."""
    columns, rows = (np.arange(n) * size // n for n, size in zip(shape, bars.shape[1::-1], strict=True))
    sampled: Colors = bars[rows[:, None], columns]
    return sampled


def faded(bars: Colors, presence: Array, background: str) -> Colors:
    """Return bars, shape (ROWS, bars, 4), of which only so much shows before the background, shape (bars,)."""
    ground = 255 * np.array(to_rgba(background), np.float32)
    shown: Colors = np.rint(ground + presence[:, None].astype(np.float32) * (bars - ground)).astype(np.uint8)
    return shown


def stacked(shares: Array, colors: Array) -> npt.NDArray[np.uint8]:
    """Return bars as an image.

    Parameters
    ----------
    shares : ndarray, shape (bars, K)
        Each row sums to 1.
    colors : ndarray, shape (K, 3)
        sRGB from 0 to 1.

    Returns
    -------
    ndarray, shape (ROWS, bars, 4)
        Opaque RGBA; the first row is the lowest, and the first component too.
    """
    K = shares.shape[1]
    tops = np.rint(ROWS * np.cumsum(shares, axis=1)).astype(np.intp)
    tops[:, -1] = ROWS
    heights = np.diff(tops, axis=1, prepend=0)
    inks = np.full((K, 4), 255, dtype=np.uint8)
    inks[:, :3] = np.rint(255 * colors)
    packed = np.repeat(np.tile(inks.view(np.uint32).ravel(), len(shares)), heights.ravel())
    return np.ascontiguousarray(packed.reshape(-1, ROWS).T).view(np.uint8).reshape(ROWS, -1, 4)
