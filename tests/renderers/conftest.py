from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from clock import UNHURRIED, every_moment

import gmmviz as gv
from gmmviz.film.canvas import Canvas
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.stage import stages
from gmmviz.themes import theme_named


@dataclass
class Drawn:
    """A panel of the last of some runs, and what it shows at the moment it was last set to."""

    canvas: Canvas
    panel: gv.Renderer
    runs: list[tuple[str, gv.Trace]]

    @property
    def axes(self) -> Any:
        return self.canvas._panels[-1][0]

    @property
    def props(self) -> Any:
        return self.canvas._panels[-1][3]

    def at(self, phase, before, progress=1.0, pace=None):
        """Set the panel to the first such moment that has come as far; return its frame and artists."""
        every = every_moment(*(trace for _, trace in self.runs), pace=pace or UNHURRIED)
        moment = next(m for m in every if (m.phase, m.before) == (phase, before) and m.progress >= progress)
        return self.show(moment)

    def show(self, moment):
        _, stage, panel, props, theme = self.canvas._panels[-1]
        frame = frame_at(stage.trace, moment)
        with self.canvas.painting():
            return frame, list(panel.moving(props, frame, stage, theme))


@pytest.fixture
def draw_runs():
    """Draw a panel of one or more runs, on a small picture."""

    def drawn(panel, *runs, theme="dark", size=(640, 360), names=None):
        names = names or [f"run {i}" if len(runs) > 1 else "" for i in range(len(runs))]
        named = list(zip(names, runs, strict=True))
        every = stages(named)
        for stage in every:
            panel.check(stage)
        canvas = Canvas(
            size,
            theme_named(theme),
            title="",
            subtitle="",
            stages=every,
            panels=[panel],
            words=[("", "")],
            speaker=len(runs) - 1,
        )
        return Drawn(canvas, panel, named)

    return drawn


@pytest.fixture
def draw():
    """Draw a panel of a run and return a function that sets it to a phase: frame, artists' props, axes."""

    def drawn(trace, panel, theme="light"):
        (stage,) = stages([("", trace)], panel.reach)
        canvas = Canvas(
            (640, 360), theme_named(theme), title="", subtitle="", stages=[stage], panels=[panel], words=[("", "")]
        )
        axes, _, _, props, scaled = canvas._panels[0]
        every = every_moment(trace)

        def at(phase, before, progress=1.0):
            chosen = (m for m in every if (m.phase, m.before) == (phase, before) and m.progress >= progress)
            frame = frame_at(trace, next(chosen))
            with canvas.painting():
                for artist in panel.moving(props, frame, stage, scaled):
                    artist.draw(canvas._renderer)
            return frame, props, axes

        return at

    return drawn


@pytest.fixture(scope="session")
def true_mixture():
    return gv.Mixture(
        [0.5, 0.3, 0.2],
        [[0.0, 0.0], [5.0, 4.0], [-4.0, 4.0]],
        [[[1, 0.5], [0.5, 1]], [[1, -0.6], [-0.6, 1]], [[0.5, 0], [0, 1.5]]],
    )


@pytest.fixture(scope="session")
def sampled(true_mixture):
    """A run on data whose truth is known."""
    data = gv.load_dataset(
        "sample",
        n_points=150,
        weights=true_mixture.weights.tolist(),
        means=true_mixture.means.tolist(),
        covariances=true_mixture.covariances.tolist(),
    )
    return gv.fit(data, gv.RandomPoints(seed=2), n_components=3, max_iter=6)


@pytest.fixture(scope="session")
def record():
    """Make a run of such log-likelihoods over so many points, whatever EM would have made of them."""

    def made(log_likelihoods, n_points=2, mixture=None):
        mixture = mixture or gv.Mixture([1.0], [[0.0]], [[[1.0]]])
        data = gv.Dataset(np.arange(float(n_points))[:, None] * np.ones(mixture.n_features))
        counts = n_points * mixture.weights
        snapshots = [gv.Snapshot(t, mixture, value, counts) for t, value in enumerate(log_likelihoods)]
        return gv.Trace(data, snapshots, "max_iter")

    return made
