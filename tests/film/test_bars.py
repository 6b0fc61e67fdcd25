"""Title and caption bar, at 1280x720, where a pixel is a pixel."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gmmviz.film.bars import CaptionBar, draw_title, shrink, width_of
from gmmviz.themes import theme_named
from gmmviz.themes.settings import drawn_with


@pytest.fixture
def picture():
    """A figure of 1280x720 pixels, its renderer and its theme."""
    theme = theme_named("light").scaled((1280, 720))
    figure = Figure(figsize=(1280 / 72, 720 / 72), dpi=72)
    with drawn_with(theme.settings()):
        yield figure, FigureCanvasAgg(figure).get_renderer(), theme


def test_title_stands_left_and_subtitle_right(picture):
    figure, renderer, theme = picture
    draw_title(figure, theme, renderer, "Title", "Subtitle")
    title, subtitle = figure.artists

    assert title.get_position() == (48, 658)
    assert subtitle.get_position() == (1232, 658)
    assert (title.get_fontsize(), subtitle.get_fontsize()) == (38, 24)
    assert subtitle.get_ha() == "right"


@pytest.mark.parametrize(("short_of", "n_texts"), [(1, 2), (-1, 1)])
def test_subtitle_that_finds_no_room_is_left_out(picture, monkeypatch, short_of, n_texts):
    """Of 1280 pixels, 48 at each side and 24 between the two are free."""
    figure, renderer, theme = picture
    widths = {"Title": 700, "Subtitle": 1280 - 2 * 48 - 24 - 700 - short_of}
    monkeypatch.setattr("gmmviz.film.bars.width_of", lambda text, renderer: widths[text.get_text()])
    draw_title(figure, theme, renderer, "Title", "Subtitle")

    assert len(figure.artists) == n_texts
    assert figure.artists[0].get_fontsize() == 38


def test_long_title_takes_all_the_room_and_no_more(picture):
    figure, renderer, theme = picture
    draw_title(figure, theme, renderer, "A very long title " * 12, "")

    assert width_of(figure.artists[0], renderer) == pytest.approx(1280 - 2 * 48, rel=0.02)


def test_caption_follows_its_label(picture):
    figure, renderer, theme = picture
    bar = CaptionBar(figure, theme, renderer, [("Start", "a first guess")])
    label, caption = bar.moving("Start", "a first guess")

    assert (label.get_text(), caption.get_text()) == ("Start", "a first guess")
    assert label.get_position()[0] == 68
    assert caption.get_position()[0] == pytest.approx(68 + width_of(label, renderer) + 16)
    middle = 84 - 8 - 52 / 2
    assert label.get_position()[1] == caption.get_position()[1] == pytest.approx(middle - 0.29 * 27)
    assert [text.get_fontsize() for text in (label, caption)] == [27, 27]
    patch = figure.artists[0]
    assert (patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()) == (58, 34, 1164, 32)
    assert (patch.get_boxstyle().pad, patch.get_linewidth()) == (10, 0)

    _, caption = bar.moving("", "alone")
    assert caption.get_position()[0] == 68


def test_longest_words_decide_the_size_of_all(picture):
    """The room is that of the bar less 20 pixels at each end."""
    figure, renderer, theme = picture
    words = [("Start", "short"), ("A label", "a caption that goes on and on " * 6), ("A longer label", "")]
    bar = CaptionBar(figure, theme, renderer, words)
    label, caption = bar.moving(*words[1])

    assert label.get_fontsize() == caption.get_fontsize() < 27
    end = caption.get_position()[0] + width_of(caption, renderer)
    assert end == pytest.approx(1280 - 48 - 20, abs=15)  # the gap does not shrink
    assert end <= 1280 - 48


def test_letters_shrink_and_never_grow(picture):
    figure, *_ = picture
    text = figure.text(0, 0, "x", fontsize=20)

    shrink([text], 100, 120)
    assert text.get_fontsize() == 20
    shrink([text], 100, 50)
    assert text.get_fontsize() == 10
    shrink([text], 0.0, 50)
    assert text.get_fontsize() == 10
