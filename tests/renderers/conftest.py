import pytest

from gmmviz.canvas import Canvas
from gmmviz.stage import stages
from gmmviz.themes import theme_named
from gmmviz.timeline import Pace, frame_at, moments, shown_iterations


@pytest.fixture
def draw():
    """Draw a panel of a run and return a function that sets it to a phase: frame, artists' props, axes."""

    def drawn(trace, panel, theme="light"):
        (stage,) = stages([("", trace)], panel.reach)
        canvas = Canvas(
            (640, 360), theme_named(theme), title="", subtitle="", stages=[stage], panels=[panel], words=[("", "")]
        )
        axes, _, _, props, scaled = canvas._panels[0]
        every = list(moments(shown_iterations((trace,), Pace()), Pace(), 25))

        def at(phase, before, progress=1.0):
            chosen = (m for m in every if (m.phase, m.before) == (phase, before) and m.progress >= progress)
            frame = frame_at(trace, next(chosen))
            with canvas.painting():
                for artist in panel.moving(props, frame, stage, scaled):
                    artist.draw(canvas._renderer)
            return frame, props, axes

        return at

    return drawn
