"""An option class in words: its fields, their types and their defaults."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gmmviz.options.names import NameIn

WIDTH = 100  # characters of a line of documentation


def fields_of(cls: Any) -> dict[str, FieldInfo]:
    """The fields of an option class that are keys of a scene, by name; none for anything else."""
    fields = getattr(cls, "__pydantic_fields__", None) or {}
    return {name: field for name, field in fields.items() if not field.exclude}


def one_line(text: str | None) -> str:
    """The text without its line breaks."""
    return " ".join((text or "").split())


def toml(value: Any) -> str:
    """The value as a scene file has it."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(toml(item) for item in value)}]"
    if isinstance(value, float):
        return f"{value:.15g}"
    return json.dumps(value, ensure_ascii=False)


def _class_name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


def in_words(annotation: Any, metadata: Iterable[Any] = (), name: Callable[[Any], str] = _class_name) -> str:
    """A type as a person says it.

    Parameters
    ----------
    annotation : type
        A type, with or without `Annotated`.
    metadata : iterable
        What pydantic knows of the type beside the annotation, such as bounds.
    name : callable
        What to call a class; by default as Python does.

    Returns
    -------
    str
        Such as ``"list of float greater than 0"``.
    """
    metadata = [part for each in metadata for part in (each.metadata if isinstance(each, FieldInfo) else [each])]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return in_words(arguments[0], [*arguments[1:], *metadata], name)
    names = next((part for part in metadata if isinstance(part, NameIn) and not part.find), None)
    if names:
        return " or ".join(toml(each) for each in names.registry)
    if origin in (Union, UnionType):
        return " or ".join(in_words(kind, (), name) for kind in arguments if kind is not NoneType)
    if origin is Literal:
        return " or ".join(toml(value) for value in arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return f"list of {_plural(in_words(arguments[0], (), name))}"
    if origin is tuple:
        return f"[{', '.join(in_words(kind, (), name) for kind in arguments)}]"
    return f"{name(annotation)} {bounds_in_words(metadata)}".rstrip()


def _plural(words: str) -> str:
    if " or " in words:
        return f"({words})"
    return re.sub(r"^(list|number|whole number|text|table)\b", r"\1s", words)


def bounds_in_words(metadata: Sequence[Any]) -> str:
    """Bounds of a number as a person says them, such as ``"from 1 to 120"``; empty if there are none."""
    lower: dict[str, Any] = {f"greater than {part.gt}": part.gt for part in metadata if isinstance(part, Gt)}
    lower |= {f"from {_grouped(part.ge)}": part.ge for part in metadata if isinstance(part, Ge)}
    upper: dict[str, Any] = {f"less than {part.lt}": part.lt for part in metadata if isinstance(part, Lt)}
    upper |= {f"at most {_grouped(part.le)}": part.le for part in metadata if isinstance(part, Le)}
    # The narrower bound holds. Of two equal ones the first does, which excludes the value itself.
    words = [max(lower, key=lower.__getitem__)] if lower else []
    words += [min(upper, key=upper.__getitem__)] if upper else []
    return re.sub("^(from .*) and at most", r"\1 to", " and ".join(words))


def _grouped(bound: Any) -> str:
    return f"{bound:,}" if bound >= 10**6 else str(bound)


def with_parameters(text: str, cls: type) -> str:
    """The docstring with a section on the fields of the class, before its other sections."""
    text = cleandoc(text)
    if not getattr(cls, "__pydantic_fields__", None):
        return text
    section = "\n".join(["Parameters", "----------", *_parameters(cls)])
    other = re.search(r"^\w+\n-{3,}$", text, flags=re.MULTILINE)
    end = other.start() if other else len(text)
    return "\n\n".join(part for part in (text[:end].rstrip(), section, text[end:]) if part)


def _parameters(cls: Any) -> Iterator[str]:
    for name, field in cls.__pydantic_fields__.items():
        yield f"{name} : {in_words(field.annotation, field.metadata)}{_default(field)}"
        if field.description:
            yield textwrap.indent(textwrap.fill(one_line(field.description), WIDTH - 4), " " * 4)


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None or field.default is None:
        return ", optional"
    return "" if field.default is PydanticUndefined else f", default {_python(field.default)}"


def _python(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_python, value))}]"
    if fields_of(type(value)):
        return f"{type(value).__name__}()"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
