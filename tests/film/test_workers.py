import os
import pickle
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.film import workers
from gmmviz.film.workers import THREADS, _chunk_size, _pool, checked_jobs, painted


@pytest.fixture(scope="module")
def animation(trace):
    return gv.Animation(trace, size=(160, 90), fps=10, pace=gv.Pace(length=3.0, start=0.5, end=0.5))


class AtOnce(Executor):
    """Runs each task when it is submitted, as another process would: from bytes to bytes."""

    def __init__(self):
        self.n_images = []

    def submit(self, function, *args):
        future = Future()
        result = pickle.loads(pickle.dumps(function))(*pickle.loads(pickle.dumps(args)))
        self.n_images.append(len(result))
        future.set_result(result)
        return future


@pytest.mark.parametrize("jobs", [2])
def test_bytes_do_not_depend_on_the_number_of_jobs(animation, tmp_path, jobs):
    alone = animation.save(tmp_path / "a.gif", tmp_path / "a.mp4", tmp_path / "a.steps.zip")
    shared = animation.save(tmp_path / "b.gif", tmp_path / "b.mp4", tmp_path / "b.steps.zip", jobs=jobs)

    for one, other in zip(alone, shared, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()


@pytest.mark.parametrize(("jobs", "number"), [(None, 1), (1, 1), (3, 3), (np.int64(2), 2)])
def test_number_of_processes_may_be_left_open(jobs, number):
    assert checked_jobs(jobs, None) == number
    assert type(checked_jobs(jobs, None)) is int


IN_A_POOL = """
import multiprocessing, sys, warnings
import gmmviz as gv

def film(jobs):
    trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=4), n_components=2, max_iter=1)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        gv.Animation(trace, size=(64, 48), fps=5).save(f"{jobs}.gif", jobs=jobs)
    return [f"{warning.filename}: {warning.message}" for warning in said]

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for said in pool.map(film, [1, 2]):
            print(said)
"""


def test_worker_that_may_start_no_processes_paints_alone_and_says_so(tmp_path):
    (tmp_path / "main.py").write_text(IN_A_POOL)
    done = subprocess.run([sys.executable, "main.py"], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert (tmp_path / "1.gif").read_bytes() == (tmp_path / "2.gif").read_bytes()
    assert done.stdout.splitlines() == [
        "[]",
        f"['{tmp_path / 'main.py'}: jobs=2 has no effect here: a daemonic process, such as a worker of multiprocessing.Pool, cannot start "
        "others, so it paints alone']",
    ]


def test_any_executor_paints(animation, tmp_path):
    alone, executor = animation.save(tmp_path / "a.gif")[0], AtOnce()
    elsewhere = animation.save(tmp_path / "b.gif", executor=executor)[0]
    with ThreadPoolExecutor(3) as threads:
        threaded = animation.save(tmp_path / "c.gif", executor=threads, jobs=3)[0]

    assert alone.path.read_bytes() == elsewhere.path.read_bytes() == threaded.path.read_bytes()
    assert sum(executor.n_images) == len(animation.moments)
    assert max(executor.n_images) <= 8


class Counting(AtOnce):
    """Counts the images that it was asked for."""

    asked = 0

    def submit(self, function, *args):
        self.asked += len(args[-1])
        return super().submit(function, *args)


class Forgetful(AtOnce):
    """Notes which tasks bring the film with them; before some tasks another process takes over, which knows none."""

    def __init__(self, *replaced):
        super().__init__()
        self.brought, self._replaced = [], replaced

    def submit(self, function, *args):
        if len(self.brought) in self._replaced:
            workers._painters.clear()
        self.brought.append(args[1] is not None)
        future = Future()
        future.set_result(function(*args))
        return future


def test_film_goes_with_the_first_chunks_alone(animation, monkeypatch):
    monkeypatch.setattr(workers, "CHUNK", 2)
    executor = Forgetful(0)
    images = list(painted(animation, animation.moments, executor=executor))

    assert executor.brought == [True, True, *[False] * (len(executor.brought) - 2)]
    assert len(executor.brought) >= 4
    for image, moment in zip(images, animation.moments, strict=True):
        assert (image == animation.image(moment)).all()


def test_process_that_does_not_know_the_film_asks_for_it(animation, monkeypatch):
    """The fourth task and the one under way with it find a new process: both are asked for again, in their turn."""
    monkeypatch.setattr(workers, "CHUNK", 2)
    executor = Forgetful(0, 3)
    images = list(painted(animation, animation.moments, executor=executor))

    assert executor.brought.count(True) == 4
    assert [i for i, brought in enumerate(executor.brought) if brought][:2] == [0, 1]
    for image, moment in zip(images, animation.moments, strict=True):
        assert (image == animation.image(moment)).all()


@pytest.mark.parametrize(("jobs", "n_chunks"), [(1, 2), (3, 3)])
def test_no_more_is_under_way_than_was_asked_for(animation, jobs, n_chunks):
    """An executor always has a second chunk, so that it need not wait."""
    executor = Counting()
    images = painted(animation, animation.moments, jobs=jobs, executor=executor)
    next(images)
    size = executor.n_images[0]
    assert executor.asked == n_chunks * size
    for n_seen in range(2, 12):
        next(images)
        assert executor.asked - n_seen <= n_chunks * size
    images.close()


def test_processes_of_our_own_have_one_chunk_more_than_there_are(animation, monkeypatch):
    executor = Counting()
    monkeypatch.setattr("gmmviz.film.workers._pool", lambda jobs: executor)
    images = painted(animation, animation.moments, jobs=2)
    next(images)

    assert executor.asked == 3 * executor.n_images[0]
    images.close()


def test_a_film_that_was_sent_elsewhere_makes_its_own_canvas(animation):
    animation.image(animation.moments[0])
    sent = pickle.loads(pickle.dumps(animation))

    assert "_canvas" not in vars(sent)
    assert (sent.image(animation.moments[9]) == animation.image(animation.moments[9])).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"jobs": 0}, "jobs must be a whole number from 1 to 256, not 0"),
        ({"jobs": 1.5}, "jobs must be a whole number from 1 to 256, not 1.5"),
        ({"executor": "dask"}, "executor must be a concurrent.futures.Executor, not 'dask'"),
    ],
)
def test_impossible_jobs_say_what_is_wrong(animation, tmp_path, settings, message):
    with pytest.raises(gv.InputError) as caught:
        animation.save(tmp_path / "film.gif", **settings)

    assert str(caught.value) == message


SCRIPT = """\
import sys, gmmviz as gv
if {guard}:
    trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2, max_iter=5)
    film = gv.Animation(trace, size=(160, 90), pace=gv.Pace(length=8.0))
    try:
        film.save("film.gif", jobs=2, progress=lambda done, total: print(done, flush=True))
    except gv.RenderError as error:
        sys.exit(str(error))
"""


def script(folder, guard="__name__ == '__main__'"):
    (folder / "film.py").write_text(SCRIPT.format(guard=guard))
    return subprocess.Popen(
        [sys.executable, "film.py"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


linux = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    """Whether a process runs; one that has ended but has no parent to note it does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_script_without_a_guard_is_told_so(tmp_path):
    process = script(tmp_path, guard="True")
    _, said = process.communicate(timeout=100)

    assert process.returncode == 1
    sentence = (
        "a process that painted images died: it ran out of memory or was killed, or the script that asked for several "
        "jobs does so without `if __name__ == '__main__':`\n"
    )
    assert sentence in said
    # The workers ran the script too, and were killed: what they left behind is the next render's to take away.
    assert {re.sub(r"^\.film\.[0-9a-f]{8}\.part", "part", name) for name in os.listdir(tmp_path)} <= {
        "film.py",
        "part.gif",
    }


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_its_parent(tmp_path, number):
    process = script(tmp_path)
    process.stdout.readline()
    workers = children(process.pid)
    assert len(workers) >= 2
    process.send_signal(number)
    process.communicate(timeout=60)

    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in workers)


@linux
def test_death_of_a_worker_is_reported_and_leaves_nothing(tmp_path):
    process = script(tmp_path)
    process.stdout.readline()
    for pid in children(process.pid):
        if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGKILL)
            break
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "a process that painted images died" in said
    assert sorted(os.listdir(tmp_path)) == ["film.py"]


@pytest.mark.parametrize(
    ("size", "n_images", "under_way", "n"),
    [
        ((1000, 500), 1000, 3, 8),  # 2 MB an image: sixteen fit into 32 MB, but no more than 8 are asked for
        ((2000, 1000), 1000, 3, 4),
        ((8000, 8000), 1000, 3, 1),
        ((1000, 500), 12, 3, 4),  # so that each process has some
        ((1000, 500), 2, 3, 1),
    ],
)
def test_processes_paint_a_few_images_at_a_time(size, n_images, under_way, n):
    assert _chunk_size(size, n_images, under_way) == n


def test_true_is_no_number_of_jobs(animation, tmp_path):
    with pytest.raises(gv.InputError, match="jobs must be a whole number from 1 to 256, not True"):
        animation.save(tmp_path / "film.gif", jobs=True)


def test_no_more_processes_start_than_there_are_images(animation, monkeypatch):
    """A poster is one image, whatever was asked for."""
    monkeypatch.setattr("gmmviz.film.workers._pool", lambda jobs: pytest.fail(f"{jobs} processes were started"))
    first, second = animation.moments[:2]

    assert len(list(painted(animation, [first], jobs=4))) == 1
    assert list(painted(animation, [], jobs=4, executor=AtOnce())) == []
    with pytest.raises(pytest.fail.Exception, match="2 processes"):
        next(painted(animation, [first, second], jobs=4))


def test_processes_inherit_one_thread_and_the_parent_keeps_its_own(monkeypatch):
    seen = []

    class Pool:
        def __init__(self, jobs, mp_context, initializer):
            seen.append((jobs, mp_context.get_start_method()))

        def submit(self, task):
            seen.append([os.environ.get(name) for name in THREADS])

    monkeypatch.setattr("gmmviz.film.workers.ProcessPoolExecutor", Pool)
    monkeypatch.setenv(THREADS[0], "7")
    monkeypatch.delenv(THREADS[1], raising=False)
    monkeypatch.setenv(THREADS[2], "")
    _pool(2)

    assert seen == [(2, "spawn"), ["1"] * 3, ["1"] * 3]
    assert [os.environ.get(name) for name in THREADS] == ["7", None, ""]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
