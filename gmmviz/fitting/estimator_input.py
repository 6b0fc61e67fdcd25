"""What is passed to the estimator, checked as scikit-learn checks it, in the words that its users know."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array, faulty_column, numbers, points_matrix, refuse_masked
from gmmviz.datasets.base import Dataset
from gmmviz.errors import InputError, brief
from gmmviz.mixture.covariance import CovarianceType, expanded


def checked_points(X: Any, names: Sequence[str] | None, n_features: int | None, *, gaps: bool = False) -> Array:
    """Check points, shape (N, D).

    Parameters
    ----------
    X : array_like or DataFrame
    names : sequence of str, optional
        The names of the columns.
    n_features : int, optional
        The number of features of the fit; None while fitting, which takes two points or more.
    gaps : bool
        Whether NaN stands for a value that is missing.

    Raises
    ------
    InputError, TypeError
        As scikit-learn's tests of estimators ask.
    """
    if hasattr(X, "toarray") and hasattr(X, "nnz"):
        raise TypeError("Sparse data was passed, but dense data is required: use X.toarray()")
    refuse_masked("X", X)
    if isinstance(X, Dataset):
        raise InputError(f"X is a Dataset, {X.name}, where points are expected: give its .points")
    try:
        array = np.asarray(X)
    except ValueError:  # lists that are not equally long
        array = numbers("X", X)
    if array.dtype.kind == "c":
        raise InputError("Complex data not supported")
    if array.ndim == 0:
        raise InputError(f"Expected 2D array, got scalar array instead: {brief(X)}. Reshape your data")
    if array.ndim == 1:
        raise InputError(
            "Expected 2D array, got 1D array instead. Reshape your data: X.reshape(-1, 1) if it has one "
            "feature, X.reshape(1, -1) if it is one point"
        )
    if array.ndim > 2:
        raise InputError(f"Found array with dim {array.ndim}. GaussianMixture expected <= 2.")
    if array.dtype.kind == "O":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise faulty_column(X) or error from None
    least = 2 if n_features is None else 1
    if len(array) < least:
        raise InputError(
            f"Found array with {len(array)} sample(s) (shape={array.shape}) while a minimum of {least} is "
            "required."
        )
    if array.shape[1] == 0:
        raise InputError(f"Found array with 0 feature(s) (shape={array.shape}) while a minimum of 1 is required.")
    if n_features is not None and array.shape[1] != n_features:
        raise InputError(
            f"X has {array.shape[1]} features, but GaussianMixture is expecting {n_features} features as input"
        )
    try:
        return points_matrix(array, tuple(names or ()) or None, gaps=gaps)
    except InputError as error:
        if "holds NaN" in str(error):
            raise InputError(f"{error}, or set missing='marginalize'") from None
        raise


def check_names(fitted: npt.NDArray[Any] | None, names: list[str] | None) -> None:
    """Compare the columns' names with those of the fit: warn where one side has none, raise where they differ."""
    if fitted is None and names is not None:
        warnings.warn("X has feature names, but GaussianMixture was fitted without feature names", stacklevel=4)
    if fitted is not None and names is None:
        warnings.warn(
            "X does not have valid feature names, but GaussianMixture was fitted with feature names",
            stacklevel=4,
        )
    if fitted is None or names is None or list(fitted) == names:
        return
    message = "The feature names should match those that were passed during fit.\n"
    unseen, missing = sorted(set(names) - set(fitted)), sorted(set(fitted) - set(names))
    for what, which in (
        ("Feature names unseen at fit time:", unseen),
        ("Feature names seen at fit time, yet now missing:", missing),
    ):
        if which:
            message += "".join([what, *(f"\n- {name}" for name in which), "\n"])
    if not unseen and not missing:
        message += "Feature names must be in the same order as they were in fit.\n"
    raise InputError(message)


def feature_names(X: Any) -> list[str] | None:
    """Return a DataFrame's column names if all are texts; None if none is."""
    columns = getattr(X, "columns", None)
    if columns is None:
        return None
    names = list(columns)
    texts = sum(isinstance(name, str) for name in names)
    if 0 < texts < len(names):
        kinds = sorted({type(name).__name__ for name in names})
        raise TypeError(f"Feature names are only supported if all input features have string names, not {kinds}")
    return names if texts else None


def of_shape(name: str, values: npt.ArrayLike, shape: tuple[int, ...], why: str = "") -> Array:
    """Convert an argument to an array, which must have this shape."""
    array = numbers(name, values)
    if array.shape != shape:
        raise InputError(f"{name} must have shape {shape}{why}, not {array.shape}")
    return array


def inverted(given: npt.ArrayLike, covariance_type: CovarianceType, shape: tuple[int, int]) -> Array:
    """Return the covariances, shape (K, D, D), that an estimator's `precisions_init` stands for."""
    K, D = shape
    expected = {"full": (K, D, D), "tied": (D, D), "diag": (K, D), "spherical": (K,)}[covariance_type]
    compact = of_shape("precisions_init", given, expected, f" for covariance_type={covariance_type!r}")
    precisions = expanded(compact, covariance_type, shape)
    for k, precision in enumerate(precisions):
        symmetric = np.allclose(precision, precision.T, rtol=1e-8, atol=0)
        if not symmetric or not np.linalg.eigvalsh(precision)[0] > 0:
            tied = covariance_type == "tied"
            name, values = ("precisions_init", compact) if tied else (f"precisions_init[{k}]", compact[k])
            what = "symmetric and positive definite" if values.ndim == 2 else "greater than 0"
            raise InputError(f"{name} must be {what}, not {values.tolist()}")
    covariances = np.linalg.inv(precisions)
    return np.asarray((covariances + covariances.transpose(0, 2, 1)) / 2)


def is_int(value: Any) -> bool:
    """Whether the value is a whole number, Python's or NumPy's, and not True or False."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
