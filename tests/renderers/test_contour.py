import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.density_key import DensityKey
from gmmviz.renderers.contour import _Painter, calm, level_lines
from gmmviz.storyboard.density import DensityGrid
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import stages
from gmmviz.themes import theme_named
from gmmviz.themes.color import hex_to_oklab, mixed

LIMITS = np.array([[-7.0, 9.0], [-6.0, 10.0]])
SAMPLE = {
    "weights": [0.6, 0.4],
    "means": [[0, 0], [5, 3]],
    "covariances": [[[1, 0.3], [0.3, 1]], [[2, 0], [0, 0.5]]],
}


@pytest.fixture(scope="module")
def sample():
    return gv.fit(gv.load_dataset("sample", **SAMPLE), gv.RandomPoints(seed=1), n_components=2, max_iter=4)


def lines_of(path):
    """The vertices of a path without the marks that close its loops."""
    return path.vertices[path.codes != path.CLOSEPOLY]


def test_level_lines_have_the_density_they_state(truth):
    levels = np.array([0.002, 0.01, 0.04])
    path = level_lines(DensityGrid(LIMITS, (161, 121), corners=True), truth, levels)
    found = np.log(levels)[:, None] - truth.log_prob(lines_of(path))

    assert np.abs(found).min(axis=0).max() < 0.03
    assert (np.abs(found).min(axis=1) < 0.01).all()


def test_a_density_that_nowhere_reaches_a_level_has_no_line(truth):
    path = level_lines(DensityGrid(LIMITS, (161, 121), corners=True), truth, np.array([10.0]))

    assert len(path.vertices) == 0


@pytest.mark.parametrize(
    ("kind", "steps"), [("log", [1 / 16, 1 / 8, 1 / 4, 1 / 2]), ("linear", [0.2, 0.4, 0.6, 0.8])]
)
def test_levels_divide_the_films_peak_and_are_the_same_in_every_frame(draw, trace, kind, steps):
    panel = gv.ContourRenderer(levels=kind, n_levels=4)
    at = draw(trace, panel)
    (stage,) = stages([("", trace)], panel.reach)
    levels = np.array(steps) * stage.peak(stage.projection(None, 2))

    for phase, before in (("start", 0), ("m", 1), ("end", 5)):
        frame, props, _ = at(phase, before, 0.4 if phase == "m" else 0.0)
        assert_allclose(props.finder.levels, levels)
        heights = frame.mixture.log_prob(lines_of(props.lines.get_path()))
        assert np.abs(np.log(levels)[:, None] - heights).min(axis=0).max() < 0.05


def test_density_in_the_view_and_mass_outside_make_one(trace):
    (stage,) = stages([("", trace)])
    limits = stage.limits(stage.projection(None, 2))
    mixture = trace[-1].mixture
    cells = DensityGrid(limits, (400, 400)).density(mixture).sum(dtype=float) * np.prod(np.diff(limits) / 400)
    points, _ = mixture.sample(200_000, seed=0)
    outside = ((points < limits[:, 0]) | (points > limits[:, 1])).any(axis=1).mean()

    assert_allclose(cells + outside, 1, atol=2e-3)


def test_outlines_have_the_mahalanobis_radius_they_state(draw, trace):
    frame, props, _ = draw(trace, gv.ContourRenderer(radii=[1.5, 2.5]))("m", 2, 0.4)

    for k, outlines in enumerate(props.outlines.patches):
        for radius, outline in zip((2.5, 1.5), outlines, strict=True):
            away = outline.get_path().vertices[:24:3] - frame.mixture.means[k]
            precision = np.linalg.inv(frame.mixture.covariances[k])
            assert_allclose(np.sqrt(np.einsum("nd,de,ne->n", away, precision, away)), radius, rtol=1e-6)


def test_field_rises_from_the_background_to_full_color_at_the_peak(draw, trace):
    at = draw(trace, gv.ContourRenderer(tint="density"))
    frame, props, _ = at("end", 5)
    limits = np.array([[1.0, 6.0], [30.0, 110.0]])
    colors = props.painter.colors(frame.mixture, limits, (80, 80))[:, :, :3].astype(int)
    density = DensityGrid(limits, (80, 80)).density(frame.mixture).ravel()
    order = np.argsort(density)

    assert (np.diff(colors.reshape(-1, 3)[order].sum(axis=1)) <= 0).all()
    assert colors.reshape(-1, 3)[order[0]].tolist() == [255, 255, 255]


@pytest.mark.parametrize("tint", ["components", "density"])
def test_collapsed_component_saturates_at_the_color_of_the_peak(draw, trace, tint):
    _, props, _ = draw(trace, gv.ContourRenderer(tint=tint))("end", 5)
    peak = props.finder.levels[-1] * 2
    limits = np.array([[-1.0, 1.0], [-1.0, 1.0]])

    def color_at_density(density):
        disc = gv.Mixture([1.0, 0.0], np.zeros((2, 2)), np.eye(2)[None].repeat(2, 0) / (2 * np.pi * density))
        return props.painter.colors(disc, limits * 1e-6 / np.sqrt(density), (1, 1))[0, 0].tolist()

    assert color_at_density(peak) == color_at_density(1e6 * peak)
    assert color_at_density(peak) != color_at_density(peak / 2)


def test_components_tint_is_the_blend_of_their_responsibilities(draw, trace):
    frame, props, _ = draw(trace, gv.ContourRenderer())("end", 5)
    limits = np.array([[2.0, 5.0], [45.0, 95.0]])
    grid = DensityGrid(limits, (5, 5))
    x, y = np.meshgrid(grid.x, grid.y)
    places = np.column_stack([x.ravel(), y.ravel()])
    heights = np.clip(np.log2(np.exp(frame.mixture.log_prob(places)) / props.finder.levels[0] * 2) / 7, 0, 1)
    blend = frame.mixture.responsibilities(places) * (0.6 * heights)[:, None]
    white, blue, orange = (gv.renderers.contour.hex_to_oklab(c) for c in ("#ffffff", "#2365a8", "#c94f00"))
    lab = white + blend @ np.array([blue - white, orange - white])

    colors = props.painter.colors(frame.mixture, limits, (5, 5))[:, :, :3].reshape(-1, 3)
    assert_allclose(colors, 255 * gv.renderers.contour.oklab_to_srgb(lab), atol=1.1)


def test_field_of_many_features_is_that_of_the_exact_marginal():
    rng = np.random.default_rng(2)
    data = gv.Dataset(rng.standard_normal((60, 4)) @ rng.standard_normal((4, 4)))
    mixture = gv.fit(data, n_components=2, max_iter=3)[-1].mixture
    projection = Projection.of(data, ("x4", "x2"), 2)
    projected = projection.mixture(mixture)
    limits = np.array([[-3.0, 3.0], [-3.0, 3.0]])
    grid = DensityGrid(limits, (20, 20))
    x, y = np.meshgrid(grid.x, grid.y)

    marginal = mixture.marginal([3, 1])
    expected = np.exp(marginal.log_prob(np.column_stack([x.ravel(), y.ravel()]))).reshape(20, 20)
    assert_allclose(grid.density(projected), expected, rtol=1e-3, atol=1e-9)


def test_truth_is_drawn_where_it_is(draw, sample):
    _, props, _ = draw(sample, gv.ContourRenderer(truth=True))("start", 0)
    truth = sample.data.truth

    for k, ghost in enumerate(props.ghosts):
        away = ghost.get_path().vertices[:24:3] - truth.means[k]
        squared = np.einsum("nd,de,ne->n", away, np.linalg.inv(truth.covariances[k]), away)
        assert_allclose(squared, 4, rtol=1e-6)
        assert ghost.get_linestyle() == (0, (3.5, 2.5))


def test_truth_that_is_not_known_cannot_be_drawn(trace):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, gv.ContourRenderer(truth=True))

    assert str(caught.value) == (
        "the true mixture of Old Faithful is not known: leave truth out, or draw the data from a mixture "
        "(dataset 'sample')"
    )


def test_one_feature_is_refused_with_the_renderer_that_draws_it():
    trace = gv.fit(np.random.default_rng(0).standard_normal(20), n_components=1, max_iter=1)

    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, gv.ContourRenderer())

    assert str(caught.value) == (
        "the panel draws 2 features, but the data has 1: 'x1'; the renderer 'curve' draws one"
    )


def test_options_leave_out_points_and_trails(draw, trace):
    _, props, axes = draw(trace, gv.ContourRenderer(points=False, trails=False))("end", 5)

    assert props.cloud is None
    assert all(len(mark.trail.get_xdata()) == 0 for mark in props.marks)
    assert axes.get_title(loc="left") == "each line doubles the density; ellipses hold 86 %"


def test_vector_still_holds_one_image_and_lines(trace, tmp_path):
    film = gv.Animation(trace, gv.ContourRenderer(), size=(320, 180))

    text = film.still(tmp_path / "x.svg", at="M2").read_text()

    assert text.count("<image") == 1
    assert text.count("<path") > 20


def test_samples_of_the_fit_appear_in_their_components_colors(trace):
    film = gv.Animation(trace, gv.ContourRenderer(samples=200), pace=gv.Pace(epilogue=2.0, easing="linear"))
    samples = film._canvas._panels[0].props.samples
    points, labels = trace[-1].mixture.sample(200, seed=0)
    film.image(film.moments[-1])

    assert np.array_equal(np.column_stack(samples._below.get_data()), points)
    for k, crosses in enumerate(samples._crosses):
        assert np.array_equal(np.column_stack(crosses.get_data()), points[labels == k])
        assert crosses.get_color() == theme_named("light").color(k)


def test_data_fades_to_half_while_new_points_appear(trace):
    film = gv.Animation(trace, gv.ContourRenderer(samples=20), pace=gv.Pace(epilogue=2.0), size=(640, 360))
    cloud = film._canvas._panels[0].props.cloud
    presences = []
    for moment in film.moments:
        if moment.phase == "end":
            list(film._canvas._moving(film.frames(moment)))
            presences.append(cloud._presence)

    assert presences[0] == 1
    assert presences[-1] == pytest.approx(0.5)
    assert sorted(presences, reverse=True) == presences


def test_without_new_points_the_data_does_not_fade(trace):
    film = gv.Animation(trace, gv.ContourRenderer(), pace=gv.Pace(epilogue=2.0), size=(640, 360))

    film.image(film.moments[-1])

    assert film._canvas._panels[0].props.cloud._presence == 1


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"n_levels": 3}, ["film's max", "1/2", "1/4", "1/8"]),
        ({"n_levels": 3, "levels": "linear"}, ["film's max", "75 %", "50 %", "25 %"]),
    ],
)
def test_key_names_the_highest_density_and_each_line(trace, options, names):
    assert gv.ContourRenderer(**options)._line_names(stages([("", trace)])[0]) == names


@pytest.mark.parametrize("size", [(1280, 720), (480, 270), (720, 1280)])
def test_key_stands_beside_the_panel_within_the_picture(trace, size):
    film = gv.Animation(trace, gv.ContourRenderer(), size=size)
    axes = film._canvas._panels[0].axes
    (key,) = (artist for artist in axes.get_children() if isinstance(artist, DensityKey))
    box = key.get_window_extent()

    assert box.x0 >= axes.bbox.x1 - 1e-6
    assert box.x1 <= size[0]
    assert axes.bbox.y0 < box.y0 < box.y1 <= axes.bbox.y1 + 1e-6


def test_key_can_be_left_out_and_is_not_drawn_among_many_panels(trace):
    def n_keys(film):
        return sum(isinstance(a, DensityKey) for panel in film._canvas._panels for a in panel.axes.get_children())

    assert n_keys(gv.Animation(trace, gv.ContourRenderer(key=False))) == 0
    assert n_keys(gv.Animation([trace] * 2, gv.ContourRenderer())) == 2
    assert n_keys(gv.Animation([trace] * 6, gv.ContourRenderer())) == 0


@pytest.mark.parametrize("tint", ["components", "density"])
@pytest.mark.parametrize("levels", ["log", "linear"])
def test_swatches_are_as_strong_as_the_field_between_the_lines(tint, levels):
    theme = theme_named("light")
    ends = {"log": [1 / 8, 1 / 4, 1 / 2], "linear": [1 / 4, 1 / 2, 3 / 4]}[levels]
    painter = _Painter(theme, 1, DENSITY * np.array(ends), levels == "log", tint == "components")
    swatches = np.array(painter.swatches(theme))[:, :3] * 255
    ink, most = (theme.muted, 0.6) if tint == "components" else (calm(theme), 0.9)
    middles = np.array([7, 5, 3, 1]) / 8  # of four bands, from the highest down
    expected = mixed("#ffffff", [ink], (most * middles)[None, None])[0, :, :3]

    assert_allclose(swatches, expected, atol=1.5)


@pytest.mark.parametrize(
    ("panel", "key"),
    [(gv.ContourRenderer(samples=9), "samples"), (gv.RENDERERS["score"](flag=(0.01, 0.1)), "flag")],
)
def test_what_only_an_epilogue_would_show_is_refused_without_one(trace, panel, key):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, [gv.EllipseRenderer(), panel])

    assert (caught.value.place, str(caught.value)) == (
        ("panels", 1, key),
        f"{key} works in the film's epilogue, and its pace has none: add epilogue = 2 to pace",
    )


DENSITY = 1 / (2 * np.pi)  # of a round Gaussian at its mean


def color_at_the_mean(levels, **settings):
    """RGB at the mean of a round Gaussian, where the density is `DENSITY`."""
    round_ = gv.Mixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    options = {"log": True, "by_component": True} | settings
    painter = _Painter(theme_named("light"), 1, DENSITY * np.array(levels), **options)
    small = np.array([[-1e-3, 1e-3], [-1e-3, 1e-3]])
    return painter.colors(round_, small, (1, 1))[0, 0].tolist()


@pytest.mark.parametrize(
    ("levels", "log", "strength"),
    [
        ([1 / 4, 1 / 2], True, 1.0),  # a step above the highest line
        ([1 / 8, 1 / 4], True, 1.0),
        ([2, 4], True, 0.0),  # a step below the lowest
        ([1 / 2, 1, 2], True, 0.5),  # in the middle of 4 steps
        ([1, 3], False, 0.25),
        ([1 / 3, 2 / 3], False, 1.0),
    ],
)
def test_color_is_as_strong_as_the_density_is_high(levels, log, strength):
    inks = mixed("#ffffff", [theme_named("light").color(0)], np.array([[0.6 * strength]]))
    violet = mixed("#ffffff", [calm(theme_named("light"))], np.array([[0.9 * strength]]))

    assert_allclose(color_at_the_mean(levels, log=log), inks[0], atol=1)
    assert_allclose(color_at_the_mean(levels, log=log, by_component=False), violet[0], atol=1)


def test_violet_is_as_light_as_muted_text_and_no_components_hue():
    for theme in gv.THEMES.values():
        lightness, a, b = hex_to_oklab(calm(theme))

        assert lightness == pytest.approx(hex_to_oklab(theme.muted)[0], abs=0.01)
        assert np.hypot(a, b) == pytest.approx(0.12, abs=0.01)
        assert np.degrees(np.arctan2(b, a)) % 360 == pytest.approx(290, abs=3)


def test_level_lines_are_found_every_seven_pixels(draw, trace):
    _, props, axes = draw(trace, gv.ContourRenderer())("start", 0)
    (columns, rows), _ = props.finder._grid

    # 7 pixels of a picture 720 pixels high are 3.5 of one that is half as high.
    assert [columns, rows] == [round(side / 3.5) + 1 for side in axes.bbox.size]


def test_field_is_painted_again_only_for_another_mixture(draw, trace):
    at = draw(trace, gv.ContourRenderer())
    _, props, _ = at("e", 1, 0.3)
    first, lines = props.ground._cached_pixels, props.lines.get_path()
    at("e", 1, 0.9)
    assert props.ground._cached_pixels is first
    assert props.lines.get_path() is lines
    at("m", 1, 0.5)
    assert props.ground._cached_pixels is not first
    assert props.lines.get_path() is not lines


def test_lines_marks_and_edges_have_their_widths_inks_and_layers(draw_runs, sample):
    panel = gv.ContourRenderer(truth=True, samples=7, radii=[2.0, 1.0])
    drawn = draw_runs(panel, sample, theme="light", size=(1280, 720))
    _, artists = drawn.at("end", 4)
    props, theme = drawn.props, theme_named("light")
    outlines = [patch for patches in props.outlines.patches for patch in patches]
    trails = [mark.trail for mark in props.marks]

    assert artists[:10] == [props.ground, props.cloud, *props.ghosts, *outlines]
    assert artists[10:12] == trails
    assert all(artist.get_animated() for artist in artists)
    assert (props.ground.get_zorder(), props.samples._crosses[0].get_zorder()) == (1, 2.5)
    assert {ghost.get_zorder() for ghost in props.ghosts} == {3}
    assert {outline.get_linewidth() for outline in outlines} == {2.8}
    assert props.lines.get_linewidth() == 1.3
    assert props.lines.get_edgecolor() == to_rgba(theme.text, 0.35)
    assert not props.lines.get_fill()
    assert (props.field._cell, props.finder._cell) == (2, 7)
    # A point of 300 has a radius of 5.5 pixels in other panels.
    assert (props.cloud.radius, props.cloud._alpha_of_points) == (pytest.approx(0.72 * 5.5), 0.6)
    field, lines, edge = props.ground._artists
    assert (field, lines) == (props.field, props.lines)
    assert_allclose(edge.get_data(), ([0, 0, 1], [1, 0, 0]))
    assert (edge.get_color(), edge.get_linewidth()) == (theme.muted, drawn.axes.spines["left"].get_linewidth())
    assert not edge.get_clip_on()
    assert not any(spine.get_visible() for spine in drawn.axes.spines.values())
    assert not any(line.get_visible() for line in drawn.axes.get_xgridlines())
    assert drawn.axes.get_title(loc="left") == (
        "crosses: drawn from the fit; each line doubles the density; ellipses hold 39 % and 86 % of a component"
    )


@pytest.mark.parametrize(("size", "cell"), [((640, 360), 2), ((2560, 1440), 4)])
def test_cells_grow_with_the_picture_but_are_never_single_pixels(draw_runs, trace, size, cell):
    assert draw_runs(gv.ContourRenderer(), trace, size=size).props.field._cell == cell


def test_level_lines_of_a_tiny_panel_are_found_from_nine_places(draw, trace):
    at = draw(trace, gv.ContourRenderer())
    _, props, axes = at("start", 0)
    axes.set_position((0.4, 0.4, 0.01, 0.2))
    at("m", 1)

    assert props.finder._grid[0] == (9, round(0.2 * 360 / 3.5) + 1)


def test_level_lines_are_open_paths_that_agg_may_simplify(truth):
    path = level_lines(DensityGrid(LIMITS, (161, 121), corners=True), truth, np.array([0.01]))

    assert path.should_simplify
    assert path.CLOSEPOLY not in path.codes
    begins = np.flatnonzero(path.codes == path.MOVETO)
    ends = np.append(begins[1:], len(path.codes)) - 1
    assert_allclose(path.vertices[begins], path.vertices[ends])  # they are loops all the same


def test_limits_make_room_for_the_largest_outline():
    assert gv.ContourRenderer(radii=[1, 3, 2]).reach == 3
    assert gv.ContourRenderer(radii=[]).reach == 2


def test_outlines_step_back_in_an_e_step_and_points_in_an_m_step(draw_runs, trace):
    drawn = draw_runs(gv.ContourRenderer(), trace)
    (outline,) = drawn.props.outlines.patches[0]

    frame, _ = drawn.at("e", 1, 0.5)
    strong = drawn.props.cloud._presence, outline.get_edgecolor()[3]
    assert drawn.props.cloud._attention == frame.attention.points > 0.9
    frame, _ = drawn.at("m", 1, 0.0)
    assert strong[0] == 1 > drawn.props.cloud._presence
    assert outline.get_edgecolor()[3] > 2 * strong[1]


@pytest.mark.parametrize("points", ["pies", "shapes", True, False])
def test_points_are_drawn_as_asked_and_followed_last(draw_runs, points):
    few = gv.fit(np.random.default_rng(0).standard_normal((40, 2)), n_components=2, max_iter=3, tol=0)
    drawn = draw_runs(gv.ContourRenderer(points=points, follow=[40]), few)
    _, artists = drawn.at("m", 1)
    kind = {"pies": "Pies", "shapes": "Shapes", True: "PointCloud", False: "NoneType"}[points]

    assert type(drawn.props.cloud).__name__ == kind
    assert (drawn.props.cloud in artists) == (points is not False)
    assert drawn.props.followed in artists[-5:]
    assert ("● 1  ■ 2" in drawn.axes.get_title(loc="left")) == (points == "shapes")


@pytest.mark.parametrize("size", [(1280, 400), (400, 1000)])
@pytest.mark.parametrize("panel", [gv.ContourRenderer(aspect="equal"), gv.EllipseRenderer(aspect="equal")])
def test_equal_aspect_makes_units_equally_long_and_widens_limits(sample, size, panel):
    film = gv.Animation(sample, panel, size=size)
    free = gv.Animation(sample, type(panel)(), size=size)
    axes, its = film._canvas._panels[0].axes, free._canvas._panels[0].axes
    film.image(film.moment("M2"))
    unit = axes.transData.transform([[0, 0], [1, 1]])
    limits, base = (np.array([a.get_xlim(), a.get_ylim()]) for a in (axes, its))

    assert_allclose(*np.diff(unit, axis=0)[0], rtol=1e-9)
    assert (limits[:, 0] <= base[:, 0] + 1e-9).all()
    assert (limits[:, 1] >= base[:, 1] - 1e-9).all()
    assert np.isclose(limits, base).all(axis=1).sum() == 1  # one feature's limits stay, the other's widen
    assert_allclose(limits.mean(axis=1), base.mean(axis=1))
    panel_share = [a.bbox.size / np.array(size) for a in (axes, its)]
    assert_allclose(*panel_share, atol=0.03)  # the panel does not shrink


def test_field_and_lines_fill_the_widened_limits(sample):
    film = gv.Animation(sample, gv.ContourRenderer(aspect="equal", points=False), size=(1000, 300))
    props, axes = film._canvas._panels[0].props, film._canvas._panels[0].axes
    far = gv.Mixture([1.0], [[axes.get_xlim()[1], 2.0]], [np.eye(2)])
    x0, x1 = axes.get_xlim()

    assert lines_of(props.finder.lines(far))[:, 0].max() == pytest.approx(x1)
    asked = []
    props.field.set_paint(lambda limits, shape: asked.append(limits) or np.zeros((*shape[::-1], 4), np.uint8))
    props.field.draw(film._canvas._renderer)
    assert_allclose(asked[0][0], [x0, x1], atol=0.01 * (x1 - x0))


def test_runs_of_a_film_are_equally_long_per_unit(sample):
    runs = [gv.Run(sample, name) for name in ("a", "b")]
    film = gv.Animation(runs, gv.EllipseRenderer(aspect="equal"), size=(900, 400))
    one, other = (panel.axes for panel in film._canvas._panels[:2])

    assert_allclose(one.get_xlim(), other.get_xlim(), rtol=1e-4)
    assert_allclose(one.get_ylim(), other.get_ylim(), rtol=1e-4)


def test_reversed_axes_stay_reversed_at_equal_aspect(sample):
    film = gv.Animation(sample, gv.EllipseRenderer(aspect="equal", reverse=["y"]), size=(900, 400))
    axes = film._canvas._panels[0].axes
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()

    assert x0 < x1
    assert y0 > y1


def test_plot_is_drawn_at_equal_aspect_wherever_its_axes_are_moved(sample):
    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = gv.plot(sample, figure.subplots(1, 2)[0], gv.ContourRenderer(aspect="equal"))
    for size in ((6, 3), (3, 6)):
        figure.set_size_inches(size)
        FigureCanvasAgg(figure).draw()
        unit = np.diff(axes.transData.transform([[0, 0], [1, 1]]), axis=0)[0]
        assert_allclose(*unit, rtol=1e-6)
