"""The subcommands beside `gmmviz render`."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import gmmviz as gv
from gmmviz.encoders import encoder_for

ROOT = Path(__file__).parents[2]
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


def test_check_says_that_a_scene_is_in_order_and_writes_nothing(gmmviz, scene, folder):
    done = gmmviz("check", scene)

    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{scene}: in order\n", "")
    assert os.listdir(folder) == []


def test_check_of_several_names_those_that_are_not(gmmviz, scene, write_scene):
    bad = write_scene("title = 3\n", "bad.toml")

    done = gmmviz("check", bad, scene, "--quiet")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == f"1 of 2 scenes in order; failed: {bad}"


LATER = {
    "a renderer that cannot draw the data": (
        ('dataset = "old_faithful"', 'dataset = "acidity"'),
        "the panel draws 2 features, but Acidity has 1",
    ),
    "a film shorter than its ends": (
        ("length = 3.0", "length = 0.9"),
        "the film is to last 0.9 s, but start and end alone last 1 s",
    ),
    "a start of another size": (
        ("[pace]", '[model.start]\nkind = "given"\nmeans = [[1, 2]]\ncovariances = [[[1, 0], [0, 1]]]\n[pace]'),
        "the start gives 1 means for 2 components",
    ),
}


@pytest.mark.parametrize("case", LATER)
def test_check_finds_what_the_film_would_stumble_over(gmmviz, write_scene, small_scene, case):
    change, message = LATER[case]

    done = gmmviz("check", write_scene(small_scene.replace(*change)))

    assert done.exit_code == 2
    assert message in done.stderr


def test_check_fits_and_draws_nothing(scene):
    code = (
        "import sys, gmmviz.film.canvas, gmmviz.engine.steps\n"
        "from gmmviz.cli import app\n"
        "def never(*args, **kwargs): raise AssertionError\n"
        "gmmviz.film.canvas.Canvas.__init__ = gmmviz.engine.steps.m_step = never\n"
        "app(['check', sys.argv[1]], standalone_mode=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, scene], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("template", ["film", "variants", "sweep"])
def test_new_scene_renders_as_it_is(gmmviz, folder, template):
    done = gmmviz("new", "mine.toml", "--template", template)

    assert (done.exit_code, done.stdout) == (
        0, "mine.toml: now try gmmviz render mine.toml, or gmmviz watch mine.toml\n"
    )  # fmt: skip
    film = gv.load_scene(folder / "mine.toml").animation(quality="draft")
    for moment in (film.moments[0], film.moments[-1]):
        film.image(moment)
    assert (len(film.runs) > 1) == (template != "film")


def test_new_python_scene_renders_as_it_is(gmmviz, folder):
    assert gmmviz("new", "mine.py").exit_code == 0

    film = gv.load_scene(folder / "mine.py").animation(quality="draft")
    film.image(film.moments[-1])


def test_new_never_overwrites(gmmviz, folder):
    (folder / "mine.toml").write_text("precious")

    done = gmmviz("new", "mine.toml")

    assert (done.exit_code, done.stderr) == (2, "mine.toml exists already: give another name\n")
    assert (folder / "mine.toml").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine"], "the template 'film' is a .toml file: give mine.toml\n"),
        (["x.toml", "--template", "python"], "the template 'python' is a .py file: give x.py\n"),
        (["none/x.toml"], "there is no folder none: make it first\n"),
    ],
)
def test_new_says_what_it_cannot_write(gmmviz, arguments, message):
    done = gmmviz("new", *arguments)

    assert (done.exit_code, done.stderr) == (2, message)


def test_fit_prints_parameters_and_criteria(gmmviz, scene):
    done = gmmviz("fit", scene)

    trace = gv.load_scene(scene).traces[0]
    assert done.exit_code == 0
    for number in (
        f"{trace[-1].mixture.weights[1]:.4f}",
        f"{trace[-1].mixture.means[1, 0]:.5g}",
        f"log-likelihood {trace[-1].log_likelihood:.4f}",
        f"AIC {trace.aic:.2f}",
        f"BIC {trace.bic:.2f}",
        "max_iter after 3 iterations",
    ):
        assert number in done.stdout


def test_fit_as_json_is_exact(gmmviz, write_scene, small_scene):
    scene = write_scene(small_scene + "[sweep]\ncomponents = [1, 2]\n")

    found = json.loads(gmmviz("fit", scene, "--json").stdout)

    traces = gv.load_scene(scene).traces
    assert [run["name"] for run in found["runs"]] == ["K = 1", "K = 2"]
    for run, trace in zip(found["runs"], traces, strict=True):
        assert run["log_likelihood"] == trace[-1].log_likelihood
        assert run["covariances"] == trace[-1].mixture.covariances.tolist()
        assert (run["aic"], run["bic"]) == (trace.aic, trace.bic)


def test_trace_saves_the_run(gmmviz, scene, folder):
    done = gmmviz("trace", scene, "-o", "run.npz")

    assert done.exit_code == 0
    assert done.stdout.startswith("run.npz  4 snapshots, ")
    saved = gv.Trace.load(folder / "run.npz")
    assert (saved.log_likelihoods == gv.load_scene(scene).traces[0].log_likelihoods).all()


def test_trace_of_several_runs_needs_a_name(gmmviz, write_scene, small_scene, folder):
    scene = write_scene(small_scene + "[sweep]\ncomponents = [1, 2]\n")

    unnamed = gmmviz("trace", scene, "-o", "run.npz")
    misnamed = gmmviz("trace", scene, "-o", "run.npz", "--run", "K = 3")
    named = gmmviz("trace", scene, "-o", "run.npz", "--run", "K = 1")

    assert unnamed.stderr == f"{scene} has 2 runs: choose one with --run: 'K = 1' or 'K = 2'\n"
    assert misnamed.stderr == f"{scene} has no run 'K = 3'; did you mean 'K = 2'?\n"
    assert (unnamed.exit_code, misnamed.exit_code, named.exit_code) == (2, 2, 0)
    assert gv.Trace.load(folder / "run.npz").n_components == 1


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
        "  radii: list of numbers greater than 0; default none",
        "      Mahalanobis radii of the ellipses; 1, 2 and 3 hold 39 %, 86 % and 99 % of a component. "
        "Default: 1 and 2.",
    ]


def test_list_knows_a_slip(gmmviz):
    done = gmmviz("list", "starts", "kmean")

    assert (done.exit_code, done.stderr) == (2, "there is no 'kmean' in starts; did you mean 'kmeans'?\n")


def test_errors_are_colored_on_a_terminal_only(gmmviz, write_scene, monkeypatch):
    from gmmviz.cli.app import _colored

    message = "a.toml:1:9: title: expected a text, got 3\n   1 | title = 3\n     |         ^"

    assert gmmviz("check", write_scene("title = 3\n")).stderr.count("\x1b") == 0
    colored = _colored(message)
    assert re.sub(r"\x1b\[\d+m", "", colored) == message
    assert colored.startswith("\x1b[1ma.toml:1:9:\x1b[0m")


def wait_for(path, since=0):
    for _ in range(300):
        if path.exists() and path.stat().st_mtime_ns > since:
            return path.stat().st_mtime_ns
        time.sleep(0.05)
    raise AssertionError(f"{path} was not written")


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_watch_renders_on_save_and_survives_mistakes(scene, folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmviz", "watch", scene, "--set", "output.size=[64, 36]"],
        cwd=folder, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        first = wait_for(folder / "small.gif")
        good = scene.read_text()
        time.sleep(0.5)
        scene.write_text("title = 3\n")
        assert process.stderr.readline() == f"watching {scene}; Ctrl-C ends\n"
        assert process.stderr.readline() == f"{scene}:1:1: data: this key is missing\n"
        scene.write_text(good.replace("length = 3.0", "length = 2.0"))
        wait_for(folder / "small.gif", since=first)
        assert encoder_for(folder / "small.gif").read_back(folder / "small.gif").seconds == pytest.approx(2.0)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130
    finally:
        process.kill()
        process.communicate()  # or it is warned of in whatever test comes next


def test_watch_of_nothing_ends(gmmviz):
    done = gmmviz("watch", "none.toml")

    assert (done.exit_code, done.stderr) == (2, "there is no scene file none.toml\n")


def test_page_needs_the_film(gmmviz, write_scene, small_scene, tmp_path):
    path = write_scene(small_scene)

    done = gmmviz("gallery", path, "-o", tmp_path / "page.md")

    assert done.exit_code == 2
    assert (
        done.stderr == f"there is no {tmp_path / 'scene.gif'}: make it with gmmviz render {path} -o {tmp_path}\n"
    )
    assert not (tmp_path / "page.md").exists()
