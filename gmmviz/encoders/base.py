"""The contract of an encoder, and how a finished file gets into its place.

A file is written beside its target under a name of its own, opened again and compared with what was
asked for, and only then moved over the target: whoever reads the target sees the old file or the new one.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import numpy.typing as npt

from gmmviz.errors import InputError, RenderError, hint
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
    """

    image: Image
    seconds: float
    opens: bool


class Film(Protocol):
    """What an encoder is given: images one by one, and what is known of them all beforehand."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    @property
    def fps(self) -> float:
        """Frames per second of what moves."""

    @property
    def durations(self) -> Sequence[float]:
        """Seconds that each image stands."""

    @property
    def title(self) -> str:
        """One line for the file's metadata."""

    @property
    def background(self) -> str:
        """``#rrggbb``, for padding."""

    def samples(self) -> Sequence[Image]:
        """Return about a dozen images spread over the film, to choose colors by."""

    def __iter__(self) -> Iterator[Shot]:
        """Yield the film's images once, in order."""


class Encoder(ABC):
    """Write a film to one file.

    `write` is called once per file. Take the images one by one: a film need not fit in memory. On any
    failure raise, so that no half-written file is put in place. The same film must give the same bytes.
    `tick` is the file's unit of time; the file must be as long as the film to within one.
    """

    tick: float
    """Seconds."""

    @abstractmethod
    def write(self, path: Path, film: Film) -> None:
        """Encode the film into the file."""

    def size_of(self, film: Film) -> tuple[int, int]:
        """Width and height of the file's picture, where the format cannot keep the film's."""
        return film.size


ENCODERS: Registry[Encoder] = Registry("format")


def encoder_for(path: Path) -> Encoder:
    """Return the encoder that the suffix asks for.

    Raises
    ------
    InputError
        If no encoder writes such files.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in ENCODERS:
        given = f"{path.name!r} ends in {path.suffix!r}" if suffix else f"{path.name!r} has no suffix"
        raise InputError(f"no film can be written to that file: {given}; {hint(suffix, ENCODERS)}")
    return ENCODERS[suffix]()


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that was written, as it was read back.

    Parameters
    ----------
    path : Path
    size : tuple of int
        Width and height in pixels.
    n_frames : int
    seconds : float
    n_bytes : int
    """

    path: Path
    size: tuple[int, int]
    n_frames: int
    seconds: float
    n_bytes: int

    def __str__(self) -> str:
        width, height = self.size
        bytes_ = f"{self.n_bytes / 1e6:.2f} MB" if self.n_bytes >= 1e6 else f"{self.n_bytes / 1e3:.0f} kB"
        return f"{self.path}  {width}x{height}, {self.seconds:.2f} s, {self.n_frames} frames, {bytes_}"


def write_safely(path: Path, film: Film, encoder: Encoder) -> SavedFile:
    """Encode beside the target, check the result, and put it in place.

    Raises
    ------
    RenderError
        If the file cannot be written, or what was written is not what was asked for. The target is then
        as it was before.
    """
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        encoder.write(temporary, film)
        saved = read_back(temporary)
        saved = replace(saved, path=path)
        _compare(saved, film, encoder)
        temporary.replace(path)
    except OSError as error:
        raise RenderError(f"{path} was not written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return saved


def read_back(path: Path) -> SavedFile:
    """Open a film and measure it, without decoding its images."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        n_frames, end = 0, 0.0
        for packet in container.demux(stream):
            if packet.pts is not None and packet.size:
                n_frames += 1
                end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        size = (stream.codec_context.width, stream.codec_context.height)
    return SavedFile(path, size, n_frames, end, path.stat().st_size)


def _compare(saved: SavedFile, film: Film, encoder: Encoder) -> None:
    if saved.size != encoder.size_of(film):
        raise RenderError(f"{saved.path.name} came out {saved.size}, not {encoder.size_of(film)} pixels")
    length = sum(film.durations)
    if saved.n_frames == 0 or abs(saved.seconds - length) > encoder.tick + 1e-6:
        raise RenderError(f"{saved.path.name} came out {saved.seconds:.3f} s long, not {length:.3f} s")
