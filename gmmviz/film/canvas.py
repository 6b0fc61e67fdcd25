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
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from threadpoolctl import ThreadpoolController

from gmmviz.artists.label import Label
from gmmviz.errors import InputError
from gmmviz.film.layout import EMPTY, Layout, Mosaic, arrange, grid, repeat, tiles, unpleasant
from gmmviz.renderers.base import Renderer
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.timeline import Frame
from gmmviz.themes import Theme

Image = npt.NDArray[np.uint8]

MARGIN = 48  # pixels of a 720-pixel-high picture, as is every length below
HEADER = 92
FOOTER = 84
BAR = 52
ENDING = 170  # room for how a run ended


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
        Drawn for each run; those that are shared, once for all of them.
    layout : Layout
    words : sequence of (label, caption)
        Everything that the caption bar will say; the longest decides the size of the letters.
    speaker : int
        The run whose words the caption bar shows.
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
        layout: Layout = Layout(),  # noqa: B008 - frozen
        speaker: int = 0,
    ) -> None:
        self.size = size
        self._stages = stages
        self._speaker = speaker
        self._label_widths: dict[str, float] = {}
        self._theme = theme.scaled(size)
        with self._theme.applied(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self._figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72)
            self._canvas = FigureCanvasAgg(self._figure)
            self._renderer: Any = self._canvas.get_renderer()
            self._header(" ".join(title.split()), " ".join(subtitle.split()))
            self._label, self._caption = self._footer(words)
            self._endings: list[tuple[Axes, Stage, Label]] = []
            self._panels = [self._panel(*place) for place in self._places(panels, layout)]
            _share_labels([axes for axes, *_ in self._panels])
            self._solve_layout()
            self._canvas.draw()
            self._buffer = np.asarray(self._renderer.buffer_rgba())
            self._base: Image = self._buffer.copy()
        _complain(caught, size)

    def paint(self, frames: Sequence[Frame]) -> Image:
        """Paint one moment of the film.

        Parameters
        ----------
        frames : sequence of Frame
            One per run.

        Returns
        -------
        ndarray of uint8, shape (height, width, 4)
            A new, opaque RGBA picture.
        """
        np.copyto(self._buffer, self._base)
        with self._theme.applied():
            for artist in self._moving(frames):
                artist.draw(self._renderer)
        return self._buffer.copy()

    def drawing(self, frames: Sequence[Frame], suffix: str) -> bytes:
        """Return one moment as a file of matplotlib's, such as ``".pdf"``: a vector picture with fonts inside."""
        file = BytesIO()
        with self._theme.applied(), mpl.rc_context({"pdf.fonttype": 42, "svg.fonttype": "path"}):
            artists = list(self._moving(frames))
            for artist in artists:
                artist.set_animated(False)
            shown = set(artists)
            hidden = [artist for artist in self._figure.findobj(Artist.get_animated) if artist not in shown]
            for artist in hidden:
                artist.set_visible(False)
            try:
                # No date: the same moment gives the same bytes.
                metadata = {"Date": None} if suffix == ".svg" else {"CreationDate": None}
                self._figure.savefig(file, format=suffix[1:], metadata=metadata)
            finally:
                for artist in artists:
                    artist.set_animated(True)
                for artist in hidden:
                    artist.set_visible(True)
        return file.getvalue()

    def _moving(self, frames: Sequence[Frame]) -> Iterator[Artist]:
        """Set everything that moves and yield it, panel by panel, the caption bar last."""
        frame_of = {id(stage): frame for stage, frame in zip(self._stages, frames, strict=True)}
        for _, stage, renderer, props, theme in self._panels:
            yield from renderer.moving(props, frame_of[id(stage)], stage, theme)
        for _, stage, ending in self._endings:
            frame = frame_of[id(stage)]
            ending.set_text(f"{frame.ending} · {frame.iteration}" if frame.ending else "")
            yield ending
        speaking = frames[self._speaker]
        yield from self._say(speaking.label, speaking.caption)

    def painting(self) -> AbstractContextManager[None]:
        """Return a context in which `paint` is quickest: enter it around many frames."""
        return _one_thread(self._theme.applied())

    def _say(self, label: str, caption: str) -> Iterator[Artist]:
        self._label.set_text(label)
        self._caption.set_text(caption)
        if label not in self._label_widths:
            self._label_widths[label] = self._width(self._label)
        gap = self._theme.px(16) if label else 0
        self._caption.set_x(self._label.get_position()[0] + self._label_widths[label] + gap)
        yield from (self._label, self._caption)

    def _text(self, x: float, y: float, text: str, size: float, **style: Any) -> Label:
        weight = style.pop("weight", "normal")
        artist = Label(x, y, text, fontproperties=self._theme.font(weight), fontsize=size, transform=None, **style)
        self._figure.add_artist(artist)
        artist.set_in_layout(False)
        return artist

    def _width(self, text: Text) -> float:
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
        widths: dict[tuple[Label, str], float] = {}
        for text, said in {
            (text, said) for pair in words for text, said in zip((label, caption), pair, strict=True)
        }:
            text.set_text(said)
            widths[text, said] = self._width(text)
        longest = max((widths[label, a] + px(16) + widths[caption, b] for a, b in words), default=0.0)
        _shrink([label, caption], longest, width - px(2 * MARGIN + 40))
        for text in (
            label,
            caption,
        ):  # small letters are half as high as the font, so their middle is a quarter up
            text.set_y(px(FOOTER - 8 - BAR / 2) - 0.29 * float(text.get_fontsize()))
        label.set_animated(True)
        caption.set_animated(True)
        return label, caption

    def _panel(
        self, place: SubplotSpec, stage: Stage, renderer: Renderer, title: str, n_runs: int
    ) -> tuple[Axes, Stage, Renderer, Any, Theme]:
        axes = self._figure.add_subplot(place)
        theme = self._theme.crowded(n_runs)
        props = renderer.draw_still(axes, stage, theme)
        if title:
            axes.set_title(title, color=theme.text)
            self._endings.append((axes, stage, self._ending(axes)))
        return axes, stage, renderer, props, theme

    def _ending(self, axes: Axes) -> Label:
        """Where a run's panel says, at the right of its name, that the run is over, while others go on."""
        font = {"fontproperties": self._theme.font("normal"), "fontsize": self._theme.px(20)}
        place = axes.transAxes + axes.titleOffsetTrans  # type: ignore[attr-defined]
        ending = Label(1, 1, "", transform=place, ha="right", va="baseline", color=self._theme.muted, **font)
        axes.add_artist(ending)
        ending.set_animated(True)
        ending.set_in_layout(False)
        ending.set_clip_on(False)
        return ending

    def _places(
        self, panels: Sequence[Renderer], layout: Layout
    ) -> Iterator[tuple[SubplotSpec, Stage, Renderer, str, int]]:
        """Where each panel stands, what it draws, under which title if not its own, among how many runs."""
        width, height = float(self.size[0]), self.size[1] - self._theme.px(HEADER + FOOTER)
        own, shared = [p for p in panels if not p.shared], [p for p in panels if p.shared]
        area: Any = self._figure
        beside: Any = self._figure
        if own and shared:
            if width >= height:
                halves: Any = self._figure.add_gridspec(1, 2, width_ratios=(2, 1))
                width *= 2 / 3
            else:
                halves = self._figure.add_gridspec(2, 1, height_ratios=(2, 1))
                height *= 2 / 3
            area, beside = halves[0], halves[1]
        if own:
            mosaic = _for_runs(len(self._stages), own, layout, (width, height))
            drawn = [(stage, renderer) for stage in self._stages for renderer in own]
            # A run's name stands where its panels begin, at the left, wherever the layout has put the first.
            first = min(range(len(own)), key=lambda i: (mosaic.cells[i].top, mosaic.cells[i].left))
            for spec, (stage, renderer) in zip(_specs(area, mosaic), drawn, strict=True):
                yield spec, stage, renderer, stage.name if renderer is own[first] else "", len(self._stages)
        stage = self._stages[self._speaker]
        for spec, renderer in zip(_specs(beside, tiles(len(shared), width / 2, height)), shared, strict=True):
            yield spec, stage, renderer, "", 1

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
        titles = {axes: axes.title if axes.get_title() else axes._left_title for axes, *_ in self._panels}  # type: ignore[attr-defined]
        wide = [title for axes, title in titles.items() if self._width(title) > axes.bbox.width]
        for title in wide:  # two lines, and if that does not do, smaller letters
            title.set_text(_in_two_lines(title.get_text()))
        if wide:
            engine.execute(self._figure)
        # The solver's last digits depend on addresses in memory, and the digits of a vector picture on them.
        # A third of a grid line aside, where no round number is torn between two lines.
        lines = 1024 * np.array([width, height])
        for axes in titles:
            corners = (np.floor(axes.get_position(original=True).get_points() * lines + 1 / 3) + 1 / 2) / lines
            axes.set_position(Bbox(corners), which="original")
        for axes, title in titles.items():
            _shrink([title], self._width(title), axes.bbox.width)
        _join_labels(list(titles), self._renderer)
        self._endings = [
            (axes, stage, ending)
            for axes, stage, ending in self._endings
            if self._width(titles[axes]) + self._theme.px(ENDING) < axes.bbox.width
        ]


@contextmanager
def _one_thread(context: AbstractContextManager[None]) -> Iterator[None]:
    """Keep linear algebra to one thread: on matrices as small as a picture's its threads wait for each other."""
    with context, _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def _for_runs(n_runs: int, panels: Sequence[Renderer], layout: Layout, room: tuple[float, float]) -> Mosaic:
    """The panels of all runs: the runs beside and above each other as suits the shapes of their panels."""
    shares = [renderer.width for renderer in panels]
    candidates = []
    for n_columns in range(1, n_runs + 1):
        runs = grid(n_runs, n_columns)
        width, height = room[0] / n_columns, room[1] / len(runs.heights)
        inner = layout.mosaic(len(panels)) if layout.rows else arrange(shares, width, height)
        candidates.append(
            (unpleasant(inner, width, height) + EMPTY * runs.n_empty, n_columns, repeat(runs, inner))
        )
    return min(candidates, key=lambda candidate: candidate[:2])[2]


def _specs(place: Any, mosaic: Mosaic) -> Iterator[SubplotSpec]:
    """The mosaic's rectangles, in a figure or in a cell of another grid."""
    if not mosaic.cells:
        return
    ratios: Any = {"width_ratios": mosaic.widths, "height_ratios": mosaic.heights}
    divide = place.add_gridspec if isinstance(place, Figure) else place.subgridspec
    cells = divide(len(mosaic.heights), len(mosaic.widths), **ratios)
    for cell in mosaic.cells:
        yield cells[cell.top : cell.bottom, cell.left : cell.right]


def _share_labels(panels: Sequence[Axes]) -> None:
    """Where a neighbor says the same of the same axis, it is said once: at the left, and at the bottom."""
    specs = {axes: axes.get_subplotspec() for axes in panels if axes.axison}
    silent_x, silent_y = [], []
    for axes, spec in specs.items():
        for other, its in specs.items():
            if spec is None or its is None or spec.get_gridspec() is not its.get_gridspec():
                continue
            same_columns, same_rows = spec.colspan == its.colspan, spec.rowspan == its.rowspan
            same_x = (axes.get_xlabel(), axes.get_xlim()) == (other.get_xlabel(), other.get_xlim())
            same_y = (axes.get_ylabel(), axes.get_ylim()) == (other.get_ylabel(), other.get_ylim())
            if same_columns and same_x and its.rowspan.start == spec.rowspan.stop:
                silent_x.append(axes)
            if same_rows and same_y and its.colspan.stop == spec.colspan.start:
                silent_y.append(axes)
    for axes in silent_x:
        axes.set_xlabel("")
        axes.tick_params(labelbottom=False)
    for axes in silent_y:
        axes.set_ylabel("")
        axes.tick_params(labelleft=False)


def _join_labels(panels: Sequence[Axes], renderer: Any) -> None:
    """Where the same label stands at each of several rows and is too long for one, say it once for all of them."""
    columns: dict[tuple[Any, ...], list[Axes]] = {}
    for axes in panels:
        spec = axes.get_subplotspec()
        if spec is not None and axes.get_ylabel():
            key = id(spec.get_gridspec()), spec.colspan.start, spec.colspan.stop, axes.get_ylabel()
            columns.setdefault(key, []).append(axes)
    for rows in columns.values():
        length = rows[0].yaxis.label.get_window_extent(renderer).height
        if len(rows) == 1 or length < 0.95 * min(axes.bbox.height for axes in rows):
            continue
        rows.sort(key=lambda axes: axes.bbox.y0)
        kept = rows[len(rows) // 2]
        middle = (rows[0].bbox.y0 + rows[-1].bbox.y1) / 2
        kept.yaxis.label.set_y((middle - kept.bbox.y0) / kept.bbox.height)
        for axes in rows:
            if axes is not kept:
                axes.set_ylabel("")


def _complain(caught: Sequence[warnings.WarningMessage], size: tuple[int, int]) -> None:
    """Say in our words what matplotlib warned of while the still picture was drawn."""
    messages = [str(warning.message) for warning in caught]
    if any("constrained_layout not applied" in message for message in messages):
        raise InputError(
            f"{size[0]}x{size[1]} pixels leave these panels no room beside their numbers and names: show fewer, "
            "or choose another shape or a layout",
            "size",
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


def _in_two_lines(text: str) -> str:
    """Break a line at the space that is nearest to its middle, better after a semicolon."""
    spaces = [i for i, letter in enumerate(text) if letter == " "]
    after = [i for i in spaces if text[i - 1] == ";"]
    middle = len(text) / 2
    at = min(after or spaces, key=lambda i: abs(i - middle), default=None)
    return text if at is None else f"{text[:at]}\n{text[at + 1 :]}"


def _shrink(texts: Sequence[Text], width: float, room: float) -> None:
    """Make the letters smaller where they would not fit."""
    for text in texts:
        text.set_fontsize(float(text.get_fontsize()) * min(1.0, room / max(width, 1.0)))
