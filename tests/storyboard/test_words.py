import pytest

from gmmviz.storyboard.words import formulas, label_and_rest, literal, plain, typeset, within_formula


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$K$", ("$K$",)),
        ("From $5 to $10", ()),
        ("$5-$10", ()),  # a digit behind what would close it
        ("$ 5 and 6$", ()),  # a space behind what would open it
        ("$5 and $x$", ("$x$",)),
        ("US$ and EU$", ()),
        (r"\$x$", ()),
        (r"$x\$", ()),
        (r"$\mu_1$ and $\$5$", (r"$\mu_1$", r"$\$5$")),
        ("$$", ()),
        ("$a$b$c$", ("$a$", "$c$")),
        ("$a\nb$", ("$a\nb$",)),
    ],
)
def test_formula_stands_between_dollar_signs_as_pandoc_reads_them(text, found):
    assert formulas(text) == found


@pytest.mark.parametrize(
    ("text", "set_", "read"),
    [
        ("no dollars", "no dollars", "no dollars"),
        ("From $5 to $10", r"From \$5 to \$10", "From $5 to $10"),
        (r"\$5 and $x$", r"\$5 and $x$", "$5 and $x$"),
        (r"$\$5$ \ $", r"$\$5$ \ \$", r"$\$5$ \ $"),
    ],
)
def test_dollar_sign_without_formula_gets_a_backslash_for_matplotlib_and_loses_it_for_readers(text, set_, read):
    assert typeset(text) == set_
    assert plain(text) == read


@pytest.mark.parametrize("text", ["$x$", r"US$ \ EU$", r"a\$b", "$"])
def test_words_of_the_data_come_back_as_they_are(text):
    assert formulas(literal(text)) == ()
    assert plain(literal(text)) == text


def test_colon_within_a_formula_parts_nothing():
    assert label_and_rest("$a: b$") == ("", "$a: b$")
    assert [within_formula("a $b$", place) for place in range(5)] == [False, False, True, True, True]
