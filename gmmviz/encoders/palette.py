"""Few colors for a whole film: a palette chosen from images spread over it, and images made of its indices.

FFmpeg's palettegen and paletteuse do the work; no dithering unless asked for, because flat colors compress
and do not shimmer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import av
import av.filter
from av.video.format import VideoFormat

from gmmviz.encoders.base import Image

Dither = Literal["none", "bayer", "sierra2_4a", "floyd_steinberg"]
_TIME = Fraction(1, 100)  # of no consequence here; FFmpeg wants one


class Palette:
    """Turn images into indices of one palette.

    Parameters
    ----------
    samples : sequence of ndarray, shape (height, width, 4)
        Images to choose the colors by.
    size : tuple of int
        Width and height of the images to come.
    n_colors : int
        One of them is kept for what does not change.
    dither : str
    """

    def __init__(
        self,
        samples: Sequence[Image],
        size: tuple[int, int],
        n_colors: int = 256,
        dither: Dither = "none",
    ) -> None:
        graph = av.filter.Graph()
        source = _source(graph, size, "rgba")
        colors = _source(graph, (16, 16), "bgra")
        apply = graph.add("paletteuse", f"dither={dither}:diff_mode=rectangle")
        sink = graph.add("buffersink")
        source.link_to(apply, 0, 0)
        colors.link_to(apply, 0, 1)
        apply.link_to(sink)
        graph.configure()
        colors.push(_chosen(samples, n_colors))
        colors.push(None)
        self._graph, self._source = graph, source
        self._n_images = 0

    def __call__(self, image: Image) -> Any:
        """Return the image as a frame of the format ``pal8``."""
        self._source.push(_frame(image, self._n_images))
        self._n_images += 1
        return self._graph.pull()


def _chosen(samples: Sequence[Image], n_colors: int) -> Any:
    """The colors, one of them transparent, as a 16x16 picture."""
    graph = av.filter.Graph()
    height, width, _ = samples[0].shape
    source = _source(graph, (width, height), "rgba")
    choose = graph.add("palettegen", f"stats_mode=full:max_colors={n_colors}")
    sink = graph.add("buffersink")
    source.link_to(choose)
    choose.link_to(sink)
    graph.configure()
    for number, image in enumerate(samples):
        source.push(_frame(image, number))
    source.push(None)
    palette: Any = graph.pull()
    palette.pts, palette.time_base = 0, _TIME
    return palette


def _source(graph: av.filter.Graph, size: tuple[int, int], pixels: str) -> Any:
    return graph.add_buffer(width=size[0], height=size[1], format=VideoFormat(pixels), time_base=_TIME)


def _frame(image: Image, pts: int) -> Any:
    frame = av.VideoFrame.from_ndarray(image, format="rgba")
    frame.pts, frame.time_base = pts, _TIME
    return frame
