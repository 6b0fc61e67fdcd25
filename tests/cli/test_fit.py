"""`gmmviz fit`."""

import json

import gmmviz as gv


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
