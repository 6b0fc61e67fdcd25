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
