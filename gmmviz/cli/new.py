"""`gmmviz new`: a scene to begin with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import typer

from gmmviz.cli.app import app, one
from gmmviz.errors import InputError

Template = Literal["film", "variants", "sweep", "python"]


@app.command()
def new(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The scene file to make, such as film.toml.")],
    template: Annotated[
        Template | None,
        typer.Option(help="film: one run; variants, sweep: several; python: what TOML cannot say."),
    ] = None,
) -> None:
    """Write a commented scene that renders as it is; never overwrites a file.

    Example: gmmviz new film.toml && gmmviz render film.toml
    """

    def write() -> None:
        chosen = template or ("python" if path.suffix == ".py" else "film")
        suffix = ".py" if chosen == "python" else ".toml"
        if path.suffix != suffix:
            raise InputError(f"the template {chosen!r} is a {suffix} file: give {path.with_suffix(suffix)}")
        if not path.parent.is_dir():
            raise InputError(f"there is no folder {path.parent}: make it first")
        text = (files("gmmviz.cli") / "templates" / f"{chosen}{suffix}").read_text(encoding="utf-8")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise InputError(f"{path} exists already: give another name") from None
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}") from None
        typer.echo(f"{path}: now try gmmviz render {path}, or gmmviz watch {path}")

    one(write)
