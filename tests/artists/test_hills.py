import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from gmmviz.artists.camera import Camera
from gmmviz.artists.floor import Floor
from gmmviz.artists.hills import Hills, finely, floor_for
from gmmviz.themes import theme_named

THEME = theme_named("light")
SIDE = np.linspace(-0.5, 0.5, 41)
X, Y = np.meshgrid(SIDE, SIDE)


def made(heights, azimuth=-90.0, elevation=30.0, lines=()):
    """Hills that a camera sees from the front, where y is negative, in a picture of 400 x 300 pixels."""
    figure = Figure(figsize=(400 / 72, 300 / 72), dpi=72, facecolor="#ffffff")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    places = np.stack([X, Y], axis=-1).reshape(-1, 2)
    limits = np.array([[-1.0, 1.0], [-1.0, 1.0]])
    floor = Floor(limits, ("a", "b"), [Camera(azimuth, elevation)], (places, heights.ravel()), 0.0, THEME)
    floor_for(axes, floor)
    colors = np.ones((*heights.shape, 3)) * [0.2, 0.4, 0.8]
    hills = Hills(floor, heights, colors, lines, (1, 0, 0, 1), 2.0)
    axes.add_artist(hills)
    canvas.draw()
    return hills, floor, np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)


RIDGE = np.exp(-((Y / 0.08) ** 2))  # from left to right, in the middle


def test_heights_between_places_are_interpolated():
    hills, _, _ = made(0.5 + X)

    assert_allclose(hills.heights_at(np.array([[-0.5, 0.1], [0.2, -0.3], [0.26125, 0.0]])), [0, 0.7, 0.76125])


def test_ridge_hides_what_is_behind_it_alone():
    hills, _, _ = made(RIDGE)
    places = np.array([[0.1, -0.4], [0.1, -0.02], [0.1, 0.15], [-0.3, 0.2]])

    assert hills.seen(places).tolist() == [True, True, False, False]
    from_above, _, _ = made(RIDGE, elevation=75.0)
    assert from_above.seen(np.array([[0.1, 0.4]])).tolist() == [True]
    from_behind, _, _ = made(RIDGE, azimuth=90.0)
    assert from_behind.seen(places).tolist() == [False, False, True, True]


def test_path_over_a_ridge_is_cut_where_it_is_hidden():
    hills, floor, _ = made(RIDGE)
    (part,) = hills.draped(np.array([[0.0, -0.45], [0.0, 0.2]]))

    assert_allclose(part[0], floor.shown.surface(np.array([0.0, -0.45]), np.array(0.0)), atol=1e-9)
    top = floor.shown.surface(np.array([0.0, 0.0]), np.array(1.0))
    assert part[:, 1].max() == pytest.approx(top[1], abs=3)
    assert_allclose(part[:, 0], top[0])
    valley = hills.draped(np.array([[-0.4, -0.4], [0.4, -0.4]]))
    assert len(valley) == 1


def test_path_lies_on_the_surface_between_its_corners():
    fine = finely(np.array([[0.0, 0.0], [0.4, 0.2]]))

    assert len(fine) == 17
    assert_allclose(np.diff(fine, axis=0), np.tile([0.025, 0.0125], (16, 1)))
    assert len(finely(np.array([[0.1, 0.2]]))) == 1


def test_nearer_cells_cover_those_behind():
    """A high wall in the front hides another color behind it."""
    heights = np.where(np.abs(Y + 0.3) < 0.06, 1.0, np.where(Y > 0.2, 0.2, 0.0))
    hills, floor, picture = made(heights, elevation=20.0)
    x, y = floor.shown.surface(np.array([0.0, -0.3]), np.array(0.9))

    assert (picture[300 - round(y), round(x)] < 250).any()
    behind = floor.shown.surface(np.array([[0.0, 0.3]]), np.array([0.2]))[0]
    front = floor.shown.surface(np.array([[0.0, -0.36]]), np.array([0.5]))[0]
    assert not hills.seen(np.array([[0.0, 0.3]]))[0]
    assert_allclose(
        picture[300 - round(behind[1]), round(behind[0])], picture[300 - round(front[1]), round(front[0])], atol=45
    )


def test_floor_is_seen_where_there_is_no_hill():
    flat = made(np.zeros((41, 41)))[2]
    hill = np.maximum(0.8 - 6 * np.hypot(X, Y), 0)
    with_hill, floor, picture = made(hill)
    corner = floor.shown.floor(np.array([0.4, -0.4]))

    assert (flat[300 - round(corner[1]), round(corner[0])] > 235).all()
    assert (picture[300 - round(corner[1]), round(corner[0])] > 235).all()
    middle = with_hill.on_surface(np.array([[0.0, -0.03]]))[0]
    assert picture[300 - round(middle[1]), round(middle[0]), 0] < 120


def test_light_comes_from_the_upper_left():
    hills, _, _ = made(np.exp(-(X**2 + Y**2) / 0.05))
    light = hills._light()

    assert light[20, 14] > light[20, 26]  # left and right of the top
    assert light.min() >= 0.72
    assert light.max() <= 1.04


def test_level_lines_are_drawn_where_they_are_seen():
    line = np.column_stack([np.linspace(-0.4, 0.4, 30), np.full(30, -0.3)])
    behind = line * [1, -0.7]  # just behind the ridge
    shown = made(RIDGE, lines=[line])[2]
    hidden = made(RIDGE, lines=[behind])[2]

    def red(picture):
        return ((picture[:, :, 0] > 200) & (picture[:, :, 1] < 90)).sum()

    assert red(shown) > 100
    assert red(hidden) == 0
