"""The curve that EM climbs or, negated, descends: log-likelihood against iteration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gmmviz.arrays import Array
from gmmviz.artists.history import (
    HUGE,
    Curve,
    History,
    absurd_steps,
    few_ticks,
    iteration_axis,
    shown_range,
)
from gmmviz.artists.label import Label
from gmmviz.engine.trace import Trace
from gmmviz.options import Flag, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme

Scale = Literal["negative_average", "average", "total"]
ALIKE = 1e-3  # of the axis's length; runs that end closer to the best than this count as equally good
NUMBER = 32  # size of the number's letters, in pixels of a 720-pixel-high picture
LONGEST = 17  # characters of a number
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, slots=True)
class _Props:
    traces: tuple[Trace, ...]
    history: History
    number: Label
    decimals: int


@RENDERERS.register("likelihood")
@options
class LikelihoodRenderer(Renderer):
    """The log-likelihood of each iteration, in nats."""

    scale: Scale = "negative_average"
    """Per point and negated, which is lower where it is better; per point ('average'); or the sum of all points
    ('total')."""
    all_runs: Flag = False
    """Draw one panel with the curves of all runs of the film, each named where it ends."""
    whole: Flag = False
    """Make room for the start, even where it is so much worse than the rest that the rest looks flat."""

    @property
    def shared(self) -> bool:
        """The panel of all runs is drawn once."""
        return self.all_runs

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the axes and, faintly, the whole curve; make the past, the dots and the number."""
        every = [self._values(trace) for trace in stage.cast]
        steps = [np.array([v for v in step if v is not None]) for step in zip_longest(*every)]
        n_absurd = absurd_steps(steps)
        low, high, cut = shown_range([np.concatenate(steps)] if self.whole else steps)
        room = 0.08 * (high - low) or 0.5
        note_room = 0.2 * (high - low) if cut else 0.0
        iteration_axis(axes, stage.last_iteration, theme, name=stage.say("iteration"))
        axes.set_ylim(low - room - note_room * (not self._falls), high + room + note_room * self._falls)
        axes.yaxis.set_major_locator(few_ticks())
        axes.set_title(stage.say(self.scale))
        traces, curves = self._curves(stage, ALIKE * (high - low), theme)
        history = History(axes, curves, stage.last_iteration, theme)
        # Enough to show a thousandth of the whole rise, and the same in all frames, or the number would jump.
        rise = float(np.ptp(np.concatenate(steps[n_absurd:]).clip(-HUGE, HUGE)))
        decimals = _digits(3, rise or abs(float(every[0][-1])) * (n_absurd > 0))
        height, align = (0.97, "top") if self._falls else (0.03, "bottom")
        number = Label(
            0.98,
            height,
            "",
            transform=axes.transAxes,
            ha="right",
            va=align,
            color=theme.text,
            fontproperties=theme.font("bold"),
            fontsize=theme.px(NUMBER),
        )
        animated(axes, number, 3)
        if cut:
            note = stage.say("starts_above" if self._falls else "starts_below")
            if not self.all_runs:
                start = curves[0].values[0]
                # Exact to a tenth of how far it is beyond the scale.
                beyond = abs(start.clip(-HUGE, HUGE) - (high if self._falls else low))
                note = f"{'↑' if self._falls else '↓'} {_written(start, _digits(1, beyond))}"
            # Beside the first step that is shown; a start by its power of ten is long, and stands at the number.
            line = theme.px(NUMBER + 6) * (-1 if self._falls else 1)
            axes.annotate(
                note,
                (0.98, height) if n_absurd else (1, height),
                xycoords="axes fraction" if n_absurd else ("data", "axes fraction"),
                xytext=(0, line) if n_absurd else (theme.px(14), 0),
                ha="right" if n_absurd else "left",
                textcoords="offset points",
                va=align,
                color=theme.muted,
            )
        return _Props(traces, history, number, decimals)

    @property
    def _falls(self) -> bool:
        return self.scale == "negative_average"

    def _values(self, trace: Trace) -> Array:
        if self.scale == "total":
            return trace.log_likelihoods
        return -trace.average_log_likelihoods if self._falls else trace.average_log_likelihoods

    def _curves(self, stage: Stage, alike: float, theme: Theme) -> tuple[tuple[Trace, ...], list[Curve]]:
        """Return the runs to show and their curves, the worst first, so that the best are painted over the others.

        Since hues belong to components, names tell the runs apart, and strong ink marks the best.
        """
        if not self.all_runs or len(stage.cast) == 1:
            return (stage.trace,), [Curve(self._values(stage.trace), theme.text)]
        sign = 1 if self._falls else -1
        loss = [sign * self._values(trace)[-1] for trace in stage.cast]
        traces, curves = [], []
        for i in np.argsort(loss, kind="stable")[::-1]:
            leads = bool(loss[i] <= min(loss) + alike)
            color = theme.text if leads else theme.muted
            traces.append(stage.cast[i])
            curves.append(Curve(self._values(stage.cast[i]), color, typeset(stage.names[i]), bold=leads))
        return tuple(traces), curves

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw every curve so far and a dot where it is; for a single run, also the last real value."""
        if self.all_runs:
            yield from props.history.moving([position_at(trace, frame.moment) for trace in props.traces])
            return
        yield from props.history.moving([frame.position])
        value = float(self._values(stage.trace)[frame.snapshot.iteration])
        props.number.set_text(_written(value, props.decimals))
        yield props.number


def _digits(n: int, size: float) -> int:
    """How many decimals show a number of this size to n more digits than its first; at most 6."""
    return int(np.clip(n - np.floor(np.log10(max(size, 1e-6))), 0, 6))


def _written(value: float, decimals: int) -> str:
    """The number as it is printed; one that would be too long to read, by its power of ten."""
    text = f"{value:.{decimals}f}"
    if len(text) > LONGEST or (abs(value) >= 1e7 and decimals == 0):
        digits, power = f"{value:.3g}".split("e")
        text = f"{digits} × 10{str(int(power)).translate(SUPERSCRIPTS)}"
    elif not float(text):
        text = text.removeprefix("-")
    return text.replace("-", "−")
