import re

import numpy as np
import pytest
from clock import every_moment
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists import relief
from gmmviz.artists.camera import Camera
from gmmviz.artists.floor import CORNERS, Floor
from gmmviz.artists.means import number_mark
from gmmviz.film.canvas import Canvas
from gmmviz.renderers.surface import _envelope, _Stem
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.stage import stages
from gmmviz.themes import theme_named


@pytest.fixture
def drawn(trace):
    """The artists of a panel, set to a chosen moment."""

    def with_panel(panel, size=(640, 360), trace=trace):
        (stage,) = stages([("", trace)], panel.reach)
        canvas = Canvas(
            size,
            theme_named("light"),
            title="",
            subtitle="",
            stages=[stage],
            panels=[panel],
            words=[("", "")],
        )
        axes, _, _, props, _ = canvas._panels[0]
        every = every_moment(trace, restless=panel.restless)

        def at(phase, before, progress):
            moment = next(m for m in every if (m.phase, m.before) == (phase, before) and m.progress >= progress)
            frame = frame_at(trace, moment)
            with canvas.painting():
                picture = canvas.paint([frame])
            return frame, props, axes, picture

        return at

    return with_panel


def places(points, stage_limits):
    return (points - stage_limits.mean(axis=1)) / np.diff(stage_limits, axis=1)[:, 0]


def test_surface_is_as_high_as_the_density(drawn, trace, monkeypatch):
    painted = {}
    monkeypatch.setattr(
        relief, "paint", lambda pixels, left, up, shown, color: painted.update(up=up, left=left) or up
    )
    panel = gv.SurfaceRenderer(azimuth=25, elevation=40)
    frame, props, _, _ = drawn(panel)("m", 2, 0.4)
    (stage,) = stages([("", trace)], panel.reach)
    box, grid, up = props.floor.box, props.relief._grid[2], painted["up"]
    u, v = np.meshgrid(grid.x, grid.y)
    world = (u[..., None] * box.camera.right + v[..., None] * box.camera.away) / box.sides
    limits = stage.limits(props.projection)
    points = limits.mean(axis=1) + world * np.diff(limits, axis=1)[:, 0]
    density = np.exp(frame.mixture.log_prob(points.reshape(-1, 2))).reshape(u.shape) / stage.peak(props.projection)

    expected = box.surface(world, density)

    assert density.max() > 0.3
    assert_allclose(up, expected[..., 1], atol=0.02)
    assert_allclose(expected[0, :, 0], painted["left"] + 0.5 + np.arange(up.shape[1]))


@pytest.mark.parametrize("azimuth", [-62, 10, 90, 180, 250])
@pytest.mark.parametrize("size", [(640, 360), (360, 640), (300, 300)])
def test_nothing_leaves_the_panel(drawn, azimuth, size):
    _, props, axes, _ = drawn(gv.SurfaceRenderer(azimuth=azimuth), size)("m", 1, 0.5)
    floor, box = props.floor, props.floor.box
    letters = [(anchor + offset, text.half) for text, anchor, offset, _ in floor._letters(box)]
    size = floor._letter_size
    corners = [*box.floor(CORNERS), *box.surface(*floor._surface)]
    corners += [middle + size * half for middle, half in letters] + [
        middle - size * half for middle, half in letters
    ]

    low, high = np.min(corners, axis=0), np.max(corners, axis=0)

    assert (low >= axes.bbox.min - 0.01).all()
    assert (high <= axes.bbox.max + 0.01).all()


def test_nothing_leaves_the_panel_while_the_camera_turns(drawn):
    _, props, axes, _ = drawn(gv.SurfaceRenderer(orbit=20))("start", 0, 0)

    size = props.floor._letter_size
    for azimuth in np.arange(0, 360, 7):
        box = props.floor.turn(Camera(azimuth, 26.0))
        seen = np.concatenate([box.floor(CORNERS), box.surface(*props.floor._surface)])
        letters = [(anchor + offset, text.half) for text, anchor, offset, _ in props.floor._letters(box)]
        low = np.min([*seen, *(middle - size * half for middle, half in letters)], axis=0)
        high = np.max([*seen, *(middle + size * half for middle, half in letters)], axis=0)
        # Between the directions that were looked at it may be a little more.
        assert (low >= axes.bbox.min - 2).all()
        assert (high <= axes.bbox.max + 2).all()


@pytest.mark.parametrize("dpi", [50, 200])
def test_plot_stays_whole_when_the_figure_changes(trace, dpi, tmp_path):
    figure = Figure(figsize=(5, 4), dpi=72, layout="constrained")
    axes = figure.subplots()
    gv.plot(trace, axes, gv.SurfaceRenderer(), at="M2")
    figure.savefig(tmp_path / "x.svg")

    figure.set_dpi(dpi)
    figure.draw_without_rendering()
    floor = next(artist for artist in axes.get_children() if isinstance(artist, Floor))

    dots = next(artist for artist in axes.lines if artist.get_marker() == "o")
    mean = dots.get_transform().transform(np.ravel(dots.get_data()))
    low, high = floor.shown.floor(CORNERS).min(axis=0), floor.shown.floor(CORNERS).max(axis=0)
    assert ((low < mean) & (mean < high)).all()
    assert (high <= axes.bbox.max + 0.01).all()
    assert (high - low).max() > 0.5 * axes.bbox.width


def test_long_names_are_left_out_before_they_are_too_small_and_leave_room_for_the_surface(trace):
    data = gv.Dataset(trace.data.points, ("a name that is very, very long " * 3, "another one (unit)"))
    renamed = gv.fit(data, trace[0].mixture, max_iter=2)
    figure = Figure(figsize=(5, 7), dpi=72)
    axes = figure.subplots()
    gv.plot(renamed, axes, gv.SurfaceRenderer(), at="M2")
    floor = next(artist for artist in axes.get_children() if isinstance(artist, Floor))

    assert floor._theme.px(21) * floor._letter_size >= 8
    assert len(floor._names) == 0
    assert np.ptp(floor.box.floor(CORNERS), axis=0).max() > 0.2 * axes.bbox.width


def test_letters_of_an_axis_stand_beside_their_place_and_apart(drawn):
    _, props, _, _ = drawn(gv.SurfaceRenderer(), (1280, 720))("m", 1, 0.5)
    box = props.floor.box
    low, high = box.floor(CORNERS).min(axis=0), box.surface(CORNERS, np.ones(4)).max(axis=0)
    boxes = [(anchor + offset, text.half) for text, anchor, offset, _ in props.floor._letters(box)]

    for i, (middle, half) in enumerate(boxes):
        assert (middle[1] - half[1] > low[1] - 100) & (middle[1] + half[1] < high[1])
        for other, its in boxes[:i]:
            assert (np.abs(middle - other) >= half + its).any()


def test_scales_are_the_same_in_all_frames(drawn):
    at = drawn(gv.SurfaceRenderer())
    _, props, _, _ = at("start", 0, 0)
    before = props.floor.box, props.levels.tobytes(), props.lines.get_transform().get_matrix().tobytes()
    _, props, _, _ = at("end", 5, 1)

    assert (props.floor.box, props.levels.tobytes(), props.lines.get_transform().get_matrix().tobytes()) == before


def test_points_lie_on_the_floor_in_their_blended_colors(drawn, trace):
    panel = gv.SurfaceRenderer(azimuth=100)
    frame, props, _, _ = drawn(panel)("end", 5, 1)
    (stage,) = stages([("", trace)], panel.reach)
    points = trace.data.points

    seen = props.cloud.get_transform().transform(points)

    assert_allclose(seen, props.floor.box.floor(places(points, stage.limits(props.projection))))
    assert_allclose(props.cloud._colors, theme_named("light").point_colors(frame.responsibilities, 1.0))


def test_level_lines_are_where_the_density_is_as_high_as_they_state(drawn):
    frame, props, _, _ = drawn(gv.SurfaceRenderer(levels=3))("m", 2, 0.6)
    lines = props.lines.get_segments()
    peak = props.levels[-1] * 2

    assert_allclose(props.levels, peak / np.array([8, 4, 2]))
    assert len(lines) >= 2
    for line in lines:
        density = np.exp(frame.mixture.log_prob(line))
        level = props.levels[np.abs(props.levels - density.mean()).argmin()]
        assert_allclose(density, level, atol=0.01 * peak)


def test_lightness_is_from_the_light_and_hue_from_the_component(drawn):
    _, props, _, picture = drawn(gv.SurfaceRenderer())("end", 5, 1)
    box = props.floor.box
    for k, strong in ((0, 2), (1, 0)):  # blue, and the red of orange
        dot = props.means[k].dot
        mean = dot.get_transform().transform(np.ravel(dot.get_data()))
        above = mean + np.array([0, box.camera.uprightness * (box.lift + 0.3 * box.height)])
        red, _, blue, _ = picture[round(360 - above[1]), round(above[0])].astype(int)
        assert (blue - red > 40) if strong == 2 else (red - blue > 40)
        left, right = (picture[round(360 - above[1]), round(above[0] + d), :3].sum() for d in (-4, 4))
        assert left > right


def test_camera_turns_by_the_second_and_only_if_asked(drawn):
    at = drawn(gv.SurfaceRenderer(azimuth=10, orbit=20))
    frame, props, _, _ = at("m", 1, 0.5)

    assert frame.moment.time > 1
    assert_allclose(props.floor.box.camera.azimuth, 10 + 20 * frame.moment.time)
    assert_allclose(drawn(gv.SurfaceRenderer(azimuth=10))("m", 1, 0.5)[1].floor.box.camera.azimuth, 10)


def test_film_with_a_turning_camera_is_as_long_and_never_stands_still(trace):
    still = gv.Animation(trace, [gv.SurfaceRenderer()])
    turning = gv.Animation(trace, [gv.SurfaceRenderer(orbit=20)])

    assert_allclose(turning.length, still.length)
    assert max(moment.duration for moment in turning.moments) < 1.5 / 25
    assert [m.opens for m in turning.moments].count(True) == [m.opens for m in still.moments].count(True)
    assert 0 < turning.moment("M2").time < turning.length


@pytest.mark.parametrize("options", [{}, {"orbit": 30}])
def test_frames_may_be_made_in_any_order(trace, options):
    film = gv.Animation(trace, [gv.SurfaceRenderer(**options)], size=(320, 180))
    some = film.moments[::25]
    forward = [film.image(moment) for moment in some]

    backward = [film.image(moment) for moment in reversed(some)]

    assert all((a == b).all() for a, b in zip(forward, reversed(backward), strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colormap_shows_the_height_instead(drawn, theme, trace):
    film = gv.Animation(trace, [gv.SurfaceRenderer(colormap="viridis")], size=(320, 180), theme=theme)
    other = gv.Animation(trace, [gv.SurfaceRenderer()], size=(320, 180), theme=theme)

    assert (film.image(film.moments[-1]) != other.image(other.moments[-1])).any(axis=2).sum() > 500


def test_vector_still_holds_the_surface_as_an_image_and_the_rest_as_shapes(trace, tmp_path):
    film = gv.Animation(trace, [gv.SurfaceRenderer()], size=(640, 360))

    svg = film.still(tmp_path / "x.svg", at="M2").read_text()
    pdf = film.still(tmp_path / "x.pdf", at="M2").read_bytes()

    assert svg.count("<image") == 1
    assert svg.count("<use") >= 272
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Subtype /Image") == 2  # with its transparency


def test_narrow_component_gets_finer_sections(drawn):
    sharp = gv.Mixture([0.5, 0.5], [[0, 0], [8, 5]], [np.eye(2), 1e-3 * np.eye(2)])
    data = gv.load_dataset("sample", n_points=60, weights=[1.0], means=[[4, 3]], covariances=[[[9, 0], [0, 4]]])
    one = drawn(gv.SurfaceRenderer(), trace=gv.fit(data, gv.Mixture([1], [[4, 3]], [9 * np.eye(2)]), max_iter=0))
    narrow = drawn(gv.SurfaceRenderer(), trace=gv.fit(data, sharp, max_iter=0))

    rows = [len(at("start", 0, 0)[1].relief._grid[2].y) for at in (one, narrow)]

    assert rows[1] >= 2 * rows[0]


def test_one_feature_is_refused_before_anything_is_drawn():
    trace = gv.fit(np.random.default_rng(0).standard_normal(20), n_components=1, max_iter=1)

    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, [gv.SurfaceRenderer()])

    assert str(caught.value) == (
        "the panel draws 2 features, but the data has 1: 'x1'; the renderer 'curve' draws one"
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"elevation": 90}, "elevation: must be at most 75, not 90"),
        ({"elevation": 2.5}, "elevation: must be at least 10, not 2.5"),
        ({"azimuth": "left"}, "azimuth: expected a number, got 'left'"),
        ({"orbit": float("inf")}, "orbit: expected a finite number, got inf"),
        ({"lift": -1}, "lift: must be at least 0, not -1"),
        ({"levels": 0}, "levels: must be at least 1, not 0"),
        ({"colormap": "virids"}, "colormap: unknown colormap 'virids'; did you mean 'viridis'?"),
        (
            {"colormap": "?"},
            "colormap: unknown colormap '?'; matplotlib has 'viridis', 'magma', 'cividis' and more",
        ),
        ({"azimut": 3}, "azimut: unknown key; did you mean 'azimuth'?"),
    ],
)
def test_impossible_options_are_named(options, complaint):
    with pytest.raises(gv.InputError) as caught:
        gv.SurfaceRenderer(**options)

    assert str(caught.value) == f"SurfaceRenderer: {complaint}"


def test_camera_follows_its_path(drawn):
    renderer = gv.SurfaceRenderer(path=[[1, -60, 30], [3, 0, 60], [4, 20, 20]])

    seen = [renderer._camera_at(time) for time in (0, 1, 2, 3, 3.5, 4, 99)]

    assert [(c.azimuth, c.elevation) for c in seen] == [
        (-60, 30),
        (-60, 30),
        (-30, 45),
        (0, 60),
        (10, 40),
        (20, 20),
        (20, 20),
    ]
    assert renderer.restless


def test_nothing_leaves_the_panel_on_a_path(drawn):
    renderer = gv.SurfaceRenderer(path=[[0, -60, 20], [4, 60, 70]], box=True)
    _, props, axes, _ = drawn(renderer)("start", 0, 0)

    for time in np.linspace(0, 4, 17):
        box = props.floor.turn(renderer._camera_at(time))
        seen = np.concatenate([box.floor(CORNERS), box.surface(CORNERS, np.ones(4))])
        assert (seen >= axes.bbox.min - 2).all()
        assert (seen <= axes.bbox.max + 2).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"path": [[3, 0, 30], [1, 0, 30]]}, "the times of a camera's path must rise, not [3.0, 1.0]"),
        ({"path": [[0, 0, 30]], "orbit": 5}, "a camera that follows a path has no orbit: leave one of them out"),
    ],
)
def test_impossible_path_is_refused(settings, message):
    with pytest.raises(gv.InputError, match=re.escape(message)):
        gv.SurfaceRenderer(**settings)


@pytest.mark.parametrize("azimuth", [-62.0, 20.0, 110.0, 200.0])
def test_box_has_a_true_scale_behind_the_surface(drawn, azimuth):
    _, props, _, _ = drawn(gv.SurfaceRenderer(azimuth=azimuth, box=True))("end", 5, 0)
    floor, box = props.floor, props.floor.box

    heights = [height for height, _ in floor._heights(box)]
    assert heights[:2] == [1.0, 0.5]
    assert heights[-1] == 0
    near = CORNERS[np.argmin(CORNERS * box.sides @ box.camera.away)]
    for edge, _ in floor._box(box):
        assert not any(np.allclose(place, box.surface(near[None], np.ones(1))) for place in edge)


def assert_stems_are_upright(axes):
    stems = [artist for artist in axes.get_children() if isinstance(artist, _Stem)]
    assert stems
    for stem in stems:
        foot, head = np.column_stack(stem.get_data()) @ stem.get_transform().get_matrix()[:2, :2].T
        box = stem._floor.shown
        assert_allclose(head - foot, [0, box.camera.uprightness * box.lift], atol=1e-6)


def test_stems_stand_upright_wherever_the_axes_are_moved(trace):
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = gv.plot(trace, figure.subplots(1, 2)[1], gv.SurfaceRenderer())
    FigureCanvasAgg(figure).draw()

    assert_stems_are_upright(axes)


def test_stems_stand_upright_from_wherever_the_camera_looks(drawn):
    at = drawn(gv.SurfaceRenderer(orbit=30))
    for phase, before in (("start", 0), ("m", 1), ("end", 5)):
        _, _, axes, _ = at(phase, before, 0.5 if phase == "m" else 1.0)
        assert_stems_are_upright(axes)


@pytest.fixture(scope="module")
def beside_wider():
    """A surface of iris beside a panel so many times as wide."""
    iris = gv.fit(gv.load_dataset("iris"), n_components=2, max_iter=2)

    def film(width):
        layout = gv.Layout(rows=("AB",), widths=(1, width))
        return gv.Animation(iris, [gv.SurfaceRenderer(), gv.LikelihoodRenderer()], size=(640, 360), layout=layout)

    return film


@pytest.mark.filterwarnings("ignore:.* above a panel has no room")
@pytest.mark.parametrize(
    ("width", "first", "n_names"),
    [(1, "principal component 1 (73 %)", 2), (1.4, "principal component 1", 2), (8, "", 0)],
)
def test_names_without_room_are_shortened_and_then_left_out(beside_wider, width, first, n_names):
    floor = beside_wider(width)._canvas._panels[0][3].floor

    assert len(floor._names) == n_names
    for name in floor._names[:1]:
        expected = TextPath((0, 0), first, prop=theme_named("light").font())
        assert len(name.path.vertices) == len(expected.vertices)
    assert min(floor.box.width, floor.box.depth) > 24


def test_surface_without_room_is_refused(beside_wider):
    with pytest.raises(gv.InputError) as caught:
        beside_wider(20)._canvas  # noqa: B018
    message = "a surface has too little room in 19x216 pixels: make the picture larger, or its panel"
    assert (str(caught.value), caught.value.place) == (message, ("size",))


def test_points_lines_and_means_have_their_sizes_inks_and_layers(drawn, trace):
    _, props, axes, _ = drawn(gv.SurfaceRenderer(), (1280, 720))("end", 5, 1)
    mean, theme = props.means[1], theme_named("light")

    assert (props.lines.get_zorder(), props.cloud.get_zorder(), props.relief.get_zorder()) == (2, 3, 5)
    assert {artist.get_zorder() for artist in (mean.drop, mean.dot, mean.number)} == {4}
    assert not props.floor.get_animated()
    assert not props.floor.get_in_layout()
    assert (*props.lines.get_linewidth(), props.lines.get_alpha()) == (1.5, 0.75)
    # A point of 272 has a radius of 5.5 pixels.
    assert (props.cloud.radius, props.cloud._discs.width) == (0.75 * 5.5, 0.75)
    assert (mean.drop.get_linewidth(), mean.drop.get_alpha(), mean.drop.get_color()) == (2, 0.6, theme.color(1))
    assert (mean.dot.get_markersize(), mean.dot.get_markeredgewidth()) == (21, 1.6)
    assert mean.number.get_markersize() == pytest.approx(number_mark(1, 0.88 * 18, theme).get_markersize())
    assert axes.get_title(loc="left") == "height: share of the film's highest density; each line doubles it"
    assert not axes.axison
    assert (props.grid.x.size, props.grid.y.size) == (96, 96)


def test_floor_moves_at_the_bottom_while_the_camera_turns(drawn):
    _, props, _, _ = drawn(gv.SurfaceRenderer(orbit=5))("start", 0, 0)

    assert (props.floor.get_zorder(), props.floor.get_animated()) == (1, True)


def test_five_thousand_points_on_the_floor_have_no_outline(drawn):
    for n_points, width in ((4_999, 0.75), (5_000, 0.0)):
        data = np.random.default_rng(0).standard_normal((n_points, 2))
        _, props, _, _ = drawn(gv.SurfaceRenderer(), (1280, 720), gv.fit(data, n_components=1, max_iter=0))(
            "start", 0, 0
        )
        assert props.cloud._discs.width == width


def test_picture_must_fit_from_24_directions_or_from_the_one_that_is_shown():
    def azimuths(panel):
        return [camera.azimuth for camera in panel._cameras(0.0)]

    assert azimuths(gv.SurfaceRenderer(azimuth=10)) == [10]
    assert azimuths(gv.SurfaceRenderer(azimuth=10, orbit=-1)) == [10 + 15 * n for n in range(24)]
    way = azimuths(gv.SurfaceRenderer(path=[[0, 0, 30], [4, 46, 30]]))
    assert (way[0], way[-1], len(way)) == (0, 46, 24)
    assert way[12] == pytest.approx(46 * (12 / 23) ** 2 * (3 - 24 / 23))
    assert gv.SurfaceRenderer(path=[[0, 0, 30], [4, 46, 30]]).restless
    assert not gv.SurfaceRenderer(path=[[0, 0, 30]]).restless
    assert not gv.SurfaceRenderer().restless
    assert azimuths(gv.SurfaceRenderer(path=[[2, 7, 30]])) == [7] * 24


def test_room_of_the_surface_holds_the_density_of_every_snapshot(trace):
    (stage,) = stages([("", trace)], 2.2)
    projection = stage.projection(None, 2)
    limits, peak = stage.limits(projection), stage.peak(projection)
    places, heights = _envelope(stage, projection)
    points = limits.mean(axis=1) + places * np.diff(limits, axis=1)[:, 0]
    expected = np.max([np.exp(snapshot.mixture.log_prob(points)) for snapshot in trace], axis=0) / peak

    n_means = len(places) - 25 * 25
    assert n_means == 2 * len(trace)
    assert_allclose(
        places[[0, 1, 24, 25, 624]],
        [[-0.5, -0.5], [-0.5 + 1 / 24, -0.5], [0.5, -0.5], [-0.5, -0.5 + 1 / 24], [0.5, 0.5]],
    )
    assert_allclose(heights[: 25 * 25], np.minimum(expected[: 25 * 25], 1.05), rtol=1e-3, atol=1e-6)
    at_means = [s.mixture.log_prob(s.mixture.means) for s in trace]
    assert_allclose(heights[25 * 25 :], np.minimum(np.exp(np.ravel(at_means)) / peak, 1.05), rtol=1e-6)


def test_means_outside_the_floor_are_not_drawn(drawn, trace):
    data = gv.Dataset(np.random.default_rng(0).standard_normal((40, 2)))
    far = gv.Mixture([0.5, 0.5], [[0.0, 0.0], [90.0, 0.0]], [np.eye(2)] * 2)
    _, props, _, _ = drawn(gv.SurfaceRenderer(), trace=gv.fit(data, far, max_iter=0))("start", 0, 0)

    shown = [len(mean.dot.get_xdata()) for mean in props.means]
    assert shown in ([1, 0], [1, 1])


@pytest.mark.parametrize(("orbit", "turned"), [(9, 0), (60, 1), (-60, -1), (200, 4)])
def test_orbit_ends_where_it_began_and_rests_for_two_seconds(orbit, turned):
    panel, length = gv.SurfaceRenderer(azimuth=10, orbit=orbit), 9.0
    times = np.linspace(0, length, 901)
    azimuths = np.array([panel._camera_at(time, length).azimuth for time in times])

    assert azimuths[0] == pytest.approx(10)
    assert_allclose(azimuths[times >= 7], 10, atol=1e-6)
    turns = np.unwrap(azimuths, period=360)
    assert turns[-1] - 10 == pytest.approx(360 * turned, abs=1e-6)
    # As many degrees a second as asked for, nearly: whole turns in 7 seconds, or half of the way out and half back.
    assert np.abs(np.diff(turns)).sum() / 7 == pytest.approx(abs(orbit) if not turned else 360 * abs(turned) / 7)
    assert np.abs(np.diff(turns)).max() < 2.5 * abs(orbit) / 100
    assert np.abs(np.diff(turns)[[0, -1]]).max() < 0.01 * abs(orbit)  # it gathers way, and comes to rest gently


def test_turning_film_ends_with_the_camera_of_its_beginning(trace):
    film = gv.Animation(trace, gv.SurfaceRenderer(orbit=40), size=(320, 180), fps=10)
    floor = film._canvas._panels[0].props.floor
    film.image(film.moments[0])
    first = floor.box
    film.image(film.moments[len(film.moments) // 2])
    assert floor.box != first
    film.image(film.moments[-1])

    assert floor.box == first


def test_picture_of_a_short_orbit_is_larger_since_it_need_fit_from_fewer_sides(trace):
    def width(orbit):
        film = gv.Animation(trace, gv.SurfaceRenderer(orbit=orbit), size=(480, 480))
        return film._canvas._panels[0].props.floor.box.width

    assert width(5) > 1.1 * width(90)


@pytest.mark.parametrize("size", [(1280, 720), (1080, 1080), (720, 1280), (480, 270)])
def test_surface_and_its_room_fill_the_panel(trace, size):
    film = gv.Animation(trace, gv.SurfaceRenderer(), size=size)
    floor = film._canvas._panels[0].props.floor
    box, room = floor.box, np.array(floor.axes.bbox.size)
    solid = np.concatenate([box.floor(CORNERS), box.surface(CORNERS, np.ones(4))])
    share = np.ptp(solid, axis=0) / room

    assert share.max() > 0.84
    assert share.min() > 0.45


def test_without_its_box_the_title_claims_no_scale(drawn):
    _, props, axes, _ = drawn(gv.SurfaceRenderer(box=False))("end", 5, 1)

    assert axes.get_title(loc="left") == "each line doubles the density"
    assert props.floor._scale == []
