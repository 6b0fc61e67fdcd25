"""Every key of a scene with its type, default and help, taken from the option classes.

`gmmviz list` prints it, and the reference page is made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gmmviz.encoders import ENCODERS
from gmmviz.engine.online import Online
from gmmviz.engine.prior import Prior
from gmmviz.explorable.exercise import Exercise
from gmmviz.film.layout import Layout
from gmmviz.options import fields_of, in_words, one_line, toml
from gmmviz.scene.limits import Limits
from gmmviz.scene.tables import (
    FAMILIES,
    ModelTable,
    OutputTable,
    SceneTables,
    ThemeTable,
    VariantTable,
    encoder_tables,
)
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.pace import Pace
from gmmviz.storyboard.vocabulary import WORDS
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
        "model.prior": Prior,
        "model.online": Online,
        "variants.NAME": VariantTable,
        "layout": Layout,
        "captions": Captions,
        "pace": Pace,
        "theme": ThemeTable,
        "explore": Exercise,
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
        "words": Section(
            "Words of the picture, which `[words]` rewrites; what stands in braces is filled in.",
            {"words": Entry("words", "Each key with its text in English.", tuple(_words()))},
        ),
        **families,
        "themes": Section("Themes, chosen by `name` in `[theme]`.", themes),
        "encoders": _section(
            "Formats, chosen by `formats` in `[output]`. Their options stand in `[output.gif]` and the like; for "
            '`sheet.png` in `[output.sheet]` or, which is always possible, `[output."sheet.png"]`. '
            "Those of the three kinds of plates stand in one table, `[output.plate]`.",
            ENCODERS,
        ),
        "limits": _section("Limits, raised with `--limit NAME=N`.", {"limits": Limits}),
    }


def _words() -> Iterator[Option]:
    return (Option(key, "text", toml(phrase.text), phrase.where) for key, phrase in WORDS.items())


def _section(help_: str, classes: Mapping[str, Any]) -> Section:
    return Section(help_, {name: entry(name, cls) for name, cls in classes.items()})


def entry(name: str, cls: Any) -> Entry:
    """What the option class says of itself."""
    options = []
    for key, field in fields_of(cls).items():
        options.append(Option(key, _in_words(field), _default(field), one_line(field.description)))
    if cls is OutputTable:
        for table, suffix in encoder_tables().items():
            if "." not in table:
                options.append(Option(table, "table", "see there", summary(ENCODERS[suffix])))
    return Entry(name, summary(cls), tuple(options))


def summary(cls: type) -> str:
    """The first paragraph of what the class says of itself."""
    return one_line(cleandoc(cls.__doc__ or "").split("\n\n")[0])


def _default(field: FieldInfo) -> str | None:
    if field.default_factory is not None:
        return "none"
    if field.default is PydanticUndefined:
        return None
    if field.default is None:
        return "none"
    return _as_toml(field.default)


def _as_toml(value: Any) -> str:
    """A default as a scene file has it. The defaults of a table are listed with that table."""
    for family in FAMILIES.values():
        if isinstance(value, family.base):
            return toml(next(name for name, member in family.registry.items() if isinstance(value, member)))
    if isinstance(value, tuple):
        return f"[{', '.join(_as_toml(item) for item in value)}]"
    return "see there" if fields_of(type(value)) else toml(value)


def _in_words(field: FieldInfo) -> str:
    return in_words(field.annotation, field.metadata, toml_kind)


def toml_kind(cls: Any) -> str:
    """What a scene file calls a value of this class."""
    family = next((family for family in FAMILIES.values() if family.base is cls), None)
    if family:
        return f"table with `{family.tag}`"
    return {bool: "true or false", int: "whole number", float: "number", str: "text"}.get(cls, "table")


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
