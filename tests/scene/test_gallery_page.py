"""The page of films, and the notes that it is made from."""

import json

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


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("#What to notice\n#  This.\n", {"What to notice": "This."}),
        ("# A\n#  one\n#\n#  two\n# B\n# C\n#   three\n", {"A": "one two", "C": "three"}),
        ("#   No heading yet.\n# A\n#  one\n\n# B\n#  two\n", {"A": "one"}),
        ("\n# A\n#  one\n", {}),
    ],
)
def test_heading_stands_at_the_left_and_its_text_further_in(write_scene, comment, found):
    assert notes(write_scene(comment)) == found


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
    assert "**What to notice** The ellipses move &#91;only&#93; in M-steps.\n" in text
    assert "- Why?\n- And when?\n" in text
    assert text.endswith("[The scene](scene.toml)\n")


NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a](http://evil.example) b",
    "![x](y)",
    "<!-- a --> b -->",
    "# one",
    "- one",
    "+ one",
    "1. one",
    "12) one",
    "> one",
    "---",
    "===",
    "one #",
    "one \\ two",
    "| a | b |",
    "**bold** _slanted_ `code` ~~gone~~",
    "&lt; &amp; R&D, Peterson & Barney",
    "$x$ costs $5",
    "#",
    "one\n\n# two\n- three\n```\nfour",
    "    code",
]


@pytest.mark.parametrize("words", NASTY)
def test_words_of_a_scene_are_words_of_the_page(write_scene, small_scene, tmp_path, words):
    """As a reader of Markdown finds them, whatever they look like."""
    markdown = pytest.importorskip("markdown_it")
    said = json.dumps(words)
    path = write_scene(
        f"# What to notice\n#   {' '.join(words.split())}\n"
        + small_scene.replace('"Small"', said).replace("[data]", f"description = {said}\n[data]")
        + f"[variants.{said}.model]\ntol = 1\n[variants.b.model]\ntol = 2\n"
    )
    (tmp_path / "scene.gif").touch()
    scene = gv.load_scene(path)
    text = page([scene], tmp_path, f"gmmviz gallery {words}")
    tokens = markdown.MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    shown = ["".join(child.content for child in token.children or ()) for token in tokens]

    assert [token.content.count("-->") for token in tokens if token.type == "html_block"] == [1]
    assert not [child for child in inline if child.type == "html_inline"]
    links = [child.attrs["href"] for child in inline if child.type == "link_open"]
    assert [link for link in links if not link.startswith("#")] == ["scene.toml"]
    (picture,) = (child for child in inline if child.type == "image")
    assert picture.attrs["src"] == "scene.gif"
    assert "".join(child.content for child in picture.children) == scene.animation().film.story
    plain = " ".join(words.split())
    assert shown.count(plain) == 3  # in the list, above the film and below the title
    assert f"What to notice {plain}" in shown
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]


def test_titles_of_one_name_have_links_of_their_own(write_scene, small_scene, tmp_path):
    scenes = [gv.load_scene(write_scene(small_scene, f"{name}.toml")) for name in "abc"]
    for name in "abc":
        (tmp_path / f"{name}.gif").touch()
    text = page(scenes, tmp_path, "")

    assert "- [Small](#small)\n- [Small](#small-1)\n- [Small](#small-2)\n" in text


def test_film_without_a_title_has_its_files_name(write_scene, small_scene, tmp_path):
    path = write_scene(small_scene.replace('"Small"', '" "'), "a b(1).toml")
    (tmp_path / "a b(1).gif").touch()
    text = page([gv.load_scene(path)], tmp_path, "")

    assert "## a b(1).toml\n" in text
    assert "](a%20b%281%29.gif)\n" in text
    assert text.endswith("[The scene](a%20b%281%29.toml)\n")


def test_page_needs_a_picture(write_scene, small_scene, tmp_path):
    path = write_scene(small_scene + 'formats = ["mp4"]\n')

    with pytest.raises(
        gv.InputError, match=r"makes no picture for a page: add 'gif' to the formats of its \[output\]"
    ):
        page([gv.load_scene(path)], tmp_path, "")
