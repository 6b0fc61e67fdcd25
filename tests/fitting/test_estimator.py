import pickle
import subprocess
import sys
import warnings
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.mixture import GaussianMixture as SklearnMixture
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import check_estimator

import gmmviz as gv


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("missing", ["refuse", "marginalize"])
def test_passes_scikit_learns_own_checks(missing):
    model = gv.GaussianMixture(random_state=0, missing=missing)
    results = check_estimator(model, on_fail=None, on_skip=None)

    failed = {r["check_name"]: r["exception"] for r in results if r["status"] not in ("passed", "skipped")}
    assert failed == {}
    assert len(results) > 35


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_attributes_equal_scikit_learns(covariance_type):
    X = gv.load_dataset("iris").points
    rng = np.random.default_rng(0)
    settings = {
        "n_components": 3,
        "covariance_type": covariance_type,
        "weights_init": [0.3, 0.3, 0.4],
        "means_init": X[rng.choice(150, 3, replace=False)],
        "precisions_init": {
            "full": np.array([np.eye(4)] * 3),
            "tied": np.eye(4),
            "diag": np.ones((3, 4)),
            "spherical": np.ones(3),
        }[covariance_type],
        "tol": 0.0,
        "max_iter": 20,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = SklearnMixture(**settings).fit(X)
    ours = gv.GaussianMixture(**settings).fit(X)

    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-6, atol=1e-8, err_msg=name)
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-7)
    assert np.array_equal(ours.predict(X), theirs.predict(X))
    assert_allclose(ours.score_samples(X), theirs.score_samples(X), rtol=1e-8)
    assert_allclose([ours.aic(X), ours.bic(X)], [theirs.aic(X), theirs.bic(X)], rtol=1e-8)
    assert ours.n_iter_ == theirs.n_iter_ == 20


@pytest.mark.parametrize("init_params", ["kmeans", "k-means++", "random", "random_from_data"])
def test_every_start_finds_the_two_kinds_of_eruptions(old_faithful, init_params):
    model = gv.GaussianMixture(2, init_params=init_params, n_init=3, tol=1e-7, max_iter=500, random_state=1)
    model.fit(old_faithful.points)

    assert model.converged_
    assert_allclose(model.lower_bound_ * 272, -1130.264, atol=0.01)
    assert_allclose(model.lower_bound_, model.score(old_faithful.points), rtol=1e-12)
    assert len(model.trace_.attempts) == 3


def test_random_state_repeats_the_fit(old_faithful):
    fits = [gv.GaussianMixture(3, random_state=s).fit(old_faithful.points).means_ for s in (4, 4, 5)]

    assert np.array_equal(fits[0], fits[1])
    assert not np.array_equal(fits[0], fits[2])


def test_warm_start_goes_on_where_the_last_fit_ended(old_faithful):
    model = gv.GaussianMixture(2, max_iter=3, tol=0.0, warm_start=True, random_state=0).fit(old_faithful.points)
    first = model.trace_
    model.fit(old_faithful.points)

    for name in ("weights", "means", "covariances"):
        assert np.array_equal(getattr(model.trace_[0].mixture, name), getattr(first[-1].mixture, name))


def test_warm_start_goes_on_from_what_was_set(old_faithful):
    model = gv.GaussianMixture(2, warm_start=True, random_state=0).fit(old_faithful.points)
    model.means_ = model.means_ + 0.5

    model.fit(old_faithful.points)

    assert model.trace_[0].mixture.means.tolist() == model.trace_.means[0].tolist()
    assert_allclose(
        model.trace_[0].mixture.means, gv.GaussianMixture(2, random_state=0).fit(old_faithful.points).means_ + 0.5
    )


def test_not_converged_warns_as_scikit_learn_does(old_faithful):
    with pytest.warns(ConvergenceWarning, match="EM has not converged after 1 iteration: raise max_iter or tol"):
        gv.GaussianMixture(2, max_iter=1, tol=1e-9, random_state=0).fit(old_faithful.points)


def test_works_in_scikit_learns_tools(old_faithful):
    model = gv.GaussianMixture(2, random_state=0)

    assert repr(clone(model)) == "GaussianMixture(n_components=2, random_state=0)"
    assert cross_val_score(model, old_faithful.points, cv=3).mean() > -4.6
    again = pickle.loads(pickle.dumps(model.fit(old_faithful.points)))
    assert np.array_equal(again.predict(old_faithful.points), model.predict(old_faithful.points))


def test_sample_has_the_moments_of_the_fit(old_faithful):
    model = gv.GaussianMixture(2, random_state=0).fit(old_faithful.points)
    X, y = model.sample(50_000)

    assert_allclose(X.mean(axis=0), old_faithful.points.mean(axis=0), rtol=0.01)
    assert_allclose(np.bincount(y) / 50_000, model.weights_, atol=0.01)
    with pytest.raises(gv.InputError) as caught:
        model.sample(0)
    assert str(caught.value) == "n_samples must be a whole number from 1 to 100,000,000, not 0"


def test_use_before_fit_is_scikit_learns_error():
    with pytest.raises(NotFittedError):
        gv.GaussianMixture().predict([[1.0]])


def test_scikit_learn_is_not_needed():
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import gmmviz as gv\n"
        "m = gv.GaussianMixture(2, random_state=0).fit(gv.load_dataset('old_faithful').points)\n"
        "print(m.converged_)\n"
        "try: gv.GaussianMixture().predict([[1.0]])\n"
        "except ValueError as e: print(type(e).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "NotFittedError"]


@pytest.mark.parametrize(
    ("X", "what"),
    [
        ([[0.0, 5], [1, 5], [2, 5], [9, 5]], "feature 'x2' is constant"),
        ([[0.0], [0], [0], [9], [9.5]], "component {k} has collapsed onto point 1"),
    ],
)
def test_collapse_raises_as_scikit_learns_does(X, what):
    model = gv.GaussianMixture(2, reg_covar=0, random_state=0)

    with pytest.raises(gv.InputError) as caught:
        model.fit(X)

    advice = "raise reg_covar, which is 0, fit fewer components, or leave constant features out"
    expected = [f"{what.format(k=k)}, so that a covariance is singular: {advice}" for k in (1, 2)]
    assert str(caught.value) in expected
    with pytest.raises(NotFittedError):
        model.predict(X)


def test_generator_of_numpy_is_a_random_state(old_faithful):
    X = old_faithful.points
    fits = [gv.GaussianMixture(3, random_state=np.random.default_rng(s)).fit(X).means_ for s in (4, 4)]

    assert np.array_equal(*fits)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"random_state": "a"},
            "random_state must be None, a whole number, 0 or more, or a generator of NumPy, not 'a'",
        ),
        ({"n_components": 2.0}, "n_components must be a whole number, 1 or more, not 2.0"),
        ({"weights_init": [1.0]}, "weights_init must have shape (2,), not (1,)"),
        ({"means_init": [[1.0], [2.0]]}, "means_init must have shape (2, 2), not (2, 1)"),
        (
            {"precisions_init": np.eye(2)},
            "precisions_init must have shape (2, 2, 2) for covariance_type='full', not (2, 2)",
        ),
        (
            {"precisions_init": [1.0, 2.0, 3.0], "covariance_type": "spherical"},
            "precisions_init must have shape (2,) for covariance_type='spherical', not (3,)",
        ),
        (
            {"precisions_init": [np.eye(2), -np.eye(2)]},
            "precisions_init[1] must be symmetric and positive definite, not [[-1.0, -0.0], [-0.0, -1.0]]",
        ),
        (
            {"precisions_init": [[1.0, 2.0], [0.0, 1.0]], "covariance_type": "tied"},
            "precisions_init must be symmetric and positive definite, not [[1.0, 2.0], [0.0, 1.0]]",
        ),
        (
            {"precisions_init": [1.0, 0.0], "covariance_type": "spherical"},
            "precisions_init[1] must be greater than 0, not 0.0",
        ),
    ],
)
def test_impossible_argument_says_what_is_wrong(old_faithful, settings, message):
    model = gv.GaussianMixture(**{"n_components": 2, "random_state": 0, **settings})

    with pytest.raises(gv.InputError) as caught:
        model.fit(old_faithful.points)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("n_components", "features", "what", "now"), [(3, [0, 1], "2 components", 3), (2, [0], "2 features", 1)]
)
def test_warm_start_needs_the_same_model(old_faithful, n_components, features, what, now):
    model = gv.GaussianMixture(2, warm_start=True, random_state=0).fit(old_faithful.points)
    model.n_components = n_components

    with pytest.raises(gv.InputError) as caught:
        model.fit(old_faithful.points[:, features])

    assert str(caught.value) == (
        f"warm_start=True goes on from a fit with {what}, but now there are {now}: set warm_start=False to begin anew"
    )


def test_defaults_are_those_of_scikit_learn():
    ours, theirs = (signature(kind).parameters for kind in (gv.GaussianMixture, SklearnMixture))

    assert ours.keys() - {"missing"} == theirs.keys()
    assert all(ours[name].default == theirs[name].default for name in theirs)


def test_missing_values_are_taken_where_told(old_faithful):
    X = np.array(old_faithful.points)
    X[::5, 1], X[3::40, 0] = np.nan, np.nan  # among them points without any value
    model = gv.GaussianMixture(2, random_state=0, missing="marginalize", tol=1e-6)

    assert (model.__sklearn_tags__().input_tags.allow_nan, clone(model).missing) == (True, "marginalize")
    assert not gv.GaussianMixture().__sklearn_tags__().input_tags.allow_nan
    mixture = model.fit(X).trace_[-1].mixture
    assert model.converged_
    again = gv.fit(X, mixture, missing="marginalize", max_iter=1, reg_covar=1e-6)
    assert_allclose(again[1].mixture.means, model.means_, rtol=1e-4)
    some = X[:4].copy()
    some[:, 1] = np.nan  # all values of a feature
    for points in (X, some):
        assert np.array_equal(model.predict(points), mixture.labels(points, "marginalize"))
        assert_allclose(model.predict_proba(points), mixture.responsibilities(points, "marginalize"), rtol=1e-9)
        assert_allclose(model.score_samples(points), mixture.log_prob(points, "marginalize"), rtol=1e-9)
    assert_allclose(model.score(X) * 272, model.trace_[-1].log_likelihood, rtol=1e-9)
    with pytest.raises(
        gv.InputError, match=r"row 0, column 1 of the data holds NaN.*, or set missing='marginalize'$"
    ):
        gv.GaussianMixture(2).fit(X)
    with pytest.raises(gv.InputError, match="row 0, column 0 of the data holds inf"):
        model.predict([[np.inf, np.nan]])
    with pytest.raises(gv.InputError, match=r"^unknown missing 'drop'; known: 'refuse' and 'marginalize'$"):
        gv.GaussianMixture(2, missing="drop").fit(X)


def test_grid_search_takes_missing_values(old_faithful):
    X = np.array(old_faithful.points)
    X[::5, 1] = np.nan
    model = GridSearchCV(gv.GaussianMixture(random_state=0, missing="marginalize"), {"n_components": [1, 2]}, cv=3)

    assert model.fit(X).best_params_ == {"n_components": 2}


def test_warnings_point_at_the_line_of_the_user(old_faithful):
    frame = pd.DataFrame(old_faithful.points, columns=["eruptions", "waiting"])
    model = gv.GaussianMixture(2, random_state=0).fit(frame)

    with pytest.warns(ConvergenceWarning) as unfinished:
        gv.GaussianMixture(2, max_iter=1, tol=1e-9, random_state=0).fit(old_faithful.points)
    with pytest.warns(UserWarning, match="valid feature names") as nameless:
        model.predict(old_faithful.points)
    with pytest.warns(UserWarning, match="X has feature names") as named:
        gv.GaussianMixture(2, random_state=0).fit(old_faithful.points).predict(frame)

    assert [warning.filename for warning in (*unfinished, *nameless, *named)] == [__file__] * 3


def test_fit_that_is_not_meant_to_converge_warns_of_nothing(old_faithful):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = gv.GaussianMixture(2, max_iter=2, tol=0.0, random_state=0).fit(old_faithful.points)

    assert (model.converged_, model.n_iter_, len(model.lower_bounds_)) == (False, 2, 3)


def test_warm_start_is_one_run(old_faithful):
    model = gv.GaussianMixture(2, n_init=3, max_iter=2, tol=0.0, warm_start=True, random_state=0)

    assert len(model.fit(old_faithful.points).trace_.attempts) == 3
    assert len(model.fit(old_faithful.points).trace_.attempts) == 1


def test_names_are_forgotten_by_a_fit_without_them(old_faithful):
    frame = pd.DataFrame(old_faithful.points, columns=["eruptions", "waiting"])
    model = gv.GaussianMixture(2, random_state=0).fit(frame)

    assert not hasattr(model.fit(old_faithful.points), "feature_names_in_")
    assert model.trace_.data.feature_names == ("x1", "x2")


def test_parameter_that_there_is_not_is_told():
    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixture().set_params(n_component=3)

    assert str(caught.value) == "GaussianMixture has no parameter 'n_component'; did you mean 'n_components'?"
    assert gv.GaussianMixture().set_params(n_components=3, tol=0.5).get_params()["tol"] == 0.5


def test_representation_names_what_is_not_the_default():
    assert repr(gv.GaussianMixture()) == "GaussianMixture()"
    assert repr(gv.GaussianMixture(1, tol=0.5, weights_init=[1.0], verbose=1)) == (
        "GaussianMixture(tol=0.5, weights_init=[1.0], verbose=1)"
    )


def test_criteria_and_score_are_of_the_points_given(old_faithful):
    model = gv.GaussianMixture(2, random_state=0).fit(old_faithful.points)
    some = old_faithful.points[:50]
    total = model.score_samples(some).sum()

    assert_allclose(model.score(some), total / 50)
    assert_allclose(model.aic(some), 22 - 2 * total)
    assert_allclose(model.bic(some), 11 * np.log(50) - 2 * total)
