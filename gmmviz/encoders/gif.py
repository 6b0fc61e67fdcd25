"""GIF: one palette for the whole film, and of each image only what changes.

GIF counts time in hundredths of a second. No image is shown for less than two of them, because browsers would
show it for ten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, ClassVar

import av
from pydantic import Field

from gmmviz.encoders.base import ENCODERS, Contents, Film, Image, Shot, address, over
from gmmviz.encoders.budget import write_within
from gmmviz.encoders.insertion import insert
from gmmviz.encoders.palette import Dither, Palette
from gmmviz.encoders.sized import MovingEncoder
from gmmviz.encoders.ticks import standing, ticked
from gmmviz.errors import InputError
from gmmviz.options import Flag, Seconds, Whole, options

TICKS = 100  # per second
SHORTEST = 2  # ticks
LONGEST = 65_535  # ticks; a delay has 16 bits
LARGEST = 65_535  # pixels on a side


@ENCODERS.register("gif")
@options
class GifEncoder(MovingEncoder):
    """Animated GIF: plays everywhere, in 256 colors."""

    tick: ClassVar[float] = 1 / TICKS
    format: ClassVar[str | None] = "gif"

    n_colors: Annotated[Whole, Field(ge=4, le=256)] = 256
    """Colors at most; one of them is kept for what does not change."""
    dither: Dither = "none"
    """How colors between those are imitated; anything but 'none' shimmers and takes more bytes."""
    loop: Annotated[Whole, Field(ge=0, le=65_535)] = 0
    """How many times the film plays; 0 for ever."""
    final_delay: Seconds | None = None
    """Seconds that the last image stands, instead of what the film's pace says."""
    transparent: Flag = False
    """Whether what has the background's color lets the page shine through, at two to six times the bytes; edges
    keep a rim of that color, so choose the theme nearest to the page."""
    max_bytes: Annotated[Whole, Field(ge=1000)] | None = None
    """Bytes at most: gives up frame rate first, then colors, then size, as far as it takes, and says so."""

    @property
    def holds_alpha(self) -> bool:
        """Yes, in two levels: what is clear is left out, and the rest lies on the background."""
        return True

    @property
    def needs_samples(self) -> bool:
        """Yes: the palette is chosen by them."""
        return True

    def check(self, film: Film) -> None:
        """Refuse a picture that is too large for the header's 16 bits."""
        if max(film.size) > LARGEST:
            raise InputError(f"a GIF has at most {LARGEST:,} pixels on a side, not {max(film.size):,}", "size")

    def length_of(self, film: Film) -> float:
        """Return the film's length, with the last image's own delay if there is one; at least that of an image."""
        return max(self._with_final_delay(film).length, SHORTEST / TICKS)

    def write(self, path: Path, film: Film, shots: Iterable[Shot]) -> Contents:
        """Encode image by image; several times if the file must fit into `max_bytes`."""
        film = self._with_final_delay(film)
        if film.transparent:
            film = replace(film, samples=tuple(over(image, film.background) for image in film.samples))
            shots = (replace(shot, image=over(shot.image, film.background)) for shot in shots)
        if self.max_bytes is None:
            return self.write_once(path, film, shots)
        return write_within(self.max_bytes, self, path, film, shots)

    def _with_final_delay(self, film: Film) -> Film:
        if self.final_delay is None:
            return film
        return replace(film, durations=(*film.durations[:-1], self.final_delay))

    def write_once(
        self,
        path: Path,
        film: Film,
        shots: Iterable[Shot],
        shortest: Annotated[int, Field(ge=1, le=LONGEST)] = SHORTEST,
        n_colors: Annotated[int, Field(ge=2, le=256)] | None = None,
    ) -> Contents:
        """Encode the film once, as `gmmviz.encoders.budget` asks for it.

        Parameters
        ----------
        path : Path
            The file to write.
        film : Film
            What is known of the film.
        shots : iterable of Shot
            Its images.
        shortest : int
            Hundredths of a second that an image stands at least.
        n_colors : int, optional
            Colors at most; by default the encoder's own number.

        Returns
        -------
        Contents
            What the file should hold.
        """
        see_through = self.transparent or film.transparent
        if see_through:
            film = replace(film, samples=tuple(_see_through(image, film.background) for image in film.samples))
            shots = (replace(shot, image=_see_through(shot.image, film.background)) for shot in shots)
        schedule = ticked(film.durations, TICKS, shortest, LONGEST)
        palette = Palette(film.samples, film.size, n_colors or self.n_colors, self.dither, see_through=see_through)
        options = {
            # FFmpeg counts repetitions after the first time: 0 repeats for ever, -1 not at all.
            "loop": str({0: 0, 1: -1}.get(self.loop, self.loop - 1)),
            "final_delay": str(schedule[-1].ends - schedule[-1].begins),
        }
        with av.open(address(path), "w", format=self.format, options=options) as container:
            stream: Any = container.add_stream("gif", rate=TICKS)
            stream.width, stream.height = film.size
            stream.pix_fmt = "pal8"
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
            for stand, image in standing(schedule, shots):
                frame = palette(image)
                frame.pts, frame.time_base = stand.begins, Fraction(1, TICKS)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        _comment(path, "\n".join(text for text in (film.title, film.text) if text))
        return Contents(film.size, len(schedule), schedule[-1].ends / TICKS)


def _see_through(image: Image, background: str) -> Image:
    """Return the image with its background made transparent."""
    clear = image.copy()
    clear[(image[:, :, :3] == [*bytes.fromhex(background[1:])]).all(axis=2)] = 0
    return clear


def _comment(path: Path, text: str) -> None:
    """Insert a comment block in front of the first image."""
    content = text.encode()
    if not content:
        return
    parts = [content[i : i + 255] for i in range(0, len(content), 255)]
    block = b"\x21\xfe" + b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
    with path.open("r+b") as file:
        head = file.read(1024)
        place = 13 + (3 << (head[10] % 8 + 1) if head[10] & 0x80 else 0)
        if head[place : place + 2] == b"\x21\xff":  # the block that says how often the film plays
            place += 19
        insert(file, place, block)
