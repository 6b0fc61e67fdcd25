"""Where an estimator begins, by scikit-learn's arguments."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.fitting.seeded import Seeded, seed_of

MOST = 2**31 - 1


def test_whole_number_is_the_seed_itself():
    assert [seed_of(given) for given in (0, 7, np.int64(5), np.uint8(3))] == [0, 7, 5, 3]


def test_generator_is_drawn_from():
    assert seed_of(np.random.default_rng(4)) == np.random.default_rng(4).integers(MOST)
    assert seed_of(np.random.RandomState(4)) == np.random.RandomState(4).randint(MOST)
    rng = np.random.default_rng(4)
    assert seed_of(rng) != seed_of(rng)


def test_no_seed_is_another_each_time():
    seeds = {seed_of(None) for _ in range(5)}

    assert len(seeds) == 5
    assert all(0 <= seed < MOST for seed in seeds)


@pytest.mark.parametrize("given", [-1, 2.5, "a", True])
def test_what_is_no_seed_is_refused(given):
    with pytest.raises(gv.InputError) as caught:
        seed_of(given)

    assert str(caught.value) == (
        f"random_state must be None, a whole number, 0 or more, or a generator of NumPy, not {given!r}"
    )


def model(**given):
    settings = {"init_params": "random_from_data", "random_state": 3, "covariance_type": "full"}
    nothing = dict.fromkeys(("weights_init", "means_init", "precisions_init"))
    return SimpleNamespace(**settings | nothing | given)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("kmeans", gv.KMeans),
        ("k-means++", gv.KMeansPlusPlus),
        ("random", gv.RandomResponsibilities),
        ("random_from_data", gv.RandomPoints),
    ],
)
def test_each_attempt_has_the_next_seed(old_faithful, name, start):
    begun = Seeded(model(init_params=name))

    for number in (0, 1, 4):
        found = begun.attempt(number).mixture(old_faithful, 2)
        assert np.array_equal(found.means, start(seed=3 + number).mixture(old_faithful, 2).means)
    assert np.array_equal(
        begun.attempt(1).attempt(1).mixture(old_faithful, 2).means, start(seed=5).mixture(old_faithful, 2).means
    )


def test_what_is_given_is_taken_and_the_rest_begun(old_faithful):
    plain = Seeded(model()).mixture(old_faithful, 2)
    weights, means = np.array([0.25, 0.75]), np.array([[2.0, 50], [4, 80]])
    some = Seeded(model(weights_init=weights)).mixture(old_faithful, 2)
    every = Seeded(model(weights_init=weights, means_init=means, precisions_init=[4 * np.eye(2), np.eye(2)]))

    assert some.weights.tolist() == [0.25, 0.75]
    assert np.array_equal(some.means, plain.means)
    assert np.array_equal(some.covariances, plain.covariances)
    found = every.mixture(old_faithful, 2)
    assert (found.weights.tolist(), found.means.tolist()) == ([0.25, 0.75], means.tolist())
    assert_allclose(found.covariances, [np.eye(2) / 4, np.eye(2)])


def test_unknown_way_to_begin_is_refused():
    with pytest.raises(gv.InputError) as caught:
        Seeded(model(init_params="kmean"))

    assert str(caught.value) == "unknown init_params 'kmean'; did you mean 'kmeans'?"
