import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine import statistics as engine
from gmmviz.engine.blocks import Blocks, Coordinates, quadratic_features
from gmmviz.engine.fast import FeatureSums
from gmmviz.engine.statistics import (
    Statistics,
    _from_sums,
    careful_statistics,
    cholesky_factors,
    divided,
    first_singular,
    sufficient_statistics,
)

PLAIN = Coordinates(np.zeros(2), np.ones(2), np.ones(2))


def by_definition(points, mixture):
    responsibilities = mixture.responsibilities(points)
    counts = responsibilities.sum(axis=0)
    means = responsibilities.T @ points / counts[:, None]
    away = points - means[:, None]
    covariances = np.einsum("nk,knd,kne->kde", responsibilities, away, away) / counts[:, None, None]
    return counts, means, covariances


@pytest.fixture(params=["fast", "careful"])
def route(request, monkeypatch):
    """The route to take, as the data would choose it."""
    if request.param == "careful":
        monkeypatch.setattr(engine, "TOLERATED", 0.0)
    return request.param


@pytest.mark.parametrize("n_points", [100, 50_017])
def test_blocks_add_up_to_the_definition(truth, n_points, route):
    points, _ = truth.sample(n_points, seed=0)
    blocks = Blocks(points)
    inside = blocks.coordinates

    found = sufficient_statistics(blocks, inside.inward(truth))

    counts, means, covariances = by_definition(points, truth)
    assert_allclose(found.counts, counts, rtol=1e-10)
    assert_allclose(inside.center + inside.scale * found.means, means, rtol=1e-10, atol=1e-12)
    units = inside.scale[:, None] * inside.scale
    assert_allclose(found.covariances * units, covariances, rtol=1e-9, atol=1e-12)
    assert_allclose(found.log_likelihood - n_points * inside.log_volume, truth.log_prob(points).sum(), rtol=1e-12)


def test_run_on_the_careful_route_equals_the_fast_one(truth, monkeypatch):
    """Over several blocks, with a death, for all iterations of a run."""
    points, _ = truth.sample(30_000, seed=1)
    start = gv.Mixture([0.4, 0.4, 0.2], [[0, 0], [4, 4], [900, 900]], [np.eye(2)] * 3)
    fast = gv.fit(points, start, max_iter=3, tol=0)
    monkeypatch.setattr(engine, "TOLERATED", 0.0)
    careful = gv.fit(points, start, max_iter=3, tol=0)

    assert [event.kind for _, event in careful.events] == [event.kind for _, event in fast.events] == ["dead"]
    for one, other in zip(fast, careful, strict=True):
        assert_allclose(one.mixture.means, other.mixture.means, rtol=1e-9, atol=1e-12)
        assert_allclose(one.mixture.covariances, other.mixture.covariances, rtol=1e-9, atol=1e-12)
        assert_allclose(one.log_likelihood, other.log_likelihood, rtol=1e-12)
        assert_allclose(one.counts, other.counts, rtol=1e-10)


def test_statistics_of_two_pairs_of_points_by_hand():
    """0 and 2 have mean 1 and variance 1; 10 and 14 mean 12 and variance 4; together 6.5 and 32.75."""
    one = Statistics(np.array([2.0]), np.array([[1.0]]), np.array([[[1.0]]]), -1.0, -2.0)
    other = Statistics(np.array([2.0]), np.array([[12.0]]), np.array([[[4.0]]]), -10.0, -20.0)

    both = one + other

    assert both.counts.tolist() == [4]
    assert both.means.tolist() == [[6.5]]
    assert both.covariances.tolist() == [[[32.75]]]
    assert (both.log_likelihood, both.objective) == (-11, -22)


def test_empty_component_adds_nothing():
    one = Statistics(np.array([0.0]), np.array([[5.0]]), np.array([[[9.0]]]), 0.0, 0.0)
    other = Statistics(np.array([3.0]), np.array([[1.0]]), np.array([[[2.0]]]), 0.0, 0.0)

    for both in (one + other, other + one):
        assert both.counts.tolist() == [3]
        assert both.means.tolist() == [[1]]
        assert both.covariances.tolist() == [[[2]]]
    assert (one + one).counts.tolist() == [0]


@pytest.mark.parametrize("beta", [1.0, np.inf, 0.4])
def test_careful_blocks_add_up(truth, beta):
    features = quadratic_features(truth.sample(500, seed=0)[0], PLAIN)
    factors = cholesky_factors(truth.covariances)

    first, second = (
        careful_statistics(part, None, None, truth, factors, beta)
        for part in np.array_split(features, [123], axis=1)
    )
    parts, whole = first + second, careful_statistics(features, None, None, truth, factors, beta)

    assert_allclose(parts.counts, whole.counts, rtol=1e-12)
    assert_allclose(parts.means, whole.means, rtol=1e-11, atol=1e-13)
    assert_allclose(parts.covariances, whole.covariances, rtol=1e-11, atol=1e-13)
    assert_allclose(parts.objective, whole.objective, rtol=1e-12)


def test_component_whose_points_are_gone_has_died(route):
    mixture = gv.Mixture([0.5, 0.5], [[0, 0], [60, 60]], [np.eye(2)] * 2)
    points = np.random.default_rng(0).standard_normal((50, 2))

    found = sufficient_statistics(Blocks(points, coordinates=PLAIN), mixture)

    assert found.counts.tolist() == [50, 0]
    assert np.isfinite(found.covariances).all()


def test_digits_that_the_fast_route_would_lose_are_kept():
    """Clouds of width 1 at 0 and 1e5: their second moments of 1e10 hold six digits of a variance."""
    rng = np.random.default_rng(0)
    clouds = np.array([[[-5e4]], [[5e4]]]) + rng.standard_normal((2, 100, 1))
    mixture = gv.Mixture([0.5, 0.5], [[-5e4], [5e4]], [[[1.0]], [[1.0]]])
    plain = Coordinates(np.zeros(1), np.ones(1), np.ones(1))

    found = sufficient_statistics(Blocks(clouds.reshape(-1, 1), coordinates=plain), mixture)

    assert_allclose(found.covariances[:, 0, 0], clouds.var(axis=(1, 2)), rtol=1e-9)


def test_factor_of_a_singular_covariance_is_a_collapse():
    with pytest.raises(gv.CollapseError) as caught:
        cholesky_factors(np.array([np.eye(2), [[1.0, 2.0], [2.0, 1.0]]]))

    assert caught.value.component == 1


@pytest.mark.parametrize(
    ("covariance", "is_flat"),
    [
        ([[1.0, 1.0], [1.0, 1.0 + 2e-14]], False),  # given the first feature, 2e-14 of the second's variance
        ([[1.0, 1.0], [1.0, 1.0 + 4e-15]], True),
        ([[1e-25, 0.0], [0.0, 1.0]], False),
        ([[5e-27, 0.0], [0.0, 1.0]], True),
    ],
)
def test_flat_covariance_is_a_collapse_too(covariance, is_flat):
    covariances = np.array([np.eye(2), covariance])

    if is_flat:
        with pytest.raises(gv.CollapseError) as caught:
            cholesky_factors(covariances)
        assert caught.value.component == 1
    else:
        assert_allclose(cholesky_factors(covariances), np.linalg.cholesky(covariances))


def test_component_with_less_than_a_point_has_a_mean_and_a_variance():
    """0 and 2 have mean 1 and variance 1, also where a quarter of each counts."""
    found = divided(np.array([[0.0, 2.0]]), np.array([[0.25, 0.25], [0, 0], [0.75, 0.75]]), -1.0, -2.0)

    assert found.counts.tolist() == [0.5, 0, 1.5]
    assert found.means.tolist() == [[1], [0], [1]]
    assert found.covariances.tolist() == [[[1]], [[0]], [[1]]]
    assert (found.log_likelihood, found.objective) == (-1, -2)
    assert divided(np.zeros((1, 2)), np.ones((1, 2))).log_likelihood == 0
    assert divided(np.zeros((1, 2)), np.ones((1, 2))).objective == 0


def test_component_of_a_count_below_the_limit_has_died():
    """Sums of 1, x and x^2; a mean of 1 and a second moment of 2 make a variance of 1."""
    for count, left in ((1e-12, 1e-12), (0.9e-12, 0.0)):
        found = _from_sums(FeatureSums(np.array([[count, count, 2 * count], [1.0, 0.0, 1.0]]), -1.0, -2.0), 1)
        assert found.counts.tolist() == [left, 1]
        if left:
            assert_allclose([found.means[0, 0], found.covariances[0, 0, 0]], [1, 1])
        assert (found.log_likelihood, found.objective) == (-1, -2)


@pytest.mark.parametrize(("variance", "is_kept"), [(2.3e-7, True), (2.1e-7, False)])
def test_variance_that_lost_too_many_digits_is_left_to_the_careful_route(variance, is_kept):
    """Beside a mean of 1, float64 leaves 2.2e-16 / variance of it: 1e-9 at 2.2e-7."""
    sums = FeatureSums(np.array([[1.0, 1.0, 1 + variance]]), 0.0, 0.0)

    assert (_from_sums(sums, 1) is not None) is is_kept


def test_first_covariance_without_a_factor_is_found():
    flat = [[1.0, 2.0], [2.0, 1.0]]

    assert first_singular(np.array([np.eye(2), np.eye(2)])) is None
    assert first_singular(np.array([flat, np.eye(2)])) == 0
    assert first_singular(np.array([np.eye(2), flat, flat])) == 1
