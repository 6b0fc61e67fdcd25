"""The page of films, and the notes that it is made from."""

import pytest

import gmmviz as gv
from gmmviz.scene.gallery_page import page
from gmmviz.scene.notes import notes, questions

NOTES = """\
#:schema scene.schema.json
# What to notice
#   The ellipses move [only]
#   in M-steps.
# Questions for the class
#   Why? And
#   when?
"""


def test_notes_are_the_first_comment(write_scene, small_scene):
    path = write_scene(NOTES + small_scene + "# What to notice\n#   not this\n")

    assert notes(path) == {
        "What to notice": "The ellipses move [only] in M-steps.",
        "Questions for the class": "Why? And when?",
    }
    assert questions("Why? And when?") == ["Why?", "And when?"]


def test_python_scene_says_them_in_its_docstring(write_scene):
    path = write_scene('"""A film.\n\nWhat to notice\n    This.\n"""\n', "film.py")

    assert notes(path)["What to notice"] == "This."


def test_scene_without_a_comment_has_no_notes(write_scene, small_scene):
    assert notes(write_scene(small_scene)) == {}


def test_page_has_all_of_a_film(write_scene, small_scene, tmp_path):
    path = write_scene(NOTES + small_scene)
    (tmp_path / "scene.gif").touch()

    text = page([gv.load_scene(path)], tmp_path, "gmmviz gallery scene.toml")

    assert "- [Small](#small)\n" in text
    assert "![EM fits two Gaussians to 272 points of Old Faithful (eruption (min), waiting (min)): three" in text
    assert "](scene.gif)\n" in text
    assert "**What to notice** The ellipses move [only] in M-steps.\n" in text
    assert "- Why?\n- And when?\n" in text
    assert text.endswith("[The scene](scene.toml)\n")


def test_page_needs_a_picture(write_scene, small_scene, tmp_path):
    path = write_scene(small_scene + 'formats = ["mp4"]\n')

    with pytest.raises(
        gv.InputError, match=r"makes no picture for a page: add 'gif' to the formats of its \[output\]"
    ):
        page([gv.load_scene(path)], tmp_path, "")
