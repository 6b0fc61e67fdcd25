"""`gmmviz list`."""

import json
import subprocess
import sys

import pytest

import gmmviz as gv

COUNTER = '''
from gmmviz.encoders import ENCODERS, Encoder
from gmmviz.options import Whole, options

@ENCODERS.register("counts.csv")
@options
class Counts(Encoder):
    """How many points each component has."""

    digits: Whole = 2
    """After the decimal point."""

    def write(self, path, film, shots):
        raise NotImplementedError
'''


def test_list_names_everything_that_is_registered(gmmviz):
    lines = dict(line.split(": ", 1) for line in gmmviz("list").stdout.splitlines())

    assert lines["renderers"] == ", ".join(gv.RENDERERS)
    assert lines["datasets"] == ", ".join(gv.DATASETS)
    assert lines["starts"] == ", ".join(gv.STARTS)
    assert lines["encoders"] == ", ".join(gv.ENCODERS)
    assert lines["themes"] == ", ".join(gv.THEMES)


def test_list_says_what_an_option_is_and_what_it_is_by_default(gmmviz):
    done = gmmviz("list", "renderers", "ellipses")

    assert done.stdout.splitlines()[1:3] == [
        "  radii: list of numbers greater than 0 and at most 1000; default none",
        "      Mahalanobis radii of the ellipses; 1, 2 and 3 hold 39 %, 86 % and 99 % of a component. "
        "Default: 1 and 2. k-means, which knows no covariances, is drawn as means and the borders between them.",
    ]


def test_list_knows_a_slip(gmmviz):
    done = gmmviz("list", "starts", "kmean")

    assert (done.exit_code, done.stderr) == (2, "there is no 'kmean' in starts; did you mean 'kmeans'?\n")


def test_all_members_or_one_are_printed(gmmviz):
    every = gmmviz("list", "starts").stdout
    one = gmmviz("list", "starts", "corner").stdout

    assert [line.split("  ")[0] for line in every.splitlines() if not line.startswith(" ")] == list(gv.STARTS)
    assert one in every
    assert one.startswith("corner  ")


def test_option_that_is_needed_has_no_default(gmmviz):
    assert "  path: text; needed\n      The file, or a pattern such as" in gmmviz("list", "datasets", "npy").stdout


def test_reference_page_is_printed(gmmviz):
    from gmmviz.scene.reference import markdown_page

    assert gmmviz("list", "--markdown").stdout == markdown_page()


def test_installed_plugins_are_listed(gmmviz, monkeypatch):
    asked = []
    monkeypatch.setattr("gmmviz.scene.plugins.load_installed", lambda: asked.append(True))

    gmmviz("list", "renderers")

    assert asked == [True]


@pytest.mark.parametrize("command", [["list", "encoders", "counts.csv"], ["schema"]], ids=["list", "schema"])
def test_plugin_is_counted(tmp_path, command):
    (tmp_path / "counts.py").write_text(COUNTER)

    done = subprocess.run(
        [sys.executable, "-m", "gmmviz", *command, "--plugin", "counts.py"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    if command == ["schema"]:
        tables = json.loads(done.stdout)["properties"]["output"]["properties"]
        assert "digits" in tables["counts.csv"]["properties"]
    else:
        assert done.stdout == (
            "counts.csv  How many points each component has.\n"
            "  digits: whole number; default 2\n"
            "      After the decimal point.\n"
        )
