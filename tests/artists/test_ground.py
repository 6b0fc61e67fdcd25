import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import gmmviz as gv
from gmmviz.artists.ground import Ground


class Counted(Line2D):
    n_paintings = 0

    def draw(self, renderer):
        self.n_paintings += 1
        super().draw(renderer)


@pytest.fixture
def canvas():
    figure = Figure(figsize=(60 / 72, 50 / 72), dpi=72)
    figure.add_axes((0.2, 0.2, 0.6, 0.6), xlim=(0, 1), ylim=(0, 1))
    return FigureCanvasAgg(figure)


@pytest.fixture
def line():
    return Counted([0, 1], [0, 1], color="#d55e00", linewidth=5)


@pytest.fixture
def ground(canvas, line):
    artist = Ground(canvas.figure.axes[0], line)
    canvas.figure.axes[0].add_artist(artist)
    artist.set_animated(True)
    return artist


def painted(canvas, artist):
    canvas.draw()
    artist.draw(canvas.get_renderer())
    return np.asarray(canvas.buffer_rgba()).copy()


def test_it_is_painted_once_for_as_long_as_it_shows_the_same(canvas, ground, line):
    one = object()
    assert ground.turns_to(one)
    first = painted(canvas, ground)
    assert not ground.turns_to(one)
    again = painted(canvas, ground)

    assert line.n_paintings == 1
    np.testing.assert_array_equal(again, first)
    canvas.draw()
    assert (np.asarray(canvas.buffer_rgba()) != first).any()


def test_it_is_painted_again_when_it_shows_something_else_or_elsewhere(canvas, ground, line):
    ground.turns_to(object())
    first = painted(canvas, ground)
    assert ground.turns_to(object())
    line.set_data([0, 1], [1, 0])
    turned = painted(canvas, ground)
    canvas.figure.axes[0].set_position((0.1, 0.1, 0.8, 0.8))
    moved = painted(canvas, ground)

    assert line.n_paintings == 3
    assert (turned != first).any()
    assert (moved != turned).any()


def test_in_a_figure_of_the_users_own_nothing_is_cached(trace):
    """What lies below it may be changed there at any time."""
    figure = Figure(figsize=(3, 2))
    canvas = FigureCanvasAgg(figure)
    axes = gv.plot(trace, figure.add_axes((0.2, 0.2, 0.7, 0.7)), gv.ContourRenderer(points=False))
    canvas.draw()
    figure.set_facecolor("red")
    canvas.draw()

    picture = np.asarray(canvas.buffer_rgba())
    x0, _, x1, y1 = axes.bbox.extents.astype(int)
    above = len(picture) - y1 - 2
    assert (picture[above, x0:x1, :3] == (255, 0, 0)).all()


def test_what_reaches_the_edges_of_the_picture_is_copied_whole(canvas, ground, line):
    axes = canvas.figure.axes[0]
    axes.set_axis_off()
    axes.set_position((0, 0, 1, 1))
    line.set_data([0, 1, 1, 0, 0], [0, 0, 1, 1, 0])
    ground.turns_to(object())
    first, again = painted(canvas, ground), painted(canvas, ground)

    assert line.n_paintings == 1
    assert (first[[0, -1]] != 255).any(axis=2).all()
    assert (first[:, [0, -1]] != 255).any(axis=2).all()
    np.testing.assert_array_equal(again, first)


def test_lines_at_the_edges_of_the_axes_are_copied_whole(canvas, ground, line):
    line.set_clip_on(False)
    line.set(linewidth=8, xdata=[0, 1, 1, 0, 0], ydata=[0, 0, 1, 1, 0])
    canvas.figure.axes[0].set_axis_off()
    ground.turns_to(object())
    first, again = painted(canvas, ground), painted(canvas, ground)

    np.testing.assert_array_equal(again, first)
    rows, columns = np.nonzero((first != 255).any(axis=2))
    # The axes reach from 12 to 48 and from 10 to 40, and half of the line beyond that.
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (8, 51, 6, 43)


def test_invisible_ground_is_not_painted(canvas, ground, line):
    ground.set_visible(False)
    painted(canvas, ground)

    assert line.n_paintings == 0
