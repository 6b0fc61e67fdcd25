import numpy as np
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.m_step import MStep, in_units
from gmmviz.engine.statistics import Statistics
from gmmviz.mixture.covariance import spherical


def statistics(counts):
    means = np.array([[1.0, 2.0], [3.0, 4.0]])
    covariances = np.array([[[2.0, 1.0], [1.0, 3.0]], [[4.0, 0.0], [0.0, 6.0]]])
    return Statistics(np.array(counts), means, covariances, 0.0, 0.0)


BEFORE = gv.Mixture([0.5, 0.5], [[9, 9], [8, 8]], [np.eye(2), 7 * np.eye(2)])


def test_maximum_by_hand():
    mixture = MStep(ridge=np.array([0.5, 0.25]))(statistics([1.0, 3.0]), BEFORE)

    assert mixture.weights.tolist() == [0.25, 0.75]
    assert mixture.means.tolist() == [[1, 2], [3, 4]]
    assert mixture.covariances.tolist() == [[[2.5, 1], [1, 3.25]], [[4.5, 0], [0, 6.25]]]


def test_component_that_has_died_keeps_its_last_parameters():
    mixture = MStep()(statistics([4.0, 0.0]), BEFORE)

    assert mixture.weights.tolist() == [1, 0]
    assert mixture.means.tolist() == [[1, 2], [8, 8]]
    assert mixture.covariances[1].tolist() == [[7, 0], [0, 7]]


def test_equal_weights_stay_equal():
    mixture = MStep(equal_weights=True)(statistics([1.0, 3.0]), BEFORE)

    assert mixture.weights.tolist() == [0.5, 0.5]


def test_statistics_are_not_changed():
    given = statistics([1.0, 0.0])

    MStep(ridge=np.ones(2))(given, BEFORE)

    assert given.covariances.tolist() == statistics([1.0, 0.0]).covariances.tolist()


def test_sphere_is_one_in_the_units_of_the_data():
    """Scales of 1 and 4: variances of 2 and 3 inside are 2 and 48 outside, whose mean is 25."""
    covariances = np.array([[[2.0, 0.5], [0.5, 3.0]]])

    found = in_units(spherical, np.array([1.0, 4.0]))(covariances, np.ones(1))

    assert_allclose(found, [[[25, 0], [0, 25 / 16]]])
