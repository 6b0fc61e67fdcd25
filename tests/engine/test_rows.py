import os
import pickle

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.engine.rows import MappedRows, Rows


def shape(points, weights, known, *parameters):
    return Shapes([points.shape])


class Shapes(list):
    def __add__(self, other):
        return Shapes([*self, *other])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i2"])
def test_rows_of_a_file_are_read_again_elsewhere(tmp_path, order, dtype):
    points = np.arange(3000).reshape(1000, 3).astype(dtype, order=order)
    np.save(tmp_path / "points.npy", points)
    mapped = np.asarray(np.load(tmp_path / "points.npy", mmap_mode="r"))

    for rows in (mapped, mapped[100:200], mapped[100:900][7:9], mapped[50:60, 1:]):
        described = pickle.loads(pickle.dumps(MappedRows.of(rows)))
        assert len(pickle.dumps(described)) < 500
        again = described.read()
        assert np.array_equal(again, rows)
        assert not again.flags.writeable


def test_array_in_memory_is_no_file():
    assert MappedRows.of(np.zeros((3, 2))) is None
    assert MappedRows.of(np.zeros((9, 2))[3:]) is None


def test_file_that_has_changed_is_not_read_on(tmp_path):
    path = tmp_path / "points.npy"
    np.save(path, np.zeros((100, 2)))
    rows = MappedRows.of(np.load(path, mmap_mode="r"))
    os.truncate(path, 1000)

    with pytest.raises(gv.InputError, match=r"points.npy has changed while it was fitted: begin again$"):
        rows.read()


def test_file_that_a_worker_does_not_see_is_named(tmp_path):
    path = tmp_path / "points.npy"
    np.save(path, np.zeros((100, 2)))
    rows = MappedRows.of(np.load(path, mmap_mode="r"))
    path.unlink()

    with pytest.raises(gv.InputError, match=r"points.npy cannot be read by every worker \(No such file"):
        rows.read()


def test_borders_follow_from_the_shape_alone():
    """A block of large data has 2^18 features, and 64 points at least."""
    assert (Rows(np.zeros((1_000_000, 2))).size, Rows(np.zeros((1_000_000, 2))).n_blocks) == (43_690, 23)
    assert Rows(np.zeros((100_000, 2))).size == 10_922  # small
    assert Rows(np.zeros((10_000, 100))).size == 64
    assert Rows(np.zeros((10_000, 100))).total(shape) == [(64, 100)] * 156 + [(16, 100)]


def test_looks_are_at_powers_of_two_of_blocks():
    rows = Rows(np.zeros((20_000, 32)))

    assert (rows.size, rows.least) == (467, 32)
    assert rows.look(shape) == [(32 * 467, 32), (20_000 - 32 * 467, 32)]
    assert Rows(np.zeros((100_000, 2))).look(shape) == [(100_000, 2)]
