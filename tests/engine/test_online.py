"""Online EM against its recursion written out, and against EM where both are the same."""

from itertools import repeat

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.online import Online
from gmmviz.mixture.covariance import FAMILIES


def problem(n=60, scale=1.0, offset=0.0):
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=n)
    points = np.array([[0.0, 0], [4, 1]])[labels] + rng.standard_normal((n, 2)) * [1, 0.7]
    start = gv.Mixture(
        [0.4, 0.6],
        offset + scale * np.array([[0.5, 0.5], [3, 1]]),
        [scale**2 * np.array([[1.5, 0.2], [0.2, 1]])] * 2,
    )
    return offset + scale * points, labels, start


def recursion(points, start, online, n_passes, covariance_type="full", weights=None):
    """Cappé & Moulines (2009), eqs. 8 and 9, with the raw moments 1, x and x x^T of every component."""
    N, weights = len(points), np.ones(len(points)) if weights is None else np.asarray(weights)
    rng, mixture, t = np.random.default_rng(online.seed), start, 0
    s0, s1 = mixture.weights, mixture.weights[:, None] * mixture.means
    s2 = mixture.weights[:, None, None] * (
        mixture.covariances + mixture.means[:, :, None] * mixture.means[:, None, :]
    )
    for _ in range(n_passes):
        order = rng.permutation(N)
        for begin in range(0, N, online.batch_size):
            rows = order[begin : begin + online.batch_size]
            t += 1
            step = (t + online.offset) ** -online.decay
            x = points[rows]
            r = mixture.responsibilities(x) * (weights[rows] / weights.mean())[:, None]
            s0 = (1 - step) * s0 + step * r.mean(axis=0)
            s1 = (1 - step) * s1 + step * np.einsum("nk,nd->kd", r, x) / len(rows)
            s2 = (1 - step) * s2 + step * np.einsum("nk,nd,ne->kde", r, x, x) / len(rows)
            means = s1 / s0[:, None]
            covariances = s2 / s0[:, None, None] - means[:, :, None] * means[:, None, :]
            mixture = gv.Mixture(s0 / s0.sum(), means, FAMILIES[covariance_type](covariances, s0))
        yield mixture


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_pass_is_the_recursion(covariance_type, weighted):
    points, _, start = problem()
    online = gv.Online(batch_size=7, decay=0.7, offset=2.0, seed=5)
    weights = np.random.default_rng(3).uniform(0.2, 3, len(points)) if weighted else None
    if covariance_type != "full":
        start = gv.Mixture(start.weights, start.means, FAMILIES[covariance_type](start.covariances, np.ones(2)))

    trace = gv.fit(
        points,
        start,
        algorithm="online_em",
        online=online,
        covariance_type=covariance_type,
        sample_weight=weights,
        max_iter=4,
        tol=0,
        reg_covar=0,
    )

    by_hand = list(recursion(points, start, online, 4, covariance_type, weights))
    for snapshot, mixture in zip(trace[1:], by_hand, strict=True):
        assert_allclose(snapshot.mixture.weights, mixture.weights, rtol=1e-10)
        assert_allclose(snapshot.mixture.means, mixture.means, rtol=1e-9)
        assert_allclose(snapshot.mixture.covariances, mixture.covariances, rtol=1e-8, atol=1e-12)
        total = mixture.log_prob(points) @ (np.ones(60) if weights is None else weights)
        assert_allclose(snapshot.log_likelihood, total, rtol=1e-10)


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_one_batch_of_all_points_with_whole_steps_is_em_to_the_bit(monkeypatch, covariance_type):
    monkeypatch.setattr(Online, "steps", lambda self: repeat(1.0))
    points, _, start = problem()
    settings = {"covariance_type": covariance_type, "max_iter": 20, "tol": 0}

    plain = gv.fit(points, start, **settings)
    online = gv.fit(points, start, algorithm="online_em", online=gv.Online(batch_size=60), **settings)

    for name in ("weights", "means", "covariances", "objectives"):
        assert np.array_equal(getattr(plain, name), getattr(online, name))


def test_first_step_without_an_offset_is_whole():
    points, _, start = problem()
    online = gv.fit(
        points, start, algorithm="online_em", online=gv.Online(batch_size=60, offset=0), max_iter=2, tol=0
    )
    plain = gv.fit(points, start, max_iter=2, tol=0)

    assert np.array_equal(online[1].mixture.means, plain[1].mixture.means)
    assert online[2].log_likelihood < plain[2].log_likelihood
    assert list(zip(range(3), gv.Online(decay=1, offset=1).steps(), strict=False)) == [
        (0, 1 / 2),
        (1, 1 / 3),
        (2, 1 / 4),
    ]


def test_order_of_the_points_is_the_seeds():
    points, _, start = problem()

    def run(seed):
        online = gv.Online(batch_size=10, seed=seed)
        return gv.fit(points, start, algorithm="online_em", online=online, max_iter=3).means

    assert np.array_equal(run(1), run(1))
    assert not np.allclose(run(1), run(2), atol=1e-6)


def test_many_points_take_few_passes(old_faithful):
    rng = np.random.default_rng(1)
    fitted = gv.fit(old_faithful, gv.RandomPoints(seed=3), n_components=2)
    points, _ = fitted[-1].mixture.sample(20_000, rng)
    start = fitted[0].mixture
    best = gv.fit(points, start)

    online = gv.fit(points, start, algorithm="online_em", max_iter=2)

    lost = best.average_log_likelihoods[-1] - online.average_log_likelihoods
    assert lost[1] < 3e-3 < 1e-1 < best.average_log_likelihoods[-1] - best.average_log_likelihoods[1]


def test_fall_of_the_likelihood_is_no_event_and_a_quiet_pass_no_end(old_faithful):
    online = gv.Online(batch_size=20)
    trace = gv.fit(
        old_faithful, gv.RandomPoints(seed=3), n_components=2, algorithm="online_em", online=online, max_iter=60
    )

    assert (np.diff(trace.log_likelihoods) < -0.01).any()
    assert trace.events == ()
    still = gv.fit(old_faithful, trace[-1].mixture, algorithm="online_em", online=online, tol=1.0)
    assert (still.stop_reason, still[-1].iteration) == ("converged", 5)


def test_labels_gaps_priors_and_fixed_parameters_hold():
    points, labels, start = problem()
    known = np.where(np.arange(60) < 20, labels, -1)
    points[::7, 1], points[10] = np.nan, np.nan
    settings = {"algorithm": "online_em", "max_iter": 30, "tol": 0, "missing": "marginalize"}
    trace = gv.fit(
        points, start, labels=known, prior=True, fixed=["means[0]"], online=gv.Online(batch_size=8), **settings
    )

    assert np.array_equal(trace.means[:, 0], np.broadcast_to(start.means[0], (31, 2)))
    assert np.array_equal(trace.labels(-1)[:20], labels[:20])
    best = gv.fit(points, start, labels=known, prior=True, fixed=["means[0]"], missing="marginalize")
    assert best.objectives[-1] - 0.3 < trace.objectives[-1] <= best.objectives[-1]


@pytest.mark.parametrize(("scale", "offset"), [(1e-150, 0.0), (1.0, 1e8), (1e100, 0.0)])
def test_scale_and_offset_change_nothing(scale, offset):
    def run(scale, offset):
        points, _, start = problem(scale=scale, offset=offset)
        return gv.fit(points, start, algorithm="online_em", max_iter=5, tol=0, reg_covar=0)[-1].mixture

    plain, other = run(1.0, 0.0), run(scale, offset)

    rtol = 1e-6 if offset else 1e-9
    assert_allclose((other.means - offset) / scale, plain.means, rtol=rtol)
    assert_allclose(other.covariances / scale / scale, plain.covariances, rtol=rtol)


def test_collapse_within_a_pass_is_told():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [50, 50]])
    start = gv.Mixture([0.5, 0.5], [[0.5, 0.5], [50, 50]], [np.eye(2), np.eye(2)])

    trace = gv.fit(points, start, algorithm="online_em", online=gv.Online(batch_size=2, offset=0), reg_covar=0)

    assert trace.stop_reason == "collapsed"


def test_batch_of_points_that_hardly_count_moves_nothing():
    online = gv.Online(batch_size=1, offset=0, seed=1)
    (first, *_) = np.random.default_rng(1).permutation(8)
    weights = np.where(np.arange(8) == first, 1e-20, 1.0)
    start = gv.Mixture([0.5, 0.5], [[0], [7]], [[[4]], [[4]]])

    trace = gv.fit(np.arange(8.0), start, sample_weight=weights, algorithm="online_em", online=online, max_iter=1)

    assert np.isfinite(trace.means).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"online": gv.Online()},
            "algorithm='em' has no batches: choose algorithm='online_em', or leave out online",
        ),
        ({"online": 3, "algorithm": "online_em"}, "online must be a gmmviz.Online, not 3"),
        (
            {"beta": 2, "algorithm": "online_em"},
            "algorithm='online_em' has no beta: choose algorithm='annealing', or leave it out",
        ),
    ],
)
def test_setting_of_another_algorithm_is_told(settings, message):
    points, _, start = problem()
    with pytest.raises(gv.InputError) as caught:
        gv.fit(points, start, **settings)

    assert str(caught.value) == message


@pytest.mark.parametrize("settings", [{"decay": 0.5}, {"decay": 1.1}, {"batch_size": 0}, {"offset": -1}])
def test_steps_that_cannot_settle_are_refused(settings):
    (name,) = settings
    with pytest.raises(gv.InputError, match=name):
        gv.Online(**settings)


def test_scene_has_a_table_for_the_steps(write_scene, small_scene, tmp_path):
    scene = small_scene.replace("components = 2", 'components = 2\nalgorithm = "online_em"').replace(
        "[pace]", "[model.online]\nbatch_size = 20\n[pace]"
    )
    trace = gv.load_scene(write_scene(scene)).traces[0]
    trace.save(tmp_path / "run.npz")

    assert trace.settings["online"] == {"batch_size": 20, "decay": 0.6, "offset": 1.0, "seed": 0}
    assert gv.Trace.load(tmp_path / "run.npz").settings["online"] == trace.settings["online"]
    gv.load_scene(write_scene(scene)).animation().still(tmp_path / "x.png", at="M1")
    with pytest.raises(gv.InputError, match=r"scene.toml:\d+:\d+: model.online.decay: .*0.5"):
        gv.load_scene(write_scene(scene.replace("batch_size = 20", "decay = 0.5"))).check()
