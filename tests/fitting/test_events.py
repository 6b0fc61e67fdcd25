"""What is told about a run."""

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.m_step import MStep
from gmmviz.fitting.events import deaths, falls, flat_features, held
from gmmviz.mixture.covariance import FAMILIES


def snapshot(mixture, counts, objective=0.0):
    return gv.Snapshot(0, mixture, objective, counts)


def test_component_of_less_than_two_ridges_is_held_while_it_has_points():
    variances = np.array([1.99, 2.0, 1.0, 1.0, 9.0])[:, None, None] * [[0.25, 0], [0, 4]]
    last = snapshot(gv.Mixture(np.full(5, 0.2), np.zeros((5, 2)), variances), [1.0, 5.0, 0.0, 0.5, 9.0])

    small = np.array([0.25, 4.0])
    events = held(last, MStep(ridge=np.array([0.25, 4.0])), small)
    assert [(event.kind, event.component) for event in events] == [("held", 0), ("held", 3)]
    assert held(last, MStep(ridge=np.array([0.25, 0.0])), small) == []
    assert [event.component for event in held(last, MStep(ridge=1.0), small)] == [0, 1, 3]


def test_component_that_is_smaller_than_a_large_ridge_is_not_said_to_collapse():
    points = [[0, 0], [1, 0.5], [0.5, 1], [4, 4], [5, 4.5], [4.5, 5], [2, 2], [6, 0]]
    weights = [5, 3, 2, 8, 1, 1, 0.5, 0]
    runs = [gv.fit(points, n_components=2, sample_weight=weights, reg_covar=ridge) for ridge in (0.1, 0)]
    flat = gv.fit([[0.0], [1], [2], [9], [9]], gv.OnPoint(point=3), n_components=2, reg_covar=0.1)

    assert [[event.kind for _, event in run.events] for run in runs] == [["converged"], ["converged"]]
    assert [event.message for _, event in flat.events] == [
        "the likelihood hardly changed any more",
        "component 1 would have collapsed, but for regularization",
    ]


def test_fall_of_more_than_rounding_is_told():
    mixture = gv.Mixture([1.0], [[0.0]], [[[1.0]]])

    def told(*objectives):
        return [(t, event.message) for t, event in falls([snapshot(mixture, [1], value) for value in objectives])]

    assert told(-9.0, -4.0, -4.25, -4.0, -5.0) == [
        (2, "the log-likelihood fell by 0.25"),
        (4, "the log-likelihood fell by 1"),
    ]
    assert told(-3.0, -3.0 - 3.9e-10) == []
    assert told(-3.0, -3.0 - 4.1e-10) != []
    assert told(3.0, 3.0 - 4.1e-10) != []


def test_death_is_told_once_and_again_after_a_revival():
    mixture = gv.Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]]] * 2)
    told = deaths([snapshot(mixture, counts) for counts in ([1, 0], [1, 0], [1, 1], [0, 1], [1, 0])])

    assert [(t, event.component) for t, event in told] == [(0, 1), (3, 0), (4, 1)]
    assert told[0][1].message == "component 2 has died: no point wants it"


@pytest.mark.parametrize(
    ("points", "covariance_type", "reg_covar", "flat"),
    [
        ([[0, 7], [1, 7]], "full", 0, ["x2"]),
        ([[0, 7], [1, 7]], "full", 1e-3, []),
        ([[0, 7], [1, 7]], "spherical", 0, []),
        ([[3, 7], [3, 7]], "spherical", 0, ["x1", "x2"]),
        ([[0, 7], [1, 8]], "full", 0, []),
    ],
)
def test_constant_features_are_flat_where_nothing_else_helps(points, covariance_type, reg_covar, flat):
    data = gv.Dataset(np.array(points, float))
    coordinates = Coordinates.of(data.points)

    assert flat_features(data, coordinates, np.full(2, reg_covar), FAMILIES[covariance_type]) == flat
