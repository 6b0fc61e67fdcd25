"""Whole renders as a user waits for them: process start, imports, fit, images, encoding, reading back.

Usage: python tests/benchmarks/bench_render.py [RUNS]

Renders a 12-second 800x450 GIF of Old Faithful with the command, and beside it, in the same run, what
matplotlib's FuncAnimation needs for its 40 frames of the same size (`baseline_funcanimation.py`). Prints
medians, and the ratio of the time it takes to make the film to the time it takes to watch it.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SCENE = """\
title = "EM on Old Faithful"
[data]
dataset = "old_faithful"
[model]
components = 2
[model.start]
kind = "random_points"
seed = 15
[pace]
length = 12
[output]
size = [800, 450]
fps = 20
"""


def timed(*command, cwd):
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    return time.perf_counter() - began, done.stdout


def main(runs=5):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "film.toml").write_text(SCENE)
        helps, ours, theirs = [], [], []
        for _ in range(runs):
            helps.append(timed(sys.executable, "-m", "gmmviz", "--help", cwd=folder)[0])
            seconds, said = timed(sys.executable, "-m", "gmmviz", "render", "film.toml", cwd=folder)
            ours.append(seconds)
            baseline = str(HERE / "baseline_funcanimation.py")
            theirs.append(timed(sys.executable, baseline, "2d", "gif", "base.gif", cwd=folder)[0])
        n_frames = int(re.search(r"(\d+) frames", said)[1])
    print(f"gmmviz --help                 {statistics.median(helps):6.2f} s")
    print(f"gmmviz render, {n_frames:3} images     {statistics.median(ours):6.2f} s   {said.strip()}")
    print(f"FuncAnimation, 40 images      {statistics.median(theirs):6.2f} s")
    print(f"to make / to watch            {statistics.median(ours) / 12:6.2f}")
    per_image = statistics.median(t / 40 for t in theirs) / statistics.median(t / n_frames for t in ours)
    print(f"whole process, per image      {per_image:6.1f} times quicker than FuncAnimation")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
