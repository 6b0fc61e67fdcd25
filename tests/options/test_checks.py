"""Checks of single arguments."""

import numpy as np
import pytest

from gmmviz.errors import InputError
from gmmviz.options import check_choice, check_not_negative, check_whole


def complaint(check, *arguments):
    with pytest.raises(InputError) as caught:
        check(*arguments)
    return str(caught.value)


@pytest.mark.parametrize("given", [2, 3, np.int32(2), 2**80])
def test_whole_numbers_pass(given):
    check_whole("n", given, 2)


@pytest.mark.parametrize("given", [2.0, True, "2", None, 2.5])
def test_what_is_no_whole_number_is_refused(given):
    assert complaint(check_whole, "n", given, 2) == f"n must be a whole number, 2 or more, not {given!r}"


def test_number_that_is_too_small_is_refused():
    assert complaint(check_whole, "n", 1, 2) == "n must be 2 or more, not 1"


@pytest.mark.parametrize("given", [0, 0.0, 1, 2.5, np.float32(1), float("inf")])
def test_numbers_that_are_not_negative_pass(given):
    check_not_negative("tol", given)


@pytest.mark.parametrize("given", [True, "1", None, 1j])
def test_what_is_no_number_is_refused(given):
    assert complaint(check_not_negative, "tol", given) == f"tol must be a number, 0 or more, not {given!r}"


@pytest.mark.parametrize("given", [-1, -0.001, float("nan")])
def test_negative_number_is_refused(given):
    assert complaint(check_not_negative, "tol", given) == f"tol must be 0 or more, not {given}"


def test_choice_is_one_of_the_known():
    check_choice("kind", "full", ["full", "diag"])

    assert complaint(check_choice, "kind", "ful", ["full", "diag"]) == "unknown kind 'ful'; did you mean 'full'?"
    assert complaint(check_choice, "kind", 3, iter(["full", "diag"])) == "unknown kind 3; known: 'full' and 'diag'"
