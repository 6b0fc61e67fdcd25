import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.parameters import Parameter, free_parameters, named, placed


@pytest.fixture(scope="module")
def line():
    """A run of one feature and three components."""
    return gv.fit(np.array([[0.0], [1.0], [4.0], [5.0], [9.0], [9.5]]), n_components=3, max_iter=1)


def fixed(data, family="full", names=(), K=2, **settings):
    run = gv.fit(data, n_components=K, covariance_type=family, fixed=list(names), max_iter=1, **settings)
    return free_parameters(run)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("weights[2]", Parameter("weights", 2)),
        ("means[1]", Parameter("means", 1)),
        ("means[1][0]", Parameter("means", 1)),
        ("covariances[0]", Parameter("covariances", 0)),
    ],
)
def test_parameter_of_one_feature_is_found_by_its_name(line, name, expected):
    assert named(name, line) == expected
    mixture = line[-1].mixture
    assert named(name, line).of(mixture) == np.ravel(getattr(mixture, expected.kind)[expected.component])[0]


def test_mean_of_several_features_is_found_by_two_numbers(trace):
    assert named("means[1][1]", trace) == Parameter("means", 1, 1)
    assert named("means[1][1]", trace).of(trace[-1].mixture) == trace[-1].mixture.means[1, 1]


def test_variance_may_belong_to_a_sphere_or_to_all(old_faithful):
    sphere = gv.fit(old_faithful.points / [1, 14], covariance_type="spherical", n_components=2, max_iter=1)
    tied = gv.fit(old_faithful.points[:, :1], covariance_type="tied", n_components=2, max_iter=1)

    assert named("covariances[1]", sphere) == Parameter("covariances", 1)
    assert named("covariances[0]", tied) == Parameter("covariances", 0, shared=True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mean[0]", "'mean[0]' is no single parameter: write such as 'means[0]', 'means[0][1]', 'weights[0]'"),
        ("weights", "'weights' is no single parameter: write such as 'means[0]', 'means[0][1]', 'weights[0]'"),
        ("means[2][0]", "there is no means[2][0]: 2 components, counted from 0"),
        ("means[0]", "means[0] has 2 numbers: say which feature, such as 'means[0][0]'"),
        ("means[0][2]", "there is no means[0][2]: 2 features, counted from 0"),
        ("weights[0][1]", "there is no weights[0][1]: write 'weights[0]'"),
        (
            "covariances[1]",
            "covariances[1] is a matrix: only that of one feature, or a spherical one, is a single parameter",
        ),
    ],
)
def test_what_is_no_parameter_is_refused(trace, name, said):
    with pytest.raises(gv.InputError) as caught:
        named(name, trace)

    assert str(caught.value) == said


def test_free_parameters_are_those_that_are_not_fixed():
    x = np.array([[0.0], [1.0], [4.0], [5.0]])

    assert fixed(x, names=["weights", "covariances"]) == (Parameter("means", 0), Parameter("means", 1))
    assert fixed(x, names=["means", "covariances"]) == (Parameter("weights", 0),)
    assert fixed(x, names=["means", "covariances[0]", "weights[1]"]) == (Parameter("covariances", 1),)
    assert fixed(x, "tied", ["means", "weights"]) == (Parameter("covariances", 0, shared=True),)
    assert fixed(x, algorithm="kmeans") == (
        Parameter("means", 0),
        Parameter("means", 1),
        Parameter("covariances", 0, shared=True),
    )
    assert len(fixed(x)) == 5


def test_matrices_are_no_single_parameters(old_faithful):
    data = gv.Dataset(old_faithful.points / [1, 14])

    assert fixed(data) == ()
    assert len(fixed(data, "spherical")) == 1 + 4 + 2
    assert len(fixed(data, names=["covariances", "weights"])) == 4


def test_values_are_placed_and_the_rest_stays():
    mixture = gv.Mixture([0.5, 0.3, 0.2], [[0.0], [1.0], [2.0]], [[[1.0]], [[2.0]], [[3.0]]])
    changed = placed(mixture, [Parameter("weights", 0), Parameter("means", 2)], [0.2, 9.0])

    assert_allclose(changed.weights, [0.2, 0.8 * 0.6, 0.8 * 0.4])
    assert_allclose(changed.means.ravel(), [0, 1, 9])
    assert_allclose(changed.covariances.ravel(), [1, 2, 3])
    own = placed(mixture, [Parameter("covariances", 1)], [7.0])
    every = placed(mixture, [Parameter("covariances", 1, shared=True)], [7.0])
    assert_allclose(own.covariances.ravel(), [1, 7, 3])
    assert_allclose(every.covariances.ravel(), [7, 7, 7])
    assert_allclose(mixture.means.ravel(), [0, 1, 2])


def test_there_is_no_mixture_of_such_values():
    mixture = gv.Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[2.0]]])
    first, second = Parameter("weights", 0), Parameter("weights", 1)

    assert placed(mixture, [first], [1.0]) is None
    assert placed(mixture, [first], [-0.1]) is None
    assert placed(mixture, [first, second], [0.5, 0.5]) is None
    assert placed(mixture, [Parameter("covariances", 0)], [0.0]) is None
