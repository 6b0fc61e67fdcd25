"""`gmmviz schema`: what editors need to complete and explain a scene's keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gmmviz.cli.app import Plugins, app, one
from gmmviz.files import check_place, replacing


@app.command()
def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there instead.")
    ] = None,
    plugin: Plugins = [],  # noqa: B006
) -> None:
    """Print the JSON Schema of scene files (Draft 4).

    With an editor that knows TOML (taplo), the first line of a scene may be

        #:schema ./scene.schema.json

    Example: gmmviz schema -o scene.schema.json
    """

    def write() -> None:
        from gmmviz.scene.plugins import load_installed, run_file
        from gmmviz.scene.schema import schema_text

        load_installed()
        for file in plugin:
            run_file(file.resolve())
        if output is None:
            typer.echo(schema_text(), nl=False)
            return
        check_place(output, "scene.schema.json")
        with replacing(output) as temporary:
            temporary.write_text(schema_text(), encoding="utf-8")

    one(write)
