import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmviz.mixture.covariance import (
    FAMILIES,
    compact,
    diag,
    expanded,
    full,
    n_covariance_parameters,
    one_sphere,
    spherical,
    symmetric,
    tied,
)

TWO = np.array([[[2.0, 1.0], [1.0, 4.0]], [[6.0, -1.0], [-1.0, 8.0]]])
COUNTS = np.array([1.0, 3.0])


def test_families_by_hand():
    assert full(TWO, COUNTS).tolist() == TWO.tolist()
    assert tied(TWO, COUNTS).tolist() == [[[5, -0.5], [-0.5, 7]]] * 2  # (1 * first + 3 * second) / 4
    assert diag(TWO, COUNTS).tolist() == [[[2, 0], [0, 4]], [[6, 0], [0, 8]]]
    assert spherical(TWO, COUNTS).tolist() == [[[3, 0], [0, 3]], [[7, 0], [0, 7]]]
    assert one_sphere(TWO, COUNTS).tolist() == [[[6, 0], [0, 6]]] * 2


@pytest.mark.parametrize("family", [*FAMILIES.values(), one_sphere])
def test_family_is_a_projection(family):
    once = family(TWO, COUNTS)

    assert_allclose(family(once, COUNTS), once)


@pytest.mark.parametrize(("name", "number"), [("full", 30), ("tied", 10), ("diag", 12), ("spherical", 3)])
def test_parameters_of_three_components_in_four_dimensions(name, number):
    assert n_covariance_parameters(name, 3, 4) == number


@pytest.mark.parametrize(
    ("name", "shape"), [("full", (2, 2, 2)), ("tied", (2, 2)), ("diag", (2, 2)), ("spherical", (2,))]
)
def test_scikit_learns_shapes_and_back(name, shape):
    covariances = FAMILIES[name](TWO, COUNTS)

    small = compact(covariances, name)

    assert small.shape == shape
    assert_allclose(expanded(small, name, (2, 2)), covariances)


def test_mean_of_mirrored_elements_is_taken_where_they_differ():
    assert symmetric(np.array([[1.0, 2], [4, 5]])).tolist() == [[1, 3], [3, 5]]
    assert symmetric(np.array([[[1.0, 2], [2, 5]]])).tolist() == [[[1, 2], [2, 5]]]


def test_compact_matrices_are_copies_and_become_matrices_by_hand():
    small = compact(TWO, "full")
    small[0, 0, 0] = 9

    assert TWO[0, 0, 0] == 2
    assert compact(TWO, "diag").tolist() == [[2, 4], [6, 8]]
    assert compact(TWO, "tied").tolist() == TWO[0].tolist()
    assert compact(TWO, "spherical").tolist() == [2, 6]
    assert expanded(np.array([2.0, 6.0]), "spherical", (2, 2)).tolist() == [[[2, 0], [0, 2]], [[6, 0], [0, 6]]]
    assert expanded(np.array([[2.0, 4], [6, 8]]), "diag", (2, 2)).tolist() == [[[2, 0], [0, 4]], [[6, 0], [0, 8]]]
    tied_ones = expanded(TWO[0], "tied", (2, 2))
    tied_ones[0, 0, 0] = 7  # a copy for each
    assert tied_ones[1].tolist() == TWO[0].tolist()
