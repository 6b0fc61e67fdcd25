"""`gmmviz watch`."""

import importlib
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

import gmmviz as gv
from gmmviz.encoders import encoder_for

watch = importlib.import_module("gmmviz.cli.watch")


def wait_for(path, since=0):
    for _ in range(300):
        if path.exists() and path.stat().st_mtime_ns > since:
            return path.stat().st_mtime_ns
        time.sleep(0.05)
    raise AssertionError(f"{path} was not written")


def test_watch_renders_on_save_and_survives_mistakes(scene, folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmviz", "watch", scene, "--set", "output.size=[64, 36]"],
        cwd=folder, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        first = wait_for(folder / "small.draft.gif")
        good = scene.read_text()
        time.sleep(0.5)
        scene.write_text("title = 3\n")
        assert process.stderr.readline() == f"watching {scene}; Ctrl-C ends\n"
        assert process.stderr.readline() == f"{scene}:1:1: data: this key is missing\n"
        scene.write_text(good.replace("length = 3.0", "length = 4.0"))
        wait_for(folder / "small.draft.gif", since=first)
        assert encoder_for(folder / "small.draft.gif").read_back(
            folder / "small.draft.gif"
        ).seconds == pytest.approx(4.0)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130
    finally:
        process.kill()
        process.communicate()  # or it is warned of in whatever test comes next


def test_watch_of_nothing_ends(gmmviz):
    done = gmmviz("watch", "none.toml")

    assert (done.exit_code, done.stderr) == (2, "there is no scene file none.toml\n")


@pytest.fixture
def clock(monkeypatch):
    """Do something at each look at the files, instead of waiting."""
    looks = []

    def sleep(seconds):
        assert seconds == 0.2
        looks.pop(0)()

    monkeypatch.setattr(watch.time, "sleep", sleep)
    return looks


def test_change_counts_when_the_files_stand_still(tmp_path, clock):
    path = tmp_path / "a.toml"
    path.write_text("a")
    before = watch._stamps({path})
    clock += [lambda: None, lambda: path.write_text("ab"), lambda: path.write_text("abc"), lambda: None]

    watch._wait_for_change(before)

    assert clock == []


def test_file_that_comes_or_goes_is_a_change(tmp_path, clock):
    path = tmp_path / "a.toml"
    clock += [lambda: path.write_text("a"), lambda: None]
    watch._wait_for_change(watch._stamps({path}))
    clock += [path.unlink, lambda: None]
    watch._wait_for_change(watch._stamps({path}))

    assert clock == []


def test_files_beside_the_scene_are_watched_too(tmp_path):
    for name in ("a.toml", "b.toml", "c.csv"):
        (tmp_path / name).touch()

    assert watch._siblings(tmp_path / "a.toml") == {tmp_path / "a.toml", tmp_path / "b.toml"}


class EnoughError(Exception):
    """The watching would go on."""


@pytest.mark.parametrize(("output", "film"), [([], "small.draft.gif"), (["-o", "mine.webp"], "mine.webp")])
def test_draft_of_the_scene_is_made(gmmviz, scene, folder, monkeypatch, output, film):
    stamped = []

    def stop(stamps):
        stamped.append(set(stamps))
        raise EnoughError

    monkeypatch.setattr(watch, "_wait_for_change", stop)
    with pytest.raises(EnoughError):
        gmmviz("watch", scene, "--set", "output.size=[128, 72]", *output)

    assert encoder_for(folder / film).read_back(folder / film).size == (64, 36)
    assert stamped == [{scene}]


def test_data_file_is_watched_once_it_is_known(gmmviz, write_scene, tmp_path, monkeypatch):
    (tmp_path / "points.csv").write_text("x\n1\n2\n5\n")
    scene = write_scene('[data]\ndataset = "csv"\npath = "points.csv"\n[model]\ncomponents = 1\n')
    monkeypatch.setattr(gv.Animation, "save", lambda *_: ())
    stamped = []

    def wait(stamps):
        stamped.append({path.name for path in stamps})
        if len(stamped) == 2:
            raise EnoughError
        scene.write_text("title = 3\n")

    monkeypatch.setattr(watch, "_wait_for_change", wait)
    with pytest.raises(EnoughError):
        gmmviz("watch", scene, "--set", 'panels=[{renderer="curve"}]')

    assert stamped == [{"scene.toml", "points.csv"}] * 2


def test_draft_does_not_overwrite_what_it_is_made_from(gmmviz, write_scene, tmp_path, monkeypatch):
    photo = tmp_path / "photo.gif"
    Image.new("RGB", (20, 10), "red").save(photo)
    before = photo.read_bytes()
    scene = write_scene('[data]\ndataset = "image"\npath = "photo.gif"\n[model]\ncomponents = 1\n')
    said = []

    def stop(stamps):
        raise EnoughError

    monkeypatch.setattr(watch, "report", lambda error: said.append(str(error)))
    monkeypatch.setattr(watch, "_wait_for_change", stop)
    with pytest.raises(EnoughError):
        gmmviz("watch", scene, "-o", photo)

    assert said == [f"{scene} would overwrite {photo}, which it is made from: give another name with -o"]
    assert photo.read_bytes() == before
