"""The command: `gmmviz render` and what it prints.

Everything heavy is imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gmmviz.errors import GmmvizError, InputError

if TYPE_CHECKING:
    from gmmviz.animation import Animation, Progress

app = typer.Typer(
    help="Films of the EM algorithm fitting Gaussian mixtures.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"gmmviz {version('gmmviz')}")
        raise typer.Exit


@app.callback()
def gmmviz(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Films of the EM algorithm fitting Gaussian mixtures."""


@app.command()
def render(
    scenes: Annotated[list[Path], typer.Argument(metavar="SCENE...", help="Scene files (TOML).")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE_OR_FOLDER",
            help="Where to write: a file, whose suffix says the format, or a folder that exists. "
            "Default: SCENE's name in the current folder, in the formats that the scene names.",
        ),
    ] = None,
) -> None:
    """Make the films that scene files describe.

    Prints the path, size, duration and bytes of each file written.

    Example: gmmviz render scenes/old_faithful.toml
    """
    from gmmviz.scene import load_scene

    codes = []
    written: dict[Path, Path] = {}
    if output is not None and not output.is_dir() and len(scenes) > 1:
        error = InputError(f"{len(scenes)} scenes cannot all be written to {output}: give a folder that exists")
        raise typer.Exit(report(error))
    for path in scenes:
        try:
            scene = load_scene(path)
            targets = _targets(path, scene.formats, output)
            for target in targets:
                if target in written:
                    raise InputError(
                        f"{path} would overwrite {target}, just made from {written[target]}: rename one"
                    )
                written[target] = path
            animation = scene.animation()
            for note in _notes(animation):
                typer.echo(f"{path}: note: {note}", err=True)
            with _progress_bar(path.name) as progress:
                saved = animation.save(*targets, progress=progress)
            for file in saved:
                typer.echo(file)
        except GmmvizError as error:
            codes.append(report(error))
    if codes:
        raise typer.Exit(codes[0] if len(scenes) == 1 else 1)


def report(error: GmmvizError) -> int:
    """Print an error as the user should read it; return the exit code it stands for."""
    typer.echo(str(error), err=True)
    return 2 if isinstance(error, InputError) else 1


def _targets(scene: Path, formats: tuple[str, ...], output: Path | None) -> list[Path]:
    if output is None or output.is_dir():
        return [(output or Path()) / f"{scene.stem}.{suffix}" for suffix in formats]
    if not output.suffix:
        raise InputError(f"there is no folder {output}: make it first, or give a file such as {output}.gif")
    return [output]


def _notes(animation: Animation) -> Iterator[str]:
    """What a teacher should know of the runs before showing them."""
    for run in animation.runs:
        name = f"{run.name}: " if run.name else ""
        for iteration, event in run.trace.events:
            if event.kind != "converged":
                yield f"{name}iteration {iteration}: {event.message}"


@contextmanager
def _progress_bar(what: str) -> Iterator[Progress | None]:
    """Show how far the film is, if anybody is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("images"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
