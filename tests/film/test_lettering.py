"""Words made to fit, on a picture where a pixel is a pixel and letters are measured by their number."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gmmviz.film import lettering
from gmmviz.film.lettering import fit, shorten, shrink, width_of


@pytest.fixture
def written(monkeypatch):
    """Write a text whose letters are half as wide as the font is high."""
    figure = Figure(dpi=72)
    monkeypatch.setattr(
        lettering,
        "width_of",
        lambda text, renderer: max(map(len, text.get_text().split("\n"))) * text.get_fontsize() / 2,
    )
    return lambda text, size=20: figure.text(0, 0, text, fontsize=size)


@pytest.mark.parametrize(
    ("room", "size", "shown", "outcome"),
    [
        (190, 20, "one two three, four", "whole"),
        (152, 16, "one two three, four", "whole"),
        (117.8, 12.4, "one two three, four", "whole"),  # 0.62 of the size is the least
        (117.2, 12.4, "one two three…", "shortened"),
        (80, 12.4, "one two…", "shortened"),
        (30, 12.4, "one…", "shortened"),
        (20, 12.4, "on…", "shortened"),
        (12, 12.4, "", "left out"),
    ],
)
def test_letters_become_smaller_and_then_words_are_left_out(written, room, size, shown, outcome):
    text = written("one two three, four")

    assert fit(text, room, None) == outcome
    assert (text.get_text(), text.get_fontsize()) == (shown, pytest.approx(size))


def test_letters_become_no_smaller_than_eight_pixels(written):
    text = written("one two", 10)

    assert fit(text, 26, None) == "shortened"
    assert (text.get_text(), text.get_fontsize()) == ("one…", 8)
    small = written("one", 7.9)
    assert (fit(small, 1000, None), small.get_text()) == ("left out", "")
    assert fit(written(""), 0, None) == "whole"


def test_formula_is_not_cut(written):
    text = written(r"of $\mu + \nu$ and more")

    assert (shorten(text, 140, None), text.get_text()) == ("shortened", "of…")
    text.set_text(r"of $\mu + \nu$ and more")
    assert (shorten(text, 160, None), text.get_text()) == ("shortened", r"of $\mu + \nu$…")


def test_second_of_two_lines_is_shortened_first(written):
    text = written("one two\nthree four five")

    assert (shorten(text, 100, None), text.get_text()) == ("shortened", "one two\nthree…")


def test_letters_shrink_to_a_limit(written):
    text = written("x")
    shrink([text], 100, 10, 0.5)

    assert text.get_fontsize() == 10


def test_real_letters_fit():
    figure = Figure(figsize=(8, 4), dpi=72)
    renderer = FigureCanvasAgg(figure).get_renderer()
    text = figure.text(0, 0, "a title that goes on and on, for ever and ever", fontsize=30)

    assert fit(text, 200, renderer) == "shortened"
    assert 100 < width_of(text, renderer) <= 200.5
    assert text.get_text().endswith("…")
