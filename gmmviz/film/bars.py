"""The bars of a picture: the title above the panels, and the caption bar below them.

Lengths are pixels of a picture that is 720 pixels high; `Theme.px` scales them. In a narrow picture, margins are
smaller and there is no subtitle, so that letters may be larger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from gmmviz.artists.label import Label
from gmmviz.artists.word import LEGIBLE
from gmmviz.film.lettering import SMALLEST, fit, shorten, shrink, width_of
from gmmviz.storyboard.words import plain, typeset
from gmmviz.themes import Theme

MARGIN = 48  # between the picture's edge and what stands in it
GUTTER = 22  # between the panels of the runs and those that all runs share
HEADER = 92
FOOTER = 84
LETTERS = 27  # size of a caption's letters
BAR = 52  # height of the caption bar
GAP = 16  # between label and caption
BARE = 24  # at the top or bottom of a picture without that bar
NARROW = 400  # pixels of width, below which only what can be read is drawn
TIGHT = 0.66  # of the margins and bars, in a narrow picture
SUBTITLE = 0.75  # of its usual size, to which a subtitle shrinks before it is left out


@dataclass(frozen=True, slots=True)
class Room:
    """What the panels leave free, in pixels of the picture: at the sides, the top, the bottom and in between.

    Parameters
    ----------
    margin, header, footer : float
    gutter : float
        Between the panels of the runs and those that all runs share.
    """

    margin: float
    header: float
    footer: float
    gutter: float

    @classmethod
    def of(cls, figure: Figure, theme: Theme, *, header: bool, footer: bool) -> Room:
        """Return the room that a picture with these bars needs."""
        px, tight = theme.px, tightness(figure)
        above, below = (HEADER if header else BARE), (FOOTER if footer else BARE)
        return cls(tight * px(MARGIN), tight * px(above), tight * px(below), px(GUTTER))


def is_narrow(figure: Figure) -> bool:
    """Whether a film's picture is so narrow that only what can be read is drawn."""
    return bool(figure.bbox.width < NARROW)


def tightness(figure: Figure) -> float:
    """The factor of margins and bars in a picture: below 1 in a narrow one."""
    return TIGHT if is_narrow(figure) else 1.0


def draw_title(figure: Figure, theme: Theme, renderer: Any, title: str, subtitle: str) -> list[str]:
    """Draw the title at the top left and the subtitle at the top right; what has no room is shortened or left out.

    Returns
    -------
    list of str
        What has been changed, in words.
    """
    px, tight = theme.px, tightness(figure)
    (width, height), margin = figure.bbox.size, tight * theme.px(MARGIN)
    baseline, room = height - tight * px(62), width - 2 * margin
    said = []
    size = px(30 if is_narrow(figure) else 38)
    left = _text(figure, theme, margin, baseline, typeset(title), size, weight="bold", color=theme.text)
    if subtitle and not is_narrow(figure):
        right = _text(
            figure, theme, width - margin, baseline, typeset(subtitle), px(24), ha="right", color=theme.muted
        )
        beside = room - width_of(left, renderer) - px(24)
        shrink([right], width_of(right, renderer), beside, SUBTITLE)
        if width_of(right, renderer) > beside + 0.5 or float(right.get_fontsize()) < LEGIBLE:
            right.remove()
            said.append("the subtitle has no room beside the title, and is left out")
    outcome = fit(left, room, renderer)
    if outcome == "shortened":
        said.append(f"the title has no room, and is shortened to {plain(left.get_text())!r}")
    elif outcome == "left out":
        said.append("the title has no room, and is left out")
    if not left.get_text():
        left.remove()
    return said


class CaptionBar:
    """The bar at the bottom: a label such as "Iteration 3, E-step", and a caption beside it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    theme : Theme
    renderer : matplotlib renderer
        Measures the letters.
    texts : sequence of (label, caption)
        Everything that a film will say; the longest text decides the size of the letters, down to a limit. What
        is longer, also a text that is none of these, loses its end, or all that follows its label.

    Attributes
    ----------
    said : list of str
        What has been shortened or left out, in words.
    """

    def __init__(self, figure: Figure, theme: Theme, renderer: Any, texts: Sequence[tuple[str, str]]) -> None:
        self._renderer, self._gap = renderer, theme.px(GAP)
        self._widths: dict[str, float] = {}  # of labels
        tight, width = tightness(figure), figure.bbox.width

        def px(pixels: float) -> float:
            return tight * theme.px(pixels)

        bar = FancyBboxPatch(
            (px(MARGIN + 10), px(FOOTER - BAR - 8) + px(10)),
            width - px(2 * MARGIN + 20),
            px(BAR - 20),
            boxstyle=f"round,pad={px(10)}",
            facecolor=theme.panel,
            linewidth=0,
            transform=None,
        )
        figure.add_artist(bar)
        size = theme.px(LETTERS)
        self._label = _text(figure, theme, px(MARGIN + 20), 0, "", size, weight="bold", va="baseline")
        self._caption = _text(figure, theme, 0, 0, "", size, va="baseline")
        both, room = (self._label, self._caption), width - px(2 * MARGIN + 40)
        shrink(both, self._longest(texts), room - self._gap, SMALLEST)
        self._room = room
        fits = self._longest(texts) <= room - self._gap + 0.5
        self._shown = {} if fits else {said: self._fitted(*said) for said in texts}
        self.said = self._complaints()
        for text in both:
            # Small letters are about half as high as the font, so their middle is a quarter of it up.
            text.set_y(px(FOOTER - 8 - BAR / 2) - 0.29 * float(text.get_fontsize()))
            text.set_animated(True)

    def moving(self, label: str, caption: str) -> Iterator[Artist]:
        """Set the texts, and yield them."""
        if (label, caption) not in self._shown:  # of a moment that the film does not stop at
            self._shown[label, caption] = self._fitted(label, caption)
        label, caption = self._shown[label, caption]
        self._label.set_text(label)
        self._caption.set_text(caption)
        if label not in self._widths:
            self._widths[label] = width_of(self._label, self._renderer)
        gap = self._gap if label else 0
        self._caption.set_x(self._label.get_position()[0] + self._widths[label] + gap)
        yield from (self._label, self._caption)

    def _fitted(self, label: str, caption: str) -> tuple[str, str]:
        """Return a text as far as it has room, as matplotlib takes it."""
        self._label.set_text(typeset(label))
        self._caption.set_text(typeset(caption))
        shorten(self._label, self._room, self._renderer)
        used = width_of(self._label, self._renderer) + self._gap if label else 0.0
        shorten(self._caption, max(self._room - used, 0.0), self._renderer)
        return self._label.get_text(), self._caption.get_text()

    def _complaints(self) -> list[str]:
        shortened = [(text, shown) for text, shown in self._shown.items() if shown != tuple(map(typeset, text))]
        n = len(shortened)
        if not n:
            return []
        (label, caption), shown = shortened[0]
        before, after = (plain(" ".join(part for part in parts if part)) for parts in ((label, caption), shown))
        many = "a caption has no room, and is" if n == 1 else f"{n} captions have no room, and are"
        return [f"{many} shortened: {before!r} to {after!r}"]

    def _longest(self, texts: Sequence[tuple[str, str]]) -> float:
        labels = self._measured(self._label, {label for label, _ in texts})
        captions = self._measured(self._caption, {caption for _, caption in texts})
        return max((labels[label] + captions[caption] for label, caption in texts), default=0.0)

    def _measured(self, artist: Label, texts: set[str]) -> dict[str, float]:
        """Return the width of each text, as this artist writes it."""
        widths = {}
        for text in texts:
            artist.set_text(typeset(text))
            widths[text] = width_of(artist, self._renderer)
        return widths


def _text(figure: Figure, theme: Theme, x: float, y: float, text: str, size: float, **style: Any) -> Label:
    font = theme.font(style.pop("weight", "normal"))
    artist = Label(x, y, text, fontproperties=font, fontsize=size, transform=None, **style)
    figure.add_artist(artist)
    return artist
