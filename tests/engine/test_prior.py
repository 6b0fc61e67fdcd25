"""MAP estimates: against Fraley & Raftery's formulas, scipy's maximum, and the law that the posterior never falls."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.stats import dirichlet, invgamma, invwishart, multivariate_normal, norm

import gmmviz as gv
from gmmviz.mixture.covariance import FAMILIES


def problem(seed=0, n=40, scale=1.0, offset=0.0):
    rng = np.random.default_rng(seed)
    centers = np.array([[0.0, 0], [3, 1]])
    points = np.concatenate([center + rng.standard_normal((n, 2)) * [1, 0.6] for center in centers])
    start = gv.Mixture([0.5, 0.5], centers + 0.3, [np.eye(2)] * 2)
    return offset + scale * points, gv.Mixture(
        start.weights, offset + scale * start.means, scale**2 * start.covariances
    )


def defaults(points, covariance_type, K):
    """Fraley & Raftery (2007), section 3: shrinkage, mean, degrees of freedom, scale."""
    D = points.shape[1]
    if covariance_type in ("full", "tied"):
        scale = np.cov(points.T).reshape(D, D) / K ** (2 / D)
    else:
        scale = points.var(axis=0, ddof=1).mean() / K ** (2 / D)
    return 0.01, points.mean(axis=0), D + 2, scale


def table_2(points, r, covariance_type):
    """The M-step of Fraley & Raftery (2007), table 2, term by term."""
    (N, D), K = points.shape, r.shape[1]
    kappa, mu, nu, scale = defaults(points, covariance_type, K)
    n = r.sum(axis=0)
    centers = r.T @ points / n[:, None]
    means = (n[:, None] * centers + kappa * mu) / (n + kappa)[:, None]
    W = np.einsum("nk,nkd,nke->kde", r, points[:, None] - centers, points[:, None] - centers)
    between = (kappa * n / (kappa + n))[:, None, None] * np.einsum("kd,ke->kde", centers - mu, centers - mu)
    if covariance_type == "full":
        covariances = (scale + between + W) / (nu + n + D + 2)[:, None, None]
    elif covariance_type == "tied":
        covariances = np.tile((scale + (between + W).sum(axis=0)) / (nu + N + D + K + 1), (K, 1, 1))
    elif covariance_type == "diag":
        covariances = np.eye(D) * (scale + between + W) / (nu + n + 3)[:, None, None]
    else:
        variances = (scale + np.trace(between + W, axis1=1, axis2=2)) / (nu + (n + 1) * D + 2)
        covariances = variances[:, None, None] * np.eye(D)
    return n / N, means, covariances


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize(
    ("scale", "offset"), [(1.0, 0.0), (1.0, 1e6), (1e-150, 0.0), (np.array([1.0, 50.0]), 0.0)]
)
def test_every_m_step_is_that_of_fraley_and_raftery(covariance_type, scale, offset):
    points, start = problem()
    points = offset + scale * points
    start = gv.Mixture(
        start.weights,
        offset + scale * start.means,
        start.covariances * (scale * np.eye(2)) ** 2 if np.ndim(scale) else start.covariances * scale**2,
    )
    trace = gv.fit(points, start, covariance_type=covariance_type, prior=True, max_iter=6, tol=0)
    big = np.max(scale)

    for before, now in pairwise(trace):
        r = before.mixture.responsibilities(points)
        weights, means, covariances = table_2(points / big, r, covariance_type)
        assert_allclose(now.mixture.weights, weights, rtol=1e-9)
        assert_allclose(now.mixture.means / big, means, rtol=1e-9, atol=1e-9)
        assert_allclose(now.mixture.covariances / big**2, covariances, rtol=1e-6 if offset else 1e-9, atol=1e-12)


def log_prior(mixture, points, covariance_type, alpha):
    """The prior density by scipy."""
    K = mixture.n_components
    kappa, mu, nu, scale = defaults(points, covariance_type, K)
    total = dirichlet(np.full(K, alpha)).logpdf(mixture.weights / mixture.weights.sum())
    if covariance_type == "tied":
        total += invwishart(nu, scale).logpdf(mixture.covariances[0])
    for mean, covariance in zip(mixture.means, mixture.covariances, strict=True):
        total += multivariate_normal(mu, covariance / kappa).logpdf(mean)
        if covariance_type == "full":
            total += invwishart(nu, scale).logpdf(covariance)
        elif covariance_type == "diag":
            total += invgamma(nu / 2, scale=scale / 2).logpdf(np.diag(covariance)).sum()
        elif covariance_type == "spherical":
            total += invgamma(nu / 2, scale=scale / 2).logpdf(covariance[0, 0])
    return total


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("units", [(1.0, 1.0), (1.0, 60.0), (0.05, 20.0)])
def test_objective_is_the_log_posterior_up_to_one_constant(covariance_type, units):
    points, start = problem()
    points = points * units
    start = gv.Mixture(start.weights, start.means * units, [np.diag(np.square(units))] * 2)
    prior = gv.Prior(weights=3)
    trace = gv.fit(points, start, covariance_type=covariance_type, prior=prior, max_iter=8, tol=0)

    constants = [
        snapshot.objective
        - snapshot.log_likelihood
        - log_prior(snapshot.mixture, points, covariance_type, alpha=3)
        for snapshot in trace[1:]
    ]
    assert_allclose(constants, constants[0], atol=1e-7)
    assert_allclose(trace.objectives, [snapshot.objective for snapshot in trace])
    assert trace[-1].objective != trace[-1].log_likelihood


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_posterior_never_falls_over_two_hundred_seeds(covariance_type):
    rng = np.random.default_rng(0)
    for seed in range(200):
        points = rng.standard_normal((30, 2)) * rng.uniform(0.1, 9, 2) + rng.uniform(-50, 50, 2)
        prior = gv.Prior(weights=rng.uniform(1, 4), shrinkage=rng.uniform(0, 2))
        trace = gv.fit(
            points,
            gv.RandomPoints(seed=seed),
            n_components=4,
            covariance_type=covariance_type,
            prior=prior,
            max_iter=12,
            tol=0,
        )

        assert (np.diff(trace.objectives) > -1e-9 * (1 + np.abs(trace.objectives[1:]))).all()
        assert trace.stop_reason == "max_iter"
        assert trace.events == ()


def test_end_is_where_direct_maximization_of_the_posterior_goes():
    """One feature, two components: six numbers, by scipy from the same start."""
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.normal(0, 1, 40), rng.normal(4, 0.7, 60)])
    start = gv.Mixture([0.5, 0.5], [[0.5], [3.5]], [[[1.0]], [[1.0]]])
    kappa, mu, nu, scale = 0.01, x.mean(), 3, x.var(ddof=1) / 4

    def lost(free):
        odds, *means, log_a, log_b = free
        weights, sigmas = np.array([1, np.exp(odds)]) / (1 + np.exp(odds)), np.exp([log_a, log_b])
        total = np.log(sum(w * norm(m, s).pdf(x) for w, m, s in zip(weights, means, sigmas, strict=True))).sum()
        total += np.log(weights).sum()  # a Dirichlet with concentration 2
        for m, s in zip(means, sigmas, strict=True):
            total += invgamma(nu / 2, scale=scale / 2).logpdf(s**2) + norm(mu, s / np.sqrt(kappa)).logpdf(m)
        return -total

    found = minimize(lost, [0, 0.5, 3.5, 0, 0], tol=1e-12).x
    mixture = gv.fit(x, start, prior=gv.Prior(weights=2), tol=0, max_iter=500)[-1].mixture

    assert_allclose(mixture.means[:, 0], found[1:3], atol=1e-6)
    assert_allclose(np.sqrt(mixture.covariances[:, 0, 0]), np.exp(found[3:]), atol=1e-6)
    assert_allclose(mixture.weights[1] / mixture.weights[0], np.exp(found[0]), atol=1e-6)


@pytest.mark.parametrize("covariance_type", ["full", "tied"])
def test_end_in_the_plane_is_where_direct_maximization_goes(covariance_type):
    """Odds, means and Cholesky factors with logarithms on the diagonal, from where EM begins."""
    points, start = problem(seed=3)
    kappa, mu, nu, scale = defaults(points, covariance_type, 2)
    shared = covariance_type == "tied"

    def mixture_of(free):
        odds, means, roots = free[0], free[1:5].reshape(2, 2), np.zeros((2, 2, 2))
        for k, (a, b, c) in enumerate(free[5:].reshape(-1, 3) if not shared else [free[5:]] * 2):
            roots[k] = [[np.exp(a), 0], [b, np.exp(c)]]
        return np.array([1, np.exp(odds)]) / (1 + np.exp(odds)), means, roots

    def lost(free):
        weights, means, roots = mixture_of(free)
        joint, total = [], np.log(weights).sum()  # a Dirichlet with concentration 2
        for k, (w, m, root) in enumerate(zip(weights, means, roots, strict=True)):
            half_log_det = np.log(np.diag(root)).sum()
            away = np.linalg.solve(root, (points - m).T)
            joint.append(np.log(w) - np.log(2 * np.pi) - half_log_det - (away**2).sum(axis=0) / 2)
            total -= half_log_det + kappa * (np.linalg.solve(root, m - mu) ** 2).sum() / 2
            if not (shared and k):
                inverse = np.linalg.inv(root)
                total -= (nu + 3) * half_log_det + np.trace(inverse @ scale @ inverse.T) / 2
        return -total - np.logaddexp(*joint).sum()

    roots = [0, 0, 0] * (1 if shared else 2)  # the start has identity covariances
    begin = np.concatenate([[0], start.means.ravel(), roots])
    found = minimize(lost, begin, jac="3-point", method="BFGS", options={"gtol": 1e-7})
    weights, means, roots = mixture_of(found.x)
    fit = gv.fit(points, start, covariance_type=covariance_type, prior=gv.Prior(weights=2), tol=0, max_iter=800)[
        -1
    ].mixture

    assert_allclose(fit.weights, weights, atol=1e-6)
    assert_allclose(fit.means, means, atol=1e-6)
    assert_allclose(fit.covariances, roots @ roots.transpose(0, 2, 1), atol=1e-6)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_whole_weights_are_repeated_points(covariance_type):
    points, start = problem()
    times = np.random.default_rng(3).integers(0, 4, len(points))
    settings = {"covariance_type": covariance_type, "prior": gv.Prior(weights=2), "max_iter": 6, "tol": 0}

    weighted = gv.fit(points, start, sample_weight=times, **settings)
    repeated = gv.fit(points.repeat(times, axis=0), start, **settings)

    assert_allclose(weighted.objectives, repeated.objectives, rtol=1e-11)
    assert_allclose(weighted.covariances, repeated.covariances, rtol=1e-10, atol=1e-12)
    assert_allclose(weighted.means, repeated.means, rtol=1e-10, atol=1e-12)


def test_component_on_one_point_does_not_collapse():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [50, 50]])
    start = gv.Mixture([0.5, 0.5], [[0.5, 0.5], [50, 50]], [np.eye(2), np.eye(2)])

    trace = gv.fit(points, start, prior=True)

    assert trace.stop_reason == "converged"
    assert np.linalg.eigvalsh(trace[-1].mixture.covariances).min() > 0.01
    assert gv.fit(points, start, reg_covar=0).stop_reason == "collapsed"


def test_points_on_a_line_and_constant_features_do_not_collapse():
    x = np.linspace(0, 1, 30)
    for points in (np.column_stack([x, 2 * x]), np.column_stack([x, np.full(30, 7.0)])):
        trace = gv.fit(points, n_components=2, prior=True, max_iter=30)

        assert trace.stop_reason != "collapsed"


def test_superfluous_components_die_with_an_event_and_the_others_share_the_points():
    rng = np.random.default_rng(0)
    points = np.concatenate([center + rng.standard_normal((100, 2)) for center in ([0, 0], [9, 0], [4, 9])])
    trace = gv.fit(points, gv.RandomPoints(seed=1), n_components=6, prior=gv.Prior(weights=-14), max_iter=300)
    dead = [event for _, event in trace.events if event.kind == "dead"]

    assert len(dead) == 3
    assert {event.message.split(": ")[1] for event in dead} == {"it had too few points for the prior"}
    assert {event.component for event in dead} == set(np.flatnonzero(trace[-1].mixture.weights == 0).tolist())
    assert [event for _, event in trace.events if event.kind == "decreased"] == []
    assert_allclose(np.sort(trace[-1].counts)[3:], [100, 100, 100], atol=8)
    assert trace.converged
    alive = trace.weights > 0
    same = (alive[1:] == alive[:-1]).all(axis=1)
    assert (np.diff(trace.objectives)[same] > -1e-8).all()


def test_last_component_stays_whatever_the_prior_asks():
    points, start = problem(n=5)
    trace = gv.fit(points, start, prior=gv.Prior(weights=-100), max_iter=5)

    assert sorted(trace[-1].mixture.weights.tolist()) == [0, 1]


def test_numbers_of_the_prior_are_options_and_recorded(tmp_path):
    points, start = problem()
    prior = gv.Prior(weights=2, shrinkage=5, mean=(1, 2), degrees_of_freedom=7, scale=((2, 0.5), (0.5, 1)))
    trace = gv.fit(points, start, prior=prior, max_iter=3, tol=0)
    trace.save(tmp_path / "run.npz")
    again = gv.Trace.load(tmp_path / "run.npz")

    assert again.settings["prior"] == {
        "weights": 2,
        "shrinkage": 5,
        "mean": [1, 2],
        "degrees_of_freedom": 7,
        "scale": [[2, 0.5], [0.5, 1]],
    }
    assert np.array_equal(again.objectives, trace.objectives)
    r = trace[0].mixture.responsibilities(points)
    n, centers = r.sum(axis=0), r.T @ points / r.sum(axis=0)[:, None]
    assert_allclose(trace[1].mixture.means, (n[:, None] * centers + 5 * np.array([1, 2])) / (n + 5)[:, None])
    assert_allclose(trace[1].mixture.weights, (n + 1) / (80 + 2))


def test_fixed_parameters_hold_against_the_prior():
    points, start = problem()
    fixed = ["weights", "means[0]", "covariances[1]"]
    trace = gv.fit(points, start, prior=True, fixed=fixed, max_iter=30, tol=0)

    assert np.array_equal(trace.weights, np.broadcast_to(start.weights, (31, 2)))
    assert np.array_equal(trace.means[:, 0], np.broadcast_to(start.means[0], (31, 2)))
    assert np.array_equal(trace.covariances[:, 1], np.broadcast_to(start.covariances[1], (31, 2, 2)))
    assert (np.diff(trace.objectives) > -1e-9).all()
    assert trace.objectives[-1] > trace.objectives[0]


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_hard_em_climbs_the_posterior_with_labels(covariance_type):
    points, start = problem()
    trace = gv.fit(points, start, algorithm="hard_em", covariance_type=covariance_type, prior=True)

    assert (np.diff(trace.objectives) > -1e-9).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"prior": 3}, "prior must be True or a gmmviz.Prior, not 3"),
        (
            {"prior": True, "algorithm": "kmeans"},
            "algorithm='kmeans' has no prior: choose 'em' or 'hard_em', or leave it out",
        ),
        ({"prior": gv.Prior(mean=(1,))}, "the prior's mean must have 2 coordinates, like the data, not 1"),
        (
            {"prior": gv.Prior(degrees_of_freedom=1)},
            "the prior's degrees_of_freedom must be more than 1 for 2 features, not 1.0",
        ),
        (
            {"prior": gv.Prior(scale=((1,), (2,)))},
            "the prior's scale must be a number, or 2 rows of 2 numbers, not ((1.0,), (2.0,))",
        ),
        (
            {"prior": gv.Prior(scale=((1, 2), (2, 1)))},
            "the prior's scale must be symmetric and positive definite, not ((1.0, 2.0), (2.0, 1.0))",
        ),
    ],
)
def test_prior_that_does_not_suit_is_told(settings, message):
    points, start = problem()
    with pytest.raises(gv.InputError) as caught:
        gv.fit(points, start, **settings)

    assert str(caught.value) == message
    assert caught.value.place[0] == "prior"


def test_scene_has_a_table_for_the_prior(write_scene, small_scene):
    scene = small_scene.replace("[pace]", "[model.prior]\nshrinkage = 1\n[pace]")
    trace = gv.load_scene(write_scene(scene)).traces[0]

    assert trace.settings["prior"]["shrinkage"] == 1
    assert trace.settings["prior"]["degrees_of_freedom"] == 4
    with pytest.raises(gv.InputError, match=r"scene.toml:\d+:8: model.prior.mean: the prior's mean must have 2"):
        gv.load_scene(write_scene(scene.replace("shrinkage = 1", "mean = [1]"))).check()
