"""Pictures made in the same pass as the film: a poster, a contact sheet, one picture per step."""

from __future__ import annotations

import io
import zipfile
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo
from pydantic import Field

from gmmviz.encoders.base import ENCODERS, Contents, Encoder, Film, Shot, Step
from gmmviz.errors import RenderError
from gmmviz.options import Count, Whole, options

GAP = 8  # pixels between the pictures of a contact sheet


class StillEncoder(Encoder):
    """A file of pictures that do not move."""

    def length_of(self, film: Film) -> float:
        """Nothing moves."""
        return 0.0

    @abstractmethod
    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Take the images that show a step done."""

    def read_back(self, path: Path) -> Contents:
        """Decode the picture, which checks all of it."""
        with Pillow.open(path) as picture:
            picture.load()
            return Contents(picture.size, 1)


@ENCODERS.register("poster.png")
@options
class PosterEncoder(StillEncoder):
    """Poster (PNG): one picture, the end of the film."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Keep the last image."""
        picture = None
        for shot in shots:
            picture = shot.image
        _save_png(picture, path, film.title, film.text)
        return Contents(film.size, 1)


@ENCODERS.register("sheet.png")
@options
class SheetEncoder(StillEncoder):
    """Contact sheet (PNG): every step side by side."""

    columns: Count | None = None
    """Pictures in a row; by default about as many as rows."""
    width: Annotated[Whole, Field(ge=16, le=8192)] = 480
    """Pixels of each picture, at most."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Scale each picture as it comes."""
        columns = min(self.columns or int(np.ceil(np.sqrt(len(film.steps)))), len(film.steps))
        rows = -(-len(film.steps) // columns)
        scale = min(1.0, self.width / film.size[0])
        width, height = (max(1, round(side * scale)) for side in film.size)
        size = columns * (width + GAP) + GAP, rows * (height + GAP) + GAP
        sheet = Pillow.new("RGB", size, film.background)
        for number, (_, image) in enumerate(_finished(film, shots)):
            row, column = divmod(number, columns)
            tile = Pillow.fromarray(image[:, :, :3]).resize((width, height), Pillow.Resampling.LANCZOS)
            sheet.paste(tile, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
        _save_png(sheet, path, film.title, film.text)
        return Contents(size, 1)


@ENCODERS.register("steps.zip")
@options
class StepsEncoder(StillEncoder):
    """Steps (ZIP of PNG): one picture per step, named by iteration and phase, such as 03_e.png."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Put each picture into the archive as it comes."""
        with zipfile.ZipFile(path, "w") as archive:
            for step, image in _finished(film, shots):
                buffer = io.BytesIO()
                _save_png(image, buffer, film.title, f"{step.label}: {step.caption}")
                archive.writestr(_entry(f"{step.name}.png"), buffer.getvalue())
        return Contents(film.size, len(film.steps))

    def read_back(self, path: Path) -> Contents:
        """Check every entry's sum."""
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():
                raise RenderError("the file is damaged")
            names = archive.namelist()
            with archive.open(names[0]) as file, Pillow.open(file) as picture:
                return Contents(picture.size, len(names))


class VectorStepsEncoder(StillEncoder):
    """Pictures of lines and letters, one per step."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Put each drawing into the archive as it comes."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for step, shot in zip(film.steps, shots, strict=True):
                archive.writestr(_entry(f"{step.name}.{self.vector}"), shot.drawing, zipfile.ZIP_DEFLATED)
        return Contents(n_frames=len(film.steps))

    def read_back(self, path: Path) -> Contents:
        """Check every entry's sum."""
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():
                raise RenderError("the file is damaged")
            return Contents(n_frames=len(archive.namelist()))


@ENCODERS.register("steps.svg.zip")
@options
class SvgStepsEncoder(VectorStepsEncoder):
    """Steps (ZIP of SVG): one vector picture per step, such as 03_e.svg."""

    vector: ClassVar[str] = "svg"


@ENCODERS.register("steps.pdf.zip")
@options
class PdfStepsEncoder(VectorStepsEncoder):
    """Steps (ZIP of PDF): one vector picture per step, such as 03_e.pdf, for LaTeX."""

    vector: ClassVar[str] = "pdf"


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry of a fixed date, so that the same film has the same bytes."""
    return zipfile.ZipInfo(name)


def _finished(film: Film, shots: Iterable[Shot]) -> Iterator[tuple[Step, Any]]:
    """Each step with the image that shows it done."""
    waiting = {step.last: step for step in film.steps}
    for number, shot in enumerate(shots):
        if number in waiting:
            yield waiting[number], shot.image


def _save_png(picture: Any, file: Any, title: str, description: str) -> None:
    if isinstance(picture, np.ndarray):
        picture = Pillow.fromarray(picture[:, :, :3])
    words = PngInfo()
    for key, text in (("Title", title), ("Description", description)):
        if text:
            words.add_itxt(key, text)
    picture.save(file, format="png", pnginfo=words)
