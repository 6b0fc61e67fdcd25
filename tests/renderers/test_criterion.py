import numpy as np
import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.end_labels import Margin
from gmmviz.renderers.criterion import _aside
from gmmviz.themes import theme_named

THEME = theme_named("dark")


@pytest.fixture(scope="module")
def runs(sampled):
    return [
        gv.fit(sampled.data, gv.RandomPoints(seed=1), n_components=k, max_iter=n)
        for k, n in ((1, 3), (2, 9), (4, 6))
    ]


def film_end(drawn):
    return drawn.at("end", max(len(trace) for _, trace in drawn.runs) - 1)


@pytest.mark.parametrize("name", ["aic", "bic", "icl"])
def test_dots_end_at_the_criteria_of_the_runs(draw_runs, runs, name):
    drawn = draw_runs(gv.CriterionRenderer(criterion=name), *runs)
    film_end(drawn)

    assert_allclose(drawn.props.dots.get_offsets(), [(run.n_components, getattr(run, name)) for run in runs])


def test_dots_are_the_criteria_of_the_present_snapshots(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), *runs)
    drawn.at("m", 3)
    expected = []
    for run in runs:
        present = run[: min(4, len(run) - 1) + 1]
        expected.append(gv.Trace(run.data, present, "max_iter", run.settings).bic)

    top = drawn.axes.get_ylim()[1]
    assert_allclose(drawn.props.dots.get_offsets()[:, 1], np.minimum(expected, top))


def test_dots_are_hollow_while_their_runs_go_on_and_a_note_says_so(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), *runs)
    ink, ground = to_rgba(THEME.text), to_rgba(THEME.background)
    _, artists = drawn.at("m", 3)
    dots = drawn.props.dots

    assert_allclose(dots.get_facecolors(), [ink, ground, ground])  # the first run has 3 iterations
    assert_allclose(dots.get_edgecolors(), [ground, ink, ink])
    assert_allclose(dots.get_linewidths(), np.array([0.2 * 17, 2.4, 2.4]) * THEME.scaled((640, 360)).px(1))
    assert drawn.props.note in artists
    assert drawn.props.note.get_text() == "hollow: still being fitted"
    _, artists = film_end(drawn)
    assert_allclose(dots.get_facecolors(), [ink] * 3)
    assert drawn.props.note not in artists


def test_lowest_is_marked_when_all_runs_have_ended(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), *runs)
    _, on_the_way = drawn.at("m", 3)
    _, at_the_end = film_end(drawn)
    best = min(runs, key=lambda run: run.bic)

    assert drawn.props.rings not in on_the_way
    assert drawn.props.rings in at_the_end
    assert_allclose(drawn.props.rings.get_offsets(), [(best.n_components, best.bic)])
    assert drawn.props.verdict.get_text() == f"lowest: K = {best.n_components}"
    assert drawn.axes.get_title(loc="left") == "BIC: misfit plus price of parameters; lower is better"


def test_runs_of_equal_size_stand_side_by_side_and_the_lowest_is_called_by_its_name(draw_runs, sampled):
    pair = [gv.fit(sampled.data, gv.RandomPoints(seed=s), n_components=3, max_iter=s) for s in (2, 8)]
    drawn = draw_runs(gv.CriterionRenderer(), *pair)
    film_end(drawn)
    x = drawn.props.dots.get_offsets()[:, 0]

    assert x[0] < 3 < x[1]
    assert drawn.props.verdict.get_text() == f"lowest: run {int(np.argmin([run.bic for run in pair]))}"


def test_several_criteria_are_named_where_they_end(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(criterion=["aic", "bic", "icl"]), *runs)
    film_end(drawn)
    ends = [getattr(run, name) for name in ("aic", "bic", "icl") for run in runs]

    assert_allclose(drawn.props.dots.get_offsets()[:, 1], ends)
    assert len(drawn.props.rings.get_offsets()) == 3
    from_below = [
        word.get_text() for word in sorted(drawn.props.names, key=lambda word: word.get_window_extent().y0)
    ]
    assert from_below == sorted(("AIC", "BIC", "ICL"), key=lambda name: getattr(runs[-1], name.lower()))
    assert drawn.axes.get_title(loc="left") == "AIC, BIC and ICL: misfit plus price of parameters; lower is better"


def test_limits_hold_every_end_and_stand_still(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), *runs)
    low, high = drawn.axes.get_ylim()
    drawn.at("m", 2)

    assert low < min(run.bic for run in runs) <= max(run.bic for run in runs) < high
    assert drawn.axes.get_ylim() == (low, high)


def test_it_is_drawn_once_for_all_runs(runs):
    film = gv.Animation(runs, [gv.WeightsRenderer(), gv.CriterionRenderer()])

    assert len(film._canvas._panels) == 4


def test_fits_of_different_points_are_not_compared(runs, trace):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation([runs[0], trace], [gv.CriterionRenderer()])

    assert str(caught.value) == (
        f"criteria compare fits of the same points, not of {runs[0].data.name} and Old Faithful: "
        "leave the panel out, or give all runs the same data"
    )


@pytest.mark.parametrize("given", ["bics", ["aic", "bics"]])
def test_unknown_criterion_is_named(given):
    with pytest.raises(gv.InputError) as caught:
        gv.CriterionRenderer(criterion=given)

    assert str(caught.value) == "CriterionRenderer: criterion: unknown criterion 'bics'; did you mean 'bic'?"


def test_runs_stand_at_their_numbers_of_components():
    assert_allclose(_aside(np.array([2, 3])), [2, 3])
    assert_allclose(_aside(np.array([2, 3, 2])), [1.875, 3, 2.125])
    assert_allclose(_aside(np.array([5, 5, 5, 5])), [4.8125, 4.9375, 5.0625, 5.1875])


@pytest.mark.parametrize(("names", "below"), [("bic", 0.3), (("aic", "bic"), 0.12)])
def test_axes_have_room_below_for_the_verdict_and_above_for_the_start(draw_runs, runs, names, below):
    drawn = draw_runs(gv.CriterionRenderer(criterion=names), *runs)
    ends = [getattr(run, name) for run in runs for name in np.atleast_1d(names)]
    span = max(ends) - min(ends)

    assert_allclose(drawn.axes.get_ylim(), (min(ends) - below * span, max(ends) + 0.4 * span))
    assert_allclose(drawn.axes.get_xlim(), (0.4, 4.6))
    assert_allclose(drawn.axes.get_xticks(), [1, 2, 4])
    assert drawn.axes.get_xlabel() == "components"


def test_one_run_has_axes_and_no_winner(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), runs[0])
    low, high = drawn.axes.get_ylim()
    _, artists = film_end(drawn)

    assert_allclose(high - low, 0.7 * 0.02 * runs[0].bic)
    assert drawn.props.rings not in artists


def test_dots_are_joined_from_few_components_to_many(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(criterion=["aic", "bic"]), runs[2], runs[0], runs[1])
    film_end(drawn)
    aic, bic = drawn.props.lines.get_segments()

    assert_allclose(aic, [(run.n_components, run.aic) for run in runs])
    assert_allclose(bic, [(run.n_components, run.bic) for run in runs])
    assert {word._at[0] for word in drawn.props.names} == {4.0}


def test_verdict_stands_below_its_dot_and_within_the_axes(draw_runs, runs):
    for some in (runs, runs[:2], runs[1:]):
        drawn = draw_runs(gv.CriterionRenderer(), *some)
        film_end(drawn)
        best = min(some, key=lambda run: run.bic)
        box, dot = (
            drawn.props.verdict.get_window_extent(),
            drawn.axes.transData.transform((best.n_components, best.bic)),
        )

        assert drawn.axes.bbox.x0 - 1 <= box.x0
        assert box.x1 <= drawn.axes.bbox.x1 + 1
        assert box.y1 < dot[1] - 8
        if drawn.axes.bbox.x0 + box.width / 2 < dot[0] < drawn.axes.bbox.x1 - box.width / 2:
            assert (box.x0 + box.x1) / 2 == pytest.approx(dot[0], abs=0.5)


def test_dots_rings_and_words_have_their_sizes_inks_and_layers(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), *runs, size=(1280, 720))
    _, artists = film_end(drawn)
    props = drawn.props

    assert artists == [props.lines, props.dots, props.rings, props.verdict]
    assert (props.lines.get_zorder(), props.dots.get_zorder(), props.rings.get_zorder()) == (3, 4, 4)
    assert (*props.lines.get_linewidth(), props.lines.get_alpha()) == (2.2, 0.7)
    assert props.lines.get_animated()
    assert_allclose(props.dots.get_sizes(), [17**2])
    assert_allclose(props.dots.get_edgecolor(), [to_rgba(THEME.background)] * 3)
    assert_allclose(props.rings.get_sizes(), [30**2])
    assert_allclose(props.rings.get_linewidth(), [3])
    assert_allclose(props.rings.get_edgecolor(), [to_rgba(THEME.text)])
    assert_allclose(props.rings.get_facecolor()[:, 3], 0)
    assert props.verdict._letters == 21
    assert props.verdict._offset[1] == pytest.approx(-17 - 0.6 * 21)
    assert drawn.axes.yaxis.get_major_locator()._steps.tolist() == [1, 2, 5, 10]


def test_names_of_criteria_stand_twenty_pixels_beside_the_last_dots(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(criterion=["bic", "aic"]), *runs, size=(1280, 720))
    film_end(drawn)
    names = drawn.props.names

    assert drawn.props.verdict is None
    assert {(name._letters, name._offset[0]) for name in names} == {(21, 20)}
    assert sorted(name._at[1] for name in names) == sorted([runs[-1].aic, runs[-1].bic])
    margin = next(artist for artist in drawn.axes.get_children() if isinstance(artist, Margin))
    assert margin.get_window_extent().x1 == pytest.approx(drawn.axes.bbox.x1 + names[0].width("AIC", 21))
    alone = draw_runs(gv.CriterionRenderer(), *runs).axes
    assert not any(isinstance(artist, Margin) for artist in alone.get_children())


def test_run_with_a_criterion_of_zero_has_axes_too(draw_runs, record):
    # AIC is 2 p - 2 log L, and one Gaussian of one feature has 2 parameters.
    drawn = draw_runs(gv.CriterionRenderer(criterion="aic"), record([1.0, 2.0]))

    assert_allclose(drawn.axes.get_ylim(), (-0.3, 0.4))
    assert_allclose(drawn.axes.get_xlim(), (0.4, 1.6))


def test_verdict_is_moved_within_the_axes_by_as_much_as_it_must(draw_runs, record):
    run = record([-3.0, -2.0])
    two = gv.Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]]] * 2)
    drawn = draw_runs(
        gv.CriterionRenderer(criterion="aic"), run, record([-3.0, -1.0], mixture=two), size=(1280, 720)
    )
    film_end(drawn)
    verdict, axes = drawn.props.verdict, drawn.axes
    half = verdict.width("lowest: K = 1", 21) / 2

    # K = 1 stands 0.6 of 2.2 from the left end: 0.27 of the width, which is enough.
    assert verdict.get_text() == "lowest: K = 1"
    assert verdict._offset[0] == pytest.approx(max(half - 0.6 / 2.2 * axes.bbox.width, 0), abs=1e-9)
    axes.set_xlim(0.99, 2.6)
    film_end(drawn)
    assert verdict._offset[0] == pytest.approx(half - 0.01 / 1.61 * axes.bbox.width)
    axes.set_xlim(-0.6, 1.01)
    film_end(drawn)
    assert verdict._offset[0] == pytest.approx(0.01 / 1.61 * axes.bbox.width - half)


def test_nothing_is_shown_before_the_first_m_step(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), *runs)
    for phase, before in (("start", 0), ("e", 0)):
        _, artists = drawn.at(phase, before)
        assert artists == []


def test_dots_fade_in_where_the_first_m_step_will_take_them(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(), *runs)
    frame, _ = drawn.at("m", 0, 0.4)
    shown = drawn.props.dots.get_alpha()

    assert 0.4 <= shown < 0.6
    assert shown == pytest.approx(frame.moment.progress)
    assert drawn.props.lines.get_alpha() == pytest.approx(0.7 * shown)
    expected = [gv.Trace(run.data, run[:2], "max_iter", run.settings).bic for run in runs]
    assert_allclose(drawn.props.dots.get_offsets()[:, 1], np.minimum(expected, drawn.axes.get_ylim()[1]))
    drawn.at("m", 1)
    assert drawn.props.dots.get_alpha() == 1


def test_numbers_of_parameters_stand_below_those_of_components(draw_runs, runs):
    drawn = draw_runs(gv.CriterionRenderer(parameters=True), *runs)

    texts = [label.get_text() for label in drawn.axes.get_xticklabels()]
    assert texts == ["1\n5", "2\n11", "4\n23"]
    assert drawn.axes.get_xlabel() == "components; parameters below"


def test_families_of_one_size_have_all_their_numbers_of_parameters(draw_runs, sampled):
    families = [
        gv.fit(sampled.data, gv.RandomPoints(seed=1), n_components=2, max_iter=2, covariance_type=family)
        for family in ("full", "spherical", "full")
    ]
    drawn = draw_runs(gv.CriterionRenderer(parameters=True), *families)

    assert [label.get_text() for label in drawn.axes.get_xticklabels()] == ["2\n7, 11"]


@pytest.fixture
def bars(draw_runs, runs):
    return draw_runs(gv.CriterionRenderer(bars=True), *runs, names=["one", "two", "four"])


def lengths(drawn):
    return np.array([path.vertices[:4, 0].max() for path in drawn.props.bars.get_paths()])


def test_bars_end_at_what_the_criteria_are_above_the_lowest(bars, runs):
    film_end(bars)
    ends = np.array([run.bic for run in runs])
    above = ends - ends.min()

    assert_allclose(lengths(bars) / lengths(bars).max(), above / above.max())
    assert [label.get_text() for label in bars.axes.get_yticklabels()] == ["one", "two", "four"]
    said = [label.get_text() for label in bars.props.numbers]
    best = int(ends.argmin())
    assert said[best].endswith(" (lowest)")
    assert "1,500" in said  # as captions write it
    assert_allclose(
        [float(text.split()[0].replace(",", "")) for text in said], ends, atol=10.0**-bars.props.decimals
    )
    assert sum("lowest" in text for text in said) == 1
    assert bars.axes.get_title(loc="left") == "BIC: misfit plus price of parameters; lower is better"


def test_bars_of_parameters_are_in_proportion_from_zero(bars, runs):
    widths = [patch.get_width() for patch in bars.axes.patches]
    texts = [text.get_text() for text in bars.axes.texts if not text.get_animated()]

    assert_allclose(np.array(widths) / widths[-1], [5 / 23, 11 / 23, 1])
    assert [patch.get_x() for patch in bars.axes.patches] == [0.72] * 3
    assert texts == ["above the lowest", "parameters", "5", "11", "23"]


def test_no_bar_is_shown_before_the_first_m_step_and_they_fade_in_with_it(bars):
    assert bars.at("e", 0)[1] == []
    frame, _ = bars.at("m", 0, 0.4)

    assert bars.props.bars.get_alpha() == pytest.approx(frame.moment.progress)
    assert bars.props.numbers[0].get_color() not in (THEME.text, THEME.background)


def test_bars_say_nothing_of_a_lowest_before_the_end_and_stay_in_their_room(bars, runs):
    for before in range(max(len(run) for run in runs) - 2):
        bars.at("m", before)
        assert not any("lowest" in label.get_text() for label in bars.props.numbers)
        assert lengths(bars).max() <= 0.42 + 1e-12


def test_bars_are_hollow_while_their_runs_go_on_and_a_note_below_them_says_so(bars, runs):
    ink, ground = to_rgba(THEME.text), to_rgba(THEME.background)
    _, artists = bars.at("m", 3)

    assert_allclose(bars.props.bars.get_facecolors(), [ink, ground, ground])
    assert_allclose(bars.props.bars.get_edgecolors(), [ink])
    assert bars.props.note in artists
    assert bars.props.note.get_window_extent().y0 > bars.axes.bbox.y0
    lowest_bar = bars.axes.transData.transform((0, 2.25))[1]
    assert bars.props.note.get_window_extent().y1 < lowest_bar
    _, artists = film_end(bars)
    assert_allclose(bars.props.bars.get_facecolors(), [ink] * 3)
    assert bars.props.note not in artists


def test_bars_show_one_criterion():
    with pytest.raises(gv.InputError) as caught:
        gv.CriterionRenderer(criterion=["aic", "bic"], bars=True)

    assert (
        str(caught.value) == "CriterionRenderer: bars: they show one criterion, not 2: leave bars out, or name one"
    )
    assert gv.CriterionRenderer(bars=True).broad
    assert not gv.CriterionRenderer().broad
