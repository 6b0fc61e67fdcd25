"""The errors of gmmviz, and the words that their messages are made of."""

from __future__ import annotations

import difflib
import reprlib
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

MOST = 900  # letters in a line of a message


class GmmvizError(Exception):
    """An error that gmmviz itself reports; its message is written for the user."""


class InputError(GmmvizError, ValueError):
    """What was asked for cannot be done; the message says what to type instead.

    Parameters
    ----------
    message : str
        What is wrong, what was given, and what to type instead.
    *place : str or int
        The way to the option at fault, such as ``"panels", 0, "radii"``, so that a complaint about a scene file
        can point at it. Code that knows only the last part of the way gives that part; `within` adds the rest.
    """

    def __init__(self, message: str, *place: str | int) -> None:
        super().__init__("\n".join(map(_cut, message.split("\n"))))
        self.place = place


def _cut(line: str) -> str:
    """Leave out the middle of a line that repeats what was given at length, such as a path."""
    return line if len(line) <= MOST else f"{line[: MOST // 2]} ... {line[-MOST // 2 :]}"


class CollapseError(GmmvizError, ArithmeticError):
    """A covariance has become singular; the likelihood is unbounded there (Bishop 2006, section 9.2.1).

    Parameters
    ----------
    component : int
        Counted from 0.
    message : str, optional
        By default, that the component has collapsed.
    """

    def __init__(self, component: int, message: str = "") -> None:
        super().__init__(message or f"component {component + 1} has collapsed")
        self.component = component


class RenderError(GmmvizError):
    """A film that was asked for correctly could not be written.

    Parameters
    ----------
    message : str
        One line for each file that failed.
    written : sequence of SavedFile, optional
        The files of the same `Animation.save` that were written all the same.
    """

    def __init__(self, message: str, written: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.written = tuple(written)


class GmmvizWarning(UserWarning):
    """Something was chosen or left out for the user; the message says what, and what to write to choose otherwise.

    The command prints it as a note.
    """


def warn(message: str, category: type[Warning] | None = None) -> None:
    """Give a warning, by default a `GmmvizWarning`, that points at the line which called gmmviz."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals["__name__"].startswith("gmmviz."):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category or GmmvizWarning, stacklevel=level)


@contextmanager
def within(*place: str | int) -> Iterator[None]:
    """Put this place before that of every `InputError` raised inside.

    Parameters
    ----------
    *place : str or int
        The way to the table or list that the code inside works on.

    Yields
    ------
    None
        Nothing; this is a context.

    Examples
    --------
    >>> try:
    ...     with within("panels", 0):
    ...         raise InputError("a radius must not be 0", "radii", 1)
    ... except InputError as error:
    ...     print(error.place)
    ('panels', 0, 'radii', 1)
    """
    try:
        yield
    except InputError as error:
        error.place = (*place, *error.place)
        raise


def listed(names: Iterable[object], word: str = "or") -> str:
    """Join names as a sentence does: ``'a', 'b' or 'c'``."""
    shown = [repr(name) for name in names]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def an(name: str) -> str:
    """A kind of thing: ``"a Trace"``, ``"an Axes"``."""
    return f"an {name}" if name[0] in "AEIOaeio" else f"a {name}"


def brief(value: object) -> str:
    """A value in a message: the value itself if it is short, the beginning of a text or list, or else its kind."""
    if isinstance(value, type | ModuleType):
        return f"the {'class' if isinstance(value, type) else 'module'} {value.__name__}"
    kind = "array" if type(value).__name__ == "ndarray" else type(value).__name__.lstrip("_")
    shape = getattr(value, "shape", ())
    if isinstance(shape, tuple) and shape:
        return f"{an(kind)} of shape {shape}"
    try:
        words = _BRIEF.repr(value)
    except ValueError:  # Python does not print a number of more than 4300 digits
        return "a number of thousands of digits"
    if " at 0x" in words or "\n" in words:
        return an(kind)
    if len(words) <= LONGEST:
        return words
    return f"{words[: LONGEST - 3]}..." if isinstance(value, list | tuple | dict) else an(kind)


LONGEST = 80  # characters of a value in a message
_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxlong = LONGEST
_BRIEF.maxlist = _BRIEF.maxtuple = _BRIEF.maxset = _BRIEF.maxdict = 4
_BRIEF.maxlevel = 3
_BRIEF.maxother = LONGEST + 1  # what is longer is named by its kind


def counted(n: int, what: str) -> str:
    """A number of things: ``"1 feature"``, ``"2 features"``."""
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def there_are(n: int, what: str) -> str:
    """So many things as a sentence: ``"there is 1 feature"``, ``"there are 2 features"``."""
    return f"there {'is' if n == 1 else 'are'} {counted(n, what)}"


def nearest(name: object, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant by `name`, if any is near."""
    if not isinstance(name, str) or len(name) > LONGEST:
        return None
    written = {word.lower(): word for word in known}
    matches = difflib.get_close_matches(name.lower(), written, n=1, cutoff=0.6)
    return written[matches[0]] if matches else None


def hint(name: object, known: Iterable[str]) -> str:
    """Say what could be typed instead of `name`: the nearest known name, or else all of them."""
    known = list(known)
    near = nearest(name, known)
    return f"did you mean {near!r}?" if near else f"known: {listed(known, 'and')}"


def similar(path: Path) -> str:
    """Say what may have been meant by the path of a missing file: ``"; did you mean 'x.csv'?"``."""
    if any(character < " " for character in str(path)):  # "data\new.csv" has a line break in it
        return "; a backslash in it made another character: write / instead, or in a scene single quotes"
    if not path.parent.is_dir():
        return ""
    suffix = path.suffix.lower()  # a name without one may be that of any file
    names = {p.stem: p.name for p in path.parent.iterdir() if suffix in ("", p.suffix.lower()) and p.is_file()}
    near = nearest(path.stem, names)
    return f"; did you mean {names[near]!r}?" if near else ""
