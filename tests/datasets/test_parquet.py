import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import gmmviz as gv
from gmmviz.datasets import far, parquet
from gmmviz.datasets.parquet import ParquetRows, parquet_rows

POINTS = np.random.default_rng(0).standard_normal((1000, 3))


def write(path, points=POINTS, names="abc", **options):
    pq.write_table(pa.table(dict(zip(names, np.asarray(points).T, strict=True))), path, **options)
    return path


@pytest.mark.parametrize("group", [7, 100, 5000])
def test_rows_are_read_across_row_groups(tmp_path, group, monkeypatch):
    monkeypatch.setattr(parquet, "BATCH", 30)
    rows = parquet_rows(write(tmp_path / "x.parquet", row_group_size=group))

    assert rows.shape == (1000, 3)
    for begin, end in [
        (0, 1000),
        (3, 9),
        (9, 40),
        (40, 41),
        (41, 1000),
        (999, 1000),
        (5, 5),
        (0, 120),
        (100, 200),
    ]:
        assert rows.read(begin, end).tolist() == POINTS[begin:end].tolist()


def test_reading_goes_on_where_it_ended(tmp_path, monkeypatch):
    made = []
    real = parquet._Cursor.__init__
    monkeypatch.setattr(parquet._Cursor, "__init__", lambda *given: (made.append(given[2]), real(*given))[1])
    rows = parquet_rows(write(tmp_path / "x.parquet", row_group_size=100))
    for begin in (0, 250, 500, 750, 0):
        rows.read(begin, begin + 250)
    assert made == [0, 0]


@pytest.mark.parametrize("kind", ["f4", "i1", "u8", "bool", "f2"])
def test_numbers_of_every_kind_are_read(tmp_path, kind):
    given = (np.arange(20).reshape(10, 2) % 2).astype(kind)
    rows = parquet_rows(write(tmp_path / "x.parquet", given, "ab"))
    assert rows[:].dtype == np.float64
    assert rows[:].tolist() == given.astype(float).tolist()


@pytest.mark.parametrize("many", [False, True])
def test_columns_are_chosen_by_name_and_number(tmp_path, many, monkeypatch):
    if many:
        monkeypatch.setattr(far, "MANY", 10)
    path = write(tmp_path / "rides.parquet")
    data = gv.load_dataset("parquet", path=str(path), columns=["c", 1])

    assert isinstance(data.points, ParquetRows) == many
    assert data.points[:].tolist() == POINTS[:, [2, 0]].tolist()
    assert (data.feature_names, data.name) == (("c", "a"), "rides")


def test_folder_and_pattern_are_read_in_the_order_of_names(tmp_path):
    for i in (2, 0, 1):
        write(tmp_path / f"part-{i}.parquet", POINTS[i * 300 : i * 300 + 300])
    write(tmp_path / "_part-3.parquet")

    by_pattern = gv.load_dataset("parquet", path=str(tmp_path / "part-*.parquet"))
    by_folder = gv.load_dataset("parquet", path=str(tmp_path))

    assert by_pattern.points.tolist() == by_folder.points.tolist() == POINTS[:900].tolist()
    assert by_pattern.name == "part"


def test_index_of_pandas_is_no_feature(tmp_path):
    import pandas as pd

    pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4]}, index=[5, 6]).to_parquet(tmp_path / "x.parquet")
    assert gv.load_dataset("parquet", path=str(tmp_path / "x.parquet")).feature_names == ("a", "b")


def refused(path, **options):
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("parquet", path=str(path), **options)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_what_is_no_table_of_numbers_is_named(tmp_path):
    words = tmp_path / "words.parquet"
    pq.write_table(pa.table({"a": [1.0, 2.0], "name": ["x", "y"]}), words)
    (tmp_path / "text.parquet").write_text("a,b\n1,2\n")
    twice = tmp_path / "twice.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], ["a", "a"]), twice)
    write(tmp_path / "none.parquet", np.zeros((0, 3)))

    assert refused(words) == (
        "words.parquet: the column 'name' holds string, but EM needs numbers: choose others with columns"
    )
    assert refused(words, columns=["b"]) == "words.parquet has no column 'b'; known: 'a' and 'name'"
    assert refused(words, columns=[3]) == "words.parquet has 2 columns, so there is no column 3"
    assert refused(twice) == "twice.parquet has several columns 'a': give them names of their own"
    assert refused(tmp_path / "none.parquet") == "none.parquet is empty: 0 points with 3 features"
    assert refused(tmp_path / "text.parquet").startswith("text.parquet cannot be read as Parquet: ")
    assert refused(tmp_path / "absent.parquet").startswith("there is no file absent.parquet")
    assert gv.load_dataset("parquet", path=str(words), columns=["a"]).points.tolist() == [[1], [2]]


def test_files_of_other_columns_are_no_parts(tmp_path):
    write(tmp_path / "part-0.parquet")
    write(tmp_path / "part-1.parquet", POINTS[:, :2], "ab")
    assert refused(tmp_path / "part-*.parquet") == (
        "part-1.parquet has the columns 'a' and 'b', and part-0.parquet has 'a', 'b' and 'c': choose columns that "
        "all files have"
    )
    assert len(gv.load_dataset("parquet", path=str(tmp_path), columns=["a", "b"]).points) == 2000


@pytest.mark.parametrize("many", [False, True])
def test_gap_is_named_by_file_and_row(tmp_path, many, monkeypatch):
    if many:
        monkeypatch.setattr(far, "MANY", 10)
    write(tmp_path / "part-0.parquet")
    pq.write_table(pa.table({"a": [1, 2, None], "b": [4, None, 6], "c": [7, 8, 9]}), tmp_path / "part-1.parquet")
    with pytest.raises(gv.InputError) as caught:
        gv.fit(gv.load_dataset("parquet", path=str(tmp_path / "part-*.parquet")), n_components=2)
    assert str(caught.value) == (
        f"{tmp_path}/part-1.parquet, row 1 (from 0), column 'b' holds NaN, or nothing; 1 more row does too; EM needs "
        "finite numbers: leave those rows out or fill them in"
    )


def test_rows_with_gaps_are_left_out_where_they_are_few(tmp_path):
    pq.write_table(pa.table({"a": [1, 2, None], "b": [4, 5, 6]}), tmp_path / "x.parquet")
    with pytest.warns(gv.GmmvizWarning, match="1 of 3 points left out"):
        data = gv.load_dataset("parquet", path=str(tmp_path / "x.parquet"), missing="drop")
    assert data.points.tolist() == [[1, 4], [2, 5]]
    assert gv.load_dataset("parquet", path=str(tmp_path / "x.parquet"), missing="marginalize").incomplete


def test_file_that_changes_is_not_read_on(tmp_path):
    path = write(tmp_path / "x.parquet", row_group_size=100)
    rows = parquet_rows(path)
    rows.read(0, 50)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(gv.InputError) as caught:
        rows.read(50, 1000)
    assert str(caught.value) == f"{path} has changed while it was fitted: begin again"


def test_broken_file_is_told_from_a_changed_one(tmp_path):
    path = write(tmp_path / "x.parquet", row_group_size=100, compression="none")
    content = bytearray(path.read_bytes())
    content[100:2000] = bytes(1900)
    path.write_bytes(content)
    with pytest.raises(gv.InputError, match=r"x.parquet cannot be read as Parquet: "):
        parquet_rows(path)[:]
