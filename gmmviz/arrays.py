"""Checks of arrays that come from outside, with clear messages; and arrays that nobody can write to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.errors import InputError, brief

Array = npt.NDArray[np.float64]
AT_ONCE = 1 << 20  # rows checked together, so that a file larger than memory can be checked


def frozen(array: npt.ArrayLike) -> Array:
    """Copy to a C-contiguous float64 array that nobody can write to."""
    copy = np.array(array, dtype=np.float64, order="C")
    copy.flags.writeable = False
    return copy


def numbers(name: str, values: Any) -> Array:
    """Convert to floating point, or say in `name`'s terms why that cannot be.

    Raises
    ------
    InputError
        If the values are not numbers, are ragged, or are complex.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
            return array  # single precision is kept: it may be a large file, and is widened block by block
        if array.dtype.kind not in "biufO":
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):  # the last for whole numbers beyond floating point
        given = "rows of unequal length" if _ragged(values) else _kind(values)
        raise InputError(f"{name} must be numbers, not {given}", name) from None


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
    try:
        points = numbers("the data", X)
    except InputError as error:
        raise faulty_column(X) or error from None
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2:
        raise InputError(f"the data must have shape (points, features), not {points.shape}")
    if 0 in points.shape:
        raise InputError(f"the data is empty: {points.shape[0]} points with {points.shape[1]} features")
    if not all(np.isfinite(points[i : i + AT_ONCE]).all() for i in range(0, len(points), AT_ONCE)):
        raise InputError(_not_finite(points, feature_names))
    return points


def faulty_column(X: Any) -> InputError | None:
    """Say which column of a DataFrame holds something other than numbers; None if there is no such column."""
    for d, name in enumerate(getattr(X, "columns", ())):
        for row, value in enumerate(np.asarray(X.iloc[:, d], dtype=object)):
            try:
                float(value)
            except (TypeError, ValueError):
                return InputError(
                    f"row {row} of column {name!r} holds {brief(value)}; EM needs numbers: leave that row or "
                    f"column out, such as with X.drop(columns={name!r})"
                )
    return None


def _not_finite(points: Array, feature_names: tuple[str, ...] | None) -> str:
    finite = np.isfinite(points)
    row, column = np.argwhere(~finite)[0]
    name = f" ({feature_names[column]})" if feature_names else ""
    value = "NaN" if np.isnan(points[row, column]) else points[row, column]
    others = np.count_nonzero(~finite.all(axis=1)) - 1
    more = f"; {others} more {'row does' if others == 1 else 'rows do'} too" if others else ""
    return (
        f"row {row}, column {column}{name} of the data holds {value}{more}; "
        "EM needs finite numbers: leave those rows out or fill them in"
    )


def _ragged(values: Any) -> bool:
    try:
        return len({len(row) for row in values}) > 1
    except TypeError:
        return False


def _kind(values: Any) -> str:
    if isinstance(values, np.ndarray):
        return f"an array of {values.dtype}"
    return brief(values)
