import numpy as np
import pytest
from matplotlib.text import Annotation
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.renderers.likelihood import _written
from gmmviz.themes import theme_named


def average(trace):
    return -trace.log_likelihoods / len(trace.data.points)


def test_marker_lies_on_the_curve_and_number_is_of_the_last_snapshot(draw_runs, trace):
    drawn = draw_runs(gv.LikelihoodRenderer(), trace)
    drawn.at("m", 1, 0.4)
    ((x, y),) = drawn.props.history.dots.get_offsets()

    assert 1 < x < 2
    assert_allclose(y, np.interp(x, np.arange(6), average(trace)))
    assert drawn.props.number.get_text() == f"{average(trace)[1]:.4g}"
    (past,) = drawn.props.history.past.get_segments()
    assert_allclose(past, [[0, average(trace)[0]], [1, average(trace)[1]], [x, y]])


@pytest.mark.parametrize(
    ("scale", "factor", "title"),
    [
        ("negative_average", -1 / 272, "average negative log-likelihood"),
        ("average", 1 / 272, "average log-likelihood"),
        ("total", 1, "log-likelihood"),
    ],
)
def test_each_scale_shows_its_number(draw_runs, trace, scale, factor, title):
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), trace)
    drawn.at("m", 1)
    value = factor * trace[2].log_likelihood

    assert_allclose(drawn.props.history.dots.get_offsets(), [[2, value]])
    number = float(drawn.props.number.get_text().replace("−", "-"))
    assert abs(number - value) <= 0.5 * 10**-drawn.props.decimals
    assert drawn.axes.get_title(loc="left") == title


def test_whole_curve_fits_in_the_axes(draw_runs, trace):
    axes = draw_runs(gv.LikelihoodRenderer(whole=True), trace).axes
    low, high = axes.get_ylim()

    assert low < average(trace).min() < average(trace).max() < high
    assert axes.get_xlim()[0] < 0 < 5 < axes.get_xlim()[1]


@pytest.fixture(scope="module")
def dropping(old_faithful):
    """The first step takes nine tenths of the way."""
    return gv.fit(old_faithful, gv.RandomPoints(seed=15, scale=0.5), n_components=2, max_iter=9)


@pytest.mark.parametrize(("scale", "arrow", "beyond"), [("negative_average", "↑", 1), ("average", "↓", 0)])
def test_extreme_start_is_named_at_the_edge_instead_of_flattening_the_rest(
    draw_runs, dropping, scale, arrow, beyond
):
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), dropping)
    values = average(dropping) * (1 if scale == "negative_average" else -1)
    limits = drawn.axes.get_ylim()

    assert (values[1:] > limits[0]).all()
    assert (values[1:] < limits[1]).all()
    assert np.ptp(values[1:]) > 0.6 * np.ptp(limits)
    (note,) = (text.get_text() for text in drawn.axes.texts if arrow in text.get_text())
    assert note == f"{arrow} {values[0]:.1f}".replace("-", "−")

    drawn.at("start", 0)
    assert_allclose(drawn.props.history.dots.get_offsets(), [[0, limits[beyond]]])
    wedge = drawn.props.history.dots.get_paths()[0].vertices[:, 1]
    inward = wedge.max() <= 0 if beyond == 1 else wedge.min() >= 0  # its tip touches the edge
    assert inward
    assert drawn.props.number.get_text() == f"{values[0]:.3f}".replace("-", "−")


def test_start_is_shown_where_it_is_the_story(draw_runs, old_faithful):
    one = gv.fit(old_faithful, gv.RandomPoints(seed=1), n_components=1, max_iter=6, tol=0)
    low, high = draw_runs(gv.LikelihoodRenderer(), one).axes.get_ylim()

    assert low < average(one).min() < average(one).max() < high


@pytest.fixture(scope="module")
def runs(old_faithful):
    return [
        gv.fit(old_faithful, gv.RandomPoints(seed=s), n_components=2, max_iter=n)
        for s, n in ((4, 5), (9, 9), (1, 3))
    ]


def test_panel_of_all_runs_shows_each_where_it_is(draw_runs, runs):
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), *runs)
    drawn.at("m", 6)
    shown = {tuple(place) for place in np.round(drawn.props.history.dots.get_offsets(), 9)}

    assert shown == {(min(7, len(run) - 1), round(average(run)[min(7, len(run) - 1)], 9)) for run in runs}


def test_names_of_all_runs_are_ranked_by_their_ends_and_the_best_is_bold(draw_runs, runs):
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), *runs)
    (labels,) = (child for child in drawn.axes.get_children() if hasattr(child, "texts"))
    ranked = sorted(range(3), key=lambda i: average(runs[i])[-1])

    from_below = sorted(labels.texts, key=lambda text: text.get_position()[1])
    assert [text.get_text() for text in from_below] == [f"run {i}" for i in ranked]
    assert from_below[0].get_weight() == 700 or from_below[0].get_weight() == "bold"


def test_runs_share_their_limits_in_all_frames(draw_runs, runs):
    one, other = (draw_runs(gv.LikelihoodRenderer(), *order) for order in (runs, runs[::-1]))
    before = one.axes.get_ylim()
    one.at("m", 4)

    assert one.axes.get_ylim() == before == other.axes.get_ylim()


@pytest.mark.parametrize(
    ("settings", "limits", "number"),
    [
        ({}, (2 - 0.16, 4 + 0.16), "2.500"),
        ({"scale": "average"}, (-4 - 0.16, -2 + 0.16), "−2.500"),
        ({"scale": "total"}, (-8 - 0.32, -4 + 0.32), "−5.000"),
    ],
)
def test_limits_and_number_of_a_run_by_hand(draw_runs, record, settings, limits, number):
    drawn = draw_runs(gv.LikelihoodRenderer(**settings), record([-8.0, -6.0, -5.0, -4.0]))
    drawn.at("m", 1)

    assert_allclose(drawn.axes.get_ylim(), limits)
    assert drawn.props.number.get_text() == number


@pytest.mark.parametrize(
    ("settings", "limits", "note"),
    [
        ({}, (2 - 0.08, 3 + 0.08 + 0.2), "↑ 54"),
        ({"scale": "average"}, (-3 - 0.08 - 0.2, -2 + 0.08), "↓ −54"),
        ({"whole": True}, (2 - 0.08 * 52, 54 + 0.08 * 52), None),
    ],
)
def test_extreme_start_by_hand(draw_runs, record, settings, limits, note):
    drawn = draw_runs(gv.LikelihoodRenderer(**settings), record([-108.0, -6.0, -5.0, -4.0]))
    drawn.at("start", 0)

    assert_allclose(drawn.axes.get_ylim(), limits)
    assert [text.get_text() for text in drawn.axes.texts[1:]] == ([note] if note else [])
    assert drawn.props.number.get_text().replace("−", "") == "54.00"  # hundredths of a rise of 52


def test_extreme_starts_of_several_runs_are_named_together(draw_runs, record):
    runs = [record([start, -6.0, -5.0, -4.0]) for start in (-108.0, -100.0)]
    texts = draw_runs(gv.LikelihoodRenderer(all_runs=True), *runs).axes.texts

    assert [text.get_text() for text in texts[1:]] == ["starts above"]


def test_number_of_a_run_that_stands_still_has_six_decimals(draw_runs, record):
    drawn = draw_runs(gv.LikelihoodRenderer(), record([-8.0, -8.0]))
    drawn.at("start", 0)

    assert drawn.props.number.get_text() == "4.000000"
    assert_allclose(drawn.axes.get_ylim(), (3.5, 4.5))


def test_runs_that_end_alike_are_all_bold(draw_runs, record):
    # The axis is 2 long in average nats, so a thousandth of it is 0.002.
    runs = [record([-8.0, end]) for end in (-4.0, -4.003, -4.006)]
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), *runs)
    bold = {curve.name: curve.bold for curve in drawn.props.history.curves}

    assert bold == {"run 0": True, "run 1": True, "run 2": False}
    assert [curve.name for curve in drawn.props.history.curves] == ["run 2", "run 1", "run 0"]


@pytest.mark.parametrize(
    ("values", "start", "end"),
    [
        ([-2e11, -800, -780, -779, -778], "↑ 1 × 10¹¹", "389.00"),
        ([-1e300, -800, -780, -779, -778], "↑ 5 × 10²⁹⁹", "389.00"),
        ([-2e5, -8, -7.8, -7.79, -7.78], "↑ 100000", "3.8900"),
        ([-1e11, -778], "↑ 5 × 10¹⁰", "389.0"),
    ],
)
def test_start_that_is_absurd_takes_no_digit_from_the_rest(draw_runs, record, values, start, end):
    drawn = draw_runs(gv.LikelihoodRenderer(), record(values))
    drawn.at("end", len(values) - 1)

    assert drawn.props.number.get_text() == end
    assert [text.get_text() for text in drawn.axes.texts if text.get_text() != end] == [start]
    low, high = drawn.axes.get_ylim()
    assert low < -values[-1] / 2 <= -values[1] / 2 < high


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (9_999_999, 0, "9999999"),
        (1e7, 0, "1 × 10⁷"),
        (-1e7, 0, "−1 × 10⁷"),
        (1e7, 1, "10000000.0"),
        (-0.04, 1, "0.0"),
        (-0.06, 1, "−0.1"),
    ],
)
def test_number_is_written_whole_where_that_can_be_read(value, decimals, text):
    assert _written(value, decimals) == text


def test_number_that_is_too_long_is_written_by_its_power_of_ten(draw_runs, record):
    drawn = draw_runs(gv.LikelihoodRenderer(scale="total", whole=True), record([-1e300, -800]))
    drawn.at("start", 0)

    assert drawn.props.number.get_text() == "−1 × 10³⁰⁰"


@pytest.mark.parametrize(
    ("scale", "height", "align"), [("negative_average", 0.97, "top"), ("average", 0.03, "bottom")]
)
def test_number_and_note_stand_in_the_corners_that_the_curve_leaves_free(draw_runs, record, scale, height, align):
    run = record([-108.0, -6.0, -5.0, -4.0])
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), run, size=(1280, 720))
    _, artists = drawn.at("end", 3)
    number, theme = drawn.props.number, theme_named("dark")
    note = drawn.axes.texts[1]

    assert artists[-1] is number
    assert number.get_position() == (0.98, height)
    assert (number.get_ha(), number.get_va(), number.get_fontsize()) == ("right", align, 32)
    assert (number.get_color(), number.get_fontweight()) == (theme.text, theme.font("bold").get_weight())
    assert (number.get_zorder(), number.get_animated()) == (3, True)
    assert (note.xy, note.get_va(), note.get_color()) == ((1, height), align, theme.muted)
    assert (note.xyann, note.anncoords, note.xycoords) == ((14, 0), "offset points", ("data", "axes fraction"))
    assert drawn.axes.yaxis.get_major_locator()._steps.tolist() == [1, 2, 5, 10]


@pytest.mark.parametrize(
    ("start", "note"), [(-7.2, "↑ 3.60"), (-26.0, "↑ 13"), (-25.6, "↑ 12.8"), (-2006.0, "↑ 1003")]
)
def test_start_is_noted_to_a_tenth_of_what_it_is_beyond(draw_runs, record, start, note):
    # The axis ends at 3: an excess of 0.6 is given to hundredths, one of 9.8 to tenths, and one of 10 as a whole.
    rest = [-6.0, -6.0, -5.9] if start > -8 else [-6.0, -5.0, -4.0]
    rest = [-6.0, -30.0, -4.0] if start < -100 else rest
    texts = draw_runs(gv.LikelihoodRenderer(), record([start, *rest])).axes.texts

    assert [text.get_text() for text in texts[1:]] == [note]


def test_one_run_is_drawn_without_a_name(draw_runs, record):
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), record([-8.0, -4.0]))

    assert [curve.name for curve in drawn.props.history.curves] == [""]
    assert gv.LikelihoodRenderer(all_runs=True).shared
    assert not gv.LikelihoodRenderer().shared


def test_best_of_sums_is_the_highest(draw_runs, record):
    runs = [record([-8.0, end]) for end in (-5.0, -4.0, -6.0)]
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True, scale="total"), *runs)
    curves = drawn.props.history.curves

    assert [(curve.name, curve.bold) for curve in curves] == [("run 2", False), ("run 0", False), ("run 1", True)]
    assert [curve.color for curve in curves] == [theme_named("dark").muted] * 2 + [theme_named("dark").text]


def test_rise_of_tenths_has_four_decimals_and_a_huge_one_none(draw_runs, record):
    # In average nats: 0.2, 1 and 10,000.
    numbers = []
    for values in ([-8.4, -8.0], [-10.0, -8.0], np.linspace(-20_008.0, -8.0, 6)):
        drawn = draw_runs(gv.LikelihoodRenderer(), record(values))
        drawn.at("end", len(values) - 1)
        numbers.append(drawn.props.number.get_text())

    assert numbers == ["4.0000", "4.000", "4"]


@pytest.mark.parametrize(("scale", "line", "height"), [("negative_average", -38, 0.97), ("average", 38, 0.03)])
def test_note_of_an_absurd_start_stands_beside_the_number(draw_runs, record, scale, line, height):
    run = record([-2e11, -800, -780, -779, -778])
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), run, size=(1280, 720))
    (note,) = (text for text in drawn.axes.texts if isinstance(text, Annotation))

    assert (note.xy, note.xycoords, note.get_ha()) == ((0.98, height), "axes fraction", "right")
    assert note.xyann == (0, line)
