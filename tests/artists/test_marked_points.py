from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.glyphs import Pies
from gmmviz.artists.marked_points import MOST_RIMS, MarkedPoints, drawn_points, mark_notes, sizes
from gmmviz.artists.point_cloud import PointCloud
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.timeline import step_named
from gmmviz.themes import theme_named

THEME = theme_named("light")
START = gv.Mixture([0.5, 0.5], [[1.0, 1.0], [5.0, 7.0]], [[[1, 0.6], [0.6, 2]]] * 2)


def points_with_gaps():
    points = np.random.default_rng(4).normal(0, 1, (12, 2)) + np.repeat([[1.0, 1.0], [5.0, 7.0]], 6, axis=0)
    points[2, 1] = points[7, 0] = np.nan
    points[9, 1] = np.nan
    return points


def axes_of(size=(300, 200)):
    figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72, facecolor="#ffffff")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-2, 10)
    axes.set_ylim(-2, 10)
    canvas.draw()
    return axes, canvas


def made(data, kind="dots", features=None):
    axes, canvas = axes_of()
    return drawn_points(axes, kind, data, Projection.of(data, features, 2), THEME), canvas


def run_of(data):
    (run,) = gv.Animation(gv.fit(data, START, max_iter=3, tol=0), gv.EllipseRenderer(), size=(64, 36)).runs
    return run.trace


def test_points_that_are_alike_are_one_cloud():
    points = np.arange(12.0).reshape(6, 2)

    assert type(made(gv.Dataset(points))[0]) is PointCloud
    assert type(made(gv.Dataset(points), "pies")[0]) is Pies
    assert type(made(gv.Dataset(points, weights=[3.0] * 6))[0]) is PointCloud
    assert type(made(gv.Dataset(points, known=[-1] * 6))[0]) is PointCloud
    assert made(gv.Dataset(points), False)[0] is None


def test_areas_are_in_proportion_to_weights():
    weights = np.array([1.0, 1, 4, 4, 9, 9])
    data = gv.Dataset(np.arange(12.0).reshape(6, 2), weights=weights)
    drawn, _ = made(data)
    radii = {int(row): cloud.radius for cloud in drawn.classes for row in cloud.rows}
    average = made(gv.Dataset(data.points))[0].radius

    assert_allclose([(radii[i] / average) ** 2 for i in range(6)], weights / weights.mean(), rtol=0.2)
    assert [cloud.radius for cloud in drawn.classes] == sorted(radii.values(), reverse=True)[::2]
    assert drawn.radius == average


def test_weights_are_told_apart_in_at_most_eight_sizes():
    weights = np.random.default_rng(0).uniform(1, 30, 200)
    radii = sizes(gv.Dataset(np.arange(400.0).reshape(200, 2), weights=weights))

    assert 5 < len(np.unique(radii)) <= 8
    assert_allclose(radii, np.sqrt(weights / weights.mean()).clip(0.45, 3), rtol=0.2)
    zero = sizes(gv.Dataset(np.arange(4.0)[:, None], weights=[0, 1, 1, 1]))
    assert_allclose(zero, [0.45, 1, 1, 1], rtol=0.1)


def test_sizes_take_their_points_colors():
    data = gv.Dataset(points_with_gaps()[[0, 1, 3, 4, 8, 10]], weights=[1, 1, 2, 2, 5, 5])
    run = run_of(data)
    drawn, _ = made(data)
    drawn.follow(frame_at(run, step_named("E2", 3)), THEME)
    colors = THEME.point_colors(run.responsibilities(1), 1.0)

    for cloud in drawn.classes:
        assert_allclose(cloud._colors, colors[cloud.rows])


def test_missing_coordinates_are_lines_along_their_axis_at_the_conditional_mean():
    points = points_with_gaps()
    points[9] = np.nan
    known = [-1] * 9 + [1, -1, -1]  # the component of a point without any value, which would else be left out
    run = run_of(gv.Dataset(points, missing="marginalize", known=known))
    drawn, _ = made(run.data)
    for step, t in (("start", 0), ("M2", 2), ("end", 3)):
        frame = frame_at(run, step_named(step, 3))
        drawn.follow(frame, THEME)
        assert_allclose(drawn.lines.places, run[t].mixture.impute(points[[2, 7, 9]]))
        segments = drawn.lines.segments()
        middles = segments.mean(axis=1)
        expected = drawn.lines.axes.transData.transform(drawn.lines.places)[[0, 1, 2, 2]]
        assert_allclose(middles, expected)
        directions = (segments[:, 1] - segments[:, 0]) / np.hypot(*(segments[:, 1] - segments[:, 0]).T)[:, None]
        assert_allclose(np.abs(directions), [[0, 1], [1, 0], [1, 0], [0, 1]], atol=1e-12)

    assert sorted(row for cloud in drawn.classes for row in cloud.rows) == [0, 1, 3, 4, 5, 6, 8, 10, 11]


def test_lines_take_the_colors_of_their_points():
    run = run_of(gv.Dataset(points_with_gaps(), missing="marginalize"))
    drawn, _ = made(run.data)
    drawn.follow(frame_at(run, step_named("start", 3)), THEME)
    assert_allclose(drawn.lines._colors, [to_rgb(THEME.unknown)] * 3, atol=2e-3)
    drawn.follow(frame_at(run, step_named("E1", 3)), THEME)
    assert_allclose(drawn.lines._colors, THEME.point_colors(run.responsibilities(0)[[2, 7, 9]], 1.0))


def test_gap_in_a_feature_that_is_not_shown_leaves_a_dot():
    points = np.random.default_rng(1).normal(0, 1, (8, 3))
    points[3, 2] = np.nan
    points[5, 0] = np.nan
    mixture = gv.Mixture([1.0], [[0.0] * 3], [np.eye(3)])
    data = (
        gv.Animation(
            gv.fit(gv.Dataset(points, missing="marginalize"), mixture, max_iter=1),
            gv.EllipseRenderer(features=(1, 2)),
            size=(64, 36),
        )
        .runs[0]
        .trace.data
    )
    drawn, _ = made(data, features=(1, 2))

    assert drawn.lines.rows.tolist() == [5]
    assert sorted(row for cloud in drawn.classes for row in cloud.rows) == [0, 1, 2, 3, 4, 6, 7]


def test_principal_components_lead_lines_where_the_feature_leads():
    points = np.random.default_rng(1).normal(0, [1, 3, 2], (40, 3))
    points[4, 1] = np.nan
    mixture = gv.Mixture([1.0], [[0.0] * 3], [np.diag([1.0, 9, 4])])
    run = gv.fit(gv.Dataset(points, missing="marginalize"), mixture, max_iter=1)
    data = gv.Animation(run, gv.EllipseRenderer(features="pca"), size=(64, 36)).runs[0].trace.data
    drawn, _ = made(data, features="pca")
    drawn.follow(frame_at(replace(run, data=data), step_named("end", 1)), THEME)
    (segment,) = drawn.lines.segments()
    to_pixels = drawn.lines.axes.transData.transform
    along = to_pixels(Projection.of(data, "pca", 2).matrix[:, 1]) - to_pixels([0, 0])
    angles = [np.arctan2(*way[::-1]) for way in (along, segment[1] - segment[0])]

    assert np.sin(angles[0] - angles[1]) == pytest.approx(0, abs=1e-9)


def test_known_points_have_the_color_of_their_component_and_a_rim_from_the_start():
    points = np.array([[0.0, 0], [2, 2], [5, 5], [8, 8]])
    data = gv.Dataset(points, known=[-1, 1, -1, 0])
    run = run_of(data)
    drawn, canvas = made(data)
    drawn.follow(frame_at(run, step_named("start", 3)), THEME)
    drawn.draw(canvas.get_renderer())
    picture = np.asarray(canvas.buffer_rgba())[:, :, :3] / 255

    def pixel(point):
        x, y = drawn.axes.transData.transform(point)
        return picture[int(200 - y), int(x)]

    assert_allclose(drawn.rims.places, points[[1, 3]])
    assert_allclose(pixel([2, 2]), to_rgb(THEME.color(1)), atol=0.01)
    assert_allclose(pixel([8, 8]), to_rgb(THEME.color(0)), atol=0.01)
    assert_allclose(pixel([5, 5]), [1, 1, 1], atol=0.01)  # hollow until it is asked
    rim = drawn.axes.transData.inverted().transform(
        drawn.axes.transData.transform([2.0, 2.0]) + np.array([drawn.radius + 1.5 + 1.3, 0])
    )
    assert_allclose(pixel(rim), to_rgb(THEME.text), atol=0.25)


def test_everything_fades_together():
    data = gv.Dataset(points_with_gaps(), known=[0, *[-1] * 11], missing="marginalize")
    run = run_of(data)
    drawn, _ = made(run.data)
    drawn.follow(frame_at(run, step_named("end", 3)), THEME)
    drawn.fade(0.25)

    assert drawn.rims._presence == drawn.lines._presence == 0.25
    assert all(cloud._presence == 0.25 for cloud in drawn.classes)


def test_so_many_known_points_have_no_rims():
    n = MOST_RIMS + 1
    data = gv.Dataset(np.arange(2.0 * n).reshape(n, 2), known=np.zeros(n, int))

    assert type(made(data)[0]) is PointCloud


def test_notes_say_what_marks_mean():
    data = gv.Dataset(points_with_gaps(), known=[0, *[-1] * 11], weights=np.arange(1, 13), missing="marginalize")
    run = run_of(data)
    (stage,) = stages([("", run)])

    assert mark_notes(run.data, Projection.of(run.data, None, 2), stage) == [
        "sizes: weights",
        "rims: label known",
        "lines: a value is missing",
    ]
    plain = gv.Dataset(np.arange(12.0).reshape(6, 2))
    assert mark_notes(plain, Projection.of(plain, None, 2), stage) == []


@pytest.mark.parametrize(
    "panel",
    [gv.EllipseRenderer(), gv.ContourRenderer(), gv.CurveRenderer(features=(2,)), gv.SurfaceRenderer(orbit=20)],
)
def test_panels_draw_marked_points_and_say_what_they_mean(panel):
    data = gv.Dataset(points_with_gaps(), known=[0, *[-1] * 11], weights=np.arange(1, 13), missing="marginalize")
    film = gv.Animation(gv.fit(data, START, max_iter=2), panel, size=(1280, 720))
    for moment in (film.moments[0], film.moments[-1]):
        film.image(moment)
    axes, _, _, props, _ = film._canvas._panels[0]

    assert isinstance(props.cloud, MarkedPoints)
    title = axes.get_title(loc="left").replace("\n", " ")
    assert title.endswith("sizes: weights; rims: label known; lines: a value is missing")


@pytest.mark.parametrize("kind", ["pies", "shapes"])
def test_pies_and_shapes_have_sizes_rims_and_lines_too(kind):
    data = gv.Dataset(points_with_gaps(), known=[0, *[-1] * 11], weights=np.arange(1, 13), missing="marginalize")
    run = run_of(data)
    drawn, canvas = made(run.data, kind)
    drawn.follow(frame_at(run, step_named("E2", 3)), THEME)
    drawn.draw(canvas.get_renderer())

    assert len(drawn.classes) > 3
    assert not drawn.rims._filled
    shares = run.responsibilities(1)
    assert all(np.array_equal(some._responsibilities, shares[some.rows]) for some in drawn.classes)


def test_vector_pictures_have_marked_points_too(tmp_path):
    data = gv.Dataset(points_with_gaps(), known=[0, *[-1] * 11], weights=np.arange(1, 13), missing="marginalize")
    film = gv.Animation(gv.fit(data, START, max_iter=2), gv.EllipseRenderer(), size=(640, 360))
    film.still(tmp_path / "film.svg", at="end")

    assert (tmp_path / "film.svg").read_text().count("<path") > 30
