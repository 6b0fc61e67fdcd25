"""Arrays of other packages whose numbers are elsewhere: those of Zarr, and the arrays and tables of Dask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmviz.arrays import Array, numbers
from gmmviz.datasets import far
from gmmviz.datasets.far import FarRows, settled
from gmmviz.datasets.fingerprint import file_reference
from gmmviz.errors import GmmvizError, InputError

KINDS = "biuf"  # NumPy's letters of real numbers


def far_rows(X: Any, *, gaps: bool = False) -> Any:
    """Return an array of Zarr or Dask as rows that are read slice by slice; few numbers as an array.

    Parameters
    ----------
    X : object
        What is none of these is returned as it is.
    gaps : bool
        Whether NaN stands for a value that is missing.

    Raises
    ------
    InputError
        If it holds no matrix of numbers.
    """
    package = type(X).__module__.split(".")
    if isinstance(X, FarRows):
        return settled(X, gaps=gaps)
    if package[0] == "zarr" and hasattr(X, "shape"):
        return settled(ZarrRows(_matrix(X)), gaps=gaps)
    if package[0] == "dask" and hasattr(X, "dask"):
        rows = DaskRows.of(X)
        if not rows.is_persisted:
            return settled(rows, gaps=gaps)
        if rows.size <= far.MANY:
            return np.asarray(rows.array)
        raise InputError(
            "the array of Dask has been persisted, so its numbers are where only its own client finds them: give "
            "it as it was before persist(), or write it to Parquet or Zarr"
        )
    return X


@dataclass(frozen=True, eq=False)
class ZarrRows(FarRows):
    """Rows of an array of Zarr.

    Parameters
    ----------
    array : zarr.Array
        Of one or two dimensions.
    path : str
        Where it is, if in files.
    """

    array: Any
    path: str = ""

    @property
    def shape(self) -> tuple[int, int]:  # type: ignore[override]
        """Points and features."""
        return self.array.shape[0], (self.array.shape[1] if self.array.ndim == 2 else 1)

    def read(self, begin: int, end: int) -> Array:
        """Read some consecutive rows."""
        try:
            found = np.asarray(self.array[begin:end])
        except (OSError, ValueError, RuntimeError) as error:  # whatever a store or a codec says
            what = self.path or "the array of Zarr"
            raise InputError(f"{what} cannot be read ({type(error).__name__}: {error})") from None
        return numbers("the data", found if found.ndim == 2 else found[:, None])

    def place(self, row: int) -> str:
        """Say where a row is."""
        return f"{self.path or 'the array of Zarr'}, row {row} (from 0)"

    def reference(self) -> Mapping[str, Any]:
        """Return what a saved record says of the data."""
        store = getattr(self.array, "store_path", None)
        path = self.path or str(store).removeprefix("file://")
        if not self.path and not str(store).startswith("file://"):
            return super().reference()
        return {"kind": "zarr", "files": [file_reference(path)]}


@dataclass(frozen=True, eq=False)
class DaskRows(FarRows):
    """Rows of an array of Dask, which whoever works on some of them makes by the array's own graph.

    Parameters
    ----------
    array : dask.array.Array
    names : tuple of str
        Of the columns, if it was a table.
    first : int
        The number of the first row.
    """

    array: Any
    names: tuple[str, ...] = ()
    first: int = 0

    @classmethod
    def of(cls, X: Any) -> DaskRows:
        """Take an array, or a table of Dask, whose partitions are counted once."""
        names: tuple[str, ...] = ()
        if hasattr(X, "to_dask_array"):
            columns = getattr(X, "columns", None)
            names = tuple(map(str, columns)) if columns is not None and not isinstance(columns, str) else ()
            X = X.to_dask_array(lengths=True)
        if any(side != side for side in X.shape):
            X = X.compute_chunk_sizes()
        return cls(_matrix(X), names)

    @property
    def shape(self) -> tuple[int, int]:  # type: ignore[override]
        """Points and features."""
        return int(self.array.shape[0]), (int(self.array.shape[1]) if self.array.ndim == 2 else 1)

    @property
    def is_persisted(self) -> bool:
        """Whether some of the numbers are on the workers of a cluster already."""
        return any(type(step).__module__.startswith("distributed.") for step in dict(self.array.dask).values())

    def part(self, begin: int, end: int) -> FarRows:
        """Return some consecutive rows, which are not made yet, with their part of the graph alone."""
        from dask.base import optimize

        (some,) = optimize(self.array[begin:end])
        return DaskRows(some, self.names, self.first + begin)

    def read(self, begin: int, end: int) -> Array:
        """Make some consecutive rows, in this thread."""
        try:
            found = np.asarray(self.array[begin:end].compute(scheduler="synchronous"))
        except (GmmvizError, MemoryError):
            raise
        except Exception as error:  # whatever the user's own functions in the graph say
            raise InputError(f"the array of Dask cannot be computed ({type(error).__name__}: {error})") from error
        return numbers("the data", found if found.ndim == 2 else found[:, None])

    def place(self, row: int) -> str:
        """Say where a row is."""
        return f"the array of Dask, row {self.first + row} (from 0)"


def _matrix(array: Any) -> Any:
    if array.ndim not in (1, 2):
        raise InputError(f"the data must have shape (points, features), not {array.shape}")
    if array.dtype.kind not in KINDS:
        raise InputError(f"the data must be numbers, not an array of {array.dtype}")
    return array
