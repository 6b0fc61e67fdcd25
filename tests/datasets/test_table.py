"""Sheets and other tables, by polars."""

import datetime
import gzip
import subprocess
import sys
import warnings

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pytest

import gmmviz as gv
from gmmviz.datasets import table

COLUMNS = {"x": [0.1, 2.5, 3.0], "y": [1e-300, 5.0, None], "kind": ["a", "b", None]}
FRAME = pd.DataFrame(COLUMNS)


def loaded(path, **options):
    """What is read, and what is said about it."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        data = gv.load_dataset("table", path=str(path), **options)
    return data, [str(warning.message).replace(str(path), "FILE") for warning in said]


def complaint(path, **options):
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("table", path=str(path), **options)
    return str(caught.value).replace(str(path), "FILE")


@pytest.fixture(params=["xlsx", "ods", "parquet", "feather", "csv", "csv.gz"])
def saved(request, tmp_path):
    path = tmp_path / f"frogs.{request.param}"
    match request.param:
        case "xlsx":
            FRAME.to_excel(path, index=False)
        case "ods":
            FRAME.to_excel(path, index=False, engine="odf")
        case "parquet":
            pl.DataFrame(COLUMNS).write_parquet(path)
        case "feather":
            pl.DataFrame(COLUMNS).write_ipc(path)
        case _:
            FRAME.to_csv(path, index=False)
    return path


@pytest.fixture
def sheet(tmp_path):
    """Write rows into the first sheet of a file."""

    def sheet(rows, more=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for name in more:
            book.create_sheet(name).append([name])
        book.save(tmp_path / "a.xlsx")
        return tmp_path / "a.xlsx"

    return sheet


def test_every_kind_of_table_has_columns_labels_and_gaps(saved):
    data, said = loaded(saved, columns=["y", 1], labels="kind", missing="drop")

    assert data.points.tolist() == [[1e-300, 0.1], [5, 2.5]]
    assert (data.feature_names, data.labels.tolist(), data.name) == (("y", "x"), ["a", "b"], "frogs")
    assert said == ["FILE: 1 of 3 rows was left out because cells are empty"]


def test_every_kind_of_table_has_a_column_of_weights(saved):
    data, _ = loaded(saved, columns=["x"], weights="y", missing="drop")

    assert (data.feature_names, data.points.tolist(), data.weights.tolist()) == (
        ("x",),
        [[0.1], [2.5]],
        [1e-300, 5],
    )


def test_gap_is_refused_with_its_place(saved):
    place = "row 3" if saved.suffix in (".parquet", ".feather") else "line 4" if "csv" in saved.name else "row 4"

    assert complaint(saved, columns=["x", "y"]) == (
        f'FILE, {place}, column 2 (y): the cell is empty; EM needs a number: fill it in, or write missing = "drop" '
        'to leave out the one of 3 rows with gaps, or "marginalize" to fit what they have'
    )


def test_column_of_words_is_refused_with_its_place(saved):
    assert ", column 3 (kind): expected a number, found 'a'; mend the cell, " in complaint(saved, columns=["kind"])


def test_sheet_is_chosen_by_name_or_number(tmp_path):
    path = tmp_path / "two.ods"
    with pd.ExcelWriter(path, engine="odf") as writer:
        FRAME[["x"]].to_excel(writer, sheet_name="one", index=False)
        FRAME[["x"]].add(1).to_excel(writer, sheet_name="two", index=False, startrow=2)

    assert loaded(path, sheet="two")[0].points[0].tolist() == [1.1]
    assert loaded(path, sheet=1)[0].points[0].tolist() == [0.1]
    assert loaded(path)[1] == ["FILE has 2 sheets, of which 'one' is read; write sheet = ... for another"]
    assert complaint(path, sheet="tow") == "FILE has no sheet 'tow'; did you mean 'two'?"
    assert complaint(path, sheet=3) == "FILE has 2 sheets, so there is no sheet 3"


def test_rows_are_counted_as_in_the_sheet(sheet):
    assert complaint(sheet([[], [None, "x", "y"], [None, 1.5, 2], [None, 3, "four"]])) == (
        "FILE, row 4, column 2 (y): expected a number, found 'four'; mend the cell, choose other columns, name "
        "this one as labels, or, if it stands for a gap, write missing_values = ['four']"
    )


@pytest.mark.parametrize(
    ("rows", "names", "points", "said"),
    [
        (
            [["x", "y"], [1.5, 2], [None, None], [3, 4]],
            ("x", "y"),
            [[1.5, 2], [3, 4]],
            ["FILE: 1 row of empty cells left out: 3"],
        ),
        ([[1.5, 2], [3, 4]], ("column 1", "column 2"), [[1.5, 2], [3, 4]], []),
        (
            [[None, "x"], [0, 1.5], [1, 3]],
            ("x",),
            [[1.5], [3]],
            ["FILE: column 1 has no name and counts the rows: left out"],
        ),
        ([["x"], [0.1 + 0.2], [1e22]], ("x",), [[0.3], [1e22]], []),
    ],
)
def test_sheet_is_read_as_it_was_made(sheet, rows, names, points, said):
    data, warned = loaded(sheet(rows))

    assert (data.feature_names, data.points.tolist(), warned) == (names, points, said)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [[2019, 2020], [1.5, 2.5], [3, 4]],
            "FILE, row 1: '2019,2020' may be a point or name the columns: write header = true if it names them, "
            "header = false if it is a point",
        ),
        ([["x"], [1.5], ["2,5"]], "FILE, row 3, column 1 (x): '2,5' is a text; make it a number in the sheet"),
        (
            [["day"], [datetime.date(2020, 1, 2)]],
            "FILE, row 2, column 1 (day): found '2020-01-02 00:00:00', a date; choose other columns, or write the days "
            "as numbers",
        ),
        ([["x"]], "FILE has a header but no points"),
        ([], "FILE: the sheet 'Sheet' is empty"),
    ],
)
def test_what_a_sheet_cannot_say_is_refused(sheet, rows, message):
    assert complaint(sheet(rows)) == message


def test_header_of_years_is_one_if_the_user_says_so(sheet):
    rows = [[2019, 2020], [1.5, 2.5], [3, 4]]

    assert loaded(sheet(rows), header=True)[0].feature_names == ("2019", "2020")
    assert loaded(sheet(rows), header=False)[0].points.shape == (3, 2)


def test_index_that_pandas_saved_is_left_out(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": [1.5, 2.5], "__index_level_0__": [7, 3]}).write_parquet(path)
    data, said = loaded(path)

    assert data.points.tolist() == [[1.5], [2.5]]
    assert said == ["FILE: column 2 has no name and counts the rows: left out"]


def test_types_of_a_parquet_file_are_numbers_or_told(tmp_path):
    path = tmp_path / "a.parquet"
    day = datetime.date(2020, 1, 2)
    pl.DataFrame({"whole": [1, 2], "true": [True, False], "day": [day, day], "huge": [1.0, np.inf]}).write_parquet(
        path
    )

    assert loaded(path, columns=["true", "whole"])[0].points.tolist() == [[1, 1], [0, 2]]
    assert complaint(path, columns=["day"]).startswith(
        "FILE, row 1, column 3 (day): found '2020-01-02', a date; choose other"
    )
    assert complaint(path, columns=["huge"]) == (
        "FILE, row 2, column 4 (huge): found 'inf'; EM needs finite numbers: mend the cell or leave the row out"
    )
    assert loaded(path, columns=["whole"], missing_values=["2"], missing="drop")[0].points.tolist() == [[1]]


@pytest.mark.parametrize("suffix", ["xlsx", "xlsm", "xls", "ods", "parquet", "feather"])
def test_broken_file_is_one_sentence(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"PK\3\4 this is none")

    assert complaint(path).startswith("FILE cannot be read as its suffix says: ")


def test_path_must_be_that_of_a_table(tmp_path):
    (tmp_path / "a.doc").write_bytes(b"")

    assert complaint(tmp_path / "a.doc").startswith("FILE does not end as a table does: expected '.xlsx', ")
    assert complaint(tmp_path / "a.csv", sheet=1) == "FILE has no sheets: leave `sheet` out"
    assert complaint(tmp_path / "none.xlsx") == "there is no file FILE"


def test_small_file_that_stands_for_a_huge_table_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "CELLS", 100)
    for name, table_of in (("a", {"x": [1.5] * 101}), ("b", {"x": [1.5] * 60, "y": [2.5] * 60})):
        pl.DataFrame(table_of).write_parquet(tmp_path / f"{name}.parquet")

    assert complaint(tmp_path / "a.parquet") == "FILE has 101 rows, too many at once: save fewer"
    assert complaint(tmp_path / "b.parquet") == "FILE has 60 rows, too many for as many columns: choose some"
    assert loaded(tmp_path / "b.parquet", columns=["y"])[0].points.shape == (60, 1)


def test_table_without_rows_is_empty(tmp_path):
    pl.DataFrame({"x": []}, schema={"x": pl.Float64}).write_parquet(tmp_path / "a.parquet")

    assert complaint(tmp_path / "a.parquet") == "the data is empty: 0 points with 1 feature"


def test_without_the_packages_it_is_said_how_to_install_them(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    FRAME.to_excel(path)
    monkeypatch.setitem(sys.modules, "fastexcel", None)

    assert complaint(path) == 'FILE is read by packages that are not installed: pip install "gmmviz[tables]"'


def test_csv_needs_no_other_package(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"x,y\n1,2\n3,4\n"))
    code = (
        "import sys; sys.modules['polars'] = sys.modules['fastexcel'] = None; import gmmviz; "
        "print(gmmviz.load_dataset('table', path='a.csv.gz'), gmmviz.fit([1.0, 2, 3], n_components=1))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("<Dataset a: 2 points, 2 features ['x', 'y']>")


def test_last_sheet_is_chosen_by_number(tmp_path):
    path = tmp_path / "two.xlsx"
    with pd.ExcelWriter(path) as writer:
        FRAME[["x"]].to_excel(writer, sheet_name="one", index=False)
        FRAME[["x"]].add(1).to_excel(writer, sheet_name="two", index=False)

    data, said = loaded(path, sheet=2)
    assert (data.points[0].tolist(), said) == ([1.1], [])


def test_table_at_the_limit_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "CELLS", 100)
    pl.DataFrame({"x": [1.5] * 100}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"x": [1.5] * 50, "y": [2.5] * 50}).write_parquet(tmp_path / "b.parquet")

    assert loaded(tmp_path / "a.parquet")[0].points.shape == (100, 1)
    assert loaded(tmp_path / "b.parquet")[0].points.shape == (50, 2)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ([None, None], ["FILE: column 2 has no name and is empty: left out"]),
        (["a", "b"], ["FILE: column 2 has no name and holds words: left out"]),
        ([3, 7], ["FILE: column 2 has no name and counts the rows: left out"]),
        ([3, 3], []),
        ([0.5, 1.5], []),
    ],
)
def test_index_of_a_frame_is_left_out_unless_it_measures(tmp_path, index, said):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": [1.5, 2.5], "__index_level_0__": index}).write_parquet(path)
    data, warned = loaded(path)

    assert warned == said
    assert data.feature_names == (("x",) if said else ("x", "column 2"))


def test_header_of_a_sheet_is_looked_for_in_several_rows(sheet, monkeypatch):
    """A 2 is like 5 and 8, which have a difference of 3, but not like a 5 alone."""
    path = sheet([[2], [5], [8]])
    assert loaded(path)[0].points.tolist() == [[2], [5], [8]]
    monkeypatch.setattr(table, "SEVERAL", 1)
    assert complaint(path).startswith("FILE, row 1: '2' may be a point or name the columns")


def test_gap_in_a_sheet_below_empty_rows_is_counted_as_there(sheet):
    with pytest.warns(gv.GmmvizWarning, match="2 rows of empty cells left out: 2, 4$"):
        said = complaint(sheet([["x", "y"], [], [1.5, 2], [], [None, 3]]))

    assert said.startswith("FILE, row 5, column 1 (x): the cell is empty; ")


def test_words_are_told_by_the_first_row_that_has_one(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": [1.5, 2.5, 3.5], "kind": [None, "frog", "toad"]}).write_parquet(path)

    assert complaint(path).startswith("FILE, row 2, column 2 (kind): expected a number, found 'frog'; ")


def test_titles_above_the_header_of_a_sheet_are_left_out_and_said(sheet):
    path = sheet(
        [
            ["Survey 2023", None, None],
            [None, None, None],
            ["no", "income", "height"],
            [1, 1234.5, 1.7],
            [2, 99.5, 1.8],
        ]
    )

    with pytest.warns(gv.GmmvizWarning, match="row 1 is a title above the table and left out: 'Survey 2023'"):
        data = gv.load_dataset("table", path=str(path), columns=["income", "height"])
    assert data.points.tolist() == [[1234.5, 1.7], [99.5, 1.8]]
