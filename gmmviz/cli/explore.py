"""`gmmviz explore`: a scene as a page on which the reader makes EM's steps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
)
from gmmviz.errors import InputError


@app.command("explore")
def explore_(
    scenes: ScenePaths,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE_OR_FOLDER", help="The page, or a folder. Default: SCENE.explore.html."
        ),
    ] = "./",
    run: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which run, where the scene has several; default: the first."),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=2, max=20_000, metavar="N", help="Explore so many of the points, chosen at random."),
    ] = None,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    open_: Annotated[bool, typer.Option("--open", help="Show the page.")] = False,
    quiet: Quiet = False,
) -> None:
    """Make pages on which readers make the E-steps and M-steps, drag components and add points.

    Example: gmmviz explore scenes/old_faithful.toml
    """
    folder, file = place(output)
    made: dict[Path, Path] = {}

    def make(path: Path) -> None:
        from gmmviz.scene import PythonScene, explore

        if file is not None and len(scenes) > 1:
            raise InputError(
                f"{len(scenes)} scenes cannot all be written to {file}: give a folder, such as pages/"
            )
        scene = read(path, settings, limits, allow_plugins)
        if isinstance(scene, PythonScene):
            raise InputError(
                f"{path} is a Python scene: in Python, gv.explore(trace).save('page.html') makes a page"
            )
        target = file or folder / f"{path.stem}.explore.html"
        if target in made:
            raise InputError(f"{path} would overwrite {target}, just made from {made[target]}: rename one")
        keep_sources(path, target, scene.files)
        try:
            page = explore(scene, run=run, sample=sample)
        except InputError as error:  # of several scenes, each says which it is
            told = str(error)
            raise InputError(told if told.startswith(str(path)) else f"{path}: {told}", *error.place) from error
        if run is None and len(scene.parts) > 1 and not quiet:
            others = ", ".join(part.name for part in scene.parts[1:])
            typer.echo(f"{path}: note: of {scene.parts[0].name}; --run chooses another: {others}", err=True)
        if file is None:
            make_folder(folder)
        page.save(target)
        made[target] = path
        if not quiet:
            n_points, kilobytes = page.trace.n_points, target.stat().st_size / 1e3
            typer.echo(f"{target}  {n_points:,} points, {kilobytes:,.0f} kB")
        if open_:
            typer.launch(str(target))

    for_each(scenes, make, "made", quiet=quiet)
