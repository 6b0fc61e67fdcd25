"""The explorable in Chromium: by mouse, keys and touch; its numbers are those of gmmviz."""

import io
import json
import xml.etree.ElementTree as ET
from typing import get_args

import numpy as np
import pytest
from browsers import package
from PIL import Image

import gmmviz as gv
from gmmviz.artists.marked_points import sizes
from gmmviz.explorable.exercise import Exercise, Hidden, Locked
from gmmviz.explorable.page import part
from gmmviz.explorable.starts import POOR

CLOSE = 1e-9


def run_of(text, tmp_path):
    """The run of a copied scene, in gmmviz."""
    path = tmp_path / "copied.toml"
    path.write_text(text, encoding="utf-8")
    return gv.load_scene(path).traces[0]


def same_run(explored, tmp_path):
    """Whether the copied scene gives the run that was seen, to its last state; returns that run."""
    trace = run_of(explored.scene, tmp_path)
    iteration, _ = explored.state
    assert len(trace) > iteration
    assert explored.far_from(trace[iteration], trace.data.points) < CLOSE
    return trace


def test_every_step_is_the_librarys(explored, scene):
    (trace,) = scene.traces
    points = trace.data.points
    assert explored.far_from(trace[0], points) < 1e-15
    for snapshot in trace[1:11]:
        explored.click("e", "m")
        assert explored.far_from(snapshot, points) < CLOSE
        shown = explored.page.inner_text(".value").replace("−", "-")
        assert shown == f"{snapshot.log_likelihood / len(points):.4f}"
        assert explored.state == [snapshot.iteration, "m"]


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize(
    ("K", "seed", "start"),
    [
        (3, 4, "random_points"),
        (6, 9, "kmeans++"),
        (4, 2, "kmeans"),
        (2, 0, "on_point"),
        (3, 0, "corner"),
        (3, 0, "identical"),
    ],
)
def test_every_choice_is_the_librarys(explored, scene, family, K, seed, start):
    explored.choose(components=K, start=start, family=family)
    if start not in POOR:  # of which there is one
        explored.choose(seed=seed)
    data = scene.dataset
    begin = POOR.get(start) or gv.STARTS[start](seed=seed)
    # Where all are the same is a saddle, from which rounding leads away, faster in each iteration.
    n = 5 if start == "identical" else 20
    trace = gv.fit(data, begin, n_components=K, covariance_type=family, max_iter=n, tol=0)
    explored.ask("Array.from({ length: argument }, () => s.press('e') && s.press('m'))", n)

    assert explored.far_from(trace[n], data.points) < CLOSE


@pytest.mark.parametrize("algorithm", ["hard_em", "kmeans"])
def test_every_algorithm_is_the_librarys(explored, scene, algorithm):
    explored.choose(algorithm=algorithm, components=3, seed=1)
    data = scene.dataset
    trace = gv.fit(data, gv.RandomPoints(seed=1), n_components=3, algorithm=algorithm, max_iter=5, tol=0)
    for snapshot in trace[1:]:
        explored.click("e", "m")
        assert explored.far_from(snapshot, data.points) < CLOSE


def test_regularization_is_the_librarys(explored, scene):
    explored.page.fill("input[name=ridge]", "0.25")
    explored.page.keyboard.press("Enter")
    trace = gv.fit(scene.dataset, gv.RandomPoints(seed=15), n_components=2, reg_covar=0.25, max_iter=3, tol=0)
    explored.click("e", "m", "e", "m", "e", "m")

    assert explored.far_from(trace[3], scene.dataset.points) < CLOSE
    explored.page.fill("input[name=ridge]", "-1")
    explored.page.keyboard.press("Enter")
    assert explored.said == "Regularization is a number, 0 or more, or auto; not -1"
    assert explored.page.input_value("input[name=ridge]") == "0.25"


def test_each_step_says_what_it_did(explored):
    explored.click("e")
    assert explored.said.split() == ["E-step", "1", "points", "take", "their", "components'", "colors"]
    assert explored.aloud.strip() == "E-step 1: points take their components' colors."
    explored.click("m")
    assert explored.said.split() == ["M-step", "1", "components", "move", "to", "their", "points"]
    assert "log-likelihood per point: −4.4276" in explored.aloud


def test_step_out_of_turn_is_explained(explored):
    explored.click("m")
    assert explored.state == [0, "start"]
    assert explored.said == "First the E-step: the M-step needs to know whose the points are"
    assert explored.page.get_attribute("button[name=m]", "aria-disabled") == "true"
    explored.click("e", "e")
    assert explored.state == [0, "e"]
    assert explored.said == "Now the M-step: the points have been asked"


def test_run_ends_where_the_library_does(explored, scene):
    (trace,) = scene.traces
    explored.page.evaluate(
        "() => { window.setTimeout = ((usual) => (what) => usual(what, 0))(window.setTimeout) }"
    )
    explored.click("run")
    explored.page.wait_for_function("() => document.querySelector('.said').textContent.includes('Converged')")

    assert explored.state[0] == len(trace) - 1
    assert explored.said.split() == f"Converged after iteration {len(trace) - 1}".split()
    assert explored.far_from(trace[-1], trace.data.points) < CLOSE
    explored.click("undo")  # a run is undone as a whole
    assert explored.state == [0, "start"]


def test_run_pauses(open_explorable, page_file):
    explored = open_explorable(page_file)
    clock = explored.page.clock
    clock.install()
    clock.pause_at(explored.page.evaluate("() => Date.now() + 60_000"))
    explored.click("run")
    clock.run_for(2000)
    there = explored.state
    assert there[0] in (1, 2)
    assert explored.page.inner_text("button[name=run]") == "Pause"
    explored.click("run")
    clock.run_for(5000)

    assert explored.state == there
    assert explored.page.inner_text("button[name=run]") == "Run"


def test_step_back_and_undo(explored):
    explored.click("back")
    assert explored.said == "There is no step to take back"
    explored.click("undo")
    assert explored.said == "There is nothing to undo"
    explored.click("e", "m", "e", "back")
    assert explored.state == [1, "m"]
    explored.choose(components=4)
    assert explored.state == [0, "start"]
    explored.click("undo")
    assert explored.state == [1, "m"]
    assert explored.page.input_value("select[name=components]") == "2"
    explored.click("again")
    assert explored.state == [0, "start"]


def test_mean_follows_the_pointer(explored, tmp_path):
    before = explored.mixture()[1]
    x, y = explored.middle("mean0")
    explored.drag("mean0", -150, 90)
    after = explored.mixture()[1]

    assert after[0, 0] < before[0, 0] - 0.5
    assert after[0, 1] < before[0, 1] - 5
    assert (after[1] == before[1]).all()
    assert explored.middle("mean0") == pytest.approx((x - 150, y + 90), abs=1)
    assert explored.said == "You moved component 1: EM begins anew from here"
    assert explored.ask("s.now.curve.map((c) => c.moved)") == [False, True]
    assert explored.page.get_attribute(".curve .moved", "d") != ""
    explored.click("e", "m", "e", "m")
    same_run(explored, tmp_path)
    explored.click("undo", "undo", "undo", "undo", "undo")  # one gesture is undone at once
    assert (explored.mixture()[1] == before).all()


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("part", ["long", "short"])
def test_ellipse_follows_the_pointer_within_its_family(explored, tmp_path, family, part):
    explored.choose(family=family)
    explored.click("e", "m")
    before = explored.mixture()
    x, y = explored.middle(f"{part}1")
    explored.drag(f"{part}1", -25, 15)
    weights, means, covariances = explored.mixture()

    assert (weights == before[0]).all()
    assert (means == before[1]).all()
    assert not np.allclose(covariances[1], before[2][1])
    if family in ("full", "tied"):
        assert np.allclose(explored.middle(f"{part}1"), (x - 25, y + 15), atol=1.5) or np.allclose(
            explored.middle("short1" if part == "long" else "long1"), (x - 25, y + 15), atol=1.5
        )
    if family == "tied":
        assert (covariances[0] == covariances[1]).all()
    if family in ("diag", "spherical"):
        assert (covariances[:, 0, 1] == 0).all()
    if family == "spherical":
        assert covariances[1, 0, 0] == covariances[1, 1, 1]
    explored.click("e", "m")
    same_run(explored, tmp_path)


def test_handles_of_a_small_ellipse_stand_beside_its_number_and_do_not_leap(explored):
    for feature, deviation in (("eruption", "0.02"), ("waiting", "0.3")):
        explored.page.get_by_label(f"Component 1: standard deviation of {feature} (min)", exact=True).fill(
            deviation
        )
        explored.page.keyboard.press("Enter")
    small = explored.mixture()[2][0]
    middle = explored.middle("mean0")
    for end in ("long0", "short0"):
        assert np.hypot(*np.subtract(explored.middle(end), middle)) == pytest.approx(26, abs=0.5)
    x, y = explored.middle("long0")
    explored.page.mouse.move(x + 2, y)
    explored.page.mouse.down()
    explored.page.mouse.move(x + 2.01, y)
    assert explored.mixture()[2][0] == pytest.approx(small, rel=0.02, abs=1e-5)
    dx, dy = np.subtract((x, y), middle) * 3
    explored.page.mouse.move(x + dx, y + dy)
    explored.page.mouse.up()
    assert np.linalg.det(explored.mixture()[2][0]) > 9 * np.linalg.det(small)


def test_arrow_keys_move_and_reshape(explored):
    _weights, means, covariances = explored.mixture()
    explored.page.focus("#mean0")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        explored.page.keyboard.press(key)
    moved = explored.mixture()[1]
    (x0, x1), (y0, y1) = explored.ask("x.plane.view.limits")
    assert moved[0] == pytest.approx(means[0] + [0.02 * (x1 - x0), 0.05 * (y1 - y0)])
    assert explored.page.evaluate("() => document.activeElement.id") == "mean0"
    explored.page.focus("#long1")
    explored.page.keyboard.press("ArrowUp")
    assert np.linalg.det(explored.mixture()[2][1]) == pytest.approx(1.05**2 * np.linalg.det(covariances[1]))
    explored.page.keyboard.press("ArrowLeft")
    assert explored.mixture()[2][1, 0, 1] != 0


def test_everything_can_be_typed(explored, tmp_path):
    page = explored.page
    for label, text in (
        ("Component 1: weight", "0.25"),
        ("Component 1: mean of eruption (min)", "2.5"),
        ("Component 2: standard deviation of waiting (min)", "11"),
        ("Component 2: correlation", "-0,5"),
    ):
        page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Enter")
    weights, means, covariances = explored.mixture()

    assert weights.tolist() == [0.25, 0.75]
    assert means[0, 0] == 2.5
    assert covariances[1, 1, 1] == 121
    assert covariances[1, 0, 1] == pytest.approx(-0.5 * 11 * covariances[1, 0, 0] ** 0.5)
    explored.click("e", "m")
    same_run(explored, tmp_path)


@pytest.mark.parametrize(
    ("label", "text", "said"),
    [
        ("Component 1: weight", "1.5", "A weight is a number from 0 to 1, not 1.5"),
        ("Component 1: mean of eruption (min)", "far", "That is not a number: far"),
        (
            "Component 1: standard deviation of eruption (min)",
            "0",
            "A standard deviation is a number above 0, not 0",
        ),
        ("Component 1: correlation", "1", "A correlation lies between −0.999 and 0.999; not 1"),
        (
            "Component 1: standard deviation of eruption (min)",
            "1e-30",
            "Component 1 would be too small or too flat",
        ),
    ],
)
def test_what_is_no_mixture_is_refused(explored, label, text, said):
    before = explored.mixture()
    explored.page.get_by_label(label, exact=True).fill(text)
    explored.page.keyboard.press("Enter")

    assert explored.said == said
    assert all((a == b).all() for a, b in zip(explored.mixture(), before, strict=True))
    assert explored.page.get_by_label(label, exact=True).input_value() != text


def test_points_are_added_and_removed(explored, scene, tmp_path):
    page = explored.page
    explored.unfold()
    explored.click("add")
    picture = page.locator(".stage svg[role]")
    picture.click(position={"x": 150, "y": 60})
    assert explored.said == "Added: there are 273 points now"
    explored.click("remove")
    places = explored.ask("[x.plane.scale.x(s.now.points.at(7)[0]), x.plane.scale.y(s.now.points.at(7)[1])]")
    picture.click(position={"x": places[0], "y": places[1]})
    assert explored.said == "Removed: there are 272 points now"
    explored.click("remove")
    explored.click("e", "m", "e", "m")
    trace = same_run(explored, tmp_path)
    assert trace.data.feature_names == scene.dataset.feature_names
    explored.click("scene-points")
    assert explored.page.inner_text(".where") == "272 points, 2 components"
    assert 'dataset = "old_faithful"' in explored.scene


def test_points_are_added_and_removed_by_keys(explored, tmp_path):
    page = explored.page
    page.focus(".points summary")
    page.keyboard.press("Enter")
    page.fill("input[name=place0]", "9")
    page.fill("input[name=place1]", "20")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert explored.ask("s.now.points.at(272)") == [9, 20]
    page.fill("input[name=point]", "273")
    assert page.inner_text(".whose") == "eruption (min) 9.000, waiting (min) 20.00; not asked yet"
    page.focus("button[name=take]")
    page.keyboard.press("Enter")
    assert explored.ask("s.now.points.N") == 272
    page.fill("input[name=place0]", "")
    explored.click("put")
    assert explored.said == "Give a number for every feature of the new point"


def test_no_fewer_points_than_components(open_explorable, tmp_path):
    trace = gv.fit(gv.Dataset([[0.0, 0], [1, 2], [3, 1]]), n_components=2)
    explored = open_explorable(gv.explore(trace).save(tmp_path / "few.html"))
    assert explored.page.locator("select[name=components] option").all_inner_texts() == ["1", "2", "3"]
    explored.ask("s.replace(s.now.points.without(0))")
    explored.page.fill("input[name=point]", "1")
    explored.unfold()
    explored.click("take")
    assert explored.said == "2 components need at least as many points, and two"


def test_responsibilities_of_a_point_are_the_librarys(explored, scene):
    trace = scene.traces[0]
    explored.page.fill("input[name=point]", "4")
    assert explored.page.inner_text(".whose").endswith("not asked yet")
    explored.click("e")
    shares = trace.responsibilities(0)[3]
    written = ", ".join(f"{k}: {100 * share:.1f} %" for k, share in enumerate(shares, 1))
    assert (
        explored.page.inner_text(".whose")
        == f"eruption (min) 2.283, waiting (min) 62.00; responsibilities: {written}"
    )


def test_point_under_the_pointer_is_looked_at(explored):
    box = explored.page.locator(".stage svg[role]").bounding_box()
    x, y = explored.ask("[x.plane.scale.x(s.now.points.at(18)[0]), x.plane.scale.y(s.now.points.at(18)[1])]")
    explored.page.mouse.move(box["x"] + x, box["y"] + y)
    n = int(explored.page.input_value("input[name=point]")) - 1
    assert explored.ask("s.now.points.at(argument)", n) == explored.ask("s.now.points.at(18)")


def test_bound_gap_and_criteria_are_the_librarys(explored, scene):
    trace = scene.traces[0]
    N = len(trace.data.points)
    halves = {(half.iteration, half.step): half for half in gv.half_steps(trace)}
    explored.click("e", "m")
    for key in ("m", "e"):
        half = halves[1, key]
        assert explored.page.inner_text("dd.bound").replace("−", "-") == f"{half.lower_bound / N:.4f}"
        assert explored.page.inner_text("dd.gap").replace("−", "-") == f"{abs(half.gap) / N:.4f}"
        explored.click("e")
    short = gv.fit(trace.data, gv.RandomPoints(seed=15), n_components=2, max_iter=1, tol=0)
    assert explored.page.inner_text("dd.parameters") == "11"
    assert explored.page.inner_text("dd.aic") == f"{short.aic:,.1f}"
    assert explored.page.inner_text("dd.bic") == f"{short.bic:,.1f}"


TABLES = {
    "commas": "a,b\n1,2\n3,4.5\n5,1\n6,6\n",
    "semicolons": "a;b\n1;2\n3;4,5\n5;1\n6;6\n",
    "tabs and other columns": "kind\ta\tb\tc\nx\t1\t2\t9\ny\t3\t4.5\t9\nz\t5\t1\t9\nz\t6\t6\t9\n",
    "missing": "a,b\n1,2\nNA,3\n3,4.5\n5,1\n6,6\n",
}


@pytest.mark.parametrize("kind", TABLES)
def test_own_file_is_opened(explored, tmp_path, kind):
    explored.page.set_input_files(
        "input[name=file]", {"name": "mine.csv", "mimeType": "text/csv", "buffer": TABLES[kind].encode()}
    )
    explored.page.wait_for_function("() => document.querySelector('.where').textContent.startsWith('4 ')")
    said = "mine.csv: 4 points of a and b; nothing leaves this page"
    also = {"missing": " Skipped: 1 rows without numbers.", "tabs and other columns": " Left out: c."}.get(
        kind, ""
    )
    assert explored.said == said + also
    assert explored.ask("Array.from(s.now.points.values)") == [1, 2, 3, 4.5, 5, 1, 6, 6]
    explored.click("e", "m")
    trace = same_run(explored, tmp_path)
    assert trace.data.name == "mine.csv"
    assert trace.data.feature_names == ("a", "b")
    explored.click("undo", "undo", "undo")
    assert explored.page.inner_text(".where") == "272 points, 2 components"
    explored.page.set_input_files(
        "input[name=file]", {"name": "again.csv", "mimeType": "text/csv", "buffer": TABLES[kind].encode()}
    )
    explored.page.wait_for_function("() => document.querySelector('.where').textContent.startsWith('4 ')")
    explored.unfold()
    explored.click("scene-points")
    assert explored.page.inner_text(".where") == "272 points, 2 components"


def test_own_file_is_dropped(explored):
    explored.page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(["x\\n1\\n2\\n4\\n9\\n"], "one.csv", { type: "text/csv" }));
        document.querySelector(".stage").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
    }""")
    explored.page.wait_for_function("() => document.querySelector('.where').textContent.startsWith('4 ')")
    assert explored.ask("[x.plane.view.d, s.now.points.names]") == [1, ["x"]]
    assert explored.page.locator("#spread0").count() == 1


@pytest.mark.parametrize(
    ("text", "said"), [("", "mine.csv is empty"), ("a,b\nx,y\n", "mine.csv has no two rows of numbers")]
)
def test_file_without_numbers_is_refused(explored, text, said):
    explored.page.set_input_files(
        "input[name=file]", {"name": "mine.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    explored.page.wait_for_function("(said) => document.querySelector('.said').innerText === said", arg=said)
    assert explored.page.inner_text(".where") == "272 points, 2 components"


def test_scene_is_copied(open_explorable, page_file, tmp_path):
    explored = open_explorable(page_file, permissions=["clipboard-read", "clipboard-write"])
    explored.unfold()
    explored.click("e", "m", "copy")
    explored.page.wait_for_function("() => document.querySelector('textarea').value !== ''")
    text = explored.page.input_value("textarea")
    explored.rest()

    assert text == explored.scene
    assert text.startswith("# From the explorable: save as film.toml, then gmmviz render film.toml\ntitle = ")
    trace = same_run(explored, tmp_path)
    assert trace.stop_reason == "converged"
    assert gv.load_scene(tmp_path / "copied.toml").animation(size=(320, 180)).title == "Old <b>Faithful</b> & more"


def test_steps_past_the_end_are_in_the_copy(explored, scene, tmp_path):
    n = len(scene.traces[0])
    explored.ask("Array.from({ length: argument + 3 }, () => s.press('e') && s.press('m'))", n)
    trace = same_run(explored, tmp_path)
    assert len(trace) == n + 4


def test_link_opens_the_same_state(explored, open_explorable, page_file):
    explored.drag("mean0", -100, 40)
    explored.ask("s.replace(s.now.points.without(5).with([3, 50]).without(271))")
    explored.choose(family="diag")
    explored.click("e", "m", "e")
    explored.unfold()
    explored.click("link")
    explored.page.wait_for_function("() => location.hash.startsWith('#s=')")
    address = explored.page.evaluate("() => location.hash")
    other = open_explorable(page_file, address)

    assert other.state == explored.state == [1, "e"]
    assert all((a == b).all() for a, b in zip(other.mixture(), explored.mixture(), strict=True))
    assert other.ask("Array.from(s.now.points.values)") == explored.ask("Array.from(s.now.points.values)")
    assert other.page.input_value("select[name=family]") == "diag"


def test_link_holds_small_points_of_the_readers_own(explored, open_explorable, page_file):
    explored.page.set_input_files(
        "input[name=file]", {"name": "own.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n2,4\n8,1\n9,3\n"}
    )
    explored.page.wait_for_function("() => document.querySelector('h1').textContent === 'own.csv'")
    explored.click("e", "m")
    explored.unfold()
    explored.click("link")
    explored.page.wait_for_function("() => location.hash.startsWith('#s=')")
    other = open_explorable(page_file, explored.page.evaluate("() => location.hash"))

    assert other.page.inner_text("h1") == "own.csv"
    assert other.state == explored.state == [1, "m"]
    assert all((a == b).all() for a, b in zip(other.mixture(), explored.mixture(), strict=True))


@pytest.mark.parametrize("address", ["#s=no", "#s=%7B%7D", "#s=%5B", "#s=%"])
def test_bad_link_is_told(open_explorable, page_file, address):
    explored = open_explorable(page_file, address)
    assert explored.said == "The link holds no state of this page"
    assert explored.state == [0, "start"]


def test_picture_is_saved(explored, tmp_path):
    explored.click("e", "m")
    explored.unfold()
    for suffix in ("svg", "png"):
        with explored.page.expect_download() as download:
            explored.click(suffix)
        assert download.value.suggested_filename == f"faithful.{suffix}"
        download.value.save_as(tmp_path / f"it.{suffix}")
    root = ET.parse(tmp_path / "it.svg").getroot()
    assert "Old <b>Faithful</b> & more" in "".join(root.itertext())
    with Image.open(tmp_path / "it.png") as picture:
        assert picture.width > 2000
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 300


def test_model_is_drawn_from(explored):
    explored.unfold()
    explored.click("draw")
    assert explored.said == "Crosses: 272 points drawn from the model"
    assert explored.page.locator(".samples path").count() == 2
    explored.click("e", "m")
    assert explored.page.locator(".samples path").count() == 0


def test_level_lines_and_truth(open_explorable, tmp_path):
    truth = {"weights": (0.5, 0.5), "means": ((0, 0), (6, 6)), "covariances": (((1, 0), (0, 1)),) * 2}
    sample = gv.load_dataset("sample", n_points=200, **truth)
    trace = gv.fit(sample, n_components=2)
    explored = open_explorable(gv.explore(trace).save(tmp_path / "a.html"), reduced_motion="reduce")
    assert explored.page.locator(".truth ellipse").count() == 2
    explored.page.uncheck("input[name=truth]")
    assert explored.page.locator(".truth ellipse").count() == 0
    explored.page.check("input[name=density]")
    assert explored.page.locator(".lines path").count() == 6


def test_one_feature(open_explorable, tmp_path):
    data = gv.load_dataset("galaxies")
    trace = gv.fit(data, gv.RandomPoints(seed=3), n_components=3, max_iter=5)
    explored = open_explorable(
        gv.explore(trace, start=gv.RandomPoints(seed=3)).save(tmp_path / "a.html"), reduced_motion="reduce"
    )
    explored.click("e", "m", "e", "m")
    assert explored.far_from(trace[2], data.points) < CLOSE
    explored.drag("mean0", 40, 0)
    explored.drag("spread1", 25, 0)
    explored.page.focus("#spread2")
    explored.page.keyboard.press("ArrowUp")
    explored.click("e", "m")
    same_run(explored, tmp_path)


def test_features_that_are_not_shown_keep_their_place(open_explorable, tmp_path):
    iris = gv.load_dataset("iris")
    trace = gv.fit(iris, gv.RandomPoints(seed=3), n_components=3, max_iter=8)
    pair = gv.EllipseRenderer(features=("petal length", "petal width"))
    for panel in (pair, gv.EllipseRenderer(features="pca")):
        explored = open_explorable(
            gv.explore(trace, panel=panel).save(tmp_path / "a.html"), reduced_motion="reduce"
        )
        before = explored.mixture()
        x, y = explored.middle("mean1")
        explored.drag("mean1", 50, -30)
        assert explored.middle("mean1") == pytest.approx((x + 50, y - 30), abs=1)
        if panel is pair:
            assert (explored.mixture()[1][:, :2] == before[1][:, :2]).all()
        explored.drag("long0", 20, 20)
        explored.click("e", "m", "e", "m")
        assert explored.page.inner_text(".note").startswith("2 of 4 features" if panel is pair else "96 % of")
        same_run(explored, tmp_path)


@pytest.mark.parametrize("ridge", ["0", "auto"])
def test_collapse_is_an_event_in_the_same_words(open_explorable, tmp_path, ridge):
    data = gv.Dataset([[0.0], [1.0], [2.0], [9.0]])
    start = gv.OnPoint(point=3, width=0.01)
    settings = {} if ridge == "auto" else {"reg_covar": 0.0}
    trace = gv.fit(data, start, n_components=2, **settings)
    explored = open_explorable(gv.explore(trace, start=start).save(tmp_path / "a.html"), reduced_motion="reduce")
    for _ in range(len(trace) + 1):
        explored.ask("s.now.ended === '' && (s.press('e'), s.press('m'), x.show(), x.caption(true))")
    ((iteration, event),) = [(t, e) for t, e in trace.events if e.kind in ("collapsed", "held")]
    label = "Collapsed" if ridge == "0" else "Ended"

    assert explored.said.split() == f"{label} after iteration {iteration}, {event.message}".split()
    if ridge == "0":
        explored.click("e")
        assert explored.said.split()[0] == "Collapsed"
        explored.click("back")
        assert explored.state == [iteration, "e"]


def test_death_and_fall_are_events_in_the_same_words(open_explorable, tmp_path):
    data = gv.load_dataset("old_faithful")
    start = gv.Mixture.of([0.5, 0.5], [[3.5, 70], [90, 900]], [[[1, 0], [0, 100]]] * 2)
    explored = open_explorable(
        gv.explore(gv.fit(data, start, max_iter=2), start=start).save(tmp_path / "a.html"), reduced_motion="reduce"
    )
    explored.click("e")
    assert explored.said.split() == [
        "Iteration",
        "1",
        "component",
        "2",
        "has",
        "died:",
        "no",
        "point",
        "wants",
        "it",
    ]
    trace = gv.fit(data, gv.RandomPoints(seed=0), n_components=3, reg_covar=2.0, tol=0, max_iter=30)
    iteration, event = next((t, e) for t, e in trace.events if e.kind == "decreased")
    explored = open_explorable(
        gv.explore(trace, start=gv.RandomPoints(seed=0)).save(tmp_path / "b.html"), reduced_motion="reduce"
    )
    explored.ask("Array.from({ length: argument - 1 }, () => s.press('e') && s.press('m'))", iteration)
    explored.click("e", "m")
    assert explored.said.split() == f"Iteration {iteration} {event.message}".split()


EXERCISE = """
[explore]
task = "Find a start from which EM ends in the worse optimum"
reach = -4.20
locked = ["components", "algorithm", "points", "mixture"]
hide = ["numbers", "criteria"]
"""


def test_exercise_is_locked_hidden_and_judged(open_explorable, scene, scene_file, tmp_path):
    best = scene.traces[0][-1].log_likelihood / 272
    for reach, done in ((best, True), (-4.3, False)):
        path = tmp_path / "exercise.toml"
        path.write_text(
            scene_file.read_text("utf-8") + EXERCISE.replace("-4.20", repr(float(best if done else reach))),
            "utf-8",
        )
        page_file = gv.explore(gv.load_scene(path)).save(tmp_path / "exercise.html")
        explored = open_explorable(page_file, reduced_motion="reduce")
        page = explored.page
        assert page.inner_text(".task p").split() == [
            "Task:",
            "Find",
            "a",
            "start",
            "from",
            "which",
            "EM",
            "ends",
            "in",
            "the",
            "worse",
            "optimum",
        ]
        assert page.is_disabled("select[name=components]")
        assert page.is_disabled("select[name=algorithm]")
        assert page.is_enabled("select[name=seed]")
        assert page.is_hidden(".numbers")
        assert page.is_hidden("dd.bic")
        assert page.is_visible("dd.bound")
        before = explored.mixture()[1]
        explored.drag("mean0", 50, 50)
        page.focus("#mean0")
        page.keyboard.press("ArrowUp")
        assert (explored.mixture()[1] == before).all()
        assert page.inner_text(".reached") == ""
        explored.ask("(() => { while (!s.now.ended) { s.press('e'); s.press('m'); } x.show(); })()")
        wanted = "Done: that is it." if done else f"This run ends at −{abs(best):.3f}: try another."
        assert page.inner_text(".reached") == wanted


LOCKS = {
    "components": "select[name=components]",
    "start": "select[name=start]",
    "seed": "select[name=seed]",
    "covariance_type": "select[name=family]",
    "algorithm": "select[name=algorithm]",
    "reg_covar": "input[name=ridge]",
    "points": "button[name=open]",
}
HIDES = {
    "likelihood": [".curve"],
    "bound": ["dd.bound", "dd.gap"],
    "criteria": ["dd.parameters", "dd.aic", "dd.bic"],
    "numbers": [".numbers"],
    "responsibilities": [".look"],
    "density": ["input[name=density]"],
    "truth": ["input[name=truth]"],
    "notes": [".notes"],
    "help": [".help"],
}


def test_each_lock_and_each_hiding_is_of_that_alone(open_explorable, tmp_path):
    assert {*LOCKS, "mixture"} == {*get_args(Locked)}
    assert {*HIDES} == {*get_args(Hidden)}
    truth = gv.Mixture.of([0.5, 0.5], [[0, 0], [6, 6]], [np.eye(2)] * 2)
    data = gv.Dataset(truth.sample(60, seed=0)[0], truth=truth)
    trace = gv.fit(data, gv.RandomPoints(), n_components=2, max_iter=3)
    told = {"notes": "Look.", "start": gv.RandomPoints()}
    for lock in get_args(Locked):
        page = gv.explore(trace, exercise=Exercise(locked=(lock,)), **told).save(tmp_path / "locked.html")
        explored = open_explorable(page, reduced_motion="reduce")
        explored.unfold()
        off = {name for name, selector in LOCKS.items() if explored.page.is_disabled(selector)}
        assert off == {lock} - {"mixture"}
        before = explored.mixture()[1]
        explored.drag("mean0", 30, 30)
        assert (explored.mixture()[1] == before).all() == (lock == "mixture")
        explored.page.context.close()
    for hidden in get_args(Hidden):
        page = gv.explore(trace, exercise=Exercise(hide=(hidden,)), **told).save(tmp_path / "hidden.html")
        explored = open_explorable(page, reduced_motion="reduce")
        away = {name for name, every in HIDES.items() if not any(map(explored.page.is_visible, every))}
        assert away == {hidden}
        explored.click("e", "m")
        assert explored.state == [1, "m"]
        explored.page.context.close()


def test_task_of_a_collapse_is_judged(open_explorable, tmp_path):
    trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2, reg_covar=0.0)
    page = gv.explore(trace, exercise=Exercise(task="Make EM fail", reach="collapsed"))
    explored = open_explorable(page.save(tmp_path / "a.html"), reduced_motion="reduce")
    point = trace.data.points[10]
    for label, value in (
        ("mean of eruption (min)", point[0]),
        ("mean of waiting (min)", point[1]),
        ("standard deviation of eruption (min)", 1e-3),
        ("standard deviation of waiting (min)", 1e-2),
    ):
        explored.page.get_by_label(f"Component 2: {label}", exact=True).fill(str(value))
        explored.page.keyboard.press("Enter")
    for _ in range(60):
        if explored.ask("s.now.ended"):
            break
        explored.click("e", "m")
    assert explored.page.inner_text(".reached") == "Done: that is it."


def test_words_of_the_page_are_escaped(explored):
    assert explored.page.inner_text("h1") == "Old <b>Faithful</b> & more"
    assert explored.page.locator(".questions, .notes li").all_inner_texts() == [
        "Which points stay undecided?",
        "Why those?",
    ]


def test_page_speaks_the_scenes_language(open_explorable, scene, tmp_path):
    explored = open_explorable(gv.explore(scene, language="de").save(tmp_path / "a.html"), reduced_motion="reduce")
    assert explored.page.get_attribute("html", "lang") == "de"
    explored.click("e")
    assert explored.said.split()[:2] == ["E-Schritt", "1"]
    assert explored.page.inner_text("button[name=again]") == "Neu beginnen"


def test_keys_work_only_inside(explored):
    explored.page.keyboard.press("e")
    assert explored.state == [0, "start"]
    explored.page.focus("#mean1")
    for key in ("e", "m", "e"):
        explored.page.keyboard.press(key)
    assert explored.state == [1, "e"]
    explored.page.keyboard.press("Control+z")
    assert explored.state == [1, "m"]
    explored.page.focus("input[name=ridge]")
    explored.page.keyboard.press("e")
    assert explored.state == [1, "m"]


def test_steps_move_as_in_the_film(open_explorable, page_file):
    explored = open_explorable(page_file)
    clock = explored.page.clock
    clock.install()
    clock.pause_at(explored.page.evaluate("() => Date.now() + 60_000"))
    explored.ask("x.cost = 0")  # a machine that painted its first pictures slowly would not move
    explored.click("e")
    clock.run_for(1000)
    explored.click("m")
    places = [explored.middle("mean0")]
    for milliseconds in (350, 1000):
        clock.run_for(milliseconds)
        places.append(explored.middle("mean0"))
    assert explored.ask("x.moving") == 0
    first, midway, last = map(np.array, places)
    way = np.hypot(*(last - first))
    assert way > 50
    # After half the time, half the way, but for a frame, which is a fortieth of the time.
    assert np.hypot(*(midway - (first + last) / 2)) < 0.06 * way


def test_touch_does_the_same(open_explorable, page_file):
    explored = open_explorable(page_file, size=(390, 844), has_touch=True, is_mobile=True, reduced_motion="reduce")
    explored.page.tap("button[name=e]")
    explored.page.tap("button[name=m]")
    assert explored.state == [1, "m"]
    before = explored.mixture()[1]
    x, y = explored.middle("mean0")
    client = explored.page.context.new_cdp_session(explored.page)
    for kind, dx in (("touchStart", 0), ("touchMove", 20), ("touchMove", 50), ("touchEnd", None)):
        touches = [] if dx is None else [{"x": x + dx, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    assert explored.mixture()[1][0, 0] > before[0, 0] + 0.3


def test_finger_on_a_handle_does_not_scroll_the_page_and_one_beside_it_does(open_explorable, page_file):
    explored = open_explorable(page_file, size=(390, 600), has_touch=True, is_mobile=True, reduced_motion="reduce")
    page, client = explored.page, explored.page.context.new_cdp_session(explored.page)

    def swipe(x, y, up):
        client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for share in np.linspace(0.05, 1, 20):
            client.send(
                "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - share * up}]}
            )
            page.evaluate("() => new Promise(requestAnimationFrame)")
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    before = explored.middle("mean0")
    swipe(*before, 60)
    after = explored.middle("mean0")
    assert page.evaluate("() => scrollY") == 0
    assert np.subtract(after, before) == pytest.approx([0, -60], abs=2)
    box = page.locator(".stage").bounding_box()
    swipe(box["x"] + box["width"] - 5, box["y"] + box["height"] - 40, 60)
    page.wait_for_function("() => scrollY > 20")


def test_run_goes_on_after_its_end_to_a_finer_one(explored):
    explored.ask("s.model.ends.tol = 1e-2")
    explored.click("e", "m")
    while not explored.ask("s.now.ended"):
        explored.click("e", "m")
    at_first, coarse = explored.state[0], explored.ask("x.value")
    while explored.state[0] == at_first or not explored.ask("s.now.ended"):
        explored.click("e", "m")

    assert explored.state[0] > at_first + 5
    assert explored.said.startswith("Converged")
    assert explored.ask("x.value") != coarse


def test_fall_of_the_log_likelihood_is_said_in_the_bar(explored):
    for _ in range(12):  # to a good fit, from which a large ridge leads away
        explored.ask("(s.press('e'), s.press('m'))")
    explored.ask("x.change(s.mixture(), '')")
    explored.ask("s.now.choice.ridge = 5")
    said = []
    for _ in range(2):
        explored.click("e", "m")
        said.append((explored.said, explored.ask("s.now.happenings.map((event) => event.kind)")))

    fell = [text for text, kinds in said if "decreased" in kinds]
    assert fell
    assert all("the log-likelihood fell by" in text for text in fell)


@pytest.mark.parametrize("size", [(320, 640), (640, 320)])
def test_phone_needs_no_sideways_scrolling(open_explorable, page_file, size):
    explored = open_explorable(page_file, size=size)
    explored.unfold()
    page = explored.page
    assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
    for control in page.locator("button:visible, select:visible, input:visible").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24, control


LOOKS = {
    "light": {},
    "dark": {"theme": "dark"},
    "print": {"theme": "print"},
    "phone": {"size": (320, 640)},
    "forced colors": {"forced_colors": "active"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(open_explorable, scene, tmp_path, look):
    checker = package("axe-core/axe.min.js").read_text(encoding="utf-8")
    options = dict(LOOKS[look])
    exercise = gv.explore(scene).exercise.__class__(task="Make EM fail", reach="dead")
    path = gv.explore(scene, theme=options.pop("theme", "light"), exercise=exercise).save(tmp_path / "a.html")
    explored = open_explorable(path, reduced_motion="reduce", **options)
    explored.unfold()
    explored.click("e", "copy")
    explored.page.wait_for_selector("textarea:not([hidden])")
    explored.page.evaluate(checker)
    found = explored.page.evaluate("() => axe.run({ rules: { 'target-size': { enabled: true } } })")

    assert [(one["id"], one["help"], [n["html"][:200] for n in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_page_may_ask_for_nothing(open_page, page_file):
    page = open_page(page_file, ready=".gmmviz-explorable[data-ready]")
    asked = page.evaluate("() => fetch('data:text/plain,x').then(() => 'allowed', () => 'refused')")

    assert asked == "refused"
    assert all("Content Security Policy" in said for said in open_page.problems)
    open_page.problems.clear()


def random_session(explored, rng):
    """Do what a student might do."""
    explored.ask("s.begin({ ...s.model.choice }, s.scene)")
    for _ in range(rng.integers(3, 9)):
        K = explored.ask("s.now.choice.K")
        k = int(rng.integers(K))
        what = rng.choice(
            [
                *("steps", "steps", "mean", "axis", "weight", "K", "seed", "family", "algorithm", "add", "remove"),
                *("start", "ridge", "undo", "back", "file"),
            ]
        )
        if what == "steps":
            for _ in range(rng.integers(1, 8)):
                explored.ask("s.press(s.now.phase === 'e' ? 'm' : 'e')")
            explored.ask("x.show()")
        elif what == "mean":
            explored.drag(f"mean{k}", *rng.integers(-80, 80, 2).tolist())
        elif what == "axis" and explored.page.locator(f"#long{k}").is_visible():
            explored.drag(f"long{k}", *rng.integers(-30, 30, 2).tolist())
        elif what == "weight" and K > 1 and explored.ask("s.now.choice.algorithm") != "kmeans":
            explored.page.get_by_label(f"Component {k + 1}: weight", exact=True).fill(f"{rng.random():.3f}")
            explored.page.keyboard.press("Enter")
        elif what == "K":
            explored.choose(components=int(rng.integers(1, 7)))
        elif what == "seed":
            explored.choose(seed=str(rng.choice(explored.seeds)))
        elif what == "start" and explored.ask("!s.now.points.file"):
            explored.choose(start=str(rng.choice(["random_points", "kmeans++", "kmeans", "on_point"])))
        elif what == "ridge":
            explored.page.fill("input[name=ridge]", str(rng.choice(["0", "auto", "0.01", "1.5"])))
            explored.page.keyboard.press("Enter")
        elif what in ("undo", "back"):
            explored.click(what)
        elif what == "file":
            rows = "\n".join(f"{a},{b}" for a, b in rng.normal([3, 70], [1, 12], (40, 2)))
            name = f"{rng.integers(10**9)}.csv"
            file = {"name": name, "mimeType": "text/csv", "buffer": f"a,b\n{rows}".encode()}
            explored.page.set_input_files("input[name=file]", file)
            explored.page.wait_for_function(
                "(name) => document.querySelector('.said').innerText.startsWith(name)", arg=name
            )
        elif what == "family" and explored.ask("s.now.choice.algorithm") != "kmeans":
            explored.choose(family=str(rng.choice(["full", "tied", "diag", "spherical"])))
        elif what == "algorithm":
            explored.choose(algorithm=str(rng.choice(["em", "hard_em", "kmeans"])))
        elif what == "add":
            place = [float(rng.uniform(1, 6)), float(rng.uniform(40, 100))]
            explored.ask("x.act(() => s.replace(s.now.points.with(argument)))", place)
        elif what == "remove":
            explored.ask("x.act(() => s.replace(s.now.points.without(argument)))", int(rng.integers(39)))


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(s, marks=pytest.mark.long) for s in range(8, 50))])
def test_scene_of_a_random_session_is_the_run_that_was_seen(explored, tmp_path, seed):
    rng = np.random.default_rng(seed)
    random_session(explored, rng)
    for _ in range(3):
        explored.ask("s.press(s.now.phase === 'e' ? 'm' : 'e')")
    trace = run_of(explored.scene, tmp_path)
    iteration, _ = explored.state
    if explored.ask("s.now.ended") == "collapsed":
        assert trace.stop_reason == "collapsed"
    assert explored.far_from(trace[iteration], trace.data.points) < CLOSE
    assert explored.far_from_run(trace) < CLOSE


def test_page_is_a_value_in_json(page_file):
    text = page_file.read_text(encoding="utf-8")
    facts = json.loads(text.split('<script type="application/json">')[1].split("</script>")[0])
    assert facts["name"] == "faithful"
    assert facts["model"]["choice"] == {
        "K": 2,
        "kind": "random_points",
        "seed": 15,
        "family": "full",
        "algorithm": "em",
        "ridge": "auto",
    }
    assert io.StringIO(facts["scene"]["data"]).read() == '[data]\ndataset = "old_faithful"\n'


def test_page_in_a_frame_tells_what_it_shows(open_page, scene, tmp_path):
    """As in a notebook's widget, whose module is this one."""
    page_text = gv.explore(scene).page()
    module = part("widget.mjs").replace("export default { render };", "")
    (tmp_path / "notebook.html").write_text(
        f"""<!doctype html><meta charset="utf-8"><body><script>{module}
        const values = {{ _page: {json.dumps(page_text).replace("<", chr(92) + "u003c")}, _height: 900 }};
        window.values = values;
        const model = {{ get: (name) => values[name], set: (name, value) => {{ values[name] = value; }}, save_changes() {{}} }};
        render({{ model, el: document.body }});
        </script>""",
        encoding="utf-8",
    )
    page = open_page(tmp_path / "notebook.html", ready="", size=(1200, 950))
    frame = page.frame_locator("iframe")
    frame.locator("button[name=e]").click()
    frame.locator("button[name=m]").click()
    page.wait_for_function("() => window.values._state?.iteration === 1")
    state = page.evaluate("() => window.values._state")
    trace = scene.traces[0]

    assert state["origin"]["means"] == trace[0].mixture.means.ravel().tolist()
    assert state["mixture"]["means"] == pytest.approx(trace[1].mixture.means.ravel().tolist(), rel=1e-12)
    assert state["points"] is None


def test_notebook_shows_the_page_as_the_value_of_a_cell(open_page, scene, tmp_path):
    shown = gv.explore(scene)._repr_mimebundle_()["text/html"]
    (tmp_path / "cell.html").write_text(f"<!doctype html><meta charset='utf-8'>{shown}", encoding="utf-8")
    frame = open_page(tmp_path / "cell.html", ready="", size=(1200, 1000)).frame_locator("iframe")
    frame.locator("button[name=e]").click()
    frame.locator("button[name=m]").click()

    value = f"{scene.traces[0][1].log_likelihood / 272:.4f}".replace("-", "−")
    frame.locator(".value", has_text=value).wait_for()
    frame.locator(".home summary").click()
    frame.locator("button[name=copy]").click()
    frame.locator("textarea").wait_for()
    assert 'dataset = "old_faithful"' in frame.locator("textarea").input_value()


def test_sizes_are_weights_as_in_the_film(open_explorable, tmp_path):
    faithful = gv.load_dataset("old_faithful")
    weights = np.random.default_rng(0).gamma(1.0, 2.0, 272)
    weights[:3] = [0.0, 1e-4, 40.0]
    data = gv.Dataset(faithful.points, faithful.feature_names, weights=weights)
    trace = gv.fit(data, gv.RandomPoints(seed=4), n_components=2, max_iter=5)
    explored = open_explorable(gv.explore(trace).save(tmp_path / "a.html"), reduced_motion="reduce")
    radii, classes = explored.ask("[x.plane.sizes.radii, Array.from(x.plane.sizes.classes)]")

    assert np.array(radii)[classes] == pytest.approx(sizes(data), rel=1e-12)
    assert explored.page.inner_text(".note") == "sizes: weights; ellipses hold 39 % and 86 % of a component"
    explored.click("e", "m")
    same_run(explored, tmp_path)
    explored.ask("x.act(() => s.replace(s.now.points.with([3, 60])))")  # a point of one's own has the weight 1
    assert explored.ask("x.plane.sizes.classes.length") == 273
    explored = open_explorable(gv.explore(gv.fit(faithful, n_components=2)).save(tmp_path / "b.html"))
    assert explored.ask("x.plane.sizes") is None


def test_newcomer_makes_em_fail_by_what_the_page_says(open_explorable, tmp_path):
    trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(), n_components=2)
    exercise = Exercise(task="Make EM fail", reach="collapsed")
    page = gv.explore(trace, start=gv.RandomPoints(), exercise=exercise).save(tmp_path / "a.html")
    explored = open_explorable(page, reduced_motion="reduce")
    assert "on a point" in explored.page.locator("select[name=start] option").all_inner_texts()
    explored.choose(start="on_point")
    while not explored.ask("s.now.ended"):
        explored.click("e", "m")
    assert explored.said.endswith("component 1 would have collapsed, but for regularization")
    assert explored.page.inner_text(".reached") == ""
    where = "() => scrollY + document.querySelector('.stage').getBoundingClientRect().y"
    above = explored.page.evaluate(where)
    explored.page.get_by_label("Regularization (0: none)").fill("0")
    explored.page.keyboard.press("Enter")
    while not explored.ask("s.now.ended"):
        explored.click("e", "m")
    assert explored.said.endswith("component 1 has collapsed onto point 1")
    assert explored.page.inner_text(".reached") == "Done: that is it."
    assert explored.page.evaluate(where) == above  # the picture stays where it is


def test_curve_counts_iterations_until_something_is_moved(explored):
    def axis():
        return {"iteration", "step"} & {*explored.page.locator(".curve svg text").all_text_contents()}

    explored.click("e", "m")
    assert axis() == {"iteration"}
    explored.page.focus("#mean0")
    explored.page.keyboard.press("ArrowUp")
    assert axis() == {"step"}
