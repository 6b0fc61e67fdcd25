"""The curve that EM climbs or, negated, descends: log-likelihood against iteration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import EndLabels
from gmmviz.artists.history import Curve, History, Place, along, iteration_axis
from gmmviz.artists.label import Label
from gmmviz.artists.numerals import decimals_for, steady, written
from gmmviz.artists.zoom import HUGE, SLIGHT, Limits, Zoom, ZoomAxis, zoom_of
from gmmviz.engine.trace import Trace
from gmmviz.options import Flag, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.vocabulary import ENGLISH, Words
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme

Scale = Literal["average", "negative_average", "total"]
ALIKE = 1e-3  # of the axis's length; runs whose ends are closer than this to each other count as equally good
NUMBER = 32  # size of the number's letters, in pixels of a 720-pixel-high picture
CORNER = 0.35  # of the panel's height: a curve that ends so low leaves no corner for the number below it
NAMED = 3  # runs of a group whose numbers are all named; of larger groups, the size is


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that end alike.

    Parameters
    ----------
    members : tuple of int
        The runs' places in the film's cast.
    value : float
        Where they end, on the axis.
    name : str
        What they are called together, and the value.
    best : bool
    last : int
        The iteration at which the last of them ends.
    """

    members: tuple[int, ...]
    value: float
    name: str
    best: bool
    last: int


@dataclass(frozen=True, slots=True)
class _Props:
    traces: tuple[Trace, ...]
    zoom: Zoom
    axis: ZoomAxis
    history: History
    place: Place
    decimals: int
    usual: float
    number: Label
    truths: Array
    lines: LineCollection
    labels: EndLabels | None
    groups: tuple[Group, ...]


@RENDERERS.register("likelihood")
@options
class LikelihoodRenderer(Renderer):
    """The log-likelihood of each iteration, in nats; dashed, that of the true mixture where it is known.

    The axis begins with room for the start. If that is so much worse than what follows that it would flatten the
    rest, the axis zooms in once, after the leap.
    """

    scale: Scale = "average"
    """Per point ('average'); that negated, which is lower where it is better ('negative_average'); or the sum of
    all points ('total')."""
    all_runs: Flag = False
    """Draw one wide panel with the curves of all runs of the film; runs that end alike are named together."""
    whole: Flag = False
    """Keep room for the start, even where it is so much worse than the rest that the rest looks flat."""
    preview: Flag = False
    """Dot the rest of each curve, and name the ends, before the run gets there."""
    truth: Flag = True
    """Dash the log-likelihood of the true mixture, where it is known."""
    logarithmic: Flag = False
    """Make the axis of iterations logarithmic, for races that are decided in their first tenth."""

    @property
    def shared(self) -> bool:
        """The panel of all runs is drawn once."""
        return self.all_runs

    @property
    def broad(self) -> bool:
        """Curves of all runs need room."""
        return self.all_runs

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Draw the horizontal axis; make the vertical one, the curves, their names, the truth and the number."""
        every = [self._values(trace) for trace in stage.cast]
        steps = [np.array([v for v in step if v is not None]) for step in zip_longest(*every)]
        truths = self._truths(stage)
        unit = stage.trace.data.total_weight if self.scale == "total" else 1.0
        zoom = zoom_of(steps, SLIGHT * unit, list(truths))
        if self.whole:
            zoom = Zoom(zoom.whole, zoom.whole)
        name = stage.say("iteration_logarithmic" if self.logarithmic else "iteration")
        place = iteration_axis(axes, stage.last_iteration, theme, name=name, logarithmic=self.logarithmic)
        axes.set_title(stage.say(self.scale))
        axis = ZoomAxis(axes, zoom.views, theme)
        # Enough to show a thousandth of the rise, and the same in all frames, or the number would tremble.
        rise = float(np.ptp(np.concatenate(steps[zoom.after :]).clip(-HUGE, HUGE)))
        usual = float(np.abs(zoom.rest).max())
        many = self.all_runs and len(stage.cast) > 1
        decimals = decimals_for(rise or abs(float(every[0][-1])) * (zoom.after > 0), 2 if many else 3)
        groups = self._groups(stage, every, zoom, decimals) if many else ()
        traces, curves = self._curves(stage, groups, theme)
        labels = _labels(axes, groups, truths, decimals, theme) if groups or truths else None
        history = History(axes, curves, stage.last_iteration, theme, preview=self.preview, place=place)
        above = self._number_above(float(self._values(stage.trace)[-1]), zoom.rest)
        number = Label(
            0.98,
            0.97 if above else 0.03,
            "",
            transform=axes.transAxes,
            ha="right",
            va="top" if above else "bottom",
            color=theme.text,
            fontproperties=theme.font("bold"),
            fontsize=theme.px(NUMBER),
        )
        animated(axes, number, 3)
        lines = LineCollection([], colors=theme.muted, linewidths=theme.px(2), linestyles=(0, (4, 3)))
        animated(axes, lines, 2)
        known = np.array(list(truths))
        return _Props(traces, zoom, axis, history, place, decimals, usual, number, known, lines, labels, groups)

    @property
    def _falls(self) -> bool:
        return self.scale == "negative_average"

    def _number_above(self, end: float, view: Limits) -> bool:
        """Whether the number stands at the top of the panel: where the curve does not end."""
        place = (end - view[0]) / (view[1] - view[0])
        return place < (1 - CORNER if self._falls else CORNER)

    def _values(self, trace: Trace) -> Array:
        if self.scale == "total":
            return trace.log_likelihoods
        return -trace.average_log_likelihoods if self._falls else trace.average_log_likelihoods

    def _truths(self, stage: Stage) -> dict[float, str]:
        """The log-likelihoods of the true mixtures, where they are known, and what they are called."""
        cast = list(zip(stage.cast, stage.names, strict=True)) if self.truth else []
        own = cast if self.all_runs or not self.truth else [(stage.trace, "")]
        found: dict[float, str] = {}
        for trace, name in own:
            value = stage.true_log_likelihood(trace.data)
            if value is not None:
                sign = -1 if self._falls else 1
                found.setdefault(value if self.scale == "total" else sign * value / trace.data.total_weight, name)
        if len(found) > 1:
            names = [stage.say("true_level_of", run=typeset(name)) for name in found.values()]
        else:
            names = [stage.say("true_level")]
        return dict(zip(found, names, strict=False))

    def _groups(self, stage: Stage, every: Sequence[Array], zoom: Zoom, decimals: int) -> tuple[Group, ...]:
        """Runs that end alike, the worst first."""
        low, high = zoom.rest
        sign = 1 if self._falls else -1
        loss = np.array([sign * values[-1] for values in every])
        together: list[list[int]] = []
        for i in np.argsort(loss, kind="stable"):
            if together and loss[i] - loss[together[-1][0]] <= ALIKE * (high - low):
                together[-1].append(int(i))
            else:
                together.append([int(i)])
        groups = []
        for members in together:
            value = float(every[members[0]][-1])
            named = called([stage.names[i] for i in sorted(members)], stage.words)
            last = max(len(every[i]) - 1 for i in members)
            text = f"{named}: {written(value, decimals)}"
            groups.append(Group(tuple(members), value, text, members is together[0], last))
        return tuple(groups[::-1])

    def _curves(
        self, stage: Stage, groups: Sequence[Group], theme: Theme
    ) -> tuple[tuple[Trace, ...], list[Curve]]:
        """Return the runs to show and their curves, the worst first, so that the best are painted over the others.

        Since hues belong to components, names tell the runs apart, and strong ink marks the best.
        """
        if not groups:
            return (stage.trace,), [Curve(self._values(stage.trace), theme.text)]
        traces, curves = [], []
        for group in groups:
            for i in group.members[::-1]:
                traces.append(stage.cast[i])
                color = theme.text if group.best else theme.muted
                curves.append(Curve(self._values(stage.cast[i]), color, led=True))
        return tuple(traces), curves

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw every curve so far and a dot where it is; for a single run, also the height of the dot."""
        now = position_at(max(stage.cast, key=len), frame.moment)
        yield from props.axis.moving(props.zoom.progress(frame.moment, now))
        if len(props.truths):
            assert props.lines.axes is not None
            left, right = props.lines.axes.get_xlim()
            props.lines.set_segments([[(left, y), (right, y)] for y in props.truths])
            yield props.lines
        positions = [position_at(trace, frame.moment) for trace in props.traces]
        yield from props.history.moving(positions, now)
        if props.labels:
            # A name comes while the last of its runs makes its last step.
            shown = [1.0 if self.preview else float(np.clip(now - group.last + 1, 0, 1)) for group in props.groups]
            props.labels.opacities = [*shown, *[1.0] * len(props.truths)]
            yield props.labels
        if not self.all_runs:
            value = along(self._values(stage.trace), positions[0], place=props.place)
            props.number.set_text(steady(value, props.decimals, props.usual))
            yield props.number


def called(names: Sequence[str], words: Words = ENGLISH) -> str:
    """What runs are called together: "seeds 1, 8" if they are few, and else "7 seeds".

    Parameters
    ----------
    names : sequence of str
        Those of a sweep over numbers, such as "seed 1", or any others.
    words : Words
        Of the film.

    Returns
    -------
    str
        As matplotlib takes it.

    Examples
    --------
    >>> called(["seed 1", "seed 8"]), called([f"seed {i}" for i in range(7)]), called(["a", "b"])
    ('seeds 1, 8', '7 seeds', '2 runs')
    """
    if len(names) == 1:
        return typeset(names[0])
    parts = [re.fullmatch(r"([^\W\d]+) (\d+)", name) for name in names]
    kinds = {part[1] for part in parts if part}
    if None in parts or len(kinds) > 1:
        return words.say("runs_together", n=len(names))
    kind = kinds.pop()
    if len(names) > NAMED:
        return words.say("kind_counted", n=len(names), kind=kind)
    numbers = words.text("comma").join(part[2] for part in parts if part)
    return words.say("kind_numbers", kind=kind, numbers=numbers)


def _labels(
    axes: Axes, groups: Sequence[Group], truths: dict[float, str], decimals: int, theme: Theme
) -> EndLabels:
    """Name where the groups of runs end, and the truths; the names of runs come later."""
    words = [(group.name, theme.text if group.best else theme.muted, group.best) for group in groups]
    apart = ": " if groups else "\n"  # a panel of one run is narrow
    words += [(f"{name}{apart}{written(value, decimals)}", theme.muted, False) for value, name in truths.items()]
    labels = EndLabels(axes, [*(group.value for group in groups), *truths], words, theme)
    animated(axes, labels, 3)
    labels.set_in_layout(True)
    return labels
