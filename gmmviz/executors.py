"""Executors that others bring: those of `concurrent.futures`, and the clients of Dask clusters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from gmmviz.errors import GmmvizError, InputError, brief, warn

Kind = tuple[str, str, str]  # of a worker
KEPT = 1 << 30  # bytes of points at most that another process keeps
OWN = 500_000_000  # bytes that a worker needs for itself
PATIENCE = 10  # seconds, after which it is asked whether the workers still work


def as_executor(executor: Any) -> Executor | None:
    """Return an executor of `concurrent.futures`: the given one, or that of a Dask client.

    Raises
    ------
    InputError
        If it is neither.
    GmmvizError
        If the client's cluster is not there, has no workers, or they have another version of this package.
    """
    if executor is None or isinstance(executor, Executor):
        return executor
    if not callable(getattr(executor, "get_executor", None)):
        raise InputError(
            f"executor must be a concurrent.futures.Executor or a Dask client, not {brief(executor)}", "executor"
        )
    _check_workers(executor)
    # By default the same call with the same parameters would not be made again, and a lost one not repeated.
    found: Executor = executor.get_executor(pure=False, retries=5)
    return found


def kind() -> Kind:
    """Return this process's version of this package and of NumPy, and its kernel of linear algebra."""
    from gmmviz import __version__

    kernels = {str(info.get("architecture", info["internal_api"])) for info in threadpool_info()}
    return __version__, np.__version__, " and ".join(sorted(kernels))


def _check_workers(client: Any) -> None:
    """Refuse a cluster that cannot work, and warn of one whose workers compute other last digits."""
    try:
        kinds: set[Kind] = set(client.run(kind).values())
    except ImportError as error:
        raise GmmvizError(f"the workers of the cluster have no gmmviz ({error}): install it there too") from None
    except Exception as error:  # whatever a cluster says that is not there any more
        raise GmmvizError(f"the cluster does not answer ({type(error).__name__}: {error})") from None
    if not kinds:
        raise GmmvizError("the cluster has no workers: start some, such as with `dask worker ADDRESS`")
    own = kind()[0]
    for version in sorted({each[0] for each in kinds} - {own}):
        raise GmmvizError(f"workers of the cluster have gmmviz {version}, and this is {own}: install the same")
    if len(kinds) > 1:
        which = " and ".join(sorted(f"NumPy {numpy} on {kernel}" for _, numpy, kernel in kinds))
        warn(f"the workers of the cluster differ ({which}), so the last digits of a run depend on who works")


@contextmanager
def at_work(executor: Executor, work: str, error: type[GmmvizError] = GmmvizError) -> Iterator[None]:
    """Say in a sentence why an executor cannot go on, if that is why the code inside fails.

    Parameters
    ----------
    executor : Executor
    work : str
        What it works on, such as ``"the fit"``.
    error : type of GmmvizError
        To raise.

    Yields
    ------
    None
        Nothing; this is a context.
    """
    try:
        yield
    except BrokenExecutor as broken:
        raise error(
            f"a process that worked on {work} died: it ran out of memory or was killed, or the script that "
            "starts processes does so without `if __name__ == '__main__':`"
        ) from broken
    except Exception as failed:
        if not isinstance(failed, CancelledError) and _package(failed) != _package(executor):
            raise  # of the work itself
        why = str(failed).split(". ")[0]
        raise error(
            f"the workers cannot go on with {work} ({type(failed).__name__}: {why}): they ran out of memory "
            "or were killed, or the cluster was closed"
        ) from failed


def _package(thing: object) -> str:
    return type(thing).__module__.split(".")[0]


def n_workers(executor: Executor) -> int:
    """Return how many tasks an executor works on at once, as far as can be known."""
    client = getattr(executor, "_client", None)  # of Dask; neither says it in public
    if client is not None:
        return max(1, sum(int(n) for n in client.nthreads().values()))
    found = getattr(executor, "_max_workers", None)
    return found if isinstance(found, int) else cores()


def room(executor: Executor) -> int:
    """Return how many bytes of points each process of an executor may keep: of little memory, none."""
    client = getattr(executor, "_client", None)
    limits: list[int] = [] if client is None else [each["memory_limit"] for each in _workers(client).values()]
    return min([KEPT, *(max(0, limit - OWN) // 2 for limit in limits if limit)])


def result_of(future: Future[Any], executor: Executor) -> Any:
    """Wait for the result of a task, as long as there is somebody who may go on with it.

    Raises
    ------
    GmmvizError
        If all workers of a Dask cluster have paused, because their memory is full.
    """
    client = getattr(executor, "_client", None)
    while client is not None:
        try:
            return future.result(timeout=PATIENCE)
        except TimeoutError:
            if future.done():
                break
            every = {each["status"] for each in _workers(client).values()}
            if every == {"paused"}:
                raise GmmvizError(
                    "the workers of the cluster have paused, because their memory is full: give each more, such "
                    "as with `dask worker --memory-limit 4GB`, or start more of them"
                ) from None
    return future.result()


def _workers(client: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.scheduler_info()["workers"]
    return found


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
