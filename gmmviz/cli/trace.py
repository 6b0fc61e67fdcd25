"""`gmmviz trace`: the whole record of a run, for Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gmmviz.cli.app import AllowPlugins, LimitSettings, ScenePath, Settings, app, noted, one, read
from gmmviz.cli.cluster import Cluster, on_cluster
from gmmviz.errors import InputError, hint, listed

if TYPE_CHECKING:
    from gmmviz.scene import PythonScene, Scene
    from gmmviz.storyboard.run import Run


@app.command()
def trace(
    scene: ScenePath,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.npz", help="Where to write it.")],
    run: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which run, where the scene has several.")
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.npz", help="Keep what the run comes to in this file; begun again, it goes on from there."
        ),
    ] = None,
    settings: Settings = [],  # noqa: B006
    limits: LimitSettings = [],  # noqa: B006
    allow_plugins: AllowPlugins = False,
    cluster: Cluster = None,
) -> None:
    """Save every iteration of a run as .npz, which gmmviz.Trace.load reads.

    Example: gmmviz trace scenes/old_faithful.toml -o run.npz
    """

    def save() -> None:
        if output.suffix != ".npz":
            raise InputError(f"a trace is a .npz file: give {output.with_suffix('.npz')}, not {output}")
        with noted(scene):
            found = read(scene, settings, limits, allow_plugins)
            runs = found.runs if checkpoint is None else (_kept(found, checkpoint, output),)
            by_name = {each.name: each.trace for each in runs}
        if run is None and len(by_name) > 1:
            names = listed(by_name)
            raise InputError(f"{scene} has {len(by_name)} runs: choose one with --run: {names}")
        if run is not None and run not in by_name:
            raise InputError(f"{scene} has no run {run!r}; {hint(run, by_name)}")
        chosen = next(iter(by_name.values())) if run is None else by_name[run]
        chosen.save(output)
        typer.echo(f"{output}  {len(chosen)} snapshots, {output.stat().st_size / 1e3:.0f} kB")

    with on_cluster(cluster):
        one(save)


def _kept(scene: Scene | PythonScene, checkpoint: Path, output: Path) -> Run:
    """Return the scene's run, which a file keeps."""
    from gmmviz.scene import PythonScene
    from gmmviz.scene.scene import fitted
    from gmmviz.storyboard.run import Run

    if isinstance(scene, PythonScene):
        raise InputError(f"{scene.path} fits its runs itself: give checkpoint= to gmmviz.fit in it")
    if len(scene.parts) > 1:
        raise InputError(f"{scene.path} has {len(scene.parts)} runs, and a checkpoint is of one: leave it out")
    if checkpoint.resolve() == output.resolve():
        raise InputError(f"{output} cannot be both the record and the checkpoint: give two names")
    (part,) = scene.parts
    return Run(fitted(scene, part, scene.dataset, checkpoint=checkpoint), part.name)
