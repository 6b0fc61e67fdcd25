"""`gmmviz new`: a scene to begin with."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import typer

from gmmviz.cli.app import app, one
from gmmviz.errors import InputError
from gmmviz.files import check_place, replacing

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
        check_place(path, f"film{suffix}")
        text = (files("gmmviz.cli") / "templates" / f"{chosen}{suffix}").read_text(encoding="utf-8")
        if re.fullmatch(r"[\w.-]+", path.name):  # what a comment or a docstring can hold
            text = re.sub(r"gmmviz render [\w.]+", f"gmmviz render {path.name}", text)
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
            try:
                path.open("x").close()  # takes the name, if nobody has it
            except FileExistsError:
                raise InputError(f"{path} exists already: give another name") from None
        typer.echo(f"{path}: now try gmmviz render {path}, or gmmviz watch {path}")

    one(write)
