"""`gmmviz gallery`: a page of films, or a site, from what their scenes say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from gmmviz.cli.app import (
    AllowPlugins,
    LimitSettings,
    ScenePaths,
    app,
    keep_sources,
    make_folder,
    noted,
    one,
    place,
    read,
)
from gmmviz.cli.cluster import Cluster, on_cluster
from gmmviz.cli.progress import progress_bar
from gmmviz.errors import InputError
from gmmviz.files import check_place, replacing


@app.command()
def gallery(
    scenes: ScenePaths,
    format: Annotated[
        Literal["markdown", "html"],
        typer.Option("--format", "-f", help="A page, or a folder of pages."),
    ] = "markdown",
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE_OR_FOLDER", help="Default: README.md, or site/."),
    ] = None,
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    cluster: Cluster = None,
) -> None:
    """Write a page (Markdown) or a site (HTML) of films: what each shows, what to notice, what to ask.

    For the page, the films must have been rendered into its folder. The site has a player for each film, which is
    rendered now, and its scene to copy; it is plain files for any web server, or for no server at all. What to
    notice is the comment that a scene begins with.

    Example: gmmviz gallery scenes/* -o gallery/README.md
    """

    def write() -> None:
        if format == "html":
            _write_site(scenes, output or "site/", limits, allow_plugins)
        else:
            _write_page(scenes, Path(output or "README.md"), limits, allow_plugins)

    with on_cluster(cluster):
        one(write)


def _write_page(scenes: Sequence[Path], output: Path, limits: Sequence[str], allow_plugins: bool) -> None:
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


def _write_site(scenes: Sequence[Path], output: str, limits: Sequence[str], allow_plugins: bool) -> None:
    from gmmviz.scene.plugins import blaming
    from gmmviz.scene.site import PLAYER, STILL, exhibits, pages

    folder, file = place(output)
    if file is not None:
        raise InputError(f"a site is a folder, and there is none of the name {file}: give {file}/ to make it")
    found = exhibits([read(scene, [], limits, allow_plugins) for scene in scenes], folder)
    files = [file for exhibit in found for file in exhibit.scene.files]
    for exhibit in found:
        keep_sources(Path("the site"), folder / exhibit.name / exhibit.scene.path.name, files)
        with noted(exhibit.scene.path):
            exhibit.film  # noqa: B018 - mistakes are told before the first film is painted
    for number, exhibit in enumerate(found, 1):
        make_folder(folder / exhibit.name)
        targets = [folder / exhibit.name / name for name in (PLAYER, STILL)]
        with (
            noted(exhibit.scene.path),
            blaming(exhibit.scene.files),
            progress_bar(f"{number} of {len(found)}: {exhibit.scene.path.name}") as (progress, _),
        ):
            pairs = [(target, exhibit.scene.encoder(target)) for target in targets]
            saved = exhibit.animation.save(*pairs, progress=progress)
        typer.echo(saved[0])
    for path, content in pages(found).items():
        with replacing(folder / path) as temporary:
            temporary.write_bytes(content)
    typer.echo(folder / "index.html")
