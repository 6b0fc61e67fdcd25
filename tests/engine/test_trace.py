import io
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


def test_saved_trace_is_read_back_whole(old_faithful, tmp_path):
    truth = gv.Mixture([1.0], [[3, 70]], [np.eye(2)])
    data = gv.Dataset(old_faithful.points, ("a", "b"), "mine", labels=["x"] * 272, truth=truth, source="here")
    trace = gv.fit(data, gv.RandomPoints(seed=4), n_components=2)
    trace.save(tmp_path / "run.npz")

    again = gv.Trace.load(tmp_path / "run.npz")

    assert repr(again) == repr(trace)
    assert again.to_dict() == trace.to_dict()
    assert np.array_equal(again.data.points, data.points)
    assert again.data.labels.tolist() == ["x"] * 272
    assert (again.data.truth.means == truth.means).all()
    assert again.data.source == "here"
    assert again.events == trace.events


def test_saved_trace_holds_no_pickle(trace, tmp_path):
    trace.save(tmp_path / "run.npz")

    with np.load(tmp_path / "run.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file)


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.npz", None, "there is no file {path}"),
        ("text.npz", b"hello", "{path} is not a saved trace: it is no .npz file"),
        ("empty.npz", b"", "{path} is not a saved trace: it is no .npz file"),
        ("other.npz", npz(weights=[1.0]), "{path} is not a saved trace: it holds no 'story'"),
        ("odd.npz", npz(story="no JSON"), "{path} is not a saved trace: its content cannot be read"),
        ("pickled.npz", npz(story=np.array([{}])), "{path} is not a saved trace: its content cannot be read"),
    ],
)
def test_what_is_no_trace_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(gv.InputError) as caught:
        gv.Trace.load(path)

    assert str(caught.value) == message.format(path=path)


def test_trace_is_saved_as_npz_only(trace, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        trace.save(tmp_path / "run.csv")

    assert str(caught.value) == f"a trace is saved as .npz, not .csv: {tmp_path}/run.csv"


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


def test_trace_needs_a_folder(trace, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        trace.save(tmp_path / "runs" / "run.npz")

    assert str(caught.value) == f"there is no folder {tmp_path}/runs: make it first"


def test_saving_leaves_nothing_beside_the_file(old_faithful, tmp_path):
    trace = gv.fit(old_faithful, n_components=2, max_iter=np.int64(3), tol=np.float32(0), n_init=2)
    trace.save(tmp_path / "run.npz")

    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    assert gv.Trace.load(tmp_path / "run.npz").attempts == ()


def test_repr_counts_one_as_one():
    assert repr(gv.fit([1.0, 2, 4], n_components=1, max_iter=1, tol=0)).startswith(
        "<Trace of the data: 3 points, 1 feature, 1 component; 1 iteration (max_iter), "
    )


def test_trace_can_be_sent_to_another_process(trace):
    again = pickle.loads(pickle.dumps(trace))

    assert again.to_dict() == trace.to_dict()
