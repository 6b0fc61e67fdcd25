import numpy as np

import gmmviz as gv
from gmmviz.starts.kmeans import spread_points


def test_kmeans_plus_plus_spreads_the_means():
    points = np.concatenate([np.random.default_rng(0).normal(c, 0.1, (50, 2)) for c in (0, 10, 20, 30)])

    for seed in range(10):
        means = gv.KMeansPlusPlus(seed=seed).mixture(gv.Dataset(points), 4).means
        assert sorted((means[:, 0] / 10).round().tolist()) == [0, 1, 2, 3]


def test_kmeans_start_gives_the_clusters_moments():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 1, (30, 2)), rng.normal(20, 2, (70, 2))])
    mixture = gv.KMeans().mixture(gv.Dataset(points), 2)
    order = np.argsort(mixture.means[:, 0])

    np.testing.assert_allclose(mixture.weights[order], [0.3, 0.7])
    np.testing.assert_allclose(mixture.means[order[1]], points[30:].mean(axis=0))
    np.testing.assert_allclose(mixture.covariances[order[1]], np.cov(points[30:].T, bias=True), rtol=1e-3)


def test_copies_of_one_point_can_be_drawn():
    assert len(spread_points(gv.Dataset(np.ones((5, 2))), 3, seed=0)) == 3
