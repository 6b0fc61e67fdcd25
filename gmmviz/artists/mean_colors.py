"""Components of an image's pixels in their own mean colors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.colors import to_hex

from gmmviz.arrays import Array
from gmmviz.datasets import Dataset
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.themes import Theme


def check_colors(data: Dataset) -> None:
    """Refuse features that are no colors.

    Raises
    ------
    InputError
        Of the option ``colors``.
    """
    if data.points.shape[1] not in (1, 3):
        raise InputError(
            f"mean colors need features red, green and blue, or one gray, not {data.points.shape[1]}: "
            'use colors = "components"',
            "colors",
        )


def in_mean_colors(theme: Theme, trace: Trace) -> Theme:
    """Return the theme with each component's hue replaced by the mean color that it has in the end."""
    means = np.clip(rgb(trace[-1].mixture.means), 0, 1)
    return replace(theme, palette=tuple(to_hex(color) for color in means.tolist()))


def rgb(values: Array) -> Array:
    """Scale colors from 0..255 to 0..1; make three equal channels of one gray, shape (N, 3)."""
    return np.broadcast_to(values, (len(values), 3)) / 255
