import tomllib
from pathlib import Path

import pytest

import gmmviz as gv
from gmmviz.explorable.toml import table_of, toml


@pytest.mark.parametrize(
    "table",
    [
        {"a": 1, "b": 0.1, "c": True, "d": 'x "y"\n\u007f é', "e": [1, [2.5, "z"]], "f": {"g": 1, "h i": []}},
        {"a b": 1e-300, "path": "C:\\x"},
        {"empty": {}, "list": ()},
    ],
)
def test_table_is_read_back(table):
    text = toml("[it]", table)
    assert tomllib.loads(text) == {"it": {k: list(v) if isinstance(v, tuple) else v for k, v in table.items()}}


def test_what_is_not_said_is_left_out():
    assert toml("", {"a": None, "b": Path("x.csv"), "c": {"d": None}}) == 'b = "x.csv"\nc = {}\n'


def test_options_are_written_as_a_scene_says_them():
    source = gv.CsvFile(path="points.csv", columns=("x", "y"))
    assert table_of(source, gv.DATASETS, "dataset") == {
        "dataset": "csv",
        "path": "points.csv",
        "columns": ("x", "y"),
    }
    assert table_of(gv.EllipseRenderer(), gv.RENDERERS, "renderer") == {"renderer": "ellipses"}
    assert table_of(object(), gv.DATASETS, "dataset") == {}
