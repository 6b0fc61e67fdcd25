import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from gmmviz.artists.end_labels import EndLabels, Margin
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
    shown_range,
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


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([-100, 0, 1, 2, 3], (0, 3, True)),  # later values fill 3 of 103: the start is extreme
        ([100, 0, 1, 2, 3], (0, 3, True)),
        ([-10, 0, 1, 2, 3], (-10, 3, False)),  # 3 of 13
        ([-90, 0, 0.1, 0.2, 0.3], (-90, 0.3, False)),  # 0.3 of 90.3: the first step is the story
        ([-15, 0, 1, 2, 3], (0, 3, True)),  # 3 of 18
        ([-12, 0, 1, 2, 3], (-12, 3, False)),  # a fifth
        ([-100, 0, 3], (-100, 3, False)),  # too few to tell
        ([-100, 0, 1, 3], (0, 3, True)),
        ([2], (2, 2, False)),
    ],
)
def test_extreme_start_is_left_out_of_the_range(values, expected):
    assert shown_range([np.array([float(v)]) for v in values]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1e11, 400, 390, 389, 388.5], (388.5, 400, 1)),
        ([1e300, 1e250, 500, 499], (499, 500, 2)),
        ([-1.7e308, -400], (-400, -400, 1)),
        ([2324, 4.1554, 4.1554, 4.1554, 4.1553], (4.1553, 4.1554, 1)),
        ([99, 1, 1], (1, 99, 0)),  # a hundred times what follows, but not more
        ([0.5, 0.0, 0.0], (0, 0.5, 0)),  # less than a nat apart
        ([5e-301, 1e-301, 0, 0, 0], (0, 5e-301, 0)),
        ([-1.7e308, 1.7e308], (-1e300, 1e300, 0)),  # whose difference is no number
    ],
)
def test_range_leaves_out_what_no_scale_could_show_with_the_rest(values, expected):
    assert shown_range([np.array([float(v)]) for v in values]) == expected


def test_curve_from_very_far_away_is_drawn_to_the_axes(axes):
    history = History(axes, [Curve(np.array([1e300, 5.0]), "#000000")], 1, THEME)

    (past, _) = history.moving([0.5])
    assert past.get_segments()[0].tolist() == [[0, 10 + 1e7], [0.5, (5 + 10 + 1e7) / 2]]
    assert axes.lines[0].get_ydata().tolist() == [10 + 1e7, 5]


def test_range_holds_the_values_of_all_runs():
    assert shown_range([np.array([0.0, 5.0]), np.array([1.0]), np.array([2.0, -3.0])]) == (-3, 5, False)


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
    assert_allclose(axes.lines[0].get_ydata(), curve.values)
    assert axes.lines[0].get_alpha() == 0.25


def test_past_on_a_log_scale_is_straight_there(axes):
    axes.set_ylim(1, 10)
    axes.set_yscale("log")
    history = History(axes, [Curve(np.array([1.0, 9.0]), "#ff0000")], 1, THEME)
    past, _ = history.moving([0.5])

    assert_allclose(past.get_segments()[0][-1], [0.5, 3.0])


def test_named_curve_that_ends_early_is_led_on_to_its_name(axes):
    curves = [Curve(np.array([0.0, 2.0]), "#ff0000", "short"), Curve(np.arange(4.0), "#0000ff", "long")]
    History(axes, curves, 3, THEME)
    dotted = [line for line in axes.lines if line.get_linestyle() == ":"]

    assert len(dotted) == 1
    assert_allclose(dotted[0].get_data(), [[1, 3], [2, 2]])


def test_nameless_curve_that_ends_early_just_ends(axes):
    History(axes, [Curve(np.array([0.0, 2.0]), "#ff0000")], 3, THEME)

    assert len(axes.lines) == 1


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


def test_curves_are_faint_lines_under_the_past_and_its_dots(axes):
    three, four = (
        History(axes, [Curve(np.arange(3.0), "#ff0000", "name", bold=True)] * n, 4, THEME) for n in (3, 4)
    )
    faint, dotted, *_ = axes.lines

    assert (faint.get_linewidth(), faint.get_alpha(), faint.get_color()) == (2.4, 0.25, "#ff0000")
    assert (dotted.get_linewidth(), dotted.get_alpha(), dotted.get_linestyle()) == (2.4, 0.25, ":")
    assert axes.lines[-1].get_linewidth() == pytest.approx(0.75 * 2.4)
    assert (three.past.get_zorder(), three.dots.get_zorder()) == (3, 4)
    assert three.past.get_linewidth() == [3.6]
    assert four.past.get_linewidth() == pytest.approx([0.75 * 3.6])
    assert three.past.get_capstyle() == "round"
    assert three.past.get_animated()
    assert_allclose(three.dots.get_linewidth(), [3.0])
    labels = next(artist for artist in axes.get_children() if isinstance(artist, EndLabels))
    assert [text.get_text() for text in labels.texts] == ["name"] * 3
    assert labels._heights == [2.0] * 3
    assert labels.texts[0].get_fontweight() == THEME.font("bold").get_weight()


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


def test_range_is_cut_strictly_between_a_hundredth_and_a_fifth():
    def cut(first):
        return shown_range([np.array([float(v)]) for v in (first, 0, 1, 1)])[2]

    assert [cut(first) for first in (5, 5.001, 99.9, 100)] == [False, True, True, False]


def test_three_steps_are_too_few_to_cut_and_four_are_not():
    assert not shown_range([np.array([v]) for v in (50.0, 0.0, 1.0)])[2]
    assert shown_range([np.array([v]) for v in (50.0, 0.0, 1.0, 1.0)])[2]
