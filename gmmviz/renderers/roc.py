"""What a threshold of the density catches, against its false alarms: the receiver operating characteristic (ROC).

A threshold flags the points of a lower density. Fitted points that it flags are false alarms, and points that were
not fitted are caught (Fawcett 2006, Pattern Recognition Letters 27: 861).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from gmmviz.arrays import Array
from gmmviz.artists.history import Dots, few_ticks
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.renderers.score import Flagged, share_at
from gmmviz.storyboard.cells import refuse_cells
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

BEYOND = 2.0  # times the largest share flagged, to which the axis of false alarms goes
STEP = 10.0  # percent caught: the axis begins at a multiple of it
ROOM = 0.04  # of an axis, left free at its ends
MOST = 400  # thresholds of a curve


@dataclass(frozen=True, slots=True)
class _Props:
    lines: LineCollection
    dot: Dots


@RENDERERS.register("roc")
@options
class RocRenderer(Renderer):
    """What thresholds of the density catch of the points that were not fitted, against their false alarms (ROC).

    The dot is the threshold that `flag` says; what lower ones catch is drawn strong.
    """

    flag: Flagged = 0.02
    """The share of the fitted points that the threshold flags; two shares move it in the epilogue. The axis goes
    to twice the largest."""

    @property
    def epilogue_option(self) -> str:
        """A second share, to which the threshold moves."""
        return "flag" if isinstance(self.flag, tuple) else ""

    def check(self, stage: Stage) -> None:
        """Refuse data of which nothing is left to catch."""
        data = stage.trace.data
        refuse_cells(data, "the panel ranks points")
        if data.others is None or not len(data.others):
            raise InputError(
                f"all points of {data.name} were fitted, so there is nothing to catch: leave the panel out, or "
                'fit the rows of one label, such as fit = "genuine" of swiss_banknotes'
            )

    @property
    def _farthest(self) -> float:
        return 100 * min(1.0, BEYOND * max(self.flag if isinstance(self.flag, tuple) else (self.flag,)))

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes, with room for the lowest curve of all runs; make the curve and the dot."""
        right = self._farthest
        ends = [
            curve(snapshot.mixture, trace.data.points, _others(trace.data.others), right)[1, 1]
            for trace in stage.cast
            for snapshot in (trace[0], trace[-1])
        ]
        low = STEP * np.floor(min(ends) / STEP) if min(ends) < 100 else 100 - STEP
        axes.set_xlim(-ROOM * right, (1 + ROOM) * right)
        axes.set_ylim(low - ROOM * (100 - low), 100 + ROOM * (100 - low))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(few_ticks())
        axes.set_xlabel(stage.say("false_alarms"))
        axes.set_ylabel(stage.say("caught"))
        axes.set_title(stage.say("roc"))
        lines = LineCollection(
            [], colors=[theme.muted, theme.text], linewidths=[theme.px(2.4), theme.px(3.6)], capstyle="round"
        )
        animated(axes, lines, 3)
        return _Props(lines, Dots(axes, [theme.text], theme.px(17), theme))

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw the curve of the present mixture, and the dot on it."""
        data, others = stage.trace.data, _others(stage.trace.data.others)
        scores = frame.mixture.log_prob(data.points)
        threshold = np.quantile(scores, share_at(self.flag, frame))
        now = 100 * np.array([(scores < threshold).mean(), (frame.mixture.log_prob(others) < threshold).mean()])
        whole = curve(frame.mixture, data.points, others, self._farthest)
        past = np.vstack([whole[(whole <= now).all(axis=1)], now])
        props.lines.set_segments([whole, past])
        props.dot.put(now[None].tolist())
        yield from (props.lines, props.dot)


def _others(others: Array | None) -> Array:
    assert others is not None  # `check` has seen to it
    return others


def curve(mixture: Mixture, fitted: Array, others: Array, farthest: float = 100.0) -> Array:
    """Return the corners of the curve that all thresholds make, from those that flag nothing.

    Parameters
    ----------
    mixture : Mixture
    fitted, others : ndarray, shape (N, D) and (M, D)
    farthest : float
        Percent of false alarms at which it ends.

    Returns
    -------
    ndarray, shape (n, 2)
        Percent of false alarms and percent caught.
    """
    scores, their = np.sort(mixture.log_prob(fitted)), np.sort(mixture.log_prob(others))
    n = len(scores)
    flagged = np.unique(np.linspace(0, n * farthest / 100, MOST).astype(int))
    # The highest threshold that flags so many fitted points is the score of the next one.
    caught = np.searchsorted(their, np.append(scores, np.inf)[flagged]) / len(their)
    corners = 100 * np.column_stack([np.repeat(flagged / n, 2)[1:], np.repeat(caught, 2)[:-1]])
    return np.vstack([[[0.0, 0.0]], corners])
