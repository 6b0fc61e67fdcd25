"""Checks of single arguments, for functions that are no option classes and say more than their annotations do."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any, TypeGuard

import numpy as np

from gmmviz.errors import InputError, brief, hint


def check_choice(name: str, given: object, known: Iterable[str]) -> None:
    """Raise `InputError` unless `given` is one of the known names."""
    known = list(known)
    if not isinstance(given, str) or given not in known:
        raise InputError(f"unknown {name} {brief(given)}; {hint(given, known)}")


def check_whole(name: str, given: object, least: int, most: int | None = None) -> None:
    """Raise `InputError` unless `given` is a whole number, `least` or more, and no more than `most`."""
    if not is_whole(given):
        raise InputError(f"{name} must be a whole number, {least} or more, not {brief(given)}")
    if int(given) < least:
        raise InputError(f"{name} must be {least} or more, not {brief(given)}")
    if most is not None and int(given) > most:
        raise InputError(f"{name} must be at most {most:,}, not {brief(given)}", name)


def check_not_negative(name: str, given: object, other: str = "") -> None:
    """Raise `InputError` unless `given` is a number, 0 or more; `other` says what else would do."""
    if not is_number(given):
        raise InputError(f"{name} must be {other}a number, 0 or more, not {brief(given)}", name)
    if not given >= 0:
        raise InputError(f"{name} must be {other}0 or more, not {brief(given)}", name)


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether the value is a whole number, Python's or NumPy's; True and False are none."""
    return type(value) is int or (isinstance(value, int | np.integer) and not isinstance(value, bool))


def is_number(value: Any) -> TypeGuard[float]:
    """Whether the value is a real number, and within floating point; True and False are none."""
    if type(value) is float:  # nearly always, and five times as quick
        return True
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True
