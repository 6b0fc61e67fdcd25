import multiprocessing
import os
import pickle
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import gmmviz as gv
from gmmviz.film import workers
from gmmviz.film.workers import _chunk_size, painted


@pytest.fixture(scope="module")
def animation(trace):
    return gv.Animation(trace, size=(160, 90), fps=10, pace=gv.Pace(length=3.0, start=0.5, end=0.5))


class AtOnce(Executor):
    """Runs each task when it is submitted, as another process would: from bytes to bytes."""

    _max_workers = 2

    def __init__(self):
        self.n_images = []

    def submit(self, function, *args):
        future = Future()
        result = pickle.loads(pickle.dumps(function))(*pickle.loads(pickle.dumps(args)))
        self.n_images.append(len(result))
        future.set_result(result)
        return future


def test_any_executor_paints(animation, tmp_path):
    alone, executor = animation.save(tmp_path / "a.gif")[0], AtOnce()
    elsewhere = animation.save(tmp_path / "b.gif", executor=executor)[0]
    with ThreadPoolExecutor(3) as threads:
        threaded = animation.save(tmp_path / "c.gif", executor=threads)[0]

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
    """The fourth task and those under way with it find a new process: they are asked for again, in their turn."""
    monkeypatch.setattr(workers, "CHUNK", 2)
    executor = Forgetful(0, 3)
    images = list(painted(animation, animation.moments, executor=executor))

    assert executor.brought.count(True) == 2 + 3  # and the one that waited
    assert [i for i, brought in enumerate(executor.brought) if brought][:2] == [0, 1]
    for image, moment in zip(images, animation.moments, strict=True):
        assert (image == animation.image(moment)).all()


def test_one_chunk_waits_for_the_workers_and_no_more(animation):
    executor = Counting()
    images = painted(animation, animation.moments, executor=executor)
    next(images)
    size = executor.n_images[0]
    assert executor.asked == 3 * size
    for n_seen in range(2, 12):
        next(images)
        assert executor.asked - n_seen <= 3 * size
    images.close()


def test_a_dask_client_paints(animation, tmp_path, cluster):
    alone = animation.save(tmp_path / "a.gif")[0]
    elsewhere = animation.save(tmp_path / "b.gif", executor=cluster)[0]

    assert alone.path.read_bytes() == elsewhere.path.read_bytes()


def test_other_things_are_no_executors(animation, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        animation.save(tmp_path / "film.gif", executor="dask")

    assert str(caught.value) == "executor must be a concurrent.futures.Executor or a Dask client, not 'dask'"


def test_number_of_processes_is_deprecated(animation, tmp_path):
    with pytest.warns(DeprecationWarning, match="jobs") as said:
        animation.save(tmp_path / "film.gif", jobs=2)

    assert str(said[0].message) == "jobs is deprecated, since one process is as quick as two: leave it out"
    assert said[0].filename == __file__


def _die():
    os._exit(1)


class Mortal(ProcessPoolExecutor):
    """Its process dies at the second task."""

    n = 0

    def submit(self, function, *args):
        self.n += 1
        return super().submit(_die) if self.n == 2 else super().submit(function, *args)


def test_death_of_a_process_is_reported_and_leaves_nothing(animation, tmp_path):
    with Mortal(1, multiprocessing.get_context("spawn")) as executor, pytest.raises(gv.RenderError) as caught:
        animation.save(tmp_path / "film.gif", executor=executor)

    assert str(caught.value) == (
        "a process that worked on the film died: it ran out of memory or was killed, or the script that starts "
        "processes does so without `if __name__ == '__main__':`"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_was_sent_elsewhere_makes_its_own_canvas(animation):
    animation.image(animation.moments[0])
    sent = pickle.loads(pickle.dumps(animation))

    assert "_canvas" not in vars(sent)
    assert (sent.image(animation.moments[9]) == animation.image(animation.moments[9])).all()


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
