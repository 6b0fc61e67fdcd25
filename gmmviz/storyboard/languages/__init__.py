"""The languages that films speak: a file each, with the tables [words] and [captions] of a scene.

To add one, copy a file, translate what stands between quotes, and keep what stands in braces. A scene may also
take such a file from elsewhere: ``extends = "pt.toml"``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

T = TypeVar("T")
TRADITIONAL = {"hant", "tw", "hk", "mo"}  # Chinese that is written in other letters than those shipped


@cache
def shipped() -> tuple[str, ...]:
    """Return the languages that have a file, in the order of their tags."""
    names = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def translation(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the words and captions of a language, without any if it has no file.

    Parameters
    ----------
    language : str
        A BCP 47 tag: ``"de-AT"`` is found as ``"de"``.

    Returns
    -------
    mapping
        The tables ``"words"`` and ``"captions"``.
    """
    name = find(language, {name: name for name in shipped()})
    if name is None:
        return {}
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def find(language: str, known: Mapping[str, T]) -> T | None:
    """Return what is known of a language, or else of a more general one (the lookup of RFC 4647)."""
    return next((known[tag] for tag in _tags(language) if tag in known), None)


def _tags(language: str) -> Iterator[str]:
    parts = language.lower().split("-")
    shortest = 2 if parts[0] == "zh" and TRADITIONAL.intersection(parts) else 1
    return ("-".join(parts[:n]) for n in range(len(parts), shortest - 1, -1))


Templates = TypeVar("Templates", bound=Any)


def translated(templates: Templates, language: str) -> Templates:
    """Return captions in a language: those that are still the English ones are replaced.

    Parameters
    ----------
    templates : Captions
        What the film was given.
    language : str
        A BCP 47 tag.

    Returns
    -------
    Captions
        The same, if the language has no file.
    """
    usual, own = type(templates)(), translation(language).get("captions", {})
    names = [field.name for field in fields(templates) if field.name in own]
    return replace(templates, **{n: own[n] for n in names if getattr(templates, n) == getattr(usual, n)})
