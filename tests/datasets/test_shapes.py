import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


@pytest.mark.parametrize("name", ["moons", "rings"])
def test_same_seed_gives_the_same_points(name):
    one, same, other = (gv.load_dataset(name, seed=seed).points for seed in (1, 1, 2))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert one.shape == (400, 2)


def test_rings_have_their_radii():
    data = gv.load_dataset("rings", radii=[1, 3], noise=0.01, n_points=2000)
    radii = np.linalg.norm(data.points, axis=1)

    assert_allclose(radii, np.where(data.labels == 0, 1, 3), atol=0.05)


def test_moons_are_half_circles_that_reach_into_each_other():
    data = gv.load_dataset("moons", noise=0.001, n_points=2000)
    upper, lower = (data.points[data.labels == label] for label in (0, 1))

    assert_allclose(np.linalg.norm(upper, axis=1), 1, atol=0.01)
    assert_allclose(np.linalg.norm(lower - [1, 0.5], axis=1), 1, atol=0.01)
    assert upper[:, 1].min() > -0.01
    assert lower[:, 1].max() < 0.51
