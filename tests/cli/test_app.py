"""What the subcommands share: help, settings, limits, summaries and how errors are shown."""

import contextlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gmmviz as gv
from gmmviz.scene import Mistake, SceneError

app = importlib.import_module("gmmviz.cli.app")  # which the package's `app` hides

COMMANDS = [
    "render",
    "explore",
    "watch",
    "preview",
    "check",
    "new",
    "list",
    "fit",
    "trace",
    "embed",
    "gallery",
    "deck",
    "schema",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_on_a_screen(gmmviz, command):
    text = gmmviz(command, "--help").stdout

    assert "Example: gmmviz" in text
    assert len(text.splitlines()) <= 40
    assert max(map(len, text.splitlines())) <= 80


def test_help_names_every_command(gmmviz):
    text = gmmviz("--help").stdout

    assert re.findall(r"^  (\w+)  ", text.split("Commands:")[1], flags=re.MULTILINE) == COMMANDS


HEAVY = ("numpy", "scipy", "matplotlib", "av", "PIL", "rich", "tree_sitter")


@pytest.mark.parametrize(
    "code",
    [
        "import gmmviz",
        "import gmmviz.cli",
        "import sys; from gmmviz.__main__ import main; sys.argv = ['gmmviz', '--help']\ntry: main()\nexcept SystemExit: pass",
        "import sys; from gmmviz.__main__ import main; sys.argv = ['gmmviz', 'render', '--help']\n"
        "try: main()\nexcept SystemExit: pass",
    ],
)
def test_help_loads_nothing_heavy(code):
    code += f"\nimport sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_errors_are_not_colored_in_a_pipe(gmmviz, write_scene):
    assert gmmviz("check", write_scene("title = 3\n")).stderr.count("\x1b") == 0


def test_colors_mark_the_place_and_the_caret_only():
    complaint = Mistake("a.toml:1:9", "expected a text, got 3", "   1 | title = 3:4:", "     |         ^^^")

    assert app._colored(SceneError(complaint, "and 2 more")).split("\n") == [
        "\x1b[1ma.toml:1:9\x1b[0m: expected a text, got 3",
        "   1 | title = 3:4:",
        "\x1b[31m\x1b[1m     |         ^^^\x1b[0m",
        "and 2 more",
    ]


def test_error_without_a_place_has_no_colors():
    assert app._colored(gv.InputError("a.toml:1:9: this is no place")) == "a.toml:1:9: this is no place"


def test_user_may_want_no_colors(monkeypatch):
    asked = []
    monkeypatch.setattr(app.typer, "echo", lambda message, err, color: asked.append((err, color)))
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert app.report(gv.InputError("x")) == 2
    monkeypatch.setenv("NO_COLOR", "1")
    assert app.report(gv.RenderError("x")) == 1

    assert asked == [(True, None), (True, False)]


@pytest.mark.parametrize(
    ("errors", "code", "summary"),
    [
        ([None], 0, ""),
        ([gv.InputError("bad")], 2, "bad\n"),
        ([gv.RenderError("full")], 1, "full\n"),
        ([MemoryError()], 1, "0: there is not enough memory for that\n"),
        ([None, None], 0, "2 of 2 scenes done\n"),
        ([gv.InputError("bad"), None, gv.RenderError("full")], 1, "bad\nfull\n1 of 3 scenes done; failed: 0, 2\n"),
    ],
)
def test_each_scene_fails_by_itself(capsys, errors, code, summary):
    def do(path):
        if errors[int(path.name)]:
            raise errors[int(path.name)]

    try:
        app.for_each([Path(str(i)) for i in range(len(errors))], do, "done")
        left = 0
    except app.typer.Exit as left_with:
        left = left_with.exit_code

    assert (left, capsys.readouterr().err) == (code, summary)


def test_fault_of_ours_costs_one_scene_and_shows_where_it_is(capsys):
    done = []

    def do(path):
        if path == Path("a"):
            raise ZeroDivisionError("a fault of ours")
        done.append(path)

    with pytest.raises(app.typer.Exit) as left:
        app.for_each([Path("a"), Path("b")], do, "done")
    said = capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        app.for_each([Path("a")], do, "done")

    assert (left.value.exit_code, done) == (1, [Path("b")])
    assert said.startswith("a: Traceback (most recent call last):\n")
    assert said.endswith("ZeroDivisionError: a fault of ours\n\n1 of 2 scenes done; failed: a\n")


@pytest.mark.parametrize("error", [gv.InputError("x"), ZeroDivisionError("Invalid bounding box")])
def test_interrupt_ends_all_scenes_whatever_it_was_taken_for(monkeypatch, error):
    """Matplotlib's C++ raises an error of its own, which a plugin's blame may turn into another."""
    done = []

    def do(path):
        done.append(path)
        monkeypatch.setattr(app.interrupts, "_received", 2)
        raise error

    with pytest.raises(SystemExit) as left:
        app.for_each([Path("a"), Path("b")], do, "done")

    assert (left.value.code, done) == (130, [Path("a")])


@pytest.mark.parametrize(
    ("fail", "summary"), [(False, ""), (True, "bad\nbad\n0 of 2 scenes done; failed: a, b\n")]
)
def test_quiet_summary_is_for_failures(capsys, fail, summary):
    def do(path):
        if fail:
            raise gv.InputError("bad")

    with contextlib.suppress(app.typer.Exit):
        app.for_each([Path("a"), Path("b")], do, "done", quiet=True)

    assert capsys.readouterr().err == summary


def test_settings_limits_and_plugins_are_passed_on(write_scene, small_scene):
    write_scene("", "mine.py")
    path = write_scene('plugins = ["mine.py"]\n' + small_scene)

    scene = app.read(path, ["title=Mine"], ["points=300"], True)

    assert scene.tables.title == "Mine"
    assert scene.limits.points == 300
    with pytest.raises(gv.InputError, match="--allow-plugins"):
        app.read(path, [], [], False)


def test_unknown_choice_is_told_with_those_that_there_are(gmmviz, scene):
    result = gmmviz("render", scene, "--quality", "drft")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        "Error: Invalid value for '--quality': 'drft' is not one of 'draft', 'standard', 'high'."
    )
