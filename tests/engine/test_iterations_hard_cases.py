"""Data that breaks naive EM, each case with the right answer and not only without a crash."""

import mmap
import tracemalloc

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


def clouds(seed=0, n=200):
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [rng.standard_normal((n, 2)), [4, 1] + rng.standard_normal((n, 2)) @ [[1, 0.5], [0, 0.6]]]
    )


def start_of(points, scale=1.0, shift=0.0):
    return gv.Mixture(
        [0.5, 0.5], np.array([[0.0, 0.0], [4.0, 1.0]]) * scale + shift, np.array([np.eye(2)] * 2) * scale**2
    )


@pytest.mark.parametrize("shift", [1e8, -3e10])
def test_offset_changes_nothing(shift):
    # Numbers that are the same after the shift and back: an offset costs digits before we see the data.
    points = np.round(clouds() * 1024) / 1024
    plain = gv.fit(points, start_of(points), max_iter=20, tol=0, reg_covar=0)[-1]
    moved = gv.fit(points + shift, start_of(points, shift=shift), max_iter=20, tol=0, reg_covar=0)[-1]

    assert_allclose(moved.mixture.means - shift, plain.mixture.means, atol=abs(shift) * 4e-16)
    assert_allclose(moved.mixture.covariances, plain.mixture.covariances, rtol=1e-9)
    assert_allclose(moved.log_likelihood, plain.log_likelihood, rtol=1e-10)


@pytest.mark.parametrize("scale", [1e-150, 1e-30, 1e30, 1e150])
def test_scale_changes_nothing(scale):
    points = clouds()
    plain = gv.fit(points, start_of(points), max_iter=20, tol=0)[-1]
    scaled = gv.fit(points * scale, start_of(points, scale=scale), max_iter=20, tol=0)[-1]

    assert_allclose(scaled.mixture.means, plain.mixture.means * scale, rtol=1e-9)
    assert_allclose(scaled.mixture.covariances, plain.mixture.covariances * scale**2, rtol=1e-9)
    shift = 2 * len(points) * np.log(scale)
    assert_allclose(scaled.log_likelihood, plain.log_likelihood - shift, rtol=1e-12)


def test_features_of_very_different_units(old_faithful):
    units = np.array([1e-120, 1e120])
    start = gv.RandomPoints(seed=1).mixture(old_faithful, 2)
    scaled = gv.Mixture(start.weights, start.means * units, start.covariances * np.outer(units, units))

    plain = gv.fit(old_faithful.points, start, max_iter=10, tol=0)[-1].mixture
    other = gv.fit(old_faithful.points * units, scaled, max_iter=10, tol=0)[-1].mixture

    assert_allclose(other.means, plain.means * units, rtol=1e-9)


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("units", [[1e-152, 1], [1e-150, 1e150], [1, 1e-100], [1e150, 1e150]])
def test_any_start_fits_in_any_units(old_faithful, units, covariance_type):
    points = old_faithful.points * units
    apart = max(units) / min(units)
    for name in [name for name in gv.STARTS if name != "given"]:
        settings = {"n_components": 2, "max_iter": 4, "tol": 0, "covariance_type": covariance_type}
        if covariance_type == "spherical" and apart > 1e140:
            with pytest.raises(gv.InputError, match="has one variance for all features, but x"):
                gv.fit(points, name, **settings)
            continue
        trace = gv.fit(points, name, **settings)
        for snapshot in trace:
            mixture = snapshot.mixture
            assert_allclose(mixture.log_prob(points).sum(), snapshot.log_likelihood, rtol=1e-9)
            gv.Mixture(mixture.weights, mixture.means, mixture.covariances)
        if covariance_type != "spherical":
            shift = 272 * np.log(units).sum()
            plain = gv.fit(old_faithful.points, name, **settings)
            assert_allclose(trace.log_likelihoods, plain.log_likelihoods - shift, rtol=1e-9)


@pytest.mark.parametrize("n_points", [60, 272])
@pytest.mark.parametrize("scale", [1e-150, 1e-100, 1e100, 1e150])
def test_absolute_regularization_in_any_units(old_faithful, scale, n_points):
    """Added to variances of 1e-300 it is all there is; added to 1e300, it is nothing."""
    points = old_faithful.points[:n_points] * scale

    mixture = gv.fit(points, n_components=2, reg_covar=1e-6, max_iter=3)[-1].mixture

    own = (
        gv.fit(points, n_components=2, reg_covar=0, max_iter=3)[-1].mixture.covariances
        if scale > 1
        else np.zeros((2, 2, 2))
    )
    assert_allclose(mixture.covariances, own + 1e-6 * np.eye(2), rtol=1e-9, atol=1e-30)
    gv.GaussianMixture(2, random_state=0).fit(points).predict(points)


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (
            1e-300,
            "Old Faithful spreads over 1e-300 in eruption (min), whose square is no number: multiply it by a power of ten",
        ),
        (
            1e-155,
            "Old Faithful spreads over 1e-155 in eruption (min), whose square is no number: multiply it by a power of ten",
        ),
        (
            1e151,
            "Old Faithful spreads over 1e+152 in waiting (min), whose square is no number: divide it by a power of ten",
        ),
        (
            1e300,
            "Old Faithful spreads over 1e+300 in eruption (min), whose square is no number: divide it by a power of ten",
        ),
    ],
)
def test_units_whose_squares_are_no_numbers_are_told(old_faithful, scale, message):
    data = gv.Dataset(old_faithful.points * scale, old_faithful.feature_names, "Old Faithful")

    for name in [name for name in gv.STARTS if name != "given"]:
        with pytest.raises(gv.InputError) as caught:
            gv.fit(data, name, n_components=2)
        assert str(caught.value) == message
    with pytest.raises(gv.InputError) as caught:
        gv.GaussianMixtureModel(2).fit(data)
    assert str(caught.value) == message


def test_large_covariances_to_begin_with_are_taken(old_faithful):
    start = gv.Mixture([0.5, 0.5], [[2, 50], [4, 80]], [1e200 * np.eye(2)] * 2)

    trace = gv.fit(old_faithful, start, max_iter=2, reg_covar=0)

    assert_allclose(trace[0].log_likelihood, -272 * np.log(2 * np.pi * 1e200), rtol=1e-9)
    assert np.isfinite(trace.log_likelihoods).all()


def exact_step(points, weights, means, variances):
    """One EM step of a one-dimensional mixture in 60 digits."""
    with mpmath.workdps(60):
        x = [mpmath.mpf(float(p)) for p in points]
        joint = [
            [
                mpmath.mpf(w)
                * mpmath.exp(-((p - mpmath.mpf(m)) ** 2) / (2 * mpmath.mpf(v)))
                / mpmath.sqrt(mpmath.mpf(v))
                for w, m, v in zip(weights, means, variances, strict=True)
            ]
            for p in x
        ]
        resp = [[j / sum(row) for j in row] for row in joint]
        counts = [sum(row[k] for row in resp) for k in range(2)]
        new_means = [sum(row[k] * p for row, p in zip(resp, x, strict=True)) / counts[k] for k in range(2)]
        new_variances = [
            sum(row[k] * (p - new_means[k]) ** 2 for row, p in zip(resp, x, strict=True)) / counts[k]
            for k in range(2)
        ]
        log_likelihood = sum(mpmath.log(sum(row) / mpmath.sqrt(2 * mpmath.pi)) for row in joint)
        return [[float(v) for v in values] for values in (counts, new_means, new_variances)], float(log_likelihood)


@pytest.mark.parametrize("ratio", [1e3, 1e5, 1e7])
def test_tiny_far_clouds_keep_their_digits(ratio):
    """Two clouds of width 1, `ratio` apart: the squares of the places need twice its digits."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.standard_normal(40), ratio + rng.standard_normal(40)])
    weights, means, variances = [0.5, 0.5], [0.3, ratio - 0.4], [1.4, 0.8]
    start = gv.Mixture(weights, np.array(means)[:, None], np.array(variances)[:, None, None])

    (counts, new_means, new_variances), log_likelihood = exact_step(points, weights, means, variances)
    trace = gv.fit(points, start, max_iter=1, tol=0, reg_covar=0)

    # A place is known to eps * ratio, the distance over which it is measured.
    assert_allclose(trace[0].counts, counts, rtol=1e-9)
    assert_allclose(trace[0].log_likelihood, log_likelihood, rtol=1e-9)
    assert_allclose(trace[1].mixture.means[:, 0], new_means, rtol=1e-12, atol=2.3e-16 * ratio)
    assert_allclose(trace[1].mixture.covariances[:, 0, 0], new_variances, rtol=max(1e-9, 1e-15 * ratio))


def test_leap_into_tiny_clouds_keeps_its_digits():
    """The start is as wide as the data, so the fast route is taken; where it leads, its sums would cancel."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.standard_normal(40), 1e7 + rng.standard_normal(40)])[:, None]
    start = gv.Mixture([0.5, 0.5], [[0.0], [1e7]], [[[1e12]], [[1e12]]])

    mixture = gv.fit(points, start, max_iter=1, tol=0, reg_covar=0)[-1].mixture

    expected = [points[:40].var(), points[40:].var()]
    assert_allclose(mixture.covariances[:, 0, 0], expected, rtol=1e-7)


def test_duplicates_fit_one_small_gaussian():
    trace = gv.fit(np.tile([2.0, 3.0], (30, 1)), n_components=1)

    assert trace.converged
    assert trace[-1].mixture.means.tolist() == [[2, 3]]
    assert_allclose(trace[-1].mixture.covariances[0], 1e-6 * np.eye(2), rtol=1e-9)


def test_duplicates_without_regularization_collapse():
    trace = gv.fit(np.tile([2.0, 3.0], (30, 1)), n_components=2, reg_covar=0)

    assert trace.stop_reason == "collapsed"
    assert [event.kind for _, event in trace.events] == ["collapsed"]


def test_more_components_than_distinct_points():
    points = np.repeat([[0.0, 0.0], [1.0, 5.0]], 20, axis=0)
    trace = gv.fit(points, gv.RandomPoints(seed=1), n_components=4)

    assert trace.stop_reason in ("converged", "max_iter")
    densest = trace[-1].mixture.means[trace[-1].mixture.weights > 0.01]
    assert all(np.abs(points - mean).sum(axis=1).min() < 0.01 for mean in densest) or len(densest) == 4


def test_constant_feature_does_not_disturb_the_others(old_faithful):
    points = old_faithful.points
    start = gv.RandomPoints(seed=1).mixture(old_faithful, 2)
    wide = np.column_stack([points, np.full(len(points), 7e5)])
    covariances = np.zeros((2, 3, 3))
    covariances[:, :2, :2], covariances[:, 2, 2] = start.covariances, 1.0
    wide_start = gv.Mixture(start.weights, np.column_stack([start.means, [7e5, 7e5]]), covariances)

    plain = gv.fit(points, start, max_iter=10, tol=0)[-1].mixture
    other = gv.fit(wide, wide_start, max_iter=10, tol=0)[-1].mixture

    assert_allclose(other.means[:, :2], plain.means, rtol=1e-8)
    assert_allclose(other.means[:, 2], 7e5)
    assert_allclose(other.covariances[:, :2, :2], plain.covariances, rtol=1e-7)


def test_outlier_gets_its_own_component_or_stretches_one():
    points = np.vstack([clouds(), [[1e6, 1e6]]])
    trace = gv.fit(points, gv.Mixture([0.5, 0.5], [[2, 0], [1e6, 1e6]], [np.eye(2) * 9, np.eye(2) * 9]))

    assert_allclose(trace[-1].mixture.weights, [400 / 401, 1 / 401], rtol=1e-6)
    assert_allclose(trace[-1].mixture.means[0], clouds().mean(axis=0), rtol=1e-6)


def test_means_far_outside_the_data_come_back():
    points = clouds()
    start = gv.Mixture([0.5, 0.5], [[1e9, 1e9], [-1e9, -1e9]], [np.eye(2) * 1e18] * 2)
    trace = gv.fit(points, start)

    assert_allclose(trace[-1].mixture.weights @ trace[-1].mixture.means, points.mean(axis=0), rtol=1e-6, atol=1e-6)
    assert (np.abs(trace[-1].mixture.means) < 10).all()


def test_component_dies_with_an_event_and_stays_in_its_place():
    points = clouds()
    start = gv.Mixture([0.5, 0.5], [[2, 0], [1e5, 1e5]], [np.eye(2) * 9, np.eye(2)])
    trace = gv.fit(points, start, max_iter=5, tol=0)

    assert trace[0].counts[1] == 0
    assert trace[-1].mixture.weights.tolist() == [1, 0]
    assert_allclose(trace[-1].mixture.means[1], [1e5, 1e5])
    assert_allclose(trace[-1].mixture.means[0], points.mean(axis=0), atol=1e-12)


def test_fall_of_the_likelihood_leaves_an_event():
    points = clouds()
    start = gv.fit(points, start_of(points), reg_covar=0)[-1].mixture
    trace = gv.fit(points, start, reg_covar=0.5, max_iter=3, tol=0)

    assert trace.log_likelihoods[1] < trace.log_likelihoods[0]
    assert trace[1].events[0].kind == "decreased"
    assert trace[1].events[0].message.startswith("the log-likelihood fell by ")


def test_collapse_can_raise():
    points = np.vstack([clouds(), [[30, 30]]])
    start = gv.Mixture([0.9, 0.1], [[2, 0], [30, 30]], [np.eye(2) * 9, np.eye(2) * 0.1])

    with pytest.raises(gv.CollapseError) as caught:
        gv.fit(points, start, reg_covar=0, on_collapse="raise")

    assert str(caught.value) == (
        "component 2 has collapsed onto point 401 after 0 iterations: set reg_covar, fit fewer components, "
        "or let on_collapse='restart' try other starts"
    )


def test_collapse_can_start_again():
    points = clouds(n=30)
    start = gv.OnPoint(point=3, width=1e-3, seed=0)
    stopped = gv.fit(points, start, n_components=2, reg_covar=0)
    assert stopped.stop_reason == "collapsed"

    trace = gv.fit(points, gv.RandomPoints(seed=0, scale=0.02), n_components=8, reg_covar=0, on_collapse="restart")

    reasons = [attempt.stop_reason for attempt in trace.attempts]
    assert reasons[0] == "collapsed"
    assert trace.stop_reason == reasons[-1] != "collapsed"


def test_restarts_keep_every_trace_and_return_the_best(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=0), n_components=3, n_init=4, max_iter=30)

    assert len(trace.attempts) == 4
    assert trace[-1].log_likelihood == max(attempt[-1].log_likelihood for attempt in trace.attempts)


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_kind_and_layout_of_the_array_do_not_matter(dtype, order):
    points = np.round(clouds() * 8)
    expected = gv.fit(points, start_of(points, scale=8), max_iter=5)[-1].mixture
    given = np.array(points, dtype=dtype, order=order)
    given.flags.writeable = False

    assert_allclose(
        gv.fit(given, start_of(points, scale=8), max_iter=5)[-1].mixture.means, expected.means, rtol=1e-12
    )


def test_list_and_one_feature_are_data_too():
    trace = gv.fit([1, 2, 3, 4, 20, 21, 22], gv.KMeans(), n_components=2)

    assert trace.data.points.shape == (7, 1)
    assert_allclose(np.sort(trace[-1].mixture.means[:, 0]), [2.5, 21], atol=1e-6)


def test_one_point_is_enough_for_one_component():
    assert gv.fit([[1.0, 2.0]], n_components=1)[-1].mixture.means.tolist() == [[1, 2]]


@pytest.mark.parametrize(("n_features", "n_components"), [(50, 3), (2, 100), (20, 20)])
def test_many_features_and_components(n_features, n_components):
    rng = np.random.default_rng(0)
    points = rng.standard_normal((3000, n_features)) + 3 * rng.integers(0, 2, (3000, 1))
    trace = gv.fit(points, gv.KMeans(), n_components=n_components, max_iter=5, tol=0)

    assert (np.diff(trace.log_likelihoods) > 0).all()
    assert_allclose(trace.responsibilities(-1).sum(axis=1), 1, rtol=1e-9)


def test_memory_mapped_file_is_read_block_by_block(tmp_path, truth):
    points, _ = truth.sample(60_000, seed=0)
    np.save(tmp_path / "points.npy", points.astype(np.float32))
    data = gv.NpyFile(path="points.npy").load(tmp_path)

    owner = data.points
    while isinstance(owner, np.ndarray):
        owner = owner.base
    assert isinstance(owner, mmap.mmap)
    trace = gv.fit(data, truth, max_iter=3)
    assert_allclose(
        trace[-1].mixture.means, gv.fit(points, truth, max_iter=3)[-1].mixture.means, rtol=1e-4, atol=1e-5
    )


def test_memory_does_not_grow_with_a_memory_mapped_file(tmp_path, truth):
    """The way to data larger than memory: what a fit allocates is the same for any number of points."""
    points, _ = truth.sample(100_000, seed=0)
    peaks = []
    for copies in (4, 20):
        path = tmp_path / f"points{copies}.npy"
        file = np.lib.format.open_memmap(path, mode="w+", dtype=np.float64, shape=(copies * len(points), 2))
        for i in range(copies):
            file[i * len(points) : (i + 1) * len(points)] = points
        del file
        data = gv.NpyFile(path=str(path)).load()
        tracemalloc.start()
        trace = gv.fit(data, gv.RandomPoints(seed=2), n_components=3, max_iter=3, tol=0)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(trace) == 4

    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 0.3 * data.points.nbytes


def test_data_too_large_to_be_summed_are_refused():
    with pytest.raises(gv.InputError) as caught:
        gv.fit([[1.5e308, 0], [1.5e308, 1], [-1.5e308, 2]], n_components=1)

    assert str(caught.value) == (
        "the data are so large that their sum is no number: divide them by a power of ten"
    )


def with_constants(n_constant):
    return np.column_stack([clouds(), np.tile([7.0, 0.1][:n_constant], (400, 1))])


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag"])
def test_constant_feature_without_regularization_is_named(covariance_type):
    trace = gv.fit(with_constants(1), n_components=2, covariance_type=covariance_type, reg_covar=0)

    event = trace[-1].events[-1]
    assert (trace.stop_reason, event.message, event.point) == ("collapsed", "feature 'x3' is constant", None)


def test_constant_features_are_no_collapse_of_spheres():
    assert gv.fit(with_constants(1), n_components=2, covariance_type="spherical", reg_covar=0).converged


def test_constant_features_are_named_when_raising():
    with pytest.raises(gv.CollapseError) as caught:
        gv.fit(with_constants(2), n_components=2, reg_covar=0, on_collapse="raise")

    assert str(caught.value) == (
        "features 'x3' and 'x4' are constant, so that every covariance is singular: set reg_covar, or leave "
        "constant features out"
    )


def test_restarts_that_all_collapse_return_the_best_of_them():
    trace = gv.fit(with_constants(1), n_components=2, reg_covar=0, on_collapse="restart")

    assert trace.stop_reason == "collapsed"
    assert len(trace.attempts) == 11
    assert trace[-1].objective == max(attempt[-1].objective for attempt in trace.attempts)
