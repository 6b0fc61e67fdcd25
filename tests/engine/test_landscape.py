import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.landscape import landscape
from gmmviz.engine.parameters import Parameter


def test_heights_are_log_likelihoods_at_a_hundred_random_places(trace):
    rng = np.random.default_rng(1)
    base, points = trace[-1].mixture, trace.data.points
    for _ in range(50):
        x, y = rng.uniform(0, 6, 2), rng.uniform(30, 110, 1)
        heights = landscape(trace, base, (Parameter("means", 0), Parameter("means", 1, 1)), x, y)
        for i in range(2):
            means = base.means.copy()
            means[0, 0], means[1, 1] = x[i], y[0]
            mixture = gv.Mixture(base.weights, means, base.covariances)
            assert_allclose(heights[0, i], mixture.log_prob(points).sum(), rtol=1e-12)


def test_place_without_a_mixture_has_no_height():
    run = gv.fit(np.array([[0.0], [1.0], [4.0], [5.0]]), n_components=2, max_iter=1)
    over = Parameter("weights", 0), Parameter("covariances", 1)
    heights = landscape(run, run[-1].mixture, over, np.array([-0.1, 0.5, 1.0]), np.array([-1.0, 2.0]))

    assert np.isfinite(heights).tolist() == [[False] * 3, [False, True, False]]


def test_weights_and_a_prior_count(old_faithful):
    some = old_faithful.points[:12, :1]
    weights = np.arange(12) % 3
    over = Parameter("means", 0), Parameter("covariances", 1)
    x, y = np.array([2.0, 4.0]), np.array([0.1, 0.4])
    weighted, repeated = (
        gv.fit(data, n_components=2, max_iter=2, prior=True)
        for data in (gv.Dataset(some, weights=weights), np.repeat(some, weights, axis=0))
    )
    base = repeated[-1].mixture
    end = [[p.of(weighted[-1].mixture)] for p in over]

    assert_allclose(landscape(weighted, base, over, x, y), landscape(repeated, base, over, x, y), rtol=1e-6)
    (top,) = landscape(weighted, weighted[-1].mixture, over, *map(np.array, end)).ravel()
    before = weighted[-2].mixture
    (lower,) = landscape(weighted, before, over, *(np.array([p.of(before)]) for p in over)).ravel()
    assert top - lower == pytest.approx(np.diff(weighted.objectives)[-1], abs=1e-8)


def test_known_points_belong_to_their_components():
    points = np.array([[0.0], [1.0], [4.0], [5.0]])
    known = np.array([0, -1, -1, 1])
    run = gv.fit(gv.Dataset(points, known=known), n_components=2, max_iter=2)
    mixture = run[-1].mixture
    over = Parameter("means", 0), Parameter("means", 1)
    (height,) = landscape(run, mixture, over, mixture.means[0], mixture.means[1]).ravel()

    assert_allclose(height, run[-1].log_likelihood)
