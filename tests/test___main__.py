"""The command as a process: its exit codes, interrupts, and what is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import gmmviz.__main__ as command
from gmmviz import cli, interrupts
from gmmviz.encoders import Mp4Encoder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture(autouse=True)
def _signals():
    before = {number: signal.getsignal(number) for number in interrupts.SIGNALS}
    yield
    interrupts._received = 0
    for number, handler in before.items():
        signal.signal(number, handler)


def test_interrupt_that_compiled_code_takes_for_an_error_is_one(monkeypatch, capsys):
    """Matplotlib's C++ raises a ValueError of its own where the unwinding passes through it."""

    def app(prog_name):
        try:
            signal.raise_signal(signal.SIGINT)
        except SystemExit:
            raise ValueError("Invalid bounding box") from None

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as left:
        command.main()

    assert left.value.code == 130
    assert capsys.readouterr().err == "interrupted; unfinished films were discarded\n"


@pytest.mark.parametrize("code", [0, 1, 2])
def test_interrupt_that_was_lost_still_says_how_the_command_ended(monkeypatch, code):
    """Python ignores what is raised while an object is destroyed."""

    def app(prog_name):
        with contextlib.suppress(SystemExit):
            signal.raise_signal(signal.SIGTERM)
        sys.exit(code)

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as left:
        command.main()

    assert left.value.code == 143


def test_interrupt_after_all_is_done_changes_nothing(monkeypatch, capsys):
    monkeypatch.setattr(cli, "app", lambda prog_name: sys.exit(0))
    with pytest.raises(SystemExit):
        command.main()
    signal.raise_signal(signal.SIGINT)

    assert capsys.readouterr().err == ""


WITHOUT = {"no error stream": "2>&-", "no streams at all": "<&- >&- 2>&-"}


@pytest.mark.parametrize("closed", WITHOUT.values(), ids=WITHOUT)
@pytest.mark.parametrize("option", ["", "-q"])
def test_program_without_streams_makes_the_film(write_scene, small_scene, folder, closed, option):
    """A daemon; numbers of closed streams must not become those of the film's file, which libraries print to."""
    scene = write_scene(small_scene)
    subprocess.run(
        f"exec {sys.executable} -m gmmviz render {scene} -o film.mp4 {option} {closed}",
        shell=True, cwd=folder, check=True,
    )  # fmt: skip

    assert os.listdir(folder) == ["film.mp4"]
    assert Mp4Encoder().read_back(folder / "film.mp4").seconds == pytest.approx(3.0)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_program_without_a_window_gets_a_stream_that_says_nothing(monkeypatch, name):
    """Where Python has found none: pythonw."""
    monkeypatch.setattr(sys, name, None)
    monkeypatch.setattr(cli, "app", lambda prog_name: print("a", file=getattr(sys, name)))
    with pytest.raises(SystemExit) as left:
        command.main()

    assert left.value.code == 0
    getattr(sys, name).close()


def test_any_files_name_can_be_printed(write_scene, small_scene, folder):
    scene = write_scene(small_scene)
    scene = scene.rename(scene.with_name(os.fsdecode(b"caf\xe9.toml")))
    done = subprocess.run(
        [sys.executable, "-m", "gmmviz", "render", scene, "--at", "end", "--size", "64x48"],
        cwd=folder, capture_output=True, check=True, env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip

    assert done.stdout == b"caf\\udce9-end.png  64x48, at end\n"
    assert os.listdir(os.fsencode(folder)) == [b"caf\xe9-end.png"]


def test_command_shows_no_windows_and_so_asks_for_none(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://a_notebook.of_another_environment")
    monkeypatch.setattr(cli, "app", lambda prog_name: os.environ["MPLBACKEND"])

    with pytest.raises(KeyError, match="MPLBACKEND"):
        command.main()


def test_other_errors_are_shown(monkeypatch):
    def app(prog_name):
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(ValueError, match="a mistake of ours"):
        command.main()


def test_full_output_is_no_traceback(write_scene, small_scene, folder):
    scene = write_scene(small_scene)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gmmviz", "render", scene],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr == "gmmviz: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_render_leaves_nothing(write_scene, small_scene, folder, number, code):
    scene = write_scene(small_scene.replace("[320, 180]", "[1920, 1080]").replace("length = 3.0", "length = 60"))
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmviz", "render", scene, "-o", "film.mp4"],
        cwd=folder, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(300):
        if os.listdir(folder):
            break
        time.sleep(0.05)
    assert os.listdir(folder)  # it is writing
    process.send_signal(number)
    _, stderr = process.communicate(timeout=30)

    assert process.returncode == code
    assert stderr == "interrupted; unfinished films were discarded\n"
    assert os.listdir(folder) == []


def test_unknown_option_exits_2(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gmmviz", "render", "--sped", "x"])

    with pytest.raises(SystemExit) as left:
        command.main()

    assert left.value.code == 2
    assert "No such option: --sped" in capsys.readouterr().err


def test_done_exits_0(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gmmviz", "--version"])

    with pytest.raises(SystemExit) as left:
        command.main()

    assert left.value.code == 0
    assert capsys.readouterr().out == "gmmviz 0.1.0\n"


def test_command_that_returns_has_succeeded(monkeypatch):
    monkeypatch.setattr(cli, "app", lambda prog_name: None)
    with pytest.raises(SystemExit) as left:
        command.main()

    assert left.value.code == 0
