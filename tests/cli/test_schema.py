"""`gmmviz schema`."""

import json

from gmmviz.scene.schema import schema_text


def test_schema_is_printed(gmmviz):
    done = gmmviz("schema")

    assert (done.exit_code, done.stdout) == (0, schema_text())
    assert json.loads(done.stdout)["title"] == "A gmmviz scene"


def test_schema_is_written_to_a_file(gmmviz, folder):
    done = gmmviz("schema", "-o", "scene.schema.json")

    assert (done.exit_code, done.stdout) == (0, "")
    assert (folder / "scene.schema.json").read_text(encoding="utf-8") == schema_text()


def test_folder_that_is_not_there_is_one_sentence(gmmviz):
    done = gmmviz("schema", "-o", "none/x.json")

    assert (done.exit_code, done.stderr) == (
        2, "there is no folder none to write x.json into: make it first\n"
    )  # fmt: skip


def test_full_disk_leaves_the_old_schema(gmmviz, folder, full_disk):
    (folder / "x.json").write_text("old")

    done = gmmviz("schema", "-o", "x.json")

    assert (done.exit_code, done.stderr) == (1, "x.json was not written: File too large\n")
    assert (folder / "x.json").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["x.json"]


def test_installed_plugins_are_in_the_schema(gmmviz, monkeypatch):
    asked = []
    monkeypatch.setattr("gmmviz.scene.plugins.load_installed", lambda: asked.append(True))

    gmmviz("schema")

    assert asked == [True]
