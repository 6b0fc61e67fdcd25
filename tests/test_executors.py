"""Runs on a Dask cluster, and what is said where there is none."""

import os
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.executors import as_executor, kind, result_of, room

N = 400_003  # points, more than are fitted here
SETTINGS = {"n_components": 3, "tol": 0}


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(0)
    return rng.standard_normal((N, 2)) + 6 * rng.standard_normal((3, 2))[rng.integers(3, size=N)]


def bytes_of(trace):
    numbers = trace.weights, trace.means, trace.covariances, trace.log_likelihoods
    return b"".join(each.tobytes() for each in numbers)


def test_run_on_a_cluster_has_the_bytes_of_one_here(points, cluster, tmp_path):
    np.save(tmp_path / "points.npy", points)
    data = gv.NpyFile(str(tmp_path / "points.npy")).load()

    here = gv.fit(points, max_iter=3, threads=1, **SETTINGS)

    assert bytes_of(gv.fit(points, max_iter=3, executor=cluster, **SETTINGS)) == bytes_of(here)
    assert bytes_of(gv.fit(data, max_iter=3, executor=cluster, **SETTINGS)) == bytes_of(here)


@pytest.mark.parametrize("mapped", [False, True])
def test_killed_worker_changes_nothing(points, cluster, tmp_path, mapped):
    if mapped:
        np.save(tmp_path / "points.npy", points)
        data = gv.NpyFile(str(tmp_path / "points.npy")).load()
    else:
        data = points
    victim = min(cluster.run(os.getpid).values())

    def kill(snapshot):
        if snapshot.iteration == 2:
            os.kill(victim, signal.SIGKILL)

    found = gv.fit(data, max_iter=5, executor=cluster, watch=kill, **SETTINGS)

    assert bytes_of(found) == bytes_of(gv.fit(points, max_iter=5, threads=1, **SETTINGS))
    cluster.wait_for_workers(2, timeout=90)
    assert victim not in cluster.run(os.getpid).values()


@pytest.mark.long
def test_worker_that_comes_in_mid_run_changes_nothing(points):
    from distributed import Client, LocalCluster

    settings = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    with LocalCluster(**settings) as processes, Client(processes, set_as_default=False) as client:

        def scale(snapshot):
            if snapshot.iteration == 2:
                processes.scale(3)
                client.wait_for_workers(3, timeout=30)

        found = gv.fit(points, max_iter=6, executor=client, watch=scale, **SETTINGS)
        assert len(client.run(os.getpid)) == 3
    assert bytes_of(found) == bytes_of(gv.fit(points, max_iter=6, threads=1, **SETTINGS))


class Client:
    """What is asked of a Dask client."""

    def __init__(self, *kinds, error=None):
        self.kinds, self.error = kinds, error

    def run(self, function):
        assert function is kind
        if self.error:
            raise self.error
        return dict(enumerate(self.kinds))

    def get_executor(self, **settings):
        return settings


def test_executor_of_a_client_repeats_what_is_lost_and_what_is_asked_again():
    assert as_executor(Client(kind())) == {"pure": False, "retries": 5}


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (Client(), "the cluster has no workers: start some, such as with `dask worker ADDRESS`"),
        (
            Client(kind(), ("9.9", "2.0", "x")),
            f"workers of the cluster have gmmviz 9.9, and this is {gv.__version__}: install the same",
        ),
        (
            Client(error=ModuleNotFoundError("No module named 'gmmviz'")),
            "the workers of the cluster have no gmmviz (No module named 'gmmviz'): install it there too",
        ),
        (Client(error=OSError("closed")), "the cluster does not answer (OSError: closed)"),
    ],
)
def test_cluster_that_cannot_work_is_refused_in_a_sentence(client, said):
    with pytest.raises(gv.GmmvizError) as caught:
        gv.fit([[0.0], [1.0]], n_components=1, executor=client)
    assert str(caught.value) == said


def test_workers_that_compute_other_digits_are_spoken_of():
    one, other = (gv.__version__, "2.4.6", "Haswell"), (gv.__version__, "2.4.6", "SkylakeX")

    with pytest.warns(gv.GmmvizWarning) as caught:
        as_executor(Client(one, other, one))
    assert str(caught[0].message) == (
        "the workers of the cluster differ (NumPy 2.4.6 on Haswell and NumPy 2.4.6 on SkylakeX), so the last digits of a "
        "run depend on who works"
    )


def test_what_is_no_executor_is_refused():
    with pytest.raises(gv.InputError) as caught:
        gv.fit([[0.0], [1.0]], n_components=1, executor=4)
    assert str(caught.value) == "executor must be a concurrent.futures.Executor or a Dask client, not 4"
    assert caught.value.place == ("executor",)


def test_kind_of_a_process_names_versions_and_the_kernel():
    version, numpy, kernel = kind()

    assert (version, numpy) == (gv.__version__, np.__version__)
    assert kernel


class Pausing:
    """What an executor of Dask shows of its client."""

    def __init__(self, *workers):
        self._client = self
        self.workers = [{"status": status, "memory_limit": limit} for status, limit in workers]

    def scheduler_info(self):
        return {"workers": dict(enumerate(self.workers))}


@pytest.mark.parametrize(
    ("limits", "kept"),
    [((), 1 << 30), ((0,), 1 << 30), ((300_000_000,), 0), ((10**10, 10**9), 250_000_000), ((10**11,), 1 << 30)],
)
def test_workers_of_little_memory_keep_few_points(limits, kept):
    assert room(Pausing(*(("running", limit) for limit in limits))) == kept
    assert room(ThreadPoolExecutor(1)) == 1 << 30


def test_workers_that_have_all_paused_are_not_waited_for(monkeypatch):
    monkeypatch.setattr("gmmviz.executors.PATIENCE", 0.01)
    with pytest.raises(gv.GmmvizError) as caught:
        result_of(Future(), Pausing(("paused", 1), ("paused", 1)))
    assert str(caught.value) == (
        "the workers of the cluster have paused, because their memory is full: give each more, such as with `dask "
        "worker --memory-limit 4GB`, or start more of them"
    )


def test_worker_that_works_is_waited_for(monkeypatch):
    monkeypatch.setattr("gmmviz.executors.PATIENCE", 0.01)
    late = Future()
    threading.Timer(0.1, late.set_result, [7]).start()
    assert result_of(late, Pausing(("paused", 1), ("running", 1))) == 7
    failed = Future()
    failed.set_exception(TimeoutError("of the work itself"))
    with pytest.raises(TimeoutError, match="of the work itself"):
        result_of(failed, Pausing(("running", 1)))
