"""`gmmviz watch`."""

import importlib
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

import gmmviz as gv
from gmmviz.cli.changes import Watched
from gmmviz.encoders import encoder_for

watch = importlib.import_module("gmmviz.cli.watch")  # the module, not the function of that name


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


class EnoughError(Exception):
    """The watching would go on."""


@pytest.fixture
def once(monkeypatch):
    """Stop when the first draft is made and its files are waited for."""

    def stop(watched):
        raise EnoughError

    monkeypatch.setattr(Watched, "wait", stop)


@pytest.mark.parametrize(
    ("output", "film"),
    [
        ([], "small.draft.gif"),
        (["-o", "."], "small.draft.gif"),
        (["-o", "films/"], "films/small.draft.gif"),
        (["-o", "mine.webp"], "mine.webp"),
    ],
)
def test_draft_of_the_scene_is_made_beside_its_films(gmmviz, scene, folder, once, output, film):
    finished = folder / film.replace(".draft", "")
    finished.parent.mkdir(exist_ok=True)
    finished.write_bytes(b"finished")
    with pytest.raises(EnoughError):
        gmmviz("watch", scene, "--set", "output.size=[128, 72]", *output)

    assert encoder_for(folder / film).read_back(folder / film).size == (64, 36)
    assert finished.read_bytes() == b"finished" or output == ["-o", "mine.webp"]  # which was asked for by name


def test_data_file_is_watched_once_it_is_known(gmmviz, write_scene, tmp_path, monkeypatch):
    (tmp_path / "points.csv").write_text("x\n1\n2\n5\n")
    scene = write_scene('[data]\ndataset = "csv"\npath = "points.csv"\n[model]\ncomponents = 1\n')
    monkeypatch.setattr(gv.Animation, "save", lambda *_: ())
    known = []

    def wait(watched):
        known.append({path.name for path in watched._seen})
        if len(known) == 2:
            raise EnoughError
        scene.write_text("title = 3\n")

    monkeypatch.setattr(Watched, "wait", wait)
    with pytest.raises(EnoughError):
        gmmviz("watch", scene, "--set", 'panels=[{renderer="curve"}]')

    assert known == [{"scene.toml", "points.csv"}] * 2


def test_draft_does_not_overwrite_what_it_is_made_from(gmmviz, write_scene, tmp_path, monkeypatch, once):
    photo = tmp_path / "photo.gif"
    Image.new("RGB", (20, 10), "red").save(photo)
    before = photo.read_bytes()
    scene = write_scene('[data]\ndataset = "image"\npath = "photo.gif"\n[model]\ncomponents = 1\n')
    said = []

    monkeypatch.setattr(watch, "report", lambda error: said.append(str(error)))
    with pytest.raises(EnoughError):
        gmmviz("watch", scene, "-o", photo)

    assert said == [f"{scene} would overwrite {photo}, which it is made from: give another name with -o"]
    assert photo.read_bytes() == before


def test_mistake_of_a_python_scene_while_it_draws_is_told_by_its_line(gmmviz, write_scene, monkeypatch, once):
    scene = write_scene(FAULTY, "faulty.py")
    said = []
    monkeypatch.setattr(watch, "report", lambda error: said.append(str(error)))
    with pytest.raises(EnoughError):
        gmmviz("watch", scene)

    assert said == [f"{scene}:8: ZeroDivisionError: division by zero"]


FAULTY = """\
import gmmviz as gv

class Faulty(gv.Renderer):
    def draw_still(self, axes, stage, theme):
        return ()

    def moving(self, props, frame, stage, theme):
        1 / 0

def animation():
    return gv.Animation(gv.fit(gv.load_dataset("old_faithful"), n_components=2, max_iter=1), Faulty())
"""
