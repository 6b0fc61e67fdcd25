"""A lit height field as pixels, by the floating horizon.

For a camera that looks down on a height field, each column of the picture is a section of the surface, and a
place of the section is seen exactly if it appears higher than everything nearer: above the running maximum,
the horizon. So one `maximum.accumulate` from near to far settles what hides what, in all columns at once, and
what is left is to fill the runs of pixels between visible neighbors, their colors changing evenly. Where the
horizon turns, a silhouette, a last run fades out as steeply as the edge is, which smooths it.

It was chosen over a mesh of cells painted from far to near because every column of pixels has its own section:
no facets, no seams, smooth edges. It is quicker too. At 1920x1080 it takes 8 ms, where matplotlib's QuadMesh of
200 x 200 flat cells takes 37 ms, and 290 ms with smooth ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.storyboard.density import Grid

Pixels = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]

STEEPEST = 40.0  # pixels that a silhouette may fade over
AT_ONCE = 32768  # pixels, so that what is worked on stays in the processor's cache


def paint(
    pixels: Pixels, left: int, up: Grid, shown: npt.NDArray[np.bool_], color: Callable[[Indices], Grid]
) -> None:
    """Paint the visible part of a surface over a picture.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 4)
        Premultiplied RGBA, the first row on top; changed in place.
    left : int
        The column of pixels that the surface's first column falls on; all of them must be in the picture.
    up : ndarray of float32, shape (rows, columns)
        How high above the picture's lower edge each vertex appears, in pixels; the nearest row first.
    shown : ndarray of bool, shape (rows, columns)
        Vertices that are not shown hide nothing.
    color : callable
        Called with the flat indices of n vertices; returns their premultiplied RGBA from 0 to 255, as
        float32 of shape (4, n).
    """
    n_columns = up.shape[1]
    up = np.where(shown, up, -np.inf)
    _sharpen(up)
    horizon = np.maximum.accumulate(up, axis=0)
    rises = (horizon[1:] > horizon[:-1]) & shown[:-1] & shown[1:]
    far = np.flatnonzero(rises) + n_columns
    lower, upper = horizon.ravel()[far - n_columns], up.ravel()[far]
    crossing = np.ceil(upper - 0.5) > np.ceil(lower - 0.5)  # only these reach the middle of a pixel
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

    # From far to near: of two silhouettes at one pixel the nearer is painted last.
    edge, top = edge[::-1], top[::-1]
    fade = _steepness(up, edge)
    slope = colors.take(place[edge], axis=1) / -fade
    _fill(pixels, left + edge % n_columns, top, top + fade, -slope * (top + fade), slope)


def _sharpen(up: Grid) -> None:
    """Raise the tops of sections to those of the parabolas through their three highest vertices.

    Without it the outline of a narrow ridge has teeth, where it runs between one row of vertices and the next.
    """
    top = np.flatnonzero((up[1:-1] > up[:-2]) & (up[1:-1] >= up[2:])) + up.shape[1]
    flat = up.ravel()
    before, here, after = (flat.take(top + step) for step in (-up.shape[1], 0, up.shape[1]))
    with np.errstate(invalid="ignore"):
        raised = (after - before) ** 2 / (8 * (2 * here - before - after))
    flat[top] += np.where(np.isfinite(raised), raised, 0)


def _steepness(up: Grid, vertices: Indices) -> Grid:
    """How far a silhouette rises or falls from one column to the next, at least a pixel."""
    n_rows, n_columns = up.shape
    row, column = np.divmod(vertices, n_columns)

    def top(beside: int) -> Grid:
        """The silhouette in the next column, which may turn one row nearer or farther away."""
        there = np.clip(column + beside, 0, n_columns - 1)
        rows = (np.clip(row + step, 0, n_rows - 1) * n_columns + there for step in (-1, 0, 1))
        highest: Grid = np.max([up.ravel().take(flat) for flat in rows], axis=0)
        return highest

    with np.errstate(invalid="ignore"):
        rise = np.abs(top(1) - top(-1)) / 2
    return np.clip(np.nan_to_num(rise, nan=1.0), 1.0, STEEPEST)


def _fill(pixels: Pixels, column: Indices, lower: Grid, upper: Grid, base: Grid, slope: Grid) -> None:
    """Blend runs of pixels over the picture, from `lower` to `upper`, of the colors `base + slope * y`."""
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
