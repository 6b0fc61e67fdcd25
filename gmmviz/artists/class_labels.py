"""The names of known classes, each where its points are, with a halo, and never over a component's number.

Where a name stands is decided once for each size of the panel, from where the components end: nothing jumps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.transforms import offset_copy

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.label import Label
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme

DIRECTIONS = np.radians(np.arange(20, 380, 30))  # in which a name may stand aside, the best first
DISTANCES = (27.0, 34.0, 42.0)  # pixels of a 720-pixel-high picture from the middle of its points
CLEAR = 30.0  # pixels likewise between the middles of a name and of a number or another name
SIZE, HALO = 30.0, 7.0  # of the letters, and the width of the stroke around them


class ClassLabels:
    """Names beside the middles of their classes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    names : sequence of str
    places : ndarray, shape (C, 2)
        The mean of each class.
    badges : ndarray, shape (K, 2)
        Where the components' numbers stand in the end.
    theme : Theme
    """

    def __init__(self, axes: Axes, names: Sequence[str], places: Array, badges: Array, theme: Theme) -> None:
        self._axes, self._places, self._badges = axes, places, badges
        self._unit = theme.mark_px(1.0)
        self._placed: bytes = b""
        stroke: Any = [withStroke(linewidth=theme.mark_px(HALO), foreground=theme.background)]
        self.halos = [
            self._made(name, place, 7, theme, theme.background) for name, place in zip(names, places, strict=True)
        ]
        for halo in self.halos:
            halo.set_path_effects(stroke)
        self.labels = [
            self._made(name, place, 8, theme, theme.text) for name, place in zip(names, places, strict=True)
        ]

    def _made(self, name: str, place: Array, zorder: float, theme: Theme, color: str) -> Label:
        font = {"fontproperties": theme.font("bold"), "fontsize": theme.px(SIZE), "color": color}
        label = Label(*place.tolist(), literal(name), ha="center", va="center", **font)
        animated(self._axes, label, zorder)
        return label

    def drawn(self) -> Iterator[Label]:
        """Yield halos and names, once they stand where there is room."""
        key = self._axes.transData.get_matrix().tobytes() + np.array(self._axes.bbox.extents).tobytes()
        if key != self._placed:
            self._placed = key
            self._place()
        yield from self.halos
        yield from self.labels

    def _place(self) -> None:
        """Put each name aside where it is clear of numbers and of the names before it, as near as can be."""
        figure: Any = self._axes.get_figure(root=True)
        scale = figure.dpi / 72 * self._unit
        to_pixels = self._axes.transData.transform
        taken = list(to_pixels(self._badges))
        box = self._axes.bbox.padded(-scale * CLEAR / 2)
        offsets = [
            distance * np.array([np.cos(angle), np.sin(angle)]) for distance in DISTANCES for angle in DIRECTIONS
        ]
        for label, halo, middle in zip(self.labels, self.halos, to_pixels(self._places), strict=True):
            places = [middle + scale * offset for offset in offsets]
            clear = [
                min(np.hypot(*(place - other)) for other in taken) / scale if box.contains(*place) else -1.0
                for place in places
            ]
            # The first that is clear, or else the clearest.
            best = next((i for i, room in enumerate(clear) if room >= CLEAR), int(np.argmax(clear)))
            taken.append(places[best])
            x, y = (self._unit * offsets[best]).tolist()
            aside = offset_copy(self._axes.transData, figure, x, y, units="points")
            label.set_transform(aside)
            halo.set_transform(aside)
