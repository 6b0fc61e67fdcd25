"""The contract of an encoder: what it asks for, what it is given, and what it reports about its file."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

import av
import numpy as np
import numpy.typing as npt

from gmmviz.errors import InputError, brief, hint, listed
from gmmviz.options import Contract, checked, family_of
from gmmviz.registry import Registry
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.timeline import Phase
from gmmviz.storyboard.vocabulary import ENGLISH, Words

Image = npt.NDArray[np.uint8]
Wants = Literal["images", "steps", "end", "svg", "pdf", "pages", "plate", "nothing"]


def one_line(text: str) -> str:
    """Return words as every file can hold them: one line, no control characters, no halves of characters."""
    return " ".join(_NOT_WRITTEN.sub("", text.encode(errors="replace").decode()).split())


def over(image: Image, background: str) -> Image:
    """Return an image, which may be transparent, over a color; opaque.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 4)
        RGBA, its colors not multiplied by its opacity.
    background : str
        ``"#rrggbb"``.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        A new picture.
    """
    ground = np.array([*bytes.fromhex(background[1:])], np.float32)
    opacity = image[:, :, 3:].astype(np.float32) / 255
    solid = np.full_like(image, 255)
    solid[:, :, :3] = np.rint(ground + opacity * (image[:, :, :3] - ground))
    return solid


_NOT_WRITTEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]")


@checked
@dataclass(frozen=True, slots=True)
class Shot:
    """One image of a film.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 4)
        RGBA; opaque, unless the film is transparent. Empty where the encoder wants drawings.
    seconds : float
        How long the film shows it.
    opens : bool
        Whether a step of the algorithm begins with this image.
    drawing : bytes
        The picture as an SVG or PDF file, for an encoder that wants drawings; a plate may be a PNG, too.
    """

    image: Image
    seconds: float
    opens: bool
    drawing: bytes = b""


@checked
@dataclass(frozen=True, slots=True)
class Step:
    """One step of the algorithm in a film: the start, an E-step, an M-step, the end or the epilogue.

    Parameters
    ----------
    name : str
        For file names: ``"03_e"``. Names sort in the order of the steps.
    phase : {"start", "e", "m", "end"}
        An epilogue has the phase ``"end"`` too.
    iteration : int
        The iteration that the step belongs to: 0 for the start, from 1 for the others.
    chapter : str
        ``"Iteration 3"``; the steps of an iteration share it.
    begins, ends : float
        Seconds from the beginning of the film.
    last : int
        The number of the image that shows the step done, counted from 0.
    label, caption : str
        What the caption bar says at the end of the step; one line each.
    """

    name: str
    phase: Phase
    iteration: int
    chapter: str
    begins: float
    ends: float
    last: int
    label: str
    caption: str

    def __post_init__(self) -> None:
        """Bring the words into one line each."""
        for name in ("label", "caption"):
            object.__setattr__(self, name, one_line(getattr(self, name)))

    @property
    def words(self) -> str:
        """All that the caption bar says."""
        return ": ".join(part for part in (self.label, self.caption) if part)


@checked
@dataclass(frozen=True, slots=True)
class Film:
    """What is known of a film before its images come.

    Runs are plain values here: a trace computes its snapshots and responsibilities when they are asked for, so an
    encoder that does not look at the runs does not pay for them.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    fps : float
        Frames per second of what moves.
    durations : tuple of float
        How many seconds each image is shown.
    background : str
        ``"#rrggbb"``.
    steps : tuple of Step
        From the start to the end, without gaps.
    title, description, story : str
        For the file's metadata: what stands above the film, what the author says about it, and what happens in it;
        one line each.
    samples : tuple of ndarray
        About eight images spread over the film, for an encoder that `needs_samples`; perhaps at a lower
        resolution.
    runs : tuple of Run
        The traces that the film shows, with their names.
    language : str
        BCP 47 tag of the language of all these words.
    n_panels : int
        How many panels each run has.
    words : Words
        Of the film's language or its own, for what a file says beside the pictures.
    transparent : bool
        Whether nothing stands behind the pictures; only for an encoder that `holds_alpha`. What is clear has the
        background's color.
    """

    size: tuple[int, int]
    fps: float
    durations: tuple[float, ...]
    background: str = "#ffffff"
    steps: tuple[Step, ...] = ()
    title: str = ""
    description: str = ""
    story: str = ""
    samples: tuple[Image, ...] = ()
    runs: tuple[Run, ...] = ()
    language: str = "en"
    n_panels: int = 1
    words: Words = ENGLISH
    transparent: bool = False

    def __post_init__(self) -> None:
        """Bring the words into one line each."""
        for name in ("title", "description", "story"):
            object.__setattr__(self, name, one_line(getattr(self, name)))

    @property
    def length(self) -> float:
        """Seconds from beginning to end."""
        return sum(self.durations)

    @property
    def text(self) -> str:
        """The description and the story, in one paragraph."""
        return " ".join(text for text in (self.description, self.story) if text)


@checked
@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: reported by the encoder that wrote it, and again when the file is read back.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels; zeros if the file has no size in pixels.
    n_frames : int
        Number of images, pictures, captions or paragraphs.
    seconds : float
        0 if nothing moves.
    note : str
        What the user should know, such as a choice that the encoder made.
    loss : str
        What the file lacks of what was asked for, and how to keep it; `Animation.save` warns of it.
    """

    size: tuple[int, int] = (0, 0)
    n_frames: int = 0
    seconds: float = 0.0
    note: str = ""
    loss: str = ""


class Encoder(Contract, ABC):
    r"""Write a film to one file.

    An encoder is an option class (`gmmviz.options.options`) that is registered in `ENCODERS` under its suffix.
    It declares in `wants` which pictures it needs; only pictures that some encoder wants are painted. For each
    file `check` is called first, then `write` once, perhaps in a thread of its own, then `read_back`.

    `write` must take the images one by one, because a film need not fit into memory, and must give the same bytes
    for the same film. On any failure raise an exception, so that no half-written file is put in place.

    Examples
    --------
    A table of the steps, for which no image is painted; ``film.save(("steps.csv", CsvEncoder()))`` writes it:

    >>> from gmmviz.encoders.base import Contents, Encoder
    >>> class CsvEncoder(Encoder):
    ...     wants = "nothing"
    ...
    ...     def length_of(self, film):
    ...         return 0.0
    ...
    ...     def write(self, path, film, shots):
    ...         rows = [f"{step.iteration},{step.phase},{step.begins:.2f}" for step in film.steps]
    ...         path.write_text("\n".join(rows))
    ...         return Contents(n_frames=len(rows))
    ...
    ...     def read_back(self, path):
    ...         return Contents(n_frames=len(path.read_text().splitlines()))
    """

    wants: ClassVar[Wants] = "images"
    """``"images"``: every image of the film. ``"steps"``: for each step the image that shows it done. ``"end"``:
    the last image. ``"svg"``, ``"pdf"``: for each step the picture that shows it done, as a drawing in that
    format. ``"pages"``: these pictures as one PDF. ``"plate"``: one drawing of several moments, which a
    `PlateEncoder` chooses. ``"nothing"``: no pictures."""
    tick: ClassVar[float] = 0.0
    """The file's unit of time in seconds; the file must be as long as `length_of` says to within one tick."""
    format: ClassVar[str | None] = None
    """What FFmpeg calls the file's format, so that it need not guess from name and content; None if it must."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Options that name a file to be read; a scene's are relative to the file in which they stand."""

    @property
    def holds_alpha(self) -> bool:
        """Whether a transparent film's pictures come as they are; otherwise they come over its background."""
        return False

    @property
    def needs_samples(self) -> bool:
        """Whether the encoder must see images from the whole film first, to choose colors; `Film.samples`."""
        return False

    @property
    def foretells(self) -> bool:
        """Whether to say beforehand how large the file will be; `foretell`."""
        return False

    def foretell(self, film: Film, pairs: Iterable[tuple[Image, Image]]) -> str:
        """Say how large the file will be; asked before any image is painted for it, if the encoder `foretells`.

        Parameters
        ----------
        film : Film
            With its samples, if the encoder `needs_samples`.
        pairs : iterable of (Image, Image)
            Images that are spread over the film, each with the one that follows it; one at least.

        Returns
        -------
        str
            What follows the file's name: "will take about 3 MB".
        """
        return ""

    @checked
    def check(self, film: Film) -> None:
        """Refuse a film that cannot be written; called before any image is made.

        Parameters
        ----------
        film : Film
            Without its samples.

        Raises
        ------
        InputError
            If the format has no room for the film.
        """

    @abstractmethod
    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the film.

        Parameters
        ----------
        path : Path
            A file that exists and is empty.
        film : Film
            What is known before the images come.
        shots : iterable of Shot
            What the encoder `wants`, in the film's order.

        Returns
        -------
        Contents
            What `read_back` should find in the file.
        """

    @checked
    def length_of(self, film: Film) -> float:
        """Return how long the file must last.

        Parameters
        ----------
        film : Film
            The film that is written.

        Returns
        -------
        float
            Seconds; 0 if nothing moves in the file.
        """
        return film.length

    @checked
    def read_back(self, path: Path) -> Contents:
        """Open the finished file and see what it holds, without decoding its images.

        Parameters
        ----------
        path : Path
            The file that `write` wrote.

        Returns
        -------
        Contents
            Compared with what `write` returned.
        """
        with av.open(address(path), format=self.format) as container:
            return contents_of(container)


def contents_of(container: Any) -> Contents:
    """Return what a video holds, without decoding its images."""
    # An AVIF has a still, too, and opacity apart from colors.
    stream = max(container.streams.video, key=lambda stream: stream.frames)
    n_frames, end = 0, 0.0
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            n_frames += 1
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return Contents((stream.codec_context.width, stream.codec_context.height), n_frames, end)


def address(path: Path) -> str:
    """Return a file's name for FFmpeg, which would take what stands before a colon for a protocol."""
    return f"file:{path}"


def _wrong(member: Any) -> str:
    """What is wrong with a new encoder, or an empty text."""
    wants = getattr(member, "wants", "images")
    known = get_args(Wants)
    return family_of(Encoder)(member) or ("" if wants in known else f"wants {wants!r}; {hint(wants, known)}")


ENCODERS: Registry[type[Encoder]] = Registry("format", _wrong)


def some(shots: Iterable[Shot]) -> Iterator[Shot]:
    """Yield the shots, of which there must be one at least."""
    shot = None
    for shot in shots:
        yield shot
    if shot is None:
        raise InputError("shots must be one or more: a file needs a picture", "shots")


@checked
def encoder_for(path: Path) -> Encoder:
    """Return the encoder that a file's suffix asks for; ``.sheet.png`` is a suffix too.

    Parameters
    ----------
    path : Path
        The file to be written.

    Returns
    -------
    Encoder
        With the options it has by default.

    Raises
    ------
    InputError
        If no encoder writes such files.
    """
    name = path.name.lower()
    known = [suffix for suffix in ENCODERS if name.endswith(f".{suffix}") or ("." in suffix and name == suffix)]
    if known:
        return ENCODERS[max(known, key=len)]()
    suffix = path.suffix.lower().removeprefix(".")
    given = f"{path.name[:255]!r} ends in {brief(path.suffix)}" if suffix else f"{path.name[:255]!r} has no suffix"
    longer = [other for other in ENCODERS if suffix and other.endswith(f".{suffix}")]
    wanted = f"did you mean {listed(f'.{other}' for other in longer)}?" if longer else hint(suffix, ENCODERS)
    raise InputError(f"no film can be written to that file: {given}; {wanted}")
