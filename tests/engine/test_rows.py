import numpy as np

from gmmviz.datasets.far import FarRows
from gmmviz.engine.rows import Rows


def shape(points, weights, known, *parameters):
    return Shapes([points.shape])


class Shapes(list):
    def __add__(self, other):
        return Shapes([*self, *other])


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


def test_groups_of_very_large_data_grow_where_they_are_read():
    """A thousand million points in the plane are 22,889 blocks: 715 groups of 32, or 4 for each worker at least."""

    class Far(FarRows):
        shape = (1_000_000_000, 2)

        def read(self, begin, end): ...

        def place(self, row): ...

    rows = Rows(Far())
    assert rows.n_blocks == 22_889
    assert [rows.most(n) for n in (0, 1, 8, 64, 512)] == [32, 4096, 512, 64, 32]
    assert Rows(np.zeros((1_000_000, 2))).most(4) == 8
