"""`gmmviz embed`: what to paste where a film is to be shown."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, ScenePath, Settings, app, noted, one, read
from gmmviz.errors import InputError


@app.command()
def embed(
    scene: ScenePath,
    where: Annotated[
        Literal["readme", "reveal", "quarto", "beamer", "jupyter"],
        typer.Option("--for", help="Where it is to be pasted."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Of the film's files, as seen from the page.")
    ] = Path(),
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
) -> None:
    """Print what to paste so that a README, a deck, a document or a notebook shows the film.

    It has the film's title and alternative text. Which command makes the film's files is said on standard error.

    Example: gmmviz embed scenes/old_faithful.toml --for readme
    """

    def show() -> None:
        from gmmviz.film.saving import look_for
        from gmmviz.scene.snippets import SNIPPETS, Embedded

        if output.is_absolute():
            raise InputError(f"{output} is a place on this machine alone: give it relative to the page, as films/")
        with noted(scene):
            loaded = read(scene, settings, limits, allow_plugins)
            film = loaded.animation().film
        size = look_for(loaded.encoder(Path("film.html")), (film.size, film.fps))[0]
        raised = {name: getattr(loaded.limits, name) for name in (limit.partition("=")[0] for limit in limits)}
        arguments = {
            "settings": repr(list(settings)) if settings else "",
            "limits": f"Limits({', '.join(f'{name}={n}' for name, n in raised.items())})" if raised else "",
            "allow_plugins": "True" if allow_plugins else "",
        }
        reading = {name: value for name, value in arguments.items() if value}
        snippet = SNIPPETS[where](Embedded(film, size, output / scene.stem, scene, reading))
        typer.echo(snippet.text)
        if snippet.note:
            typer.echo(f"{scene}: note: {snippet.note}", err=True)
        if snippet.formats:
            options = [*(word for setting in settings for word in ("--set", setting))]
            options += [word for limit in limits for word in ("--limit", limit)]
            options += ["--allow-plugins"] * allow_plugins
            place = [] if output == Path() else ["-o", f"{output.as_posix()}/"]
            command = [
                "gmmviz",
                "render",
                scene.as_posix(),
                "--format",
                ",".join(snippet.formats),
                *place,
                *options,
            ]
            typer.echo(f"make its files with: {shlex.join(command)}", err=True)

    one(show)
