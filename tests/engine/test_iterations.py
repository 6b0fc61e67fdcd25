from contextlib import suppress
from itertools import islice

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.algorithms import ALGORITHMS
from gmmviz.engine.blocks import Blocks
from gmmviz.engine.iterations import in_units, iterations, maximized
from gmmviz.engine.statistics import Statistics
from gmmviz.mixture.covariance import FAMILIES, full, spherical


def statistics(counts):
    means = np.array([[1.0, 2.0], [3.0, 4.0]])
    covariances = np.array([[[2.0, 1.0], [1.0, 3.0]], [[4.0, 0.0], [0.0, 6.0]]])
    return Statistics(np.array(counts), means, covariances, 0.0, 0.0)


BEFORE = gv.Mixture([0.5, 0.5], [[9, 9], [8, 8]], [np.eye(2), 7 * np.eye(2)])


def test_maximum_by_hand():
    mixture = maximized(statistics([1.0, 3.0]), BEFORE, full, np.array([0.5, 0.25]), equal_weights=False)

    assert mixture.weights.tolist() == [0.25, 0.75]
    assert mixture.means.tolist() == [[1, 2], [3, 4]]
    assert mixture.covariances.tolist() == [[[2.5, 1], [1, 3.25]], [[4.5, 0], [0, 6.25]]]


def test_component_that_has_died_keeps_its_last_parameters():
    mixture = maximized(statistics([4.0, 0.0]), BEFORE, full, np.zeros(2), equal_weights=False)

    assert mixture.weights.tolist() == [1, 0]
    assert mixture.means.tolist() == [[1, 2], [8, 8]]
    assert mixture.covariances[1].tolist() == [[7, 0], [0, 7]]


def test_equal_weights_stay_equal():
    mixture = maximized(statistics([1.0, 3.0]), BEFORE, full, np.zeros(2), equal_weights=True)

    assert mixture.weights.tolist() == [0.5, 0.5]


def test_statistics_are_not_changed():
    given = statistics([1.0, 0.0])

    maximized(given, BEFORE, full, np.ones(2), equal_weights=False)

    assert given.covariances.tolist() == statistics([1.0, 0.0]).covariances.tolist()


def test_sphere_is_one_in_the_units_of_the_data():
    """Scales of 1 and 4: variances of 2 and 3 inside are 2 and 48 outside, whose mean is 25."""
    covariances = np.array([[[2.0, 0.5], [0.5, 3.0]]])

    found = in_units(spherical, np.array([1.0, 4.0]))(covariances, np.ones(1))

    assert_allclose(found, [[[25, 0], [0, 25 / 16]]])


@pytest.mark.parametrize("algorithm", ["em", "hard_em"])
@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_run_goes_on_where_another_would_begin(old_faithful, covariance_type, algorithm):
    """The state after three iterations says all: a run begun there is the rest of the run."""
    start = gv.RandomPoints(seed=3).mixture(old_faithful, 3)
    rest = FAMILIES[covariance_type], 0.01, ALGORITHMS[algorithm]
    blocks = Blocks(old_faithful.points)
    whole = list(islice(iterations(blocks, start, *rest), 8))

    again = list(islice(iterations(blocks, whole[3].mixture, *rest), 5))

    for one, other in zip(whole[3:], again, strict=True):
        assert_allclose(other.mixture.means, one.mixture.means, rtol=1e-9)
        assert_allclose(other.mixture.covariances, one.mixture.covariances, rtol=1e-8, atol=1e-9)
        assert_allclose(other.objective, one.objective, rtol=1e-12)


def test_snapshot_of_hard_em_has_both_its_objective_and_its_likelihood(old_faithful):
    start = gv.RandomPoints(seed=3).mixture(old_faithful, 2)
    blocks = Blocks(old_faithful.points)

    first = next(iterations(blocks, start, full, 0.0, ALGORITHMS["hard_em"]))

    points = old_faithful.points
    assert first.mixture is start
    assert_allclose(first.log_likelihood, start.log_prob(points).sum(), rtol=1e-12)
    assert_allclose(first.objective, start.log_joint(points).max(axis=0).sum(), rtol=1e-12)
    assert first.counts.tolist() == np.bincount(start.labels(points)).tolist()


def test_run_collapses_at_the_iteration_at_which_the_textbook_does():
    points = np.random.default_rng(0).standard_normal((60, 2))
    start = gv.RandomPoints(seed=0, scale=0.02).mixture(gv.Dataset(points), 8)
    trace = gv.fit(points, start, reg_covar=0, tol=0)

    assert trace.stop_reason == "collapsed"
    assert trace[-1].iteration > 0
    textbook = gv.iterate(points, start)
    for snapshot, ours in zip(trace, textbook, strict=False):
        if ours.iteration == trace[-1].iteration:
            break  # its covariances are flat to rounding, so its log-likelihood has no digits left
        assert_allclose(snapshot.log_likelihood, ours.log_likelihood, rtol=1e-9)
    with suppress(gv.CollapseError):  # which rounding decides
        flat = gv.m_step(points, gv.e_step(points, ours.mixture)[0])
        assert min(np.linalg.eigvalsh(flat.covariances)[:, 0]) < 1e-13
