import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.blocks import Coordinates, quadratic_features
from gmmviz.engine.fast import (
    FEW,
    LOG_OF_ZERO,
    Coefficients,
    feature_sums,
    log_constants,
    plane_coefficients,
    to_responsibilities,
)

PLAIN = Coordinates(np.zeros(2), np.ones(2), np.ones(2))


def coefficients(mixture):
    return Coefficients.of(mixture, np.linalg.cholesky(mixture.covariances))


def test_coefficients_of_one_gaussian_by_hand():
    """N(x | 3, 4): log density -(x - 3)^2 / 8 - log(2 sqrt(2 pi)) = c + 3 x / 4 - x^2 / 8."""
    found = coefficients(gv.Mixture([1.0], [[3.0]], [[[4.0]]]))

    constant = -np.log(2 * np.sqrt(2 * np.pi))
    assert_allclose(found.theta, [[constant - 9 / 8, 3 / 4, -1 / 8]])
    assert_allclose(found.peak, constant)
    assert_allclose(found.largest, 9 / 4)  # of (x - 3)^2 / 4 = 9/4 - 3 x / 2 + x^2 / 4


def test_largest_coefficient_may_be_that_of_any_square():
    assert coefficients(gv.Mixture([1.0], [[0.0]], [[[0.25]]])).largest == 4  # of x^2
    assert coefficients(gv.Mixture([1.0], [[0.0, 0]], [np.diag([1, 0.25])])).largest == 4  # of y^2
    assert coefficients(gv.Mixture([1.0], [[0.0, 0]], [np.diag([0.25, 1])])).largest == 4


def test_coefficients_give_log_joint_densities(truth):
    points = truth.sample(40, seed=0)[0]

    joint = coefficients(truth).theta @ quadratic_features(points, PLAIN)

    assert_allclose(joint, truth.log_joint(points), rtol=1e-10, atol=1e-12)
    assert joint.max() <= coefficients(truth).peak


@pytest.mark.parametrize("weight", [0.6, 0.0])
def test_plane_coefficients_are_the_coefficients(weight):
    mixture = gv.Mixture(
        [weight, 1 - weight], [[3.0, -2.0], [0.5, 4.0]], [[[2.0, 0.9], [0.9, 0.7]], [[1, -0.2], [-0.2, 3]]]
    )

    found, general = plane_coefficients(mixture), coefficients(mixture)

    assert_allclose(found.theta, general.theta, rtol=1e-12, atol=1e-14)
    assert_allclose(found.peak, general.peak, rtol=1e-12)
    assert_allclose(found.largest, general.largest, rtol=1e-12)


def axis_aligned(variances, K=1):
    D = len(variances)
    return gv.Mixture(np.full(K, 1 / K), np.zeros((K, D)), np.broadcast_to(np.diag(variances), (K, D, D)))


@pytest.mark.parametrize(
    "mixture",
    [
        axis_aligned([1.0]),
        axis_aligned([1.0] * 3),
        axis_aligned([1.0, 1.0], K=FEW + 1),
        axis_aligned([1e-13, 1]),
        axis_aligned([1, 1e-13]),
    ],
    ids=["a line", "space", "many components", "flat along x", "flat along y"],
)
def test_plane_coefficients_leave_others_to_the_general_way(mixture):
    assert plane_coefficients(mixture) is None
    assert plane_coefficients(axis_aligned([1.0, 1.0], K=FEW)) is not None


def test_component_of_weight_zero_is_as_good_as_gone():
    mixture = gv.Mixture([1.0, 0.0], [[0.0], [0.0]], [[[1.0]], [[1.0]]])

    constants = log_constants(mixture, np.linalg.cholesky(mixture.covariances))

    assert_allclose(constants, [-0.5 * np.log(2 * np.pi), LOG_OF_ZERO])


@pytest.mark.parametrize("beta", [1.0, np.inf, 0.4])
def test_sums_of_two_blocks_are_those_of_both_together(truth, beta):
    features = quadratic_features(truth.sample(300, seed=0)[0], PLAIN)
    under = coefficients(truth)

    parts = feature_sums(features[:, :100], None, None, under, beta) + feature_sums(
        features[:, 100:], None, None, under, beta
    )
    whole = feature_sums(features, None, None, under, beta)

    assert_allclose(parts.sums, whole.sums, rtol=1e-12)
    assert_allclose(parts.log_likelihood, whole.log_likelihood, rtol=1e-12)
    assert_allclose(parts.objective, whole.objective, rtol=1e-12)


def test_sums_are_responsibilities_times_features(truth):
    points = truth.sample(300, seed=0)[0]
    features = quadratic_features(points, PLAIN)

    found = feature_sums(features, None, None, coefficients(truth), 1.0)

    assert_allclose(found.sums, truth.responsibilities(points).T @ features.T, rtol=1e-10)
    assert_allclose(found.log_likelihood, truth.log_prob(points).sum(), rtol=1e-12)
    assert found.objective == found.log_likelihood


def test_hard_sums_count_whole_points(truth):
    points = truth.sample(300, seed=0)[0]

    found = feature_sums(quadratic_features(points, PLAIN), None, None, coefficients(truth), np.inf)

    assert found.sums[:, 0].tolist() == np.bincount(truth.labels(points)).tolist()
    assert_allclose(found.objective, truth.log_joint(points).max(axis=0).sum(), rtol=1e-12)
    assert_allclose(found.log_likelihood, truth.log_prob(points).sum(), rtol=1e-12)


def test_features_are_not_changed(truth):
    features = quadratic_features(truth.sample(30, seed=0)[0], PLAIN)
    before = features.copy()

    feature_sums(features, None, None, coefficients(truth), 1.0)

    assert np.array_equal(features, before)


@pytest.mark.parametrize("far", [[60.0, -10.0], [300.0, 0.0]])
def test_point_whose_density_underflows_counts_in_full(far):
    mixture = gv.Mixture([0.5, 0.5], [[-1, 0], [1, 0]], [np.eye(2)] * 2)
    points = np.array([[0.0, 0.5], far])
    assert mixture.log_prob(points).min() < np.log(np.finfo(float).tiny)

    found = feature_sums(quadratic_features(points, PLAIN), None, None, coefficients(mixture), 1.0)

    assert_allclose(found.sums[:, 0], mixture.responsibilities(points).sum(axis=0), rtol=1e-11)
    assert_allclose(found.log_likelihood, mixture.log_prob(points).sum(), rtol=1e-12)


def test_density_too_large_for_a_number_is_divided_all_the_same():
    """In 300 dimensions a deviation of 0.05 makes densities of e^620."""
    D = 300
    mixture = gv.Mixture([0.5, 0.5], [np.zeros(D), np.full(D, 0.001)], [0.05**2 * np.eye(D)] * 2)
    points = np.array([np.zeros(D)])
    under = coefficients(mixture)
    assert under.peak > 600

    found = feature_sums(
        quadratic_features(points, Coordinates(np.zeros(D), np.ones(D), np.ones(D))), None, None, under, 1.0
    )

    assert_allclose(found.log_likelihood, mixture.log_prob(points)[0], rtol=1e-12)
    assert_allclose(found.sums[:, 0].sum(), 1)


def test_responsibilities_of_two_points_by_hand():
    joint = np.log([[0.2, 0.1], [0.6, 0.3]])

    soft = joint.copy()
    log_likelihood, objective = to_responsibilities(soft, 1.0)
    assert_allclose(soft, [[0.25, 0.25], [0.75, 0.75]])
    assert_allclose([log_likelihood, objective], [np.log(0.8 * 0.4)] * 2)

    log_likelihood, objective = to_responsibilities(joint, np.inf)
    assert joint.tolist() == [[0, 0], [1, 1]]
    assert_allclose([log_likelihood, objective], [np.log(0.8 * 0.4), np.log(0.6 * 0.3)])


@pytest.mark.parametrize("beta", [1.0, np.inf, 0.4])
@pytest.mark.parametrize("away", [0.0, 1e3])  # from afar every exponential underflows
def test_weighted_sums_are_those_of_repeated_points(truth, beta, away):
    points, weights = truth.sample(5, seed=0)[0] + away, np.array([2.0, 1, 3, 1, 2])
    repeated = points.repeat(weights.astype(int), axis=0)

    found, expected = (
        feature_sums(quadratic_features(block, PLAIN), own, None, coefficients(truth), beta)
        for block, own in ((points, weights), (repeated, None))
    )

    assert_allclose(found.sums, expected.sums, rtol=1e-10, atol=1e-12)
    assert_allclose(found.log_likelihood, expected.log_likelihood, rtol=1e-12)
    assert_allclose(found.objective, expected.objective, rtol=1e-12)


def test_responsibilities_of_two_weighted_points_by_hand():
    """Densities of 1 and 3, and of 2 and 2; the points count 2 and 5 times."""
    densities, weights = np.array([[1.0, 2], [3, 2]]), np.array([2.0, 5])
    total = 2 * np.log(4) + 5 * np.log(4)

    joint = np.log(densities)
    assert_allclose(to_responsibilities(joint, 1.0, weights), [total, total])
    assert_allclose(joint, [[0.5, 2.5], [1.5, 2.5]])
    joint = np.log(densities)
    assert_allclose(to_responsibilities(joint, np.inf, weights), [total, 2 * np.log(3) + 5 * np.log(2)])
    assert joint.tolist() == [[0, 5], [2, 0]]
