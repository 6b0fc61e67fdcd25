"""Run the command: ``gmmviz`` and ``python -m gmmviz``."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command and exit: 0 done, 1 failed, 2 bad input, 130 interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from gmmviz.cli import app

    try:
        app(prog_name="gmmviz")
    except Exception as error:
        if _interrupted:  # matplotlib's C++ makes an error of its own of whatever unwinds it
            sys.exit(128 + _interrupted)
        if not isinstance(error, OSError):
            raise
        sys.stderr.write(f"gmmviz: {error}\n")  # standard output is full or gone
        sys.exit(1)
    sys.exit(0)


_interrupted = 0  # by which signal


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """Unwind, so that whoever is writing a file takes the unfinished one away; exit with 128 + signal."""
    global _interrupted
    _interrupted = number
    for another in (signal.SIGINT, signal.SIGTERM):
        signal.signal(another, signal.SIG_IGN)  # the cleaning up is quick, and must not be interrupted
    sys.stderr.write("interrupted; unfinished films were discarded\n")
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
