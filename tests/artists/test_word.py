import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.testing import assert_allclose

from gmmviz.artists.end_labels import EndLabels
from gmmviz.artists.word import Word, spread
from gmmviz.themes import theme_named

places = st.lists(st.floats(0, 100), min_size=1, max_size=10)


@given(places, st.floats(0.1, 30))
def test_spread_places_stand_apart_and_inside(wanted, gap):
    apart = spread(wanted, gap, 0, 100)
    gap = min(gap, 100 / max(len(wanted) - 1, 1))

    assert (np.diff(np.sort(apart)) > gap - 1e-9).all()
    assert apart.min() > -1e-9
    assert apart.max() < 100 + 1e-9
    assert (np.diff(apart[np.argsort(wanted, kind="stable")]) > 0).all()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=10, unique=True))
def test_places_that_are_apart_stay(wanted):
    assert_allclose(spread([10 * w for w in wanted], 10, 0, 100), [10 * w for w in wanted])


def test_crowded_places_move_to_both_sides():
    assert_allclose(spread([50, 50], 10, 0, 100), [45, 55])
    assert_allclose(spread([99, 100], 10, 0, 100), [90, 100])


@pytest.fixture
def axes():
    figure = Figure(figsize=(4, 2), dpi=72)
    FigureCanvasAgg(figure)
    return figure.subplots()


@pytest.mark.parametrize("n", [2, 5, 10])
def test_names_at_the_ends_of_equal_curves_do_not_overlap(axes, n):
    theme = theme_named("light").scaled((640, 360))
    words = [(str(k + 1), theme.color(k), True) for k in range(n)]
    labels = EndLabels(axes, [0.5] * n, words, theme)
    axes.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in labels.texts]
    # The letters themselves fill half of a line's height.
    inks = [Bbox.from_bounds(b.x0, b.y0 + 0.25 * b.height, b.width, 0.5 * b.height) for b in boxes]

    assert not any(a.overlaps(b) for i, a in enumerate(inks) for b in inks[:i])
    room = labels.get_window_extent()
    assert all(room.x0 <= box.x0 and box.x1 <= room.x1 for box in boxes)


def test_long_names_lose_their_middle(axes):
    theme = theme_named("light").scaled((640, 360))
    names = ["k-means from a very unlucky start, seed 1", "k-means from a very unlucky start, seed 2", "EM"]
    labels = EndLabels(axes, [0.1, 0.5, 0.9], [(name, "#000000", False) for name in names], theme)
    shown = [text.get_text() for text in labels.texts]

    assert [text.partition("…")[1] for text in shown] == ["…", "…", ""]
    assert len(set(shown)) == 3
    for text, name in zip(shown, names, strict=True):
        begin, _, end = text.partition("…")
        assert name.startswith(begin)
        assert name.endswith(end)
    axes.figure.canvas.draw()
    assert max(text.get_window_extent().width for text in labels.texts) <= 0.21 * axes.figure.bbox.width


@pytest.mark.parametrize("dpi", [72, 200])
def test_word_stands_at_its_place_in_every_resolution(axes, dpi):
    theme = theme_named("light")
    word = Word(axes, theme.text, theme)
    word.put("0", (0.5, 0.5), 20.0)
    axes.figure.dpi = dpi
    axes.draw_artist(word)
    box = word.get_window_extent()

    assert_allclose((box.x0 + box.x1) / 2, axes.transData.transform((0.5, 0.5))[0])
    assert_allclose((box.y0 + box.y1) / 2, axes.transData.transform((0.5, 0.5))[1], atol=0.05 * 20 * dpi / 72)
    assert_allclose(box.height / dpi, 0.66 * 20 / 72, rtol=0.1)
