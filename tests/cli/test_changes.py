"""Waiting for a change of the files that a film is made from."""

import pytest

from gmmviz.cli import changes
from gmmviz.cli.changes import Watched


@pytest.fixture
def clock(monkeypatch):
    """Do something at each look at the files, instead of waiting."""
    looks = []

    def sleep(seconds):
        assert seconds == 0.2
        looks.pop(0)()

    monkeypatch.setattr(changes.time, "sleep", sleep)
    return looks


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("a")
    return path


@pytest.fixture
def watched(scene):
    watched = Watched(scene)
    watched.look()
    return watched


def nothing():
    pass


def test_change_counts_when_the_files_stand_still(scene, watched, clock):
    clock += [nothing, lambda: scene.write_text("ab"), lambda: scene.write_text("abc"), nothing]

    watched.wait()

    assert clock == []


def test_file_that_goes_or_comes_is_a_change(scene, watched, clock):
    clock += [scene.unlink, nothing]
    watched.wait()
    watched.look()
    clock += [lambda: scene.write_text("a"), nothing]
    watched.wait()

    assert clock == []


def test_change_while_the_film_was_made_is_seen(scene, watched, clock):
    scene.write_text("ab")
    watched.found([scene])
    clock += [nothing]

    watched.wait()

    assert clock == []


def test_scenes_beside_the_scene_are_watched_too(scene, tmp_path, clock):
    for name in ("b.toml", "c.csv"):
        (tmp_path / name).touch()
    watched = Watched(scene)
    watched.look()
    clock += [lambda: (tmp_path / "c.csv").write_text("c"), lambda: (tmp_path / "b.toml").write_text("b"), nothing]

    watched.wait()

    assert clock == []


def test_file_of_data_is_watched_once_it_is_known(scene, watched, tmp_path, clock):
    points = tmp_path / "points.csv"
    points.touch()
    watched.found([points])
    clock += [lambda: points.write_text("1"), nothing]
    watched.wait()
    watched.look()  # also while the scene is broken, and does not say so
    clock += [lambda: points.write_text("12"), nothing]
    watched.wait()

    assert clock == []
