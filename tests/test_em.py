"""EM as in the textbook: beside scipy, beside the quick engine, and as it is usually introduced."""

import ast
import inspect
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

import gmmviz as gv
from gmmviz import em
from gmmviz.mixture.covariance import FAMILIES


def problem(seed, n_features=2, n_components=3, offset=0.0):
    """Overlapping clouds and a start at random points."""
    rng = np.random.default_rng(seed)
    centers = 2 * rng.standard_normal((n_components, n_features))
    points = np.concatenate([center + rng.standard_normal((50, n_features)) for center in centers]) + offset
    return points, gv.RandomPoints(seed=seed).mixture(gv.Dataset(points), n_components)


def test_e_step_is_bayes_rule(trace):
    points, mixture = trace.data.points, trace[2].mixture
    joint = np.column_stack(
        [
            weight * multivariate_normal(mean, covariance).pdf(points)
            for weight, mean, covariance in zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
        ]
    )

    responsibilities, log_likelihood = gv.e_step(points, mixture)

    assert_allclose(responsibilities, joint / joint.sum(axis=1, keepdims=True), rtol=1e-10)
    assert_allclose(log_likelihood, np.log(joint.sum(axis=1)).sum(), rtol=1e-12)


def test_m_step_of_three_points_by_hand():
    responsibilities = [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]

    mixture = gv.m_step([[0.0], [2.0], [8.0]], responsibilities, reg_covar=0.25)

    assert mixture.weights.tolist() == [0.5, 0.5]
    assert_allclose(mixture.means, [[2 / 3], [6]])  # (0 + 1) / 1.5 and (1 + 8) / 1.5
    assert_allclose(mixture.covariances, [[[8 / 9 + 0.25]], [[8 + 0.25]]])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("offset", [0.0, 1e3, -1e4])
@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_every_iteration_equals_that_of_the_quick_engine(covariance_type, offset, seed):
    points, start = problem(seed, offset=offset)
    trace = gv.fit(points, start, covariance_type=covariance_type, max_iter=15, tol=0, reg_covar=0.01)

    for ours, quick in zip(gv.iterate(points, start, covariance_type, 0.01), trace, strict=False):
        assert ours.iteration == quick.iteration
        assert_allclose(ours.mixture.weights, quick.mixture.weights, rtol=1e-10)
        assert_allclose(ours.mixture.means, quick.mixture.means, rtol=1e-10, atol=1e-10)
        assert_allclose(ours.mixture.covariances, quick.mixture.covariances, rtol=1e-10, atol=1e-10)
        assert_allclose(ours.log_likelihood, quick.log_likelihood, rtol=1e-10)
        assert_allclose(ours.counts, quick.counts, rtol=1e-10)
        if ours.iteration == 15:
            return


@pytest.mark.parametrize(("n_features", "n_components"), [(1, 2), (5, 4)])
def test_textbook_and_engine_agree_in_other_dimensions(n_features, n_components):
    points, start = problem(0, n_features, n_components)
    trace = gv.fit(points, start, max_iter=8, tol=0, reg_covar=0)

    ours = next(islice(gv.iterate(points, start), 8, None))

    assert_allclose(ours.mixture.covariances, trace[8].mixture.covariances, rtol=1e-10, atol=1e-10)
    assert_allclose(ours.log_likelihood, trace[8].log_likelihood, rtol=1e-10)


def test_textbook_fits_on_one_screen():
    """Some twenty statements: the three functions without what documents and checks them."""
    statements = [
        statement
        for function in (em.e_step, em.m_step, em.iterate)
        for statement in ast.walk(ast.parse(inspect.getsource(function)))
        if isinstance(statement, ast.stmt) and not isinstance(statement, ast.FunctionDef)
    ]

    assert len(statements) <= 28


def test_box_in_the_readme_is_the_code():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    box = readme.split("<!-- the box -->\n```python\n")[1].split("```")[0]
    code = inspect.getsource(em)
    shown = [line.strip().replace("gv.", "") for line in box.splitlines() if line.startswith("    ")]

    assert len(shown) > 12
    assert [line.split(")")[0] for line in shown if line not in code] == [
        "log_joint = mixture.log_joint(X",
        "mixture = m_step(X, responsibilities",  # which has more options
    ]


def test_introduction_runs_word_for_word():
    weights = [0.4, 0.6]
    means = [[0, 0], [5, 5]]
    covariances = [[[1, 0], [0, 1]], [[2, 0.5], [0.5, 1]]]
    scope = {"weights": weights, "means": means, "covariances": covariances}

    exec(
        "from gmmviz import generate_gmm_data, GaussianMixtureModel\n"
        "data = generate_gmm_data(num_samples=600, weights=weights, means=means, covariances=covariances)\n"
        "model = GaussianMixtureModel(num_components=2, num_iters=100)\n"
        "model.fit(data)\n"
        "found = model.weights, model.means, model.covariances\n",
        scope,
    )

    assert scope["data"].shape == (600, 2)
    order = np.argsort(scope["found"][0])
    assert_allclose(scope["found"][0][order], weights, atol=0.05)
    assert_allclose(scope["found"][1][order], means, atol=0.25)
    assert_allclose(scope["found"][2][order], covariances, atol=0.4)
    model = scope["model"]
    assert len(model.trace) == 101
    assert gv.Animation(model.trace, pace=gv.Pace(length=10)).length == 10


def test_another_seed_is_another_start(old_faithful):
    traces = [gv.GaussianMixtureModel(2, num_iters=0, seed=seed).fit(old_faithful).trace for seed in (0, 0, 1)]

    assert np.array_equal(traces[0].means, traces[1].means)
    assert not np.array_equal(traces[0].means, traces[2].means)


SQUARE = [[0.0, 0], [1, 0], [0, 1], [1, 1]]
HALVES = [[0.5, 0.5]] * 4
WRONG = {
    "lists for a mixture": (
        lambda: gv.e_step([[1, 2]], [[1, 2]]),
        "mixture must be a Mixture (such as trace[-1].mixture), not [[1, 2]]",
    ),
    "another number of features": (
        lambda: gv.e_step([[1, 2, 3]], gv.Mixture([1], [[0, 0]], [np.eye(2)])),
        "the mixture has 2 features, the data has 3",
    ),
    "texts": (lambda: gv.m_step([["a"]], [[1.0]]), "the data must be numbers, not [['a']]"),
    "responsibilities of other points": (
        lambda: gv.m_step(SQUARE, HALVES[:3]),
        "responsibilities must have shape (4, components), not (3, 2)",
    ),
    "a list of responsibilities": (
        lambda: gv.m_step(SQUARE, [0.5] * 4),
        "responsibilities must have shape (4, components), not (4,)",
    ),
    "responsibilities that do not sum to one": (
        lambda: gv.m_step(SQUARE, [[0.5, 0.4]] * 4),
        "responsibilities must not be negative, and those of each point must sum to 1; row 0 (from 0) is [0.5 0.4], with the sum 0.9",
    ),
    "negative responsibilities": (
        lambda: gv.m_step(SQUARE, [[1.5, -0.5]] * 4),
        "responsibilities must not be negative, and those of each point must sum to 1; row 0 (from 0) is [ 1.5 -0.5], with the sum 1",
    ),
    "responsibilities lying on their side": (
        lambda: gv.m_step(SQUARE, np.transpose(HALVES)),
        "responsibilities must have shape (4, components), not (2, 4): transpose them",
    ),
    "an unknown family for many steps": (
        lambda: next(gv.iterate(SQUARE, gv.Mixture([1], [[0, 0]], [np.eye(2)]), "ful")),
        "covariance_type must be 'full', 'tied', 'diag' or 'spherical', not 'ful'",
    ),
    "an unknown family": (
        lambda: gv.m_step(SQUARE, HALVES, "ful"),
        "covariance_type must be 'full', 'tied', 'diag' or 'spherical', not 'ful'",
    ),
    "a negative ridge": (
        lambda: gv.m_step(SQUARE, HALVES, reg_covar=-1),
        "reg_covar must be a finite number (0 or more) or 'auto', not -1",
    ),
    "no components": (
        lambda: gv.GaussianMixtureModel(0),
        "num_components must be a whole number (1 or more), not 0",
    ),
    "half an iteration": (
        lambda: gv.GaussianMixtureModel(2, num_iters=0.5),
        "num_iters must be a whole number from 0 to 1,000,000, not 0.5",
    ),
    "too few points": (
        lambda: gv.GaussianMixtureModel(5).fit(SQUARE),
        "5 components need at least as many points, but the data has 4: ask for fewer components",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_answered_with_a_sentence(case):
    call, message = WRONG[case]

    with pytest.raises(gv.InputError) as caught:
        call()

    assert str(caught.value) == message


def test_singular_covariance_is_a_collapse():
    with pytest.raises(gv.CollapseError) as caught:
        gv.m_step(SQUARE, [[1, 0], [1, 0], [1, 0], [0, 1]])

    assert (caught.value.component, str(caught.value)) == (1, "component 2 has collapsed")


def test_component_that_is_responsible_for_nothing_is_named():
    with pytest.raises(gv.CollapseError) as caught:
        gv.m_step(SQUARE, [[1, 0]] * 4)

    assert str(caught.value) == "component 2 is responsible for no point: leave it out"


def test_data_sets_are_taken_as_arrays_are():
    data = gv.load_dataset("old_faithful")
    start = gv.RandomPoints(seed=15).mixture(data, 2)

    responsibilities, log_likelihood = gv.e_step(data, start)

    assert log_likelihood == gv.e_step(data.points, start)[1]
    assert_allclose(gv.m_step(data, responsibilities).means, gv.m_step(data.points, responsibilities).means)


def test_model_says_what_it_is():
    assert repr(gv.GaussianMixtureModel(2, num_iters=5)) == "GaussianMixtureModel(2, num_iters=5, seed=0)"


def test_automatic_ridge_is_a_millionth_of_each_features_variance():
    points = np.array([[0.0, 0.0], [1.0, 300.0], [5.0, 500.0]])
    (plain, ridged) = (gv.m_step(points, np.ones((3, 1)), reg_covar=ridge) for ridge in (0.0, "auto"))

    added = ridged.covariances[0] - plain.covariances[0]
    assert_allclose(added, 1e-6 * np.diag(points.var(axis=0)), rtol=1e-6, atol=1e-12)


def test_model_that_is_not_fitted_says_so():
    model = gv.GaussianMixtureModel(2)

    with pytest.raises(
        AttributeError, match=r"^there are no weights before the model is fitted: call fit\(X\) first$"
    ):
        model.weights  # noqa: B018
    with pytest.raises(AttributeError, match=r"^GaussianMixtureModel has no attribute 'weihgts'$"):
        model.weihgts  # noqa: B018
    assert not hasattr(model, "trace")
