import matplotlib as mpl
import pytest

import gmmviz as gv
from gmmviz.artists.formulas import check_formulas

ESCAPE = r"; to write a dollar sign instead, put a backslash before it: \$"


@pytest.mark.parametrize("text", [r"$\mu_k$ at $5", "from $5 to $10", r"$\frac{1}{2}$ $x^2$", r"\$x^$", "ä"])
def test_what_can_be_set_is_accepted(text):
    check_formulas(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Cost $x^$", "the formula $x^$ cannot be set: something is missing at its end"),
        ("$x^_2$", "the formula $x^_2$ cannot be set: something is wrong from _2$ on"),
        (r"$a$ $1 + \foo$", r"the formula $1 + \foo$ cannot be set: unknown symbol: \foo, at \foo$"),
        (r"$x \frac12$", r"the formula $x \frac12$ cannot be set: expected \frac{num}{den}, at 12$"),
        ("$x_1_2$", "the formula $x_1_2$ cannot be set: double subscript, at x_1_2$"),
        ("$" + "{" * 999 + "x$", None),
    ],
)
def test_formula_that_cannot_be_set_is_refused(text, message):
    with pytest.raises(gv.InputError) as caught:
        check_formulas(text, "title")

    assert caught.value.place == ("title",)
    assert message is None or str(caught.value) == message + ESCAPE
    assert str(caught.value).endswith(ESCAPE)


def test_users_settings_do_not_matter():
    with mpl.rc_context({"mathtext.fontset": "custom", "text.usetex": True}):
        check_formulas("$x$")
