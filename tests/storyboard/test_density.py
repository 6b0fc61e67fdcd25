import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.density import DensityGrid

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
