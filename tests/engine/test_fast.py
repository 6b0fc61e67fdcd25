"""Shortcuts of the engine: each leads where the long way does."""

import pickle
from itertools import islice, product

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine import steps as em
from gmmviz.mixture.covariance import FAMILIES

SHAPES = [(1, 2), (2, 1), (2, 3), (2, em.FEW + 1), (5, 4)]  # features, components


@pytest.fixture(params=SHAPES, ids=lambda shape: f"D{shape[0]}K{shape[1]}")
def problem(request):
    n_features, n_components = request.param
    rng = np.random.default_rng(n_features)
    points = rng.standard_normal((300, n_features)) + 4 * rng.integers(0, 3, (300, 1))
    return points, gv.RandomPoints(seed=1).mixture(gv.Dataset(points), n_components)


def assert_same(mixture, expected):
    assert_allclose(mixture.weights, expected.weights, rtol=1e-9)
    assert_allclose(mixture.means, expected.means, rtol=1e-8, atol=1e-11)
    assert_allclose(mixture.covariances, expected.covariances, rtol=1e-8, atol=1e-11)


def by_single_steps(points, mixture, covariance_type, ridge, n_iterations):
    """Every iteration by the public steps, each begun anew in the data's units."""
    for t in range(n_iterations + 1):
        expectation = gv.e_step(points, mixture)
        yield t, mixture, expectation
        mixture = gv.m_step(expectation, mixture, FAMILIES[covariance_type], ridge)


@pytest.mark.parametrize("ridge", [0.0, 0.01])
@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_every_iteration_of_a_run_equals_single_steps(problem, covariance_type, ridge):
    trace = gv.fit(*problem, covariance_type=covariance_type, reg_covar=ridge, max_iter=12, tol=0)

    for t, mixture, expectation in by_single_steps(*problem, covariance_type, ridge, 12):
        assert_same(trace[t].mixture, mixture)
        assert_allclose(trace[t].counts, expectation.counts, rtol=1e-9)
        assert_allclose(trace[t].log_likelihood, expectation.log_likelihood, rtol=1e-11)


@pytest.mark.parametrize(
    ("algorithm", "covariance_type"), [*product(["em", "hard_em"], FAMILIES), ("kmeans", "full")]
)
def test_few_components_in_the_plane_run_as_all_others(old_faithful, covariance_type, algorithm, monkeypatch):
    start = gv.RandomPoints(seed=3).mixture(old_faithful, 4)
    settings = {"covariance_type": covariance_type, "algorithm": algorithm, "max_iter": 15, "tol": 0}
    planar = gv.fit(old_faithful, start, **settings)
    monkeypatch.setattr(em, "FEW", 0)
    general = gv.fit(old_faithful, start, **settings)

    assert planar.events == general.events
    for one, other in zip(planar, general, strict=True):
        assert_same(one.mixture, other.mixture)
        assert_allclose(one.objective, other.objective, rtol=1e-12)


def clouds(*places, size=1.0):
    rng = np.random.default_rng(0)
    return np.concatenate([place + size * rng.standard_normal((60, 2)) for place in places])


@pytest.mark.parametrize(
    ("points", "means", "variances", "first_with_care", "event"),
    [
        (clouds([0, 0], [9, 5]), [[0, 0], [9, 5], [60, 60]], [1, 1, 1], 0, "dead"),
        (clouds([0, 0], [1e6, 3e5]), [[3e5, 0], [7e5, 3e5]], [1e12, 1e12], 1, None),
        (np.append(clouds([0, 0]), [[30, 30]], axis=0), [[0, 0], [10, 10]], [2, 29], 2, "collapsed"),
    ],
    ids=["dead", "digits", "collapsed"],
)
def test_run_in_the_plane_goes_on_with_more_care_where_it_must(
    points, means, variances, first_with_care, event, monkeypatch
):
    start = gv.Mixture(np.full(len(means), 1 / len(means)), means, [v * np.eye(2) for v in variances])
    planar = gv.fit(points, start, reg_covar=0, max_iter=10)
    states = list(islice(em.Run(points, start).states(), len(planar)))
    monkeypatch.setattr(em, "FEW", 0)
    general = gv.fit(points, start, reg_covar=0, max_iter=10)

    assert [isinstance(state, em.PlanarState) for state in states].index(False) == first_with_care
    assert planar.events == general.events
    assert event is None or event in {happened.kind for _, happened in planar.events}
    for one, other in zip(planar, general, strict=True):
        assert_same(one.mixture, other.mixture)
        assert_allclose(one.counts, other.counts, rtol=1e-9)


@pytest.mark.parametrize("n_points", [10, 40_000])
def test_point_with_a_density_too_small_for_a_number_counts_in_full(n_points):
    rng = np.random.default_rng(0)
    points = np.vstack([rng.standard_normal((n_points, 2)), [[60.0, -10.0]], rng.standard_normal((5, 2))])
    mixture = gv.Mixture([0.5, 0.5], [[-1, 0], [1, 0]], [np.eye(2)] * 2)
    assert mixture.log_prob(points).min() < np.log(np.finfo(float).tiny)

    expectation = gv.e_step(points, mixture)

    responsibilities = mixture.responsibilities(points)
    assert_allclose(expectation.counts, responsibilities.sum(axis=0), rtol=1e-11)
    assert_allclose(expectation.log_likelihood, mixture.log_prob(points).sum(), rtol=1e-12)


def test_run_collapses_at_the_iteration_at_which_single_steps_do():
    points = np.random.default_rng(0).standard_normal((60, 2))
    start = gv.RandomPoints(seed=0, scale=0.02).mixture(gv.Dataset(points), 8)
    trace = gv.fit(points, start, reg_covar=0, tol=0)

    assert trace.stop_reason == "collapsed"
    assert trace[-1].iteration > 0
    steps = by_single_steps(points, start, "full", 0.0, 200)
    assert [t for t, _, _ in islice(steps, len(trace))] == [snapshot.iteration for snapshot in trace]
    with pytest.raises(gv.CollapseError) as caught:
        next(steps)
    assert trace[-1].events[-1].component == caught.value.component


def test_events_come_with_their_iterations():
    """A component that no point wants, and another that is narrower than the ridge lets it stay."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.standard_normal((60, 1)), 1e-3 * rng.standard_normal((60, 1)) + 9])
    start = gv.Mixture([0.49, 0.49, 0.02], [[0], [9], [60]], [[[1]], [[1e-6]], [[1]]])
    trace = gv.fit(points, start, reg_covar=0.3, max_iter=20, tol=0)

    died = [(t, event.component) for t, event in trace.events if event.kind == "dead"]
    counts = np.array([snapshot.counts for snapshot in trace])
    assert died == [(int((counts[:, 2] == 0).argmax()), 2)]
    fell = [t for t, event in trace.events if event.kind == "decreased"]
    assert fell == [t for t in range(1, 21) if trace[t].objective < trace[t - 1].objective - 1e-7]
    assert fell


def test_snapshots_made_on_demand_are_a_sequence_like_any_other(trace):
    made = trace.snapshots

    assert made[2] is made[2] is made[-4] is made[1:3][1]
    assert [snapshot.iteration for snapshot in made[::-2]] == [5, 3, 1]
    with pytest.raises(IndexError):
        made[6]


def test_trace_can_be_sent_to_another_process(trace):
    again = pickle.loads(pickle.dumps(trace))

    assert again.to_dict() == trace.to_dict()
