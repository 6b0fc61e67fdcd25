"""Formulas in titles and captions, which matplotlib sets; whether it can is found before anything is drawn."""

from __future__ import annotations

import re

from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

from gmmviz.errors import InputError
from gmmviz.storyboard.words import formulas
from gmmviz.themes.settings import complete, drawn_with, shared


def check_formulas(text: str, *place: str | int) -> None:
    """Refuse a text with a formula that matplotlib cannot set.

    Parameters
    ----------
    text : str
        A title, a caption or the name of a run, as its author wrote it.
    *place : str or int
        The way to the option that it stands in.

    Raises
    ------
    InputError
        Says what is wrong with the first such formula.
    """
    for formula in formulas(text):
        with shared, drawn_with(complete({})):
            try:
                MathTextParser("path").parse(formula, 72, FontProperties())
            except Exception as error:  # the parser raises several kinds
                raise InputError(
                    f"the formula {formula} cannot be set: {_reason(str(error), formula)}; to write a dollar sign "
                    r"instead, put a backslash before it: \$",
                    *place,
                ) from None


def _reason(message: str, formula: str) -> str:
    """What is wrong, from the last line of the parser's message, which names all that could stand there."""
    found = re.search(r"Exception: (.*?), found .*\(at char (\d+)\)", message)
    if not found:
        return "it is too complicated"
    what, rest = found[1], formula[1 + int(found[2]) :]
    if what.startswith("Expected {") or len(what) > 80:
        return "something is missing at its end" if rest == "$" else f"something is wrong from {rest} on"
    what = what[0].lower() + what[1:].replace("\\\\", "\\")
    return f"{what}, at {rest}"
