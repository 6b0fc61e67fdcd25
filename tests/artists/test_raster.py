import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.testing import assert_allclose
from PIL import Image

from gmmviz.artists.raster import Raster


@pytest.fixture
def axes():
    figure = Figure(figsize=(40 / 72, 30 / 72), dpi=72)
    FigureCanvasAgg(figure)
    panel = figure.add_axes([0.25, 0.2, 0.5, 0.6])  # 20 x 18 pixels, from (10, 6)
    panel.set(xlim=(0, 10), ylim=(0, 9))
    panel.axis("off")
    return panel


def ramp(limits, shape):
    """Red grows with x and green with y, by 20 per unit, as at the cells' centers."""
    (left, right), (bottom, top) = limits
    x = left + (right - left) * (np.arange(shape[0]) + 0.5) / shape[0]
    y = bottom + (top - bottom) * (np.arange(shape[1]) + 0.5) / shape[1]
    cells = np.full((shape[1], shape[0], 4), 255, np.uint8)
    cells[:, :, 0], cells[:, :, 1] = np.rint(20 * x), np.rint(20 * y)[:, None]
    return cells


def painted(axes, limits, cell):
    raster = Raster(np.array(limits, float), cell)
    axes.add_artist(raster)
    raster.set_paint(ramp)
    axes.figure.canvas.draw()
    return np.asarray(axes.figure.canvas.buffer_rgba()).copy()


@pytest.mark.parametrize("cell", [1, 2, 3, 7])
def test_cells_lie_where_their_limits_say(axes, cell):
    picture = painted(axes, [[0, 10], [0, 9]], cell)[6:24, 10:30].astype(float)
    rows, columns = np.mgrid[17.5:-0.5:-1, 0.5:20]

    assert_allclose(picture[:, :, 0], 20 * columns / 2, atol=20 * (cell / 4) + 0.5)
    assert_allclose(picture[:, :, 1], 20 * rows / 2, atol=20 * (cell / 4) + 0.5)
    assert_allclose(picture[:, :, 2:], 255)


def test_only_the_rectangle_is_painted(axes):
    picture = painted(axes, [[2, 5], [1, 4]], 4)
    outside = np.ones((30, 40), bool)
    outside[30 - 6 - 8 : 30 - 6 - 2, 14:20] = False

    assert (picture[outside] == 255).all()
    assert (picture[~outside][:, 0] < 255).all()


def test_part_of_a_rectangle_beyond_the_picture_is_left_out(axes):
    inside = painted(axes, [[0, 10], [0, 9]], 1)
    axes.set_position([-0.25, -0.3, 1.0, 1.2])  # 40 x 36 pixels, from (-10, -9)
    picture = painted(axes, [[0, 10], [0, 9]], 1)

    assert inside.shape == picture.shape
    assert_allclose(picture[15, 0, :2], [20 * 10.5 / 4, 20 * (30 - 15 - 0.5 + 9) / 4], atol=0.6)


def test_vector_picture_holds_the_same_cells(axes, tmp_path):
    painted(axes, [[0, 10], [0, 9]], 2)
    axes.figure.savefig(tmp_path / "x.svg")
    (image,) = re.findall(r'base64,([^"]*)"', (tmp_path / "x.svg").read_text().replace("\n", ""))
    cells = np.asarray(Image.open(BytesIO(b64decode(image))))

    assert (
        cells == ramp(np.array([[0, 10], [0, 9]]), (20, 18))
    ).all()  # lowest row first, as the transform turns it over


def test_invisible_or_unset_rectangle_paints_nothing(axes):
    raster = Raster(np.array([[0.0, 10], [0, 9]]), 1)
    axes.add_artist(raster)
    axes.figure.canvas.draw()
    assert (np.asarray(axes.figure.canvas.buffer_rgba()) == 255).all()

    raster.set_paint(ramp)
    assert raster.stale
    raster.set_visible(False)
    axes.figure.canvas.draw()
    assert (np.asarray(axes.figure.canvas.buffer_rgba()) == 255).all()


def test_rectangle_of_no_size_asks_for_no_colors(axes):
    def fail(limits, shape):
        raise AssertionError

    for limits in ([[3, 3], [0, 9]], [[0, 10], [5, 5]]):
        raster = Raster(np.array(limits, float), 1)
        axes.add_artist(raster)
        raster.set_paint(fail)
    axes.figure.canvas.draw()


def test_image_of_a_vector_picture_lies_in_the_axes_and_is_cut_off_there(axes):
    raster = Raster(np.array([[2.0, 5.0], [1.0, 4.0]]), 1)
    axes.add_artist(raster)
    image = raster._image(ramp(np.array([[2.0, 5.0], [1.0, 4.0]]), (6, 4)))

    assert list(image.get_extent()) == [2, 5, 1, 4]
    assert (image.origin, image.get_interpolation()) == ("lower", "none")
    assert image.get_transform() == axes.transData
    assert image.get_clip_box() is not None
    assert image.get_figure() is axes.figure


def test_rectangle_larger_than_the_picture_fills_it_to_its_edges(axes):
    axes.set_position([-0.25, -0.3, 1.5, 1.6])  # 60 x 48 pixels, from (-10, -9)
    picture = painted(axes, [[0, 10], [0, 9]], 1)

    for row, column in ((0, 0), (0, 39), (29, 0), (29, 39)):
        expected = [20 * 10 * (column + 10.5) / 60, 20 * 9 * (38.5 - row) / 48]
        assert_allclose(picture[row, column, :2], expected, atol=0.6)
