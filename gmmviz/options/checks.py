"""Checks of single arguments, for functions that are no option classes."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real

from gmmviz.errors import InputError, hint


def check_choice(name: str, given: object, known: Iterable[str]) -> None:
    """Raise `InputError` unless `given` is one of the known names."""
    known = list(known)
    if given not in known:
        raise InputError(f"unknown {name} {given!r}; {hint(given, known)}")


def check_whole(name: str, given: object, least: int) -> None:
    """Raise `InputError` unless `given` is a whole number, `least` or more."""
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
