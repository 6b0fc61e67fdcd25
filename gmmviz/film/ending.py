"""How a run ended, above its panel, while the film's other runs go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from gmmviz.artists.label import Label
from gmmviz.film.lettering import width_of
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.results import ALIKE
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme

SIZE, BESIDE = 20, 12  # pixels of a 720-pixel-high picture: the letters, and what stays free beside the title
FRAME = 3.2  # such pixels: the line around a panel


class Ending:
    """The text at the right of a run's name: how it ended and when, or in less room how well.

    If runs of one model end lower than the best, and are fewer than those that reach it, their panels are framed
    at the end of the film.

    Parameters
    ----------
    axes : Axes
        Of the panel.
    stage : Stage
        Of the run.
    theme : Theme
    """

    def __init__(self, axes: Axes, stage: Stage, theme: Theme) -> None:
        self.axes, self.stage, self._theme = axes, stage, theme
        self.room = 0.0
        place = axes.transAxes + axes.titleOffsetTrans  # type: ignore[attr-defined]
        font = {"fontproperties": theme.font("normal"), "fontsize": theme.px(SIZE)}
        self.label = Label(1, 1, "", transform=place, ha="right", va="baseline", color=theme.muted, **font)
        axes.add_artist(self.label)
        self.label.set_animated(True)
        self.label.set_in_layout(False)
        self.label.set_clip_on(False)
        ends = _ends_of_one_model(stage)
        self._end = typeset(f"{ends[0]:.3f}".replace("-", "−")) if max(ends) - min(ends) > ALIKE else ""
        lower = [end < max(ends) - ALIKE for end in ends[1:]]
        best = ends[0] >= max(ends) - ALIKE
        self._color = theme.text if best else theme.muted
        self._framed = not best and sum(lower) < len(lower) / 2
        self.frame = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor=theme.text)
        self.frame.set(linewidth=theme.px(FRAME), animated=True, in_layout=False, clip_on=False)
        axes.add_artist(self.frame)

    def fit(self, title: Any, renderer: Any) -> None:
        """Take the room that the panel's title leaves."""
        self.room = self.axes.bbox.width - width_of(title, renderer) - self._theme.px(BESIDE)

    def moving(self, frame: Frame, renderer: Any) -> Iterator[Artist]:
        """Yield the frame, if there is one, and the text of a moment: the first form that has room, or none."""
        if self._framed and frame.moment.phase == "end":
            yield self.frame
        said = frame.ending and f"{frame.ending} · {frame.iteration}"
        for text in (said, frame.ending and self._end, frame.ending, ""):
            self.label.set_text(typeset(text))
            if text and width_of(self.label, renderer) <= self.room:
                break
        self.label.set_color(self._color if self.label.get_text() == self._end else self._theme.muted)
        yield self.label


def _ends_of_one_model(stage: Stage) -> Sequence[float]:
    """Log-likelihoods per point at the ends of the film's runs, this one first, if all fit one model."""
    every = [stage.trace, *stage.cast]
    alike = {(id(run.data), run.n_parameters, run.algorithm, repr(run.settings.get("reg_covar"))) for run in every}
    return [float(run.average_log_likelihoods[-1]) for run in every] if len(alike) == 1 else [0.0]
