"""What goes wrong on real machines: a file is whole, or it is the one that stood there before."""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from film_files import MOVING, STILL, blocks, film_of, shots

import gmmviz as gv
from gmmviz.encoders import ENCODERS, GifEncoder, write_safely

OLD = b"the old film"
FORMATS = [*MOVING, *STILL]

SCRIPT = """\
import resource, sys
import gmmviz as gv
trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=4), n_components=2, max_iter=3)
film = gv.Animation(trace, size=(160, 90), fps=10, pace=gv.Pace(length=3.0, start=0.5, end=0.5))
film.image(film.moments[0])  # loads everything
print("ready", flush=True)
if ":" not in sys.argv[1]:
    film.save(*sys.argv[1:])
    sys.exit()
for name, limit in [argument.split(":") for argument in sys.argv[1:]]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    try:
        film.save(name)
    except gv.RenderError as error:
        print(error)
"""


def rendering(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of each file, made undisturbed, and how long it took to make them all."""
    folder = tmp_path_factory.mktemp("whole")
    process = rendering(folder, *(f"film.{name}" for name in FORMATS))
    process.stdout.readline()
    began = time.monotonic()
    process.communicate(timeout=100)
    seconds = time.monotonic() - began
    return {path.name: path.read_bytes() for path in folder.iterdir()}, seconds


def test_full_disk_leaves_the_old_file(tmp_path, whole):
    """A file that may not grow is what a full disk is to a program; some formats notice only at their end."""
    contents, _ = whole
    for name in contents:
        (tmp_path / name).write_bytes(OLD)
    limits = [
        f"{name}:{max(64, int(part * len(content)))}"
        for part in (0.0, 0.5, 0.97)
        for name, content in contents.items()
    ]
    said, _ = rendering(tmp_path, *limits).communicate(timeout=100)

    assert [line.split(": ")[0] for line in said.splitlines()[1:]] == [
        f"{name} was not written" for name in contents
    ] * 3
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(contents, OLD)


def test_folder_that_may_not_be_written_to_is_named(trace):
    """As a user without rights: root may write anywhere."""
    animation = gv.Animation(trace, size=(64, 48), pace=gv.Pace(length=5.0))
    me = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "film.gif"
        target.write_bytes(OLD)
        Path(folder).chmod(0o555)
        try:
            if me == 0:
                os.seteuid(65_534)
            with pytest.raises(gv.RenderError) as caught:
                animation.save(target)
        finally:
            os.seteuid(me)

        assert str(caught.value) == f"{target} was not written: Permission denied"
        assert target.read_bytes() == OLD
        assert os.listdir(folder) == ["film.gif"]


def disturbed(folder, whole, number, moment):
    """Send a signal at a moment of a render; return the names of what it left."""
    contents, seconds = whole
    for name in contents:
        (folder / name).write_bytes(OLD)
    process = rendering(folder, *contents)
    assert process.stdout.readline() == "ready\n"
    time.sleep(moment * 1.1 * seconds)
    process.send_signal(number)
    process.communicate(timeout=60)

    for name, content in contents.items():
        assert (folder / name).read_bytes() in (OLD, content), name
    return {path.name for path in folder.iterdir()} - set(contents)


@pytest.mark.parametrize("moment", [0.3, 0.9])
def test_interrupt_leaves_whole_files_and_nothing_else(tmp_path, whole, moment):
    assert disturbed(tmp_path, whole, signal.SIGINT, moment) == set()


def test_kill_leaves_whole_files_and_what_the_next_render_takes_away(tmp_path, whole):
    left = disturbed(tmp_path, whole, signal.SIGKILL, 0.6)
    assert all(re.fullmatch(r"\.film(\.\w+)?\.[0-9a-f]{8}\.part\.\w+", name) for name in left)

    rendering(tmp_path, *whole[0]).communicate(timeout=60)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == whole[0]


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_signals_at_many_moments_leave_whole_files(tmp_path, whole, number):
    moments = random.Random(number).choices([i / 1000 for i in range(1000)], k=60)
    for i, moment in enumerate(moments):
        folder = tmp_path / str(i)
        folder.mkdir()
        left = disturbed(folder, whole, number, moment)
        assert number == signal.SIGKILL or left == set(), moment


class StumblingEncoder(GifEncoder):
    """Stumbles over the third image."""

    def write(self, path, film, shots):
        def some():
            for number, shot in enumerate(shots):
                if number == 2:
                    raise ZeroDivisionError("a fault of the encoder")
                yield shot

        return super().write(path, film, some())


def test_fault_of_an_encoder_is_raised_and_leaves_the_old_file(trace, tmp_path):
    target = tmp_path / "film.gif"
    target.write_bytes(OLD)
    animation = gv.Animation(trace, size=(64, 48), pace=gv.Pace(length=5.0))

    with pytest.raises(ZeroDivisionError):
        animation.save((target, StumblingEncoder()))

    assert target.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["film.gif"]


def one_film(n_images, name="gif", wait=lambda number: None):
    images, durations = blocks(n_images), [0.1] * n_images

    def waited():
        for number, shot in enumerate(shots(images, durations)):
            wait(number)
            yield shot

    return film_of(images, durations), waited(), ENCODERS[name]()


@pytest.mark.parametrize("name", ["gif", "mp4", "webp"])
def test_two_renders_to_one_target_do_not_disturb_each_other(tmp_path, name):
    target = tmp_path / f"film.{name}"
    reached, go_on = threading.Event(), threading.Event()

    def wait(number):
        if number == 5:
            reached.set()
            assert go_on.wait(60)

    slow = threading.Thread(target=lambda: write_safely(target, *one_film(12, name, wait)))
    slow.start()
    assert reached.wait(60)
    write_safely(target, *one_film(4, name))
    quick = target.read_bytes()
    assert len(os.listdir(tmp_path)) == 2  # the slow one's unfinished file is still there
    go_on.set()
    slow.join()

    assert os.listdir(tmp_path) == [target.name]
    assert ENCODERS[name]().read_back(target).seconds == pytest.approx(1.2, abs=0.02)
    assert target.read_bytes() != quick


def test_whoever_reads_while_others_write_sees_a_whole_file(tmp_path):
    target = tmp_path / "film.gif"
    lengths = (3, 7, 11)
    whole_files = set()
    for n_images in lengths:
        write_safely(target, *one_film(n_images))
        whole_files.add(target.read_bytes())

    def write_often(n_images):
        for _ in range(15):
            write_safely(target, *one_film(n_images))

    writers = [threading.Thread(target=write_often, args=[n_images]) for n_images in lengths]
    for writer in writers:
        writer.start()
    n_seen = 0
    while any(writer.is_alive() for writer in writers):
        assert target.read_bytes() in whole_files
        n_seen += 1
    assert n_seen > 10
    assert os.listdir(tmp_path) == ["film.gif"]


def test_only_what_was_left_of_this_target_is_taken_away(tmp_path):
    left = tmp_path / ".film.0123abcd.part.gif"
    others = {".film.0123abcd.part.mp4", ".film2.0123abcd.part.gif", ".film.part.gif", ".film.notes.part.gif"}
    for name in {left.name, *others}:
        (tmp_path / name).write_bytes(b"left behind")
    write_safely(tmp_path / "film.gif", *one_film(3))

    assert set(os.listdir(tmp_path)) == {"film.gif", *others}
