"""A deck: the scenes of a lecture in their order, as slides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from gmmviz.encoders.sized import FramesPerSecond, PictureSize
from gmmviz.errors import InputError, hint
from gmmviz.film.wording import check_language
from gmmviz.options import options
from gmmviz.scene.checking import problems_of, scene_error
from gmmviz.scene.layers import Layer
from gmmviz.scene.limits import Limits
from gmmviz.scene.python_scene import PythonScene
from gmmviz.scene.scene import Scene, load_scene
from gmmviz.scene.sources import Mistake, SceneError, Source, read_file

Place = Literal["slides", "notes"]
OF_SCENES = ("data", "model", "extends")  # keys that no deck has, and every scene some of


@options
class SectionTable:
    """A section of a deck."""

    scenes: Annotated[tuple[str, ...], Field(min_length=1)]
    """Scene files in their order; their paths are relative to this file."""
    title: str = ""
    """What stands on a slide of its own before the films; without it there is no such slide."""
    steps: tuple[str, ...] | None = None
    """Those of the scenes that have a slide per step; by default all, and none with []."""


@options
class DeckTables:
    """A file that describes a deck."""

    sections: Annotated[tuple[SectionTable, ...], Field(min_length=1)]
    """[[sections]]: the scenes, and in how many parts."""
    title: str | None = None
    """What stands on the first slide; by default the film's title if there is one scene, else what the films are
    about."""
    author: str = ""
    """Who gives the lecture."""
    language: str | None = None
    """The language as a BCP 47 tag; by default that of the first film."""
    template: str | None = None
    """A presentation (.pptx, .potx) whose slide master is taken, for a deck in that format."""
    notice: Place = "notes"
    """Where stands what a scene says about what to notice: in the speaker's notes, or on slides."""
    questions: Place = "slides"
    """Where a scene's questions for the class stand."""
    size: PictureSize | None = None
    """Width and height of all films in pixels; by default as each scene says."""
    fps: FramesPerSecond | None = None
    """Frames per second of all films while something moves; by default as each scene says."""


@dataclass(frozen=True)
class Entry:
    """A scene in a deck.

    Parameters
    ----------
    scene : Scene or PythonScene
    steps : bool
        Whether its steps have slides of their own.
    """

    scene: Scene | PythonScene
    steps: bool = True


@dataclass(frozen=True)
class Section:
    """Some scenes that belong together.

    Parameters
    ----------
    entries : tuple of Entry
    title : str
        Empty if no slide shows it.
    """

    entries: tuple[Entry, ...]
    title: str = ""


@dataclass(frozen=True)
class Deck:
    """A lecture.

    Parameters
    ----------
    sections : tuple of Section
    title : str, optional
        By default the film's title if there is one scene, else what the films are about.
    author : str
    language : str, optional
        BCP 47 tag; by default that of the first film.
    template : Path, optional
        A presentation whose slide master is taken.
    notice, questions : {"slides", "notes"}
        Where stands what a scene says to the teacher.
    size : tuple of int, optional
        Of all films in pixels; by default as each scene says.
    fps : float, optional
        Frames per second of all films; by default as each scene says.
    file : Path, optional
        What describes the deck.
    """

    sections: tuple[Section, ...]
    title: str | None = None
    author: str = ""
    language: str | None = None
    template: Path | None = None
    notice: Place = "notes"
    questions: Place = "slides"
    size: tuple[int, int] | None = None
    fps: float | None = None
    file: Path | None = None

    def with_steps(self, steps: bool) -> Deck:
        """Return the deck with slides for the steps of all its films, or of none."""
        sections = (
            replace(section, entries=tuple(replace(entry, steps=steps) for entry in section.entries))
            for section in self.sections
        )
        return replace(self, sections=tuple(sections))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All scenes."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the deck is made from."""
        own = {path for path in (self.file, self.template) if path}
        return tuple(sorted(own.union(*(entry.scene.files for entry in self.entries))))


def load_deck(paths: Sequence[Path], limits: Limits, allow_plugins: bool = False) -> Deck:
    """Read scenes, or the file that names them.

    Parameters
    ----------
    paths : sequence of Path
        Scenes in their order, or one file of `DeckTables`.
    limits : Limits
    allow_plugins : bool

    Returns
    -------
    Deck

    Raises
    ------
    SceneError
        Names every mistake, with line and column.
    InputError
        If a file cannot be read.
    """
    if len(paths) == 1 and paths[0].suffix != ".py":
        source = read_file(paths[0], limits)
        if not any(key in source.document for key in OF_SCENES):
            return _described(source, limits, allow_plugins)
    mistakes: list[Mistake | str] = []
    scenes = []
    for path in paths:
        try:
            scenes.append(load_scene(path, limits=limits, allow_plugins=allow_plugins))
        except InputError as error:
            mistakes += _mistakes(error)
    if mistakes:
        raise SceneError(*mistakes)
    return Deck((Section(tuple(map(Entry, scenes))),))


def _described(source: Source, limits: Limits, allow_plugins: bool) -> Deck:
    try:
        tables: Any = TypeAdapter(DeckTables).validate_python(source.document)
    except ValidationError as error:
        problems = problems_of(DeckTables, source.document, error, of_scenes=False)
        raise scene_error([(problem, (Layer(source),)) for problem in problems]) from None
    folder = source.path.parent
    mistakes: list[Mistake | str] = []
    try:
        check_language(tables.language or "en")
    except InputError as error:
        mistakes.append(source.complaint(("language",), str(error)))
    sections = []
    for i, table in enumerate(tables.sections):
        mistakes += _unknown_steps(source, i, table)
        entries = []
        for j, name in enumerate(table.scenes):
            try:
                scene = load_scene(folder / name, limits=limits, allow_plugins=allow_plugins)
            except SceneError as error:
                mistakes += error.mistakes
            except InputError as error:
                mistakes.append(source.complaint(("sections", i, "scenes", j), str(error)))
            else:
                entries.append(Entry(scene, table.steps is None or name in table.steps))
        sections.append(Section(tuple(entries), table.title))
    if mistakes:
        raise SceneError(*mistakes)
    return Deck(
        tuple(sections),
        tables.title,
        tables.author,
        tables.language,
        folder / tables.template if tables.template else None,
        tables.notice,
        tables.questions,
        tables.size,
        tables.fps,
        source.path,
    )


def _unknown_steps(source: Source, number: int, table: SectionTable) -> Iterator[Mistake]:
    for i, name in enumerate(table.steps or ()):
        if name not in table.scenes:
            message = f"{name!r} is none of this section's scenes; {hint(name, table.scenes)}"
            yield source.complaint(("sections", number, "steps", i), message)


def _mistakes(error: InputError) -> Sequence[Mistake | str]:
    return error.mistakes if isinstance(error, SceneError) else [str(error)]
