"""The state of a run after an M-step."""

import pytest

import gmmviz as gv


def test_objective_is_the_log_likelihood_unless_it_is_given(trace):
    assert gv.Snapshot(0, trace[0].mixture, -5.0, [1, 2]).objective == -5
    assert gv.Snapshot(0, trace[0].mixture, -5.0, [1, 2], objective=-7.0).objective == -7


def test_counts_cannot_be_written_to(trace):
    with pytest.raises(ValueError, match="read-only"):
        gv.Snapshot(0, trace[0].mixture, -5.0, [1, 2]).counts[0] = 3


def test_snapshot_with_one_more_event_is_a_new_one(trace):
    before = gv.Snapshot(0, trace[0].mixture, -5.0, [1, 2], (gv.Event("dead", "one"),))
    after = before.with_event(gv.Event("held", "two"))

    assert [event.message for event in before.events] == ["one"]
    assert [event.message for event in after.events] == ["one", "two"]
    assert after.mixture is before.mixture
