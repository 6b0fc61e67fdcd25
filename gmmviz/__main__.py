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
    except OSError as error:  # standard output is full or gone
        sys.stderr.write(f"gmmviz: {error}\n")
        sys.exit(1)
    sys.exit(0)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """Unwind, so that whoever is writing a file takes the unfinished one away; exit with 128 + signal."""
    for another in (signal.SIGINT, signal.SIGTERM):
        signal.signal(another, signal.SIG_IGN)  # the cleaning up is quick, and must not be interrupted
    sys.stderr.write("interrupted; unfinished films were discarded\n")
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
