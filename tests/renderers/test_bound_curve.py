import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.parameters import Parameter
from gmmviz.renderers.bound_curve import MOST, free_parameter

START = gv.Mixture([0.5, 0.5], [[-1.5], [-4.0]], [[[1.0]], [[1.0]]])


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(1)
    return gv.Dataset(
        np.concatenate([rng.normal(-1.5, 1, 60), rng.normal(1.5, 1, 60)])[:, None], feature_names=["x"]
    )


@pytest.fixture(scope="module")
def one_mean(points):
    """A run with one free parameter."""
    return gv.fit(points, START, fixed=["weights", "covariances", "means[0]"], max_iter=6)


def curves(drawn):
    """The log-likelihood and the bound as they are drawn, and the dot."""
    above, below = drawn.props.curves.get_segments()
    return above, below, drawn.props.dot.get_offsets()[0]


def log_likelihood(points, mean):
    mixture = gv.Mixture([0.5, 0.5], [[-1.5], [mean]], [[[1.0]], [[1.0]]])
    return mixture.log_prob(points.points).mean()


def test_axis_of_one_free_parameter_is_that_parameter_and_its_curve_stands_still(draw_runs, one_mean, points):
    drawn = draw_runs(gv.BoundCurveRenderer(), one_mean)
    seen = []
    for phase, before in (("e", 0), ("m", 0), ("m", 3), ("end", 6)):
        drawn.at(phase, before)
        above, _, _ = curves(drawn)
        seen.append(above)

    assert all(np.array_equal(above, seen[0]) for above in seen)
    assert_allclose(seen[0][::10, 1], [log_likelihood(points, mean) for mean in seen[0][::10, 0]], rtol=1e-9)
    assert drawn.axes.get_xlabel() == "mean of component 2: x"
    low, high = drawn.axes.get_xlim()
    assert low < -4 < one_mean.means[:, 1, 0].max() < high


def test_bound_touches_after_an_e_step_and_the_dot_walks_to_its_top(draw_runs, one_mean, points):
    drawn = draw_runs(gv.BoundCurveRenderer(), one_mean)
    for t in range(4):
        here, there = one_mean.means[t : t + 2, 1, 0]
        drawn.at("e", t)
        above, below, dot = curves(drawn)
        assert (below[:, 1] <= above[:, 1] + 1e-9).all()
        assert_allclose(dot, [here, log_likelihood(points, here)], rtol=1e-9)

        drawn.at("m", t)
        _, same, dot = curves(drawn)
        assert_allclose(same, below)
        assert_allclose(dot, [there, below[:, 1].max()], rtol=1e-9)
        assert dot[1] < log_likelihood(points, there)


def test_dot_rises_with_the_bound_and_then_walks_on_it(draw_runs, one_mean, points):
    drawn = draw_runs(gv.BoundCurveRenderer(), one_mean)
    heights = []
    for progress in (0.02, 0.3, 0.6, 1.0):
        frame, _ = drawn.at("e", 2, progress)
        _, below, dot = curves(drawn)
        assert_allclose(dot[0], one_mean.means[2, 1, 0])
        own = gv.Mixture([0.5, 0.5], [[-1.5], [dot[0]]], [[[1.0]], [[1.0]]])
        # It is the bound of the very responsibilities that the points show.
        assert_allclose(dot[1], gv.lower_bound(points.points, own, frame.responsibilities) / 120, rtol=1e-9)
        heights.append(dot[1])
    drawn.at("m", 2, 0.5)
    _, below, dot = curves(drawn)

    assert heights == sorted(heights)
    assert one_mean.means[2, 1, 0] < dot[0] < one_mean.means[3, 1, 0]
    assert_allclose(dot[1], np.interp(dot[0], *below.T))


def test_gap_reaches_from_the_dot_to_the_log_likelihood(draw_runs, one_mean, points):
    drawn = draw_runs(gv.BoundCurveRenderer(), one_mean)
    drawn.at("m", 1)
    (gap,) = drawn.props.gap.get_segments()
    mean = one_mean.means[2, 1, 0]

    assert_allclose(gap[:, 0], [mean, mean])
    assert_allclose(gap[1, 1], log_likelihood(points, mean), rtol=1e-9)
    assert gap[0, 1] < gap[1, 1]


def test_places_where_the_run_has_been_are_marked(draw_runs, one_mean):
    drawn = draw_runs(gv.BoundCurveRenderer(), one_mean)
    drawn.at("m", 2, 0.5)

    assert_allclose(drawn.props.marks.get_offsets()[:, 0], one_mean.means[:3, 1, 0])


def test_first_bound_is_that_of_points_shared_equally(draw_runs, one_mean, points):
    drawn = draw_runs(gv.BoundCurveRenderer(), one_mean)
    drawn.at("start", 0)
    _, below, _ = curves(drawn)
    x, y = below[70]
    own = gv.Mixture([0.5, 0.5], [[-1.5], [x]], [[[1.0]], [[1.0]]])

    assert_allclose(y, gv.lower_bound(points.points, own, np.full((120, 2), 0.5)) / 120, rtol=1e-9)


def test_line_of_many_parameters_leads_from_one_iteration_to_the_next(draw_runs, trace):
    drawn = draw_runs(gv.BoundCurveRenderer(), trace)
    averages = trace.average_log_likelihoods
    for t in range(4):
        drawn.at("m", t)
        above, below, dot = curves(drawn)
        assert_allclose([np.interp(x, *above.T) for x in (0, 1)], averages[t : t + 2], rtol=1e-9)
        assert_allclose(dot, [1, below[:, 1].max()], rtol=1e-9)
        assert_allclose(np.interp(0, *below.T), averages[t], rtol=1e-9)
        low, high = drawn.axes.get_ylim()
        assert low < averages[t] < averages[t + 1] < high

    assert [label.get_text() for label in drawn.axes.get_xticklabels()] == ["now", "next"]
    assert drawn.axes.get_xlabel() == "parameters, on the line of one iteration"
    assert drawn.axes.get_title(loc="left") == "log-likelihood per point"


def test_line_turns_around_the_present_parameters_without_a_jump(draw_runs, trace):
    """The dot glides to where an iteration begins, and then rises with the bound."""
    drawn = draw_runs(gv.BoundCurveRenderer(), trace)
    after_m = (gv.half_steps(trace)[1].lower_bound) / 272
    drawn.at("m", 0)
    dots = [curves(drawn)[2]]
    for progress in (0.02, 0.1, 0.3, 0.45, 0.55, 0.8, 1.0):
        drawn.at("e", 1, progress)
        above, _, dot = curves(drawn)
        dots.append(dot)
        assert_allclose(np.interp(dot[0], *above.T), trace.average_log_likelihoods[1], rtol=1e-4)
    xs, ys = np.array(dots).T

    assert (np.diff(xs) <= 1e-12).all()
    assert_allclose([xs[0], xs[-1]], [1, 0], atol=1e-9)
    assert_allclose(ys[:4], after_m, rtol=1e-4)
    assert (np.diff(ys[4:]) >= -1e-9).all()
    assert_allclose(ys[-1], trace.average_log_likelihoods[1], rtol=1e-9)


def test_log_posterior_is_drawn_where_there_is_a_prior(draw_runs, old_faithful):
    run = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=3, prior=True)
    drawn = draw_runs(gv.BoundCurveRenderer(), run)
    drawn.at("m", 1)
    above, below, dot = curves(drawn)

    assert drawn.axes.get_title(loc="left") == "log-posterior per point, up to a constant"
    assert_allclose(
        np.diff([np.interp(x, *above.T) for x in (0, 1)]), np.diff(run.objectives[1:3]) / 272, rtol=1e-6
    )
    assert_allclose(dot, [1, below[:, 1].max()], rtol=1e-9)
    assert drawn.props.words[0].get_text() == "log-posterior"


def test_names_stand_at_the_ends_of_the_curves_the_bound_below(draw_runs, one_mean):
    drawn = draw_runs(gv.BoundCurveRenderer(), one_mean)
    for phase, before in (("start", 0), ("m", 0), ("end", 6)):
        frame, _ = drawn.at(phase, before)
        drawn.canvas.paint([frame])
        upper, lower = (word.get_window_extent() for word in drawn.props.words)
        assert lower.y1 < upper.y0 + 4
        assert upper.x0 > drawn.axes.bbox.x1
        assert upper.x1 <= 640

    assert [word.get_text() for word in drawn.props.words] == ["log-likelihood", "lower bound"]


@pytest.mark.parametrize(
    ("fixed", "expected", "name"),
    [
        (["weights", "covariances", "means[1]"], Parameter("means", 0), "mean of component 1: x"),
        (["means", "covariances"], Parameter("weights", 0), "weight of component 1"),
        (["weights", "means", "covariances[0]"], Parameter("covariances", 1), "variance of component 2"),
    ],
)
def test_free_parameter_is_found_and_named(draw_runs, points, fixed, expected, name):
    run = gv.fit(points, gv.Mixture([0.4, 0.6], [[-1.0], [3.0]], [[[1.0]], [[2.0]]]), fixed=fixed, max_iter=4)
    drawn = draw_runs(gv.BoundCurveRenderer(), run)
    drawn.at("m", 2)
    _, below, dot = curves(drawn)

    assert free_parameter(run) == expected
    assert drawn.axes.get_xlabel() == name
    assert_allclose(dot, [expected.of(run[3].mixture), below[:, 1].max()], rtol=1e-8)
    assert drawn.axes.get_xlim()[0] > 0 or expected.kind == "means"


def test_several_free_parameters_are_none_alone(trace, points):
    assert free_parameter(trace) is None
    assert free_parameter(gv.fit(points, START, fixed=["weights", "covariances"], max_iter=2)) is None


def test_run_that_stands_still_is_a_flat_line(draw_runs, points):
    mixture = gv.fit(points, gv.Mixture([1.0], [[0.0]], [[[1.0]]]), reg_covar=0)[-1].mixture
    drawn = draw_runs(gv.BoundCurveRenderer(), gv.fit(points, mixture, max_iter=1))
    drawn.at("end", 1)
    above, below, _ = curves(drawn)

    assert_allclose(above, below)


def test_shorter_run_waits_at_its_end(draw_runs, points):
    runs = [gv.fit(points, START, max_iter=n) for n in (6, 2)]
    drawn = draw_runs(gv.BoundCurveRenderer(), *runs)
    drawn.at("m", 4)
    _, _, dot = curves(drawn)

    assert_allclose(dot, [1, runs[1].average_log_likelihoods[-1]], rtol=1e-9)


def test_more_points_than_can_be_asked_so_often_are_refused(draw_runs):
    data = gv.Dataset(np.arange(MOST + 1.0)[:, None], name="many")
    run = gv.Trace(data, [gv.Snapshot(0, gv.Mixture([1.0], [[0.0]], [[[1.0]]]), -1.0, [1])], "max_iter")
    with pytest.raises(gv.InputError) as caught:
        draw_runs(gv.BoundCurveRenderer(), run)

    assert str(caught.value) == (
        "bound_curve asks every point at 121 places of a line, for up to 50,000 points, and many has 50,001: "
        "take fewer, or renderer = 'bound'"
    )


def test_run_whose_components_die_has_axes_too(draw_runs, old_faithful):
    prior = gv.Prior(weights=-20.0)
    run = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=5, max_iter=20, prior=prior)
    died = next(t for t in range(1, len(run)) if (run[t].mixture.weights == 0).any())
    drawn = draw_runs(gv.BoundCurveRenderer(), run)
    for phase in ("m", "e"):
        frame, _ = drawn.at(phase, died - 1 if phase == "m" else died)
        assert np.isfinite(drawn.axes.get_ylim()).all()
        drawn.canvas.paint([frame])


def test_gaps_are_refused_because_the_bound_is_another_one():
    points = gv.load_dataset("old_faithful").points.copy()
    points[3, 1] = np.nan
    trace = gv.fit(points, n_components=2, missing="marginalize", max_iter=2)

    with pytest.raises(gv.InputError) as caught:
        gv.Animation(trace, gv.BoundCurveRenderer())
    assert str(caught.value).startswith(
        "where values are missing, the M-step climbs a bound over these values too, which bound_curve does not draw: "
        "use renderer = 'likelihood', or missing = 'drop'"
    )
