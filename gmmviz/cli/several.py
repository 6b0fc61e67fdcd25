"""Several scenes at once, in processes of their own that go from scene to scene."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from threading import Thread

import typer

from gmmviz import interrupts
from gmmviz.cli.app import app, report, tally
from gmmviz.cli.progress import progress_bar
from gmmviz.errors import RenderError

GRACE = 5  # seconds, in which a process whose parent has ended may discard what is unfinished


def at_once(context: typer.Context, paths: Sequence[Path], done: str, jobs: int, *, quiet: bool) -> None:
    """Run this subcommand once for each scene, some side by side, and print what each says in the scenes' order.

    One film is made no sooner by several processes, but several films are.

    Parameters
    ----------
    context : typer.Context
        Of the subcommand, which has the arguments ``scenes`` and ``jobs``.
    paths : sequence of Path
    done : str
        What was done with a scene, for the last line.
    jobs : int
        How many run at once.
    quiet : bool
        Whether only errors are printed.

    Raises
    ------
    typer.Exit
        With 1 if any of the scenes failed.
    """
    run = partial(_run, [str(context.info_name), *_options(context)])
    failed = []
    # They are not forked, because the threads of encoders and of linear algebra do not survive that.
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(min(jobs, len(paths)), spawn, _begin) as pool,
        progress_bar(None if quiet else context.info_name, "scenes") as (progress, _),
    ):
        try:
            for number, (path, (code, out, err)) in enumerate(zip(paths, pool.map(run, paths), strict=True), 1):
                typer.echo(out, nl=False)
                typer.echo(err, nl=False, err=True)
                failed += [path] * (code != 0)
                if progress:
                    progress(number, len(paths))
        except BrokenProcessPool:
            error = RenderError("a process that made films died: it ran out of memory or was killed")
            raise typer.Exit(report(error)) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()  # it discards what is unfinished
            raise
    tally(len(paths), failed, done, quiet=quiet)
    if failed:
        raise typer.Exit(1)


def _run(command: Sequence[str], path: Path) -> tuple[int, str, str]:
    """Run a subcommand for a scene; return its code and what it says."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            app([*command, "--", str(path)], prog_name="gmmviz")
        except SystemExit as end:
            interrupts.check()
            return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def _begin() -> None:
    """Discard what is unfinished when interrupted, and when the parent ends, however that happens."""
    interrupts.listen()

    def follow() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(GRACE)
            os._exit(1)

    Thread(target=follow, daemon=True).start()


def _options(context: typer.Context) -> list[str]:
    """Return the options that the subcommand was given, but how many run at once."""
    words = []
    for option in context.command.params:
        value = context.params[str(option.name)]
        if option.name in ("scenes", "jobs") or value in (None, False, (), []):
            continue
        for each in value if isinstance(value, list | tuple) else (value,):
            words += [option.opts[0]] if each is True else [option.opts[0], str(each)]
    return words
