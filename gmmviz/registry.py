"""The named families of classes that a scene chooses from: renderers, data sets, starts, formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from gmmviz.errors import InputError, hint

T = TypeVar("T")
Class = TypeVar("Class", bound=type)


class Registry(Mapping[str, type[T]]):
    """Names of one family, in the order in which they were registered.

    Parameters
    ----------
    kind : str
        What one member is called in messages, such as ``"renderer"``.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._members: dict[str, type[T]] = {}

    def register(self, name: str) -> Callable[[Class], Class]:
        """Return a class decorator that adds the class under `name`.

        Raises
        ------
        ValueError
            If the name is taken.
        """

        def add(member: Class) -> Class:
            if name in self._members:
                raise ValueError(f"the {self.kind} {name!r} is registered twice")
            self._members[name] = member
            return member

        return add

    def __getitem__(self, name: str) -> type[T]:
        try:
            return self._members[name]
        except KeyError:
            raise InputError(f"unknown {self.kind} {name!r}; {hint(name, self)}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)
