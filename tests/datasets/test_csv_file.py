import numpy as np
import pytest

import gmmviz as gv


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "points.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    "text",
    ["x,y\n1,2\n3,4.5\n", "1,2.0\n3,4.5\n", "x;y\n1;2\n3;4.5\n", "x\ty\n1\t2\n3\t4.5\n", "1 2.0\n3   4.5\n", "x|y\n1|2\n3|4.5\n",
     "\ufeffx, y\r\n1, 2\r\n\r\n3, 4.5\r\n", '"x","y"\n"1","2"\n3,4.5'],
)  # fmt: skip
def test_common_kinds_of_files_are_read(write, text):
    data = gv.CsvFile(path=str(write(text))).load()

    assert data.points.tolist() == [[1, 2], [3, 4.5]]
    assert data.name == "points"


def test_header_names_the_features(write):
    assert gv.CsvFile(path=str(write("a (m),b\n1,2\n"))).load().feature_names == ("a (m)", "b")
    assert gv.CsvFile(path=str(write("1,2.5\n"))).load().feature_names == ("column 1", "column 2")


@pytest.mark.parametrize(("labels", "columns"), [("kind", None), (2, None), ("kind", ("x", "y"))])
def test_a_column_of_classes_labels_the_points_and_is_no_feature(write, labels, columns):
    file = write("x,kind,y\n1,frog,3\n4,toad,6\n")
    data = gv.CsvFile(path=str(file), labels=labels, columns=columns).load()

    assert data.feature_names == ("x", "y")
    assert data.points.tolist() == [[1, 3], [4, 6]]
    assert data.labels.tolist() == ["frog", "toad"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("sort", "{path} has no column 'sort'; known: 'x' and 'kind'"),
        (3, "{path} has 2 columns, so there is no column 3"),
    ],
)
def test_column_of_classes_that_is_not_there_is_named(write, labels, message):
    file = write("x,kind\n1,frog\n4,toad\n")
    with pytest.raises(gv.InputError) as caught:
        gv.CsvFile(path=str(file), labels=labels).load()
    assert (str(caught.value), caught.value.place) == (message.format(path=file), ("labels",))


@pytest.mark.parametrize("columns", [("c", "a"), (3, 1), ("c", 1)])
def test_columns_are_chosen_by_name_or_number(write, columns):
    data = gv.CsvFile(path=str(write("a,b,c\n1,x,3\n4,y,6\n")), columns=columns).load()

    assert data.points.tolist() == [[3, 1], [6, 4]]
    assert data.feature_names == ("c", "a")


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        (
            "a,b\n1,2\n3,four\n",
            None,
            "{path}, line 3, column 2 (b): expected a number, found 'four'; mend the cell, choose other columns, or name this one as labels",
        ),
        (
            "a,b\n1,2\n3,nan\n",
            None,
            "{path}, line 3, column 2 (b): 'nan' is a gap; EM needs a number: fill it in, or write missing = \"drop\" "
            "to leave out the one of 2 rows with gaps",
        ),
        (
            "1,2.5\n,4\n",
            None,
            '{path}, line 2, column 1: the cell is empty; EM needs a number: fill it in, or write missing = "drop" '
            "to leave out the one of 2 rows with gaps",
        ),
        ("a,b\n1,2\n3\n", None, "{path}, line 3: expected 2 columns, found 1"),
        ("a,b\n", None, "{path} has a header but no points"),
        ("\n\n", None, "{path} is empty"),
        ("alpha,beta\n1,2\n", ("bet",), "{path} has no column 'bet'; did you mean 'beta'?"),
        ("1,2\n", ("x",), "{path} has no header, so there is no column 'x': give its number"),
        ("1,2.5\n", (3,), "{path} has 2 columns, so there is no column 3"),
    ],
)
def test_fault_is_named_by_line_and_column(write, text, columns, message):
    path = write(text)

    with pytest.raises(gv.InputError) as caught:
        gv.CsvFile(path=str(path), columns=columns).load()

    assert str(caught.value) == message.format(path=path)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(gv.InputError) as caught:
        gv.CsvFile(path="none.csv").load(tmp_path)

    assert str(caught.value) == f"there is no file {tmp_path}/none.csv"


def test_large_numbers_keep_their_digits(write):
    data = gv.CsvFile(path=str(write("1.2345678901234567,1e308\n2,3\n"))).load()

    assert np.array_equal(data.points[0], [1.2345678901234567, 1e308])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe1", "{path} is not a text file"),
        (None, "{path} is a folder, not a file"),
        (
            b"1;2.5\n3,5;4\n",
            "{path}, line 1, column 2: '2.5' and elsewhere '3,5' are numbers of two kinds: write all in one",
        ),
        (
            b"1,2.5\n3,inf\n",
            "{path}, line 2, column 2: found 'inf'; EM needs finite numbers: mend the cell or leave the row out",
        ),
    ],
)
def test_fault_of_the_file_is_placed_at_its_path(tmp_path, content, message):
    path = tmp_path / "points.csv"
    path.mkdir() if content is None else path.write_bytes(content)

    with pytest.raises(gv.InputError) as caught:
        gv.CsvFile("points.csv").load(tmp_path)

    assert (str(caught.value), caught.value.place) == (message.format(path=path), ("path",))


def test_lines_are_counted_as_an_editor_counts_them(write):
    with pytest.raises(gv.InputError, match="line 5, column 2"):
        gv.CsvFile(path=str(write("\na,b\n1,2\n\n3,x\n"))).load()


def test_labels_may_be_numbers_and_the_last_column_may_be_chosen(write):
    data = gv.CsvFile(path=str(write("1,2.5,0\n3,4,1\n")), labels=3, columns=(2,)).load()

    assert data.labels.tolist() == ["0", "1"]
    assert data.points.tolist() == [[2.5], [4]]
    assert data.feature_names == ("column 2",)
