"""Laws and oracles over all covariance families: what EM must do, and what others compute."""

import json
import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as SklearnMixture

import gmmviz as gv
from gmmviz.mixture.covariance import FAMILIES, compact, expanded

PUBLISHED = json.loads((Path(__file__).parents[1] / "reference" / "published.json").read_text())
SHAPES = [(1, 2), (2, 3), (5, 4)]  # features, components


@pytest.fixture(params=SHAPES, ids=lambda shape: f"D{shape[0]}K{shape[1]}")
def problem(request):
    """Overlapping clouds and a start of random points."""
    n_features, n_components = request.param
    rng = np.random.default_rng(n_features)
    centers = 2 * rng.standard_normal((n_components, n_features))
    points = np.concatenate(
        [c + rng.standard_normal((60, n_features)) * rng.uniform(0.5, 1.5, n_features) for c in centers]
    )
    return points, gv.RandomPoints(seed=1).mixture(gv.Dataset(points), n_components)


def run(points, start, covariance_type, max_iter=25, **settings):
    return gv.fit(
        points, start, covariance_type=covariance_type, max_iter=max_iter, tol=0, reg_covar=0, **settings
    )


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_log_likelihood_never_falls(problem, covariance_type):
    trace = run(*problem, covariance_type)

    assert (np.diff(trace.log_likelihoods[1:]) > -1e-9).all()
    assert trace.events == ()


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_m_step_keeps_the_moments_of_the_data(problem, covariance_type):
    points, start = problem
    second = points.T @ points / len(points)

    for snapshot in run(points, start, covariance_type, max_iter=4)[1:]:
        mixture = snapshot.mixture
        assert_allclose(mixture.weights @ mixture.means, points.mean(axis=0), rtol=1e-9, atol=1e-12)
        outer = mixture.means[:, :, None] * mixture.means[:, None, :]
        found = np.einsum("k,kde->de", mixture.weights, mixture.covariances + outer)
        if covariance_type in ("full", "tied"):
            assert_allclose(found, second, rtol=1e-9, atol=1e-12)
        elif covariance_type == "diag":
            assert_allclose(np.diag(found), np.diag(second), rtol=1e-9)
        else:
            assert_allclose(np.trace(found), np.trace(second), rtol=1e-9)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_covariances_have_the_shape_of_their_family(problem, covariance_type):
    covariances = run(*problem, covariance_type, max_iter=2)[-1].mixture.covariances

    again = expanded(compact(covariances, covariance_type), covariance_type, covariances.shape[:2])
    assert_allclose(covariances, again, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_every_iteration_equals_scikit_learn(problem, covariance_type):
    points, start = problem
    trace = run(points, start, covariance_type, max_iter=12)
    first = FAMILIES[covariance_type](start.covariances, np.ones(start.n_components))
    start = gv.Mixture(start.weights, start.means, first)
    trace = run(points, start, covariance_type, max_iter=12)

    for t in (1, 2, 5, 12):
        model = SklearnMixture(
            start.n_components,
            covariance_type=covariance_type,
            tol=0,
            reg_covar=0,
            max_iter=t,
            weights_init=start.weights,
            means_init=start.means,
            precisions_init=compact(np.linalg.inv(start.covariances), covariance_type),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(points)
        mixture = trace[t].mixture
        assert_allclose(mixture.weights, model.weights_, rtol=1e-8)
        assert_allclose(mixture.means, model.means_, rtol=1e-8, atol=1e-10)
        theirs = expanded(model.covariances_, covariance_type, mixture.means.shape)
        assert_allclose(mixture.covariances, theirs, rtol=1e-8, atol=1e-10)
        assert_allclose(trace[t].log_likelihood, model.score(points) * len(points), rtol=1e-8)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_order_of_points_does_not_matter(problem, covariance_type):
    points, start = problem
    shuffled = np.random.default_rng(0).permutation(points)

    one, other = (run(X, start, covariance_type, max_iter=8)[-1] for X in (points, shuffled))

    assert_allclose(other.mixture.means, one.mixture.means, rtol=1e-8, atol=1e-9)
    assert_allclose(other.log_likelihood, one.log_likelihood, rtol=1e-10)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_order_of_components_does_not_matter(problem, covariance_type):
    points, start = problem
    order = np.random.default_rng(0).permutation(start.n_components)
    permuted = gv.Mixture(start.weights[order], start.means[order], start.covariances[order])

    one, other = (run(points, s, covariance_type, max_iter=8)[-1] for s in (start, permuted))

    assert_allclose(other.mixture.means, one.mixture.means[order], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_doubling_the_data_changes_nothing(problem, covariance_type):
    points, start = problem
    once, twice = (run(X, start, covariance_type, max_iter=8)[-1] for X in (points, np.tile(points, (2, 1))))

    assert_allclose(twice.mixture.covariances, once.mixture.covariances, rtol=1e-8, atol=1e-10)
    assert_allclose(twice.log_likelihood, 2 * once.log_likelihood, rtol=1e-10)


MAPS = {  # what each family is carried along by
    "full": np.array([[2.0, 1.0], [-0.5, 3.0]]),
    "tied": np.array([[2.0, 1.0], [-0.5, 3.0]]),
    "diag": np.diag([1000.0, 0.01]),
    "spherical": 7 * np.array([[0.6, -0.8], [0.8, 0.6]]),
}


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_affine_map_of_the_data_maps_the_fit(old_faithful, covariance_type):
    A, b = MAPS[covariance_type], np.array([5.0, -300.0])
    points = (old_faithful.points - [3.5, 70]) / [1, 13]
    start = gv.RandomPoints(seed=1).mixture(gv.Dataset(points), 2)
    start = gv.Mixture(start.weights, start.means, np.array([np.eye(2)] * 2))
    mapped = gv.Mixture(start.weights, start.means @ A.T + b, A @ start.covariances @ A.T)

    plain = run(points, start, covariance_type, max_iter=10)[-1]
    other = run(points @ A.T + b, mapped, covariance_type, max_iter=10)[-1]

    assert_allclose(other.mixture.means, plain.mixture.means @ A.T + b, rtol=1e-8)
    assert_allclose(other.mixture.covariances, A @ plain.mixture.covariances @ A.T, rtol=1e-7, atol=1e-10)
    shift = len(points) * np.log(abs(np.linalg.det(A)))
    assert_allclose(other.log_likelihood, plain.log_likelihood - shift, rtol=1e-9)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_bound_touches_after_e_and_never_exceeds(problem, covariance_type):
    steps = gv.half_steps(run(*problem, covariance_type, max_iter=6))

    assert [step.step for step in steps] == [*"em" * 6, "e"]
    for step in steps:
        assert_allclose(step.lower_bound + step.gap, step.log_likelihood, rtol=1e-12)
        if step.step == "e":
            assert_allclose(step.gap, 0, atol=1e-8)
        assert step.gap > -1e-8
    bounds = [step.lower_bound for step in steps[1:]]
    assert (np.diff(bounds) > -1e-8).all()


def fit_id(fit):
    return f"{fit['data']}-{fit['covariance_type']}-{fit['K']}"


@pytest.mark.parametrize("published", PUBLISHED["fits"], ids=fit_id)
def test_best_of_restarts_is_the_published_fit(published):
    data = gv.load_dataset(published["data"])
    trace = gv.fit(
        data,
        gv.KMeans(seed=0),
        n_components=published["K"],
        covariance_type=published["covariance_type"],
        n_init=12,
        max_iter=3000,
        tol=1e-13,
        reg_covar=0,
    )

    assert_allclose(trace[-1].log_likelihood, published["loglik"], atol=2e-5, rtol=0)
    assert trace.n_parameters == published["n_params"]
    assert_allclose(np.sort(trace[-1].mixture.weights), np.sort(published["weights"]), atol=2e-4)


MCLUST = {"EEE (tied) K=2": ("tied", 2), "EEE (tied) K=3, mclust default tolerance 1e-5": ("tied", 3)}


@pytest.mark.parametrize("model", MCLUST)
def test_criteria_are_those_that_mclust_prints(old_faithful, model):
    covariance_type, n_components = MCLUST[model]
    printed = next(p["value"] for p in PUBLISHED["published"] if p["model"] == model)
    trace = gv.fit(
        old_faithful,
        gv.KMeans(),
        n_components=n_components,
        covariance_type=covariance_type,
        n_init=12,
        reg_covar=0,
        tol=1e-9,
    )

    assert_allclose(trace[-1].log_likelihood, printed["loglik"], atol=0.02)
    assert_allclose(-trace.bic, printed["bic_mclust"], atol=0.03)
    # mclust's own tolerance stops it 0.01 below the optimum, where the points' assignments still change.
    assert_allclose(-trace.icl, printed["icl"], atol=0.01 if n_components == 2 else 0.7)
    assert trace.n_parameters == printed["df"]


@pytest.mark.parametrize(
    ("covariance_type", "id_"), [("tied", "mclust-faithful-waiting-E2"), ("full", "mixtools-faithful-waiting-2")]
)
def test_one_feature_fits_are_the_published_ones(covariance_type, id_):
    printed = next(p["value"] for p in PUBLISHED["published"] if p["id"] == id_)
    waiting = gv.load_dataset("old_faithful", features=["waiting"])
    mixture = gv.fit(waiting, gv.KMeans(), n_components=2, covariance_type=covariance_type)[-1].mixture

    order = np.argsort(mixture.means[:, 0])
    assert_allclose(mixture.weights[order], printed["weights"], atol=3e-4)
    assert_allclose(mixture.means[order, 0], printed["means"], atol=5e-3)


@pytest.mark.parametrize(("covariance_type", "name"), [("diag", "VVI"), ("tied", "EEE"), ("full", "VVV")])
def test_iris_fits_are_those_of_mplus_and_mclust(covariance_type, name):
    printed = next(p["value"] for p in PUBLISHED["published"] if p["id"] == "tidyLPA-tests-iris-K3")[name]
    trace = gv.fit(gv.load_dataset("iris"), gv.KMeans(), n_components=3, covariance_type=covariance_type, n_init=8)

    # With restarts we find an optimum of VVI that is 0.3 better than the one they agree on.
    assert_allclose(trace[-1].log_likelihood, printed, rtol=2e-3)
    assert trace[-1].log_likelihood > printed - 1e-3


def symmetric_to_the_bit(trace):
    return all(np.array_equal(c, c.transpose(0, 2, 1)) for c in trace.covariances)


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("algorithm", ["em", "hard_em"])
@pytest.mark.parametrize("width", [1.0, 1e-6], ids=["fast", "careful"])
def test_covariances_are_symmetric_to_the_bit(problem, covariance_type, algorithm, width):
    """On both routes: where clouds are far apart for their width, the careful one is taken."""
    points, start = problem
    clouds = np.repeat(np.arange(start.n_components), 60)
    points = clouds[:, None] + width * points
    means = [points[clouds == k].mean(axis=0) + 0.1 * width for k in range(start.n_components)]
    start = gv.Mixture(start.weights, means, [(0.1 + width) ** 2 * np.eye(points.shape[1])] * len(means))

    trace = run(points, start, covariance_type, max_iter=4, algorithm=algorithm)

    assert len(trace) > 2
    assert symmetric_to_the_bit(trace)
    for snapshot in trace:
        again = gv.Mixture(snapshot.mixture.weights, snapshot.mixture.means, snapshot.mixture.covariances)
        assert np.array_equal(again.covariances, snapshot.mixture.covariances)


@pytest.mark.parametrize("width", [1.0, 1e-6], ids=["fast", "careful"])
def test_covariances_merged_from_blocks_are_symmetric_to_the_bit(width):
    rng = np.random.default_rng(2)
    points = rng.integers(2, size=(20_000, 1)) + width * (rng.standard_normal((20_000, 3)) @ rng.random((3, 3)))
    start = gv.Mixture([0.5, 0.5], [[0.0] * 3, [1.0] * 3], [width**2 * np.eye(3)] * 2)

    assert symmetric_to_the_bit(run(points, start, "full", max_iter=2))


def test_ratings_in_clusters_on_a_line_are_saved_and_loaded(tmp_path):
    """Some components hold points on a line, where every covariance is rounding."""
    points = np.array([*product([1, 2, 3], repeat=2), *[(2, 2)] * 5], float)

    for name in [name for name in gv.STARTS if name != "given"]:
        trace = gv.fit(points, name, n_components=4)
        trace.save(tmp_path / "run.npz")
        loaded = gv.Trace.load(tmp_path / "run.npz")
        assert np.array_equal(loaded.covariances, trace.covariances), name
