"""The picture of a film with nothing behind it.

Artists paint over what is there, and some of them pixel by pixel; none need know of transparency. Each picture is
painted over black and over white. Where the two are equal it is opaque, where they differ most nothing was
painted, and in between the difference says how much of the ground is seen (Smith and Blinn 1996, "Blue screen
matting"). Fields of color, as of a density, fade into the theme's background and are opaque.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

import numpy as np

from gmmviz.film.canvas import Canvas, Image
from gmmviz.storyboard.frame import Frame


class ClearCanvas:
    """Paints as a `Canvas` does, in twice the time, but with nothing behind the picture.

    Parameters
    ----------
    canvas : callable
        Makes a canvas over a ground, ``"#rrggbb"``.
    background : str
        Color that pixels have where nothing is seen, which videos mix into the edges.
    """

    def __init__(self, canvas: Callable[[str], Canvas], background: str) -> None:
        # Two canvases, because artists keep what they have painted together with what is behind them.
        self._black, self._white = canvas("#000000"), canvas("#ffffff")
        self._background = [*bytes.fromhex(background[1:])]
        self.said = self._black.said

    def paint(self, frames: Sequence[Frame]) -> Image:
        """Paint one moment of the film; RGBA, shape (height, width, 4), not multiplied by its opacity."""
        picture, white = self._black.paint(frames), self._white.paint(frames)
        differ = np.nonzero((picture != white).any(axis=2))
        # Pixels over black are their color times their opacity; over white the rest of the ground is added.
        black, seen = picture[differ][:, :3].astype(float), white[differ][:, :3].astype(float)
        opacity = np.rint(255 - (seen - black).mean(axis=1)).clip(0, 255)
        colors = np.rint(black * 255 / np.maximum(opacity, 1)[:, None]).clip(0, 255)
        colors[opacity == 0] = self._background
        picture[differ] = np.column_stack([colors, opacity])
        return picture

    def drawing(self, frames: Sequence[Frame], suffix: str) -> bytes:
        """Return one moment as a vector picture, as `Canvas.drawing` does."""
        return self._black.drawing(frames, suffix)

    def pages(self, moments: Iterable[Sequence[Frame]], title: str) -> bytes:
        """Return a page for each moment, as `Canvas.pages` does."""
        return self._black.pages(moments, title)

    def painting(self) -> AbstractContextManager[None]:
        """Return a context in which `paint` is quickest."""
        return self._black.painting()
