"""`gmmviz render`: the films, or a still of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gmmviz.cli.app import (
    AllowPlugins,
    LimitSettings,
    Quiet,
    ScenePaths,
    Settings,
    app,
    for_each,
    keep_sources,
    make_folder,
    place,
    read,
    report,
)
from gmmviz.cli.cluster import Cluster, on_cluster
from gmmviz.cli.progress import progress_bar
from gmmviz.errors import InputError, RenderError, hint

if TYPE_CHECKING:
    from gmmviz.film.animation import Animation


@app.command()
def render(
    context: typer.Context,
    scenes: ScenePaths,
    outputs: Annotated[
        list[str],
        typer.Option(
            "--output",
            "-o",
            metavar="FILE_OR_FOLDER",
            help="A file, whose suffix says the format, or a folder: films/ is made. Default: SCENE's name, here.",
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
        typer.Option(
            help="SCENE.draft is half as large, at 12 frames a second; high is 1.5 times, at 30 or more."
        ),
    ] = "standard",
    at: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="A still instead: 3.5 (seconds), E3, M3, start, end.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, metavar="N", help="Scenes at once.")] = 1,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    cluster: Cluster = None,
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
        folder, file = place(outputs[0]) if outputs else (Path(), None)
        if file is not None and len(scenes) > 1:
            raise InputError(
                f"{len(scenes)} scenes cannot all be written to {file}: give a folder, such as films/"
            )
        wanted_size = _size(size) if size else None
        names = _names(format, file)
    except InputError as error:
        raise typer.Exit(report(error)) from None
    if jobs > 1 and len(scenes) > 1:
        _several(context, scenes, jobs, cluster, quiet=quiet)
        return
    made: dict[Path, Path] = {}

    def make(path: Path) -> None:
        scene = read(path, settings, limits, allow_plugins)
        formats = _known(names, at)  # now, since plugins bring formats too
        if file is not None:
            targets = [_checked(file, at)]
        else:
            name = path.stem + f"-{at}" * bool(at) + ".draft" * (quality == "draft")
            targets = [folder / f"{name}.{suffix}" for suffix in formats or (("png",) if at else scene.formats)]
        for target in targets:
            if target in made:
                raise InputError(f"{path} would overwrite {target}, just made from {made[target]}: rename one")
            keep_sources(path, target, scene.files)
            made[target] = path
        from gmmviz.scene.plugins import blaming

        film = scene.animation(size=wanted_size, fps=fps, theme=theme, quality=quality)
        if not quiet:
            for note in _notes(film):
                typer.echo(f"{path}: note: {note}", err=True)
        if file is None:
            make_folder(folder)
        try:
            with blaming(scene.files):
                if at:
                    lines: Sequence[object] = _stills(film, targets, at)
                else:
                    files = [(target, scene.encoder(target, quality, wanted_size, fps)) for target in targets]
                    with progress_bar(None if quiet else path.name) as (progress, say):
                        lines = film.save(*files, progress=progress, notes=None if quiet else say)
        except RenderError as error:
            if not quiet:
                for line in error.written:
                    typer.echo(line)
            raise
        if not quiet:
            for line in lines:
                typer.echo(line)
        if open_:
            for target in targets:
                typer.launch(str(target))

    with on_cluster(cluster):
        for_each(scenes, make, "made", quiet=quiet)


def _several(
    context: typer.Context, scenes: Sequence[Path], jobs: int, cluster: str | None, *, quiet: bool
) -> None:
    """Make the films of several scenes at once."""
    from gmmviz.cli.several import at_once

    by_name: dict[str, Path] = {}
    try:
        if cluster == "local":
            raise InputError("--jobs and --cluster local both start processes: leave one of them out")
        for path in scenes:
            if path.stem in by_name:
                raise InputError(f"{path} would overwrite the film of {by_name[path.stem]}: rename one")
            by_name[path.stem] = path
    except InputError as error:
        raise typer.Exit(report(error)) from None
    at_once(context, scenes, "made", jobs, quiet=quiet)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX](\d{1,5})", text.strip())
    if not match:
        raise InputError(f"--size is width x height in pixels, such as 800x450, not {text!r}")
    return int(match[1]), int(match[2])


def _names(options: list[str], file: Path | None) -> tuple[str, ...]:
    """What --format asks for, each format once; empty for what the scene asks for."""
    names = tuple(dict.fromkeys(name.strip().lower() for text in options for name in text.split(",")))
    if file is not None and len(names) > 1:
        raise InputError(f"--output {file} is one file, not {len(names)}: give a folder, such as films/")
    if file is not None and names and not file.name.lower().endswith(f".{names[0]}"):
        raise InputError(
            f"--output {file} does not end in .{names[0]}, as --format says: leave one of the two options out"
        )
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


def _checked(file: Path, at: str | None) -> Path:
    """The file to write, if it can be one."""
    from gmmviz.encoders import ENCODERS
    from gmmviz.film.animation import STILLS

    film = file.name.lower().endswith(tuple(f".{name}" for name in ENCODERS))
    if not film and not file.suffix:
        suffix = ".png" if at else ".gif"
        raise InputError(f"there is no folder {file}: give {file}/ to make it, or a file such as {file}{suffix}")
    if not at and not film and file.suffix.lower() in STILLS:
        raise InputError(f"{file} is a still: say of which moment, such as --at end")
    return file


def _stills(film: Animation, targets: Sequence[Path], at: str) -> list[str]:
    """Write the stills; if one fails, write the others before raising its error."""
    lines, errors = [], []
    for target in targets:
        try:
            lines.append(f"{film.still(target, _moment(at))}  {_sides(film)}, at {at}")
        except RenderError as error:
            errors.append(error)
    if errors:
        raise RenderError("\n".join(map(str, errors)), lines)
    return lines


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
    from gmmviz.encoders.base import one_line

    for run in film.runs:
        name = f"{one_line(run.name)}: " if run.name else ""
        for iteration, event in run.trace.events:
            if event.kind != "converged":
                yield f"{name}iteration {iteration}: {event.message}"
