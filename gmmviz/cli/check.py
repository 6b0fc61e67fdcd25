"""`gmmviz check`: every mistake, without drawing."""

from __future__ import annotations

from pathlib import Path

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, Quiet, ScenePaths, Settings, app, for_each, read


@app.command()
def check(
    scenes: ScenePaths,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    quiet: Quiet = False,
) -> None:
    """Find the mistakes in scenes: read them and their data, draw nothing.

    Example: gmmviz check scenes/*.toml
    """

    def look(path: Path) -> None:
        read(path, settings, limits, allow_plugins).check()
        if not quiet:
            typer.echo(f"{path}: OK")

    for_each(scenes, look, "OK", quiet=quiet)
