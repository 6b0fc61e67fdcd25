import re
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
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
        (MiniBatchKMeans(2), "not a MiniBatchKMeans"),
        (make_pipeline(StandardScaler(), PCA(2)), "not a PCA"),
        (SklearnMixture, "not the class GaussianMixture"),
        (None, "not a NoneType"),
    ],
)
def test_record_refuses_what_it_cannot_replay(old_faithful, model, message):
    with pytest.raises(gv.InputError) as caught:
        gv.record(model, old_faithful)

    assert str(caught.value) == (
        "only a GaussianMixture, BayesianGaussianMixture or KMeans of sklearn can be recorded, or a Pipeline that ends "
        f"with one, {message}"
    )


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


@pytest.mark.parametrize("kind", [SklearnMixture, BayesianGaussianMixture])
def test_points_that_the_model_was_not_fitted_to_are_told(old_faithful, kind):
    model = kind(n_components=2, random_state=1).fit(old_faithful.points)

    with pytest.warns(gv.GmmvizWarning) as caught:
        gv.record(model, old_faithful.points[:100])
    (warning,) = caught
    assert re.fullmatch(
        r"the recorded run ends elsewhere than the model did, at a log-likelihood of -4\.\d{4} per point instead "
        r"of -4\.\d{4}: pass the points that it was fitted to, and the settings of that fit",
        str(warning.message),
    )


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("kind", ["dirichlet_process", "dirichlet_distribution"])
def test_bayesian_mixture_is_replayed_step_by_step(old_faithful, covariance_type, kind):
    model = BayesianGaussianMixture(
        n_components=4,
        covariance_type=covariance_type,
        weight_concentration_prior_type=kind,
        random_state=2,
        max_iter=25,
        init_params="random_from_data",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(old_faithful.points)
        early = clone(model).set_params(max_iter=1).fit(old_faithful.points)
    trace = gv.record(model, old_faithful)

    assert (trace[-1].iteration, trace.converged) == (model.n_iter_, model.converged_)
    assert trace.settings["recorded"] == "BayesianGaussianMixture"
    for fitted, snapshot in ((early, trace[1]), (model, trace[-1])):
        assert_allclose(snapshot.mixture.weights, fitted.weights_, rtol=1e-9)
        assert_allclose(snapshot.mixture.means, fitted.means_, rtol=1e-9)
    assert_allclose(trace[-1].log_likelihood, trace[-1].mixture.log_prob(old_faithful.points).sum(), rtol=1e-12)


@pytest.mark.parametrize("algorithm", ["lloyd", "elkan"])
@pytest.mark.parametrize("init", ["k-means++", "random", "given"])
def test_kmeans_is_replayed_step_by_step(algorithm, init):
    points = gv.load_dataset("iris").points + 0.01 * np.random.default_rng(0).random((150, 4))  # without ties
    first = points[[3, 60, 61]] if init == "given" else init
    model = KMeans(3, init=first, n_init=1, random_state=4, tol=0, algorithm=algorithm).fit(points)
    trace = gv.record(model, points)

    assert_allclose(trace[-1].mixture.means, model.cluster_centers_, rtol=1e-9)
    assert np.array_equal(trace.labels(-1), model.labels_)
    assert (trace[-1].iteration, trace.converged) == (model.n_iter_, True)
    assert_allclose(trace[-1].mixture.covariances[0], np.eye(4) * model.inertia_ / 600, rtol=1e-9)
    assert np.array_equal(trace[-1].counts, np.bincount(model.labels_))
    ours = gv.fit(points, trace[0].mixture, algorithm="kmeans", max_iter=trace[-1].iteration, tol=0, reg_covar=0)
    assert_allclose(ours.means, trace.means, rtol=1e-9)
    assert_allclose(ours.covariances, trace.covariances, rtol=1e-9)
    assert_allclose(ours.objectives, trace.objectives, rtol=1e-9)
    if init == "given":
        assert_allclose(trace[0].mixture.means, first, rtol=1e-12)


@pytest.mark.parametrize("settings", [{}, {"init": "random"}, {"init": "random", "n_init": 3, "max_iter": 2}])
def test_best_of_several_starts_of_kmeans_is_the_one_recorded(settings):
    points = gv.load_dataset("iris").points
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for seed in range(4):
            model = KMeans(5, random_state=seed, **settings).fit(points)
            trace = gv.record(model, points)  # without a warning

            assert_allclose(trace[-1].mixture.means, model.cluster_centers_, rtol=1e-6)


def test_kmeans_of_other_points_is_told(old_faithful):
    model = KMeans(2, random_state=0).fit(old_faithful.points)

    with pytest.warns(gv.GmmvizWarning, match="^the recorded run ends elsewhere than the model did"):
        gv.record(model, old_faithful.points[:60])


def test_kmeans_without_a_seed_warns_unless_its_centers_are_given(old_faithful):
    with pytest.warns(
        gv.GmmvizWarning, match="^the model's random_state is None, so the recorded run begins elsewhere"
    ):
        gv.record(KMeans(2).fit(old_faithful.points), old_faithful)
    given = KMeans(2, init=old_faithful.points[:2], n_init=1).fit(old_faithful.points)
    assert_allclose(gv.record(given, old_faithful)[-1].mixture.means, given.cluster_centers_)


def test_points_that_are_all_centers_are_recorded():
    points = np.array([[0.0, 0], [1, 0], [0, 5]])

    trace = gv.record(KMeans(3, random_state=0), points)

    assert np.linalg.eigvalsh(trace[-1].mixture.covariances).min() > 0


@pytest.mark.parametrize("last", [SklearnMixture(2, random_state=1), KMeans(2, random_state=1)])
@pytest.mark.parametrize("is_fitted", [True, False])
def test_last_step_of_a_pipeline_is_recorded_in_its_own_coordinates(old_faithful, last, is_fitted):
    pipeline = make_pipeline(StandardScaler(), clone(last))
    if is_fitted:
        pipeline.fit(old_faithful.points)
    scaled = StandardScaler().fit_transform(old_faithful.points)

    with pytest.warns(gv.GmmvizWarning) as caught:
        trace = gv.record(pipeline, old_faithful)

    assert [str(warning.message) for warning in caught] == [
        "the run is recorded in the coordinates of the pipeline's last step, after 'StandardScaler'"
    ]
    assert_allclose(trace.data.points, scaled)
    assert trace.data.feature_names == (
        "eruption after StandardScaler",
        "waiting after StandardScaler",
    )
    assert trace.data.name == "Old Faithful"
    assert_allclose(trace.means, gv.record(last, scaled).means)
    assert hasattr(pipeline[-1], "n_iter_") == is_fitted


def test_names_of_a_pipelines_features_are_the_steps_own():
    pipeline = make_pipeline("passthrough", StandardScaler(), PCA(2), SklearnMixture(3, random_state=0))

    with pytest.warns(gv.GmmvizWarning, match="after 'StandardScaler' and 'PCA'$"):
        trace = gv.record(pipeline, gv.load_dataset("iris"))

    assert trace.data.feature_names == ("pca0", "pca1")
    assert len(trace.data.labels) == 150


def test_pipeline_of_one_step_has_the_datas_coordinates(old_faithful):
    for pipeline in (
        make_pipeline(SklearnMixture(2, random_state=0)),
        make_pipeline("passthrough", SklearnMixture(2, random_state=0)),
    ):
        assert gv.record(pipeline, old_faithful).data is old_faithful


def test_pipeline_that_cannot_take_the_points_is_told(old_faithful):
    pipeline = make_pipeline(PCA(2), SklearnMixture(2, random_state=0)).fit(gv.load_dataset("iris").points)

    with pytest.raises(
        gv.InputError, match=r"^the pipeline cannot transform Old Faithful: X has 2 features"
    ) as caught:
        gv.record(pipeline, old_faithful)
    assert caught.value.place == ("model",)
