import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.blocks import Coordinates
from gmmviz.starts.base import as_start, check_components, check_spread, covariance_of, moments, upright


@pytest.mark.parametrize("name", [name for name in gv.STARTS if name != "given"])
@pytest.mark.parametrize("n_components", [1, 3, 8])
def test_start_is_a_mixture_that_its_seed_repeats(old_faithful, name, n_components):
    first, again = (gv.STARTS[name]().mixture(old_faithful, n_components) for _ in range(2))

    assert first.means.shape == (n_components, 2)
    assert np.array_equal(first.means, again.means)
    assert np.array_equal(first.covariances, again.covariances)


@pytest.mark.parametrize("name", [name for name in gv.STARTS if name not in ("given", "identical")])
def test_next_attempt_is_another_start(old_faithful, name):
    start = gv.STARTS[name]()

    one, other = (start.attempt(i).mixture(old_faithful, 3) for i in (0, 1))

    assert not np.array_equal(one.means, other.means)


def test_start_without_a_seed_can_be_tried_once(old_faithful):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, "identical", n_components=2, n_init=2)

    assert str(caught.value) == (
        "the start Identical is the same every time: leave n_init at 1 and on_collapse at 'stop', "
        "or choose a start with a seed"
    )


FROM_DATA = [name for name in gv.STARTS if name != "given"]
LARGE_OR_ROUNDED = [0.0, 0.1, 1 / 3, 123.456, 1e6 + 0.1, -1e15]


# A corner is drawn at random in all features, so that one feature more is another corner.
SAME_DRAWS = [name for name in FROM_DATA if name != "corner"]


@pytest.mark.parametrize("name", SAME_DRAWS)
@pytest.mark.parametrize("value", LARGE_OR_ROUNDED)
def test_feature_that_never_varies_changes_no_start(old_faithful, name, value):
    """No mean of these values is exact, so that rounding gives the feature a spread, but that is none."""
    flat = gv.Dataset(np.column_stack([old_faithful.points, np.full(272, value)]))

    plain, more = (gv.STARTS[name]().mixture(data, 2) for data in (old_faithful, flat))

    assert_allclose(more.weights, plain.weights, rtol=1e-12)
    assert_allclose(more.means[:, :2], plain.means, rtol=1e-12)
    assert_allclose(more.covariances[:, :2, :2], plain.covariances, rtol=1e-9)
    assert more.means[:, 2].tolist() == [value] * 2
    assert (more.covariances[:, 2, 2] >= 1e-6).all()


@pytest.mark.parametrize("name", [*SAME_DRAWS, "given"])
@pytest.mark.parametrize("value", LARGE_OR_ROUNDED)
def test_feature_that_never_varies_costs_its_own_likelihood(old_faithful, name, value):
    """It is a Gaussian with the variance 1e-6, whatever the start: a factor of the density of the other two."""
    points = np.column_stack([old_faithful.points, np.full(272, value)])
    means = [[2, 55], [4.4, 80]]
    starts = [gv.Given(means=[[*m, *more] for m in means]) if name == "given" else name for more in ([], [value])]

    plain = gv.fit(old_faithful, starts[0], n_components=2, max_iter=30, tol=0)
    more = gv.fit(points, starts[1], n_components=2, max_iter=30, tol=0)

    own = -272 / 2 * np.log(2 * np.pi * 1e-6)
    assert_allclose(more.log_likelihoods[1:], plain.log_likelihoods[1:] + own, rtol=1e-9)
    assert "collapsed" not in {event.kind for _, event in more.events}


def test_two_roundings_of_one_value_are_no_spread(old_faithful):
    flat = np.where(np.arange(272) % 2, 0.1 + 0.2, 0.3)

    found = [
        gv.fit(np.column_stack([old_faithful.points, flat]), name, n_components=2, tol=1e-12)[-1]
        for name in ("kmeans", "random_points", "random_responsibilities", "corner")
    ]

    for last in found:
        assert_allclose(last.log_likelihood, found[0].log_likelihood, rtol=1e-9)


@pytest.mark.parametrize("name", FROM_DATA)
def test_first_covariances_are_symmetric_to_the_bit(name):
    covariances = gv.STARTS[name]().mixture(gv.load_dataset("wine"), 3).covariances

    assert np.array_equal(covariances, covariances.transpose(0, 2, 1))


@pytest.mark.parametrize("name", FROM_DATA)
@pytest.mark.parametrize("scale", [1e-145, 1e150])
def test_units_change_no_start(old_faithful, name, scale):
    plain = gv.STARTS[name]().mixture(old_faithful, 3)
    other = gv.STARTS[name]().mixture(gv.Dataset(old_faithful.points * scale), 3)

    assert_allclose(other.means, plain.means * scale, rtol=1e-9)
    assert_allclose(other.covariances, plain.covariances * scale**2, rtol=1e-9)


def test_moments_by_hand():
    data = gv.Dataset(np.array([[0.0], [2.0], [10.0], [12.0]]))

    mixture = moments(data, np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1]]))

    assert mixture.weights.tolist() == [0.5, 0, 0.5]
    assert mixture.means[:, 0].tolist() == [1, 6, 11]  # that of the empty one is the mean of all
    assert_allclose(mixture.covariances[:, 0, 0], np.array([1, 26, 1]) + 26e-6)


def test_covariance_of_the_data_is_numpys():
    points = gv.load_dataset("iris").points

    assert_allclose(covariance_of(gv.Dataset(points)), np.cov(points.T, bias=True), rtol=1e-12)


def test_covariance_of_points_on_a_line_can_be_begun_with():
    x = np.linspace(0, 1, 20)
    found = covariance_of(gv.Dataset(np.column_stack([x, 2 * x])))

    assert_allclose(found, [[x.var() * (1 + 1e-6), 2 * x.var()], [2 * x.var(), 4 * x.var() * (1 + 1e-6)]])


def test_constant_feature_has_a_variance_of_a_millionth():
    data = gv.Dataset(np.array([[0.0, 7.0], [4.0, 7.0]]))  # a variance of 4, and of 0

    assert_allclose(covariance_of(data), [[4, 0], [0, 1e-6]], rtol=1e-12)
    assert_allclose(moments(data, np.ones((1, 2))).covariances, [[[4 + 4e-6, 0], [0, 1e-6]]], rtol=1e-12)


def test_covariance_and_moments_of_weighted_points_by_hand():
    """Three points at 0 and one at 4 have the mean 1 and the variance (3 + 9) / 4 = 3."""
    data = gv.Dataset(np.array([[0.0], [4.0], [9.0]]), weights=[3, 1, 0])

    assert_allclose(covariance_of(data), [[3]], rtol=1e-12)
    mixture = moments(data, np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert_allclose(mixture.weights, [0.75, 0.25])
    assert_allclose(mixture.means[:, 0], [0, 4], atol=1e-12)
    assert_allclose(mixture.covariances[:, 0, 0], [3e-6, 3e-6])


def test_upright_mixture_has_a_part_of_the_deviations():
    data = gv.Dataset(np.array([[0.0, 7.0], [4.0, 7.0]]))  # deviations of 2 and, of a constant feature, 1
    mixture = upright(data, np.array([[1.0, 7], [2, 7], [3, 7], [4, 7]]), 0.5)

    assert mixture.weights.tolist() == [0.25] * 4
    assert mixture.means[:, 0].tolist() == [1, 2, 3, 4]
    assert mixture.covariances.tolist() == [[[1, 0], [0, 0.25]]] * 4


def test_later_attempts_have_later_seeds():
    start = gv.RandomPoints(seed=3, scale=0.25)

    assert start.attempt(0) is start
    assert start.attempt(2) == gv.RandomPoints(seed=5, scale=0.25)
    assert gv.Identical().attempt(0) == gv.Identical()


@pytest.mark.parametrize(
    ("spread", "change"), [(1e152, ""), (1.001e152, "divide"), (1e-152, ""), (0.999e-152, "multiply")]
)
def test_spread_has_limits_on_both_sides(spread, change):
    data = gv.Dataset([0.0, 1.0], name="mine")
    coordinates = Coordinates(np.zeros(1), np.full(1, spread), np.ones(1))

    if not change:
        check_spread(data, coordinates)
    else:
        with pytest.raises(gv.InputError) as caught:
            check_spread(data, coordinates)
        assert str(caught.value) == (
            f"mine spreads over {spread:.0e} in x1, whose square is no number: {change} it by a power of ten"
        )


def test_there_may_be_as_many_components_as_points():
    check_components(gv.Dataset([0.0, 1, 2]), 3)
    check_components(gv.Dataset([0.0, 1, 2], weights=[1, 0, 1]), 2)
    for data, n_components, message in (
        (gv.Dataset([0.0, 1, 2]), 4, "4 components need at least as many points, but the data has 3"),
        (gv.Dataset([0.0, 1, 2], weights=[1, 0, 1]), 3, "3 components need at least as many points, but the data has 2 that count"),
    ):  # fmt: skip
        with pytest.raises(gv.InputError) as caught:
            check_components(data, n_components)
        assert str(caught.value) == f"{message}: ask for fewer components"
        assert caught.value.place == ("components",)


def test_start_by_name_has_its_defaults():
    assert as_start("random_points") == gv.RandomPoints()
    start = gv.RandomPoints(seed=3)
    assert as_start(start) is start


def test_only_what_is_given_in_part_is_told(old_faithful):
    assert gv.RandomPoints().completion() == ""
    assert gv.RandomPoints().components_given() is None
    assert gv.Given(means=[[1, 2]]).components_given() == 1
