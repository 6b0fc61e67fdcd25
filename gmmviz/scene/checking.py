"""Turn a scene's document into its tables, and find every mistake in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gmmviz.encoders import ENCODERS
from gmmviz.errors import InputError, hint, listed
from gmmviz.options import by_place, complaint, fields_of, shown
from gmmviz.options.complaints import UNKNOWN
from gmmviz.scene.keys import example_of, table_of, type_at
from gmmviz.scene.layers import Layer, locate
from gmmviz.scene.places import Path as Location
from gmmviz.scene.sources import Mistake, SceneError
from gmmviz.scene.tables import FAMILIES, OutputTable, SceneTables, encoder_tables
from gmmviz.storyboard.vocabulary import WORDS, check_word

MISSING = "this key is missing"
MOST = 25  # complaints shown at once


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, and the key of the scene that it is about."""

    location: Location
    message: str
    at_key: bool = False

    @property
    def missing(self) -> bool:
        """Whether a key is needed that is not there."""
        return self.message == MISSING

    def placed(self, layers: Sequence[Layer]) -> tuple[tuple[int, int, int], Mistake]:
        """Its place, by which problems are sorted, and the complaint."""
        source, location = locate(layers, self.location)
        place = source.place(location, self.at_key)
        depth = [layer.source for layer in layers].index(source)
        return (depth, place.line, place.column), source.complaint(location, self.message, at_key=self.at_key)


def scene_error(problems: Iterable[tuple[Problem, Sequence[Layer]]]) -> SceneError:
    """One error for all problems, in the order of the file. A problem that several runs share is reported once."""
    placed = [problem.placed(layers) for problem, layers in problems]
    complaints: list[Mistake] = []
    # Of two sentences about one place, of which one begins with the other, the shorter is known first.
    for _, said in sorted(placed, key=lambda one: (one[0], str(one[1].message))):
        if not (complaints and _goes_on(said, complaints[-1])):
            complaints.append(said)
    more = [f"and {len(complaints) - MOST:,} more mistakes"] if len(complaints) > MOST else []
    return SceneError(*complaints[:MOST], *more)


def _goes_on(complaint: Mistake, other: Mistake) -> bool:
    return complaint.place == other.place and complaint.message.startswith(other.message)


def check(document: dict[str, Any]) -> tuple[SceneTables | None, list[Problem]]:
    """Make the tables of a document, or say why that cannot be done."""
    problems: list[Problem] = []
    made = _with_choices_made(document, problems)
    tables = None
    try:
        tables = _adapter(SceneTables).validate_python(made)
    except ValidationError as error:
        problems += problems_of(SceneTables, made, error)
    return (None if problems else tables), problems


def _with_choices_made(document: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The document with an object in place of each table that chooses a class.

    The problems of a faulty table are noted; a valid object stands in for it, so that the rest can be checked.
    """
    made = dict(document)
    if "data" in made:
        stand_in = FAMILIES["data"].registry["old_faithful"]
        made["data"] = _chosen(made["data"], ("data",), "data", problems) or stand_in()
    model = made.get("model")
    if isinstance(model, dict) and "start" in model:
        start = _chosen(model["start"], ("model", "start"), "start", problems)
        made["model"] = {key: value for key, value in model.items() if key != "start"}
        made["model"] |= {"start": start} if start else {}
    panels = made.get("panels")
    if "panels" in made and not isinstance(panels, list):
        problems.append(Problem(("panels",), "expected a list of tables: write [[panels]], with two brackets"))
        del made["panels"]
    elif panels:
        chosen = [_chosen(panel, ("panels", i), "panels", problems) for i, panel in enumerate(panels)]
        made["panels"] = [panel or FAMILIES["panels"].registry["likelihood"]() for panel in chosen]
    words = made.get("words")
    if isinstance(words, dict):
        made["words"] = {key: text for key, text in words.items() if _is_word(key, text, problems)}
    output = made.get("output")
    if isinstance(output, dict):
        made["output"] = _output(output, problems) or OutputTable()
    return made


def _is_word(key: str, text: Any, problems: list[Problem]) -> bool:
    """Whether a word of the picture may be written so; note the problem if not."""
    try:
        check_word(key, text)
    except InputError as error:
        problems.append(Problem(("words", key), str(error), at_key=key not in WORDS))
        return False
    return True


def _output(table: dict[str, Any], problems: list[Problem]) -> Any:
    """The object that [output] describes: with an encoder for each table of options that stands in it."""
    tables = encoder_tables()
    others = tuple(name for name in tables if "." not in name)
    dotted_names = set(_dotted_names(table))
    encoders: dict[str, Any] = {}
    for key in (key for key in table if key in tables):
        if tables[key] in encoders:
            message = f"the options of {tables[key]!r} stand in two tables: put them into one"
            problems.append(Problem(("output", key), message, at_key=True))
        own = table[key]
        if isinstance(own, dict):
            own = {name: value for name, value in own.items() if (key, name) not in dotted_names}
        encoders[tables[key]] = _made(ENCODERS[tables[key]], own, ("output", key), problems)
    if "encoders" in table:
        message = f"unknown key; {hint('encoders', [*others, *fields_of(OutputTable)])}"
        problems.append(Problem(("output", "encoders"), message, at_key=True))
    problems += [Problem(("output", *location), _unknown_format(location), True) for location in dotted_names]
    known = {*tables, *(location[0] for location in dotted_names)}
    rest = {key: value for key, value in table.items() if key not in known}
    usable = {name: encoder for name, encoder in encoders.items() if encoder}
    return _made(OutputTable, rest | {"encoders": usable}, ("output",), problems, others)


def _dotted_names(table: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield where [output] has a table for a format with a dot: without quotes, or of none that has options."""
    known = {*encoder_tables(), *fields_of(OutputTable)}
    for key, value in table.items():
        here = (*path, key)
        if not isinstance(value, dict):
            continue
        if path or key not in known:
            deeper = list(_dotted_names(value, here))
            yield from deeper or ([here] if path or "." in key else [])
        else:
            yield from ((key, part) for part in value if f"{key}.{part}" in ENCODERS)


def _unknown_format(location: tuple[str, ...]) -> str:
    """What is wrong with such a table."""
    name = ".".join(location)
    if name not in ENCODERS:
        quotes = " (and a name with a dot stands in quotes)" if len(location) > 1 else ""
        return f"no format is called {name!r}{quotes}; {hint(name, ENCODERS)}"
    if name not in encoder_tables():
        return f"the format {name!r} has no options: leave this table out"
    return f'a name with a dot stands in quotes: write [output."{name}"]'


def _chosen(table: Any, location: Location, family: str, problems: list[Problem]) -> Any:
    """The object that a table of this family describes, or None if it has problems."""
    registry, tag = FAMILIES[family].registry, FAMILIES[family].tag
    if not isinstance(table, dict):
        write = f": write [{family}] and its keys below it" if location == (family,) else ""
        problems.append(Problem(location, f"expected a table, got {shown(table)}{write}"))
        return None
    name = table.get(tag, FAMILIES[family].default)
    if not isinstance(name, str):
        known = ", ".join(repr(name) for name in registry)
        what = "this key is missing" if name is None else f"expected a text, got {shown(name)}"
        problems.append(Problem((*location, tag), f"{what}; known: {known}"))
        return None
    if name not in registry:
        message = f"unknown {registry.kind} {name!r}; {hint(name, registry)}"
        problems.append(Problem((*location, tag), message))
        return None
    rest = {key: value for key, value in table.items() if key != tag}
    return _made(registry[name], rest, location, problems, (tag,), family)


def _made(
    cls: Any,
    table: Any,
    location: Location,
    problems: list[Problem],
    others: tuple[str, ...] = (),
    family: str = "",
) -> Any:
    """The object of a class that a table at this location describes, or None if it has problems."""
    try:
        return _adapter(cls).validate_python(table)
    except ValidationError as error:
        for problem in problems_of(cls, table, error, others, family):
            problems.append(Problem((*location, *problem.location), problem.message, problem.at_key))
    return None


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def problems_of(
    cls: Any,
    document: dict[str, Any],
    error: ValidationError,
    others: tuple[str, ...] = (),
    family: str = "",
    of_scenes: bool = True,
) -> list[Problem]:
    """One problem per place, even where each branch of a union failed.

    Parameters
    ----------
    others : tuple of str
        Keys that may stand in the table beside the class's fields.
    family : str
        Of `FAMILIES`, if the table is one of those.
    of_scenes : bool
        Whether the table stands in a scene, where an unknown key may belong in another table.
    """
    found = []
    for location, here in by_place(error, document).items():
        known = tuple(fields_of(table_of(type_at(cls, location[:-1]))))
        known = (*others, *known) if len(location) == 1 else known
        said = complaint(here, known, example_of(cls, location) if location else "")
        message = str(said)
        unknown = here[0]["type"] in UNKNOWN
        if unknown and of_scenes and (home := _home(str(location[-1]), family)):
            message = f"unknown key here; it belongs in {home}"
        elif len(location) == 1 and said.expected[:1] == ("a table",) and cls is SceneTables:
            message += f": write [{location[0]}] and its keys below it"
        found.append(Problem(location, message, at_key=unknown))
    return found


def _homes(key: str) -> dict[str, str]:
    """Where in a scene file a key may stand, in words, by table or family of tables."""
    homes: dict[str, str] = {}
    for name, field in fields_of(SceneTables).items():
        inside = fields_of(field.annotation)
        places = [f"[{name}]"] if key in inside else []
        places += [f"[{name}.{table}]" for table in inside if key in fields_of(table_of(inside[table].annotation))]
        if name == key and name not in FAMILIES:
            places = [
                f"a table of its own, [{name}]" if inside else "the top of the file, above the first [table]"
            ]
        homes |= {name: " or ".join(places)} if places else {}
    having = [
        f"[output.{table}]"
        for table, name in encoder_tables().items()
        if "." not in table and key in fields_of(ENCODERS[name]) and key not in fields_of(OutputTable)
    ]
    if having and not any(name.startswith(f"{key}.") for name in ENCODERS):  # "steps" is meant as "steps.zip"
        homes["encoders"] = " or ".join(having)
    for family, table in (("data", "[data]"), ("panels", "[[panels]]"), ("start", "[model.start]")):
        tag, registry = FAMILIES[family].tag, FAMILIES[family].registry
        having = [name for name in registry if key in fields_of(registry[name])]
        homes |= {family: f"{table} where {tag} is {listed(having)}"} if having else {}
    return homes


def _home(key: str, family: str) -> str:
    """Where an unknown key would be known: in another table of the same family, if there is one."""
    homes = _homes(key)
    return homes.get(family) or " or ".join(homes.values())
