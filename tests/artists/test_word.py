import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.testing import assert_allclose

from gmmviz.artists.end_labels import EndLabels
from gmmviz.artists.word import Word, pixels_per_point, put_beside, spread, text_width
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


def test_word_is_as_wide_as_its_letters(axes):
    theme = theme_named("light")
    word = Word(axes, theme.text, theme)
    one, two = text_width("0", 20.0, theme.font()), text_width("00", 20.0, theme.font())

    assert_allclose(word.width("00", 20.0) - word.width("0", 20.0), two - one, rtol=1e-6)
    assert_allclose(word.width("00", 42.0), 2.1 * word.width("00", 20.0))
    assert word.width("", 20.0) == 0


@pytest.mark.parametrize(("align", "left"), [("left", 0.0), ("center", -0.5), ("right", -1.0)])
def test_word_begins_at_its_place_is_centered_on_it_or_ends_there(axes, align, left):
    theme = theme_named("light")
    word = Word(axes, theme.text, theme, align=align)
    word.put("000", (0.25, 0.5), 20.0, offset=(3.0, 5.0))
    place = np.add(axes.transData.transform((0.25, 0.5)), (3, 5))

    width = word.width("000", 20.0)
    assert_allclose(word.get_window_extent().x0, place[0] + left * width, atol=1e-6)
    assert word.get_window_extent().y0 == pytest.approx(place[1] - 0.33 * 20, abs=0.4)
    axes.figure.dpi = 144
    assert pixels_per_point(word) == 2
    assert_allclose(word.get_window_extent().width, 2 * width)
    assert_allclose(
        word.get_window_extent().x0, axes.transData.transform((0.25, 0.5))[0] + 6 + 2 * left * width, atol=1e-6
    )


def painted(axes, word):
    canvas = axes.figure.canvas
    canvas.draw()
    before = np.asarray(canvas.buffer_rgba()).copy()
    word.draw(canvas.get_renderer())
    return (np.asarray(canvas.buffer_rgba()) != before).any(axis=2)


def test_word_is_painted_unless_it_is_empty_or_invisible(axes):
    theme = theme_named("light")
    word = Word(axes, "#ff0000", theme, weight="bold")
    word.put("8", (0.5, 0.5), 40.0)
    box = word.get_window_extent()
    rows, columns = np.nonzero(painted(axes, word))

    assert abs(columns.min() - box.x0) <= 1.5
    assert abs(columns.max() + 1 - box.x1) <= 1.5
    assert abs(np.ptp(rows) + 1 - box.height) <= 2
    faint = painted(axes, word)
    word.set_alpha(0.0)
    assert not painted(axes, word).any()
    word.set_alpha(None)
    assert (painted(axes, word) == faint).all()
    word.set_visible(False)
    assert not painted(axes, word).any()
    word.set_visible(True)
    word.put("", (0.5, 0.5), 40.0)
    assert not painted(axes, word).any()
    assert word.get_text() == ""


def test_texts_stand_beside_their_heights_and_apart(axes):
    theme = theme_named("light")
    axes.set_ylim(0, 1)
    words = [Word(axes, theme.text, theme, align="left") for _ in range(3)]
    put_beside([(word, text, y) for word, text, y in zip(words, "abc", (0.5, 0.5, 0.9), strict=True)], 0.5, 10, 7)
    size = axes.bbox.height
    offsets = [word._offset for word in words]

    assert [word.get_text() for word in words] == ["a", "b", "c"]
    assert_allclose(offsets, [(7, -0.525 * 10), (7, 0.525 * 10), (7, 0)], atol=1e-9)
    assert {word._letters for word in words} == {10}
    assert [word._at for word in words] == [(0.5, 0.5), (0.5, 0.5), (0.5, 0.9)]
    put_beside([(word, "x", 0.5) for word in words], 0.5, 100, 7)
    assert words[0]._letters == pytest.approx(size / (1.05 * 3))
    lowest, middle, highest = (word._offset[1] for word in words)
    assert_allclose([lowest, middle, highest], [-size / 3, 0, size / 3], atol=size / 6)


def test_texts_of_falling_heights_keep_their_order(axes):
    theme = theme_named("light")
    low, high = (Word(axes, theme.text, theme) for _ in range(2))
    put_beside([(low, "a", 0.6), (high, "b", 0.5)], 0.0, 10, 0)
    places = [y * axes.bbox.height + word._offset[1] for word, y in ((low, 0.6), (high, 0.5))]

    assert places[1] - places[0] == pytest.approx(1.05 * 10)


def test_new_word_is_empty(axes):
    theme = theme_named("light")
    word = Word(axes, theme.text, theme)

    assert word.get_text() == ""
    assert not painted(axes, word).any()
    assert word.get_zorder() == 6
    assert word.get_animated()
    assert not word.get_clip_on()


def test_word_is_painted_in_its_color_without_an_outline(axes):
    word = Word(axes, "#ff0000", theme_named("light"))
    word.put("█", (0.5, 0.5), 60.0)
    axes.set_axis_off()
    axes.figure.canvas.draw()
    word.draw(axes.figure.canvas.get_renderer())
    picture = np.asarray(axes.figure.canvas.buffer_rgba()).astype(int)

    assert (picture == [255, 0, 0, 255]).all(axis=2).sum() > 500
    assert (picture[:, :, 0] == 255).all()  # nothing but red on white
    word.set_alpha(0.5)
    axes.figure.canvas.draw()
    word.draw(axes.figure.canvas.get_renderer())
    middle = axes.transData.transform((0.5, 0.5)).astype(int)
    assert (
        np.abs(np.asarray(axes.figure.canvas.buffer_rgba())[-middle[1], middle[0], :3] - [255, 127.5, 127.5]).max()
        <= 1
    )


def test_single_place_stays_within_the_ends():
    assert_allclose(spread([3.0], 10, 0, 100), [3])
    assert_allclose(spread([-5.0], 10, 0, 100), [0])
    assert_allclose(spread([105.0], 10, 0, 100), [100])


def test_word_stands_at_its_place_unless_it_is_moved(axes):
    theme = theme_named("light")
    word = Word(axes, theme.text, theme)
    word.put("a", (0.5, 0.5), 10)

    assert word._offset == (0.0, 0.0)


@pytest.mark.parametrize(("size", "drawn"), [(7.9, False), (8.0, True)])
def test_word_is_drawn_where_its_letters_can_be_read(axes, size, drawn):
    theme = theme_named("light")
    word = Word(axes, theme.text, theme)
    axes.figure.dpi = 72
    before = np.asarray(axes.figure.canvas.buffer_rgba()).copy() if axes.figure.canvas.draw() is None else None
    word.put("0", (0.5, 0.5), size)
    axes.draw_artist(word)

    assert (np.asarray(axes.figure.canvas.buffer_rgba()) != before).any() == drawn
