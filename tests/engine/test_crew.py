import multiprocessing
import os
import pickle
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info

import gmmviz as gv
from gmmviz.engine import crew as crew_module
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.crew import Crew, current_crew, merged, working
from gmmviz.engine.rows import Rows

N = 400_003  # points in the plane, of which 174,762 are small data


class Tree(str):
    """A sum that says how it came about."""

    def __add__(self, other):
        return Tree(f"({self!s}{other!s})")


@pytest.mark.parametrize(("n", "tree"), [(1, "a"), (2, "(ab)"), (3, "((ab)c)"), (7, "(((ab)(cd))((ef)g))")])
def test_parts_are_added_up_in_a_tree(n, tree):
    assert merged(map(Tree, "abcdefg"[:n])) == tree


@pytest.mark.parametrize("n", range(1, 40))
@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_groups_of_a_power_of_two_make_the_same_tree(n, size):
    letters = [Tree(chr(97 + i)) for i in range(n)]

    assert merged(merged(letters[i : i + size]) for i in range(0, n, size)) == merged(letters)


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(0)
    return rng.standard_normal((N, 2)) + 6 * rng.standard_normal((3, 2))[rng.integers(3, size=N)]


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def bytes_of(trace):
    numbers = trace.weights, trace.means, trace.covariances, trace.log_likelihoods, trace.objectives
    return b"".join(each.tobytes() for each in numbers)


def settings(kind):
    rng = np.random.default_rng(1)
    return {
        "em": {},
        "hard_em": {"algorithm": "hard_em"},
        "kmeans": {"algorithm": "kmeans", "start": gv.KMeans(max_iter=3)},
        "prior": {"prior": True},
        "weights": {"sample_weight": rng.random(N)},
        "labels": {"labels": np.where(rng.random(N) < 0.1, rng.integers(3, size=N), -1)},
    }[kind]


@pytest.mark.parametrize("kind", ["em", "hard_em", "kmeans", "prior", "weights", "labels"])
def test_bytes_of_a_run_do_not_depend_on_who_works(points, kind, processes):
    def run(**workers):
        chosen = {"start": gv.RandomPoints(seed=1), "n_components": 3, "max_iter": 2, "tol": 0, **settings(kind)}
        return bytes_of(gv.fit(points, **chosen, **workers))

    alone = run(threads=1)
    with ThreadPoolExecutor(2) as pool:
        others = [run(threads=2), run(threads=3), run(), run(executor=pool), run(executor=processes)]
    assert all(each == alone for each in others)


def test_bytes_of_a_run_on_the_careful_route_do_not_depend_on_who_works(points, processes):
    """A component of size 1e-5 at a distance of 300."""
    far = points.copy()
    far[:300] = far[:300] * 1e-5 + 300
    start = gv.Mixture([0.5, 0.5], far[[0, -1]], [np.eye(2) * 1e-6, np.eye(2)])

    runs = [
        gv.fit(far, start, max_iter=2, tol=0, reg_covar=0, **workers)
        for workers in ({"threads": 1}, {"threads": 3}, {"executor": processes})
    ]
    assert len({bytes_of(run) for run in runs}) == 1
    assert runs[0][-1].mixture.covariances[0].max() < 1e-8


def test_missing_values_are_asked_by_whoever_works(points, processes):
    with_gaps = points.copy()
    with_gaps[:3, 0] = np.nan
    runs = [
        gv.fit(with_gaps, n_components=2, max_iter=2, missing="marginalize", **workers)
        for workers in ({"threads": 1}, {"threads": 2}, {"executor": processes})
    ]
    assert len({bytes_of(run) for run in runs}) == 1


def test_file_is_read_where_it_is_worked_on(points, processes, tmp_path):
    np.save(tmp_path / "points.npy", points)
    data = gv.NpyFile(str(tmp_path / "points.npy")).load()
    sent = Sizes()

    trace = gv.fit(data, n_components=3, max_iter=2, executor=sent.through(processes))

    assert bytes_of(trace) == bytes_of(gv.fit(points, n_components=3, max_iter=2, threads=1))
    assert max(sent.there) < 5000
    assert max(sent.back) < 2000


def test_points_travel_once_and_then_parameters(points):
    """Five groups travel to the only process there is, once for the start's look and once for the run's."""
    sent = Sizes()

    gv.fit(points, gv.RandomPoints(), n_components=3, max_iter=4, tol=0, executor=sent.through(Here()))

    assert len([size for size in sent.there if size > 5000]) == 2 * 5
    assert len(sent.there) == 2 * 5 + (2 + 2 + 5) * 5  # asked for in vain, two looks each, five E-steps
    assert max(sent.back) < 2000


class Sizes:
    """How many bytes go to and from an executor."""

    def __init__(self):
        self.there, self.back = [], []

    def through(self, executor):
        sizes = self

        class Through(Executor):
            def submit(self, function, /, *arguments):
                sizes.there.append(len(pickle.dumps(arguments)))
                future = executor.submit(function, *arguments)
                future.add_done_callback(lambda done: sizes.back.append(len(pickle.dumps(done.result()))))
                return future

        return Through()


def test_linear_algebra_has_one_thread_inside_and_its_own_again_after():
    def threads():
        return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}

    before, during = threads(), []
    gv.fit(np.arange(20.0), n_components=1, watch=lambda snapshot: during.append(threads()))
    assert during[0] == {1}
    assert threads() == before


def test_threads_end_with_the_fit(points):
    gv.fit(points, n_components=2, max_iter=1, threads=3)

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gmmviz")]


def test_who_works_outside_works_inside_too(points):
    class Counted(ThreadPoolExecutor):
        calls = 0

        def submit(self, *arguments):
            self.calls += 1
            return super().submit(*arguments)

    with Counted(1) as pool, working(executor=pool):
        gv.fit(points, n_components=2, max_iter=1)
        inside = pool.calls
        gv.fit(points[:1000], n_components=2, max_iter=1)  # small
        gv.fit(points, n_components=2, max_iter=1, threads=1)
    assert inside > 0
    assert pool.calls == inside
    assert current_crew() is crew_module._alone


def test_process_that_has_forgotten_its_points_asks_again(points, monkeypatch):
    class Forgetful(Here):
        def submit(self, *arguments):
            future = super().submit(*arguments)
            crew_module._kept.clear()
            return future

    with working(threads=1):
        expected = Coordinates.of(points)
    with working(executor=Forgetful()):
        assert Coordinates.of(points).center.tolist() == expected.center.tolist()


def test_kept_points_have_a_limit(points, monkeypatch):
    crew_module._kept.clear()
    monkeypatch.setattr("gmmviz.executors.KEPT", 2_000_000)
    with working(executor=Here()):
        Coordinates.of(points)
    assert 0 < sum(group.n_bytes for group in crew_module._kept.values()) <= 2_000_000


class Here(Executor):
    """An executor that is no pool of threads, in this process."""

    def submit(self, function, /, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


def test_an_error_of_a_worker_is_raised_and_nothing_goes_on(points):
    def fails(rows, weights, known):
        raise InterruptedError

    with ThreadPoolExecutor(1) as pool, pytest.raises(InterruptedError):
        Crew(1, pool).total(Rows(points), 43_690, fails)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"threads": 0}, "threads must be a whole number of at least 1, or None, not 0"),
        ({"threads": True}, "threads must be a whole number of at least 1, or None, not True"),
        ({"threads": 2.0}, "threads must be a whole number of at least 1, or None, not 2.0"),
        (
            {"executor": Here(), "threads": 2},
            "an executor has workers of its own: leave out threads, or the executor",
        ),
    ],
)
def test_what_cannot_work_is_refused(given, said):
    with pytest.raises(gv.InputError) as caught:
        gv.fit([[0.0], [1.0], [2.0]], n_components=1, **given)
    assert str(caught.value) == said


def test_cores_are_those_of_this_process(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 3, 5}, raising=False)
    assert crew_module.cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert crew_module.cores() == 1


def dies(rows, weights, known):
    os._exit(1)


def test_process_that_dies_ends_the_fit_in_a_sentence(points):
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        pytest.raises(
            gv.GmmvizError, match=r"^a process that worked on the fit died: it ran out of memory or was"
        ),
        working(executor=pool),
    ):
        Rows(points).total(dies)


def test_fit_that_is_cancelled_ends_in_a_sentence(points):
    class Cancels(Here):
        def submit(self, *arguments):
            future = Future()
            future.cancel()
            return future

    with (
        pytest.raises(
            gv.GmmvizError, match=r"^the workers cannot go on with the fit \(CancelledError: \): they ran"
        ),
        working(executor=Cancels()),
    ):
        Coordinates.of(points)


def test_error_of_the_work_itself_is_raised_as_it_is(points):
    def fails(rows, weights, known):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), working(executor=Here()):
        Rows(points).total(fails)
