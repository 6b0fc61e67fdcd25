"""Layers of a scene: a file, the files that it extends, and what lies on top of them.

A key is taken from the uppermost layer that has it, and a complaint about it points into that layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gmmviz.errors import InputError
from gmmviz.options import dotted
from gmmviz.scene.limits import Limits
from gmmviz.scene.places import Path as Location
from gmmviz.scene.sources import SceneError, Source, read_file
from gmmviz.scene.tables import FAMILIES

DEEPEST = 10  # files in a chain of `extends`


@dataclass(frozen=True, slots=True)
class Layer:
    """A source, and where in it the scene's keys stand.

    Parameters
    ----------
    source : Source
    mounts : mapping
        From a key of the scene to where the source has it: a variant's model stands in
        ``variants.NAME.model``.
    """

    source: Source
    mounts: Mapping[Location, Location] = field(default_factory=lambda: {(): ()})

    def find(self, location: Location) -> Location | None:
        """Where the source has this key of the scene, if it does."""
        for here, there in self.mounts.items():
            if location[: len(here)] == here:
                found = (*there, *location[len(here) :])
                if found in self.source.places:
                    return found
                if self.source.option and tuple(map(str, found)) in self.source.places:  # panels.0.radii
                    return found
        return None


def locate(layers: Sequence[Layer], location: Location) -> tuple[Source, Location]:
    """The source that has this key, and where; if none has it, the source of the nearest table around it."""
    for end in range(len(location), 0, -1):
        for layer in layers:
            found = layer.find(location[:end])
            if found is not None:
                return layer.source, (*found, *location[end:])
    return next((layer.source for layer in layers if not layer.source.option), layers[0].source), location


def merged(below: Any, above: Any, name: str = "") -> Any:
    """Lay one document over another, table by table; a list is replaced as a whole.

    A table that chooses another class than the one below replaces it as a whole.
    """
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    family = FAMILIES.get(name)
    if family and family.tag in above and above[family.tag] != below.get(family.tag, family.default):
        return above
    return below | {key: merged(below.get(key), value, key) for key, value in above.items()}


def counted_in(below: Any, above: Any, *place: str | int) -> Any:
    """A setting's document, where its keys may be numbers that count a list of the scene, from 0: as the list.

    Raises
    ------
    InputError
        If the scene has no such entry.
    """
    if not isinstance(above, dict):
        return above
    numbers = all(key.isdecimal() and len(key) < 10 for key in above)
    if not (numbers and isinstance(below, list)):
        if numbers and below is None and place == ("panels",):
            raise InputError(
                "the scene leaves its panels open, so that they have no numbers: add [[panels]] to it"
            )
        tables = below if isinstance(below, dict) else {}
        return {key: counted_in(tables.get(key), value, *place, key) for key, value in above.items()}
    entries = list(below)
    for key, value in above.items():
        number, name = int(key), dotted(place)[:-2]
        if number >= len(entries):
            raise InputError(f"there is no {name}[{key}]: the scene has {len(entries)} of them, counted from 0")
        entry = entries[number]
        entries[number] = merged(entry, counted_in(entry, value, *place, number), str(place[-1]))
    return entries


def read_chain(path: Path, limits: Limits) -> list[Source]:
    """Read a scene file and the files that it extends, nearest first.

    Raises
    ------
    InputError
        If one cannot be read, or they extend one another in a circle.
    """
    chain = [read_file(path, limits)]
    seen = [path.resolve()]
    for source in _ancestors(chain[0], limits):
        if source.path.resolve() in seen:
            child = chain[-1]
            raise SceneError(
                child.complaint(("extends",), f"{source.path} extends this file in turn: take one of them out")
            )
        if len(chain) == DEEPEST:
            raise SceneError(
                chain[-1].complaint(("extends",), f"{DEEPEST} files extend one another already: put some together")
            )
        chain.append(source)
        seen.append(source.path.resolve())
    return chain


def _ancestors(child: Source, limits: Limits) -> Iterator[Source]:
    while isinstance(name := child.document.get("extends"), str):
        try:
            parent = read_file(child.path.parent / name, limits)
        except SceneError:
            raise
        except InputError as error:
            raise SceneError(child.complaint(("extends",), str(error))) from None
        yield parent
        child = parent
