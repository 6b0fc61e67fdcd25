"""`gmmviz list`: what a scene can choose from, taken from the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gmmviz.cli.app import Plugins, app, one
from gmmviz.errors import InputError, hint

if TYPE_CHECKING:
    from gmmviz.scene.reference import Entry

What = Literal["tables", "words", "renderers", "datasets", "starts", "themes", "encoders", "limits"]


@app.command("list")
def list_(
    what: Annotated[What | None, typer.Argument(help="Default: the names of all.", show_default=False)] = None,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this one.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the whole reference page instead.")] = False,
    plugin: Plugins = [],  # noqa: B006
) -> None:
    """Say what a scene can choose from: names, and their options with types and defaults.

    Example: gmmviz list renderers ellipses
    """

    def tell() -> None:
        from gmmviz.scene.plugins import load_installed, run_file
        from gmmviz.scene.reference import markdown_page, sections

        for file in plugin:
            run_file(file.resolve())
        if markdown:
            typer.echo(markdown_page(), nl=False)
            return
        load_installed()
        every = sections()
        if what is None:
            for title, section in every.items():
                typer.echo(f"{typer.style(title, bold=True)}: {', '.join(section.entries)}")
            return
        entries = every[what].entries
        if name is not None and name not in entries:
            raise InputError(f"there is no {name!r} in {what}; {hint(name, entries)}")
        for entry in entries.values() if name is None else [entries[name]]:
            _print(entry)

    one(tell)


def _print(entry: Entry) -> None:
    typer.echo(f"{typer.style(entry.name, bold=True)}  {entry.help}")
    for option in entry.options:
        default = "needed" if option.default is None else f"default {option.default}"
        typer.echo(f"  {option.name}: {option.type}; {default}")
        if option.help:
            typer.echo(f"      {option.help}")
