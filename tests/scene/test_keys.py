"""What may stand under a key, and an example of it."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

import gmmviz as gv
from gmmviz.options import Count, Number, Whole, options
from gmmviz.scene import ModelTable, OutputTable, SceneTables
from gmmviz.scene.keys import example_of, table_of, type_at


@options
class Table:
    numbers: tuple[int, ...] = ()
    pair: tuple[float, str] = (1.5, "x")
    pairs: tuple[tuple[int, Count], ...] | None = None
    words: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    choices: tuple[Literal["x", "y"], ...] = ()
    mixed: int | tuple[int | str, ...] = 1
    bounded: int | Annotated[tuple[str, ...], Field(min_length=1)] = 1
    single: int = 3
    inner: gv.Pace = gv.Pace()
    panes: tuple[gv.Pace, ...] = (gv.Pace(),)
    any: dict[str, gv.Pace] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ((), Table),
        (("single",), int),
        (("inner",), gv.Pace),
        (("pair", 0), Number),
        (("pair", 1), str),
        (("pair", 5), str),
        (("numbers", 7), Whole),
        (("pairs", 2, 1), Count),
        (("panes", 3), gv.Pace),
        (("any", "x"), gv.Pace),
        (("any", "x", "easing"), Literal["smooth", "linear"]),
        (("bounded", 4), str),
        (("mixed", 0), Whole | str),
        (("nothing",), None),
        (("single", 0), None),
        (("numbers", "x"), None),
        (("nothing", "x", 0), None),
    ],
)
def test_type_of_what_stands_at_a_location(location, kind):
    assert type_at(Table, location) == kind


@pytest.mark.parametrize(
    ("key", "example"),
    [
        ("numbers", "[1, 2]"),
        ("pair", '[1.5, "x"]'),
        ("pairs", "[[1, 2], [3, 4]]"),
        ("words", '["a", "b"]'),
        ("choices", '["x", "x"]'),
        ("mixed", "[1, 2]"),
        ("bounded", '["a", "b"]'),
        ("single", ""),
        ("inner", ""),
        ("panes", "[1, 2]"),
        ("nothing", ""),
    ],
)
def test_example_is_the_default_or_made_up(key, example):
    assert example_of(Table, (key,)) == example


def test_example_of_what_stands_in_a_list():
    assert example_of(Table, ("pairs", 0)) == "[1, 2]"
    assert example_of(SceneTables, ("output", "size")) == "[1280, 720]"
    assert example_of(OutputTable, ("formats",)) == '["gif"]'
    assert example_of(ModelTable, ("tol",)) == ""


def test_table_is_found_where_there_may_be_none():
    assert table_of(type_at(SceneTables, ("model", "prior"))) is gv.Prior
    assert table_of(gv.Pace) is gv.Pace
    assert table_of(int | None) is None
    assert type_at(SceneTables, ("model", "prior", "shrinkage")) is not None
