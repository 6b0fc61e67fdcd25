"""k-means and hard EM: EM's siblings, with the same kind of record."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.cluster import KMeans

import gmmviz as gv


@pytest.fixture
def start(old_faithful):
    return gv.RandomPoints(seed=15).mixture(old_faithful, 2)


def test_kmeans_equals_scikit_learn(old_faithful, start):
    trace = gv.fit(old_faithful, start, algorithm="kmeans", tol=0, max_iter=15)
    model = KMeans(2, init=start.means, n_init=1, algorithm="lloyd", tol=0).fit(old_faithful.points)

    assert_allclose(trace[-1].mixture.means, model.cluster_centers_, rtol=1e-10)
    assert np.array_equal(trace.labels(-1), model.labels_)


def test_kmeans_shows_one_sphere_for_all(old_faithful, start):
    mixture = gv.fit(old_faithful, start, algorithm="kmeans", max_iter=5)[-1].mixture

    assert mixture.weights.tolist() == [0.5, 0.5]
    assert_allclose(mixture.covariances[0], mixture.covariances[0, 0, 0] * np.eye(2), atol=1e-12)
    assert np.array_equal(mixture.covariances[0], mixture.covariances[1])


@pytest.mark.parametrize("algorithm", ["kmeans", "hard_em"])
def test_objective_never_falls_and_points_go_whole(old_faithful, start, algorithm):
    trace = gv.fit(old_faithful, start, algorithm=algorithm, reg_covar=0)

    assert (np.diff([snapshot.objective for snapshot in trace]) > -1e-9).all()
    responsibilities = trace.responsibilities(2)
    assert set(np.unique(responsibilities)) == {0.0, 1.0}
    assert_allclose(trace[2].counts, responsibilities.sum(axis=0))


def test_hard_em_fits_each_cluster_by_itself(old_faithful, start):
    trace = gv.fit(old_faithful, start, algorithm="hard_em", reg_covar=0)
    own = old_faithful.points[trace.labels(-1) == 0]

    assert_allclose(trace[-1].mixture.means[0], own.mean(axis=0), rtol=1e-9)
    assert_allclose(trace[-1].mixture.covariances[0], np.cov(own.T, bias=True), rtol=1e-9)
    assert_allclose(trace[-1].mixture.weights[0], len(own) / 272)


def test_kmeans_has_the_parameters_of_its_own_family(old_faithful, start):
    trace = gv.fit(old_faithful, start, algorithm="kmeans")

    assert trace.n_parameters == 2 * 2 + 1  # the means and one variance
    assert_allclose(trace.aic, 2 * 5 - 2 * trace[-1].log_likelihood)
    assert "covariance_type" not in trace.settings
    assert gv.fit(old_faithful, start, algorithm="hard_em").n_parameters == 11


def test_kmeans_refuses_a_covariance_family(old_faithful, start):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, start, algorithm="kmeans", covariance_type="diag")

    assert str(caught.value) == (
        "algorithm='kmeans' has covariances of its own, one sphere for all: leave out covariance_type='diag', "
        "or choose algorithm='hard_em'"
    )
