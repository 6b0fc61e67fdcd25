import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


def shown(drawn):
    return drawn.props.cloud._points


def test_points_are_drawn_from_the_present_mixture_with_the_same_random_numbers(draw_runs, sampled):
    drawn = draw_runs(gv.SyntheticRenderer(), sampled)
    for t in (1, 4, 6):
        drawn.at("m", t - 1)
        points, components = sampled[t].mixture.sample(150, seed=0)
        assert_allclose(shown(drawn), points)
        theme = drawn.canvas._panels[0].theme
        assert_allclose(drawn.props.cloud._colors, theme.point_colors(np.eye(3)[components], 1.0))


def test_they_are_as_many_as_the_data_and_look_like_them(draw_runs, sampled):
    drawn = draw_runs(gv.SyntheticRenderer(), sampled)
    own = draw_runs(gv.EllipseRenderer(), sampled)

    assert shown(drawn).shape == sampled.data.points.shape
    assert drawn.props.cloud.radius == own.props.cloud.radius
    assert drawn.axes.get_title(loc="left") == "150 points drawn from the mixture"


def test_they_glide_from_one_snapshot_to_the_next(draw_runs, sampled):
    drawn = draw_runs(gv.SyntheticRenderer(), sampled)
    a, b = (sampled[t].mixture.sample(150, seed=0)[0] for t in (1, 2))
    before = a
    for progress in (0.1, 0.4, 0.7, 1.0):
        frame, _ = drawn.at("m", 1, progress)
        assert_allclose(shown(drawn), a + (frame.position - 1) * (b - a))
        assert np.abs(shown(drawn) - before).max() < np.abs(b - a).max() or progress == 1.0
        before = shown(drawn)


def test_they_stand_still_in_an_e_step(draw_runs, sampled):
    drawn = draw_runs(gv.SyntheticRenderer(), sampled)
    drawn.at("e", 2, 0.2)
    before = shown(drawn)
    drawn.at("e", 2, 0.9)

    assert shown(drawn) is before


def test_picture_follows_points_that_move(draw_runs, sampled):
    """And comes back where they come back, in any order."""
    drawn = draw_runs(gv.SyntheticRenderer(), sampled)
    pictures = []
    for t in (0, 3, 0):
        frame, _ = drawn.at("m", t)
        pictures.append(drawn.canvas.paint([frame]))

    assert (pictures[0] != pictures[1]).any()
    assert (pictures[0] == pictures[2]).all()


def test_another_seed_draws_other_points(draw_runs, sampled):
    drawn = draw_runs(gv.SyntheticRenderer(seed=7), sampled)
    drawn.at("end", 6)

    assert_allclose(shown(drawn), sampled[6].mixture.sample(150, seed=7)[0])


def test_features_are_chosen_as_in_other_panels(draw_runs):
    points = np.random.default_rng(1).normal(0, 1, (40, 3))
    run = gv.fit(gv.Dataset(points, feature_names=["a", "b", "c"]), n_components=2, max_iter=2)
    drawn = draw_runs(gv.SyntheticRenderer(features=["c", "a"]), run)
    drawn.at("end", 2)

    assert_allclose(shown(drawn), run[2].mixture.sample(40, seed=0)[0][:, [2, 0]])
    assert drawn.axes.get_title(loc="left") == "40 points drawn from the mixture; 2 of 3 features shown"


def test_one_feature_is_refused(draw_runs):
    with pytest.raises(gv.InputError, match="the panel draws 2 features, but the data has 1"):
        draw_runs(gv.SyntheticRenderer(), gv.fit(np.arange(9.0)[:, None], n_components=2, max_iter=1))


def test_components_keep_their_hues_in_all_runs(draw_runs, sampled):
    turned = gv.fit(
        sampled.data,
        gv.Mixture(
            *(getattr(sampled[0].mixture, part)[[2, 0, 1]] for part in ("weights", "means", "covariances"))
        ),
        max_iter=6,
    )
    drawn = draw_runs(gv.SyntheticRenderer(), sampled, turned)
    drawn.at("end", 6)
    _, components = turned[6].mixture.sample(150, seed=0)
    own = drawn.canvas._panels[-1].theme.point_colors(np.eye(3), 1.0)
    first = drawn.canvas._panels[0].theme.point_colors(np.eye(3), 1.0)

    assert_allclose(drawn.props.cloud._colors, own[components])
    assert_allclose(own, first[[2, 0, 1]], atol=1e-6)
