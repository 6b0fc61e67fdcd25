"""Renderers, data sets, starts and formats that do not come with the package.

Those of installed packages are named in the entry-point group ``gmmviz.plugins``, each entry a module that
registers what it brings. A scene may name Python files; since they are code, they run only where the user
has said so.
"""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from gmmviz.errors import GmmvizError, InputError


@cache
def load_installed() -> None:
    """Import the plugins of installed packages.

    Raises
    ------
    InputError
        If one fails.
    """
    for entry in entry_points(group="gmmviz.plugins"):
        try:
            entry.load()
        except Exception as error:
            package = entry.dist.name if entry.dist else entry.value
            raise InputError(
                f"the plugin {entry.name!r} of the package {package} fails: {type(error).__name__}: {error}"
            ) from error


@cache
def run_file(path: Path) -> None:
    """Run a plugin, once; `path` is absolute.

    Raises
    ------
    InputError
        If it fails.
    """
    python_globals(path, "gmmviz_plugin")


def python_globals(path: Path, name: str) -> dict[str, Any]:
    """Run a Python file and return its names.

    Raises
    ------
    InputError
        If it fails, with the line of the file that did.
    """
    try:
        return runpy.run_path(str(path), run_name=name)
    except FileNotFoundError as error:
        if error.filename != str(path):
            raise failure(path, error) from error
        raise InputError(f"there is no file {path}") from None
    except SystemExit as error:
        raise InputError(f"{path} ends Python, by sys.exit or the like: leave that out") from error
    except InputError as error:
        raise InputError(f"{_line(path, error)}: {error}", *error.place) from error
    except Exception as error:
        raise failure(path, error) from error


@contextmanager
def blaming(files: Iterable[Path]) -> Iterator[None]:
    """Report an error in one of the user's own Python files by the line of that file, without a traceback."""
    try:
        yield
    except GmmvizError:
        raise
    except Exception as error:
        frames = {Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)}
        for file in files:
            if file.suffix == ".py" and file.resolve() in frames:
                raise failure(file.resolve(), error) from error
        raise


def failure(path: Path, error: BaseException) -> InputError:
    """Say which line of the user's file failed."""
    if isinstance(error, InputError):
        return error
    return InputError(f"{_line(path, error)}: {type(error).__name__}: {error}")


def _line(path: Path, error: BaseException) -> str:
    """The file, and the last of its lines that led to the error."""
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == str(path) else None
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{path}:{line}" if line else str(path)
