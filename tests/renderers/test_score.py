from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.timeline import frame_at, step_named


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
        "flagged (ringed): 10 of 100 that were fitted\nand 100 of 100 that were not (triangles: counterfeit)"
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
    shares = [panel.share(film.frames(moment)[0]) for moment in film.moments]

    assert shares[0] == 0.01
    assert shares[-1] == pytest.approx(0.16)
    assert panel.share(film.frames(film.moment(film.length - 0.5))[0]) == pytest.approx(0.04, rel=0.15)
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


def test_points_have_the_first_components_color_and_others_the_seconds(genuine):
    props, _ = shown(genuine, "end")
    theme = gv.THEMES["light"]
    blue = np.array([int(theme.color(0)[i : i + 2], 16) for i in (1, 3, 5)]) / 255

    assert_allclose(props.cloud._colors, np.tile(blue, (100, 1)), atol=1e-5)
    assert props.markers.get_markerfacecolor() == theme.color(1)
    assert_allclose(np.column_stack(props.markers.get_data()), genuine.data.others)


def test_counts_are_of_all_points_and_of_the_flagged(genuine):
    props, frame = shown(genuine, "end", flag=0.1)
    threshold = np.quantile(frame.mixture.log_prob(genuine.data.points), 0.1)
    others = (frame.mixture.log_prob(genuine.data.others) < threshold).sum()

    assert props.counts.get_text() == (
        f"flagged (ringed): 10 of 100 that were fitted\nand {others} of 100 that were not (triangles: counterfeit)"
    )


@pytest.mark.parametrize(("epilogue", "share"), [(0.0, 0.02), (0.5, 0.04), (1.0, 0.08)])
def test_threshold_moves_in_equal_ratios(trace, epilogue, share):
    frame = frame_at(trace, replace(step_named("end", 5), epilogue=epilogue))

    assert gv.ScoreRenderer(flag=(0.02, 0.08)).share(frame) == pytest.approx(share)
    assert gv.ScoreRenderer(flag=0.03).share(frame) == 0.03
    assert (gv.ScoreRenderer(flag=(0.02, 0.08)).epilogue_option, gv.ScoreRenderer().epilogue_option) == (
        "flag",
        "",
    )
