"""Settings of matplotlib that one thread draws with, while every other thread goes on with its own.

matplotlib has one table of settings for the whole process, `rcParams`, and reads it everywhere: a film reads 163
of its 330 entries, 30 of them anew for each image, and many can be given in no other way (``path.snap``,
``text.kerning_factor``, ``pdf.fonttype``). `matplotlib.rc_context` writes to that table, so another thread would
draw with our theme, and keep it. Nothing is written here. While at least one film is drawn, the table looks up
each setting in a context variable first, which only the drawing thread has set. All others, and the user's code
between two images, find what they have always found.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any

import matplotlib as mpl

Settings = Mapping[str, Any]

# What is one for the whole process, and is only used by one thread at a time: Python's list of warnings, and
# matplotlib's parser of formulas.
shared = RLock()

_own: ContextVar[Settings | None] = ContextVar("gmmviz_settings", default=None)
_lock = RLock()
_n_drawing = 0  # contexts that are open, in all threads
_ORDINARY = mpl.RcParams
_NOT_OURS = ("backend", "interactive")  # of the process, whoever draws


class _PerThread(mpl.RcParams):
    """A table that looks into the thread's own settings first; matplotlib reads and writes through these three."""

    def _get(self, key: Any) -> Any:
        own = _own.get()
        return own[key] if own and key in own and self is mpl.rcParams else super()._get(key)

    def _set(self, key: Any, value: Any) -> None:
        own = _own.get()
        if own and key in own and self is mpl.rcParams:
            _own.set({**own, key: value})
        else:
            super()._set(key, value)

    def _update_raw(self, other: Any) -> None:
        for key, value in dict.items(other):  # raw, or the backend's window would be opened
            self._set(key, value)


def complete(settings: Settings) -> Settings:
    """Return matplotlib's defaults with these settings in their place, checked as matplotlib checks them.

    Parameters
    ----------
    settings : mapping
        Some of matplotlib's settings.

    Returns
    -------
    mapping
        All that have to do with drawing, whatever the user has set.
    """
    table: Any = mpl.rcParamsDefault.copy()
    table.update(settings)
    return {key: value for key, value in table.items() if key not in _NOT_OURS}


@contextmanager
def drawn_with(settings: Settings) -> Iterator[None]:
    """Return a context in which matplotlib draws with these settings, in this thread alone.

    Contexts may be nested.

    Parameters
    ----------
    settings : mapping
        From `complete`.

    Yields
    ------
    None
        The context has no value.
    """
    global _n_drawing
    with _lock:
        _n_drawing += 1
        if _n_drawing == 1:
            mpl.rcParams.__class__ = _PerThread
    before = _own.set(settings)
    try:
        yield
    finally:
        _own.reset(before)
        with _lock:
            _n_drawing -= 1
            if _n_drawing == 0:
                mpl.rcParams.__class__ = _ORDINARY


@contextmanager
def drawn_also_with(settings: Settings) -> Iterator[None]:
    """Return a context that adds these settings to those that this thread draws with.

    Parameters
    ----------
    settings : mapping
        Some of matplotlib's settings.

    Yields
    ------
    None
        The context has no value.
    """
    with drawn_with({**(_own.get() or {}), **settings}):
        yield


@contextmanager
def warned() -> Iterator[list[warnings.WarningMessage]]:
    """Return a context that collects warnings instead of printing them; one thread at a time.

    Yields
    ------
    list of warnings.WarningMessage
        Those raised so far.
    """
    with shared, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught
