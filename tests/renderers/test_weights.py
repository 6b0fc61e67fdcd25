from itertools import pairwise

import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.renderers.weights import bar
from gmmviz.themes import theme_named


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


def test_bar_is_centered_on_its_place():
    assert_allclose(bar(2, 0.5), [(1.64, 0), (1.64, 0.5), (2.36, 0.5), (2.36, 0)])


def test_axes_have_room_for_every_bar_and_the_row_of_values(draw_runs, trace):
    drawn = draw_runs(gv.WeightsRenderer(), trace)
    drawn.at("end", 5)
    top = 1.4 * trace.weights.max()

    assert_allclose(drawn.axes.get_xlim(), (0.4, 2.6))
    assert_allclose(drawn.axes.get_ylim(), (0, top))
    assert drawn.axes.get_title(loc="left") == "weights"
    assert [word._at for word in drawn.props.values] == [(1, top), (2, top)]
    (size,) = {word._letters for word in drawn.props.values}
    assert [word._offset for word in drawn.props.values] == [(0, -size / 2)] * 2


def test_true_weights_count_for_the_axis_and_are_dashes_across_their_bars(draw_runs, sampled):
    drawn = draw_runs(gv.WeightsRenderer(), sampled)
    segment = min(drawn.props.truth.get_segments(), key=lambda ends: ends[0, 0])

    assert_allclose(segment[:, 0], [0.52, 1.48])
    assert drawn.axes.get_title(loc="left") == "weights (dashed: truth)"
    assert_allclose(drawn.axes.get_ylim()[1], 1.4 * max(sampled.weights.max(), 0.5))


@pytest.mark.parametrize("size", [(1280, 720), (320, 180)])
def test_letters_of_values_fit_the_bars_and_the_row(draw_runs, sampled, size):
    many = gv.fit(sampled.data, gv.RandomPoints(seed=1), n_components=10, max_iter=1)
    drawn = draw_runs(gv.WeightsRenderer(), many, size=size)
    drawn.at("end", 1)
    word, axes = drawn.props.values[0], drawn.axes
    slot = axes.bbox.width / 10.2
    theme = theme_named("dark").scaled(size)
    expected = min(theme.px(21), 0.4 / 1.4 * axes.bbox.height, 0.8 * slot / word.width("0.00", 1.0))

    assert word._letters == pytest.approx(expected)


def test_bars_truth_and_values_have_their_widths_inks_and_layers(draw_runs, sampled):
    drawn = draw_runs(gv.WeightsRenderer(), sampled, size=(1280, 720))
    _, artists = drawn.at("end", len(sampled) - 1)
    props, theme = drawn.props, theme_named("dark")

    assert artists == [props.bars, props.truth, *props.values]
    assert (props.bars.get_zorder(), props.truth.get_zorder()) == (3, 3)
    assert all(artist.get_animated() for artist in artists)
    assert_allclose(props.bars.get_linewidth(), 0)
    assert_allclose(props.bars.get_facecolor(), [to_rgba(theme.color(k)) for k in range(3)])
    assert_allclose(props.truth.get_linewidth(), 2.6)
    assert props.truth.get_linestyle() == [(0, [3 * 2.6, 2 * 2.6])]
    assert_allclose(props.truth.get_color(), [to_rgba(theme.text)])
    assert {word._letters for word in props.values} == {21}
    bold = theme.font("bold").get_weight()
    assert {word._font.get_weight() for word in props.values} == {bold}
    assert not any(line.get_visible() for line in drawn.axes.get_xgridlines())
    assert any(line.get_visible() for line in drawn.axes.get_ygridlines())
    drawn.axes.set_ylim(0, 0.9)
    assert_allclose(drawn.axes.get_yticks(), [0, 0.3, 0.6, 0.9])
