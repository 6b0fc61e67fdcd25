from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.renderers.bound import Bounds, _cached_bounds, bounds, torn_edge, view_at, views
from gmmviz.themes import theme_named

THEME = theme_named("dark")


def drawn_levels(drawn):
    """Lower bound, and bound plus gap, as the bar shows them."""
    bound, gap = (path.vertices[:2, 1] for path in drawn.props.bars.get_paths())
    low, high = drawn.axes.get_ylim()
    assert_allclose(bound[0], low + 0.02 * (high - low))
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


def test_first_e_step_closes_the_gap_of_points_that_are_shared_equally(drawn, sampled):
    points, start = sampled.data.points, sampled[0].mixture
    drawn.at("start", 0)
    shared, top = drawn.props.bounds.at(drawn.at("start", 0)[0])[::-1]

    assert_allclose(shared, gv.lower_bound(points, start, np.full((len(points), 3), 1 / 3)) / len(points))
    assert_allclose(top, start.log_prob(points).mean())
    for progress in (0.25, 0.5, 1.0):
        frame, _ = drawn.at("e", 0, progress)
        assert_allclose(
            np.subtract(*drawn.props.bounds.at(frame)), (1 - frame.coloring) * (top - shared), atol=1e-12
        )


def test_gap_that_no_e_step_of_its_own_closes_is_closed_in_the_first_iteration(draw_runs, sampled):
    drawn = draw_runs(gv.BoundRenderer(), sampled)
    ways = []
    for progress in np.linspace(0, 1, 33):
        frame, _ = drawn.show(gv.Moment(0.0, 1.0, "fast", 0, 0, 4, progress, opens=False))
        ways.append(drawn.props.bounds.at(frame))
    log_likelihood, bound = np.array(ways).T

    assert_allclose(bound[0], bounds(sampled).after_m[0])
    assert_allclose(bound[8], bounds(sampled).after_m[1])
    assert (np.diff(bound) > 0).all()
    assert (bound < log_likelihood).all()


def test_bar_and_curve_meet_at_the_present(drawn):
    frame, _ = drawn.at("m", 2, 0.5)
    ((x, y),) = drawn.props.history.dots.get_offsets()
    bound, top = drawn_levels(drawn)
    _, way = drawn.props.lines.get_segments()

    assert_allclose((x, y), (frame.position, top))
    assert_allclose(way[-1], (x, bound))
    assert_allclose(way[:2, 1], [bounds(frame.trace).after_m[0], bounds(frame.trace).after_e[0]])


def test_fast_motion_ends_with_the_gap_that_the_next_e_step_closes(draw_runs, sampled):
    drawn = draw_runs(gv.BoundRenderer(), sampled)
    own = bounds(sampled)
    for progress in (0.1, 0.5, 0.9, 1.0):
        frame, _ = drawn.show(gv.Moment(0.0, 1.0, "fast", 0, 1, 4, progress, opens=False))
        assert drawn_gap(drawn) >= 0

    assert frame.position == 4
    assert_allclose(drawn_gap(drawn), own.log_likelihood[4] - own.after_m[4], atol=1e-12)


def test_axis_holds_the_gap_and_the_rise_of_the_iteration_under_way(drawn, sampled):
    own = bounds(sampled)
    for t in (1, 2, 4):
        limits = set()
        for phase in ("e", "m"):
            drawn.at(phase, t)
            limits.add(drawn.axes.get_ylim())
        ((low, high),) = limits
        values = [*own.log_likelihood[t : t + 2], *own.after_m[t : t + 2]]
        assert low < min(values) < max(values) < high
        assert np.ptp(values) > 0.7 * (high - low)


def test_nothing_jumps_from_frame_to_frame(draw_runs, sampled):
    drawn = draw_runs(gv.BoundRenderer(), sampled)
    pace = gv.Pace(iterations="all", e_step=1.0, m_step=1.0)
    film = gv.Animation(sampled, [gv.BoundRenderer()], pace=pace, fps=60)
    places = []
    for moment in film.moments[1:]:
        drawn.show(moment)
        low, high = drawn.axes.get_ylim()
        places.append((np.array(drawn_levels(drawn)) - low) / (high - low))

    assert np.abs(np.diff(places, axis=0)).max() < 0.06


def test_axis_moves_on_before_the_bound_is_lifted(drawn):
    gaps = []
    for progress in (0.01, 0.5, 0.75, 1.0):
        drawn.at("e", 2, progress)
        log_likelihood, bound = drawn.props.bounds.at(drawn.at("e", 2, progress)[0])
        gaps.append((log_likelihood - bound, drawn.axes.get_ylim()))
    (opened, first), (still, second), (closing, third), (closed, last) = gaps

    assert still > 0.9 * opened
    assert 0 < closing < still
    assert_allclose(closed, 0, atol=1e-12)
    assert second == third == last != first


def test_labels_stand_still_and_say_the_numbers_of_the_frame(drawn):
    places = set()
    for phase, before in (("e", 1), ("m", 1), ("e", 2), ("m", 4)):
        frame, artists = drawn.at(phase, before)
        log_likelihood, bound = drawn.props.bounds.at(frame)
        said = [float(label.get_text().replace("−", "-")) for label in drawn.props.numbers]
        assert_allclose(said, [log_likelihood, log_likelihood - bound, bound], atol=10.0**-drawn.props.decimals)
        assert set(drawn.props.names) <= set(artists)
        drawn.canvas.paint([frame])
        places.add(tuple(tuple(np.round(word._placed().transform((0, 0)), 6)) for word in drawn.props.names))

    assert len(places) == 1


def test_bound_and_gap_have_hues_of_their_own(draw_runs, sampled):
    for name in ("light", "dark", "print"):
        drawn = draw_runs(gv.BoundRenderer(), sampled, theme=name)
        drawn.at("m", 2)
        bound, gap = (to_hex(color) for color in drawn.props.bars.get_facecolor())
        theme = theme_named(name)

        assert bound != gap
        assert {bound, gap}.isdisjoint(theme.color(k) for k in range(3))
        assert [word.color for word in drawn.props.names] == [theme.text, gap, bound]


HAND = Bounds(np.array([-3.0, -2.0, -1.0]), np.array([-3.0, -2.0, -1.0]), np.array([-3.5, -2.5, -1.5]))


@pytest.mark.parametrize(
    ("blend", "position", "coloring", "expected"),
    [
        ((0, 0, 1.0), 0.0, 0.0, (-3, -3.5)),  # the start
        ((0, 0, 0.5), 0.0, 0.5, (-3, -3.25)),  # the first E-step
        ((0, 1, 0.5), 0.5, 0.125, (-2.5, -2.875)),  # fast motion from the start
        ((0, 1, 0.5), 1.0, 1.0, (-2, -2.5)),  # halfway through the second, when the axis has moved
        ((0, 1, 0.75), 1.0, 1.0, (-2, -2.25)),
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
    corners = [[0, -3.5], [0, -3], [1, -2.5], [1, -2], [2, -1.5], [2, -1]]

    assert_allclose(HAND.zigzag, corners)
    assert_allclose(HAND.past(SimpleNamespace(position=1.25), -1.9), [*corners[:4], [1.25, -1.9]])
    assert_allclose(HAND.past(SimpleNamespace(position=1.0), -2.2), [*corners[:3], [1, -2.2]])
    assert_allclose(HAND.past(SimpleNamespace(position=0.0), -3.2), [[0, -3.5], [0, -3.2]])


@pytest.fixture
def by_hand(draw_runs, record, monkeypatch):
    run = record([-6.0, -4.0, -2.0])
    monkeypatch.setitem(_cached_bounds, run, HAND)
    return draw_runs(gv.BoundRenderer(), run)


def test_axis_stands_still_where_the_gaps_can_be_seen_on_it(by_hand):
    for t in range(2):
        by_hand.at("m", t)
        assert_allclose(by_hand.axes.get_ylim(), (-3.5 - 0.25 * 2.5, -1 + 0.12 * 2.5))
    assert_allclose(by_hand.axes.get_xlim(), (-0.06, 4.4))
    assert by_hand.axes.get_title(loc="left") == "log-likelihood per point"


def test_axis_of_each_iteration_by_hand():
    far = Bounds(np.array([-100.0, -2, -1]), np.array([-100.0, -2, -1]), np.array([-100.0, -2.5, -1.5]))

    assert_allclose(views([far], 2), [(-100 - 0.25 * 98, -2 + 0.12 * 98), (-2.5 - 0.25 * 1.5, -1 + 0.12 * 1.5)])


def test_bar_stands_on_a_torn_edge_and_has_the_gap_on_top(by_hand):
    by_hand.at("e", 0, 0.5)
    (bound, gap) = by_hand.props.bars.get_paths()

    assert_allclose(by_hand.props.bars.get_facecolor()[:, 3], [0.5, 1])
    assert_allclose(bound.vertices[:4, 0], [2.24, 2.24, 4.4, 4.4])
    assert_allclose(bound.vertices[1:3, 1], -3.25)
    assert_allclose(bound.vertices[3:16], torn_edge((2.24, 4.4), (-4.125, -0.7))[::-1])
    assert_allclose(gap.vertices[:4, 1], [-3.25, -3, -3, -3.25])


def test_bar_is_torn_off_where_it_would_go_on_below_the_axes():
    edge = torn_edge((2.0, 8.0), (10.0, 20.0))

    assert_allclose(edge[:, 0], np.arange(2, 8.1, 0.5))
    assert_allclose(edge[:, 1], [10.2, 10.5] * 6 + [10.2])


def test_level_leads_from_the_present_to_the_bar(by_hand):
    by_hand.at("m", 1)
    level, way = by_hand.props.lines.get_segments()

    assert_allclose(level, [[2, -1], [4.4, -1]])
    assert_allclose(way[-1], [2, -1.5])


def test_gap_is_shaded_up_to_the_present(by_hand):
    by_hand.at("m", 1)
    outline = by_hand.props.gaps.get_paths()[0].vertices

    for corner in [[1, -2.5], [1, -2], [2, -1.5], [2, -1]]:
        assert (np.abs(outline - corner).sum(axis=1) < 1e-9).any()
    by_hand.at("m", 0)
    assert by_hand.props.gaps.get_paths()[0].vertices[:, 0].max() == 1


def test_axis_holds_a_wide_first_gap_first_and_then_the_rest_of_the_run():
    shared = Bounds(HAND.log_likelihood, HAND.after_e, np.array([-99.0, -2.5, -1.5]))
    rest = (-3 - 0.25 * 2, -1 + 0.12 * 2)

    assert_allclose(views([shared], 2), [(-99 - 0.25 * 97, -2 + 0.12 * 97), rest])


def test_runs_that_have_ended_do_not_count_for_later_iterations():
    short = Bounds(np.array([-90.0]), np.array([-90.0]), np.array([-90.0]))
    first, second = views([HAND, short], 2)

    assert first[0] < -90
    assert_allclose(second, (-2.5 - 0.25 * 1.5, -1 + 0.12 * 1.5))


def test_iteration_in_which_nothing_moves_is_not_enlarged():
    still = Bounds(np.full(3, -1.0), np.full(3, -1.0), np.array([-1.0, -1, -1]))
    _, second = views([still], 2)

    assert_allclose(second, (-1 - 0.75e-3, -1 + 0.62e-3))


@pytest.mark.parametrize(
    ("phase", "before", "after", "progress", "position", "view"),
    [
        ("start", 0, 0, 1.0, 0.0, 0),
        ("e", 0, 1, 0.5, 0.0, 0),
        ("m", 0, 1, 0.5, 0.5, 0),
        ("e", 1, 2, 0.25, 1.0, 0.5),
        ("e", 1, 2, 0.5, 1.0, 1),
        ("e", 1, 2, 1.0, 1.0, 1),
        ("m", 1, 2, 1.0, 2.0, 1),
        ("fast", 0, 1, 0.5, 0.5, 0),
        ("fast", 2, 6, 0.0, 2.0, 1),  # where the E-step before it has left it
        ("fast", 2, 6, 0.5, 4.0, 3),
        ("fast", 2, 6, 1.0, 6.0, 5),
        ("e", 6, 7, 0.25, 6.0, 5.5),
        ("end", 7, 7, 0.5, 7.0, 7),
    ],
)
def test_view_moves_as_an_e_step_begins_or_in_fast_motion(phase, before, after, progress, position, view):
    moment = gv.Moment(0.0, 1.0, phase, before, before, after, progress, opens=False)

    assert view_at(moment, position) == pytest.approx(view)


def test_view_moves_in_an_m_step_whose_e_step_was_passed_over():
    moment = gv.Moment(0.0, 1.0, "m", 1, 2, 3, 0.25, opens=False, alone=True)

    assert view_at(moment, 2.25) == pytest.approx(1.5)


def test_lines_bars_and_words_have_their_layers_and_sizes(draw_runs, record, monkeypatch):
    run = record(2 * HAND.log_likelihood)
    monkeypatch.setitem(_cached_bounds, run, HAND)
    drawn = draw_runs(gv.BoundRenderer(), run, size=(1280, 720))
    _, artists = drawn.at("m", 1)
    lines, bars = drawn.props.lines, drawn.props.bars

    assert artists[0] is drawn.props.axis
    assert_allclose(lines.get_linewidth(), [1.6, 2.8])
    assert lines.get_linestyle() == [(0, [2 * 1.6, 2 * 1.6]), (0, None)]
    assert_allclose(lines.get_color()[0], to_rgba(THEME.text))
    assert_allclose(bars.get_linewidth(), 0)
    assert {(word._letters, word._offset) for word in drawn.props.names} == {(24, (18, 0))}
    assert {(label.get_fontsize(), label.get_position()[0]) for label in drawn.props.numbers} == {(38, 1.0)}
    assert gv.BoundRenderer().width == 2


def test_run_that_stands_still_has_an_axis_too(draw_runs, record, monkeypatch):
    run = record([-6.0])
    monkeypatch.setitem(_cached_bounds, run, Bounds(np.array([-3.0]), np.array([-3.0]), np.array([-3.0])))
    drawn = draw_runs(gv.BoundRenderer(), run)
    drawn.at("start", 0)
    low, high = drawn.axes.get_ylim()

    assert low < -3 < high
