"""Missing values: every iteration against a brute-force E-step, point by point, with scipy's Gaussians."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

import gmmviz as gv
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.e_step import EStep
from gmmviz.mixture.covariance import FAMILIES


def problem(seed=0, n=90, n_features=3, share=0.25, scale=1.0, offset=0.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(2, size=n)
    mix = rng.standard_normal((n_features, n_features))
    points = 3 * labels[:, None] + rng.standard_normal((n, n_features)) @ mix
    gaps = rng.random(points.shape) < share
    gaps[gaps.all(axis=1), 0] = False  # a point without any value is left out
    points[gaps] = np.nan
    start = gv.Mixture(
        [0.4, 0.6],
        offset + scale * np.array([np.zeros(n_features), np.full(n_features, 2.5)]),
        [scale**2 * 3 * np.eye(n_features)] * 2,
    )
    return offset + scale * points, start


def asked(points, mixture, known=None):
    """Responsibilities, log-likelihood, and expected x and x x^T of every point in every component."""
    (N, D), K = points.shape, mixture.n_components
    joint, first, second = np.empty((N, K)), np.empty((N, K, D)), np.empty((N, K, D, D))
    for n, x in enumerate(points):
        o, m = np.flatnonzero(~np.isnan(x)), np.flatnonzero(np.isnan(x))
        for k in range(K):
            mean, cov = mixture.means[k], mixture.covariances[k]
            joint[n, k] = np.log(mixture.weights[k])
            filled, spread = np.where(np.isnan(x), mean, x), np.zeros((D, D))
            if len(o):
                joint[n, k] += multivariate_normal(mean[o], cov[np.ix_(o, o)]).logpdf(x[o])
                gain = cov[np.ix_(m, o)] @ np.linalg.inv(cov[np.ix_(o, o)])
                filled[m] = mean[m] + gain @ (x[o] - mean[o])
                spread[np.ix_(m, m)] = cov[np.ix_(m, m)] - gain @ cov[np.ix_(o, m)]
            else:
                spread = cov
            first[n, k], second[n, k] = filled, np.outer(filled, filled) + spread
    if known is not None:
        joint[(known[:, None] >= 0) & (known[:, None] != np.arange(K))] = -np.inf
    log_density = logsumexp(joint, axis=1)
    return np.exp(joint - log_density[:, None]), log_density.sum(), first, second


def m_step(r, first, second, covariance_type):
    n = r.sum(axis=0)
    means = np.einsum("nk,nkd->kd", r, first) / n[:, None]
    covariances = np.einsum("nk,nkde->kde", r, second) / n[:, None, None] - np.einsum("kd,ke->kde", means, means)
    return n / n.sum(), means, FAMILIES[covariance_type](covariances, n)


def check(points, start, covariance_type="full", known=None, times=None, max_iter=6):
    trace = gv.fit(
        points,
        start,
        missing="marginalize",
        covariance_type=covariance_type,
        labels=known,
        sample_weight=times,
        max_iter=max_iter,
        tol=0,
        reg_covar=0,
    )
    for t, snapshot in enumerate(trace):
        r, log_likelihood, first, second = asked(points, snapshot.mixture, known)
        assert_allclose(trace.responsibilities(t), r, atol=1e-9)
        weighted = r if times is None else r * np.asarray(times)[:, None]
        assert_allclose(snapshot.counts, weighted.sum(axis=0), rtol=1e-9)
        if times is None:
            assert_allclose(snapshot.log_likelihood, log_likelihood, rtol=1e-9)
        if t < max_iter:
            weights, means, covariances = m_step(weighted, first, second, covariance_type)
            now = trace[t + 1].mixture
            assert_allclose(now.weights, weights, rtol=1e-9)
            assert_allclose(now.means, means, rtol=1e-9, atol=1e-9)
            assert_allclose(now.covariances, covariances, rtol=1e-9, atol=1e-9)
    assert (np.diff(trace.log_likelihoods) > -1e-9).all()
    return trace


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("n_features", [1, 2, 4])
def test_every_iteration_is_that_of_a_brute_force_e_step(covariance_type, n_features):
    points, start = problem(seed=n_features, n_features=n_features)
    points[3:5] = np.nan  # points of which nothing but the component is known, too
    known = np.full(len(points), -1)
    known[3:5] = 0, 1
    check(points, start, covariance_type, known=known)


def test_labels_and_weights_of_incomplete_points():
    points, start = problem()
    rng = np.random.default_rng(1)
    known = np.where(rng.random(90) < 0.2, rng.integers(2, size=90), -1)

    check(points, start, known=known)
    check(points, start, times=rng.integers(1, 4, size=90))


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_whole_weights_are_repeated_points(covariance_type):
    points, start = problem()
    times = np.random.default_rng(1).integers(0, 4, size=90)
    settings = {"missing": "marginalize", "covariance_type": covariance_type, "max_iter": 6, "tol": 0}

    weighted = gv.fit(points, start, sample_weight=times, **settings)
    repeated = gv.fit(points.repeat(times, axis=0), start, **settings)

    assert_allclose(weighted.log_likelihoods, repeated.log_likelihoods, rtol=1e-12)
    assert_allclose(weighted.means, repeated.means, rtol=1e-10, atol=1e-12)
    assert_allclose(weighted.covariances, repeated.covariances, rtol=1e-9, atol=1e-12)


def test_some_points_are_asked_in_the_coordinates_and_the_unit_of_all():
    points, start = problem(share=0.0)
    weights = np.random.default_rng(1).uniform(0.2, 3, len(points))
    coordinates = Coordinates.of(points)
    inside = coordinates.inward(start)

    whole, marginal = (
        EStep.of(points[:7], weights[:7], gaps=gaps, coordinates=coordinates)(inside) for gaps in (False, True)
    )

    assert_allclose(marginal.counts, whole.counts, rtol=1e-12)
    assert_allclose(marginal.counts.sum(), weights[:7].sum())
    assert_allclose(marginal.covariances, whole.covariances, rtol=1e-10)


@pytest.mark.parametrize(("scale", "offset"), [(1e-150, 0.0), (1.0, 1e8), (1e100, 0.0)])
def test_scale_and_offset_change_nothing(scale, offset):
    plain = gv.fit(*problem(), missing="marginalize", max_iter=6, tol=0)
    other = gv.fit(*problem(scale=scale, offset=offset), missing="marginalize", max_iter=6, tol=0)

    rtol = 1e-6 if offset else 1e-9
    assert_allclose((other[-1].mixture.means - offset) / scale, plain[-1].mixture.means, rtol=rtol)
    assert_allclose(other[-1].mixture.covariances / scale / scale, plain[-1].mixture.covariances, rtol=rtol)
    n_values = np.count_nonzero(~np.isnan(problem()[0]))
    assert_allclose(other[-1].log_likelihood + n_values * np.log(scale), plain[-1].log_likelihood, rtol=rtol)


@pytest.mark.parametrize("algorithm", ["em", "hard_em", "kmeans", "annealing"])
def test_points_without_gaps_are_fitted_as_ever_to_the_bit(old_faithful, algorithm):
    plain = gv.fit(old_faithful.points, n_components=2, algorithm=algorithm, max_iter=8)
    allowed = gv.fit(old_faithful.points, n_components=2, algorithm=algorithm, max_iter=8, missing="marginalize")

    for name in ("weights", "means", "covariances", "objectives"):
        assert np.array_equal(getattr(plain, name), getattr(allowed, name))
    assert np.array_equal(plain.responsibilities(-1), allowed.responsibilities(-1))


@pytest.mark.parametrize("algorithm", ["em", "hard_em", "kmeans", "annealing"])
@pytest.mark.parametrize("start", gv.STARTS)
def test_every_start_and_algorithm_takes_gaps(algorithm, start):
    points, _ = problem()
    if start == "given":
        start = gv.Given(means=[[0, 0, 0], [3, 3, 3]])
    trace = gv.fit(
        points, start, n_components=2, algorithm=algorithm, missing="marginalize", max_iter=12, reg_covar=0
    )
    known = trace.betas[1:] == trace.betas[:-1]

    assert (np.diff(trace.objectives)[known] > -1e-9).all()
    assert_allclose(trace[-1].counts.sum(), 90)
    assert_allclose(trace.responsibilities(-1).sum(axis=0), trace[-1].counts, atol=1e-9)


def test_single_gaussian_is_the_maximum_of_the_likelihood_of_what_is_there():
    """No small change of the fit makes the observed values more probable."""
    points, _ = problem(n=40)
    fit = gv.fit(points, n_components=1, missing="marginalize", tol=0, max_iter=800, reg_covar=0)[-1].mixture
    best = fit.log_prob(points, missing="marginalize").sum()
    rng = np.random.default_rng(0)

    for _ in range(30):
        away = 1e-3 * rng.standard_normal((3, 3))
        turned = (np.eye(3) + away) @ fit.covariances[0] @ (np.eye(3) + away).T
        other = gv.Mixture([1.0], fit.means + 1e-3 * rng.standard_normal(3), [turned])
        assert other.log_prob(points, missing="marginalize").sum() < best


def test_prior_and_fixed_parameters_hold_with_gaps():
    points, start = problem()
    trace = gv.fit(points, start, missing="marginalize", prior=True, fixed=["weights"], max_iter=30, tol=0)

    assert np.array_equal(trace.weights, np.broadcast_to(start.weights, (31, 2)))
    assert (np.diff(trace.objectives) > -1e-9).all()


def test_bound_touches_the_likelihood_with_gaps():
    points, start = problem()
    steps = gv.half_steps(gv.fit(points, start, missing="marginalize", max_iter=4, tol=0))

    assert_allclose([step.gap for step in steps if step.step == "e"], 0, atol=1e-9)
    assert all(step.gap > 0 for step in steps if step.step == "m")


def test_digits_of_tiny_far_clouds_are_kept_with_gaps():
    points, _ = problem(n=200, n_features=2)
    tiny = np.where(np.arange(200)[:, None] < 100, 0, 1.0) + 1e-5 * points
    start = gv.Mixture([0.5, 0.5], [[0, 0], [1, 1]], [1e-9 * np.eye(2)] * 2)

    trace = gv.fit(tiny, start, missing="marginalize", max_iter=40, reg_covar=0)
    alone = gv.fit(tiny[:100], n_components=1, missing="marginalize", max_iter=40, tol=0, reg_covar=0)

    assert_allclose(trace[-1].mixture.covariances[0], alone[-1].mixture.covariances[0], rtol=1e-4)


def test_collapse_with_gaps_is_told():
    points = np.array([[0.0, 0], [1, np.nan], [0, 1], [1, 1], [50, 50]])
    start = gv.Mixture([0.5, 0.5], [[0.5, 0.5], [50, 50]], [np.eye(2), np.eye(2)])

    trace = gv.fit(points, start, missing="marginalize", reg_covar=0)

    assert trace.stop_reason == "collapsed"
    assert trace[-1].events[-1].message == "component 2 has collapsed onto point 5"
