from io import StringIO

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath

from gmmviz.artists.prepared import PreparedLine

WAY = [2.0, 3.5, 4.0, 11.0], [1.0, 2.5, 2.25, 7.0]  # the last is outside
DIGIT = TextPath((0, 0), "3", size=12)
LINES = {
    "line": {"color": "#d55e00", "linewidth": 2.2, "alpha": 0.55},
    "dots": {"marker": "o", "linestyle": "none", "markersize": 9.5, "markerfacecolor": "#0072b2"},
    "jagged line": {"color": "#d55e00", "linewidth": 3.0, "antialiased": False},
    "squares just large enough to stand on whole pixels": {"marker": "s", "linestyle": "none", "markersize": 2.0},
    "triangles just large enough": {"marker": "^", "linestyle": "none", "markersize": 5.0},
    "triangles too small for it": {"marker": "^", "linestyle": "none", "markersize": 4.9, "antialiased": False},
    "digits": {"marker": DIGIT, "linestyle": "none", "markersize": 13, "markeredgewidth": 0},
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


def assert_same_pictures(prepared, plain, changes, **options):
    pairs = list(zip(pictures(prepared, changes, **options), pictures(plain, changes, **options), strict=True))
    for one, other in pairs:
        np.testing.assert_array_equal(one, other)
    assert (pairs[0][0] != pairs[-1][0]).any()


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("style", LINES)
def test_prepared_line_is_painted_as_matplotlib_paints_it(style, clip):
    changes = [
        {"data": ([5.0], [3.0])},
        {"alpha": 0.3},
        {"alpha": None, "color": "#009e73", "linewidth": 4.0},
        {"data": ([], [])},
        {"data": WAY, "visible": False},
    ]
    assert_same_pictures(PreparedLine(*WAY, **LINES[style]), Line2D(*WAY, **LINES[style]), changes[1:], clip=clip)
    assert_same_pictures(PreparedLine(*WAY, **LINES[style]), Line2D(*WAY, **LINES[style]), changes[:1], clip=clip)


def test_context_is_made_once_and_kept_while_the_line_moves():
    line = PreparedLine(*WAY, **LINES["dots"])
    changes = [{"data": ([5.0], [3.0])}, {"data": ([1.0], [2.0])}, {"alpha": 0.5}]
    contexts = [line._prepared[1][0] for _ in pictures(line, changes)]

    assert contexts[0] is contexts[1] is contexts[2]
    assert contexts[3] is not contexts[2]


def test_line_is_an_ordinary_one_in_a_vector_picture():
    figure = Figure(figsize=(120 / 72, 90 / 72), dpi=72)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8), xlim=(0, 10), ylim=(0, 8))
    files = []
    for kind in (PreparedLine, Line2D):
        line = axes.add_line(kind(*WAY, **LINES["line"]))
        files.append(StringIO())
        with rc_context({"svg.hashsalt": "same"}):
            figure.savefig(files[-1], format="svg", metadata={"Date": None})
        line.remove()

    assert files[0].getvalue() == files[1].getvalue()
    assert files[0].getvalue().count("#d55e00") == 1
