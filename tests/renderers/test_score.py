from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.renderers.score import share_at
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.timeline import step_named
from gmmviz.themes import theme_named

THEME = theme_named("light")


@pytest.fixture(scope="module")
def genuine():
    data = gv.load_dataset("swiss_banknotes", fit="genuine", features=["bottom_mm", "diagonal_mm"])
    return gv.fit(data, n_components=1)


def shown(trace, at, epilogue=2.0, **settings):
    film = gv.Animation(trace, gv.ScoreRenderer(**settings), pace=gv.Pace(epilogue=epilogue), size=(640, 360))
    moment = film.moment(at)
    film.image(moment)
    *_, props, _ = film._canvas._panels[0]
    return props, film.frames(moment)[0]


def test_only_the_chosen_rows_are_fitted_and_the_others_kept(genuine):
    assert set(genuine.data.labels) == {"genuine"}
    assert genuine.data.points.shape == genuine.data.others.shape == (100, 2)
    assert genuine.data.others_name == "counterfeit"


def test_kept_points_survive_saving(genuine, tmp_path):
    genuine.save(tmp_path / "run.npz")
    again = gv.Trace.load(tmp_path / "run.npz").data

    assert np.array_equal(again.others, genuine.data.others)
    assert again.others_name == "counterfeit"


def test_flagged_are_the_points_of_least_density(genuine):
    props, frame = shown(genuine, "end", flag=0.1)
    scores = frame.mixture.log_prob(genuine.data.points)
    least = genuine.data.points[np.argsort(scores)[:10]]
    flagged = np.column_stack(props.flags.get_data())

    assert {tuple(point) for point in least} <= {tuple(point) for point in flagged}
    assert props.counts.get_text() == (
        "ringed, the lowest 10 %: 10 of 100 fitted\nand 100 of 100 counterfeit (triangles)"
    )


def test_line_is_where_the_density_is_the_thresholds(genuine):
    props, frame = shown(genuine, "end", flag=0.05)
    threshold = np.quantile(frame.mixture.log_prob(genuine.data.points), 0.05)
    (line,) = props.line.get_segments()

    assert_allclose(frame.mixture.log_prob(line), threshold, atol=0.03)


def test_threshold_moves_in_the_epilogue():
    panel = gv.ScoreRenderer(flag=(0.01, 0.16))
    trace = gv.fit(np.random.default_rng(0).standard_normal((50, 2)), n_components=1)
    film = gv.Animation(trace, panel, pace=gv.Pace(epilogue=1.0, easing="linear"))
    shares = [share_at(panel.flag, film.frames(moment)[0]) for moment in film.moments]

    assert shares[0] == 0.01
    assert shares[-1] == pytest.approx(0.16)
    halfway = film.frames(film.moment(film.length - film.pace.end - 0.5))[0]
    assert share_at(panel.flag, halfway) == pytest.approx(0.04, rel=0.15)
    assert np.all(np.diff(shares) >= 0)


def test_limits_hold_the_points_that_were_not_fitted(genuine):
    film = gv.Animation(genuine, gv.ScoreRenderer())
    axes = film._canvas._panels[0][0]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    x, y = genuine.data.others.T

    assert left < x.min()
    assert x.max() < right
    assert bottom < y.min()
    assert y.max() < top


def test_label_that_no_row_has_is_named():
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("swiss_banknotes", fit="genuin")

    assert str(caught.value) == "Swiss banknotes has no rows labeled 'genuin'; did you mean 'genuine'?"


def test_points_have_the_colors_of_their_components_and_others_have_none():
    data = gv.load_dataset("swiss_banknotes", fit="genuine", features=["bottom_mm", "diagonal_mm"])
    props, frame = shown(gv.fit(data, n_components=2), "end")
    theme = gv.THEMES["light"]

    assert_allclose(props.cloud._colors, theme.point_colors(frame.responsibilities, 1.0), atol=1e-5)
    assert props.markers.get_markerfacecolor() == theme.muted
    assert_allclose(np.column_stack(props.markers.get_data()), data.others)


def test_moving_share_has_one_decimal_all_the_time(genuine):
    for at, share in (("start", "0.5"), ("end", "0.5")):
        props, _ = shown(genuine, at, flag=(0.005, 0.1))
        assert props.counts.get_text().startswith(f"ringed, the lowest {share} %: ")
    film = gv.Animation(genuine, gv.ScoreRenderer(flag=(0.005, 0.1)), pace=gv.Pace(epilogue=1))
    film.image(film.moments[-1])
    assert film._canvas._panels[0][3].counts.get_text().startswith("ringed, the lowest 10.0 %: 10 of 100 fitted")


def test_counts_are_of_all_points_and_of_the_flagged(genuine):
    props, frame = shown(genuine, "end", flag=0.1)
    threshold = np.quantile(frame.mixture.log_prob(genuine.data.points), 0.1)
    others = (frame.mixture.log_prob(genuine.data.others) < threshold).sum()

    assert props.counts.get_text() == (
        f"ringed, the lowest 10 %: 10 of 100 fitted\nand {others} of 100 counterfeit (triangles)"
    )


@pytest.mark.parametrize(("epilogue", "share"), [(0.0, 0.02), (0.5, 0.04), (1.0, 0.08)])
def test_threshold_moves_in_equal_ratios(trace, epilogue, share):
    frame = frame_at(trace, replace(step_named("end", 5), epilogue=epilogue))

    assert share_at((0.02, 0.08), frame) == pytest.approx(share)
    assert share_at(0.03, frame) == 0.03
    assert (gv.ScoreRenderer(flag=(0.02, 0.08)).epilogue_option, gv.ScoreRenderer().epilogue_option) == (
        "flag",
        "",
    )


def test_marks_and_words_have_their_sizes_inks_and_layers(genuine):
    film = gv.Animation(genuine, gv.ScoreRenderer(), size=(1280, 720))
    film.image(film.moment("end"))
    axes, *_, props, _ = film._canvas._panels[0]
    moving = (props.cloud, props.markers, props.flags, props.line, props.counts)

    assert [artist.get_zorder() for artist in moving] == [2, 3, 1.5, 5, 6]
    assert all(artist.get_animated() for artist in moving)
    # A point of 100 has a radius of 5.5 pixels.
    assert props.markers.get_markersize() == pytest.approx(2.3 * 5.5)
    assert (props.markers.get_marker(), props.markers.get_linestyle(), props.markers.get_alpha()) == (
        "^",
        "None",
        0.9,
    )
    assert props.markers.get_markeredgecolor() == THEME.outline
    assert props.markers.get_clip_on()
    assert props.flags.get_markersize() == pytest.approx(4.2 * 5.5)
    assert (props.flags.get_markeredgewidth(), props.flags.get_markeredgecolor()) == (1.8, THEME.text)
    assert (props.flags.get_marker(), props.flags.get_markerfacecolor()) == ("o", "none")
    assert_allclose(props.line.get_linewidth(), 2.6)
    assert props.line.get_linestyle() == [(0, [4 * 2.6, 2 * 2.6])]
    assert_allclose(props.line.get_color(), [to_rgba(THEME.text)])
    assert (props.grid.x.size, props.grid.y.size) == (160, 120)
    counts = props.counts
    place = counts.get_transform().transform(counts.get_position())
    assert_allclose(place, (axes.bbox.x0, axes.bbox.y1 + 12))
    assert (counts.get_ha(), counts.get_va(), counts.get_fontsize()) == ("left", "bottom", 23)
    assert (counts.get_color(), counts.get_fontweight()) == (THEME.text, THEME.font("bold").get_weight())
    assert not counts.get_clip_on()
    assert axes.get_title(loc="left") == " \n "


def test_point_exactly_at_the_threshold_is_not_flagged():
    # Of five points evenly apart the middle one is the likeliest; a half of them lies below the second.
    trace = gv.fit(np.array([[-2.0, 0], [-1, 0.5], [0, 0], [1, -0.5], [2.5, 0]]), n_components=1, max_iter=1)
    props, frame = shown(trace, "end", flag=0.5)
    scores = frame.mixture.log_prob(trace.data.points)

    assert (scores < np.quantile(scores, 0.5)).sum() == 2
    assert len(props.flags.get_xdata()) == 2
    assert props.counts.get_text() == "ringed, the lowest 50 %: 2 of 5 fitted"
    assert len(props.markers.get_xdata()) == 0


def test_density_of_three_features_has_no_line():
    data = np.random.default_rng(0).standard_normal((1_200, 3))
    props, _ = shown(gv.fit(data, n_components=1, max_iter=1), "end", flag=0.1, features=[1, 2])

    assert props.line.get_segments() == []
    assert props.counts.get_text() == "ringed, the lowest 10 %: 120 of 1,200 fitted"


def test_points_with_gaps_have_no_densities_to_compare():
    points = gv.load_dataset("old_faithful").points.copy()
    points[3, 1] = np.nan
    trace = gv.fit(points, n_components=2, missing="marginalize", max_iter=2)

    with pytest.raises(
        gv.InputError, match="score compares the densities of points, and those of points with missing"
    ):
        gv.Animation(trace, gv.ScoreRenderer())
