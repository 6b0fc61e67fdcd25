import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from gmmviz.artists.quick import QuickLine, QuickPatch

WAY = [2.0, 3.5, 4.0, 11.0], [1.0, 2.5, 2.25, 7.0]  # the last is outside
DIGIT = TextPath((0, 0), "3", size=12)
LINES = {
    "line": {"color": "#d55e00", "linewidth": 2.2, "alpha": 0.55},
    "dots": {"marker": "o", "linestyle": "none", "markersize": 9.5, "markerfacecolor": "#0072b2"},
    "digits": {"marker": DIGIT, "linestyle": "none", "markersize": 13, "markeredgewidth": 0},
}
PATCHES = {
    "outline": {"fill": False, "edgecolor": (0, 0.4, 0.7, 0.6), "linewidth": 2.8},
    "filled": {"facecolor": (0, 0.4, 0.7, 0.1), "edgecolor": "#0072b2", "linewidth": 1.3},
    "no edge": {"facecolor": "#0072b2", "linewidth": 0},
}


def pictures(artist, changes, clip=True):
    """What Agg paints, at first and after each change."""
    figure = Figure(figsize=(120 / 72, 90 / 72), dpi=72)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8), xlim=(0, 10), ylim=(0, 8))
    canvas = FigureCanvasAgg(figure)
    axes.add_artist(artist)
    artist.set_clip_on(clip)
    artist.set_animated(True)
    canvas.draw()
    ground = np.asarray(canvas.buffer_rgba()).copy()
    for change in ({}, *changes):
        artist.set(**change)
        np.copyto(np.asarray(canvas.buffer_rgba()), ground)
        artist.draw(canvas.get_renderer())
        yield np.asarray(canvas.buffer_rgba()).copy()


def assert_same_pictures(quick, plain, changes, **options):
    pairs = list(zip(pictures(quick, changes, **options), pictures(plain, changes, **options), strict=True))
    for one, other in pairs:
        np.testing.assert_array_equal(one, other)
    assert (pairs[0][0] != pairs[-1][0]).any()


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("style", LINES)
def test_quick_line_is_painted_as_matplotlib_paints_it(style, clip):
    changes = [
        {"data": ([5.0], [3.0])},
        {"alpha": 0.3},
        {"alpha": None, "color": "#009e73", "linewidth": 4.0},
        {"data": ([], [])},
        {"data": WAY, "visible": False},
    ]
    assert_same_pictures(QuickLine(*WAY, **LINES[style]), Line2D(*WAY, **LINES[style]), changes[1:], clip=clip)
    assert_same_pictures(QuickLine(*WAY, **LINES[style]), Line2D(*WAY, **LINES[style]), changes[:1], clip=clip)


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("style", PATCHES)
def test_quick_patch_is_painted_as_matplotlib_paints_it(style, clip):
    circle = Path(4 * Path.unit_circle().vertices + [6, 5], Path.unit_circle().codes)
    changes = [
        {"edgecolor": "#d55e00", "linewidth": 2.0},
        {"facecolor": (0.5, 0.2, 0.2, 0.4)},
        {"path": Path([[1, 1], [4, 1], [4, 6], [1, 1]], closed=True)},
        {"path": Path(np.zeros((0, 2)))},
    ]
    assert_same_pictures(
        QuickPatch(circle, **PATCHES[style]), PathPatch(circle, **PATCHES[style]), changes, clip=clip
    )
