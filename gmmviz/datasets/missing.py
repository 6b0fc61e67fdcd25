"""What becomes of points of which values are missing, before anything else sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gmmviz.datasets.base import Dataset
from gmmviz.errors import InputError, warn

Missing = Literal["refuse", "drop", "marginalize"]

SHOWN = 4  # rows in a note


def without_empty(data: Dataset) -> Dataset:
    """Return the points that have a value or a known component, and say which do not.

    These tell nothing, but would be counted; a known component tells of the weights.
    """
    empty = np.asarray(np.isnan(data.observed).all(axis=1))
    if data.known is not None:
        empty &= data.known < 0
    rows = np.flatnonzero(empty).tolist()
    if not rows:
        return data
    places = ", ".join(map(str, rows[:SHOWN])) + (f" and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else "")
    warn(
        f"{data.name}: {len(rows):,} of {len(empty):,} points left out because no value is there: "
        f"{'row' if len(rows) == 1 else 'rows'} {places}, counted from 0"
    )
    return _taken(data, ~empty)


def without_gaps(data: Dataset) -> Dataset:
    """Return the points that have all values, and say how many have not.

    Raises
    ------
    InputError
        If none has.
    """
    whole = np.asarray(~np.isnan(data.observed).any(axis=1))
    n_gone = int(np.count_nonzero(~whole))
    if n_gone == 0:
        return data
    if n_gone == len(whole):
        raise InputError(f"every point of {data.name} has a missing value: write missing='marginalize'", "missing")
    warn(f"{data.name}: {n_gone:,} of {len(whole):,} points left out because values are missing")
    return replace(_taken(data, whole), missing="refuse", gaps=None)


def _taken(data: Dataset, whole: npt.NDArray[np.bool_]) -> Dataset:
    """Return some of the points, with all that belongs to them."""
    pixels = np.arange(len(whole)) if data.shape and data.pixels is None else data.pixels
    each = {
        "labels": data.labels,
        "weights": data.weights,
        "known": data.known,
        "pixels": pixels,
        "gaps": data.gaps,
    }
    some: dict[str, Any] = {name: None if values is None else values[whole] for name, values in each.items()}
    return replace(data, points=data.points[whole], **some)
