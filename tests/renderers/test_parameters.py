import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.end_labels import EndLabels
from gmmviz.themes import theme_named


def shown(drawn):
    return drawn.props.dots.get_offsets()[:, 1]


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ({}, lambda m: m.weights),
        ({"show": "means"}, lambda m: m.means[:, 0]),
        ({"show": "means", "features": ["x2"]}, lambda m: m.means[:, 1]),
        ({"show": "means", "features": [1, 2]}, lambda m: m.means.ravel()),
        ({"show": "standard_deviations", "features": [2]}, lambda m: np.sqrt(m.covariances[:, 1, 1])),
        ({"show": "eigenvalues"}, lambda m: np.linalg.eigvalsh(m.covariances)[:, ::-1].ravel()),
        ({"show": "eigenvalues", "features": [1]}, lambda m: m.covariances[:, 0, 0]),
    ],
)
def test_dots_and_lines_are_the_numbers_of_the_trace(draw_runs, sampled, options, values):
    drawn = draw_runs(gv.ParametersRenderer(**options), sampled)
    for t in (0, 3):
        frame, _ = drawn.at("m", t)
        assert_allclose(shown(drawn), values(sampled[t + 1].mixture))
        assert_allclose(shown(drawn), values(frame.mixture))
    history = np.array([values(snapshot.mixture) for snapshot in sampled[:5]])
    assert_allclose([line[:, 1] for line in drawn.props.past.get_segments()], np.vstack([history, history[-1:]]).T)


def test_weights_and_means_between_two_iterations_are_those_of_the_picture_beside(draw_runs, sampled):
    for show in ("weights", "means"):
        drawn = draw_runs(gv.ParametersRenderer(show=show), sampled)
        frame, _ = drawn.at("m", 1, 0.4)
        values = frame.mixture.weights if show == "weights" else frame.mixture.means[:, 0]

        assert 1 < frame.position < 2
        assert_allclose(shown(drawn), values)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("show", ["weights", "means", "standard_deviations"])
def test_truth_is_dashed_in_the_color_of_its_partner(draw_runs, sampled, true_mixture, show, theme):
    drawn = draw_runs(gv.ParametersRenderer(show=show), sampled, theme=theme)
    true = {
        "weights": true_mixture.weights,
        "means": true_mixture.means[:, 0],
        "standard_deviations": np.sqrt(true_mixture.covariances[:, 0, 0]),
    }[show]
    match = gv.match_components(sampled[-1].mixture, true_mixture)
    dashed = [line for line in drawn.axes.lines if line.is_dashed()]

    assert_allclose([line.get_ydata()[0] for line in dashed], true)
    assert [line.get_color() for line in dashed] == [theme_named(theme).color(k) for k in match]
    assert drawn.axes.get_title(loc="left").endswith(" (dashed: truth)")


def test_data_without_a_truth_has_no_dashed_line(draw_runs, trace):
    drawn = draw_runs(gv.ParametersRenderer(), trace)

    assert not any(line.is_dashed() for line in drawn.axes.lines)
    assert drawn.axes.get_title(loc="left") == "weights"


def test_titles_name_the_features(draw_runs, trace):
    title = {
        (show, features): draw_runs(gv.ParametersRenderer(show=show, features=features), trace).axes.get_title(
            loc="left"
        )
        for show, features in (
            ("means", None),
            ("means", (2, 1)),
            ("standard_deviations", "pca"),
            ("eigenvalues", (2,)),
        )
    }
    first, second = trace.data.feature_names

    assert title["means", None] == f"means of {first}"
    assert title["means", (2, 1)] == f"means of {second} and {first}"
    assert title["standard_deviations", "pca"] == "standard deviations of principal component 1 (95 %)"
    assert title["eigenvalues", (2,)] == "eigenvalues, 1 of 2 features shown, log scale"


@pytest.mark.parametrize("show", ["weights", "means", "standard_deviations", "eigenvalues"])
def test_everything_fits_and_limits_stand_still(draw_runs, sampled, show):
    drawn = draw_runs(gv.ParametersRenderer(show=show), sampled)
    before = drawn.axes.get_xlim(), drawn.axes.get_ylim()
    for t in range(6):
        drawn.at("m", t)
        assert (shown(drawn) > before[1][0]).all()
        assert (shown(drawn) < before[1][1]).all()

    assert (drawn.axes.get_xlim(), drawn.axes.get_ylim()) == before


def test_weights_have_no_features():
    with pytest.raises(gv.InputError) as caught:
        gv.ParametersRenderer(features=[1])

    assert str(caught.value) == (
        "ParametersRenderer: weights belong to no features: leave features out, or show 'means'"
    )


def test_unknown_feature_is_refused_before_anything_is_drawn(trace):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, [gv.ParametersRenderer(show="means", features=["wating"])])

    assert str(caught.value) == "Old Faithful has no feature 'wating'; did you mean 'waiting (min)'?"


@pytest.mark.parametrize(
    ("show", "values", "limits"),
    [
        ("weights", [0.2, 0.7], (0, 0.7 + 0.04)),
        ("means", [-1.0, 4.0], (-1.4, 4.4)),
        ("standard_deviations", [1.0, 3.5], (0, 3.7)),
        ("eigenvalues", [1.0, 16.0], (16**-0.08, 16**1.08)),
        ("weights", [1.0, 1.0], (0, 1.5)),
        ("means", [2.0, 2.0], (1.5, 2.5)),
        ("eigenvalues", [2.0, 2.0], (1, 4)),
    ],
)
def test_axis_has_room_around_the_values(show, values, limits):
    axes = Figure().add_subplot()
    gv.ParametersRenderer(show=show)._vertical_axis(axes, np.array(values))

    assert_allclose(axes.get_ylim(), limits)
    assert axes.get_yscale() == ("log" if show == "eigenvalues" else "linear")
    if show != "eigenvalues":
        assert axes.yaxis.get_major_locator()._steps.tolist() == [1, 2, 5, 10]


def test_truth_has_fine_dashes_and_lines_carry_numbers(draw_runs, sampled):
    drawn = draw_runs(gv.ParametersRenderer(show="eigenvalues"), sampled, size=(1280, 720))
    first = drawn.axes.lines[0]
    (labels,) = (child for child in drawn.axes.get_children() if isinstance(child, EndLabels))
    theme = theme_named("dark")

    assert first.get_linewidth() == 2
    assert first._unscaled_dash_pattern == (0, (4, 3))
    # Three components with two eigenvalues each, of which the larger has the number.
    assert [text.get_text() for text in labels.texts] == ["1", "2", "3"]
    assert [text.get_color() for text in labels.texts] == [theme.color(k) for k in range(3)]
    assert {text.get_fontweight() for text in labels.texts} == {theme.font("bold").get_weight()}
    assert_allclose(labels._heights, np.linalg.eigvalsh(sampled[-1].mixture.covariances)[:, 1])
    assert [curve.led for curve in drawn.props.curves] == [True, False] * 3
    assert [curve.color for curve in drawn.props.curves] == [theme.color(k) for k in (0, 0, 1, 1, 2, 2)]


def test_lines_of_two_features_carry_the_names_of_both(draw_runs, sampled):
    drawn = draw_runs(gv.ParametersRenderer(show="means", features=[1, 2]), sampled)
    (labels,) = (child for child in drawn.axes.get_children() if isinstance(child, EndLabels))

    assert [text.get_text() for text in labels.texts] == ["1 x1", "1 x2", "2 x1", "2 x2", "3 x1", "3 x2"]


def test_line_of_a_run_that_has_ended_is_led_on_to_its_number(draw_runs, sampled):
    short = gv.Trace(sampled.data, sampled[:3], "max_iter")
    drawn = draw_runs(gv.ParametersRenderer(), sampled, short)
    _, artists = drawn.at("m", 4)

    assert drawn.props.future in artists
    assert_allclose([line[:, 0] for line in drawn.props.future.get_segments()], [[2, 5]] * 3)


def test_what_is_to_come_is_left_out_unless_asked_for(draw_runs, sampled):
    for preview in (False, True):
        drawn = draw_runs(gv.ParametersRenderer(preview=preview), sampled)
        _, artists = drawn.at("m", 1)
        assert (drawn.props.future in artists) is preview
    assert_allclose(drawn.props.future.get_segments()[0][:, 0], [2, 3, 4, 5, 6])
