"""`gmmviz render`: the films, or a still of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, Quiet, ScenePaths, Settings, app, for_each, read, report
from gmmviz.errors import InputError, hint

if TYPE_CHECKING:
    from gmmviz.film.animation import Animation, Progress


@app.command()
def render(
    scenes: ScenePaths,
    outputs: Annotated[
        list[Path],
        typer.Option(
            "--output",
            "-o",
            metavar="FILE_OR_FOLDER",
            help="A file, whose suffix says the format, or a folder that exists. Default: SCENE's name, here.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    format: Annotated[
        list[str], typer.Option("--format", "-f", metavar="NAMES", help="As gif,mp4; default: the scene's.")
    ] = [],  # noqa: B006 - typer copies it
    size: Annotated[str | None, typer.Option(metavar="WxH", help="In pixels, as 800x450.")] = None,
    fps: Annotated[float | None, typer.Option(metavar="N", help="Frames per second.")] = None,
    theme: Annotated[str | None, typer.Option(metavar="NAME", help="As dark.")] = None,
    quality: Annotated[
        Literal["draft", "standard", "high"],
        typer.Option(help="A draft is half as large, at 12 frames a second; high is 1.5 times, at 30 or more."),
    ] = "standard",
    at: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="A still instead: 3.5 (seconds), E3, M3, start, end.")
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, max=256, metavar="N", help="Processes that paint.")
    ] = 1,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    open_: Annotated[bool, typer.Option("--open", help="Show what was made.")] = False,
    quiet: Quiet = False,
) -> None:
    """Make the films that scenes describe.

    Prints the path, size, duration and bytes of each file written.

    Example: gmmviz render scenes/old_faithful.toml --quality draft
    """
    try:
        if len(outputs) > 1:
            raise InputError(
                f"--output is given {len(outputs)} times: for several files name a folder and --format"
            )
        output = outputs[0] if outputs else None
        if output is not None and not output.is_dir() and len(scenes) > 1:
            raise InputError(f"{len(scenes)} scenes cannot all be written to {output}: give a folder that exists")
        wanted_size = _size(size) if size else None
        names = _names(format, output)
    except InputError as error:
        raise typer.Exit(report(error)) from None
    made: dict[Path, Path] = {}

    def make(path: Path) -> None:
        scene = read(path, settings, limits, allow_plugins)
        formats = _known(names, at)  # now, since plugins bring formats too
        targets = _targets(path, formats or (("png",) if at else scene.formats), output, at)
        for target in targets:
            if target in made:
                raise InputError(f"{path} would overwrite {target}, just made from {made[target]}: rename one")
            made[target] = path
        from gmmviz.scene.plugins import blaming

        film = scene.animation(size=wanted_size, fps=fps, theme=theme, quality=quality)
        if not quiet:
            for note in _notes(film):
                typer.echo(f"{path}: note: {note}", err=True)
        with blaming(scene.files):
            if at:
                lines: list[object] = [
                    f"{film.still(target, _moment(at))}  {_sides(film)}, at {at}" for target in targets
                ]
            else:
                files = [(target, scene.encoder(target, quality)) for target in targets]
                with _progress_bar(None if quiet else path.name) as progress:
                    lines = [*film.save(*files, progress=progress, jobs=jobs)]
        if not quiet:
            for line in lines:
                typer.echo(line)
        if open_:
            for target in targets:
                typer.launch(str(target))

    for_each(scenes, make, "made", quiet=quiet)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX](\d{1,5})", text.strip())
    if not match:
        raise InputError(f"--size is width x height in pixels, such as 800x450, not {text!r}")
    return int(match[1]), int(match[2])


def _names(options: list[str], output: Path | None) -> tuple[str, ...]:
    """What --format asks for, each format once; empty for what the scene asks for."""
    names = tuple(dict.fromkeys(name.strip().lower() for text in options for name in text.split(",")))
    if names and output is not None and not output.is_dir():
        raise InputError(f"--output {output} says the format already: leave --format out, or give a folder")
    return names


def _known(names: tuple[str, ...], at: str | None) -> tuple[str, ...]:
    """The names, each that of a format of films, or of stills if `at` says of which moment."""
    from gmmviz.encoders import ENCODERS
    from gmmviz.film.animation import STILLS

    stills = [suffix[1:] for suffix in STILLS]
    known = stills if at else list(ENCODERS)
    for name in names:
        if name in stills and not at:
            raise InputError(f"--format: {name!r} is a still: say of which moment, such as --at end")
        if name not in known:
            raise InputError(f"--format: unknown format {name!r}{' of a still' * bool(at)}; {hint(name, known)}")
    return names


def _targets(scene: Path, formats: tuple[str, ...], output: Path | None, at: str | None) -> list[Path]:
    if output is None or output.is_dir():
        stem = f"{scene.stem}-{at}" if at else scene.stem
        names = [f"{stem}.{suffix}" for suffix in formats]
        return [(output or Path()) / name for name in names]
    suffix = ".png" if at else ".gif"
    if not output.suffix:
        raise InputError(f"there is no folder {output}: make it first, or give a file such as {output}{suffix}")
    from gmmviz.encoders import ENCODERS
    from gmmviz.film.animation import STILLS

    film = output.name.lower().endswith(tuple(f".{name}" for name in ENCODERS))
    if not at and not film and output.suffix.lower() in STILLS:
        raise InputError(f"{output} is a still: say of which moment, such as --at end")
    return [output]


def _moment(at: str) -> float | str:
    """A time in seconds, or the name of a step."""
    try:
        return float(at)
    except ValueError:
        return at


def _sides(film: Animation) -> str:
    return f"{film.size[0]}x{film.size[1]}"


def _notes(film: Animation) -> Iterator[str]:
    """What a teacher should know about the runs before showing them."""
    for run in film.runs:
        name = f"{run.name}: " if run.name else ""
        for iteration, event in run.trace.events:
            if event.kind != "converged":
                yield f"{name}iteration {iteration}: {event.message}"


@contextmanager
def _progress_bar(what: str | None) -> Iterator[Progress | None]:
    """Show how far the film is, if standard error is a terminal."""
    if what is None or not sys.stderr.isatty():
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
