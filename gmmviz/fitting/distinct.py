"""The points that EM asks: of a large image each color once, with the number of its pixels as its weight."""

from __future__ import annotations

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.rows import Known

LARGE = 100_000  # pixels; fewer are fitted in a moment
TONES = 256  # of a channel, as image files have them
CHANNELS = 6  # of which a number of floating point can hold the tones


def distinct(data: Dataset) -> tuple[Array, Array | None, Known | None]:
    """Return the points, weights and known components to be fitted, which say of the data all that matters.

    Photos have many pixels of each color, and the statistics of equal points are those of one that counts for all.
    """
    points, weights = data.counting
    known = data.known_counting
    (n_points, n_features), merges = points.shape, data.shape is not None and known is None
    if not merges or n_points < LARGE or n_features > CHANNELS or data.incomplete or not _are_tones(points):
        return points, weights, known
    codes, which = np.unique(points @ float(TONES) ** np.arange(n_features), return_inverse=True)
    if len(codes) > n_points / 2:
        return points, weights, known
    digits = codes[:, None] // float(TONES) ** np.arange(n_features) % TONES
    return digits, np.bincount(which.ravel(), weights).astype(np.float64), None


def _are_tones(points: Array) -> bool:
    return bool(points.min() >= 0 and points.max() < TONES and np.array_equal(points, np.floor(points)))
