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


def test_noise_moves_the_points_by_as_much_as_it_says():
    still = gv.load_dataset("moons", noise=1e-9, n_points=4000, seed=3).points
    moved = gv.load_dataset("moons", noise=0.25, n_points=4000, seed=3).points

    assert_allclose((moved - still).std(axis=0), 0.25, rtol=0.05)
    assert_allclose((moved - still).mean(axis=0), 0, atol=0.02)


def test_half_of_the_points_belong_to_each_shape():
    for name in ("moons", "rings"):
        labels = gv.load_dataset(name, n_points=5).labels
        assert labels.tolist() == [0, 1, 0, 1, 0]


def test_points_lie_all_along_the_shapes():
    moons, rings = gv.load_dataset("moons", n_points=4000), gv.load_dataset("rings", n_points=4000)

    # The mean height of half a circle is 2 / pi = 0.637; the lower moon hangs from 0.5.
    for label, height in ((0, 0.637), (1, 0.5 - 0.637)):
        assert_allclose(moons.points[moons.labels == label, 1].mean(), height, atol=0.03)
    assert_allclose(rings.points.mean(axis=0), 0, atol=0.1)
    assert (rings.name, moons.name) == ("rings", "moons")


def test_shapes_without_options_are_the_documented_ones():
    assert gv.Moons() == gv.Moons(n_points=400, noise=0.08, seed=0)
    assert gv.Rings() == gv.Rings(n_points=400, radii=(1.0, 2.5), noise=0.12, seed=0)


def test_moons_open_towards_each_other():
    data = gv.load_dataset("moons", noise=1e-9, n_points=2000)
    upper, lower = (data.points[data.labels == label] for label in (0, 1))

    assert upper[:, 1].min() > -1e-6  # the upper half of the circle around (0, 0)
    assert lower[:, 1].max() < 0.5 + 1e-6  # the lower half of the circle around (1, 0.5)


@pytest.mark.parametrize("name", ["moons", "rings"])
def test_seed_gives_first_the_angles_and_then_the_noise(name):
    """As the films of the gallery were made."""
    still = gv.load_dataset(name, noise=1e-12, n_points=6, seed=3)
    moved = gv.load_dataset(name, noise=0.25, n_points=6, seed=3).points
    rng = np.random.default_rng(3)
    turns, noise = rng.random(6), rng.standard_normal((6, 2))

    away = still.points - [[label, label / 2] for label in still.labels] if name == "moons" else still.points
    found = np.arctan2(away[:, 1], away[:, 0])
    angles = np.pi * (turns + still.labels) if name == "moons" else 2 * np.pi * turns
    assert_allclose(np.exp(1j * found), np.exp(1j * angles), atol=1e-9)
    assert_allclose(moved - still.points, 0.25 * noise, atol=1e-9)
