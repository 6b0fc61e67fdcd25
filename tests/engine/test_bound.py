import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.engine.bound import opening_bound


def test_bound_of_one_point_by_hand():
    """A point at 0 between equal components at -1 and 1: each joint density is the same, d."""
    mixture = gv.Mixture([0.5, 0.5], [[-1.0], [1.0]], [[[1.0]], [[1.0]]])
    log_d = np.log(0.5) - 0.5 * np.log(2 * np.pi) - 0.5

    assert_allclose(gv.lower_bound([[0.0]], mixture, [[0.5, 0.5]]), log_d + np.log(2))  # the log-likelihood
    assert_allclose(gv.lower_bound([[0.0]], mixture, [[1.0, 0.0]]), log_d)  # log 2 below it
    assert_allclose(
        gv.lower_bound([[0.0]], mixture, [[0.25, 0.75]]), log_d - 0.25 * np.log(0.25) - 0.75 * np.log(0.75)
    )


def test_half_steps_are_those_of_neighboring_snapshots(trace):
    steps = gv.half_steps(trace)

    assert [(step.iteration, step.step) for step in steps[:4]] == [(0, "e"), (1, "m"), (1, "e"), (2, "m")]
    points, old = trace.data.points, trace.responsibilities(0)
    assert_allclose(steps[0].lower_bound, trace[0].log_likelihood, rtol=1e-10)
    assert_allclose(steps[1].lower_bound, gv.lower_bound(points, trace[1].mixture, old), rtol=1e-12)
    assert_allclose(steps[1].log_likelihood, trace[1].log_likelihood, rtol=1e-10)
    assert_allclose(steps[1].gap, steps[1].log_likelihood - steps[1].lower_bound)


TWICE = [0, 0, 1, 2, 2, 2, 4]  # the rows of points that count 2, 1, 3, 0 and 1 times


def test_weighted_half_steps_are_those_of_repeated_points():
    points, weights = np.array([[0.0], [1.0], [4.0], [9.0], [6.0]]), [2, 1, 3, 0, 1]
    start = gv.Mixture([0.5, 0.5], [[0.0], [5.0]], [[[1.0]], [[4.0]]])

    weighted, plain = (
        gv.half_steps(gv.fit(data, start, max_iter=2, tol=0))
        for data in (gv.Dataset(points, weights=weights), points[TWICE])
    )

    for name in ("log_likelihood", "lower_bound"):
        assert_allclose([getattr(s, name) for s in weighted], [getattr(s, name) for s in plain], rtol=1e-9)
    assert [(s.iteration, s.step) for s in weighted] == [(0, "e"), (1, "m"), (1, "e"), (2, "m"), (2, "e")]
    assert_allclose([s.gap for s in weighted], [s.log_likelihood - s.lower_bound for s in weighted])


def test_responsibilities_of_another_shape_are_refused():
    mixture = gv.Mixture([0.5, 0.5], [[-1.0], [1.0]], [[[1.0]], [[1.0]]])
    with pytest.raises(gv.InputError) as caught:
        gv.lower_bound([[0.0]], mixture, [[0.5], [0.5]])

    assert str(caught.value) == "responsibilities must have shape (1, 2), not (2, 1)"
    assert caught.value.place == ("responsibilities",)


def test_opening_bound_shares_a_point_by_the_components_that_may_have_it():
    start = gv.Mixture([0.5, 0.5], [[0.0], [2.0]], [[[1.0]], [[1.0]]])
    X = np.array([[0.0], [1.0], [2.0]])
    free, told = (gv.fit(X, start, max_iter=1, labels=labels) for labels in (None, [0, -1, -1]))
    log_joint = start.log_joint(X)
    each = (log_joint.sum(axis=0) / 2 + np.log(2)).tolist()

    assert_allclose(opening_bound(free), sum(each))
    assert_allclose(opening_bound(told), log_joint[0, 0] + sum(each[1:]))


def test_opening_bound_leaves_dead_components_and_points_of_no_weight_out():
    start = gv.Mixture([0.5, 0.0, 0.5], [[0.0], [1.0], [2.0]], [[[1.0]]] * 3)
    trace = gv.fit(np.array([[0.0], [1.0], [2.0], [3.0]]), start, max_iter=1, sample_weight=[1, 0, 2, 3])
    log_joint = start.log_joint([[0.0], [2.0], [3.0]])[[0, 2]]

    assert_allclose(opening_bound(trace), (log_joint.sum(axis=0) / 2 + np.log(2)) @ [1, 2, 3])
