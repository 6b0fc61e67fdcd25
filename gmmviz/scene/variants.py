"""Several runs in one film: the variants that a scene lists, or every combination of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from gmmviz.errors import InputError, hint
from gmmviz.options import fields_of, shown
from gmmviz.scene.checking import Problem
from gmmviz.scene.layers import Layer, merged
from gmmviz.scene.limits import Limits
from gmmviz.scene.places import Path as Location
from gmmviz.scene.tables import FAMILIES, ModelTable
from gmmviz.storyboard.words import literal

TABLES = ("data", "model")  # in which runs may differ


@dataclass(frozen=True, slots=True)
class RunDocument:
    """What the scene says of one run, before it is checked."""

    name: str
    document: dict[str, Any]
    layers: tuple[Layer, ...]


def run_documents(
    document: dict[str, Any], layers: Sequence[Layer], limits: Limits
) -> tuple[list[RunDocument], list[Problem]]:
    """One document per run of the film, each as if the scene had been written for it alone."""
    variants, sweep = document.get("variants"), document.get("sweep")
    problems: list[Problem] = []
    runs: list[RunDocument] = []
    if variants and sweep:
        problems.append(Problem(("sweep",), "a film has [variants] or a [sweep], not both", at_key=True))
    elif isinstance(variants, dict):
        if not problem_with_number(problems, limits, len(variants), "variants"):
            runs = list(_variants(document, variants, layers))
    elif isinstance(sweep, dict):
        swept = list(_swept(sweep, (), problems))
        n_runs = prod(len(values) for _, _, values in swept)
        if swept and not problem_with_number(problems, limits, n_runs, "sweep"):
            runs = list(_combinations(document, swept, layers))
            names = [run.name for run in runs]
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice:
                problems.append(Problem(("sweep",), f"two runs would be called {twice!r}: list each value once"))
    return runs or [RunDocument("", document, tuple(layers))], problems


def problem_with_number(problems: list[Problem], limits: Limits, n_runs: int, table: str) -> bool:
    """Whether these are too many runs; if so, note the problem."""
    try:
        limits.keep("runs", n_runs, f"the film would show {n_runs:,} runs side by side")
    except InputError as error:
        problems.append(Problem((table,), str(error)))
        return True
    return False


def _variants(
    document: dict[str, Any], variants: dict[str, Any], layers: Sequence[Layer]
) -> Iterator[RunDocument]:
    for name, variant in variants.items():
        changes = {key: variant[key] for key in TABLES if key in variant} if isinstance(variant, dict) else {}
        mounts: dict[Location, Location] = {(key,): ("variants", name, key) for key in TABLES}
        own = [Layer(layer.source, mounts) for layer in layers]
        yield RunDocument(name, merged(document, changes), (*own, *layers))


def _swept(
    table: dict[str, Any], path: Location, problems: list[Problem]
) -> Iterator[tuple[Location, Location, list[Any]]]:
    """Yield where the values go, where they are listed, and the values."""
    for key, values in table.items():
        here = (*path, key)
        if isinstance(values, dict):
            if path or key in TABLES:
                yield from _swept(values, here, problems)
                continue
        elif isinstance(values, list) and values:
            target = here if path else _short(key)
            if target:
                yield target, ("sweep", *here), values
                continue
        if not path and key not in TABLES and not _short(key):
            known = ["seed", *fields_of(ModelTable), *TABLES]
            problems.append(Problem(("sweep", *here), f"unknown key; {hint(key, known)}", at_key=True))
        else:
            message = f"expected a list of values to try, such as [1, 2, 3], got {shown(values)}"
            problems.append(Problem(("sweep", *here), message))


def _short(key: str) -> Location:
    """The key of the scene that a short name stands for."""
    if key == "seed":
        return ("model", "start", "seed")
    return ("model", key) if key in fields_of(ModelTable) else ()


def _combinations(
    document: dict[str, Any], swept: list[tuple[Location, Location, list[Any]]], layers: Sequence[Layer]
) -> Iterator[RunDocument]:
    for choice in product(*(range(len(values)) for _, _, values in swept)):
        changed, mounts, words = document, {}, []
        for i, (target, listed, values) in zip(choice, swept, strict=True):
            changed = merged(changed, _nested(target, values[i]))
            mounts[target] = (*listed, i)
            words.append(_words(target, values[i], i))
        own = [Layer(layer.source, mounts) for layer in layers]
        yield RunDocument(", ".join(words), changed, (*own, *layers))


def _nested(path: Location, value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _words(target: Location, value: Any, i: int) -> str:
    """The value as a part of the run's name."""
    key = str(target[-1])
    if isinstance(value, dict) and key in FAMILIES:
        value = value.get(FAMILIES[key].tag, value)
    if isinstance(value, str):
        return literal(value)  # it may be the name of a file
    if isinstance(value, dict | list):
        return f"{key} {i + 1}"
    if key == "seed":
        return f"sample {shown(value)}" if target[0] == "data" else f"seed {shown(value)}"
    return f"{'K' if target == ('model', 'components') else key} = {shown(value)}"
