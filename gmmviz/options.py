"""Option classes: frozen dataclasses whose fields are Python arguments, scene-file keys and help text at once.

The line of text under a field is its documentation everywhere: `options` turns it into the description
that the JSON Schema and `gmmviz list` print. Values are checked by pydantic, in Python and in scene
files alike, and every complaint is one of the sentences below.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, time
from numbers import Integral, Real
from typing import Annotated, Any, TypeVar, dataclass_transform

from pydantic import ConfigDict, Field, Strict, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import ErrorDetails

from gmmviz.errors import InputError, hint, nearest

# What a field may hold. Strict, because 3.7 is no count, true is no length and "2" is no number.
Whole = Annotated[int, Strict()]
Count = Annotated[int, Strict(), Field(ge=1)]
Seed = Annotated[int, Strict(), Field(ge=0)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Seconds = Annotated[float, Strict(), Field(ge=0, le=86_400)]
Flag = Annotated[bool, Strict()]

T = TypeVar("T", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def options(cls: T) -> T:
    """Make the class a frozen dataclass that checks what it is given.

    Raises
    ------
    InputError
        From the class's constructor, naming every faulty argument.
    """
    config = ConfigDict(extra="forbid", use_attribute_docstrings=True, arbitrary_types_allowed=True)
    bag: Any = pydantic_dataclass(frozen=True, config=config)(cls)
    construct = bag.__init__

    @functools.wraps(construct)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            construct(self, *args, **kwargs)
        except ValidationError as error:
            known = tuple(field.name for field in fields(bag))
            problems = (f"{dotted(e['loc'])}{sentence(e, known)}" for e in error.errors())
            raise InputError(f"{bag.__name__}: {'; '.join(problems)}") from None

    bag.__init__ = checked
    return bag  # type: ignore[no-any-return]


def dotted(location: Iterable[str | int]) -> str:
    """``("panels", 0, "radii", 1)`` as ``"panels[0].radii[1]: "``."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return f"{path}: " if path else ""


def sentence(error: ErrorDetails, known: Iterable[str] = (), example: str = "") -> str:
    """Say what is wrong, what was given and what would do.

    Parameters
    ----------
    error : pydantic_core.ErrorDetails
    known : iterable of str
        The names that could stand where an unknown one does.
    example : str
        A list that would do where something else was given.
    """
    kind, given = error["type"], shown(error["input"])
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"unknown key; {hint(error['loc'][-1], known)}"
    if kind == "missing" and isinstance(error["loc"][-1], int):
        return f"expected {error['loc'][-1] + 1} values or more, got {given}"
    if kind in ("missing", "missing_argument"):
        return "this key is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        expected = str(context["expected"])
        near = nearest(error["input"], [name.strip("'") for name in expected.replace(" or ", ", ").split(", ")])
        return f"expected {expected}, got {given}" + (f"; did you mean {near!r}?" if near else "")
    if kind in _EXPECTED:
        such = f", such as {example}" if example and _EXPECTED[kind] == "a list" else ""
        return f"expected {_EXPECTED[kind]}{such}, got {given}"
    if kind in _BOUNDS:
        bound = next(iter(context.values()))
        return f"must be {_BOUNDS[kind]} {bound:g}, not {given}"
    if kind in ("too_short", "too_long"):
        bound = context.get("min_length", context.get("max_length"))
        values = "value" if bound == 1 else "values"
        return f"expected {'at least' if kind == 'too_short' else 'at most'} {bound} {values}, got {given}"
    return f"{error['msg']}, got {given}"


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


def shown(value: Any) -> str:
    """The value as a scene file has it, shortened."""
    try:
        text = _written(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_written(item)}' for key, item in value.items())} }}"
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value)


def check_choice(name: str, given: object, known: Iterable[str]) -> None:
    """Raise `InputError` unless `given` is one of the known names."""
    known = list(known)
    if given not in known:
        raise InputError(f"unknown {name} {given!r}; {hint(given, known)}")


def check_whole(name: str, given: object, least: int) -> None:
    """Raise `InputError` unless `given` is a whole number and not too small."""
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise InputError(f"{name} must be a whole number, {least} or more, not {given!r}")
    if int(given) < least:
        raise InputError(f"{name} must be {least} or more, not {given}")


def check_not_negative(name: str, given: object) -> None:
    """Raise `InputError` unless `given` is a number, 0 or more."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise InputError(f"{name} must be a number, 0 or more, not {given!r}")
    if not float(given) >= 0:
        raise InputError(f"{name} must be 0 or more, not {given}")
