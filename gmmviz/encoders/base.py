"""The contract of an encoder: what it is given, and what it says of the file that it made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import av
import numpy as np
import numpy.typing as npt

from gmmviz.errors import InputError, hint, listed
from gmmviz.registry import Registry

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shot:
    """One image of a film.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 4)
        Opaque RGBA.
    seconds : float
        How long it stands.
    opens : bool
        Whether a step of the algorithm begins here.
    drawing : bytes
        For an encoder that asks for a `vector` format: one step's picture in it. There is no image then.
    """

    image: Image
    seconds: float
    opens: bool
    drawing: bytes = b""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the algorithm in a film: the start, an E-step, an M-step or the end.

    Parameters
    ----------
    name : str
        For files: ``"03_e"``. Names sort as the steps follow each other.
    chapter : str
        ``"Iteration 3"``; the steps of an iteration share it.
    begins, ends : float
        Seconds.
    last : int
        The number of the image that shows the step done.
    label, caption : str
        What the caption bar says at its end.
    """

    name: str
    chapter: str
    begins: float
    ends: float
    last: int
    label: str
    caption: str


@dataclass(frozen=True, slots=True)
class Film:
    """What is known of a film before its images come.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    fps : float
        Frames per second of what moves.
    durations : tuple of float
        Seconds that each image stands.
    background : str
        ``#rrggbb``.
    steps : tuple of Step
    title, description, story : str
        For the file's metadata: a line, what its author says of it, and what happens in it.
    samples : tuple of ndarray
        About a dozen images spread over the film, for an encoder that `needs_samples`.
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

    @property
    def length(self) -> float:
        """Seconds."""
        return sum(self.durations)

    @property
    def text(self) -> str:
        """The description and the story, in one paragraph."""
        return " ".join(text for text in (self.description, self.story) if text)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: as its encoder wrote it, and once more as it is read back.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels; zeros if the file holds text.
    n_frames : int
    seconds : float
        0 if nothing moves.
    note : str
        What the user should know, such as what an encoder chose.
    """

    size: tuple[int, int] = (0, 0)
    n_frames: int = 0
    seconds: float = 0.0
    note: str = ""


class Encoder(ABC):
    """Write a film to one file.

    An encoder is an option bag (`gmmviz.options.options`) registered in `ENCODERS` under its suffix. `write`
    is called once per file, perhaps in a thread of its own. Take the images one by one: a film need not fit
    in memory. On any failure raise, so that no half-written file is put in place. The same film must give
    the same bytes.
    """

    tick: ClassVar[float] = 0.0
    """The file's unit of time in seconds; the file must be as long as the film to within one."""
    vector: ClassVar[str] = ""
    """``"svg"`` or ``"pdf"`` to be given the end of each step in that format instead of images."""

    @property
    def needs_samples(self) -> bool:
        """Whether colors are chosen by looking at images from the whole film first."""
        return False

    def check(self, film: Film) -> None:  # noqa: B027 - most films can be written
        """Refuse a film that cannot be written; this is called before any image is made.

        Raises
        ------
        InputError
        """

    @abstractmethod
    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode the images into the file, which exists and is empty; return what it should hold."""

    def length_of(self, film: Film) -> float:
        """Seconds that the file must last."""
        return film.length

    def read_back(self, path: Path) -> Contents:
        """Open the file and say what it holds, without decoding its images."""
        with av.open(path) as container:
            stream = container.streams.video[0]
            n_frames, end = 0, 0.0
            for packet in container.demux(stream):
                if packet.pts is not None and packet.size:
                    n_frames += 1
                    end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            return Contents((stream.codec_context.width, stream.codec_context.height), n_frames, end)


ENCODERS: Registry[type[Encoder]] = Registry("format")


def encoder_for(path: Path) -> Encoder:
    """Return the encoder that the suffix asks for; ``.sheet.png`` is a suffix too.

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
    given = f"{path.name!r} ends in {path.suffix!r}" if suffix else f"{path.name!r} has no suffix"
    longer = [other for other in ENCODERS if suffix and other.endswith(f".{suffix}")]
    wanted = f"did you mean {listed(f'.{other}' for other in longer)}?" if longer else hint(suffix, ENCODERS)
    raise InputError(f"no film can be written to that file: {given}; {wanted}")
