"""What is said of values that pydantic refuses."""

from datetime import date, time
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from gmmviz.errors import InputError
from gmmviz.options import Count, Flag, Number, Positive, Whole, by_place, complaint, dotted, options, shown


def said(kind, value, **more):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return str(complaint(caught.value.errors(), **more))


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (Whole, "2", "expected a whole number, got '2'"),
        (Number, "x", "expected a number, got 'x'"),
        (Number, float("inf"), "expected a finite number, got inf"),
        (Flag, 1, "expected true or false, got 1"),
        (str, True, "expected a text, got true"),
        (tuple[int, ...], 3, "expected a list, got 3"),
        (dict[str, int], 3, "expected a table, got 3"),
        (Count, 0, "must be at least 1, not 0"),
        (Positive, -1.5, "must be greater than 0, not -1.5"),
        (Annotated[float, Field(le=2.5)], 3.0, "must be at most 2.5, not 3.0"),
        (Annotated[float, Field(lt=2)], 2.0, "must be less than 2, not 2.0"),
        (
            Literal["smooth", "linear"],
            "smoth",
            "expected 'smooth' or 'linear', got 'smoth'; did you mean 'smooth'?",
        ),
        (Literal["a", "b", "c"], 3, "expected 'a', 'b' or 'c', got 3"),
        (Annotated[tuple[int, ...], Field(min_length=1)], (), "expected at least 1 value, got []"),
        (Annotated[tuple[int, ...], Field(min_length=2)], (1,), "expected at least 2 values, got [1]"),
        (Annotated[tuple[int, ...], Field(max_length=2)], (1, 2, 3), "expected at most 2 values, got [1, 2, 3]"),
        (tuple[int, int], (1,), "expected 2 values or more, got [1]"),
        (bytes, 3, "Input should be a valid bytes, got 3"),
    ],
)
def test_sentence_says_what_is_expected_and_what_was_given(kind, value, sentence):
    assert said(kind, value) == sentence


def test_branches_of_a_union_make_one_sentence():
    kind = Literal["auto"] | Number | tuple[int, ...]

    assert said(kind, True) == "expected 'auto' or a number or a list, got true"
    assert said(kind, "aut") == "expected 'auto' or a number or a list, got 'aut'; did you mean 'auto'?"
    assert said(Number | Literal["auto"], "aut") == "expected a number or 'auto', got 'aut'; did you mean 'auto'?"


def test_branch_that_takes_the_values_type_speaks_alone():
    assert said(Literal["auto"] | Positive, -1.0) == "must be greater than 0, not -1.0"
    assert said(Positive | Literal["auto"], -1.0) == "must be greater than 0, not -1.0"


def test_same_expectation_is_said_once():
    assert said(Number | Positive, "x") == "expected a number, got 'x'"


def test_example_is_given_where_a_list_is_expected():
    assert said(tuple[int, ...], 3, example="[1, 2]") == "expected a list, such as [1, 2], got 3"
    assert said(Number, "x", example="[1, 2]") == "expected a number, got 'x'"


@options
class Corner:
    sides: tuple[int, ...] = (1, 2)

    def __post_init__(self):
        if self.sides[0] > self.sides[1]:
            raise InputError("the sides must rise", "sides", 1)


def found(kind, value):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return {place: str(complaint(here, ["sides"])) for place, here in by_place(caught.value, value).items()}


def test_place_leads_to_the_option_that_a_class_found_at_fault():
    assert found(dict[str, Corner], {"a": {"sides": (2, 1)}}) == {("a", "sides", 1): "the sides must rise"}


def test_place_of_an_unknown_and_of_a_missing_key():
    @options
    class Needed:
        key: int

    assert found(Corner, {"side": 1}) == {("side",): "unknown key; did you mean 'sides'?"}
    assert found(dict[str, Needed], {"a": {}}) == {("a", "key"): "this key is missing"}


def test_branches_of_a_union_are_one_place():
    kind = dict[str, Literal["all"] | Count | tuple[Count, ...]]

    assert found(kind, {"a": "x", "b": 0}) == {
        ("a",): "expected 'all' or a whole number or a list, got 'x'",
        ("b",): "must be at least 1, not 0",
    }


def test_place_of_an_item_of_a_list():
    kind = dict[str, tuple[Count, ...]]

    assert found(kind, {"a": [1, 0, "x"]}) == {
        ("a", 1): "must be at least 1, not 0",
        ("a", 2): "expected a whole number, got 'x'",
    }


def test_list_is_too_short_only_if_it_is():
    kind = dict[str, Annotated[tuple[Count, ...], Field(min_length=2)]]

    assert found(kind, {"a": [1]}) == {("a",): "expected at least 2 values, got [1]"}
    assert found(kind, {"a": [1, 0]}) == {("a", 1): "must be at least 1, not 0"}


@pytest.mark.parametrize(
    ("location", "text"),
    [((), ""), (("a",), "a: "), (("panels", 0, "radii", 1), "panels[0].radii[1]: "), ((0, "a"), "[0].a: ")],
)
def test_location_is_written_with_dots_and_brackets(location, text):
    assert dotted(location) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (False, "false"),
        ([1, (True, "a")], "[1, [true, 'a']]"),
        ({"a": 1, "b": [2]}, "{ a = 1, b = [2] }"),
        (date(2024, 2, 3), "2024-02-03"),
        (time(4, 5), "04:05:00"),
        ("x" * 58, repr("x" * 58)),
        ("x" * 59, f"'{'x' * 56}..."),
    ],
)
def test_value_is_shown_as_a_scene_file_has_it(value, text):
    assert shown(value) == text


def test_number_that_python_does_not_print_is_shown_in_words():
    assert shown(10**5000) == "a number of thousands of digits"
    assert shown([10**5000]) == "[a number of thousands of digits]"


def test_table_that_is_none_of_several_kinds_is_one_place():
    assert found(dict[str, Corner | int], {"a": {"sides": "x"}}) == {
        ("a",): "expected a list or a whole number, got 'x'"
    }
