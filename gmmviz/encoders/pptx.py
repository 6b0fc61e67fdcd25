"""Slides: the film, then a slide for each of its steps.

The film stands on the first slide as an MP4. It begins when the slide is shown, plays once, and rests at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import av

from gmmviz.encoders.base import ENCODERS, Contents, Film, Shot, contents_of
from gmmviz.encoders.clips import clips
from gmmviz.encoders.mp4 import Mp4Encoder
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.encoders.stills import save_png
from gmmviz.encoders.video import Quality
from gmmviz.errors import InputError, counted
from gmmviz.options import options

if TYPE_CHECKING:
    from gmmviz.encoders.powerpoint import Slides


@ENCODERS.register("pptx")
@options
class PptxEncoder(MovingEncoder):
    """Slides (PPTX): the film, then a slide per step, its words as notes; needs ``pip install "gmmviz[pptx]"``."""

    tick: ClassVar[float] = Mp4Encoder.tick
    reads: ClassVar[tuple[str, ...]] = ("template",)

    steps: Literal["pictures", "movies"] = "pictures"
    """What the slide of a step shows: how it ends, or its movement, which plays once and rests at its end."""
    template: str | None = None
    """A presentation (.pptx, .potx), relative to the scene file, whose slide master is taken; pictures then stand
    below a title. By default they fill the slide."""
    quality: Quality = "standard"
    """Of the movies: 'draft' is quickest and smallest, 'high' the sharpest."""

    def check(self, film: Film) -> None:
        """Refuse pictures that are too large for any player, and a template that cannot be used."""
        self._mp4.check(film)
        if not film.steps:
            raise InputError("slides (pptx) show a film's steps, and this film has none", "steps")
        self._slides(film)

    def length_of(self, film: Film) -> float:
        """Return the length of the movie."""
        return self._mp4.length_of(film)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Write the movie, and keep of the images those that show a step done."""
        slides, kept = self._slides(film), list[bytes]()
        made = self._mp4.write(path, film, _keeping(shots, film, kept))  # the slides take its place below
        movie = path.read_bytes()
        add_film(slides, film, movie, kept, clips(movie, film) if self.steps == "movies" else ())
        slides.save(path, film.title, film.text)
        note = f"slides of the film and {counted(len(film.steps), 'step')}"
        return Contents(made.size, made.n_frames, made.seconds, note)

    def read_back(self, path: Path) -> Contents:
        """Open the slides, and look at the movie on the first."""
        movie = BytesIO(powerpoint().first_film(path))
        with av.open(movie, format="mp4") as container:
            return contents_of(container)

    @property
    def _mp4(self) -> Mp4Encoder:
        return Mp4Encoder(quality=self.quality)

    def _slides(self, film: Film) -> Slides:
        slides: Slides = powerpoint().Slides(
            film.size, film.language, Path(self.template) if self.template else None
        )
        return slides


def powerpoint() -> Any:
    """Return the module that writes slides.

    Raises
    ------
    InputError
        If its package is not installed.
    """
    try:
        from gmmviz.encoders import powerpoint
    except ModuleNotFoundError:
        raise InputError(
            'slides (pptx) need a package that is not installed: pip install "gmmviz[pptx]"'
        ) from None
    return powerpoint


def add_film(
    slides: Slides,
    film: Film,
    movie: bytes,
    pictures: Sequence[bytes],
    cuts: Sequence[bytes] = (),
    notes: str = "",
    steps: bool = True,
) -> None:
    """Add a slide with the film, then one for each step.

    Parameters
    ----------
    slides : Slides
    film : Film
    movie : bytes
        The film as an MP4.
    pictures : sequence of bytes
        A PNG for each step, which shows it done.
    cuts : sequence of bytes, optional
        An MP4 for each step; empty for one that shows its picture instead.
    notes : str, optional
        For the speaker, beside what happens in the film.
    steps : bool
        Whether each step has a slide.
    """
    look = film.size, film.background
    said = "\n".join(text for text in (notes, film.text) if text)
    slides.film(movie, pictures[0], *look, film.title or film.steps[0].chapter, film.text, said)
    for i, (step, picture) in enumerate(zip(film.steps, pictures, strict=True) if steps else ()):
        words = step.label or step.caption or step.chapter, step.words or step.chapter, step.words
        if cuts and cuts[i]:
            slides.film(cuts[i], pictures[max(i - 1, 0)], *look, *words)
        else:
            slides.picture(picture, *look, *words)


def _keeping(shots: Iterable[Shot], film: Film, kept: list[bytes]) -> Iterator[Shot]:
    """Yield the shots, and keep those at the end of a step as PNGs."""
    words = {step.last: step.words for step in film.steps}
    for number, shot in enumerate(shots):
        if number in words:
            file = BytesIO()
            save_png(shot.image, file, film, words[number])
            kept.append(file.getvalue())
        yield shot
