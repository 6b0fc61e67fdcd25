"""Line, column and width of keys and values."""

import pytest

from gmmviz.scene.places import Place, Places

TEXT = """\
title = "größer"   # a comment
size = [1, [20, 300],
  # between
  4]

[model]
start.seed = 3
"quoted key" = { inner = true, "other.key" = 'x' }

[[panels]]
renderer = "ellipses"
[panels.more]
deep = 1
[[panels]]
renderer = "contour"
text = '''
two
lines'''
"""


@pytest.fixture(scope="module")
def places():
    return Places(TEXT)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("title",), (1, 1, 5), (1, 9, 8)),
        (("size",), (2, 1, 4), (2, 8, 14)),
        (("size", 0), (2, 9, 1), (2, 9, 1)),
        (("size", 1), (2, 12, 9), (2, 12, 9)),
        (("size", 1, 1), (2, 17, 3), (2, 17, 3)),
        (("size", 2), (4, 3, 1), (4, 3, 1)),
        (("model",), (6, 2, 5), (6, 2, 5)),
        (("model", "start"), (7, 1, 10), (7, 14, 1)),
        (("model", "start", "seed"), (7, 1, 10), (7, 14, 1)),
        (("model", "quoted key"), (8, 1, 12), (8, 16, 35)),
        (("model", "quoted key", "inner"), (8, 18, 5), (8, 26, 4)),
        (("model", "quoted key", "other.key"), (8, 32, 11), (8, 46, 3)),
        (("panels",), (10, 3, 6), (10, 3, 6)),
        (("panels", 0), (10, 3, 6), (10, 3, 6)),
        (("panels", 0, "renderer"), (11, 1, 8), (11, 12, 10)),
        (("panels", 0, "more"), (12, 2, 11), (12, 2, 11)),
        (("panels", 0, "more", "deep"), (13, 1, 4), (13, 8, 1)),
        (("panels", 1), (14, 3, 6), (14, 3, 6)),
        (("panels", 1, "renderer"), (15, 1, 8), (15, 12, 9)),
        (("panels", 1, "text"), (16, 1, 4), (16, 8, 3)),
    ],
)
def test_key_and_value_have_a_place(places, path, key, value):
    assert path in places
    assert places.key(path) == Place(*key)
    assert places.value(path) == Place(*value)


def test_what_is_not_there_has_the_place_of_the_table_around_it(places):
    assert ("panels", 1, "radii", 3) not in places
    assert places.value(("panels", 1, "radii", 3)) == Place(14, 3, 6)
    assert places.key(("nothing",)) == Place(1, 1, 1)


def test_lines_are_counted_from_1(places):
    assert places.line(1) == 'title = "größer"   # a comment'
    assert places.line(18) == "lines'''"
    assert places.line(19) == ""
    assert places.line(20) == ""


def test_columns_count_characters_not_bytes():
    assert Places('a = ["ü", "𝄞", 3]').value(("a", 2)) == Place(1, 16, 1)
