"""Option classes: what they accept, what they say of what they do not, and what their documentation says."""

from typing import Annotated

import numpy as np
import pytest
from pydantic import Field

import gmmviz as gv
from gmmviz.errors import InputError
from gmmviz.options import Count, Flag, Number, Positive, Seconds, Seed, Whole, options


@options
class Pause:
    """A rest between two steps.

    It may be silent.

    Raises
    ------
    InputError
        If it is too long.
    """

    silent: Flag
    """Whether nothing is heard."""
    length: Annotated[Seconds, Field(gt=0)] = 0.5
    """Seconds that it lasts; this text is long enough that it does not fit into one line of the
    documentation, which has a hundred characters."""
    words: tuple[str, ...] = ("so", "then")
    """What is said."""
    name: str | None = None
    """What it is called."""
    next: gv.Pace = gv.Pace()
    """The pace afterwards."""


def test_documentation_ends_with_the_parameters_before_other_sections():
    assert (
        Pause.__doc__
        == """\
A rest between two steps.

It may be silent.

Parameters
----------
silent : bool
    Whether nothing is heard.
length : float greater than 0 and at most 86400, default 0.5
    Seconds that it lasts; this text is long enough that it does not fit into one line of the
    documentation, which has a hundred characters.
words : list of str, default ["so", "then"]
    What is said.
name : str, optional
    What it is called.
next : Pace, default Pace()
    The pace afterwards.

Raises
------
InputError
    If it is too long."""
    )


def test_help_shows_the_parameters():
    import pydoc

    text = pydoc.plain(pydoc.render_doc(gv.Moons))

    assert "noise : float greater than 0, default 0.08" in text
    assert "Standard deviation of the points around their half circle." in text


def test_class_without_fields_is_documented_by_its_text_alone():
    @options
    class Nothing:
        """Nothing at all."""

    assert Nothing.__doc__ == "Nothing at all."


def test_every_faulty_argument_is_named():
    with pytest.raises(gv.InputError) as caught:
        Pause(silent=1, words=["a", 2], lenght=3)

    assert str(caught.value) == (
        "Pause: silent: expected true or false, got 1; words[1]: expected a text, got 2; "
        "lenght: unknown key; did you mean 'length'?"
    )


def test_argument_given_by_position_is_named():
    with pytest.raises(gv.InputError) as first:
        gv.Pace(1, "long", iterations="some")
    with pytest.raises(gv.InputError) as many:
        gv.Moons(400, 0.1, 0, 7)

    assert str(first.value) == (
        "Pace: first_e: expected a number, got 'long'; "
        "iterations: expected 'all' or a whole number or a list, got 'some'"
    )
    assert str(many.value) == "Moons: [3]: Unexpected positional argument, got 7"


def test_missing_argument_is_named():
    with pytest.raises(gv.InputError) as caught:
        Pause()

    assert str(caught.value) == "Pause: silent: this key is missing"


def test_values_are_frozen_and_compared_by_their_options():
    pause = Pause(silent=True)

    assert pause == Pause(length=0.5, silent=True)
    assert pause != Pause(silent=False)
    with pytest.raises(AttributeError):
        pause.silent = False


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Whole, [-3, 0, 2**70], [3.0, True, "2"]),
        (Count, [1, 7], [0, -1, 1.5]),
        (Seed, [0, 7], [-1, True]),
        (Number, [-1, 2.5], [float("nan"), float("inf"), "1", True]),
        (Positive, [0.1, 3], [0, -0.1, float("inf")]),
        (Seconds, [0, 86_400], [-0.1, 86_401, float("nan")]),
        (Flag, [True, False], [0, 1, "true"]),
    ],
)
def test_types_are_strict(kind, good, bad):
    @options
    class Holder:
        value: kind

    for value in good:
        assert Holder(value).value == value
    for value in bad:
        with pytest.raises(gv.InputError):
            Holder(value)


def test_numbers_of_numpy_are_numbers():
    @options
    class Shelf:
        boards: Count
        length: Positive
        painted: Flag

    shelf = Shelf(np.int64(3), np.float32(1.5), np.bool_(True))

    assert [(type(value), value) for value in vars(shelf).values()] == [(int, 3), (float, 1.5), (bool, True)]
    with pytest.raises(
        InputError, match=r"^Shelf: boards: expected a whole number, got 3.5; length: expected a number"
    ):
        Shelf(np.float64(3.5), np.array([1.0]), True)


def test_message_about_very_many_items_tells_of_some():
    @options
    class Row:
        lengths: tuple[Count, ...]

    with pytest.raises(InputError) as caught:
        Row([0] * 8)

    assert str(caught.value) == (
        "Row: lengths[0]: must be at least 1, not 0; lengths[1]: must be at least 1, not 0; lengths[2]: must be at least 1, "
        "not 0; lengths[3]: must be at least 1, not 0; lengths[4]: must be at least 1, not 0; and 3 more"
    )
