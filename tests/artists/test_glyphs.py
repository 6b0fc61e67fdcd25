import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.glyphs import SHAPES, SIGNS, Pies, Shapes, key_of_shapes
from gmmviz.artists.marked_points import drawn_points
from gmmviz.artists.point_cloud import PointCloud
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.timeline import Moment
from gmmviz.themes import theme_named

THEME = theme_named("light")


@pytest.fixture(scope="module")
def run():
    """Three components and points that most of them are partly responsible for."""
    points = 3 * np.random.default_rng(3).random((12, 2))
    return gv.fit(points, gv.RandomPoints(seed=1), n_components=3, max_iter=4, tol=0)


@pytest.fixture
def drawn(run):
    figure = Figure(figsize=(300 / 72, 200 / 72), dpi=72, facecolor="#ffffff")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, 300)
    axes.set_ylim(0, 200)
    canvas.draw()
    places = np.array([[40.0 + 70 * (i % 4), 40.0 + 60 * (i // 4)] for i in range(12)])

    def of(kind, radius=24.0):
        made = {"pies": Pies, "shapes": Shapes}[kind](places, THEME, radius)
        axes.add_artist(made)

        def show(phase, steps, progress=1.0):
            frame = frame_at(run, Moment(0.0, 0.1, phase, *steps, progress, opens=False))
            made.follow(frame, THEME)
            picture = np.asarray(canvas.buffer_rgba())
            picture[:] = 255
            made.draw(canvas.get_renderer())
            return frame, picture[:, :, :3].astype(int)

        return made, places, show

    return of


def area(polygon):
    x, y = np.moveaxis(polygon, -1, 0)
    return np.abs((x * np.roll(y, 1, axis=-1) - y * np.roll(x, 1, axis=-1)).sum(axis=-1)) / 2


def test_wedges_of_a_pie_are_as_large_as_its_responsibilities(drawn):
    made, _, show = drawn("pies")
    frame, _ = show("m", (0, 1, 2))
    whole, parts, colors = made.polygons()

    assert frame.responsibilities.max(axis=1).min() < 0.9
    # Arcs are polygons, which a circle of 32 sides is smaller than by at most 0.7 %.
    assert_allclose(area(parts) / np.pi, frame.responsibilities, rtol=7e-3, atol=1e-9)
    assert_allclose(area(whole), np.pi, rtol=7e-3)
    assert_allclose(colors[0], [to_rgb(THEME.color(k)) for k in range(3)])
    # The angle is exact: clockwise from the top.
    ends = np.cumsum(frame.responsibilities, axis=1)
    last = parts[:, :, -1]
    turn = np.arctan2(last[..., 0], last[..., 1]) / (2 * np.pi) % 1
    assert_allclose((turn - ends + 0.5) % 1 - 0.5, 0, atol=1e-9)


def test_pie_is_never_cut_where_assignments_are_hard():
    """Halfway to their new hues, points show the old one or the new one, whole."""
    hard = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=4), n_components=3, algorithm="kmeans")
    pies = Pies(hard.data.points, THEME, 5.0)
    frame = frame_at(hard, Moment(0.0, 0.1, "e", 0, 1, 1, 0.4, opens=False))
    pies.follow(frame, THEME)

    assert (frame.responsibilities.max(axis=1) < 0.9).any()
    assert set(np.unique(pies._responsibilities)) == {0, 1}


def test_pixels_of_a_pie_are_divided_as_its_responsibilities(drawn):
    _, places, show = drawn("pies")
    frame, picture = show("end", (4, 4, 4))

    for (x, y), shares in zip(places.astype(int), frame.responsibilities, strict=True):
        box = picture[200 - y - 24 : 200 - y + 24, x - 24 : x + 24]
        hues = np.rint(255 * np.array([to_rgb(THEME.color(k)) for k in range(3)])).astype(int)
        found = np.array([(np.abs(box - hue).max(axis=-1) <= 1).sum() for hue in hues])
        assert_allclose(found / found.sum(), shares, atol=0.02)


def test_pies_are_rings_until_they_are_asked_and_then_fill(drawn):
    _, places, show = drawn("pies")
    _, hollow = show("start", (0, 0, 0))
    _, half = show("e", (0, 0, 1), 0.5)
    _, full = show("e", (0, 0, 1), 1.0)
    x, y = places[0].astype(int) + 5  # within the pie, off the edges of its wedges

    assert hollow[200 - y, x].tolist() == [255, 255, 255]
    assert (hollow != 255).any()
    white = 255 - full[200 - y, x]
    assert_allclose(255 - half[200 - y, x], white / 2, atol=2)
    assert white.max() > 100


def test_pies_swell_with_their_change_and_step_back_in_m_steps(drawn):
    made, _, show = drawn("pies")
    frame, moving = show("e", (0, 1, 2), 0.5)
    _, stands = show("m", (0, 1, 2), 1.0)
    _, back = show("m", (0, 1, 2), 0.5)

    show("e", (0, 1, 2), 0.5)
    sizes = [
        np.ptp(path.vertices[:, 1]) for path in made._collection(made.polygons()[0][:, None], 24.0).get_paths()
    ]
    assert_allclose(np.array(sizes) / 48, np.sqrt(1 + 2.5 * frame.changes), rtol=3e-3)
    assert frame.changes.max() > 0.05
    assert (255 - moving).sum() > (255 - stands).sum() > 1.5 * (255 - back).sum()


def test_every_shape_is_as_large_as_the_circle_and_none_like_another():
    points = np.radians(np.arange(0, 360, 5))
    outlines = SHAPES[:, :, None] * np.column_stack([np.cos(points), np.sin(points)])

    assert_allclose(area(outlines), area(outlines[0]))
    assert len(SIGNS) == len(SHAPES) == 6
    for i in range(6):
        for j in range(i):
            assert np.abs(SHAPES[i] - SHAPES[j]).max() > 0.2


@pytest.mark.parametrize(("shape", "corners"), [(1, 4), (2, 3), (3, 4), (4, 8), (5, 3)])
def test_polygons_have_their_corners(shape, corners):
    reach = SHAPES[shape]
    tops = (reach > np.roll(reach, 1) + 1e-9) & (reach > np.roll(reach, -1) + 1e-9)

    assert tops.sum() == corners


def test_a_certain_point_has_its_component_s_shape_and_an_undecided_one_what_lies_between(drawn):
    made, _, _ = drawn("shapes")
    made._responsibilities = np.zeros((12, 3))
    made._responsibilities[:3] = np.eye(3)
    made._responsibilities[3:] = [0.5, 0.25, 0.25]
    whole, parts, colors = made.polygons()
    reach = np.linalg.norm(whole, axis=-1)

    assert_allclose(reach[:3], SHAPES[:3])
    assert_allclose(reach[3], SHAPES[0] / 2 + SHAPES[1] / 4 + SHAPES[2] / 4)
    assert parts.shape == (12, 1, 72, 2)
    assert_allclose(colors[0, 0], to_rgb(THEME.color(0)), atol=0.002)


def test_shapes_do_not_jump(drawn):
    made, _, show = drawn("shapes")
    outlines = []
    for progress in np.linspace(0, 1, 21):
        show("e", (0, 1, 2), progress)
        outlines.append(made.polygons()[0])

    steps = np.abs(np.diff(outlines, axis=0)).max(axis=(1, 2, 3))
    assert steps.max() < 1.01 * steps.mean()
    assert steps.min() > 0


def test_later_pies_cover_earlier_ones_whole(run):
    figure = Figure(figsize=(1, 1), dpi=72, facecolor="#ffffff")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, 72)
    axes.set_ylim(0, 72)
    canvas.draw()
    pies = Pies(np.array([[32.0, 36.0], [36.0, 36.0]]), THEME, 20.0)
    axes.add_artist(pies)
    pies._responsibilities = np.array([[0.0, 1.0], [1.0, 0.0]])
    pies._strengths = np.zeros(2)
    pies.draw(canvas.get_renderer())

    blue = [*bytes.fromhex(THEME.color(0)[1:])]
    assert np.asarray(canvas.buffer_rgba())[36, 20:50, :3].tolist() == [blue] * 30


def test_vector_pictures_have_the_same_polygons(drawn):
    import io

    made, _, show = drawn("pies")
    show("m", (0, 1, 2))
    file = io.StringIO()
    made.axes.figure.savefig(file, format="svg")

    assert file.getvalue().count(THEME.color(1)) >= 12


def panel_error(trace, **options):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, [gv.EllipseRenderer(**options)])
    return caught.value


def test_too_many_pies_shapes_or_components_are_refused(trace):
    error = panel_error(trace, points="pies")
    assert str(error) == (
        "points are drawn as pies up to 150 points, and Old Faithful has 272: write points = 'dots', or take fewer"
    )
    assert error.place == ("panels", 0, "points")

    rng = np.random.default_rng(0)
    many = gv.fit(rng.standard_normal((1001, 2)), n_components=2, max_iter=1)
    assert str(panel_error(many, points="shapes")) == (
        "points are drawn as shapes up to 1,000 points, and the data has 1,001: write points = 'dots', or take fewer"
    )
    seven = gv.fit(rng.standard_normal((60, 2)), n_components=7, max_iter=1)
    assert str(panel_error(seven, points="shapes")) == (
        "6 shapes can be told apart, and the run has 7 components: write points = 'dots'"
    )
    gv.Animation(
        gv.fit(rng.standard_normal((150, 2)), n_components=6, max_iter=1), [gv.EllipseRenderer(points="pies")]
    )


def test_option_says_what_points_are_drawn_as(run):
    axes, whole = Figure().add_subplot(), Projection.of(run.data, None, 2)
    kinds = {
        kind: drawn_points(axes, kind, run.data, whole, THEME) for kind in (True, "dots", "pies", "shapes", False)
    }

    assert [type(artist) for artist in kinds.values()] == [PointCloud, PointCloud, Pies, Shapes, type(None)]
    assert kinds["pies"].radius == pytest.approx(1.8 * 5.5)
    assert kinds["shapes"].radius == pytest.approx(1.25 * 5.5)
    assert all(artist.get_animated() for artist in kinds.values() if artist)
    assert kinds["pies"].get_zorder() == 2


def test_key_names_the_shapes():
    assert key_of_shapes(3) == "● 1  ■ 2  ▲ 3"


def test_signs_of_the_key_are_in_the_fonts(run):
    film = gv.Animation(run, [gv.EllipseRenderer(points="shapes", radii=[])], size=(640, 360))

    film.image(film.moments[0])  # a missing letter is an error
    assert film._canvas._panels[0][0].get_title(loc="left") == "● 1  ■ 2  ▲ 3"


def test_points_beyond_the_axes_are_cut_off(drawn):
    made, _, _ = drawn("pies")

    assert made._collection(made.polygons()[0][:, None], 5.0).get_clip_box() is not None
