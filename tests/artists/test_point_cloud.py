import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gmmviz.artists.point_cloud import SUBPIXELS, PointCloud, _stamps

SIZE = (160, 120)


def empty_axes():
    figure = Figure(figsize=(SIZE[0] / 72, SIZE[1] / 72), dpi=72, facecolor="#204060")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, SIZE[0])
    axes.set_ylim(0, SIZE[1])
    canvas.draw()
    return canvas, axes


def painted_by_agg(points, colors, radius, outline_width, alpha):
    """The same points, one circle after another."""
    canvas, _ = empty_axes()
    renderer = canvas.get_renderer()
    from_top = np.column_stack([points[:, 0], SIZE[1] - points[:, 1]])
    snapped = (np.floor(from_top * SUBPIXELS) + 0.5) / SUBPIXELS
    snapped[:, 1] = SIZE[1] - snapped[:, 1]
    for place, color in zip(snapped, colors, strict=True):
        circle = Path.unit_circle().transformed(Affine2D().scale(radius).translate(*place))
        gc = renderer.new_gc()
        gc.set_snap(False)
        gc.set_alpha(alpha)
        gc.set_linewidth(0)
        renderer.draw_path(gc, circle, IdentityTransform(), (*color, alpha))
        if outline_width:
            gc.set_linewidth(outline_width)
            gc.set_foreground((1, 1, 1))
            renderer.draw_path(gc, circle, IdentityTransform(), None)
    return np.asarray(renderer.buffer_rgba())[:, :, :3].astype(int)


def painted_by_cloud(points, colors, radius, outline_width, alpha):
    canvas, axes = empty_axes()
    cloud = PointCloud(points, radius=radius, outline="white", outline_width=outline_width, alpha=alpha)
    axes.add_artist(cloud)
    cloud.set_colors(colors)
    cloud.draw(canvas.get_renderer())
    return np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)


@pytest.mark.parametrize("alpha", [77 / 255, 217 / 255, 1.0])  # levels that Agg has
@pytest.mark.parametrize("radius", [5.5, 3.2, 1.0])
def test_overlapping_points_are_painted_as_agg_paints_them(radius, alpha):
    rng = np.random.default_rng(0)
    steps = np.arange(20)
    points = np.column_stack([20 + 1.3 * radius * steps, 60 + 8 * np.sin(steps)])  # each overlaps the next
    colors = rng.random((20, 3))

    ours = painted_by_cloud(points, colors, radius, 0, alpha)
    aggs = painted_by_agg(points, colors, radius, 0, alpha)

    assert (ours != ours[0, 0]).any()
    assert np.abs(ours - aggs).max() <= 2


def test_outline_is_painted_as_agg_paints_it():
    points, colors = np.array([[40.3, 60.6], [90.8, 31.1]]), np.array([[0.9, 0.1, 0.2], [0.1, 0.4, 0.8]])

    ours = painted_by_cloud(points, colors, 5.5, 1.0, 217 / 255)
    aggs = painted_by_agg(points, colors, 5.5, 1.0, 217 / 255)

    assert np.abs(ours - aggs).max() <= 2


def test_dense_points_are_composited_without_rounding_errors():
    """Agg rounds to a whole level after every circle, which adds up; the cloud rounds once."""
    rng = np.random.default_rng(1)
    points = np.array([80, 60]) + 3 * rng.standard_normal((200, 2))
    colors = rng.random((200, 3))

    ours = painted_by_cloud(points, colors, 5, 1, 0.3)

    expected = np.tile(255.0 * np.array([0x20, 0x40, 0x60]) / 255, (SIZE[1], SIZE[0], 1))
    fills, strokes = _stamps(5, 1)
    side = fills.shape[1]
    for (x, y), color in zip(points, colors, strict=True):
        from_top = SIZE[1] - y
        stamp = int(from_top % 1 * SUBPIXELS) * SUBPIXELS + int(x % 1 * SUBPIXELS)
        left, top = int(x) - side // 2, int(from_top) - side // 2
        area = expected[top : top + side, left : left + side]
        area += 0.3 * fills[stamp][:, :, None] * (255 * color - area)
        area += 0.3 * strokes[stamp][:, :, None] * (255 - area)
    assert np.abs(ours - expected).max() <= 0.5 + 1e-6


def test_later_points_lie_on_top():
    points = np.array([[80.0, 60.0], [80.0, 60.0]])
    picture = painted_by_cloud(points, np.array([[1.0, 0, 0], [0, 0, 1.0]]), 6, 0, 1.0)

    assert picture[60, 80].tolist() == [0, 0, 255]


def test_points_outside_the_axes_are_not_painted():
    canvas, axes = empty_axes()
    axes.set_position((0.25, 0.25, 0.5, 0.5))
    before = np.asarray(canvas.buffer_rgba()).copy()
    cloud = PointCloud(np.array([[-30.0, 60.0]]), radius=5, outline="white", outline_width=1, alpha=1)
    axes.add_artist(cloud)
    cloud.draw(canvas.get_renderer())

    assert np.array_equal(np.asarray(canvas.buffer_rgba()), before)


def test_new_colors_need_no_new_map():
    canvas, axes = empty_axes()
    cloud = PointCloud(np.array([[80.0, 60.0]]), radius=5, outline="white", outline_width=0, alpha=1)
    axes.add_artist(cloud)
    cloud.set_colors(np.array([[1.0, 0, 0]]))
    cloud.draw(canvas.get_renderer())
    first = cloud._map
    cloud.set_colors(np.array([[0, 1.0, 0]]))
    cloud.draw(canvas.get_renderer())

    assert cloud._map is first
    assert np.asarray(canvas.buffer_rgba())[60, 80, :3].tolist() == [0, 255, 0]


def test_vector_pictures_have_one_marker_per_point():
    canvas, axes = empty_axes()
    cloud = PointCloud(np.array([[20.0, 30.0], [80.0, 60.0]]), radius=5, outline="white", outline_width=1, alpha=1)
    axes.add_artist(cloud)
    cloud.set_colors(np.array([[1.0, 0, 0], [0, 0, 1.0]]))
    file = io.StringIO()
    canvas.figure.savefig(file, format="svg")

    assert file.getvalue().count("<use ") == 2
    assert "#ff0000" in file.getvalue()


def test_moving_points_are_where_their_transform_says():
    canvas, axes = empty_axes()
    points = np.array([[1.0, 2.0]])
    cloud = PointCloud(points, radius=5, outline="white", outline_width=0, alpha=1)
    place = Affine2D()
    cloud.set_transform(place)
    axes.add_artist(cloud)
    cloud.set_colors(np.array([[1.0, 0, 0]]))
    base = np.asarray(canvas.buffer_rgba()).copy()

    for x, y in ((30, 40), (100, 80)):
        np.copyto(np.asarray(canvas.buffer_rgba()), base)
        place.set_matrix(np.array([[10.0, 0, x - 10], [0, 10, y - 20], [0, 0, 1]]))
        cloud.draw(canvas.get_renderer())
        covered = np.asarray(canvas.buffer_rgba())[:, :, 0] - 32.0  # of red, which the background has little of
        rows, columns = np.mgrid[0.5 : SIZE[1], 0.5 : SIZE[0]]
        assert abs(np.average(columns, weights=covered) - x) < 0.1
        assert abs(np.average(rows, weights=covered) - (SIZE[1] - y)) < 0.1
