import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.projection import Projection


@pytest.fixture(scope="module")
def wine():
    return gv.load_dataset("wine", features=["alcohol", "flavanoids", "hue", "proline"])


@pytest.fixture(scope="module")
def mixture(wine):
    return gv.fit(wine, "kmeans", n_components=3, max_iter=20)[-1].mixture


@pytest.mark.parametrize("features", [("hue", "alcohol"), (3, 1), "pca", None])
def test_marginal_of_the_projected_mixture_is_the_projected_marginal(wine, mixture, features):
    """Moments of many projected draws agree with the projected mixture's own."""
    projection = Projection.of(wine, features, 2)
    drawn = projection.points(mixture.sample(200_000, seed=0)[0])
    shown = projection.mixture(mixture)
    mean = shown.weights @ shown.means
    second = np.einsum("k,kij->ij", shown.weights, shown.covariances)
    away = shown.means - mean
    covariance = second + np.einsum("k,ki,kj->ij", shown.weights, away, away)
    scale = np.sqrt(np.diagonal(covariance))

    assert_allclose((drawn.mean(axis=0) - mean) / scale, 0, atol=0.01)
    assert_allclose(np.cov(drawn.T) / np.outer(scale, scale), covariance / np.outer(scale, scale), atol=0.02)


def test_chosen_features_are_the_exact_marginal(wine, mixture):
    projection = Projection.of(wine, ("hue", 1), 2)

    assert projection.names == ("hue", "alcohol (%)")
    assert projection.note == "2 of 4 features (exact marginal)"
    assert_allclose(projection.points(wine.points), wine.points[:, [2, 0]])
    assert_allclose(projection.mixture(mixture).covariances, mixture.marginal([2, 0]).covariances)


def test_principal_components_are_uncorrelated_and_largest_first(wine):
    shown = Projection.of(wine, "pca", 2).points(wine.points)
    covariance = np.cov(shown.T)

    assert abs(covariance[0, 1]) < 1e-9
    assert covariance[0, 0] > covariance[1, 1]


def test_names_tell_how_much_of_the_variance_is_shown():
    data = gv.load_dataset("iris")

    assert Projection.of(data, None, 2).names == ("principal component 1 (73 %)", "principal component 2 (23 %)")
    assert Projection.of(data, None, 2).note == "96 % of the variance of 4 standardized features"


def test_as_many_features_as_axes_are_shown_as_they_are(trace):
    projection = Projection.of(trace.data, None, 2)

    assert projection.points(trace.data.points) is trace.data.points
    assert projection.mixture(trace[0].mixture) is trace[0].mixture


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (("hues", 1), "Wine has no feature 'hues'; did you mean 'hue'?"),
        ((5, 1), "there is no feature 5; Wine has 4"),
        ((1, "alcohol"), "one feature is named twice: [1, 'alcohol']"),
        ((1,), "the panel draws 2 features, not 1: [1]"),
    ],
)
def test_features_that_are_not_there_are_named(wine, features, message):
    with pytest.raises(gv.InputError) as caught:
        Projection.of(wine, features, 2)

    assert str(caught.value) == message
