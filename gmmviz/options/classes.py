"""The decorator that makes an option class, and the types that its fields are made of."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import fields
from itertools import islice
from typing import Annotated, Any, TypeVar, dataclass_transform

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

MOST_PROBLEMS = 5  # of one call, that its message tells

T = TypeVar("T", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def options(cls: T) -> T:
    """Make the class a frozen dataclass that checks what it is given and documents its fields.

    Parameters
    ----------
    cls : type
        A class with annotated fields, each with a string below it that says what it means.

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


def _plain(value: Any) -> Any:
    """Python's own number in place of NumPy's, of which pydantic knows nothing."""
    return value.item() if isinstance(value, np.generic) else value


def _by_name(place: Location, names: Sequence[str]) -> Location:
    """The place, by the name of its argument where that was given by position."""
    match place:
        case (int(i), *rest) if i < len(names):
            return (names[i], *rest)
    return place
