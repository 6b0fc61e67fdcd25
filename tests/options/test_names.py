"""Texts that must name a member of a registry."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter

import gmmviz as gv
from gmmviz.options import NameIn, options
from gmmviz.registry import Registry


@pytest.fixture
def colors():
    colors = Registry("color")
    colors.register("red", "#f00")
    return colors


def test_name_is_checked_against_the_members_of_the_moment(colors):
    @options
    class Pen:
        color: Annotated[str, NameIn(colors)] = "red"

    with pytest.raises(gv.InputError) as caught:
        Pen("blue")
    colors.register("blue", "#00f")

    assert str(caught.value) == "Pen: color: unknown color 'blue'; known: 'red'"
    assert Pen("blue").color == "blue"
    with pytest.raises(gv.InputError) as caught:
        Pen(3)
    assert str(caught.value) == "Pen: color: expected a text, got 3"


def test_other_names_may_do_as_well(colors):
    def find(name):
        if name != "any":
            raise gv.InputError(f"no color {name!r}")

    kind = Annotated[str, NameIn(colors, find)]

    assert TypeAdapter(kind).validate_python("any") == "any"
    with pytest.raises(ValueError, match="no color 'red'"):
        TypeAdapter(kind).validate_python("red")
    assert TypeAdapter(kind).json_schema() == {"type": "string", "examples": ["red"]}


def test_schema_lists_the_members_of_the_moment(colors):
    adapter = TypeAdapter(Annotated[str, NameIn(colors)])
    colors.register("blue", "#00f")

    assert adapter.json_schema() == {"type": "string", "enum": ["red", "blue"]}
