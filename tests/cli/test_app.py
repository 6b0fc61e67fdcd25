"""What the subcommands share: help, settings, limits, summaries and how errors are shown."""

import re
import subprocess
import sys

import pytest

COMMANDS = ["render", "watch", "check", "new", "list", "fit", "trace", "gallery", "schema"]


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


def test_errors_are_colored_on_a_terminal_only(gmmviz, write_scene, monkeypatch):
    from gmmviz.cli.app import _colored

    message = "a.toml:1:9: title: expected a text, got 3\n   1 | title = 3\n     |         ^"

    assert gmmviz("check", write_scene("title = 3\n")).stderr.count("\x1b") == 0
    colored = _colored(message)
    assert re.sub(r"\x1b\[\d+m", "", colored) == message
    assert colored.startswith("\x1b[1ma.toml:1:9:\x1b[0m")
