import pickle

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
import zarr

import gmmviz as gv
from gmmviz.datasets import far
from gmmviz.datasets.lazy import DaskRows, ZarrRows, far_rows

POINTS = np.random.default_rng(0).standard_normal((1000, 2))


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr(far, "MANY", 10)


@pytest.fixture(params=["zarr", "dask", "frame"])
def lazy(request, tmp_path):
    if request.param == "zarr":
        made = zarr.create_array(str(tmp_path / "x.zarr"), shape=(1000, 2), chunks=(70, 1), dtype="f8")
        made[:] = POINTS
        return made
    if request.param == "dask":
        return da.from_array(POINTS, chunks=(70, 1))
    return dd.from_pandas(pd.DataFrame(POINTS, columns=["a", "b"]), npartitions=7)


def test_many_numbers_stay_and_few_are_read(lazy, monkeypatch):
    assert gv.Dataset(lazy).points.tolist() == POINTS.tolist()
    monkeypatch.setattr(far, "MANY", 10)
    rows = gv.Dataset(lazy).points
    assert isinstance(rows, ZarrRows | DaskRows)
    assert rows.shape == (1000, 2)
    assert rows[60:200].tolist() == POINTS[60:200].tolist()
    part = pickle.loads(pickle.dumps(rows.part(60, 200)))
    assert part[3:9].tolist() == POINTS[63:69].tolist()


def test_names_are_those_of_a_table(many):
    table = dd.from_pandas(pd.DataFrame(POINTS, columns=["a", "b"]), npartitions=7)
    assert gv.Dataset(table).feature_names == ("a", "b")
    assert gv.Dataset(table["b"]).points[:3].tolist() == POINTS[:3, 1:].tolist()


def test_part_of_a_dask_array_takes_its_part_of_the_graph_along(many):
    rows = far_rows(da.from_array(np.zeros((100_000, 2)), chunks=(1000, 2)))
    assert len(pickle.dumps(rows.part(1500, 1600))) < 40_000


def test_array_of_unknown_length_is_counted(many):
    x = da.from_array(POINTS, chunks=(70, 2))
    rows = gv.Dataset(x[x[:, 0] > 0]).points
    assert rows[:].tolist() == POINTS[POINTS[:, 0] > 0].tolist()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: da.zeros((3, 3, 3)), "the data must have shape (points, features), not (3, 3, 3)"),
        (lambda: da.zeros((3, 3), dtype="c16"), "the data must be numbers, not an array of complex128"),
        (lambda: da.zeros((0, 3)), "the data is empty: 0 points with 3 features"),
    ],
)
def test_what_is_no_matrix_of_numbers_is_refused(made, said):
    with pytest.raises(gv.InputError) as caught:
        gv.Dataset(made())
    assert str(caught.value) == said


def test_error_in_the_graph_is_a_sentence(many):
    def fails(block):
        raise ValueError("no such star")

    rows = gv.Dataset(
        da.from_array(POINTS, chunks=(70, 2)).map_blocks(fails, dtype=float, meta=np.zeros((0, 0)))
    ).points
    with pytest.raises(gv.InputError) as caught:
        rows[:10]
    assert str(caught.value) == "the array of Dask cannot be computed (ValueError: no such star)"


def test_row_is_named(many, lazy):
    rows = gv.Dataset(lazy).points
    assert rows.part(10, 90).place(7) in (
        "the array of Zarr, row 17 (from 0)",
        "the array of Dask, row 17 (from 0)",
    )


def test_large_array_that_has_been_persisted_is_refused(cluster, monkeypatch):
    array = cluster.persist(da.from_array(POINTS, chunks=(70, 2)))
    with cluster.as_current():
        assert gv.Dataset(array).points.tolist() == POINTS.tolist()
    monkeypatch.setattr(far, "MANY", 10)
    with pytest.raises(gv.InputError) as caught:
        gv.Dataset(array)
    assert str(caught.value) == (
        "the array of Dask has been persisted, so its numbers are where only its own client finds them: give it as it "
        "was before persist(), or write it to Parquet or Zarr"
    )
