import numpy as np
import pytest

import gmmviz as gv
from gmmviz.storyboard.stops import SEEN, Stops, choose_stops


def run(shares, log_likelihoods=None):
    """A run on one point whose responsibility of the first component is such a share under each snapshot."""
    snapshots = [
        gv.Snapshot(t, gv.Mixture([share, 1 - share], [[0.0], [0.0]], [[[1.0]]] * 2), value, np.ones(2))
        for t, (share, value) in enumerate(
            zip(shares, np.zeros(len(shares)) if log_likelihoods is None else log_likelihoods, strict=True)
        )
    ]
    return gv.Trace(gv.Dataset(np.zeros((1, 1)), ("x",), "dot"), snapshots, "max_iter")


def restless(log_likelihoods):
    """A run with these log-likelihoods whose every E-step can be seen."""
    return run(0.3 + 0.4 * (np.arange(len(log_likelihoods)) % 2), log_likelihoods)


def stops(trace, iterations):
    return choose_stops([trace], gv.Pace(iterations=iterations)).iterations


def test_listed_iterations_are_the_stops():
    trace = restless(np.zeros(6))

    assert stops(trace, (1, 3)) == (1, 3)
    assert stops(trace, [3, 1, 3]) == (1, 3)
    assert stops(trace, "all") == (1, 2, 3, 4, 5)
    with pytest.raises(gv.InputError) as caught:
        stops(trace, (9,))
    assert (str(caught.value), caught.value.place) == (
        "there is no iteration 9; the run ends after 5",
        ("iterations",),
    )


def test_stops_are_the_first_iteration_and_others_equally_much_progress_apart():
    # A rise of e - 1 counts as 1, and every iteration as a fiftieth more: after the first 4.18 are left.
    leap = np.e - 1
    rises = [0, leap, 0, 0, leap, leap, 0, 0, leap, 0]
    trace = restless(np.cumsum([0.0, *rises]))

    assert stops(trace, 5) == (1, 2, 5, 6, 8)
    assert stops(trace, 2) == (1, 5)
    assert stops(trace, 1) == (1,)
    assert stops(trace, 100) == tuple(range(1, 11))


def test_falls_are_progress_too():
    # log 51 for the fall, and a twentieth of that for all iterations together: the middle is within the fall.
    assert stops(restless([0, 0, 0, 0, -50, -50, -50, -50, -50]), 2) == (1, 4)


def test_run_where_nothing_rises_is_shown_evenly():
    assert stops(restless([1e-9 * t for t in range(9)]), 4) == (1, 3, 5, 6)


def test_longest_run_decides_and_a_film_of_the_start_alone_has_no_stops():
    short, long = restless([0.0, 1.0]), restless([0.0, 5.0, 5.0, 5.0, 5.0])

    assert choose_stops([short, long], gv.Pace(iterations=2)).last == 4
    assert choose_stops([restless([0.0])], gv.Pace()) == Stops((), frozenset(), 0)


def test_e_step_in_which_no_point_changes_by_a_twentieth_is_unseen():
    """The E-step of iteration t compares the snapshots t - 1 and t - 2."""
    trace = run([0.5, 0.5 + 0.9 * SEEN, 0.5 + 2 * SEEN, 0.5, 0.5])

    assert choose_stops([trace], gv.Pace(iterations="all")) == Stops((1, 2, 3, 4), frozenset({2, 5}), 4)
    assert stops(trace, 3) == (1, 3, 4)  # chosen by number, only those that can be seen
    still = run([0.5, 0.5, 0.5, 0.5, 0.5])
    assert choose_stops([still], gv.Pace(iterations=3)).iterations == (1,)
    assert choose_stops([still, trace], gv.Pace(iterations="all")).unseen == {2, 5}


def test_last_colors_are_seen_if_they_change():
    assert choose_stops([run([0.2, 0.8])], gv.Pace()).unseen == frozenset()
    assert choose_stops([run([0.2, 0.2])], gv.Pace()).unseen == {2}


def test_hard_assignments_that_change_are_seen(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=3), n_components=3, algorithm="kmeans")
    changed = [t for t in range(2, len(trace)) if (trace.labels(t - 1) != trace.labels(t - 2)).any()]

    assert [
        t for t in range(2, len(trace)) if t not in choose_stops([trace], gv.Pace(iterations="all")).unseen
    ] == changed
