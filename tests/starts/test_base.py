import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.starts.base import covariance_of, moments


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
