"""CSV files as the world writes them."""

import tracemalloc
import warnings

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.datasets import csv_file


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
            "{path}, line 3, column 2 (b): expected a number, found 'four'; mend the cell, choose other columns, name this one as labels, or, if it stands for a gap, write missing_values = ['four']",
        ),
        (
            "a,b\n1,2\n3,nan\n",
            None,
            "{path}, line 3, column 2 (b): 'nan' is a gap; EM needs a number: fill it in, or write missing = \"drop\" "
            'to leave out the one of 2 rows with gaps, or "marginalize" to fit what they have',
        ),
        (
            "1,2.5\n,4\n",
            None,
            '{path}, line 2, column 1: the cell is empty; EM needs a number: fill it in, or write missing = "drop" '
            'to leave out the one of 2 rows with gaps, or "marginalize" to fit what they have',
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
        (None, "{path} is a folder: name the file in it"),
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


def test_column_of_weights_counts_the_points(write):
    data = gv.CsvFile(path=str(write("x;n;y\n1,5;2;3\n2,5;0,5;4\n")), weights="n").load()

    assert (data.feature_names, data.weights.tolist()) == (("x", "y"), [2, 0.5])
    with pytest.raises(gv.InputError) as caught:
        gv.CsvFile(path=str(write("x,n\n1,2\n2,-1\n")), weights=2).load()
    assert str(caught.value).endswith(
        "line 3, column 2 (n): the weight is -1; it must be a number, 0 or more, and 0 leaves the point out"
    )


def test_labels_may_be_numbers_and_the_last_column_may_be_chosen(write):
    data = gv.CsvFile(path=str(write("1,2.5,0\n3,4,1\n")), labels=3, columns=(2,)).load()

    assert data.labels.tolist() == ["0", "1"]
    assert data.points.tolist() == [[2.5], [4]]
    assert data.feature_names == ("column 2",)


def loaded(path, **options):
    """What is read, and what is said about it."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        data = gv.load_dataset("csv", path=str(path), **options)
    assert all(issubclass(warning.category, gv.GmmvizWarning) for warning in said)
    return data, [str(warning.message).replace(str(path), "FILE") for warning in said]


def complaint(path, **options):
    with pytest.raises(gv.InputError) as caught:
        gv.load_dataset("csv", path=str(path), **options)
    return str(caught.value).replace(str(path), "FILE")


NOT_UTF8 = "FILE is not in UTF-8 and is read as cp1252; write encoding = ... if letters are wrong"
SAVED = {
    "Germany, Excel, CSV": (
        "Länge;Gewicht\r\n1.234,56;2.000\r\n0,5;3\r\n",
        "cp1252",
        ("Länge", "Gewicht"),
        [[1234.56, 2000], [0.5, 3]],
    ),
    "Germany, Excel, CSV UTF-8": (
        "Länge;Gewicht\r\n1234,56;2,5\r\n-0,5;3\r\n",
        "utf-8-sig",
        ("Länge", "Gewicht"),
        [[1234.56, 2.5], [-0.5, 3]],
    ),
    "Germany, Excel, Unicode text": ("Länge\tBreite\r\n1.234,5\t2\r\n0,5\t3\r\n", "utf-16", ("Länge", "Breite"), [[1234.5, 2], [0.5, 3]]),
    "Germany, LibreOffice, quoted": ('"Länge, mm";"Breite, mm"\n"1,5";"2"\n"2,5";"3"\n', "utf-8", ("Länge, mm", "Breite, mm"), [[1.5, 2], [2.5, 3]]),
    "France, Excel, CSV": (
        "Durée (min);Attente\r\n1\u00a0234,56;79\r\n0,5;54\r\n",
        "cp1252",
        ("Durée (min)", "Attente"),
        [[1234.56, 79], [0.5, 54]],
    ),
    "France, LibreOffice": (
        "Durée;Attente\n1\u202f234\u202f567,5;79\n0,5;54\n",
        "utf-8",
        ("Durée", "Attente"),
        [[1234567.5, 79], [0.5, 54]],
    ),
    "India, Excel, CSV": (
        'Income,Age\r\n"12,34,567.50",41\r\n"3,400",35\r\n',
        "utf-8",
        ("Income", "Age"),
        [[1234567.5, 41], [3400, 35]],
    ),
    "United States, Excel, CSV": (
        'length (in),weight\r\n"1,234.5",2\r\n0.25,"10,000"\r\n',
        "cp1252",
        ("length (in)", "weight"),
        [[1234.5, 2], [0.25, 10000]],
    ),
    "United States, Excel, tabs": ("x\ty\r\n1,234.5\t2\r\n0.25\t3\r\n", "utf-16", ("x", "y"), [[1234.5, 2], [0.25, 3]]),
    "Switzerland": ("x;y\n1'234.5;2\n0.5;3\n", "utf-8", ("x", "y"), [[1234.5, 2], [0.5, 3]]),
}  # fmt: skip


@pytest.mark.parametrize("where", SAVED)
def test_spreadsheets_of_every_country_are_read(tmp_path, where):
    text, encoding, names, points = SAVED[where]
    path = tmp_path / "saved.csv"
    path.write_bytes(text.encode(encoding))
    data, said = loaded(path)

    assert (data.feature_names, data.points.tolist()) == (names, points)
    assert said == ([] if text.isascii() or encoding != "cp1252" else [NOT_UTF8])


@pytest.mark.parametrize(
    ("text", "names", "points", "said"),
    [
        (
            ",eruption,waiting\n0,3.6,79\n1,1.8,54\n",
            ("eruption", "waiting"),
            [[3.6, 79], [1.8, 54]],
            ["FILE: column 1 has no name and counts the rows: left out"],
        ),
        (
            '"","1940","1945"\n"Food",22.2,44.5\n"Tobacco",10.5,15\n',
            ("1940", "1945"),
            [[22.2, 44.5], [10.5, 15]],
            ["FILE: column 1 has no name and holds words: left out"],
        ),
        (
            '"x" "y"\n"7" 5.1 3.5\n"3" 4.9 3\n',
            ("x", "y"),
            [[5.1, 3.5], [4.9, 3]],
            ["FILE: column 1 has no name and counts the rows: left out"],
        ),
        (
            "x,y,\n1,2,\n3,4,\n",
            ("x", "y"),
            [[1, 2], [3, 4]],
            ["FILE: column 3 has no name and is empty: left out"],
        ),
        ("x,y\n1,2,\n3,4,\n", ("x", "y"), [[1, 2], [3, 4]], ["FILE: column 3 has no name and is empty: left out"]),
        ("x,y,\n1,2\n3,4\n", ("x", "y"), [[1, 2], [3, 4]], []),
        (",x\n1.5,2\n1.5,4\n", ("column 1", "x"), [[1.5, 2], [1.5, 4]], []),
        ('"a\nb",c\n1,2\n3,4\n', ("a\nb", "c"), [[1, 2], [3, 4]], []),
        (
            "# measured in 1990\nx,y\n1,2\n3,4\n",
            ("x", "y"),
            [[1, 2], [3, 4]],
            ["FILE: 1 line above the table beginning with # left out"],
        ),
        ("#x y\n1 2.5\n3 4\n", ("x", "y"), [[1, 2.5], [3, 4]], []),
        (
            "x,y\n1.200,3\n3.400,4\n",
            ("x", "y"),
            [[1.2, 3], [3.4, 4]],
            ['FILE: \'1.200\' is read as 1.2; write thousands = "." if it means 1200, decimal = "." if not'],
        ),
    ],
)
def test_what_is_left_out_or_doubtful_is_said(write, text, names, points, said):
    data, warned = loaded(write(text))

    assert (data.feature_names, data.points.tolist(), warned) == (names, points, said)


@pytest.mark.parametrize(
    ("text", "points", "said"),
    [
        (
            "1,75\n1,80\n1,69\n",
            [[1, 75], [1, 80], [1, 69]],
            [
                "FILE: '1,75' is read as two numbers; write separator = \",\" if it is, "
                'separator = ";" and decimal = "," if it is one'
            ],
        ),
        (
            "3 234\n2 345\n5 120\n",
            [[3, 234], [2, 345], [5, 120]],
            [
                "FILE: '3 234' is read as two numbers; write separator = \" \" if it is, "
                'separator = ";" and thousands = " " if it is one'
            ],
        ),
        ("1,75.5\n1,80\n1,69\n", [[1, 75.5], [1, 80], [1, 69]], []),
        ("3 23\n2 345\n5 120\n", [[3, 23], [2, 345], [5, 120]], []),
    ],
)
def test_two_columns_that_could_be_one_are_spoken_of(write, text, points, said):
    data, warned = loaded(write(text))

    assert (data.points.tolist(), warned) == (points, said)
    assert loaded(write(text), separator="," if "," in text else " ")[1] == []


@pytest.mark.parametrize("text", ["Report\n1;2\n3;4\n", "a;b\n5;1,5;2\n7;2,5;3\n", "x\n1,75\n2,80\n"])
def test_numbers_below_a_header_that_is_too_short_are_no_names_of_rows(write, text):
    assert "expected" in complaint(write(text))


def test_columns_without_a_name_may_be_chosen_or_hold_the_labels(write):
    path = write(",x,y\n7,3.5,1\n9,4.5,2\n")

    assert loaded(path, columns=[1, "x"])[0].points.tolist() == [[7, 3.5], [9, 4.5]]
    data, said = loaded(path, labels=1)
    assert (data.labels.tolist(), data.feature_names, said) == (["7", "9"], ("x", "y"), [])


def test_name_is_found_however_its_letters_are_composed(write):
    assert loaded(write("e\u0301 te\u0301,y\n1,2\n3,4\n"), columns=["\u00e9 t\u00e9"])[0].points.tolist() == [
        [1],
        [3],
    ]


def test_rows_with_gaps_are_left_out_if_that_is_wanted(write):
    path = write("x,y,kind\n1,2,a\n,3,b\nNA,4,c\n5,6,d\n-9999.0,7,e\n8,?,f\n")
    data, said = loaded(path, missing="drop", missing_values=["-9999", "?"], labels="kind")

    assert (data.points.tolist(), data.labels.tolist()) == ([[1, 2], [5, 6]], ["a", "d"])
    assert said == ["FILE: 4 of 6 rows were left out because cells are empty"]


@pytest.mark.parametrize("missing", ["refuse", "drop", "marginalize"])
def test_rows_of_empty_cells_are_left_out_with_a_note(write, missing):
    data, said = loaded(write("a,b\n1,2\n,\n2,3\n\n4,5\n,\n"), missing=missing)

    assert data.points.tolist() == [[1, 2], [2, 3], [4, 5]]
    assert said == ["FILE: 2 lines of empty cells left out: 3, 7"]


def test_note_on_empty_lines_names_the_first_few(write):
    _, said = loaded(write("a;b\n1;2\n" + ";\n" * 9 + "2;3\n"))

    assert said == ["FILE: 9 lines of empty cells left out: 3, 4, 5, 6 and 5 more"]
    assert loaded(write("Report,\n,\na,b\n1,2\n2,3\n"))[1] == [
        "FILE: line 1 is a title above the table and left out: 'Report'"
    ]


@pytest.mark.parametrize("missing", ["refuse", "drop", "marginalize"])
def test_column_without_a_value_is_to_be_left_out(write, missing):
    with pytest.raises(gv.InputError) as caught:
        loaded(write("a,b\n1,\n2,\n"), missing=missing)

    assert str(caught.value).endswith(".csv: column 2 (b) has no value in any row: list the other columns")


def test_empty_weight_is_not_to_be_marginalized(write):
    with pytest.raises(gv.InputError) as caught:
        loaded(write("a,n\n1,2\n2,\n3,1\n"), weights="n")

    assert str(caught.value).endswith(
        ".csv, line 3, column 2 (n): the cell is empty; a point needs a weight: fill it in, or write "
        'missing = "drop" to leave out the one of 3 rows with gaps'
    )


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "0,1\n50.1,49.8\n50.6,49.1\n",
            {},
            "FILE, line 1: '0,1' may be a point or name the columns: write header = true if it names them, "
            "header = false if it is a point",
        ),
        (
            "x,y\n1,2\n,3\nNA,4\n",
            {},
            "FILE, line 3, column 1 (x): the cell is empty; EM needs a number: fill it in, or write "
            'missing = "drop" to leave out the 2 of 3 rows with gaps, or "marginalize" to fit what they have',
        ),
        (
            "x,y\n1,2\n?,3\n",
            {"missing_values": ["?"]},
            "FILE, line 3, column 1 (x): '?' is a gap; EM needs a number: fill it in, or write "
            'missing = "drop" to leave out the one of 2 rows with gaps, or "marginalize" to fit what they have',
        ),
        ("x,y\n,2\n3,NA\n", {"missing": "drop"}, "FILE: every row has a gap in the chosen columns: choose others"),
        (
            'x,y\n"1,234",3\n"3,400",4\n',
            {},
            "FILE, line 2, column 1 (x): '1,234' may be 1.234 or 1234: write decimal = \",\" for the first, "
            'thousands = "," for the second',
        ),
        (
            "Größe\n1,75\n1,80\n",
            {},
            "FILE, line 2: expected 1 column, found 2; if commas stand before decimals, write decimal = \",\" and "
            'another separator, such as ";"',
        ),
        ("x,y\n1,2\n# bad\n3,4\n", {}, 'FILE, line 3: expected 2 columns, found 1; write comment = "#" if this is no data'),
        ("x,y\n1,12%\n", {}, "FILE, line 2, column 2 (y): found '12%', a percentage; write numbers without the sign"),
        ("x,y\n1,2\n\"3,4\n5,6\n", {}, "FILE, line 3: the quote that opens here is not closed"),
        ("x,x\n1,2\n", {"columns": ["x"]}, "FILE: columns 1 and 2 are named 'x': give the number"),
        (
            "x,2019\n1.5,2\n3,4\n",
            {"columns": [2019], "header": True},
            "FILE has 2 columns, so there is no column 2019; the one of that name is '2019', in quotes",
        ),
        ("x,y\n1,2\n", {"separator": "1"}, "'1' cannot stand between cells: give another separator"),
        ("x\n1,5\n", {"decimal": ",", "thousands": ","}, "',' cannot stand before decimals and between thousands"),
        ("kind\na\nb\n", {"labels": "kind"}, "FILE has no column of numbers"),
    ],
)  # fmt: skip
def test_what_could_be_two_things_is_asked_about(write, text, options, message):
    assert complaint(write(text), **options) == message


def test_missing_column_of_thousands_is_told_in_a_line(write):
    path = write(",".join(f"name {i}" for i in range(3000)) + "\n" + ",".join(["1.5"] * 3000) + "\n")

    assert complaint(path, columns=["q"]) == (
        "FILE has no column 'q'; known: "
        + ", ".join(f"'name {i}'" for i in range(19))
        + " and 'name 19' and 2,980 more"
    )


@pytest.mark.parametrize(
    ("text", "options", "points"),
    [
        ("0,1\n5.5,6\n", {"header": True}, [[5.5, 6]]),
        ("0,1\n5.5,6\n", {"header": False}, [[0, 1], [5.5, 6]]),
        ("x\n1,5\n2,5\n", {"separator": ";"}, [[1.5], [2.5]]),
        ("x;y\n1,234;2\n", {"decimal": ","}, [[1.234, 2]]),
        ("x;y\n1,234;2\n", {"thousands": ","}, [[1234, 2]]),
        ("x,y\n1.234,2\n", {"thousands": "."}, [[1234, 2]]),
        ("x,y\n1.234,2\n", {"decimal": "."}, [[1.234, 2]]),
        ("x:y\n1:2\n", {"separator": ":"}, [[1, 2]]),
        ("x,y\n% bad\n1,2\n", {"comment": "%"}, [[1, 2]]),
        ("x,y\n1,2\n3,4\n", {"missing_values": ["3"], "missing": "drop"}, [[1, 2]]),
    ],
)
def test_what_the_user_says_holds(write, text, options, points):
    assert loaded(write(text), **options)[0].points.tolist() == points


def test_twenty_thousand_columns_are_refused_before_memory_is_spent(write):
    path = write("\n".join([",".join(["1.5"] * 20_000)] * 3))
    tracemalloc.start()
    said = complaint(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert said == (
        "the data has 20,000 features, and the limit is 1,000: choose some or find fewer, such as principal components"
    )
    assert peak < 50 * path.stat().st_size


@pytest.mark.parametrize("settings", [{"labels": "Land"}, {"columns": ["2019", "2020"], "labels": 1}])
def test_scene_that_names_columns_says_that_the_first_line_is_a_header(tmp_path, settings):
    (tmp_path / "a.csv").write_text("Land;2019;2020\nA;1,5;2,5\nB;3,5;4\n")
    data = gv.load_dataset("csv", path=str(tmp_path / "a.csv"), **settings)

    assert (data.points.tolist(), data.feature_names) == ([[1.5, 2.5], [3.5, 4]], ("2019", "2020"))


def test_unclear_header_is_shown_with_its_own_separator(tmp_path):
    (tmp_path / "a.csv").write_text("Land;2019;2020\nA;1,5;2,5\nB;3,5;4\n")

    with pytest.raises(gv.InputError, match="line 1: 'Land;2019;2020' may be a point or name the columns"):
        gv.load_dataset("csv", path=str(tmp_path / "a.csv"))


@pytest.mark.parametrize(
    ("text", "names", "points", "said"),
    [
        # Above the table, a comment that names the columns is not left out.
        ("# made in 1990\n# x y\n1 2.5\n3 4\n", ("x", "y"), [[1, 2.5], [3, 4]], ["1 line above the table beginning with #"]),
        ("# a b c\n\n# d\nx,y\n1,2\n", ("x", "y"), [[1, 2]], ["2 lines above the table beginning with #"]),
        ("sep=;\nx;y\n1;2\n", ("x", "y"), [[1, 2]], []),
        # A point before three digits is doubtful only where no comma tells.
        ("x;y\n1.200;0,5\n3.400;1,5\n", ("x", "y"), [[1200, 0.5], [3400, 1.5]], []),
        # A header with one name too few leaves out that of the rows' names.
        ("x y\na 1.5 2\nb 3 4\n", ("x", "y"), [[1.5, 2], [3, 4]], ["column 1 has no name and holds words:"]),
        ("x y\n1 1.5 2\n2 3 4\n", ("x", "y"), [[1.5, 2], [3, 4]], ["column 1 has no name and counts the rows:"]),
        ('"x","y"\n"7",1.5,2\n"3",3,4\n', ("x", "y"), [[1.5, 2], [3, 4]], ["column 1 has no name and counts the rows:"]),
        ('"x" "y"\n"7" 1.5 2\n', ("x", "y"), [[1.5, 2]], ["column 1 has no name and counts the rows:"]),
        # What stands in quotes below stands in quotes above too.
        ('"3","2","7"\n"5","1","6"\n"1","4","8"\n', ("column 1", "column 2", "column 3"), [[3, 2, 7], [5, 1, 6], [1, 4, 8]], []),
        ('"3","2.5"\n5,1\n1,4\n', ("3", "2.5"), [[5, 1], [1, 4]], []),
        ("1,75\n", ("column 1", "column 2"), [[1, 75]], []),  # one line could not tell
    ],
)  # fmt: skip
def test_table_is_what_its_lines_agree_on(write, text, names, points, said):
    data, warned = loaded(write(text), comment=None)

    assert (data.feature_names, data.points.tolist()) == (names, points)
    assert warned == [f"FILE: {words} left out" for words in said]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y,z\n1,2\n3,4\n", "FILE, line 2: expected 3 columns, found 2"),
        ("x,y\n1,1.5,2\n2,3,4\n", "FILE, line 2: expected 2 columns, found 3; if commas stand"),
        ("x y\n2 1.5 2\n3 3 4\n", "FILE, line 2: expected 2 columns, found 3; if commas stand"),
    ],
)
def test_header_of_another_length_is_refused(write, text, message):
    assert complaint(write(text)).startswith(message)


@pytest.mark.parametrize("separator", ["a", "1", ".", "-", '"', "\n"])
def test_what_stands_within_cells_cannot_part_them(write, separator):
    assert complaint(write("x,y\n1,2\n"), separator=separator) == (
        f"{separator!r} cannot stand between cells: give another separator"
    )


def test_names_in_a_comment_are_not_taken_if_there_shall_be_no_header(write):
    data, _ = loaded(write("#x y\n1 2.5\n3 4\n"), header=False)

    assert (data.feature_names, data.points.tolist()) == (("column 1", "column 2"), [[1, 2.5], [3, 4]])


@pytest.mark.parametrize("said", [{"decimal": "."}, {"thousands": ""}, {"thousands": ","}])
def test_point_before_three_digits_is_no_doubt_of_a_user_who_says_what_marks_are(write, said):
    assert loaded(write("x\n1.200\n3.400\n"), **said)[1] == []


def test_two_lines_that_could_be_halves_are_enough_for_a_note(write):
    assert len(loaded(write("1,75\n2,80\n"), header=False)[1]) == 1


def test_header_is_looked_for_in_several_lines(write, monkeypatch):
    """A 2 is like 5 and 8, which have a difference of 3, but not like a 5 alone."""
    assert loaded(write("2\n5\n8\n"))[0].points.tolist() == [[2], [5], [8]]
    monkeypatch.setattr(csv_file, "SEVERAL", 1)
    assert complaint(write("2\n5\n8\n")).startswith("FILE, line 1: '2' may be a point or name the columns")


@pytest.mark.parametrize("text", ['"3","2"\n"5","1"\n', '"3","2"\n"5","1"', "3,2\n5,1\n"])
def test_two_rows_alike_lose_no_point(tmp_path, text):
    """Quotes say nothing where the row below has them too, also in the last row of a file."""
    (tmp_path / "a.csv").write_text(text)
    path = str(tmp_path / "a.csv")

    with pytest.raises(gv.InputError, match="line 1: '3,2' may be a point or name the columns"):
        gv.load_dataset("csv", path=path)
    separator = None if '"' in text else ","  # quotes say as well that a comma stands between numbers
    table = gv.load_dataset("csv", path=path, header=False, separator=separator)
    assert table.points.tolist() == [[3, 2], [5, 1]]


def test_quote_in_a_comment_is_no_cell(tmp_path):
    (tmp_path / "a.txt").write_text('# "old data\n1 2.5\n3 4\n')

    with pytest.warns(gv.GmmvizWarning, match="1 line above the table"):
        assert gv.load_dataset("csv", path=str(tmp_path / "a.txt")).points.tolist() == [[1, 2.5], [3, 4]]


@pytest.mark.parametrize(
    "title",
    ["Umfrage der Universität Köln, 2023;;;\n", "Umfrage der Universität Köln, 2023\n", "A survey\n\nof 2023\n"],
)
def test_title_above_the_header_is_left_out_and_said(tmp_path, title):
    path = tmp_path / "a.csv"
    path.write_text(title + ";Einkommen (€);Größe;Klasse\n1;1.234,5;1,70;a\n2;2.345,5;1,80;b\n3;3.345,5;1,60;a\n")

    with pytest.warns(gv.GmmvizWarning) as caught:
        data = gv.load_dataset("csv", path=str(path), labels="Klasse")
    assert data.feature_names == ("Einkommen (€)", "Größe")
    assert data.points.tolist() == [[1234.5, 1.7], [2345.5, 1.8], [3345.5, 1.6]]
    said = [str(warning.message) for warning in caught if "title above" in str(warning.message)]
    words = [line.strip(";") for line in title.split("\n") if line]
    assert said == [
        f"{path}: line {number} is a title above the table and left out: {word!r}"
        for number, word in zip((1, 3), words, strict=False)
    ]


@pytest.mark.parametrize("text", ['"x"\n"1" 3.5\n"2" 4.5\n', "x\n3.5\n4.5\n"])
def test_short_header_is_no_title(tmp_path, text):
    """R leaves out the name above the names of rows, so that one word may stand above two columns."""
    (tmp_path / "a.txt").write_text(text)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert gv.load_dataset("csv", path=str(tmp_path / "a.txt"), separator=" ").points.shape[1] == 1
