"""`gmmviz watch`: a draft, made again whenever the scene is saved."""

from __future__ import annotations

import time
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
from gmmviz.errors import GmmvizError, InputError

INTERVAL = 0.2  # seconds between looks at the files; a change counts when it is that old

Stamps = dict[Path, tuple[int, int] | None]


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
    if not scene.exists():
        raise typer.Exit(report(InputError(f"there is no scene file {scene}")))
    folder, file = place(output) if output else (Path(), None)
    target = file or folder / f"{scene.stem}.draft.gif"  # never the name of a finished film
    known: set[Path] = {scene}
    while True:
        # Taken before the files are read, so that a change in the meantime is seen.
        stamps = _stamps(known | _siblings(scene))
        try:
            loaded = read(scene, settings, limits, allow_plugins)
            known = {scene, *loaded.files}
            stamps |= _stamps(known - stamps.keys())
            keep_sources(scene, target, loaded.files)
            if file is None:
                make_folder(folder)
            with noted(scene):
                film = loaded.animation(quality="draft")
            for saved in film.save((target, loaded.encoder(target, "draft"))):
                typer.echo(saved)
        except GmmvizError as error:
            report(error)
        typer.echo(f"watching {scene}; Ctrl-C ends", err=True)
        _wait_for_change(stamps)


def _siblings(scene: Path) -> set[Path]:
    """Scene files that the scene may extend, even where it cannot be read at the moment."""
    return set(scene.parent.glob("*.toml"))


def _stamps(files: set[Path]) -> Stamps:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:  # an editor is replacing it
        return None
    return status.st_mtime_ns, status.st_size


def _wait_for_change(before: Stamps) -> None:
    """Return once a file has changed and then stood still, so that a save in several steps counts once."""
    while (now := _stamps(set(before))) == before:
        time.sleep(INTERVAL)
    while True:
        time.sleep(INTERVAL)
        earlier, now = now, _stamps(set(before))
        if now == earlier:
            return
