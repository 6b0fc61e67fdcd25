"""How far a run is from its end, on a logarithmic axis: slow and fast convergence are two slopes.

Near the end EM converges linearly: each iteration leaves the same share of the distance. The largest eigenvalue of
the Jacobian of EM's map is that share for the parameters (Dempster, Laird and Rubin 1977, section 4). The
log-likelihood is flat at its maximum, so that its distance shrinks by the square of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import Margin
from gmmviz.artists.history import Curve, History, along, iteration_axis
from gmmviz.artists.numerals import decimals_for, power_of_ten
from gmmviz.artists.word import LINE, SIZE, Word, pixels_per_point, spread
from gmmviz.engine.trace import Trace
from gmmviz.options import Flag, options
from gmmviz.renderers.base import RENDERERS, Renderer
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme

Of = Literal["log_likelihood", "parameters"]
TAIL = 0.5  # of the steps that are no rounding: the last ones, which the rate is estimated from
FEWEST = 3  # steps that a rate is estimated from
ROUNDING = 1e-11  # of the values; a step below this has lost the digits that a rate needs
HUGE = 1e150  # beyond this, squares are no numbers
FARTHEST = 1e12  # times the distance after the first iteration; the axis does not hold a start farther off
BESIDE = 18  # pixels of a 720-pixel-high picture between the end of a line and its words


@dataclass(frozen=True, slots=True)
class Convergence:
    """A run's distance from its limit.

    Parameters
    ----------
    distances : ndarray, shape (n,)
        Of the snapshots from the start on, each above 0. The last snapshots are left out where the distance is
        rounding.
    rate : float or None
        The share of the distance that an iteration leaves, estimated from the last steps; None where these are too
        few, or do not shrink.
    """

    distances: Array
    rate: float | None


def convergence(values: Array) -> Convergence:
    """Measure how a run converges, in one number per snapshot or in many.

    If the last steps shrink at a constant rate, the limit is extrapolated: it is as far beyond the last value as
    all steps together would reach that follow the last one at this rate. Otherwise the last value is taken for the
    limit and left out itself, and the distance just before it is too short.

    Parameters
    ----------
    values : ndarray, shape (T,) or (T, n)
        In units in which their distance is Euclidean.

    Returns
    -------
    Convergence
    """
    values = np.asarray(values, dtype=float).reshape(len(values), -1).clip(-HUGE, HUGE)
    steps = np.diff(values, axis=0)
    lengths = np.sqrt((steps**2).sum(axis=1))
    rounding = ROUNDING * max(1.0, float(np.abs(values[-1]).max()))
    (large,) = np.nonzero(lengths > rounding)
    n = int(large[-1]) + 1 if len(large) else 0  # steps that are no rounding
    first = n - max(FEWEST, int(TAIL * n))
    rate, limit = None, values[n]
    if first >= 0 and (lengths[first:n] > 0).all():
        slope = float(np.polyfit(np.arange(first, n), np.log(lengths[first:n]), 1)[0])
        if slope < 0:
            rate = float(np.exp(slope))
            limit = values[n] + steps[n - 1] * rate / (1 - rate)
    distances = np.sqrt(((values - limit) ** 2).sum(axis=1))
    (seen,) = np.nonzero(distances > rounding)
    kept = min(n + (rate is not None), int(seen[-1]) + 1 if len(seen) else 0)
    positive: Array = np.maximum(distances[:kept], rounding)
    return Convergence(positive, rate)


def parameters(trace: Trace) -> Array:
    """Weights, means and covariances of each snapshot, shape (T, n); features are divided by their spread.

    So no unit and no feature counts more than another.
    """
    spread = trace.data.points.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    T = len(trace)
    scaled = (trace.means / spread, trace.covariances / np.outer(spread, spread))
    return np.hstack([trace.weights, *(part.reshape(T, -1) for part in scaled)])


@dataclass(frozen=True, slots=True)
class _Line:
    """The line of a run, and the two lines of words at its end, the first of which may be the run's name."""

    trace: Trace
    distances: Array
    named: bool
    texts: tuple[str, str]
    words: tuple[Word, Word]


@dataclass(frozen=True, slots=True)
class _Props:
    lines: tuple[_Line, ...]
    width: float  # of the widest words, in typographic points
    history: History


@RENDERERS.register("distance")
@options
class DistanceRenderer(Renderer):
    """The distance to the end on a logarithmic axis, where a constant rate is a straight line, with its rate.

    The end is extrapolated from the last steps, as is the rate; where these are not of a constant rate, the end is
    the run's own last value. The last iterations are left out where the distance is rounding.
    """

    of: Of = "log_likelihood"
    """The distance of the log-likelihood per point, in nats ('log_likelihood'), or of all parameters in units of
    the features' standard deviations ('parameters'), whose rate is the root of the former's."""
    all_runs: Flag = False
    """Draw one panel with the lines of all runs of the film."""
    preview: Flag = False
    """Dot the rest of each line, and print the rates, before the run gets there."""

    @property
    def shared(self) -> bool:
        """The panel of all runs is drawn once."""
        return self.all_runs

    @property
    def broad(self) -> bool:
        """Lines of all runs need room."""
        return self.all_runs

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes; make the lines, the dots and the rates."""
        every = {trace: self._convergence(trace) for trace in stage.cast}
        _vertical_axis(axes, [run.distances for run in every.values()])
        iteration_axis(axes, stage.last_iteration, theme, name=stage.say("iteration"))
        axes.set_title(stage.say(f"distance_of_{self.of}"))
        cast = list(zip(stage.cast, stage.names, strict=True))
        lines = []
        for trace, name in cast if self.all_runs and len(cast) > 1 else [(stage.trace, "")]:
            run = every[trace]
            if not len(run.distances):
                continue
            rate, per = stage.say("no_rate"), ""
            if run.rate is not None:
                rate, per = f"×{rounded(run.rate)}", stage.say("per_iteration")
            texts = (typeset(name), f"{rate} {per}".strip()) if name else (rate, per)
            words = (
                Word(axes, theme.text, theme, weight="bold", align="left"),
                Word(axes, theme.text, theme, align="left"),
            )
            lines.append(_Line(trace, run.distances, bool(name), texts, words))
        size = theme.px(SIZE)
        widest = [
            word.width(text, size) for line in lines for word, text in zip(line.words, line.texts, strict=True)
        ]
        width = max(widest, default=0.0) + theme.px(BESIDE)
        Margin(axes, right=width)
        curves = [Curve(line.distances, theme.text) for line in lines]
        return _Props(
            tuple(lines), width, History(axes, curves, stage.last_iteration, theme, preview=self.preview)
        )

    def _convergence(self, trace: Trace) -> Convergence:
        values = trace.average_log_likelihoods if self.of == "log_likelihood" else parameters(trace)
        return convergence(values)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw every line so far, and a dot where it is with the run's name; the rate comes with its last step."""
        if not props.lines:
            return
        reached = [min(position_at(line.trace, frame.moment), len(line.distances) - 1.0) for line in props.lines]
        yield from props.history.moving(reached)
        axes = props.lines[0].words[0].axes
        assert axes is not None
        scale, size = pixels_per_point(props.lines[0].words[0]), theme.px(SIZE)
        ends = [len(line.distances) - 1.0 for line in props.lines]
        beside = [
            (x, along(line.distances, x, geometric=True))
            for line, x in zip(props.lines, ends if self.preview else reached, strict=True)
        ]
        pixels = axes.transData.transform(np.clip(beside, None, [np.inf, axes.get_ylim()[1]]))
        across, heights = ((pixels - axes.bbox.min) / scale).T
        room = LINE * size, axes.bbox.height / scale - LINE * size
        apart = spread(heights.tolist(), 2.4 * LINE * size, *room)
        # Words that are not one above the other stand where their dots are.
        clear = np.abs(np.subtract.outer(across, across)) / max(props.width, 1.0)
        np.fill_diagonal(clear, 2.0)
        near = np.clip(2 - clear.min(axis=0), 0, 1)
        apart = near * apart + (1 - near) * heights.clip(*room)
        for line, x, end, at, own, place in zip(props.lines, reached, ends, beside, heights, apart, strict=True):
            opacity = 1.0 if self.preview else float(np.clip(x - end + 1, 0, 1))
            opacities = (1.0 if line.named else opacity, opacity)
            for word, text, up, seen in zip(line.words, line.texts, (0.5, -0.5), opacities, strict=True):
                word.put(text, at, size, (theme.px(BESIDE), place - own + up * LINE * size))
                word.set_alpha(seen)
                yield word


def rounded(rate: float) -> str:
    """Return a rate to hundredths, or to the first digit of what it is above 0 or below 1.

    Parameters
    ----------
    rate : float
        From 0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> [rounded(rate) for rate in (0.918, 0.99512, 0.131, 0.00421)]
    ['0.92', '0.995', '0.13', '0.004']
    """
    return f"{rate:.{max(2, decimals_for(min(rate, 1 - rate), 0))}f}"


def _vertical_axis(axes: Axes, every: Iterable[Array]) -> None:
    """Make the vertical axis logarithmic, with powers of ten as its numbers."""
    shown = [run for run in every if len(run)]
    low = min((float(run.min()) for run in shown), default=0.1)
    # A start beyond all measure leaves no room for the slopes.
    high = max(
        (min(float(run.max()), FARTHEST * float(run[1:].max(initial=run[-1]))) for run in shown), default=1.0
    )
    room = max((high / low) ** 0.06, 1.5)
    axes.set_yscale("log")
    axes.set_ylim(low / room, high * room)
    first, last = int(np.ceil(np.log10(low / room))), int(np.floor(np.log10(high * room)))
    powers = range(first, last + 1, max(1, -(-(last - first + 1) // 6)))
    axes.set_yticks([10.0**power for power in powers], [power_of_ten(power) for power in powers])
    axes.yaxis.set_minor_locator(NullLocator())
