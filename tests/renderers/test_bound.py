from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.end_labels import Margin
from gmmviz.renderers.bound import Bounds, _cached_bounds, _steps, bounds
from gmmviz.themes import theme_named

THEME = theme_named("dark")


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


def test_fast_motion_ends_with_the_gap_that_the_next_e_step_closes(draw_runs, sampled):
    drawn = draw_runs(gv.BoundRenderer(), sampled)
    own = bounds(sampled)
    for progress in (0.1, 0.5, 0.9, 1.0):
        frame, _ = drawn.show(gv.Moment(0.0, 1.0, "fast", 0, 1, 4, progress, opens=False))
        assert drawn_gap(drawn) >= 0

    assert frame.position == 4
    assert_allclose(drawn_gap(drawn), own.log_likelihood[4] - own.after_m[4], atol=1e-12)


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


HAND = Bounds(np.array([-3.0, -2.0, -1.0]), np.array([-3.0, -2.0, -1.0]), np.array([np.nan, -2.5, -1.5]))


@pytest.mark.parametrize(
    ("blend", "position", "coloring", "expected"),
    [
        ((0, 0, 1.0), 0.0, 0.0, (-3, np.nan)),  # the start
        ((0, 0, 0.5), 0.0, 0.5, (-3, -3)),  # the first E-step
        ((0, 1, 0.5), 1.0, 1.0, (-2, -2.25)),  # halfway through the second
        ((1, 1, 1.0), 1.0, 1.0, (-2, -2)),  # at its end
        ((1, 1, 1.0), 1.25, 1.0, (-1.75, -1.875)),  # in the M-step after it
        ((1, 1, 1.0), 2.0, 1.0, (-1, -1.5)),  # at its end
        ((2, 2, 1.0), 2.0, 1.0, (-1, -1)),
    ],
)
def test_bound_moves_with_the_half_steps(blend, position, coloring, expected):
    frame = SimpleNamespace(blend=blend, position=position, coloring=coloring)

    assert_allclose(HAND.at(frame), expected)


def test_bound_rises_in_corners():
    corners = [[0, -3], [1, -2.5], [1, -2], [2, -1.5], [2, -1]]

    assert_allclose(HAND.zigzag, corners)
    assert_allclose(HAND.past(SimpleNamespace(position=1.25), -1.9), [*corners[:3], [1.25, -1.9]])
    assert_allclose(HAND.past(SimpleNamespace(position=1.0), -2.2), [*corners[:2], [1, -2.2]])
    assert_allclose(HAND.past(SimpleNamespace(position=0.0), -3.0), [[0, -3]])


@pytest.fixture
def by_hand(draw_runs, record, monkeypatch):
    run = record([-6.0, -4.0, -2.0])
    monkeypatch.setitem(_cached_bounds, run, HAND)
    return draw_runs(gv.BoundRenderer(), run)


def test_axes_have_room_around_the_bounds_and_for_the_bar(by_hand):
    assert_allclose(by_hand.axes.get_ylim(), (-3 - 0.16, -1 + 0.16))
    assert_allclose(by_hand.axes.get_xlim(), (-0.06, 2.6))
    assert by_hand.axes.get_title(loc="left") == "log-likelihood per point"
    assert_allclose(by_hand.axes.lines[0].get_xydata(), HAND.zigzag)


def test_bar_fades_in_with_the_first_colors(by_hand):
    by_hand.at("e", 0, 0.5)
    coloring = by_hand.props.words[0].get_alpha()
    (bound, gap) = by_hand.props.bars.get_paths()

    assert 0.5 <= coloring < 0.6
    assert_allclose(by_hand.props.bars.get_facecolor()[:, 3], [0.55 * coloring, coloring])
    assert_allclose(bound.vertices[:4, 0], [2.24, 2.24, 2.6, 2.6])
    assert_allclose(bound.vertices[:4, 1], [-3.16, -3, -3, -3.16])
    assert_allclose(gap.vertices[:4, 1], [-3, -3, -3, -3])


def test_gap_has_a_name_where_it_can_be_seen(by_hand):
    by_hand.at("e", 1)
    assert [word.get_alpha() for word in by_hand.props.words] == [1, 0, 1]
    by_hand.at("m", 1)
    assert [word.get_alpha() for word in by_hand.props.words] == [1, 1, 1]
    level, way = by_hand.props.lines.get_segments()
    assert_allclose(level, [[2, -1], [2.6, -1]])
    assert_allclose(way[-1], [2, -1.5])


def test_runs_that_have_ended_do_not_count_for_later_iterations():
    short = Bounds(np.array([-9.0]), np.array([-9.0]), np.array([np.nan]))
    steps = _steps([HAND, short], 2)

    assert [sorted(step.tolist()) for step in steps] == [[-9, -3], [-2.5, -2], [-1.5, -1]]


def test_gap_is_shaded_between_the_faint_curves(by_hand):
    shade = by_hand.axes.collections[0]
    outline = shade.get_paths()[0].vertices

    assert shade.get_alpha() == 0.25
    assert list(shade.get_linewidth()) == [0]
    for corner in [[0, -3], [1, -2.5], [1, -2], [2, -1.5], [2, -1]]:
        assert (np.abs(outline - corner).sum(axis=1) < 1e-9).any()
    assert by_hand.axes.lines[0].get_alpha() == 0.4


@pytest.fixture
def full_size(draw_runs, record, monkeypatch):
    """A panel in a picture 720 pixels high, in which lines have the widths that the code states."""

    def drawn(by_hand=HAND):
        run = record(2 * by_hand.log_likelihood)
        monkeypatch.setitem(_cached_bounds, run, by_hand)
        return draw_runs(gv.BoundRenderer(), run, size=(1280, 720))

    return drawn


def test_curves_bar_and_words_have_their_widths_inks_and_layers(full_size):
    drawn = full_size()
    lines, bars, words = drawn.props.lines, drawn.props.bars, drawn.props.words
    drawn.at("m", 1)
    (faint_bound, faint) = drawn.axes.lines

    assert_allclose(lines.get_linewidth(), [1.4, 2.2])
    assert lines.get_linestyle() == [(0, [2 * 1.4, 2 * 1.4]), (0, None)]
    assert lines.get_color()[0].tolist() == list(to_rgba(THEME.muted))
    assert_allclose(bars.get_linewidth(), 0)
    assert_allclose(bars.get_facecolor(), [to_rgba(THEME.muted, 0.55), to_rgba(THEME.text)])
    assert (lines.get_zorder(), bars.get_zorder()) == (3, 3)
    assert lines.get_animated()
    assert bars.get_animated()
    assert (faint_bound.get_linewidth(), faint_bound.get_color()) == (1.6, THEME.muted)
    assert faint.get_color() == THEME.text
    assert [word._color for word in words] == [to_rgba(ink)[:3] for ink in (THEME.muted, THEME.text, THEME.text)]
    # Between -3.16 and -1.5, between there and -1, and at -1, 14 pixels beside the axes.
    assert_allclose([word._at for word in words], [(2.6, -2.33), (2.6, -1.25), (2.6, -1)])
    assert {(word._letters, word._offset[0]) for word in words} == {(21, 14)}
    margins = [artist for artist in drawn.axes.get_children() if isinstance(artist, Margin)]
    widest = max(word.width(word.get_text(), 21) for word in words)
    assert max(margin.get_window_extent().x1 for margin in margins) == pytest.approx(
        drawn.axes.bbox.x1 + 14 + widest
    )
    assert drawn.axes.yaxis.get_major_locator()._steps.tolist() == [1, 2, 5, 10]


def test_gap_of_less_than_a_hundredth_of_the_axis_has_no_name(full_size):
    # The axis is 2 long and has room of 0.16 at both ends.
    drawn = full_size(Bounds(HAND.log_likelihood, HAND.after_e, np.array([np.nan, -2.024, -1.023])))
    shown = []
    for t in (0, 1):
        drawn.at("m", t)
        shown.append([word.get_alpha() for word in drawn.props.words])

    assert shown == [[1, 1, 1], [1, 0, 1]]


def test_run_that_stands_still_has_half_a_nat_of_room(full_size):
    drawn = full_size(Bounds(np.array([-3.0]), np.array([-3.0]), np.array([np.nan])))
    drawn.at("start", 0)

    assert_allclose(drawn.axes.get_ylim(), (-3.5, -2.5))
    assert_allclose(drawn.axes.get_xlim(), (-0.03, 1.3))
    assert_allclose(drawn.props.bars.get_paths()[0].vertices[:4, 0], [1.12, 1.12, 1.3, 1.3])


def test_values_beyond_the_axis_are_shown_at_its_ends(full_size):
    drawn = full_size()
    drawn.axes.set_ylim(-2.9, -1.2)
    drawn.at("m", 1)
    assert_allclose(drawn_levels(drawn), (-1.5, -1.2))
    drawn.at("e", 0)
    assert_allclose(drawn_levels(drawn), (-2.9, -2.9))
    assert_allclose(drawn.props.lines.get_segments()[0], [[0, -2.9], [2.6, -2.9]])
