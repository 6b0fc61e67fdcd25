"""Films of a few iterations and pixels, for the tests of pages."""

import numpy as np
from matplotlib.lines import Line2D

import gmmviz as gv
from gmmviz.renderers.base import animated

PACE = gv.Pace(length=4, start=0.3, end=0.5, iterations=2)
SIZE = (320, 180)


class DoubtRenderer(gv.Renderer):
    """A plug-in's panel: how undecided the points are."""

    def draw_still(self, axes, stage, theme):
        axes.set_xlim(0, len(stage.trace) - 1)
        axes.set_ylim(0, 1)
        line = Line2D([], [], color=theme.text, linewidth=theme.px(3))
        animated(axes, line, 2)
        every = (stage.trace.responsibilities(t) for t in range(len(stage.trace)))
        return line, [-(r * np.log(r + 1e-300)).sum(axis=1).mean() for r in every]

    def moving(self, props, frame, stage, theme):
        line, doubts = props
        done = frame.snapshot.iteration
        line.set_data(range(done + 1), doubts[: done + 1])
        yield line


def small_film(*panels, features=2, **facts):
    """A film of a few iterations."""
    names = ["eruption (min)", "waiting (min)"][:features]
    data = gv.load_dataset("old_faithful", features=names)
    trace = gv.fit(data, gv.RandomPoints(seed=4), n_components=2, max_iter=4)
    facts = {"pace": PACE, "size": SIZE, "fps": 20, "title": "EM <b>& more</b>"} | facts
    return gv.Animation(trace, panels or None, **facts)


SCENE_OF_DECK = """\
# What to notice
#   Two <kinds> of eruptions.
# Questions for the class
#   Why two? Why not three?
title = "{title}"
[data]
dataset = "old_faithful"
[model]
components = 2
max_iter = 1
[pace]
length = 3.5
[output]
size = [160, 90]
fps = 4
"""
DECK = """\
title = "A & B"
author = "Ann"
[[sections]]
title = "First"
scenes = ["a.toml"]
[[sections]]
scenes = ["b.toml"]
steps = []
"""
