from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.end_labels import EndLabels
from gmmviz.artists.history import along
from gmmviz.renderers.likelihood import called
from gmmviz.storyboard.frame import position_at
from gmmviz.storyboard.vocabulary import Words
from gmmviz.themes import theme_named


def average(trace):
    return trace.log_likelihoods / len(trace.data.points)


def number(drawn):
    return float(drawn.props.number.get_text().replace("−", "-"))


def test_dot_and_number_travel_together_on_the_curve(draw_runs, trace):
    drawn = draw_runs(gv.LikelihoodRenderer(), trace)
    drawn.at("m", 1, 0.4)
    ((x, y),) = drawn.props.history.dots.get_offsets()

    assert 1 < x < 2
    assert_allclose(y, np.interp(x, np.arange(6), average(trace)))
    assert abs(number(drawn) - y) <= 0.5 * 10**-drawn.props.decimals
    (past,) = drawn.props.history.past.get_segments()
    assert_allclose(past, [[0, average(trace)[0]], [1, average(trace)[1]], [x, y]])


@pytest.mark.parametrize(
    ("scale", "factor", "title"),
    [
        ("average", 1 / 272, "log-likelihood per point"),
        ("negative_average", -1 / 272, "average negative log-likelihood"),
        ("total", 1, "log-likelihood"),
    ],
)
def test_each_scale_shows_its_number(draw_runs, trace, scale, factor, title):
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), trace)
    drawn.at("m", 1)
    value = factor * trace[2].log_likelihood

    assert_allclose(drawn.props.history.dots.get_offsets(), [[2, value]])
    assert abs(number(drawn) - value) <= 0.5 * 10**-drawn.props.decimals
    assert drawn.axes.get_title(loc="left") == title


def test_the_log_likelihood_per_point_rises_by_default():
    assert gv.LikelihoodRenderer().scale == "average"


def test_whole_curve_fits_in_the_axes(draw_runs, trace):
    drawn = draw_runs(gv.LikelihoodRenderer(whole=True), trace)
    drawn.at("end", 5)
    low, high = drawn.axes.get_ylim()

    assert low < average(trace).min() < average(trace).max() < high
    assert drawn.axes.get_xlim()[0] < 0 < 5 < drawn.axes.get_xlim()[1]


@pytest.fixture(scope="module")
def dropping(old_faithful):
    """The first step takes nine tenths of the way."""
    return gv.fit(old_faithful, gv.RandomPoints(seed=15, scale=0.5), n_components=2, max_iter=9)


def test_axis_begins_whole_and_zooms_in_the_e_step_after_the_leap(draw_runs, dropping):
    drawn = draw_runs(gv.LikelihoodRenderer(), dropping)
    values = average(dropping)
    limits = []
    for phase, before, progress in (("start", 0, 1), ("m", 0, 1), ("e", 1, 0.6), ("e", 1, 1), ("end", 9, 1)):
        drawn.at(phase, before, progress)
        limits.append(drawn.axes.get_ylim())
    start, leapt, zooming, zoomed, end = limits

    assert start == leapt
    assert start[0] < values[0]
    assert start[1] > values[1:].max()
    assert zoomed == end
    assert zoomed[0] < values[1:].min() < values[1:].max() < zoomed[1]
    assert np.ptp(values[1:]) > 0.8 * np.ptp(zoomed)
    assert values[0] < zoomed[0]
    assert np.ptp(zoomed) < np.ptp(zooming) < np.ptp(start)


STARTS = {
    "ordinary": [-1848.0, -1204.0, -1200.0, -1190.0, -1150.0, -1130.0, -1129.9],
    "a hundredth": [-632_000.0, -1204.0, -1200.0, -1190.0, -1150.0, -1130.0, -1129.9],
    "absurd": [-2e13, -1204.0, -1200.0, -1190.0, -1150.0, -1130.0, -1129.9],
    "beyond floats": [-1e300, -1e250, -1204.0, -1200.0, -1190.0, -1150.0, -1129.9],
    "none": [-1300.0, -1204.0, -1200.0, -1190.0, -1150.0, -1130.0, -1129.9],
}


@pytest.mark.parametrize("iterations", ["all", (1, 6), (5, 6)])
@pytest.mark.parametrize("start", STARTS)
def test_nothing_jumps_from_frame_to_frame(draw_runs, record, start, iterations):
    scale = "negative_average" if iterations == "all" else "average"
    run = record(STARTS[start], n_points=272)
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), run)
    pace = gv.Pace(iterations=iterations, e_step=0.8, m_step=1.2)
    film = gv.Animation(run, [gv.LikelihoodRenderer(scale=scale)], pace=pace, fps=60)
    values = average(run) * (1 if scale == "average" else -1)
    places, seen = [], []
    for moment in film.moments:
        frame, _ = drawn.show(moment)
        low, high = drawn.axes.get_ylim()
        ((_, y),) = drawn.props.history.dots.get_offsets()
        right = along(values, position_at(run, moment))
        assert low - 1e-9 * abs(low) <= right <= high + 1e-9 * abs(high)  # so no wedge, and nothing is cut off
        assert_allclose(y, right)
        text = drawn.props.number.get_text()
        if "×" not in text:
            decimals = len(text.partition(".")[2])
            assert abs(number(drawn) - right) <= 0.5 * 10**-decimals + 1e-9 * abs(right)
            assert decimals == drawn.props.decimals or abs(right) >= 10
        assert len(text) <= 13
        places.append(((y - low) / (high - low), frame.position))
        seen.append({text: opacity for _, text, opacity in drawn.props.axis.shown})

    assert np.abs(np.diff(np.array(places)[:, 0])).max() < 0.12
    for a, b in pairwise(seen):
        for text in {*a, *b}:
            assert abs(a.get(text, 0) - b.get(text, 0)) < 0.5
    assert all(2 <= len(numbers) <= 10 for numbers in (seen[0], seen[-1]))
    assert set(seen[0].values()) == set(seen[-1].values()) == {1.0}


def test_frames_may_come_in_any_order(draw_runs, dropping):
    panel = gv.LikelihoodRenderer()
    film = gv.Animation(dropping, [panel], size=(320, 180))
    forward = [film.image(moment) for moment in film.moments]
    for i in reversed(range(0, len(forward), 7)):
        assert (film.image(film.moments[i]) == forward[i]).all()


def test_axis_of_a_run_in_one_leap_stays_whole(draw_runs, old_faithful):
    one = gv.fit(old_faithful, gv.RandomPoints(seed=1), n_components=1, max_iter=6, tol=0)
    drawn = draw_runs(gv.LikelihoodRenderer(), one)
    drawn.at("end", len(one) - 1)
    low, high = drawn.axes.get_ylim()

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


def test_runs_share_their_limits(draw_runs, runs):
    limits = set()
    for order in (runs, runs[::-1]):
        drawn = draw_runs(gv.LikelihoodRenderer(), *order)
        for phase, before in (("m", 0), ("m", 4)):
            drawn.at(phase, before)
            limits.add((phase, before, *drawn.axes.get_ylim()))

    assert len(limits) == 2


@pytest.mark.parametrize(
    ("settings", "limits", "text"),
    [
        ({}, (-4 - 0.16, -2 + 0.16), "−2.500"),
        ({"scale": "negative_average"}, (2 - 0.16, 4 + 0.16), "2.500"),
        ({"scale": "total"}, (-8 - 0.32, -4 + 0.32), "−5.000"),
    ],
)
def test_limits_and_number_of_a_run_by_hand(draw_runs, record, settings, limits, text):
    drawn = draw_runs(gv.LikelihoodRenderer(**settings), record([-8.0, -6.0, -5.0, -4.0]))
    drawn.at("m", 1)

    assert_allclose(drawn.axes.get_ylim(), limits)
    assert drawn.props.number.get_text() == text


@pytest.mark.parametrize(
    ("settings", "start", "end"),
    [
        ({}, (-54 - 0.08 * 52, -2 + 0.08 * 52), (-3 - 0.08, -2 + 0.08)),
        ({"scale": "negative_average"}, (2 - 0.08 * 52, 54 + 0.08 * 52), (2 - 0.08, 3 + 0.08)),
        ({"whole": True}, (-54 - 0.08 * 52, -2 + 0.08 * 52), (-54 - 0.08 * 52, -2 + 0.08 * 52)),
    ],
)
def test_extreme_start_by_hand(draw_runs, record, settings, start, end):
    drawn = draw_runs(gv.LikelihoodRenderer(**settings), record([-108.0, -6.0, -5.0, -4.0]))
    drawn.at("start", 0)
    assert_allclose(drawn.axes.get_ylim(), start)
    assert drawn.props.number.get_text().replace("−", "") == ("54.00")
    drawn.at("end", 3)
    assert_allclose(drawn.axes.get_ylim(), end)


def test_number_of_a_run_that_stands_still_has_six_decimals(draw_runs, record):
    drawn = draw_runs(gv.LikelihoodRenderer(), record([-8.0, -8.0]))
    drawn.at("start", 0)

    assert drawn.props.number.get_text() == "−4.000000"
    assert_allclose(drawn.axes.get_ylim(), (-4.5, -3.5))


@pytest.mark.parametrize(
    ("values", "start", "end"),
    [
        ([-2e11, -800, -780, -779, -778], "−1 × 10¹¹", "−389.00"),
        ([-1e300, -800, -780, -779, -778], "−5 × 10²⁹⁹", "−389.00"),
        ([-2e5, -8, -7.8, -7.79, -7.78], "−100000", "−3.8900"),
        ([-1e11, -778], "−5 × 10¹⁰", "−389.0"),
    ],
)
def test_start_that_is_absurd_takes_no_digit_from_the_rest(draw_runs, record, values, start, end):
    drawn = draw_runs(gv.LikelihoodRenderer(), record(values))
    drawn.at("start", 0)
    assert drawn.props.number.get_text() == start
    drawn.at("end", len(values) - 1)
    assert drawn.props.number.get_text() == end
    low, high = drawn.axes.get_ylim()
    if len(values) > 2:
        assert low < values[1] / 2 <= values[-1] / 2 < high


def test_rise_of_tenths_has_four_decimals_and_a_huge_one_none(draw_runs, record):
    # In average nats: 0.2, 1 and 10,000.
    numbers = []
    for values in ([-8.4, -8.0], [-10.0, -8.0], np.linspace(-20_008.0, -8.0, 6)):
        drawn = draw_runs(gv.LikelihoodRenderer(), record(values))
        drawn.at("end", len(values) - 1)
        numbers.append(drawn.props.number.get_text())

    assert numbers == ["−4.0000", "−4.000", "−4"]


@pytest.mark.parametrize(
    ("scale", "height", "align"), [("negative_average", 0.97, "top"), ("average", 0.03, "bottom")]
)
def test_number_stands_in_the_corner_that_the_curve_leaves_free(draw_runs, record, scale, height, align):
    run = record([-108.0, -6.0, -5.0, -4.0])
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), run, size=(1280, 720))
    _, artists = drawn.at("end", 3)
    number, theme = drawn.props.number, theme_named("dark")

    assert artists[0] is drawn.props.axis
    assert artists[-1] is number
    assert number.get_position() == (0.98, height)
    assert (number.get_ha(), number.get_va(), number.get_fontsize()) == ("right", align, 32)
    assert (number.get_color(), number.get_fontweight()) == (theme.text, theme.font("bold").get_weight())
    assert (number.get_zorder(), number.get_animated()) == (3, True)


# Panels of all runs: what ends alike is named together.


def ends_of(draw_runs, record, ends, names=None, **settings):
    runs = [record([-8.0, end]) for end in ends]
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True, **settings), *runs, names=names)
    drawn.at("end", 1)
    return drawn


@pytest.mark.parametrize(
    ("scale", "values", "align"),
    [
        ("average", [-1.02, -1.0, -0.99], "bottom"),
        ("negative_average", [-1.02, -1.0, -0.99], "top"),
    ],
)
def test_number_leaves_the_corner_in_which_the_curve_of_another_scale_ends(
    draw_runs, record, scale, values, align
):
    high = record([-1.02, -1.0, -0.7])  # on the same axis, the first run ends near the start
    other = "top" if align == "bottom" else "bottom"
    ends = [
        draw_runs(gv.LikelihoodRenderer(scale=scale), *runs).props.number.get_va()
        for runs in ([record(values)], [high, record(values)], [record(values), high])  # the last is drawn
    ]

    assert ends == [align, other, align]


def test_runs_that_end_alike_are_one_group_and_the_best_is_bold(draw_runs, record):
    # The axis is 2.32 long in average nats, so a thousandth of it is 0.00232.
    drawn = ends_of(draw_runs, record, (-4.0, -4.004, -4.007))
    worst, best = drawn.props.groups

    assert [group.members for group in (worst, best)] == [(2,), (0, 1)]
    assert [group.name for group in (worst, best)] == ["run 2: −2.00", "runs 0, 1: −2.00"]
    assert (worst.best, best.best) == (False, True)
    theme = theme_named("dark")
    assert [curve.color for curve in drawn.props.history.curves] == [theme.muted, theme.text, theme.text]
    bold = [text.get_fontweight() == theme.font("bold").get_weight() for text in drawn.props.labels.texts]
    assert bold == [False, True]


@pytest.mark.parametrize(
    ("scale", "ends", "worst_first"),
    [
        ("average", (-5.0, -4.0, -6.0), [2, 0, 1]),
        ("negative_average", (-5.0, -4.0, -6.0), [2, 0, 1]),
        ("total", (-5.0, -4.0, -6.0), [2, 0, 1]),
    ],
)
def test_best_is_the_likeliest_on_every_scale(draw_runs, record, scale, ends, worst_first):
    drawn = ends_of(draw_runs, record, ends, scale=scale)

    assert [group.members for group in drawn.props.groups] == [(i,) for i in worst_first]
    assert [group.best for group in drawn.props.groups] == [False, False, True]


def test_a_chain_of_near_ends_is_no_group(draw_runs, record):
    ends = -4 - 0.004 * np.arange(4)
    drawn = ends_of(draw_runs, record, ends.tolist())

    assert [group.members for group in drawn.props.groups] == [(2, 3), (0, 1)]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["seed 8"], "seed 8"),
        (["seed 1", "seed 8"], "seeds 1, 8"),
        (["seed 1", "seed 2", "seed 8"], "seeds 1, 2, 8"),
        ([f"seed {i}" for i in range(7)], "7 seeds"),
        (["seed 1", "K = 2"], "2 runs"),
        (["seed 1", "sample 2"], "2 runs"),
        (["far apart", "near"], "2 runs"),
        (["costs $5"], r"costs \$5"),
    ],
)
def test_runs_are_called_by_what_they_have_in_common(names, text):
    assert called(names) == text


def test_name_of_a_group_comes_with_the_last_step_of_its_last_run(draw_runs, record):
    runs = [record([-9.0, *[-8.0] * (n - 1), end]) for n, end in ((2, -4.0), (4, -4.0), (8, -6.0))]
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), *runs)
    shown = {}
    for phase, before, progress in (("m", 2, 1), ("m", 3, 0.5), ("m", 3, 1), ("m", 6, 1), ("m", 7, 1)):
        frame, artists = drawn.at(phase, before, progress, pace=gv.Pace(iterations="all"))
        assert drawn.props.labels in artists
        shown[round(frame.position)] = list(drawn.props.labels.opacities)
        if progress == 0.5:
            assert_allclose(drawn.props.labels.opacities, [0, frame.position - 3])

    assert shown[3] == [0, 0]
    assert shown[7] == [0, 1]
    assert shown[8] == [1, 1]


def test_preview_names_the_ends_from_the_start(draw_runs, runs):
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True, preview=True), *runs)
    _, artists = drawn.at("start", 0)

    assert set(drawn.props.labels.opacities) == {1.0}
    assert drawn.props.history.future in artists


def test_without_a_preview_nothing_of_the_future_is_shown(draw_runs, runs):
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), *runs)
    _, artists = drawn.at("start", 0)

    assert set(drawn.props.labels.opacities) == {0.0}
    assert drawn.props.history.future not in artists
    assert not drawn.axes.lines


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_preview_has_a_contrast_of_three_to_one(draw_runs, trace, theme):
    drawn = draw_runs(gv.LikelihoodRenderer(preview=True), trace, theme=theme)
    drawn.at("start", 0)
    ink = drawn.props.history.future.get_colors()[0]

    def light(color):
        c = np.array(color[:3])
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    ground = [int(theme_named(theme).background[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lights = sorted((light(ink), light(ground)))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 3
    assert ink[3] == 1


def test_one_run_is_drawn_without_a_name(draw_runs, record):
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), record([-8.0, -4.0]))

    assert drawn.props.labels is None
    assert drawn.props.groups == ()
    assert gv.LikelihoodRenderer(all_runs=True).shared
    assert gv.LikelihoodRenderer(all_runs=True).broad
    assert not gv.LikelihoodRenderer().shared
    assert not gv.LikelihoodRenderer().broad


def test_logarithmic_axis_shows_the_race(draw_runs, runs):
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True, logarithmic=True), *runs)
    drawn.at("m", 3)
    farthest = drawn.props.history.dots.get_offsets()[:, 0].max()

    assert_allclose(farthest, np.log(5))
    assert [label.get_text() for label in drawn.axes.get_xticklabels()] == ["0", "1", "2", "5"]
    assert drawn.axes.get_xlabel() == "iteration (log)"


def test_dot_and_number_agree_on_a_logarithmic_axis(draw_runs, trace):
    drawn = draw_runs(gv.LikelihoodRenderer(logarithmic=True), trace)
    drawn.at("m", 0, 0.5)
    ((_, y),) = drawn.props.history.dots.get_offsets()

    assert abs(number(drawn) - y) <= 0.5 * 10**-drawn.props.decimals


# The truth.


def true_value(sampled):
    return sampled.data.truth.log_prob(sampled.data.points).mean()


@pytest.mark.parametrize(("scale", "factor"), [("average", 1), ("negative_average", -1), ("total", 150)])
def test_log_likelihood_of_the_truth_is_dashed_and_labeled(draw_runs, sampled, scale, factor):
    drawn = draw_runs(gv.LikelihoodRenderer(scale=scale), sampled)
    _, artists = drawn.at("m", 2)
    value = factor * true_value(sampled)
    ((left, right),) = drawn.props.lines.get_segments()

    assert drawn.props.lines in artists
    assert drawn.props.lines.get_linestyle()[0][1] is not None
    assert_allclose([left[1], right[1]], value)
    assert_allclose([left[0], right[0]], drawn.axes.get_xlim())
    (text,) = drawn.props.labels.texts
    assert drawn.props.labels in artists
    assert text.get_text().startswith("truth\n")
    assert float(text.get_text()[6:].replace("−", "-")) == pytest.approx(value, abs=10**-drawn.props.decimals)


def test_axis_makes_room_for_a_truth_beyond_what_the_run_reaches(draw_runs, sampled):
    short = gv.Trace(sampled.data, sampled[:2], "max_iter")
    drawn = draw_runs(gv.LikelihoodRenderer(), short)
    drawn.at("end", 1)
    low, high = drawn.axes.get_ylim()

    assert true_value(sampled) > average(short).max()
    assert low < true_value(sampled) < high


def test_truth_is_left_out_where_it_is_not_wanted(draw_runs, sampled):
    drawn = draw_runs(gv.LikelihoodRenderer(truth=False), sampled)

    assert len(drawn.props.truths) == 0
    assert drawn.props.labels is None


def test_truth_counts_points_by_their_weights(draw_runs, sampled):
    weights = np.linspace(0, 2, 150)
    data = gv.Dataset(sampled.data.points, truth=sampled.data.truth, weights=weights)
    drawn = draw_runs(gv.LikelihoodRenderer(), gv.fit(data, gv.RandomPoints(seed=2), n_components=3, max_iter=4))

    assert_allclose(drawn.props.truths, np.average(data.truth.log_prob(data.points), weights=weights))


def test_truth_of_all_runs_is_named_once_if_they_have_one(draw_runs, sampled):
    drawn = draw_runs(
        gv.LikelihoodRenderer(all_runs=True), sampled, gv.Trace(sampled.data, sampled[:4], "max_iter")
    )

    assert len(drawn.props.truths) == 1
    assert drawn.props.labels.texts[-1].get_text().startswith("truth: ")


def test_truths_of_different_data_are_told_apart(draw_runs, sampled):
    other = gv.Dataset(sampled.data.points + 1, truth=sampled.data.truth)
    moved = gv.fit(other, gv.RandomPoints(seed=2), n_components=3, max_iter=4)
    drawn = draw_runs(gv.LikelihoodRenderer(all_runs=True), sampled, moved)

    assert [text.get_text().split(":")[0] for text in drawn.props.labels.texts[-2:]] == [
        "truth of run 0",
        "truth of run 1",
    ]


def test_data_without_a_truth_has_no_dashed_line(draw_runs, trace):
    drawn = draw_runs(gv.LikelihoodRenderer(), trace)
    _, artists = drawn.at("m", 1)

    assert drawn.props.lines not in artists
    assert not any(isinstance(artist, EndLabels) for artist in drawn.axes.get_children())


def test_runs_that_end_alike_are_named_in_the_language_of_the_film():
    words = Words("de")

    assert called([f"Start {i}" for i in range(7)], words) == "7 × Start"
    assert called(["Start 1", "Start 8"], words) == "Start 1, 8"
    assert called(["a", "b"], words) == "2 Läufe"
