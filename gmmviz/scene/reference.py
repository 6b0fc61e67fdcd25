"""Every key of a scene with its type, default and help, taken from the option classes.

`gmmviz list` prints it, and the reference page is made from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gmmviz.encoders import ENCODERS
from gmmviz.film.layout import Layout
from gmmviz.scene.keys import fields_of, toml
from gmmviz.scene.limits import Limits
from gmmviz.scene.tables import FAMILIES, ModelTable, OutputTable, SceneTables, ThemeTable, VariantTable
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.timeline import Pace
from gmmviz.themes import THEMES


@dataclass(frozen=True, slots=True)
class Option:
    """One key: its type in words, its default as TOML (None if it is needed), its help."""

    name: str
    type: str
    default: str | None
    help: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One table, or one member of a family."""

    name: str
    help: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What `gmmviz list` knows under one name."""

    help: str
    entries: Mapping[str, Entry]


def sections() -> dict[str, Section]:
    """Everything that a scene can say, and what it can choose from."""
    tables = {
        "scene": SceneTables,
        "model": ModelTable,
        "variants.NAME": VariantTable,
        "layout": Layout,
        "captions": Captions,
        "pace": Pace,
        "theme": ThemeTable,
        "output": OutputTable,
    }
    families = {
        title: _section(
            f"{family.registry.kind[0].upper()}{family.registry.kind[1:]}s, chosen by `{family.tag}` in {where}.",
            family.registry,
        )
        for title, family, where in (
            ("renderers", FAMILIES["panels"], "`[[panels]]`"),
            ("datasets", FAMILIES["data"], "`[data]`"),
            ("starts", FAMILIES["start"], "`[model.start]`"),
        )
    }
    themes = {
        name: Entry(name, f"background {theme.background}, {len(theme.palette)} hues", ())
        for name, theme in THEMES.items()
    }
    return {
        "tables": _section("The tables of a scene file.", tables),
        **families,
        "themes": Section("Themes, chosen by `name` in `[theme]`.", themes),
        "encoders": _section(
            "Formats, chosen by `formats` in `[output]`; options in `[output.gif]` and the like.", ENCODERS
        ),
        "limits": _section("Limits, raised with `--limit NAME=N`.", {"limits": Limits}),
    }


def _section(help_: str, classes: Mapping[str, Any]) -> Section:
    return Section(help_, {name: entry(name, cls) for name, cls in classes.items()})


def entry(name: str, cls: Any) -> Entry:
    """What the option class says of itself."""
    options = []
    for key, field in fields_of(cls).items():
        type_ = in_words(field.annotation, field.metadata, field)
        options.append(Option(key, type_, _default(field), _one_line(field.description)))
    return Entry(name, _one_line(cleandoc(cls.__doc__ or "").split("\n\n")[0]), tuple(options))


def _default(field: FieldInfo) -> str | None:
    if field.default_factory is not None:
        return "none"
    if field.default is PydanticUndefined:
        return None
    if field.default is None:
        return "none"
    return _as_toml(field.default)


def _as_toml(value: Any) -> str:
    """A default as a scene says it; one that is a table is told where that table is explained."""
    for family in FAMILIES.values():
        if isinstance(value, family.base):
            return toml(next(name for name, member in family.registry.items() if isinstance(value, member)))
    if isinstance(value, tuple):
        return f"[{', '.join(_as_toml(item) for item in value)}]"
    return "see there" if fields_of(type(value)) else toml(value)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def in_words(annotation: Any, metadata: Iterable[Any] = (), field: FieldInfo | None = None) -> str:
    """A type as a person says it."""
    metadata = [part for each in metadata for part in (each.metadata if isinstance(each, FieldInfo) else [each])]
    extra = field.json_schema_extra if field else None
    if isinstance(extra, dict) and isinstance(names := extra.get("enum"), list):
        return " or ".join(toml(name) for name in names)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = next((part for part in arguments[1:] if isinstance(part, FieldInfo)), None)
        return in_words(arguments[0], [*arguments[1:], *metadata], inner)
    if origin in (Union, UnionType):
        return " or ".join(in_words(kind) for kind in arguments if kind is not NoneType)
    if origin is Literal:
        return " or ".join(toml(value) for value in arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return f"list of {_plural(in_words(arguments[0]))}"
    if origin is tuple:
        return f"[{', '.join(in_words(kind) for kind in arguments)}]"
    family = next((family for family in FAMILIES.values() if family.base is annotation), None)
    if family:
        return f"table with `{family.tag}`"
    name = {bool: "true or false", int: "whole number", float: "number", str: "text"}.get(annotation, "table")
    return " ".join([name, *_bounds(metadata)])


def _plural(words: str) -> str:
    if " or " in words:
        return f"({words})"
    return re.sub(r"^(list|number|whole number|text|table)\b", r"\1s", words)


def _bounds(metadata: Iterable[Any]) -> list[str]:
    words = []
    for part in metadata:
        if isinstance(part, Ge):
            words.append(f"from {part.ge}")
        elif isinstance(part, Gt):
            words.append(f"greater than {part.gt}")
        elif isinstance(part, Le):
            words.append(f"to {part.le}")
        elif isinstance(part, Lt):
            words.append(f"less than {part.lt}")
    return words


def markdown_page() -> str:
    """The reference page: every section, entry and option."""
    lines = [
        "# What a scene file can say",
        "",
        "Made with `gmmviz list --markdown`; `gmmviz list renderers` and the like print the same in a terminal.",
    ]
    for title, section in sections().items():
        lines += ["", f"## {title}", "", section.help]
        for each in section.entries.values():
            lines += ["", f"### `{each.name}`", "", each.help]
            if each.options:
                lines += ["", "| key | type | default | |", "|---|---|---|---|"]
                lines += [
                    f"| `{option.name}` | {_cell(option.type)} | {_code(option.default)} | {_cell(option.help)} |"
                    for option in each.options
                ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(default: str | None) -> str:
    if default is None:
        return "needed"
    return default if default in ("none", "see there") else f"`{_cell(default)}`"
