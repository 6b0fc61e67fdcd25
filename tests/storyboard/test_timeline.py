from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.timeline import between, frame_at, moments, shown_iterations

RATES = (10, 12, 15, 24, 25, 30, 50, 60)


def film(trace, pace, fps=25):
    return list(moments(shown_iterations((trace,), pace), pace, fps))


@pytest.mark.parametrize("fps", RATES)
def test_film_is_equally_long_at_every_frame_rate(trace, fps):
    pace = gv.Pace(e_step=0.37, m_step=0.61)

    every = film(trace, pace, fps)

    asked = 1.2 + 5 * (0.37 + 0.2 + 0.61 + 0.2) + 0.37 + 2.5
    assert_allclose(sum(moment.duration for moment in every), asked, rtol=1e-12)


@pytest.mark.parametrize("length", [5.0, 12.0, 33.3])
def test_length_sets_the_whole_film(trace, length):
    every = film(trace, gv.Pace(length=length))

    assert_allclose(every[-1].time + every[-1].duration, length, rtol=1e-12)
    assert every[0].duration == gv.Pace().start


def test_moments_follow_each_other_without_gaps(trace):
    every = film(trace, gv.Pace())

    for one, next_one in pairwise(every):
        assert_allclose(next_one.time, one.time + one.duration, rtol=1e-12)


def test_phases_come_in_the_order_of_em(trace):
    steps = [(m.phase, m.before, m.after) for m in film(trace, gv.Pace()) if m.opens]

    assert steps == [
        ("start", 0, 0),
        *[(phase, t, t + 1) for t in range(5) for phase in ("e", "m")],
        ("end", 5, 5),
    ]


def test_first_frame_is_the_start_and_last_frame_the_fit(trace):
    every = film(trace, gv.Pace())
    first, last = frame_at(trace, every[0]), frame_at(trace, every[-1])

    assert first.mixture is trace[0].mixture
    assert first.snapshot is trace[0]
    assert first.coloring == 0
    assert last.mixture is trace[5].mixture
    assert last.snapshot is trace[5]
    assert last.coloring == 1
    assert_allclose(last.responsibilities, trace.responsibilities(5))


def test_colors_stand_while_components_move(trace):
    for moment in film(trace, gv.Pace()):
        frame = frame_at(trace, moment)
        if moment.phase == "m":
            assert_allclose(frame.responsibilities, trace.responsibilities(moment.before))
        else:
            assert frame.mixture is trace[moment.before].mixture


def test_tween_frames_are_valid_and_print_the_last_real_numbers(trace):
    for moment in film(trace, gv.Pace()):
        frame = frame_at(trace, moment)
        assert_allclose(frame.mixture.weights.sum(), 1, rtol=1e-12)
        assert_allclose(frame.responsibilities.sum(axis=1), 1, rtol=1e-12)
        assert (np.linalg.eigvalsh(frame.mixture.covariances) > 0).all()
        done = moment.phase == "m" and moment.progress == 1
        assert frame.snapshot is trace[moment.after if done else moment.before]


def test_captions_name_phase_and_iteration(trace):
    words = [(f.label, f.caption) for f in (frame_at(trace, m) for m in film(trace, gv.Pace()) if m.opens)]

    assert words[0] == ("Start", "a first guess; no point has been asked yet")
    assert words[1] == ("Iteration 1, E-step", "each point asks which component it came from")
    assert words[2] == ("Iteration 1, M-step", "each component moves to the points it answers for")
    assert words[-1] == ("Stopped", "after iteration 5, the last that was allowed")


def test_frames_do_not_depend_on_order(trace):
    every = film(trace, gv.Pace())
    forward = [frame_at(trace, moment) for moment in every]
    backward = [frame_at(trace, moment) for moment in reversed(every)][::-1]

    for one, other in zip(forward, backward, strict=True):
        assert np.array_equal(one.mixture.covariances, other.mixture.covariances)
        assert np.array_equal(one.responsibilities, other.responsibilities)


def test_run_that_ends_first_stays_in_its_last_state(old_faithful, trace):
    short = gv.fit(old_faithful, trace[0].mixture, max_iter=2)
    pace = gv.Pace()
    every = list(moments(shown_iterations((short, trace), pace), pace, 25))

    late = [frame_at(short, moment) for moment in every if moment.before > 2]

    assert late
    for frame in late:
        assert frame.mixture is short[2].mixture
        assert frame.snapshot is short[2]
        assert frame.label == "Stopped"
        assert_allclose(frame.responsibilities, short.responsibilities(2))


def test_chosen_iterations_are_the_ones_shown(trace):
    assert shown_iterations((trace,), gv.Pace(iterations=(1, 3))) == (0, 1, 3, 5)
    assert shown_iterations((trace,), gv.Pace(iterations=[3, 1])) == (0, 1, 3, 5)


def test_number_of_iterations_spreads_over_the_run(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=60, tol=0)

    shown = shown_iterations((trace,), gv.Pace(iterations=8))

    assert (shown[0], shown[-1]) == (0, 60)
    assert len(shown) == 9
    assert shown[1] == 1  # the first leap is the largest


@pytest.mark.parametrize(("wanted", "n_shown"), [(1, 1), (3, 3), (12, 12), (60, 60), (1000, 60)])
def test_as_many_iterations_are_shown_as_asked_for(old_faithful, wanted, n_shown):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=4), n_components=2, max_iter=60, tol=0)

    assert len(shown_iterations((trace,), gv.Pace(iterations=wanted))) == n_shown + 1


def test_left_out_iterations_are_named(trace):
    pace = gv.Pace(iterations=(4,))
    words = [frame_at(trace, m).label for m in film(trace, pace) if m.opens]

    assert words[1:4] == ["Iteration 1, E-step", "Iterations 1 to 4", "Iteration 5, E-step"]


def test_left_out_iterations_pass_in_fast_motion(trace):
    """Every frame on the way is the record's: mixture, number, position and colors of one iteration."""
    fast = [m for m in film(trace, gv.Pace(iterations=(4,), m_step=2.0)) if m.phase == "m" and m.before == 0]

    assert len(fast) == 50
    for moment in fast:
        frame = frame_at(trace, moment)
        done = int(frame.position)
        assert frame.snapshot is trace[done]
        assert_allclose(frame.responsibilities, trace.responsibilities(done))
        if done < 4:
            between_two = between(trace[done].mixture, trace[done + 1].mixture, frame.position - done)
            assert_allclose(frame.mixture.means, between_two.means)


@pytest.mark.parametrize("iterations", ["all", (4,), (2, 3)])
@pytest.mark.parametrize("n_iterations", [5, 3, 1])  # the whole film's, or those of a run that ends before it
def test_colors_begin_each_e_step_where_they_were(old_faithful, trace, iterations, n_iterations):
    run = gv.fit(old_faithful, trace[0].mixture, max_iter=n_iterations, tol=0)
    frames = [frame_at(run, moment) for moment in film(trace, gv.Pace(iterations=iterations))]

    for one, then in pairwise(frames):
        if then.moment.opens and then.moment.phase in ("e", "end"):
            goal = run.responsibilities(min(then.moment.before, n_iterations))
            way = one.responsibilities + then.moment.progress * (goal - one.responsibilities)
            assert_allclose(then.responsibilities, way, atol=1e-12)


@pytest.mark.parametrize(
    ("pace", "message"),
    [
        ({"iterations": (9,)}, "there is no iteration 9; the run ends after 5"),
        (
            {"length": 4.5},
            "5 iterations in 4.5 s would flicker: give at least 5 s, or fewer iterations, such as iterations = 3",
        ),
        ({"length": 3.0}, "the film is to last 3 s, but start and end alone last 3.7 s"),
        (
            {"length": 9.0, "e_step": 0, "e_hold": 0, "m_step": 0, "m_hold": 0},
            "every step lasts 0 seconds: give e_step or m_step a length",
        ),
    ],
)
def test_impossible_pace_says_what_is_wrong(trace, pace, message):
    with pytest.raises(gv.InputError) as caught:
        film(trace, gv.Pace(**pace))

    assert str(caught.value) == message


def gaussian(covariance):
    return gv.Mixture([1.0], [[0.0, 0.0]], [covariance])


@pytest.mark.parametrize("seed", range(5))
def test_between_keeps_random_covariances_positive_definite(seed):
    rng = np.random.default_rng(seed)
    a, b = (gaussian(root @ root.T) for root in rng.standard_normal((2, 2, 2)))

    for progress in np.linspace(0, 1, 11):
        assert (np.linalg.eigvalsh(between(a, b, progress).covariances) > 0).all()


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
