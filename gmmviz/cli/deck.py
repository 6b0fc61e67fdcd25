"""`gmmviz deck`: the slides of a lecture, from its scenes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, Quiet, app, keep_sources, noted, one
from gmmviz.cli.progress import progress_bar
from gmmviz.errors import InputError

if TYPE_CHECKING:
    from gmmviz.film.animation import Progress


@app.command()
def deck(
    scenes: Annotated[
        list[Path], typer.Argument(metavar="SCENE", help="Scenes in their order, or one file with [[sections]].")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="As course.pptx, .html or .beamer.zip."),
    ] = Path("deck.pptx"),
    theme: Annotated[str | None, typer.Option(metavar="NAME", help="Of all films, as print.")] = None,
    quality: Annotated[
        Literal["draft", "standard", "high"],
        typer.Option(help="draft is half as large, at 12 frames a second; high is 1.5 times, at 30 or more."),
    ] = "standard",
    steps: Annotated[
        bool | None,
        typer.Option("--steps/--no-steps", help="Whether steps have slides, instead of what a file says."),
    ] = None,
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    quiet: Quiet = False,
) -> None:
    """Make the slides of a lecture: of each scene the film, its steps, and what to ask.

    What to notice becomes the speaker's notes. A deck of sections, with a title and an author, is described in a
    file of its own; the README shows one.

    Example: gmmviz deck scenes/*.toml -o course.pptx
    """

    @contextmanager
    def watching(path: Path, number: int, total: int) -> Iterator[Progress | None]:
        what = None if quiet else f"{path.name} ({number} of {total})"
        with noted(path, quiet=quiet), progress_bar(what) as (progress, _):
            yield progress

    def write() -> None:
        from gmmviz.scene.deck import load_deck
        from gmmviz.scene.deck_writing import kind_of, write_deck
        from gmmviz.scene.limits import limits_from

        kind = kind_of(output)
        if steps is not None and not kind.has_steps:
            raise InputError(
                f"the films of {output} are players, which go through their steps: leave out --steps and "
                "--no-steps"
            )
        described = load_deck(scenes, limits_from(limits), allow_plugins)
        if steps is not None:
            described = described.with_steps(steps)
        keep_sources(Path("the deck"), output, described.files)
        with noted(output, quiet=quiet):
            said = write_deck(described, output, watching, theme=theme, quality=quality)
        if not quiet:
            typer.echo(said)

    one(write)
