import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.density import DensityAt, DensityGrid

LIMITS = np.array([[-7.0, 9.0], [-6.0, 10.0]])


@pytest.mark.parametrize("corners", [True, False])
def test_grid_holds_the_mixtures_density(truth, corners):
    grid = DensityGrid(LIMITS, (40, 30), corners=corners)
    x, y = np.meshgrid(grid.x, grid.y)
    expected = np.exp(truth.log_joint(np.column_stack([x.ravel(), y.ravel()]))).reshape(3, 30, 40)

    assert_allclose(grid.components(truth), expected, rtol=2e-4, atol=1e-12)
    assert_allclose(grid.density(truth), expected.sum(axis=0), rtol=2e-4, atol=1e-12)


def test_density_within_the_view_and_the_mass_outside_make_one(truth):
    grid = DensityGrid(np.array([[-3.0, 4.0], [-2.0, 5.0]]), (500, 500))
    within = grid.density(truth).sum(dtype=float) * (7 / 500) ** 2
    points, _ = truth.sample(400_000, seed=1)
    outside = np.mean((points < [-3, -2]).any(axis=1) | (points > [4, 5]).any(axis=1))

    assert_allclose(within + outside, 1, atol=3e-3)


def test_needle_far_narrower_than_the_view_keeps_its_shape():
    center = np.array([0.1234567, 0.7654321])
    needle = gv.Mixture([1.0], [center], [[[1e-10, 0], [0, 1e-10]]])
    grid = DensityGrid(np.column_stack([center - [1, 2], center + np.array([3e-5, 1e-5])]), (3, 3), corners=True)
    x, y = np.meshgrid(grid.x, grid.y)
    expected = np.exp(needle.log_prob(np.column_stack([x.ravel(), y.ravel()]))).reshape(3, 3)

    assert_allclose(grid.density(needle), expected, rtol=1e-3)


def test_component_without_weight_adds_nothing(truth):
    dead = gv.Mixture([0.5, 0.5, 0.0], truth.means, truth.covariances)

    assert (DensityGrid(LIMITS, (9, 9)).components(dead)[2] == 0).all()


def test_responsibilities_are_told_far_from_every_component(truth):
    grid = DensityGrid(np.array([[-500.0, 500.0], [-300.0, 300.0]]), (40, 30))
    x, y = np.meshgrid(grid.x, grid.y)
    expected = truth.responsibilities(np.column_stack([x.ravel(), y.ravel()])).T.reshape(3, 30, 40)

    assert_allclose(grid.responsibilities(truth), expected, atol=0.01)


def test_places_are_in_half_widths_from_the_middle():
    # From 1 to 5 and from -2 to 0: the places are (3, -1), (5, 0) and (2, -2).
    places = np.array([[0.0, 1.0, -0.5], [0.0, 1.0, -1.0]])
    mixture = gv.Mixture([0.25, 0.75], [[3.0, -1.0], [5.0, 0.0]], [np.diag([1.0, 4.0]), np.eye(2)])
    found = DensityAt(np.array([[1.0, 5.0], [-2.0, 0.0]]), places).components(mixture)
    first = 0.25 / (2 * np.pi * 2) * np.exp([0, -0.5 * (4 + 0.25), -0.5 * (1 + 0.25)])
    second = 0.75 / (2 * np.pi) * np.exp([-0.5 * (4 + 1), 0, -0.5 * (9 + 4)])

    assert_allclose(found, [first, second], rtol=1e-5)


def test_cells_are_evaluated_at_their_centers_and_grids_at_their_corners():
    limits = np.array([[0.0, 4.0], [10.0, 16.0]])
    cells, corners = DensityGrid(limits, (4, 3)), DensityGrid(limits, (5, 4), corners=True)

    assert_allclose(cells.x, [0.5, 1.5, 2.5, 3.5])
    assert_allclose(cells.y, [11, 13, 15])
    assert_allclose(corners.x, [0, 1, 2, 3, 4])
    assert_allclose(corners.y, [10, 12, 14, 16])


def test_responsibilities_sum_to_one_also_far_from_all_means():
    grid = DensityGrid(np.array([[-1e4, 1e4], [-1e4, 1e4]]), (3, 3), corners=True)
    mixture = gv.Mixture([0.5, 0.5], [[-1.0, 0.0], [1.0, 0.0]], [np.eye(2)] * 2)
    shares = grid.responsibilities(mixture)

    assert_allclose(shares.sum(axis=0), 1, rtol=1e-6)
    assert_allclose(shares[:, 1, 1], 0.5, rtol=1e-6)
    assert_allclose(shares[0, 1], [1, 0.5, 0], atol=1e-6)


def test_component_of_no_weight_has_no_density():
    grid = DensityGrid(LIMITS, (3, 3))
    mixture = gv.Mixture([1.0, 0.0], [[0.0, 0.0], [1.0, 1.0]], [np.eye(2)] * 2)

    assert (grid.components(mixture)[1] == 0).all()
    assert (grid.responsibilities(mixture)[1] == 0).all()


@pytest.mark.parametrize(("sigma", "precise"), [(0.021, False), (0.0199, True)])
def test_components_narrower_than_a_five_hundredth_of_half_the_width_are_evaluated_precisely(sigma, precise):
    grid = DensityGrid(np.array([[-10.0, 10.0], [-10.0, 10.0]]), (3, 3))
    mixture = gv.Mixture([1.0], [[0.0, 0.0]], [np.diag([1.0, sigma**2])])

    assert (grid.log_components(mixture).dtype == np.float64) == precise


@pytest.mark.parametrize("weight", [0.5, 1.0])
def test_component_out_of_all_reach_is_nowhere_to_be_seen(weight):
    """Its distance squared would be no number; pytest makes errors of NumPy's warnings."""
    near = gv.Mixture([1.0], [[1.0, 2.0]], [np.eye(2)])
    both = gv.Mixture([weight, 1 - weight], [[1.0, 2.0], [1e200, -1e200]], [np.eye(2)] * 2)
    grid = DensityGrid(LIMITS, (40, 30))

    assert_allclose(grid.density(both), weight * grid.density(near), rtol=1e-4)
    assert_allclose(grid.responsibilities(both)[0], 1)


@pytest.mark.parametrize("unit", [1e-120, 1e-40, 1e40, 1e120])
def test_density_in_extreme_units_is_that_in_usual_ones(truth, unit):
    scaled = gv.Mixture(truth.weights, truth.means * unit, truth.covariances * unit * unit)
    usual, extreme = (DensityGrid(LIMITS * size, (40, 30)) for size in (1.0, unit))

    assert_allclose(extreme.density(scaled) * unit * unit, usual.density(truth), rtol=1e-3, atol=1e-12)
    assert_allclose(extreme.log_density(scaled) + 2 * np.log(unit), usual.log_density(truth), rtol=1e-3, atol=1e-3)
