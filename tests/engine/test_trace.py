import json
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gmmviz as gv


def test_trace_is_a_sequence_of_its_iterations(trace):
    assert len(trace) == 6
    assert [snapshot.iteration for snapshot in trace] == [0, 1, 2, 3, 4, 5]
    assert trace[-1] is trace[5]
    assert [snapshot.iteration for snapshot in trace[1:3]] == [1, 2]


def test_responsibilities_are_those_of_the_snapshot(trace):
    responsibilities = trace.responsibilities(2)

    assert responsibilities.shape == (272, 2)
    assert_allclose(responsibilities, trace[2].mixture.responsibilities(trace.data.points))


def test_repr_tells_the_story(trace):
    assert repr(trace) == (
        "<Trace of Old Faithful: 272 points, 2 features, 2 components; 5 iterations (max_iter), "
        f"log-likelihood {trace[0].log_likelihood:.6f} -> {trace[-1].log_likelihood:.6f}>"
    )


def test_log_likelihoods_are_those_of_the_snapshots(trace):
    assert np.array_equal(trace.log_likelihoods, [snapshot.log_likelihood for snapshot in trace])


def test_histories_are_arrays_over_iterations(trace):
    assert trace.weights.shape == (6, 2)
    assert trace.means.shape == (6, 2, 2)
    assert trace.covariances.shape == (6, 2, 2, 2)
    assert np.array_equal(trace.means[3], trace[3].mixture.means)


def test_record_is_ready_for_json(trace):
    assert json.loads(json.dumps(trace.to_dict()))["snapshots"][5]["iteration"] == 5


def test_record_does_not_grow_with_the_points(truth):
    few, many = (gv.fit(truth.sample(n)[0], truth, max_iter=3, tol=0) for n in (100, 100_000))

    def size(trace):
        return sum(s.counts.nbytes + s.mixture.means.nbytes + s.mixture.covariances.nbytes for s in trace)

    assert size(few) == size(many)


def test_criteria_follow_their_definitions(trace):
    log_likelihood = trace[-1].log_likelihood

    assert trace.n_parameters == 11
    assert_allclose(trace.aic, 22 - 2 * log_likelihood)
    assert_allclose(trace.bic, 11 * np.log(272) - 2 * log_likelihood)
    undecided = -np.log(trace.responsibilities(-1).max(axis=1)).sum()
    assert_allclose(trace.icl, trace.bic + 2 * undecided)


@pytest.mark.parametrize("t", [6, -7])
@pytest.mark.parametrize("ask", [gv.Trace.responsibilities, gv.Trace.labels])
def test_iteration_that_does_not_exist_is_named(trace, ask, t):
    with pytest.raises(gv.InputError) as caught:
        ask(trace, t)

    assert str(caught.value) == f"there is no iteration {t}: the run has iterations 0 to 5"


def test_repr_counts_one_as_one():
    assert repr(gv.fit([1.0, 2, 4], n_components=1, max_iter=1, tol=0)).startswith(
        "<Trace of the data: 3 points, 1 feature, 1 component; 1 iteration (max_iter), "
    )


def test_trace_can_be_sent_to_another_process(trace):
    again = pickle.loads(pickle.dumps(trace))

    assert again.to_dict() == trace.to_dict()


def test_first_iteration_is_counted_from_both_ends(trace):
    assert np.array_equal(trace.responsibilities(-len(trace)), trace.responsibilities(0))
    assert np.array_equal(trace.labels(-1), trace.labels(len(trace) - 1))
