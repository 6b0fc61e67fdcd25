"""Checks of single arguments, for functions that are no option classes."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real

from gmmviz.errors import InputError, brief, hint


def check_choice(name: str, given: object, known: Iterable[str]) -> None:
    """Raise `InputError` unless `given` is one of the known names."""
    known = list(known)
    if not isinstance(given, str) or given not in known:
        raise InputError(f"unknown {name} {brief(given)}; {hint(given, known)}")


def check_whole(name: str, given: object, least: int) -> None:
    """Raise `InputError` unless `given` is a whole number, `least` or more."""
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise InputError(f"{name} must be a whole number, {least} or more, not {brief(given)}")
    if int(given) < least:
        raise InputError(f"{name} must be {least} or more, not {brief(given)}")


def check_not_negative(name: str, given: object) -> None:
    """Raise `InputError` unless `given` is a number, 0 or more."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise InputError(f"{name} must be a number, 0 or more, not {brief(given)}")
    if not float(given) >= 0:
        raise InputError(f"{name} must be 0 or more, not {brief(given)}")
