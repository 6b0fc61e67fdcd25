"""A film that is defined in Python, for what a scene file cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Unpack

from gmmviz.encoders import Encoder, encoder_for
from gmmviz.errors import InputError
from gmmviz.film.animation import Animation
from gmmviz.scene.changes import Changes, Quality, in_quality, keep_within, revised
from gmmviz.scene.limits import Limits
from gmmviz.scene.plugins import failure, python_globals
from gmmviz.storyboard.run import Run


@dataclass(frozen=True)
class PythonScene:
    """A Python file that defines ``animation()``, for films that a scene file cannot say.

    Parameters
    ----------
    path : Path
    limits : Limits
    """

    path: Path
    limits: Limits

    formats = ("gif",)
    """The suffixes of the files to write, unless others are asked for."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the film is known to be made from."""
        return (self.path,)

    @cached_property
    def _film(self) -> Animation:
        names = python_globals(self.path, "gmmviz_scene")
        make = names.get("animation")
        if not callable(make):
            raise InputError(f"{self.path} must define animation(), which returns a gmmviz.Animation")
        try:
            film = make()
        except Exception as error:
            raise failure(self.path, error) from error
        if not isinstance(film, Animation):
            raise InputError(f"{self.path}: animation() must return a gmmviz.Animation, not {film!r}")
        return film

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs that the film shows."""
        return self._film.runs

    def animation(self, **changes: Unpack[Changes]) -> Animation:
        """The film, as `Scene.animation` makes it."""
        film = revised(self._film, **changes)
        keep_within(film, self.limits)
        return film

    def encoder(self, path: Path, quality: Quality = "standard") -> Encoder:
        """What writes a file of that name, in its usual way."""
        return in_quality(encoder_for(path), quality)

    def check(self) -> None:
        """Run the file; nothing is drawn."""
        keep_within(self._film, self.limits)
