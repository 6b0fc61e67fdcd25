"""How a text is divided."""

import pytest

from gmmviz.datasets import dialect
from gmmviz.datasets.dialect import NONE, Dialect, _sample, _score, guess_dialect, names_columns, unclear_header
from gmmviz.errors import InputError


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("Länge, mm;Breite, mm\n1;2\n3;4\n", ";"),
        ("x;y\n1,5;2,5\n3,5;4,5\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("x\ty\n1,5\t2\n", "\t"),
        ("name\tx\nSmith, John\t1.5\nDoe, Jane\t2.5\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("1.5  2.5\n3.5\t4.5\n", " "),
        ("1,5 2,5\n3,5 4,5\n", " "),
        ('"a;b;c",x\n"d;e;f",1\n"g;h;i",2\n', ","),
        ("car,mpg\nMazda RX4,21\nDatsun 710,22\n", ","),
        ("1,234;5,678\n2,345;6,789\n", ";"),
        ("x, y\n1, 2\n3, 4\n", ","),
    ],
)
def test_separator_is_what_divides_most_lines_alike(text, separator):
    assert guess_dialect(text, None, None).separator == separator


@pytest.mark.parametrize("text", ["eruption time (min)\n3.6\n1.8\n", "Länge, mm\n3.6\n1.8\n", "x\n", "1\n2\n"])
def test_file_of_one_column_is_not_divided(text):
    assert {len(cells) for _, cells in guess_dialect(text, None, None).rows(text)} == {1}


def test_excel_may_say_the_separator_itself():
    text = "sep=|\n1,5|2,5\n"

    assert list(guess_dialect(text, None, None).rows(text)) == [(2, ["1,5", "2,5"])]


def test_lines_are_counted_as_an_editor_counts_them_and_blank_ones_left_out():
    text = '\na,"b\nc"\n,\n1,2\n\n3,"4"\n'

    assert list(Dialect(",").rows(text)) == [(2, ["a", "b\nc"]), (5, ["1", "2"]), (7, ["3", "4"])]


def test_form_feed_and_other_odd_characters_end_no_line():
    assert list(Dialect(",").rows("1,2\x0b\n3\u2028,4\n")) == [(1, ["1", "2"]), (2, ["3", "4"])]


@pytest.mark.parametrize(
    ("text", "separator", "message"),
    [
        ('a,b\n1,2\n"3,4\n5,6\n', ",", "line 3: the quote that opens here is not closed"),
        ('a,b\n1,"2\n3,4\n', ",", "line 2: the quote that opens here is not closed"),
        ('a,b\n"x\ny","2\n3,4\n', ",", "line 3: the quote that opens here is not closed"),
        ('a b\n1 "2\n3 4\n', " ", "line 2: the quote that opens here is not closed"),
        ('"3,4\n' + "5,6\n" * 50_000, ",", "line 1: the quote that opens here is not closed"),
        ('a,b\n1,2\n"3"4,5\n', ",", "line 3: text follows a closing quote: write a quote inside quotes twice"),
    ],
)
def test_wrong_quote_is_named_where_it_opens(text, separator, message):
    with pytest.raises(InputError) as caught:
        list(Dialect(separator).rows(text))

    assert str(caught.value) == message


def test_words_in_quotes_are_one_cell_also_between_spaces():
    assert list(Dialect(" ").rows('"Mazda RX4"  21 "a ""b"""\n')) == [(1, ["Mazda RX4", "21", 'a "b"'])]


def test_comments_above_the_table_are_skipped_and_may_name_the_columns():
    text = "# made in 1990\n# x  y\n1 2.5\n3 4\n"
    dialect = guess_dialect(text, None, None)

    assert dialect.names == ("x", "y")
    assert [cells for _, cells in dialect.rows(text)] == [["1", "2.5"], ["3", "4"]]
    assert guess_dialect("# made in 1990\nx y\n1 2.5\n", None, None).names == ()


def test_lines_that_all_begin_so_are_no_comments():
    text = "#ff0000,1.5\n#00ff00,2.5\n"

    assert len(list(guess_dialect(text, None, None).rows(text))) == 2


def test_comments_anywhere_are_left_out_if_the_user_says_how_they_begin():
    text = "a,b\n% bad\n1,2\n"

    assert [line for line, _ in guess_dialect(text, None, "%").rows(text)] == [1, 3]


YES, NO, ASK = True, False, None


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        (["x,y", "1,2"], YES),
        (["x,y"], YES),
        (["1.5,2.5"], NO),
        (["NA,NA", "1,2"], NO),
        (["0,1", "50.1,49.8", "50.6,49.1"], ASK),
        (["1,2", "50.1,49.8", "50.6,49.1"], ASK),
        (["0,1,2", "5,1,4", "3,2,0"], ASK),
        (["1990,2000", "5,1", "3,2"], ASK),
        (["1990,2000", "1700,2500", "3000,1500"], ASK),
        (["0", "1.5", "2.5"], ASK),
        (["40,50", "3,2", "5,1"], ASK),
        (["species,2019,2020", "frog,1,2"], ASK),
        (["2019,,2021", "1,2,3"], ASK),
        (["3,2", "5,1", "1,4"], NO),
        (["1", "2", "5"], NO),
        (["5.1,3.5,setosa", "4.9,3,setosa"], NO),
        (["frog,1,2", "toad,3,4", "frog,5,6"], NO),
        (["frog,3,2", "toad,5,1", "newt,1,4"], NO),
        (["0,0", "1.5,2.5"], NO),
        (["NA,5", "1.5,2.5"], NO),
        ([",1940,1945", "a,22.2,44.5"], YES),
        ([",0,1", "0,22.2,44.5"], YES),
        # Years are those from 1500 to 2100, in order and more than one.
        (["1500,2100", "1400,2200", "1600,2000"], ASK),
        (["1499,2100", "1400,2200", "1600,2000"], NO),
        (["1500,2101", "1400,2200", "1600,2000"], NO),
        (["2100,1500", "2200,1400", "2000,1600"], NO),
        (["1990", "1700", "2500"], NO),
        # Counting begins with 0 or 1, without a gap.
        (["1,2", "5,1", "1,4"], ASK),
        (["1,3", "1,5", "2,2"], NO),
        (["2,3", "5,1", "1,4"], NO),
        (["1,2,4", "5,1,4", "1,2,8"], NO),
        (["0", "0", "5"], ASK),
        # From 5 to 8 there are 3, so that 2 to 11 are like them.
        (["1", "5", "8"], ASK),
        (["2", "5", "8"], NO),
        (["11", "5", "8"], NO),
        (["12", "5", "8"], ASK),
        # As R leaves out the name above the rows' names.
        (["3,2", "5,1,7", "1,4,9"], ASK),
        (["3,2", "5,1,7,2", "1,4,9,6"], NO),
    ],
)
def test_first_row_names_the_columns_or_is_a_point_or_could_be_both(rows, answer):
    first, *below = (row.split(",") for row in rows)

    assert names_columns(first, [False] * len(first), below) is answer


def test_quoted_numbers_above_bare_ones_are_names():
    assert names_columns(["1940", "1945"], [True, True], [["22.2", "44.5"]]) is True


def test_words_in_quotes_make_no_names_of_bare_numbers():
    assert names_columns(["4", "3"], [False, True], [["5", "2"], ["1", "8"]]) is False


def test_long_row_is_shown_in_part():
    said = "{} may be a point or name the columns: write header = true if it names them, header = false if it is a point"

    assert str(unclear_header("line 1", list("123456"))) == "line 1: " + said.format("'1,2,3,4,5,6'")
    assert str(unclear_header("line 1", list("1234567"))) == "line 1: " + said.format("'1,2,3,4,5,6,...'")


@pytest.mark.parametrize(
    ("rows", "score"),
    [
        (["a b", "1 2"], 1.01),
        (["a", "x 1"], 0.9 * 0.51),  # one name too few, as R leaves it out; one of two cells is a number
        (["a b c", "1 2"], 0.5 * 1.01),
        (["a", "x y 1"], 0.5 * (0.01 + 1 / 3)),
        (["a b", "1 2", "3 NA", "5"], 2 / 3 * 1.01),  # two of three rows are alike; gaps are neither
        (["a b", "NA NA"], 0.01),
        (["a b", "NA 7"], 1.01),
        (["1 2"], 1.01),
        (["a", "1"], 0),
        ([], 0),
    ],
)
def test_score_is_the_part_of_the_rows_times_that_of_the_numbers(rows, score):
    assert _score([row.split(" ") for row in rows]) == pytest.approx(score, rel=1e-12)


def test_last_row_of_a_sample_is_left_out_if_it_ends_there(monkeypatch):
    def sampled(text):
        return [",".join(cells) for cells in _sample(Dialect(","), text)]

    monkeypatch.setattr(dialect, "SAMPLE", 12)
    assert sampled("1,2\n3,4\n5,67") == ["1,2", "3,4", "5,67"]
    assert sampled("1,2\n3,4\n5,678") == ["1,2", "3,4"]
    assert sampled("1,2,3456789012") == ["1,2,34567890"]  # the only row

    monkeypatch.setattr(dialect, "SEVERAL", 3)
    assert sampled("1,2\n3,4\n5") == ["1,2", "3,4"]


@pytest.mark.parametrize(
    ("text", "separator", "comment", "found"),
    [
        ("x\n1\n", None, None, Dialect(NONE)),
        ("x\n1\n", ";", None, Dialect(";")),
        ("# a\n# b\n", None, None, Dialect(" ")),  # no line is data
        ("sep=;\na|b\n1|2\n", "|", None, Dialect("|", 1)),
        ("\n\n# u v\n1 2\n", None, None, Dialect(" ", 3, "", ("u", "v"))),
        ("# u v\n\n1 2\n", None, None, Dialect(" ", 2)),  # the line above the table is blank
        ("# u v w\n1 2\n", None, None, Dialect(" ", 1)),
        ("# u 3\n1 2\n", None, None, Dialect(" ", 1)),
        ("# u v\na b\n1 2\n", None, None, Dialect(" ", 1)),
        ("# u v\na 2\n1 2\n", None, None, Dialect(" ", 1, "", ("u", "v"))),
        ("# u v\na 2\n1 2\n", None, "", Dialect(" ")),
        ('# "made in 1990\nx,y\n1,2\n', None, None, Dialect(",", 1)),  # quotes of a comment need not be closed
    ],
)
def test_dialect_has_a_separator_and_what_is_above_the_table(text, separator, comment, found):
    assert guess_dialect(text, separator, comment) == found


def test_cells_in_quotes_are_known_and_a_space_may_stand_before_them():
    text = 'a, b,c\n"x", y, "z ""q"\n1,2,3\n'
    row = list(Dialect(",").rows(text))[1]

    assert row == (2, ["x", "y", 'z "q'])
    assert Dialect(",").quoted(text, row, 3) == [True, False, True]
    assert list(Dialect(",").rows('1, "a, b"\n')) == [(1, ["1", "a, b"])]
