"""Numbers with a decimal point in what libraries written in C write, in a process whose locale has a comma."""

from __future__ import annotations

import ctypes
import locale
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def decimal_point() -> Iterator[None]:
    """Let C write decimal points in this thread, so that a film has the same bytes in every locale.

    Neither the locale of the process nor that of its other threads changes (POSIX.1-2008, `uselocale`). Windows
    has no such function; there, a few bytes of metadata follow the locale.
    """
    try:
        c = ctypes.CDLL(None)
        make, use, free = c.newlocale, c.uselocale, c.freelocale
    except (AttributeError, OSError, TypeError):
        yield
        return
    make.argtypes, make.restype = (ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p), ctypes.c_void_p
    use.argtypes, use.restype = (ctypes.c_void_p,), ctypes.c_void_p
    free.argtypes, free.restype = (ctypes.c_void_p,), None
    ours = make(1 << locale.LC_NUMERIC, b"C", None)
    before = use(ours)
    try:
        yield
    finally:
        use(before)
        free(ours)
