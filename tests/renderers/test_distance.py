from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.em import e_step, m_step
from gmmviz.renderers.distance import convergence, parameters, rounded


def geometric(rate, n, limit=-3.0, first=0.5):
    return limit - first * rate ** np.arange(n)


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.92, 0.995])
def test_rate_and_limit_of_a_geometric_sequence_are_found(rate):
    values = geometric(rate, 12)
    found = convergence(values)

    assert found.rate == pytest.approx(rate, rel=1e-3)
    assert_allclose(found.distances, -3 - values[: len(found.distances)], rtol=1e-2)


def test_rate_is_that_of_the_tail():
    values = np.concatenate([geometric(0.2, 10, first=5.0)[:9], geometric(0.9, 40, first=1e-3)])

    assert convergence(values).rate == pytest.approx(0.9, rel=1e-6)


def test_distance_of_rounding_is_left_out():
    values = geometric(0.05, 40)
    found = convergence(values)

    assert 6 <= len(found.distances) <= 10
    assert found.rate == pytest.approx(0.05, rel=1e-2)
    assert found.distances.min() > 1e-11


def test_distance_in_many_numbers_is_euclidean():
    steps = 0.8 ** np.arange(30)
    found = convergence(np.column_stack([1 + 3 * steps, 2 - 4 * steps]))

    assert found.rate == pytest.approx(0.8, rel=1e-6)
    assert_allclose(found.distances, 5 * steps[: len(found.distances)], rtol=1e-6)


@pytest.mark.parametrize("values", [[-3.0, -2.0, -1.0], [-9.0, -8.9, -8.7, -8.4, -8.0], [-4.0, -2.0]])
def test_steps_without_a_steady_rate_end_at_the_last_value(values):
    found = convergence(np.array(values))

    assert found.rate is None
    assert_allclose(found.distances, values[-1] - np.array(values[:-1]))


@pytest.mark.parametrize("values", [[-3.0], [-3.0, -3.0, -3.0]])
def test_run_that_stands_still_has_no_distance(values):
    found = convergence(np.array(values))

    assert found.rate is None
    assert len(found.distances) == 0


def test_parameters_are_in_units_of_the_spread(old_faithful):
    def run(points):
        return gv.fit(gv.Dataset(points), gv.RandomPoints(seed=4), n_components=2, max_iter=3, reg_covar=0)

    here, there = (parameters(run(old_faithful.points * factor)) for factor in (np.ones(2), np.array([60.0, 1.0])))

    assert here.shape == (4, 2 + 4 + 8)
    assert_allclose(np.diff(here, axis=0), np.diff(there, axis=0), atol=1e-9)


@pytest.fixture(scope="module")
def overlapping():
    """Clouds that overlap, fitted until nothing changes any more."""
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(-1.3, 1, (150, 1)), rng.normal(1.3, 1, (150, 1))])
    return gv.fit(gv.Dataset(points), gv.RandomPoints(seed=2), n_components=2, max_iter=600, tol=0, reg_covar=0)


def largest_eigenvalue(trace):
    """Of the Jacobian of EM's map at the end of a run, by central differences."""
    points, end = trace.data.points, trace[-1].mixture

    def em(theta):
        weights = np.array([theta[0], 1 - theta[0]])
        mixture = gv.Mixture(weights, theta[1:3, None], theta[3:, None, None])
        responsibilities, _ = e_step(points, mixture)
        moved = m_step(points, responsibilities)
        return np.array([moved.weights[0], *moved.means.ravel(), *moved.covariances.ravel()])

    theta = np.array([end.weights[0], *end.means.ravel(), *end.covariances.ravel()])
    h = 1e-5
    columns = [(em(theta + h * unit) - em(theta - h * unit)) / (2 * h) for unit in np.eye(5)]
    return np.abs(np.linalg.eigvals(np.array(columns).T)).max()


def test_rate_is_the_largest_eigenvalue_of_the_map_of_em(overlapping):
    theory = largest_eigenvalue(overlapping)
    of_parameters = convergence(parameters(overlapping)).rate
    of_likelihood = convergence(overlapping.average_log_likelihoods).rate

    assert 0.8 < theory < 1
    assert of_parameters == pytest.approx(theory, rel=2e-3)
    assert of_likelihood == pytest.approx(theory**2, rel=2e-2)


def test_run_that_stops_early_has_the_rate_and_the_limit_of_the_long_one(overlapping):
    long = overlapping.average_log_likelihoods
    early = convergence(long[:120])
    whole = convergence(long)

    assert early.rate == pytest.approx(whole.rate, rel=5e-2)
    assert early.distances[100] == pytest.approx(long[-1] - long[100], rel=0.05)


def test_dot_is_on_the_straight_line_of_the_logarithms(draw_runs, record):
    run = record(2 * geometric(0.5, 8))
    drawn = draw_runs(gv.DistanceRenderer(), run)
    drawn.at("m", 2, 0.4)
    ((x, y),) = drawn.props.history.dots.get_offsets()

    assert 2 < x < 3
    assert y == pytest.approx(0.5 * 0.5**x, rel=1e-6)
    assert drawn.axes.get_yscale() == "log"


def test_rate_is_written_where_the_line_ends_when_it_has_ended(draw_runs, record):
    run = record(2 * geometric(0.5, 8))
    drawn = draw_runs(gv.DistanceRenderer(), run)
    opacities = []
    for before in (0, 5, 6):
        drawn.at("m", before)
        (line,) = drawn.props.lines
        opacities.append(line.words[0].get_alpha())

    assert opacities == [0, 0, 1]
    assert [word.get_text() for word in line.words] == ["×0.50", "per iteration"]
    assert_allclose(line.words[0]._at, (7, line.distances[-1]))


def test_runs_of_one_panel_are_named_with_their_rates(draw_runs, record):
    runs = [record(2 * geometric(rate, 9)) for rate in (0.5, 0.1)]
    drawn = draw_runs(gv.DistanceRenderer(all_runs=True), *runs, names=["slow", "fast"])
    drawn.at("end", 8)

    assert [[word.get_text() for word in line.words] for line in drawn.props.lines] == [
        ["slow", "×0.50 per iteration"],
        ["fast", "×0.10 per iteration"],
    ]
    assert gv.DistanceRenderer(all_runs=True).shared
    assert gv.DistanceRenderer(all_runs=True).broad
    assert not gv.DistanceRenderer().shared


def test_names_go_with_the_dots_from_the_start_and_rates_come_at_the_end(draw_runs, record):
    runs = [record(2 * geometric(rate, n)) for rate, n in ((0.5, 9), (0.1, 5))]
    drawn = draw_runs(gv.DistanceRenderer(all_runs=True), *runs, names=["slow", "fast"])
    for before, opacities in ((0, [1, 0, 1, 0]), (4, [1, 0, 1, 1]), (7, [1, 1, 1, 1])):
        drawn.at("m", before)
        words = [word for line in drawn.props.lines for word in line.words]
        dots = drawn.props.history.dots.get_offsets()

        assert [word.get_alpha() for word in words] == opacities
        assert_allclose([words[0]._at, words[2]._at], dots)


def test_names_stand_beside_their_dots_where_nothing_is_in_the_way(draw_runs, record):
    """Of lines that end at one height far from each other, neither name is pushed away; of two that are near, both."""
    for n, pushed in ((60, False), (11, True)):
        runs = [record(2 * geometric(1e-6 ** (1 / (k - 1)), k)) for k in (10, n)]
        drawn = draw_runs(gv.DistanceRenderer(all_runs=True), *runs, names=["a", "b"], size=(1280, 720))
        drawn.at("end", n - 1)
        heights = [line.words[0]._offset[1] + line.words[1]._offset[1] for line in drawn.props.lines]
        assert (abs(heights[0] - heights[1]) > 20) == pushed


def test_words_of_lines_that_end_together_stand_apart(draw_runs, record):
    runs = [record(2 * geometric(rate, 9)) for rate in (0.5, 0.501, 0.502)]
    drawn = draw_runs(gv.DistanceRenderer(all_runs=True), *runs)
    frame, _ = drawn.at("end", 8)
    drawn.canvas.paint([frame] * 3)
    boxes = sorted(
        (word.get_window_extent() for line in drawn.props.lines for word in line.words), key=lambda b: b.y0
    )

    assert all(a.y1 <= b.y0 + 4 for a, b in pairwise(boxes))
    assert all(drawn.axes.bbox.x1 < box.x0 + 40 and box.x1 < 640 for box in boxes)


def test_line_without_a_steady_rate_says_so(draw_runs, record):
    drawn = draw_runs(gv.DistanceRenderer(), record([-18.0, -17.8, -17.4, -16.8, -16.0]))
    drawn.at("end", 4)

    assert drawn.props.lines[0].words[0].get_text() == "no steady rate"


def test_run_that_stands_still_is_an_empty_panel(draw_runs, record):
    drawn = draw_runs(gv.DistanceRenderer(), record([-8.0, -8.0]))
    _, artists = drawn.at("end", 1)

    assert artists == []


def test_axis_holds_all_distances_but_an_absurd_start(draw_runs, record):
    values = 2 * geometric(0.5, 9)
    ordinary = draw_runs(gv.DistanceRenderer(), record(values)).axes.get_ylim()
    absurd = draw_runs(gv.DistanceRenderer(), record([-1e200, *values[1:]])).axes.get_ylim()

    assert ordinary[0] < 0.5**9 < 0.5 < ordinary[1]
    assert absurd[1] < 1e15
    for limits in (ordinary, absurd):
        assert 1 <= np.log10(limits[1] / limits[0]) < 20


def test_numbers_of_the_axis_are_powers_of_ten(draw_runs, record):
    axes = draw_runs(gv.DistanceRenderer(), record(2 * geometric(0.1, 7))).axes

    assert [label.get_text() for label in axes.get_yticklabels()] == ["10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]


@pytest.mark.parametrize(
    ("of", "title"),
    [("log_likelihood", "log-likelihood: distance to limit"), ("parameters", "parameters: distance to limit")],
)
def test_title_says_what_is_measured(draw_runs, trace, of, title):
    drawn = draw_runs(gv.DistanceRenderer(of=of), trace)
    drawn.at("m", 2)

    assert drawn.axes.get_title(loc="left") == title


def test_rates_are_rounded_to_what_can_be_told_apart():
    assert [rounded(rate) for rate in (0.5, 0.918, 0.99512, 0.131, 0.00421)] == [
        "0.50",
        "0.92",
        "0.995",
        "0.13",
        "0.004",
    ]
