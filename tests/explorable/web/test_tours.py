"""A student's whole tour of the page, by mouse, by keys and by touch; every number on it is gmmviz's for that state."""

import re

import numpy as np
import pytest

import gmmviz as gv

TABLE = "a,b\n1,2\n3,4.5\n5,1\n6,6\n2,2.5\n5.5,5\n"
CHOICES = {"start": {"kmeans++": "k-means++"}, "family": {"diag": "diagonal"}, "algorithm": {"hard_em": "hard EM"}}


def number(text):
    """A number as the page writes it."""
    return float(text.replace("−", "-").replace(",", ""))


class Shown:
    """What stands on the page, beside what gmmviz makes of the scene that is copied from it."""

    def __init__(self, explored, tmp_path):
        self.page, self.explored = explored.page, explored
        self.iteration, self.phase = explored.state
        # As many iterations as the page has made, and one more: its E-step may have been made already.
        text = re.sub(r"^max_iter = .*$", f"max_iter = {self.iteration + 1}", explored.scene, flags=re.MULTILINE)
        path = tmp_path / "shown.toml"
        path.write_text(re.sub("^tol = .*$", "tol = 0", text, flags=re.MULTILINE), encoding="utf-8")
        (self.trace,) = gv.load_scene(path).traces
        self.snapshot = self.trace[self.iteration]

    def text(self, selector):
        return self.page.text_content(selector)

    def check(self):
        for of in (self.where, self.caption, self.likelihood, self.criteria, self.bound, self.table, self.handles):
            of()
        self.point()

    def where(self):
        N, K = self.trace.n_points, self.trace.n_components
        assert self.text(".where") == f"{N:,} points, {K} components"

    def caption(self):
        """Which step it was; what is told of other doings names no step."""
        said = self.page.inner_text(".said")
        label = re.match(r"([EM])-step (\d+)", said)
        if label:
            assert label.groups() == (self.phase.upper(), str(self.iteration + (self.phase == "e")))
        if (ended := re.search(r"after iteration (\d+)", said)) is not None:
            assert int(ended[1]) == self.iteration

    def likelihood(self):
        value = f"{self.snapshot.log_likelihood / self.trace.n_points:.4f}".replace("-", "−")
        assert self.text(".value") == value
        assert self.page.get_attribute(".curve svg", "aria-label") == f"log-likelihood per point: {value}"

    def criteria(self):
        p, log_likelihood = self.trace.n_parameters, self.snapshot.log_likelihood
        assert self.text(".parameters") == str(p)
        assert number(self.text(".aic")) == pytest.approx(2 * p - 2 * log_likelihood, abs=0.0501)
        bic = p * np.log(self.trace.n_points) - 2 * log_likelihood
        assert number(self.text(".bic")) == pytest.approx(bic, abs=0.0501)

    def bound(self):
        shown = [self.text(".bound"), self.text(".gap")]
        if self.phase == "start" or self.trace.settings["algorithm"] != "em":
            assert shown == ["–", "–"]
            return
        halves = {(half.iteration, half.step): half for half in gv.half_steps(self.trace)}
        half = halves[self.iteration, self.phase]
        N = self.trace.n_points
        assert number(shown[0]) == pytest.approx(half.lower_bound / N, abs=0.0000501)
        assert number(shown[1]) == pytest.approx(max(half.gap, 0) / N, abs=0.0000501)

    def table(self):
        mixture = self.snapshot.mixture
        deviations = np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
        rows = np.column_stack([mixture.weights, mixture.means, deviations])
        if rows.shape[1] == 5:
            rows = np.column_stack([rows, mixture.covariances[:, 0, 1] / deviations.prod(axis=1)])
        fields = [number(field.input_value()) for field in self.page.locator(".numbers td input").all()]
        assert fields == pytest.approx(rows.ravel().tolist(), rel=5.01e-5, abs=1e-9)
        badges = self.page.locator(".numbers .number").all_text_contents()
        assert badges == [str(k) for k in range(1, len(rows) + 1)]

    def handles(self):
        """Where the means are, as a screen reader says it, and as the picture has them between the axes' numbers."""
        for k, mean in enumerate(self.snapshot.mixture.means):
            label = self.page.get_attribute(f"#mean{k}", "aria-label")
            told = [number(text) for text in re.findall(r"−?[\d.,]*\d(?=, |$)", label.partition(": ")[2])]
            assert told == pytest.approx(mean.tolist(), rel=5.01e-4, abs=1e-4)
        places = self.explored.ask("[0, 1].map((a) => x.plane.scale[a ? 'y' : 'x'](argument[a]))", mean.tolist())
        transform = self.page.get_attribute(f"#mean{k}", "transform")
        assert [float(place) for place in re.findall(r"[-\d.]+", transform)] == pytest.approx(places, abs=0.01)

    def point(self):
        n = self.page.input_value("input[name=point]")
        if not n:
            return
        said = self.text(".whose")
        place, _, shares = said.partition("; ")
        values = [number(text) for text in re.findall(r" (−?[\d.,]*\d)(?=, |$)", place)]
        assert values == pytest.approx(self.trace.data.points[int(n) - 1].tolist(), rel=5.01e-4)
        if self.phase == "start":
            assert shares == "not asked yet"
            return
        asked = self.iteration - (self.phase == "m")
        percent = [number(text) for text in re.findall(r": ([\d.]+) %", shares)]
        assert percent == pytest.approx(
            (100 * self.trace.responsibilities(asked)[int(n) - 1]).tolist(), abs=0.0501
        )
        widths = self.page.evaluate(
            "() => Array.from(document.querySelectorAll('.bar span'), (one) => parseFloat(one.style.width))"
        )
        assert widths == pytest.approx((100 * self.trace.responsibilities(asked)[int(n) - 1]).tolist(), abs=1e-3)


class Mouse:
    """A student with a mouse, who types into fields alone."""

    def __init__(self, explored):
        self.explored, self.page = explored, explored.page

    def middle(self, selector):
        element = self.page.locator(selector)
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def press(self, selector):
        self.page.mouse.click(*self.middle(selector))

    def choose(self, name, value):
        self.page.select_option(f"select[name={name}]", value)  # from the browser's own list

    def write(self, selector, text):
        self.page.mouse.click(*self.middle(selector), click_count=3)
        self.page.keyboard.type(text)
        self.press("h1")

    def into_view(self):
        self.page.locator(".stage canvas").scroll_into_view_if_needed()

    def pull(self, handle, dx, dy):
        self.into_view()
        self.explored.drag(handle, dx, dy)

    def place(self, point):
        """Where a point is on the screen."""
        self.into_view()
        box = self.page.locator(".stage svg[role]").bounding_box()
        x, y = self.explored.ask("[x.plane.scale.x(argument[0]), x.plane.scale.y(argument[1])]", point)
        return box["x"] + x, box["y"] + y

    def look_at(self, n, point):
        self.page.mouse.move(*self.place(point))

    def add(self, point):
        self.press("button[name=add]")
        self.page.mouse.click(*self.place(point))
        self.press("button[name=add]")

    def remove(self, n, point):
        self.press("button[name=remove]")
        self.page.mouse.click(*self.place(point))
        self.press("button[name=remove]")


class Touch(Mouse):
    """A student with a phone."""

    def press(self, selector):
        self.page.touchscreen.tap(*self.middle(selector))

    def write(self, selector, text):
        self.press(selector)
        self.page.keyboard.press("End")  # of the keyboard on the screen
        for _ in range(30):
            self.page.keyboard.press("Backspace")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def into_view(self):
        self.page.evaluate("() => document.querySelector('.stage').scrollIntoView()")

    def pull(self, handle, dx, dy):
        self.into_view()
        x, y = self.explored.middle(handle)
        client = self.page.context.new_cdp_session(self.page)
        for kind, share in (("touchStart", 0), ("touchMove", 0.3), ("touchMove", 1), ("touchEnd", None)):
            touches = [] if share is None else [{"x": x + share * dx, "y": y + share * dy}]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        client.detach()

    def look_at(self, n, point):
        self.page.touchscreen.tap(*self.place(point))

    def add(self, point):
        self.press("button[name=add]")
        self.page.touchscreen.tap(*self.place(point))
        self.press("button[name=add]")

    def remove(self, n, point):
        self.press("button[name=remove]")
        self.page.touchscreen.tap(*self.place(point))
        self.press("button[name=remove]")


class Keys(Mouse):
    """A student who uses keys alone: what cannot be reached by Tab is not there."""

    def reach(self, selector):
        for _ in range(150):
            if self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {selector}")

    def press(self, selector):
        self.reach(selector)
        self.page.keyboard.press("Space" if "input" in selector else "Enter")

    def choose(self, name, value):
        self.reach(f"select[name={name}]")
        self.page.keyboard.type(CHOICES.get(name, {}).get(value, value))

    def write(self, selector, text):
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def pull(self, handle, dx, dy):
        self.reach(f"#{handle}")
        for key, ways in (("ArrowRight", dx), ("ArrowLeft", -dx), ("ArrowUp", -dy), ("ArrowDown", dy)):
            for _ in range(max(ways, 0) // 20):
                self.page.keyboard.press(key)

    def look_at(self, n, point):
        self.write("input[name=point]", str(n + 1))

    def add(self, point):
        for d, value in enumerate(point):
            self.write(f"input[name=place{d}]", str(value))
        self.press("button[name=put]")

    def remove(self, n, point):
        self.look_at(n, point)
        self.press("button[name=take]")


@pytest.mark.parametrize(
    ("student", "options"),
    [
        (Mouse, {"size": (1280, 1000)}),
        (Keys, {"size": (1280, 1000)}),
        (Touch, {"size": (390, 844), "has_touch": True, "is_mobile": True}),
    ],
)
def test_whole_tour(open_explorable, page_file, scene, tmp_path, student, options):
    explored = open_explorable(
        page_file,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
        **options,
    )
    page, by = explored.page, student(explored)
    page.clock.install()

    def check(iteration, phase):
        assert explored.state == [iteration, phase]
        Shown(explored, tmp_path).check()

    def step(*names):
        for name in names:
            by.press(f"button[name={name}]")

    # The steps, and back.
    check(0, "start")
    point = scene.dataset.points[18].tolist()
    by.look_at(18, point)
    assert page.input_value("input[name=point]") != ""
    check(0, "start")
    step("e")
    check(0, "e")
    step("m")
    check(1, "m")
    step("e")
    check(1, "e")
    step("back")
    check(1, "m")
    step("run")
    for _ in range(200):
        if not explored.ask("x.running"):
            break
        page.clock.run_for(1000)
    check(len(scene.traces[0]) - 1, "m")
    assert explored.said.startswith("Converged")
    step("undo")  # the run as a whole
    check(1, "m")
    step("again")
    check(0, "start")

    # What is fitted.
    by.choose("components", "3")
    by.choose("start", "kmeans++")
    by.choose("seed", "4")
    by.choose("family", "diag")
    check(0, "start")
    assert explored.ask("[s.now.choice.kind, s.now.choice.seed, s.now.choice.family]") == ["kmeans++", 4, "diag"]
    step("e", "m", "e")
    check(1, "e")
    by.write("input[name=ridge]", "0.25")
    step("e", "m")
    check(1, "m")
    by.choose("algorithm", "hard_em")
    step("e", "m")
    check(1, "m")
    by.press("input[name=density]")
    assert page.locator(".lines path").count() == 6

    # The mixture.
    step("undo", "undo", "undo")
    assert explored.ask("s.now.choice.algorithm") == "em"
    by.choose("family", "full")
    step("e", "m")
    before = explored.mixture()
    by.pull("mean1", -40, 40)
    assert (explored.mixture()[1][1] != before[1][1]).all()
    check(0, "start")
    assert explored.said.startswith("You moved component 2")
    by.pull("long0", -20, 20)
    assert not np.allclose(explored.mixture()[2][0], before[2][0])
    by.write("[aria-label='Component 3: weight']", "0.5")
    assert explored.mixture()[0][2] == 0.5
    by.write("[aria-label='Component 1: correlation']", "0.3")
    check(0, "start")
    step("e", "m", "e", "m")
    check(2, "m")

    # The points.
    by.press(".points summary")
    by.add([2.5, 90.0])
    assert explored.ask("s.now.points.N") == 273
    assert explored.ask("s.now.points.at(272)") == pytest.approx([2.5, 90.0], abs=0.5)
    by.remove(18, point)
    assert explored.ask("s.now.points.N") == 272
    step("e", "m", "e")
    check(1, "e")
    step("draw")
    assert explored.said == "Crosses: 272 points drawn from the model"
    with page.expect_file_chooser() as chooser:
        step("open")
    chooser.value.set_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.wait_for_function("() => document.querySelector('.where').textContent.startsWith('6 ')")
    step("e", "m")
    check(1, "m")
    step("scene-points")
    check(0, "start")

    # What is taken home.
    step("e", "m")
    by.press(".home summary")
    step("copy")
    page.wait_for_function("() => document.querySelector('textarea').value !== ''")
    text = page.input_value("textarea")
    assert text == explored.scene == page.evaluate("() => navigator.clipboard.readText()")
    step("link")
    page.wait_for_function("() => document.querySelector('textarea').value.includes('#s=')")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.url
    for name in ("svg", "png"):
        with page.expect_download() as download:
            step(name)
        assert download.value.suggested_filename == f"faithful.{name}"
    again = open_explorable(page_file, page.url[page.url.index("#") :], reduced_motion="reduce")
    assert again.state == [1, "m"]
    Shown(again, tmp_path).check()
