"""Numbers as people write them."""

import numpy as np
import pytest

from gmmviz.datasets.numerals import (
    WHOLE,
    Convention,
    UnclearError,
    doubtful,
    find_convention,
    like_a_number,
    no_number,
)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.5", "-2", "1e3", ".5", "7."], [1.5, -2, 1000, 0.5, 7]),
        (["1,5", "2,25"], [1.5, 2.25]),
        (["1.234,5", "0,5", "2.000"], [1234.5, 0.5, 2000]),
        (["1,234.5", "2,000"], [1234.5, 2000]),
        (["12,34,567.89", "3,400"], [1234567.89, 3400]),
        (["1.234.567", "1,567"], [1234567, 1.567]),
        (["1\u00a0234,56", "-0,5"], [1234.56, -0.5]),
        (["1\u202f234", "5"], [1234, 5]),
        (["12 345 678", "1"], [12345678, 1]),
        (["1'234.50", "1\u2019000"], [1234.5, 1000]),
        (["\u22125", "\u22121,5"], [-5, -1.5]),
        (["1,5e3", "2,0E-1"], [1500, 0.2]),
        (["1234,567"], [1234.567]),
        (["0,123"], [0.123]),
    ],
)
def test_one_convention_is_found_in_which_all_cells_are_numbers(cells, values):
    assert find_convention([cells]).values(cells).tolist() == values


def test_columns_have_one_convention_between_them():
    convention = find_convention([["1.234", "2.345"], ["0,5", "7"]])

    assert convention == Convention(",", ".")
    assert convention.values(["1.234", "2.345"]).tolist() == [1234, 2345]


@pytest.mark.parametrize(
    ("decimal", "thousands", "cell", "value"),
    [
        (",", None, "1,234", 1.234),
        (None, ",", "1,234", 1234),
        (None, ".", "1.234", 1234),
        (".", None, "1.234", 1.234),
        (".", "", "1.234", 1.234),
        (",", "", "1,234", 1.234),
        (",", " ", "1\u202f234,5", 1234.5),
        (".", None, "1,234", 1234),
    ],
)
def test_what_the_user_says_holds(decimal, thousands, cell, value):
    assert find_convention([[cell]], decimal, thousands).values([cell]).tolist() == [value]


@pytest.mark.parametrize(
    ("cells", "cell", "message"),
    [
        (
            ["7", "1,234"],
            "1,234",
            '\'1,234\' may be 1.234 or 1234: write decimal = "," for the first, thousands = "," for the second',
        ),
        (["1.5", "1,5"], "1,5", "'1,5' and elsewhere '1.5' are numbers of two kinds: write all in one"),
        (
            ["1,234.5", "1.234,5"],
            "1.234,5",
            "'1.234,5' and elsewhere '1,234.5' are numbers of two kinds: write all in one",
        ),
        (
            ["1 234", "1'234"],
            "1'234",
            "\"1'234\" and elsewhere '1 234' mark thousands in two ways: write all in one way",
        ),
    ],
)
def test_contradictions_are_refused_with_a_cell(cells, cell, message):
    with pytest.raises(UnclearError) as caught:
        find_convention([cells])

    assert (str(caught.value), caught.value.cell) == (message, cell)


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        (["1.200", "3.400"], "1.200"),
        (["1.200", "3.4"], ""),
        (["1.200", "0.500"], ""),
        (["1.200", "1234.500"], ""),
        (["1", "2"], ""),
    ],
)
def test_point_before_three_digits_everywhere_is_doubtful(cells, cell):
    assert doubtful([["5"], cells]) == cell


def test_point_before_three_digits_among_whole_numbers_below_a_thousand_is_asked_about():
    with pytest.raises(UnclearError) as caught:
        doubtful([["2.500"], ["850", "1.516", "65.851"]])

    assert str(caught.value) == (
        '\'1.516\' may be 1.516 or 1516: write decimal = "." for the first, thousands = "." for the second'
    )
    assert doubtful([["1.516", "0"]]) == "1.516"  # 0 is written so by both
    assert doubtful([["1.516", "1000"]]) == "1.516"  # thousands without a point


@pytest.mark.parametrize(
    "cell", ["", "abc", "1_000", "0x10", "1,2,3", "5 kg", "1 2", "--1", "1e", "e5", ".", "1\n2"]
)
@pytest.mark.parametrize("convention", [Convention(), Convention(".", ","), Convention(",", ".")])
def test_what_is_no_number_in_a_convention_has_no_value(convention, cell):
    assert convention.values(["1", cell]) is None


def test_values_keep_every_digit_and_gaps_are_nan():
    cells = ["1.2345678901234567", "1e308", "nan"]
    values = Convention().values(cells)

    assert values[:2].tolist() == [1.2345678901234567, 1e308]
    assert np.isnan(values[2])
    assert np.isnan(Convention(",").values(["1,5", "nan"])[1])


def test_number_of_any_convention_is_seen():
    assert all(map(like_a_number, ["1", "-1.5", "1,5", "1.234.567,8", "12,34,567", "1 234", "1e5", ".5", "5."]))
    assert not any(
        map(like_a_number, ["", "a", "1a", "1 2", "1,2,3", "12%", "$5", "2020-01-02", "1:30", "-", "."])
    )


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("12%", "found '12%', a percentage; write numbers without the sign"),
        ("1,5 %", "found '1,5 %', a percentage; write numbers without the sign"),
        ("$1,200.50", "found '$1,200.50', a sum with a currency sign; write numbers without the sign"),
        ("1.234,50 €", "found '1.234,50 €', a sum with a currency sign; write numbers without the sign"),
        ("₹12,34,567", "found '₹12,34,567', a sum with a currency sign; write numbers without the sign"),
        ("(1,234)", "found '(1,234)', a negative number as bookkeepers write it; write it with a minus sign"),
        ("-inf", "found '-inf'; EM needs finite numbers: mend the cell or leave the row out"),
        ("1e999", "found '1e999'; EM needs finite numbers: mend the cell or leave the row out"),
        (
            "frog",
            "expected a number, found 'frog'; mend the cell, choose other columns, name this one as labels, or, if it stands for a gap, write missing_values = ['frog']",
        ),
    ],
)
def test_cell_in_a_dress_is_told_how_to_be_written(cell, message):
    assert no_number(cell) == message


def test_word_with_an_e_and_number_of_another_convention_are_no_numbers():
    """An e is in 1e999 too, and there it stands before an exponent."""
    for cell in ("newt", "1,234"):
        assert no_number(cell) == (
            f"expected a number, found '{cell}'; mend the cell, choose other columns, name this one as labels, or, if "
            f"it stands for a gap, write missing_values = ['{cell}']"
        )


@pytest.mark.parametrize(
    ("column", "thousands", "convention"),
    [
        (["x", "1,234"], ",", Convention(".", ",")),
        (["x", "1.234"], ".", Convention(",", ".")),
        (["x", "1'234,5"], "'", Convention(",", "'")),
        (["x", "12,345,678"], None, Convention(".", ",")),
        (["x", "1.234.567"], None, Convention(",", ".")),
        (["x", "1.234.567,891"], None, Convention(",", ".")),
        (["x", "1,234e2"], None, Convention(",")),  # three decimals, since groups have no exponent
        (["x", "1234,567"], None, Convention(",")),
        (["x", "0,567"], None, Convention(",")),
        (["x", "1,2345"], None, Convention(",")),
        (["a\nb", "1,5"], None, Convention(",")),
    ],
)
def test_convention_is_found_in_a_column_that_holds_words_too(column, thousands, convention):
    assert find_convention([column], None, thousands) == convention


def test_point_is_no_decimal_mark_where_commas_are():
    assert Convention(",").values(["1.5"]) is None
    assert Convention(",").values(["inf"]) is None
    assert Convention().values(["inf"]).tolist() == [np.inf]


@pytest.mark.parametrize(("n_digits", "is_whole"), [(1, True), (15, True), (16, False)])
def test_whole_number_has_fifteen_digits_at_most(n_digits, is_whole):
    assert bool(WHOLE.fullmatch("-" + "7" * n_digits)) is is_whole


@pytest.mark.parametrize(
    "cell", ["2023-01-31", "2023-01-01 00:00:00", "01.03.2023", "1/3/2023", "2023-01-01T10:30:00Z"]
)
def test_date_is_called_one(cell):
    assert no_number(cell) == f"found {cell!r}, a date; choose other columns, or write the days as numbers"
