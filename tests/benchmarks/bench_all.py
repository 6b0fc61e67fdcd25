"""Every benchmark that README's table quotes, beside its rivals, in one run of some minutes.

Usage: python tests/benchmarks/bench_all.py [--write] [--runs 3] [--gifski PATH] [--gifsicle PATH]

Prints the table, medians of some runs in turns, and every figure beside that of the last run on such a machine, as
``history.jsonl`` has it. With ``--write`` the table goes into README.md and the figures into the history.
"""

import argparse
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

import bench_check
import bench_encoders
import bench_engine
import bench_renderers

HERE = Path(__file__).parent
README, HISTORY = HERE.parents[1] / "README.md", HERE / "history.jsonl"
BEGIN, END = "<!-- benchmarks: bench_all.py --write -->\n", "<!-- benchmarks end -->"
KINDS = {"2d": "2D", "25d": "2.5D", "3d": "3D"}
SCENES = ("old_faithful", "contour", "three_views")
NOTED = 1.15  # times as much as before, from which on a figure is marked


def machine():
    """What figures depend on: the processor, how many cores, the system and Python."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    name = model[1] if model else platform.processor() or platform.machine()
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {python}"


def films(runs):
    """Seconds to make a film, to play it, and to make as many frames with FuncAnimation."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, label in KINDS.items():
            ours, theirs = [], []
            for _ in range(runs):  # in turns, so that a change of the machine's mood meets both
                ours.append(bench_renderers.measure(folder, kind, "whole"))
                theirs.append(bench_renderers.baseline(folder, kind))
            plays, made = ours[0]["plays"], statistics.median(film["seconds"] for film in ours)
            other = statistics.median(theirs) * 25 * plays
            said = f"FuncAnimation: {other:.1f} s"
            yield f"a film in {label}, 800x450 GIF, 25 frames/s, plays {plays:.1f} s", f"{made:.2f} s", said
            yield {f"{kind} gif, s": made, f"{kind} FuncAnimation, s": other}
        for scene in SCENES:
            ours = [bench_renderers.measure(folder, scene, "whole") for _ in range(runs)]
            plays, made = ours[0]["plays"], statistics.median(film["seconds"] for film in ours)
            label = f"`{scene}.toml`, 1920x1080 MP4, 60 frames/s, plays {plays:.1f} s"
            yield label, f"{made:.1f} s, {made / plays:.2f} of the time that it plays", ""
            busy = statistics.median(film["cpu"] for film in ours)
            yield {f"{scene} 1080p60, s": made, f"{scene} 1080p60, CPU s": busy}


def gifs(programs):
    """Bytes, likeness and time of GIFs, ours and others'."""
    options = bench_encoders.options_of(["--films", "2d", "contour", "--formats", "gif", *programs])
    found = {}
    for film, writer, kilobytes, likeness, milliseconds in bench_encoders.compare(options):
        said = f"{kilobytes:,.0f} kB, {likeness:.1f} dB, {milliseconds / 1000 * 120:.1f} s"
        found.setdefault(film, []).append((writer.removesuffix(" (gif)"), said))
        if writer.startswith("gmmviz"):
            yield {f"{film} gif, kB": kilobytes, f"{film} gif, ms an image": milliseconds}
    for film, label in {"2d": "2D", "contour": "2.5D"}.items():
        (_, ours), *others = found[film]
        said = "; ".join(f"{writer}: {one}" for writer, one in others)
        yield f"120 images in {label} as 800x450 GIF, encoding alone", ours, said


def engine(runs):
    """Milliseconds of an iteration, ours and scikit-learn's."""
    for n_points, n_features, n_components in ((10**6, 2, 5), (200_000, 8, 8), (200_000, 32, 8)):
        problem = bench_engine.problem(n_points, n_features, n_components)
        mine, other = bench_engine.beside_scikit_learn(*problem, 4, runs)
        label = f"an iteration of EM over {n_points:,} points, D = {n_features}, K = {n_components}"
        yield label, f"{mine:.0f} ms", f"scikit-learn: {other:.0f} ms"
        yield {f"EM D={n_features}, ms": mine, f"EM D={n_features}, scikit-learn, ms": other}


def check(runs):
    """Seconds for a hundred scenes."""
    took = statistics.median(bench_check.seconds(runs))
    yield "`gmmviz check` on a hundred scenes", f"{took:.1f} s", ""
    yield {"check, s": took}


def compared(figures, before):
    """Say how each figure is beside the last run's."""
    for name, value in figures.items():
        if name in before["figures"]:
            ratio = value / before["figures"][name]
            mark = "  <--" if ratio > NOTED else ""
            yield f"{name:36} {value:10.2f}   {ratio:5.2f} times that of {before['date']}{mark}"


def history():
    """What earlier runs found, the oldest first."""
    return [json.loads(line) for line in HISTORY.read_text().splitlines()] if HISTORY.exists() else []


def written(table):
    """README with this table in the place of the one that it has."""
    text = README.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}{table}{END}{rest.split(END, 1)[1]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--gifski", default=None)
    parser.add_argument("--gifsicle", default=None)
    options = parser.parse_args()
    programs = [f"--{name}={path}" for name in ("gifski", "gifsicle") if (path := getattr(options, name))]
    rows, figures = [], {}
    for part in (films(options.runs), gifs(programs), engine(options.runs), check(options.runs)):
        for found in part:
            if isinstance(found, dict):
                figures |= found
            else:
                rows.append(f"| {' | '.join(found)} |")
                print(rows[-1], flush=True)
    table = "\n".join([f"Measured on {machine()}:\n", "| | gmmviz | others |", "|---|---|---|", *rows, "", ""])
    alike = [run for run in history() if run["machine"] == machine()]
    print("\n".join(compared(figures, alike[-1])) if alike else "No earlier run on such a machine.")
    if options.write:
        README.write_text(written(table), encoding="utf-8")
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True)
        run = {"date": str(datetime.datetime.now(datetime.UTC).date()), "commit": commit.stdout.strip()}
        run |= {"machine": machine(), "figures": {name: round(value, 3) for name, value in figures.items()}}
        with HISTORY.open("a", encoding="utf-8") as file:
            file.write(json.dumps(run) + "\n")


if __name__ == "__main__":
    main()
