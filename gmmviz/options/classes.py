"""The decorator that makes an option class, and the types that its fields are made of."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from inspect import get_annotations
from itertools import islice
from types import UnionType
from typing import (
    Annotated,
    Any,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np
from pydantic import ConfigDict, Field, Strict, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass

from gmmviz.errors import InputError
from gmmviz.options.complaints import Location, by_place, complaint, dotted
from gmmviz.options.words import with_parameters

# What a field may hold. The types are strict: 3.7 is no count, true is no length and "2" is no number.
Whole = Annotated[int, Strict()]
Count = Annotated[int, Strict(), Field(ge=1)]
Index = Annotated[int, Strict(), Field(ge=0)]
Seed = Annotated[int, Strict(), Field(ge=0)]
Size = Annotated[int, Strict(), Field(ge=1, le=100_000_000)]
"""How many points to draw: two features of so many points fill a few gigabytes."""
Iterations = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
"""How many iterations to run, each of which is recorded."""
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Seconds = Annotated[float, Strict(), Field(ge=0, le=86_400)]
Flag = Annotated[bool, Strict()]
_STRICT: dict[Any, Any] = {bool: Flag, int: Whole, float: Number}

MOST_PROBLEMS = 5  # of one call, that its message tells

T = TypeVar("T", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def options(cls: T) -> T:
    """Make the class a frozen dataclass that checks what it is given and documents its fields.

    Parameters
    ----------
    cls : type
        A class with annotated fields, each with a string below it that says what it means. A plain ``bool`` is as
        strict as a `Flag`, an ``int`` as a `Whole`, and a ``float`` as a `Number`.

    Returns
    -------
    type
        The same class. Its constructor raises `InputError`, which names every faulty argument; its
        ``__doc__`` ends with a section "Parameters", made from the fields.

    Examples
    --------
    >>> @options
    ... class Pause:
    ...     '''A rest between two steps.'''
    ...
    ...     length: Seconds = 0.5
    ...     '''Seconds that it lasts.'''
    >>> Pause(length="long")
    Traceback (most recent call last):
    gmmviz.errors.InputError: Pause: length: expected a number, got 'long'
    """
    cls.__annotations__ = _strict_annotations(cls, sys._getframe(1).f_locals)
    config = ConfigDict(extra="forbid", use_attribute_docstrings=True, arbitrary_types_allowed=True)
    text = cls.__doc__
    bag: Any = pydantic_dataclass(frozen=True, config=config)(cls)
    construct = bag.__init__

    @functools.wraps(construct)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        args, kwargs = tuple(map(_plain, args)), {name: _plain(value) for name, value in kwargs.items()}
        try:
            construct(self, *args, **kwargs)
        except ValidationError as error:
            names = [field.name for field in fields(bag)]
            found = by_place(error, dict(enumerate(args)) | kwargs)
            problems = [
                f"{dotted(_by_name(place, names))}{complaint(here, names)}"
                for place, here in islice(found.items(), MOST_PROBLEMS)
            ]
            if len(found) > MOST_PROBLEMS:
                problems.append(f"and {len(found) - MOST_PROBLEMS} more")
            raise InputError(f"{bag.__name__}: {'; '.join(problems)}") from None

    bag.__init__ = checked
    bag.__doc__ = with_parameters(text or "", bag)
    return bag  # type: ignore[no-any-return]


def _strict_annotations(cls: type, names: Mapping[str, Any]) -> dict[str, Any]:
    """The class's annotations, with ``bool``, ``int`` and ``float`` as strict as `Flag`, `Whole` and `Number`."""
    own = get_annotations(cls)
    try:
        known = get_type_hints(cls, localns=dict(names), include_extras=True)
    except NameError:  # pydantic will say so
        return own
    return {name: _strict(known[name]) for name in own}


def _strict(kind: Any) -> Any:
    """A type in which no text is a number, no number a truth and no truth a number."""
    if isinstance(kind, type) and kind in _STRICT:
        return _STRICT[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated and not any(isinstance(each, Strict) for each in arguments):
        return Annotated[(_strict(arguments[0]), *arguments[1:])]
    if origin in (Union, UnionType):
        return Union[tuple(map(_strict, arguments))]  # noqa: UP007
    if origin in (tuple, list, dict) and arguments:
        return origin[tuple(each if each is Ellipsis else _strict(each) for each in arguments)]
    return kind


def _plain(value: Any) -> Any:
    """Python's own number in place of NumPy's, of which pydantic knows nothing."""
    return value.item() if isinstance(value, np.generic) else value


def _by_name(place: Location, names: Sequence[str]) -> Location:
    """The place, by the name of its argument where that was given by position."""
    match place:
        case (int(i), *rest) if i < len(names):
            return (names[i], *rest)
    return place
