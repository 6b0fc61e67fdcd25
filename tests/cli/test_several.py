"""Several scenes at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def scenes(write_scene, small_scene):
    return [write_scene(small_scene, f"{name}.toml") for name in "abc"]


def test_films_and_what_is_said_do_not_depend_on_how_many_are_made_at_once(gmmviz, scenes, folder):
    bad = scenes[0].with_name("bad.toml")
    bad.write_text(scenes[0].read_text().replace("components", "comonents"))
    options = ["-f", "gif,txt", "--set", "title='Two at once'", "--size", "160x90"]

    one = gmmviz("render", *scenes, bad, "-o", "one/", *options)
    two = gmmviz("render", *scenes, bad, "-o", "two/", *options, "--jobs", "2")

    assert (one.exit_code, two.exit_code) == (1, 1)
    assert one.stdout.replace("one/", "two/") == two.stdout
    assert one.stderr.replace("one/", "two/") == two.stderr
    assert two.stderr.endswith(f"3 of 4 scenes made; failed: {bad}\n")
    names = [f"{name}.{suffix}" for name in "abc" for suffix in ("gif", "txt")]
    assert sorted(os.listdir(folder / "two")) == names
    for name in names:
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()


def test_quiet_says_nothing(gmmviz, scenes, folder):
    done = gmmviz("render", *scenes, "-j", "2", "-q", "--at", "end")

    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert sorted(os.listdir(folder)) == [f"{name}-end.png" for name in "abc"]


def test_what_cannot_be_made_at_once_is_refused(gmmviz, scenes, small_scene, folder):
    (folder / "a.toml").write_text(small_scene)

    same = gmmviz("render", scenes[0], "a.toml", "-j", "2")
    local = gmmviz("render", *scenes, "-j", "2", "--cluster", "local")

    assert (same.exit_code, same.stderr) == (
        2,
        f"a.toml would overwrite the film of {scenes[0]}: rename one\n",
    )
    assert (local.exit_code, local.stderr) == (
        2,
        "--jobs and --cluster local both start processes: leave one of them out\n",
    )


linux = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


def workers(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def alive(pid):
    """Whether a process runs; one that has ended but has no parent to note it does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait(until):
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def long_render(write_scene, small_scene, folder):
    """Two films under way that would take minutes, in a command of its own."""
    text = small_scene.replace("size = [320, 180]", "size = [1920, 1080]").replace("fps = 10", "fps = 60")
    paths = [write_scene(text, f"{name}.toml") for name in "ab"]
    command = [sys.executable, "-m", "gmmviz", "render", *paths, "--jobs", "2", "--set", "pace.length=100"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    wait(lambda: len([name for name in os.listdir(folder) if name.endswith(".part.gif")]) == 2)
    yield process
    process.kill()
    process.communicate()


@linux
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_interrupt_discards_every_unfinished_film_and_ends_every_process(long_render, folder, number, code):
    pids = workers(long_render.pid)
    assert len(pids) == 2

    long_render.send_signal(number)
    assert long_render.wait(60) == code
    wait(lambda: not any(map(alive, pids)))
    assert os.listdir(folder) == []


@linux
def test_death_of_a_process_is_reported(long_render, folder):
    first, second = workers(long_render.pid)
    os.kill(first, signal.SIGKILL)

    _, said = long_render.communicate(timeout=60)
    assert (long_render.returncode, said) == (
        1,
        "a process that made films died: it ran out of memory or was killed\n",
    )
    wait(lambda: not alive(second))
