"""What is wrong with a value: pydantic's finding, said as one sentence for the user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date, time
from itertools import islice
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gmmviz.errors import InputError, brief, hint, nearest

UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
MOST_SHOWN = 60  # items of a list or table: as many as fit into a message if each has one character
MISSING = ("missing", "missing_argument")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A sentence about one value, in parts, because the branches of a union have one sentence between them.

    Parameters
    ----------
    message : str
        The whole sentence. It is empty where the value is of another kind than expected.
    expected : tuple of str
        The kinds of value that would do, such as ``"a number"``.
    given : str
        The value.
    near : str, optional
        The name that was probably meant.
    """

    message: str = ""
    expected: tuple[str, ...] = ()
    given: str = ""
    near: str | None = None

    def __str__(self) -> str:
        if self.message:
            return self.message
        meant = f"; did you mean {self.near!r}?" if self.near else ""
        return f"expected {' or '.join(self.expected)}, got {self.given}{meant}"


def complaint(errors: Sequence[ErrorDetails], known: Iterable[str] = (), example: str = "") -> Complaint:
    """Say what is wrong with one value, what was given and what would do.

    Parameters
    ----------
    errors : sequence of pydantic_core.ErrorDetails
        All that pydantic found at one place; more than one where each branch of a union failed.
    known : iterable of str
        The names that could stand where an unknown one does.
    example : str
        A list that would do where something else was given.

    Returns
    -------
    Complaint
        Its text is the sentence.
    """
    every = [_complaint(error, known, example) for error in errors]
    for one in every:
        if one.message:  # this branch took the value's type, so it knows best what is wrong
            return one
    expected = dict.fromkeys(kind for one in every for kind in one.expected)
    return Complaint("", tuple(expected), every[0].given, next((one.near for one in every if one.near), None))


def _complaint(error: ErrorDetails, known: Iterable[str], example: str) -> Complaint:
    kind, given = error["type"], shown(error["input"])
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind in UNKNOWN:
        return Complaint(f"unknown key; {hint(error['loc'][-1], known)}")
    if kind == "missing" and isinstance(error["loc"][-1], int):
        return Complaint("", (f"{error['loc'][-1] + 1} values or more",), given)
    if kind in MISSING:
        return Complaint("this key is missing")
    if kind == "value_error":
        return Complaint(str(context["error"]))
    if kind == "literal_error":
        names = re.findall("'(.*?)'", context["expected"])
        return Complaint("", (context["expected"],), given, nearest(error["input"], names))
    if kind in _EXPECTED:
        such = f", such as {example}" if example and _EXPECTED[kind] == "a list" else ""
        return Complaint("", (f"{_EXPECTED[kind]}{such}",), given)
    if kind in _BOUNDS:
        bound = next(iter(context.values()))
        return Complaint(f"must be {_BOUNDS[kind]} {bound:g}, not {given}")
    if kind in _LENGTHS:
        name, words = _LENGTHS[kind]
        values = "value" if context[name] == 1 else "values"
        return Complaint("", (f"{words} {context[name]} {values}",), given)
    return Complaint(f"{error['msg']}, got {given}")


_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "dataclass_type": "a table",
    "dataclass_exact_type": "a table",
    "model_attributes_type": "a table",
}
_BOUNDS = {
    "greater_than": "greater than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
}
_LENGTHS = {"too_short": ("min_length", "at least"), "too_long": ("max_length", "at most")}


Location = tuple[str | int, ...]


def by_place(error: ValidationError, values: Mapping[Any, Any]) -> dict[Location, list[ErrorDetails]]:
    """All that pydantic found wrong with a table of values, by the place in the table.

    Parameters
    ----------
    error : pydantic.ValidationError
        What pydantic found.
    values : mapping
        The table.

    Returns
    -------
    dict
        The findings at each location; several where each branch of a union failed.
    """
    found: dict[Location, list[ErrorDetails]] = {}
    for details in error.errors():
        given = details["input"]
        if (
            details["type"] == "too_short"
            and isinstance(given, Sized)
            and len(given) >= details["ctx"]["min_length"]
        ):
            continue  # it is long enough; the faulty items in it have findings of their own
        found.setdefault(_place(details, values), []).append(details)
    return found


def _place(details: ErrorDetails, values: Any) -> Location:
    """The way to the value at fault, without pydantic's names for the branches of a union."""
    cause = details.get("ctx", {}).get("error")
    own = cause.place if isinstance(cause, InputError) else ()  # where a class's own check found it
    place: Location = ()
    for part in (*details["loc"], *own):
        if isinstance(values, Mapping):
            there = part in values or (details["type"] in MISSING and part == details["loc"][-1])
            values = values.get(part)
        else:
            there = isinstance(values, list | tuple) and isinstance(part, int) and part < len(values)
            values = values[part] if there else None
        if not there:
            break
        place = (*place, part)
    return place


def dotted(location: Location) -> str:
    """``("panels", 0, "radii", 1)`` as ``"panels[0].radii[1]: "``."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return f"{path}: " if path else ""


def shown(value: Any) -> str:
    """The value as a scene file has it, at most 60 characters of it."""
    text = _written(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value[:MOST_SHOWN]))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_written(item)}' for key, item in islice(value.items(), MOST_SHOWN))} }}"
    if isinstance(value, date | time):
        return value.isoformat()
    return brief(value)
