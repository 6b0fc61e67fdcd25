"""`checked`: a call is held to its own annotations, so that the signature says what is refused.

A wrong kind is refused at the door, in one sentence that names the argument. Nothing is converted: what is called
receives what was given. Arrays pass, since shape and content must be checked too, where they are used
(`gmmviz.arrays`).
"""

from __future__ import annotations

import functools
import math
import operator
import re
from collections import abc
from collections.abc import Callable, Iterable
from inspect import signature
from types import FunctionType, NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from gmmviz.errors import InputError, an, brief, listed
from gmmviz.options.checks import is_number, is_whole
from gmmviz.options.words import bounds_in_words

Target = TypeVar("Target", bound=Callable[..., Any])
Made = TypeVar("Made")
Kind = tuple[Callable[[Any], bool], str]  # the test that a value must pass, and what passes in words
_finite: Kind = ((lambda value: is_number(value) and math.isfinite(value)), "a finite number")
ANYTHING: Kind = ((lambda value: True), "")


def checked(target: Target) -> Target:
    """Refuse arguments that are not of the kinds that the annotations name.

    Parameters
    ----------
    target : function or class
        Of a class, the constructor is checked.

    Returns
    -------
    function or class
        It is called as before. A wrong kind is an `InputError`; a missing or unknown argument is still Python's
        `TypeError`.

    Examples
    --------
    >>> @checked
    ... def repeated(word: str, times: int = 2) -> str:
    ...     return word * times
    >>> repeated("ha", times="3")
    Traceback (most recent call last):
    gmmviz.errors.InputError: times must be a whole number, not '3'
    """
    if isinstance(target, type):
        target.__init__ = _door(target.__init__)  # type: ignore[misc]
        return target
    return _door(target)  # type: ignore[no-any-return]


def unchecked(cls: type[Made]) -> Callable[..., Made]:
    """Return what makes a `checked` class without looking at the arguments, for loops that cannot wait for it.

    Parameters
    ----------
    cls : type
        The class.

    Returns
    -------
    function
        It is called as the class is.
    """
    construct = cls.__init__.__wrapped__  # type: ignore[attr-defined]

    def make(*args: Any, **kwargs: Any) -> Made:
        made = object.__new__(cls)
        construct(made, *args, **kwargs)
        return made

    return make


class Contract:
    """What others implement: methods are checked, also by the annotations of those that they replace."""

    def __init_subclass__(cls, **settings: Any) -> None:
        """Check the calls of each public method that the class defines."""
        super().__init_subclass__(**settings)
        for name, method in list(vars(cls).items()):
            promised = next((vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)), None)
            if isinstance(method, FunctionType) and name[0] != "_":
                setattr(cls, name, _door(method, promised))


def _door(function: Any, promised: Any = None) -> Any:
    positional = [
        name for name, one in signature(function).parameters.items() if one.kind <= one.POSITIONAL_OR_KEYWORD
    ]

    @functools.cache  # when it is first called: an annotation may name what its module defines further down
    def kinds() -> tuple[list[Kind], dict[str, Kind]]:
        found = _kinds(function) | (_kinds(promised) if isinstance(promised, FunctionType) else {})
        return [found.get(name, ANYTHING) for name in positional], found

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        in_order, by_name = kinds()
        for i, (kind, value) in enumerate(zip(in_order, args)):  # noqa: B905 - too many are a TypeError below
            if not kind[0](value):
                raise _refusal(positional[i], kind, value)
        for name, value in kwargs.items():
            if not (kind := by_name.get(name, ANYTHING))[0](value):
                raise _refusal(name, kind, value)
        return function(*args, **kwargs)

    return call


def _refusal(name: str, kind: Kind, value: Any) -> InputError:
    return InputError(f"{name} must be {kind[1]}, not {brief(value)}", name)


def _kinds(function: Any) -> dict[str, Kind]:
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError:  # a plugin may name what it imports for its type checker alone
        return {}
    return {name: kind for name, hint in hints.items() if name != "return" and (kind := _kind(hint))}


def _kind(annotation: Any) -> Kind | None:
    """The kind of value that an annotation asks for; None if anything will do."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(_kind(parts[0]), parts[1:])
    if origin is Literal:
        return (lambda value: isinstance(value, str | int) and value in parts), listed(parts)
    if origin in (Union, UnionType):
        return _one_of([_kind(part) for part in parts])
    if origin in _LISTS:
        return _list_of(_one_of([_kind(part) for part in parts if part is not Ellipsis]), origin, parts)
    cls = origin or annotation
    if cls in _PLAIN:
        return _PLAIN[cls]
    if not isinstance(cls, type) or cls is np.ndarray or getattr(cls, "_is_protocol", False):
        return None
    return (lambda value: isinstance(value, cls)), _FROM.get(cls.__name__, an(cls.__name__))


def _bounded(kind: Kind | None, metadata: Iterable[Any]) -> Kind | None:
    parts = [part for each in metadata for part in (each.metadata if isinstance(each, FieldInfo) else [each])]
    bounds = [
        (fits, getattr(part, fits.__name__))
        for part in parts
        for kind, fits in _BOUNDS.items()
        if isinstance(part, kind)
    ]
    if any(getattr(part, "allow_inf_nan", True) is False for part in parts):
        kind = _finite
    if kind is None or not bounds:
        return kind
    test, words = kind
    return (
        lambda value: test(value) and all(fits(value, bound) for fits, bound in bounds),
        words + re.sub(r"^ from (\S+)$", r" (\1 or more)", f" {bounds_in_words(parts)}"),
    )


def _one_of(kinds: list[Kind | None]) -> Kind | None:
    found = [kind for kind in kinds if kind]
    if len(found) < len(kinds):
        return None
    if len(found) == 1:
        return found[0]
    every = list(dict.fromkeys(words for _, words in found if words != "None"))
    alone = " or ".join(every[:-1])
    words = " or ".join("a list of them" if each == f"a list, each {alone}" else each for each in every)
    tests = [test for test, _ in found]

    def holds(value: Any) -> bool:
        for test in tests:  # noqa: SIM110 - a generator would take twice as long
            if test(value):
                return True
        return False

    return holds, words


def _list_of(item: Kind | None, cls: Any, parts: tuple[Any, ...]) -> Kind:
    """A list; its items are seen if it is still there afterwards, as an iterator is not."""
    n = len(parts) if cls is tuple and Ellipsis not in parts else None

    def test(values: Any) -> bool:
        if not isinstance(values, list | tuple):
            if not isinstance(values, abc.Iterable) or isinstance(values, str | bytes | abc.Mapping):
                return False
            if isinstance(values, abc.Iterator):
                return n is None
            try:
                values = list(values)
            except TypeError:  # an array without dimensions
                return False
        return n in (None, len(values)) and (item is None or all(map(item[0], values)))

    words = "a list" if n is None else f"a list of {n}"
    return test, words + (f", each {item[1]}" if item else "")


_LISTS = (tuple, list, abc.Sequence, abc.Collection, abc.Iterable)
_BOUNDS: dict[type, Callable[[Any, Any], bool]] = {
    Ge: operator.ge,
    Gt: operator.gt,
    Le: operator.le,
    Lt: operator.lt,
}
_FROM = {
    "Axes": "an Axes of matplotlib",
    "Executor": "a concurrent.futures.Executor",
    "Generator": "a numpy.random.Generator",
    "Mixture": "a Mixture (such as trace[-1].mixture)",
    "Moment": "a Moment (such as film.moments[0])",
    "Pace": "a Pace (such as Pace(length=12))",
    "Path": "a pathlib.Path",
    "PathLike": "a path",
    "Renderer": "a Renderer (such as EllipseRenderer())",
    "Trace": "a Trace (from gmmviz.fit)",
}
_PLAIN: dict[Any, Kind | None] = {
    Any: None,
    object: None,
    abc.Callable: (callable, "a function"),
    abc.Mapping: ((lambda value: isinstance(value, abc.Mapping)), "a dict"),
    NoneType: ((lambda value: value is None), "None"),
    bool: ((lambda value: isinstance(value, bool | np.bool_)), "True or False"),
    float: (is_number, "a number"),
    int: (is_whole, "a whole number"),
    str: ((lambda value: isinstance(value, str)), "a text"),
}
