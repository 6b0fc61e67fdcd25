"""`gmmviz gallery`: a page of films, from what their scenes say."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, ScenePaths, app, keep_sources, one, read
from gmmviz.files import check_place, replacing


@app.command()
def gallery(
    scenes: ScenePaths,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page; the films stand beside it.")
    ] = Path("README.md"),
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
) -> None:
    """Write a page (Markdown) of films: what each shows, what to notice, what to ask.

    The films must have been rendered into the page's folder. What to notice is the comment that a scene
    begins with.

    Example: gmmviz gallery scenes/* -o gallery/README.md
    """

    def write() -> None:
        from gmmviz.scene.gallery_page import page

        check_place(output, "README.md")
        keep_sources(Path("the page"), output, scenes)
        named = shlex.join(scene.as_posix() for scene in scenes)
        folder = scenes[0].parent
        if len(scenes) > 1 and sorted(scenes) == sorted(path for path in folder.iterdir() if path.is_file()):
            named = f"{shlex.quote(folder.as_posix())}/*"
        command = f"gmmviz gallery {named} -o {shlex.quote(output.as_posix())}"
        text = page([read(scene, [], limits, allow_plugins) for scene in scenes], output.parent, command)
        with replacing(output) as temporary:
            temporary.write_text(text, encoding="utf-8")

    one(write)
