"""Calls that are held to their annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from pydantic import Field

from gmmviz.errors import InputError
from gmmviz.options import Contract, Count, Index, NotNegative, Size, checked, unchecked

if TYPE_CHECKING:
    from decimal import Decimal as Unknown


class Ship:
    """A kind of its own."""


def refused(annotation, value):
    """The sentence about a value of the wrong kind; None if it is let in."""

    def take(cargo):
        return cargo

    take.__annotations__["cargo"] = annotation
    try:
        assert checked(take)(value) is value
    except InputError as error:
        return str(error).removeprefix(f"{error.place[0]} must be ")
    return None


RIGHT = {
    "whole number": (int, [3, np.int64(3), 10**400]),
    "number": (float, [3, 2.5, np.float32(1), float("nan")]),
    "text": (str, ["", "a", np.str_("a")]),
    "flag": (bool, [True, np.bool_(False)]),
    "class": (Ship, [Ship()]),
    "optional class": (Ship | None, [Ship(), None]),
    "choice": (Literal["a", "b"], ["a"]),
    "bounded whole number": (Count, [1, 10**9]),
    "bounded number": (NotNegative, [0, 1e300]),
    "list of numbers": (tuple[int, ...], [(), [1, 2], (1,), np.array([1, 2]), {3}, iter([1])]),
    "list of texts": (Sequence[str], [["a"], ()]),
    "pair": (tuple[Index, float], [(0, 0.5), [3, 1]]),
    "iterable": (Iterable[Ship], [[Ship()], (Ship() for _ in ())]),
    "function": (Callable[[int], int], [abs, Ship]),
    "dict": (Mapping[str, Any], [{}]),
    "path": (Path | str, ["a", Path("a")]),
    "anything": (Any, [3, None]),
    "object": (object, [3]),
    "what becomes an array": (npt.ArrayLike, [3, [], "a"]),
    "array": (npt.NDArray[np.float64], [3]),
}
WRONG = [
    (int, 2.0, "a whole number, not 2.0"),
    (int, True, "a whole number, not True"),
    (float, "3", "a number, not '3'"),
    (float, 10**400, f"a number, not {'1' + 37 * '0'}...{39 * '0'}"),
    (str, b"x", "a text, not b'x'"),
    (bool, 1, "True or False, not 1"),
    (Ship, Ship, "a Ship, not the class Ship"),
    (Ship | None, 3, "a Ship, not 3"),
    (Ship | str, [], "a Ship or a text, not []"),
    (Literal["a", "b"], "c", "'a' or 'b', not 'c'"),
    (Literal["a", "b"], np.array(["a"]), "'a' or 'b', not an array of shape (1,)"),
    (Count, 0, "a whole number (1 or more), not 0"),
    (Size, 2**40, "a whole number from 1 to 100,000,000, not 1099511627776"),
    (Annotated[float, Field(gt=0, lt=1)], 1.0, "a number greater than 0 and less than 1, not 1.0"),
    (NotNegative, float("inf"), "a finite number (0 or more), not inf"),
    (tuple[int, ...], [1, "a"], "a list, each a whole number, not [1, 'a']"),
    (tuple[int, ...], "12", "a list, each a whole number, not '12'"),
    (tuple[int, ...], {1: 2}, "a list, each a whole number, not {1: 2}"),
    (tuple[int, ...], np.array(1), "a list, each a whole number, not array(1)"),
    (tuple[int, int], (1, 2, 3), "a list of 2, each a whole number, not (1, 2, 3)"),
    (tuple[int, int], iter([1, 2]), "a list of 2, each a whole number, not a list_iterator"),
    (Ship | Sequence[Ship], 3, "a Ship or a list of them, not 3"),
    (Callable[[int], int], 3, "a function, not 3"),
    (Mapping[str, Any], [], "a dict, not []"),
    (Path | str, 3, "a pathlib.Path or a text, not 3"),
]


@pytest.mark.parametrize(("annotation", "values"), RIGHT.values(), ids=RIGHT)
def test_value_of_the_right_kind_is_let_in_as_it_is(annotation, values):
    assert [refused(annotation, value) for value in values] == [None] * len(values)


@pytest.mark.parametrize(("annotation", "value", "sentence"), WRONG, ids=[sentence for *_, sentence in WRONG])
def test_value_of_a_wrong_kind_is_one_sentence(annotation, value, sentence):
    assert refused(annotation, value) == sentence


@checked
def sail(ship: Ship, /, *crew: int, days: int = 3, **more: int) -> str:
    """Say how long."""
    return f"{days} days with {len(crew)}"


def test_arguments_go_where_they_went_before():
    assert sail(Ship(), 1, 2, days=4) == "4 days with 2"
    assert sail.__doc__ == "Say how long."
    with pytest.raises(InputError, match=r"^days must be a whole number, not 'many'$"):
        sail(Ship(), 1, 2, days="many")


def test_missing_and_surplus_arguments_are_pythons_own_error():
    @checked
    def land(day: int) -> None: ...

    for wrong in (lambda: land(), lambda: land(1, 2), lambda: land(1, hour=2)):
        with pytest.raises(TypeError, match="argument"):
            wrong()


@checked
@dataclass(frozen=True, slots=True)
class Port:
    """Where ships land."""

    name: str
    depth: float = 5.0


def test_constructor_of_a_class_is_checked():
    assert Port("Oslo").depth == 5.0
    with pytest.raises(InputError, match=r"^name must be a text, not 3$"):
        Port(3)


def test_unchecked_class_is_made_without_a_look():
    assert unchecked(Port)(3, depth="deep").name == 3


class Vessel(Contract):
    """What can sail."""

    def sail(self, days: Count) -> int:
        """Sail for so many days."""
        return days


class Raft(Vessel):
    def sail(self, days):
        return -days

    def sink(self, depth: float):
        return depth

    def _drift(self, days: int):
        return days


class Buoy(Vessel):
    def sail(self, days: Unknown, flags: Unknown | None = None):
        return flags


def test_method_is_checked_by_the_contract_and_by_its_own_annotations():
    assert Raft().sail(3) == -3
    assert Raft()._drift("long") == "long"
    with pytest.raises(InputError, match=r"^days must be a whole number"):
        Raft().sail(0)
    with pytest.raises(InputError, match=r"^depth must be a number, not None$"):
        Raft().sink(None)


def test_annotations_that_only_a_type_checker_knows_are_left_out():
    assert Buoy().sail(1, flags=2) == 2
    with pytest.raises(InputError, match=r"^days must be"):
        Buoy().sail("far")
