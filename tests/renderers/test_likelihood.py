import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.canvas import Canvas
from gmmviz.stage import stages
from gmmviz.themes import theme_named
from gmmviz.timeline import frame_at, moments, shown_iterations


@pytest.fixture
def drawn(trace):
    panel = gv.LikelihoodRenderer()
    (stage,) = stages([("", trace)])
    canvas = Canvas(
        (640, 360),
        theme_named("dark"),
        title="",
        subtitle="",
        stages=[stage],
        panels=[panel],
        words=[("", "")],
    )
    pace = gv.Pace()
    every = list(moments(shown_iterations((trace,), pace), pace, 25))

    def at(choose):
        frame = frame_at(trace, next(m for m in every if choose(m)))
        props = canvas._panels[0][3]
        with canvas.painting():
            list(panel.moving(props, frame, stage, canvas._theme))
        return props, canvas._panels[0][0]

    return at


def test_marker_lies_on_the_curve_and_number_is_of_the_last_snapshot(drawn, trace):
    props, _ = drawn(lambda m: m.phase == "m" and m.before == 1 and 0.4 < m.progress < 0.9)
    average = -trace.log_likelihoods / 272

    x, y = (values[0] for values in props.dot.get_data())

    assert 1 < x < 2
    assert_allclose(y, np.interp(x, np.arange(6), average))
    assert props.number.get_text() == f"{average[1]:.4g}"
    assert_allclose(props.past.get_xdata()[-1], x)


def test_marker_rests_on_the_snapshot_when_the_step_is_done(drawn, trace):
    props, _ = drawn(lambda m: m.phase == "m" and m.before == 1 and m.progress == 1)

    assert_allclose(np.ravel(props.dot.get_data()), [2, -trace[2].log_likelihood / 272])
    assert props.number.get_text() == f"{-trace[2].log_likelihood / 272:.4g}"


def test_whole_curve_fits_in_the_axes(drawn, trace):
    _, axes = drawn(lambda m: m.phase == "start")
    low, high = axes.get_ylim()
    average = -trace.log_likelihoods / 272

    assert low < average.min() < average.max() < high
    assert axes.get_xlim()[0] < 0 < 5 < axes.get_xlim()[1]
