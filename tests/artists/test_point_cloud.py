import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gmmviz.artists.point_cloud import (
    SUBPIXELS,
    PointCloud,
    _stamps,
    crowded_alpha,
    most_changed,
    point_cloud,
    point_radius,
)
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
    first = cloud._discs.map
    cloud.set_colors(np.array([[0, 1.0, 0]]))
    cloud.draw(canvas.get_renderer())

    assert cloud._discs.map is first
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

    assert (few._discs.width, many._discs.width) == (2.0, 0.0)
    assert few.radius == pytest.approx(2 * point_radius(4999))
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
    assert changed.sum() <= len(cloud._discs.map._pixels) < 1.1 * changed.sum()


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
    markers = cloud._markers(cloud._discs, "white", 1.0)

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


def followed(cloud, trace, phase, steps, progress=0.5):
    frame = frame_at(trace, Moment(0.0, 0.1, phase, *steps, progress, opens=False))
    cloud.follow(frame, theme_named("light"))
    return frame


def shown(canvas, cloud, before):
    np.copyto(np.asarray(canvas.buffer_rgba()), before)
    cloud.draw(canvas.get_renderer())
    return np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)


@pytest.fixture
def few(old_faithful):
    """A run over a few points, a cloud of them whose points are apart, and its canvas."""
    import gmmviz as gv

    trace = gv.fit(old_faithful.points[:6], gv.RandomPoints(seed=4), n_components=2, max_iter=5, tol=0)
    canvas, axes = empty_axes()
    places = np.array([[15.0 + 25 * i, 60.0] for i in range(6)])
    cloud = point_cloud(axes, places, theme_named("light"))
    return trace, cloud, canvas, np.asarray(canvas.buffer_rgba()).copy()


def test_points_that_have_not_been_asked_are_hollow(few):
    trace, cloud, canvas, before = few
    followed(cloud, trace, "start", (0, 0, 0))
    picture = shown(canvas, cloud, before)

    for x, y in cloud._points.astype(int):
        assert picture[SIZE[1] - y, x].tolist() == [0x20, 0x40, 0x60]  # what is behind the point
        ring = picture[SIZE[1] - y, x + 4]
        assert np.abs(ring - [0x6B, 0x78, 0x85]).max() < 25  # the theme's muted ink, 85 % opaque


def test_hollow_points_fill_with_their_color_and_lose_their_ring(few):
    trace, cloud, canvas, before = few
    middles, rims = [], []
    for progress in (0.0, 0.25, 0.5, 0.75, 1.0):
        frame = followed(cloud, trace, "e", (0, 0, 1), progress)
        picture = shown(canvas, cloud, before)
        middles.append(picture[60, 15])
        rims.append(picture)
    full = 255 * theme_named("light").point_colors(frame.responsibilities, 1.0)[0]

    # Without an outline at its middle, the point is 85 % of its color over the background.
    way = (np.array(middles) - middles[0])[:, 2] / (0.85 * (full - middles[0]))[2]
    np.testing.assert_allclose(way, [0, 0.25, 0.5, 0.75, 1], atol=0.03)
    cloud.set_colors(full[None] / 255 + np.zeros((6, 1)))
    assert np.abs(shown(canvas, cloud, before)[60, 10:21] - rims[-1][60, 10:21]).max() <= 1


def test_points_too_small_for_rings_take_the_color_of_the_unasked(trace):
    _, axes = empty_axes()
    theme = theme_named("light")
    large, small = (point_cloud(axes, np.zeros((n, 2)), theme) for n in (20_000, 60_000))
    assert (large._hollow, small._hollow) == (theme.muted, None)

    tiny = PointCloud(trace.data.points, radius=1, outline="white", outline_width=0)
    followed(tiny, trace, "start", (0, 0, 0))
    np.testing.assert_allclose(255 * tiny._colors, [[0xD3, 0xD9, 0xE0]] * 272, atol=0.6)
    assert tiny._asked == 1


def test_color_of_the_unasked_is_lighter_or_darker_than_every_hue_of_a_component():
    """So no color blindness takes one for the other."""
    from gmmviz.themes.color import hex_to_oklab

    for name in ("light", "dark", "print"):
        theme = theme_named(name)
        own, ground = hex_to_oklab(theme.unknown)[0], hex_to_oklab(theme.background)[0]
        hues = [hex_to_oklab(hue)[0] for hue in theme.palette]
        assert min(abs(hue - own) for hue in hues) > 0.08, name
        assert abs(own - ground) > 0.1, name
        assert all((hue - own) * (own - ground) > 0 for hue in hues), (
            name
        )  # it lies between them and the background


def test_points_step_back_toward_what_is_behind_them_in_an_m_step(few):
    trace, cloud, canvas, before = few
    followed(cloud, trace, "m", (0, 1, 2), 1.0)
    whole = shown(canvas, cloud, before)
    followed(cloud, trace, "m", (0, 1, 2), 0.5)
    back = shown(canvas, cloud, before)
    ground = before[:, :, :3].astype(int)

    assert np.abs(whole - ground).max() > 60
    np.testing.assert_allclose(back - ground, 0.4 * (whole - ground), atol=1.01)
    followed(cloud, trace, "m", (0, 1, 5), 0.5)  # fast motion
    assert np.abs(shown(canvas, cloud, before) - ground).max() > 60


def test_changing_points_swell_in_proportion_and_the_others_do_not(trace):
    _, axes = empty_axes()
    cloud = point_cloud(axes, trace.data.points, theme_named("light"))
    frame = followed(cloud, trace, "e", (0, 1, 2))
    collection = cloud._standouts()
    noticed = frame.changes >= 0.02

    assert noticed.sum() == len(collection.get_offsets()) < 272
    assert {tuple(place) for place in collection.get_offsets()} == {tuple(p) for p in trace.data.points[noticed]}
    areas = collection.get_sizes() / (2 * cloud.radius) ** 2
    np.testing.assert_allclose(areas, 1 + 2.5 * np.sort(frame.changes[noticed]))
    np.testing.assert_allclose(
        collection.get_edgecolors()[:, 3], np.minimum(4 * np.sort(frame.changes[noticed]), 1), atol=1e-6
    )


def test_nothing_stands_out_at_the_ends_of_an_e_step(few):
    trace, cloud, canvas, before = few
    pictures = {}
    for progress in (0.0, 0.5, 1.0):
        frame = followed(cloud, trace, "e", (0, 1, 2), progress)
        pictures[progress] = shown(canvas, cloud, before)
        cloud.set_colors(theme_named("light").point_colors(frame.responsibilities, 1.0))
        plain = shown(canvas, cloud, before)
        assert (np.abs(pictures[progress] - plain).max() > 20) == (progress == 0.5)


def test_at_most_a_few_hundred_points_stand_out_and_those_that_change_most():
    changes = np.random.default_rng(0).permutation(np.linspace(0, 1, 5000))
    chosen, strengths = most_changed(changes)

    assert len(chosen) == 400
    assert np.array_equal(strengths, np.sort(changes)[-400:])
    assert np.array_equal(changes[chosen], strengths)
    assert len(most_changed(np.full(10, 0.0199))[0]) == 0


def test_where_points_are_too_small_to_swell_the_others_turn_pale(trace):
    tiny = PointCloud(trace.data.points, radius=1, outline="white", outline_width=0)
    frame = followed(tiny, trace, "e", (0, 1, 2))
    own = theme_named("light").point_colors(frame.responsibilities, 1.0)
    back = 0.6 * (1 - np.minimum(4 * frame.changes, 1))

    np.testing.assert_allclose(tiny._colors, own + back[:, None] * (1 - own), atol=1e-6)  # toward white
    assert len(tiny._outstanding) == 0
    followed(tiny, trace, "e", (0, 0, 1))  # no point is left out where all are asked
    np.testing.assert_allclose(
        tiny._colors, theme_named("light").point_colors(trace.responsibilities(0), 0.5), atol=1e-6
    )


def test_vector_pictures_have_hollow_and_outstanding_points_too(few):
    trace, cloud, canvas, _ = few

    def marks(phase, steps):
        followed(cloud, trace, phase, steps)
        file = io.StringIO()
        canvas.figure.savefig(file, format="svg")
        return file.getvalue()

    hollow = marks("start", (0, 0, 0))
    assert hollow.count("<use ") == 6
    assert "fill: none" in hollow
    assert "stroke: #6b7885" in hollow
    assert "#1b2530" not in hollow
    standing = marks("e", (0, 1, 2))
    assert "fill: none; stroke: #6b7885" not in standing
    assert standing.count("stroke: #1b2530") > 0


@pytest.mark.parametrize(("phase", "steps"), [("m", (0, 1, 2)), ("end", (4, 5, 5)), ("start", (0, 0, 0))])
def test_changes_are_worked_out_where_points_stand_out_alone(few, phase, steps):
    trace, cloud, _, _ = few

    assert "changes" not in vars(followed(cloud, trace, phase, steps))
    assert "changes" in vars(followed(cloud, trace, "e", (0, 1, 2)))


def test_points_that_move_are_painted_where_they_are_now():
    canvas, axes = empty_axes()
    here, there = np.array([[40.0, 40.0]]), np.array([[90.0, 70.0]])
    cloud = PointCloud(here, radius=6, outline="white", outline_width=1, alpha=1.0)
    axes.add_artist(cloud)
    cloud.set_colors(np.array([[1.0, 0, 0]]))
    found = []
    for places in (here, there, there.copy(), here):
        canvas, moved = empty_axes()
        cloud.remove()
        moved.add_artist(cloud)
        cloud.move(places)
        cloud.draw(canvas.get_renderer())
        red = np.asarray(canvas.buffer_rgba())[:, :, 0] > 200
        found.append(np.argwhere(red).mean(axis=0)[::-1] * [1, -1] + [0, SIZE[1] - 1])

    np.testing.assert_allclose(found, [here[0], there[0], there[0], here[0]], atol=1)


@pytest.mark.parametrize("outline_width", [0, 1.5])
@pytest.mark.parametrize("alpha", [0.02, 0.3])
def test_points_that_lie_on_one_place_are_painted_at_once(outline_width, alpha):
    """As they would be one over another, before the next ones that overlap them."""
    rng = np.random.default_rng(0)
    places = 20 + 3.0 * rng.random((30, 2)) * np.arange(30)[:, None] ** 0.8
    times, colors = rng.integers(1, 40, 30), rng.random((30, 3))

    def painted(points, colors, times=None):
        canvas, axes = empty_axes()
        style = {"radius": 4.0, "outline": "white", "outline_width": outline_width, "alpha": alpha}
        cloud = PointCloud(points, times=times, **style)
        axes.add_artist(cloud)
        cloud.set_colors(colors)
        cloud.draw(canvas.get_renderer())
        return np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)

    one_by_one = painted(np.repeat(places, times, axis=0), np.repeat(colors, times, axis=0))
    assert np.abs(painted(places, colors, times) - one_by_one).max() <= 1
    assert np.abs(painted(places, colors) - one_by_one).max() > 20


def test_crowding_counts_every_point_of_a_place():
    places = np.random.default_rng(0).random((500, 2)) * 60
    times = np.random.default_rng(1).integers(1, 50, 500)

    assert crowded_alpha(places, 2.0, times) == crowded_alpha(np.repeat(places, times, axis=0), 2.0)
    assert crowded_alpha(places, 2.0) > crowded_alpha(places, 2.0, times)


def test_cloud_of_places_is_as_small_and_bare_as_one_of_its_points():
    axes = empty_axes()[1]
    theme = theme_named("light")
    places = np.random.default_rng(0).random((100, 2))
    cloud = point_cloud(axes, places, theme, np.full(100, 10**7))
    many = point_cloud(axes, np.zeros((500_000, 2)), theme)
    assert cloud.radius == many.radius
    assert cloud._discs.width == 0
    assert cloud.get_rasterized()
