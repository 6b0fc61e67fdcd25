"""GIF: one palette for the whole film, chosen from images spread over it, and only what changes is stored.

FFmpeg's palettegen and paletteuse do the colors; no dithering, because flat colors compress and do not
shimmer. GIF counts time in hundredths of a second: delays are rounded on the running clock, so that their
sum stays true, and none is under two ticks, which browsers would slow down to ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
from av.video.format import VideoFormat

from gmmviz.encoders.base import ENCODERS, Encoder, Film, Image

TICKS = 100  # per second
SHORTEST = 2  # ticks


@ENCODERS.register("gif")
class GifEncoder(Encoder):
    """Animated GIF: plays everywhere, 256 colors, loops for ever."""

    tick = 1 / TICKS

    def write(self, path: Path, film: Film) -> None:
        """Encode image by image."""
        width, height = film.size
        schedule = ticked(film.durations)
        last = schedule[-1]
        options = {"loop": "0", "final_delay": str(last[2] - last[1])}
        to_indices = _Indexer(film)
        with av.open(path, "w", format="gif", options=options) as container:
            stream: Any = container.add_stream("gif", rate=TICKS)
            stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
            begins_of = {index: begins for index, begins, _ in schedule}
            for index, shot in enumerate(film):
                if index in begins_of:
                    container.mux(stream.encode(to_indices(shot.image, begins_of[index])))
            container.mux(stream.encode(None))


def ticked(durations: Sequence[float]) -> list[tuple[int, int, int]]:
    """Which images to keep and when they stand, in whole ticks on the running clock.

    An image that would end less than two ticks after it began makes way for the next: a film of 60 images
    a second is neither slowed down nor shortened.

    Parameters
    ----------
    durations : sequence of float
        Seconds that each image stands.

    Returns
    -------
    list of (index, begins, ends)
        Ticks; each begins where the one before ended, and the first at 0.
    """
    kept = []
    clock, begins = 0.0, 0
    for index, seconds in enumerate(durations):
        clock += seconds
        ends = round(clock * TICKS)
        if ends - begins >= SHORTEST:
            kept.append((index, begins, ends))
            begins = ends
    missing = len(durations) - 1
    if not kept:
        return [(missing, 0, max(round(clock * TICKS), SHORTEST))]
    if kept[-1][0] != missing:  # the film's last image replaces the last one kept
        kept[-1] = (missing, kept[-1][1], round(clock * TICKS))
    return kept


class _Indexer:
    """Turn images into palette indices, one at a time."""

    def __init__(self, film: Film) -> None:
        width, height = film.size
        graph = av.filter.Graph()
        source = graph.add_buffer(
            width=width, height=height, format=VideoFormat("rgba"), time_base=Fraction(1, TICKS)
        )
        palette = graph.add_buffer(width=16, height=16, format=VideoFormat("bgra"), time_base=Fraction(1, TICKS))
        apply = graph.add("paletteuse", "dither=none:diff_mode=rectangle")
        sink = graph.add("buffersink")
        source.link_to(apply, 0, 0)
        palette.link_to(apply, 0, 1)
        apply.link_to(sink)
        graph.configure()
        palette.push(_palette(film))
        palette.push(None)
        self._graph, self._source = graph, source

    def __call__(self, image: Image, pts: int) -> Any:
        self._source.push(_frame(image, pts))
        indexed: Any = self._graph.pull()
        indexed.pts, indexed.time_base = pts, Fraction(1, TICKS)
        return indexed


def _palette(film: Film) -> Any:
    """255 colors and transparency (for what does not change), as a 16x16 picture."""
    width, height = film.size
    graph = av.filter.Graph()
    source = graph.add_buffer(width=width, height=height, format=VideoFormat("rgba"), time_base=Fraction(1, TICKS))
    choose = graph.add("palettegen", "stats_mode=full")
    sink = graph.add("buffersink")
    source.link_to(choose)
    choose.link_to(sink)
    graph.configure()
    for pts, image in enumerate(film.samples()):
        source.push(_frame(image, pts))
    source.push(None)
    palette: Any = graph.pull()
    palette.pts, palette.time_base = 0, Fraction(1, TICKS)
    return palette


def _frame(image: Image, pts: int) -> Any:
    frame = av.VideoFrame.from_ndarray(image, format="rgba")
    frame.pts, frame.time_base = pts, Fraction(1, TICKS)
    return frame
