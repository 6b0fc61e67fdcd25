"""What may stand under a key: read from the option classes, for complaints, the reference and `gmmviz list`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from gmmviz.options import fields_of, toml
from gmmviz.scene.places import Path as Location


def type_at(cls: Any, location: Location) -> Any:
    """The type of what stands at a location of the class's table, or None."""
    for part in location:
        cls = _inside(cls, part)
    return cls


def _inside(annotation: Any, part: str | int) -> Any:
    """The type of what stands under one key, or at one place of a list."""
    if isinstance(part, str) and part in fields_of(annotation):
        return fields_of(annotation)[part].annotation
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _inside(arguments[0], part)
    if origin in (Union, UnionType):
        return next((found for kind in arguments if (found := _inside(kind, part)) is not None), None)
    if origin is dict and isinstance(part, str):
        return arguments[1]
    if origin is tuple and isinstance(part, int):
        return arguments[0] if arguments[-1] is Ellipsis else arguments[min(part, len(arguments) - 1)]
    return None


def table_of(annotation: Any) -> Any:
    """The option class whose keys may stand here, also where there may be no table: ``Prior | None``."""
    if get_origin(annotation) in (Union, UnionType):
        return next((kind for kind in get_args(annotation) if fields_of(kind)), None)
    return annotation


def example_of(cls: Any, location: Location) -> str:
    """What could be typed for a list at a location: its default, or else values of its type."""
    *table, key = location
    field = fields_of(table_of(type_at(cls, tuple(table)))).get(str(key))
    if field and isinstance(field.default, tuple) and field.default and not fields_of(type(field.default[0])):
        return toml(field.default)
    values = _example(type_at(cls, location), count(1))
    return toml(values) if isinstance(values, tuple) else ""


def _example(annotation: Any, numbers: Iterator[int]) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _example(arguments[0], numbers)
    if origin in (Union, UnionType):  # of several, the list, which is what the example is for
        kinds = [kind for kind in arguments if kind is not type(None)]
        kind = next((kind for kind in kinds if get_origin(kind) is tuple or "tuple" in str(kind)), kinds[0])
        return _example(kind, numbers)
    if origin is tuple:
        kinds = [arguments[0]] * 2 if arguments[-1] is Ellipsis else list(arguments)
        return tuple(_example(kind, numbers) for kind in kinds)
    if origin is Literal:
        return arguments[0]
    number = next(numbers)
    return chr(ord("a") + number - 1) if annotation is str else number
