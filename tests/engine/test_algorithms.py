"""k-means and hard EM: EM's siblings, with the same kind of record."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.cluster import KMeans

import gmmviz as gv


@pytest.fixture
def start(old_faithful):
    return gv.RandomPoints(seed=15).mixture(old_faithful, 2)


def test_kmeans_equals_scikit_learn(old_faithful, start):
    trace = gv.fit(old_faithful, start, algorithm="kmeans", tol=0, max_iter=15)
    model = KMeans(2, init=start.means, n_init=1, algorithm="lloyd", tol=0).fit(old_faithful.points)

    assert_allclose(trace[-1].mixture.means, model.cluster_centers_, rtol=1e-10)
    assert np.array_equal(trace.labels(-1), model.labels_)


def test_kmeans_shows_one_sphere_for_all(old_faithful, start):
    mixture = gv.fit(old_faithful, start, algorithm="kmeans", max_iter=5)[-1].mixture

    assert mixture.weights.tolist() == [0.5, 0.5]
    assert_allclose(mixture.covariances[0], mixture.covariances[0, 0, 0] * np.eye(2), atol=1e-12)
    assert np.array_equal(mixture.covariances[0], mixture.covariances[1])


@pytest.mark.parametrize("algorithm", ["kmeans", "hard_em"])
def test_objective_never_falls_and_points_go_whole(old_faithful, start, algorithm):
    trace = gv.fit(old_faithful, start, algorithm=algorithm, reg_covar=0)

    assert (np.diff([snapshot.objective for snapshot in trace]) > -1e-9).all()
    responsibilities = trace.responsibilities(2)
    assert set(np.unique(responsibilities)) == {0.0, 1.0}
    assert_allclose(trace[2].counts, responsibilities.sum(axis=0))


def test_hard_em_fits_each_cluster_by_itself(old_faithful, start):
    trace = gv.fit(old_faithful, start, algorithm="hard_em", reg_covar=0)
    own = old_faithful.points[trace.labels(-1) == 0]

    assert_allclose(trace[-1].mixture.means[0], own.mean(axis=0), rtol=1e-9)
    assert_allclose(trace[-1].mixture.covariances[0], np.cov(own.T, bias=True), rtol=1e-9)
    assert_allclose(trace[-1].mixture.weights[0], len(own) / 272)


def test_kmeans_has_the_parameters_of_its_own_family(old_faithful, start):
    trace = gv.fit(old_faithful, start, algorithm="kmeans")

    assert trace.n_parameters == 2 * 2 + 1  # the means and one variance
    assert_allclose(trace.aic, 2 * 5 - 2 * trace[-1].log_likelihood)
    assert "covariance_type" not in trace.settings
    assert gv.fit(old_faithful, start, algorithm="hard_em").n_parameters == 11


def test_kmeans_refuses_a_covariance_family(old_faithful, start):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, start, algorithm="kmeans", covariance_type="diag")

    assert str(caught.value) == (
        "algorithm='kmeans' has covariances of its own, one sphere for all: leave out covariance_type='diag', "
        "or choose algorithm='hard_em'"
    )


def test_annealing_at_temperature_1_is_em_to_the_bit(old_faithful, start):
    plain = gv.fit(old_faithful, start, max_iter=20, tol=0)
    tempered = gv.fit(old_faithful, start, algorithm="annealing", beta=1, max_iter=20, tol=0)

    for name in ("weights", "means", "covariances", "log_likelihoods", "objectives"):
        assert np.array_equal(getattr(plain, name), getattr(tempered, name))
    assert np.array_equal(plain.responsibilities(7), tempered.responsibilities(7))


@pytest.mark.parametrize("beta", [np.inf, 1e7])
def test_annealing_with_a_large_power_is_hard_em(old_faithful, start, beta):
    hard = gv.fit(old_faithful, start, algorithm="hard_em", max_iter=10, tol=0)
    tempered = gv.fit(old_faithful, start, algorithm="annealing", beta=beta, max_iter=10, tol=0)

    for t in range(11):
        assert np.array_equal(hard.labels(t), tempered.labels(t))
        assert_allclose(hard.responsibilities(t), tempered.responsibilities(t), atol=1e-9)
    assert_allclose(hard.means, tempered.means, rtol=1e-9)
    assert_allclose(hard.objectives, tempered.objectives, rtol=1e-6)
    assert (hard.log_likelihoods == tempered.log_likelihoods).all() or beta < np.inf


@pytest.mark.parametrize("beta", [0.2, 0.7, 3.0])
@pytest.mark.parametrize("width", [1.0, 1e-5], ids=["fast", "careful"])
def test_tempered_iterations_are_those_by_hand_and_climb_the_free_energy(beta, width):
    """Responsibilities in proportion to the joint densities to the power; -F = sum of log sum_k joint^beta / beta."""
    rng = np.random.default_rng(0)
    points = 3 * rng.integers(3, size=(80, 1)) + width * rng.standard_normal((80, 2))
    begin = gv.Mixture([0.2, 0.3, 0.5], np.arange(3)[:, None] * [3.0, 3.0] + 0.2, [np.eye(2) * (0.1 + width)] * 3)
    trace = gv.fit(points, begin, algorithm="annealing", beta=beta, max_iter=8, tol=0, reg_covar=0)

    for t, snapshot in enumerate(trace):
        joint = snapshot.mixture.log_joint(points)
        powers = np.exp(beta * (joint - joint.max(axis=0)))
        r = (powers / powers.sum(axis=0)).T
        assert_allclose(trace.responsibilities(t), r, atol=1e-12)
        assert_allclose(snapshot.counts, r.sum(axis=0), rtol=1e-8)
        free = (beta * joint.max(axis=0) + np.log(powers.sum(axis=0))).sum() / beta
        assert_allclose(snapshot.objective, free, rtol=1e-9)
        assert_allclose(snapshot.log_likelihood, snapshot.mixture.log_prob(points).sum(), rtol=1e-9)
        if t < 8:
            assert_allclose(
                trace[t + 1].mixture.means, r.T @ points / r.sum(axis=0)[:, None], rtol=1e-8, atol=1e-8
            )
    assert (np.diff(trace.objectives) > -1e-8).all()


def test_whole_weights_are_repeated_points_at_any_temperature(old_faithful, start):
    times = np.random.default_rng(0).integers(0, 3, 272)
    settings = {"algorithm": "annealing", "max_iter": 20, "tol": 0}

    weighted = gv.fit(old_faithful.points, start, sample_weight=times, **settings)
    repeated = gv.fit(old_faithful.points.repeat(times, axis=0), start, **settings)

    assert_allclose(weighted.objectives, repeated.objectives, rtol=1e-12)
    assert_allclose(weighted.means, repeated.means, rtol=1e-10)


def test_schedule_is_run_through_before_the_run_may_end_and_no_fall_is_told_of_it(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=1), n_components=3, algorithm="annealing", max_iter=500)

    assert trace.betas[[0, 1, 2, 7, 8, -1]].round(3).tolist() == [0.5, 0.55, 0.605, 0.974, 1, 1]
    assert trace.converged
    assert trace[-1].iteration > 8
    assert (np.diff(trace.objectives[:9]) < 0).any()  # the free energy of another temperature
    assert (np.diff(trace.objectives[8:]) > -1e-9).all()
    assert [event.kind for _, event in trace.events] == ["converged"]
    assert_allclose(trace[-1].objective, trace[-1].log_likelihood, rtol=1e-12)


def test_hard_iterations_of_a_schedule_may_fall_as_hard_em_may(old_faithful):
    """A change of the temperature is no fall, and neither is infinity minus infinity."""
    trace = gv.fit(
        old_faithful,
        n_components=2,
        algorithm="annealing",
        beta=[np.inf, np.inf, np.inf, 1.0],
        reg_covar=30.0,
        tol=0,
        max_iter=20,
    )
    fell = np.flatnonzero(np.diff(trace.objectives) < 0) + 1

    assert [t for t, event in trace.events if event.kind == "decreased"] == [t for t in fell if t != 3]


def test_components_become_one_where_annealing_begins_hot(old_faithful):
    """As the documentation warns: at a power of a tenth, two ellipses soon lie on each other."""

    def gap(beta):
        trace = gv.fit(
            old_faithful,
            gv.RandomPoints(seed=4),
            n_components=2,
            algorithm="annealing",
            beta=beta,
            max_iter=40,
            tol=0,
        )
        return np.abs(np.diff(trace[-1].mixture.means, axis=0) / old_faithful.points.std(axis=0)).max()

    assert gap(0.1) < 1e-6
    assert gap(1.0) > 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"beta": 2}, "algorithm='em' has no beta: choose algorithm='annealing', or leave it out"),
        ({"algorithm": "annealing", "beta": 0}, "beta must be a number greater than 0, or a list of them, not 0"),
        (
            {"algorithm": "annealing", "beta": []},
            "beta must be a number greater than 0, or a list of them, not []",
        ),
        (
            {"algorithm": "annealing", "beta": [1, np.nan]},
            "beta must be a number greater than 0, or a list of them, not [1, nan]",
        ),
        (
            {"algorithm": "annealing", "beta": "hot"},
            "beta must be a number greater than 0, or a list of them, not 'hot'",
        ),
    ],
)
def test_temperature_that_is_none_is_told(old_faithful, start, settings, message):
    with pytest.raises(gv.InputError) as caught:
        gv.fit(old_faithful, start, **settings)

    assert str(caught.value) == message
    assert caught.value.place == ("beta",)


def test_scene_has_a_schedule(write_scene, small_scene):
    scene = small_scene.replace("max_iter = 3", 'max_iter = 3\nalgorithm = "annealing"\nbeta = [0.5, inf]')
    trace = gv.load_scene(write_scene(scene)).traces[0]

    assert trace.betas.tolist()[:3] == [0.5, np.inf, np.inf]
    assert set(np.unique(trace.responsibilities(1))) == {0, 1}
    assert len(np.unique(trace.responsibilities(0))) > 100
