"""A lit height field painted as pixels, by the method of the floating horizon.

For a camera that looks down on a height field, each column of the picture is a section of the surface. A place
of the section is seen if it appears higher than everything nearer: above the running maximum, the horizon. So
one `maximum.accumulate` from near to far decides what hides what, in all columns at once. What remains is to
fill the runs of pixels between visible neighbors, with colors that change evenly. Where the horizon turns, at a
silhouette, a last run fades out over as many pixels as the edge is steep, which makes it smooth.

A mesh of cells painted from far to near would show facets and seams, since cells are larger than columns of
pixels. It would also be slower: at 1920x1080 the horizon takes 8 of 20 ms an image, where matplotlib's QuadMesh
takes 37 ms for 200 x 200 flat cells and 290 ms for smooth ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.storyboard.density import Grid

Pixels = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]

STEEPEST = 40.0  # pixels, at most, that a silhouette fades over
AT_ONCE = 32768  # pixels that are filled together: so few stay in the processor's cache


def paint(
    pixels: Pixels, left: int, up: Grid, shown: npt.NDArray[np.bool_], color: Callable[[Indices], Grid]
) -> Grid:
    """Paint the visible part of a surface over a picture.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 4)
        Premultiplied RGBA, the first row on top; changed in place.
    left : int
        The column of pixels of the surface's first column; all its columns must be in the picture.
    up : ndarray of float32, shape (rows, columns)
        How high above the picture's lower edge each vertex appears, in pixels; the nearest row comes first.
    shown : ndarray of bool, shape (rows, columns)
        Vertices to paint; the others hide nothing.
    color : callable
        From the flat indices of n vertices to their premultiplied RGBA from 0 to 255, as float32 of shape (4, n).

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        The horizon: how high the surface appears up to each row. What is below it is hidden.
    """
    n_columns = up.shape[1]
    up = np.where(shown, up, -np.inf)
    _sharpen(up)
    horizon = np.maximum.accumulate(up, axis=0)
    rises = (horizon[1:] > horizon[:-1]) & shown[:-1] & shown[1:]
    far = np.flatnonzero(rises) + n_columns
    lower, upper = horizon.ravel()[far - n_columns], up.ravel()[far]
    crossing = np.ceil(upper - 0.5) > np.ceil(lower - 0.5)  # only these contain the middle of a pixel
    far, lower, upper = far[crossing], lower[crossing], upper[crossing]

    turns = shown & (up == horizon)
    turns[:-1] &= up[1:] < up[:-1]
    edge = np.flatnonzero(turns)
    top = up.ravel()[edge]

    ends = np.zeros(up.size, dtype=bool)
    ends[far] = ends[far - n_columns] = ends[edge] = True
    vertices = np.flatnonzero(ends)
    place = np.empty(up.size, dtype=np.int32)
    place[vertices] = np.arange(len(vertices))
    colors = color(vertices)

    begin = up.ravel()[far - n_columns]
    near_colors = colors.take(place[far - n_columns], axis=1)
    slope = (colors.take(place[far], axis=1) - near_colors) / (upper - begin)
    _fill(pixels, left + far % n_columns, lower, upper, near_colors - slope * begin, slope)

    # From far to near, so that of two silhouettes at one pixel the nearer is painted last.
    edge, top = edge[::-1], top[::-1]
    fade = _steepness(up, edge)
    slope = colors.take(place[edge], axis=1) / -fade
    _fill(pixels, left + edge % n_columns, top, top + fade, -slope * (top + fade), slope)
    return horizon


def _sharpen(up: Grid) -> None:
    """Raise the tops of sections to those of the parabolas through their three highest vertices.

    Otherwise the outline of a narrow ridge has teeth where it runs between two rows of vertices.
    """
    top = np.flatnonzero((up[1:-1] > up[:-2]) & (up[1:-1] >= up[2:])) + up.shape[1]
    flat = up.ravel()
    before, here, after = (flat.take(top + step) for step in (-up.shape[1], 0, up.shape[1]))
    with np.errstate(invalid="ignore"):
        raised = (after - before) ** 2 / (8 * (2 * here - before - after))
    flat[top] += np.where(np.isfinite(raised), raised, 0)


def _steepness(up: Grid, vertices: Indices) -> Grid:
    """How many pixels a silhouette rises or falls from one column to the next, at least 1."""
    n_rows, n_columns = up.shape
    row, column = np.divmod(vertices, n_columns)

    def top(beside: int) -> Grid:
        """The silhouette in a neighboring column, where it may be one row nearer or farther away."""
        there = np.clip(column + beside, 0, n_columns - 1)
        rows = (np.clip(row + step, 0, n_rows - 1) * n_columns + there for step in (-1, 0, 1))
        highest: Grid = np.max([up.ravel().take(flat) for flat in rows], axis=0)
        return highest

    with np.errstate(invalid="ignore"):
        rise = np.abs(top(1) - top(-1)) / 2
    return np.clip(np.nan_to_num(rise, nan=1.0), 1.0, STEEPEST)


def _fill(pixels: Pixels, column: Indices, lower: Grid, upper: Grid, base: Grid, slope: Grid) -> None:
    """Blend runs of pixels over the picture, from `lower` to `upper`, with the colors `base + slope * y`."""
    height, width, _ = pixels.shape
    flat: Any = pixels.reshape(-1, 4).view(np.uint32)[:, 0]
    first = np.clip(np.ceil(lower - 0.5), 0, height).astype(np.int32)
    last = np.clip(np.ceil(upper - 0.5), 0, height).astype(np.int32)
    ends = np.cumsum(np.maximum(last - first, 0), dtype=np.int32)
    parts = np.searchsorted(ends, np.arange(0, ends[-1] if len(ends) else 0, AT_ONCE)).tolist()
    for part in map(slice, parts, [*parts[1:], None]):
        lengths = np.diff(ends[part], prepend=ends[part.start - 1] if part.start else 0)
        of = np.repeat(np.arange(len(lengths)), lengths)
        y = (last[part] - np.cumsum(lengths, dtype=np.int32)).take(of) + np.arange(len(of), dtype=np.int32)
        where = (height - 1 - y) * width + column[part].astype(np.int32).take(of)
        painted = slope[:, part].take(of, axis=1)
        painted *= y.astype(np.float32) + np.float32(0.5)
        painted += base[:, part].take(of, axis=1)
        under = flat.take(where).view(np.uint8).reshape(-1, 4).T
        painted += under * (1 - painted[3] * np.float32(1 / 255))
        rounded = np.clip(painted + np.float32(0.5), 0, 255, out=painted).astype(np.uint8)
        flat[where] = np.ascontiguousarray(rounded.T).view(np.uint32)[:, 0]
