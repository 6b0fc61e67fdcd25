"""Write a file so that a reader sees either the old one or the new one, never half of it.

A file is written beside its target under a name of its own, and moved over the target when it is done. A symbolic
link stays: what it points to is replaced.

The unfinished file is locked while it is written. If the process is killed, its file stays behind without a
lock, and the next process that writes to the same target deletes it.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gmmviz.errors import InputError, RenderError

try:
    import fcntl
except ImportError:  # Windows, where nobody can delete a file that another process has open
    fcntl = None  # type: ignore[assignment]

SHOWN = 100  # bytes of the target's name in that of the unfinished file, so that it never becomes too long


def check_place(path: Path, example: str) -> None:
    """Refuse a place where no file can be written, before any work is done.

    Parameters
    ----------
    path : Path
        The file to be written.
    example : str
        The name of such a file, for the message.

    Raises
    ------
    InputError
        If it is a folder, its folder is missing, or its name is too long.
    RenderError
        If the system does not let us look.
    """
    if "\0" in str(path):
        raise InputError(f"{str(path)!r} cannot be the path of a file: it has a zero byte in it")
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise RenderError(f"{path} cannot be written: {error.strerror}") from error
        n_bytes = len(os.fsencode(path.name))
        raise InputError(f"{path.name} is too long for a file's name, {n_bytes} bytes: shorten it") from error
    if path.is_dir():
        raise InputError(f"{path} is a folder: give a file in it, such as {path / example}")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent} to write {path.name} into: make it first")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside `path` to write to; put it in place if all went well.

    Raises
    ------
    RenderError
        If the file cannot be written. A file that was there before is then unchanged.
    """
    try:
        with unfinished(path) as (temporary, descriptor):
            yield temporary
            os.fsync(descriptor)  # some disks report only now that they are full
            temporary.replace(_destination(path))
    except OSError as error:
        raise RenderError(f"{path} was not written: {error.strerror or error}") from error


@contextmanager
def unfinished(target: Path) -> Iterator[tuple[Path, int]]:
    """Make a locked, empty file beside the target; give its path and descriptor, and delete it in the end."""
    target = _destination(target)
    begin, end = _frame(target)
    _take_away_what_was_left(target.parent, begin, end)
    temporary = target.with_name(f"{begin}{secrets.token_hex(4)}{end}")
    try:  # from here on, since an interrupt may come as soon as the file is there
        descriptor = _locked(temporary)
        try:
            yield temporary, descriptor
        finally:
            os.close(descriptor)
    finally:
        temporary.unlink(missing_ok=True)


def _destination(path: Path) -> Path:
    """The file that a name stands for, be it there or not."""
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if target.is_symlink():  # still: the links lead in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if target.exists() and not target.is_file():
        raise OSError("it is no file, but a device, a pipe or a folder")
    return target


def _frame(target: Path) -> tuple[str, str]:
    """What stands before and after the random part of an unfinished file's name."""
    suffix = target.suffix if len(os.fsencode(target.suffix)) <= 16 else ""
    stem = os.fsencode(target.name.removesuffix(suffix))[:SHOWN].decode(errors="ignore")
    return f".{stem}.", f".part{suffix}"


def _locked(temporary: Path) -> int:
    while True:
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        if fcntl is None:
            return descriptor
        with suppress(OSError):  # on network disks without locks, nothing that was left behind is deleted
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if temporary.exists():  # else another process deleted it before it was locked
            return descriptor
        os.close(descriptor)


def _take_away_what_was_left(folder: Path, begin: str, end: str) -> None:
    name = re.compile(rf"{re.escape(begin)}[0-9a-f]{{8}}{re.escape(end)}")
    with suppress(OSError):
        for left in folder.iterdir():
            if name.fullmatch(left.name):
                with suppress(OSError):
                    _unlink_if_unlocked(left)


def _unlink_if_unlocked(left: Path) -> None:
    if fcntl is None:
        left.unlink()
        return
    descriptor = os.open(left, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left.unlink()
    finally:
        os.close(descriptor)
