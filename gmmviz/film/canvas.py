"""The picture of a film: what stands still is painted once, what moves once per frame.

Axes, ticks, titles and the caption bar are painted once into an RGBA buffer. Each frame copies that buffer and
paints only its moving artists. At 800x450 the copy takes 0.1 ms, a full redraw 21 ms, and a frame that
matplotlib's own animation saves 98 ms.

The figure has 72 dots per inch, which makes matplotlib's points equal to pixels.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from threading import RLock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from gmmviz.artists.word import LEGIBLE
from gmmviz.errors import InputError
from gmmviz.film.axis_labels import halve_numbers, join_labels, leave_out_small, separate_thousands, share_labels
from gmmviz.film.bars import LETTERS, CaptionBar, Room, draw_title, is_narrow
from gmmviz.film.ending import Ending
from gmmviz.film.layout import Layout
from gmmviz.film.placing import PanelPlace, fit_titles, places, solve
from gmmviz.registry import must_return
from gmmviz.renderers.base import Renderer
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import typeset
from gmmviz.themes import Theme
from gmmviz.themes.settings import drawn_with, shared, warned
from gmmviz.threads import one_thread

Image = npt.NDArray[np.uint8]


class Panel(NamedTuple):
    """One Axes of the picture, and what `Renderer.draw_still` returned for it."""

    axes: Axes
    stage: Stage
    renderer: Renderer
    props: Any
    theme: Theme


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
        Each is drawn for every run, or once for all of them if it is shared.
    words : sequence of (label, caption)
        Everything that the caption bar will say; the longest decides the size of the letters.
    layout : Layout
    speaker : int
        The run whose words the caption bar shows.
    ground : str, optional
        Color behind the picture instead of the theme's background; a `drawing` then has none.

    Attributes
    ----------
    said : list of str
        What had no room and was shortened or left out, in words. In a narrow picture, below 400 pixels, what could
        not be read is left out without a word.
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
        ground: str | None = None,
    ) -> None:
        self.size, self._ground = size, ground
        self._stages, self._speaker = stages, speaker
        self._painting = RLock()  # one picture at a time, whoever asks
        heading = " ".join(title.split()), " ".join(subtitle.split())
        try:
            self._draw(theme.scaled(size), heading, stages, panels, words, layout)
        except _CrowdedError:  # smaller letters are not drawn, and take no room
            self._draw(theme.scaled(size, enlarged=False), heading, stages, panels, words, layout)

    def _draw(
        self,
        theme: Theme,
        heading: tuple[str, str],
        stages: Sequence[Stage],
        panels: Sequence[Renderer],
        words: Sequence[tuple[str, str]],
        layout: Layout,
    ) -> None:
        """Draw all that stands still."""
        size, self._theme, self._settings = self.size, theme, theme.settings()
        with one_thread(), drawn_with(self._settings), warnings_as_errors(size):
            self._figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72)
            canvas = FigureCanvasAgg(self._figure)
            self._renderer: Any = canvas.get_renderer()
            self._endings: list[Ending] = []
            self.said: list[str] = []
            room = self._draw_bars(*heading, words, layout)
            self._panels = [
                self._panel(place) for place in places(self._figure, room, stages, panels, layout, self._speaker)
            ]
            self._lay_out(room)
            if self._ground:
                put_on(self._figure, theme, self._ground)
            canvas.draw()
            self._buffer = np.asarray(self._renderer.buffer_rgba())
            self._base: Image = self._buffer.copy()

    def _draw_bars(self, title: str, subtitle: str, words: Sequence[tuple[str, str]], layout: Layout) -> Room:
        """Draw what stands above and below the panels; return the room that it takes."""
        figure, theme = self._figure, self._theme
        if layout.header:
            self.said += draw_title(figure, theme, self._renderer, title, subtitle)
        has_header = bool(figure.artists)
        self._bar: CaptionBar | None = None
        if layout.footer and any(map(any, words)) and theme.px(LETTERS) >= LEGIBLE:
            self._bar = CaptionBar(figure, theme, self._renderer, words)
            self.said += self._bar.said
        return Room.of(figure, theme, header=has_header, footer=self._bar is not None)

    def _panel(self, place: PanelPlace) -> Panel:
        """Draw what stands still in a panel."""
        axes = self._figure.add_subplot(place.spec)
        theme = self._theme.crowded(place.n_runs)
        if len(self._stages) > 1 and not place.renderer.shared:
            theme = theme.in_order(place.stage.hues)
        props = place.renderer.draw_still(axes, place.stage, theme)
        if is_narrow(self._figure):
            _leave_out_notes(axes, theme)
        if place.title:
            axes.set_title(typeset(place.title), color=theme.text)
            self._endings.append(Ending(axes, place.stage, self._theme))
        return Panel(axes, place.stage, place.renderer, props, theme)

    def _lay_out(self, room: Room) -> None:
        """Put the panels into their places; tell the endings what room their titles leave."""
        every = [panel.axes for panel in self._panels]
        separate_thousands(every)
        share_labels(every)
        leave_out_small(self._figure)
        titles = solve(self._figure, self._theme, room, every, self._renderer)
        self.said += fit_titles(titles, self._renderer)
        join_labels(every, self._renderer)
        if is_narrow(self._figure):
            halve_numbers(every)
            self.said = []
        for ending in self._endings:
            ending.fit(titles[ending.axes], self._renderer)

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
        with self._painting, one_thread(), drawn_with(self._settings):
            np.copyto(self._buffer, self._base)
            for artist in self._moving(frames):
                artist.draw(self._renderer)
            return self._buffer.copy()

    def drawing(self, frames: Sequence[Frame], suffix: str) -> bytes:
        """Return one moment as a vector picture with its fonts inside, as a file with this suffix: ``".pdf"``."""
        file = BytesIO()
        with self._standing(frames):
            # Without a date, so that the same moment gives the same bytes.
            metadata = {"Date": None} if suffix == ".svg" else {"CreationDate": None}
            self._figure.savefig(file, format=suffix[1:], metadata=metadata, transparent=bool(self._ground))
        return file.getvalue()

    def pages(self, moments: Iterable[Sequence[Frame]], title: str) -> bytes:
        """Return moments as the pages of one PDF with this title, which have their fonts in common."""
        from matplotlib.backends.backend_pdf import PdfPages  # here, since it reads all of fontTools

        file = BytesIO()
        metadata = {"CreationDate": None, "Title": title}
        # The settings hold until the file is closed, since its fonts are written then.
        with self._painting, shared, drawn_with(self._settings), PdfPages(file, metadata=metadata) as pdf:
            for frames in moments:
                with self._standing(frames):
                    pdf.savefig(self._figure, transparent=bool(self._ground))
        return file.getvalue()

    @contextmanager
    def _standing(self, frames: Sequence[Frame]) -> Iterator[None]:
        """Inside, what moves stands as in one moment, and is drawn with the rest of the figure."""
        with self._painting, shared, one_thread(), drawn_with(self._settings):
            artists = list(self._moving(frames))
            for artist in artists:
                artist.set_animated(False)
            shown = set(artists)
            moving = self._figure.findobj(Artist.get_animated)
            hidden = [artist for artist in moving if artist not in shown and artist.get_visible()]
            for artist in hidden:
                artist.set_visible(False)
            try:
                yield
            finally:
                for artist in artists:
                    artist.set_animated(True)
                for artist in hidden:
                    artist.set_visible(True)

    def _moving(self, frames: Sequence[Frame]) -> Iterator[Artist]:
        """Set everything that moves and yield it, panel by panel, the caption bar last."""
        frame_of = {id(stage): frame for stage, frame in zip(self._stages, frames, strict=True)}
        for _, stage, renderer, props, theme in self._panels:
            yield from artists_of(renderer, renderer.moving(props, frame_of[id(stage)], stage, theme))
        for ending in self._endings:
            yield from ending.moving(frame_of[id(ending.stage)], self._renderer)
        if self._bar:
            speaking = frames[self._speaker]
            yield from self._bar.moving(speaking.label, speaking.caption)

    def painting(self) -> AbstractContextManager[None]:
        """Return a context in which `paint` is quickest: enter it around many frames."""
        return one_thread()


def put_on(figure: Figure, theme: Theme, ground: str) -> None:
    """Give a figure another color, or ``"none"``, wherever it has the theme's background."""
    for patch in (figure.patch, *(axes.patch for axes in figure.axes)):
        if to_hex(patch.get_facecolor()) == to_hex(theme.background):
            patch.set_facecolor(ground)


def _leave_out_notes(axes: Axes, theme: Theme) -> None:
    """Empty the titles that are notes, which are written in the theme's second ink."""
    for place in ("left", "center", "right"):
        title = {"left": axes._left_title, "center": axes.title, "right": axes._right_title}[place]  # type: ignore[attr-defined]
        if title.get_color() == theme.muted:
            title.set_text("")


def artists_of(renderer: Renderer, moving: Any) -> Iterator[Artist]:
    """What a renderer returns, which may be a plugin's, once it is known to be artists."""
    if not isinstance(moving, Iterable):
        raise must_return("the artists that move", moving, type(renderer).moving)
    for artist in moving:
        if not isinstance(artist, Artist):
            raise must_return("artists alone", artist, type(renderer).moving)
        yield artist


class _CrowdedError(InputError):
    """The panels have no room."""


@contextmanager
def warnings_as_errors(size: tuple[int, int]) -> Iterator[None]:
    """Raise matplotlib's warnings about a lack of room or of letters as errors in our words; pass others on."""
    with warned() as caught:
        yield
    missing: list[str] = []
    for warning in caught:
        message = str(warning.message)
        if "constrained_layout not applied" in message:
            raise _CrowdedError(
                f"{size[0]}x{size[1]} pixels leave these panels no room beside their numbers and names: show "
                "fewer, or choose another shape or a layout",
                "size",
            )
        if glyph := re.match(r"Glyph (\d+)", message):
            missing.append(chr(int(glyph[1])))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if missing:
        letters = "".join(dict.fromkeys(missing))
        raise InputError(
            f"no font here has the letters {letters!r}: install one that has, or write them otherwise"
        )
