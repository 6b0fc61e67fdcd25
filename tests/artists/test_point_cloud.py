import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gmmviz.artists.point_cloud import SUBPIXELS, PointCloud, _stamps, crowded_alpha, point_cloud, point_radius
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.timeline import Moment
from gmmviz.themes import theme_named

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


@pytest.mark.parametrize("width", [1.0, 2.5])
def test_outline_is_painted_as_agg_paints_it(width):
    points, colors = np.array([[40.3, 60.6], [90.8, 31.1]]), np.array([[0.9, 0.1, 0.2], [0.1, 0.4, 0.8]])

    ours = painted_by_cloud(points, colors, 5.5, width, 217 / 255)
    aggs = painted_by_agg(points, colors, 5.5, width, 217 / 255)

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


@pytest.mark.parametrize(
    ("n_points", "radius"), [(1, 5.5), (400, 5.5), (6400, 2.75), (102_400, 1.375), (10**9, 1.0)]
)
def test_points_are_smaller_where_they_are_many(n_points, radius):
    assert point_radius(n_points) == pytest.approx(radius)


def test_five_thousand_points_have_no_outline():
    _, axes = empty_axes()
    theme = theme_named("light").scaled((2560, 1440))
    few, many = (point_cloud(axes, np.zeros((n, 2)), theme) for n in (4999, 5000))

    assert (few._outline_width, many._outline_width) == (2.0, 0.0)
    assert few._radius == pytest.approx(2 * point_radius(4999))
    assert few.get_animated()
    assert not few.get_in_layout()
    assert few.get_zorder() == 2


def test_points_with_room_around_them_are_85_percent_opaque():
    apart = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]])

    assert crowded_alpha(apart, 5.0) == 0.85


def test_a_hundredth_comes_through_where_points_are_densest():
    # 40 points in one square of 10 pixels cover it pi / 4 times 40 times over.
    layers = 40 * np.pi * 25 / 100

    assert crowded_alpha(np.full((40, 2), 3.0), 5.0) == pytest.approx(1 - 0.01 ** (1 / layers))
    # The same if a twentieth of the points is in a square that is more crowded.
    crowd = np.concatenate(
        [np.repeat([[10.0 * k + 5, 5.0] for k in range(20)], 40, axis=0), np.full((42, 2), -55.0)]
    )
    assert crowded_alpha(crowd, 5.0) == pytest.approx(1 - 0.01 ** (1 / layers))


def test_crowding_of_tiny_points_is_measured_in_squares_of_four_pixels():
    layers = 100 * np.pi * 0.25 / 16

    assert crowded_alpha(np.full((100, 2), 1.0), 0.5) == pytest.approx(1 - 0.01 ** (1 / layers))


def test_cells_of_different_rows_are_told_apart():
    rows = np.array([[5.0, 15.0 * k] for k in range(30)])
    columns = rows[:, ::-1]

    assert crowded_alpha(rows, 5.0) == crowded_alpha(columns, 5.0) == 0.85


def test_cloud_follows_the_colors_of_frames(trace):
    _, axes = empty_axes()
    theme = theme_named("light")
    cloud = point_cloud(axes, trace.data.points, theme)
    first, same, later = (
        frame_at(trace, Moment(0.0, 0.1, phase, t, t, t + 1, progress, opens=False))
        for phase, t, progress in (("m", 1, 0.2), ("m", 1, 0.7), ("m", 2, 0.2))
    )
    cloud.follow(first, theme)
    colors = cloud._colors

    np.testing.assert_allclose(colors, theme.point_colors(trace.responsibilities(1), 1.0))
    cloud.follow(same, theme)
    assert cloud._colors is colors
    cloud.follow(later, theme)
    np.testing.assert_allclose(cloud._colors, theme.point_colors(trace.responsibilities(2), 1.0))
    cloud.set_colors(np.zeros_like(colors))
    cloud.follow(later, theme)
    assert cloud._colors.any()


def test_invisible_points_are_not_painted():
    canvas, axes = empty_axes()
    before = np.asarray(canvas.buffer_rgba()).copy()
    cloud = PointCloud(np.array([[80.0, 60.0]]), radius=5, outline="white", outline_width=1, alpha=1)
    axes.add_artist(cloud)
    cloud.set_visible(False)
    cloud.draw(canvas.get_renderer())

    assert np.array_equal(np.asarray(canvas.buffer_rgba()), before)


def test_points_at_the_edge_of_the_axes_are_cut_off_there():
    canvas, axes = empty_axes()
    axes.set_position((0.25, 0.25, 0.5, 0.5))  # from (40, 30) to (120, 90) from the lower left
    before = np.asarray(canvas.buffer_rgba()).copy()
    corners = np.array([[0.0, 0.0], [160.0, 120.0]])
    cloud = PointCloud(corners, radius=5, outline="white", outline_width=0, alpha=1)
    axes.add_artist(cloud)
    cloud.draw(canvas.get_renderer())
    rows, columns = np.nonzero((np.asarray(canvas.buffer_rgba()) != before).any(axis=2))

    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (30, 89, 40, 119)


def test_points_grow_with_the_resolution():
    canvas, axes = empty_axes()
    axes.figure.dpi = 144
    canvas.draw()
    before = np.asarray(canvas.buffer_rgba()).copy()
    cloud = PointCloud(np.array([[80.0, 60.0]]), radius=5, outline="white", outline_width=0, alpha=1)
    axes.add_artist(cloud)
    cloud.draw(canvas.get_renderer())
    changed = (np.asarray(canvas.buffer_rgba()) != before).any(axis=2)

    assert changed.sum() == pytest.approx(np.pi * 10**2, rel=0.15)
    # No pixel is looked at that the point does not touch: not those at the corners of its square.
    assert changed.sum() <= len(cloud._map._pixels) < 1.1 * changed.sum()


def test_very_many_points_are_a_picture_within_a_vector_picture():
    few, many = (
        PointCloud(np.zeros((n, 2)), radius=1, outline="white", outline_width=0) for n in (20_000, 20_001)
    )

    assert not few.get_rasterized()
    assert many.get_rasterized()


def test_more_points_than_are_looked_up_at_once_are_all_painted(monkeypatch):
    monkeypatch.setattr("gmmviz.artists.point_cloud.TOUCHED_AT_ONCE", 3)
    points = np.array([[10.0 + 14 * k, 60.0] for k in range(8)])
    picture = painted_by_cloud(points, np.full((8, 3), [1.0, 0, 0]), 4, 0, 1.0)

    assert [picture[60, int(x)].tolist() for x, _ in points] == [[255, 0, 0]] * 8


def test_markers_of_vector_pictures_are_as_large_as_points_on_the_screen():
    _, axes = empty_axes()
    cloud = PointCloud(np.array([[20.0, 30.0]]), radius=5, outline="white", outline_width=1)
    axes.add_artist(cloud)
    markers = cloud._markers()

    assert markers.get_sizes().tolist() == [100]  # the square of the diameter
    assert markers.get_paths()[0].get_extents().width == pytest.approx(1)
    assert markers.get_linewidth() == [1]
    assert markers.get_offsets().tolist() == [[20, 30]]
    assert markers.get_edgecolor()[0].tolist() == [1, 1, 1, 0.85]
    assert markers.get_clip_box() is not None
    assert markers.get_alpha() == 0.85


def corners_painted(left, bottom, width, height, points):
    """First and last row, and first and last column, that points of radius 5 touch in such axes."""
    canvas, axes = empty_axes()
    axes.set_position((left, bottom, width, height))
    before = np.asarray(canvas.buffer_rgba()).copy()
    cloud = PointCloud(np.array(points), radius=5, outline="white", outline_width=0, alpha=1)
    axes.add_artist(cloud)
    cloud.draw(canvas.get_renderer())
    rows, columns = np.nonzero((np.asarray(canvas.buffer_rgba()) != before).any(axis=2))
    return rows.min(), rows.max(), columns.min(), columns.max()


def test_points_reach_the_very_edge_of_the_picture():
    corners = [[0.0, 0.0], [160.0, 120.0]]

    assert corners_painted(0, 0, 1, 1, corners) == (0, 119, 0, 159)
    # Axes twice as large as the picture, around it: their points at 40 and 120 of 160 are at its edges.
    assert corners_painted(-0.5, -0.5, 2, 2, [[40.0, 60.0], [120.0, 60.0]]) == (55, 65, 0, 159)
    assert corners_painted(-0.5, -0.5, 2, 2, [[80.0, 30.0], [80.0, 90.0]]) == (0, 119, 75, 85)


def test_crowding_is_counted_over_whole_squares():
    # 40 places apart in one square of 10 pixels, as wide as a point.
    lattice = np.stack(np.meshgrid(np.arange(1.0, 9.0), np.arange(1.0, 10.0, 2)), axis=-1).reshape(-1, 2)
    layers = 40 * np.pi * 25 / 100

    assert crowded_alpha(lattice, 5.0) == pytest.approx(1 - 0.01 ** (1 / layers))
    assert crowded_alpha(lattice - [35, 95], 5.0) > crowded_alpha(lattice, 5.0)  # on the corner of four


def test_crowding_is_the_same_wherever_the_cloud_is():
    # Four points in each of 8 x 8 squares of 10 pixels.
    squares = np.stack(np.meshgrid(np.arange(8), np.arange(8)), axis=-1).reshape(-1, 2)
    cloud = np.repeat(10.0 * squares + 5, 4, axis=0)
    expected = pytest.approx(1 - 0.01 ** (1 / np.pi))

    assert [crowded_alpha(cloud + shift, 5.0) for shift in (0, [-200, 0], [0, -40], [-500, 700])] == [expected] * 4


@pytest.mark.parametrize(("radius", "outline", "side"), [(2, 1, 9), (2, 2, 9), (2, 2.1, 11), (3, 0, 9)])
def test_stamp_has_a_pixel_of_room_around_the_outline(radius, outline, side):
    """ceil(radius + outline / 2) + 1 pixels on each side of the middle one."""
    fills, strokes = _stamps(radius, outline)

    assert fills.shape == strokes.shape == (SUBPIXELS**2, side, side)
