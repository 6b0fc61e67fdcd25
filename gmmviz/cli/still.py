"""A still of one moment of a film, named as a teacher names it: by the clock or by the step."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from PIL import Image

from gmmviz.animation import Animation
from gmmviz.errors import InputError, RenderError
from gmmviz.timeline import Moment


def save_still(film: Animation, at: str, path: Path) -> str:
    """Write the picture of a moment as PNG and say what was written.

    Raises
    ------
    InputError
        If there is no such moment, or the file is no PNG.
    RenderError
        If the file cannot be written.
    """
    if path.suffix.lower() != ".png":
        raise InputError(f"a still is a PNG: give {path.with_suffix('.png')}, not {path}")
    moment = moment_at(film, at)
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part.png")
    try:
        Image.fromarray(film.image(moment)[..., :3]).save(temporary)
        temporary.replace(path)
    except OSError as error:
        raise RenderError(f"{path} was not written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    width, height = film.size
    return f"{path}  {width}x{height}, at {moment.time:.2f} s"


def moment_at(film: Animation, at: str) -> Moment:
    """The moment at so many seconds, at the end of a step (``E3``, ``M3``), at the start or the end.

    Raises
    ------
    InputError
        If there is none.
    """
    every = film.moments
    if at in ("start", "end"):
        return every[0 if at == "start" else -1]
    step = re.fullmatch(r"([EM])(\d{1,9})", at.upper())
    if step:
        phase, number = step[1].lower(), int(step[2])
        shown = {m.before + 1 if phase == "e" else m.after: m for m in every if m.phase == phase}
        if number not in shown:
            steps = ", ".join(f"{step[1]}{n}" for n in shown) or f"no {step[1]}-step"
            raise InputError(f"--at {at}: the film does not stop there; it shows {steps}")
        return shown[number]
    try:
        seconds = float(at)
    except ValueError:
        raise InputError(
            f"--at is a time in seconds, such as 3.5, or a step, such as E3, M3, start or end, not {at!r}"
        ) from None
    if not 0 <= seconds <= film.length:
        raise InputError(f"--at {at}: the film lasts from 0 to {film.length:.2f} s")
    return next(moment for moment in reversed(every) if moment.time <= seconds)
