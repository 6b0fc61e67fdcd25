import numpy as np
import pytest

import gmmviz as gv


def test_identical_components_stay_identical(old_faithful):
    trace = gv.fit(old_faithful, "identical", n_components=3, max_iter=10)

    np.testing.assert_allclose(trace[-1].mixture.means, np.tile(old_faithful.points.mean(axis=0), (3, 1)))


@pytest.mark.parametrize(("corner", "side"), [("lower", 0), ("upper", 1)])
def test_corner_holds_all_means(old_faithful, corner, side):
    points = old_faithful.points
    means = gv.Corner(corner=corner).mixture(old_faithful, 5).means
    end = (points.min(axis=0), points.max(axis=0))[side]

    assert (np.abs(means - end) <= 0.1 * np.ptp(points, axis=0)).all()


def test_on_point_leads_to_the_singularity(old_faithful):
    trace = gv.fit(old_faithful, gv.OnPoint(point=7, width=1e-4), n_components=2, reg_covar=0)

    assert trace[0].mixture.means[0].tolist() == old_faithful.points[7].tolist()
    assert trace.stop_reason == "collapsed"
    assert trace.events[-1][1].component == 0


def test_point_that_does_not_exist_is_named(old_faithful):
    with pytest.raises(gv.InputError) as caught:
        gv.OnPoint(point=272).mixture(old_faithful, 2)

    assert str(caught.value) == "there is no point 272: Old Faithful has 272 points, the first of them 0"
    assert caught.value.place == ("start", "point")


def test_corners_are_at_opposite_ends_of_the_data():
    data = gv.Dataset(np.array([[0.0, 100.0], [10.0, 300.0], [4.0, 150.0]]))

    lower, upper = (gv.Corner(corner=corner).mixture(data, 2).means for corner in ("lower", "upper"))

    assert ((lower >= [0, 100]) & (lower <= [1, 120])).all()
    assert ((upper >= [9, 280]) & (upper <= [10, 300])).all()


def test_component_on_a_point_is_the_first_and_the_others_are_random():
    data = gv.Dataset(np.array([[0.0], [4.0], [0.0], [4.0]]))  # a deviation of 2
    mixture = gv.OnPoint(point=3, width=0.25, seed=1).mixture(data, 2)
    others = gv.RandomPoints(seed=1).mixture(data, 2)

    assert mixture.means[:, 0].tolist() == [4, others.means[1, 0]]
    assert mixture.covariances[:, 0, 0].tolist() == [0.25, 1]  # (0.25 * 2)^2 and (0.5 * 2)^2
    assert mixture.weights.tolist() == [0.5, 0.5]


def test_defaults_of_poor_starts():
    data = gv.Dataset(np.array([[0.0], [4.0], [0.0], [4.0]]))

    np.testing.assert_allclose(gv.OnPoint().mixture(data, 2).covariances[0], [[4e-4]])
    assert gv.OnPoint().mixture(data, 2).means[0].tolist() == [0]
    assert gv.Identical().mixture(data, 2).covariances.tolist() == [[[4]]] * 2
    assert gv.Identical().mixture(data, 2).means.tolist() == [[2]] * 2
    assert gv.Corner().mixture(data, 2).covariances.tolist() == [[[1]]] * 2
