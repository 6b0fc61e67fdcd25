"""Run the command: ``gmmviz`` and ``python -m gmmviz``."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command and exit: 0 done, 1 failed, 2 bad input, 130 interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    os.environ.pop("MPLBACKEND", None)  # the command shows no windows, and a notebook's may be unknown here
    from gmmviz.cli import app

    try:
        app(prog_name="gmmviz")
    except Exception as error:
        if _interrupted:  # matplotlib's C++ code raises an error of its own instead of the interrupt
            sys.exit(128 + _interrupted)
        if not isinstance(error, OSError):
            raise
        sys.stderr.write(f"gmmviz: {error}\n")  # standard output is full or gone
        sys.exit(1)
    sys.exit(0)


_interrupted = 0  # the number of the signal


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """Exit with 128 + signal, by an exception, so that unfinished files are deleted on the way."""
    global _interrupted
    _interrupted = number
    for another in (signal.SIGINT, signal.SIGTERM):
        signal.signal(another, signal.SIG_IGN)  # a second signal must not interrupt the cleaning up
    sys.stderr.write("interrupted; unfinished films were discarded\n")
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
