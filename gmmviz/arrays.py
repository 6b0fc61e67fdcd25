"""Checks of arrays that come from outside, with clear messages; and arrays that nobody can write to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.errors import InputError, brief, counted, warn

Array = npt.NDArray[np.float64]
AT_ONCE = 1 << 20  # rows checked together, so that a file larger than memory can be checked
FEATURES = 1000  # at most: the covariances of a component have as many numbers as that squared


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
        If the values are not numbers, are masked, are ragged, or are complex.
    """
    refuse_masked(name, values)
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


def refuse_masked(name: str, values: Any) -> None:
    """Raise `InputError` if a mask hides values: NumPy's other functions would take what lies under it."""
    if _masked(values):
        raise InputError(
            f"{name}: values are masked, and what a mask hides is not used: leave out the rows, as by "
            "X[~numpy.ma.getmaskarray(X).any(axis=1)], or fill them in",
            name,
        )


def _masked(values: Any) -> bool:
    """Whether a mask hides values, of an array or of one in a list of arrays, of which NumPy forgets the masks."""
    if isinstance(values, list | tuple) and values and isinstance(values[0], list | tuple | np.ndarray):
        return any(map(_masked, values))
    return bool(np.ma.is_masked(values))


def texts_or_numbers(name: str, values: Any) -> np.ndarray[Any, Any]:
    """Copy to an array that can be saved as it is: objects become texts, missing ones an empty text.

    Raises
    ------
    InputError
        If a mask hides values, or they are lists of unequal length.
    """
    refuse_masked(name, values)
    try:
        array = np.array(values)
        if array.dtype.kind == "U" and isinstance(values, list | tuple):
            array = np.array(values, object)  # in which NaN is none of the texts
        if array.dtype.kind in "biufcUSMm":
            return array
        texts = ["" if _missing(value) else str(value) for value in array.flat]
    except ValueError:  # also of a number of more than 4300 digits, which Python does not write out
        raise InputError(f"{name} must be one per point, not {brief(values)}", name) from None
    return np.array(texts, np.str_).reshape(array.shape)


def _missing(value: Any) -> bool:
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and value != value)
    )


def warn_of_other_index(name: str, values: Any, table: Any) -> None:
    """Warn if a pandas Series has another index than the table beside it, since both are taken row by row."""
    rows: Any = getattr(table, "index", None)
    own: Any = getattr(values, "index", None)
    if hasattr(rows, "equals") and hasattr(own, "equals") and not own.equals(rows):
        warn(
            f"{name} has another index than the points and is taken row by row: write "
            f"{name}={name}.loc[points.index] if they belong together by index"
        )


def collected(table: Any) -> Any:
    """A lazy table of polars with its rows; anything else as it is."""
    return table.collect() if hasattr(table, "collect") and hasattr(table, "collect_schema") else table


def column_names(table: Any) -> tuple[str, ...]:
    """What a DataFrame or Series calls its columns, as text; empty for an array, and where pandas just counted."""
    named = getattr(table, "columns", None)
    if named is None:
        name = getattr(table, "name", None) if hasattr(table, "to_numpy") else None
        named = () if name is None or name == "" else (name,)
    names = list(named)
    if names == list(range(len(names))):
        return ()
    return tuple(" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in names)


def points_matrix(X: Any, feature_names: tuple[str, ...] | None = None, *, gaps: bool = False) -> Array:
    """Check a data matrix at the door: numbers, two-dimensional, finite, not empty.

    Parameters
    ----------
    X : array_like, shape (N, D) or (N,)
        A one-dimensional array is one feature.
    feature_names : tuple of str, optional
        Used to name a faulty column.
    gaps : bool
        Whether NaN stands for a value that is missing.

    Returns
    -------
    ndarray, shape (N, D), float64
        Not a copy if none is needed.

    Raises
    ------
    InputError
        Names the first faulty row and column.
    """
    X = collected(X)
    try:
        points = numbers("the data", X)
        if any(dtype.is_temporal() for dtype in getattr(X, "schema", {}).values()):
            raise InputError(
                "the data must be numbers, not dates"
            )  # of which polars makes numbers, beside numbers
    except InputError as error:
        raise faulty_column(X) or error from None
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2:
        raise InputError(f"the data must have shape (points, features), not {points.shape}")
    if 0 in points.shape:
        n, d = points.shape
        raise InputError(f"the data is empty: {counted(n, 'point')} with {counted(d, 'feature')}")
    if points.shape[1] > FEATURES:
        raise InputError(
            f"the data has {points.shape[1]:,} features, and the limit is {FEATURES:,}: choose some or find "
            "fewer, such as principal components"
        )
    if not all(np.isfinite(points[i : i + AT_ONCE]).all() for i in range(0, len(points), AT_ONCE)):
        if not gaps:
            raise InputError(_not_finite(points, feature_names))
        if np.isinf(points).any():
            raise InputError(_not_finite(np.where(np.isnan(points), 0, points), feature_names))
    return points


def check_columns(points: Array, feature_names: tuple[str, ...] | None = None) -> None:
    """Raise `InputError` if every value of a feature is missing."""
    for d in np.flatnonzero(np.isnan(points).all(axis=0))[:1].tolist():
        name = f" ({feature_names[d]})" if feature_names else ""
        raise InputError(f"every value of column {d}{name} of the data is missing: leave the column out")


def patterns(points: Array) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Yield the points that have the same gaps together: which features they have, and their rows."""
    seen = ~np.isnan(points)
    packed = np.packbits(seen, axis=1)
    first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)[1:]
    order = np.argsort(which.ravel(), kind="stable")
    borders = np.cumsum(np.bincount(which.ravel()))[:-1]
    for row, rows in zip(first, np.split(order, borders), strict=True):
        yield np.flatnonzero(seen[row]), rows


def faulty_column(X: Any) -> InputError | None:
    """Say which column of a DataFrame holds something other than numbers; None if there is no such column."""
    columns = getattr(X, "columns", ())
    for d, name in enumerate(columns):
        column = X.iloc[:, d] if hasattr(X, "iloc") else X[name]
        for row, value in enumerate(np.asarray(column, dtype=object)):
            try:
                float(value)
            except (TypeError, ValueError):
                drop = f"X.drop(columns={name!r})" if hasattr(X, "iloc") else f"X.drop({name!r})"
                return InputError(
                    f"row {row} of column {name!r} holds {brief(value)}; EM needs numbers: leave that row or "
                    f"column out, such as with {drop}"
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
