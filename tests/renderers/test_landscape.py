import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.landscape import landscape
from gmmviz.engine.parameters import free_parameters
from gmmviz.renderers.landscape import MOST, levels_below

FIXED = ["weights", "covariances"]


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(3)
    return gv.Dataset(
        np.concatenate([rng.normal(-1.6, 1, 40), rng.normal(1.6, 1, 40)])[:, None], feature_names=["x"]
    )


def run_from(points, first, second, **settings):
    start = gv.Mixture([0.5, 0.5], [[first], [second]], [[[1.0]], [[1.0]]])
    return gv.fit(points, start, **{"fixed": FIXED, "max_iter": 8} | settings)


@pytest.fixture(scope="module")
def runs(points):
    return [run_from(points, *start) for start in ((-3.0, -2.0), (3.0, -0.5), (2.0, 2.0))]


def field(drawn):
    (image,) = drawn.axes.images
    return image


def test_paths_are_those_of_the_two_free_parameters(draw_runs, runs):
    drawn = draw_runs(gv.LandscapeRenderer(), *runs)
    drawn.at("m", 2, 0.5)
    paths = drawn.props.lines.get_segments()

    for path, run in zip(paths, runs, strict=True):
        ends = run.means[:, :, 0]
        n = min(3, len(ends))
        assert_allclose(path[:n], ends[:n])
    assert_allclose(drawn.props.dots.get_offsets(), [path[-1] for path in paths])
    first = runs[0].means[:, :, 0]
    assert (np.sort([first[2], first[3]], axis=0)[0] <= paths[0][-1]).all()
    assert drawn.axes.get_xlabel() == "mean of component 1: x"
    assert drawn.axes.get_ylabel() == "mean of component 2: x"


def test_means_of_one_feature_share_their_scale_so_that_the_mirror_is_seen(draw_runs, runs):
    axes = draw_runs(gv.LandscapeRenderer(), *runs).axes
    every = np.concatenate([run.means for run in runs])

    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_xlim()[0] < every.min() < every.max() < axes.get_xlim()[1]


def test_lines_are_where_the_log_likelihood_has_the_levels_of_the_key(draw_runs, runs, points):
    drawn = draw_runs(gv.LandscapeRenderer(), *runs)
    lines = next(c for c in drawn.axes.collections if not c.get_animated() and len(c.get_segments()) > 5)

    grid = np.linspace(*drawn.axes.get_xlim(), 61)
    every = landscape(runs[0], runs[0][-1].mixture, free_parameters(runs[0]), grid, grid) / 80
    levels = levels_below(every, 10)
    for segment in lines.get_segments():
        means = segment[len(segment) // 2]
        mixture = gv.Mixture([0.5, 0.5], means[:, None], [[[1.0]], [[1.0]]])
        assert np.abs(mixture.log_prob(points.points).mean() - levels).min() < 0.01
    assert len(lines.get_segments()) > 10


def test_field_is_mirrored_at_the_diagonal_and_strongest_at_the_tops(draw_runs, runs):
    image = field(draw_runs(gv.LandscapeRenderer(), *runs, theme="light"))
    light = np.asarray(image.get_array()).astype(float)[:, :, :3].sum(axis=2)
    low, high = image.get_extent()[:2]
    row, column = np.unravel_index(light.argmin(), light.shape)
    found = sorted(low + (high - low) * np.array([row, column]) / 60)

    assert_allclose(light, light.T, atol=8)
    assert_allclose(found, np.sort(runs[0][-1].mixture.means[:, 0]), atol=0.1)


def test_levels_are_deeper_the_lower_they_are():
    levels = levels_below(np.concatenate([np.zeros(98), [10.0, np.nan]]), 4)

    assert_allclose(levels, [10 - 10 * share**2 for share in (1, 0.75, 0.5, 0.25)])


def test_starts_are_named_where_there_are_a_few_runs(draw_runs, runs):
    drawn = draw_runs(gv.LandscapeRenderer(), *runs, names=["A", "B", "C"])
    drawn.at("m", 2)

    assert [word.get_text() for word in drawn.props.words] == ["A", "B", "C"]
    assert_allclose([word._at for word in drawn.props.words], [run.means[0, :, 0] for run in runs])
    assert_allclose(drawn.props.starts.get_offsets(), [run.means[0, :, 0] for run in runs])
    assert draw_runs(gv.LandscapeRenderer(), runs[0]).props.words == ()


def test_other_parameters_are_those_of_the_best_end_and_the_title_says_so(draw_runs, points, runs):
    free = [run_from(points, *start, fixed=[]) for start in ((-3.0, -2.0), (3.0, -0.5))]
    still, moving = (draw_runs(gv.LandscapeRenderer(), *some).axes for some in (runs, free))

    assert still.get_title(loc="left") == "log-likelihood per point"
    assert moving.get_title(loc="left") == "log-likelihood per point; other parameters as in the best end"


def test_any_two_parameters_may_be_chosen(draw_runs, trace):
    drawn = draw_runs(gv.LandscapeRenderer(parameters=("weights[0]", "means[1][1]")), trace)
    drawn.at("end", 5)
    (path,) = drawn.props.lines.get_segments()

    assert_allclose(path[:-1], np.column_stack([trace.weights[:, 0], trace.means[:, 1, 1]]))
    assert drawn.axes.get_xlabel() == "weight of component 1"
    assert drawn.axes.get_ylabel() == "mean of component 2: waiting (min)"
    assert 0 < drawn.axes.get_xlim()[0] < drawn.axes.get_xlim()[1] < 1


def test_two_features_of_the_first_mean_are_shown_by_default(draw_runs, trace):
    axes = draw_runs(gv.LandscapeRenderer(), trace).axes

    assert axes.get_xlabel() == "mean of component 1: eruption (min)"
    assert axes.get_ylabel() == "mean of component 1: waiting (min)"


def test_it_is_drawn_once_for_all_runs():
    assert gv.LandscapeRenderer().shared
    assert gv.LandscapeRenderer().broad


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (("means[0]", "means[0]"), "means[0] and means[0] are not two parameters that can be chosen freely"),
        (
            ("weights[0]", "weights[1]"),
            "weights[0] and weights[1] are not two parameters that can be chosen freely",
        ),
        (("means[0]", "means[2]"), "there is no means[2]: 2 components, counted from 0"),
    ],
)
def test_what_are_no_two_parameters_is_refused(draw_runs, runs, parameters, said):
    with pytest.raises(gv.InputError) as caught:
        draw_runs(gv.LandscapeRenderer(parameters=parameters), *runs)

    assert str(caught.value) == said
    assert caught.value.place == ("parameters",)


def test_single_mean_is_no_landscape(draw_runs, points):
    with pytest.raises(gv.InputError) as caught:
        draw_runs(gv.LandscapeRenderer(), gv.fit(points, n_components=1, fixed=["covariances"], max_iter=1))

    assert str(caught.value) == (
        "a landscape needs two parameters: name them, such as parameters = ['means[0]', 'covariances[0]']"
    )


def test_runs_of_different_points_or_components_have_no_landscape_in_common(draw_runs, runs, points):
    with pytest.raises(gv.InputError) as caught:
        draw_runs(gv.LandscapeRenderer(), runs[0], gv.fit(points, n_components=3, max_iter=1))

    assert str(caught.value) == (
        "a landscape is one of the same points and as many components: leave the panel out, or give all runs the same"
    )


def test_too_many_points_are_refused(draw_runs):
    data = gv.Dataset(np.arange(MOST + 1.0)[:, None], name="many")
    start = gv.Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[1.0]]])
    with pytest.raises(gv.InputError) as caught:
        draw_runs(gv.LandscapeRenderer(), gv.Trace(data, [gv.Snapshot(0, start, -1.0, [1, 1])], "max_iter"))

    assert str(caught.value) == (
        "landscape asks every point at 61 x 61 places, for up to 20,000 points, and many has 20,001: take fewer"
    )


@pytest.fixture
def hills(draw_runs, runs):
    return draw_runs(gv.LandscapeRenderer(surface=True, elevation=75.0), *runs, size=(1280, 720))


def test_surface_is_as_high_as_the_log_likelihood_above_its_lowest_line(hills, points):
    surface, limits = hills.props.hills, hills.props.limits
    places = np.random.default_rng(1).uniform(-0.45, 0.45, (100, 2))
    means = places * np.diff(limits, axis=1)[:, 0] + limits.mean(axis=1)
    values = np.array(
        [gv.Mixture([0.5, 0.5], m[:, None], [[[1.0]], [[1.0]]]).log_prob(points.points).mean() for m in means]
    )
    heights = surface.heights_at(places)
    above = (heights > 0.02) & (heights < 0.98)

    assert above.sum() > 30
    slope, low = np.polyfit(heights[above], values[above], 1)
    assert_allclose(values[above], low + slope * heights[above], atol=0.01 * slope)
    assert (values[heights == 0] < low + 0.02 * slope).all()
    assert f"from {low:.1f} up".replace("-", "−") in hills.axes.get_title(loc="left")


def test_paths_and_dots_are_on_the_surface(hills, runs):
    hills.at("m", 2, 0.5)
    to_pixels = hills.axes.transData.transform
    for dot, path, run in zip(
        to_pixels(hills.props.dots.get_offsets()), hills.props.lines.get_segments(), runs, strict=False
    ):
        assert_allclose(dot, path[-1], atol=1e-6)
        assert len(path) > len(run)  # with corners between, so that it follows the surface
    starts = to_pixels(hills.props.starts.get_offsets())
    assert_allclose(starts[0], hills.props.lines.get_segments()[0][0], atol=1e-6)


def test_dots_behind_a_hill_are_faint(draw_runs, runs):
    """Seen from the lower right, both tops hide what is on the far slope of the other one."""
    drawn = draw_runs(gv.LandscapeRenderer(surface=True, azimuth=-45.0, elevation=12.0), *runs)
    drawn.at("m", 0)
    behind = drawn.props.presence(np.array([[-3.0, 3.0], [2.5, -2.5]]))

    assert behind.tolist() == [0.25, 1.0]
    ends = np.array([run.means[1, :, 0] for run in runs])
    assert_allclose(drawn.props.dots.get_alpha(), drawn.props.presence(ends))


def test_vector_picture_has_the_surface_too(tmp_path, runs):
    film = gv.Animation([gv.Run(run) for run in runs], gv.LandscapeRenderer(surface=True), size=(640, 360))
    film.still(tmp_path / "film.svg", at="end")

    assert (tmp_path / "film.svg").read_text().count("<path") > 2000
