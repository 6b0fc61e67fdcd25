import json
import re
from pathlib import Path

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.explorable.explorable import MOST_POINTS, sample_of


def facts(explorable):
    text = explorable.page()
    return json.loads(text.split('<script type="application/json">')[1].split("</script>")[0])


def test_page_is_one_file_without_addresses(trace):
    page = gv.explore(trace, title="</script><b>").page()

    assert page.startswith("<!doctype html>")
    assert re.findall(r"https?://[^\s\"'<)]+", page) == ["http://www.w3.org/2000/svg"] * page.count("http://")
    assert page.count("<script") == 2
    assert "<h1>&lt;/script&gt;&lt;b&gt;</h1>" in page


def test_page_begins_with_the_run(trace):
    model = facts(gv.explore(trace, start=gv.RandomPoints(seed=4)))["model"]

    assert model["choice"] == {
        "K": 2,
        "kind": "random_points",
        "seed": 4,
        "family": "full",
        "algorithm": "em",
        "ridge": "auto",
    }
    assert model["ends"] == {"tol": 1e-7, "stopOn": "log_likelihood", "maxIter": 5}
    rows = model["starts"]["random_points"]["table"]["2/4"]["at"]
    assert trace.data.points[rows].tolist() == trace[0].mixture.means.tolist()


def test_run_whose_start_is_not_told_begins_at_its_first_mixture(trace):
    model = facts(gv.explore(trace))["model"]

    assert (model["choice"]["kind"], model["choice"]["seed"]) == ("given", 0)
    assert model["starts"]["given"]["given"]
    assert set(model["starts"]["given"]["table"]) == {"2/0"}
    usual = {"random_points", "kmeans++", "kmeans", "random_responsibilities"}
    assert set(model["starts"]) == {"given"} | usual | {"corner", "identical", "on_point"}


def test_best_of_several_starts_has_its_seed(old_faithful):
    trace = gv.fit(old_faithful, gv.RandomPoints(seed=3), n_components=3, n_init=4)
    number = [attempt[0].mixture for attempt in trace.attempts].index(trace[0].mixture)
    model = facts(gv.explore(trace, start=gv.RandomPoints(seed=3)))["model"]

    assert model["choice"]["seed"] == 3 + number
    rows = model["starts"]["random_points"]["table"][f"3/{3 + number}"]["at"]
    assert trace.data.points[rows].tolist() == trace[0].mixture.means.tolist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"algorithm": "annealed"},
            "the page knows the algorithms em, hard_em, kmeans, and this run is of annealed: fit it with one of these",
        ),
        ({"fixed": ["weights"]}, "the page knows nothing of fixed parameters, which this run has: fit it without"),
        ({"prior": {"shrinkage": 1}}, "the page knows nothing of a prior, which this run has: fit it without"),
    ],
)
def test_run_that_the_page_could_not_repeat_is_refused(trace, changes, message):
    other = gv.Trace(trace.data, trace.snapshots, trace.stop_reason, {**trace.settings, **changes})
    with pytest.raises(gv.InputError, match=f"^{re.escape(message)}$"):
        gv.explore(other)


@pytest.mark.parametrize(
    ("settings", "what"),
    [({"labels": [0, -1, -1, 1]}, "known labels"), ({"missing": "marginalize"}, "missing values")],
)
def test_what_only_the_fit_knows_of_the_points_is_refused(settings, what):
    points = np.array([[0.0, 1], [1, 0], [5, np.nan if "missing" in settings else 6], [6, 5]])
    trace = gv.fit(points, gv.RandomPoints(seed=0), n_components=2, max_iter=2, **settings)

    with pytest.raises(
        gv.InputError, match=f"^the page knows nothing of {what}, which this run has: fit it without$"
    ):
        gv.explore(trace)


def test_sample_of_points_that_a_scene_tells_more_of_is_refused_for_that(write_scene, small_scene, tmp_path):
    rows = "\n".join(f"{n},{n * n % 7},{'' if n % 3 else n % 2}" for n in range(30))
    (tmp_path / "a.csv").write_text(f"u,v,kind\n{rows}\n5,,\n")
    source = '"csv"\npath = "a.csv"\nlabels = "kind"\nmissing = "marginalize"'
    scene = small_scene.replace('"old_faithful"', source).replace(
        "components = 2", 'components = 2\nknown = "all"'
    )

    with pytest.raises(gv.InputError, match=r"model\.known: the page of this scene knows nothing of known labels"):
        gv.explore(gv.load_scene(write_scene(scene)), sample=20)


def test_more_points_than_a_page_takes_are_refused():
    data = gv.Dataset(np.random.default_rng(0).normal(size=(MOST_POINTS + 1, 1)), name="many")
    trace = gv.fit(data, n_components=1, max_iter=1)
    with pytest.raises(
        gv.InputError,
        match=r"^many has 20,001 points, and a page takes 20,000 at most: explore a "
        r"sample, such as --sample 5000$",
    ):
        gv.explore(trace)
    few = sample_of(data, 100)
    assert few.name == "many, a sample of 100 of 20,001 points"
    assert np.isin(few.points, data.points).all()
    assert sample_of(few, 100) is few


def test_more_features_than_a_page_takes_are_refused():
    data = gv.Dataset(np.random.default_rng(0).normal(size=(50, 21)), name="wide")
    with pytest.raises(
        gv.InputError, match=r"^wide has 21 features, and a page takes 20 at most: leave some out$"
    ):
        gv.explore(gv.fit(data, n_components=1))


@pytest.mark.parametrize(
    ("what", "options", "message"),
    [
        (3, {}, "what is explored is a Trace, a Run or a Scene, not 3"),
        ("trace", {"run": "a"}, "a run is chosen of a scene, and this is a Trace: leave it out"),
        ("trace", {"sample": 5}, "a sample is chosen of a scene, and this is a Trace: leave it out"),
    ],
)
def test_what_cannot_be_explored_is_refused(trace, what, options, message):
    with pytest.raises(gv.InputError, match=f"^{re.escape(message)}$"):
        gv.explore(trace if what == "trace" else what, **options)


def test_run_gives_the_title(trace):
    assert gv.explore(gv.Run(trace, "seed 4")).title == "seed 4"


def test_page_is_written_as_html_alone(trace, tmp_path):
    page = gv.explore(trace)
    with pytest.raises(gv.InputError, match=r"^an explorable is a page: give the path .*a\.html, not .*a\.png$"):
        page.save(tmp_path / "a.png")
    path = page.save(tmp_path / "a.html")
    assert path.read_text(encoding="utf-8") == page.page()


def test_notebook_shows_the_page(trace):
    shown = gv.explore(trace, title="<Mine>")._repr_mimebundle_()

    assert shown["text/plain"] == "<Explorable '<Mine>': Old Faithful, 272 points, 2 components>"
    assert shown["text/html"].startswith('<iframe srcdoc="&lt;!doctype html&gt;')
    assert shown["text/html"].isascii()
    assert 'sandbox="allow-scripts allow-downloads"' in shown["text/html"]


def test_words_and_captions_are_the_languages(trace):
    told = facts(gv.explore(trace, language="de", words={"explore_run": "Los"}))

    assert told["words"]["explore_pause"] == "Anhalten"
    assert told["words"]["explore_run"] == "Los"
    assert told["captions"]["first_m"].startswith("M-Schritt {iteration}: ")
    assert '<html lang="de"' in gv.explore(trace, language="de").page()


def test_words_that_stay_english_are_told(trace):
    n_words = sum(key.startswith("explore_") for key in gv.WORDS)
    with pytest.warns(
        gv.GmmvizWarning, match=rf"^{n_words - 1} texts of this page in 'pt' stay English, such as "
    ):
        gv.explore(trace, language="pt", words={"explore_e": "Passo E"})


def test_captions_about_other_runs_are_the_usual_ones(trace):
    captions = gv.Captions(
        converged="Of {bic[2]}", first_e="E {iteration}: {components[1]} of them", end="{differ}"
    )
    told = facts(gv.explore(trace, captions=captions))["captions"]

    assert told["converged"] == gv.Captions().converged
    assert told["first_e"] == "E {iteration}: 2 of them"


def test_panel_says_which_features_are_shown():
    trace = gv.fit(gv.load_dataset("iris"), n_components=2)
    panel = facts(gv.explore(trace, panel=gv.EllipseRenderer(features=(1, 3), radii=[1.5])))["look"]["panel"]

    assert panel["matrix"] == [1, 0, 0, 0, 0, 0, 1, 0]
    assert np.reshape(panel["matrix"], (2, 4)) @ np.reshape(panel["back"], (4, 2)) == pytest.approx(np.eye(2))
    assert panel["radii"] == [1.5]
    assert panel["note"] == "2 of 4 features shown; ellipses hold 68 %"


def test_exercise_of_the_readme_is_one(write_scene):
    """The scene's own run does not do the task, and another start does."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (exercise,) = [block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[explore]" in block]
    scene = gv.load_scene(write_scene(exercise))
    reach = gv.explore(scene).exercise.reach

    def ends(trace):
        return trace[-1].log_likelihood / trace.n_points

    assert abs(ends(scene.traces[0]) - reach) > 0.01
    others = [gv.fit(scene.dataset, gv.RandomPoints(seed=seed), n_components=3) for seed in range(10)]
    assert sum(abs(ends(trace) - reach) < 0.005 for trace in others) >= 3
