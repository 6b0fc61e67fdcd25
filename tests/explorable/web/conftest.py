import numpy as np
import pytest

import gmmviz as gv

SCENE = """\
# What to notice
#   Both components begin among the long eruptions.
# Questions for the class
#   Which points stay undecided? Why those?
title = "Old <b>Faithful</b> & more"
[data]
dataset = "old_faithful"
[model]
components = 2
tol = 2e-4
[model.start]
kind = "random_points"
seed = 15
[[panels]]
renderer = "ellipses"
radii = [1, 2]
"""


class Explored:
    """The explorable of a page, as a reader has it, and as its scripts know it."""

    def __init__(self, page):
        self.page = page

    def ask(self, expression, argument=None):
        """The value of an expression in which x is the explorer, s its session."""
        script = (
            "async (argument) => { const x = document.querySelector('.gmmviz-explorable').explorer, s = x.session;"
            f" return {expression}; }}"
        )
        return self.page.evaluate(script, argument)

    def click(self, *names):
        for name in names:
            # By force, since what is aria-disabled can be clicked, too, and says why it does nothing.
            self.page.click(f"button[name={name}]", force=True)

    def unfold(self):
        """Open everything that is folded away."""
        self.page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    def choose(self, **values):
        for name, value in values.items():
            self.page.select_option(f"select[name={name}]", str(value))

    @property
    def said(self):
        return self.page.inner_text(".said")

    @property
    def aloud(self):
        return self.page.text_content(".unseen")

    @property
    def seeds(self):
        """What can be chosen."""
        return self.page.locator("select[name=seed] option").all_inner_texts()

    @property
    def scene(self):
        return self.page.evaluate("() => document.querySelector('.gmmviz-explorable').scene()")

    @property
    def state(self):
        return self.ask("[s.now.iteration, s.now.phase]")

    def mixture(self):
        weights, means, covariances = self.ask(
            "(({ weights, means, covariances }) => [weights, means, covariances].map((a) => Array.from(a)))(s.mixture())"
        )
        K, D = len(weights), len(means) // len(weights)
        return np.array(weights), np.reshape(means, (K, D)), np.reshape(covariances, (K, D, D))

    def far_from(self, snapshot, points):
        """How far the mixture is from a snapshot of gmmviz: in weights, in deviations, and in the log-likelihood."""
        weights, means, covariances = self.mixture()
        theirs, deviations = snapshot.mixture, points.std(axis=0)
        log_likelihood = self.ask("s.statistics().logLikelihood")
        return max(
            np.abs(weights - theirs.weights).max(),
            (np.abs(means - theirs.means) / deviations).max(),
            (np.abs(covariances - theirs.covariances) / deviations[:, None] / deviations).max(),
            abs(log_likelihood - snapshot.log_likelihood) / (1 + abs(snapshot.log_likelihood)),
        )

    def far_from_run(self, trace):
        """How far the iterations that were seen are from those of gmmviz: as above, the furthest of all."""
        seen = self.ask(
            "s.now.trail.map((inside, t) => [t ? s.now.points.engine.outward(inside) : s.now.origin, s.now.curve.at(t - s.now.trail.length).value])"
            ".map(([m, value]) => [m.weights, m.means, m.covariances].map((a) => Array.from(a)).concat(value))"
        )
        points = trace.data.points
        deviations = points.std(axis=0)
        assert len(trace) >= len(seen)
        furthest = 0.0
        for (weights, means, covariances, value), snapshot in zip(seen, trace, strict=False):
            theirs = snapshot.mixture
            covariances = np.reshape(covariances, theirs.covariances.shape) - theirs.covariances
            furthest = max(
                furthest,
                np.abs(weights - theirs.weights).max(),
                (np.abs(np.reshape(means, theirs.means.shape) - theirs.means) / deviations).max(),
                (np.abs(covariances) / deviations[:, None] / deviations).max(),
                abs(value - snapshot.log_likelihood / len(points)) / (1 + abs(value)),
            )
        return furthest

    def middle(self, handle):
        """Where the middle of a handle is on the screen."""
        box = self.page.locator(f"#{handle} circle").last.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, handle, dx, dy):
        x, y = self.middle(handle)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=6)
        self.page.mouse.up()

    def rest(self):
        """Wait until nothing moves."""
        self.page.wait_for_function(
            "() => { const x = document.querySelector('.gmmviz-explorable').explorer; return !x.moving && !x.running }"
        )


@pytest.fixture(scope="session")
def scene_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorable") / "faithful.toml"
    path.write_text(SCENE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def scene(scene_file):
    return gv.load_scene(scene_file)


@pytest.fixture(scope="session")
def page_file(scene, tmp_path_factory):
    path = tmp_path_factory.mktemp("explorable") / "page.explore.html"
    return gv.explore(scene).save(path)


@pytest.fixture
def open_explorable(open_page):
    """Open a page with an explorable, by its file or by an Explorable."""

    def open_explorable(path, *arguments, **options):
        options = {"size": (1280, 900), "ready": ".gmmviz-explorable[data-ready]"} | options
        return Explored(open_page(path, *arguments, **options))

    return open_explorable


@pytest.fixture
def explored(open_explorable, page_file):
    return open_explorable(page_file, reduced_motion="reduce")
