import numpy as np

import gmmviz as gv


def test_random_responsibilities_start_in_the_middle(old_faithful):
    means = gv.RandomResponsibilities().mixture(old_faithful, 3).means

    assert (np.abs(means - old_faithful.points.mean(axis=0)) < 0.3 * old_faithful.points.std(axis=0)).all()


def test_mixture_has_the_moments_of_the_data(old_faithful):
    """Whatever the shares, weights times components give back the data's mean and covariance."""
    points = old_faithful.points
    mixture = gv.RandomResponsibilities(concentration=0.1).mixture(old_faithful, 4)

    mean = mixture.weights @ mixture.means
    away = mixture.means - mean
    covariance = np.einsum("k,kde->de", mixture.weights, mixture.covariances + away[:, :, None] * away[:, None, :])
    np.testing.assert_allclose(mean, points.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(
        covariance, np.cov(points.T, bias=True) + 1e-6 * np.diag(points.var(axis=0)), rtol=1e-9
    )


def test_small_concentration_gives_points_whole(old_faithful):
    """Then the components are those of a random partition, each about as wide as the data."""
    counts = 272 * gv.RandomResponsibilities(concentration=1e-6).mixture(old_faithful, 2).weights

    np.testing.assert_allclose(counts, counts.round(), atol=1e-3)
