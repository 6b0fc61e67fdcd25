"""Few colors for a whole film: a palette chosen from images spread over it, and images made of its indices.

The most frequent colors are moved by a few rounds of k-means (Lloyd 1982) to where the pixels' colors are, and
those that are hardly missed to where the error is largest: 1 to 2 dB more than what FFmpeg's palettegen chooses,
and the same on every machine. Each pixel takes the nearest color in sRGB, through a table of all 2**24 that is
filled in as colors turn up: two thirds of the time of FFmpeg's paletteuse, and 0.7 dB more, as that takes the
nearest to the eye. It is asked only where colors are to be imitated by dithering. Unless asked for there is none,
because flat colors compress and do not shimmer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import av
import av.filter
import numpy as np
import numpy.typing as npt
from av.video.format import VideoFormat

from gmmviz.arrays import Array
from gmmviz.encoders.base import Image

Dither = Literal["none", "bayer", "sierra2_4a", "floyd_steinberg"]
Packed = npt.NDArray[np.uint32]

CLEAR = 0  # the index of what does not change, or lets the page shine through; colors come after it
ROUNDS = 6  # of k-means
SETTLING = 2  # of them at the end, in which no color is moved to another place
MOVES = 64  # in each of the others, at most
MEASURED_AT_ONCE = 4096  # colors whose distances to all of the palette's are worked out together
LOOKED_AT = 720_000  # pixels that the colors are chosen by
COMMON, RARE = 2_000, 16_000  # distinct colors of these that are told apart
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
    see_through : bool
        Whether pixels may be clear.
    """

    def __init__(
        self,
        samples: Sequence[Image],
        size: tuple[int, int],
        n_colors: int = 256,
        dither: Dither = "none",
        *,
        see_through: bool = False,
    ) -> None:
        colors = _chosen(samples, n_colors)
        self._dithering = None if dither == "none" else _Dithering(colors, size, dither)
        self._nearest = _Nearest(colors)
        self._index_of = np.zeros(1 << 24, np.uint8)  # CLEAR where not known; zeros take no memory until used
        self._table = np.roll(_table(colors), 1, axis=1)  # PyAV has the opacity first
        self._see_through = see_through
        self._shape = size[1], size[0]

    def __call__(self, image: Image) -> Any:
        """Return the image, shape (height, width, 4), as a frame of the format ``pal8``."""
        if self._dithering:
            return self._dithering(image)
        picture: Any = self._look_up(_packed(image)).reshape(self._shape), self._table
        return av.VideoFrame.from_ndarray(picture, format="pal8")

    def _look_up(self, colors: Packed) -> npt.NDArray[np.uint8]:
        # In few calls: after each of them this thread may have to wait for the one that paints. Whole pictures are
        # looked up, for finding out what has changed takes as long; opaque colors are places from the table's end.
        places = colors & np.uint32(0xFFFFFF) if self._see_through else colors.view(np.int32)
        indices = self._index_of.take(places)
        unknown = np.flatnonzero(indices == CLEAR)
        if len(unknown):
            asked = places.take(unknown)
            new = asked if len(asked) <= MEASURED_AT_ONCE else np.unique(asked)
            nearest = self._index_of[new] = self._nearest(new) + 1
            indices[unknown] = nearest if new is asked else self._index_of.take(asked)
        if self._see_through:
            indices[colors < 1 << 24] = CLEAR
        return indices


class _Dithering:
    """The same by FFmpeg, which imitates colors that the palette has not."""

    def __init__(self, colors: Array, size: tuple[int, int], dither: Dither) -> None:
        graph = av.filter.Graph()
        source = _source(graph, size, "rgba")
        palette = _source(graph, (16, 16), "rgba")
        apply = graph.add("paletteuse", f"dither={dither}:diff_mode=rectangle")
        sink = graph.add("buffersink")
        source.link_to(apply, 0, 0)
        palette.link_to(apply, 0, 1)
        apply.link_to(sink)
        graph.configure()
        palette.push(_frame(_table(colors).reshape(16, 16, 4), 0))
        palette.push(None)
        self._graph, self._source = graph, source
        self._n_images = 0

    def __call__(self, image: Image) -> Any:
        self._source.push(_frame(image, self._n_images))
        self._n_images += 1
        return self._graph.pull()


def _chosen(samples: Sequence[Image], n_colors: int) -> Array:
    """At most `n_colors` - 1 colors, shape (n, 3): whole numbers from 0 to 255."""
    colors, weights = _looked_at(samples)
    values = _unpacked(colors)
    n_centers = min(n_colors - 1, len(colors))
    centers = values[np.argsort(-weights, kind="stable")[:n_centers]]
    channels = np.arange(3)
    weighted = weights[:, None] * values
    for left in reversed(range(ROUNDS)):
        nearest = _Nearest(centers)(colors)
        # All channels in one call: in each this thread and the one that paints get into each other's way.
        places = (3 * nearest[:, None] + channels).ravel()
        totals: Array = np.bincount(nearest, weights, n_centers)[:, None].astype(np.float64, copy=False)
        sums, squares = (
            np.bincount(places, of.ravel(), 3 * n_centers).reshape(-1, 3) for of in (weighted, weighted * values)
        )
        means = sums / np.maximum(totals, 1)
        # Whole numbers, of which all machines find the same to be the nearest.
        centers = np.where(totals > 0, np.rint(means), centers)
        if left >= SETTLING:
            _move(centers, totals[:, 0], np.maximum(squares - sums * means, 0))
    return np.unique(centers, axis=0)


def _looked_at(samples: Sequence[Image]) -> tuple[Packed, Array]:
    """Opaque colors of the images, and how many pixels each stands for; of rare ones, some stand for others."""
    height, width, _ = samples[0].shape
    every = int(np.ceil(np.sqrt(len(samples) * height * width / LOOKED_AT)))
    pixels = np.concatenate([_packed(image[::every, ::every]) for image in samples])
    colors, counts = np.unique(pixels, return_counts=True)
    opaque = colors >= 1 << 24
    colors, counts = colors[opaque], counts[opaque]
    if not len(colors):
        return np.zeros(1, np.uint32), np.ones(1)
    weights = counts.astype(np.float64)
    by_weight = np.argsort(-counts, kind="stable")
    common, rare = by_weight[:COMMON], np.sort(by_weight[COMMON:])
    step = max(1, -(-len(rare) // RARE))
    weights[rare] *= step
    kept = np.concatenate([common, rare[::step]])
    return colors[kept], weights[kept]


def _move(centers: Array, totals: Array, errors: Array) -> None:
    """Move the centers that are least missed to where most is to be gained by a second one.

    Without the one, its pixels go to the next; with the other, half of the error around a center is saved.

    Parameters
    ----------
    centers : ndarray, shape (K, 3)
        Changed in place.
    totals : ndarray, shape (K,)
        How many pixels have each as the nearest.
    errors : ndarray, shape (K, 3)
        Sums of the squares of how far they are from it.
    """
    squares = (centers**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * centers @ centers.T
    np.fill_diagonal(apart, np.inf)
    loss, gain = totals * apart.min(axis=1), errors.sum(axis=1) / 2
    n_moves = min(MOVES, len(centers) // 4)
    spare, wanted = np.argsort(loss, kind="stable")[:n_moves], np.argsort(-gain, kind="stable")[:n_moves]
    worth = (loss[spare] < gain[wanted]) & ~np.isin(spare, wanted)
    spare, wanted = spare[worth], wanted[worth]
    widest = errors[wanted].argmax(axis=1)
    step = np.rint(np.sqrt(errors[wanted, widest] / totals[wanted]))
    centers[spare] = centers[wanted]
    centers[spare, widest] += step
    centers[wanted, widest] -= step


class _Nearest:
    """Which of the centers, shape (K, 3), is nearest to a color.

    |x - c|^2 is |x|^2 + (|c|^2 - 2 x c), of which only the second part depends on c. All of them are whole
    numbers that single precision holds, where the centers are; for 255 a third of a k-d tree's time.
    """

    def __init__(self, centers: Array) -> None:
        coefficients = np.vstack([-2 * centers.T, (centers**2).sum(axis=1)])
        self._coefficients = coefficients.astype(np.float32)

    def __call__(self, colors: Packed | npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
        """Numbers of the centers, shape (n,)."""
        if len(colors) > MEASURED_AT_ONCE:
            parts = range(0, len(colors), MEASURED_AT_ONCE)
            return np.concatenate([self(colors[i : i + MEASURED_AT_ONCE]) for i in parts])
        extended = _channels(colors.view(np.uint32)).astype(np.float32)
        extended[:, 3] = 1
        nearest: npt.NDArray[np.intp] = (extended @ self._coefficients).argmin(axis=1)
        return nearest


def _table(colors: Array) -> npt.NDArray[np.uint8]:
    """RGBA of the indices, shape (256, 4): only the first one is clear."""
    table = np.zeros((256, 4), np.uint8)
    table[1 : 1 + len(colors), :3] = colors
    table[1:, 3] = 255
    return table


def _packed(image: Image) -> Packed:
    """RGBA as one number per pixel, the opacity above the color."""
    return np.ascontiguousarray(image).view("<u4").ravel()


def _unpacked(colors: Packed) -> Array:
    """Red, green and blue, shape (n, 3)."""
    return _channels(colors)[:, :3].astype(np.float64)


def _channels(colors: Packed) -> Image:
    """The bytes of packed RGBA, shape (n, 4)."""
    return colors.astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)


def _source(graph: av.filter.Graph, size: tuple[int, int], pixels: str) -> Any:
    return graph.add_buffer(width=size[0], height=size[1], format=VideoFormat(pixels), time_base=_TIME)


def _frame(image: Image, pts: int) -> Any:
    frame = av.VideoFrame.from_ndarray(image, format="rgba")
    frame.pts, frame.time_base = pts, _TIME
    return frame
