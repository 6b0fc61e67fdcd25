"""How a film's colors are chosen."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from gmmviz.encoders import palette
from gmmviz.encoders.palette import CLEAR, Palette


def opaque(*colors):
    """An image of one row with these colors."""
    image = np.full((1, len(colors), 4), 255, np.uint8)
    image[0, :, :3] = colors
    return image


def chosen(image, n_colors):
    return palette._chosen([image], n_colors).tolist()


def test_one_color_is_reserved_for_transparent_pixels():
    image = opaque(*([i, 0, 0] for i in range(0, 250, 25)))

    assert len(chosen(image, 5)) == 4
    assert len(chosen(image, 256)) == 10


def test_color_is_the_mean_of_its_pixels():
    """Of 20 twice and 23, which share a color: 21. The other color is of pixels far away."""
    assert chosen(opaque([20] * 3, [20] * 3, [23] * 3, [200] * 3), 3) == [[21] * 3, [200] * 3]


def test_transparent_pixels_choose_no_color():
    image = opaque([10, 20, 30], [200, 200, 200])
    image[0, 1] = 0

    assert chosen(image, 256) == [[10, 20, 30]]
    assert chosen(np.zeros((2, 2, 4), np.uint8), 256) == [[0, 0, 0]]


def test_center_that_is_needed_least_moves_beside_the_one_with_the_largest_error():
    """The last one's 3 pixels have another center at a distance of 2, which loses 3 * 4. The third one's 10 pixels are
    4 away from it in red, which a second center halves: 10 * 16 / 2 is more."""
    centers = np.array([[0, 0, 0], [50, 0, 0], [100, 0, 0], [200, 0, 0], [202, 0, 0]], float)
    totals = np.array([100, 100, 10, 100, 3], float)
    errors = np.zeros((5, 3))
    errors[2] = 160, 1, 1

    palette._move(centers, totals, errors)

    assert_array_equal(centers[:, 0], [0, 50, 96, 200, 104])
    assert_array_equal(centers[:, 1:], 0)


def test_center_that_is_needed_more_than_its_move_would_gain_stays():
    centers = np.array([[0, 0, 0], [50, 0, 0], [100, 0, 0], [200, 0, 0], [202, 0, 0]], float)
    errors = np.zeros((5, 3))
    errors[2, 0] = 23  # half of it is less than 3 * 4

    moved = centers.copy()
    palette._move(moved, np.array([100, 100, 10, 100, 3], float), errors)

    assert_array_equal(moved, centers)


def test_at_most_a_quarter_of_the_centers_moves_at_once():
    centers = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [100, 0, 0]] * 2, float)
    centers[4:, 1] = 50
    moved = centers.copy()
    palette._move(
        moved,
        np.array([1, 1, 1, 1000] * 2, float),
        np.array([[0] * 3] * 3 + [[1e6, 0, 0]] + [[0] * 3] * 3 + [[1e6, 0, 0]]),
    )

    assert (moved != centers).any(axis=1).sum() == 4  # two go to the places of two


def test_of_many_rare_colors_one_in_so_many_stands_for_all(monkeypatch):
    monkeypatch.setattr(palette, "COMMON", 2)
    monkeypatch.setattr(palette, "RARE", 3)
    image = opaque(*[[250, 0, 0]] * 9, *[[240, 0, 0]] * 8, *([i, 0, 0] for i in range(6)))
    colors, weights = palette._colors_of([image])

    assert_array_equal(palette._unpacked(colors)[:, 0], [250, 240, 0, 2, 4])
    assert_array_equal(weights, [9, 8, 2, 2, 2])


def test_large_images_are_looked_at_in_steps(monkeypatch):
    """Two images of 4 x 6 pixels are 48; of every second row and column 12 remain."""
    monkeypatch.setattr(palette, "LOOKED_AT", 12)
    images = [np.full((4, 6, 4), 255, np.uint8), np.full((4, 6, 4), 255, np.uint8)]
    images[1][1::2] = images[1][:, 1::2] = 0, 0, 0, 255
    _, weights = palette._colors_of(images)

    assert_array_equal(weights, [12])


@pytest.mark.parametrize("see_through", [False, True])
def test_pixels_take_the_index_of_the_nearest_color(see_through):
    image = opaque([10, 0, 0], [100, 0, 0], [99, 3, 0], [255, 255, 255])
    few = Palette([opaque([10, 0, 0], [100, 0, 0], [240, 240, 240])], (4, 1), see_through=see_through)

    assert_array_equal(few._look_up(palette._packed(image)), [1, 2, 2, 3])
    assert_array_equal(few._look_up(palette._packed(image[:, ::-1])), [3, 2, 2, 1])  # known by now
    image[0, 1] = 0
    found = few._look_up(palette._packed(image))
    assert found[1] == (CLEAR if see_through else 1)
    assert_array_equal(found[[0, 2, 3]], [1, 2, 3])


def test_nearest_color_does_not_depend_on_how_many_are_asked_for():
    rng = np.random.default_rng(0)
    centers = rng.integers(0, 256, (40, 3)).astype(float)
    colors = rng.integers(0, 1 << 24, 10_000).astype(np.uint32)
    distances = ((palette._unpacked(colors)[:, None] - centers) ** 2).sum(axis=2)

    assert_array_equal(distances[np.arange(10_000), palette._Nearest(centers)(colors)], distances.min(axis=1))


def test_only_the_first_index_is_transparent():
    table = palette._table(np.array([[1.0, 2, 3], [4, 5, 6]]))

    assert table[:4].tolist() == [[0, 0, 0, 0], [1, 2, 3, 255], [4, 5, 6, 255], [0, 0, 0, 255]]
    assert len(table) == 256


def test_pixels_that_are_hardly_seen_have_colors_too_and_clear_ones_have_none():
    image = opaque([10, 0, 0], [20, 0, 0], [30, 0, 0], [30, 0, 0])
    image[0, :, 3] = [0, 1, 255, 255]
    colors, weights = palette._colors_of([image])

    assert len(colors) == 2
    assert sorted(weights.tolist()) == [1, 2]
    nothing, weights = palette._colors_of([np.zeros((1, 2, 4), np.uint8)])
    assert (nothing.tolist(), weights.tolist()) == ([0], [1])
