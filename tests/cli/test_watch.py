"""`gmmviz watch`."""

import signal
import subprocess
import sys
import time

import pytest

from gmmviz.encoders import encoder_for


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
        first = wait_for(folder / "small.gif")
        good = scene.read_text()
        time.sleep(0.5)
        scene.write_text("title = 3\n")
        assert process.stderr.readline() == f"watching {scene}; Ctrl-C ends\n"
        assert process.stderr.readline() == f"{scene}:1:1: data: this key is missing\n"
        scene.write_text(good.replace("length = 3.0", "length = 2.0"))
        wait_for(folder / "small.gif", since=first)
        assert encoder_for(folder / "small.gif").read_back(folder / "small.gif").seconds == pytest.approx(2.0)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130
    finally:
        process.kill()
        process.communicate()  # or it is warned of in whatever test comes next


def test_watch_of_nothing_ends(gmmviz):
    done = gmmviz("watch", "none.toml")

    assert (done.exit_code, done.stderr) == (2, "there is no scene file none.toml\n")
