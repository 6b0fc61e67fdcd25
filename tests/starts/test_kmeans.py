import numpy as np
import pytest

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


def test_unit_of_the_weights_makes_no_difference():
    points = np.random.default_rng(0).normal(size=(40, 2))
    weights = np.random.default_rng(1).integers(1, 9, 40)

    drawn = [
        spread_points(gv.Dataset(points, weights=unit * weights), 5, seed)
        for unit in (1, 1e-12)
        for seed in range(6)
    ]
    assert drawn[:6] == drawn[6:]


@pytest.mark.parametrize("seed", range(4))
def test_each_point_is_drawn_by_its_squared_distance_times_weight(seed):
    """In standard deviations: the first feature is as wide as the second."""
    points = np.random.default_rng(5).normal(size=(30, 2)) * [100, 1]
    weights = np.random.default_rng(6).integers(1, 9, 30).astype(float)
    for own in (None, weights):
        mean, deviation = (
            np.average(points, 0, own),
            np.sqrt(np.average((points - np.average(points, 0, own)) ** 2, 0, own)),
        )
        standardized, shares = (points - mean) / deviation, np.ones(30) if own is None else own
        rng = np.random.default_rng(seed)
        chosen = [int(rng.integers(30)) if own is None else int(rng.choice(30, p=own / own.sum()))]
        while len(chosen) < 4:
            distances = ((standardized[:, None] - standardized[chosen]) ** 2).sum(axis=2).min(axis=1) * shares
            chosen.append(int(rng.choice(30, p=distances / distances.sum())))

        assert spread_points(gv.Dataset(points, weights=own), 4, seed) == chosen


@pytest.mark.parametrize("max_iter", [1, 2])
def test_so_many_iterations_of_kmeans_are_made(max_iter):
    """The steps of Lloyd's algorithm, of which more would go on."""
    points = np.random.default_rng(2).normal(size=(200, 1))
    data = gv.Dataset(points)
    means = points[spread_points(data, 3, seed=0), 0]
    for _ in range(max_iter):
        labels = np.abs(points - means).argmin(axis=1)
        means = np.array([points[labels == k].mean() for k in range(3)])
    labels = np.abs(points - means).argmin(axis=1)

    expected = [points[labels == k].mean() for k in range(3)]
    np.testing.assert_allclose(gv.KMeans(max_iter=max_iter).mixture(data, 3).means[:, 0], expected)
    assert not np.allclose(gv.KMeans(max_iter=max_iter + 1).mixture(data, 3).means[:, 0], expected)


def test_kmeans_goes_on_until_nothing_changes():
    points = np.random.default_rng(2).normal(size=(200, 1))
    ends = [gv.KMeans(max_iter=n).mixture(gv.Dataset(points), 3).means for n in (50, 500)]

    np.testing.assert_allclose(*ends)
    labels = np.abs(points - ends[0][:, 0]).argmin(axis=1)
    np.testing.assert_allclose([points[labels == k].mean() for k in range(3)], ends[0][:, 0])
