"""Option classes: frozen dataclasses whose fields are Python arguments, scene-file keys and help text at once.

The string below a field is its documentation everywhere: in the JSON Schema, in `gmmviz list` and in the
class's ``__doc__``. pydantic checks the values, in Python as in scene files, and `Complaint` says what is wrong.
"""

from gmmviz.options.checked import Contract, checked, unchecked
from gmmviz.options.checks import check_choice, check_not_negative, check_whole
from gmmviz.options.classes import (
    Count,
    Flag,
    Index,
    Iterations,
    NotNegative,
    Number,
    Positive,
    Seconds,
    Seed,
    Size,
    Whole,
    options,
)
from gmmviz.options.complaints import Complaint, by_place, complaint, dotted, shown
from gmmviz.options.families import family_of
from gmmviz.options.names import NameIn
from gmmviz.options.words import fields_of, in_words, one_line, toml

__all__ = [
    "Complaint",
    "Contract",
    "Count",
    "Flag",
    "Index",
    "Iterations",
    "NameIn",
    "NotNegative",
    "Number",
    "Positive",
    "Seconds",
    "Seed",
    "Size",
    "Whole",
    "by_place",
    "check_choice",
    "check_not_negative",
    "check_whole",
    "checked",
    "complaint",
    "dotted",
    "family_of",
    "fields_of",
    "in_words",
    "one_line",
    "options",
    "shown",
    "toml",
    "unchecked",
]
