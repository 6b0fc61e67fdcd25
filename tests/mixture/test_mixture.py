import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture as SklearnMixture

import gmmviz as gv
from gmmviz.mixture import mixture as mixture_module
from gmmviz.mixture.covariance import expanded, symmetric
from gmmviz.mixture.mixture import whitened


def random_mixture(rng, n_components, n_features):
    roots = rng.standard_normal((n_components, n_features, n_features + 2))
    return gv.Mixture(
        rng.dirichlet(np.ones(n_components)),
        3 * rng.standard_normal((n_components, n_features)),
        roots @ roots.transpose(0, 2, 1),
    )


@pytest.mark.parametrize("n_features", [1, 2, 5])
def test_log_prob_equals_scipy(n_features):
    rng = np.random.default_rng(0)
    mixture = random_mixture(rng, 3, n_features)
    X = 4 * rng.standard_normal((50, n_features))

    density = sum(
        weight * multivariate_normal(mean, covariance).pdf(X)
        for weight, mean, covariance in zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
    )

    assert_allclose(mixture.log_prob(X), np.log(density), rtol=1e-10)


def test_responsibilities_sum_to_one_far_from_every_component(truth):
    X = np.array([[1e4, -1e4], [0.0, 0.0], [-1e6, 1e6]])

    responsibilities = truth.responsibilities(X)

    assert responsibilities.shape == (3, 3)
    assert_allclose(responsibilities.sum(axis=1), 1, rtol=1e-12)


def test_component_of_no_weight_takes_no_responsibility(truth):
    mixture = gv.Mixture([0.0, 0.4, 0.6], truth.means, truth.covariances)

    assert (mixture.responsibilities(truth.means)[:, 0] == 0).all()


def test_sample_has_the_moments_of_the_mixture(truth):
    points, labels = truth.sample(200_000, seed=1)

    assert_allclose(np.bincount(labels) / len(labels), truth.weights, atol=5e-3)
    for k in range(3):
        assert_allclose(points[labels == k].mean(axis=0), truth.means[k], atol=2e-2)
        assert_allclose(np.cov(points[labels == k].T), truth.covariances[k], atol=3e-2)


def test_sample_is_repeated_by_its_seed(truth):
    assert_allclose(truth.sample(10, seed=3)[0], truth.sample(10, seed=3)[0], rtol=0)
    assert (truth.sample(10, seed=3)[0] != truth.sample(10, seed=4)[0]).any()


def test_marginal_density_is_the_density_integrated(truth):
    y = np.linspace(-15, 20, 4001)
    joint = np.exp(truth.log_prob(np.column_stack([np.full_like(y, 0.7), y])))

    assert_allclose(np.exp(truth.marginal([0]).log_prob([0.7])), np.trapezoid(joint, y), rtol=1e-9)


def test_conditional_density_is_joint_over_marginal():
    mixture = random_mixture(np.random.default_rng(3), 3, 4)
    x = np.array([0.3, -1.0, 2.0, 0.5])

    conditional = mixture.condition([1, 3], x[[1, 3]])

    expected = mixture.log_prob(x[None]) - mixture.marginal([1, 3]).log_prob(x[None, [1, 3]])
    assert_allclose(conditional.log_prob(x[None, [0, 2]]), expected, rtol=1e-9)


@pytest.mark.parametrize(("features", "values"), [([0, 1], [1, 2]), ([0], [1, 2])])
def test_condition_needs_one_value_for_each_of_some_features(truth, features, values):
    with pytest.raises(gv.InputError, match="values must have shape"):
        truth.condition(features, values)


def test_arrays_cannot_be_written_to(truth):
    with pytest.raises(ValueError, match="read-only"):
        truth.means[0, 0] = 1


def test_mixture_keeps_its_own_copy():
    means = np.zeros((1, 2))
    mixture = gv.Mixture([1.0], means, [np.eye(2)])
    means[:] = 9

    assert (mixture.means == 0).all()


def test_rounding_of_a_handed_over_covariance_is_evened_out():
    tilted = np.array([[1.35, 14.3, 3e-31], [14.3 * (1 + 4e-15), 184.0, 0], [0, 0, 1e-6]])

    mixture = gv.Mixture([1.0], [[0, 0, 0]], [tilted])

    assert np.array_equal(mixture.covariances[0], mixture.covariances[0].T)
    assert_allclose(mixture.covariances[0], tilted, rtol=1e-14, atol=1e-30)


def test_single_precision_is_symmetric_to_its_own_digits():
    rounded = np.array([[[2, 1 + 1e-6], [1, 3]]], np.float32)

    assert gv.Mixture([1.0], [[0, 0]], rounded).covariances[0, 0, 1] == pytest.approx(1 + 5e-7, abs=1e-7)
    with pytest.raises(gv.InputError, match="must be symmetric"):
        gv.Mixture([1.0], [[0, 0]], rounded.astype(float))


def test_covariances_that_are_symmetric_keep_every_bit(truth):
    tiny = truth.covariances * 5e-324 / 0.5  # too small to be halved

    again = gv.Mixture(truth.weights, truth.means, truth.covariances)
    assert np.array_equal(again.covariances, truth.covariances)
    assert np.array_equal(symmetric(tiny), tiny)


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_what_scikit_learn_fitted_is_taken(covariance_type):
    X = gv.load_dataset("iris").points
    X = np.column_stack([X, np.full(len(X), 0.1)])  # a feature whose covariances are nothing but rounding
    model = SklearnMixture(3, covariance_type=covariance_type, random_state=0).fit(X)

    mixture = gv.Mixture(
        model.weights_, model.means_, expanded(model.covariances_, covariance_type, model.means_.shape)
    )

    assert_allclose(mixture.log_prob(X), model.score_samples(X), rtol=1e-9)
    assert np.array_equal(mixture.covariances, mixture.covariances.transpose(0, 2, 1))


@pytest.mark.parametrize("n_features", [1, 2, 5, 64, 70])
def test_whitening_is_a_triangular_solve(n_features):
    rng = np.random.default_rng(0)
    factor = np.tril(rng.standard_normal((n_features, n_features))) + n_features * np.eye(n_features)
    away = rng.standard_normal((n_features, 30))

    assert_allclose(factor @ whitened(factor, away), away, rtol=1e-12, atol=1e-13)


def test_small_fits_leave_the_cores_to_others(monkeypatch):
    """OpenBLAS divides any triangular solve among all threads, which wait for each other on a busy machine."""

    def solve_triangular(*_, **__):
        raise AssertionError("a solve that takes all threads")

    monkeypatch.setattr(mixture_module, "solve_triangular", solve_triangular)
    X = gv.load_dataset("wine").points[:60]
    for name in [name for name in gv.STARTS if name != "given"]:
        for algorithm in ("em", "hard_em", "kmeans"):
            trace = gv.fit(X, name, n_components=3, algorithm=algorithm)
            trace.responsibilities(-1)
    gv.half_steps(trace)
    gv.GaussianMixture(3, reg_covar=1e-6, random_state=0).fit(X).predict(X)


IDENTITIES = [np.eye(2), np.eye(2)]


@pytest.mark.parametrize(
    ("weights", "means", "covariances", "message"),
    [
        ([1.0], [[0, 0], [1, 1]], IDENTITIES, "weights must have shape (2,) to match means, not (1,)"),
        ([0.5, 0.5], [0, 1], IDENTITIES, "means must have shape (components, features), not (2,)"),
        (
            [0.5, 0.5],
            [[0, 0], [1, 1]],
            [np.eye(3), np.eye(3)],
            "covariances must have shape (2, 2, 2) to match means, not (2, 3, 3)",
        ),
        ([0.7, 0.7], [[0, 0], [1, 1]], IDENTITIES, "weights must sum to 1, not 1.4: divide each by the sum"),
        ([-0.5, 1.5], [[0, 0], [1, 1]], IDENTITIES, "weights must not be negative, not [-0.5, 1.5]"),
        ([0.5, 0.5], [[0, np.nan], [1, 1]], IDENTITIES, "means must be finite, not [[0.0, nan], [1.0, 1.0]]"),
        (
            [0.5, 0.5],
            [[0, 0], [1, 1]],
            [np.eye(2), [[1, 2], [2, 1]]],
            "covariances[1] must be positive definite, not [[1.0, 2.0], [2.0, 1.0]]",
        ),
        (
            [0.5, 0.5],
            [[0, 0], [1, 1]],
            [[[1, 0.5], [0, 1]], np.eye(2)],
            "covariances[0] must be symmetric, not [[1.0, 0.5], [0.0, 1.0]]",
        ),
        (
            [1.0],
            [[0, 0]],
            [[[1e-8, 1e-6], [1.0001e-6, 1e-3]]],
            "covariances[0] must be symmetric, not [[1e-08, 1e-06], [1.0001e-06, 0.001]]",
        ),
        (
            [1.0],
            [[0, 0]],
            [[[-1, 0], [0, 1]]],
            "covariances[0] must be positive definite, not [[-1.0, 0.0], [0.0, 1.0]]",
        ),
        ([0.5, 0.5], [[0, 0], [1]], IDENTITIES, "means must be numbers, not rows of unequal length"),
        (["a", "b"], [[0, 0], [1, 1]], IDENTITIES, "weights must be numbers, not ['a', 'b']"),
    ],
)
def test_impossible_mixture_says_what_is_wrong(weights, means, covariances, message):
    with pytest.raises(gv.InputError) as caught:
        gv.Mixture(weights, means, covariances)

    assert str(caught.value) == message


def test_points_of_other_dimension_are_refused(truth):
    with pytest.raises(gv.InputError) as caught:
        truth.log_prob(np.zeros((4, 3)))

    assert str(caught.value) == "the mixture has 2 features, the data has 3"


def test_sample_is_noise_that_is_stretched_by_each_component_and_moved_to_its_mean():
    mixture = gv.Mixture([0.5, 0.5], [[0.0, 10.0], [50.0, 0.0]], [[[4.0, 2.0], [2.0, 10.0]], np.eye(2)])
    points, labels = mixture.sample(6, seed=5)
    rng = np.random.default_rng(5)
    expected = rng.choice(2, size=6, p=[0.5, 0.5])
    first, second = rng.standard_normal((6, 2)).T
    # The Cholesky factor of the first covariance is [[2, 0], [1, 3]].
    x = np.where(expected == 0, 2 * first, 50 + first)
    y = np.where(expected == 0, 10 + first + 3 * second, second)

    assert labels.tolist() == expected.tolist()
    assert set(labels.tolist()) == {0, 1}
    assert_allclose(points, np.column_stack([x, y]))


def test_point_that_no_component_reaches_has_no_density():
    mixture = gv.Mixture([1.0, 0.0], [[0.0], [1e200]], [[[1.0]]] * 2)
    with np.errstate(over="ignore"):
        assert mixture.log_prob([[1e200]]).tolist() == [-np.inf]


@pytest.mark.parametrize(
    ("excess", "is_taken"), [(0.9e-6, True), (-0.9e-6, True), (1.1e-6, False), (-1.1e-6, False)]
)
def test_weights_sum_to_one_up_to_a_millionth(excess, is_taken):
    if is_taken:
        assert gv.Mixture([0.25, 0.75 + excess], [[0.0], [1]], [[[1.0]]] * 2).n_components == 2
    else:
        with pytest.raises(gv.InputError, match="weights must sum to 1"):
            gv.Mixture([0.25, 0.75 + excess], [[0.0], [1]], [[[1.0]]] * 2)


@pytest.mark.parametrize(("unlike", "is_taken"), [(1.4e-8, True), (1.6e-8, False)])
def test_covariances_are_symmetric_up_to_half_of_the_digits(unlike, is_taken):
    """Half of the digits of double precision: 1.49e-8 of the product of two deviations, 2 and 3."""
    covariance = [[4, 1], [1 + 6 * unlike, 9]]
    if is_taken:
        assert_allclose(gv.Mixture([1.0], [[0, 0]], [covariance]).covariances[0, 0, 1], 1 + 3 * unlike, rtol=1e-15)
    else:
        with pytest.raises(gv.InputError, match="must be symmetric"):
            gv.Mixture([1.0], [[0, 0]], [covariance])


@pytest.mark.parametrize("features", [[], [2], [0, 2]])
def test_features_that_there_are_not_are_told(truth, features):
    with pytest.raises(gv.InputError) as caught:
        truth.marginal(features)

    assert (str(caught.value), caught.value.place) == (
        f"features must be some of 0 to 1, not {features}",
        ("features",),
    )


def test_marginal_is_in_the_order_given(truth):
    turned = truth.marginal([1, 0])

    assert turned.means.tolist() == truth.means[:, ::-1].tolist()
    assert turned.covariances.tolist() == truth.covariances[:, ::-1, ::-1].tolist()


def test_condition_by_hand():
    """Given x = 2, of a covariance [[4, 2], [2, 10]]: y has the mean 1 + 2 / 4 * 2 and the variance 10 - 2 * 2 / 4."""
    mixture = gv.Mixture([1.0], [[0.0, 1.0]], [[[4.0, 2.0], [2.0, 10.0]]])
    found = mixture.condition([0], [2.0])

    assert (found.weights.tolist(), found.means.tolist(), found.covariances.tolist()) == ([1], [[2]], [[[9]]])
    with pytest.raises(gv.InputError, match="values must be finite, not"):
        mixture.condition([0], [np.inf])


def test_no_points_can_be_drawn(truth):
    points, labels = truth.sample(0)

    assert (points.shape, labels.shape) == ((0, 2), (0,))


def test_arrays_of_a_trusted_mixture_are_its_own(truth):
    arrays = [np.array(array) for array in (truth.weights, truth.means, truth.covariances)]
    mixture = gv.Mixture.trusted(*arrays)

    assert mixture.weights is arrays[0]
    assert mixture.means is arrays[1]
    assert mixture.covariances is arrays[2]
    assert not any(array.flags.writeable for array in arrays)
    with pytest.raises(gv.InputError, match="must be arrays that are known to be valid"):
        gv.Mixture.trusted([1.0], [[0.0]], [[[1.0]]])


def test_dataset_is_asked_about_its_points_and_gaps():
    mixture = gv.Mixture([0.5, 0.5], [[0.0, 0], [4, 4]], [np.eye(2)] * 2)
    whole = gv.Dataset([[0.0, 1], [3, 4]])
    gaps = gv.Dataset([[0.0, np.nan], [3, 4]], missing="marginalize")
    marked = gv.Dataset([[0.0, 7], [3, 4]], gaps=[[False, True], [False, False]])

    assert mixture.labels(whole).tolist() == [0, 1]
    assert mixture.log_prob(whole).tolist() == mixture.log_prob(whole.points).tolist()
    for data in (gaps, marked):
        asked = mixture.responsibilities(gaps.points, missing="marginalize")
        assert mixture.responsibilities(data).tolist() == asked.tolist()
        assert mixture.impute(data).tolist() == mixture.impute(gaps.points).tolist()


def test_estimator_asks_for_the_points_of_a_dataset():
    data = gv.Dataset([[0.0], [1], [5], [6]], name="four")
    fitted = gv.GaussianMixture(2).fit(data.points)
    for call in (fitted.fit, fitted.predict, fitted.score):
        with pytest.raises(gv.InputError) as caught:
            call(data)

        assert str(caught.value) == "X is a Dataset, four, where points are expected: give its .points"
