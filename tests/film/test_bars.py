"""Title and caption bar, at 1280x720, where a pixel is a pixel."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gmmviz.film.bars import CaptionBar, Room, draw_title
from gmmviz.film.lettering import shrink, width_of
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


@pytest.mark.parametrize(("room", "size"), [(201, 24), (160, 19.2), (150, 18), (149.4, None)])
def test_subtitle_that_finds_no_room_becomes_smaller_and_is_then_left_out(picture, monkeypatch, room, size):
    """Of 1280 pixels, 48 at each side and 24 between the two are free. Its letters are not below 18."""
    figure, renderer, theme = picture
    title = 1280 - 2 * 48 - 24 - room
    monkeypatch.setattr(
        "gmmviz.film.bars.width_of",
        lambda text, renderer: title if text.get_text() == "Title" else 200 * text.get_fontsize() / 24,
    )
    said = draw_title(figure, theme, renderer, "Title", "Subtitle")

    assert [text.get_fontsize() for text in figure.artists] == pytest.approx([38, size] if size else [38])
    assert said == ([] if size else ["the subtitle has no room beside the title, and is left out"])


def test_long_title_is_shortened_and_that_is_said(picture):
    figure, renderer, theme = picture
    said = draw_title(figure, theme, renderer, "A very long title for $5 " * 12, "")
    (title,) = figure.artists

    assert 0.8 * (1280 - 2 * 48) < width_of(title, renderer) <= 1280 - 2 * 48
    assert title.get_fontsize() == pytest.approx(0.62 * 38)
    shown = title.get_text().replace("\\$", "$")
    assert shown.endswith("…")
    assert said == [f"the title has no room, and is shortened to {shown!r}"]


def test_picture_without_a_title_has_no_text_and_says_nothing(picture):
    figure, renderer, theme = picture

    assert draw_title(figure, theme, renderer, "", "") == []
    assert figure.artists == []


@pytest.mark.parametrize(
    ("header", "footer", "room"),
    [(True, True, (48, 92, 84)), (False, True, (48, 24, 84)), (True, False, (48, 92, 24))],
)
def test_bars_that_are_not_there_take_no_room(picture, header, footer, room):
    figure, _, theme = picture
    found = Room.of(figure, theme, header=header, footer=footer)

    assert (found.margin, found.header, found.footer) == room


def test_caption_without_room_loses_its_end_and_that_is_said(picture):
    figure, renderer, theme = picture
    long = ("A label", "a caption that goes on and on, " * 12)
    bar = CaptionBar(figure, theme, renderer, [("Start", "short"), long, ("label " * 60, "caption")])
    label, caption = bar.moving(*long)

    assert label.get_text() == "A label"
    assert caption.get_text().startswith("a caption that goes")
    assert caption.get_text().endswith("…")
    assert caption.get_position()[0] + width_of(caption, renderer) <= 1280 - 48 - 20 + 1
    assert label.get_fontsize() == pytest.approx(0.62 * 27)
    label, caption = bar.moving("label " * 60, "caption")
    assert label.get_text().endswith("…")
    assert caption.get_text() == ""
    assert [text.get_text() for text in bar.moving("Start", "short")] == ["Start", "short"]
    (said,) = bar.said
    assert said.startswith("2 captions have no room, and are shortened: 'A label a caption that goes on")


def test_text_of_a_moment_that_the_film_does_not_stop_at_is_shortened_too(picture):
    figure, renderer, theme = picture
    bar = CaptionBar(figure, theme, renderer, [("Start", "a first guess")])
    label, caption = bar.moving("M-step 20", "components move to their points and go on and on " * 4)

    assert label.get_text() == "M-step 20"
    assert caption.get_text().endswith("…")
    assert caption.get_position()[0] + width_of(caption, renderer) <= 1280 - 48 - 20 + 1
    assert label.get_fontsize() == 27
    assert [text.get_text() for text in bar.moving("Start", "a first guess")] == ["Start", "a first guess"]
    assert bar.said == []


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
    words = [("Start", "short"), ("A label", "a caption that goes on and on " * 4), ("A longer label", "")]
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
