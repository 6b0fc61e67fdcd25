"""`gmmviz preview`: a page in the browser that follows the scene file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, ScenePath, Settings, app, noted, one, read, report
from gmmviz.cli.changes import Watched
from gmmviz.errors import GmmvizError, InputError


@app.command()
def preview(
    scene: ScenePath,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Of 127.0.0.1; 0: any free one.")] = 0,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    open_: Annotated[bool, typer.Option("--open", help="Show the page.")] = False,
) -> None:
    """Show a draft in the browser, made again whenever the scene or what it is made from changes.

    Prints the address of a page that only this machine can open. It stays at its step when the film changes, and
    shows mistakes above the last film without one; Ctrl-C ends it.

    Example: gmmviz preview scenes/old_faithful.toml --open
    """

    def follow() -> None:
        from gmmviz.cli.server import PreviewServer
        from gmmviz.scene.plugins import blaming

        if not scene.exists():
            raise InputError(f"there is no scene file {scene}")
        with PreviewServer(scene.name, port) as server, TemporaryDirectory() as folder:
            typer.echo(server.url)
            typer.echo(f"following {scene}; Ctrl-C ends", err=True)
            if open_:
                typer.launch(server.url)
            watched, file = Watched(scene), Path(folder) / f"{scene.stem}.html"
            while True:
                watched.look()
                server.tell(making=True)
                try:
                    notes: list[str] = []
                    with noted(scene, notes):
                        loaded = read(scene, settings, limits, allow_plugins)
                        watched.found(loaded.files)
                        with blaming(loaded.files):
                            loaded.animation(quality="draft").save((file, loaded.encoder(file, "draft")))
                    server.tell(file.read_bytes(), making=False, error="", notes=tuple(notes))
                except GmmvizError as error:
                    report(error)
                    server.tell(making=False, error=str(error), notes=())
                watched.wait()

    one(follow)
