"""What becomes of points of which values are missing, before anything else sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from gmmviz.datasets.base import Dataset
from gmmviz.errors import InputError, warn

Missing = Literal["refuse", "drop", "marginalize"]


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
    pixels = np.arange(len(whole)) if data.shape and data.pixels is None else data.pixels
    each = {"labels": data.labels, "weights": data.weights, "known": data.known, "pixels": pixels}
    some: dict[str, Any] = {name: None if values is None else values[whole] for name, values in each.items()}
    return replace(data, points=data.points[whole], missing="refuse", gaps=None, **some)
