from itertools import pairwise

import numpy as np
import pytest
from clock import every_moment, film
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.frame import between, frame_at, position_at
from gmmviz.storyboard.timeline import Moment


def test_first_frame_is_the_start_and_last_frame_the_fit(trace):
    every = every_moment(trace)
    first, last = frame_at(trace, every[0]), frame_at(trace, every[-1])

    assert first.mixture is trace[0].mixture
    assert first.snapshot is trace[0]
    assert first.coloring == 0
    assert last.mixture is trace[5].mixture
    assert last.snapshot is trace[5]
    assert last.coloring == 1
    assert_allclose(last.responsibilities, trace.responsibilities(5))


def test_colors_stand_while_components_move(trace):
    for moment in every_moment(trace):
        frame = frame_at(trace, moment)
        if moment.phase == "m":
            assert_allclose(frame.responsibilities, trace.responsibilities(moment.before))
        else:
            assert frame.mixture is trace[moment.before].mixture


def test_tween_frames_are_valid_and_print_the_last_real_numbers(trace):
    for moment in every_moment(trace):
        frame = frame_at(trace, moment)
        assert_allclose(frame.mixture.weights.sum(), 1, rtol=1e-12)
        assert_allclose(frame.responsibilities.sum(axis=1), 1, rtol=1e-12)
        assert (np.linalg.eigvalsh(frame.mixture.covariances) > 0).all()
        done = moment.phase == "m" and moment.progress == 1
        assert frame.snapshot is trace[moment.after if done else moment.before]


def test_captions_name_phase_and_iteration(trace):
    words = [(f.label, f.caption) for f in (frame_at(trace, m) for m in every_moment(trace) if m.opens)]

    assert words[0] == ("Start", "a first guess")
    assert words[1] == ("E-step 1", "points take their components' colors")
    assert words[2] == ("M-step 1", "components move to their points")
    assert words[3:5] == [("E-step 2", ""), ("M-step 2", "")]
    assert words[-1] == ("Stopped", "after iteration 5")


def test_frames_do_not_depend_on_order(trace):
    every = film(trace, gv.Pace())
    forward = [frame_at(trace, moment) for moment in every]
    backward = [frame_at(trace, moment) for moment in reversed(every)][::-1]

    for one, other in zip(forward, backward, strict=True):
        assert np.array_equal(one.mixture.covariances, other.mixture.covariances)
        assert np.array_equal(one.responsibilities, other.responsibilities)


def test_run_that_ends_first_stays_in_its_last_state(old_faithful, trace):
    short = gv.fit(old_faithful, trace[0].mixture, max_iter=2)
    late = [frame_at(short, moment) for moment in every_moment(trace) if moment.before > 2]

    assert late
    for frame in late:
        assert frame.mixture is short[2].mixture
        assert frame.snapshot is short[2]
        assert frame.label == "Stopped"
        assert_allclose(frame.responsibilities, short.responsibilities(2))


@pytest.mark.parametrize("iterations", ["all", (4,), (2, 3)])
@pytest.mark.parametrize("n_iterations", [5, 3, 1])  # the whole film's, or those of a run that ends before it
def test_colors_begin_each_e_step_where_they_were(old_faithful, trace, iterations, n_iterations):
    run = gv.fit(old_faithful, trace[0].mixture, max_iter=n_iterations, tol=0)
    frames = [frame_at(run, moment) for moment in film(trace, gv.Pace(iterations=iterations))]

    for one, then in pairwise(frames):
        if then.moment.opens and then.moment.phase in ("e", "end") and then.moment.before != then.moment.previous:
            goal = run.responsibilities(min(then.moment.before, n_iterations))
            way = one.responsibilities + then.moment.progress * (goal - one.responsibilities)
            assert_allclose(then.responsibilities, way, atol=1e-12)


def gaussian(covariance):
    return gv.Mixture([1.0], [[0.0, 0.0]], [covariance])


@pytest.mark.parametrize("seed", range(5))
def test_between_keeps_random_covariances_positive_definite(seed):
    rng = np.random.default_rng(seed)
    a, b = (gaussian(root @ root.T) for root in rng.standard_normal((2, 2, 2)))

    for progress in np.linspace(0, 1, 11):
        assert (np.linalg.eigvalsh(between(a, b, progress).covariances) > 0).all()


def test_between_keeps_covariances_symmetric_to_the_bit():
    rng = np.random.default_rng(5)
    a, b = (
        gv.Mixture(np.full(4, 0.25), np.zeros((4, 3)), roots @ roots.transpose(0, 2, 1))
        for roots in rng.standard_normal((2, 4, 3, 5))
    )

    for progress in np.linspace(0, 1, 12):
        covariances = between(a, b, progress).covariances
        assert np.array_equal(covariances, covariances.transpose(0, 2, 1))


def test_between_changes_standard_deviations_evenly():
    halfway = between(gaussian(np.diag([1.0, 9.0])), gaussian(np.diag([9.0, 1.0])), 0.5)

    assert_allclose(halfway.covariances[0], np.diag([4.0, 4.0]), atol=1e-12)


def test_between_commutes_with_a_change_of_units(trace):
    a, b = trace[0].mixture, trace[3].mixture
    units = np.array([60.0, 3600.0])

    def scaled(mixture):
        return gv.Mixture(mixture.weights, mixture.means * units, mixture.covariances * np.outer(units, units))

    assert_allclose(
        between(scaled(a), scaled(b), 0.3).covariances, scaled(between(a, b, 0.3)).covariances, rtol=1e-9
    )


def test_between_ends_where_the_next_snapshot_is(trace):
    assert between(trace[0].mixture, trace[1].mixture, 1.0) is trace[1].mixture
    nearly = between(trace[0].mixture, trace[1].mixture, 1 - 1e-12)
    assert_allclose(nearly.covariances, trace[1].mixture.covariances, rtol=1e-9)


def test_fast_motion_passes_every_iteration_with_the_colors_one_e_step_behind(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=1), n_components=2, tol=0, max_iter=6)

    for progress in (0.0, 0.1, 0.5, 0.85, 1.0):
        frame = frame_at(trace, Moment(0.0, 1.0, "fast", 1, 2, 6, progress, opens=False))
        place = 2 + 4 * progress
        done = int(place)
        assert frame.snapshot is trace[done]
        assert frame.position == place
        assert frame.label == "Iterations 3–6"
        after = trace[min(done + 1, 6)].mixture
        assert_allclose(frame.mixture.means, between(trace[done].mixture, after, place - done).means)
        colors = trace.responsibilities(done - 1) * (1 - place + done) + trace.responsibilities(done) * (
            place - done
        )
        assert_allclose(frame.responsibilities, colors, atol=1e-12)


def test_fast_motion_from_the_start_brings_the_first_colors(trace):
    frames = [frame_at(trace, Moment(0.0, 1.0, "fast", 0, 0, 3, p, opens=False)) for p in (0.25, 1.0)]

    assert [frame.coloring for frame in frames] == [0.25, 1.0]
    assert [frame.blend for frame in frames] == [(0, 1, 0.0), (2, 3, 0.0)]


def test_run_that_ends_within_a_fast_motion_stays_at_its_end(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=1), n_components=2, tol=0, max_iter=3)
    frame = frame_at(trace, Moment(0.0, 1.0, "fast", 1, 2, 9, 1.0, opens=False))

    assert frame.mixture is trace[3].mixture
    assert_allclose(frame.responsibilities, trace.responsibilities(3))


def test_positions_move_in_m_steps_alone(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=1), n_components=2, tol=0, max_iter=5)

    def position(phase, before, after, progress):
        return position_at(trace, Moment(0.0, 1.0, phase, before, before, after, progress, opens=False))

    assert position("m", 2, 3, 0.25) == 2.25
    assert position("fast", 1, 5, 0.5) == 3
    assert position("e", 2, 3, 0.25) == 2
    assert position("fast", 4, 9, 0.1) == 4.5
    assert position("fast", 4, 9, 0.5) == 5  # where this run ends, while others go on
    assert position("fast", 7, 9, 0.5) == 5


def test_run_that_is_over_says_so_and_how(old_faithful, trace):
    short = gv.fit(old_faithful, trace[0].mixture, max_iter=2)
    going, over = (frame_at(short, Moment(0.0, 1.0, "e", t, t, t + 1, 0.5, opens=True)) for t in (1, 3))

    assert (going.ending, going.iteration) == ("", 2)
    assert (over.ending, over.iteration, over.position) == ("Stopped", 2, 2)


def test_first_colors_appear_in_the_first_e_step(trace):
    def coloring(phase, before, progress):
        return frame_at(trace, Moment(0.0, 1.0, phase, before, before, before + 1, progress, opens=False)).coloring

    assert coloring("start", 0, 1.0) == 0
    assert coloring("e", 0, 0.3) == 0.3
    assert coloring("m", 0, 0.3) == 1
    assert coloring("e", 1, 0.3) == 1


def test_responsibilities_cannot_be_written_to(trace):
    frame = frame_at(trace, Moment(0.0, 1.0, "m", 0, 1, 2, 0.5, opens=False))

    with pytest.raises(ValueError, match="read-only"):
        frame.responsibilities[0, 0] = 0.5


def test_between_moves_weights_and_means_in_a_straight_line():
    a = gv.Mixture([0.2, 0.8], [[0.0], [4.0]], [[[1.0]], [[4.0]]])
    b = gv.Mixture([0.6, 0.4], [[8.0], [0.0]], [[[9.0]], [[4.0]]])
    quarter = between(a, b, 0.25)

    assert_allclose(quarter.weights, [0.3, 0.7])
    assert_allclose(quarter.means, [[2.0], [3.0]])
    assert_allclose(quarter.covariances, [[[1.5**2]], [[4.0]]])
    assert between(a, b, 0.0) is a
    assert between(a, b, -1.0) is a
    assert between(a, b, 2.0) is b


@pytest.mark.parametrize(
    ("phase", "steps", "progress", "blend"),
    [
        ("start", (0, 0, 0), 1.0, (0, 0, 1.0)),
        ("e", (0, 1, 2), 0.25, (0, 1, 0.25)),
        ("m", (0, 1, 2), 0.25, (1, 1, 1.0)),
        ("fast", (0, 1, 5), 0.375, (1, 2, 0.5)),  # in fast motion the colors follow one E-step behind
        ("end", (4, 5, 5), 0.25, (4, 5, 0.25)),
    ],
)
def test_colors_are_blended_from_two_iterations_in_steps_that_change_them(trace, phase, steps, progress, blend):
    assert frame_at(trace, Moment(0.0, 1.0, phase, *steps, progress, opens=False)).blend == blend


def on_the_way(trace, phase, steps, progress=0.5):
    return frame_at(trace, Moment(0.0, 1.0, phase, *steps, progress, opens=False))


def test_changes_are_the_share_of_a_point_that_moves_to_other_components(trace):
    frame = on_the_way(trace, "e", (0, 1, 2), 0.3)
    one, other = trace.responsibilities(0), trace.responsibilities(1)

    # With two components, what one of them gains is what the other loses.
    assert_allclose(frame.changes, np.abs(other - one)[:, 0], atol=1e-12)
    assert frame.changes.shape == (272,)
    assert 0.2 < frame.changes.max() <= 1
    assert frame.changes is on_the_way(trace, "e", (0, 1, 2), 0.8).changes
    with pytest.raises(ValueError, match="read-only"):
        frame.changes[0] = 0.5


def test_a_point_that_goes_over_to_another_component_changes_wholly():
    near, far = (gv.Mixture([0.5, 0.5], [[a], [b]], [[[1e-6]], [[1e-6]]]) for a, b in ((0.0, 1.0), (1.0, 0.0)))
    data = gv.Dataset(np.array([[0.0], [1.0]]))
    trace = gv.Trace(data, [gv.Snapshot(t, m, 0.0, np.ones(2)) for t, m in enumerate((near, far))], "max_iter")

    assert on_the_way(trace, "end", (0, 1, 1)).changes.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("phase", "steps"),
    [("start", (0, 0, 0)), ("e", (0, 0, 1)), ("m", (0, 1, 2)), ("m", (0, 1, 5)), ("end", (5, 5, 5))],
)
def test_nothing_changes_where_the_colors_stand_and_before_any_point_was_asked(trace, phase, steps):
    assert not on_the_way(trace, phase, steps).changes.any()


def test_changes_are_those_of_the_step_whatever_was_asked_for_before(trace):
    first, second = on_the_way(trace, "e", (0, 1, 2)), on_the_way(trace, "e", (1, 2, 3))
    changes = first.changes.copy(), second.changes.copy()

    assert not np.array_equal(*changes)
    assert np.array_equal(on_the_way(trace, "e", (0, 1, 2)).changes, changes[0])


def test_attention_is_on_points_in_e_steps_and_on_components_in_m_steps(trace):
    assert_allclose(on_the_way(trace, "e", (0, 1, 2)).attention, (1, 0))
    assert_allclose(on_the_way(trace, "m", (0, 1, 2)).attention, (0, 1))
    assert_allclose(on_the_way(trace, "e", (0, 0, 1), 1 / 8).attention, (0.5, 0))
    assert_allclose(on_the_way(trace, "m", (0, 1, 2), 7 / 8).attention, (0, 0.5))


@pytest.mark.parametrize(
    ("phase", "steps"),
    [
        ("start", (0, 0, 0)),
        ("end", (4, 5, 5)),
        ("fast", (0, 1, 4)),
        ("e", (4, 5, 6)),  # another run goes on
        ("m", (4, 5, 6)),
    ],
)
def test_nothing_steps_back_at_the_start_the_end_in_fast_motion_and_once_the_run_is_over(trace, phase, steps):
    assert on_the_way(trace, phase, steps).attention == (0, 0)


def test_attention_comes_and_goes_without_a_jump(trace):
    frames = [frame_at(trace, moment) for moment in film(trace, gv.Pace(), 100)]
    attention = np.array([frame.attention for frame in frames])

    assert attention.max() > 0.99
    assert np.abs(np.diff(attention, axis=0)).max() < 0.31  # at 100 images a second, in a step of 0.2 s
    ends = [i for i, frame in enumerate(frames) if frame.moment.progress == 1]
    assert not attention[ends].any()


def test_printed_responsibilities_are_those_of_the_nearer_e_step(trace):
    for progress, t in ((0.0, 0), (0.49, 0), (0.5, 1), (1.0, 1)):
        assert_allclose(on_the_way(trace, "e", (0, 1, 2), progress).settled, trace.responsibilities(t))
    assert_allclose(on_the_way(trace, "m", (0, 1, 2), 0.2).settled, trace.responsibilities(1))


def test_m_step_whose_e_step_was_passed_over_brings_the_colors_along(trace):
    moment = Moment(0.0, 1.0, "m", 0, 1, 2, 0.25, opens=False, alone=True)

    assert frame_at(trace, moment).blend == (0, 1, 0.25)
