import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

import gmmviz as gv


def run(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "gmmviz", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_render_writes_into_the_current_folder_and_says_what(scene, folder):
    done = run("render", scene, cwd=folder)

    assert (done.returncode, done.stderr) == (0, "")
    n_bytes = (folder / "small.gif").stat().st_size
    n_frames = len(gv.load_scene(scene).animation().moments)
    assert done.stdout == f"small.gif  320x180, 3.00 s, {n_frames} frames, {n_bytes / 1e3:.0f} kB\n"
    with Image.open(folder / "small.gif") as film:
        assert (film.size, film.n_frames) == ((320, 180), n_frames)


def test_output_may_be_a_file_or_a_folder(scene, folder, tmp_path):
    assert run("render", scene, "-o", folder / "mine.mp4", cwd=tmp_path).returncode == 0
    assert run("render", scene, "--output", folder, cwd=tmp_path).returncode == 0

    assert sorted(os.listdir(folder)) == ["mine.mp4", "small.gif"]


def test_command_and_python_make_the_same_bytes(scene, folder):
    run("render", scene, cwd=folder)
    gv.load_scene(scene).animation().save(folder / "python.gif")

    assert (folder / "small.gif").read_bytes() == (folder / "python.gif").read_bytes()


def test_bad_scene_exits_2_with_one_message_and_writes_nothing(write_scene, folder):
    scene = write_scene('[data]\ndataset = "csv"\npath = "bad.csv"\n[model]\ncomponents = 2\n')
    (scene.parent / "bad.csv").write_text("a,b\n1,2\n3,\n")

    done = run("render", scene, cwd=folder)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{scene}:1:2: data: {scene.parent}/bad.csv, line 3, column 2 (b): the cell is empty; "
        "EM needs a number: fill it in or leave the row out\n   1 | [data]\n     |  ^^^^\n"
    )
    assert os.listdir(folder) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.toml"], "there is no scene file none.toml\n"),
        (
            ["{scene}", "-o", "film.avi"],
            "no film can be written to that file: 'film.avi' ends in '.avi'; known: 'apng', 'gif', 'mp4', "
            "'poster.png', 'sheet.png', 'steps.zip', 'steps.svg.zip', 'steps.pdf.zip', 'vtt', 'txt', 'webm' and 'webp'\n",
        ),
        (
            ["{scene}", "-o", "films"],
            "there is no folder films: make it first, or give a file such as films.gif\n",
        ),
    ],
)
def test_what_cannot_be_done_exits_2(scene, folder, arguments, message):
    done = run("render", *(argument.format(scene=scene) for argument in arguments), cwd=folder)

    assert (done.returncode, done.stderr) == (2, message)
    assert os.listdir(folder) == []


def test_one_bad_scene_does_not_cost_the_others(scene, folder):
    done = run("render", "none.toml", scene, cwd=folder)

    assert done.returncode == 1
    assert done.stderr == "there is no scene file none.toml\n1 of 2 scenes made; failed: none.toml\n"
    assert os.listdir(folder) == ["small.gif"]


def test_two_scenes_of_one_name_do_not_overwrite_each_other(scene, folder, tmp_path):
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / scene.name
    other.write_bytes(scene.read_bytes())

    done = run("render", scene, other, cwd=folder)

    assert done.returncode == 1
    assert (
        done.stderr
        == f"{other} would overwrite small.gif, just made from {scene}: rename one\n1 of 2 scenes made; failed: {other}\n"
    )


def test_several_scenes_need_a_folder(scene, folder):
    done = run("render", scene, scene, "-o", "film.gif", cwd=folder)

    assert (done.returncode, done.stderr) == (
        2, "2 scenes cannot all be written to film.gif: give a folder that exists\n"
    )  # fmt: skip


def test_teacher_is_told_of_degenerate_fits(write_scene, small_scene, folder):
    start = '[model.start]\nkind = "on_point"\nwidth = 0.001\n[pace]'
    scene = write_scene(small_scene.replace("[pace]", start).replace("max_iter = 3", "max_iter = 9"), "small.toml")

    done = run("render", scene, cwd=folder)

    assert done.returncode == 0
    assert "note: iteration " in done.stderr
    assert "component 1 would have collapsed, but for regularization" in done.stderr


def test_full_output_is_no_traceback(scene, folder):
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


def test_unknown_option_exits_2(folder):
    assert run("render", "--sped", "x", cwd=folder).returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
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


HEAVY = ("numpy", "scipy", "matplotlib", "av", "PIL", "rich", "tree_sitter")


@pytest.mark.parametrize(
    "code",
    [
        "import gmmviz",
        "import gmmviz.cli",
        "import sys; from gmmviz.__main__ import main; sys.argv = ['gmmviz', '--help']\ntry: main()\nexcept SystemExit: pass",
        "import sys; from gmmviz.__main__ import main; sys.argv = ['gmmviz', 'render', '--help']\n"
        "try: main()\nexcept SystemExit: pass",
    ],
)
def test_help_loads_nothing_heavy(code):
    code += f"\nimport sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_progress_is_shown_on_a_terminal_only(scene, folder):
    pty = pytest.importorskip("pty")
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmviz", "render", scene],
        cwd=folder,
        stderr=terminal,
        stdout=subprocess.DEVNULL,
    )
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(main, 4096):
            shown += chunk
    except OSError:  # the terminal is closed
        pass
    assert process.wait() == 0
    assert b"small.toml" in shown
    assert b"images" in shown
