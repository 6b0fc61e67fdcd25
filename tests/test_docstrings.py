"""Every public class and function says what it takes, returns and raises, in numpydoc's sections."""

import inspect
from types import FunctionType

import pytest
from numpydoc.validate import validate

import gmmviz
import gmmviz.encoders
import gmmviz.renderers

CODES = {
    "GL08",  # no docstring
    "SS01",  # no summary
    "SS02",  # the summary does not begin with a capital letter
    "SS03",  # the summary does not end with a period
    "SS06",  # the summary is longer than a line
    "PR01",  # a parameter is missing
    "PR02",  # a parameter is unknown
    "PR03",  # parameters in another order than the signature's
    "PR04",  # a parameter has no type
    "PR07",  # a parameter has no description
    "RT01",  # nothing is said of what is returned
    "RT03",  # a returned value has no description
    "YD01",  # nothing is said of what is yielded
}


def public():
    """The dotted names of what is exported and of its own public methods, once each."""
    seen = set()
    for module in (gmmviz, gmmviz.encoders, gmmviz.renderers):
        for name in sorted(module.__all__):
            member = getattr(module, name)
            if not isinstance(member, type | FunctionType) or member in seen:
                continue
            seen.add(member)
            yield f"{module.__name__}.{name}"
            if isinstance(member, type):
                yield from (f"{module.__name__}.{name}.{method}" for method in methods(member))


def methods(cls):
    """The public methods that the class defines; an override keeps the contract of what it overrides."""
    for name, member in vars(cls).items():
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        inherited = any(hasattr(base, name) for base in cls.__bases__)
        if inspect.isfunction(function) and not name.startswith("_") and not inherited:
            yield name


@pytest.mark.parametrize("name", list(public()))
def test_docstring_is_complete(name):
    found = [f"{code}: {message}" for code, message in validate(name)["errors"] if code in CODES]

    assert found == []
