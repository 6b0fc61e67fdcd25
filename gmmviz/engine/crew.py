"""Who works for the engine: this thread, several threads, or any executor, with the same bytes.

What the engine wants of many points is always the sum of a function of each block of them. Others work out the
sums of groups of blocks, and all sums are added up in one tree whose shape depends on the number of blocks alone.
So not a bit of a run depends on who worked, or on how many there were.

An executor is that of `concurrent.futures`. Other processes keep the points that were sent to them and get only
parameters from then on; they answer with sums. A process that does not know its points asks for them, so one that
takes the place of another needs no more than to be there.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, Protocol, Self, TypeVar

from gmmviz.errors import InputError, brief
from gmmviz.executors import at_work, cores, n_workers, result_of, room
from gmmviz.threads import one_thread

MOST_THREADS = 8  # by default; the next ones would wait for memory
FEWEST_GROUPS, FEWEST_SENT = 8, 4  # if there are as many blocks; fewer where each takes a message or two


class Addend(Protocol):
    """What can be added up."""

    def __add__(self, other: Self, /) -> Self:
        """Return the sum."""


V = TypeVar("V", bound=Addend)


def merged(parts: Iterable[V]) -> V:
    """Add up at least one part, in a tree whose shape depends on their number alone.

    The sum of 2^n parts at a multiple of 2^n is a branch of its own. So parts that others have added up in groups
    of that size have the same sum to the bit. As many sums wait as the number of parts has binary digits.
    """
    waiting: list[tuple[int, V]] = []
    for part in parts:
        rank = 0
        while waiting and waiting[-1][0] == rank:
            part = waiting.pop()[1] + part
            rank += 1
        waiting.append((rank, part))
    total = waiting.pop()[1]
    while waiting:
        total = waiting.pop()[1] + total
    return total


class Group(Protocol):
    """Some consecutive points."""

    @property
    def n_bytes(self) -> int:
        """Bytes that it takes to keep them."""

    @property
    def whole(self) -> int:
        """Bytes that they take in memory."""

    @property
    def is_slow(self) -> bool:
        """Whether it takes longer to read them again than to keep them."""

    def in_memory(self) -> Group:
        """Return the same, read."""

    def parts(self, size: int, of: Callable[..., V], *parameters: Any) -> Iterator[V]:
        """Yield a function of each `size` of them."""


class Groups(Protocol):
    """All points, in groups of blocks."""

    n_blocks: int
    token: str  # which no other points have
    least: int  # blocks of a group, a power of two

    def most(self, n_elsewhere: int) -> int:
        """How many blocks a group may have, a power of two, if so many others work on them in other processes."""

    def group(self, begin: int, end: int, *, sent: bool) -> Group:
        """Return the group of these blocks."""


class Crew:
    """Those who work out sums of functions of blocks.

    Parameters
    ----------
    threads : int
        How many work, if there is no executor.
    executor : Executor, optional
    """

    def __init__(self, threads: int, executor: Executor | None = None) -> None:
        self._threads, self._executor = threads, executor
        self._own: ThreadPoolExecutor | None = None
        # Once and for all: with other groups, those that are kept would be of no use.
        self._n_elsewhere = self._room = 0
        if executor is not None and not isinstance(executor, ThreadPoolExecutor):
            self._n_elsewhere, self._room = n_workers(executor), room(executor)

    def total(self, groups: Groups, size: int, of: Callable[..., V], *parameters: Any) -> V:
        """Return the sum of a function of every block.

        Parameters
        ----------
        groups : Groups
        size : int
            Points of a block, or of a power of two of blocks, not more than the smallest group has.
        of : callable
            Of the points of a block, their weights, what is known of them, and the parameters.
        *parameters
        """
        executor = self._executor
        if executor is None:
            if self._threads == 1:
                return merged(groups.group(0, groups.n_blocks, sent=False).parts(size, of, *parameters))
            if self._own is None:
                self._own = ThreadPoolExecutor(self._threads, "gmmviz")
            executor = self._own
        if isinstance(executor, ThreadPoolExecutor):
            found: V = merged(self._beside(executor, groups, (size, of, *parameters)))
        else:
            with at_work(executor, "the fit"):
                found = merged(self._elsewhere(executor, groups, (size, of, *parameters)))
        return found

    def _beside(self, executor: Executor, groups: Groups, asked: Sequence[Any]) -> Iterator[Any]:
        """Yield the sums of groups that threads of this process work out."""
        futures = deque(
            executor.submit(_sum, groups.group(begin, end, sent=False), asked)
            for begin, end in _borders(groups, 0)
        )
        try:
            while futures:
                yield futures.popleft().result()  # which is then forgotten
        finally:
            for future in futures:
                future.cancel()

    def _elsewhere(self, executor: Executor, groups: Groups, asked: Sequence[Any]) -> Iterator[Any]:
        """Yield the sums of groups that other processes work out; those that do not know a group are sent it."""
        borders = _borders(groups, self._n_elsewhere)
        keys = [f"{groups.token} {begin} {end}" for begin, end in borders]
        futures: deque[Future[Any]] = deque()
        try:
            futures += [executor.submit(_kept_sum, key, None, asked, self._room) for key in keys]
            # All are sent before anyone is waited for in turn.
            for i in range(len(futures)):
                if result_of(futures[i], executor) is None:
                    group = groups.group(*borders[i], sent=True)
                    futures[i] = executor.submit(_kept_sum, keys[i], group, asked, self._room)
            while futures:
                yield result_of(futures.popleft(), executor)
        finally:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        """Let its own threads go."""
        if self._own is not None:
            self._own.shutdown(cancel_futures=True)


def _borders(groups: Groups, n_elsewhere: int) -> list[tuple[int, int]]:
    """Where groups begin and end: as large as may be, as long as there are several."""
    n, size = groups.n_blocks, groups.least
    fewest, most = FEWEST_SENT if n_elsewhere else FEWEST_GROUPS, groups.most(n_elsewhere)
    while 2 * size <= most and -(-n // (2 * size)) >= fewest:
        size *= 2
    return [(begin, min(begin + size, n)) for begin in range(0, n, size)]


def _sum(group: Group, asked: Sequence[Any]) -> Any:
    return merged(group.parts(*asked))


_kept: OrderedDict[str, Group] = OrderedDict()  # groups that this process has been sent, the last used at the end
_keeping = Lock()


def _kept_sum(key: str, group: Group | None, asked: Sequence[Any], room: int) -> Any:
    """Return the sum of a group; None if it is not sent, and this process does not know it."""
    with _keeping:
        group = group or _kept.get(key)
        if group is None:
            return None
        _keep(key, group, room)
    with one_thread():
        if group.is_slow and group.whole <= room - _bytes_kept(key):
            group = group.in_memory()
            with _keeping:
                _keep(key, group, room)
        return _sum(group, asked)


def _keep(key: str, group: Group, room: int) -> None:
    _kept[key] = group
    _kept.move_to_end(key)
    while len(_kept) > 1 and sum(each.n_bytes for each in _kept.values()) > room:
        _kept.popitem(last=False)


def _bytes_kept(key: str) -> int:
    """Bytes of groups that belong to the same points; those of other points make room."""
    token = key.split()[0]
    with _keeping:
        return sum(each.n_bytes for name, each in _kept.items() if name.split()[0] == token)


_alone = Crew(1)
_crew: ContextVar[Crew] = ContextVar("crew", default=_alone)


def current_crew() -> Crew:
    """Return who works for the engine here."""
    return _crew.get()


@contextmanager
def working(threads: int | None = None, executor: Executor | None = None) -> Iterator[None]:
    """Let these work for the engine inside.

    Parameters
    ----------
    threads : int, optional
        By default one for each core, but not more than eight.
    executor : Executor, optional
        Works instead. Where neither is given, who works outside works inside too.

    Yields
    ------
    None
        Nothing; this is a context.

    Raises
    ------
    InputError
        If that is no number of threads, or both are given.
    """
    if threads is None and executor is None and _crew.get() is not _alone:
        yield
        return
    crew = Crew(_checked_threads(threads, executor), executor)
    token = _crew.set(crew)
    try:
        with one_thread():
            yield
    finally:
        _crew.reset(token)
        crew.close()


def _checked_threads(threads: Any, executor: Any) -> int:
    if threads is None:
        return min(cores(), MOST_THREADS)
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise InputError(f"threads must be a whole number of at least 1, or None, not {brief(threads)}", "threads")
    if executor is not None:
        raise InputError("an executor has workers of its own: leave out threads, or the executor", "threads")
    return threads


def new_token() -> str:
    """Return a name that nothing else has."""
    return secrets.token_hex(8)
