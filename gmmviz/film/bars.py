"""The bars of a picture: the title above the panels, and the caption bar below them.

Lengths are pixels of a picture that is 720 pixels high; `Theme.px` scales them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text

from gmmviz.artists.label import Label
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme

MARGIN = 48  # between the picture's edge and what stands in it
HEADER = 92
FOOTER = 84
BAR = 52  # height of the caption bar
GAP = 16  # between label and caption


def draw_title(figure: Figure, theme: Theme, renderer: Any, title: str, subtitle: str) -> None:
    """Draw the title at the top left and the subtitle at the top right, or only the title if both do not fit."""
    px = theme.px
    width, height = figure.bbox.size
    baseline = height - px(62)
    left = _text(figure, theme, px(MARGIN), baseline, typeset(title), px(38), weight="bold", color=theme.text)
    right = _text(
        figure, theme, width - px(MARGIN), baseline, typeset(subtitle), px(24), ha="right", color=theme.muted
    )
    room = width - px(2 * MARGIN)
    if width_of(left, renderer) + width_of(right, renderer) + px(24) > room:
        right.remove()
        shrink([left], width_of(left, renderer), room)


class CaptionBar:
    """The bar at the bottom: a label such as "Iteration 3, E-step", and a caption beside it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    theme : Theme
    renderer : matplotlib renderer
        Measures the letters.
    texts : sequence of (label, caption)
        Everything that the bar will say; the longest text decides the size of the letters.
    """

    def __init__(self, figure: Figure, theme: Theme, renderer: Any, texts: Sequence[tuple[str, str]]) -> None:
        self._renderer, self._gap = renderer, theme.px(GAP)
        self._widths: dict[str, float] = {}  # of labels
        px, width = theme.px, figure.bbox.width
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
        self._label = _text(figure, theme, px(MARGIN + 20), 0, "", px(27), weight="bold", va="baseline")
        self._caption = _text(figure, theme, 0, 0, "", px(27), va="baseline")
        both = self._label, self._caption
        shrink(both, self._longest(texts), width - px(2 * MARGIN + 40))
        for text in both:
            # Small letters are about half as high as the font, so their middle is a quarter of it up.
            text.set_y(px(FOOTER - 8 - BAR / 2) - 0.29 * float(text.get_fontsize()))
            text.set_animated(True)

    def moving(self, label: str, caption: str) -> Iterator[Artist]:
        """Set the texts, and yield them."""
        self._label.set_text(typeset(label))
        self._caption.set_text(typeset(caption))
        if label not in self._widths:
            self._widths[label] = width_of(self._label, self._renderer)
        gap = self._gap if label else 0
        self._caption.set_x(self._label.get_position()[0] + self._widths[label] + gap)
        yield from (self._label, self._caption)

    def _longest(self, texts: Sequence[tuple[str, str]]) -> float:
        labels = self._measured(self._label, {label for label, _ in texts})
        captions = self._measured(self._caption, {caption for _, caption in texts})
        return max((labels[label] + self._gap + captions[caption] for label, caption in texts), default=0.0)

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


def width_of(text: Text, renderer: Any) -> float:
    """Return the width of a text in pixels."""
    return text.width(renderer) if isinstance(text, Label) else text.get_window_extent(renderer).width


def shrink(texts: Sequence[Text], width: float, room: float) -> None:
    """Make the letters smaller if their width exceeds the room."""
    for text in texts:
        text.set_fontsize(float(text.get_fontsize()) * min(1.0, room / max(width, 1.0)))
