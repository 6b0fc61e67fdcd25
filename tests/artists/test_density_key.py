from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from gmmviz.artists.density_key import DensityKey
from gmmviz.themes import theme_named

THEME = theme_named("light")
COLORS = [(i / 10, 0.5, 0.5, 1) for i in range(7)]
NAMES = ["max", "1/2", "1/4", "1/8", "1/16", "1/32", "1/64"]


class Recorder(RendererAgg):
    """Notes what is painted."""

    def __init__(self, width, height):
        super().__init__(width, height, 72)
        self.swatches, self.lines, self.letters = [], [], []

    def draw_path(self, gc, path, transform, face=None):
        vertices = path.transformed(transform).vertices
        if len(vertices) == 5 and face is not None:
            self.swatches.append((vertices, face))
        else:
            (self.lines if face is None else self.letters).append(vertices)


def key_in(size=(800, 600), dpi=72):
    figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=dpi)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.6, 0.8))
    return DensityKey(axes, COLORS, NAMES, "#123456", THEME)


def painted(key):
    recorder = Recorder(2000, 2000)
    key.draw(recorder)
    return recorder


def half_a_name(key):
    return max(path.get_extents().height for path in key._names) / 2


def test_swatches_stand_in_a_column_below_the_panels_upper_end_with_lines_between_them():
    key = key_in()
    drawn = painted(key)
    box, top = key.axes.bbox, key.axes.bbox.y1 - half_a_name(key)

    assert [face for _, face in drawn.swatches] == COLORS
    for i, (vertices, _) in enumerate(drawn.swatches):
        assert_allclose(vertices.min(axis=0), [box.x1 + 12, top - 26 * (i + 1)])
        assert_allclose(vertices.max(axis=0), [box.x1 + 28, top - 26 * i])
    assert_allclose([line[0, 1] for line in drawn.lines], top - 26 * np.arange(1, 7))


def test_each_name_stands_at_its_line():
    key = key_in()
    drawn = painted(key)
    top = key.axes.bbox.y1 - half_a_name(key)

    assert len(drawn.letters) == 7
    for i, letters in enumerate(drawn.letters):
        assert (letters[:, 1].min() + letters[:, 1].max()) / 2 == pytest.approx(top - 26 * i, abs=0.5)


@pytest.mark.parametrize("size", [(800, 600), (300, 150), (200, 80)])
@pytest.mark.parametrize("dpi", [72, 200])
def test_all_of_it_is_within_the_room_that_it_asks_for(size, dpi):
    key = key_in(size, dpi)
    box, drawn = key.get_tightbbox(), painted(key)
    everything = np.concatenate([*(vertices for vertices, _ in drawn.swatches), *drawn.lines, *drawn.letters])

    assert everything[:, 0].min() >= box.x0
    assert everything[:, 0].max() <= box.x1 + 1e-6
    assert everything[:, 1].min() >= box.y0 - 1e-6
    assert everything[:, 1].max() <= box.y1 + 1e-6 == key.axes.bbox.y1 + 1e-6
    whole = (7 * 26 + half_a_name(key)) * dpi / 72
    assert box.height <= 0.62 * key.axes.bbox.height + 1e-6 or box.height == pytest.approx(whole)


@pytest.mark.parametrize("size", [(300, 150), (200, 80)])
def test_names_keep_apart_where_swatches_are_small(size):
    letters = painted(key_in(size)).letters

    assert 1 <= len(letters) < 7
    for upper, lower in pairwise(letters):
        assert upper[:, 1].min() > lower[:, 1].max()


def test_invisible_key_paints_nothing():
    key = key_in()
    key.set_visible(False)

    assert painted(key).swatches == []
