import numpy as np
import pytest
import zarr

import gmmviz as gv
from gmmviz.datasets import far
from gmmviz.datasets.lazy import ZarrRows

POINTS = np.random.default_rng(0).standard_normal((1000, 2))


def write(path, points=POINTS, chunks=None):
    made = zarr.create_array(str(path), shape=points.shape, chunks=chunks or points.shape, dtype=points.dtype)
    made[...] = points
    return path


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i2"])
def test_array_is_read_across_its_chunks(tmp_path, many, dtype, monkeypatch):
    if many:
        monkeypatch.setattr(far, "MANY", 10)
    points = (100 * POINTS).astype(dtype)
    write(tmp_path / "x.zarr", points, (70, 1))

    data = gv.load_dataset("zarr", path=str(tmp_path / "x.zarr"))

    assert isinstance(data.points, ZarrRows) == many
    assert data.points[65:300].tolist() == points[65:300].tolist()
    assert data.name == "x"


def test_one_dimension_is_one_feature(tmp_path):
    write(tmp_path / "x.zarr", POINTS[:, 0], (70,))
    assert gv.load_dataset("zarr", path=str(tmp_path / "x.zarr")).points.tolist() == POINTS[:, :1].tolist()


def test_array_of_a_group_is_named_by_its_path(tmp_path):
    group = zarr.open_group(str(tmp_path / "survey.zarr"), mode="w")
    group.create_array("colors", shape=(1000, 2), dtype="f8")[:] = POINTS
    data = gv.load_dataset("zarr", path=str(tmp_path / "survey.zarr" / "colors"))
    assert (data.name, data.points.tolist()) == ("colors", POINTS.tolist())
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("zarr", path=str(tmp_path / "survey.zarr"))
    path = tmp_path / "survey.zarr"
    assert str(caught.value) == f"{path} is a group of Zarr: name one of its arrays, '{path}/colors'"


def test_what_is_no_matrix_of_numbers_is_refused(tmp_path):
    def refused(name):
        with pytest.raises(gv.InputError) as caught:
            gv.load_dataset("zarr", path=str(tmp_path / name))
        return str(caught.value).replace(f"{tmp_path}/", "")

    write(tmp_path / "cube.zarr", np.zeros((2, 2, 2)))
    write(tmp_path / "complex.zarr", np.zeros((2, 2), complex))
    (tmp_path / "folder").mkdir()

    assert (
        refused("cube.zarr") == "cube.zarr holds an array of 3 dimensions, but EM needs two, points and features"
    )
    assert refused("complex.zarr") == "complex.zarr holds complex128, but EM needs real numbers"
    assert refused("absent.zarr") == "there is no folder absent.zarr: the array of Zarr is one"
    assert refused("folder").startswith("folder is no array of Zarr (")


def test_gap_is_named_by_row(tmp_path, monkeypatch):
    monkeypatch.setattr(far, "MANY", 10)
    points = POINTS.copy()
    points[500, 1] = np.nan
    write(tmp_path / "x.zarr", points, (70, 2))
    with pytest.raises(
        gv.InputError, match=r"x.zarr, row 500 \(from 0\), column 1 holds NaN, or nothing; EM needs"
    ):
        gv.fit(gv.load_dataset("zarr", path=str(tmp_path / "x.zarr")), n_components=1)
