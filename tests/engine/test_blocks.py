import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.blocks import Blocks, Coordinates, _power_of_two, packing, pairs, quadratic_features


def test_coordinates_of_four_points_by_hand():
    points = np.array([[1.0, 100.0], [3.0, 100.0], [1.0, 140.0], [3.0, 140.0]])

    inside = Coordinates.of(points)

    assert inside.center.tolist() == [2, 120]
    assert inside.scale.tolist() == [2, 32]  # the powers of two just above the deviations 1 and 20
    assert_allclose(inside.variances, [0.25, (20 / 32) ** 2])
    assert_allclose(inside.deviations, [1, 20])
    assert_allclose(inside.log_volume, np.log(64))


def test_way_inward_and_outward_is_the_mixture_again(truth):
    inside = Coordinates.of(truth.sample(50, seed=0)[0] * 1000 + 7)

    again = inside.outward(inside.inward(truth))

    assert_allclose(again.means, truth.means, rtol=1e-12, atol=1e-12)
    assert_allclose(again.covariances, truth.covariances, rtol=1e-12)


def test_mixture_inside_has_the_density_of_the_mixture_outside(truth):
    points = 100 * truth.sample(20, seed=0)[0]
    inside = Coordinates.of(points)
    outside = gv.Mixture(truth.weights, 100 * truth.means, 1e4 * truth.covariances)
    moved = (points - inside.center) / inside.scale

    densities = inside.inward(outside).log_prob(moved) - inside.log_volume

    assert_allclose(densities, outside.log_prob(points), rtol=1e-10)


@pytest.mark.parametrize("value", [0.1, 7.0, 1e8 + 0.3])
def test_constant_feature_has_no_variance_and_keeps_its_scale(value):
    inside = Coordinates.of(np.column_stack([np.full(37, value), np.arange(37.0)]))

    assert inside.variances[0] == 0
    assert inside.scale[0] == 1
    assert inside.variances[1] > 0


def test_mean_and_spread_of_many_pieces_are_the_datas():
    points = np.random.default_rng(0).standard_normal((400_000, 3)) * [1, 1e-5, 1e5] + [0, 3, 0]
    found = Coordinates.of(points)

    assert_allclose(found.center, points.mean(axis=0), rtol=1e-12)
    assert_allclose(found.deviations, points.std(axis=0), rtol=1e-12)


def test_quadratic_features_of_a_point_by_hand():
    inside = Coordinates(np.array([1.0, 0.0, 2.0]), np.array([1.0, 2.0, 1.0]), np.ones(3))

    features = quadratic_features(np.array([[3.0, 10.0, 9.0]]), inside)  # inside: (2, 5, 7)

    assert features[:, 0].tolist() == [1, 2, 5, 7, 4, 10, 14, 25, 35, 49]


@pytest.mark.parametrize("D", [1, 2, 3, 11, 12, 13, 32])
def test_packing_is_the_order_of_the_features(D):
    """Above a dozen features that order is another one; below it, the upper triangle row by row."""
    x = np.random.default_rng(0).standard_normal(D)
    z = np.array([1, *x])
    features = quadratic_features(x[None], Coordinates(np.zeros(D), np.ones(D), np.ones(D)))[:, 0]
    pack, unpack, times = packing(D)

    assert np.array_equal(np.outer(z, z).ravel()[pack], features)
    assert np.array_equal(features[1 + D :][unpack], np.outer(x, x))
    form = np.arange((1.0 + D) ** 2).reshape(1 + D, 1 + D)
    form += form.T
    assert_allclose((form.ravel()[pack] * times) @ features, z @ form @ z, rtol=1e-12)


def test_few_products_stand_row_by_row_and_many_by_distance():
    assert np.transpose(pairs(3)).tolist() == [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]]
    many = np.transpose(pairs(12)).tolist()
    assert many[:2] == [[0, 0], [1, 1]]
    assert many[12:14] + many[23:24] == [[0, 1], [1, 2], [11, 0]]
    assert many[-6:] == [[i, i + 6] for i in range(6)]  # opposite on the circle: half as many


def together(features, weights, known):
    """The features of a block as columns, with what its points have, so that blocks add up to all."""
    own, told = (np.zeros(features.shape[1]) if each is None else each for each in (weights, known))
    return InTurn([np.vstack([features, own, told])])


class InTurn(list):
    def __add__(self, other):
        return InTurn([*self, *other])


@pytest.mark.parametrize("n_points", [100, 40_000, 250_000])
def test_blocks_hold_every_point_once(n_points):
    points = np.random.default_rng(0).standard_normal((n_points, 2))
    blocks = Blocks(points)

    read = blocks.total(together)

    assert sum(block.shape[1] for block in read) == n_points
    inside = np.concatenate([block[1:3] for block in read], axis=1).T
    assert_allclose(blocks.coordinates.center + blocks.coordinates.scale * inside, points, rtol=1e-12, atol=1e-12)


def test_weights_and_known_components_are_divided_into_blocks_as_the_points_are():
    n = 200_000
    points, weights, known = np.arange(2.0 * n).reshape(n, 2), np.arange(1.0, n + 1), np.arange(n) % 5 - 1
    blocks = Blocks(points, weights, known)

    read = np.concatenate(blocks.total(together), axis=1)

    assert_allclose(read[-2] * blocks.unit, weights)
    assert read[-1].tolist() == known.tolist()


@pytest.mark.parametrize(
    ("value", "power"), [(0, 1), (1, 2), (3, 4), (4, 8), (0.25, 0.5), (1e305, 2.0**1000), (1e-305, 2.0**-1000)]
)
def test_scales_are_powers_of_two_just_above_a_value(value, power):
    assert _power_of_two(value) == power


@pytest.mark.parametrize("unit", [1.0, 0.25, 1024.0])
def test_coordinates_of_weighted_points_by_hand(unit):
    """Three points at 0 and one at 4 have the mean 1 and the variance (3 + 9) / 4 = 3."""
    points, weights = np.array([[0.0, 7.0], [4.0, 7.0]]), unit * np.array([3.0, 1.0])
    found = Coordinates.of(points, weights)

    assert found.center.tolist() == [1, 7]
    np.testing.assert_allclose(found.deviations, [np.sqrt(3), 0], rtol=1e-15)
    assert Blocks(points, weights).unit == 2 * unit
    assert Blocks(points, weights).total(together)[0][-2].tolist() == [1.5, 0.5]
