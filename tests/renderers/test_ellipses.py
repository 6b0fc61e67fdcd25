import numpy as np
import pytest
from clock import every_moment
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.ellipses import ellipse_path, mass_note
from gmmviz.film.canvas import Canvas
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.timeline import Moment
from gmmviz.themes import theme_named


@pytest.mark.parametrize("radius", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("seed", range(4))
def test_ellipse_has_the_mahalanobis_radius_it_states(seed, radius):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((2, 2)) * [1.0, 30.0]
    covariance, mean = root @ root.T, 100 * rng.standard_normal(2)

    path = ellipse_path(mean, np.linalg.cholesky(covariance), radius)
    t = np.linspace(0, 1, 9)
    boundary = np.concatenate([bezier(t) for bezier, _ in path.iter_bezier() if len(bezier.control_points) > 2])
    boundary -= mean
    distance = np.sqrt(np.einsum("nd,de,ne->n", boundary, np.linalg.inv(covariance), boundary))

    # A circle made of Bezier curves is a circle to 3e-4.
    assert_allclose(distance, radius, rtol=5e-4)


def test_note_states_the_mass_that_the_ellipses_hold():
    assert mass_note((2.0, 1.0)) == "ellipses hold 39 % and 86 % of a component"
    assert mass_note((3.0,)) == "ellipses hold 99 %"


@pytest.fixture
def drawn(trace):
    """The artists of a panel, set to a chosen moment."""
    panel = gv.EllipseRenderer(radii=[1, 2])
    (stage,) = stages([("", trace)])
    canvas = Canvas(
        (640, 360),
        theme_named("light"),
        title="",
        subtitle="",
        stages=[stage],
        panels=[panel],
        words=[("", "")],
    )
    axes, _, _, props, _ = canvas._panels[0]
    every = every_moment(trace)

    def at(phase, before, progress):
        moment = next(m for m in every if (m.phase, m.before) == (phase, before) and m.progress >= progress)
        frame = frame_at(trace, moment)
        with canvas.painting():
            list(panel.moving(props, frame, stage, canvas._theme))
        return frame, props, axes

    return at


def test_ellipses_and_means_are_those_of_the_frame(drawn):
    frame, props, _ = drawn("m", 2, 0.4)

    for k, mark in enumerate(props.marks):
        assert_allclose(np.ravel(mark.dot.get_data()), frame.mixture.means[k])
        for radius, ellipse in zip((2, 1), props.ellipses.patches[k], strict=True):
            away = ellipse.get_path().vertices[0] - frame.mixture.means[k]
            squared = away @ np.linalg.inv(frame.mixture.covariances[k]) @ away
            assert_allclose(np.sqrt(squared), radius, rtol=1e-9)


def test_trail_leads_from_the_start_to_the_mean(drawn, trace):
    frame, props, _ = drawn("m", 2, 0.4)

    x, y = props.marks[0].trail.get_data()

    assert_allclose((x[0], y[0]), trace[0].mixture.means[0])
    assert_allclose((x[-1], y[-1]), frame.mixture.means[0])
    assert len(x) == 4


def test_points_are_hollow_at_the_start_and_colored_at_the_end(drawn):
    light = theme_named("light")
    _, props, _ = drawn("start", 0, 0)
    assert (props.cloud._asked, props.cloud._hollow) == (0, light.muted)

    frame, props, _ = drawn("end", 5, 1)
    assert props.cloud._asked == 1
    assert_allclose(props.cloud._colors, light.point_colors(frame.responsibilities, 1.0))


@pytest.mark.parametrize(
    "panel",
    [gv.EllipseRenderer(follow=[7]), gv.ContourRenderer(), gv.SurfaceRenderer(), gv.ResponsibilitiesRenderer()],
)
def test_nothing_jumps_where_one_step_ends_and_the_next_begins(trace, panel):
    film = gv.Animation(trace, [panel], size=(320, 180))
    (left, bottom), (right, top) = film._canvas._panels[0][0].bbox.get_points().astype(int)

    def image(phase, steps, progress):
        picture = film.image(Moment(0.0, 0.1, phase, *steps, progress, opens=False))
        return picture[180 - top : 180 - bottom, left:right, :3].astype(int)

    e_step, m_step = ("e", (0, 1, 2)), ("m", (0, 1, 2))
    for (earlier, before), (later, after) in (
        (("start", (0, 0, 0)), ("e", (0, 0, 1))),
        (("m", (0, 0, 1)), e_step),
        (e_step, m_step),
        (m_step, ("e", (1, 2, 3))),
        (("e", (3, 4, 5)), ("m", (3, 4, 5))),
    ):
        change = np.abs(image(later, after, 1e-6) - image(earlier, before, 1.0))
        assert change.max() <= 12, (earlier, later)  # a level line is traced anew
    for step in (e_step, m_step):
        assert np.abs(image(*step, 0.5) - image(*step, 1.0)).max() > 40


def test_points_can_be_left_out(draw_runs, trace):
    drawn = draw_runs(gv.EllipseRenderer(points=False), trace)

    assert drawn.props.cloud is None
    assert drawn.at("m", 1)[1][0] is drawn.props.ellipses.patches[0][0]


def test_unknown_kind_of_points_is_named():
    with pytest.raises(gv.InputError) as caught:
        gv.EllipseRenderer(points="pie")

    assert str(caught.value) == (
        "EllipseRenderer: points: expected true or false or 'dots', 'pies' or 'shapes', got 'pie'; did you mean 'pies'?"
    )


def test_point_between_components_looks_between():
    theme = theme_named("light")
    first, second, between = theme.point_colors(np.array([[1, 0], [0, 1], [0.5, 0.5]]), 1.0)

    assert_allclose(255 * first, [0x23, 0x65, 0xA8], atol=0.6)
    assert_allclose(255 * second, [0xC9, 0x4F, 0x00], atol=0.6)
    assert (np.abs(between - first).max() > 0.1) & (np.abs(between - second).max() > 0.1)


def test_axes_do_not_move(drawn):
    _, _, axes = drawn("start", 0, 0)
    before = axes.get_xlim(), axes.get_ylim(), axes.get_position().bounds
    drawn("end", 5, 1)

    assert (axes.get_xlim(), axes.get_ylim(), axes.get_position().bounds) == before


def test_one_feature_is_refused_before_anything_is_drawn():
    trace = gv.fit(np.random.default_rng(0).standard_normal(20), n_components=1, max_iter=1)

    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, [gv.EllipseRenderer()])

    assert str(caught.value) == (
        "the panel draws 2 features, but the data has 1: 'x1'; the renderer 'curve' draws one"
    )


def test_impossible_options_are_named():
    with pytest.raises(gv.InputError) as caught:
        gv.EllipseRenderer(radii=[1, -2], trial=True)

    assert str(caught.value) == (
        "EllipseRenderer: radii[1]: must be greater than 0, not -2; trial: unknown key; did you mean 'trails'?"
    )


def test_masses_are_the_radii_that_hold_them(truth):
    panel = gv.EllipseRenderer(masses=[0.5, 0.9])
    points, _ = gv.Mixture([1.0], truth.means[:1], truth.covariances[:1]).sample(100_000, seed=0)
    away = points - truth.means[0]
    distance = np.sqrt(np.einsum("nd,de,ne->n", away, np.linalg.inv(truth.covariances[0]), away))

    assert_allclose([np.mean(distance < radius) for radius in panel.outlines], [0.9, 0.5], atol=0.005)


def test_radii_and_masses_exclude_each_other():
    with pytest.raises(gv.InputError) as caught:
        gv.EllipseRenderer(radii=[1], masses=[0.5])

    assert str(caught.value) == (
        "EllipseRenderer: the ellipses are given by radii or by masses, not by both: leave one out"
    )


@pytest.fixture
def sampled(truth):
    points, labels = truth.sample(300, seed=2)
    data = gv.Dataset(points, labels=labels, truth=truth)
    start = gv.Mixture(truth.weights[::-1], truth.means[::-1], truth.covariances[::-1])
    return gv.fit(data, start, max_iter=4)


def test_truth_is_drawn_in_the_colors_of_its_estimates(sampled, truth):
    film = gv.Animation(sampled, gv.EllipseRenderer(truth=True, radii=[2]))
    axes = film._canvas._panels[0][0]
    ghosts = [patch for patch in axes.patches if not patch.get_animated()]

    assert len(ghosts) == 3
    for j, patch in enumerate(ghosts):
        away = patch.get_path().vertices[0] - truth.means[j]
        assert_allclose(away @ np.linalg.inv(truth.covariances[j]) @ away, 4)
        # The start was given in reverse order, so the estimate of the first is the last.
        assert to_hex(patch.get_edgecolor()) == theme_named("light").color(2 - j)


def test_unknown_truth_cannot_be_drawn(trace):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, gv.EllipseRenderer(truth=True))

    assert str(caught.value) == (
        "the true mixture of Old Faithful is not known: leave truth out, or draw the data from a mixture "
        "(dataset 'sample')"
    )


def test_regions_are_those_of_the_most_responsible_component(sampled):
    film = gv.Animation(sampled, gv.EllipseRenderer(background="regions"))
    film.image(film.moment("end"))
    *_, props, _ = film._canvas._panels[0]
    tints = np.asarray(props.map._image.get_array())
    grid = props.map._grid
    x, y = np.meshgrid(grid.x, grid.y)
    labels = sampled[-1].mixture.labels(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    hues = [[int(theme_named("light").color(k)[i : i + 2], 16) for i in (1, 3, 5)] for k in range(3)]

    assert np.mean(np.abs(tints[:, :, :3] - np.array(hues)[labels]).max(axis=2) <= 1) > 0.999


def test_plane_is_darkest_where_components_are_equally_likely(sampled):
    film = gv.Animation(sampled, gv.EllipseRenderer(background="uncertainty"))
    film.image(film.moment("end"))
    *_, props, _ = film._canvas._panels[0]
    alpha = np.asarray(props.map._image.get_array())[:, :, 3].ravel()
    grid = props.map._grid
    x, y = np.meshgrid(grid.x, grid.y)
    shares = sampled[-1].mixture.responsibilities(np.column_stack([x.ravel(), y.ravel()]))

    assert alpha[shares.max(axis=1) > 0.999].max() < 3
    assert alpha[shares.max(axis=1) < 0.55].min() > 60


def test_plane_is_not_tinted_before_the_first_e_step(sampled):
    film = gv.Animation(sampled, gv.EllipseRenderer(background="regions"))
    film.image(film.moment("start"))
    *_, props, _ = film._canvas._panels[0]

    assert not np.asarray(props.map._image.get_array())[:, :, 3].any()


def test_labels_stand_at_the_means_of_their_points():
    data = gv.load_dataset("vowels")
    trace = gv.fit(data, "kmeans", n_components=10, max_iter=2)
    film = gv.Animation(
        trace, gv.EllipseRenderer(labels=True, reverse=["x", "y"], features=("F2 (Hz)", "F1 (Hz)"))
    )
    axes, *_, props, _ = film._canvas._panels[0]

    assert {label.get_text() for label in props.labels.labels} == set(data.labels)
    for label in props.labels.labels:
        f1, f2 = data.points[data.labels == label.get_text()].mean(axis=0)
        assert_allclose(label.get_position(), (f2, f1))
    assert axes.get_xlim()[0] > axes.get_xlim()[1]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_data_without_labels_cannot_show_them(trace):
    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, gv.EllipseRenderer(labels=True))

    assert str(caught.value) == "Old Faithful has no labels to write: leave labels out"


def test_radii_are_sorted_from_the_outermost_in_and_masses_become_radii():
    # 1 - exp(-r**2 / 2) is a half at r = sqrt(2 log 2).
    assert_allclose(gv.EllipseRenderer(masses=[0.5, 0.95]).outlines, [2.4477468, 1.1774100])
    assert gv.EllipseRenderer(radii=[1, 3, 2]).outlines == (3, 2, 1)
    assert gv.EllipseRenderer().outlines == (2, 1)
    assert gv.EllipseRenderer(radii=[]).reach == 0
    assert gv.EllipseRenderer(radii=[1, 3, 2]).reach == 3


def test_truth_without_ellipses_is_drawn_at_one_sigma(draw_runs, sampled):
    axes = draw_runs(gv.EllipseRenderer(radii=[], truth=True), sampled).axes

    assert len(axes.patches) == 3
    assert axes.get_title(loc="left") == "dashed: the truth"
    half = axes.patches[2].get_path().get_extents()
    assert_allclose([half.x1 - half.x0, half.y1 - half.y0], [2 * 0.5**0.5, 2 * 1.5**0.5], rtol=1e-6)


def test_labels_stand_beside_the_means_of_their_points(draw_runs):
    iris = gv.fit(gv.load_dataset("iris"), n_components=2, max_iter=1)
    drawn = draw_runs(gv.EllipseRenderer(labels=True, features=[1, 2]), iris, size=(1280, 720))
    drawn.at("end", 1)
    label = drawn.props.labels.labels[0]
    mean = iris.data.points[iris.data.labels == label.get_text()][:, :2].mean(axis=0)

    assert len(drawn.props.labels.labels) == 3
    assert_allclose(label.get_position(), mean)
    seen = label.get_transform().transform(label.get_position()) - drawn.axes.transData.transform(mean)
    assert np.hypot(*seen) == pytest.approx(27)
    assert label.get_fontsize() == 30


def test_ellipses_and_labels_have_their_widths_inks_and_layers(draw_runs):
    iris = gv.fit(gv.load_dataset("iris"), n_components=2, max_iter=1)
    panel = gv.EllipseRenderer(labels=True, features=[1, 2], background="regions")
    drawn = draw_runs(panel, iris, theme="light", size=(1280, 720))
    _, artists = drawn.at("end", 1)
    props, theme = drawn.props, theme_named("light")
    (outer, inner), _ = props.ellipses.patches

    assert artists[0] is props.map._image
    assert artists[1] is props.cloud
    assert artists[-6:] == [*props.labels.halos, *props.labels.labels]
    assert all(artist.get_animated() for artist in artists)
    assert {label.get_zorder() for label in props.labels.labels} == {8}
    assert (outer.get_linewidth(), inner.get_linewidth()) == (2.6, 3.2)
    strong = inner.get_edgecolor()[3]
    assert outer.get_edgecolor()[3] == pytest.approx(0.75 * strong)
    assert inner.get_facecolor()[3] == pytest.approx(0.09 * strong)
    label = props.labels.labels[0]
    assert (label.get_ha(), label.get_va(), label.get_color()) == ("center", "center", theme.text)
    assert label.get_fontweight() == theme.font("bold").get_weight()


def test_kmeans_is_drawn_as_means_and_borders(old_faithful, draw_runs):
    trace = gv.fit(old_faithful, n_components=3, algorithm="kmeans", max_iter=2)
    drawn = draw_runs(gv.EllipseRenderer(radii=[1, 2]), trace)
    _, artists = drawn.at("end", 2)

    assert drawn.props.ellipses.patches == [[], [], []]
    assert drawn.props.map._image in artists
    assert "ellipses" not in drawn.axes.get_title(loc="left")


def test_projection_of_kmeans_has_no_borders(draw_runs):
    trace = gv.fit(gv.load_dataset("iris"), n_components=3, algorithm="kmeans", max_iter=2)
    drawn = draw_runs(gv.EllipseRenderer(features=[1, 2]), trace)

    assert drawn.props.map is None
    assert drawn.props.ellipses.patches == [[], [], []]


@pytest.fixture
def two_runs():
    """k-means and EM on points that they divide differently."""
    rng = np.random.default_rng(3)
    points = rng.standard_normal((120, 2)) * [3, 0.4] + np.repeat([[0, 0], [0, 1.8]], 60, axis=0)
    return [
        gv.fit(gv.Dataset(points), gv.RandomPoints(seed=2), n_components=2, algorithm=a, max_iter=99)
        for a in ("kmeans", "em")
    ]


def test_points_that_two_runs_divide_differently_are_ringed_in_the_epilogue(two_runs):
    film = gv.Animation(two_runs, gv.EllipseRenderer(differ=True), pace=gv.Pace(epilogue=1.0), size=(640, 360))
    a, b = (run.labels(-1) for run in two_runs)
    different = min((a != b).sum(), (a == b).sum())  # two groups can be paired in two ways

    assert 5 < different < 60
    for moment in (film.moments[0], film.moment("M1"), film.moments[-1]):
        film.image(moment)
        for panel, frame in zip(film._canvas._panels, film.frames(moment), strict=True):
            _, stage, renderer, props, theme = panel
            shown = props.rings in list(renderer.moving(props, frame, stage, theme))
            assert shown == (moment.epilogue > 0)
            assert len(props.rings.get_xdata()) == different
    assert props.rings.get_alpha() == 1


def test_rings_need_two_runs_of_the_same_points_and_an_epilogue(trace, two_runs):
    for runs in ([trace], [trace, two_runs[0]]):
        with pytest.raises(gv.InputError) as caught:
            gv.Animation(runs, gv.EllipseRenderer(differ=True), pace=gv.Pace(epilogue=1.0))
        assert str(caught.value) == (
            "there are no two runs of the same points that could differ: leave differ out, or add a run"
        )
        assert caught.value.place == ("panels", 0, "differ")
    with pytest.raises(gv.InputError, match="differ works in the film's epilogue, and its pace has none"):
        gv.Animation(two_runs, gv.EllipseRenderer(differ=True))


@pytest.fixture(scope="module")
def resampled(old_faithful):
    """A run, and runs of the same points with other weights, from the same start."""
    points, start = (
        old_faithful.points[:60],
        gv.Mixture([0.5, 0.5], [[2.0, 55], [4, 75]], [np.diag([0.5, 80])] * 2),
    )
    rng = np.random.default_rng(1)
    weights = [None, *(np.bincount(rng.integers(0, 60, 60), minlength=60) for _ in range(3))]
    return [
        gv.fit(gv.Dataset(points, weights=w), start, max_iter=n, tol=0)
        for w, n in zip(weights, (4, 6, 3, 5), strict=True)
    ]


def test_all_runs_are_one_panel_of_the_first_with_the_others_as_thin_ellipses(draw_runs, resampled):
    drawn = draw_runs(gv.EllipseRenderer(all_runs=True, radii=[1, 2]), *resampled)
    for before in (1, 4):
        drawn.at("m", before)
        thin = drawn.props.thin.lines.get_segments()
        expected = [run[min(before + 1, len(run) - 1)].mixture for run in resampled[1:]]

        assert len(thin) == 3 * 2 * 2
        for i, ellipse in enumerate(thin):
            mixture, k, radius = expected[i // 4], i // 2 % 2, (2, 1)[i % 2]
            away = ellipse - mixture.means[k]
            inverse = np.linalg.inv(mixture.covariances[k])
            assert_allclose(np.einsum("nd,de,ne->n", away, inverse, away), radius**2)

    assert gv.EllipseRenderer(all_runs=True).shared
    assert gv.EllipseRenderer(all_runs=True).broad
    assert draw_runs(gv.EllipseRenderer(), *resampled).props.thin is None


def test_first_run_of_all_is_drawn_as_usual(draw_runs, resampled):
    together = draw_runs(gv.EllipseRenderer(all_runs=True), *resampled)
    alone = draw_runs(gv.EllipseRenderer(), resampled[0])
    frame, _ = together.at("m", 2)
    alone.at("m", 2)

    assert frame.trace is resampled[-1]  # which does not matter
    for thick, own in zip(together.props.ellipses.patches, alone.props.ellipses.patches, strict=True):
        assert_allclose([p.get_path().vertices for p in thick], [p.get_path().vertices for p in own])
    assert_allclose(together.props.cloud._colors, alone.props.cloud._colors)


def test_thin_ellipses_have_the_hues_of_their_clouds(draw_runs, resampled):
    turned = gv.fit(
        resampled[1].data,
        gv.Mixture(
            *(getattr(resampled[0][0].mixture, part)[::-1] for part in ("weights", "means", "covariances"))
        ),
        max_iter=6,
    )
    drawn = draw_runs(gv.EllipseRenderer(all_runs=True, radii=[2]), resampled[0], turned)
    drawn.at("m", 3)
    thick = [patches[0].get_edgecolor()[:3] for patches in drawn.props.ellipses.patches]

    assert_allclose(drawn.props.thin.lines.get_edgecolor()[:, :3], thick[::-1])
