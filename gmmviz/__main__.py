"""Run the command: ``gmmviz`` and ``python -m gmmviz``."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from gmmviz import interrupts


def main() -> NoReturn:
    """Run the command and exit: 0 done, 1 failed, 2 bad input, 130 interrupted."""
    _open_streams()
    interrupts.listen()
    os.environ.pop("MPLBACKEND", None)  # the command shows no windows, and a notebook's may be unknown here
    from gmmviz.cli import app

    try:
        app(prog_name="gmmviz")
    except SystemExit:
        interrupts.check()
        interrupts.ignore()  # all is done
        raise
    except Exception as error:
        interrupts.check()
        if not isinstance(error, OSError):
            raise
        sys.stderr.write(f"gmmviz: {error}\n")  # standard output is full or gone
        sys.exit(1)
    sys.exit(0)


def _open_streams() -> None:
    """Make up for streams that a daemon or a windowless program lacks; let them print any file's name."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the number, which would else be that of a film being written
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        getattr(sys, name).reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
