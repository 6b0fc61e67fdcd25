from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from numpy.testing import assert_allclose
from scipy.stats import norm

import gmmviz as gv
from gmmviz.artists.raster import Raster
from gmmviz.renderers.curve import (
    RUG,
    _area,
    _band_colors,
    _frame,
    _scattered,
    apart,
    component_curves,
    curve_places,
    histogram,
)
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.vocabulary import ENGLISH
from gmmviz.themes import theme_named

SAMPLE = {
    "weights": [0.5, 0.3, 0.2],
    "means": [[0], [4], [7]],
    "covariances": [[[1]], [[0.5]], [[1.5]]],
}


@pytest.fixture(scope="module")
def sample():
    return gv.fit(gv.load_dataset("sample", **SAMPLE), gv.RandomPoints(seed=2), n_components=3, max_iter=4)


@pytest.mark.parametrize("moment", [("start", 0, 0.0), ("m", 1, 0.4), ("end", 4, 1.0)])
def test_curves_are_weighted_normal_densities_and_the_strong_one_is_their_sum(draw, sample, moment):
    frame, props, _ = draw(sample, gv.CurveRenderer())(*moment)
    mixture = frame.mixture

    expected = []
    for k, curve in enumerate(props.curves):
        x, y = curve.line.get_data()
        mean, sigma = mixture.means[k, 0], np.sqrt(mixture.covariances[k, 0, 0])
        expected.append(mixture.weights[k] * norm.pdf(x, mean, sigma))
        assert_allclose(y, expected[k], rtol=1e-9)
        assert_allclose(curve.fill.get_path().vertices[1:-1], np.column_stack([x, y]))
    assert_allclose(props.total[0].get_ydata(), np.sum(expected, axis=0), rtol=1e-9)


def test_number_stands_on_the_top_of_its_curve(draw, sample):
    frame, props, _ = draw(sample, gv.CurveRenderer())("m", 1, 0.4)

    for k, (mark, curve) in enumerate(zip(props.marks, props.curves, strict=True)):
        x, y = (float(values[0]) for values in mark.dot.get_data())
        assert_allclose([x, y], [frame.mixture.means[k, 0], curve.line.get_ydata().max()], rtol=1e-9)
        assert curve.stem.get_data() == ([x, x, x], [0, y, y])


@pytest.mark.parametrize("bins", ["auto", 1, 7, 40])
def test_histogram_has_area_1(old_faithful, bins):
    heights, edges = histogram(old_faithful.points[:, 0], bins)

    assert_allclose((heights * np.diff(edges)).sum(), 1)
    assert bins in ("auto", len(heights))


@pytest.mark.parametrize(
    "x", [np.arange(200.0), np.array([3.0, 3.0, 3.0]), np.array([1.0]), np.r_[np.zeros(99), 1]]
)
def test_automatic_bars_are_those_of_numpy(x):
    heights, edges = histogram(x, "auto")

    assert_allclose((heights * np.diff(edges)).sum(), 1)
    if np.ptp(x) > 1:
        assert_allclose(edges, np.histogram_bin_edges(x, "auto"))


def test_an_outlier_does_not_make_a_million_bars():
    heights, _ = histogram(np.append(np.random.default_rng(0).standard_normal(999), 1e6), "auto")

    assert len(heights) == 120


@pytest.mark.parametrize("sigma", [1.0, 1e-3, 1e-9])
def test_narrow_curve_keeps_its_peak_and_its_area(sigma):
    mixture = gv.Mixture([0.3, 0.7], [[0.1234], [2.0]], [[[sigma**2]], [[1.0]]])
    x = curve_places(mixture, np.array([-8.0, 8.0]))
    narrow, wide = component_curves(mixture, x)

    assert_allclose(narrow.max(), 0.3 * norm.pdf(0, 0, sigma), rtol=1e-6)
    assert_allclose(np.trapezoid(narrow, x), 0.3, rtol=2e-3)
    assert_allclose(np.trapezoid(wide, x), 0.7, rtol=2e-3)


def test_scales_are_the_same_in_every_frame_and_hold_every_curve(draw, sample):
    at = draw(sample, gv.CurveRenderer())
    seen = set()
    for moment in (("start", 0, 0.0), ("m", 0, 0.5), ("m", 2, 1.0), ("end", 4, 1.0)):
        _, props, axes = at(*moment)
        seen.add((axes.get_xlim(), axes.get_ylim()))
        assert props.total[0].get_ydata().max() < axes.get_ylim()[1]

    assert len(seen) == 1
    assert axes.get_yticks().min() == 0


def test_number_of_a_spike_stays_in_the_picture(draw):
    points = np.append(np.linspace(0, 10, 50), [3.0, 3.0])
    start = gv.Mixture([0.5, 0.5], [[3.0], [5.0]], [[[1e-3]], [[9.0]]])
    frame, props, axes = draw(gv.fit(points, start, max_iter=6), gv.CurveRenderer())("start", 0)

    height = props.marks[0].dot.get_ydata()[0]
    assert props.curves[0].line.get_ydata().max() > axes.get_ylim()[1] > height
    assert_allclose(props.marks[0].dot.get_xdata(), frame.mixture.means[0])
    # 0.5 / sqrt(2 pi 0.001) = 6.3 stands beside it; the other curve is in the picture, and needs no number.
    assert [word.get_text() for word in props.peaks] == ["↑ 6.3", ""]


def test_curves_over_one_of_two_features_are_the_exact_marginal(draw, trace):
    frame, props, axes = draw(trace, gv.CurveRenderer(features=["eruption"]))("end", 5)
    marginal = frame.mixture.marginal([0])
    x, y = props.total[0].get_data()

    assert_allclose(y, np.exp(marginal.log_prob(np.asarray(x)[:, None])), rtol=1e-9)
    assert axes.get_title(loc="left") == "1 of 2 features shown"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("eruption (min)", "density (per min)")


@pytest.mark.parametrize(
    ("names", "features", "label"),
    [
        (("length", "b"), ["length"], "density (per unit of length)"),
        (("share (of all) (%)", "b"), [1], "density (per %)"),
        (("a", "b"), "pca", "density (per unit)"),
    ],
)
def test_density_is_per_unit_of_what_is_shown(draw, names, features, label):
    points = np.random.default_rng(0).standard_normal((30, 2))
    trace = gv.fit(gv.Dataset(points, feature_names=names), n_components=1, max_iter=2)
    _, _, axes = draw(trace, gv.CurveRenderer(features=features))("start", 0)

    assert axes.get_ylabel() == label


def test_points_stand_at_their_values_below_zero(draw, sample):
    frame, props, _ = draw(sample, gv.CurveRenderer())("end", 4)
    places = props.cloud._points

    assert_allclose(places[:, 0], sample.data.points[:, 0])
    assert (places[:, 1] >= RUG[0] * props.top).all()
    assert (places[:, 1] <= RUG[1] * props.top).all()
    assert_allclose(props.cloud._colors, gv.THEMES["light"].point_colors(frame.responsibilities, 1.0))


def test_band_has_the_color_that_a_point_there_would_take(draw, sample, monkeypatch):
    bands = []
    monkeypatch.setattr(Raster, "set_paint", lambda self, paint: bands.append(paint))
    frame, *_ = draw(sample, gv.CurveRenderer())("m", 1, 0.4)
    colors = bands[-1](np.array([[1.0, 5.0], [0.0, 1.0]]), (4, 3))
    there = frame.mixture.responsibilities(np.array([[1.5], [2.5], [3.5], [4.5]]))

    assert colors.shape == (3, 4, 4)
    assert_allclose(colors[1, :, :3], 255 * gv.THEMES["light"].point_colors(there, 1.0), atol=0.51)


def test_true_curve_is_drawn_dashed(draw, sample):
    _, _, axes = draw(sample, gv.CurveRenderer(truth=True))("start", 0)
    (line,) = (line for line in axes.lines if line.get_label() == "truth")
    x, y = line.get_data()

    assert_allclose(y, np.exp(sample.data.truth.log_prob(np.asarray(x)[:, None])), rtol=1e-9)
    assert line.get_linestyle() == "--"


def test_options_leave_out_bars_and_points(draw, sample):
    def bars(panel):
        _, props, axes = draw(sample, panel)("end", 4)
        return [patch for patch in axes.patches if isinstance(patch, StepPatch)], props.cloud

    (bar, outline), cloud = bars(gv.CurveRenderer(bins=5))
    assert len(bar.get_data().values) == len(outline.get_data().values) == 5
    assert cloud is not None
    assert bars(gv.CurveRenderer(bins="none", points=False)) == ([], None)


def test_impossible_bins_are_named(write_scene, small_scene):
    path = write_scene(small_scene + '[[panels]]\nrenderer = "curve"\nfeatures = [1]\nbins = "many"\n')

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path)

    assert str(caught.value).startswith(
        f"{path}:17:8: panels[0].bins: expected 'auto' or 'none' or a whole number, got 'many'\n"
    )


def test_truth_that_is_not_known_cannot_be_drawn(trace):
    with pytest.raises(gv.InputError, match=r"^the true mixture of Old Faithful is not known: leave truth out, "):
        gv.Animation(trace, gv.CurveRenderer(features=["eruption"], truth=True))


def test_axes_have_room_for_the_highest_density_and_for_points_below(draw, sample):
    _, props, axes = draw(sample, gv.CurveRenderer(bins="none"))("start", 0)
    (stage,) = stages([("", sample)], 2.5)
    peak = stage.peak(stage.projection(None, 1))

    assert_allclose(props.top, 1.14 * peak)
    assert_allclose(axes.get_ylim(), (-0.21 * props.top, props.top))
    assert_allclose(axes.get_xlim(), stage.limits(stage.projection(None, 1))[0])
    assert axes.spines["left"].get_bounds() == (0, props.top)
    assert not axes.spines["bottom"].get_visible()
    ticks = axes.get_yticks()
    assert 3 <= len(ticks) <= 6
    assert ticks[0] == 0
    assert ticks[-1] <= props.top < ticks[-1] + ticks[1]
    zero = axes.lines[0]
    assert list(zero.get_ydata()) == [0, 0]
    assert zero.get_linewidth() == axes.spines["left"].get_linewidth()


def test_bars_count_for_the_height_of_the_axes(draw, sample):
    _, props, _ = draw(sample, gv.CurveRenderer(bins=100))("start", 0)
    heights, _ = histogram(sample.data.points[:, 0], 100)
    _, without, _ = draw(sample, gv.CurveRenderer(bins="none"))("start", 0)

    assert props.top == pytest.approx(max(1.14 * heights.max(), without.top))
    assert props.top > without.top


def test_points_are_scattered_by_the_golden_ratio():
    places = _scattered(np.array([5.0, 6.0, 7.0]), 10.0)
    golden = (1 + np.sqrt(5)) / 2

    assert_allclose(places[:, 0], [5, 6, 7])
    assert_allclose(places[:, 1], [-1.85, -1.85 + 1.1 * (golden - 1), -1.85 + 1.1 * (2 * golden - 3)])


def test_area_is_closed_at_zero():
    assert_allclose(_area(np.array([1.0, 2.0]), np.array([3.0, 4.0])).vertices, [(1, 0), (1, 3), (2, 4), (2, 0)])


def test_ten_points_have_sturges_five_bars_and_clumps_have_more():
    assert len(histogram(np.arange(10.0), "auto")[0]) == 5  # log2(10) + 1 = 4.3
    # Quartiles at 1 and 3: bars of 4 / 2 = 2 over a range of 100, where Sturges has 4.
    clump = np.array([0.0, 1, 1, 2, 2, 3, 3, 100])
    low, high = np.quantile(clump, [0.25, 0.75])
    assert len(histogram(clump, "auto")[0]) == int(np.ceil(100 / (high - low)))
    heights, edges = histogram(np.array([0.0, 1, 1, 4]), 2)
    assert_allclose(heights, [3 / (4 * 2), 1 / (4 * 2)])
    assert_allclose(edges, [0, 2, 4])


def test_stems_lead_from_zero_to_the_tops_of_curves(draw, sample):
    frame, props, _ = draw(sample, gv.CurveRenderer())("end", 4)
    mixture = frame.mixture
    for k, curve in enumerate(props.curves):
        mean, sigma = mixture.means[k, 0], np.sqrt(mixture.covariances[k, 0, 0])
        top = mixture.weights[k] / (sigma * np.sqrt(2 * np.pi))

        assert_allclose(curve.stem.get_xydata(), [[mean, 0], [mean, top], [mean, top]])
        assert_allclose(np.ravel(props.marks[k].dot.get_data()), [mean, top])
        assert_allclose(curve.fill.get_path().vertices[1:-1], curve.line.get_xydata())


def test_curves_points_and_bars_have_their_widths_inks_and_layers(draw_runs, sample):
    drawn = draw_runs(gv.CurveRenderer(truth=True), sample, theme="light", size=(1280, 720))
    _, artists = drawn.at("end", 4)
    props, theme = drawn.props, theme_named("light")
    fills, strokes = [curve.fill for curve in props.curves], [(c.stem, c.line) for c in props.curves]

    assert artists[:2] == [props.band, props.cloud]
    assert artists[2:5] == fills
    assert artists[5:13] == [*(artist for pair in strokes for artist in pair), *props.total]
    assert all(artist.get_animated() for artist in artists)
    assert (props.band.get_zorder(), props.cloud.get_zorder(), props.total[0].get_zorder()) == (1, 2, 4)
    assert {artist.get_zorder() for artist in (*fills, *(a for pair in strokes for a in pair))} == {3}
    assert {(fill.get_alpha(), fill.get_linewidth()) for fill in fills} == {(0.16, 0)}
    assert [line.get_color() for _, line in strokes] == [theme.color(k) for k in range(3)]
    assert {line.get_linewidth() for _, line in strokes} == {2.8}
    assert {(stem.get_linewidth(), stem.get_alpha()) for stem, _ in strokes} == {(2.0, 0.7)}
    ink, core = props.total  # a hollow line
    assert (ink.get_linewidth(), ink.get_color()) == (5.2, theme.text)
    assert (core.get_linewidth(), core.get_color()) == (1.8, theme.background)
    assert np.array_equal(ink.get_xydata(), core.get_xydata())
    (true,) = (line for line in drawn.axes.lines if line.get_label() == "truth")
    assert (true.get_linewidth(), true.get_alpha(), true.get_color()) == (2.4, 0.8, theme.text)
    bars, outline = (patch for patch in drawn.axes.patches if isinstance(patch, StepPatch))
    assert (bars.get_alpha(), bars.get_linewidth(), bars.get_fill()) == (0.25, 0, True)
    assert (outline.get_linewidth(), outline.get_fill()) == (1.3, False)
    assert outline.get_edgecolor() == to_rgba(theme.muted)
    assert_allclose(props.band._limits, [props.limits, [-0.055 * props.top, -0.02 * props.top]])
    assert props.band._cell == 1
    assert all(len(mark.trail.get_xdata()) == 0 for mark in props.marks)


def test_curves_are_evaluated_evenly_and_around_each_mean():
    mixture = gv.Mixture([1.0], [[0.5]], [[[0.25]]])
    places = curve_places(mixture, np.array([-10.0, 10.0]))

    # 257 over the whole, and 50 + 8 on each side of the mean and at it, in sigmas of a half.
    assert len(places) == 257 + 117
    assert set(np.round(np.linspace(-10, 10, 257), 9)) <= set(np.round(places, 9))
    assert {0.5, 0.55, 0.45, 3.0, -2.0, 3.25, 5.0, -4.0} <= set(np.round(places, 9))
    assert curve_places(mixture, np.array([0.5, 0.55])).tolist() == pytest.approx(
        sorted([0.5, 0.55, *np.linspace(0.5, 0.55, 257)])
    )


def test_density_axis_has_a_few_round_ticks_from_zero_up():
    axes = Figure().add_subplot()
    projection = SimpleNamespace(names=("x",))
    data = SimpleNamespace(feature_names=("x",))
    stage = SimpleNamespace(trace=SimpleNamespace(data=data), say=ENGLISH.say)
    _frame(axes, projection, np.array([2.0, 7.0]), 0.55, stage)

    # From -0.1155 to 0.55, five steps at most: of 0.2.
    assert_allclose(axes.get_yticks(), [0, 0.2, 0.4])
    assert_allclose(axes.get_ylim(), (-0.1155, 0.55))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "density (per unit of x)")
    (zero,) = axes.lines
    assert zero.get_color() == axes.spines["left"].get_edgecolor()
    _frame(axes, projection, np.array([2.0, 7.0]), 4.0, stage)
    assert_allclose(axes.get_yticks(), [0, 1, 2, 3, 4])  # the top itself has one


def test_histogram_counts_weighted_points():
    heights, edges = histogram(np.array([0.0, 1, 3, 4]), 2, np.array([1.0, 2, 0, 5]))

    assert_allclose(heights * np.diff(edges), [3 / 8, 5 / 8])


def test_curves_step_back_in_an_e_step_and_points_in_an_m_step(draw_runs, sample):
    drawn = draw_runs(gv.CurveRenderer(), sample)
    curve = drawn.props.curves[0]

    def opacities(phase, progress):
        frame, _ = drawn.at(phase, 1, progress)
        strengths = curve.fill.get_alpha() / 0.16, curve.line.get_alpha(), curve.stem.get_alpha() / 0.7
        return frame.attention, (*strengths, drawn.props.total[0].get_alpha()), drawn.props.cloud._presence

    attention, curves, points = opacities("e", 0.5)
    assert attention.points > 0.9
    assert_allclose(curves, 1 - 0.65 * attention.points)
    assert points == 1
    attention, curves, points = opacities("m", 0.5)
    assert_allclose(curves, 1)
    assert_allclose(points, 1 - 0.6 * attention.components)
    assert opacities("m", 1.0)[1:] == ((1, 1, 1, 1), 1)


@pytest.mark.parametrize("theme", gv.THEMES.values())
def test_outline_of_the_histogram_can_be_seen_on_a_projector(theme):
    def luminance(color):
        values = np.array(to_rgba(color)[:3])
        light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
        return light @ [0.2126, 0.7152, 0.0722] + 0.05

    ratio = luminance(theme.muted) / luminance(theme.background)
    assert max(ratio, 1 / ratio) >= 3


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([[0, 0], [40, 0]], [[0, 0], [40, 0]]),  # far enough apart
        ([[0, 0], [10, 0]], [[-5, 0], [15, 0]]),
        ([[0, 0], [0, 10]], [[0, -5], [0, 15]]),
        ([[7, 3], [7, 3]], [[-3, 3], [17, 3]]),  # the first of equals to the left
        ([[10, 0], [0, 0]], [[15, 0], [-5, 0]]),
    ],
)
def test_numbers_that_collide_are_pushed_apart_evenly(places, expected):
    assert_allclose(apart(np.array(places, float), 20.0, 1e9), expected, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_pushed_numbers_are_apart_and_none_leaves_the_picture(seed):
    places = np.random.default_rng(seed).uniform(0, 60, (5, 2))
    moved = apart(places, 20.0, 60.0)
    distances = np.hypot(*np.moveaxis(moved[:, None] - moved, -1, 0))[~np.eye(5, dtype=bool)]

    assert distances.min() > 18.5
    assert moved[:, 1].max() <= 60


def test_number_above_the_picture_is_not_pulled_down():
    assert apart(np.array([[0.0, 90.0], [200.0, 0.0]]), 20.0, 60.0)[0, 1] == 90


def test_colliding_numbers_stay_tied_to_their_curves(draw):
    start = gv.Mixture([0.5, 0.5], [[3.0], [3.05]], [[[1.0]], [[1.0]]])
    points = np.random.default_rng(0).normal(3, 2, 60)
    frame, props, axes = draw(gv.fit(points, start, max_iter=0), gv.CurveRenderer())("start", 0)
    badges = np.array([np.ravel(mark.dot.get_data()) for mark in props.marks])
    pixels = axes.transData.transform(badges)

    assert np.hypot(*(pixels[1] - pixels[0])) == pytest.approx(27 / 2, rel=0.01)  # a picture half as high
    for curve, mean, badge in zip(props.curves, frame.mixture.means[:, 0], badges, strict=True):
        assert_allclose(curve.stem.get_xydata()[0], [mean, 0])
        assert_allclose(curve.stem.get_xydata()[2], badge)


def test_band_fades_where_no_point_is_expected():
    mixture, theme = gv.Mixture([1.0], [[0.0]], [[[1.0]]]), theme_named("dark")
    limits = np.array([[-10.0, 10.0], [0.0, 1.0]])
    row = _band_colors(mixture, theme, 100, limits, (20, 1))[0, :, :3] / 255
    hue, background = (np.array(to_rgba(color)[:3]) for color in (theme.color(0), theme.background))
    expected = np.minimum(100 * 20 / 50 * norm.pdf(np.arange(20) - 9.5), 1)  # points in a fiftieth of the axis

    assert_allclose(row, background + expected[:, None] * (hue - background), atol=0.004)
    assert (expected == 1).sum() == 4
    assert np.array_equal(row[0], np.rint(255 * background) / 255)


def test_line_from_a_followed_point_meets_each_curve_in_a_dot(draw_runs):
    points = np.array([[0.0], [1.0], [4.0], [5.0]])
    start = gv.Mixture([0.3, 0.7], [[0.5], [4.0]], [[[1.0]], [[2.0]]])
    drawn = draw_runs(gv.CurveRenderer(follow=[3]), gv.fit(gv.Dataset(points), start, max_iter=1))
    drawn.at("start", 0)
    at, lines, dots = drawn.props.asked
    heights = np.exp(start.log_joint([[4.0]]))[:, 0]

    assert_allclose(at, [4.0])
    assert_allclose(dots.get_offsets(), [(4.0, heights[0]), (4.0, heights[1])])
    assert_allclose(lines.get_segments(), [[(4.0, 0), (4.0, heights.max())]])
    assert draw_runs(gv.CurveRenderer(), gv.fit(gv.Dataset(points), start, max_iter=1)).props.asked is None


def test_bars_of_counts_stand_at_the_values_that_were_counted():
    x, counts = np.array([4.0, 2.0, 6.0]), np.array([1.0, 3.0, 0.0])
    heights, edges = histogram(x, "auto", counts)

    assert_allclose(edges, [1, 3, 5, 7])
    assert_allclose(heights, [3 / 8, 1 / 8, 0])
    assert len(histogram(np.array([4.0, 2.0, 6.5]), "auto", counts)[0]) == 3  # as of any values


def test_bars_count_no_value_that_the_model_has_filled_in():
    points = np.array([[0.0, 1], [1, np.nan], [3, 2], [np.nan, 2], [4, 9]])
    data = gv.Dataset(points, missing="marginalize")
    trace = gv.fit(data, n_components=1)
    film = gv.Animation(trace, gv.CurveRenderer(features=[1], bins=2))
    steps = film._canvas._panels[0].axes.patches[0].get_data()

    assert_allclose(steps.values, [2 / 4 / 2, 2 / 4 / 2])  # 0 and 1, 3 and 4
    assert_allclose(steps.edges, [0, 2, 4])
