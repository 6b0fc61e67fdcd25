"""Write a file beside its target, read it back, check it, and only then put it in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from gmmviz.encoders.base import Contents, Encoder, Film, Shot
from gmmviz.errors import RenderError
from gmmviz.files import replacing
from gmmviz.options import checked
from gmmviz.registry import must_return


@checked
@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that was written, as it was read back.

    Parameters
    ----------
    path : Path
        Where it is.
    size : tuple of int
        Width and height in pixels; zeros if the file has no size in pixels.
    n_frames : int
        Number of images, pictures, captions or paragraphs.
    seconds : float
        How long the film lasts; 0 if nothing moves.
    n_bytes : int
        Size of the file.
    note : str
        What the encoder chose to keep the file small; empty if it had no choice to make.
    loss : str
        What the file lacks of what was asked for, such as colors; `Animation.save` warns of it.

    Examples
    --------
    >>> from pathlib import Path
    >>> print(SavedFile(Path("film.gif"), (800, 450), 125, 12.0, 528_000))
    film.gif  800x450, 12.00 s, 125 frames, 528 kB
    """

    path: Path
    size: tuple[int, int]
    n_frames: int
    seconds: float
    n_bytes: int
    note: str = ""
    loss: str = ""

    def __str__(self) -> str:
        facts = []
        if any(self.size):
            facts.append(f"{self.size[0]}x{self.size[1]}")
            if self.seconds:
                facts += [f"{self.seconds:.2f} s", f"{self.n_frames} frames"]
            else:
                facts.append("1 picture" if self.n_frames == 1 else f"{self.n_frames} pictures")
        facts.append(weight(self.n_bytes))
        return f"{self.path}  {', '.join(facts)}" + (f"; {self.note}" if self.note else "")


def weight(n_bytes: int, decimals: int = 2) -> str:
    """Return a number of bytes in words, megabytes with so many decimals."""
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    return f"{n_bytes / 1e6:.{decimals}f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:.0f} kB"


@checked
def write_safely(path: Path, film: Film, shots: Iterable[Shot], encoder: Encoder) -> SavedFile:
    """Encode beside the target, check the result, and put it in place.

    Parameters
    ----------
    path : Path
        The target.
    film : Film
        What is known before the images come.
    shots : iterable of Shot
        What the encoder wants.
    encoder : Encoder
        Writes the file.

    Returns
    -------
    SavedFile
        What was read back.

    Raises
    ------
    RenderError
        If the file cannot be written, or what was written is not what was asked for. The target is then
        as it was before.
    """
    with replacing(path) as temporary:
        try:
            made: Any = encoder.write(temporary, film, shots)
            if not isinstance(made, Contents):
                raise must_return("the Contents of the file", made, type(encoder).write)
            found: Any = _read_back(encoder, temporary)
            if not isinstance(found, Contents):
                raise must_return("the Contents of the file", found, type(encoder).read_back)
            _compare(found, made, encoder.length_of(film), encoder.tick)
            n_bytes = temporary.stat().st_size
        except RenderError as error:
            raise RenderError(f"{path} was not written: {error}") from error
        except av.FFmpegError as error:
            raise RenderError(f"{path} was not written: {error.strerror or error}") from error
        except MemoryError as error:
            raise RenderError(f"{path} was not written: there is not enough memory for that") from error
    return SavedFile(path, found.size, found.n_frames, found.seconds, n_bytes, made.note, made.loss)


def _read_back(encoder: Encoder, path: Path) -> Contents:
    try:
        return encoder.read_back(path)
    except av.FFmpegError:
        if type(encoder).read_back is not Encoder.read_back:
            raise
        raise RenderError(
            f"it is no film, so {type(encoder).__name__} needs a read_back of its own, to say what the file holds"
        ) from None


def _compare(found: Contents, made: Contents, length: float, tick: float) -> None:
    if found.size != made.size:
        raise RenderError(f"it came out {_sides(found.size)}, not {_sides(made.size)} pixels")
    if found.n_frames != made.n_frames:
        raise RenderError(f"it came out with {found.n_frames} images, not {made.n_frames}")
    if abs(found.seconds - length) > tick + 1e-6:
        raise RenderError(f"it came out {found.seconds:.3f} s long, not {length:.3f} s")


def _sides(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
