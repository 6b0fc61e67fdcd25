"""What holds for the package as a whole: its names, its promises, and that what it shows is run."""

import ast
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gmmviz
from gmmviz.cli import app

ROOT = Path(__file__).parent.parent
MODULES = sorted(module.name for module in pkgutil.walk_packages(gmmviz.__path__, "gmmviz."))
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(language, text=README):
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def examples():
    """Every docstring of the package that holds an example."""
    for name in MODULES:
        if ">>>" in inspect.getsource(module := importlib.import_module(name)):
            yield from (docstring for docstring in doctest.DocTestFinder().find(module) if docstring.examples)


def test_public_names_are_those_that_can_be_imported():
    assert len(gmmviz.__all__) > 60
    for name in gmmviz.__all__:
        assert getattr(gmmviz, name) is not None


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="No gmmviz attribute nonsense"):
        gmmviz.nonsense  # noqa: B018


@pytest.mark.parametrize("name", MODULES)
def test_module_says_in_its_first_line_what_it_does(name):
    first = (importlib.import_module(name).__doc__ or "").split("\n")[0]

    assert len(first) > 20


@pytest.mark.parametrize("docstring", list(examples()), ids=lambda docstring: docstring.name)
def test_example_in_a_docstring_is_true(docstring):
    assert doctest.DocTestRunner().run(docstring).failed == 0


def test_pyplot_is_imported_nowhere():
    for path in (ROOT / "gmmviz").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                assert not any("pyplot" in name for name in names), path


@pytest.mark.parametrize("code", blocks("python"))
def test_readme_script_runs(code, tmp_path):
    scene_folder = tmp_path / "scenes"
    scene_folder.mkdir()
    for path in (ROOT / "scenes").glob("*.toml"):
        (scene_folder / path.name).write_text(smaller(path.read_text(encoding="utf-8")), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", smaller(code)], cwd=tmp_path, env=environment, check=True, timeout=100)

    for written in re.findall(r'save\("([^"]+)"', code):
        assert (tmp_path / written).stat().st_size > 0


def smaller(text):
    """The script or scene with a picture a quarter as wide and high, which is painted sooner."""
    return re.sub(r"(?<=size = \[)960, 540|(?<=size=\()(640, 360|800, 450)", "240, 136", text)


def test_readme_tour_of_the_command_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tour = README.split("<!-- command: tour -->\n```sh\n")[1].split("```")[0]

    for line in tour.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        if arguments[0] == "render":
            arguments += ["--set", "pace.iterations=[3]"]  # shorter films
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert (program, done.exit_code) == ("gmmviz", 0), done.output

    made = {path.name for path in tmp_path.iterdir()}
    assert made == {
        "film.toml", "film.draft.gif", "film.gif", "film.mp4", "film-M3.png", "two.png", "run.npz", "films.md",
        "film.explore.html", "scene.schema.json",
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore::gmmviz.GmmvizWarning")
@pytest.mark.parametrize("text", blocks("toml"))
def test_readme_scene_is_a_scene(text, write_scene, tmp_path):
    (tmp_path / "geyser.csv").write_text(*blocks("csv"), encoding="utf-8")
    film = gmmviz.load_scene(write_scene(text)).animation()

    assert film.length > 0


def test_contributing_guide_makes_a_renderer_with_its_test_and_its_scene(tmp_path):
    renderer, test = blocks("python", CONTRIBUTING)
    (scene,) = blocks("toml", CONTRIBUTING)
    for folder in ("", "renderers"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "conftest.py").write_bytes((ROOT / "tests" / folder / "conftest.py").read_bytes())
    for shared in ("clock.py", "browsers.py"):
        (tmp_path / shared).write_bytes((ROOT / "tests" / shared).read_bytes())
    (tmp_path / "used.py").write_text(renderer, encoding="utf-8")
    (tmp_path / "renderers" / "test_used.py").write_text(test, encoding="utf-8")
    (tmp_path / "used.toml").write_text(scene, encoding="utf-8")
    run = """
import pytest, gmmviz.renderers, gmmviz.cli
gmmviz.renderers.__path__.append(".")  # as if the file stood among the renderers
import gmmviz.renderers.used
assert pytest.main(["-q", "--import-mode=importlib", "renderers"]) == 0
gmmviz.cli.app(["render", "used.toml", "--at", "end", "--size", "240x136"])
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", run], cwd=tmp_path, env=environment, check=True, timeout=100)

    assert (tmp_path / "used-end.png").stat().st_size > 0
