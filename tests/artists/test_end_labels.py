import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from gmmviz.artists.end_labels import EndLabels, Margin, number_components
from gmmviz.artists.word import text_width
from gmmviz.themes import theme_named

THEME = theme_named("light")
SIZE = 21


@pytest.fixture
def axes():
    figure = Figure(figsize=(400 / 72, 300 / 72), dpi=72)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.25, 0.1, 0.5, 0.8))  # from 100 to 300, and from 30 to 270
    axes.set_ylim(0, 240)
    return axes


def end_labels(axes, heights, names):
    labels = EndLabels(axes, heights, [(name, "#ff0000", False) for name in names], THEME)
    labels.draw(axes.figure.canvas.get_renderer())
    return labels


def test_components_are_numbered_from_one_in_their_colors(axes):
    number_components(axes, {0: 10.0, 2: 30.0}, THEME)
    labels = axes.get_xticklabels()

    assert_allclose(axes.get_xticks(), [10, 30])
    assert [label.get_text() for label in labels] == ["1", "3"]
    assert [to_hex(label.get_color()) for label in labels] == [THEME.color(0), THEME.color(2)]
    assert {label.get_fontsize() for label in labels} == {SIZE}


def test_margin_is_as_wide_as_asked_for_beside_the_axes(axes):
    margin = Margin(axes, left=20, right=30)

    assert_allclose(margin.get_window_extent().extents, [80, 30, 330, 270])
    axes.figure.dpi = 144
    assert_allclose(margin.get_window_extent().extents, [160, 60, 660, 540])


def test_names_stand_at_the_heights_of_what_they_name(axes):
    labels = end_labels(axes, [60.0, 180.0], ["low", "high"])
    places = [text.get_position() for text in labels.texts]

    assert_allclose(places, [(300 + 16 * 1.3, 30 + y - 0.33 * SIZE) for y in (60, 180)])
    assert_allclose(labels._lines[0].get_data(), [[300, 316, 316], [90, 90, 90]])
    width = max(text_width(name, SIZE, THEME.font()) for name in ("low", "high"))
    assert labels.get_window_extent().x1 == pytest.approx(300 + 24 + width)


def test_names_of_equal_heights_stand_a_line_apart(axes):
    labels = end_labels(axes, [120.0, 120.0], ["a", "b"])
    heights = [text.get_position()[1] + 0.33 * SIZE for text in labels.texts]

    assert_allclose(np.diff(heights), 1.05 * SIZE)
    assert_allclose(np.mean(heights), 150)
    assert_allclose([line.get_ydata()[0] for line in labels._lines], 150)


def test_names_of_what_is_beyond_the_axes_stand_at_their_ends(axes):
    labels = end_labels(axes, [-100.0, 1000.0], ["a", "b"])

    assert_allclose([line.get_ydata()[0] for line in labels._lines], [30, 270])


def test_six_numbers_take_turns_in_two_columns(axes):
    five, six = (end_labels(axes, [120.0] * n, [str(k) for k in range(n)]) for n in (5, 6))
    x = [text.get_position()[0] for text in six.texts]
    width = max(text_width(str(k), SIZE, THEME.font()) for k in range(6))

    assert len({text.get_position()[0] for text in five.texts}) == 1
    assert_allclose(x[1::2], x[1])
    assert_allclose(x[::2], x[0])
    assert_allclose(x[1] - x[0], width + 0.4 * SIZE)
    heights = [text.get_position()[1] for text in six.texts]
    assert_allclose(np.diff(heights), 1.05 * SIZE / 2)
    assert six.get_window_extent().x1 == pytest.approx(300 + 24 + 2 * width + 0.4 * SIZE)


def test_six_long_names_stand_in_one_column(axes):
    labels = end_labels(axes, [120.0] * 6, [f"number {k}" for k in range(6)])

    assert len({text.get_position()[0] for text in labels.texts}) == 1


def test_letters_shrink_where_the_axes_are_too_low(axes):
    labels = end_labels(axes, [120.0] * 21, [f"number {k}" for k in range(21)])

    # 20 steps of 1.05 letters would take 441 of 240 pixels.
    assert_allclose([text.get_fontsize() for text in labels.texts], SIZE * 240 / (20 * 1.05 * SIZE))


def test_name_of_almost_a_fifth_of_the_picture_stays_whole(axes):
    names = ["short", "longer than that"]
    labels = end_labels(axes, [60.0, 180.0], names)
    shown = [text.get_text() for text in labels.texts]

    assert text_width(names[1], SIZE, THEME.font()) > 80
    assert shown[0] == "short"
    assert "…" in shown[1]
    assert text_width(shown[1], SIZE, THEME.font()) <= 80
    begin, end = shown[1].split("…")
    longer = names[1][: len(begin) + 1] + "…" + names[1][len(names[1]) - len(end) :]
    assert text_width(longer, SIZE, THEME.font()) > 80 - 0.6 * SIZE


def test_invisible_names_are_not_drawn(axes):
    labels = EndLabels(axes, [60.0], [("a", "#ff0000", False)], THEME)
    labels.set_visible(False)
    labels.draw(axes.figure.canvas.get_renderer())

    assert labels.texts[0].get_position() == (0, 0)


def test_leaders_are_thin_and_faint_and_names_have_their_own_ink_and_weight(axes):
    labels = EndLabels(axes, [60.0, 180.0], [("a", "#ff0000", False), ("b", "#0000ff", True)], THEME)

    assert [line.get_linewidth() for line in labels._lines] == [1.6, 1.6]
    assert [line.get_alpha() for line in labels._lines] == [0.6, 0.6]
    assert [line.get_color() for line in labels._lines] == ["#ff0000", "#0000ff"]
    assert [text.get_color() for text in labels.texts] == ["#ff0000", "#0000ff"]
    assert [text.get_fontweight() for text in labels.texts] == [
        THEME.font(weight).get_weight() for weight in ("normal", "bold")
    ]
    assert labels.get_window_extent().x0 == 100
    assert not labels.get_clip_on()


def test_names_are_painted_over_their_leaders(axes):
    labels = EndLabels(axes, [60.0], [("a", "#ff0000", False)], THEME)
    order = []
    for artist in (*labels._lines, *labels.texts):
        artist.draw = lambda renderer, artist=artist: order.append(artist)
    labels.draw(axes.figure.canvas.get_renderer())

    assert order == [*labels._lines, *labels.texts]
    assert labels.texts[0].get_position() != (0, 0)


def test_names_and_leaders_fade_together(axes):
    labels = EndLabels(axes, [60.0, 180.0], [("a", "#ff0000", False), ("b", "#0000ff", True)], THEME)
    drawn = []
    for artist in (*labels._lines, *labels.texts):
        artist.draw = lambda renderer, artist=artist: drawn.append(artist)
    labels.opacities = [0.5, 0.0]
    labels.draw(axes.figure.canvas.get_renderer())

    assert drawn == [labels._lines[0], labels.texts[0]]
    assert labels._lines[0].get_alpha() == 0.3
    assert labels.texts[0].get_alpha() == 0.5


def test_name_of_two_lines_is_centered_at_its_height(axes):
    labels = end_labels(axes, [120.0], ["truth\n−3.65"])
    (text,) = labels.texts
    box = text.get_window_extent(axes.figure.canvas.get_renderer())

    assert (box.y0 + box.y1) / 2 == pytest.approx(150, abs=1)
    assert box.height > 1.8 * SIZE
    width = max(text_width(line, SIZE, THEME.font()) for line in ("truth", "−3.65"))
    assert labels.get_window_extent().x1 == pytest.approx(300 + 24 + width)


def test_names_take_a_bounded_share_of_a_narrow_panels_part():
    """Three tenths, where a fifth of the whole picture would leave nothing of the panel."""
    figure = Figure(figsize=(800 / 72, 4), dpi=72)
    grid = figure.add_gridspec(1, 4, left=0, right=1, wspace=0)
    axes = figure.add_subplot(grid[0, 3])
    (text,) = EndLabels(axes, [0.5], [("a very long name of a variant", "#000000", False)], THEME).texts

    assert "…" in text.get_text()
    assert 30 < text_width(text.get_text(), SIZE, THEME.font()) <= 0.42 * 200


def test_name_whose_letters_are_too_small_is_not_drawn():
    figure = Figure(figsize=(4, 4), dpi=72)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.5, 0.1))
    drawn = []
    labels = EndLabels(axes, [0.1] * 6, [(f"name {i}", "#000000", False) for i in range(6)], THEME)
    for text in labels.texts:
        text.draw = drawn.append
    labels.draw(canvas.get_renderer())

    assert labels.texts[0].get_fontsize() < 8
    assert drawn == []
