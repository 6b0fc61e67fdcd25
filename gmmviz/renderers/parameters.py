"""Parameters against iteration: how weights, means and spreads settle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gmmviz.arrays import Array
from gmmviz.artists.end_labels import EndLabels
from gmmviz.artists.history import Curve, History, few_ticks, iteration_axis
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Flag, options
from gmmviz.renderers.base import RENDERERS, Renderer
from gmmviz.storyboard.frame import Frame, position_at
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme

Shown = Literal["weights", "means", "standard_deviations", "eigenvalues"]
OF_FEATURES = ("means", "standard_deviations")


@RENDERERS.register("parameters")
@options
class ParametersRenderer(Renderer):
    """A parameter of every component against iteration; dashed lines are the truth, where it is known."""

    show: Shown = "weights"
    """Which parameter: of the covariances, the standard deviation along each feature ('standard_deviations') or
    the variances along their own axes ('eigenvalues')."""
    features: Features = None
    """Features by name or number from 1, or 'pca'; left out, means and standard deviations show the first
    feature, eigenvalues belong to all of them, and weights have none."""

    preview: Flag = False
    """Dot the rest of each line, before the run gets there."""

    def __post_init__(self) -> None:
        if self.show == "weights" and self.features is not None:
            raise InputError("weights belong to no features: leave features out, or show 'means'")

    def check(self, stage: Stage) -> None:
        """Refuse features that do not exist."""
        self._projection(stage)

    def _projection(self, stage: Stage) -> Projection:
        if self.features is None:
            return stage.projection((1,), 1) if self.show in OF_FEATURES else stage.all_features
        return stage.projection(self.features, 1 if self.features == "pca" else len(self.features))

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> History:
        """Draw the axes, the truth and the components' numbers; make the lines and the dots."""
        projection = self._projection(stage)
        truth = stage.truth(projection)
        true_values = self._values(truth[0]) if truth else np.empty((0, 0))
        every = {trace: self._history(projection, trace) for trace in stage.cast}
        self._vertical_axis(axes, np.concatenate([values.ravel() for values in (*every.values(), true_values)]))
        iteration_axis(axes, stage.last_iteration, theme, name=stage.say("iteration"))
        title = self._title(projection, stage)
        axes.set_title(stage.say("with_truth", title=title) if truth else title)
        for values, partner in zip(true_values, truth[1] if truth else (), strict=True):
            for value in values:
                color = theme.color(partner)
                axes.axhline(value, color=color, linestyle=(0, (4, 3)), linewidth=theme.px(2))
        names = projection.names if self.show in OF_FEATURES and len(projection.names) > 1 else ("",)
        own = every[stage.trace]
        curves, ends, words = [], [], []
        for k, d in np.ndindex(own.shape[1:]):
            # The largest of a component's eigenvalues carries its number; the others have none.
            named = d < len(names)
            curves.append(Curve(own[:, k, d], theme.color(k), led=named))
            if named:
                ends.append(float(own[-1, k, d]))
                words.append((literal(f"{k + 1} {names[d]}".strip()), theme.color(k), True))
        EndLabels(axes, ends, words, theme)
        return History(axes, curves, stage.last_iteration, theme, preview=self.preview)

    def _history(self, projection: Projection, trace: Trace) -> Array:
        """Return what is shown of each snapshot, shape (T, K, lines)."""
        return np.array([self._values(projection.mixture(snapshot.mixture)) for snapshot in trace])

    def _values(self, mixture: Mixture) -> Array:
        """Return what is shown of a mixture on the projection's axes, shape (K, lines)."""
        if self.show == "weights":
            return mixture.weights[:, None]
        if self.show == "means":
            return mixture.means
        if self.show == "standard_deviations":
            return np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
        return np.asarray(np.linalg.eigvalsh(mixture.covariances)[:, ::-1], dtype=np.float64)

    def _vertical_axis(self, axes: Axes, shown: Array) -> None:
        low, high = float(shown.min()), float(shown.max())
        if self.show == "eigenvalues":
            room = (high / low) ** 0.08 if high > low else 2.0
            axes.set_yscale("log")
            axes.set_ylim(low / room, high * room)
            return
        room = 0.08 * (high - low) or 0.5
        # Weights and standard deviations are sizes, so their axis begins at zero.
        axes.set_ylim(low - room if self.show == "means" else 0, high + room)
        axes.yaxis.set_major_locator(few_ticks())

    def _title(self, projection: Projection, stage: Stage) -> str:
        if self.show in OF_FEATURES:
            return stage.say(f"{self.show}_of", features=literal(stage.words.listed(projection.names)))
        if self.show == "eigenvalues" and projection.note:
            return stage.say("some_eigenvalues", note=literal(projection.note))
        return stage.say(self.show)

    def moving(self, props: History, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Draw every line so far, and a dot where it is."""
        now = position_at(max(stage.cast, key=len), frame.moment)
        return props.moving([frame.position] * len(props.curves), now)
