import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.camera import Camera
from gmmviz.artists.horizon import _fill, _sharpen, _steepness, paint
from gmmviz.storyboard.density import DensityGrid

SIDE = 64
ROWS = 400


def random_surface(seed):
    """A random mixture's heights over sections of the floor, and the camera that looks at them."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    roots = rng.normal(0, 5, (n, 2, 2))
    covariances = roots @ roots.transpose(0, 2, 1) + 4 * np.eye(2)
    mixture = gv.Mixture(rng.dirichlet(np.full(n, 3.0)), rng.uniform(-18, 18, (n, 2)), covariances)
    camera = Camera(rng.uniform(-180, 180), rng.uniform(15, 70))
    turning = np.stack([camera.right, camera.away])
    seen = gv.Mixture(mixture.weights, mixture.means @ turning.T, turning @ covariances @ turning.T)
    half = SIDE / 2
    grid = DensityGrid(np.array([[0.5 - half, half - 0.5], [-half, half]]), (SIDE, ROWS), corners=True)
    heights = grid.density(seen)
    heights = 30 * heights / heights.max()
    return camera, grid, heights


def z_buffer(camera, grid, heights):
    """The row of the surface that is seen at each pixel, by keeping the nearest of very many points; -1 for none."""
    u, v = np.meshgrid(grid.x, np.linspace(grid.y[0], grid.y[-1], 20 * ROWS))
    z = np.stack([np.interp(v[:, 0], grid.y, column) for column in heights.T], axis=1)
    world = np.stack([*np.moveaxis(u[..., None] * camera.right + v[..., None] * camera.away, -1, 0), z], axis=-1)
    seen = camera.project(world)
    nearness = camera.nearness(world)
    assert_allclose(seen[..., 0], u, atol=1e-9)
    row = np.floor(seen[..., 1] + SIDE / 2).astype(int)
    place, column = np.nonzero((row >= 0) & (row < SIDE))
    order = np.argsort(nearness[place, column])  # the nearest is written last
    place, column = place[order], column[order]
    rows = np.full((SIDE, SIDE), -1.0)
    rows[row[place, column], column] = np.linspace(0, ROWS - 1, len(v))[place]
    return rows


def painted(camera, grid, heights, color):
    up = camera.foreshortening * grid.y[:, None] + camera.uprightness * heights + SIDE / 2
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    paint(pixels, 0, up.astype(np.float32), np.ones(up.shape, bool), color)
    return pixels[::-1]


@pytest.mark.parametrize("seed", range(12))
def test_no_far_place_is_painted_over_a_nearer_one(seed):
    camera, grid, heights = random_surface(seed)

    def by_row(vertices):
        row = (vertices // SIDE).astype(np.float32)
        return np.stack([255 * row / (ROWS - 1), 0 * row, 0 * row, np.full(len(row), 255, np.float32)])

    pixels = painted(camera, grid, heights, by_row)
    expected = z_buffer(camera, grid, heights)
    # Where the nearest place changes little over a pixel; across a silhouette the two cover it in parts.
    around = np.lib.stride_tricks.sliding_window_view(np.pad(expected, 1, mode="edge"), (3, 3))
    inner = (around.min(axis=(2, 3)) >= 0) & (np.ptp(around, axis=(2, 3)) < 60)

    assert inner.sum() > 600
    assert (pixels[inner][:, 3] == 255).all()
    # A pixel shows its middle, the other way the nearest place of all of it.
    steps = np.ptp(around, axis=(2, 3))[inner] * 255 / ROWS
    assert (np.abs(pixels[inner][:, 0] - 255 * expected[inner] / (ROWS - 1)) <= steps + 1.5).all()


@pytest.mark.parametrize("seed", range(4))
def test_surface_covers_what_it_stands_before_and_nothing_else(seed):
    camera, grid, heights = random_surface(seed)

    pixels = painted(camera, grid, heights, lambda vertices: np.full((4, len(vertices)), 255, np.float32))

    highest = (camera.foreshortening * grid.y[:, None] + camera.uprightness * heights).max(axis=0) + SIDE / 2
    lowest = (camera.foreshortening * grid.y[:, None] + camera.uprightness * heights)[0] + SIDE / 2
    coverage = pixels[:, :, 3].sum(axis=0) / 255
    expected = np.minimum(highest, SIDE) - np.maximum(lowest, 0)
    steepness = np.maximum(np.abs(np.gradient(highest)), 1)
    assert (np.abs(coverage - expected) <= steepness + 1).all()


def test_smooth_edge_is_between_the_surface_and_what_is_behind():
    x = np.linspace(-1, 1, SIDE)
    up = (np.linspace(2, 8, 50)[:, None] + 40 * np.exp(-8 * x**2)).astype(np.float32)
    pixels = np.full((SIDE, SIDE, 4), 255, np.uint8)

    black = np.array([[0], [0], [0], [255]], np.float32)
    paint(pixels, 0, up, np.ones(up.shape, bool), lambda vertices: np.repeat(black, len(vertices), axis=1))

    column = pixels[::-1, 20, 0].astype(int)
    assert (np.diff(column[20:]) >= 0).all()
    assert ((column > 20) & (column < 235)).sum() >= 1
    assert (pixels[:, :, 3] == 255).all()


def test_transparent_places_hide_nothing():
    up = np.repeat(np.array([[5.0], [40.0], [30.0], [20.0], [25.0]], np.float32), SIDE, axis=1)
    shown = np.ones(up.shape, bool)
    shown[1] = False
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)

    paint(pixels, 0, up, shown, lambda vertices: np.full((4, len(vertices)), 255, np.float32))

    assert (pixels[SIDE - 25 : SIDE - 20, :, 3] == 255).sum() == 0  # hidden by the third row
    shown[2] = False
    paint(pixels, 0, up, shown, lambda vertices: np.full((4, len(vertices)), 255, np.float32))
    assert (pixels[SIDE - 25 : SIDE - 20, :, 3] == 255).all()


def test_tops_of_sections_are_raised_to_the_parabola_through_their_highest_vertices():
    columns = [
        ([1, 3, 1, 0], [1, 3, 1, 0]),  # an even top is on its parabola
        ([0, 4, 2, 0], [0, 4 + 4 / 48, 2, 0]),  # (2 - 0)**2 / (8 * (2 * 4 - 0 - 2))
        ([0, 4, 4, 0], [0, 4.5, 4, 0]),  # of two equal ones the first
        ([-np.inf, 4, 2, 0], [-np.inf, 4, 2, 0]),
        ([0, 1, 2, 3], [0, 1, 2, 3]),  # no top within
        ([5, 1, 2, 2], [5, 1, 2 + 1 / 8, 2]),  # the ends of a section have no parabola
    ]
    up = np.array([before for before, _ in columns], np.float32).T.copy()
    _sharpen(up)

    assert_allclose(up, np.array([after for _, after in columns]).T, rtol=1e-6)


def test_steepness_is_half_the_rise_across_two_columns_and_at_least_a_pixel():
    up = np.array([[0, 6, 30, 30, 200, 0], [0, 0, 0, 31, 0, 0]], np.float32)
    middles = np.arange(6)

    # At the ends the column itself stands for the one that is missing.
    assert_allclose(_steepness(up, middles), [3, 15, 12.5, 40, 15.5, 40])
    # A silhouette may go on one row nearer or farther away, but not two.
    steps = np.array([[0, 0, 90], [10, 0, 0], [0, 5, 0], [0, 0, 30], [70, 0, 0]], np.float32)
    assert_allclose(_steepness(steps, np.array([7])), (30 - 10) / 2)
    assert_allclose(_steepness(np.full((2, 4), 7, np.float32), np.arange(4)), 1)
    assert_allclose(_steepness(np.full((2, 4), -np.inf, np.float32), np.arange(4)), 1)


def test_runs_of_pixels_are_blended_over_the_picture():
    pixels = np.full((5, 3, 4), 255, np.uint8)
    column, lower, upper = np.array([1, 2]), np.array([0.6, -3.0]), np.array([3.4, 9.0])
    # An opaque red that grows by 20 a pixel, and a black of which half is seen through.
    base = np.array([[10.0, 0], [0, 0], [0, 0], [255, 127.5]], np.float32)
    slope = np.array([[20.0, 0], [0, 0], [0, 0], [0, 0]], np.float32)
    _fill(pixels, column, lower, upper, base, slope)
    from_below = pixels[::-1]

    assert (from_below[:, 0] == 255).all()
    # The middles of pixels 1 and 2 lie between 0.6 and 3.4: at 1.5 and 2.5.
    assert from_below[:, 1].tolist() == [
        [255] * 4,
        [40, 0, 0, 255],
        [60, 0, 0, 255],
        [255] * 4,
        [255] * 4,
    ]
    assert (from_below[:, 2] == [128, 128, 128, 255]).all()  # from the lower edge to the upper


def test_runs_are_filled_in_parts_as_if_at_once(monkeypatch):
    lower = np.array([0.0, 2.0, 5.0, 5.0, 1.0])
    upper = np.array([3.0, 8.0, 5.0, 6.0, 8.0])
    base = np.tile(np.array([[100.0], [50.0], [20.0], [200.0]], np.float32), 5)
    slope = np.tile(np.array([[2.0], [3.0], [5.0], [1.0]], np.float32), 5)
    whole, parted = np.zeros((2, 8, 5, 4), np.uint8)
    _fill(whole, np.arange(5), lower, upper, base, slope)
    monkeypatch.setattr("gmmviz.artists.horizon.AT_ONCE", 4)
    _fill(parted, np.arange(5), lower, upper, base, slope)

    assert (whole[:, :, 3] > 0).sum(axis=0).tolist() == [3, 6, 0, 1, 7]
    assert (parted == whole).all()
    assert whole[::-1][2, 0].tolist() == [105, 58, 33, 203]  # at 2.5, rounded to the nearest


def test_surface_may_begin_at_any_column():
    up = np.array([[2.0, 2, 2], [6, 6, 6]], np.float32)
    pixels = np.zeros((10, 8, 4), np.uint8)
    paint(pixels, 4, up, np.ones(up.shape, bool), lambda vertices: np.full((4, len(vertices)), 255, np.float32))

    assert (pixels[::-1, :, 3] == 255).sum(axis=0).tolist() == [0, 0, 0, 0, 4, 4, 4, 0]
    assert (pixels[::-1][2:6, 4:7] == 255).all()


def test_only_vertices_that_are_seen_are_colored():
    # From 2.0 to 2.6 lies the middle of a pixel, and from there to 2.8 none; the last vertex is the silhouette. In the
    # second column, whose second vertex is raised to 7.25, the third is hidden and the last one crosses no middle.
    up = np.array([[2.0, 1.0], [2.6, 7.0], [2.7, 5.0], [2.8, 7.4]], np.float32)
    asked = []

    def color(vertices):
        asked.extend(vertices.tolist())
        return np.full((4, len(vertices)), 255, np.float32)

    paint(np.zeros((10, 2, 4), np.uint8), 0, up, np.ones(up.shape, bool), color)

    assert asked == [0, 1, 2, 3, 6, 7]
