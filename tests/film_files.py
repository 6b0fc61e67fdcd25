"""Films to write and ways to read them back, for the tests of all formats."""

import av
import numpy as np
from PIL import Image, ImageSequence

from gmmviz.encoders import ENCODERS, Film, Shot, Step

MOVING = ["apng", "avif", "gif", "mov", "mp4", "webm", "webp"]
STILL = ["poster.png", "sheet.png", "steps.zip"]


def read(path):
    """Every frame of a film as (begins, seconds, picture), by a reader that did not write it."""
    frames, clock = [], 0.0
    if path.suffix in (".mov", ".mp4", ".webm"):
        with av.open(path) as container:
            for frame in container.decode(video=0):
                seconds = float(frame.duration * frame.time_base)
                frames.append((frame.time, seconds, frame.to_ndarray(format="rgb24").astype(int)))
        return frames
    with Image.open(path) as film:
        for i, frame in enumerate(ImageSequence.Iterator(film)):
            picture = np.asarray((_afresh(path, i) if path.suffix == ".apng" else frame).convert("RGB")).astype(
                int
            )
            frame.load()
            seconds = frame.info["duration"] / 1000  # known once it is decoded
            frames.append((clock, seconds, picture))
            clock += seconds
    return frames


def _afresh(path, i):
    """Frame i of an APNG. Pillow 13 errs where a frame that was looked at is undone before the next one."""
    with Image.open(path) as film:
        film.seek(i)
        film.load()
        return film.copy()


def psnr(one, other):
    return 10 * np.log10(255**2 / max(np.mean((one.astype(float) - other) ** 2), 1e-9))


def blocks(n_images, size=(64, 48)):
    """Images of a square that wanders over a light ground."""
    width, height = size
    images = np.full((n_images, height, width, 4), 250, np.uint8)
    images[..., 3] = 255
    for i, image in enumerate(images):
        left = i * max(1, width // 10) % max(1, width - width // 4)
        image[height // 4 : height // 2 + 1, left : left + max(1, width // 4), :3] = (0, 114, 178)
    return images


def shots(images, durations):
    return [
        Shot(image, seconds, i % 2 == 0) for i, (image, seconds) in enumerate(zip(images, durations, strict=True))
    ]


def film_of(images, durations, fps=25.0, **facts):
    """A film of these images, two to a step."""
    ends = np.cumsum(durations)
    last = len(durations) - 1
    steps = tuple(
        Step(
            name=f"{i // 2:02}_e",
            phase="e",
            iteration=i // 2,
            chapter=f"Iteration {i // 2}",
            begins=float(ends[i] - durations[i]),
            ends=float(ends[j]),
            last=j,
            label=f"Step {i}",
            caption="it moves",
        )
        for i in range(0, len(durations), 2)
        for j in [min(i + 1, last)]
    )
    height, width = images[0].shape[:2]
    return Film((width, height), fps, tuple(durations), steps=steps, samples=tuple(images[:12]), **facts)


def wanted(encoder, film, shots):
    """Those of a film's shots that an encoder of images wants."""
    lasts = {"images": range(len(film.durations)), "steps": [step.last for step in film.steps]}
    numbers = lasts.get(encoder.wants, [len(film.durations) - 1])
    return (shot for number, shot in enumerate(shots) if number in numbers)


def write(name, folder, images, durations, encoder=None, **facts):
    """Write a film of these images with nothing of the package around the encoder; return path and contents."""
    path = folder / f"film.{name}"
    path.touch()
    encoder, film = encoder or ENCODERS[name](), film_of(images, durations, **facts)
    return path, encoder.write(path, film, wanted(encoder, film, shots(images, durations)))
