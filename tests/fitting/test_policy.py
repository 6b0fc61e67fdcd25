from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.blocks import Blocks, Coordinates
from gmmviz.engine.e_step import EStep
from gmmviz.fitting.policy import _change, _ridge
from gmmviz.mixture.covariance import FAMILIES

OLD_FAITHFUL_BEST = -1130.263960  # on which scikit-learn and mclust agree


@pytest.mark.parametrize("seed", range(5))
def test_old_faithful_reaches_the_published_optimum(old_faithful, seed):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=seed), n_components=2, tol=1e-9)

    assert trace.stop_reason == "converged"
    assert_allclose(trace[-1].log_likelihood, OLD_FAITHFUL_BEST, atol=5e-6, rtol=0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n_components", [1, 2, 4])
def test_log_likelihood_never_falls(old_faithful, n_components, seed):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=seed), n_components=n_components, max_iter=40, reg_covar=0)

    assert (np.diff(trace.log_likelihoods) > -1e-9).all()


def test_m_step_keeps_the_moments_of_the_data(trace):
    points = trace.data.points
    trace = gv.fit(points, trace[0].mixture, max_iter=5, tol=0, reg_covar=0)

    for snapshot in trace[1:]:
        weights, means = snapshot.mixture.weights, snapshot.mixture.means
        second = snapshot.mixture.covariances + means[:, :, None] * means[:, None, :]
        assert_allclose(weights @ means, points.mean(axis=0), rtol=1e-12)
        assert_allclose(np.einsum("k,kde->de", weights, second), points.T @ points / len(points), rtol=1e-12)


def test_snapshot_belongs_together(trace):
    points = trace.data.points
    for t, snapshot in enumerate(trace):
        assert snapshot.iteration == t
        assert_allclose(snapshot.log_likelihood, snapshot.mixture.log_prob(points).sum(), rtol=1e-12)
        assert_allclose(snapshot.counts, trace.responsibilities(t).sum(axis=0), rtol=1e-12)


def test_start_is_recorded_as_it_was_given(old_faithful):
    start = gv.RandomPoints(seed=4).mixture(old_faithful, 2)

    assert gv.fit(old_faithful, start, max_iter=1)[0].mixture is start


def test_auto_regularization_does_not_depend_on_units(old_faithful):
    start = gv.RandomPoints(seed=1).mixture(old_faithful, 2)
    seconds = np.array([60.0, 3600.0])
    scaled = gv.Mixture(start.weights, start.means * seconds, start.covariances * np.outer(seconds, seconds))

    minutes = gv.fit(old_faithful, start, max_iter=8, tol=0)
    others = gv.fit(old_faithful.points * seconds, scaled, max_iter=8, tol=0)

    assert_allclose(others[-1].mixture.means, minutes[-1].mixture.means * seconds, rtol=1e-9)


def test_component_that_nobody_wants_dies_in_its_place():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
    start = gv.Mixture([0.5, 0.5], [[0.5, 0.5], [1e6, 1e6]], [np.eye(2), np.eye(2)])

    trace = gv.fit(points, start, max_iter=3, tol=0, reg_covar=0)

    assert trace[-1].mixture.weights.tolist() == [1, 0]
    assert trace[-1].mixture.means[1].tolist() == [1e6, 1e6]
    assert_allclose(trace[-1].mixture.means[0], [0.5, 0.5])


def test_collapse_ends_the_run_and_keeps_what_came_before():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [50, 50]])
    start = gv.Mixture([0.5, 0.5], [[0.5, 0.5], [50, 50]], [np.eye(2), np.eye(2)])

    trace = gv.fit(points, start, reg_covar=0)

    assert trace.stop_reason == "collapsed"
    assert len(trace) == 1
    event = gv.Event("collapsed", "component 2 has collapsed onto point 5", component=1, point=4)
    assert trace[-1].events == (event,)


def test_watcher_sees_every_snapshot_when_it_is_made(old_faithful):
    seen = []
    trace = gv.fit(old_faithful, n_components=2, n_init=2, max_iter=3, tol=0, watch=seen.append)

    assert [snapshot.iteration for snapshot in seen] == [0, 1, 2, 3] * 2
    assert [s.log_likelihood for s in seen[:4]] == trace.attempts[0].log_likelihoods.tolist()


def test_tol_zero_never_stops(old_faithful):
    trace = gv.fit(old_faithful, n_components=1, tol=0, max_iter=30)

    assert (len(trace), trace.stop_reason) == (31, "max_iter")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "n_components is missing: say how many components to fit, such as n_components=2"),
        (
            {"start": 2},
            "the second argument says where EM begins; the number of components has a name: n_components=2",
        ),
        (
            {"start": np.int64(2)},
            "the second argument says where EM begins; the number of components has a name: n_components=2",
        ),
        (
            {"start": np.zeros((4, 2))},
            "the start must be a Mixture, a start such as RandomPoints(seed=3), or a start's name, "
            "not an array of shape (4, 2)",
        ),
        ({"n_components": 0}, "n_components must be 1 or more, not 0"),
        (
            {"n_components": 5},
            "5 components need at least as many points, but the data has 4: ask for fewer components",
        ),
        ({"n_components": 2, "watch": 1}, "watch must be a function of one snapshot, not 1"),
        (
            {"start": gv.Given(means=[[0, 1e20], [1, 1]])},
            "the start's component 1 has the mean 1e+20 of x2, which is more than 1e+15 times as far away as "
            "the data is large: begin nearer",
        ),
        ({"n_components": 2, "max_iter": -1}, "max_iter must be 0 or more, not -1"),
        ({"n_components": 2, "tol": -1.0}, "tol must be 0 or more, not -1.0"),
        (
            {"n_components": 2, "reg_covar": "none"},
            "reg_covar must be 'auto' or a number, 0 or more, not 'none'",
        ),
        (
            {"n_components": 2, "covariance_type": "ful"},
            "unknown covariance_type 'ful'; did you mean 'full'?",
        ),
        (
            {"n_components": 2, "start": "random_point"},
            "unknown start 'random_point'; did you mean 'random_points'?",
        ),
        (
            {"n_components": 2, "algorithm": ["em"]},
            "unknown algorithm ['em']; known: 'em', 'annealing', 'online_em', 'hard_em' and 'kmeans'",
        ),
        (
            {"n_components": 2, "stop_on": "parameter"},
            "unknown stop_on 'parameter'; did you mean 'parameters'?",
        ),
        ({"n_components": 2.5}, "n_components must be a whole number, 1 or more, not 2.5"),
        ({"n_components": "2"}, "n_components must be a whole number, 1 or more, not '2'"),
        ({"n_components": 2, "tol": "a"}, "tol must be a number, 0 or more, not 'a'"),
        ({"n_components": 2, "tol": np.nan}, "tol must be 0 or more, not nan"),
        ({"n_components": 2, "max_iter": 1.5}, "max_iter must be a whole number, 0 or more, not 1.5"),
        ({"n_components": 2, "n_init": True}, "n_init must be a whole number, 1 or more, not True"),
        (
            {"n_components": 2, "reg_covar": None},
            "reg_covar must be 'auto' or a number, 0 or more, not None",
        ),
        (
            {"n_components": 2, "covariance_type": ["full"]},
            "unknown covariance_type ['full']; known: 'full', 'tied', 'diag' and 'spherical'",
        ),
        *(
            (
                {"n_components": 2, "start": start},
                "the start must be a Mixture, a start such as RandomPoints(seed=3), or a start's name, "
                f"not {start!r}",
            )
            for start in (5, None, [[0, 1], [2, 3]])
        ),
        (
            {"n_components": 2, "start": gv.RandomPoints},
            "the start is the class RandomPoints: write RandomPoints() to make one",
        ),
        (
            {"n_components": 2, "start": "given"},
            "the start 'given' needs values: write gv.Given(means=...)",
        ),
    ],
)
def test_impossible_setting_says_what_is_wrong(settings, message):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(np.arange(8.0).reshape(4, 2), **settings)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            [[1, 2], [3, np.nan], [5, 6], [np.inf, 1]],
            "row 1, column 1 of the data holds NaN; 1 more row does too; "
            "EM needs finite numbers: leave those rows out or fill them in, or fit what is there, with "
            "missing='marginalize'",
        ),
        ([["a", "b"]], "the data must be numbers, not [['a', 'b']]"),
        (
            pd.DataFrame({"width": [1.0, 2.0], "kind": ["a", "b"]}),
            "row 0 of column 'kind' holds 'a'; EM needs numbers: leave that row or column out, such as with "
            "X.drop(columns='kind')",
        ),
        (
            pd.DataFrame({"width": [1.0, 2.0], "n": pd.array([1, None], dtype="Int64")}),
            "row 1 of column 'n' holds <NA>; EM needs numbers: leave that row or column out, such as with "
            "X.drop(columns='n')",
        ),
        (np.zeros((0, 2)), "the data is empty: 0 points with 2 features"),
        (np.zeros((2, 2, 2)), "the data must have shape (points, features), not (2, 2, 2)"),
    ],
)
def test_impossible_data_says_what_is_wrong(X, message):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(X, n_components=1)

    assert str(caught.value) == message


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


@pytest.mark.parametrize(("stop_on", "tol"), [("log_likelihood", 1e-5), ("average_log_likelihood", 1e-3)])
def test_run_stops_at_the_first_change_of_the_likelihood_that_is_small(old_faithful, stop_on, tol):
    whole = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, tol=0, max_iter=60)
    totals = whole.log_likelihoods
    changes = np.abs(np.diff(totals)) / (272 if stop_on == "average_log_likelihood" else 1 + np.abs(totals[1:]))

    stopped = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, tol=tol, stop_on=stop_on)

    assert stopped[-1].iteration == int(np.argmax(changes <= tol)) + 1
    assert stopped[-1].events[-1].message == "the likelihood hardly changed any more"


def test_run_stops_when_parameters_no_longer_change(old_faithful):
    """Means in standard deviations of the data, covariances in its variances."""
    whole = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, tol=0, max_iter=60)
    sigma = old_faithful.points.std(axis=0)
    changes = [
        max(
            np.abs(after - before).max()
            for before, after in (
                (a.mixture.weights, b.mixture.weights),
                (a.mixture.means / sigma, b.mixture.means / sigma),
                (a.mixture.covariances / np.outer(sigma, sigma), b.mixture.covariances / np.outer(sigma, sigma)),
            )
        )
        for a, b in pairwise(whole)
    ]

    stopped = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, tol=1e-3, stop_on="parameters")

    assert stopped[-1].iteration == int(np.argmax(np.array(changes) <= 1e-3)) + 1
    assert stopped[-1].events[-1].message == "the parameters hardly changed any more"


def test_component_that_regularization_alone_holds_open_is_named():
    points = np.concatenate([np.random.default_rng(0).standard_normal((50, 1)), np.full((10, 1), 7.0)])
    start = gv.Mixture([0.8, 0.2], [[0.0], [7.0]], [[[1.0]], [[0.1]]])

    trace = gv.fit(points, start, reg_covar=1e-4, max_iter=50)

    held = [(event.component, event.message) for _, event in trace.events if event.kind == "held"]
    assert held == [(1, "component 2 would have collapsed, but for regularization")]
    assert_allclose(trace[-1].mixture.covariances[1], 1e-4)


def test_defaults_are_those_that_the_docstring_states(old_faithful):
    assert gv.fit(old_faithful, n_components=1).settings == {
        "covariance_type": "full",
        "algorithm": "em",
        "max_iter": 200,
        "tol": 1e-7,
        "stop_on": "log_likelihood",
        "reg_covar": "auto",
    }


def snapshot(mixture, counts, objective=0.0):
    return gv.Snapshot(0, mixture, objective, counts)


def test_parameters_change_by_the_spreads_of_the_data():
    e_step = EStep(Blocks(np.array([[0.0, 3.0], [1.0, 3.0]])))  # a deviation of a half, and a constant feature

    def change(weight=0.5, mean=(0.0, 0.0), covariance=(1.0, 1.0)):
        before = gv.Mixture([0.5, 0.5], np.zeros((2, 2)), np.eye(2)[None].repeat(2, axis=0))
        after = gv.Mixture([weight, 1 - weight], [mean, (0.0, 0.0)], [np.diag(covariance), np.eye(2)])
        return _change(snapshot(before, [1, 1]), snapshot(after, [1, 1]), e_step, "parameters")

    assert change() == 0
    assert change(weight=0.7) == pytest.approx(0.2)
    assert change(mean=(0.25, 0.3)) == pytest.approx(0.5)
    assert change(mean=(0.1, -0.3)) == pytest.approx(0.3)  # a constant feature has its own unit
    assert change(covariance=(1.1, 1.3)) == pytest.approx(0.4)
    assert change(covariance=(0.99, 0.7)) == pytest.approx(0.3)


def test_likelihood_changes_by_its_size_or_by_the_points():
    e_step, mixture = EStep(Blocks(np.arange(8.0)[:, None])), gv.Mixture([1.0], [[0.0]], [[[1.0]]])
    before, after = snapshot(mixture, [8], -5.0), snapshot(mixture, [8], -3.0)

    assert _change(before, after, e_step, "log_likelihood") == 2 / (1 + 3)
    assert _change(before, after, e_step, "average_log_likelihood") == 2 / 8
    assert _change(after, before, e_step, "log_likelihood") == 2 / (1 + 5)


def test_automatic_regularization_is_a_millionth_of_the_variance_and_of_a_unit_where_there_is_none():
    inside = Coordinates.of(np.array([[0.0, 7.0], [4.0, 7.0]]))  # a variance of 4, and of 0

    assert_allclose(_ridge(inside, "auto"), [4e-6, 1e-6])
    assert _ridge(inside, 0.25) == 0.25
    assert _ridge(inside, 0) == 0


def test_data_whose_variance_would_overflow_are_refused():
    points = np.array([[-1.0], [1.0]])
    assert len(gv.fit(0.9e152 * points, n_components=1, max_iter=0)) == 1
    with pytest.raises(gv.InputError) as caught:
        gv.fit(1.1e152 * points, n_components=1, max_iter=0)

    assert str(caught.value) == (
        "the data spreads over 1e+152 in x1, whose square is no number: divide it by a power of ten"
    )


class Sharp(gv.RandomPoints):
    """A start that collapses as often as it is asked to, by a component on a single point."""

    tried = 0

    def attempt(self, number):
        Sharp.tried = max(Sharp.tried, number + 1)
        return self

    def mixture(self, data, n_components):
        return gv.Mixture([0.5, 0.5], [[0.5], [50.0]], [[[1.0]], [[1.0]]])


@pytest.mark.parametrize(
    ("on_collapse", "n_init", "tried"), [("restart", 1, 11), ("restart", 3, 13), ("stop", 3, 3)]
)
def test_ten_more_starts_are_tried_after_collapses(on_collapse, n_init, tried):
    Sharp.tried = 0
    points = np.array([[0.0], [1.0], [0.25], [0.75], [50.0]])
    trace = gv.fit(points, Sharp(), n_components=2, reg_covar=0, n_init=n_init, on_collapse=on_collapse)

    assert (Sharp.tried, len(trace.attempts), trace.stop_reason) == (tried, tried, "collapsed")


def test_collapse_that_is_raised_tells_when_and_what_to_do():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [50, 50]])
    start = gv.Mixture([0.5, 0.5], [[0.5, 0.5], [50, 50]], [np.eye(2), np.eye(2)])
    with pytest.raises(gv.CollapseError) as caught:
        gv.fit(points, start, reg_covar=0, on_collapse="raise")

    assert str(caught.value) == (
        "component 2 has collapsed onto point 5 after 0 iterations: set reg_covar, fit fewer components, "
        "or let on_collapse='restart' try other starts"
    )
    assert caught.value.component == 1


def test_given_start_outside_the_family_is_begun_from_as_it_is():
    start = gv.Mixture([1.0], [[0.0, 0.0]], [[[2.0, 1.0], [1.0, 3.0]]])
    points = np.random.default_rng(0).standard_normal((20, 2))

    assert gv.fit(points, start, covariance_type="diag", max_iter=1)[0].mixture.covariances.tolist() == [
        [[2.0, 1.0], [1.0, 3.0]]
    ]


def test_change_of_just_tol_ends_the_run(old_faithful):
    before, after = gv.fit(old_faithful, n_components=2, max_iter=1, tol=0)
    change = _change(before, after, EStep(Blocks(old_faithful.points)), "log_likelihood")

    assert len(gv.fit(old_faithful, n_components=2, tol=change)) == 2
    assert len(gv.fit(old_faithful, n_components=2, tol=change * 0.999999)) > 2


class Listed(gv.RandomPoints):
    """A start whose attempts have these means."""

    means = ()

    def attempt(self, number):
        return Listed(seed=number)

    def mixture(self, data, n_components):
        return gv.Mixture([0.5, 0.5], np.array(Listed.means[self.seed])[:, None], [[[1.0]], [[1.0]]])


def test_best_of_the_runs_is_one_that_did_not_collapse(monkeypatch):
    points = np.array([[0.0], [1.0], [0.25], [0.75], [50.0]])
    monkeypatch.setattr(Listed, "means", ((0.5, 50.0), (0.1, 0.2), (0.4, 0.6)))
    trace = gv.fit(points, Listed(), n_components=2, reg_covar=0, n_init=3, max_iter=1, tol=0)

    assert [attempt.stop_reason for attempt in trace.attempts] == ["collapsed", "max_iter", "max_iter"]
    objectives = [attempt[-1].objective for attempt in trace.attempts]
    assert objectives[0] > max(objectives[1:])
    assert trace[-1].objective == max(objectives[1:])


@pytest.mark.parametrize(("setting", "most"), [("max_iter", 1_000_000), ("n_init", 10_000)])
def test_numbers_of_runs_and_iterations_have_limits(setting, most):
    with pytest.raises(gv.InputError, match=f"{setting} must be .*not {most + 1}"):
        gv.fit([1.0, 2, 4], n_components=1, **{setting: most + 1})


def test_start_may_be_so_far_away_that_points_can_be_told_apart():
    points = [[0.0], [2.0]]  # of the mean 1 and the deviation 1

    def fit(mean):
        return gv.fit(points, gv.Mixture([1.0], [[mean]], [[[1.0]]]), max_iter=0)

    assert len(fit(0.99e15)) == len(fit(-0.99e15)) == 1
    with pytest.raises(gv.InputError, match=r"has the mean 1\.01e\+15 of x1, which is more than 1e\+15 times"):
        fit(1.01e15)


@pytest.mark.parametrize(("covariance_type", "algorithm"), [("spherical", "em"), ("full", "kmeans")])
def test_one_variance_for_all_needs_features_of_like_size(covariance_type, algorithm):
    column = np.array([-1.0, 1.0, 1.0, -1.0])
    settings = {"n_components": 1, "covariance_type": covariance_type, "algorithm": algorithm, "max_iter": 0}

    assert len(gv.fit(np.column_stack([column, column * 1.01e-140]), **settings)) == 1
    assert len(gv.fit(np.column_stack([column, column * 0.99e-140]), n_components=1, max_iter=0)) == 1
    with pytest.raises(gv.InputError) as caught:
        gv.fit(np.column_stack([column, column * 0.99e-140]), **settings)
    name = "covariance_type='spherical'" if algorithm == "em" else "algorithm='kmeans'"
    assert str(caught.value) == (
        f"{name} has one variance for all features, but x2 spreads over 1e-140 and x1 over 1e+00: give them units of "
        "like size"
    )


@pytest.mark.parametrize("start", ["random_points", "kmeans++", "kmeans", "random_responsibilities", "corner"])
@pytest.mark.parametrize("covariance_type", ["tied", "diag", "spherical"])
def test_start_lies_in_the_family_so_that_the_likelihood_never_falls(start, covariance_type):
    """Features of very different spreads: from covariances outside the family, the first M-step loses likelihood."""
    data = gv.load_dataset("penguins", features=["bill_length_mm", "body_mass_g"])
    trace = gv.fit(data, start, n_components=2, covariance_type=covariance_type, max_iter=8, tol=0, reg_covar=0)
    first = trace[0].mixture

    assert_allclose(first.covariances, FAMILIES[covariance_type](first.covariances, np.ones(2)), rtol=1e-12)
    assert (np.diff(trace.log_likelihoods) > -1e-9 * abs(trace.log_likelihoods[-1])).all()
