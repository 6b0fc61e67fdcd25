import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from gmmviz.artists.label import MOST_CACHED, Label


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


SAID = ["E-step 3", "VA To: 10.25 Ä", "σ² → 7"]


@pytest.mark.parametrize(
    ("said", "style"),
    [
        *((said, {}) for said in SAID),
        *(("right of the middle", {"ha": align, "x": 99.7, "y": 20.3}) for align in ("left", "center", "right")),
        ("two\nlines", {}),
        ("$x^2$", {}),
        ("שלום עולם", {}),
        ("top", {"va": "top"}),
        ("up", {"rotation": 90}),
        ("beyond the left edge", {"x": -30}),
        ("beyond the top", {"y": 55}),
    ],
)
def test_label_looks_like_text(said, style):
    (label,), (text,) = picture_of(Label, [said], **style), picture_of(Text, [said], **style)

    assert (text != text[0, -1]).any()
    assert np.abs(label - text).max() <= 2


def test_label_forgets_the_oldest_painting_and_makes_it_again():
    texts = [str(number) for number in range(MOST_CACHED + 1)]
    pictures = picture_of(Label, [*texts, texts[0]])

    assert np.array_equal(pictures[0], pictures[-1])
    assert not np.array_equal(pictures[0], pictures[1])


def test_label_looks_the_same_the_second_time():
    first, _, again = picture_of(Label, ["one", "two", "one"])

    assert np.array_equal(first, again)


def test_empty_label_paints_nothing():
    (picture,) = picture_of(Label, [""])

    assert (picture == picture[0, 0]).all()
