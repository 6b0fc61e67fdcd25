"""Parts of a replay that the whole does not show."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

import gmmviz as gv
from gmmviz.fitting.replays import kmeans_mixture, n_starts, of_kmeans


@pytest.mark.parametrize(
    ("model", "number"),
    [
        (KMeans(2), 1),
        (KMeans(2, init="random"), 10),
        (KMeans(2, init=lambda X, k, random_state: X[:k]), 10),
        (KMeans(2, init=[[0.0], [1.0]]), 1),
        (KMeans(2, init=[[0.0], [1.0]], n_init=4), 1),
        (KMeans(2, n_init=4), 4),
        (GaussianMixture(2), 1),
        (GaussianMixture(2, n_init=3), 3),
    ],
)
def test_starts_are_those_of_the_model(model, number):
    assert n_starts(model) == number
    if isinstance(model, KMeans) and not (isinstance(model.init, list) and model.n_init == 4):
        assert model.fit([[0.0], [1.0], [5.0]])._n_init == number


def test_fitted_kmeans_is_spheres_of_the_mean_squared_distance():
    points = np.array([[0.0, 0], [2, 0], [10, 0], [10, 4]])
    mixture = kmeans_mixture(KMeans(2, random_state=0).fit(points), points)

    assert sorted(mixture.means.tolist()) == [[1, 0], [10, 2]]
    assert mixture.weights.tolist() == [0.5, 0.5]
    assert np.allclose(mixture.covariances, np.eye(2) * (1 + 1 + 4 + 4) / 8)


def test_run_that_is_cut_short_says_so():
    points = gv.load_dataset("iris").points
    model = KMeans(3, init="random", n_init=1, max_iter=2, random_state=0, copy_x=False)
    before = np.array(points)
    score, states, stop_reason = of_kmeans(model, before, np.random.RandomState(0))

    assert (len(states), stop_reason) == (3, "max_iter")
    assert np.array_equal(before, points)
    assert score == pytest.approx(-model.fit(np.array(points)).inertia_)
