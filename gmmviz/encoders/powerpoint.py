"""PowerPoint's file, as python-pptx writes it: slides of films, pictures and words; equal ones have equal bytes.

python-pptx is imported here alone; it comes with ``pip install "gmmviz[pptx]"``.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn

from gmmviz.datasets.own_file import opened
from gmmviz.errors import InputError, RenderError, within

LONG, SHORT = (
    12_192_000,
    914_400,
)  # EMU: PowerPoint's wide slide is as long; the shortest side it takes is one inch
LARGEST = 500_000_000  # bytes of a template when it is unpacked
TEMPLATE, PRESENTATION = "presentationml.template.main+xml", "presentationml.presentation.main+xml"
Sides = tuple[int, int]
EPOCH = datetime(1980, 1, 1)  # the date of none, as in an archive


class Slides:
    """Slides, which are added one after the other.

    Parameters
    ----------
    sides : (int, int)
        Width and height of the slides, in any unit; a template has its own.
    language : str
        BCP 47 tag of the words.
    template : Path, optional
        A presentation whose master is taken; its slides are left out. Films and pictures then stand where the
        master has its text, below a title. Without one they fill the slide, and titles are hidden above it.

    Raises
    ------
    InputError
        If the template cannot be used.
    """

    def __init__(self, sides: Sides, language: str, template: Path | None = None) -> None:
        self._language, self._hidden = language, template is None
        self._deck: Any = _opened(template)
        for rel_id, rel in list(self._deck.part.package._rels.items()):
            if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL:  # a picture of other slides
                self._deck.part.package.drop_rel(rel_id)
        if self._hidden:
            self._resize(sides)
            self._box: tuple[int, int, int, int] = (0, 0, self._deck.slide_width, self._deck.slide_height)
        else:
            self._box = _body(self._deck)
        if not self._titled():
            raise InputError(
                f"{template} has no layout with a title: add one in PowerPoint's slide master, such as Title Only",
                "template",
            )
        self._layouts = {_kind(layout): layout for layout in reversed(self._titled())}

    def film(
        self, movie: bytes, poster: bytes, size: Sides, ground: str, title: str, alternative: str, notes: str
    ) -> None:
        """Add a slide with an MP4, which plays once when the slide is shown.

        Parameters
        ----------
        movie : bytes
        poster : bytes
            What stands until it plays: a PNG.
        size : (int, int)
            Of the picture, in pixels.
        ground : str
            ``"#rrggbb"``, what stands around a picture that has not the slide's shape.
        title : str
        alternative : str
            What is shown, for those who cannot see it.
        notes : str
            For the speaker.
        """
        slide = self._pictured(ground, title)
        shape = slide.shapes.add_movie(BytesIO(movie), *self._fitted(size), BytesIO(poster), "video/mp4")
        for condition in slide._element.iterfind(".//" + qn("p:video") + "//" + qn("p:cond")):
            condition.set("delay", "0")  # from when the slide is shown; else it waits for a click on the film
        self._describe(slide, shape, title, alternative, notes)

    def picture(self, png: bytes, size: Sides, ground: str, title: str, alternative: str, notes: str) -> None:
        """Add a slide with a picture; parameters as for `film`."""
        slide = self._pictured(ground, title)
        shape = slide.shapes.add_picture(BytesIO(png), *self._fitted(size))
        self._describe(slide, shape, title, alternative, notes)

    def text(self, title: str, paragraphs: Sequence[str], kind: str = "obj", notes: str = "") -> None:
        """Add a slide of words.

        Parameters
        ----------
        title : str
        paragraphs : sequence of str
        kind : {"obj", "title", "secHead"}
            The layout, by PowerPoint's own name: title and text, the deck's title, the head of a section.
        notes : str
        """
        layout = self._layouts.get(kind) or self._layouts.get("obj") or self._layout()
        slide = self._deck.slides.add_slide(layout)
        self._write(slide.shapes.title.text_frame, [title])
        rooms = [room for room in slide.placeholders if room.placeholder_format.idx != 0 and room.has_text_frame]
        if paragraphs and not rooms:
            raise RenderError(
                "the template has no layout with a title and text: add one in PowerPoint's slide master"
            )
        for number, room in enumerate(rooms):
            if number or not paragraphs:
                room._element.getparent().remove(room._element)  # it would say "Click to add text"
            else:
                self._write(room.text_frame, paragraphs)
        self._add_notes(slide, notes)

    def save(self, path: Path, title: str, about: str) -> None:
        """Write the file, whose bytes depend on nothing but the slides."""
        properties = self._deck.core_properties
        properties.title, properties.subject, properties.language = title[:255], about[:255], self._language
        properties.created = properties.modified = EPOCH
        properties.last_modified_by, properties.revision = "", 1
        if self._hidden:
            properties.author = properties.comments = properties.keywords = ""
        packed = BytesIO()
        self._deck.save(packed)  # with the time of day in each entry
        with zipfile.ZipFile(packed) as dated, zipfile.ZipFile(path, "w") as file:
            for name in dated.namelist():
                moves = name.endswith((".png", ".mp4", ".jpg", ".jpeg"))
                how = zipfile.ZIP_STORED if moves else zipfile.ZIP_DEFLATED
                file.writestr(zipfile.ZipInfo(name), dated.read(name), how)

    def _pictured(self, ground: str, title: str) -> Any:
        """Add a slide whose only words are its title."""
        slide = self._deck.slides.add_slide(self._layout())
        for room in list(slide.placeholders):
            if room.placeholder_format.idx != 0:
                room._element.getparent().remove(room._element)
        heading = slide.shapes.title
        self._write(heading.text_frame, [title])
        if self._hidden:
            slide.background.fill.solid()
            slide.background.fill.fore_color.rgb = RGBColor(*bytes.fromhex(ground[1:]))
            heading.left, heading.top = 0, -SHORT
            heading.width, heading.height = self._deck.slide_width, SHORT * 4 // 5
        return slide

    def _layout(self) -> Any:
        """The layout of a slide with a picture: one with a title and nothing else, if there is one."""
        return self._layouts.get("titleOnly") or self._layouts.get("obj") or self._titled()[0]

    def _titled(self) -> list[Any]:
        """The layouts that have a title."""
        every = self._deck.slide_layouts
        return [one for one in every if any(room.placeholder_format.idx == 0 for room in one.placeholders)]

    def _fitted(self, size: Sides) -> tuple[int, int, int, int]:
        """Left, top, width and height of a picture in the middle of its room."""
        left, top, width, height = self._box
        scale = min(width / size[0], height / size[1])
        w, h = round(size[0] * scale), round(size[1] * scale)
        return left + (width - w) // 2, top + (height - h) // 2, w, h

    def _describe(self, slide: Any, shape: Any, title: str, alternative: str, notes: str) -> None:
        shape.name = title
        shape._element.xpath(".//p:cNvPr")[0].set("descr", alternative)
        self._add_notes(slide, notes)

    def _add_notes(self, slide: Any, notes: str) -> None:
        if notes:
            frame = slide.notes_slide.notes_text_frame
            if frame is None:
                raise RenderError(
                    "the template's notes have no room for words: add it in PowerPoint's notes master"
                )
            self._write(frame, notes.split("\n"))

    def _write(self, frame: Any, paragraphs: Sequence[str]) -> None:
        """Write paragraphs, and the language that they are in."""
        frame.text = "\n".join(paragraphs)
        frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
        for paragraph in frame.paragraphs:
            for run in paragraph.runs:
                run._r.get_or_add_rPr().set("lang", self._language)

    def _resize(self, sides: Sides) -> None:
        """Give the slides these proportions, and stretch what stands on their masters with them."""
        deck: Any = self._deck
        before: tuple[int, int] = (deck.slide_width, deck.slide_height)
        scale = LONG / max(sides)
        after = tuple(max(SHORT, round(side * scale)) for side in sides)
        deck.slide_width, deck.slide_height = after
        for place in (*deck.slide_masters, *deck.slide_layouts):
            for one in place._element.iter(qn("a:off"), qn("a:ext")):
                for i, name in enumerate(("x", "y") if one.tag == qn("a:off") else ("cx", "cy")):
                    if name in one.attrib:  # an extension is called ext, too
                        one.set(name, str(round(int(one.get(name)) * after[i] / before[i])))


def n_slides(path: Path) -> int:
    """Return how many slides a file has."""
    return len(Presentation(str(path)).slides)


def first_film(path: Path) -> bytes:
    """Return the first film on the slides of a file.

    Raises
    ------
    RenderError
        If there is none.
    """
    for slide in Presentation(str(path)).slides:
        for rel in slide.part.rels.values():
            if rel.reltype == RELATIONSHIP_TYPE.VIDEO:
                return bytes(rel.target_part.blob)
    raise RenderError("the slides have no film")


def _opened(template: Path | None) -> Any:
    """A presentation without slides: python-pptx's own, or what a template has beside its slides."""
    if template is None:
        return Presentation()
    with within("template"), opened(template, "presentation") as file:
        try:
            deck: Any = Presentation(_as_presentation(file, template))
        except InputError:
            raise
        except Exception:  # whatever zipfile, lxml and python-pptx raise
            raise InputError(
                f"{template} is no presentation that can be read: save it from PowerPoint as .pptx or .potx"
            ) from None
    root = deck.part._element
    slides = root.get_or_add_sldIdLst()
    for number in list(slides):
        deck.part.drop_rel(number.rId)
        slides.remove(number)
    for left in [*root.iterfind(qn("p:custShowLst")), *root.iterfind(qn("p:extLst"))]:  # which list the slides
        root.remove(left)
    return deck


def _as_presentation(file: BinaryIO, template: Path) -> BytesIO:
    """The file, in which a template (.potx) calls itself a presentation."""
    made = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        if sum(entry.file_size for entry in old.infolist()) > LARGEST:
            raise InputError(f"{template} is larger than {LARGEST:,} bytes: take its slides out")
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                if b"macroEnabled" in content:
                    raise InputError(f"{template} has macros: save it from PowerPoint as .pptx or .potx")
                content = content.replace(TEMPLATE.encode(), PRESENTATION.encode())
            new.writestr(name, content)
    made.seek(0)
    return made


def _kind(layout: Any) -> str:
    """PowerPoint's own name of a layout's kind, which is the same in every language."""
    return str(layout._element.get("type", ""))


def _body(deck: Any) -> tuple[int, int, int, int]:
    """Left, top, width and height of the master's text; all of the slide if it has none."""
    for room in deck.slide_master.placeholders:
        if room.placeholder_format.type is not None and room.placeholder_format.type.name == "BODY" and room.width:
            return room.left, room.top, room.width, room.height
    return 0, 0, deck.slide_width, deck.slide_height
