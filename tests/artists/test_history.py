import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from gmmviz.artists.end_labels import Margin
from gmmviz.artists.history import (
    CIRCLE,
    DOWN,
    UP,
    Curve,
    Dots,
    History,
    along,
    few_ticks,
    iteration_axis,
)
from gmmviz.artists.word import text_width
from gmmviz.themes import theme_named

THEME = theme_named("light")


@pytest.fixture
def axes():
    figure = Figure(figsize=(4, 3), dpi=72)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_xlim(0, 4)
    axes.set_ylim(0, 10)
    return axes


def test_value_between_iterations_is_on_the_straight_line():
    assert along(np.array([1.0, 4.0]), 0.5) == 2.5
    assert along(np.array([1.0, 4.0]), 0.5, geometric=True) == pytest.approx(2.0)
    assert along(np.array([1.0, 4.0, 6.0]), 1.25) == 4.5


def test_curve_from_very_far_away_is_drawn_to_the_axes(axes):
    history = History(axes, [Curve(np.array([1e300, 5.0]), "#000000")], 1, THEME)

    (past, _) = history.moving([0.5])
    assert past.get_segments()[0].tolist() == [[0, 10 + 1e7], [0.5, (5 + 10 + 1e7) / 2]]


@pytest.mark.parametrize(("last", "expected"), [(10, (-0.3, 10.3)), (0, (-0.03, 1.03)), (200, (-6.0, 206.0))])
def test_axis_of_iterations_has_a_little_room_at_both_ends(axes, last, expected):
    iteration_axis(axes, last, THEME)

    assert_allclose(axes.get_xlim(), expected)
    ticks = axes.get_xticks()
    assert (ticks == np.round(ticks)).all()
    assert ticks.min() == 0
    assert max(last, 1) / 2 < ticks.max() <= max(last, 1)
    assert axes.get_xlabel() == "iteration"


def test_axis_of_iterations_has_room_beyond_the_last_if_asked_for(axes):
    iteration_axis(axes, 10, THEME, beyond=0.3)

    assert_allclose(axes.get_xlim(), (-0.3, 13))
    axes.figure.canvas.draw()
    label, first = axes.xaxis.label.get_window_extent(), axes.get_xticklabels()[0].get_window_extent()
    assert label.x1 < axes.bbox.x0
    assert label.y1 > first.y0  # in the row of the numbers


def test_past_reaches_to_the_present_and_ends_in_a_dot(axes):
    curve = Curve(np.array([0.0, 1.0, 4.0]), "#ff0000")
    history = History(axes, [curve], 2, THEME)
    past, dots = history.moving([1.5])

    assert_allclose(past.get_segments()[0], [[0, 0], [1, 1], [1.5, 2.5]])
    assert_allclose(dots.get_offsets(), [[1.5, 2.5]])
    assert_allclose(dots.get_sizes(), [225])
    assert past.get_linewidth() == [3.6]
    assert not axes.lines


def test_preview_is_dotted_from_the_present_to_the_end_in_full_ink(axes):
    curve = Curve(np.array([0.0, 1.0, 4.0, 5.0]), "#ff0000")
    history = History(axes, [curve], 3, THEME, preview=True)
    future, past, _ = history.moving([1.5])

    assert_allclose(future.get_segments()[0], [[1.5, 2.5], [2, 4], [3, 5]])
    assert_allclose(future.get_colors(), [to_rgba("#ff0000")])
    assert future.get_alpha() is None
    assert_allclose(past.get_segments()[0][-1], [1.5, 2.5])
    assert future not in list(history.moving([3]))


def test_curve_on_a_logarithmic_axis_of_iterations_is_straight_there(axes):
    place = iteration_axis(axes, 40, THEME, logarithmic=True)
    history = History(axes, [Curve(np.array([0.0, 8.0, 9.0]), "#ff0000")], 40, THEME, place=place)
    past, dots = history.moving([0.5])

    assert_allclose(past.get_segments()[0], [[0, 0], [np.log(1.5), 8 * np.log(1.5) / np.log(2)]])
    assert_allclose(dots.get_offsets()[0], past.get_segments()[0][-1])


def test_dots_and_reach_follow_the_limits_of_the_axes(axes):
    history = History(axes, [Curve(np.array([0.0, 5.0]), "#ff0000")], 1, THEME)
    axes.set_ylim(6, 7)
    past, dots = history.moving([1])

    assert_allclose(dots.get_offsets(), [[1, 6]])
    assert dots.get_paths() == [DOWN]
    assert_allclose(past.get_segments()[0], [[0, 0], [1, 5], [1, 5]])


def test_past_on_a_log_scale_is_straight_there(axes):
    axes.set_ylim(1, 10)
    axes.set_yscale("log")
    history = History(axes, [Curve(np.array([1.0, 9.0]), "#ff0000")], 1, THEME)
    past, _ = history.moving([0.5])

    assert_allclose(past.get_segments()[0][-1], [0.5, 3.0])


def test_curve_that_is_led_on_has_a_dotted_line_as_far_as_the_longest_run_is(axes):
    curves = [Curve(np.array([0.0, 2.0]), "#ff0000", led=True), Curve(np.arange(4.0), "#0000ff", led=True)]
    history = History(axes, curves, 3, THEME)
    early, (future, *_) = list(history.moving([0.5, 0.5])), history.moving([1, 2.5])

    assert history.future not in early
    assert_allclose(future.get_segments(), [[[1, 2], [2.5, 2]]])
    assert_allclose(future.get_colors(), [to_rgba("#ff0000")])


def test_curve_is_led_on_to_the_present_of_a_run_that_is_not_shown(axes):
    history = History(axes, [Curve(np.array([0.0, 2.0]), "#ff0000", led=True)], 3, THEME)
    future, *_ = history.moving([1], 2)

    assert_allclose(future.get_segments(), [[[1, 2], [2, 2]]])


def test_preview_leads_on_to_the_last_iteration(axes):
    history = History(axes, [Curve(np.array([0.0, 2.0]), "#ff0000", led=True)], 3, THEME, preview=True)
    future, *_ = history.moving([0.5])

    assert_allclose(future.get_segments()[1], [[1, 2], [3, 2]])


def test_curve_that_ends_early_just_ends(axes):
    history = History(axes, [Curve(np.array([0.0, 2.0]), "#ff0000")], 3, THEME)

    assert history.future not in list(history.moving([1], 3))


def test_many_curves_are_thinner(axes):
    curves = [Curve(np.arange(3.0), "#ff0000") for _ in range(4)]
    history = History(axes, curves, 2, THEME)

    assert_allclose(history.past.get_linewidth(), 0.75 * 3.6)
    assert_allclose(history.dots.get_sizes(), [(0.75 * 15) ** 2])
    assert isinstance(history.past, LineCollection)


def test_values_beyond_the_axis_are_wedges_at_its_ends(axes):
    dots = Dots(axes, ["#ff0000"] * 4, 10.0, THEME)
    dots.put([(0, 5), (1, 12), (2, -1), (3, 10)])

    assert dots.get_paths() == [CIRCLE, UP, DOWN, CIRCLE]
    assert_allclose(dots.get_offsets(), [[0, 5], [1, 10], [2, 0], [3, 10]])
    assert_allclose(UP.vertices[:, 1].max(), 0)
    assert_allclose(DOWN.vertices[:, 1].min(), 0)


def test_dots_have_an_edge_of_the_background_a_fifth_as_wide(axes):
    dots = Dots(axes, ["#ff0000"], 10.0, THEME)

    assert_allclose(dots.get_edgecolor(), [to_rgba(THEME.background)])
    assert_allclose(dots.get_linewidth(), [2.0])
    assert_allclose(dots.get_sizes(), [100.0])
    assert not dots.get_clip_on()


def test_past_is_painted_over_the_future_and_under_the_dots(axes):
    three, four = (History(axes, [Curve(np.arange(3.0), "#ff0000", led=True)] * n, 4, THEME) for n in (3, 4))

    assert (three.future.get_zorder(), three.past.get_zorder(), three.dots.get_zorder()) == (2.5, 3, 4)
    assert list(three.moving([2] * 3, 3)) == [three.future, three.past, three.dots]
    assert three.past.get_linewidth() == [3.6]
    assert three.future.get_linewidth() == [2.4]
    assert four.past.get_linewidth() == pytest.approx([0.75 * 3.6])
    assert four.future.get_linewidth() == pytest.approx([0.75 * 2.4])
    assert three.past.get_capstyle() == "round"
    assert three.past.get_animated()
    assert three.future.get_animated()
    assert_allclose(three.dots.get_linewidth(), [3.0])


def test_name_of_the_iteration_axis_stands_left_of_its_numbers(axes):
    iteration_axis(axes, 100, THEME)
    label = axes.xaxis.label
    axes.figure.canvas.draw()
    x, y = label.get_transform().transform(label.get_position())

    assert_allclose((x, y), (axes.bbox.x0 - 10, axes.bbox.y0 - 8))
    assert (label.get_ha(), label.get_va(), label.get_fontsize()) == ("right", "top", 21)
    assert label.get_color() == THEME.muted
    assert_allclose(axes.get_xticks(), [0, 25, 50, 75, 100])
    (margin,) = (artist for artist in axes.get_children() if isinstance(artist, Margin))
    width = text_width("iteration", 21, THEME.font())
    assert margin.get_window_extent().x0 == pytest.approx(axes.bbox.x0 - 10 - width)
    assert margin.get_window_extent().x1 == pytest.approx(axes.bbox.x1)


def test_few_ticks_are_round_and_at_least_two():
    locator = few_ticks()
    locator.create_dummy_axis()

    assert_allclose(locator.tick_values(0, 10), np.arange(0, 11, 2))
    assert_allclose(locator.tick_values(0, 22), np.arange(0, 26, 5))  # never in steps of 2.5
    assert locator._min_n_ticks == 2


def test_wedges_point_at_what_is_beyond():
    assert_allclose(UP.vertices[:3], 0.62 * np.array([[-1, -1.7], [0, 0], [1, -1.7]]))
    assert_allclose(DOWN.vertices, -UP.vertices)
    assert_allclose(np.hypot(*CIRCLE.vertices.T), 0.5)


def test_logarithmic_axis_has_the_start_and_round_numbers(axes):
    place = iteration_axis(axes, 40, THEME, logarithmic=True)

    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "2", "5", "10", "20"]
    assert_allclose(axes.get_xticks(), np.log1p([0, 1, 2, 5, 10, 20]))
    assert_allclose(axes.get_xlim(), (-0.03 * np.log(41), 1.03 * np.log(41)))
    assert_allclose(place(np.array([3.0])), [np.log(4)])


def test_logarithmic_axis_of_a_run_without_iterations_has_the_start(axes):
    iteration_axis(axes, 0, THEME, logarithmic=True)

    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1"]
