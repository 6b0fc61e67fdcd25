from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from gmmviz.artists.label import MOST_CACHED, Label, _files


@pytest.fixture(autouse=True)
def unhinted():
    """As in films."""
    with mpl.rc_context({"text.hinting": "none"}):
        yield


def picture_of(kind, texts, **style):
    figure = Figure(figsize=(200 / 72, 60 / 72), dpi=72, facecolor="#306090")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    artist = kind(**{"x": 10, "y": 20, **style}, transform=None, color="#ffee00", fontsize=20)
    figure.add_artist(artist)
    base = np.asarray(canvas.buffer_rgba()).copy()
    pictures = []
    for text in texts:
        np.copyto(np.asarray(canvas.buffer_rgba()), base)
        artist.set_text(text)
        artist.draw(canvas.get_renderer())
        pictures.append(np.asarray(canvas.buffer_rgba()).astype(int))
    return pictures


SAID = ["E-step 3", "VA To: 10.25 Ä", "σ² → 7", "HTLE"]


@pytest.mark.parametrize("said", SAID)
def test_label_looks_like_text(said):
    (label,), (text,) = picture_of(Label, [said]), picture_of(Text, [said])

    assert (text != text[0, 0]).any()
    # Agg fills outlines as FreeType does, but for the roundness of curves and a 64th of a pixel.
    assert np.abs(label - text).max() <= 40
    assert np.abs(label - text).mean() <= 0.3


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("said", SAID)
def test_label_stands_where_text_does(said, align):
    style = {"horizontalalignment": align, "x": {"left": 10.3, "center": 99.8, "right": 190.6}[align], "y": 20.7}
    rows, columns = np.mgrid[:60, :200]
    places = []
    for kind in (Label, Text):
        (picture,) = picture_of(kind, [said], **style)
        ink = np.abs(picture - picture[0, 0]).sum(axis=2)
        places.append([np.average(columns, weights=ink), np.average(rows, weights=ink)])

    assert np.abs(np.subtract(*places)).max() < 0.1


@pytest.mark.parametrize(
    ("said", "style"),
    [("two\nlines", {}), ("$x^2$", {}), ("שלום עולם", {}), ("top", {"va": "top"}), ("up", {"rotation": 90})],
)
def test_label_leaves_to_matplotlib_what_is_not_words_side_by_side(said, style):
    (label,), (text,) = picture_of(Label, [said], **style), picture_of(Text, [said], **style)

    assert (text != text[0, 0]).any()
    assert np.abs(label - text).max() <= 2


@pytest.mark.parametrize("said", ["", "E-step 13: each point asks", "  apart  ", "two\nlines"])
def test_width_is_what_matplotlib_says(said):
    figure = Figure(dpi=72)
    label = Label(0, 0, said, fontsize=20, figure=figure)
    renderer = FigureCanvasAgg(figure).get_renderer()

    assert abs(label.width(renderer) - label.get_window_extent(renderer).width) < 0.3


def test_label_takes_another_font():
    figure = Figure(dpi=72)
    label = Label(0, 0, "iii 111", fontsize=20, figure=figure)
    renderer = FigureCanvasAgg(figure).get_renderer()
    proportional = label.width(renderer)
    label.set_family("monospace")

    assert label.width(renderer) > 1.2 * proportional


def test_label_looks_the_same_the_second_time():
    first, _, again = picture_of(Label, ["one", "two", "one"])

    assert np.array_equal(first, again)


def test_empty_label_paints_nothing():
    (picture,) = picture_of(Label, [""])

    assert (picture == picture[0, 0]).all()


def test_label_forgets_the_oldest_painting_and_makes_it_again():
    texts = [str(number) for number in range(MOST_CACHED + 1)]
    pictures = picture_of(Label, [*texts, texts[0]])

    assert np.array_equal(pictures[0], pictures[-1])
    assert not np.array_equal(pictures[0], pictures[1])


@pytest.mark.parametrize(("said", "style"), [("   ", {}), ("far", {"x": -500}), ("far", {"y": 900})])
def test_label_without_ink_in_the_picture_paints_nothing(said, style):
    for picture in picture_of(Label, [said, said], **style):
        assert (picture == picture[0, 0]).all()


def test_invisible_label_paints_nothing():
    (picture,) = picture_of(Label, ["seen"], visible=False)

    assert (picture == picture[0, 0]).all()


def test_label_covers_what_is_behind_it():
    (picture,) = picture_of(Label, ["█"])

    assert (picture == [0xFF, 0xEE, 0x00, 255]).all(axis=2).sum() > 100


@pytest.mark.parametrize("style", [{"x": -12}, {"x": 185}, {"y": -6}, {"y": 52}])
def test_label_is_cut_off_at_the_edge_of_the_picture(style):
    (label,), (text,) = picture_of(Label, ["O8O8"], **style), picture_of(Text, ["O8O8"], **style)

    assert (text != text[30, 100]).any()
    assert np.abs(label - text).max() <= 40
    assert np.abs(label - text).mean() <= 0.3


@pytest.mark.parametrize(
    ("said", "style", "simple"),
    [
        ("E-step 3: 10.25 Ä σ", {}, True),
        ("two\nlines", {}, False),
        ("$x^2$", {}, False),
        ("שלום", {}, False),
        ("top", {"va": "top"}, False),
        ("up", {"rotation": 90}, False),
        ("tex", {"usetex": True}, False),
    ],
)
def test_words_side_by_side_are_simple(said, style, simple):
    assert Label(0, 0, said, **style).simple is simple


def test_words_are_outlined_once_and_digits_one_by_one():
    label = Label(0, 0, "step 12,  of 120 ", fontsize=20, figure=Figure(dpi=72))
    words = label._line()

    assert [word.width for word in label._line()] == [word.width for word in words]
    assert all(again is word for again, word in zip(label._line(), words, strict=True))
    (outlines,) = label._words.values()
    assert list(outlines) == ["step ", "1", "2", ",  ", "of ", "0", " "]


def test_label_keeps_at_most_64_paintings():
    canvas = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=72))
    label = Label(3, 3, "", transform=None)
    canvas.figure.add_artist(label)
    for number in range(70):
        label.set_text(str(number))
        label.draw(canvas.get_renderer())

    assert [key[0] for key in label._cached_paintings] == [str(number) for number in range(6, 70)]


def test_fonts_that_are_not_installed_are_passed_over():
    def names(*family):
        return [Path(str(file)).name for file in _files(FontProperties(family=list(family)))]

    assert names("No such font", "DejaVu Sans Mono", "DejaVu Sans") == ["DejaVuSansMono.ttf", "DejaVuSans.ttf"]
    assert names("No such font") == ["DejaVuSans.ttf"]
