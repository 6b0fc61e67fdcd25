"""``--cluster`` of the commands that fit."""

import json
import sys

import numpy as np
import pytest

from gmmviz.cli import cluster as module


@pytest.fixture
def large_scene(write_scene, tmp_path):
    """A scene of points that are too many to be fitted in one piece."""
    rng = np.random.default_rng(0)
    np.save(tmp_path / "points.npy", rng.standard_normal((200_000, 2)) + 4 * rng.integers(2, size=(200_000, 1)))
    return write_scene(
        '[data]\ndataset = "npy"\npath = "points.npy"\n[model]\ncomponents = 2\nmax_iter = 2\ntol = 0.0\n'
        '[[panels]]\nrenderer = "likelihood"\n[output]\nsize = [320, 180]\n'
    )


def test_numbers_from_a_cluster_are_those_from_here(gmmviz, large_scene, cluster, tmp_path):
    address = cluster.scheduler.address

    here, there = (gmmviz("fit", large_scene, "--json", *more) for more in ((), ("--cluster", address)))

    assert (there.exit_code, there.stderr) == (0, "")
    assert json.loads(there.stdout) == json.loads(here.stdout)
    for name, more in (("a", ()), ("b", ("--cluster", address))):
        assert gmmviz("trace", large_scene, "-o", tmp_path / f"{name}.npz", *more).exit_code == 0
        assert gmmviz("render", large_scene, "--at", "end", "-o", tmp_path / f"{name}.png", *more).exit_code == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    one, other = (np.load(tmp_path / f"{name}.npz") for name in "ab")
    assert all(np.array_equal(one[name], other[name]) for name in one.files)


def test_scheduler_that_does_not_answer_is_named(gmmviz, large_scene, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.2)

    done = gmmviz("fit", large_scene, "--cluster", "tcp://127.0.0.1:1")

    assert done.exit_code == 2
    assert done.stderr.startswith("--cluster tcp://127.0.0.1:1: no scheduler answers (")
    assert done.stderr.endswith("): start one with `dask scheduler`, and give the address that it prints\n")


def test_address_that_is_none_is_refused(gmmviz, large_scene):
    done = gmmviz("fit", large_scene, "--cluster", "nowhere://x:1")

    assert done.exit_code == 2
    assert done.stderr.startswith("--cluster nowhere://x:1: no scheduler answers (")


@pytest.mark.parametrize("command", ["fit", "trace", "render", "gallery"])
def test_missing_package_is_named_by_every_command(gmmviz, large_scene, monkeypatch, tmp_path, command):
    monkeypatch.setitem(sys.modules, "distributed", None)
    output = () if command == "fit" else ("-o", tmp_path / "run.npz")

    done = gmmviz(command, large_scene, *output, "--cluster", "local")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == '--cluster needs a package that is not installed: pip install "gmmviz[dask]"\n'


@pytest.mark.long
def test_local_cluster_is_started_and_ended(gmmviz, large_scene):
    here, there = (gmmviz("fit", large_scene, "--json", *more) for more in ((), ("--cluster", "local")))

    assert (there.exit_code, there.stderr) == (0, "")
    assert json.loads(there.stdout) == json.loads(here.stdout)
