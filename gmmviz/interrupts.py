"""Interrupts of the command (Ctrl-C, or a request to terminate): said once, and never lost.

The signal raises `SystemExit` wherever the program is, so that unfinished files are deleted on the way. It can be
lost there: matplotlib's C++ code raises an error of its own instead, and Python ignores what is raised while an
object is destroyed. So long work calls `check` now and then.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP, which says that the terminal was closed
_received = 0  # the number of the signal


def listen() -> None:
    """Let signals end the command from now on; one that `nohup` has turned off stays off."""
    for number in SIGNALS:
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _leave)


def ignore() -> None:
    """Let no signal disturb what must be done now."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def check() -> None:
    """Leave, if a signal has come that did not make the program leave.

    Raises
    ------
    SystemExit
        With 128 and the number of the signal.
    """
    if _received:
        sys.exit(128 + _received)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    global _received
    _received = number
    ignore()  # a second signal must not interrupt the cleaning up
    with suppress(Exception):  # the terminal may be gone, or be written to at this moment
        sys.stderr.write("interrupted; unfinished films were discarded\n")
    sys.exit(128 + number)
