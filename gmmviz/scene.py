"""The scene file: its tables, how they are checked, and the film that they describe.

A scene is data; nothing in it is executed. In the tables ``[data]``, ``[model.start]`` and ``[[panels]]``
one key (`dataset`, `kind`, `renderer`) names a class and the other keys are that class's fields, so a new
renderer needs nothing here. Every mistake is reported at once, with its place.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Union

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from gmmviz.animation import Animation, Run
from gmmviz.covariance import CovarianceType
from gmmviz.datasets import DATASETS, Dataset, DatasetSource
from gmmviz.encoders import ENCODERS
from gmmviz.errors import InputError, hint, similar
from gmmviz.fitting import StopOn, fit
from gmmviz.options import Count, Number, Whole, dotted, options, sentence
from gmmviz.registry import Registry
from gmmviz.renderers import RENDERERS, EllipseRenderer, LikelihoodRenderer, Renderer
from gmmviz.starts import STARTS, RandomPoints, Start
from gmmviz.themes import theme_named
from gmmviz.timeline import Pace
from gmmviz.toml_places import Path as Location
from gmmviz.toml_places import Place, Places, lookup
from gmmviz.trace import Trace

LARGEST = 1_000_000  # bytes of a scene file; a longer one is something else


def _tagged(registry: Registry[Any], tag: str) -> Any:
    """The type of a table whose key `tag` names a class and whose other keys are its fields."""

    def name_of(table: Any) -> Any:
        return str(table[tag]) if isinstance(table, dict) and tag in table else None

    def without_tag(table: Any) -> Any:
        return {key: value for key, value in table.items() if key != tag}

    members = tuple(
        Annotated[member, BeforeValidator(without_tag), Tag(name)] for name, member in registry.items()
    )
    return Annotated[Union[members], Discriminator(name_of)]  # noqa: UP007 - made at run time


def _known_format(name: str) -> str:
    if name not in ENCODERS:
        raise InputError(f"unknown format {name!r}; {hint(name, ENCODERS)}")
    return name


@options
class ModelTable:
    """What is fitted, from where, and when to stop."""

    components: Count
    """How many Gaussians, K."""
    covariance_type: CovarianceType = "full"
    """What a covariance may look like."""
    algorithm: Literal["em", "hard_em", "kmeans"] = "em"
    """EM, or one of its siblings: classification EM, k-means."""
    max_iter: Annotated[Whole, Field(ge=0)] = 200
    """Iterations at most."""
    tol: Annotated[Number, Field(ge=0)] = 1e-9
    """Stop when the change is smaller than this; 0 never stops."""
    stop_on: StopOn = "log_likelihood"
    """What must have stopped changing: the log-likelihood (relatively), its average per point, the parameters."""
    reg_covar: Literal["auto"] | Annotated[Number, Field(ge=0)] = "auto"
    """Added to the diagonal of every covariance: a number, or 'auto' for 1e-6 of each feature's variance."""
    n_init: Count = 1
    """How many starts to try, with one seed after another; the best run is shown."""
    on_collapse: Literal["stop", "restart"] = "stop"
    """When a component collapses: show the run up to there, or try other starts."""
    start: _tagged(STARTS, "kind") = RandomPoints()  # type: ignore[valid-type]
    """Where EM begins."""


@options
class ThemeTable:
    """How the film looks."""

    name: Annotated[str, AfterValidator(lambda name: theme_named(name).name)] = "light"
    """A theme: 'light' or 'dark'."""


@options
class OutputTable:
    """The files that are written."""

    size: tuple[Annotated[Whole, Field(ge=16, le=8192)], Annotated[Whole, Field(ge=16, le=8192)]] = (
        1280,
        720,
    )
    """Width and height in pixels."""
    fps: Annotated[Number, Field(ge=1, le=120)] = 25
    """Frames per second of what moves."""
    formats: Annotated[tuple[Annotated[str, AfterValidator(_known_format)], ...], Field(min_length=1)] = ("gif",)
    """Which files to write, by suffix."""


@options
class SceneTables:
    """A scene file."""

    data: _tagged(DATASETS, "dataset")  # type: ignore[valid-type]
    """The points."""
    model: ModelTable
    """The mixture that is fitted."""
    title: str = "Expectation-maximization"
    """What stands above the film."""
    description: str = ""
    """What the film shows, in a sentence or two."""
    panels: Annotated[tuple[_tagged(RENDERERS, "renderer"), ...], Field(min_length=1)] = (  # type: ignore[valid-type]
        EllipseRenderer(),
        LikelihoodRenderer(),
    )
    """What is drawn, from left to right."""
    pace: Pace = Pace()
    """How long each part of the film lasts."""
    theme: ThemeTable = ThemeTable()
    """How the film looks."""
    output: OutputTable = OutputTable()
    """The files that are written."""


_TABLES = TypeAdapter(SceneTables)
_TAGS: dict[str, tuple[Registry[Any], str]] = {
    "data": (DATASETS, "dataset"),
    "start": (STARTS, "kind"),
    "panels": (RENDERERS, "renderer"),
}


class SceneError(InputError):
    """One or more mistakes in a scene file, each with its place."""


@dataclass(frozen=True, slots=True)
class _Source:
    """The text of a scene file, to point into."""

    path: Path
    text: str
    places: Places

    def complaint(self, place: Place, message: str) -> str:
        number = str(place.line)
        return (
            f"{self.path}:{place.line}:{place.column}: {message}\n"
            f"{number:>4} | {self.places.line(place.line)}\n"
            f"     | {' ' * (place.column - 1)}{'^' * place.width}"
        )


@dataclass(frozen=True)
class Scene:
    """A scene file that has been read and found to be in order.

    Parameters
    ----------
    path : Path
        Where it stands; relative paths in it are relative to its folder.
    tables : SceneTables
    """

    path: Path
    tables: SceneTables
    source: _Source

    @cached_property
    def dataset(self) -> Dataset:
        """The points."""
        with self._blame("data"):
            source: DatasetSource = self.tables.data
            return source.load(self.path.parent)

    @cached_property
    def traces(self) -> tuple[Trace, ...]:
        """The runs of EM that the film shows."""
        data, model = self.dataset, self.tables.model
        with self._blame("model"):
            start: Start = model.start
            return (
                fit(
                    data,
                    start,
                    n_components=model.components,
                    covariance_type=model.covariance_type,
                    algorithm=model.algorithm,
                    max_iter=model.max_iter,
                    tol=model.tol,
                    stop_on=model.stop_on,
                    reg_covar=model.reg_covar,
                    n_init=model.n_init,
                    on_collapse=model.on_collapse,
                ),
            )

    def animation(self) -> Animation:
        """The film.

        Raises
        ------
        SceneError
            If the data cannot be read, fitted or drawn.
        """
        tables = self.tables
        runs = [Run(trace) for trace in self.traces]
        panels: tuple[Renderer, ...] = tables.panels
        with self._blame("panels"):
            animation = Animation(
                runs,
                panels,
                pace=tables.pace,
                title=tables.title,
                theme=tables.theme.name,
                size=tables.output.size,
                fps=tables.output.fps,
            )
        with self._blame("pace"):
            animation.moments  # noqa: B018 - says here what is wrong with the pace
        return animation

    @contextmanager
    def _blame(self, table: str) -> Iterator[None]:
        """Say in which table of the file a later stage found the fault."""
        try:
            yield
        except SceneError:
            raise
        except InputError as error:
            location: Location = (table, error.key) if error.key else (table,)
            places = self.source.places
            place = places.value(location) if location in places else places.key((table,))
            raise SceneError(self.source.complaint(place, f"{dotted(location)}{error}")) from error


def load_scene(path: str | os.PathLike[str]) -> Scene:
    """Read and check a scene file.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    Scene

    Raises
    ------
    SceneError
        Names every mistake in the file, with line and column.
    InputError
        If the file cannot be read.
    """
    path = Path(path)
    text = _read(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SceneError(_syntax_complaint(path, text, error)) from None
    source = _Source(path, text, Places(text))
    try:
        tables = _TABLES.validate_python(document)
    except ValidationError as error:
        raise SceneError("\n".join(_complaints(source, document, error.errors()))) from None
    return Scene(path, tables, source)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise InputError(f"there is no scene file {path}{similar(path)}") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder: name the scene files in it, such as {path}/*.toml") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise InputError(f"{path} is larger than {LARGEST:,} bytes: that is no scene file")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a text file in UTF-8") from None


def _syntax_complaint(path: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    message = str(error)
    match = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    lines = text.split("\n")
    if match:
        line, column, message = int(match[1]), int(match[2]), message[: match.start()]
    else:  # "at end of document"
        message = message.removesuffix(" (at end of document)")
        line = len(text.rstrip("\n").split("\n"))
        column = len(lines[line - 1]) + 1
    shown = lines[line - 1] if line <= len(lines) else ""
    pointer = " " * (column - 1) + "^"
    return f"{path}:{line}:{column}: not valid TOML: {message}\n{line:>4} | {shown}\n     | {pointer}"


def _complaints(source: _Source, document: dict[str, Any], errors: list[ErrorDetails]) -> list[str]:
    """One complaint per place: the branches of a union that all failed are one mistake."""
    by_location: dict[Location, list[ErrorDetails]] = {}
    for error in errors:
        if error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # long enough, but for the faulty items that have complaints of their own
        by_location.setdefault(_location(document, error), []).append(error)
    placed = []
    for location, here in by_location.items():
        unknown_key = here[0]["type"] in ("extra_forbidden", "unexpected_keyword_argument")
        place = (source.places.key if unknown_key else source.places.value)(location)
        message = _sentence(document, location, here)
        placed.append((place.line, place.column, source.complaint(place, dotted(location) + message)))
    return [complaint for _, _, complaint in sorted(placed)]


def _location(document: Any, error: ErrorDetails) -> Location:
    """The error's path in the file: without pydantic's names for the branches of a union."""
    location: Location = ()
    node = document
    for part in error["loc"]:
        if isinstance(node, Mapping):
            if part not in node and part in [node.get(tag) for _, tag in _TAGS.values()]:
                continue  # the name of the class that the table chose
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            break
        location = (*location, part)
    if error["type"].startswith("union_tag"):
        location = (*location, _family(location)[1])
    return location


def _family(location: Location) -> tuple[Registry[Any], str]:
    name = next(part for part in reversed(location) if isinstance(part, str))
    return _TAGS[name]


def _sentence(document: Any, location: Location, errors: list[ErrorDetails]) -> str:
    first = errors[0]
    if first["type"].startswith("union_tag"):
        registry, _ = _family(location[:-1])
        table = lookup(document, location[:-1])
        if table is not None and not isinstance(table, dict):
            return f"expected a table, got {table!r}"
        given = lookup(document, location)
        if given is None:
            return f"this key is missing; known: {_known(registry)}"
        return f"unknown {registry.kind} {given!r}; {hint(given, registry)}"
    if location == ("panels",) and isinstance(lookup(document, location), dict):
        return "expected a list of tables: write [[panels]], with two brackets"
    sentences = [sentence(error, _known_keys(document, location[:-1])) for error in errors]
    # The branch of a union that took the value's type knows best what is wrong with it.
    closer = [text for text in sentences if not text.startswith("expected ")]
    if closer or len(set(sentences)) == 1:
        return (closer or sentences)[0]
    expected = dict.fromkeys(text.removeprefix("expected ").rsplit(", got ", 1)[0] for text in sentences)
    given = sentences[0].rsplit(", got ", 1)[1]
    return f"expected {' or '.join(expected)}, got {given}"


def _known(registry: Registry[Any]) -> str:
    return ", ".join(repr(name) for name in registry)


def _known_keys(document: Any, table: Location) -> tuple[str, ...]:
    """The keys that may stand in a table."""
    name = next((part for part in reversed(table) if isinstance(part, str)), "")
    if name in _TAGS:
        registry, tag = _TAGS[name]
        chosen = lookup(document, (*table, tag))
        return (tag, *(field.name for field in fields(registry[chosen]))) if chosen in registry else (tag,)
    holder: Any = SceneTables
    for part in table:
        holder = next((f.type for f in fields(holder) if f.name == part), None)
        if isinstance(holder, str):
            holder = globals().get(holder)
        if holder is None:
            return ()
    return tuple(field.name for field in fields(holder))
