"""How long `gmmviz check` takes for a folder of 100 scenes, process start included.

Usage: python tests/benchmarks/bench_check.py [RUNS]
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENE = Path(__file__).parents[2] / "scenes" / "old_faithful.toml"


def seconds(runs):
    """How long each of some runs takes."""
    with tempfile.TemporaryDirectory() as folder:
        scenes = [shutil.copy(SCENE, Path(folder) / f"{i}.toml") for i in range(100)]
        command = [sys.executable, "-m", "gmmviz", "check", "--quiet", *map(str, scenes)]
        took = []
        for _ in range(runs):
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            took.append(time.perf_counter() - begin)
    return took


def main(runs=5):
    print(f"gmmviz check, 100 scenes        {statistics.median(seconds(runs)):6.2f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
