import numpy as np
import pytest

import gmmviz as gv


@pytest.fixture
def explorer(trace):
    return gv.Explorer(gv.explore(trace))


def told(mixture):
    return {name: getattr(mixture, name).ravel().tolist() for name in ("weights", "means", "covariances")}


def state(origin, now, iteration, points=None, **choice):
    usual = {"algorithm": "em", "family": "full", "ridge": "auto"}
    mixtures = {"origin": told(origin), "mixture": told(now)}
    return {"choice": usual | choice, "iteration": iteration, "points": points} | mixtures


def test_before_anything_is_done_it_is_the_run(explorer, trace):
    assert explorer.trace is trace
    assert explorer.mixture is trace[0].mixture
    assert explorer.data is trace.data


def test_what_the_page_tells_is_a_mixture_and_a_run(explorer, trace):
    explorer.widget._state = state(trace[1].mixture, trace[4].mixture, 3)

    assert explorer.mixture.means.tolist() == trace[4].mixture.means.tolist()
    assert len(explorer.trace) == 4
    assert explorer.trace[-1].mixture.means == pytest.approx(trace[4].mixture.means, rel=1e-9)


def test_choices_and_points_of_the_page_are_the_runs(explorer, trace):
    points = {
        "values": trace.data.points[:50].ravel().tolist(),
        "names": ["a", "b"],
        "weights": None,
        "file": "mine.csv",
    }
    start = gv.RandomPoints(seed=1).mixture(gv.Dataset(trace.data.points[:50]), 3)
    explorer.widget._state = state(start, start, 2, points, family="diag", ridge=0.5)
    found = explorer.trace

    assert found.settings["covariance_type"] == "diag"
    assert found.settings["reg_covar"] == 0.5
    assert (found.data.name, found.data.feature_names) == ("mine.csv", ("a", "b"))
    assert np.array_equal(found.data.points, trace.data.points[:50])
    explorer.widget._state = state(start, start, 2, points, algorithm="kmeans")
    assert explorer.trace.algorithm.title == "k-means"


def test_it_shows_what_is_explored_alone(trace):
    with pytest.raises(gv.InputError, match=r"^explorable must be an Explorable, not a Trace$"):
        gv.Explorer(trace)


def test_notebook_shows_the_widget(explorer):
    shown = explorer._repr_mimebundle_()
    bundle = shown[0] if isinstance(shown, tuple) else shown

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert repr(explorer) == "<Explorer of <Explorable '': Old Faithful, 272 points, 2 components>>"
