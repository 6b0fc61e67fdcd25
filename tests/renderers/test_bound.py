import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.renderers.bound import bounds


def drawn_levels(drawn):
    """Lower bound, and bound plus gap, as the bar shows them."""
    bound, gap = (path.vertices[:2, 1] for path in drawn.props.bars.get_paths())
    assert bound[0] == drawn.axes.get_ylim()[0]
    assert bound[1] == gap[0]
    return bound[1], gap[1]


def drawn_gap(drawn):
    bound, top = drawn_levels(drawn)
    return top - bound


@pytest.fixture
def drawn(draw_runs, sampled):
    return draw_runs(gv.BoundRenderer(), sampled)


@pytest.mark.parametrize("t", [1, 2, 4])
@pytest.mark.parametrize("phase", ["e", "m"])
def test_bar_is_the_bound_of_the_frame_where_a_half_step_ends(drawn, sampled, phase, t):
    frame, _ = drawn.at(phase, t)
    points = sampled.data.points

    bound, top = drawn_levels(drawn)

    assert_allclose(bound, gv.lower_bound(points, frame.mixture, frame.responsibilities) / len(points))
    assert_allclose(top, frame.mixture.log_prob(points).mean())


@pytest.mark.parametrize("t", [1, 2, 4])
def test_e_step_closes_the_gap_and_m_step_opens_it(drawn, t):
    gaps = {}
    for phase in ("e", "m"):
        drawn.at(phase, t)
        gaps[phase] = drawn_gap(drawn)

    assert_allclose(gaps["e"], 0, atol=1e-12)
    assert gaps["m"] > 1e-6


def test_bound_never_exceeds_the_log_likelihood_nor_falls(draw_runs, sampled):
    drawn = draw_runs(gv.BoundRenderer(), sampled)
    film = gv.Animation(sampled, [gv.BoundRenderer()], pace=gv.Pace(iterations="all"))
    levels = []
    for moment in film.moments[1:]:
        drawn.show(moment)
        levels.append(bounds(sampled).at(drawn.show(moment)[0]))
    log_likelihood, bound = np.array(levels).T

    assert (bound <= log_likelihood + 1e-12).all()
    assert (np.diff(bound) > -1e-12).all()
    assert (np.diff(log_likelihood) > -1e-12).all()
    assert len(levels) > 100


def test_before_the_first_e_step_there_is_no_bound(drawn):
    drawn.at("start", 0)

    assert_allclose(drawn.props.bars.get_facecolor()[:, 3], 0)
    assert [word.get_alpha() for word in drawn.props.words] == [0, 0, 1]
    assert len(drawn.props.lines.get_segments()) == 1


def test_bar_and_curve_meet_at_the_present(drawn):
    frame, _ = drawn.at("m", 2, 0.5)
    ((x, y),) = drawn.props.history.dots.get_offsets()
    bound, top = drawn_levels(drawn)
    _, way = drawn.props.lines.get_segments()

    assert_allclose((x, y), (frame.position, top))
    assert_allclose(way[-1], (x, bound))
    assert_allclose(way[0, 1], bounds(frame.trace).after_e[0])


def test_in_fast_motion_the_colors_come_along_and_the_gap_ends_closed(draw_runs, sampled):
    drawn = draw_runs(gv.BoundRenderer(), sampled)
    pace = gv.Pace(iterations=(1, 5))
    drawn.at("m", 1, 0.5, pace=pace)
    assert drawn_gap(drawn) >= 0
    frame, _ = drawn.at("m", 1, 1.0, pace=pace)

    assert frame.position == 5
    assert_allclose(drawn_gap(drawn), 0, atol=1e-12)


def test_axis_holds_what_comes_after_the_start_and_stands_still(drawn, sampled):
    own = bounds(sampled)
    low, high = drawn.axes.get_ylim()
    drawn.at("m", 3)

    assert low < own.after_m[2:].min()
    assert own.log_likelihood.max() < high
    assert drawn.axes.get_ylim() == (low, high)


def test_words_name_the_three_and_stay_apart(drawn):
    frame, _ = drawn.at("e", 5)
    drawn.canvas.paint([frame])
    words = drawn.props.words
    boxes = [word.get_window_extent() for word in words]

    assert [word.get_text() for word in words] == ["lower bound", "gap (KL)", "log-likelihood"]
    middles = [word._placed().transform((0, 0))[1] for word in words]
    assert (np.diff(middles) > 0.9 * 21 * 0.5).all()
    assert all(box.x0 > drawn.axes.bbox.x1 for box in boxes)
    assert all(box.x1 < 640 for box in boxes)
