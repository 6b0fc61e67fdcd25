import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq, minimize_scalar

import gmmviz as gv
from gmmviz.em import e_step, m_step
from gmmviz.engine.bound import opening_bound
from gmmviz.engine.lines import Line, entropy, equal_shares, heights, prior_of


def bound(trace, line, places, q):
    objective, (expected,) = heights(trace, line, np.atleast_1d(places), [q])
    return objective, expected + entropy(trace, q)


def random_mixture(rng, K, D):
    spread = rng.standard_normal((K, D, D + 2))
    return gv.Mixture(
        rng.dirichlet(np.ones(K)), rng.normal(0, 2, (K, D)), np.einsum("kde,kfe->kdf", spread, spread)
    )


def test_bound_is_below_the_log_likelihood_on_a_thousand_random_lines_and_touches_where_it_comes_from():
    rng = np.random.default_rng(1)
    for _ in range(1000):
        K, D = rng.integers(1, 4, 2)
        points = rng.normal(0, 3, (12, D))
        here, there = random_mixture(rng, K, D), random_mixture(rng, K, D)
        trace = gv.Trace(gv.Dataset(points), [gv.Snapshot(0, here, 0.0, np.ones(K))], "max_iter")
        places = np.concatenate([[0.0], rng.uniform(0, 1, 4), [1.0]])

        log_likelihood, below = bound(trace, Line.between(here, there), places, here.responsibilities(points))

        assert (below <= log_likelihood + 1e-9 * np.abs(log_likelihood)).all()
        assert_allclose(below[0], log_likelihood[0], rtol=1e-10)
        assert_allclose(log_likelihood[[0, -1]], [m.log_prob(points).sum() for m in (here, there)], rtol=1e-10)
        assert_allclose(below[-1], gv.lower_bound(points, there, here.responsibilities(points)), rtol=1e-10)


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_bound_is_highest_at_the_next_iterations_parameters(family, old_faithful):
    trace = gv.fit(
        old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=4, covariance_type=family, reg_covar=0
    )
    for t in range(4):
        q = trace.responsibilities(t)
        line = Line.between(trace[t].mixture, trace[t + 1].mixture)
        low, high = line.ends(-0.5, 1.5)
        _, around = bound(trace, line, np.linspace(low, high, 41), q)
        _, (top, *near) = bound(trace, line, [1.0, 1 - 1e-3, 1 + 1e-3], q)

        assert (around <= top + 1e-9).all()
        # The top of the parabola through three places is as far from 1 as their heights say.
        below, beyond = near
        off = 0.5e-3 * (below - beyond) / (below - 2 * top + beyond)
        assert abs(off) < 1e-5
        found = minimize_scalar(
            lambda u, line=line, q=q: -bound(trace, line, u, q)[1][0], bounds=(0.5, high), options={"xatol": 1e-12}
        )
        assert top >= -found.fun - 1e-8


def slope(trace, line, q, place):
    """Of the bound, in closed form: the gradient of the expected log joint density along the line."""
    mixture, total = line.at(place), 0.0
    for k in range(mixture.n_components):
        away = trace.data.points - mixture.means[k]
        inverse = np.linalg.inv(mixture.covariances[k])
        white = away @ inverse
        by_weight = line.weights[k] / mixture.weights[k]
        by_mean = white @ line.means[k]
        by_covariance = 0.5 * (
            np.einsum("nd,de,ne->n", white, line.covariances[k], white) - np.trace(inverse @ line.covariances[k])
        )
        total += q[:, k] @ (by_weight + by_mean + by_covariance)
    return total


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_place_of_the_bounds_maximum_is_that_of_the_next_parameters_to_eight_digits(family, old_faithful):
    data = gv.Dataset(old_faithful.points / [1, 14])
    trace = gv.fit(data, gv.RandomPoints(seed=4), n_components=2, max_iter=5, covariance_type=family, reg_covar=0)
    for t in range(5):
        q, line = trace.responsibilities(t), Line.between(trace[t].mixture, trace[t + 1].mixture)
        h = 1e-6
        _, beside = bound(trace, line, [0.3 - h, 0.3 + h], q)

        assert_allclose(slope(trace, line, q, 0.3), np.diff(beside)[0] / (2 * h), rtol=1e-4)
        assert brentq(lambda u, line=line, q=q: slope(trace, line, q, u), 0.5, 1.05, xtol=1e-13) == pytest.approx(
            1, abs=1e-8
        )


def test_line_ends_where_its_parameters_are_no_mixture_any_more():
    a = gv.Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[4.0]]])
    line = Line.between(a, gv.Mixture([0.75, 0.25], [[0.0], [1.0]], [[[1.5]], [[1.0]]]))

    # The second covariance is 0 at 4/3, the second weight at 2; at -2 the first covariance and the first weight are.
    assert_allclose(line.ends(-9, 9), (-2, 4 / 3), rtol=1e-5)
    assert line.ends(-1, 1) == (-1, 1)
    assert_allclose(line.at(0.5).weights, [0.625, 0.375])
    assert_allclose(line.at(0.5).covariances.ravel(), [1.25, 2.5])


def test_line_turns_around_its_origin():
    a, b, c = (
        gv.Mixture([w, 1 - w], [[m], [1.0]], [[[1.0]], [[v]]])
        for w, m, v in ((0.5, 0, 1), (0.6, 1, 2), (0.3, 4, 5))
    )
    turned = Line.between(a, b).turned(Line.between(a, c), 0.25)

    assert turned.at(0.0).means[0, 0] == 0
    assert_allclose(turned.at(1.0).means[0, 0], 0.75 * 1 + 0.25 * 4)
    assert_allclose(turned.at(1.0).weights[0], 0.75 * 0.6 + 0.25 * 0.3)
    assert_allclose(turned.at(1.0).covariances[1, 0, 0], 0.75 * 2 + 0.25 * 5)


def test_equal_shares_give_the_opening_bound_and_leave_known_points_to_their_own(old_faithful):
    known = np.full(272, -1)
    known[:4] = [0, 1, 1, 0]
    data = gv.Dataset(old_faithful.points, known=known)
    trace = gv.fit(data, gv.RandomPoints(seed=4), n_components=2, max_iter=1)
    q, line = equal_shares(trace), Line.between(trace[0].mixture, trace[1].mixture)

    assert_allclose(q[:5], [[1, 0], [0, 1], [0, 1], [1, 0], [0.5, 0.5]])
    log_likelihood, below = bound(trace, line, [0.0, 1.0], q)
    assert_allclose(below[0], opening_bound(trace))
    assert_allclose(log_likelihood, trace.log_likelihoods)


def test_weights_count_as_repetition(old_faithful):
    some = old_faithful.points[:30]
    weights = np.arange(30) % 3
    start = gv.fit(some, n_components=2, max_iter=1)[0].mixture
    weighted, repeated = (
        gv.fit(data, start, max_iter=1)
        for data in (gv.Dataset(some, weights=weights), np.repeat(some, weights, axis=0))
    )
    found = [
        bound(run, Line.between(run[0].mixture, repeated[1].mixture), [0.0, 0.4, 1.2], run.responsibilities(0))
        for run in (weighted, repeated)
    ]

    assert_allclose(found[0], found[1], rtol=1e-10)


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_with_a_prior_it_is_the_log_posterior_that_the_bound_touches(family, old_faithful):
    data = gv.Dataset((old_faithful.points - [3.5, 70]) / [1, 14])
    trace = gv.fit(data, gv.RandomPoints(seed=4), n_components=3, max_iter=3, covariance_type=family, prior=True)
    for t in range(3):
        line = Line.between(trace[t].mixture, trace[t + 1].mixture)
        objective, below = bound(trace, line, np.linspace(0, 1, 9), trace.responsibilities(t))

        assert_allclose(np.diff(objective[[0, -1]]), np.diff(trace.objectives[t : t + 2]), rtol=1e-6)
        assert_allclose(below[0], objective[0], rtol=1e-10)
        assert (below <= objective + 1e-9).all()
        assert below.argmax() == 8


def test_run_without_a_prior_has_none(trace):
    assert prior_of(trace) is None


def test_component_that_dies_has_no_say(old_faithful):
    """Its log densities are minus infinity, and its share of every point is 0."""
    a = gv.Mixture([0.5, 0.5, 0.0], [[2.0, 55], [4, 80], [9, 9]], [np.diag([1.0, 100])] * 3)
    b = m_step(
        old_faithful.points, e_step(old_faithful.points, gv.Mixture([0.4, 0.6], a.means[:2], a.covariances[:2]))[0]
    )
    line = Line.between(a, gv.Mixture([*b.weights, 0.0], [*b.means, [9, 9]], [*b.covariances, np.eye(2)]))
    trace = gv.Trace(old_faithful, [gv.Snapshot(0, a, 0.0, np.ones(3))], "max_iter")
    log_likelihood, below = bound(trace, line, [0.0, 0.5, 1.0], a.responsibilities(old_faithful.points))

    assert np.isfinite(below).all()
    assert_allclose(below[0], log_likelihood[0])
