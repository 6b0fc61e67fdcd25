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
    assert projection.note == "2 of 4 features shown"
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


def test_principal_components_of_a_line_are_worked_out_by_hand():
    # x and 2 x: each divided by its deviation they are equal, and the first component is their sum over root 2.
    data = gv.Dataset(np.array([[-1.0, -2.0, 7.0], [0.0, 0.0, 7.0], [1.0, 2.0, 7.0]]), ("a", "b", "c"), "line")
    projection = Projection.of(data, "pca", 2)
    sigma = np.sqrt(2 / 3)

    assert_allclose(projection.points(data.points)[:, 0], np.array([-1, 0, 1]) * 2 / sigma / np.sqrt(2), atol=1e-9)
    assert_allclose(projection.points(data.points)[:, 1], 0, atol=1e-7)
    assert projection.names == ("principal component 1 (100 %)", "principal component 2 (0 %)")
    assert projection.note == "100 % of the variance of 3 standardized features"


def test_largest_entry_of_a_principal_component_is_positive():
    rng = np.random.default_rng(3)
    for _ in range(5):
        data = gv.Dataset(rng.standard_normal((30, 3)), ("a", "b", "c"), "noise")
        directions = Projection.of(data, "pca", 2).matrix * data.points.std(axis=0)

        assert (np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1) > 0).all()


def test_projected_mixture_is_the_linear_maps():
    mixture = gv.Mixture([1.0], [[3.0, 5.0]], [[[2.0, 1.0], [1.0, 4.0]]])
    projection = Projection(np.array([[1.0, 1.0]]), np.array([1.0, 2.0]), ("sum",))
    shown = projection.mixture(mixture)

    assert_allclose(shown.means, [[5.0]])
    assert_allclose(shown.covariances, [[[8.0]]])  # 2 + 2 * 1 + 4
    assert_allclose(projection.points(np.array([[3.0, 5.0], [1.0, 2.0]])), [[5.0], [0.0]])
    assert_allclose(shown.weights, [1])


@pytest.mark.parametrize(
    ("matrix", "center", "same"),
    [
        (np.eye(2), [0.0, 0.0], True),
        (np.eye(2), [0.0, 1.0], False),
        (np.eye(2)[::-1], [0.0, 0.0], False),
        (np.eye(2)[:1], [0.0, 0.0], False),
    ],
)
def test_only_the_identity_hands_points_through(matrix, center, same):
    points = np.array([[1.0, 2.0]])
    projection = Projection(matrix, np.array(center), ("x", "y")[: len(matrix)])

    assert (projection.points(points) is points) == same
    assert_allclose(projection.points(points), (points - center) @ matrix.T)


def test_features_are_counted_from_one_and_named_with_their_unit_or_without():
    data = gv.Dataset(np.arange(6.0).reshape(2, 3), ("a (mm)", "b", "c (a)"), "few")

    assert Projection.of(data, ("a", 3), 2).names == ("a (mm)", "c (a)")
    assert Projection.of(data, ("c (a)", 2), 2).names == ("c (a)", "b")
    for wrong in (0, 4, -1):
        with pytest.raises(gv.InputError, match=f"there is no feature {wrong}; few has 3"):
            Projection.of(data, (1, wrong), 2)


def test_too_few_features_are_refused_and_enough_are_not(trace):
    line = gv.Dataset(np.arange(3.0)[:, None], ("x",), "line")

    assert Projection.of(line, None, 1).names == ("x",)
    assert Projection.of(trace.data, None, 1).names[0].startswith("principal component 1")
    with pytest.raises(gv.InputError) as caught:
        Projection.of(line, None, 2)
    assert str(caught.value) == "the panel draws 2 features, but line has 1: 'x'; the renderer 'curve' draws one"


@pytest.mark.parametrize("name", ["eruption (min)", "eruption", "eruptions", 1])
def test_feature_is_chosen_by_its_title_with_or_without_unit_its_column_or_its_number(trace, name):
    assert Projection.of(trace.data, (name,), 1).names == ("eruption (min)",)


def test_column_counts_also_where_other_features_were_chosen():
    data = gv.load_dataset("iris", features=["petal_width_cm", "sepal_length_cm"], fit="setosa")

    assert Projection.of(data, ("sepal_length_cm",), 1).names == ("sepal length (cm)",)
