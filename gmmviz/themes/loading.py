"""Load matplotlib, whatever the environment variable ``MPLBACKEND`` says.

It names the windows that a program shows. A notebook sets it for every program that is started from it, also for
one whose environment lacks that kind of window, where ``import matplotlib`` fails. A film shows no windows.
"""

import os
import sys
from contextlib import suppress


def load() -> None:
    """Import matplotlib, and choose the windows of ``MPLBACKEND`` where it has them, as matplotlib does."""
    if "matplotlib" in sys.modules:
        return
    wanted = os.environ.pop("MPLBACKEND", "")
    try:
        import matplotlib as mpl
    finally:
        if wanted:
            os.environ["MPLBACKEND"] = wanted
    if wanted:
        with suppress(ValueError):  # unknown here
            mpl.rcParams["backend"] = wanted


load()
