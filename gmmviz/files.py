"""Write a file so that a reader sees either the old one or the new one, never half of it.

A file is written beside its target under a name of its own, and moved over the target when it is done.

The unfinished file is locked while it is written. If the process is killed, its file stays behind without a
lock, and the next process that writes to the same target deletes it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gmmviz.errors import RenderError

try:
    import fcntl
except ImportError:  # Windows, where nobody can delete a file that another process has open
    fcntl = None  # type: ignore[assignment]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside `path` to write to; put it in place if all went well.

    Raises
    ------
    RenderError
        If the file cannot be written. A file that was there before is then unchanged.
    """
    try:
        with unfinished(path) as (temporary, _):
            yield temporary
            temporary.replace(path)
    except OSError as error:
        raise RenderError(f"{path} was not written: {error.strerror or error}") from error


@contextmanager
def unfinished(target: Path) -> Iterator[tuple[Path, int]]:
    """Make a locked, empty file beside the target; give its path and descriptor, and delete it in the end."""
    _take_away_what_was_left(target)
    temporary, descriptor = _locked(target)
    try:
        yield temporary, descriptor
    finally:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)


def _locked(target: Path) -> tuple[Path, int]:
    while True:
        temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.part{target.suffix}")
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        if fcntl is None:
            return temporary, descriptor
        with suppress(OSError):  # on network disks without locks, nothing that was left behind is deleted
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if temporary.exists():  # else another process deleted it before it was locked
            return temporary, descriptor
        os.close(descriptor)


def _take_away_what_was_left(target: Path) -> None:
    name = re.compile(rf"\.{re.escape(target.stem)}\.[0-9a-f]{{8}}\.part{re.escape(target.suffix)}")
    with suppress(OSError):
        for left in target.parent.iterdir():
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
