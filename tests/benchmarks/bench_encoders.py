"""Files beside those of other writers: bytes, likeness, time; and whether memory stays constant.

Usage: python tests/benchmarks/bench_encoders.py [--films 2d ...] [--size 800x450] [--frames 120] [--gifski PATH] [--gifsicle PATH]
       python tests/benchmarks/bench_encoders.py --memory [--size 1280x720] [--frames 6000] [--formats gif ...]

The first form writes each film's images with every encoder and with Pillow's, imageio's and FFmpeg's GIF
writers (and gifski and gifsicle where their programs can be had), reads the files back and prints a table: kilobytes,
PSNR of all pixels against the images in dB, milliseconds per image to encode and write. The images are made
beforehand. The second form saves a film of 60 images and one of many, each in a process of its own, and
prints the ratio of their peak memory.
"""

import argparse
import importlib
import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageSequence

import gmmviz as gv
from gmmviz.encoders import ENCODERS, Shot
from gmmviz.film.saving import Pass

FILMS = {
    "2d": lambda: [gv.EllipseRenderer(), gv.LikelihoodRenderer()],
    "contour": lambda: [gv.RENDERERS["contour"](), gv.LikelihoodRenderer()],
    "surface": lambda: [gv.RENDERERS["surface"](), gv.LikelihoodRenderer()],
}
MOVING = ("gif", "avif", "mp4", "webm", "webp", "apng", "mov")


def film_of(name, size, n_images):
    """A film of Old Faithful with about so many images, which all differ."""
    trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=15), n_components=2, tol=2e-4)
    pace = gv.Pace(start=0.04, e_hold=0, m_hold=0, end=0.04, length=n_images / 25, iterations=10)
    return gv.Animation(trace, FILMS[name](), size=size, fps=25, pace=pace)


def timed(write, path, images, durations):
    began = time.perf_counter()
    write(path, images, durations)
    return 1000 * (time.perf_counter() - began) / len(images)


def pillow(path, images, durations):
    first, *others = [Image.fromarray(image[:, :, :3]) for image in images]
    milliseconds = [round(1000 * seconds) for seconds in durations]
    first.save(path, save_all=True, append_images=others, duration=milliseconds, loop=0)


def imageio(path, images, durations):
    import imageio.v2

    with imageio.v2.get_writer(path, mode="I", duration=1000 * durations[1], loop=0) as writer:
        for image in images:
            writer.append_data(image[:, :, :3])


def ffmpeg(path, images, durations):
    """What `ffmpeg -i ... film.gif` does: a fixed palette of 256 colors."""
    with av.open(path, "w") as container:
        stream = container.add_stream("gif", rate=25)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "rgb8"
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgba")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def palettegen(path, images, durations):
    """What FFmpeg's palettegen and paletteuse make with their own defaults: one palette, dithered."""
    height, width = images[0].shape[:2]

    def source(graph, size):
        return graph.add_buffer(width=size[0], height=size[1], format="rgba", time_base=Fraction(1, 25))

    def frames():
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgba")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            yield frame

    choose = av.filter.Graph()
    choose.link_nodes(source(choose, (width, height)), choose.add("palettegen"), choose.add("buffersink"))
    choose.configure()
    for frame in frames():
        choose.push(frame)
    choose.push(None)
    palette = choose.pull()
    use = av.filter.Graph()
    pictures, colors, apply, sink = (
        source(use, (width, height)),
        source(use, (16, 16)),
        use.add("paletteuse"),
        use.add("buffersink"),
    )
    pictures.link_to(apply, 0, 0)
    colors.link_to(apply, 0, 1)
    apply.link_to(sink)
    use.configure()
    palette.pts, palette.time_base = 0, Fraction(1, 25)
    colors.push(palette)
    colors.push(None)
    with av.open(path, "w") as container:
        stream = container.add_stream("gif", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
        for frame in frames():
            pictures.push(frame)
            container.mux(stream.encode(use.pull()))
        container.mux(stream.encode(None))


def gifsicle(program, *options):
    def write(path, images, durations):
        palettegen(path, images, durations)
        subprocess.run([program, "-O3", *options, path, "-o", path], check=True)

    return write


def gifski(program):
    def write(path, images, durations):
        with tempfile.TemporaryDirectory() as folder:
            names = [f"{folder}/{number:05}.png" for number in range(len(images))]
            for name, image in zip(names, images, strict=True):
                Image.fromarray(image[:, :, :3]).save(name, compress_level=1)
            sides = ["--width", str(images[0].shape[1]), "--height", str(images[0].shape[0])]
            subprocess.run([program, "--quiet", "--fps", "25", *sides, "-o", path, *names], check=True)

    return write


def shown(path):
    """Yield the end and the picture of each frame."""
    if path.suffix in (".mp4", ".webm", ".mov"):
        with av.open(path) as container:
            for frame in container.decode(video=0):
                yield frame.time + float(frame.duration * frame.time_base), frame.to_ndarray(format="rgb24")
        return
    if path.suffix == ".apng":  # where an image is to be undone before the next, Pillow does not do so
        with av.open(path) as container:
            frames = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
        yield from zip([begins for begins, _ in frames[1:]] + [np.inf], (p for _, p in frames), strict=True)
        return
    clock = 0.0
    with Image.open(path) as film:
        for frame in ImageSequence.Iterator(film):
            picture = np.asarray(frame.convert("RGB"))
            clock += frame.info["duration"] / 1000
            yield clock, picture


def psnr(path, images, durations):
    """Over all pixels: image by image, or at the middle of each if the file has another number of them."""
    frames = list(shown(path))
    if len(frames) != len(images):
        ends = [end for end, _ in frames]
        middles = np.cumsum(durations) - np.array(durations) / 2
        frames = [frames[min(i, len(frames) - 1)] for i in np.searchsorted(ends, middles, side="right")]
    height, width = images[0].shape[:2]
    errors = [
        np.mean((picture[:height, :width].astype(float) - image[:, :, :3]) ** 2)
        for (_, picture), image in zip(frames, images, strict=True)
    ]
    mean = np.mean(errors)
    return np.inf if mean == 0 else 10 * np.log10(255**2 / mean)


def compare(options):
    """Yield each film with each writer: kilobytes, PSNR in dB, milliseconds an image."""
    writers = {"Pillow (gif)": pillow, "FFmpeg, default (gif)": ffmpeg, "FFmpeg palettegen (gif)": palettegen}
    if options.gifsicle:
        writers["palettegen, gifsicle -O3 (gif)"] = gifsicle(options.gifsicle)
        writers["palettegen, gifsicle -O3 --lossy=30 (gif)"] = gifsicle(options.gifsicle, "--lossy=30")
    if importlib.util.find_spec("imageio"):
        importlib.import_module("imageio.v2")  # before it is timed
        writers["imageio (gif)"] = imageio
    if options.gifski:
        writers["gifski (gif)"] = gifski(options.gifski)
    for name in options.films:
        animation = film_of(name, options.size, options.frames or 120)
        with animation.painting():
            images = [animation.image(moment) for moment in animation.moments]
        # All equal, in whole hundredths of a second: no writer's rounding makes its pictures stand at other times.
        durations = (1 / 25,) * len(images)
        samples = Pass(animation, animation.moments, animation.film, ()).samples()
        film = type(animation.film)(animation.size, 25, durations, steps=animation.film.steps, samples=samples)
        shots = [Shot(i, 1 / 25, m.opens) for i, m in zip(images, animation.moments, strict=True)]
        encoders = {suffix: ENCODERS[suffix]() for suffix in options.formats}  # imported before they are timed
        ours = {
            f"gmmviz ({suffix})": lambda path, *_, encoder=encoder, film=film, shots=shots: encoder.write(
                path, film, shots
            )
            for suffix, encoder in encoders.items()
        }
        with tempfile.TemporaryDirectory() as folder:
            for label, write in (ours | writers).items():
                path = Path(folder) / f"film.{label.rsplit('(', 1)[1].rstrip(')')}"
                path.touch()
                milliseconds = timed(write, path, images, durations)
                kilobytes, likeness = path.stat().st_size / 1000, psnr(path, images, durations)
                yield name, label, kilobytes, likeness, milliseconds


def memory(options):
    print("| format | MB, 60 images | MB, many | ratio |\n|---|---|---|---|")
    for suffix in options.formats:
        peaks = []
        for n_images in (60, options.frames or 6000):
            command = [sys.executable, __file__, "--one", suffix, str(n_images), *map(str, options.size)]
            peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1000)
        print(f"| {suffix} | {peaks[0]:.0f} | {peaks[1]:.0f} | {peaks[1] / peaks[0]:.2f} |", flush=True)


def one(suffix, n_images, width, height):
    """Save one film and print the peak memory in kB."""
    with tempfile.TemporaryDirectory() as folder:
        film_of("2d", (int(width), int(height)), int(n_images)).save(Path(folder) / f"film.{suffix}")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def options_of(arguments=None):
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--films", nargs="+", default=[name for name in FILMS if name == "2d" or name in gv.RENDERERS]
    )
    parser.add_argument("--formats", nargs="+", default=MOVING)
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=None)
    parser.add_argument("--frames", type=int)
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    for program in ("gifski", "gifsicle"):
        parser.add_argument(f"--{program}", default=shutil.which(program, path=path))
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args(arguments)
    options.size = options.size or ((1280, 720) if options.memory else (800, 450))
    return options


def main():
    options = options_of()
    if options.memory:
        memory(options)
        return
    print("| film | writer | kB | PSNR (dB) | ms per image |\n|---|---|---|---|---|")
    for name, label, kilobytes, likeness, milliseconds in compare(options):
        print(f"| {name} | {label} | {kilobytes:.0f} | {likeness:.1f} | {milliseconds:.1f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        main()
