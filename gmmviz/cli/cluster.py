"""``--cluster``: where runs are fitted, if not here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any

import typer

from gmmviz.cli.app import report
from gmmviz.errors import GmmvizError, InputError

PATIENCE = 10  # seconds, in which a scheduler answers

Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Fit large data on a Dask cluster, as tcp://host:8786; or local: on processes for all cores.",
    ),
]


@contextmanager
def on_cluster(address: str | None) -> Iterator[None]:
    """Let the workers of a cluster fit inside.

    Parameters
    ----------
    address : str or None
        Of a scheduler of Dask, ``"local"`` for one of our own, or None for this process.

    Yields
    ------
    None
        Nothing; this is a context.

    Raises
    ------
    typer.Exit
        If there is no such cluster; the reason is printed.
    """
    if address is None:
        yield
        return
    from gmmviz.engine.crew import working
    from gmmviz.executors import as_executor

    with ExitStack() as stack:
        try:
            executor = as_executor(_client(address, stack))
        except GmmvizError as error:
            raise typer.Exit(report(error)) from None
        stack.enter_context(working(executor=executor))
        yield


def _client(address: str, stack: ExitStack) -> Any:
    """Return a client of the cluster, to be closed with the stack."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError(
            '--cluster needs a package that is not installed: pip install "gmmviz[dask]"', "cluster"
        ) from None
    from gmmviz.executors import cores

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in a sentence of ours
    try:
        if address == "local":
            place = stack.enter_context(
                LocalCluster(
                    n_workers=cores(), threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
                )
            )
        else:
            place = address
        return stack.enter_context(Client(place, timeout=PATIENCE, set_as_default=False))
    except (OSError, ValueError) as error:
        said = str(error).split("\n")[0]
        raise InputError(
            f"--cluster {address}: no scheduler answers ({said}): start one with `dask scheduler`, and give the "
            "address that it prints",
            "cluster",
        ) from None
