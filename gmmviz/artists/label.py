"""Text on the picture that is painted once and then copied.

Laying out and painting a line of text takes 2 to 4 ms, more than everything else in a small picture, and most
frames say the same as the frame before. A `Label` caches the coverage of what it has painted and blends it in
again in 0.1 ms. Most new lines differ from earlier ones by a number. So the outlines of words are made once, and
those of a line are filled as one path, in 0.5 ms: of 3.0 ms an image at 800x450 that saves 0.35, and the layout of
captions is two thirds quicker. On a vector canvas it is ordinary text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from threading import local
from typing import Any, NamedTuple
from unicodedata import bidirectional

import numpy as np
import numpy.typing as npt
from matplotlib.artist import allow_rasterization
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox

from gmmviz.arrays import Array
from gmmviz.themes.base import formula_settings
from gmmviz.themes.settings import drawn_also_with, shared

SCALE = text_to_path.FONT_SCALE  # size of the letters in which outlines are cached
RIGHT_TO_LEFT = {"R", "AL", "AN"}  # scripts whose words are not set one after the other from the left
MOST_CACHED = 64  # paintings: a film says few things again and again, and its images may be made in any order


class Label(Text):
    """A `matplotlib.text.Text` in one opaque color that is quick to paint again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cached_paintings: dict[tuple[Any, ...], _Painting] = {}
        self._words: dict[FontProperties, _Words] = {}

    @property
    def simple(self) -> bool:
        """Whether this is one upright line of words that follow each other from the left."""
        text = self.get_text()
        return (
            self.get_verticalalignment() == "baseline"
            and not self.get_rotation()
            and not self.get_usetex()
            and not {"$", "\n"}.intersection(text)
            and (text.isascii() or RIGHT_TO_LEFT.isdisjoint(map(bidirectional, text)))
        )

    @contextmanager
    def _setting_formulas(self) -> Iterator[None]:
        """Give a formula the weight of its words, which matplotlib does not by itself."""
        bold = self.get_fontweight() == "bold" and "$" in self.get_text()
        with shared, drawn_also_with(formula_settings("bold")) if bold else nullcontext():
            yield

    def width(self, renderer: RendererBase) -> float:
        """Width of the text in pixels."""
        if not self.simple:
            with self._setting_formulas():
                return float(self.get_window_extent(renderer).width)
        return self._scale(renderer) * sum(word.width for word in self._line())

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Paint the text over what is there."""
        if not self.get_text() or not self.get_visible():
            return
        if not isinstance(renderer, RendererAgg):
            with self._setting_formulas():
                super().draw(renderer)
            return
        size = int(renderer.width), int(renderer.height)
        place = tuple(self.get_transform().transform(self.get_position()))
        key = (self.get_text(), place, self.get_fontsize(), self.get_color(), size, renderer.dpi)
        painting = self._cached_paintings.get(key)
        if painting is None:
            if len(self._cached_paintings) >= MOST_CACHED:
                del self._cached_paintings[next(iter(self._cached_paintings))]
            painting = self._cached_paintings[key] = self._paint(size, renderer.dpi)
        painting.blend_into(np.asarray(renderer.buffer_rgba()))

    def _paint(self, size: tuple[int, int], dpi: float) -> _Painting:
        scratch = _scratch(size, dpi)
        if self.simple:
            extent = self._fill_words(scratch)
        else:
            with self._setting_formulas():
                super().draw(scratch)
                extent = self.get_window_extent(scratch)
        picture = np.asarray(scratch.buffer_rgba())
        # Letters may reach a little beyond the box that is stated.
        room = float(self.get_fontsize()) * dpi / 72
        x0, y0, x1, y1 = np.rint(extent.padded(room).extents).astype(int).tolist()
        top, left = max(size[1] - y1, 0), max(x0, 0)
        area = picture[top : max(size[1] - y0, 0), left : max(x1, 0)]
        coverage = area[:, :, 3] / 255
        area[:] = 0
        rows, columns = np.nonzero(coverage.any(axis=1))[0], np.nonzero(coverage.any(axis=0))[0]
        if not len(rows):
            return _Painting((slice(0), slice(0)), np.zeros((0, 0, 1)), np.zeros(4))
        y, x = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        box = slice(top + y.start, top + y.stop), slice(left + x.start, left + x.stop)
        return _Painting(box, coverage[y, x, None], 255 * np.array(to_rgba(self.get_color(), alpha=1)))

    def _fill_words(self, scratch: RendererAgg) -> Bbox:
        """Paint a simple text and return where it is."""
        words = self._line()
        scale = self._scale(scratch)
        ends = np.cumsum([0.0, *(word.width for word in words)])
        x, y = self.get_transform().transform(self.get_position())
        width = scale * ends[-1]
        x -= {"left": 0, "center": width / 2, "right": width}[self.get_horizontalalignment()]
        letters = [(word, end) for word, end in zip(words, ends, strict=False) if len(word.codes)]
        if letters:
            vertices = np.concatenate([np.add(word.vertices, (end, 0)) for word, end in letters])
            path = Path(vertices, np.concatenate([word.codes for word, _ in letters]))
            gc = scratch.new_gc()
            gc.set_linewidth(0)
            gc.set_snap(False)
            scratch.draw_path(gc, path, Affine2D().scale(scale).translate(x, y), to_rgba(self.get_color()))
        return Bbox([[x, y], [x + width, y]])

    def _scale(self, renderer: Any) -> float:
        return float(renderer.points_to_pixels(self.get_fontsize()) / SCALE)

    def _line(self) -> list[_Word]:
        """The text's words, each with the spaces behind it; digits, which change most often, one by one."""
        font = self.get_fontproperties().copy()
        font.set_size(SCALE)
        if font not in self._words:
            self._words[font] = _Words(font)
        return [self._words[font][text] for text in re.findall(r"\d|[^\s\d]+\s*|\s+", self.get_text())]


class _Word(NamedTuple):
    """Outlines of the letters, from the left end of the baseline."""

    vertices: Array  # shape (n, 2)
    codes: npt.NDArray[np.uint8]  # shape (n,)
    width: float


class _Words(dict[str, _Word]):
    """Outlines of words in one font, made when they are first asked for."""

    def __init__(self, font: FontProperties) -> None:
        super().__init__()
        self._files = _files(font)  # looking them up takes as long as outlining a word
        self._glyphs: Any = {}

    def __missing__(self, text: str) -> _Word:
        font: Any = get_font(self._files)
        font.set_size(SCALE, 72)
        placed, glyphs, _ = text_to_path.get_glyphs_with_font(font, text, self._glyphs)
        outlines = [(np.add(glyphs[name][0], (x, y)), glyphs[name][1]) for name, x, y, _ in placed]
        vertices, codes = (np.concatenate(parts) for parts in zip((np.empty((0, 2)), []), *outlines, strict=True))
        font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
        self[text] = word = _Word(vertices, codes.astype(np.uint8), font.get_width_height()[0] / 64)
        return word


def _files(font: FontProperties) -> list[Any]:
    """The files of the font and of those that supply the letters it lacks."""
    found = []
    for family in font.get_family():
        one = font.copy()
        one.set_family(family)
        with suppress(ValueError):  # none that goes by this name
            found.append(fontManager.findfont(one, fallback_to_default=False))
    return found or [fontManager.findfont(font)]


_scratches = local()  # threads paint at the same time


def _scratch(size: tuple[int, int], dpi: float) -> RendererAgg:
    """An empty picture to paint on; making one takes as long as painting a line of text."""
    if getattr(_scratches, "key", None) != (size, dpi):
        _scratches.key, _scratches.renderer = (size, dpi), RendererAgg(*size, dpi)
    scratch: RendererAgg = _scratches.renderer
    return scratch


class _Painting:
    """A text's box in the picture, and how much of the background each of its pixels keeps."""

    def __init__(self, box: tuple[slice, slice], coverage: Array, color: Array) -> None:
        self._box = box
        self._added = (coverage * color + 0.5).astype(np.float32)
        # One number per channel: rows of a single number would take longer than rows of four.
        self._transmitted = np.empty_like(self._added)
        self._transmitted[:] = 1 - coverage

    def blend_into(self, picture: np.ndarray[Any, Any]) -> None:
        area = picture[self._box]
        blended = area.astype(np.float32)
        blended *= self._transmitted
        blended += self._added
        area[:] = blended
