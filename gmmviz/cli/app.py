"""What the subcommands share: the app, the options that say how a scene is read, and how errors are shown.

Everything heavy is imported inside the commands, so that help appears at once.
"""

from __future__ import annotations

import os
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from gmmviz import interrupts
from gmmviz.errors import GmmvizError, GmmvizWarning, InputError, RenderError

if TYPE_CHECKING:
    from gmmviz.scene import PythonScene, Scene


class Commands(TyperGroup):
    """The subcommands; what typer says of a value is left without pydantic's own first words."""

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


app = typer.Typer(
    cls=Commands,
    help="Films of the EM algorithm fitting Gaussian mixtures.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenePath = Annotated[Path, typer.Argument(metavar="SCENE", help="A scene: TOML, or Python with animation().")]
ScenePaths = Annotated[
    list[Path], typer.Argument(metavar="SCENE", help="Scenes: TOML, or Python with animation().")
]
Plugins = Annotated[
    list[Path], typer.Option("--plugin", metavar="FILE", help="Run this Python file and count what it registers.")
]
Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Replace a key, as pace.length=8 or panels.0.radii=[1]; 0 is the first; repeatable.",
    ),
]
LimitSettings = Annotated[
    list[str],
    typer.Option("--limit", metavar="NAME=N", help="Raise a limit, as points=20000000 (gmmviz list limits)."),
]
AllowPlugins = Annotated[bool, typer.Option("--allow-plugins", help="Run the Python files that the scene names.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]


def _version(wanted: bool) -> None:
    if wanted:
        from gmmviz import __version__

        typer.echo(f"gmmviz {__version__}")
        raise typer.Exit


@app.callback()
def gmmviz(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Films of the EM algorithm fitting Gaussian mixtures."""


def read(path: Path, settings: Sequence[str], limits: Sequence[str], allow_plugins: bool) -> Scene | PythonScene:
    """Read a scene as the options say."""
    from gmmviz.scene import load_scene
    from gmmviz.scene.limits import limits_from

    return load_scene(path, settings=settings, limits=limits_from(limits), allow_plugins=allow_plugins)


def place(output: str) -> tuple[Path, Path | None]:
    """The folder that --output names, and the file if it names one. A folder exists, or ends in a slash."""
    path = Path(output)
    if output.endswith(("/", os.sep)) or os.path.isdir(path):  # noqa: PTH112 - Path.is_dir refuses long names
        return path, None
    return path.parent, path


def make_folder(folder: Path) -> None:
    """Make a folder that is asked for, and those around it.

    Raises
    ------
    RenderError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RenderError(f"the folder {folder} was not made: {error.strerror}") from error


def keep_sources(what: Path, target: Path, sources: Iterable[Path]) -> None:
    """Refuse to overwrite what a film or page is made from.

    Raises
    ------
    InputError
    """
    if target.resolve() in {source.resolve() for source in sources}:
        raise InputError(f"{what} would overwrite {target}, which it is made from: give another name with -o")


def for_each(paths: Sequence[Path], do: Callable[[Path], None], done: str, *, quiet: bool = False) -> None:
    """Do it for every scene, even if it fails for some.

    Raises
    ------
    typer.Exit
        With 1 if any of several scenes failed; with the error's own code if there is one scene.
    """
    codes: dict[Path, int] = {}
    for path in paths:
        try:
            with noted(path, quiet=quiet):
                do(path)
            interrupts.check()
        except GmmvizError as error:
            interrupts.check()
            codes[path] = report(error)
        except MemoryError:
            codes[path] = report(RenderError(f"{path}: there is not enough memory for that"))
        except OSError:  # standard output is full or gone
            raise
        except Exception:  # a fault of ours, which must not cost the other scenes
            interrupts.check()
            if len(paths) == 1:
                raise
            typer.echo(f"{path}: {traceback.format_exc()}", err=True)
            codes[path] = 1
    if len(paths) > 1:
        tally(len(paths), list(codes), done, quiet=quiet)
    if codes:
        raise typer.Exit(1 if len(paths) > 1 else next(iter(codes.values())))


def tally(n: int, failed: Sequence[Path], done: str, *, quiet: bool) -> None:
    """Print how many of the scenes were done, and which were not."""
    if failed or not quiet:
        which = f"; failed: {', '.join(map(str, failed))}" if failed else ""
        typer.echo(f"{n - len(failed)} of {n} scenes {done}{which}", err=True)


def one(do: Callable[[], None]) -> None:
    """Do it, and exit with the error's code if it fails."""
    try:
        do()
    except GmmvizError as error:
        raise typer.Exit(report(error)) from None


@contextmanager
def noted(path: Path, heard: list[str] | None = None, *, quiet: bool = False) -> Iterator[None]:
    """Print what warnings say of a scene's data as notes; also add them to a list, if one is given."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if quiet else "always", GmmvizWarning)
        usual, told = warnings.showwarning, set()

        def show(message: Warning | str, category: type[Warning], *place: Any) -> None:
            if issubclass(category, GmmvizWarning):
                if str(message) in told:  # a film may be made twice, such as in another size
                    return
                told.add(str(message))
                if heard is not None:
                    heard.append(str(message))
                typer.echo(f"{path}: note: {message}", err=True)
            else:
                usual(message, category, *place)

        warnings.showwarning = show  # type: ignore[assignment]
        yield


def report(error: GmmvizError) -> int:
    """Print an error and return its exit code: 2 for bad input, else 1."""
    # Click leaves out the colors if this is not a terminal, NO_COLOR if the user wants none (no-color.org).
    typer.echo(_colored(error), err=True, color=False if os.environ.get("NO_COLOR") else None)
    return 2 if isinstance(error, InputError) else 1


def _colored(error: GmmvizError) -> str:
    from gmmviz.scene import Mistake, SceneError

    if not isinstance(error, SceneError):
        return str(error)
    lines = []
    for said in error.mistakes:
        if isinstance(said, Mistake):
            place, carets = typer.style(said.place, bold=True), typer.style(said.carets, fg="red", bold=True)
            said = replace(said, place=place, carets=carets if said.carets else "")
        lines.append(str(said))
    return "\n".join(lines)
