"""The named families that a scene chooses from: renderers, data sets, starts, formats, themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar, overload

from gmmviz.errors import InputError, brief, hint, listed

T = TypeVar("T")
Member = TypeVar("Member")


class Registry(Mapping[str, T]):
    """The members of one family by name, in the order in which they were registered.

    Parameters
    ----------
    kind : str
        What messages call one member, such as ``"renderer"``.

    Examples
    --------
    >>> planets = Registry("planet")
    >>> planets.register("earth", 1.0)
    1.0
    >>> @planets.register("mars")
    ... class Mars: ...
    >>> planets
    <Registry of planets: 'earth' and 'mars'>
    >>> planets["earht"]
    Traceback (most recent call last):
    gmmviz.errors.InputError: unknown planet 'earht'; did you mean 'earth'?
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._members: dict[str, T] = {}

    @overload
    def register(self, name: str, /) -> Callable[[Member], Member]: ...

    @overload
    def register(self, name: str, member: Member, /) -> Member: ...

    def register(self, name: str, /, *member: Member) -> Member | Callable[[Member], Member]:
        """Add a value under `name`, or return a decorator that adds a class.

        Parameters
        ----------
        name : str
            The name by which a scene chooses the member.
        *member : object
            The value to add. Without one, this is a decorator.

        Returns
        -------
        object or decorator
            The member, or a decorator that returns the class it is given.

        Raises
        ------
        ValueError
            If the name is taken, or no text.
        """
        if not isinstance(name, str):
            raise InputError(f"name must be a text, not {brief(name)}", "name")

        def add(new: Member) -> Member:
            if name in self._members:
                raise ValueError(f"the {self.kind} {name!r} is registered already: choose another name")
            self._members[name] = new  # type: ignore[assignment]
            return new

        return add(*member) if member else add

    def __getitem__(self, name: str) -> T:
        if name in self:
            return self._members[name]
        raise InputError(f"unknown {self.kind} {brief(name)}; {hint(name, self)}")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"<Registry of {self.kind}s: {listed(self, 'and') or 'empty'}>"
