from itertools import pairwise

import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


def bars(drawn):
    return [path.get_extents() for path in drawn.props.bars.get_paths()]


def test_bars_are_the_weights_of_the_frame_and_values_those_of_the_last_snapshot(draw_runs, sampled):
    drawn = draw_runs(gv.WeightsRenderer(), sampled)
    frame, _ = drawn.at("m", 1, 0.4)

    assert_allclose([box.height for box in bars(drawn)], frame.mixture.weights)
    assert_allclose([box.y0 for box in bars(drawn)], 0)
    values = [word.get_text() for word in drawn.props.values]
    assert values == [f"{weight:.2f}" for weight in sampled[1].mixture.weights]


def test_bars_carry_the_numbers_of_their_components(draw_runs, sampled):
    drawn = draw_runs(gv.WeightsRenderer(), sampled)
    drawn.at("start", 0)

    assert_allclose(drawn.axes.get_xticks(), [(box.x0 + box.x1) / 2 for box in bars(drawn)])
    assert [tick.get_text() for tick in drawn.axes.get_xticklabels()] == ["1", "2", "3"]


def test_true_weights_are_ticks_at_their_partners(draw_runs, sampled, true_mixture):
    drawn = draw_runs(gv.WeightsRenderer(), sampled)
    match = gv.match_components(sampled[-1].mixture, true_mixture)
    ticks = sorted((segment[:, 0].mean() - 1, segment[0, 1]) for segment in drawn.props.truth.get_segments())

    assert_allclose(ticks, sorted(zip(match, true_mixture.weights, strict=True)))


def test_true_component_without_a_partner_has_a_place(draw_runs, sampled):
    fewer = gv.fit(sampled.data, gv.RandomPoints(seed=1), n_components=2, max_iter=3)
    drawn = draw_runs(gv.WeightsRenderer(), fewer)

    drawn.at("end", 3)
    assert len(bars(drawn)) == 2
    assert [tick.get_text() for tick in drawn.axes.get_xticklabels()] == ["1", "2", "3"]
    assert len(drawn.props.truth.get_segments()) == 3


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (320, 180)])
def test_ten_values_do_not_overlap(draw_runs, sampled, size):
    many = gv.fit(sampled.data, gv.RandomPoints(seed=1), n_components=10, max_iter=2)
    drawn = draw_runs(gv.WeightsRenderer(), many, size=size)
    drawn.canvas.paint([drawn.at("m", 0)[0]])
    boxes = [word.get_window_extent() for word in drawn.props.values]

    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    assert all(box.y1 <= drawn.axes.bbox.y1 + 0.5 for box in boxes)


def test_axis_begins_at_zero_and_does_not_move(draw_runs, trace, sampled):
    drawn = draw_runs(gv.WeightsRenderer(), trace)
    low, high = drawn.axes.get_ylim()
    drawn.at("end", 5)

    assert (low, high) == (0, drawn.axes.get_ylim()[1])
    assert high > trace.weights.max()
