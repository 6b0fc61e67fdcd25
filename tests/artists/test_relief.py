import numpy as np
import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists import relief
from gmmviz.artists.camera import Box, Camera
from gmmviz.artists.floor import CORNERS, Floor
from gmmviz.artists.relief import Relief, _edges, _light, _ramp
from gmmviz.storyboard.density import DensityGrid
from gmmviz.themes import theme_named
from gmmviz.themes.color import hex_to_oklab, oklab_to_srgb

LIMITS = np.array([[-4.0, 4.0], [-3.0, 3.0]])
ROUND = gv.Mixture([1.0], [[0.0, 0.0]], [np.eye(2)])
PEAK = 1 / (2 * np.pi)  # of that Gaussian
HUES = np.array([hex_to_oklab(color) for color in ("#0072b2", "#d55e00")])


def relief_in(mixture=ROUND, camera=Camera(-60.0, 30.0), colormap=None, turns=False, peak=PEAK):  # noqa: B008
    figure = Figure(figsize=(5, 4), dpi=72)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    floor = Floor(LIMITS, ("x", "y"), [camera], (CORNERS, np.ones(4)), 0.75, theme_named("light"))
    artist = Relief(LIMITS, peak, HUES[: mixture.n_components], colormap, floor, turns)
    for child in (floor, artist):
        axes.add_artist(child)
    artist.set_mixture(mixture)
    return artist


@pytest.mark.parametrize(
    ("x", "y"), [(-1, 0), (0, 0), (0.25, 0.15625), (0.5, 0.5), (0.75, 0.84375), (1, 1), (7, 1)]
)
def test_ramp_rises_smoothly_from_zero_to_one(x, y):
    assert _ramp(np.array([x])) == pytest.approx(y)


def test_surface_ends_within_a_fortieth_of_the_floors_sides():
    # A camera in front of the floor: columns are x, rows are y.
    box = Box(Camera(-90.0, 30.0), 100.0, 50.0, 0.0, 0.0)
    grid = DensityGrid(np.array([[-60.0, 60.0], [-25.0, 25.0]]), (121, 51), corners=True)
    inside = _edges(box, grid)

    assert inside[25, 60] == 1
    assert_allclose(
        inside[25, [10, 11, 109, 110]], [0, 0.352, 0.352, 0], atol=1e-5
    )  # 1 of 2.5: 3 * 0.16 - 2 * 0.064
    assert (inside[:, [5, 115]] == 0).all()
    assert_allclose(inside[[0, 50], 60], 0, atol=1e-5)
    assert_allclose(inside[[3, 47], 60], 1, atol=1e-5)


def test_light_falls_from_the_upper_left():
    camera = Camera(0.0, 30.0)
    flat = np.zeros((3, 3), np.float32)
    middle = np.array([4])
    dimmed, bright = _light(flat, middle, np.ones(2), camera)
    light = np.array([-0.46, -0.56, 0.69]) / np.sqrt(0.46**2 + 0.56**2 + 0.69**2)
    halfway = light + np.array([0, -np.cos(np.pi / 6), 0.5])
    gloss = 0.16 * (halfway[2] / np.linalg.norm(halfway)) ** 16

    assert dimmed == 1
    assert_allclose(bright, 0.38 * (light[2] - 0.66) + gloss, rtol=1e-4)


@pytest.mark.parametrize(("slope", "axis"), [(0.5, 1), (-0.5, 1), (0.5, 0), (-0.5, 0)])
def test_slopes_are_lit_by_lambert_and_blinn(slope, axis):
    camera = Camera(0.0, 30.0)
    steps = np.arange(3) * slope / 2
    heights = np.broadcast_to(steps if axis == 1 else steps[:, None], (3, 3)).astype(np.float32)
    # Columns are half a unit apart, and rows a quarter.
    steps = heights * np.float32(1 if axis == 1 else 0.5)
    dimmed, bright = _light(steps, np.array([4]), np.array([2.0, 4.0]), camera)
    normal = np.array([-slope, 0, 1] if axis == 1 else [0, -slope, 1]) / np.sqrt(1 + slope**2)
    light = np.array([-0.46, -0.56, 0.69]) / np.sqrt(0.46**2 + 0.56**2 + 0.69**2)
    halfway = light + np.array([0, -np.cos(np.pi / 6), 0.5])
    shade = 0.38 * (normal @ light - 0.66)
    gloss = 0.16 * max(normal @ halfway / np.linalg.norm(halfway), 0) ** 16

    assert_allclose(dimmed, 1 + min(shade, 0), rtol=1e-5)
    assert_allclose(bright, max(shade, 0) + gloss, rtol=1e-4)


def test_hues_are_blended_by_responsibility():
    artist = relief_in(gv.Mixture([0.5, 0.5], [[-2.0, 0.0], [2.0, 0.0]], [np.eye(2)] * 2))
    parts = np.array([[[1.0, 3.0]], [[3.0, 1.0]]], np.float32)
    lab = artist._tint(parts, parts.sum(axis=0), np.array([0, 1]))

    assert_allclose(lab.T, [0.25 * HUES[0] + 0.75 * HUES[1], 0.75 * HUES[0] + 0.25 * HUES[1]], rtol=1e-5)


def test_colormap_is_looked_up_by_height():
    shades = np.array([[0.1, 0, 0], [0.2, 0, 0], [0.3, 0, 0], [0.4, 0, 0]])
    artist = relief_in(colormap=shades)
    heights = np.array([[0.0, 0.24, 0.26, 0.5, 0.99, 1.0, 1.05]], np.float32)
    lab = artist._tint(np.ones((1, 1, 7), np.float32), heights, np.arange(7))

    assert_allclose(lab[0], [0.1, 0.1, 0.2, 0.3, 0.4, 0.4, 0.4])


@pytest.fixture
def painted(monkeypatch):
    """What a relief hands over to the painter of horizons."""
    calls = []
    monkeypatch.setattr(
        relief, "paint", lambda pixels, left, up, shown, color: calls.append((left, up, shown, color))
    )

    def by(artist):
        artist.draw(artist.axes.figure.canvas.get_renderer())
        return calls[-1]

    return by


@pytest.mark.parametrize("turns", [False, True])
@pytest.mark.parametrize("azimuth", [-60.0, 25.0, 170.0])
def test_surface_is_as_high_as_the_density(painted, azimuth, turns):
    mixture = gv.Mixture([0.6, 0.4], [[-1.0, 0.5], [1.0, -0.5]], [[[1.0, 0.3], [0.3, 0.5]], np.eye(2)])
    artist = relief_in(mixture, Camera(azimuth, 35.0), turns=turns)
    left, up, _, _ = painted(artist)
    box, grid = artist._floor.shown, artist._grid[2]
    u, v = np.meshgrid(grid.x, grid.y)
    places = (u[..., None] * box.camera.right + v[..., None] * box.camera.away) / box.sides
    points = places * [8, 6]
    heights = np.exp(mixture.log_prob(points.reshape(-1, 2))).reshape(u.shape) / PEAK
    expected = box.surface(places, heights)

    assert heights.max() > 0.3
    assert_allclose(up, expected[..., 1], atol=0.02)
    assert_allclose(expected[0, :, 0], left + 0.5 + np.arange(up.shape[1]))
    corners = box.floor(CORNERS)[:, 0]
    assert left <= corners.min() + 1  # the whole floor
    assert left + up.shape[1] >= corners.max() - 1e-6
    assert np.abs(places).max(axis=(0, 1)).min() > 0.49


def test_surface_is_shown_where_it_is_not_transparent_and_one_vertex_beyond(painted):
    artist = relief_in()
    _, up, shown, color = painted(artist)
    box, grid = artist._floor.shown, artist._grid[2]
    u, v = np.meshgrid(grid.x, grid.y)
    places = (u[..., None] * box.camera.right + v[..., None] * box.camera.away) / box.sides
    heights = np.exp(-0.5 * ((places * [8, 6]) ** 2).sum(axis=-1))
    seen = (heights > 0.85 * 0.003) & (np.abs(places) < 0.5).all(axis=-1)
    expected = seen.copy()
    expected[1:] |= seen[:-1]
    expected[:-1] |= seen[1:]

    assert (shown != expected).mean() < 1e-3
    rgba = color(np.arange(up.size)).reshape(4, *up.shape)
    middle = (np.abs(places).max(axis=-1) < 0.4) & (heights > 0.0034)
    assert_allclose(rgba[3][middle], 255)
    faint = (np.abs(places).max(axis=-1) < 0.4) & (heights < 0.0032) & (heights > 0.0026)
    ramp = (heights[faint] / 0.003 - 0.85) / 0.25
    assert len(ramp) > 20
    assert_allclose(rgba[3][faint], 255 * ramp**2 * (3 - 2 * ramp), atol=1)
    assert (rgba[:3] <= rgba[3] + 0.01).all()  # premultiplied


def test_collapsed_component_is_cut_off_just_above_the_peak(painted):
    artist = relief_in(peak=PEAK / 10)
    _, up, _, _ = painted(artist)
    box, grid = artist._floor.shown, artist._grid[2]
    column = np.abs(grid.x).argmin()
    base = box.origin[1] + box.camera.uprightness * box.lift + box.camera.foreshortening * grid.y

    assert_allclose((up[:, column] - base).max(), 1.05 * box.camera.uprightness * box.height, rtol=1e-4)


def test_sections_are_finer_where_a_component_is_narrow(painted):
    def n_rows(sigma):
        artist = relief_in(gv.Mixture([1.0], [[0.0, 0.0]], [sigma**2 * np.eye(2)]))
        painted(artist)
        return len(artist._grid[2].y)

    wide = n_rows(1.0)
    assert 60 <= wide <= 200
    assert [n_rows(0.05) / wide, n_rows(1e-4) / wide] in ([2, 2], [2, 4], [4, 4])


def test_sections_of_a_moving_camera_stay_the_same(painted):
    artist = relief_in(turns=True)
    painted(artist)
    grid = artist._grid[2]
    artist._floor.turn(Camera(40.0, 30.0))
    painted(artist)

    assert artist._grid[2] is grid
    still = relief_in()
    painted(still)
    grid = still._grid[2]
    painted(still)
    assert still._grid[2] is grid


def test_surface_is_painted_over_what_is_there_and_nowhere_else():
    artist = relief_in()
    renderer = artist.axes.figure.canvas.get_renderer()
    picture = np.asarray(renderer.buffer_rgba())
    picture[:] = 255
    artist.draw(renderer)
    box = artist._floor.shown
    top = box.surface(np.zeros((1, 2)), np.ones(1))[0]
    left, right = box.floor(CORNERS)[:, 0].min(), box.floor(CORNERS)[:, 0].max()
    changed = (picture != 255).any(axis=2)

    x, y = round(top[0]), round(len(picture) - top[1])
    blue = picture[y + 5, x].astype(int)
    assert blue[2] > blue[0] + 40
    assert not changed[: y - 2].any()
    assert not changed[:, : int(left)].any()
    assert not changed[:, int(right) + 1 :].any()
    assert (picture[:, :, 3] == 255).all()

    picture[:] = 255
    artist.set_visible(False)
    artist.draw(renderer)
    assert (picture == 255).all()


def test_light_dims_the_hue_and_adds_white(painted):
    artist = relief_in()
    *_, color = painted(artist)
    box, grid = artist._floor.shown, artist._grid[2]
    u, v = np.meshgrid(grid.x, grid.y)
    places = (u[..., None] * box.camera.right + v[..., None] * box.camera.away) / box.sides
    near, far = (np.abs(places - place).sum(axis=-1).argmin() for place in ((0.0, 0.0), (-0.12, -0.12)))
    heights = np.exp(-0.5 * ((places * [8, 6]) ** 2).sum(axis=-1)).astype(np.float32)
    slopes = box.height / np.array([grid.x[1] - grid.x[0], grid.y[1] - grid.y[0]])
    for vertex in (near, far):
        dimmed, bright = _light(heights, np.array([vertex]), slopes, box.camera)
        lab = HUES[0] * dimmed * (1 - bright) + [float(bright[0]), 0, 0]

        assert_allclose(color(np.array([vertex]))[:3, 0], 255 * oklab_to_srgb(lab), atol=2)
    assert dimmed < 0.98 or bright > 0.02


def test_vector_picture_holds_the_surface_as_a_transparent_image():
    artist = relief_in()
    images = []

    class Vectors(RendererBase):
        def draw_image(self, gc, x, y, image, transform=None):
            images.append((x, y, image, transform.transform((1, 1))))

    artist.draw(Vectors())
    ((x, y, image, size),) = images
    assert (x, y) == (0, 0)
    assert_allclose(size, [360, 288])
    assert image.shape == (3 * 288, 3 * 360, 4)
    box = artist._floor.shown
    top = 3 * box.surface(np.zeros((1, 2)), np.full(1, 0.7))[0]
    opaque = image[round(top[1]), round(top[0])].astype(int)  # the lowest row first
    assert opaque[3] == 255
    assert opaque[2] > opaque[0] + 40
    faint = image[(image[:, :, 3] > 20) & (image[:, :, 3] < 60)].astype(int)
    # Not premultiplied: where the surface fades, its color does not.
    assert len(faint) > 100
    assert (faint.max(axis=1) > 100).mean() > 0.9
    assert (image[image[:, :, 3] == 0] == 0).all()


def circle(radius, n=400):
    angle = np.linspace(0, 2 * np.pi, n)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


@pytest.mark.parametrize("azimuth", [-60.0, 25.0])
def test_level_lines_lie_on_the_surface_and_vanish_behind_it(azimuth):
    camera = Camera(azimuth, 20.0)
    artist = relief_in(camera=camera)
    artist._width, artist._ink = 1.0, (1, 0, 0, 1)
    level = 0.5
    artist.set_mixture(ROUND, [(level * PEAK, [circle((2 * np.log(1 / level)) ** 0.5)])])
    drawn = []
    renderer = artist.axes.figure.canvas.get_renderer()
    real = renderer.draw_path
    renderer.draw_path = lambda gc, path, *rest: (drawn.append((gc.get_rgb(), path)), real(gc, path, *rest))
    artist.draw(renderer)
    ((ink, path),) = drawn
    box = artist._floor.shown
    whole = box.surface(circle((2 * np.log(1 / level)) ** 0.5) / [8, 6], np.full(400, level))

    # The hill hides its own far side: what is seen is the near part of the ring, and a little of the rest.
    assert ink == (1, 0, 0, 1)
    assert 200 <= len(path.vertices) < 360
    assert all(np.abs(whole - place).sum(axis=1).min() < 1e-9 for place in path.vertices)
    depth = box.turning[1] @ (circle((2 * np.log(1 / level)) ** 0.5) / [8, 6] * box.sides).T
    near = whole[depth < 0]
    assert all(np.abs(path.vertices - place).sum(axis=1).min() < 1e-9 for place in near)
    top = whole[depth.argmax()]
    assert np.abs(path.vertices - top).sum(axis=1).min() > 1


def test_surface_ends_at_its_lowest_level_line(painted):
    artist = relief_in()
    artist._lowest = 1 / 8
    _, up, _, color = painted(artist)
    box, grid = artist._floor.shown, artist._grid[2]
    u, v = np.meshgrid(grid.x, grid.y)
    places = (u[..., None] * box.camera.right + v[..., None] * box.camera.away) / box.sides
    heights = np.exp(-0.5 * ((places * [8, 6]) ** 2).sum(axis=-1))
    opacity = color(np.arange(up.size))[3].reshape(up.shape)

    assert (opacity[heights < 0.85 / 8] == 0).all()
    assert_allclose(opacity[(heights > 1.1 / 8)], 255)


@pytest.mark.parametrize(
    ("depth", "origin", "narrowest", "columns", "n_rows"),
    [
        # A floor 200 wide: from the pixel that its left end touches to the one of its right end.
        (400, 150.5, 20.1, (50, 251), 100),  # every 4 pixels of 400; 5 a sigma of 20 are as many
        (400, 150.5, 19.9, (50, 251), 200),
        (400, 150.5, 0.1, (50, 251), 400),  # four times as many at most
        (100, 150.5, 99.0, (50, 251), 60),
        (2000, 150.5, 999.0, (50, 251), 200),
        (400, 30.5, 99.0, (0, 131), 100),
        (400, 250.5, 99.0, (150, 300), 100),
    ],
)
def test_sections_cover_the_floor_within_the_picture(depth, origin, narrowest, columns, n_rows):
    box = Box(Camera(-90.0, 30.0), 200.0, depth, 0.0, 0.0, (origin, 77.0))
    left, grid = relief_in()._sections(box, 300, narrowest)

    assert (left, left + len(grid.x)) == columns
    assert len(grid.y) == n_rows
    assert_allclose(grid.x[[0, -1]], [columns[0] + 0.5 - origin, columns[1] - 0.5 - origin])
    assert_allclose(grid.y[[0, -1]], [-depth / 2, depth / 2])


def test_sections_of_a_moving_camera_reach_as_far_as_the_corners_do():
    box = Box(Camera(-90.0, 30.0), 120.0, 160.0, 0.0, 0.0, (150.5, 77.0))  # with a diagonal of 200
    artist = relief_in(turns=True)
    left, grid = artist._sections(box, 300, 99.0)

    assert (left, left + len(grid.x)) == (50, 251)
    assert_allclose(grid.y[[0, -1]], [-100, 100])
    assert artist._sections(box.turned(10.0), 300, 99.0)[1] is grid


def test_light_at_the_ends_of_the_surface_takes_half_of_the_slope():
    camera = Camera(0.0, 30.0)
    ramp = np.broadcast_to(np.arange(3.0), (3, 3)).astype(np.float32)
    ends = _light(ramp, np.array([0, 8]), np.array([2.0, 0.0]), camera)
    middle = _light(ramp / 2, np.array([4]), np.array([2.0, 0.0]), camera)

    for at_ends, inside in zip(ends, middle, strict=True):
        assert_allclose(at_ends, np.repeat(inside, 2), rtol=1e-6)


def test_surface_that_steps_back_lets_through_what_is_behind_it():
    artist = relief_in()
    axes = artist.axes
    canvas = axes.figure.canvas

    def painted(presence):
        artist.set_mixture(ROUND, presence=presence)
        picture = np.asarray(canvas.get_renderer().buffer_rgba())
        picture[:] = 255
        artist.draw(canvas.get_renderer())
        return 255 - picture[:, :, :3].astype(float)

    whole, half = painted(1.0), painted(0.5)
    assert whole.max() > 100
    # Where one slope hides another, a little of the other shines through at the rim.
    assert np.isclose(half, whole / 2, atol=1.6).mean() > 0.999
