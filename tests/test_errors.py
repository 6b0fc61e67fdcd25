import types

import numpy as np
import pandas as pd
import pytest

import gmmviz as gv
from gmmviz.errors import (
    CollapseError,
    GmmvizError,
    InputError,
    RenderError,
    an,
    brief,
    counted,
    hint,
    listed,
    nearest,
    similar,
    there_are,
    warn,
    within,
)


def test_input_error_is_a_value_error_with_a_place():
    error = InputError("too large", "panels", 0)

    assert isinstance(error, ValueError)
    assert isinstance(error, GmmvizError)
    assert str(error) == "too large"
    assert error.place == ("panels", 0)
    assert InputError("too large").place == ()
    assert not isinstance(RenderError("full"), ValueError)


def test_places_are_put_together_from_the_inside_out():
    with pytest.raises(InputError) as caught, within("variants", "a"), within("panels", 2):
        raise InputError("too large", "radii", 1)

    assert caught.value.place == ("variants", "a", "panels", 2, "radii", 1)


def test_other_errors_pass_as_they_are():
    with pytest.raises(ZeroDivisionError), within("panels"):
        1 / 0  # noqa: B018


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "'a'"), (["a", "b"], "'a' or 'b'"), (iter("abc"), "'a', 'b' or 'c'"), ([1, 2], "1 or 2")],
)
def test_names_are_listed_as_in_a_sentence(names, text):
    assert listed(names) == text


def test_last_two_names_are_joined_by_the_word():
    assert listed("abc", "and") == "'a', 'b' and 'c'"


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0 features"), (1, "1 feature"), (2, "2 features"), (12_345, "12,345 features")]
)
def test_things_are_counted(n, text):
    assert counted(n, "feature") == text


@pytest.mark.parametrize(
    ("name", "near"),
    [("ellipse", "ellipses"), ("ELLIPSES", "ellipses"), ("kmens", "KMeans"), ("zzz", None), (3, None)],
)
def test_nearest_name_is_one_of_a_few_letters_difference(name, near):
    assert nearest(name, ["ellipses", "contour", "KMeans"]) == near


def test_name_is_near_if_six_letters_of_ten_agree():
    # The ratio is twice the letters in common over all letters: 2 * 3 / 10 and 2 * 2 / 9.
    assert nearest("abcxy", ["abcde"]) == "abcde"
    assert nearest("abxyz", ["abcd"]) is None


def test_hint_is_the_nearest_name_or_all_of_them():
    assert hint("raddi", ["radii", "trails"]) == "did you mean 'radii'?"
    assert hint("x", iter(["radii", "trails"])) == "known: 'radii' and 'trails'"


def test_file_of_a_similar_name_is_suggested(tmp_path):
    for name in ("points.csv", "points.npy", "x.csv"):
        (tmp_path / name).touch()

    assert similar(tmp_path / "pionts.csv") == "; did you mean 'points.csv'?"
    assert similar(tmp_path / "pionts.txt") == ""
    assert similar(tmp_path / "Points.CSV") == "; did you mean 'points.csv'?"
    assert similar(tmp_path / "x") == "; did you mean 'x.csv'?"
    assert similar(tmp_path / "elephant.csv") == ""
    assert similar(tmp_path / "none" / "points.csv") == ""


def test_warning_points_at_the_line_that_called_gmmviz(tmp_path):
    (tmp_path / "a.csv").write_text(",x\n0,1.5\n1,3\n")

    with pytest.warns(gv.GmmvizWarning) as said:
        gv.load_dataset("csv", path=str(tmp_path / "a.csv"))
    with pytest.warns(gv.GmmvizWarning) as said_here:
        warn("mine")
    assert [warning.filename for warning in (*said, *said_here)] == [__file__] * 2


def test_backslash_that_made_another_character_is_told(tmp_path):
    assert similar(tmp_path / "data\new.csv") == (
        "; a backslash in it made another character: write / instead, or in a scene single quotes"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3, "3"),
        (None, "None"),
        ("a\nb", r"'a\nb'"),
        ([1, 2, 3, 4], "[1, 2, 3, 4]"),
        ([1, 2, 3, 4, 5], "[1, 2, 3, 4, ...]"),
        ("x" * 10**6, f"'{'x' * 37}...{'x' * 38}'"),
        (["x" * 40, "y" * 40], f"['{'x' * 40}', '{'y' * 31}..."),
        (np.zeros((3, 2)), "an array of shape (3, 2)"),
        (np.float32(1.5), "np.float32(1.5)"),
        (pd.DataFrame({"a": [1.0]}), "a DataFrame of shape (1, 1)"),
        (int, "the class int"),
        (object(), "an object"),
        (types, "the module types"),
        (lambda: 0, "a function"),
        (types.SimpleNamespace(words="y" * 100), "a SimpleNamespace"),
    ],
)
def test_value_in_a_message_is_short(value, words):
    assert brief(value) == words


def test_number_that_python_does_not_print_is_named():
    assert brief(10**5000) == "a number of thousands of digits"


def test_kind_of_thing_has_its_article():
    assert (an("Trace"), an("Axes"), an("object")) == ("a Trace", "an Axes", "an object")


def test_name_of_eighty_letters_may_be_near_another():
    assert nearest("x" * 80, ["x" * 79]) == "x" * 79
    assert nearest("x" * 81, ["x" * 80]) is None


def test_value_of_eighty_letters_is_shown_whole():
    assert brief(["x" * 76]) == f"['{'x' * 76}']"
    assert brief(["x" * 77]) == f"['{'x' * 75}..."
    assert brief("x" * 78) == f"'{'x' * 78}'"
    assert brief(10**79) == "1" + "0" * 79

    class Thing:
        def __init__(self, n):
            self.n = n

        def __repr__(self):
            return "x" * self.n

    assert brief(Thing(80)) == "x" * 80
    assert brief(Thing(81)) == "a Thing"


def test_space_in_a_path_is_no_backslash(tmp_path):
    (tmp_path / "my points.csv").touch()

    assert similar(tmp_path / "my pionts.csv") == "; did you mean 'my points.csv'?"


def test_collapse_and_failure_say_what_they_are_of():
    error = CollapseError(1)

    assert (str(error), error.component) == ("component 2 has collapsed", 1)
    assert str(CollapseError(0, "flat")) == "flat"
    assert RenderError("full", ["a.gif"]).written == ("a.gif",)
    assert RenderError("full").written == ()


def test_message_that_repeats_a_book_is_cut_in_the_middle():
    assert str(InputError("a" * 900 + "\n" + "b" * 900)) == "a" * 900 + "\n" + "b" * 900
    assert str(InputError("a" * 600 + "b" * 600)) == "a" * 450 + " ... " + "b" * 450


def test_one_thing_is_there_and_several_are():
    assert there_are(1, "feature") == "there is 1 feature"
    assert there_are(2_000, "point") == "there are 2,000 points"
