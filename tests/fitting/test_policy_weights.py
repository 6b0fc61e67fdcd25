"""Points that count more than once, or in part: the same as so many points, on every route."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as SklearnMixture

import gmmviz as gv
from gmmviz.mixture.covariance import FAMILIES
from gmmviz.renderers.bound import bounds
from gmmviz.renderers.criterion import _history

rng = np.random.default_rng(7)


def problem(n=150, n_features=2, width=1.0):
    draw = np.random.default_rng(n_features)
    clouds = draw.integers(3, size=n)
    points = 4 * clouds[:, None] + width * (
        draw.standard_normal((n, n_features)) @ (np.eye(n_features) + draw.random((n_features,) * 2))
    )
    weights = draw.integers(0, 5, size=n)
    start = gv.Mixture(
        [0.2, 0.3, 0.5],
        [np.full(n_features, 4.0 * k) + 0.3 * width for k in range(3)],
        [(0.2 + width) ** 2 * np.eye(n_features)] * 3,
    )
    return points, weights, start


def same(one, other, rtol=1e-12):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert_allclose(a.log_likelihood, b.log_likelihood, rtol=rtol)
        assert_allclose(a.objective, b.objective, rtol=rtol)
        assert_allclose(a.counts, b.counts, rtol=rtol)
        assert_allclose(a.mixture.weights, b.mixture.weights, rtol=rtol)
        assert_allclose(a.mixture.means, b.mixture.means, rtol=rtol, atol=1e-12)
        largest = np.abs(b.mixture.covariances).max()
        assert_allclose(a.mixture.covariances, b.mixture.covariances, rtol=rtol, atol=1e-12 * largest)


@pytest.mark.parametrize("n_features", [1, 2, 3])
@pytest.mark.parametrize("algorithm", ["em", "hard_em"])
@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("width", [1.0, 1e-5], ids=["fast", "careful"])
def test_whole_weights_are_repeated_points(n_features, algorithm, covariance_type, width):
    points, weights, start = problem(n_features=n_features, width=width)
    settings = {"algorithm": algorithm, "covariance_type": covariance_type, "max_iter": 6, "tol": 0}

    weighted = gv.fit(points, start, sample_weight=weights, **settings)
    repeated = gv.fit(np.repeat(points, weights, axis=0), start, **settings)

    same(weighted, repeated)
    assert_allclose(
        [weighted.aic, weighted.bic, weighted.icl], [repeated.aic, repeated.bic, repeated.icl], rtol=1e-12
    )
    assert_allclose(weighted.average_log_likelihoods, repeated.average_log_likelihoods, rtol=1e-12)
    assert weighted.n_points == 150


def test_blocks_keep_the_weights_of_their_points():
    points, weights, start = problem(n=30_000)

    same(
        gv.fit(points, start, sample_weight=weights, max_iter=3, tol=0),
        gv.fit(np.repeat(points, weights, axis=0), start, max_iter=3, tol=0),
    )


def test_kmeans_divides_weighted_points_as_repeated_ones():
    points, weights, start = problem()

    same(
        gv.fit(points, start, sample_weight=weights, algorithm="kmeans"),
        gv.fit(np.repeat(points, weights, axis=0), start, algorithm="kmeans"),
    )


@pytest.mark.parametrize("name", [name for name in gv.STARTS if name not in ("given", "on_point")])
def test_every_start_takes_weights(name):
    points, weights, _ = problem()
    draws = name in ("random_points", "kmeans++", "random_responsibilities")  # other points, by chance

    weighted = gv.fit(points, name, n_components=3, sample_weight=weights, max_iter=0)[0].mixture
    repeated = gv.STARTS[name]().mixture(gv.Dataset(np.repeat(points, weights, axis=0)), 3)

    if name == "kmeans":
        order, other = (np.argsort(m.means[:, 0]) for m in (weighted, repeated))
        assert_allclose(weighted.means[order], repeated.means[other], rtol=1e-10)
        assert_allclose(weighted.weights[order], repeated.weights[other], rtol=1e-10)
        assert_allclose(weighted.covariances[order], repeated.covariances[other], rtol=1e-10)
        return
    if not draws:
        assert_allclose(weighted.means, repeated.means, rtol=1e-12)
    if name != "random_responsibilities":
        assert_allclose(weighted.covariances, repeated.covariances, rtol=1e-12)


def test_means_alone_take_the_weighted_covariance():
    points, weights, _ = problem()

    start = gv.fit(points, gv.Given(means=[[0, 0], [4, 4]]), sample_weight=weights, max_iter=0)[0].mixture

    assert_allclose(start.covariances[0], np.cov(points.T, fweights=weights, bias=True), rtol=1e-12)


def test_first_points_are_drawn_by_their_weights():
    points = np.array([[0.0], [1], [2], [3]])
    data = gv.Dataset(points, weights=[0, 1, 8, 1])

    drawn = [float(gv.RandomPoints(seed=s).mixture(data, 1).means[0, 0]) for s in range(300)]

    assert 0.0 not in drawn
    assert 0.7 < drawn.count(2.0) / 300 < 0.9


def test_histogram_is_fitted_as_weighted_em_by_hand():
    x = np.concatenate([rng.normal(20, 3, 4000), rng.normal(45, 6, 6000)])
    counts, edges = np.histogram(x, bins=60)
    middles = (edges[1:] + edges[:-1]) / 2
    shares, means, variances = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([50.0, 50.0])
    for _ in range(200):
        density = shares[:, None] * np.exp(-((middles - means[:, None]) ** 2) / 2 / variances[:, None])
        density /= np.sqrt(2 * np.pi * variances)[:, None]
        r = density / density.sum(axis=0) * counts
        n = r.sum(axis=1)
        means = r @ middles / n
        variances = (r * (middles - means[:, None]) ** 2).sum(axis=1) / n
        shares = n / counts.sum()

    start = gv.Given(means=[[10], [50]], covariances=[[[50]], [[50]]])
    for weights in (counts, counts / counts.sum(), counts * 1e-30):
        trace = gv.fit(middles, start, sample_weight=weights, max_iter=200, tol=0, reg_covar=0)
        mixture = trace[-1].mixture
        assert_allclose(mixture.weights, shares, rtol=1e-9)
        assert_allclose(mixture.means[:, 0], means, rtol=1e-9)
        assert_allclose(mixture.covariances[:, 0, 0], variances, rtol=1e-9)
        assert_allclose(trace[-1].counts.sum(), weights.sum(), rtol=1e-12)


def test_point_of_no_weight_is_not_there_but_drawn():
    points, _, start = problem()
    more = np.concatenate([points, [[1e300, 0.0]]])

    trace = gv.fit(more, start, sample_weight=[1] * 150 + [0], max_iter=5, tol=0)

    same(trace, gv.fit(points, start, max_iter=5, tol=0), rtol=1e-12)
    assert trace.n_points == 151


def test_equal_weights_change_nothing():
    points, _, start = problem()

    plain = gv.fit(points, start)
    same(gv.fit(points, start, sample_weight=np.ones(150)), plain)
    thirds = gv.fit(points, start, sample_weight=np.full(150, 1 / 3))
    assert_allclose(thirds[-1].mixture.means, plain[-1].mixture.means, rtol=1e-9)
    assert_allclose(thirds.average_log_likelihoods[:5], plain.average_log_likelihoods[:5], rtol=1e-12)


def test_half_steps_are_weighted():
    points, weights, start = problem()

    weighted = gv.half_steps(gv.fit(points, start, sample_weight=weights, max_iter=3, tol=0))
    repeated = gv.half_steps(gv.fit(np.repeat(points, weights, axis=0), start, max_iter=3, tol=0))

    for one, other in zip(weighted, repeated, strict=True):
        assert_allclose(
            [one.log_likelihood, one.lower_bound], [other.log_likelihood, other.lower_bound], rtol=1e-11
        )


def test_half_steps_leave_points_of_no_weight_out():
    """Its own component dies, so that no other is as likely as that of weight 0."""
    points = np.array([[0.0], [1], [2], [30]])
    start = gv.Mixture([0.5, 0.5], [[1], [30]], [[[1]], [[0.01]]])
    settings = {"algorithm": "hard_em", "max_iter": 2, "tol": 0, "reg_covar": 1e-3}

    steps = gv.half_steps(gv.fit(points, start, sample_weight=[1, 1, 1, 0], **settings))

    plain = gv.half_steps(gv.fit(points[:3], start, **settings))
    assert [step.lower_bound for step in steps] == pytest.approx([step.lower_bound for step in plain], rel=1e-12)


def test_collapse_names_a_point_that_counts():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [50, 50], [50, 50]])
    start = gv.Mixture([0.5, 0.5], [[0.5, 0.5], [50, 50]], [np.eye(2), np.eye(2)])

    trace = gv.fit(points, start, reg_covar=0, sample_weight=[1, 1, 1, 1, 0, 1])

    assert trace.events[-1][1].point == 5


def test_weights_are_saved_and_loaded(tmp_path):
    points, weights, start = problem()
    trace = gv.fit(points, start, sample_weight=weights, max_iter=3)
    trace.save(tmp_path / "run.npz")

    loaded = gv.Trace.load(tmp_path / "run.npz")

    assert loaded.data.weights.tolist() == weights.tolist()
    assert loaded.bic == trace.bic
    assert loaded.average_log_likelihoods.tolist() == trace.average_log_likelihoods.tolist()


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_estimator_equals_scikit_learn_on_repeated_points(covariance_type):
    points, weights, start = problem()
    settings = {
        "n_components": 3,
        "covariance_type": covariance_type,
        "weights_init": start.weights,
        "means_init": start.means,
        "precisions_init": {"full": start.covariances * 0 + np.eye(2), "tied": np.eye(2)}.get(
            covariance_type, np.ones((3, 2) if covariance_type == "diag" else 3)
        ),
        "tol": 0.0,
        "max_iter": 10,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = SklearnMixture(**settings).fit(np.repeat(points, weights, axis=0))

    ours = gv.GaussianMixture(**settings).fit(points, sample_weight=pd.Series(weights))

    for name in ("weights_", "means_", "covariances_"):
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-8, err_msg=name)
    assert_allclose(ours.lower_bound_, theirs.score(np.repeat(points, weights, axis=0)), rtol=1e-10)
    assert np.array_equal(ours.fit_predict(points, sample_weight=weights), theirs.predict(points))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, 2], "sample_weight: weights must have shape (4,), one for each point, not (2,)"),
        ([[1], [1], [1], [1]], "sample_weight: weights must have shape (4,), one for each point, not (4, 1)"),
        ([1, 1, -2, 1], "sample_weight: row 2 of the weights holds -2; weights must be numbers, 0 or more"),
        ([1, np.nan, 1, 1], "sample_weight: row 1 of the weights holds nan; weights must be numbers, 0 or more"),
        ([1, 1, 1, np.inf], "sample_weight: row 3 of the weights holds inf; weights must be numbers, 0 or more"),
        ([0, 0, 0, 0], "sample_weight: all weights are zero: some point must count"),
        (["a"] * 4, "sample_weight: weights must be numbers, not ['a', 'a', 'a', 'a']"),
        (
            [0, 0, 0, 1],
            "2 components need at least as many points, but the data has 1 that count: ask for fewer components",
        ),
    ],
)
def test_impossible_weights_are_told(weights, message):
    with pytest.raises(gv.InputError) as caught:
        gv.fit([[0, 1], [1, 0], [2, 2], [5, 5]], n_components=2, sample_weight=weights)

    assert str(caught.value) == message


def test_weights_are_given_once():
    data = gv.Dataset([[0, 1], [1, 0]], weights=[1, 2])

    with pytest.raises(gv.InputError) as caught:
        gv.fit(data, n_components=1, sample_weight=[1, 2])
    assert str(caught.value) == "the data has weights of its own: leave out sample_weight"
    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixtureModel(1).fit(data)
    assert str(caught.value) == (
        "the data has weights, which gmmviz.fit alone takes: use gmmviz.fit, or leave them out"
    )


def test_film_of_weighted_points_is_drawn_and_told(tmp_path):
    points, weights, _ = problem(n_features=1)
    trace = gv.fit(points, n_components=3, sample_weight=weights, max_iter=2)
    panels = [gv.CurveRenderer(), gv.CriterionRenderer(), gv.BoundRenderer(), gv.LikelihoodRenderer()]
    films = [gv.Animation([gv.Run(trace)], some) for some in (panels[:2], panels[2:])]

    films[0].save(tmp_path / "film.txt")

    assert (
        f"150 points of the data (x1) with weights that sum to {weights.sum()}"
        in (tmp_path / "film.txt").read_text()
    )
    for film in films:
        film.still(tmp_path / "end.png", "end")


def test_scene_names_a_column_of_weights(write_scene, small_scene, tmp_path):
    rows = "\n".join(["0,3,4", "1,1,1", "2,2,2", "8,7,0", "9,9,3", "9,8,5"])
    (tmp_path / "counts.csv").write_text(f"u,v,n\n{rows}\n")
    scene = small_scene.replace('"old_faithful"', '"csv"\npath = "counts.csv"\nweights = "n"')
    trace = gv.load_scene(write_scene(scene)).traces[0]

    assert (trace.data.weights.sum(), trace.data.feature_names) == (15, ("u", "v"))
    assert_allclose(trace[-1].counts.sum(), 15)


def test_panels_show_weighted_criteria_and_bounds():
    points, weights, start = problem()
    trace = gv.fit(points, start, sample_weight=weights, max_iter=3)

    for criterion in ("aic", "bic", "icl"):
        assert_allclose(_history(trace, criterion)[-1], getattr(trace, criterion), rtol=1e-12)
    shown = bounds(trace)
    assert_allclose(shown.after_e, trace.average_log_likelihoods, rtol=1e-10)
