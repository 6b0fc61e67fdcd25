"""Arrays at the door: checked once, then frozen, so that nothing behind the door needs to check or copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.errors import InputError

Array = npt.NDArray[np.float64]


def frozen(array: npt.ArrayLike) -> Array:
    """Copy to a C-contiguous float64 array that nobody can write to."""
    copy = np.array(array, dtype=np.float64, order="C")
    copy.flags.writeable = False
    return copy


def numbers(name: str, values: Any) -> Array:
    """Convert to float64, or say in `name`'s terms why that cannot be.

    Raises
    ------
    InputError
        If the values are not numbers, are ragged, or are complex.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError):
        given = "rows of unequal length" if _ragged(values) else _kind(values)
        raise InputError(f"{name} must be numbers, not {given}") from None


def points_matrix(X: Any, feature_names: tuple[str, ...] | None = None) -> Array:
    """Check a data matrix at the door: numbers, two-dimensional, finite, not empty.

    Parameters
    ----------
    X : array_like, shape (N, D) or (N,)
        A one-dimensional array is one feature.
    feature_names : tuple of str, optional
        Used to name a faulty column.

    Returns
    -------
    ndarray, shape (N, D), float64
        Not a copy if none is needed.

    Raises
    ------
    InputError
        Names the first faulty row and column.
    """
    points = numbers("the data", X)
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2:
        raise InputError(f"the data must have shape (points, features), not {points.shape}")
    if 0 in points.shape:
        raise InputError(f"the data is empty: {points.shape[0]} points with {points.shape[1]} features")
    finite = np.isfinite(points)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        name = f" ({feature_names[column]})" if feature_names else ""
        others = np.count_nonzero(~finite.all(axis=1)) - 1
        more = f"; so do {others} other rows" if others else ""
        raise InputError(
            f"row {row}, column {column}{name} of the data holds {points[row, column]}{more}; "
            "EM needs finite numbers: leave those rows out or fill them in"
        )
    return points


def _ragged(values: Any) -> bool:
    try:
        return len({len(row) for row in values}) > 1
    except TypeError:
        return False


def _kind(values: Any) -> str:
    if isinstance(values, np.ndarray):
        return f"an array of {values.dtype}"
    return repr(values) if len(repr(values)) < 60 else type(values).__name__
