"""Few colors for a whole film: choose a palette by images spread over it, and turn images into its indices.

The palette begins with the most frequent colors. k-means (Lloyd 1982) moves them to where the pixels' colors are,
and colors that are hardly used are moved to where the error is largest. Measured on 120 frames in 2D, 2.5D and 3D
(`bench_encoders.py`): 55.3, 51.1 and 52.3 dB; without those moves 49.4, 46.2 and 47.5 dB; with the palette of
FFmpeg's palettegen 43.7, 46.6 and 46.7 dB; with one palette per image gifski reached 55.2, 49.7 and 51.7 dB.
Of newer films it is 1.2 dB above this one in 2D and 3D, at a sixth more bytes.

Each pixel takes the nearest color in sRGB, from a table of all 2**24 colors that is filled in when a color first
appears. FFmpeg's paletteuse takes the nearest color to the eye, which costs 0.7 dB and half as much time again; it
is used for dithering alone. By default there is no dithering, because flat colors compress better and do not
shimmer.
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

CLEAR = 0  # the index of transparent pixels, which include those that do not change; colors come after it
ROUNDS = 6  # of k-means
SETTLING = 2  # of them, the last ones, without moves
MOVES = 64  # colors that are moved in each of the other rounds, at most
MEASURED_AT_ONCE = 4096  # colors whose distances to the palette are computed together, to bound memory
LOOKED_AT = 720_000  # pixels that the palette is chosen by
COMMON, RARE = 2_000, 16_000  # distinct colors that are told apart; more of them take longer and gain 0.05 dB
_TIME = Fraction(1, 100)  # FFmpeg asks for a unit of time, which has no effect here


class Palette:
    """Turn images into indices of one palette.

    Parameters
    ----------
    samples : sequence of ndarray, shape (height, width, 4)
        Images to choose the colors by.
    size : tuple of int
        Width and height of the images to come.
    n_colors : int
        One of them is reserved for transparent pixels.
    dither : str
        How FFmpeg imitates the colors that the palette lacks, or ``"none"``.
    see_through : bool
        Whether images may have transparent pixels.
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
        self._index_of = np.zeros(1 << 24, np.uint8)  # CLEAR where not known yet
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
        # Opaque colors are negative as signed numbers, which count from the table's end: that spares a pass.
        places = colors & np.uint32(0xFFFFFF) if self._see_through else colors.view(np.int32)
        indices = self._index_of.take(places)
        unknown = np.flatnonzero(indices == CLEAR)
        if len(unknown):
            asked = places.take(unknown)
            new = np.unique(asked)
            self._index_of[new] = self._nearest(new.view(np.uint32)) + 1
            indices[unknown] = self._index_of.take(asked)
        if self._see_through:
            indices[colors < 1 << 24] = CLEAR
        return indices


class _Dithering:
    """Turn images into indices by FFmpeg, which imitates the colors that the palette lacks."""

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
    """Choose at most `n_colors` - 1 colors, shape (n, 3): whole numbers from 0 to 255."""
    colors, weights = _colors_of(samples)
    values = _unpacked(colors)
    n_centers = min(n_colors - 1, len(colors))
    centers = values[np.argsort(-weights, kind="stable")[:n_centers]]
    for left in reversed(range(ROUNDS)):
        nearest = _Nearest(centers)(colors)
        totals, sums, squares = (_sums(nearest, weights[:, None] * values**power, n_centers) for power in range(3))
        means = sums / np.maximum(totals, 1)
        # Whole numbers: sums of them are exact, so that every machine finds the same color to be the nearest.
        centers = np.where(totals > 0, np.rint(means), centers)
        if left >= SETTLING:
            _move(centers, totals[:, 0], np.maximum(squares - sums * means, 0))
    return np.unique(centers, axis=0)


def _sums(groups: npt.NDArray[np.intp], values: Array, n_groups: int) -> Array:
    """Sum the values, shape (n, 3), of each group; shape (n_groups, 3)."""
    return np.stack([np.bincount(groups, column, n_groups) for column in values.T], axis=1)


def _colors_of(samples: Sequence[Image]) -> tuple[Packed, Array]:
    """Return the opaque colors of the images, and how many pixels each stands for.

    Of very many rare colors, one in so many is taken, and stands for all of them.
    """
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
    """Move the centers that are needed least to where a second center gains most.

    When a center goes, its pixels take the nearest other one. When a center gets a second one beside it, half of
    the error around it is saved.

    Parameters
    ----------
    centers : ndarray, shape (K, 3)
        Changed in place.
    totals : ndarray, shape (K,)
        How many pixels each center is the nearest to.
    errors : ndarray, shape (K, 3)
        Sums of these pixels' squared distances from it, in each channel.
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
    """Find which of the centers, shape (K, 3), is nearest to a color.

    |x - c|^2 is |x|^2 + (|c|^2 - 2 x c), and only the second part depends on c. For centers of whole numbers it is
    exact in single precision. With 255 centers this takes a third of a k-d tree's time.
    """

    def __init__(self, centers: Array) -> None:
        coefficients = np.vstack([-2 * centers.T, (centers**2).sum(axis=1)])
        self._coefficients = coefficients.astype(np.float32)

    def __call__(self, colors: Packed) -> npt.NDArray[np.intp]:
        """Return the numbers of the centers, shape (n,)."""
        if len(colors) > MEASURED_AT_ONCE:
            parts = range(0, len(colors), MEASURED_AT_ONCE)
            return np.concatenate([self(colors[i : i + MEASURED_AT_ONCE]) for i in parts])
        extended = _channels(colors).astype(np.float32)
        extended[:, 3] = 1
        nearest: npt.NDArray[np.intp] = (extended @ self._coefficients).argmin(axis=1)
        return nearest


def _table(colors: Array) -> npt.NDArray[np.uint8]:
    """Return RGBA of the indices, shape (256, 4): only the first one is transparent."""
    table = np.zeros((256, 4), np.uint8)
    table[1 : 1 + len(colors), :3] = colors
    table[1:, 3] = 255
    return table


def _packed(image: Image) -> Packed:
    """Return RGBA as one number per pixel; the highest byte is the opacity."""
    return np.ascontiguousarray(image).view("<u4").ravel()


def _unpacked(colors: Packed) -> Array:
    """Return red, green and blue, shape (n, 3)."""
    return _channels(colors)[:, :3].astype(np.float64)


def _channels(colors: Packed) -> Image:
    """Return the bytes of packed RGBA, shape (n, 4)."""
    return colors.astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)


def _source(graph: av.filter.Graph, size: tuple[int, int], pixels: str) -> Any:
    return graph.add_buffer(width=size[0], height=size[1], format=VideoFormat(pixels), time_base=_TIME)


def _frame(image: Image, pts: int) -> Any:
    frame = av.VideoFrame.from_ndarray(image, format="rgba")
    frame.pts, frame.time_base = pts, _TIME
    return frame
