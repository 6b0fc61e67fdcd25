import numpy as np
from numpy.testing import assert_allclose


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
