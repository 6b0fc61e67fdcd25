"""Pictures that are made beside the film: a poster, a contact sheet, one picture per step."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo
from pydantic import Field

from gmmviz.encoders.base import ENCODERS, Contents, Film, Shot, Wants, some
from gmmviz.encoders.sized import PictureEncoder
from gmmviz.errors import InputError, RenderError
from gmmviz.options import Count, Whole, options

GAP = 8  # pixels between the pictures of a contact sheet


class StillEncoder(PictureEncoder):
    """A file of pictures that do not move: by default one for each step."""

    wants: ClassVar[Wants] = "steps"

    @property
    def holds_alpha(self) -> bool:
        """Yes: they are PNGs."""
        return True

    def length_of(self, film: Film) -> float:
        """Return 0: nothing moves."""
        return 0.0


class PngEncoder(StillEncoder):
    """One PNG."""

    def read_back(self, path: Path) -> Contents:
        """Decode the picture, which checks all of it."""
        with Pillow.open(path) as picture:
            picture.load()
            return Contents(picture.size, 1)


class ArchiveEncoder(StillEncoder):
    """A ZIP archive of pictures."""

    def read_back(self, path: Path) -> Contents:
        """Check the sum of every entry."""
        with zipfile.ZipFile(path) as archive:
            check_sums(archive)
            return Contents(n_frames=len(archive.namelist()))


@ENCODERS.register("poster.png")
@options
class PosterEncoder(PngEncoder):
    """Poster (PNG): one picture, the end of the film."""

    wants: ClassVar[Wants] = "end"

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the last image."""
        (shot,) = some(shots)
        save_png(shot.image, path, film, film.text)
        return Contents(film.size, 1)


@ENCODERS.register("sheet.png")
@options
class SheetEncoder(PngEncoder):
    """Contact sheet (PNG): every step side by side."""

    columns: Count | None = None
    """Pictures in a row; by default about as many as rows."""
    width: Annotated[Whole, Field(ge=16, le=8192)] = 480
    """Pixels of each picture, at most."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Scale each picture when it comes, and put it into its place."""
        columns = min(self.columns or int(np.ceil(np.sqrt(len(film.steps)))), len(film.steps))
        rows = -(-len(film.steps) // columns)
        scale = min(1.0, self.width / film.size[0])
        width, height = (max(1, round(side * scale)) for side in film.size)
        size = columns * (width + GAP) + GAP, rows * (height + GAP) + GAP
        ground = film.background + ("00" if film.transparent else "ff")
        sheet = Pillow.new("RGBA", size, ground)
        for number, shot in enumerate(some(shots)):
            row, column = divmod(number, columns)
            tile = Pillow.fromarray(shot.image).resize((width, height), Pillow.Resampling.LANCZOS)
            sheet.paste(tile, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
        save_png(sheet, path, film, film.text)
        return Contents(size, 1)


@ENCODERS.register("steps.zip")
@options
class StepsEncoder(ArchiveEncoder):
    """Steps (ZIP of PNG): one picture per step, named by iteration and phase, such as 03_e.png."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Put each picture into the archive when it comes."""
        with zipfile.ZipFile(path, "w") as archive:
            for step, shot in zip(film.steps, some(shots), strict=True):
                buffer = io.BytesIO()
                save_png(shot.image, buffer, film, step.words)
                archive.writestr(entry(f"{step.name}.png"), buffer.getvalue())
        return Contents(film.size, len(film.steps))

    def read_back(self, path: Path) -> Contents:
        """Check the sum of every entry, and look at the size of the first."""
        contents = super().read_back(path)
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
            return Contents(Pillow.open(file).size, contents.n_frames)


class DrawingsEncoder(ArchiveEncoder):
    """Drawings made of lines and letters, one per step."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Put each drawing into the archive when it comes."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for step, shot in zip(film.steps, some(shots), strict=True):
                archive.writestr(entry(f"{step.name}.{self.wants}"), shot.drawing, zipfile.ZIP_DEFLATED)
        return Contents(n_frames=len(film.steps))


@ENCODERS.register("steps.svg.zip")
@options
class SvgStepsEncoder(DrawingsEncoder):
    """Steps (ZIP of SVG): one vector picture per step, such as 03_e.svg."""

    wants: ClassVar[Wants] = "svg"


@ENCODERS.register("steps.pdf.zip")
@options
class PdfStepsEncoder(DrawingsEncoder):
    """Steps (ZIP of PDF): one vector picture per step, such as 03_e.pdf, for LaTeX."""

    wants: ClassVar[Wants] = "pdf"


class PagesEncoder(StillEncoder):
    """A PDF with a page per step, or a file that has one in it."""

    wants: ClassVar[Wants] = "pages"

    def check(self, film: Film) -> None:
        """Refuse a film without steps."""
        if not film.steps:
            raise InputError("pages show a film's steps, and this film has none", "steps")


@ENCODERS.register("steps.pdf")
@options
class StepsPdfEncoder(PagesEncoder):
    """Pages (PDF): one page per step, as vector pictures; for slides of LaTeX, and to leaf through."""

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the pages."""
        (shot,) = some(shots)
        path.write_bytes(shot.drawing)
        return Contents(n_frames=len(film.steps))

    def read_back(self, path: Path) -> Contents:
        """Count the pages."""
        return Contents(n_frames=n_pages(path.read_bytes()))


def n_pages(content: bytes) -> int:
    """Return how many pages a PDF of matplotlib's has.

    Raises
    ------
    RenderError
        If it is cut off, or is none.
    """
    if not (content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")):
        raise RenderError("the file is damaged")
    return len(re.findall(rb"/Type /Page\b", content))


def check_sums(archive: zipfile.ZipFile) -> None:
    """Read every entry of an archive.

    Raises
    ------
    RenderError
        If it is not what was written.
    """
    try:
        damaged = archive.testzip() is not None
    except (zlib.error, zipfile.BadZipFile):
        damaged = True
    if damaged:
        raise RenderError("the file is damaged")


def entry(name: str) -> zipfile.ZipInfo:
    """Return an archive's entry with a fixed date, so that the same film has the same bytes."""
    return zipfile.ZipInfo(name)


def save_png(picture: Any, file: Any, film: Film, description: str) -> None:
    """Write a picture, and in words what it shows."""
    if isinstance(picture, np.ndarray):
        picture = Pillow.fromarray(picture)
    picture = picture.convert("RGBA" if film.transparent else "RGB")
    texts = PngInfo()
    for key, text in (("Title", film.title), ("Description", description)):
        if text:
            texts.add_itxt(key, text, film.language)
    picture.save(file, format="png", pnginfo=texts)
