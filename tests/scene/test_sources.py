"""Texts of TOML, and how a complaint points into them."""

from pathlib import Path

import pytest

import gmmviz as gv
from gmmviz.scene import Limits
from gmmviz.scene.places import Place
from gmmviz.scene.sources import pointed, read_file, read_setting

LIMITS = Limits()


def test_complaint_shows_the_line_and_a_caret():
    assert str(pointed(Path("a.toml"), Place(12, 3, 4), "  abcd = 1", "wrong")) == (
        "a.toml:12:3: wrong\n  12 |   abcd = 1\n     |   ^^^^"
    )


@pytest.mark.parametrize(
    ("column", "width", "shown", "blanks", "carets"),
    [
        (1, 5, "0123456789" * 11 + "...", 0, 5),
        (55, 1, "0123456789" * 11 + "...", 54, 1),
        # Column 61 is 55 characters after the first that is shown, which is number 6.
        (61, 1, "..." + ("0123456789" * 12)[6:116] + "...", 3 + 54, 1),
        (155, 30, "..." + ("0123456789" * 20)[100:], 3 + 54, 30),
        (155, 90, "..." + ("0123456789" * 20)[100:], 3 + 54, 46),
    ],
)
def test_long_line_is_shown_around_its_place(column, width, shown, blanks, carets):
    line = "0123456789" * 20

    _, middle, below = str(pointed(Path("a"), Place(1, column, width), line, "x")).split("\n")

    assert middle == f"   1 | {shown}"
    assert below == f"     | {' ' * blanks}{'^' * carets}"


def test_line_of_110_characters_is_shown_whole():
    assert "..." not in str(pointed(Path("a"), Place(1, 109, 2), "x" * 110, "m"))
    assert "..." in str(pointed(Path("a"), Place(1, 109, 2), "x" * 111, "m"))


def test_caret_stands_beyond_the_end_of_an_empty_line():
    assert str(pointed(Path("a"), Place(3, 1, 5), "", "m")).split("\n")[2] == "     | ^"


def test_very_long_complaint_is_cut():
    source = read_setting("title=x", LIMITS)

    assert str(source.complaint(("title",), "y" * 993)) == f"--set title=x: title: {'y' * 993}"
    assert str(source.complaint(("title",), "y" * 994)) == f"--set title=x: title: {'y' * 993}..."


@pytest.mark.parametrize(
    ("setting", "document"),
    [
        ("pace.length=8", {"pace": {"length": 8}}),
        (" pace.length = 8.5 ", {"pace": {"length": 8.5}}),
        ("title=Geyser", {"title": "Geyser"}),
        ("model.start.kind=kmeans++", {"model": {"start": {"kind": "kmeans++"}}}),
        ("panels=[{renderer='curve'}]", {"panels": [{"renderer": "curve"}]}),
        ("a=true", {"a": True}),
        ("a=false", {"a": False}),
        ("a=inf", {"a": float("inf")}),
        ("title=a.b-c", {"title": "a.b-c"}),
        ("title='a=b'", {"title": "a=b"}),
    ],
)
def test_setting_is_a_key_and_a_value(setting, document):
    source = read_setting(setting, LIMITS)

    assert source.document == document
    assert source.path.parent == Path()
    assert source.option == f"--set {setting}"


@pytest.mark.parametrize("setting", ["title=Two words", "title=", "=3", "a=[", "a=1\nb=2x"])
def test_setting_that_is_no_toml_is_refused(setting):
    with pytest.raises(gv.InputError) as caught:
        read_setting(setting, LIMITS)

    assert str(caught.value).startswith(f"--set {setting}: not a TOML value: write --set pace.length=8, ")


def test_file_may_have_a_byte_order_mark_and_line_ends_of_windows(tmp_path):
    path = tmp_path / "scene.toml"
    path.write_bytes("\ufefftitle = 'a'\r\n[data]\r\n".encode())

    source = read_file(path, LIMITS)

    assert source.document == {"title": "a", "data": {}}
    assert source.place(("data",), at_key=True) == Place(2, 2, 4)


def test_file_may_be_as_large_and_as_deep_as_the_limits(tmp_path):
    path = tmp_path / "scene.toml"
    path.write_text("a = [[1]]\n")

    assert read_file(path, Limits(file_size=10, nesting=2)).document == {"a": [[1]]}
    with pytest.raises(gv.InputError, match="larger than 9 bytes"):
        read_file(path, Limits(file_size=9))
    with pytest.raises(gv.InputError, match="stand more than 1 deep within one another"):
        read_file(path, Limits(nesting=1))


def test_key_may_have_as_many_parts_as_the_limits(tmp_path):
    path = tmp_path / "scene.toml"
    path.write_text("a.b.c = 1\n")

    assert read_file(path, Limits(nesting=3)).document == {"a": {"b": {"c": 1}}}
    with pytest.raises(gv.InputError, match="stand more than 2 deep"):
        read_file(path, Limits(nesting=2))


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a = tru\n", "1:5", "Invalid value: a text stands in quotes, and true and false in small letters"),
        ("a = 1\nb = [1, 2\n\n", "2:10", "Unclosed array"),
        ("[a.b]\n[a.b]\n", "2:5", "Cannot declare a.b twice"),
    ],
)
def test_mistake_in_the_syntax_is_placed(tmp_path, text, place, message):
    path = tmp_path / "scene.toml"
    path.write_text(text)

    with pytest.raises(gv.InputError) as caught:
        read_file(path, LIMITS)

    assert str(caught.value).startswith(f"{path}:{place}: not valid TOML: {message}\n")


def test_path_that_is_none_is_refused(tmp_path):
    with pytest.raises(gv.InputError, match="is not the path of a file"):
        read_file(Path("a\0b"), LIMITS)
    with pytest.raises(gv.InputError, match=r"^/dev/null is not a file: give the path of a scene file$"):
        read_file(Path("/dev/null"), LIMITS)


def test_inline_table_may_go_over_lines_and_end_with_a_comma(tmp_path):
    path = tmp_path / "scene.toml"
    path.write_text("[model]\nstart = {\n  seed = 1,\n  scale = 2,\n}\n")

    source = read_file(path, Limits())

    assert source.document == {"model": {"start": {"seed": 1, "scale": 2}}}
    assert source.place(("model", "start", "scale"), at_key=True) == Place(4, 3, 5)


@pytest.mark.parametrize("path", [r"C:\Users\me\data.csv", r"C:\data\points.csv"])
def test_path_with_backslashes_is_told_how_to_be_written(tmp_path, path):
    scene = tmp_path / "a.toml"
    scene.write_text(f'[data]\npath = "{path}"\n')

    with pytest.raises(gv.InputError) as caught:
        read_file(scene, LIMITS)

    assert (
        str(caught.value)
        .split("\n")[0]
        .endswith(": write backslashes in single quotes, as in 'C:\\points.csv' or '$\\mu$', or a path with /")
    )
