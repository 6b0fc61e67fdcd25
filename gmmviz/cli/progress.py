"""A bar that shows how far a film is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from gmmviz.film.animation import Progress


@contextmanager
def progress_bar(
    what: str | None, units: str = "images"
) -> Iterator[tuple[Progress | None, Callable[[str], None]]]:
    """Show how far work is, if standard error is a terminal, and say what is known of a film's files beforehand.

    No bar is shown if there is no name for it.
    """
    if what is None or sys.stderr is None or not sys.stderr.isatty():
        yield None, lambda text: typer.echo(f"note: {text}", err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(units),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield (
            lambda done, total: bar.update(task, completed=done, total=total),
            lambda text: console.print(f"note: {text}", markup=False, highlight=False, soft_wrap=True),
        )
