"""Scenes with mistakes, each with the whole of what is said of them: see broken_scenes.txt.

After a change of wording, ``python tests/scene/test_checking.py`` writes the table anew; read its diff.
"""

import re
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import pytest

import gmmviz as gv
from gmmviz.errors import listed
from gmmviz.scene import ModelTable, SceneTables

TABLE = Path(__file__).with_name("broken_scenes.txt")
BESIDE = {
    "three.csv": "x,y\n1,2\n3,4\n5,7\n",
    "base.toml": '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\n',
    "bad_base.toml": '[data]\ndataset = "old_faithful"\n[model]\ncomponents = "2"\n',
}
# What grows with the package is not spelled out in the table.
GROWING = {
    "{tables}": listed([field.name for field in fields(SceneTables)], "and"),
    "{sweepable}": listed(["seed", *(field.name for field in fields(ModelTable)), "data", "model"], "and"),
    "{datasets}": ", ".join(map(repr, gv.DATASETS)),
    "{renderers}": ", ".join(map(repr, gv.RENDERERS)),
    "{formats}": listed(gv.ENCODERS, "and"),
}
CASES = re.findall(
    r"^=== (.+?)\n(.*?)^--- what is said:\n(.*?)\n(?=^===|\Z)",
    TABLE.read_text(encoding="utf-8") + "\n",
    re.MULTILINE | re.DOTALL,
)


def what_is_said(text, folder):
    for name, content in BESIDE.items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "scene.toml").write_text(text, encoding="utf-8")
    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(folder / "scene.toml").animation()
    return str(caught.value).replace(str(folder), "{folder}")


@pytest.mark.parametrize(("text", "message"), [pytest.param(t, m, id=name) for name, t, m in CASES])
def test_mistake_is_named_with_its_place(tmp_path, text, message):
    for growing, names in GROWING.items():
        message = message.replace(growing, names)

    assert what_is_said(text, tmp_path) == message.rstrip("\n")


def test_table_is_long():
    assert len(CASES) >= 100
    assert len({text for _, text, _ in CASES}) == len(CASES)


def write_table(cases):
    blocks = []
    for name, text, _ in cases:
        with tempfile.TemporaryDirectory() as folder:
            message = what_is_said(text, Path(folder))
        for growing, names in GROWING.items():
            message = message.replace(names, growing)
        blocks.append(f"=== {name}\n{text}--- what is said:\n{message}\n\n")
    TABLE.write_text("".join(blocks).rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(write_table(CASES))


def test_every_word_that_cannot_be_written_is_reported_at_its_place(write_scene, small_scene):
    words = """\
language = "de"
[words]
iteratoin = "Schritt"
points = "{m} Punkte"
run = 3
weights = "Anteile"
"""
    path = write_scene(words.split("[words]")[0] + small_scene + "[words]" + words.split("[words]")[1])
    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path)
    said = [line for line in str(caught.value).splitlines() if line.startswith(str(path))]

    assert [line.split(": ", 1)[1] for line in said] == [
        "words.iteratoin: unknown word 'iteratoin'; did you mean 'iteration'?",
        "words.points: points knows no {m}; known: 'n'",
        "words.run: expected a text, got 3; in English it is 'run {i}'",
    ]


def test_scene_speaks_its_language_and_its_own_words(write_scene, small_scene):
    path = write_scene(
        'language = "de"\n' + small_scene + '[words]\nweights = "Anteile"\n[captions]\nstart = "Los"\n'
    )
    film = gv.load_scene(path).animation()

    assert film.words.say("weights") == "Anteile"
    assert film.words.say("iteration") == "Iteration"
    assert film.film.steps[0].words == "Los"
    assert film.film.steps[1].words.startswith("E-Schritt 1: Punkte nehmen")
    assert film.subtitle == "272 Punkte, 2 Komponenten"
    assert film.title == "Small"


def test_file_of_a_language_of_ones_own_is_extended(write_scene, small_scene):
    """A language is a file with the tables of a scene."""
    from gmmviz.storyboard import languages

    german = (Path(languages.__file__).parent / "de.toml").read_text(encoding="utf-8")
    write_scene(german.replace("Punkte", "Pünktli"), "gsw.toml")
    path = write_scene('language = "gsw"\nextends = "gsw.toml"\n' + small_scene)

    assert gv.load_scene(path).animation().subtitle == "272 Pünktli, 2 Komponenten"  # and no warning


def test_layout_without_bars(write_scene, small_scene):
    path = write_scene(small_scene + "[layout]\nheader = false\nfooter = false\n")
    layout = gv.load_scene(path).animation().layout

    assert (layout.header, layout.footer, layout.rows) == (False, False, ())
