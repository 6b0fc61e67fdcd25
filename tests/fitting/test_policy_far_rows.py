"""Runs of data that stay where they are: the bytes of the same numbers in memory, whoever works and reads."""

import hashlib
import os
import signal
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import dask.array as da
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zarr

import gmmviz as gv
from gmmviz.datasets import far
from gmmviz.engine import crew as crew_module

N = 200_003  # points, more than one thread does alone
KINDS = ("npy", "parts", "parquet", "folder", "zarr", "dask")


def drawn(n_points):
    rng = np.random.default_rng(0)
    return rng.standard_normal((n_points, 2)) + 6 * rng.standard_normal((3, 2))[rng.integers(3, size=n_points)]


@pytest.fixture(scope="module")
def points():
    return drawn(N)


@pytest.fixture(autouse=True)
def _all_are_many(monkeypatch):
    monkeypatch.setattr(far, "MANY", 1000)


def written(folder, points, kind, chunk):
    """The points as data that stay where they are, in chunks of so many rows."""
    borders = range(0, len(points), chunk)
    if kind == "npy":
        np.save(folder / "points.npy", points)
        return gv.load_dataset("npy", path=str(folder / "points.npy"))
    if kind == "parts":
        for i, begin in enumerate(borders):
            np.save(folder / f"part-{i:03}.npy", points[begin : begin + chunk])
        return gv.load_dataset("npy", path=str(folder / "part-*.npy"))
    if kind == "parquet":
        table = pa.table({"x": points[:, 0], "y": points[:, 1]})
        pq.write_table(table, folder / "points.parquet", row_group_size=chunk)
        return gv.load_dataset("parquet", path=str(folder / "points.parquet"))
    if kind == "folder":
        for i, begin in enumerate(borders):
            some = points[begin : begin + chunk]
            pq.write_table(pa.table({"x": some[:, 0], "y": some[:, 1]}), folder / f"{i:03}.parquet")
        return gv.load_dataset("parquet", path=str(folder))
    if kind == "zarr":
        array = zarr.create_array(
            str(folder / "points.zarr"), shape=points.shape, chunks=(min(chunk, len(points)), 2), dtype="f8"
        )
        array[:] = points
        return gv.load_dataset("zarr", path=str(folder / "points.zarr"))
    return gv.Dataset(da.from_array(points, chunks=(chunk, 2)))


def digest(trace):
    numbers = trace.weights, trace.means, trace.covariances, trace.log_likelihoods, trace.objectives
    counts = np.array([snapshot.counts for snapshot in trace])
    return hashlib.sha256(b"".join(each.tobytes() for each in (*numbers, counts))).hexdigest()


def run(data, start="random_points", **settings):
    return gv.fit(data, start, n_components=3, **{"max_iter": 2, "tol": 0, **settings})


@pytest.fixture(scope="module")
def expected(points):
    return digest(run(points, threads=1))


@pytest.mark.parametrize("chunk", [7_000, 65_536])
@pytest.mark.parametrize("kind", KINDS)
def test_bytes_do_not_depend_on_where_the_numbers_are_nor_on_who_reads(
    kind, chunk, points, expected, tmp_path, cluster
):
    data = written(tmp_path, points, kind, chunk)

    assert isinstance(data.points, far.FarRows)
    for workers in ({"threads": 1}, {"threads": 2}, {"threads": 3}, {"executor": cluster}):
        assert digest(run(data, **workers)) == expected, workers


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:Sending large graph")  # of Dask, whose array here holds the points themselves
@pytest.mark.parametrize("kind", KINDS)
def test_bytes_do_not_depend_on_chunks_larger_than_blocks(kind, tmp_path, cluster):
    points = drawn(2_300_007)
    data = written(tmp_path, points, kind, 1_000_003)

    found = {digest(run(data, **workers)) for workers in ({"threads": 1}, {"threads": 3}, {"executor": cluster})}
    assert found == {digest(run(points, threads=2))}


@pytest.mark.parametrize("kind", ["parquet", "dask"])
def test_killed_worker_changes_nothing(kind, points, tmp_path, cluster):
    data = written(tmp_path, points, kind, 30_000)
    victim = min(cluster.run(os.getpid).values())

    def kill(snapshot):
        if snapshot.iteration == 2:
            os.kill(victim, signal.SIGKILL)

    found = run(data, max_iter=4, executor=cluster, watch=kill)

    assert digest(found) == digest(run(points, max_iter=4, threads=1))
    cluster.wait_for_workers(2, timeout=90)


@pytest.mark.parametrize("start", ["kmeans++", "kmeans", "random_responsibilities", "corner"])
def test_starts_that_compare_points_look_at_the_same_sample_everywhere(start, points, tmp_path):
    data = written(tmp_path, points, "parquet", 65_536)
    said = r"^the start looks at 100,000 of the 200,003 points, drawn at random from its seed$"
    with pytest.warns(gv.GmmvizWarning, match=said):
        found = run(data, start)
    with pytest.warns(gv.GmmvizWarning, match=said):
        assert digest(run(points, start)) == digest(found)


def test_given_and_random_starts_are_exact(points, tmp_path, recwarn):
    data = written(tmp_path, points, "zarr", 7_000)
    for start in (
        gv.RandomPoints(seed=4),
        gv.Given(means=((0, 0), (1, 1), (5, 5))),
        "identical",
        gv.OnPoint(point=7),
    ):
        a, b = (run(each, start, max_iter=0)[0].mixture for each in (data, points))
        assert a.means.tobytes() + a.covariances.tobytes() == b.means.tobytes() + b.covariances.tobytes()
    assert not recwarn.list


def test_weights_and_labels_go_with_rows_that_stay(points, tmp_path):
    data = written(tmp_path, points, "parts", 30_000)
    rng = np.random.default_rng(1)
    for given in (
        {"sample_weight": rng.random(N) + 0.1},
        {"labels": np.where(rng.random(N) < 0.1, rng.integers(3, size=N), -1)},
    ):
        assert digest(run(data, **given)) == digest(run(points, **given))


def test_workers_keep_what_takes_long_to_read(points, tmp_path, monkeypatch):
    """After a fit, each group of rows is there, and no more than may be; in the next fit none is read again."""
    rows = written(tmp_path, points, "parquet", 30_000).points
    reads = []
    read = type(rows).read
    monkeypatch.setattr(type(rows), "read", lambda self, *ends: (reads.append(ends), read(self, *ends))[1])
    with ThreadPoolExecutor(1) as pool:
        executor = Elsewhere(pool)
        crew_module._kept.clear()
        run(rows, executor=executor)
        n_reads = len([ends for ends in reads if ends[1] - ends[0] > 1])
        run(rows, executor=executor)
        assert len([ends for ends in reads if ends[1] - ends[0] > 1]) == n_reads
        assert sum(group.n_bytes for group in crew_module._kept.values()) == 16 * N

        crew_module._kept.clear()
        monkeypatch.setattr("gmmviz.executors.KEPT", 16 * N // 2)
        assert digest(run(rows, executor=executor)) == digest(run(points))
        assert 0 < sum(group.n_bytes for group in crew_module._kept.values()) <= 16 * N // 2
    crew_module._kept.clear()


class Elsewhere:
    """Not taken for threads of this process."""

    def __new__(cls, pool):
        from concurrent.futures import Executor

        class Through(Executor):
            def submit(self, *arguments):
                return pool.submit(*arguments)

        return Through()


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("gmmviz.engine.rows.AT_ONCE", 1 << 17)
    peaks = []
    for copies in (1, 5):
        folder = tmp_path / str(copies)
        folder.mkdir()
        data = written(folder, np.tile(drawn(400_000), (copies, 1)), "parquet", 65_536)
        tracemalloc.start()
        run(data, threads=1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_component_collapses_onto_the_same_point_everywhere(points, tmp_path):
    data = written(tmp_path, points, "parts", 65_536)
    start = gv.OnPoint(point=150_000, width=1e-9)
    ends = [run(each, start, reg_covar=0, max_iter=9).events[-1] for each in (points, data)]
    assert ends[0][1].message == ends[1][1].message == "component 1 has collapsed onto point 150001"


def test_passes_in_random_order_are_refused(points, tmp_path):
    data = written(tmp_path, points, "npy", 1)
    with pytest.raises(gv.InputError) as caught:
        run(data, algorithm="online_em")
    assert str(caught.value) == (
        "'online_em' takes points in random order, but points is not in memory: choose 'em'"
    )


@pytest.mark.parametrize(
    ("kind", "on_cluster"), [("npy", False), ("parts", False), ("parquet", False), ("npy", True), ("parts", True)]
)
def test_file_that_shrinks_while_it_is_read_is_named(kind, on_cluster, points, tmp_path, cluster):
    data = written(tmp_path, points, kind, 65_536)
    victim = sorted(path for path in tmp_path.iterdir() if path.is_file())[-1]
    where = {"executor": cluster} if on_cluster else {"threads": 2}

    with pytest.raises(gv.InputError) as caught:
        run(data, watch=lambda snapshot: os.truncate(victim, 1000), **where)
    assert str(caught.value) == f"{victim} has changed while it was fitted: begin again"


@pytest.mark.parametrize("kind", ["npy", "parts", "parquet", "folder", "zarr"])
def test_saved_record_names_its_points_and_finds_them_again(kind, points, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    trace = run(written(data, points, kind, 65_536))

    trace.save(tmp_path / "run.npz")
    again = gv.Trace.load(tmp_path / "run.npz")

    assert (tmp_path / "run.npz").stat().st_size < 10_000
    assert isinstance(again.data.points, far.FarRows)
    assert again.data.points[7:9].tolist() == points[7:9].tolist()
    assert (digest(again), again.data.feature_names) == (digest(trace), trace.data.feature_names)


def test_other_points_than_those_of_a_saved_record_are_noticed(points, tmp_path):
    trace = run(written(tmp_path, points, "npy", 1))
    trace.save(tmp_path / "run.npz")
    file = tmp_path / "points.npy"

    def refused():
        with pytest.raises(gv.InputError) as caught:
            gv.Trace.load(tmp_path / "run.npz")
        return str(caught.value).replace(f"{tmp_path}/", "")

    np.save(file, points[::-1])
    assert refused() == (
        "run.npz: its points are in points.npy, which holds other numbers now: it is another file"
    )
    np.save(file, points[1:])
    assert refused() == (
        "run.npz: its points are in points.npy, which had 3,200,176 bytes and has 3,200,160: it is another file"
    )
    file.unlink()
    assert refused() == "run.npz: its points are in points.npy, which is not there: put that file back"


def test_record_of_a_file_that_has_changed_is_not_saved(points, tmp_path):
    trace = run(written(tmp_path, points, "npy", 1))
    np.save(tmp_path / "points.npy", points[1:])
    with pytest.raises(gv.InputError, match=r"points.npy has changed while it was fitted: begin again"):
        trace.save(tmp_path / "run.npz")
    assert not (tmp_path / "run.npz").exists()


def test_points_in_no_file_cannot_be_named(points, tmp_path):
    trace = run(written(tmp_path, points, "dask", 65_536))
    with pytest.raises(gv.InputError) as caught:
        trace.save(tmp_path / "run.npz")
    assert str(caught.value) == (
        "the points are in no file that a saved trace could name: write them to Parquet, Zarr or .npy first"
    )
