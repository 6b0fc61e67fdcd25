import os
import pickle

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.datasets.npy_rows import NpyRows


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i2", ">f8"])
def test_rows_of_a_file_are_read_again_elsewhere(tmp_path, order, dtype):
    points = np.arange(3000).reshape(1000, 3).astype(dtype, order=order)
    np.save(tmp_path / "points.npy", points)
    mapped = np.asarray(np.load(tmp_path / "points.npy", mmap_mode="r"))

    for rows in (mapped, mapped[100:200], mapped[100:900][7:9], mapped[50:60, 1:], mapped[::2, ::2]):
        described = pickle.loads(pickle.dumps(NpyRows.of(rows)))
        assert len(pickle.dumps(described)) < 500
        assert described.shape == rows.shape
        assert np.array_equal(described[:], rows)
        assert np.array_equal(described.part(1, 2)[:], rows[1:2])
        assert described[:].dtype == np.dtype("f8" if dtype == "i2" else dtype).newbyteorder("=")


def test_array_in_memory_is_no_file(tmp_path):
    np.save(tmp_path / "points.npy", np.zeros((9, 2)))
    assert NpyRows.of(np.zeros((3, 2))) is None
    assert NpyRows.of(np.zeros((9, 2))[3:]) is None
    assert NpyRows.of(np.load(tmp_path / "points.npy", mmap_mode="r")[::-1]) is None


def test_file_that_has_changed_is_not_read_on(tmp_path):
    path = tmp_path / "points.npy"
    np.save(path, np.zeros((100, 2)))
    rows = NpyRows.of(np.load(path, mmap_mode="r"))
    os.truncate(path, 1000)

    with pytest.raises(gv.InputError, match=r"points.npy has changed while it was fitted: begin again$"):
        rows.read(0, 100)


def test_file_that_shrinks_under_the_reader_is_not_read_on(tmp_path, monkeypatch):
    """A memory map would end the process."""
    path = tmp_path / "points.npy"
    np.save(path, np.zeros((100, 2)))
    rows = NpyRows.of(np.load(path, mmap_mode="r"))
    os.truncate(path, 1000)
    monkeypatch.setattr("gmmviz.datasets.npy_rows.stamp_of", lambda path: rows.stamp)

    with pytest.raises(gv.InputError, match=r"points.npy has changed while it was fitted: begin again$"):
        rows.read(0, 100)


def test_file_that_a_worker_does_not_see_is_named(tmp_path):
    path = tmp_path / "points.npy"
    np.save(path, np.zeros((100, 2)))
    rows = NpyRows.of(np.load(path, mmap_mode="r"))
    path.unlink()

    with pytest.raises(gv.InputError, match=r"points.npy cannot be read by every worker \(No such file"):
        rows.read(0, 100)


def test_rows_count_from_the_beginning_of_the_file(tmp_path):
    path = tmp_path / "points.npy"
    np.save(path, np.zeros((100, 2)))
    rows = NpyRows.of(np.load(path, mmap_mode="r"))
    assert rows.part(10, 90).part(5, 6).place(2) == f"{path}, row 17 (from 0)"
