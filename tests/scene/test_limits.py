"""A scene gets what it asks for up to limits that only the user raises, and hostile text costs little."""

import time
import warnings
from dataclasses import fields

import numpy as np
import pytest

import gmmviz as gv
from gmmviz.scene import Limits, limits
from gmmviz.scene.checking import MOST

BASE = '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_iter = 10\n[output]\nsize = [64, 36]\n'
# A scene that asks for a little more than the limit, the limit, and what is said of it.
BEYOND = {
    "file_size": ("# " + 250 * "x" + "\n" + BASE, 300, "is larger than 300 bytes, too large for a scene file"),
    "nesting": ('[sweep]\ndata.means = [[[1]]]\n', 3, "tables and lists stand more than 3 deep within one another"),
    "data_size": (
        '[data]\ndataset = "csv"\npath = "points.csv"\n[model]\ncomponents = 1\n', 20,
        "data.path: {folder}/points.csv has 24 bytes, and the limit is 20",
    ),
    "points": (BASE, 200, "data: Old Faithful has 272 points, and the limit is 200"),
    "components": (BASE, 1, "model.components: the model would have 2 components, and the limit is 1"),
    "iterations": (BASE, 9, "model.max_iter: the fit may take 10 iterations, and the limit is 9"),
    "runs": (BASE + "[sweep]\nseed = [1, 2, 3]\n", 2, "sweep: the film would show 3 runs side by side, and the limit is 2"),
    "pixels": (
        BASE + "[pace]\niterations = 1\n", 50_000,
        "pace: the film would have 89 images of 64x36 pixels, 205,056 in all, and the limit is 50,000",
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "points.csv").write_text("x,y\n1,2\n3,4\n5,7\n6,9\n1,1\n")
    return tmp_path


def test_every_limit_is_tested():
    assert set(BEYOND) == {field.name for field in fields(Limits)}


@pytest.mark.parametrize("name", BEYOND)
def test_limit_is_kept_and_can_be_raised(write_scene, folder, name):
    text, limit, message = BEYOND[name]
    path = write_scene(text)

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path, limits=Limits(**{name: limit})).animation()

    sentence = str(caught.value)
    assert message.format(folder=folder) in sentence
    assert f"--limit {name}=" in sentence
    if name != "nesting":  # whose scene is none
        assert gv.load_scene(path).animation().length > 0


def test_scene_cannot_raise_its_limits(write_scene):
    with pytest.raises(gv.InputError, match="limits: unknown key"):
        gv.load_scene(write_scene(BASE + "[limits]\npoints = 10_000_000_000\n"))


def test_command_raises_limits(write_scene):
    from gmmviz.scene.limits import limits_from

    assert limits_from(["points=3e7", "runs=50"]) == Limits(points=30_000_000, runs=50)


def test_large_array_file_is_mapped_and_so_may_be_larger_than_a_text(write_scene, tmp_path):
    np.save(tmp_path / "points.npy", np.random.default_rng(0).normal(size=(100, 2)))
    path = write_scene('[data]\ndataset = "npy"\npath = "points.npy"\n[model]\ncomponents = 1\n')

    assert len(gv.load_scene(path, limits=Limits(data_size=100)).dataset.points) == 100


HOSTILE = {
    "a key of many parts": ".".join("a" * 20_000) + " = 1\n",
    "a table of many parts": "[" + ".".join("a" * 20_000) + "]\n",
    "a key of many quoted parts": ".".join(["'a'"] * 20_000) + " = 1\n",
    "lists within lists": "a = " + "[" * 40_000,
    "tables within tables": "a = " + "{a = " * 10_000,
    "very many unknown keys": BASE + "".join(f"x{i} = 1\n" for i in range(4_000)),
    "very many panels": "[[panels]]\n" * 4_000 + BASE,
    "a very long list of texts": BASE + "[pace]\niterations = [" + '"ü",' * 20_000 + "]\n",
    "a very long name": BASE + f'[theme]\nname = "{"a" * 40_000}"\n',
    "a very long number": f"title = {'1' * 40_000}\n",
    "very many variants": BASE + "".join(f"[variants.a{i}]\n" for i in range(4_000)),
    "a very long sweep": BASE + f"[sweep]\ntol = [{'1,' * 20_000}]\n",
    "a file without end": '[data]\ndataset = "csv"\npath = "/dev/zero"\n[model]\ncomponents = 1\n',
    "itself as data": '[data]\ndataset = "csv"\npath = "scene.toml"\n[model]\ncomponents = 1\n',
    "a sample for which there is no room": '[data]\ndataset = "sample"\nn_points = 1_000_000_000_000\nweights = [1]\n'
    "means = [[0, 0]]\ncovariances = [[[1, 0], [0, 1]]]\n[model]\ncomponents = 1\n",
    "more iterations than there is time for": BASE.replace("max_iter = 10", "tol = 0\nmax_iter = 1_000_000_000"),
    "a film of a year": BASE + "[pace]\nend = 86400\ne_step = 86400\nm_step = 86400\niterations = 'all'\n",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_is_refused_soon_and_shortly(write_scene, case):
    path = write_scene(HOSTILE[case])
    begin = time.perf_counter()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(gv.InputError) as caught:
            gv.load_scene(path).animation()

    assert time.perf_counter() - begin < 10
    assert len(str(caught.value)) < 40_000


def test_many_mistakes_are_counted(write_scene):
    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(write_scene(BASE + "".join(f"x{i} = 1\n" for i in range(1_030))))

    assert str(caught.value).count("unknown key") == 25
    assert str(caught.value).endswith("\nand 1,005 more mistakes")


@pytest.mark.parametrize(
    ("number", "words", "option"),
    [
        (999, "999", "999"),
        (1_000, "1,000", "1000"),
        (10**15 - 1, "999,999,999,999,999", "999999999999999"),
        (10**15, "1e+15", "1e+15"),
        (10**400, "1e+300", "1e+300"),
    ],
)
def test_amounts_are_short(number, words, option):
    assert limits.amount(number) == words
    assert limits.plain(number) == option


def test_limit_itself_is_allowed():
    Limits(points=10).keep("points", 10, "x")

    with pytest.raises(gv.InputError) as caught:
        Limits(points=10).keep("points", 11, "there are 11 points", "data", "n_points")

    assert str(caught.value) == (
        "there are 11 points, and the limit is 10; if so much is meant, raise it: --limit points=11"
    )
    assert caught.value.place == ("data", "n_points")


@pytest.mark.parametrize("setting", ["points=1.5", "points=", "points", "points=1e999", "points=x"])
def test_limit_is_a_whole_number(setting):
    with pytest.raises(gv.InputError) as caught:
        limits.limits_from([setting])

    assert str(caught.value) == f"a limit is a whole number, such as points=1000000, not {setting!r}"


def test_mistakes_are_counted_only_beyond_those_shown(write_scene):
    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(write_scene(BASE + "".join(f"x{i} = 1\n" for i in range(MOST))))

    assert str(caught.value).count("unknown key") == MOST
    assert "more mistake" not in str(caught.value)


FEW = '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_iter = {}\nn_init = {}\n[sweep]\nseed = [1, 2]\n'


@pytest.mark.parametrize(
    ("max_iter", "n_init", "n_iterations", "key"),
    [
        (0, 1, 2, "max_iter"),
        (1, 1, 2, "max_iter"),
        (3, 1, 6, "max_iter"),
        (3, 2, 12, "n_init"),
        (0, 2, 4, "n_init"),
    ],
)
def test_iterations_of_all_runs_and_starts_are_counted(write_scene, max_iter, n_init, n_iterations, key):
    """A start alone counts as one."""
    path = write_scene(FEW.format(max_iter, n_init))
    assert len(gv.load_scene(path, limits=Limits(iterations=n_iterations)).traces) == 2

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path, limits=Limits(iterations=n_iterations - 1)).traces  # noqa: B018
    assert f": model.{key}: the fit may take {n_iterations} iterations, and the limit is" in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "points"), [("points=2e3", 2000), ("points=2E3", 2000), ("points=1_000", 1000), ("points=7", 7)]
)
def test_limit_may_be_written_with_an_exponent(setting, points):
    assert limits.limits_from([setting]).points == points
