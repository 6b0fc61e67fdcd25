"""Types, defaults and values in words."""

from collections import OrderedDict
from typing import Annotated, Literal

import pytest
from pydantic import Field

from gmmviz.options import Count, NameIn, Number, Positive, Seconds, fields_of, in_words, one_line, options, toml


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int, "int"),
        (Count, "int from 1"),
        (tuple[int], "[int]"),
        (tuple[int, float, int], "[int, float, int]"),
        (Number, "float"),
        (Positive, "float greater than 0"),
        (Seconds, "float from 0 to 86400"),
        (Annotated[int, Field(ge=2)], "int from 2"),
        (Annotated[int, Field(le=5)], "int at most 5"),
        (Annotated[float, Field(gt=0, lt=1)], "float greater than 0 and less than 1"),
        (Annotated[float, Field(ge=0, lt=1)], "float from 0 and less than 1"),
        (Annotated[Seconds, Field(gt=0)], "float greater than 0 and at most 86400"),
        (Annotated[Seconds, Field(gt=-1, lt=90_000)], "float from 0 to 86400"),
        (Annotated[Annotated[float, Field(lt=1)], Field(le=1)], "float less than 1"),
        (str | None, "str"),
        (Literal["a", 2, "ü"], '"a" or 2 or "ü"'),
        (tuple[int, float], "[int, float]"),
        (tuple[Positive, ...], "list of float greater than 0"),
        (tuple[str | int, ...], "list of (str or int)"),
        (tuple[tuple[int, ...], ...], "list of lists of int"),
        (Literal["all"] | Count | tuple[Count, ...], '"all" or int from 1 or list of int from 1'),
        (OrderedDict, "OrderedDict"),
    ],
)
def test_types_are_said_in_the_words_of_python(annotation, words):
    assert in_words(annotation) == words


def test_classes_are_called_what_the_caller_says():
    def name(kind):
        return {int: "whole number", str: "text"}[kind]

    assert in_words(tuple[int, ...], (), name) == "list of whole numbers"
    assert in_words(tuple[int, str], (), name) == "[whole number, text]"
    assert in_words(tuple[int | str, ...], (), name) == "list of (whole number or text)"


def test_names_of_a_registry_are_listed_if_no_others_will_do():
    names = {"one": 1, "two": 2}

    assert in_words(Annotated[str, NameIn(names)]) == '"one" or "two"'
    assert in_words(Annotated[str, NameIn(names, str)]) == "str"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (3, "3"),
        (0.1 + 0.2, "0.3"),
        (1e-9, "1e-09"),
        ("größer", '"größer"'),
        ((1, ("a", 2.5)), '[1, ["a", 2.5]]'),
        ([], "[]"),
    ],
)
def test_values_are_written_as_a_scene_file_has_them(value, text):
    assert toml(value) == text


def test_fields_that_are_no_keys_are_left_out():
    @options
    class Table:
        key: int = 1
        hidden: int = Field(default=2, exclude=True)

    assert list(fields_of(Table)) == ["key"]
    assert fields_of(int) == {}


def test_one_line_joins_lines():
    assert one_line("a\n    b  c\n") == "a b c"
    assert one_line(None) == ""
