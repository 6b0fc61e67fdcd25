"""`gmmviz fit`."""

import importlib
import json
from types import SimpleNamespace

import pytest
import rich.console

import gmmviz as gv

fit = importlib.import_module("gmmviz.cli.fit")


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
        "\n  stopped by max_iter after 3 iterations\n",
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


SAMPLE = (
    '[data]\ndataset = "sample"\nn_points = 1200\nweights = [1]\nmeans = [[5, -1]]\ncovariances = [[[4, 0.5], [0.5, 1]]]\n'
    "[model]\ncomponents = 1\n"
)


def test_table_has_a_row_per_component_and_feature(gmmviz, write_scene):
    path = write_scene(SAMPLE)

    lines = gmmviz("fit", path).stdout.splitlines()

    mixture = gv.load_scene(path).traces[0][-1].mixture
    (mean,), (covariance,) = mixture.means, mixture.covariances
    assert lines[0].strip() == "the sample, 1,200 points"
    rows = [line.split() for line in lines if line.split()[1:2] == ["1.0000"] or line.split()[:1] == ["x2"]]
    assert rows == [
        ["1", "1.0000", "x1", f"{mean[0]:.5g}", f"{covariance[0, 0] ** 0.5:.5g}"]
        + [f"{value:.5g}" for value in covariance[0]],
        ["x2", f"{mean[1]:.5g}", f"{covariance[1, 1] ** 0.5:.5g}", *(f"{value:.5g}" for value in covariance[1])],
    ]
    assert "(5 parameters)" in "\n".join(lines)


def test_table_is_not_wrapped_in_a_pipe(gmmviz, write_scene):
    text = gmmviz("fit", write_scene('[data]\ndataset = "wine"\n[model]\ncomponents = 1\nmax_iter = 1\n')).stdout

    header = next(line for line in text.splitlines() if "component" in line)
    assert len(header) > 150
    assert "standard" not in header


def test_runs_are_named(gmmviz, write_scene):
    text = gmmviz("fit", write_scene(SAMPLE + "[sweep]\nseed = [7, 8]\n")).stdout

    assert [line.strip() for line in text.splitlines() if "1,200 points" in line] == [
        "seed 7: the sample, 1,200 points",
        "seed 8: the sample, 1,200 points",
    ]


def test_json_says_all_of_a_run(gmmviz, write_scene):
    path = write_scene(SAMPLE)
    (run,) = json.loads(gmmviz("fit", path, "--json").stdout)["runs"]

    trace = gv.load_scene(path).traces[0]
    assert run["name"] == ""
    assert run["data"] == "the sample"
    assert (run["n_points"], run["features"], run["n_components"]) == (1200, ["x1", "x2"], 1)
    assert run["iterations"] == len(trace) - 1
    assert (run["stop_reason"], run["n_parameters"], run["icl"]) == ("converged", 5, trace.icl)
    assert run["weights"] == [1.0]
    assert run["means"] == trace[-1].mixture.means.tolist()


def test_mistake_exits_2(gmmviz, write_scene):
    done = gmmviz("fit", write_scene(SAMPLE.replace("components = 1", "components = 0")))

    assert (done.exit_code, done.stdout) == (2, "")


def test_names_are_printed_as_they_are(gmmviz, write_scene, small_scene):
    """Square brackets are colors to Rich, and words between colons pictures."""
    names = ["[/red]", "[bold]b", ":smile:", "two\\n\\nlines"]
    variants = "".join(f'[variants."{name}".model]\ntol = {i + 1}\n' for i, name in enumerate(names))

    done = gmmviz("fit", write_scene(small_scene + variants))

    assert done.exit_code == 0
    for name in ("[/red]", "[bold]b", ":smile:", "two lines"):
        assert f"{name}: Old Faithful, 272 points " in done.stdout


def test_what_was_left_out_of_the_data_is_a_note(gmmviz, write_scene):
    scene = write_scene('[data]\ndataset = "csv"\npath = "a.csv"\nmissing = "drop"\n[model]\ncomponents = 1\n')
    (scene.parent / "a.csv").write_text(",x,y\n0,1.5,2\n1,3,1\n2,,1\n3,4,5\n")
    path = scene.parent / "a.csv"
    notes = (
        f"{scene}: note: {path}: column 1 has no name and counts the rows: left out\n"
        f"{scene}: note: {path}: 1 of 4 rows was left out because cells are empty\n"
    )

    assert [gmmviz(command, scene).stderr for command in ("fit", "check")] == [notes] * 2
    assert gmmviz("render", scene, "-o", scene.parent / "a.poster.png").stderr.startswith(notes)
    assert gmmviz("trace", scene, "-o", scene.parent / "a.npz").stderr == notes
    assert gmmviz("check", scene, "--quiet").stderr == ""


@pytest.mark.parametrize(("terminal", "width"), [(True, None), (False, 200)])
def test_table_is_plain_and_as_wide_as_the_terminal(scene, monkeypatch, terminal, width):
    settings, console = [], rich.console.Console
    monkeypatch.setattr("rich.console.Console", lambda **given: settings.append(given) or console(**given))
    monkeypatch.setattr(fit, "sys", SimpleNamespace(stdout=SimpleNamespace(isatty=lambda: terminal)))
    fit._print_tables(gv.load_scene(scene).runs)

    assert settings == [{"width": width, "highlight": False, "markup": False, "emoji": False}]


def test_one_of_a_kind_is_told_as_one(gmmviz, write_scene):
    scene = (
        '[data]\ndataset = "points"\npoints = [[0], [1], [5]]\n'
        '[model]\ncomponents = 1\nmax_iter = 1\nfixed = ["means"]\n'
    )
    text = gmmviz("fit", write_scene(scene)).stdout

    assert "(1 parameter)\n  stopped by max_iter after 1 iteration\n" in text
