"""A film: runs, panels and a pace, which become images, and the images files."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal, overload

from PIL import Image as Picture
from pydantic import Field

from gmmviz.encoders import Encoder, Film, PlateEncoder, SavedFile
from gmmviz.encoders.base import Image
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, counted, listed, warn, within
from gmmviz.executors import as_executor
from gmmviz.files import check_place, replacing
from gmmviz.film.canvas import Canvas
from gmmviz.film.clear_canvas import ClearCanvas
from gmmviz.film.clock import Clock
from gmmviz.film.display import Shown
from gmmviz.film.layout import Layout
from gmmviz.film.plate import draw_plate
from gmmviz.film.quality import Quality, sized
from gmmviz.film.saving import Look, Notes, Pass, Target, look_for, targets, write_all
from gmmviz.film.saving import Progress as Progress
from gmmviz.film.story import alt_text, steps
from gmmviz.film.wording import check_language, check_texts, tell_of_english, usual_subtitle
from gmmviz.options import check_choice, checked
from gmmviz.renderers import EllipseRenderer, LikelihoodRenderer, Renderer
from gmmviz.renderers.usual import usual_renderer
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.frame import CAPTIONS, frame_at
from gmmviz.storyboard.languages import translated
from gmmviz.storyboard.pace import Pace
from gmmviz.storyboard.results import with_results
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.timeline import Moment
from gmmviz.storyboard.vocabulary import Words
from gmmviz.storyboard.words import plain
from gmmviz.themes import Theme, theme_named

MOST_CLOUDS = 500  # components
DEPENDENT = ("moments", "film", "_canvas")  # on size and frame rate
STILLS = (".png", ".svg", ".pdf")
Background = Literal["theme", "transparent"]
FramesPerSecond = Annotated[float, Field(ge=1, le=120)]
Side = Annotated[int, Field(ge=16, le=8192)]


class Animation(Clock):
    """A film of one or more runs of EM.

    Parameters
    ----------
    runs : Trace, Run or sequence of them
        Several runs share one clock and one set of scales; a run that ends first stays in its last state.
    panels : Renderer or sequence of Renderer, optional
        What is drawn for each run, from left to right; by default ellipses, the curve of a single feature
        or the image of pixels, and the log-likelihood.
    pace : Pace, optional
        How long each part of the film lasts; by default ``Pace()``.
    title : str, optional
        Top left; by default "Expectation-maximization", in the film's language.
    subtitle : str, optional
        Top right; by default it counts points and components.
    layout : Layout, optional
        Where the panels of each run stand; by default they arrange themselves.
    captions : Captions
        What the bar below the picture says; templates that are still the English ones are translated.
    words : mapping of key to text, optional
        What else is written on the picture, by the keys of `gmmviz.WORDS`; by default the words of the language.
    theme : Theme or str
        ``"light"``, ``"dark"`` or ``"print"``.
    background : {"theme", "transparent"}
        What stands behind the picture: the theme's color, or nothing, for pictures that lie over something else.
        Choose the theme nearest to that. Formats that hold no transparency have the theme's color, and say so.
    size : tuple of int
        Width and height in pixels, each from 16 to 8192.
    fps : float
        Frames per second of what moves, from 1 to 120.
    description : str
        What the film shows, in a sentence or two, for the files' metadata.
    language : str
        The film's language as a BCP 47 tag. Words and captions ship in ``"de"``, ``"es"``, ``"fr"`` and ``"zh"``;
        in other languages they stay English, which a warning says, unless `words` and `captions` have them.
        Files' metadata state the language, too.

    Raises
    ------
    InputError
        If there is nothing to show, an argument is not valid, or a panel cannot draw a run.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2)
    >>> film = gv.Animation(trace, [gv.EllipseRenderer()], pace=gv.Pace(length=12), title="Old Faithful")
    >>> film.length
    12.0
    >>> film
    <Animation 'Old Faithful': 1 run, 1 panel (EllipseRenderer), 1280x720 pixels, 12 s at 25 frames/s>
    """

    @checked
    def __init__(
        self,
        runs: Trace | Run | Sequence[Trace | Run],
        panels: Renderer | Sequence[Renderer] | None = None,
        *,
        pace: Pace | None = None,
        title: str | None = None,
        subtitle: str | None = None,
        layout: Layout | None = None,
        captions: Captions = CAPTIONS,
        words: Words | Mapping[str, str] | None = None,
        theme: Theme | str = "light",
        background: Background = "theme",
        size: tuple[Side, Side] = (1280, 720),
        fps: FramesPerSecond = 25,
        description: str = "",
        language: str = "en",
    ) -> None:
        runs = [runs] if isinstance(runs, Trace | Run) else runs
        self.runs = tuple(Run(run) if isinstance(run, Trace) else run for run in runs)
        if panels is None:
            panels = (usual_renderer(self.runs[0].trace) if self.runs else EllipseRenderer(), LikelihoodRenderer())
        self.panels = (panels,) if isinstance(panels, Renderer) else tuple(panels)
        self.pace = pace or Pace()
        self.layout = layout or Layout()
        self.theme = theme_named(theme)
        self.background = background
        self.size = size
        self.fps = fps
        self.description = description
        self.language = language
        with within("words"):
            self.words = Words(language, words.own if isinstance(words, Words) else words or {})
        self.captions = with_results(translated(captions, language), self.runs)
        self.title = self.words.text("title") if title is None else title
        self.subtitle = "" if subtitle is None else subtitle
        self._shown: dict[Look, Shown] = {}
        self._check()
        if subtitle is None:
            self.subtitle = usual_subtitle(self.runs, self.words)
        tell_of_english(self.captions, self.words)
        reach = max(panel.reach for panel in self.panels)
        self._stages = stages([(run.name, run.trace) for run in self.runs], reach, self.words)
        if self.layout.rows:
            with within("layout"):
                self.layout.mosaic(sum(not panel.shared for panel in self.panels))
        for i, panel in enumerate(self.panels):
            for stage in self._stages:
                with within("panels", i):
                    panel.check(stage)
            if panel.epilogue_option and not self.pace.epilogue:
                raise InputError(
                    f"{panel.epilogue_option} works in the film's epilogue, and its pace has none: "
                    "add epilogue = 2 to pace",
                    "panels",
                    i,
                    panel.epilogue_option,
                )

    def _check(self) -> None:
        if not self.runs:
            raise InputError("a film needs at least one run: give a trace from gmmviz.fit")
        if not self.panels:
            raise InputError("a film needs at least one panel, such as EllipseRenderer()")
        for run in self.runs:
            if (n := run.trace.n_components) > MOST_CLOUDS:
                said = f"a film shows at most {MOST_CLOUDS} components, not {n:,}: nobody could tell more apart"
                raise InputError(said, "model", "components")
        check_texts(self.runs, self.title, self.subtitle, self.captions, self.words)
        if self.pace.length is not None:
            _ = self._parts  # refused here, not when the film is saved
        check_language(self.language)

    def __repr__(self) -> str:
        panels = ", ".join(type(panel).__name__ for panel in self.panels)
        try:
            seconds = f"{self.length:g} s"
        except InputError:
            seconds = "no valid pace"
        return (
            f"<Animation {self.title!r}: {counted(len(self.runs), 'run')}, {counted(len(self.panels), 'panel')} "
            f"({panels}), {self.size[0]}x{self.size[1]} pixels, {seconds} at {self.fps:g} frames/s>"
        )

    _is_copy = False  # in another process, where images are painted

    @cached_property
    def _canvas(self) -> Canvas | ClearCanvas:
        clear = self.background == "transparent"
        canvas = ClearCanvas(self._canvas_over, self.theme.background) if clear else self._canvas_over()
        if not self._is_copy:
            for said in canvas.said:
                warn(f"{said}; the picture has {self.size[0]}x{self.size[1]} pixels")
        return canvas

    def _canvas_over(self, ground: str | None = None) -> Canvas:
        trace = self.runs[self._speaker].trace
        every = (frame_at(trace, moment, self.captions, self.words) for moment in self.moments)
        words = {(frame.label, frame.caption) for frame in every}
        return Canvas(
            self.size,
            self.theme,
            title=self.title,
            subtitle=self.subtitle,
            stages=[replace(stage, length=self.length) for stage in self._stages],
            panels=self.panels,
            words=sorted(words),
            layout=self.layout,
            speaker=self._speaker,
            ground=ground,
        )

    def painting(self) -> AbstractContextManager[None]:
        """Return a context in which `image` is quickest: enter it around many images.

        Returns
        -------
        context manager
            It keeps linear algebra to one thread.
        """
        return self._canvas.painting()

    @checked
    def image(self, moment: Moment) -> Image:
        """Return the picture of one moment.

        Parameters
        ----------
        moment : Moment
            One of `moments`, or another one from `moment`.

        Returns
        -------
        ndarray of uint8, shape (height, width, 4)
            RGBA; opaque, unless the film's background is transparent.
        """
        return self._canvas.paint(self.frames(moment))

    def images(self) -> Iterator[tuple[Image, float]]:
        """Yield each image as from `image`, with the seconds that it is shown, for a writer of another format.

        Returns
        -------
        iterator of (ndarray, float)
            In the film's order; painted one by one, when they are asked for.
        """
        return ((self.image(moment), moment.duration) for moment in self.moments)

    @checked
    def drawing(self, moment: Moment, suffix: str) -> bytes:
        """Return the picture of one moment as a vector file.

        Parameters
        ----------
        moment : Moment
            One of `moments`, or another one from `moment`.
        suffix : str
            ``".svg"`` or ``".pdf"``.

        Returns
        -------
        bytes
            The content of the file.
        """
        check_choice("suffix", suffix, (".svg", ".pdf"))
        return self._canvas.drawing(self.frames(moment), suffix)

    @checked
    def pages(self, moments: Sequence[Moment]) -> bytes:
        """Return the pictures of some moments as a PDF with a page for each.

        Parameters
        ----------
        moments : sequence of Moment
            Of `moments`, or others from `moment`.

        Returns
        -------
        bytes
            The content of the file.
        """
        return self._canvas.pages(map(self.frames, moments), self.film.title)

    @cached_property
    def film(self) -> Film:
        """What encoders know before the images come: size, durations, steps, words, runs."""
        return Film(
            size=self.size,
            fps=self.fps,
            durations=tuple(moment.duration for moment in self.moments),
            background=self.theme.background,
            steps=steps(self.moments, self.runs[self._speaker].trace, self.captions, self.words),
            title=plain(self.title),
            description=self.description,
            story=alt_text(self.runs, self.words),
            runs=self.runs,
            language=self.language,
            n_panels=len(self.panels),
            words=self.words,
            transparent=self.background == "transparent",
        )

    @checked
    def plate(self, wanted: PlateEncoder, suffix: str) -> bytes:
        """Return some moments side by side, as a book prints a film.

        Parameters
        ----------
        wanted : PlateEncoder
            Which moments, of which panel, and how they are arranged.
        suffix : str
            ``".png"``, ``".pdf"`` or ``".svg"``.

        Returns
        -------
        bytes
            The content of the file.

        Raises
        ------
        InputError
            If the film has no such moment or panel.
        """
        check_choice("suffix", suffix, STILLS)
        wanted.check(self.film)
        panel = self.panels[wanted.panel - 1]
        runs = [(stage, run.trace) for stage, run in zip(self._stages, self.runs, strict=True)]
        runs = [runs[self._speaker]] if panel.shared else runs
        return draw_plate(wanted, self.film, panel, runs, self.captions, self.theme, suffix)

    @overload
    def still(self, path: None = None, at: float | str = "end") -> Picture.Image: ...
    @overload
    def still(self, path: str | os.PathLike[str], at: float | str = "end") -> Path: ...
    @checked
    def still(self, path: str | os.PathLike[str] | None = None, at: float | str = "end") -> Path | Picture.Image:
        """Write one moment as a picture: a PNG, or an SVG or PDF with lines and letters as such.

        Parameters
        ----------
        path : str or path, optional
            Its suffix says the format; without a path, nothing is written.
        at : float or str
            As in `moment`; by default the end.

        Returns
        -------
        Path or PIL.Image.Image
            The file that was written; without a path the picture, which a notebook shows.

        Raises
        ------
        InputError
            If the suffix is unknown, the folder is missing, or the film has no such moment.
        RenderError
            If the file could not be written; what stood there before still stands.
        """
        if path is None:
            return self._picture(self.moment(at))
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in STILLS:
            raise InputError(
                f"a still is {listed(STILLS)}, not {path.suffix or 'without a suffix'}: {path.name[:255]}"
            )
        check_place(path, f"film{suffix}")
        moment = self.moment(at)
        with replacing(path) as temporary:
            if suffix == ".png":
                self._picture(moment).save(temporary, optimize=True)
            else:
                temporary.write_bytes(self.drawing(moment, suffix))
        return path

    def _picture(self, moment: Moment) -> Picture.Image:
        channels = 4 if self.background == "transparent" else 3
        return Picture.fromarray(self.image(moment)[:, :, :channels])

    @checked
    def save(
        self,
        *files: Target,
        progress: Progress | None = None,
        notes: Notes | None = None,
        jobs: int | None = None,
        executor: Any = None,
    ) -> list[SavedFile]:
        """Write the film to one or more files, by suffix; each image is painted once for all files of its size.

        Parameters
        ----------
        *files : str, path or (path, Encoder)
            Films: ``"film.gif"``, ``"film.mp4"``, ``"film.webm"``, ``"film.mov"``, ``"film.avif"``,
            ``"film.webp"``, ``"film.apng"``. A player: ``"film.html"``. Pictures:
            ``"film.poster.png"`` (the end), ``"film.sheet.png"`` (every step), ``"film.steps.zip"`` (a PNG per
            step), ``"film.steps.svg.zip"``, ``"film.steps.pdf.zip"``, ``"film.plate.pdf"`` (six moments side by
            side, for print; also ``.plate.png`` and ``.plate.svg``). Words: ``"film.vtt"`` (captions),
            ``"film.txt"`` (what happens). To give a file options, pair it with its encoder:
            ``("film.gif", GifEncoder(max_bytes=1_000_000))``, ``("film.mp4", Mp4Encoder(size=(1920, 1080)))``.
        progress : callable, optional
            Called with the number of pictures painted so far and the total that the files need.
        notes : callable, optional
            Called with a sentence for each file whose size is estimated beforehand: a player's.
        jobs : int, optional
            Deprecated: one process paints and encodes as quickly as two.
        executor : concurrent.futures.Executor or distributed.Client, optional
            Paints instead of this process, such as on the machines of a Dask cluster; worth it where an image
            takes long. The bytes are the same.

        Returns
        -------
        list of SavedFile
            What was written, as it was read back.

        Raises
        ------
        InputError
            If a suffix is unknown, a folder is missing or a format cannot hold the film. Nothing is painted then.
        RenderError
            If a file could not be written; what stood there before still stands.
        """
        if jobs is not None:
            warn("jobs is deprecated, since one process is as quick as two: leave it out", DeprecationWarning)
        painters = as_executor(executor)
        found = targets(files)
        groups: dict[Look, list[tuple[Path, Encoder]]] = {}
        for one in found:
            groups.setdefault(look_for(one[1], (self.size, self.fps)), []).append(one)
        films = [(self._looking(look), group) for look, group in groups.items()]
        passes = [Pass(film, film.moments, film.film, group, painters) for film, group in films]
        return write_all(passes, [path for path, _ in found], progress, notes or (lambda text: None))

    @checked
    def show(self, size: tuple[Side, Side] | None = None, quality: Quality = "draft") -> Shown:
        """Return the film as a notebook shows it: with a player, to go from step to step.

        A film that is the value of a cell shows itself as ``film.show()`` does.

        Parameters
        ----------
        size : tuple of int, optional
            Width and height in pixels, before the quality changes them; by default the film's.
        quality : {"draft", "standard", "high"}
            A draft is half as large, at 12 frames a second; high is 1.5 times as large, at 30 or more.

        Returns
        -------
        Shown
            A page of at most 20 MB; of a larger one the film's end as a picture, and a sentence. Where a notebook
            is not trusted, it shows that picture, too.

        Raises
        ------
        InputError
            If the size or the quality is not valid.
        """
        look = sized(size or self.size, self.fps, quality)
        if look not in self._shown:
            film = self._looking(look)
            still = io.BytesIO()
            film.still().save(still, "png", optimize=True)
            with TemporaryDirectory() as folder:
                (made,) = film.save(Path(folder, "film.html"))
                page = made.path.read_text(encoding="utf-8")
            known = film.film
            self._shown[look] = Shown(
                page, still.getvalue(), film.size, known.title, known.text or known.title, repr(self)
            )
        return self._shown[look]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.show()._repr_mimebundle_()

    def _looking(self, look: Look) -> Animation:
        """Return the same film in another size (pixels) and frame rate (per second)."""
        if look == (self.size, self.fps):
            return self
        film = copy(self)
        film.size, film.fps = look
        film.__dict__ = {key: value for key, value in film.__dict__.items() if key not in DEPENDENT}
        return film

    def __getstate__(self) -> dict[str, Any]:
        """Leave the canvas out: the process that unpickles the film makes its own, and repeats no warnings."""
        kept = {key: value for key, value in self.__dict__.items() if key != "_canvas"}
        return kept | {"_is_copy": True, "_shown": {}}
