import re
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.cluster import KMeans
from sklearn.mixture import BayesianGaussianMixture
from sklearn.mixture import GaussianMixture as SklearnMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gmmviz as gv


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_record_replays_a_scikit_learn_model(old_faithful, covariance_type):
    X = np.array(old_faithful.points)
    model = SklearnMixture(
        2, covariance_type=covariance_type, random_state=3, tol=1e-6, init_params="random_from_data"
    )
    model.fit(X)
    trace = gv.record(model, old_faithful)

    assert_allclose(trace[model.n_iter_].mixture.means, model.means_, rtol=1e-7)
    assert_allclose(trace[model.n_iter_].log_likelihood, model.score(X) * 272, rtol=1e-9)
    assert trace[-1].iteration == model.n_iter_
    assert trace.converged
    ours = gv.fit(X, trace[0].mixture, covariance_type=covariance_type, reg_covar=1e-6, max_iter=3, tol=0)
    assert_allclose(ours[3].mixture.means, trace[3].mixture.means, rtol=1e-8)


def test_record_tells_that_it_converged(old_faithful):
    trace = gv.record(SklearnMixture(2, random_state=3), old_faithful)

    assert trace.events[-1] == (
        trace[-1].iteration,
        gv.Event("converged", "the likelihood hardly changed any more"),
    )


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (BayesianGaussianMixture(), "not a BayesianGaussianMixture"),
        (KMeans(2), "not a KMeans"),
        (make_pipeline(StandardScaler(), SklearnMixture(2)), "not a Pipeline"),
        (SklearnMixture, "not the class GaussianMixture"),
    ],
)
def test_record_refuses_what_it_cannot_replay(old_faithful, model, message):
    with pytest.raises(gv.InputError) as caught:
        gv.record(model, old_faithful)

    assert str(caught.value) == f"only a sklearn.mixture.GaussianMixture can be recorded, {message}"


def test_record_of_our_own_model_is_its_trace(old_faithful):
    with pytest.raises(gv.InputError) as caught:
        gv.record(gv.GaussianMixture(2), old_faithful)

    expected = "a gmmviz.GaussianMixture has its record already: fit it, then take model.trace_"
    assert str(caught.value) == expected


def test_record_wants_the_features_of_the_fit(old_faithful):
    model = SklearnMixture(2, random_state=0).fit(old_faithful.points[:, :1])

    with pytest.raises(gv.InputError) as caught:
        gv.record(model, old_faithful)

    assert str(caught.value) == (
        "the model was fitted to 1 feature, but Old Faithful has 2: pass the points that it was fitted to"
    )


def test_record_without_a_seed_warns_and_is_one_run(old_faithful):
    model = SklearnMixture(2, init_params="random", tol=0, max_iter=2)
    gv.record(model, old_faithful)  # which has no fit to differ from
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(old_faithful.points)

    with pytest.warns(UserWarning, match="the recorded run begins elsewhere") as caught:
        trace = gv.record(model, old_faithful)

    assert [str(warning.message) for warning in caught] == [
        "the model's random_state is None, so the recorded run begins elsewhere than its own fit: "
        "give the model a whole number as random_state and fit it again"
    ]
    assert caught[0].filename == __file__
    again = gv.fit(old_faithful, trace[0].mixture, reg_covar=1e-6, max_iter=1, tol=0)
    assert_allclose(again[1].mixture.means, trace[1].mixture.means, rtol=1e-8)


@pytest.mark.parametrize("seed", [0, 3])
def test_best_of_several_starts_is_the_one_recorded(old_faithful, seed):
    points = old_faithful.points
    model = SklearnMixture(4, n_init=6, init_params="random_from_data", random_state=seed, tol=1e-4).fit(points)
    trace = gv.record(model, old_faithful)

    assert_allclose(trace[-1].mixture.means, model.means_, rtol=1e-9)
    assert trace[-1].log_likelihood == pytest.approx(272 * model.score(points))
    first = gv.record(SklearnMixture(4, init_params="random_from_data", random_state=seed, tol=1e-4), old_faithful)
    assert first[-1].log_likelihood < trace[-1].log_likelihood


def test_points_that_the_model_was_not_fitted_to_are_told(old_faithful):
    model = SklearnMixture(2, random_state=1).fit(old_faithful.points)

    with pytest.warns(gv.GmmvizWarning) as caught:
        gv.record(model, old_faithful.points[:100])
    (warning,) = caught
    assert re.fullmatch(
        r"the recorded run ends elsewhere than the model did, at a log-likelihood of -4\.\d{4} per point instead "
        r"of -4\.\d{4}: pass the points that it was fitted to, and the settings of that fit",
        str(warning.message),
    )
