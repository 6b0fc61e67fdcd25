from dataclasses import replace

import numpy as np
import pytest
from clock import UNHURRIED
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

import gmmviz as gv
from gmmviz.renderers.asked import BELOW, LONGEST, answers, number, on_the_way

SLOW = replace(UNHURRIED, e_step=4.0)  # with frames enough for every part of an E-step


def boxes(polygons):
    """Left, right and middle of each rectangle."""
    corners = [path.vertices[:4] for path in polygons.get_paths()]
    return np.array([(c[:, 0].min(), c[:, 0].max(), c[:, 1].mean()) for c in corners])


def by_hand(mixture, point):
    parts = zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
    return np.array([w * multivariate_normal(m, c).pdf(point) for w, m, c in parts])


def test_bars_are_weighted_densities_at_the_point_on_one_scale(draw_runs, sampled):
    drawn = draw_runs(gv.AskedRenderer(point=7), sampled)
    point = sampled.data.points[6]
    largest = max(by_hand(s.mixture, point).sum() for s in sampled)
    for t in (1, 3, 6):
        drawn.at("m", t - 1)
        left, right, rows = boxes(drawn.props.bars).T
        expected = by_hand(sampled[t].mixture, point)

        assert_allclose(left, 0)
        assert_allclose(right, LONGEST * expected / largest)
        assert_allclose(rows, [0, 1, 2])
        written = [word.get_text() for word in drawn.props.numbers]
        assert written == [number(np.log(density), drawn.props.decimals) for density in expected]


def test_e_step_joins_copies_of_the_bars_and_stretches_them_to_the_responsibilities(draw_runs, sampled):
    drawn = draw_runs(gv.AskedRenderer(point=7), sampled)
    for progress in (0.2, 0.55, 1.0):
        frame, artists = drawn.at("e", 2, progress, SLOW)
        own = boxes(drawn.props.bars)[:, 1]
        left, right, rows = boxes(drawn.props.pieces).T
        if progress == 0.2:
            assert_allclose(right - left, own)
            assert (np.arange(3) < rows).all()
            assert (rows < 2 + BELOW).all()
        elif progress == 0.55:
            assert_allclose(left[1:], right[:-1])
            assert_allclose(right - left, own)
            assert_allclose(rows, 2 + BELOW)
            assert drawn.props.sum in artists
            total = by_hand(frame.mixture, sampled.data.points[6]).sum()
            assert drawn.props.sum.get_text() == f"sum: {total:.{drawn.props.decimals}f}"
        else:
            shares = sampled.responsibilities(2)[6]
            assert_allclose(right - left, shares)
            assert right[-1] == pytest.approx(1)
            assert drawn.props.sum not in artists
            assert_allclose(own / own.sum(), shares)


def test_responsibilities_stay_while_components_move(draw_runs, sampled):
    drawn = draw_runs(gv.AskedRenderer(point=7), sampled)
    drawn.at("e", 2)
    before = boxes(drawn.props.pieces)
    _, artists = drawn.at("m", 2, 0.5)

    assert_allclose(boxes(drawn.props.pieces), before)
    written = [word.get_text() for word in drawn.props.shares if word in artists]
    assert written
    assert set(written) <= {f"{share:.2f}" for share in sampled.responsibilities(2)[6]}


def test_nothing_is_divided_before_the_point_has_asked(draw_runs, sampled):
    drawn = draw_runs(gv.AskedRenderer(point=7), sampled)
    _, artists = drawn.at("start", 0)

    assert drawn.props.bars in artists
    assert drawn.props.frame in artists
    assert drawn.props.pieces not in artists


def test_old_answer_goes_before_the_next_is_joined(draw_runs, sampled):
    drawn = draw_runs(gv.AskedRenderer(point=7), sampled)
    opacities = []
    for progress in (0.001, 0.05, 0.1):
        drawn.at("e", 3, progress, SLOW)
        assert_allclose(np.diff(boxes(drawn.props.pieces)[:, :2], axis=1)[:, 0], sampled.responsibilities(2)[6])
        opacities.append(drawn.props.pieces.get_alpha())

    assert 1 > opacities[0] > opacities[1] > opacities[2] > 0


def test_bars_step_back_while_their_copies_are_on_the_way(draw_runs, sampled):
    drawn = draw_runs(gv.AskedRenderer(point=7), sampled)
    drawn.at("e", 2, 0.5)
    away = drawn.props.bars.get_alpha()
    drawn.at("e", 2)

    assert away == pytest.approx(0.35)
    assert drawn.props.bars.get_alpha() == 1


def test_run_that_has_ended_keeps_its_answer(draw_runs, sampled):
    short = gv.fit(sampled.data, sampled[0].mixture, max_iter=2)
    drawn = draw_runs(gv.AskedRenderer(point=7), sampled, short)
    drawn.at("e", 4, 0.5)
    left, right, _ = boxes(drawn.props.pieces).T

    assert_allclose(right - left, short.responsibilities(2)[6])


def test_known_point_has_one_answer_and_incomplete_ones_are_asked_about_what_they_have(old_faithful):
    points = old_faithful.points.copy()
    points[3, 1] = np.nan
    known = np.full(272, -1)
    known[5] = 1
    data = gv.Dataset(points, known=known, missing="marginalize")
    run = gv.fit(data, n_components=2, max_iter=2)
    mixture = run[-1].mixture

    assert answers(run, mixture, 5)[0] == -np.inf
    assert_allclose(np.exp(answers(run, mixture, 5)[1]), by_hand(mixture, points[5])[1])
    assert_allclose(np.exp(answers(run, mixture, 3)), by_hand(mixture.marginal([0]), points[3, :1]))


def test_way_of_the_copies_begins_at_the_bars_and_ends_at_the_whole():
    lengths, shares = np.array([0.1, 0.3]), np.array([0.25, 0.75])
    begins, widths, rows, thick = on_the_way(lengths, shares, 0.0, 2.3)
    assert_allclose([begins, widths, rows], [[0, 0], lengths, [0, 1]])
    assert thick == 0.62
    begins, widths, rows, thick = on_the_way(lengths, shares, 1.0, 2.3)
    assert_allclose([begins, widths, rows], [[0, 0.25], shares, [2.3, 2.3]])
    assert thick == 1


def test_tiny_densities_are_written_by_their_powers_of_ten():
    assert [number(np.log(d), 3) for d in (0.1234, 0.0004, 0.0005, 9.7e-9)] == [
        "0.123",
        "4 × 10⁻⁴",
        "0.001",
        "1 × 10⁻⁸",
    ]
    assert number(-np.inf, 3) == "0"
    assert number(30.0, 2) == "1 × 10¹³"


def test_components_are_numbered_in_their_colors_and_the_title_names_the_point(draw_runs, sampled):
    drawn = draw_runs(gv.AskedRenderer(point=150), sampled)

    assert [label.get_text() for label in drawn.axes.get_yticklabels()] == ["1", "2", "3"]
    assert len({label.get_color() for label in drawn.axes.get_yticklabels()}) == 3
    assert drawn.axes.get_title(loc="left") == "point 150: weight × density; divided by their sum"


def test_point_that_is_not_there_is_refused(draw_runs, sampled):
    with pytest.raises(gv.InputError) as caught:
        draw_runs(gv.AskedRenderer(point=151), sampled)

    name = sampled.data.name
    assert str(caught.value) == f"there is no point 151 to ask: {name} has 150 points, the first of them 1"
    assert caught.value.place == ("point",)


def test_point_of_a_known_component_is_not_asked(old_faithful):
    labels = np.full(272, -1)
    labels[[4, 7]] = [0, 1]
    trace = gv.fit(old_faithful, n_components=2, labels=labels, max_iter=2)

    with pytest.raises(
        gv.InputError, match="the component of point 5 is known, so no E-step asks it: choose another"
    ):
        gv.Animation(trace, gv.AskedRenderer(point=5))
    gv.Animation(trace, gv.AskedRenderer(point=6))
