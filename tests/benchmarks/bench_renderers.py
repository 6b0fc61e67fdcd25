"""Films of each kind of picture, whole, with their encoding, beside matplotlib's FuncAnimation in the same run.

Usage: python tests/benchmarks/bench_renderers.py [RUNS]

The data, components and iterations are those of `baseline_funcanimation.py`; the pace is the one that a film has
by itself. Prints, as medians: milliseconds for an 800x450 GIF beside FuncAnimation's, frames per second of a
1920x1080 MP4 with what its images alone would make, the same over 10^6 points, and how memory depends on the
number of frames. Imports are not counted, here and there.

Ours are given per image painted, and per frame: a film in which something stands still for a second has one
image where FuncAnimation, which has no other way, paints 25 frames.
"""

import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import gmmviz as gv
from gmmviz.encoders.base import encoder_for

HERE = Path(__file__).parent
SCENES = HERE.parents[1] / "scenes"
MODES = {"2d": gv.EllipseRenderer, "25d": gv.ContourRenderer, "3d": gv.SurfaceRenderer}
TRUTH = gv.Mixture(
    [1 / 3, 1 / 3, 1 / 3],
    [[0, 0], [4, 4], [-3, 4]],
    [[[1, 0.5], [0.5, 1]], [[1, -0.6], [-0.6, 1]], [[0.5, 0], [0, 1.5]]],
)


def film(mode, size, *, n_points=900, n_frames=None):
    """A film at its own pace, or of about so many frames."""
    points, _ = TRUTH.sample(n_points, seed=0)
    trace = gv.fit(points, gv.RandomPoints(seed=1), n_components=3, max_iter=40, tol=0)
    pace = gv.Pace()
    if n_frames:
        pace = gv.Pace(start=1, end=1, length=n_frames / 25 + 2, iterations=min(12, n_frames // 8))
    return gv.Animation(trace, MODES[mode](), size=size, pace=pace)


def whole(animation, path):
    """Seconds to make the film, and CPU seconds; how long it plays."""
    animation.moments  # noqa: B018 - the clock is not what is measured
    encoder_for(path)  # imports what writes this format
    began = time.perf_counter()
    busy = time.process_time()
    animation.save(path)
    return time.perf_counter() - began, time.process_time() - busy, animation.length


def timed(animation, path):
    """Seconds for each image of the film; and for each frame of a film that has equally many in every second."""
    seconds, _, _ = whole(animation, path)
    return seconds / len(animation.moments), seconds / (animation.length * animation.fps)


def images_alone(animation):
    with animation.painting():
        animation.image(animation.moments[0])
        began = time.perf_counter()
        for moment in animation.moments:
            animation.image(moment)
        return (time.perf_counter() - began) / len(animation.moments)


def measure(folder, mode, case):
    """Run one case in a process of its own, so that none inherits another's caches or memory."""
    command = [sys.executable, __file__, "--case", mode, case, str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def case(mode, name, folder):
    if name in ("gif", "short"):
        n_frames = None if name == "gif" else 120
        image, frame = timed(film(mode, (800, 450), n_frames=n_frames), Path(folder) / f"{mode}.gif")
        result = {"image": image, "frame": frame}
    elif name == "mp4":
        animation = film(mode, (1920, 1080))
        image, frame = timed(animation, Path(folder) / f"{mode}.mp4")
        result = {"image": image, "frame": frame, "alone": images_alone(animation)}
    elif name == "whole":  # a kind of picture, or a scene at 60 frames a second
        if mode in MODES:
            animation, suffix = film(mode, (800, 450)), "gif"
        else:
            scene = gv.load_scene(SCENES / f"{mode}.toml")
            animation, suffix = scene.animation(size=(1920, 1080), fps=60), "mp4"
        seconds, busy, plays = whole(animation, Path(folder) / f"{mode}.{suffix}")
        result = {"seconds": seconds, "cpu": busy, "plays": plays}
    elif name == "million":
        image, frame = timed(film(mode, (1280, 720), n_points=10**6), Path(folder) / f"{mode}_million.mp4")
        result = {"image": image, "frame": frame}
    else:
        timed(film(mode, (800, 450), n_frames=int(name)), Path(folder) / f"{mode}_{name}.mp4")
        result = {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    print(json.dumps(result))


def baseline(folder, mode):
    command = [
        sys.executable,
        str(HERE / "baseline_funcanimation.py"),
        mode,
        "gif",
        str(Path(folder) / "base.gif"),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([\d.]+) ms", said)[1]) / 1000


def main(runs=3):
    def median(cases, name):
        return statistics.median(case[name] for case in cases)

    with tempfile.TemporaryDirectory() as folder:
        for mode in MODES:
            ours, short, theirs = [], [], []
            for _ in range(runs):  # in turns, so that a change of the machine's mood meets all
                ours.append(measure(folder, mode, "gif"))
                theirs.append(baseline(folder, mode))
                short.append(measure(folder, mode, "short"))
            image, frame, base = median(ours, "image"), median(ours, "frame"), statistics.median(theirs)
            large = [measure(folder, mode, "mp4") for _ in range(runs)]
            print(
                f"{mode:>3}: 800x450 GIF, ms an image {1000 * image:.2f} ({base / image:.1f} times quicker), "
                f"a frame {1000 * frame:.2f} ({base / frame:.1f} times; of a film of 7 s "
                f"{base / median(short, 'frame'):.1f} times), FuncAnimation {1000 * base:.1f}; "
                f"1920x1080 MP4 {1 / median(large, 'frame'):.1f} frames/s, {1 / median(large, 'image'):.1f} images/s, "
                f"images alone {1 / median(large, 'alone'):.1f}",
                flush=True,
            )
        million = [measure(folder, "2d", "million") for _ in range(runs)]
        print(
            f"10^6 points, 1280x720 MP4: {1 / median(million, 'frame'):.1f} frames/s, "
            f"{1 / median(million, 'image'):.1f} images/s"
        )
        few, many = (measure(folder, "2d", str(n))["memory"] for n in (60, 1200))
        print(f"peak memory, 60 and 1200 frames: {few:.0f} and {many:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        case(*sys.argv[2:])
    else:
        main(*map(int, sys.argv[1:]))
