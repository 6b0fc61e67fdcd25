"""The picture of a film, from axes to pixels: what stands still is painted once, what moves once per frame.

Axes, ticks, titles and the caption bar are painted once into an RGBA buffer; each frame copies that
buffer and paints only its moving artists (800x450: 0.1 ms to copy, where a full redraw is 21 ms and what
matplotlib's own animation does on saving is 98 ms). The layout is solved once as well, by matplotlib's
constrained layout, so that nothing trembles.

The figure has 72 dots per inch, which makes matplotlib's points equal pixels.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import FancyBboxPatch

from gmmviz.errors import InputError
from gmmviz.label import Label
from gmmviz.renderers.base import Renderer
from gmmviz.stage import Stage
from gmmviz.themes import Theme
from gmmviz.timeline import Frame

Image = npt.NDArray[np.uint8]

MARGIN = 48  # pixels of a 720-pixel-high picture, as is every length below
HEADER = 92
FOOTER = 84
BAR = 52


class Canvas:
    """The picture of one film: make it once, then `paint` any of its frames in any order.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    theme : Theme
    title, subtitle : str
        Top left and top right.
    stages : sequence of Stage
        One per run.
    panels : sequence of Renderer
        Drawn for each run.
    words : sequence of (label, caption)
        Everything that the caption bar will say; the longest decides the size of the letters.
    """

    def __init__(
        self,
        size: tuple[int, int],
        theme: Theme,
        *,
        title: str,
        subtitle: str,
        stages: Sequence[Stage],
        panels: Sequence[Renderer],
        words: Sequence[tuple[str, str]],
    ) -> None:
        self.size = size
        self._label_widths: dict[str, float] = {}
        self._theme = theme.scaled(size)
        with self._theme.applied(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self._figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72)
            self._canvas = FigureCanvasAgg(self._figure)
            self._renderer: Any = self._canvas.get_renderer()
            self._header(" ".join(title.split()), " ".join(subtitle.split()))
            self._label, self._caption = self._footer(words)
            self._panels = []
            for axes, stage, renderer in self._grid(stages, panels):
                props = renderer.draw_still(axes, stage, self._theme)
                if stage.name and renderer is panels[0]:
                    axes.set_title(stage.name)
                self._panels.append((axes, stage, renderer, props))
            self._solve_layout()
            self._canvas.draw()
            self._buffer = np.asarray(self._renderer.buffer_rgba())
            self._base: Image = self._buffer.copy()
        _complain(caught, size)

    def paint(self, frames: Sequence[Frame], *, speaker: int = 0) -> Image:
        """Paint one moment of the film.

        Parameters
        ----------
        frames : sequence of Frame
            One per run.
        speaker : int
            The run whose words the caption bar shows.

        Returns
        -------
        ndarray of uint8, shape (height, width, 4)
            A new, opaque RGBA picture.
        """
        np.copyto(self._buffer, self._base)
        frame_of = {id(stage): frame for stage, frame in zip(self._stages, frames, strict=True)}
        with self._theme.applied():
            for _, stage, renderer, props in self._panels:
                for artist in renderer.moving(props, frame_of[id(stage)], stage, self._theme):
                    artist.draw(self._renderer)
            self._say(frames[speaker].label, frames[speaker].caption)
        return self._buffer.copy()

    def painting(self) -> AbstractContextManager[None]:
        """Return a context in which `paint` is quickest: enter it around many frames."""
        return self._theme.applied()

    def _say(self, label: str, caption: str) -> None:
        self._label.set_text(label)
        self._caption.set_text(caption)
        if label not in self._label_widths:
            self._label_widths[label] = self._width(self._label)
        self._caption.set_x(self._label.get_position()[0] + self._label_widths[label] + self._theme.px(16))
        self._label.draw(self._renderer)
        self._caption.draw(self._renderer)

    def _text(self, x: float, y: float, text: str, size: float, **style: Any) -> Label:
        weight = style.pop("weight", "normal")
        artist = Label(x, y, text, fontproperties=self._theme.font(weight), fontsize=size, transform=None, **style)
        self._figure.add_artist(artist)
        artist.set_in_layout(False)
        return artist

    def _width(self, text: Label) -> float:
        return text.get_window_extent(self._renderer).width

    def _header(self, title: str, subtitle: str) -> None:
        px, (width, height) = self._theme.px, self.size
        baseline = height - px(62)
        left = self._text(px(MARGIN), baseline, title, px(38), weight="bold", color=self._theme.text)
        right = self._text(width - px(MARGIN), baseline, subtitle, px(24), ha="right", color=self._theme.muted)
        room = width - px(2 * MARGIN)
        if self._width(left) + self._width(right) + px(24) > room:
            right.remove()  # the subtitle is the smaller loss
            _shrink([left], self._width(left), room)

    def _footer(self, words: Sequence[tuple[str, str]]) -> tuple[Label, Label]:
        px, (width, _) = self._theme.px, self.size
        bar = FancyBboxPatch(
            (px(MARGIN + 10), px(FOOTER - BAR - 8) + px(10)),
            width - px(2 * MARGIN + 20),
            px(BAR - 20),
            boxstyle=f"round,pad={px(10)}",
            facecolor=self._theme.panel,
            linewidth=0,
            transform=None,
        )
        self._figure.add_artist(bar)
        bar.set_in_layout(False)
        label = self._text(px(MARGIN + 20), 0, "", px(27), weight="bold", va="baseline")
        caption = self._text(0, 0, "", px(27), va="baseline")
        longest = 0.0
        for pair in words:
            label.set_text(pair[0])
            caption.set_text(pair[1])
            longest = max(longest, self._width(label) + px(16) + self._width(caption))
        _shrink([label, caption], longest, width - px(2 * MARGIN + 40))
        for text in (
            label,
            caption,
        ):  # small letters are half as high as the font, so their middle is a quarter up
            text.set_y(px(FOOTER - 8 - BAR / 2) - 0.29 * float(text.get_fontsize()))
        label.set_animated(True)
        caption.set_animated(True)
        return label, caption

    def _grid(self, stages: Sequence[Stage], panels: Sequence[Renderer]) -> Sequence[tuple[Axes, Stage, Renderer]]:
        """Lay panels out along the longer side; several runs take that side, and their panels the other.

        A single panel per run fills a near-square grid.
        """
        self._stages = list(stages)
        if len(panels) == 1:
            n_columns = int(np.ceil(np.sqrt(len(stages))))
            n_rows = -(-len(stages) // n_columns)
            grid = self._figure.add_gridspec(n_rows, n_columns)
            return [
                (self._figure.add_subplot(grid[divmod(i, n_columns)]), stage, panels[0])
                for i, stage in enumerate(stages)
            ]
        landscape = self.size[0] >= self.size[1]
        shares = [renderer.width for renderer in panels]
        if landscape == (len(stages) == 1):  # panels from left to right
            grid = self._figure.add_gridspec(len(stages), len(panels), width_ratios=shares)
            cells = [(row, column) for row in range(len(stages)) for column in range(len(panels))]
        else:
            grid = self._figure.add_gridspec(len(panels), len(stages), height_ratios=shares)
            cells = [(row, column) for column in range(len(stages)) for row in range(len(panels))]
        drawn = [(stage, renderer) for stage in stages for renderer in panels]
        return [
            (self._figure.add_subplot(grid[cell]), stage, renderer)
            for cell, (stage, renderer) in zip(cells, drawn, strict=True)
        ]

    def _solve_layout(self) -> None:
        px, (width, height) = self._theme.px, self.size
        left, right = px(MARGIN) / width, 1 - px(MARGIN) / width
        bottom, top = px(FOOTER + 6) / height, 1 - px(HEADER) / height
        engine = ConstrainedLayoutEngine(
            rect=(left, bottom, right - left, top - bottom),
            w_pad=0,
            h_pad=0,
            wspace=px(60) / width * 2,
            hspace=px(24) / height * 2,
        )
        engine.execute(self._figure)
        for axes, *_ in self._panels:
            title = axes.title if axes.get_title() else axes._left_title  # type: ignore[attr-defined]
            width_of = title.get_window_extent(self._renderer).width
            if width_of > axes.bbox.width:
                title.set_fontsize(float(title.get_fontsize()) * axes.bbox.width / width_of)


def _complain(caught: Sequence[warnings.WarningMessage], size: tuple[int, int]) -> None:
    """Say in our words what matplotlib warned of while the still picture was drawn."""
    messages = [str(warning.message) for warning in caught]
    if any("constrained_layout not applied" in message for message in messages):
        raise InputError(
            f"{size[0]}x{size[1]} pixels are too few for these panels: make the picture larger", "size"
        )
    for warning, message in zip(caught, messages, strict=True):
        if not message.startswith("Glyph "):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    codes = [match[1] for message in messages if (match := re.match(r"Glyph (\d+)", message))]
    if codes:
        letters = "".join(chr(int(code)) for code in dict.fromkeys(codes))
        raise InputError(
            f"no font here has the letters {letters!r}: install one that has, or write them otherwise"
        )


def _shrink(texts: Sequence[Label], width: float, room: float) -> None:
    """Make the letters smaller where they would not fit."""
    for text in texts:
        text.set_fontsize(float(text.get_fontsize()) * min(1.0, room / max(width, 1.0)))
