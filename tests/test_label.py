import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from gmmviz.label import Label


def picture_of(kind, texts):
    figure = Figure(figsize=(200 / 72, 60 / 72), dpi=72, facecolor="#306090")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    artist = kind(10, 20, "", transform=None, color="#ffee00", fontsize=20)
    figure.add_artist(artist)
    base = np.asarray(canvas.buffer_rgba()).copy()
    pictures = []
    for text in texts:
        np.copyto(np.asarray(canvas.buffer_rgba()), base)
        artist.set_text(text)
        artist.draw(canvas.get_renderer())
        pictures.append(np.asarray(canvas.buffer_rgba()).astype(int))
    return pictures


def test_label_looks_like_text():
    (label,), (text,) = picture_of(Label, ["E-step 3"]), picture_of(Text, ["E-step 3"])

    assert (text != text[0, 0]).any()
    assert np.abs(label - text).max() <= 2


def test_label_looks_the_same_the_second_time():
    first, _, again = picture_of(Label, ["one", "two", "one"])

    assert np.array_equal(first, again)


def test_empty_label_paints_nothing():
    (picture,) = picture_of(Label, [""])

    assert (picture == picture[0, 0]).all()
