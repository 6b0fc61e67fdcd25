"""Options as the TOML that they would be read from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from pydantic import TypeAdapter


def table_of(options: Any, registry: Mapping[str, Any], tag: str) -> dict[str, Any]:
    """Return the keys of an option object that differ from their defaults, after the name of its class.

    Parameters
    ----------
    options : object
        Of one of the registry's classes.
    registry : mapping of str to type
    tag : str
        The key that names the class, such as "dataset".

    Returns
    -------
    dict
        Ready for `toml`; empty if the class is in no registry.
    """
    name = next((name for name, known in registry.items() if known is type(options)), None)
    if name is None:
        return {}
    said: dict[str, Any] = TypeAdapter(type(options)).dump_python(options, exclude_defaults=True)
    return {tag: name} | said


def toml(heading: str, table: Mapping[str, Any]) -> str:
    """Write a table.

    Parameters
    ----------
    heading : str
        Such as ``[data]`` or ``[[panels]]``; empty for keys at the top of a file.
    table : mapping of str to value
        Whose values are texts, numbers, lists and mappings; what is None is left out.

    Returns
    -------
    str
        Ends with a line break.

    Examples
    --------
    >>> print(toml("[data]", {"path": "a.csv", "columns": ["x", "y"]}), end="")
    [data]
    path = "a.csv"
    columns = ["x", "y"]
    """
    lines = [f"{_key(name)} = {_value(value)}" for name, value in table.items() if value is not None]
    return "\n".join([heading] * bool(heading) + lines) + "\n"


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "a").replace("-", "a").isalnum() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | PurePath):
        # JSON's escapes are TOML's, but for a lone half of a pair.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items() if each is not None)
        return f"{{ {inside} }}" if inside else "{}"
    return f"[{', '.join(_value(each) for each in value)}]"
