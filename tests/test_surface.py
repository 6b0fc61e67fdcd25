"""The whole public surface: whatever is given for any argument works, or is one sentence that names the argument.

The calls are made from the signatures. What a new public function needs to be called at all is added to `VALUES`.
"""

import inspect
import math
import random
import re
import sys
import types
import warnings
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zarr
from matplotlib.figure import Figure
from sklearn.mixture import GaussianMixture as SklearnMixture

import gmmviz as gv
import gmmviz.encoders
import gmmviz.renderers
from gmmviz.errors import brief
from gmmviz.options import options
from gmmviz.scene import Limits
from gmmviz.storyboard.stage import stages

pytestmark = pytest.mark.timeout(30)

DATA = gv.Dataset(gv.load_dataset("old_faithful").points[:40], labels=["long", "short"] * 20)
TRACE = gv.fit(DATA, n_components=2, max_iter=3)
MIXTURE = TRACE[-1].mixture
FILM = gv.Animation(TRACE, size=(64, 36), pace=gv.Pace(iterations=1))
MOMENT = FILM.moments[3]
THEME = gv.THEMES["light"].scaled((64, 36))
(STAGE,) = stages([("", TRACE)], 2.0)
PICTURE = gv.fit(gv.Dataset(np.indices((3, 4, 5)).reshape(3, -1).T, shape=(6, 10)), n_components=2, max_iter=2)
(PICTURE_STAGE,) = stages([("", PICTURE)], 2.0)
CAUGHT = gv.fit(gv.Dataset(DATA.points, others=DATA.points[:5] + 9), n_components=2, max_iter=2)
(CAUGHT_STAGE,) = stages([("", CAUGHT)], 2.0)
SHOTS = [gmmviz.encoders.Shot(np.full((36, 64, 4), 255, np.uint8), m.duration, m.opens) for m in FILM.moments]
EYES = [[[1.0, 0.0], [0.0, 1.0]]] * 2


class Nothing:
    """A class that gmmviz does not know."""


WRONG = {
    "None": None,
    "a float": 3.0,
    "less than zero": -1,
    "zero": 0,
    "a large number": 2**40,
    "NaN": math.nan,
    "infinity": math.inf,
    "a text": "nonsense",
    "no text": "",
    "bytes": b"x",
    "an empty list": [],
    "an empty dict": {},
    "an object": object(),
    "an empty array": np.array([]),
    "an array of texts": np.array(["a"]),
    "a ragged list": [[1.0], [1.0, 2.0]],
    "an array of complex numbers": np.array([1j, 2]),
    "a path": Path("nowhere"),
    "a function": lambda: 0,
    "a class": Nothing,
    "a module": types,
    "True": True,
    "a set": set(),
    "a table": pd.DataFrame({"a": [1.0]}),
    "a masked array": np.ma.masked_array([1.0, 2.0], [True, False]),
    "a mixture": MIXTURE,
    "a trace": TRACE,
}
WRONGER = WRONG | {
    "a huge number": 10**400,
    "a number of too many digits": 10**5000,
    "a complex number": 1j,
    "a date": np.datetime64("NaT"),
    "lists in lists": [[[[]]]],
    "a list of texts": ["nonsense"],
    "a list of nothing": [None],
    "a tuple": (1, 2),
    "an array without dimensions": np.array(1.0),
    "an array": np.ones(3),
    "an array of NaN": np.full((40, 2), np.nan),
    "a data set": DATA,
    "a public class": gv.Trace,
    "a long text": "nonsense " * 10_000,
    "a long list": list(range(10_000)),
    "a row": pd.Series([1.0, None]),
    "a film": FILM,
    "a pace": gv.Pace(),
}

# What an argument of this name is given where it has no default; or for one function alone, as "function.name".
VALUES = {
    "X": DATA.points,
    "where": "A title.",
    "after": 1,
    "at": "end",
    "ax": lambda: Figure().subplots(),
    "axes": lambda: Figure().subplots(),
    "before": 0,
    "begins": 0.0,
    "blend": (0, 1, 0.5),
    "caption": "points choose",
    "chapter": "Iteration 1",
    "color": "#0072b2",
    "coloring": 1.0,
    "component": 0,
    "counts": [20.0, 20.0],
    "covariances": EYES,
    "data": DATA,
    "done": 0,
    "duration": 1.0,
    "durations": (1.0, 2.0),
    "encoder": gmmviz.encoders.GifEncoder(),
    "ends": 1.0,
    "estimate": MIXTURE,
    "event": gv.Event("dead", "component 1 has died"),
    "features": [0],
    "film": replace(FILM.film, samples=(SHOTS[0].image,)),
    "fps": 25.0,
    "frame": FILM.frames(MOMENT)[0],
    "gap": 0.5,
    "hues": (1, 0),
    "image": SHOTS[0].image,
    "iteration": 1,
    "kind": "dead",
    "label": "E-step 1",
    "last": 1,
    "limits": Limits(),
    "log_likelihood": -130.0,
    "lower_bound": -130.5,
    "means": [[2.0, 60.0], [4.0, 80.0]],
    "message": "component 1 has died",
    "mixture": MIXTURE,
    "model": SklearnMixture(2, random_state=0),
    "moment": MOMENT,
    "moments": [MOMENT],
    "n": 2,
    "n_bytes": 12,
    "n_components": 2,
    "n_frames": 3,
    "n_panels": 1,
    "n_points": 5,
    "name": "old_faithful",
    "num_components": 2,
    "num_samples": 5,
    "number": 0,
    "opens": True,
    "pairs": [(SHOTS[0].image, SHOTS[-1].image)],
    "palette": ("#0072b2", "#d55e00"),
    "parts": (),
    "path": Path("film.gif"),
    "phase": "e",
    "pixels": 3.0,
    "points": DATA.points,
    "position": 0.5,
    "previous": 0,
    "progress": 0.5,
    "rate": Fraction(25),
    "responsibilities": TRACE.responsibilities(-1),
    "runs": TRACE,
    "seconds": 1.0,
    "shots": SHOTS,
    "size": (64, 36),
    "snapshot": TRACE[1],
    "snapshots": TRACE.snapshots,
    "stage": STAGE,
    "step": "e",
    "stop_reason": "max_iter",
    "suffix": ".svg",
    "wanted": gmmviz.encoders.PlateEncoder(),
    "t": 1,
    "theme": THEME,
    "time": 0.0,
    "trace": TRACE,
    "truth": MIXTURE,
    "values": [2.0],
    "weights": [0.5, 0.5],
    **dict.fromkeys(("background", "grid", "muted", "outline", "panel", "text", "unknown"), "#ffffff"),
    "Animation.save.files": "film.gif",
    "Animation.still.path": "still.png",
    "CsvFile.path": "points.csv",
    "TableFile.path": "points.csv",
    "NpyFile.path": "points.npy",
    "ParquetFiles.columns": ("a",),
    "ParquetFiles.path": "points.parquet",
    "ZarrArray.path": "points.zarr",
    "Mixture.trusted.covariances": np.array(EYES),
    "Mixture.trusted.means": np.array([[2.0, 60.0], [4.0, 80.0]]),
    "Mixture.trusted.weights": np.array([0.5, 0.5]),
    "Registry.__getitem__.name": "earth",
    "Trace.load.path": "run.npz",
    "Trace.save.path": "other.npz",
    "RocRenderer.check.stage": CAUGHT_STAGE,
    "RocRenderer.draw_still.stage": CAUGHT_STAGE,
    "RocRenderer.moving.stage": CAUGHT_STAGE,
    "ImageRenderer.check.stage": PICTURE_STAGE,
    "ImageRenderer.draw_still.stage": PICTURE_STAGE,
    "ImageRenderer.moving.frame": gv.Animation(PICTURE, gv.ImageRenderer()).frames(MOMENT)[0],
    "ImageRenderer.moving.stage": PICTURE_STAGE,
    "explorable": gv.explore(TRACE),
    "what": TRACE,
    "Explorable.save.path": "page.html",
    "fit.n_components": 2,
    "load_scene.path": "scene.toml",
}
# What a method is called on where the class cannot be made of VALUES.
OBJECTS = {
    gv.Animation: lambda: FILM,
    gv.GaussianMixture: lambda: gv.GaussianMixture(2).fit(DATA.points),
    gv.GaussianMixtureModel: lambda: gv.GaussianMixtureModel(2, num_iters=3).fit(DATA),
    gv.Layout: lambda: gv.Layout(rows=("A",)),
    gv.Mixture: lambda: MIXTURE,
    gv.Scene: lambda: gv.load_scene("scene.toml"),
    gv.Theme: lambda: THEME,
    gv.Trace: lambda: TRACE,
}
# How messages speak of an argument, where they do not call it by its name.
ALSO_CALLED = {
    "X": "data|array|shape",
    "at": "step|moment",
    "member": "registered",
    "name": "unknown|registered",
    "number": "start",
    "path": "file|folder|still|trace|cannot be read",
    "points": "data",
    "settings": "--set",
}


@options
class Sandwich:
    """What is registered here."""

    filling: str = "cheese"
    """What is between the slices."""


def registry():
    planets = type(gv.RENDERERS)("planet")
    planets.register("earth", Sandwich)
    return planets


def register(name, /, *member):
    """Register it in a registry of its own, so that the name is not taken."""
    return registry().register(name, *member)


def public():
    """The functions and classes of the three public modules, once each."""
    seen = {}
    for module in (gv, gmmviz.encoders, gmmviz.renderers):
        for name in sorted(module.__all__):
            member = getattr(module, name)
            if isinstance(member, type | types.FunctionType) and not issubclass_(member, Exception):
                seen.setdefault(member, name)
    return seen


def issubclass_(member, cls):
    return isinstance(member, type) and issubclass(member, cls)


def doors():
    """What can be called: functions, constructors, and public methods of what can be made."""
    for member, name in public().items():
        if inspect.isabstract(member):
            continue
        yield name
        if isinstance(member, type):
            yield from (f"{name}.{method}" for method in sorted(methods(member)))
    yield from ("Registry.register", "Registry.__getitem__", "Registry.__contains__")


def methods(cls):
    for name, member in inspect.getmembers(cls):
        function = member.__func__ if inspect.ismethod(member) else member
        if inspect.isfunction(function) and not name.startswith("_") and function.__module__.startswith("gmmviz"):
            yield name


def made(name):
    """The function of that name, ready to be called."""
    names = {name: member for member, name in public().items()}
    owner, _, method = name.partition(".")
    if owner == "Registry":
        return register if method == "register" else getattr(registry(), method)
    cls = names[owner]
    if not method:
        return cls
    if cls in OBJECTS:
        return getattr(OBJECTS[cls](), method)
    return getattr(cls(**required(owner, cls)), method)


def required(name, function):
    """A value for each argument that has no default."""
    owner = getattr(function, "__self__", None)
    known = of_encoder(owner, name) if isinstance(owner, gmmviz.encoders.Encoder) else {}
    values = {}
    for parameter in inspect.signature(function).parameters.values():
        key = f"{name}.{parameter.name}"
        if parameter.name in known:
            values[parameter.name] = known[parameter.name]
        elif parameter.name == "props":
            values["props"] = owner.draw_still(Figure().subplots(), VALUES.get(f"{name}.stage", STAGE), THEME)
        elif key in VALUES or (parameter.default is parameter.empty and parameter.kind <= parameter.KEYWORD_ONLY):
            if parameter.kind == parameter.VAR_POSITIONAL and key not in VALUES:
                continue
            if key not in VALUES and parameter.name not in VALUES:
                pytest.fail(f"say in VALUES with what {name} can be called: {parameter.name!r} is missing")
            value = VALUES.get(key, VALUES.get(parameter.name))
            values[parameter.name] = value() if inspect.isfunction(value) else value
    return values


def of_encoder(encoder, name):
    """A file that is there, and the pictures that the encoder wants."""
    suffix = next(suffix for suffix, kind in gv.ENCODERS.items() if kind is type(encoder))
    path = Path(f"film.{suffix}")
    path.touch()
    if name.endswith("read_back"):
        FILM.save((path, encoder))
    of_steps = [replace(SHOTS[step.last], drawing=b"<svg/>") for step in FILM.film.steps]
    shots = {"images": SHOTS, "end": SHOTS[-1:], "nothing": []}.get(encoder.wants, of_steps)
    if encoder.wants == "plate":
        shots = [replace(SHOTS[-1], drawing=FILM.plate(encoder, f".{suffix.split('.')[-1]}"))]
    if encoder.wants == "pages":
        shots = [replace(SHOTS[-1], drawing=FILM.pages(FILM.moments[:2]))]
    return {"path": path, "shots": shots}


class Door:
    """A public function and arguments with which it can be called."""

    def __init__(self, name):
        self.name = name
        self.function = made(name)
        self.parameters = inspect.signature(self.function).parameters.values()
        self.required = required(name, self.function)

    def call(self, **given):
        """Call it with these arguments among the others, by place where they have no name."""
        by_place, by_name = [], self.required | given
        for parameter in self.parameters:
            if parameter.name in by_name and parameter.kind in (
                parameter.POSITIONAL_ONLY,
                parameter.VAR_POSITIONAL,
            ):
                by_place.append(by_name.pop(parameter.name))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = self.function(*by_place, **by_name)
            if isinstance(result, Iterator):
                next(result, None)

    def problem(self, **given):
        """What goes wrong beside a sentence that names one of the arguments; None if nothing does."""
        try:
            self.call(**given)
        except gv.InputError as error:
            return None if any(is_named(error, argument) for argument in given) else f"names no argument: {error}"
        except (gv.CollapseError, gv.RenderError):  # of the right kind, but cannot be fitted or written
            return None
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return None

    def changeable(self):
        return [parameter for parameter in self.parameters if parameter.kind != parameter.VAR_KEYWORD]


def is_named(error, argument):
    """Whether the message speaks of the argument, and is short enough to be read."""
    message = str(error).replace("_", " ")
    words = argument.removeprefix("n_").removesuffix("_init").removesuffix("s").replace("_", " ")
    assert len(message) < 1000
    return argument in error.place or re.search(f"{words}|{ALSO_CALLED.get(argument, words)}", message)


def is_right(parameter, value):
    """Whether the value is of the right kind, so that what becomes of it is the caller's."""
    wanted = str(parameter.annotation)
    return ("Path" in wanted and isinstance(value, Path)) or (
        parameter.name in ("progress", "watch") and callable(value)
    )


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("x,y\n1,2\n3,4\n5,7\n")
    np.save("points.npy", DATA.points)
    pq.write_table(pa.table({"a": DATA.points[:, 0], "b": DATA.points[:, 1]}), "points.parquet")
    zarr.create_array("points.zarr", data=DATA.points)
    TRACE.save("run.npz")
    Path("scene.toml").write_text('[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_iter = 3\n')


@pytest.fixture(autouse=True)
def gigabyte():
    """Two gigabytes more than there are now, and no more."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2 * 10**9, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("name", list(doors()))
def test_wrong_argument_is_named(name):
    door = Door(name)
    door.call()

    found = [
        f"{name}({parameter.name}={what}) {problem}"
        for parameter in door.changeable()
        for what, value in WRONG.items()
        if not is_right(parameter, value) and (problem := door.problem(**{parameter.name: value}))
    ]

    assert found == []
    with pytest.raises((TypeError, gv.InputError)):
        door.call(nonsense=3)


@pytest.mark.parametrize("name", inspect.signature(gv.GaussianMixture).parameters)
def test_wrong_setting_of_an_estimator_is_named_when_it_is_fitted(name):
    found = []
    for what, value in WRONG.items():
        model = gv.GaussianMixture(2, max_iter=5).set_params(**{name: value})
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.fit(DATA.points)
        except gv.InputError as error:
            found += [] if is_named(error, name) else [f"{what}: {error}"]

    assert found == []


@pytest.mark.parametrize("name", ["size", "fps", "theme", "quality"])
def test_wrong_change_of_a_scenes_film_is_named(name):
    scene = gv.load_scene("scene.toml")
    found = []
    for what, value in WRONG.items():
        try:
            scene.animation(**{name: value})
        except gv.InputError as error:
            found += [] if is_named(error, name) else [f"{what}: {error}"]

    assert found == []
    with pytest.raises(gv.InputError, match=r"^quality must be 'draft', 'standard' or 'high', not 'drft'$"):
        scene.animation(quality="drft")


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_any_two_wrong_arguments_are_refused_by_name():
    draw, found = random.Random(0), []
    for door in map(Door, doors()):
        for _ in range(200):
            n = min(len(door.changeable()), draw.choice([1, 1, 2]))
            given = {one: draw.choice(list(WRONGER.values())) for one in draw.sample(door.changeable(), n)}
            if n and not any(is_right(parameter, value) for parameter, value in given.items()):
                given = {parameter.name: value for parameter, value in given.items()}
                problem = door.problem(**given)
                told = {name: brief(value) for name, value in given.items()}
                found += [f"{door.name}({told}) {problem}"] if problem else []

    assert found == []
