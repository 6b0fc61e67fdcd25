"""From the columns of a table to points, whatever the table is."""

from pathlib import Path

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.datasets.columns import Table, kind_of


class Cells(Table):
    """A table of texts, such as ``Cells("x y", "1 2", "3 4")``."""

    def __init__(self, header, *rows):
        self.cells = list(zip(*(row.split(" ") for row in rows), strict=True))
        super().__init__(Path("a.x"), None if header is None else header.split(" "), len(self.cells))

    def kind(self, column):
        return kind_of(self.cells[column])

    def texts(self, column):
        return np.array(self.cells[column])

    def place(self, row, column):
        return f"row {row}, {self.column(column)}"

    def numbers(self, columns, gaps):
        return np.array([[float("nan" if c in gaps else c) for c in self.cells[d]] for d in columns]).T


def complaint(table, columns=None, labels=None, missing="refuse", missing_values=(), weights=None):
    with pytest.raises(gv.InputError) as caught:
        table.dataset(columns, labels, missing, missing_values, weights)
    return str(caught.value), caught.value.place


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["", ""], "empty"),
        (["7", "3", "0"], "count"),
        (["7", "3", "7"], "numbers"),
        (["1.5", "2"], "marks"),
        (["1.5", "1.5"], "numbers"),
        (["1", ""], "marks"),
        (["1", "NA", "NA"], "numbers"),
        (["a", "b"], "words"),
        (["1", "b"], "words"),
    ],
)
def test_column_holds_numbers_that_may_count_or_words_or_nothing(cells, kind):
    assert kind_of(cells) == kind


@pytest.mark.parametrize(
    ("header", "rows", "names", "said"),
    [
        (" x y", ["4 1 2", "2 3 4"], ("x", "y"), "a.x: column 1 has no name and counts the rows: left out"),
        (
            " x y",
            ["1.5 1 2", "2.5 3 4"],
            ("x", "y"),
            "a.x: column 1 has no name and has another number in each row: left out",
        ),
        ("x y ", ["1 2 a", "3 4 b"], ("x", "y"), "a.x: column 3 has no name and holds words: left out"),
        ("x y ", ["1 2 ", "3 4 "], ("x", "y"), "a.x: column 3 has no name and is empty: left out"),
        (None, ["1 2 ", "3 4 "], ("column 1", "column 2"), "a.x: column 3 has no name and is empty: left out"),
    ],
)
def test_column_without_a_name_that_holds_no_measurements_is_left_out_and_said(header, rows, names, said):
    with pytest.warns(gv.GmmvizWarning) as warned:
        data = Cells(header, *rows).dataset(None, None, "refuse", ())

    assert data.feature_names == names
    assert data.points.tolist() == [[1, 2], [3, 4]]
    assert [str(warning.message) for warning in warned] == [said]


@pytest.mark.parametrize(
    ("header", "rows", "names"),
    [
        ("x  y", ["1 1.5 2", "3 2.5 4"], ("x", "column 2", "y")),  # only the first one may be an index
        (" x", ["1 2", "1 4"], ("column 1", "x")),
        (None, ["0 2", "1 4"], ("column 1", "column 2")),
    ],
)
def test_column_without_a_name_may_be_a_feature(header, rows, names):
    assert Cells(header, *rows).dataset(None, None, "refuse", ()).feature_names == names


def test_columns_are_found_by_name_or_number_and_names_as_they_are_seen():
    table = Cells("e\u0301 2019", "1 2", "3 4")

    assert table.dataset(["\u00e9"], 2, "refuse", ()).labels.tolist() == ["2", "4"]
    assert table.dataset(["2019"], None, "refuse", ()).points.tolist() == [[2], [4]]
    assert complaint(table, [2019]) == (
        "a.x has 2 columns, so there is no column 2019; the one of that name is '2019', in quotes",
        ("columns",),
    )
    assert complaint(table, labels="201") == ("a.x has no column '201'; did you mean '2019'?", ("labels",))


def test_gaps_are_refused_or_their_rows_left_out():
    table = Cells("x y kind", "1 NA a", "-9 4 b", "5 6 c")

    assert complaint(table, ["x", "y"], missing_values=["-9.0"]) == (
        "row 0, column 2 (y): 'NA' is a gap; EM needs a number: fill it in, or write missing = \"drop\" to leave out "
        'the 2 of 3 rows with gaps, or "marginalize" to fit what they have',
        ("path",),
    )
    with pytest.warns(gv.GmmvizWarning, match=r"^a\.x: 2 of 3 rows were left out because cells are empty$"):
        data = table.dataset(["x", "y"], "kind", "drop", ["-9.0"])
    assert (data.points.tolist(), data.labels.tolist()) == ([[5, 6]], ["c"])


def test_column_of_weights_is_no_feature():
    data = Cells("x n kind", "1 3 a", "4 0.5 b", "5 0 a").dataset(None, "kind", "refuse", (), "n")

    assert (data.feature_names, data.weights.tolist(), data.points.tolist()) == (
        ("x",),
        [3, 0.5, 0],
        [[1], [4], [5]],
    )


def test_point_whose_weight_is_missing_is_dropped_with_the_others():
    with pytest.warns(gv.GmmvizWarning, match=r"^a\.x: 2 of 4 rows were left out because cells are empty$"):
        data = Cells("x n", "1 NA", "NA 2", "3 4", "5 6").dataset(None, None, "drop", (), "n")

    assert (data.points.tolist(), data.weights.tolist()) == ([[3], [5]], [4, 6])


@pytest.mark.parametrize(
    ("weights", "missing", "message"),
    [
        (
            "-2",
            "refuse",
            "row 1, column 2 (n): the weight is -2; it must be a number, 0 or more, and 0 leaves the point out",
        ),
        (
            "NA",
            "marginalize",
            "row 1, column 2 (n): the weight is missing; it must be a number, 0 or more, and 0 leaves the point out",
        ),
    ],
)
def test_weight_that_is_none_is_told_with_its_place(weights, missing, message):
    table = Cells("x n", "7 1", f"2 {weights}", "3 1")

    assert complaint(table, missing=missing, weights="n") == (message, ("weights",))


def test_weights_that_are_all_zero_are_told():
    table = Cells("x n", "1 0", "2 0")

    assert complaint(table, weights="n") == ("all weights are zero: some point must count", ("weights",))
    assert complaint(table, weights="m")[1] == ("weights",)


@pytest.mark.parametrize(
    ("cells", "said"),
    [("1 2 3", True), ("0 1 2", True), ("1 2 4", False), ("2 3 4", False), ("3 2 1", False), ("1 2", False)],
)
def test_named_column_that_counts_the_rows_stays_and_is_spoken_of(recwarn, cells, said):
    rows = [f"{n} {x}" for n, x in zip(cells.split(" "), (5, 5, 7), strict=False)]
    data = Cells("Nr. x", *rows).dataset(None, None, "refuse", ())

    assert data.feature_names == ("Nr.", "x")
    assert [str(warning.message) for warning in recwarn] == (
        ["a.x: column 1 (Nr.) counts the rows: list columns to leave it out"] if said else []
    )


def test_column_that_is_asked_for_is_not_spoken_of(recwarn):
    Cells("Nr. x", "1 5", "2 5", "3 7").dataset(["Nr."], None, "refuse", ())

    assert not recwarn


@pytest.mark.parametrize(("number", "more"), [(20, ""), (21, " and 1 more")])
def test_twenty_names_are_shown(number, more):
    names = [f"n{i}" for i in range(number)]
    table = Cells(" ".join(names), " ".join("1" for _ in names))

    assert complaint(table, ["wings"])[0] == (
        "a.x has no column 'wings'; known: " + ", ".join(f"'n{i}'" for i in range(19)) + f" and 'n19'{more}"
    )
    assert complaint(table, ["n1x"])[0] == "a.x has no column 'n1x'; did you mean 'n1'?"


def test_first_two_columns_of_one_name_are_named():
    assert complaint(Cells("y x x x", "1 2 3 4"), ["x"]) == (
        "a.x: columns 2 and 3 are named 'x': give the number",
        ("columns",),
    )


def test_gap_with_a_comma_is_a_text():
    data = Cells("x", "1", "2").dataset(None, None, "refuse", ["1,5", "?"])

    assert data.points.tolist() == [[1], [2]]


def test_one_row_with_a_gap_is_left_out_and_all_rows_are_not():
    with pytest.warns(gv.GmmvizWarning, match=r"^a\.x: 1 of 2 rows was left out because cells are empty$"):
        assert Cells("x y", "1 NA", "3 4").dataset(None, None, "drop", ()).points.tolist() == [[3, 4]]
    assert complaint(Cells("x y", "1 NA", "NA 4"), missing="drop")[0] == (
        "a.x: every row has a gap in the chosen columns: choose others"
    )


@pytest.mark.parametrize(("n_digits", "kind"), [(15, "count"), (16, "marks")])
def test_numbers_that_count_have_fifteen_digits_at_most(n_digits, kind):
    assert kind_of(["7" * n_digits, "8" * n_digits]) == kind
