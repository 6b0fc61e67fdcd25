"""Make words fit into their room: with smaller letters, then with fewer words, then not at all.

Whoever makes them fit says so, since a title that has lost its end may have lost its point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from matplotlib.text import Text

from gmmviz.artists.label import Label
from gmmviz.artists.word import LEGIBLE
from gmmviz.storyboard.words import within_formula

SMALLEST = 0.62  # of their usual size, to which letters become smaller before words are left out

Outcome = Literal["whole", "shortened", "left out"]


def width_of(text: Text, renderer: Any) -> float:
    """Return the width of a text in pixels."""
    return text.width(renderer) if isinstance(text, Label) else text.get_window_extent(renderer).width


def shrink(texts: Sequence[Text], width: float, room: float, smallest: float = 0.0) -> None:
    """Make the letters smaller if their width exceeds the room, but not below a part of their size or 8 pixels."""
    for text in texts:
        usual = float(text.get_fontsize())
        least = max(smallest * usual, min(LEGIBLE, usual)) if smallest else 0.0
        text.set_fontsize(max(usual * min(1.0, room / max(width, 1.0)), least))


def fit(text: Text, room: float, renderer: Any) -> Outcome:
    """Make a text fit into a width in pixels: with smaller letters or, where that is not enough, shortened.

    Parameters
    ----------
    text : matplotlib.text.Text
        As matplotlib takes it; of one or several lines. It is empty if nothing of it can be read.
    room : float
    renderer : matplotlib renderer
        Measures the letters.

    Returns
    -------
    {"whole", "shortened", "left out"}
        What has become of it.
    """
    if text.get_text() and float(text.get_fontsize()) < LEGIBLE:
        text.set_text("")
        return "left out"
    shrink([text], width_of(text, renderer), room, SMALLEST)
    return shorten(text, room, renderer)


def shorten(text: Text, room: float, renderer: Any) -> Outcome:
    """End a text that is wider than the room with an ellipsis, after a word or, of a very long word, within it."""
    whole = text.get_text()
    if width_of(text, renderer) <= room + 0.5:
        return "whole"
    for ends in (_ends_of_words(whole), range(1, len(whole))):
        cut = [end for end in ends if not within_formula(whole, end)]
        low, high = 0, len(cut)  # the longest beginning that fits
        while low < high:
            middle = (low + high) // 2
            text.set_text(_cut(whole, cut[middle]))
            low, high = (middle + 1, high) if width_of(text, renderer) <= room else (low, middle)
        if low:
            text.set_text(_cut(whole, cut[low - 1]))
            return "shortened"
    text.set_text("")
    return "left out"


def _ends_of_words(text: str) -> list[int]:
    return [i for i, letter in enumerate(text) if letter.isspace() and i > 0]


def _cut(text: str, end: int) -> str:
    return text[:end].rstrip(" \n,;:.\\") + "…"
