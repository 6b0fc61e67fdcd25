"""The E-step taken apart: one point asks every component, and what they answer is divided by their sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from gmmviz.arrays import Array
from gmmviz.artists.numerals import decimals_for, power_of_ten
from gmmviz.artists.word import SIZE, Word, pixels_per_point
from gmmviz.engine.fast import tell
from gmmviz.engine.trace import Trace, shares
from gmmviz.errors import InputError, counted
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Count, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

LONGEST = 0.8  # of the bar of responsibilities, that the largest sum of all iterations is long
THICK = 0.62  # of a bar; from one row to the next it is 1
WHOLE = 1.0  # the same of the bar of responsibilities
BELOW = 1.3  # rows from the last component's to that bar
GONE, STACKED, RESTED, STRETCHED = 0.15, 0.45, 0.6, 0.9  # of an E-step: the old bar is gone, the new one joined,
# its sum read, and it is stretched to 1
SUM = 0.5  # rows below it for their sum
BESIDE = 10  # pixels of a 720-pixel-high picture between a bar and its number
FADED = 0.65  # of the bars' opacity, that they lose while copies of them are on the way
DIGITS = 2  # of a density, behind its first


@dataclass(frozen=True, slots=True)
class _Props:
    point: int
    top: float  # log of the largest sum
    decimals: int
    bars: PolyCollection
    pieces: PolyCollection
    frame: PolyCollection
    numbers: tuple[Word, ...]
    shares: tuple[Word, ...]
    sum: Word


@RENDERERS.register("asked")
@options
class AskedRenderer(Renderer):
    """One point, and the weighted density of every component at it; an E-step divides them by their sum.

    The bars of an E-step join end to end, and are stretched until together they are 1: the responsibilities. These
    stay as they are while the components move, and the densities with them. A run with another E-step, as while
    annealing, stretches to its own responsibilities.
    """

    point: Count = 1
    """The point by number from 1, in the order of the data; `follow` rings it in other panels."""

    def check(self, stage: Stage) -> None:
        """Refuse a point that is not there, and one that is not asked because its component is known."""
        for trace in stage.cast:
            if self.point > trace.n_points:
                points = counted(trace.n_points, "point")
                raise InputError(
                    f"there is no point {self.point:,} to ask: {trace.data.name} has {points}, the first of them "
                    "1",
                    "point",
                )
            if trace.data.known is not None and trace.data.known[self.point - 1] >= 0:
                raise InputError(
                    f"the component of point {self.point:,} is known, so no E-step asks it: choose another",
                    "point",
                )

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the numbers of the components and the frame of the bar; make the bars and what is written."""
        K, n = stage.trace.n_components, self.point - 1
        top = max(float(np.logaddexp.reduce(answers(t, s.mixture, n))) for t in stage.cast for s in t)
        axes.set_xlim(0, 1)
        axes.set_ylim(K - 1 + BELOW + WHOLE / 2 + SUM, -0.75)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        axes.set_xticks([])
        axes.set_yticks(range(K), [str(k + 1) for k in range(K)])
        axes.tick_params(axis="y", length=0)
        for k, tick in enumerate(axes.get_yticklabels()):
            tick.set(color=theme.color(k), fontproperties=theme.font("bold"), fontsize=theme.px(SIZE))
        axes.set_title(stage.say("asked", n=self.point))
        hues = [theme.color(k) for k in range(K)]
        frame = PolyCollection(
            [rectangle(0, 1, K - 1 + BELOW, WHOLE)],
            facecolors="none",
            edgecolors=theme.muted,
            linewidths=theme.px(1.6),
        )
        frame.set_clip_on(False)
        bars, pieces = (PolyCollection([], facecolors=hues, linewidths=0) for _ in range(2))
        for artist, zorder in ((bars, 3), (pieces, 3.5), (frame, 4)):
            animated(axes, artist, zorder)
        numbers = tuple(Word(axes, theme.text, theme, align="left") for _ in hues)
        shares = tuple(Word(axes, theme.ink_on(hue), theme, weight="bold") for hue in hues)
        total = Word(axes, theme.text, theme, align="left")
        return _Props(
            n, top, decimals_for(float(np.exp(top)), DIGITS), bars, pieces, frame, numbers, shares, total
        )

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Set the bars to the present densities, and the bar below them to what the E-step has made of them."""
        n, size = props.point, theme.px(SIZE)
        logs = answers(stage.trace, frame.mixture, n)
        lengths = LONGEST * np.exp(logs - props.top)
        bottom = len(logs) - 1 + BELOW
        earlier, later, progress = frame.blend
        asks = frame.moment.phase in ("e", "end") and (earlier < later or frame.coloring < 1) and progress < 1
        away = progress if asks else 0.0
        props.bars.set_verts([rectangle(0, length, k, THICK) for k, length in enumerate(lengths)])
        props.bars.set_alpha(1 - FADED * step(away, GONE, GONE + 0.1))
        yield props.bars
        for k, word in enumerate(props.numbers):
            word.put(number(logs[k], props.decimals), (float(lengths[k]), k), size, (theme.px(BESIDE), 0.0))
        yield from props.numbers
        old, new = (shares(stage.trace, t, slice(n, n + 1))[0] for t in (earlier, later))
        if asks and progress > GONE:
            begins, widths, heights, thick = on_the_way(lengths, new, progress, bottom)
            shown, printed, legible = 1.0, new, step(progress, STRETCHED, 1)
        else:
            widths = old if asks else frame.responsibilities[n]
            begins, heights, thick = np.cumsum(widths) - widths, np.full(len(widths), bottom), WHOLE
            shown = (1 - progress / GONE) * (frame.coloring == 1) if asks else frame.coloring
            printed = old if asks else frame.settled[n]
            legible = shown * (1 - np.sin(np.pi * progress) if earlier < later and progress < 1 else 1.0)
        if shown > 0:
            every = zip(begins, widths, heights, strict=True)
            props.pieces.set_verts([rectangle(x, x + width, y, thick) for x, width, y in every])
            props.pieces.set_alpha(shown)
            yield props.pieces
        if asks and (
            seen := step(progress, STACKED - 0.1, STACKED) * step(1 - progress, 1 - STRETCHED, 1 - RESTED)
        ):
            total = number(float(np.logaddexp.reduce(logs)), props.decimals)
            props.sum.put(stage.say("asked_sum", sum=total), (0.0, bottom + WHOLE / 2), size, (0.0, -0.8 * size))
            props.sum.set_alpha(seen)
            yield props.sum
        yield props.frame
        yield from _written(props, begins, widths, printed, legible, bottom, theme)


def _written(
    props: _Props, begins: Array, widths: Array, printed: Array, legible: float, bottom: float, theme: Theme
) -> Iterable[Word]:
    """Write each responsibility on its part of the bar, if it has room."""
    axes = props.frame.axes
    assert axes is not None
    room = axes.bbox.width / pixels_per_point(props.frame)
    for word, begin, width, share in zip(props.shares, begins, widths, printed, strict=True):
        text, size = f"{share:.2f}", theme.px(SIZE)
        if legible > 0 and word.width(text, size) < 0.9 * width * room:
            word.put(text, (float(begin + width / 2), bottom), size)
            word.set_alpha(float(legible))
            yield word


def answers(trace: Trace, mixture: Mixture, n: int) -> Array:
    """Return the logs of weight times density of each component at a point, shape (K,), as an E-step does."""
    data = trace.data
    joint = mixture.log_joint(data.observed[n : n + 1], data.missing)
    if data.known is not None:
        tell(joint, data.known[n : n + 1])
    found: Array = joint[:, 0]
    return found


def on_the_way(lengths: Array, shares: Array, progress: float, bottom: float) -> tuple[Array, Array, Array, float]:
    """Return where copies of the bars are while they join, and while together they are stretched to 1.

    Parameters
    ----------
    lengths : ndarray, shape (K,)
        Of the bars.
    shares : ndarray, shape (K,)
        The responsibilities, which they become.
    progress : float
        Of the E-step.
    bottom : float
        The row where they join.

    Returns
    -------
    begins, widths, rows : ndarray, shape (K,)
    thickness : float
    """
    joined, stretched = step(progress, GONE, STACKED), step(progress, RESTED, STRETCHED)
    widths = lengths + stretched * (shares - lengths)
    begins = joined * (np.cumsum(widths) - widths)
    rows = np.array([k * (1 - joined) + joined * bottom for k in range(len(lengths))])
    return begins, widths, rows, THICK + joined * (WHOLE - THICK)


def step(progress: float, begin: float, end: float) -> float:
    """Return how far a part of a movement is, smoothly from 0 where it begins to 1 where it ends."""
    part = min(max((progress - begin) / (end - begin), 0.0), 1.0)
    return part * part * (3 - 2 * part)


def number(log: float, decimals: int) -> str:
    """Return a density as it is printed; one that would be 0 in so many decimals, by its power of ten.

    Parameters
    ----------
    log : float
        Its natural logarithm.
    decimals : int

    Returns
    -------
    str

    Examples
    --------
    >>> [number(float(np.log(density)), 4) for density in (0.01234, 0.00007)], number(-1000.0, 4)
    (['0.0123', '0.0001'], '5 × 10⁻⁴³⁵')
    """
    tens = log / np.log(10)
    if tens >= np.log10(0.5) - decimals and tens < 7:
        return f"{np.exp(log):.{decimals}f}"
    if not np.isfinite(log):
        return "0"
    power = int(np.floor(tens))
    digit = round(10 ** (tens - power))
    power, digit = (power + 1, 1) if digit == 10 else (power, digit)
    return f"{digit} × {power_of_ten(power)}"


def rectangle(left: float, right: float, row: float, thickness: float) -> Array:
    """Return the corners of a bar in a row, shape (4, 2)."""
    low, high = row - thickness / 2, row + thickness / 2
    return np.array([(left, low), (left, high), (right, high), (right, low)])
