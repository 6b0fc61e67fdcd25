"""A scene that is a Python file, for what TOML cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

from gmmviz.encoders import Encoder, encoder_for
from gmmviz.errors import InputError
from gmmviz.film.animation import Animation
from gmmviz.film.quality import Quality, in_quality
from gmmviz.options import checked
from gmmviz.scene.limits import Limits
from gmmviz.scene.overrides import Overrides, keep_within, revised
from gmmviz.scene.plugins import failure, python_globals
from gmmviz.storyboard.run import Run


@dataclass(frozen=True, repr=False)
class PythonScene:
    """A Python file that defines ``animation()``, for films that a scene file cannot describe.

    Parameters
    ----------
    path : Path
        The file.
    limits : Limits
        What the film may ask for; only its pixels are limited.
    """

    path: Path
    limits: Limits

    formats = ("gif",)
    """The suffixes of the files to write, unless others are asked for."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the film is known to be made from."""
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

    def animation(self, **overrides: Unpack[Overrides]) -> Animation:
        """Run the file and make its film.

        Parameters
        ----------
        **overrides : object
            What to change, as for `Scene.animation`.

        Returns
        -------
        Animation
            The film that the file's ``animation()`` returns, with the changes.

        Raises
        ------
        InputError
            If the file fails, or the film cannot be changed in this way.
        """
        film = revised(self._film, **overrides)
        keep_within(film, self.limits)
        return film

    @checked
    def encoder(
        self,
        path: Path,
        quality: Quality = "standard",
        size: tuple[int, int] | None = None,
        fps: float | None = None,
    ) -> Encoder:
        """Return what writes a file of that name.

        Parameters
        ----------
        path : Path
            The file, whose suffix says the format.
        quality : {"draft", "standard", "high"}
            The option of that name, where the format has it.
        size, fps : optional
            As for `Scene.encoder`; a file has nothing of its own here.

        Returns
        -------
        Encoder
            For `Animation.save`.
        """
        return in_quality(encoder_for(path), quality, size, fps)

    def check(self) -> None:
        """Run the file; nothing is drawn."""
        keep_within(self._film, self.limits)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.animation()._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"<PythonScene {self.path}>"
