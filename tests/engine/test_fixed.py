"""Parameters that stay: to the bit, on every route, and at the maximum of what is left."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

import gmmviz as gv
from gmmviz.engine.fixed import Fixed
from gmmviz.mixture.covariance import FAMILIES

CHOICES = [
    ["weights"],
    ["means"],
    ["covariances"],
    ["weights", "covariances"],
    ["means[1]"],
    ["means[0]", "weights[2]"],
    ["weights", "means", "covariances"],
]


def problem(seed, offset=0.0, scale=1.0):
    rng = np.random.default_rng(seed)
    centers = np.array([[0.0, 0], [4, 1], [-2, 5]])
    points = np.concatenate([center + rng.standard_normal((40, 2)) * [1, 0.6] for center in centers])
    start = gv.Mixture(
        rng.dirichlet([5, 5, 5]), centers + rng.standard_normal((3, 2)), np.eye(2) * rng.uniform(0.5, 2, (3, 1, 1))
    )
    scaled = gv.Mixture(start.weights, offset + scale * start.means, scale**2 * start.covariances)
    return offset + scale * points, scaled


def masks(fixed):
    held = Fixed.of(fixed, problem(0)[1])
    return {name: getattr(held, name) for name in ("weights", "means", "covariances")}


@pytest.mark.parametrize("fixed", CHOICES, ids=" ".join)
@pytest.mark.parametrize("algorithm", ["em", "hard_em"])
@pytest.mark.parametrize(("offset", "scale"), [(0.0, 1.0), (1e8, 1.0), (0.0, 1e-150), (0.3, 1 / 3)])
def test_fixed_parameters_have_every_bit_in_every_iteration(fixed, algorithm, offset, scale):
    points, start = problem(1, offset, scale)
    trace = gv.fit(points, start, algorithm=algorithm, fixed=fixed, max_iter=12, tol=0, reg_covar=0)

    assert len(trace) == 13
    for name, mask in masks(fixed).items():
        values = getattr(trace, name)
        assert np.array_equal(values[:, mask], np.broadcast_to(getattr(start, name)[mask], values[:, mask].shape))
    assert_allclose(trace.weights.sum(axis=1), 1, rtol=1e-14)


@pytest.mark.parametrize("fixed", CHOICES, ids=" ".join)
@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_likelihood_never_falls(fixed, covariance_type):
    for seed in range(10):
        points, start = problem(seed)
        trace = gv.fit(
            points, start, covariance_type=covariance_type, fixed=fixed, max_iter=30, tol=0, reg_covar=0
        )

        assert (np.diff(trace.log_likelihoods) > -1e-9).all()
        for name, mask in masks(fixed).items():
            moves = ~mask
            if name == "weights" and moves.sum() < 2:
                continue  # one that is left has no choice
            values = getattr(trace, name)
            assert (values[1, moves] != values[0, moves]).any() or not moves.any()


@pytest.mark.parametrize("fixed", CHOICES, ids=" ".join)
@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_every_iteration_equals_the_textbooks(fixed, covariance_type):
    points, start = problem(3)
    trace = gv.fit(points, start, covariance_type=covariance_type, fixed=fixed, max_iter=10, tol=0, reg_covar=0.01)

    for ours, quick in zip(gv.iterate(points, start, covariance_type, 0.01, fixed), trace, strict=False):
        assert_allclose(ours.mixture.weights, quick.mixture.weights, rtol=1e-10)
        assert_allclose(ours.mixture.means, quick.mixture.means, rtol=1e-10)
        assert_allclose(ours.mixture.covariances, quick.mixture.covariances, rtol=1e-10, atol=1e-11)
        assert_allclose(ours.log_likelihood, quick.log_likelihood, rtol=1e-10)
        if ours.iteration == 10:
            return


def test_mean_alone_ends_where_direct_maximization_does():
    """Two Gaussians of one feature of which only the second's mean is free: one number, found by scipy too."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, 60), rng.normal(3, 1, 90)])
    start = gv.Mixture([0.4, 0.6], [[0.0], [1.0]], [[[1.0]], [[1.0]]])

    def lost(mean):
        return -np.log(
            0.4 * multivariate_normal(0, 1).pdf(x) + 0.6 * multivariate_normal(float(mean[0]), 1).pdf(x)
        ).sum()

    trace = gv.fit(x, start, fixed=["weights", "covariances", "means[0]"], tol=0, max_iter=300)

    assert_allclose(trace[-1].mixture.means[1, 0], minimize(lost, [1.0], tol=1e-12).x[0], atol=1e-6)
    assert trace.n_parameters == 1


def test_covariance_is_around_a_fixed_mean_by_hand():
    """Points 0 and 2 around 5: squares of 25 and 9, whose mean is 17."""
    start = gv.Mixture([1.0], [[5.0]], [[[1.0]]])

    assert gv.fit([0.0, 2.0], start, fixed=["means"], max_iter=1, reg_covar=0)[1].mixture.covariances == [[[17.0]]]
    assert gv.m_step([0.0, 2.0], [[1.0], [1.0]], fixed=["means"], mixture=start).covariances == [[[17.0]]]


def test_free_weights_share_what_the_fixed_ones_leave():
    held = Fixed.of(["weights[1]"], problem(0)[1])
    fixed = held.mixture.weights[1]

    found = held.hold_weights(np.array([0.1, 0.5, 0.4]))

    assert found[1] == fixed
    assert_allclose(found[[0, 2]], (1 - fixed) * np.array([0.2, 0.8]))


@pytest.mark.parametrize(
    ("covariance_type", "fixed", "expected"),
    [
        ("full", [], 2 + 6 + 9),
        ("full", ["weights"], 6 + 9),
        ("full", ["weights[0]"], 1 + 6 + 9),
        ("full", ["weights[0]", "weights[1]"], 6 + 9),
        ("full", ["means[2]", "covariances[0]", "covariances[1]"], 2 + 4 + 3),
        ("tied", ["covariances"], 2 + 6),
        ("diag", ["covariances[1]"], 2 + 6 + 4),
        ("spherical", ["means", "covariances[1]"], 2 + 2),
    ],
)
def test_what_is_fixed_is_no_free_parameter(covariance_type, fixed, expected):
    points, start = problem(0)
    trace = gv.fit(points, start, covariance_type=covariance_type, fixed=fixed, max_iter=2)

    assert trace.n_parameters == expected
    assert_allclose(trace.bic, expected * np.log(120) - 2 * trace[-1].log_likelihood)


def test_kmeans_keeps_a_mean_that_is_fixed():
    points, start = problem(0)
    trace = gv.fit(points, start, algorithm="kmeans", fixed=["means[0]"])

    assert np.array_equal(trace.means[:, 0], np.broadcast_to(start.means[0], (len(trace), 2)))
    assert (np.diff([snapshot.objective for snapshot in trace]) > -1e-9).all()
    assert trace.n_parameters == 2 * 2 + 1


def test_fixed_component_that_nobody_wants_keeps_its_weight():
    start = gv.Mixture([0.5, 0.5], [[0.5], [1e6]], [[[1.0]], [[1.0]]])
    trace = gv.fit([0.0, 1.0, 2.0], start, fixed=["weights"], max_iter=3, tol=0)

    assert trace[-1].mixture.weights.tolist() == [0.5, 0.5]
    assert trace[-1].mixture.means[1].tolist() == [1e6]
    assert [event.message for _, event in trace.events] == ["component 2 has died: no point wants it"]


def test_fixed_narrow_covariance_is_not_said_to_be_held_open():
    start = gv.Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[1e-3]]])
    settings = {"reg_covar": 0.1, "max_iter": 2, "tol": 0}

    told = gv.fit([0.0, 0.5, 1.0, 1.01], start, fixed=["covariances"], **settings).events

    assert [event.kind for _, event in told if event.kind == "held"] == []


def test_fixed_is_saved_and_counts_when_loaded(tmp_path):
    points, start = problem(0)
    trace = gv.fit(points, start, fixed=["weights", "means[1]"], max_iter=2)
    trace.save(tmp_path / "run.npz")

    again = gv.Trace.load(tmp_path / "run.npz")

    assert again.settings["fixed"] == ["weights", "means[1]"]
    assert again.n_parameters == trace.n_parameters == 4 + 9


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fixed": "weights"}, "fixed must be a list of names, such as ['weights'], not 'weights'"),
        (
            {"fixed": ["weight"]},
            "'weight' cannot be fixed: expected 'weights', 'means', 'covariances', or one of them by number, "
            "such as 'means[0]'",
        ),
        (
            {"fixed": [0]},
            "0 cannot be fixed: expected 'weights', 'means', 'covariances', or one of them by number, "
            "such as 'means[0]'",
        ),
        ({"fixed": ["means[3]"]}, "there is no means[3] to be fixed: 3 components, counted from 0"),
        (
            {"fixed": ["covariances[0]"], "covariance_type": "tied"},
            "all components share one covariance: write 'covariances' instead of 'covariances[0]'",
        ),
        (
            {"fixed": ["means[0]", "covariances[0]"], "algorithm": "kmeans"},
            "algorithm='kmeans' has equal weights and one sphere for all, so means alone can be fixed: leave "
            "'covariances[0]' out, or choose algorithm='hard_em'",
        ),
        (
            {"fixed": ["weights"], "algorithm": "kmeans"},
            "algorithm='kmeans' has equal weights and one sphere for all, so means alone can be fixed: leave "
            "'weights' out, or choose algorithm='hard_em'",
        ),
    ],
)
def test_what_cannot_be_fixed_is_told(settings, message):
    points, start = problem(0)
    with pytest.raises(gv.InputError) as caught:
        gv.fit(points, start, **settings)

    assert str(caught.value) == message
    assert caught.value.place == ("fixed",)


def test_textbook_needs_the_mixture_of_what_is_fixed():
    with pytest.raises(gv.InputError) as caught:
        gv.m_step([0.0, 2.0], [[1.0], [1.0]], fixed=["means"])
    assert str(caught.value) == "what is fixed stays as it is in the mixture so far: give it, as mixture="

    with pytest.raises(gv.InputError) as caught:
        gv.m_step([0.0, 2.0], [[1.0], [1.0]], fixed=["means"], mixture=problem(0)[1])
    assert str(caught.value) == "the mixture must have means of shape (1, 1), not (3, 2)"


def test_scene_fixes_what_it_names(write_scene, small_scene):
    scene = small_scene.replace("max_iter = 3", 'max_iter = 3\nfixed = ["weights", "means[0]"]')
    trace = gv.load_scene(write_scene(scene)).traces[0]

    assert trace.weights.tolist() == [[0.5, 0.5]] * 4
    assert np.ptp(trace.means[:, 0], axis=0).tolist() == [0, 0]

    with pytest.raises(gv.InputError, match=r"scene.toml:7:9: model.fixed: there is no means\[4\] to be fixed"):
        gv.load_scene(write_scene(scene.replace("means[0]", "means[4]"))).check()
