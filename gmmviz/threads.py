"""Linear algebra on one thread, where this package divides the work itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Any

import scipy.linalg  # noqa: F401 - it brings linear algebra of its own, which must be there to be held
from threadpoolctl import ThreadpoolController

_limiting = RLock()
_limits: list[Any] = []  # of the threads of linear algebra, one for each that holds them now


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra to one thread: for matrices as small as ours, more threads only wait.

    Its number of threads is one for the process, so the first to hold it changes it, and the last changes it back.
    """
    with _limiting:
        _limits.append(_limits[0] if _limits else _libraries().limit(limits=1, user_api="blas"))
    try:
        yield
    finally:
        with _limiting:
            limit = _limits.pop()
            if not _limits:
                limit.restore_original_limits()


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
