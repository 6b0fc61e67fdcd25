"""The curve that EM descends: average negative log-likelihood against iteration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from gmmviz.arrays import Array
from gmmviz.label import Label
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.stage import Stage
from gmmviz.themes import Theme
from gmmviz.timeline import Frame


@dataclass(frozen=True, slots=True)
class _Props:
    curve: Array
    past: Line2D
    dot: Line2D
    number: Label
    decimals: int


@RENDERERS.register("likelihood")
@options
class LikelihoodRenderer(Renderer):
    """The average negative log-likelihood of each iteration, in nats per point; lower is better."""

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes and, faintly, the whole curve."""
        curve = -stage.trace.log_likelihoods / len(stage.trace.data.points)
        low, high = (-end for end in reversed(stage.log_likelihood_limits))
        room = 0.08 * (high - low) or 0.5
        last = max(stage.last_iteration, 1)
        axes.set_xlim(-0.03 * last, 1.03 * last)
        axes.set_ylim(low - room, high + room)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
        axes.set_xlabel("iteration")
        axes.set_title("average negative log-likelihood")
        axes.plot(curve, color=theme.text, alpha=0.22, linewidth=theme.px(2.4))
        past = Line2D([], [], color=theme.text, linewidth=theme.px(3.6))
        dot = Line2D(
            [],
            [],
            marker="o",
            markersize=theme.px(15),
            markerfacecolor=theme.text,
            markeredgecolor=theme.background,
            markeredgewidth=theme.px(3),
            clip_on=False,
        )
        number = Label(
            0.98,
            0.97,
            "",
            transform=axes.transAxes,
            ha="right",
            va="top",
            color=theme.text,
            fontproperties=theme.font("bold"),
            fontsize=theme.px(32),
        )
        for artist in (past, dot, number):
            animated(axes, artist, 3)
        dot.set_clip_on(False)
        # As many as tell steps of a thousandth of the whole way, in all frames: the number must not jump.
        decimals = int(np.clip(3 - np.floor(np.log10(max(high - low, 1e-6))), 0, 6))
        return _Props(curve, past, dot, number, decimals)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw the curve so far, a dot where the run is, and the last real value."""
        x = frame.position
        y = float(np.interp(x, np.arange(len(props.curve)), props.curve))
        done = np.arange(int(x) + 1)
        props.past.set_data([*done, x], [*props.curve[done], y])
        props.dot.set_data([x], [y])
        value = -frame.snapshot.log_likelihood / len(stage.trace.data.points)
        props.number.set_text(f"{value:.{props.decimals}f}".replace("-", "−"))
        yield from (props.past, props.dot, props.number)
