"""The weights of the components as bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.ticker import MaxNLocator

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import number_components
from gmmviz.artists.word import SIZE, Word, pixels_per_point
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

WIDTH = 0.72  # of a bar; from one bar to the next it is 1
ROOM = 0.4  # above the highest bar for the row of values, in heights of that bar


@dataclass(frozen=True, slots=True)
class _Props:
    bars: PolyCollection
    values: tuple[Word, ...]
    truth: LineCollection
    top: float


@RENDERERS.register("weights")
@options
class WeightsRenderer(Renderer):
    """The weight of every component as a bar; dashed ticks are the truth, where it is known."""

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes and the numbers of the components; make the bars, their values and the truth."""
        K = stage.trace.n_components
        truth = stage.truth(stage.all_features)
        true_weights = dict(zip(truth[1], truth[0].weights, strict=True)) if truth else {}
        n_bars = max(K, *(k + 1 for k in true_weights), 1)
        top = max(*(trace.weights.max() for trace in stage.cast), *true_weights.values(), 0.0)
        axes.set_xlim(0.4, n_bars + 0.6)
        axes.set_ylim(0, (1 + ROOM) * top)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=3))
        axes.grid(visible=False, axis="x")
        number_components(axes, dict(zip(range(n_bars), range(1, n_bars + 1), strict=True)), theme)
        title = stage.say("weights")
        axes.set_title(stage.say("with_truth", title=title) if truth else title)
        bars = PolyCollection([], facecolors=[theme.color(k) for k in range(K)], linewidths=0)
        ticks = LineCollection(
            [[(k + 0.52, weight), (k + 1.48, weight)] for k, weight in true_weights.items()],
            colors=theme.text,
            linewidths=theme.px(2.6),
            linestyles=[(0, (3, 2))],
        )
        for artist in (bars, ticks):
            animated(axes, artist, 3)
        words = tuple(Word(axes, theme.text, theme, weight="bold") for _ in range(K))
        return _Props(bars, words, ticks, (1 + ROOM) * top)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Set the bars to the weights, and the row of values above them to the last real ones."""
        weights = frame.mixture.weights
        props.bars.set_verts([bar(k + 1, weight) for k, weight in enumerate(weights)])
        yield from (props.bars, props.truth)
        size, top = self._letters(props.values[0], theme), props.top
        for k, (word, real) in enumerate(zip(props.values, frame.snapshot.mixture.weights, strict=True), 1):
            word.put(f"{real:.2f}", (k, top), size, offset=(0, -0.5 * size))
            yield word

    def _letters(self, word: Word, theme: Theme) -> float:
        """Return the size of letters at which the values fit beside each other and above the bars."""
        axes = word.axes
        assert axes is not None
        (left, right), per_point = axes.get_xlim(), pixels_per_point(word)
        slot = axes.bbox.width / (right - left) / per_point
        height = ROOM / (1 + ROOM) * axes.bbox.height / per_point
        return min(theme.px(SIZE), height, 0.8 * slot / word.width("0.00", 1.0))


def bar(place: float, height: float) -> Array:
    """Return the corners of a bar, shape (4, 2)."""
    left, right = place - WIDTH / 2, place + WIDTH / 2
    return np.array([(left, 0), (left, height), (right, height), (right, 0)])
