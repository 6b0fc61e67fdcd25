from abc import ABC, abstractmethod
from typing import ClassVar

import pytest

import gmmviz as gv
from gmmviz.options import family_of, options


class Pet(ABC):
    width: ClassVar[float] = 1.0

    @abstractmethod
    def feed(self, food, often=1): ...

    @abstractmethod
    def call(self): ...

    @property
    def reach(self):
        return 0.0


@options
class Cat(Pet):
    """A cat."""

    lives: int = 9
    """How many."""

    def feed(self, food, often=2):
        """Feed it."""

    def call(self):
        """Call it."""


class Kitten(Cat):
    """Adds no options."""

    @property
    def width(self):
        return self.lives / 9


def variant(options_too=True, base=Cat, **names):
    made = type("Made", (base,), {"__doc__": "Made."} | names)
    return options(made) if options_too else made


@pytest.mark.parametrize("member", [Cat, Kitten, variant(reach=3), variant(call=lambda self, *loudly: None)])
def test_option_class_with_all_methods_belongs_to_the_family(member):
    assert family_of(Pet)(member) == ""


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        (3, "must be a class made from Pet, not 3"),
        (Cat(), "must be a class made from Pet, not Cat(lives=9)"),
        (int, "must be made from Pet: write class int(Pet)"),
        (variant(base=Pet), "lacks 'call' and 'feed', which every Pet has"),
        (variant(feed=lambda self: None), "has a feed that cannot be called as feed(food, often)"),
        (variant(reach=None), "has reach = None, which must be a number"),
        (variant(width="wide"), "has width = 'wide', which must be a number"),
        (
            variant(options_too=False, __annotations__={"color": str}),
            "needs @options, between @register and its class",
        ),
        (
            variant(options_too=False, base=Pet, feed=Cat.feed, call=Cat.call),
            "needs @options, between @register and its class",
        ),
    ],
)
def test_what_a_member_lacks_is_said(member, wrong):
    assert family_of(Pet)(member) == wrong


@pytest.mark.parametrize("registry", [gv.RENDERERS, gv.DATASETS, gv.STARTS, gv.ENCODERS, gv.THEMES])
def test_every_family_is_checked_when_something_is_registered(registry):
    names = list(registry)
    with pytest.raises(gv.InputError, match=rf"^the {registry.kind} 'wrong' must be a"):
        registry.register("wrong", object())

    assert list(registry) == names
    for member in registry.values():
        assert registry._check(member) == ""


def test_format_that_wants_what_there_is_not_is_refused():
    with pytest.raises(gv.InputError, match=r"^the format 'wrong' wants 'image'; did you mean 'images'\?$"):

        @gv.ENCODERS.register("wrong")
        class Wrong(gv.ENCODERS["gif"]):
            wants = "image"
