"""What every member of a family of option classes must be, checked when it is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import get_annotations, getattr_static, isfunction, signature
from numbers import Real
from typing import Any

from gmmviz.errors import listed

NUMBERS = ("width", "reach", "tick")  # of a class, or properties


def family_of(base: type) -> Callable[[Any], str]:
    """Return the check of a registry whose members are option classes made from `base`.

    Parameters
    ----------
    base : type
        The contract.

    Returns
    -------
    callable
        For `gmmviz.registry.Registry`: from a member to what is wrong with it, or an empty text.
    """

    def check(member: Any) -> str:
        if not isinstance(member, type):
            return f"must be a class made from {base.__name__}, not {member!r:.60}"
        if not issubclass(member, base):
            return f"must be made from {base.__name__}: write class {member.__name__}({base.__name__})"
        lacking = sorted(getattr(member, "__abstractmethods__", ()))
        if lacking:
            return f"lacks {listed(lacking, 'and')}, which every {base.__name__} has"
        for name, wanted in _methods(base):
            if not _takes(getattr(member, name), wanted):
                return f"has a {name} that cannot be called as {name}({', '.join(wanted)})"
        for name in NUMBERS:
            given = getattr_static(member, name, 0)
            if not isinstance(given, Real) and not hasattr(given, "__get__"):
                return f"has {name} = {given!r:.60}, which must be a number"
        if not _is_option_class(member):
            return "needs @options, between @register and its class"
        return ""

    return check


def _methods(base: type) -> Iterator[tuple[str, list[str]]]:
    """Yield the contract's methods, each with the names of its arguments."""
    for name, method in vars(base).items():
        if isfunction(method) and not name.startswith("_"):
            yield name, list(signature(method).parameters)[1:]


def _takes(method: Any, wanted: list[str]) -> bool:
    """Whether so many arguments can be given."""
    try:
        signature(method).bind(None, *wanted)
    except TypeError:
        return False
    return True


def _is_option_class(cls: type) -> bool:
    """Whether `options` has made it, or the class that it adds nothing to."""
    return "__pydantic_fields__" in vars(cls) or (hasattr(cls, "__pydantic_fields__") and not get_annotations(cls))
