"""A scene that has been read and found to be in order, and the film that it describes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import Any, Unpack

from gmmviz.datasets import Dataset, DatasetSource, NpyFile, Sample
from gmmviz.encoders import Encoder, encoder_for
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.film.animation import Animation
from gmmviz.fitting.policy import fit
from gmmviz.scene.changes import Changes, Quality, in_quality, keep_within, revised
from gmmviz.scene.checking import Problem, check, scene_error
from gmmviz.scene.layers import Layer, locate, merged, read_chain
from gmmviz.scene.limits import Limits, amount
from gmmviz.scene.plugins import load_installed, run_file
from gmmviz.scene.python import PythonScene
from gmmviz.scene.runs import run_texts
from gmmviz.scene.sources import SceneError, read_setting
from gmmviz.scene.tables import SceneTables
from gmmviz.storyboard.run import Run


@dataclass(frozen=True)
class ScenePart:
    """What a scene says of one of its runs.

    Parameters
    ----------
    name : str
        Empty if the scene has one run.
    tables : SceneTables
        All tables of the scene, with the run's own data and model.
    layers : tuple of Layer
        Where that stands.
    """

    name: str
    tables: SceneTables
    layers: tuple[Layer, ...]

    @contextmanager
    def blame(self, *table: str) -> Iterator[None]:
        """Say where in the file a later stage found the fault: at its own place within this table."""
        try:
            yield
        except SceneError:
            raise
        except InputError as error:
            location = (*table, *error.place)
            if location[:1] == ("panels",) and not self.says("panels"):
                location = ("data",)  # which the usual panels cannot draw
            raise scene_error([(Problem(location, str(error)), self.layers)]) from error

    def says(self, *location: str) -> bool:
        """Whether the key stands in the scene."""
        return any(layer.find(location) is not None for layer in self.layers)


@dataclass(frozen=True)
class Scene:
    """A scene file that has been read and found to be in order.

    Parameters
    ----------
    path : Path
    parts : tuple of ScenePart
        One per run of the film.
    limits : Limits
    """

    path: Path
    parts: tuple[ScenePart, ...]
    limits: Limits

    @property
    def tables(self) -> SceneTables:
        """What the file says; of several runs, the data and the model of the first."""
        return self.parts[0].tables

    @property
    def formats(self) -> tuple[str, ...]:
        """The suffixes of the files that the scene asks for."""
        return self.tables.output.formats

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the film is made from."""
        sources = {layer.source.path for part in self.parts for layer in part.layers if not layer.source.option}
        named = [_data_file(part) for part in self.parts] + list(_plugin_files(self.tables, self.parts[0].layers))
        return tuple(sorted({*sources, *(path for path in named if path)}))

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """The points of each run; what several runs have in common is read once."""
        read: list[tuple[DatasetSource, Path, Dataset]] = []
        every = []
        for part in self.parts:
            source, folder = part.tables.data, _folder(part)
            known = (data for other, place, data in read if (other, place) == (source, folder))
            data = next(known, None) or self._load(part, folder)
            read.append((source, folder, data))
            every.append(data)
        return tuple(every)

    @property
    def dataset(self) -> Dataset:
        """The points, of several runs those of the first."""
        return self.datasets[0]

    def _load(self, part: ScenePart, folder: Path) -> Dataset:
        source = part.tables.data
        with part.blame("data"):
            if isinstance(source, Sample):
                what = f"the sample would have {amount(source.n_points)} points"
                self.limits.keep("points", source.n_points, what, "n_points")
            file = _data_file(part)
            if file and "\0" in str(file):
                raise InputError("no path of a file has a zero byte in it", "path")
            if file and file.exists():
                status = file.stat()
                if not (S_ISREG(status.st_mode) or file.is_dir()):
                    raise InputError(f"{file} is no file that data can be read from", "path")
                if not isinstance(source, NpyFile):  # which is mapped into memory
                    what = f"{file} has {status.st_size:,} bytes"
                    self.limits.keep("data_size", status.st_size, what, "path")
            data = source.load(folder)
            self.limits.keep("points", len(data.points), f"{data.name} has {len(data.points):,} points")
        return data

    @cached_property
    def traces(self) -> tuple[Trace, ...]:
        """The runs of EM that the film shows."""
        return self._fitted()

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs under their names."""
        return tuple(Run(trace, part.name) for part, trace in zip(self.parts, self.traces, strict=True))

    def _fitted(self, max_iter: int | None = None) -> tuple[Trace, ...]:
        """Run EM, for so many iterations at most if that is less than what the scene allows."""
        most, n_iterations = self.limits, 0
        traces = []
        for part, data in zip(self.parts, self.datasets, strict=True):
            model = part.tables.model
            with part.blame("model"):
                what = f"the model would have {amount(model.components)} components"
                most.keep("components", model.components, what, "components")
                n_iterations += model.max_iter * model.n_init
                what = f"the fit may take {amount(n_iterations)} iterations"
                most.keep("iterations", n_iterations, what, "max_iter" if model.n_init == 1 else "n_init")
                trace = fit(
                    data,
                    model.start,
                    n_components=model.components,
                    covariance_type=model.covariance_type,
                    algorithm=model.algorithm,
                    max_iter=model.max_iter if max_iter is None else min(max_iter, model.max_iter),
                    tol=model.tol,
                    stop_on=model.stop_on,
                    reg_covar=model.reg_covar,
                    n_init=model.n_init if max_iter is None else 1,
                    on_collapse=model.on_collapse,
                )
                traces.append(trace)
        return tuple(traces)

    def animation(self, **changes: Unpack[Changes]) -> Animation:
        """The film.

        Parameters
        ----------
        size : tuple of int, optional
            Instead of the scene's, in pixels.
        fps : float, optional
        theme : str, optional
        quality : {"draft", "standard", "high"}
            A draft has half the size and at most 12 frames a second; "high" has one and a half times the
            size and at least 30.

        Raises
        ------
        SceneError
            If the data cannot be read, fitted or drawn.
        InputError
            If the film cannot be changed so.
        """
        film = revised(self._film(self.runs), **changes)
        with self.parts[0].blame():
            keep_within(film, self.limits)
            film.moments  # noqa: B018 - made here, so that what is wrong with the pace is said here
        return film

    def _film(self, runs: Sequence[Run]) -> Animation:
        tables = self.tables
        with self.parts[0].blame():
            return Animation(
                runs,
                tables.panels,
                pace=tables.pace,
                title=tables.title,
                subtitle=tables.subtitle,
                layout=tables.layout,
                captions=tables.captions,
                theme=tables.theme.name,
                size=tables.output.size,
                fps=tables.output.fps,
                description=tables.description,
            )

    def encoder(self, path: Path, quality: Quality = "standard") -> Encoder:
        """What writes a file of that name, with the scene's options.

        Raises
        ------
        InputError
            If no encoder writes such files.
        """
        usual = encoder_for(path)
        output = self.tables.output
        own = (output.gif, output.mp4, output.webm, output.webp, output.apng, output.sheet)
        return in_quality(next((one for one in own if type(one) is type(usual)), usual), quality)

    def check(self) -> None:
        """Find what can be found without running EM or drawing: the data, the start, the panels, the pace.

        Raises
        ------
        SceneError
        """
        traces = self._fitted(max_iter=0)
        film = self._film([Run(trace, part.name) for trace, part in zip(traces, self.parts, strict=True)])
        with self.parts[0].blame():
            keep_within(film, self.limits)


def load_scene(
    path: str | os.PathLike[str],
    *,
    settings: Sequence[str] = (),
    limits: Limits | None = None,
    allow_plugins: bool = False,
) -> Scene | PythonScene:
    """Read and check a scene file.

    Parameters
    ----------
    path : str or path
        A TOML file, or a Python file that defines ``animation()``, which is run when the film is asked for.
    settings : sequence of str
        Keys that replace the file's, such as ``"pace.length=8"``.
    limits : Limits, optional
        What the scene may ask for.
    allow_plugins : bool
        Whether to run the Python files that the scene names in `plugins`.

    Returns
    -------
    Scene, or PythonScene for a Python file

    Raises
    ------
    SceneError
        Names every mistake in the file, with line and column.
    InputError
        If the file cannot be read.
    """
    path, limits = Path(path), limits or Limits()
    load_installed()
    if path.suffix == ".py":
        if settings:
            raise InputError(f"{path} is a Python scene, which has no keys to set: {settings[0]}")
        return PythonScene(path, limits)
    sources = [read_setting(setting, limits) for setting in reversed(settings)] + read_chain(path, limits)
    layers = tuple(Layer(source) for source in sources)
    document: dict[str, Any] = {}
    for source in reversed(sources):
        document = merged(document, source.document)
    _run_plugins(document, layers, allow_plugins)
    texts, found = run_texts(document, layers, limits)
    problems = [(problem, layers) for problem in found]
    parts = []
    for text in texts:
        tables, found = check(text.document)
        problems += [(problem, text.layers) for problem in found]
        if tables:
            parts.append(ScenePart(text.name, tables, text.layers))
    if problems:
        raise scene_error(problems)
    return Scene(path, tuple(parts), limits)


def _run_plugins(document: dict[str, Any], layers: Sequence[Layer], allowed: bool) -> None:
    names = document.get("plugins")
    if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
        return
    source, _ = locate(layers, ("plugins",))
    if not allowed:
        message = (
            f"this scene runs Python code of its own ({', '.join(names)}): read it, and if you trust it add "
            "--allow-plugins, or in Python load_scene(..., allow_plugins=True)"
        )
        raise scene_error([(Problem(("plugins",), message), layers)])
    for i, name in enumerate(names):
        try:
            run_file((source.path.parent / name).resolve())
        except InputError as error:
            raise scene_error([(Problem(("plugins", i), str(error)), layers)]) from error


def _plugin_files(tables: SceneTables, layers: Sequence[Layer]) -> Iterator[Path]:
    source, _ = locate(layers, ("plugins",))
    return (source.path.parent / name for name in tables.plugins)


def _folder(part: ScenePart) -> Path:
    """The folder that the data's path is relative to: that of the file in which the path stands."""
    source, _ = locate(part.layers, ("data", "path"))
    return source.path.parent


def _data_file(part: ScenePart) -> Path | None:
    name = getattr(part.tables.data, "path", None)
    return _folder(part) / name if isinstance(name, str) else None
