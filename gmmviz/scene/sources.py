"""Where a scene's keys come from: files and the command line, with the place of everything in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from gmmviz.errors import InputError, similar
from gmmviz.options import dotted
from gmmviz.scene.limits import Limits, amount
from gmmviz.scene.places import Path as Location
from gmmviz.scene.places import Place, Places

WIDEST = 110  # characters shown of a line
LONGEST = 1000  # characters of a complaint
KEY = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake and where it is.

    Parameters
    ----------
    place : str
        File, line and column, or the command-line option.
    message : str
        What is wrong, and what to type instead.
    line, carets : str, optional
        The line of the file with its number, and carets under the mistake.
    """

    place: str
    message: str
    line: str = ""
    carets: str = ""

    def __str__(self) -> str:
        return "\n".join(filter(None, (f"{self.place}: {self.message}", self.line, self.carets)))


class SceneError(InputError):
    """One or more mistakes in a scene file.

    Parameters
    ----------
    *mistakes : Mistake or str
        Each says where its mistake is, so that `place` is empty.
    """

    def __init__(self, *mistakes: Mistake | str) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Source:
    """A text of TOML, to point into.

    Parameters
    ----------
    path : Path
        Relative paths in the text are relative to its folder.
    document : dict
        What the text says.
    places : Places
        Where it says it.
    option : str
        The command-line option that gave the text, if one did. Such a text is short, so complaints quote it
        instead of pointing into it.
    """

    path: Path
    document: dict[str, Any]
    places: Places
    option: str = ""

    def place(self, location: Location, at_key: bool) -> Place:
        """Where the key or its value stands."""
        return (self.places.key if at_key else self.places.value)(location)

    def complaint(self, location: Location, message: str, *, at_key: bool = False) -> Mistake:
        """Say what is wrong and show where."""
        message = dotted(location) + message
        message = message if len(message) <= LONGEST else f"{message[:LONGEST]}..."
        if self.option:
            return Mistake(self.option, message)
        place = self.place(location, at_key)
        return pointed(self.path, place, self.places.line(place.line), message)


def pointed(path: Path, place: Place, line: str, message: str) -> Mistake:
    """A complaint with its place, the line that it is about, and a caret under it."""
    begin = max(0, place.column - WIDEST // 2) if len(line) > WIDEST else 0  # the first one shown
    stretch = line[begin : begin + WIDEST]
    dots = "..." if begin else ""
    column = place.column - 1 - begin
    carets = "^" * max(1, min(place.width, len(stretch) - column))
    return Mistake(
        f"{path}:{place.line}:{place.column}",
        message,
        f"{place.line:>4} | {dots}{stretch}{'...' if begin + WIDEST < len(line) else ''}",
        f"     | {' ' * (len(dots) + column)}{carets}",
    )


def read_file(path: Path, limits: Limits) -> Source:
    """Read a scene file.

    Raises
    ------
    InputError
        If it cannot be read, is too large, or is no TOML.
    """
    return _parsed(path, _text(path, limits), limits)


def read_setting(setting: str, limits: Limits) -> Source:
    """Read ``pace.length=8`` from the command line: a dotted key and a TOML value; a bare word is a text.

    An entry of a list is written as messages write it, ``panels[0].radii``, or ``panels.0.radii``.
    """
    key, equals, value = setting.partition("=")
    option = f"--set {setting}"
    if not equals:
        raise InputError(f"{option}: expected KEY=VALUE, such as --set pace.length=8")
    if re.fullmatch(r"[A-Za-z_][\w.+-]*", value.strip()) and value.strip() not in ("true", "false", "inf", "nan"):
        value = json.dumps(value.strip())
    key = re.sub(r"\[(\d+)\]", r".\1", key.strip())
    text = f"{key} = {value.strip()}"
    try:
        source = _parsed(Path(option), text, limits)
    except SceneError:
        raise InputError(
            f"{option}: not a TOML value: write --set pace.length=8, --set 'title=\"Two words\"' or "
            "--set 'output.size=[800, 450]'"
        ) from None
    return Source(Path("-"), source.document, source.places, option)


def _parsed(path: Path, text: str, limits: Limits) -> Source:
    # Checked before parsing, because the time of tomli grows with the square of the parts of a key.
    if re.search(rf"(?<![\w\"'-])(?:{KEY}[ \t]*\.[ \t]*){{{limits.nesting}}}", text):
        raise _too_deep(path, limits)
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise SceneError(_syntax_complaint(path, text, error)) from None
    except RecursionError:
        raise _too_deep(path, limits) from None
    except ValueError:  # Python reads no number of more than 4300 digits
        raise InputError(f"{path} holds a number of thousands of digits, so it is not a scene file") from None
    if _deeper(document, limits.nesting):
        raise _too_deep(path, limits)
    return Source(path, document, Places(text))


def _text(path: Path, limits: Limits) -> str:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise InputError(f"{path} is not a file: give the path of a scene file")
        with path.open("rb") as file:
            content = file.read(limits.file_size + 1)
    except InputError:  # which is a ValueError too
        raise
    except FileNotFoundError:
        raise InputError(f"there is no scene file {path}{similar(path)}") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder: name the scene files in it, such as {path}/*.toml") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError(f"{str(path)!r} is not the path of a file") from None
    if len(content) > limits.file_size:
        raise InputError(
            f"{path} is larger than {amount(limits.file_size)} bytes, too large for a scene file; if it is one, "
            "raise the limit: --limit file_size=..."
        )
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a text file in UTF-8") from None


def _too_deep(path: Path, limits: Limits) -> InputError:
    return InputError(
        f"{path}: tables and lists stand more than {limits.nesting} deep within one another; if that is meant, "
        "raise the limit: --limit nesting=..."
    )


def _deeper(document: dict[str, Any], most: int) -> bool:
    """Whether the document is nested deeper. This goes level by level, since the depth may be a million."""
    level: list[Any] = [document]
    for _ in range(most):
        level = [child for node in level for child in _children(node)]
    return any(True for node in level for _ in _children(node))


def _children(node: Any) -> Iterator[Any]:
    inside = node.values() if isinstance(node, dict) else node
    return (child for child in inside if isinstance(child, dict | list))


def _syntax_complaint(path: Path, text: str, error: tomli.TOMLDecodeError) -> Mistake:
    at = min(error.pos, len(text.rstrip("\n")))  # what is missing at the end is missing in the last line
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    message = error.msg
    if message == "Invalid value":
        message += ": a text stands in quotes, and true and false in small letters"
    if message in ("Invalid hex value", "Unescaped '\\' in a string"):
        message += ": write backslashes in single quotes, as in 'C:\\points.csv' or '$\\mu$', or a path with /"
    message = re.sub(r"\(('.*?'),?\)", lambda names: ".".join(re.findall(r"'(.*?)'", names[1])), message)
    return pointed(path, Place(line, column, 1), text.split("\n")[line - 1], f"not valid TOML: {message}")
