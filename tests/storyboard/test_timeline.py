from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.frame import between, frame_at
from gmmviz.storyboard.timeline import moments, n_images, shown_iterations, step_named

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


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("start", ("start", 0, 0, 0)),
        ("End", ("end", 5, 5, 5)),
        ("E1", ("e", 0, 0, 1)),
        ("e3", ("e", 1, 2, 3)),
        ("M1", ("m", 0, 0, 1)),
        (" m5 ", ("m", 3, 4, 5)),
        ("E5", ("e", 3, 4, 5)),
    ],
)
def test_steps_have_names(name, step):
    moment = step_named(name, 5)

    assert (moment.phase, moment.previous, moment.before, moment.after) == step
    assert (moment.time, moment.duration, moment.progress, moment.opens) == (0, 1, 1, True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("E0", "there is no step 'E0': the run has 5 iterations, the first of them 1"),
        ("M6", "there is no step 'M6': the run has 5 iterations, the first of them 1"),
        ("X3", "no step is called 'X3': write 'start', 'end', such as 'E3' or 'M3', or seconds as 3.5"),
        ("E", "no step is called 'E': write 'start', 'end', such as 'E3' or 'M3', or seconds as 3.5"),
    ],
)
def test_step_that_is_none_is_refused(name, message):
    with pytest.raises(gv.InputError) as caught:
        step_named(name, 5)

    assert str(caught.value) == message


def test_clock_of_one_iteration_is_the_paces():
    pace = gv.Pace(
        start=1.0, e_step=0.4, e_hold=0.3, m_step=0.2, m_hold=0.5, end=2.0, epilogue=0.2, easing="linear"
    )
    every = list(moments((0, 1), pace, 10))
    told = [(m.phase, m.previous, m.before, m.after, m.progress, m.opens, m.epilogue) for m in every]

    assert told == [
        ("start", 0, 0, 0, 1.0, True, 0.0),
        *[("e", 0, 0, 1, i / 4, i == 1, 0.0) for i in (1, 2, 3, 4)],
        *[("m", 0, 0, 1, i / 2, i == 1, 0.0) for i in (1, 2)],
        *[("end", 0, 1, 1, i / 4, i == 1, 0.0) for i in (1, 2, 3, 4)],
        *[("end", 1, 1, 1, 1.0, i == 1, i / 2) for i in (1, 2)],
    ]
    durations = [1.0, 0.1, 0.1, 0.1, 0.1 + 0.3, 0.1, 0.1 + 0.5, 0.1, 0.1, 0.1, 0.1 + 2.0, 0.1, 0.1]
    assert_allclose([m.duration for m in every], durations)
    assert_allclose([m.time for m in every], np.cumsum([0, *durations[:-1]]), atol=1e-12)


def test_film_of_the_start_alone_has_its_first_e_step():
    every = list(moments((0,), gv.Pace(e_step=0.1, start=1.0, end=2.0), 20))

    assert [(m.phase, m.previous, m.before, m.after) for m in every] == [
        ("start", 0, 0, 0),
        ("end", 0, 0, 0),
        ("end", 0, 0, 0),
    ]


@pytest.mark.parametrize("restless", [False, True])
def test_steps_without_a_length_are_one_image_if_they_are_held(restless):
    pace = gv.Pace(start=0, e_step=0, e_hold=0, m_step=0, m_hold=0.3, end=0)
    every = list(moments((0, 1), pace, 10, restless))

    assert {m.phase for m in every} == {"m"}
    assert len(every) == (3 if restless else 1)
    assert_allclose(sum(m.duration for m in every), 0.3)


def test_rest_is_cut_into_images_where_something_moves_on():
    pace = gv.Pace(start=1.0, e_step=0.2, e_hold=0.3, m_step=0.2, m_hold=0.0, end=0.5)
    every = list(moments((0, 1), pace, 10, restless=True))

    assert_allclose([m.duration for m in every], 0.1)
    assert_allclose([m.time for m in every], 0.1 * np.arange(24), atol=1e-12)
    assert len(every) == 10 + 5 + 2 + 7
    assert [m.opens for m in every].count(True) == 4
    assert [m.progress for m in every if m.phase == "e"] == [0.5, 1.0, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("fps", [1, 10, 25])
@pytest.mark.parametrize(
    "settings", [{}, {"epilogue": 1.5}, {"length": 20.0}, {"e_step": 0.0}, {"m_step": 0.05, "e_step": 1.0}]
)
def test_images_are_counted_without_being_made(settings, fps):
    pace = gv.Pace(**settings)

    assert n_images((0, 1, 2, 5), pace, fps) == len(list(moments((0, 1, 2, 5), pace, fps)))


def test_length_stretches_steps_and_leaves_start_and_end():
    pace = gv.Pace(start=1, e_step=0.5, e_hold=0.5, m_step=0.5, m_hold=0.5, end=2, epilogue=1, length=11.5)
    every = list(moments((0, 1, 2, 3), pace, 10))
    # 7.5 s are left for 6.5 s of steps: 3 times 2 s, and the last 0.5 s.
    first_e = [m for m in every if (m.phase, m.before) == ("e", 0)]

    assert_allclose(sum(m.duration for m in first_e), 1.0 * 7.5 / 6.5)
    assert every[0].duration == 1
    assert_allclose(sum(m.duration for m in every if m.epilogue), 1)


def test_shortest_steps_last_a_tenth_of_a_second():
    ends = gv.Pace().start + gv.Pace().end
    list(moments((0, 1, 2), gv.Pace(length=ends + 0.5001), 10))
    with pytest.raises(gv.InputError, match=r"2 iterations in 4\.19 s would flicker: give at least 5 s"):
        list(moments((0, 1, 2), gv.Pace(length=ends + 0.49), 10))


def record(log_likelihoods):
    """A run that has these log-likelihoods."""
    mixture = gv.Mixture([1.0], [[0.0]], [[[1.0]]])
    snapshots = [gv.Snapshot(t, mixture, value, np.ones(1)) for t, value in enumerate(log_likelihoods)]
    return gv.Trace(gv.Dataset(np.arange(3.0)[:, None], ("x",), "dots"), snapshots, "max_iter")


def test_shown_iterations_are_equally_much_progress_apart():
    # A rise of e - 1 counts as 1, and every iteration as a fiftieth more: in all 4.2 to divide by 5.
    leap = np.e - 1
    rises = [0, leap, 0, 0, leap, leap, 0, 0, leap, 0]
    trace = record(np.cumsum([0.0, *rises]))

    assert shown_iterations((trace,), gv.Pace(iterations=5))[1:-1] == (2, 5, 6, 8)
    assert shown_iterations((trace,), gv.Pace(iterations=2))[1:-1] == (5,)
    assert shown_iterations((trace,), gv.Pace(iterations="all")) == tuple(range(11))


def test_falls_are_progress_too():
    trace = record([0, 0, 0, 0, -50, -50, -50, -50, -50])

    # log 51 for the fall, and a twentieth of that for all iterations together: the middle is within the fall.
    assert shown_iterations((trace,), gv.Pace(iterations=2)) == (0, 4, 8)


def test_run_where_nothing_rises_is_shown_evenly():
    trace = record([0.0, 1e-9, 2e-9, 3e-9, 4e-9, 5e-9, 6e-9, 7e-9, 8e-9])

    assert shown_iterations((trace,), gv.Pace(iterations=4)) == (0, 2, 4, 6, 8)


def test_longest_run_decides_what_is_shown():
    short, long = record([0.0, 1.0]), record([0.0, 5.0, 5.0, 5.0, 5.0])

    assert shown_iterations((short, long), gv.Pace(iterations=2)) == (0, 1, 4)
    assert shown_iterations((short, long), gv.Pace(iterations=(2,))) == (0, 2, 4)
    assert shown_iterations((record([0.0]),), gv.Pace(iterations=3)) == (0,)
    assert shown_iterations((long,), gv.Pace(iterations=(4,))) == (0, 4)


@pytest.mark.parametrize("hold", [0.0, 0.13, 2.0])
def test_images_of_a_film_that_never_rests_are_counted_with_its_rests(hold):
    pace = gv.Pace(e_hold=hold, m_hold=hold, end=7.77)
    made = len(list(moments((0, 1, 2, 5), pace, 25, restless=True)))

    assert made <= n_images((0, 1, 2, 5), pace, 25, restless=True) <= made + 10
