"""`gmmviz watch`: a draft, made again whenever the scene is saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gmmviz.cli.app import (
    AllowPlugins,
    LimitSettings,
    ScenePath,
    Settings,
    app,
    keep_sources,
    make_folder,
    noted,
    place,
    read,
    report,
)
from gmmviz.cli.changes import Watched
from gmmviz.errors import GmmvizError, InputError


@app.command()
def watch(
    scene: ScenePath,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE_OR_FOLDER", help="Default: SCENE.draft.gif, here."),
    ] = None,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
) -> None:
    """Make a draft of the film whenever the scene or what it is made from changes.

    Mistakes are shown, and the watching goes on; Ctrl-C ends it.

    Example: gmmviz watch scenes/old_faithful.toml
    """
    from gmmviz.scene.plugins import blaming

    if not scene.exists():
        raise typer.Exit(report(InputError(f"there is no scene file {scene}")))
    folder, file = place(output) if output else (Path(), None)
    target = file or folder / f"{scene.stem}.draft.gif"  # never the name of a finished film
    watched = Watched(scene)
    while True:
        watched.look()
        try:
            loaded = read(scene, settings, limits, allow_plugins)
            watched.found(loaded.files)
            keep_sources(scene, target, loaded.files)
            if file is None:
                make_folder(folder)
            with noted(scene), blaming(loaded.files):
                film = loaded.animation(quality="draft")
                for saved in film.save((target, loaded.encoder(target, "draft"))):
                    typer.echo(saved)
        except GmmvizError as error:
            report(error)
        typer.echo(f"watching {scene}; Ctrl-C ends", err=True)
        watched.wait()
