"""A bar under a picture: the colors of its components, each as long as its share."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex, to_rgba
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.word import pixels_per_point, spread
from gmmviz.themes import Theme

GAP, BAR, ASIDE, LETTERS = 12.0, 26.0, 7.0, 19.0  # pixels of a 720-pixel-high picture, from the picture down
APART = 8.0  # from one share to the next, likewise
HEIGHT = GAP + BAR + ASIDE + LETTERS


class ShareBar(Artist):
    """A bar of the components' colors below the axes, with their numbers in it and their shares beneath.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Below which there is room; see `PictureAbove`.
    theme : Theme
    """

    def __init__(self, axes: Axes, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colors, self._shares, self._strength = np.zeros((0, 3)), np.zeros(0), 0.0
        self._letters: dict[str, tuple[Path, float]] = {}  # and their widths
        animated(axes, self, 3)
        self.set_clip_on(False)

    def set_shares(self, colors: Array, shares: Array, strength: float) -> None:
        """Show these colors, shape (K, 3), sRGB from 0 to 1, and shares, which sum to 1, as opaque as stated."""
        self._colors, self._shares, self._strength = colors, shares, strength
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        """Paint the bar, the numbers that have room in it, and the shares."""
        if not self.get_visible() or self._strength <= 0:
            return
        assert self.axes is not None
        theme, scale, box = self._theme, pixels_per_point(self), self.axes.bbox
        top = box.y0 - scale * theme.px(GAP)
        bottom = top - scale * theme.px(BAR)
        ends = box.x0 + box.width * np.concatenate([[0], np.cumsum(self._shares)])
        hues: Any = self._colors.tolist()
        gc = renderer.new_gc()
        gc.set_snap(False)
        gc.set_linewidth(0)
        for k, color in enumerate(map(to_hex, hues)):
            left, right = ends[k], ends[k + 1]
            rectangle = Path(
                [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]], closed=True
            )
            renderer.draw_path(gc, rectangle, IdentityTransform(), to_rgba(color, self._strength))
            number, width = self._outline(str(k + 1))
            if scale * width < right - left - scale * theme.px(5):
                place = Affine2D().scale(scale).translate((left + right) / 2, (top + bottom) / 2)
                renderer.draw_path(gc, number, place, to_rgba(theme.ink_on(color), self._strength))
        below = bottom - scale * theme.px(ASIDE + LETTERS / 2)
        for (path, _), x in self._percentages(ends, scale):
            place = Affine2D().scale(scale).translate(x, below)
            renderer.draw_path(gc, path, place, to_rgba(theme.text, self._strength))
        # An edge, since a color may be the background's.
        gc.set_linewidth(scale * theme.px(1.2))
        gc.set_foreground(to_rgba(theme.muted, self._strength), isRGBA=True)
        frame = Path(
            [[ends[0], bottom], [ends[-1], bottom], [ends[-1], top], [ends[0], top], [ends[0], bottom]],
            closed=True,
        )
        renderer.draw_path(gc, frame, IdentityTransform(), None)
        gc.restore()

    def _percentages(self, ends: Array, scale: float) -> list[tuple[tuple[Path, float], float]]:
        """The shares' outlines, and where each has its middle: under its part, as far as they keep apart.

        Where they have no room for that, only those are left that are narrower than their parts.
        """
        written = [self._outline(f"{share:.0%}") for share in self._shares]
        middles = (ends[:-1] + ends[1:]) / 2
        widths = scale * np.array([width for _, width in written])
        gap = float(widths.max(initial=0.0)) + scale * self._theme.px(APART)
        if gap * len(written) <= ends[-1] - ends[0]:
            middles = spread(middles.tolist(), gap, ends[0] + gap / 2, ends[-1] - gap / 2)
            return list(zip(written, middles.tolist(), strict=True))
        fits = widths < np.diff(ends) - scale * self._theme.px(5)
        return [one for one, fit in zip(zip(written, middles.tolist(), strict=True), fits, strict=True) if fit]

    def _outline(self, text: str) -> tuple[Path, float]:
        """The outline of a text around the origin, and its width."""
        if text not in self._letters:
            path = TextPath((0, 0), text.replace("%", " %"), size=self._theme.px(LETTERS), prop=self._theme.font())
            box = path.get_extents()
            middle = Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2)
            self._letters[text] = path.transformed(middle), float(box.width)
        return self._letters[text]


class PictureAbove:
    """Puts a picture into the upper left of its panel, as large as fits, with room below it.

    It is what `matplotlib.axes.Axes.set_axes_locator` takes.

    Parameters
    ----------
    aspect : float
        Width of the picture by its height.
    below : float
        Room below it, in pixels of a film.
    """

    def __init__(self, aspect: float, below: float) -> None:
        self._aspect, self._below = aspect, below

    def __call__(self, axes: Any, renderer: object) -> Bbox:
        """Return the place of the picture, in fractions of the figure."""
        panel = axes.get_position(original=True)
        whole = axes.get_figure(root=False).transSubfigure
        box = panel.transformed(whole)
        below = min(self._below * pixels_per_point(axes), 0.4 * box.height)
        width = min(box.width, self._aspect * (box.height - below))
        placed = Bbox.from_bounds(box.x0, box.y1 - width / self._aspect, width, width / self._aspect)
        place: Bbox = placed.transformed(whole.inverted())
        return place
