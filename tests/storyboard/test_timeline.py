from itertools import pairwise

import numpy as np
import pytest
from clock import UNHURRIED, every_moment, film, moments_of, step_by_step
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.stops import Stops
from gmmviz.storyboard.timeline import n_images, parts, step_named

RATES = (10, 12, 15, 24, 25, 30, 50, 60)


@pytest.mark.parametrize("fps", RATES)
def test_film_is_equally_long_at_every_frame_rate(trace, fps):
    pace = gv.Pace(start=1.2, first_e=2.2, first_m=2.1, e_step=0.37, e_hold=0.2, m_step=0.61, m_hold=0.1, end=2.5)
    asked = 1.2 + 2.2 + 2.1 + 4 * (0.37 + 0.2 + 0.61 + 0.1) + 0.37 + 2.5

    assert_allclose(sum(m.duration for m in every_moment(trace, pace=pace, fps=fps)), asked, rtol=1e-12)


@pytest.mark.parametrize("length", [5.0, 12.0, 33.3])
def test_length_sets_the_whole_film(trace, length):
    every = film(trace, gv.Pace(length=length))

    assert_allclose(every[-1].time + every[-1].duration, length, rtol=1e-12)
    assert every[0].duration == gv.Pace().start


def test_moments_follow_each_other_without_gaps(trace):
    for one, next_one in pairwise(film(trace, gv.Pace())):
        assert_allclose(next_one.time, one.time + one.duration, rtol=1e-12)


def test_phases_come_in_the_order_of_em(trace):
    steps = [(m.phase, m.before, m.after) for m in every_moment(trace) if m.opens]

    assert steps == [
        ("start", 0, 0),
        *[(phase, t, t + 1) for t in range(5) for phase in ("e", "m")],
        ("end", 5, 5),
    ]


def opening(stops, pace=UNHURRIED):
    return [(m.phase, m.previous, m.before, m.after) for m in moments_of(stops, pace) if m.opens]


def test_fast_motion_ends_where_the_next_e_step_has_something_to_show():
    """It leads to the state before the next stop, and its colors are those of the E-step before that state."""
    assert opening(Stops((1, 4, 5), frozenset(), 9)) == [
        ("start", 0, 0, 0),
        ("e", 0, 0, 1),
        ("m", 0, 0, 1),
        ("fast", 0, 1, 3),
        ("e", 2, 3, 4),
        ("m", 2, 3, 4),
        ("e", 3, 4, 5),
        ("m", 3, 4, 5),
        ("fast", 4, 5, 9),
        ("end", 8, 9, 9),
    ]


def test_e_step_that_nobody_could_see_takes_no_time():
    steps = opening(Stops((1, 2), frozenset({2, 3}), 2))

    assert steps == [
        ("start", 0, 0, 0),
        ("e", 0, 0, 1),
        ("m", 0, 0, 1),
        ("m", 0, 1, 2),
        ("end", 1, 2, 2),
    ]
    every = moments_of(Stops((1, 2), frozenset({2, 3}), 2))
    assert [m.duration for m in every if m.phase == "end"] == [2.5]
    assert {(m.phase, m.after) for m in every if m.alone} == {("m", 2)}


def test_first_iteration_shown_is_slow_and_later_ones_have_times_of_their_own():
    pace = gv.Pace(
        start=1.0, first_e=2.0, first_m=3.0, e_step=(0.4, 0.2), e_hold=0.1, m_step=[0.5, 0.3, 0.2], m_hold=0.0,
        fast=0.7, end=1.5,
    )  # fmt: skip
    told = [
        (part.phase, part.snapshots[2], round(part.seconds, 9), round(part.hold, 9), part.first)
        for part in parts(Stops((2, 4, 5, 6, 9), frozenset(), 9), pace)
    ]

    assert told == [
        ("start", 0, 0.0, 1.0, False),
        ("fast", 1, 0.7, 0.0, False),
        ("e", 2, 1.2, 0.8, True),
        ("m", 2, 1.8, 1.2, True),
        ("fast", 3, 0.7, 0.0, False),
        ("e", 4, 0.4, 0.1, False),
        ("m", 4, 0.5, 0.0, False),
        ("e", 5, 0.2, 0.1, False),
        ("m", 5, 0.3, 0.0, False),
        ("e", 6, 0.2, 0.1, False),
        ("m", 6, 0.2, 0.0, False),
        ("fast", 8, 0.7, 0.0, False),
        ("e", 9, 0.2, 0.1, False),
        ("m", 9, 0.2, 0.0, False),
        ("end", 9, 0.4, 1.5, False),
    ]


def test_end_stays_until_its_words_are_read_and_so_does_the_epilogue():
    pace = gv.Pace(end=2.0, epilogue=1.0)
    holds = [
        (part.epilogue, part.hold) for part in parts(step_by_step(1), pace, (3.5, 0.5)) if part.phase == "end"
    ]

    assert holds == [(False, 3.5), (True, 2.0)]
    assert [part.hold for part in parts(step_by_step(1), pace, (1.0, 4.0))][-2:] == [2.0, 4.0]


def test_slower_steps_leave_fast_motion_as_it_is():
    stops = Stops((1, 4), frozenset(), 9)
    fast = [
        [p.seconds for p in parts(stops, gv.Pace(m_step=s, e_step=s)) if p.phase == "fast"] for s in (0.1, 3.0)
    ]

    assert fast[0] == fast[1] == [0.67, 0.67]


@pytest.mark.parametrize(
    ("pace", "message"),
    [
        (
            {"length": 4.0, "iterations": "all"},
            "5 iterations in 4 s would flicker: give at least 5 s, or fewer iterations, such as iterations = 2",
        ),
        ({"length": 3.0}, "the film is to last 3 s, but start and end alone last 3.15 s"),
        (
            {
                "length": 9.0,
                "first_e": 0,
                "first_m": 0,
                "e_step": 0,
                "e_hold": 0,
                "m_step": 0,
                "m_hold": 0,
                "fast": 0,
            },
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
    pace = gv.Pace(start=1.0, first_e=0.5, first_m=0.5, e_step=0.4, end=2.0, epilogue=0.2, easing="linear")
    every = moments_of(step_by_step(1), pace, 10)
    told = [(m.phase, m.previous, m.before, m.after, m.progress, m.opens, m.epilogue, m.first) for m in every]

    assert told == [
        ("start", 0, 0, 0, 1.0, True, 0.0, False),
        *[("e", 0, 0, 1, i / 3, i == 1, 0.0, True) for i in (1, 2, 3)],
        *[("m", 0, 0, 1, i / 3, i == 1, 0.0, True) for i in (1, 2, 3)],
        *[("end", 0, 1, 1, i / 4, i == 1, 0.0, False) for i in (1, 2, 3, 4)],
        *[("end", 1, 1, 1, 1.0, i == 1, i / 2, False) for i in (1, 2)],
    ]
    durations = [1.0, 0.1, 0.1, 0.1 + 0.2, 0.1, 0.1, 0.1 + 0.2, 0.1, 0.1, 0.1, 0.1 + 2.0, 0.1, 0.1 + 2.0]
    assert_allclose([m.duration for m in every], durations)
    assert_allclose([m.time for m in every], np.cumsum([0, *durations[:-1]]), atol=1e-12)


def test_film_of_the_start_alone_has_its_first_e_step():
    every = moments_of(Stops((), frozenset(), 0), gv.Pace(e_step=0.1, start=1.0, end=2.0), 20)

    assert [(m.phase, m.previous, m.before, m.after) for m in every] == [
        ("start", 0, 0, 0),
        ("end", 0, 0, 0),
        ("end", 0, 0, 0),
    ]


@pytest.mark.parametrize("restless", [False, True])
def test_steps_without_a_length_are_one_image_if_they_are_held(restless):
    pace = gv.Pace(start=0, first_e=0, first_m=0, e_step=0, e_hold=0, m_step=0, m_hold=0.3, end=0)
    every = moments_of(step_by_step(2), pace, 10, restless)

    assert {m.phase for m in every} == {"m"}
    assert len(every) == (3 if restless else 1)
    assert_allclose(sum(m.duration for m in every), 0.3)


def test_rest_is_cut_into_images_where_something_moves_on():
    pace = gv.Pace(start=1.0, first_e=0.5, first_m=0.5, e_step=0.2, end=0.5)
    every = moments_of(step_by_step(1), pace, 10, restless=True)

    assert_allclose([m.duration for m in every], 0.1)
    assert_allclose([m.time for m in every], 0.1 * np.arange(27), atol=1e-12)
    assert len(every) == 10 + 5 + 5 + 7
    assert [m.opens for m in every].count(True) == 4
    assert [m.progress for m in every if m.phase == "e"][-3:] == [1.0, 1.0, 1.0]


STOPS = Stops((1, 2, 5), frozenset({5}), 7)


@pytest.mark.parametrize("fps", [1, 10, 25])
@pytest.mark.parametrize(
    "settings", [{}, {"epilogue": 1.5}, {"length": 20.0}, {"e_step": 0.0}, {"m_step": 0.05, "e_step": 1.0}]
)
def test_images_are_counted_without_being_made(settings, fps):
    pace = gv.Pace(**settings)

    assert (
        len(moments_of(STOPS, pace, fps))
        <= n_images(parts(STOPS, pace), fps)
        <= 2 + len(moments_of(STOPS, pace, fps))
    )


@pytest.mark.parametrize("hold", [0.0, 0.13, 2.0])
def test_images_of_a_film_that_never_rests_are_counted_with_its_rests(hold):
    pace = gv.Pace(e_hold=hold, m_hold=hold, end=7.77)
    made = len(moments_of(STOPS, pace, 25, restless=True))

    assert made <= n_images(parts(STOPS, pace), 25, restless=True) <= made + 10


def test_length_stretches_steps_and_leaves_start_and_end():
    pace = gv.Pace(
        start=1,
        first_e=1,
        first_m=1,
        e_step=0.5,
        e_hold=0.5,
        m_step=0.5,
        m_hold=0.5,
        end=2,
        epilogue=1,
        length=13.5,
    )
    every = moments_of(step_by_step(3), pace, 10)
    # Start, end and epilogue with its rest last 6 s, so that 7.5 s are left for 3 times 2 s and the last 0.5 s.
    first_e = [m for m in every if (m.phase, m.before) == ("e", 0)]

    assert_allclose(sum(m.duration for m in first_e), 1.0 * 7.5 / 6.5)
    assert every[0].duration == 1
    assert_allclose(sum(m.duration for m in every if m.epilogue), 3)


def test_shortest_steps_last_a_tenth_of_a_second():
    ends = gv.Pace().start + gv.Pace().end
    moments_of(step_by_step(2), gv.Pace(length=ends + 0.5001), 10)
    with pytest.raises(gv.InputError, match=r"2 iterations in 3\.64 s would flicker: give at least 4 s"):
        moments_of(step_by_step(2), gv.Pace(length=ends + 0.49), 10)


def test_left_out_iterations_are_named(trace):
    words = [frame_at(trace, m).label for m in moments_of(Stops((1, 3), frozenset(), 5)) if m.opens]

    assert words == [
        "Start",
        "E-step 1",
        "M-step 1",
        "Iteration 2",
        "E-step 3",
        "M-step 3",
        "Iterations 4–5",
        "Stopped",
    ]
