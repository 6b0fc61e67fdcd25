"""Criteria over the number of components: which of several runs fits best for the parameters that it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.transforms import ScaledTranslation
from pydantic import BeforeValidator, Field

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import Margin
from gmmviz.artists.history import Dots, along, few_ticks
from gmmviz.artists.label import Label
from gmmviz.artists.numerals import decimals_for, grouped, written
from gmmviz.artists.word import MIDDLE, SIZE, Word, pixels_per_point, put_beside
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief, hint
from gmmviz.mixture.criteria import aic, bic, icl
from gmmviz.options import Flag, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme
from gmmviz.themes.color import faded

Criterion = Literal["aic", "bic", "icl"]
DOT = 17  # of a run, in pixels of a 720-pixel-high picture
HEADROOM = 0.4  # above the highest end, in ranges of the ends; a run that is still higher shows as a wedge
LINE_OPACITY = 0.7
CRITERION_BAR, PARAMETERS, PARAMETER_BAR = 0.42, 0.72, 0.18  # lengths and begin of bars, in widths of the axes
THICK = 0.5  # of a bar, where the next is at a distance of 1
GAP = 0.015  # widths of the axes between a bar and its number
OPEN = 2.4  # of the line around what is hollow, in pixels of a 720-pixel-high picture
ASIDE = 0.5  # over which runs of equal K are spread, where the next K is at a distance of 1


@dataclass(frozen=True, slots=True)
class _Props:
    values: tuple[tuple[Array, ...], ...]
    places: Array
    lines: LineCollection
    dots: Dots
    rings: Dots
    names: tuple[Word, ...]
    verdict: Word | None
    note: Word


@dataclass(frozen=True, slots=True)
class _Bars:
    values: tuple[Array, ...]
    ends: Array
    scale: float
    bars: PolyCollection
    numbers: tuple[Label, ...]
    decimals: int
    note: Word


def _known(given: Any) -> Any:
    """Complain about an unknown name alone, not about every form that the option may have."""
    for name in [given] if isinstance(given, str) else given if isinstance(given, list | tuple) else []:
        if isinstance(name, str) and name not in get_args(Criterion):
            raise InputError(f"unknown criterion {brief(name)}; {hint(name, get_args(Criterion))}")
    return given


@RENDERERS.register("criterion")
@options
class CriterionRenderer(Renderer):
    """A dot per run of the film over its number of components, or a bar per run; the lowest is marked at the end.

    Nothing is shown before the first M-step, since a criterion is one of fitted mixtures. The dot or bar of a run
    that goes on is hollow: its criterion is not yet that of its fit.
    """

    criterion: Annotated[
        Criterion | Annotated[tuple[Criterion, ...], Field(min_length=1)], BeforeValidator(_known)
    ] = "bic"
    """'aic', 'bic' or 'icl', or a list of them; lower is better."""
    parameters: Flag = False
    """Write the number of free parameters below that of components; bars always show it."""
    bars: Flag = False
    """Draw two bars per run, named: how far its criterion is above the lowest of all ends, and its number of free
    parameters."""

    def __post_init__(self) -> None:
        if self.bars and len(self._names) > 1:
            raise InputError(
                f"they show one criterion, not {len(self._names)}: leave bars out, or name one", "bars"
            )

    @property
    def broad(self) -> bool:
        """Bars have names and numbers beside them."""
        return self.bars

    @property
    def shared(self) -> bool:
        """One panel compares all runs."""
        return True

    @property
    def _names(self) -> tuple[Criterion, ...]:
        return self.criterion if isinstance(self.criterion, tuple) else (self.criterion,)

    def check(self, stage: Stage) -> None:
        """Refuse runs of different points, whose criteria cannot be compared."""
        first = stage.cast[0].data
        for trace in stage.cast[1:]:
            if not np.array_equal(trace.data.points, first.points):
                raise InputError(
                    f"criteria compare fits of the same points, not of {first.name} and {trace.data.name}: "
                    "leave the panel out, or give all runs the same data"
                )

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props | _Bars:
        """Draw the axes and the criteria's names; make the dots, their lines and the mark of the winner."""
        if self.bars:
            return self._draw_bars(axes, stage, theme)
        values = tuple(tuple(_history(trace, name) for trace in stage.cast) for name in self._names)
        components = np.array([trace.n_components for trace in stage.cast])
        places = _aside(components)
        ends = np.array([[history[-1] for history in runs] for runs in values])
        span = float(np.ptp(ends)) or 0.02 * float(np.abs(ends).max()) or 1.0
        axes.set_xlim(components.min() - 0.6, components.max() + 0.6)
        axes.set_ylim(ends.min() - (0.3 if len(values) == 1 else 0.12) * span, ends.max() + HEADROOM * span)
        axes.set_xticks(*_ticks(stage, self.parameters))
        axes.yaxis.set_major_locator(few_ticks())
        axes.set_xlabel(stage.say("components_parameters" if self.parameters else "criterion_components"))
        axes.set_title(self._title(stage))
        names = tuple(Word(axes, theme.text, theme, align="left") for _ in self._names if len(values) > 1)
        if names:
            Margin(axes, right=max(word.width("AIC", theme.px(SIZE)) for word in names))
        n_dots = ends.size
        lines = LineCollection([], colors=theme.muted, linewidths=theme.px(2.2), alpha=LINE_OPACITY)
        animated(axes, lines, 3)
        rings = Dots(axes, ["none"] * len(values), theme.px(30), theme)
        rings.set(edgecolors=theme.text, linewidths=theme.px(3))
        dots = Dots(axes, [theme.text] * n_dots, theme.px(DOT), theme)
        verdict = Word(axes, theme.text, theme, weight="bold") if len(values) == 1 else None
        note = Word(axes, theme.muted, theme, align="right")
        right, bottom = axes.get_xlim()[1], axes.get_ylim()[0]
        note.put(stage.say("hollow"), (float(right), float(bottom)), theme.px(SIZE), (0.0, 0.6 * theme.px(SIZE)))
        return _Props(values, places, lines, dots, rings, names, verdict, note)

    def moving(self, props: _Props | _Bars, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Put every dot where its run is."""
        positions = [position_at(trace, frame.moment) for trace in stage.cast]
        ended = [x >= len(trace) - 1 for x, trace in zip(positions, stage.cast, strict=True)]
        # Fitted mixtures alone have a criterion, so the first to be shown is that after the first M-step.
        seen = 1.0 if all(ended) else min(1.0, max(positions))
        positions = [max(x, min(1.0, len(trace) - 1)) for x, trace in zip(positions, stage.cast, strict=True)]
        if isinstance(props, _Bars):
            yield from self._moving_bars(props, positions, seen, ended, stage, theme)
            return
        if not seen:
            return
        for artist in (props.lines, props.dots, *props.names):
            artist.set_alpha((LINE_OPACITY if artist is props.lines else 1.0) * seen)
        now = np.array([[along(run, x) for run, x in zip(runs, positions, strict=True)] for runs in props.values])
        order = np.argsort(props.places)
        props.lines.set_segments([np.column_stack([props.places[order], row[order]]) for row in now])
        yield props.lines
        props.dots.put(np.column_stack([np.tile(props.places, len(now)), now.ravel()]))
        over = np.tile(ended, len(now))
        props.dots.set_facecolor(np.where(over, theme.text, theme.background).tolist())
        props.dots.set_edgecolor(np.where(over, theme.background, theme.text).tolist())
        props.dots.set_linewidth(np.where(over, 0.2 * theme.px(DOT), theme.px(OPEN)).tolist())
        yield props.dots
        if not all(ended):
            props.note.set_alpha(seen)
            yield props.note
        if props.names:
            at_last = now[:, order[-1]]
            rising = [(props.names[i], self._names[i].upper(), at_last[i]) for i in np.argsort(at_last)]
            put_beside(rising, float(props.places[order[-1]]), theme.px(SIZE), theme.px(20))
            yield from props.names
        if all(ended) and len(stage.cast) > 1:
            best = now.argmin(axis=1)
            props.rings.put(np.column_stack([props.places[best], now[np.arange(len(now)), best]]))
            yield props.rings
            if props.verdict:
                self._say(props.verdict, int(best[0]), props, stage, theme)
                yield props.verdict

    def _title(self, stage: Stage) -> str:
        return stage.say("lower_is_better", criteria=stage.words.listed([name.upper() for name in self._names]))

    def _draw_bars(self, axes: Axes, stage: Stage, theme: Theme) -> _Bars:
        """Draw the names of the runs and their numbers of parameters; make the criterion's bars and numbers."""
        (name,) = self._names
        values = tuple(_history(trace, name) for trace in stage.cast)
        ends = np.array([history[-1] for history in values])
        span = float(np.ptp(ends)) or 1.0
        n = len(values)
        axes.set_xlim(0, 1)
        axes.set_ylim(n - 0.1, -0.9)
        axes.grid(False)
        axes.spines[:].set_visible(False)
        axes.set_xticks([])
        axes.set_yticks(range(n), [typeset(one) for one in stage.names])
        axes.tick_params(axis="y", labelcolor=theme.text)
        axes.set_title(self._title(stage))
        size, font = theme.px(SIZE), theme.font()
        inks: Any = {"fontsize": size, "color": theme.muted, "va": "center_baseline"}
        axes.text(0, -0.7, stage.say("above_lowest"), fontproperties=font, **inks)
        axes.text(PARAMETERS, -0.7, stage.say("parameter_counts"), fontproperties=font, **inks)
        most = max(trace.n_parameters for trace in stage.cast)
        for i, trace in enumerate(stage.cast):
            length = trace.n_parameters / most * PARAMETER_BAR
            axes.barh(i, length, THICK, PARAMETERS, color=theme.muted, alpha=0.5, linewidth=0)
            axes.text(PARAMETERS + length + GAP, i, str(trace.n_parameters), fontproperties=font, **inks)
        bars = PolyCollection([], edgecolors=theme.text, linewidths=theme.px(OPEN))
        animated(axes, bars, 3)
        note = Word(axes, theme.muted, theme, align="left")
        note.put(stage.say("hollow"), (0.0, n - 0.4), size)
        figure: Any = axes.get_figure(root=True)
        below = ScaledTranslation(0, -MIDDLE * size / 72, figure.dpi_scale_trans)
        numbers = []
        for _ in values:
            place: Any = {"transform": axes.transData + below, "ha": "left", "va": "baseline"}
            label = Label(0, 0, "", fontproperties=theme.font("bold"), fontsize=size, **place)
            animated(axes, label, 4)
            label.set_clip_on(False)
            numbers.append(label)
        return _Bars(values, ends, span, bars, tuple(numbers), decimals_for(span, 1), note)

    def _moving_bars(
        self,
        props: _Bars,
        positions: Sequence[float],
        seen: float,
        ended: Sequence[bool],
        stage: Stage,
        theme: Theme,
    ) -> Iterable[Artist]:
        """Draw the bars as long as the criteria are above the lowest end, but no longer than there is room for."""
        if not seen:
            return
        now = np.array([along(run, x) for run, x in zip(props.values, positions, strict=True)])
        lowest = props.ends.min()
        lengths = CRITERION_BAR * np.clip((now - lowest) / props.scale, 0, 1 + HEADROOM) / (1 + HEADROOM)
        half = THICK / 2
        props.bars.set_verts(
            [[(0, i - half), (x, i - half), (x, i + half), (0, i + half)] for i, x in enumerate(lengths.tolist())]
        )
        props.bars.set_facecolor(np.where(ended, theme.text, theme.background).tolist())
        props.bars.set_alpha(seen)
        yield props.bars
        if not all(ended):
            props.note.set_alpha(seen)
            yield props.note
        for i, (label, value, length) in enumerate(zip(props.numbers, now, lengths, strict=True)):
            best = all(ended) and len(now) > 1 and props.ends[i] == lowest
            number = grouped(written(float(value), props.decimals))
            label.set_text(stage.say("lowest_bar", number=number) if best else number)
            label.set_position((length + GAP, i))
            label.set_color(faded(theme.muted if all(ended) and not best else theme.text, theme.background, seen))
            yield label

    def _say(self, verdict: Word, best: int, props: _Props, stage: Stage, theme: Theme) -> None:
        """Name the best run below its dot: by its number of components, unless another run has as many."""
        Ks = [trace.n_components for trace in stage.cast]
        alone = len(set(Ks)) == len(Ks)
        text = stage.say("lowest", run=f"K = {Ks[best]}" if alone else typeset(stage.names[best]))
        size = theme.px(SIZE)
        axes = verdict.axes
        assert axes is not None
        x, y = float(props.places[best]), float(props.values[0][best][-1])
        scale = pixels_per_point(verdict)
        middle = (axes.transData.transform((x, y))[0] - axes.bbox.x0) / scale
        half = verdict.width(text, size) / 2
        shift = np.clip(middle, half, max(half, axes.bbox.width / scale - half)) - middle
        verdict.put(text, (x, y), size, offset=(shift, -theme.px(17) - 0.6 * size))


def _history(trace: Trace, criterion: Criterion) -> Array:
    """The criterion of each snapshot, shape (T,)."""
    p, N, weights = trace.n_parameters, trace.data.total_weight, trace.data.weights
    if criterion == "aic":
        return np.array([aic(snapshot.log_likelihood, p) for snapshot in trace])
    if criterion == "bic":
        return np.array([bic(snapshot.log_likelihood, p, N) for snapshot in trace])
    return np.array([icl(s.log_likelihood, p, trace.responsibilities(t), weights) for t, s in enumerate(trace)])


def _ticks(stage: Stage, parameters: bool) -> tuple[list[int], list[str]]:
    """The numbers of components and, below each if asked for, those of parameters."""
    found: dict[int, list[int]] = {}
    for trace in stage.cast:
        counts = found.setdefault(trace.n_components, [])
        if trace.n_parameters not in counts:
            counts.append(trace.n_parameters)
    texts = [f"{K}\n{', '.join(map(str, sorted(found[K])))}" if parameters else str(K) for K in sorted(found)]
    return sorted(found), texts


def _aside(components: Array) -> Array:
    """Where each run stands: at its number of components; runs of equal numbers stand side by side."""
    places = components.astype(float)
    for K in np.unique(components):
        (same,) = np.nonzero(components == K)
        places[same] += ASIDE * ((np.arange(len(same)) + 0.5) / len(same) - 0.5)
    return places
