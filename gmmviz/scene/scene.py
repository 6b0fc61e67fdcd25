"""A scene file that has been read and checked, and the film that it describes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import Any, Unpack

from gmmviz.datasets import Dataset, DatasetSource, NpyFile, ParquetFiles, ZarrArray
from gmmviz.encoders import ENCODERS, Encoder, encoder_for
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, counted
from gmmviz.film.animation import Animation
from gmmviz.film.quality import Quality, in_quality
from gmmviz.fitting.known import some_labels
from gmmviz.fitting.policy import fit
from gmmviz.options import checked
from gmmviz.registry import must_return
from gmmviz.scene.checking import Problem, check, scene_error
from gmmviz.scene.layers import Layer, counted_in, locate, merged, read_chain
from gmmviz.scene.limits import Limits, amount
from gmmviz.scene.overrides import Overrides, keep_within, revised
from gmmviz.scene.plugins import blaming, load_installed, run_file
from gmmviz.scene.python_scene import PythonScene
from gmmviz.scene.sources import SceneError, read_setting
from gmmviz.scene.tables import SceneTables, encoder_tables
from gmmviz.scene.variants import run_documents
from gmmviz.storyboard.run import Run


@dataclass(frozen=True, repr=False)
class ScenePart:
    """What a scene says of one of its runs.

    Parameters
    ----------
    name : str
        Empty if the scene has one run.
    tables : SceneTables
        All tables of the scene, with the run's own data and model.
    layers : tuple of Layer
        The files and settings that say so, to point into.
    """

    name: str
    tables: SceneTables
    layers: tuple[Layer, ...]

    @contextmanager
    def blame(self, *table: str) -> Iterator[None]:
        """Point every `InputError` raised inside at its place within this table of the scene file."""
        try:
            yield
        except SceneError:
            raise
        except InputError as error:
            raise scene_error([(Problem((*table, *error.place), str(error)), self.layers)]) from error

    def says(self, *location: str) -> bool:
        """Whether the key stands in the scene."""
        return any(layer.find(location) is not None for layer in self.layers)

    def __repr__(self) -> str:
        model = self.tables.model
        data = type(self.tables.data).__name__
        return f"<ScenePart {self.name!r}: {data}, {counted(model.components, 'component')}>"


@checked
@dataclass(frozen=True, repr=False)
class Scene:
    """A scene file that has been read and checked; made by `load_scene`.

    Parameters
    ----------
    path : Path
        The file.
    parts : tuple of ScenePart
        One per run of the film.
    limits : Limits
        What the scene may ask for.

    Examples
    --------
    >>> from pathlib import Path
    >>> import gmmviz as gv
    >>> template = Path(gv.__file__).parent / "cli" / "templates" / "sweep.toml"
    >>> scene = gv.load_scene(template)
    >>> scene.formats
    ('gif',)
    >>> len(scene.parts)
    4
    """

    path: Path
    parts: tuple[ScenePart, ...]
    limits: Limits

    @property
    def tables(self) -> SceneTables:
        """What the file says. Where it has several runs, the data and the model are the first one's."""
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
        read = {Path(file) for _, encoder in self._own_encoders() for file in _files_read(encoder).values()}
        return tuple(sorted({*sources, *read, *(path for path in named if path)}))

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """The points of each run; data that several runs share are read once."""
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
        """The points; where there are several runs, those of the first."""
        return self.datasets[0]

    def _load(self, part: ScenePart, folder: Path) -> Dataset:
        source = part.tables.data
        with part.blame("data"), blaming(self.files):
            n_points = getattr(source, "n_points", None)
            if isinstance(n_points, int):
                what = f"the sample would have {amount(n_points)} points"
                self.limits.keep("points", n_points, what, "n_points")
            file = _data_file(part)
            if file and "\0" in str(file):
                raise InputError("the path of a file cannot have a zero byte in it", "path")
            if file and file.exists():
                status = file.stat()
                if not (S_ISREG(status.st_mode) or file.is_dir()):
                    raise InputError(f"{file} is not a file that data can be read from", "path")
                if not isinstance(source, NpyFile | ParquetFiles | ZarrArray):  # these are not read whole
                    what = f"{file} has {status.st_size:,} bytes"
                    self.limits.keep("data_size", status.st_size, what, "path")
            data: Any = source.load(folder)
            if not isinstance(data, Dataset):
                raise must_return("a gmmviz.Dataset", data, type(source).load)
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
        n_iterations = 0
        traces = []
        for part, data in zip(self.parts, self.datasets, strict=True):
            traces.append(fitted(self, part, data, max_iter, n_iterations))
            n_iterations += max(part.tables.model.max_iter, 1) * part.tables.model.n_init
        return tuple(traces)

    def animation(self, **overrides: Unpack[Overrides]) -> Animation:
        """Make the film.

        Parameters
        ----------
        **overrides : object
            What to change: `size` (width and height in pixels), `fps` (frames per second), `theme` (a name), or
            `quality`. A "draft" has half the size and at most 12 frames a second; "high" has one and a half
            times the size and at least 30; "standard" changes nothing.

        Returns
        -------
        Animation
            The film that the scene describes, with the changes.

        Raises
        ------
        SceneError
            If the data cannot be read, fitted or drawn.
        InputError
            If the film cannot be changed in this way.
        """
        film = revised(self._film(self.runs), **overrides)
        self._keep_within(film, **overrides)
        with self.parts[0].blame():
            film.moments  # noqa: B018 - so that a mistake in the pace is reported here
        for table, encoder in self._own_encoders():
            if any(type(encoder) is ENCODERS[name] for name in self.formats):
                with self.parts[0].blame("output", table):
                    encoder.check(film.film)
        return film

    def _own_encoders(self) -> Iterator[tuple[str, Encoder]]:
        """Yield what writes each format that has a table of options, under that table's name."""
        for table, name in encoder_tables().items():
            encoder = self.tables.output.encoders.get(name)
            if encoder and self.parts[0].says("output", table):
                yield table, self._located(table, encoder)

    def _located(self, table: str, encoder: Any) -> Encoder:
        """The encoder with the files that it reads, which the scene names relative to where it names them."""
        layers, found = self.parts[0].layers, dict[str, str]()
        for option, name in _files_read(encoder).items():
            source, _ = locate(layers, ("output", table, option))
            found[option] = str(source.path.parent / name)
        located: Encoder = replace(encoder, **found)
        return located

    def _keep_within(self, film: Animation, **overrides: Unpack[Overrides]) -> None:
        """Refuse more pixels than the limits allow, in the film's own size and in that of each format."""
        with self.parts[0].blame():
            keep_within(film, self.limits)
        size, fps, quality = overrides.get("size"), overrides.get("fps"), overrides.get("quality", "standard")
        for table, encoder in self._own_encoders():
            with self.parts[0].blame("output", table):
                keep_within(film, self.limits, in_quality(encoder, quality, size, fps))

    def _film(self, runs: Sequence[Run]) -> Animation:
        tables = self.tables
        with self.parts[0].blame(), blaming(self.files):
            return Animation(
                runs,
                tables.panels if self.parts[0].says("panels") else None,  # else what suits the data
                pace=tables.pace,
                title=tables.title,
                subtitle=tables.subtitle,
                layout=tables.layout,
                captions=tables.captions,
                words=tables.words,
                language=tables.language,
                theme=tables.theme.name,
                background=tables.theme.background,
                size=tables.output.size,
                fps=tables.output.fps,
                description=tables.description,
            )

    @checked
    def encoder(
        self,
        path: Path,
        quality: Quality = "standard",
        size: tuple[int, int] | None = None,
        fps: float | None = None,
    ) -> Encoder:
        """Return what writes a file of that name, with the options that the scene gives it.

        Parameters
        ----------
        path : Path
            The file, whose suffix says the format.
        quality : {"draft", "standard", "high"}
            Replaces the option of that name, where the format has it, unless it is "standard".
        size : tuple of int, optional
            As for `animation`: the size of all files, also of a format that has its own.
        fps : float, optional
            As for `animation`, likewise.

        Returns
        -------
        Encoder
            For `Animation.save`.

        Raises
        ------
        InputError
            If no encoder writes such files.
        """
        usual = encoder_for(path)
        own = (one for _, one in self._own_encoders() if type(one) is type(usual))
        return in_quality(next(own, usual), quality, size, fps)

    def check(self) -> None:
        """Check all that can be checked without running EM or drawing: the data, the start, the panels, the pace.

        Raises
        ------
        SceneError
            Names the first mistake, with line and column.
        """
        traces = self._fitted(max_iter=0)
        self._keep_within(
            self._film([Run(trace, part.name) for trace, part in zip(traces, self.parts, strict=True)])
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.animation()._repr_mimebundle_()

    def __repr__(self) -> str:
        title = self.tables.title or self.path.name
        return f"<Scene {self.path}: {title!r}, {counted(len(self.parts), 'run')}>"


def fitted(
    scene: Scene,
    part: ScenePart,
    data: Dataset,
    max_iter: int | None = None,
    so_far: int = 0,
    checkpoint: Path | None = None,
) -> Trace:
    """Run EM on points as a part of the scene says.

    Parameters
    ----------
    scene : Scene
    part : ScenePart
        One of the scene's.
    data : Dataset
        Its points, or some of them.
    max_iter : int, optional
        The most iterations, if that is less than what the scene allows.
    so_far : int
        Iterations that other parts may take, for the limit.
    checkpoint : Path, optional
        The file that keeps what the run comes to.

    Returns
    -------
    Trace
        The run.

    Raises
    ------
    SceneError
        If the points cannot be fitted, or the scene asks for more than the limits allow.
    """
    model, most = part.tables.model, scene.limits
    with part.blame("model"), blaming(scene.files):
        what = f"the model would have {amount(model.components)} components"
        most.keep("components", model.components, what, "components")
        n_iterations = so_far + max(model.max_iter, 1) * model.n_init  # a start alone takes as long as one
        what = f"the fit may take {amount(n_iterations)} iterations"
        most.keep("iterations", n_iterations, what, "max_iter" if model.n_init == 1 else "n_init")
        return fit(
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
            fixed=model.fixed,
            prior=model.prior or False,
            labels=None if model.known is None else some_labels(data, model.known, model.components),
            beta=model.beta,
            online=model.online,
            checkpoint=checkpoint,
        )


@checked
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
        A TOML file, or a Python file that defines ``animation()``. The latter is run when the film is made.
    settings : sequence of str
        Keys that replace the file's, such as ``"pace.length=8"`` or, of the first panel, ``"panels.0.radii=[1]"``.
        The last of several for one key holds.
    limits : Limits, optional
        What the scene may ask for; by default as ``gmmviz list limits`` says.
    allow_plugins : bool
        Whether to run the Python files that the scene names in `plugins`.

    Returns
    -------
    Scene or PythonScene
        A `PythonScene` if the file is a Python file.

    Raises
    ------
    SceneError
        Names every mistake in the file, with line and column.
    InputError
        If the file cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> import gmmviz as gv
    >>> template = Path(gv.__file__).parent / "cli" / "templates" / "film.toml"
    >>> scene = gv.load_scene(template, settings=["title=Mine"])
    >>> scene.animation(size=(320, 180)).title
    'Mine'
    """
    path, limits, settings = Path(path), limits or Limits(), list(settings)
    load_installed()
    if path.suffix == ".py":
        if settings:
            raise InputError(f"{path} is a Python scene, which has no keys to set: {settings[0]}")
        return PythonScene(path, limits)
    sources = [read_setting(setting, limits) for setting in reversed(settings)] + read_chain(path, limits)
    layers = tuple(Layer(source) for source in sources)
    document: dict[str, Any] = {}
    for source in reversed(sources):
        try:
            document = merged(
                document, counted_in(document, source.document) if source.option else source.document
            )
        except InputError as error:
            raise InputError(f"{source.option}: {error}") from None
    _run_plugins(document, layers, allow_plugins)
    texts, found = run_documents(document, layers, limits)
    # What every run replaces is checked too; only what the runs add may be missing.
    found += [problem for problem in check(document)[1] if not problem.missing] if texts[0].name else []
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
    """The folder of the file in which the data's path stands, which the path is relative to."""
    source, _ = locate(part.layers, ("data", "path"))
    return source.path.parent


def _files_read(encoder: Encoder) -> dict[str, str]:
    """The files that an encoder reads, by the options that name them."""
    return {option: name for option in encoder.reads if (name := getattr(encoder, option))}


def _data_file(part: ScenePart) -> Path | None:
    name = getattr(part.tables.data, "path", None)
    return _folder(part) / name if isinstance(name, str) else None
