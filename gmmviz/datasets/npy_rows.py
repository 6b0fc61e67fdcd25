"""Rows in a .npy file, which are read as they are: not by a memory map, under which a file must not shrink."""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.far import FarRows
from gmmviz.datasets.fingerprint import file_reference
from gmmviz.errors import InputError

Stamp = tuple[int, int]
"""Size and time of change of a file, in bytes and nanoseconds."""


def stamp_of(path: str) -> Stamp:
    """Return the stamp of a file.

    Raises
    ------
    InputError
        If it is not there.
    """
    try:
        found = Path(path).stat()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read by every worker ({error.strerror}): put it where all of them see it"
        ) from None
    return found.st_size, found.st_mtime_ns


def changed(path: str) -> InputError:
    """Return the error that says so of a file."""
    return InputError(f"{path} has changed while it was fitted: begin again")


@dataclass(frozen=True, eq=False)
class NpyRows(FarRows):
    """Rows of a matrix in a file.

    Parameters
    ----------
    path : str
    stamp : tuple of int
        That of the file when it was first seen.
    offset : int
        Where the rows begin, in bytes.
    shape, strides : tuple of int
    kind : str
        The code of NumPy's dtype.
    first : int
        The number of the first row in the file.
    """

    path: str
    stamp: Stamp
    offset: int
    shape: tuple[int, int]
    strides: tuple[int, int]
    kind: str
    first: int = 0
    is_quick = True

    @classmethod
    def of(cls, rows: Array) -> NpyRows | None:
        """Describe rows that are mapped from a file; None if they are not, or stand there backwards."""
        whole: Any = rows
        while isinstance(whole, np.ndarray) and not isinstance(whole.base, mmap.mmap):
            whole = whole.base
        path = getattr(whole, "filename", None)
        if path is None or rows.ndim != 2 or min(rows.strides) < 0:
            return None
        (n, d), (along, across) = rows.shape, rows.strides
        offset = whole.offset + rows.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
        return cls(str(path), stamp_of(str(path)), offset, (n, d), (along, across), rows.dtype.str)

    def part(self, begin: int, end: int) -> NpyRows:
        """Return some consecutive rows, which are not read yet."""
        return NpyRows(
            self.path,
            self.stamp,
            self.offset + begin * self.strides[0],
            (end - begin, self.shape[1]),
            self.strides,
            self.kind,
            self.first + begin,
        )

    def read(self, begin: int, end: int) -> Array:
        """Read some consecutive rows; single precision is kept."""
        dtype, n_features = np.dtype(self.kind), self.shape[1]
        along, across = self.strides
        start, n = self.offset + begin * along, end - begin
        if n <= 0:
            return np.empty((0, n_features))
        if stamp_of(self.path) != self.stamp:
            raise changed(self.path)
        with Path(self.path).open("rb", buffering=0) as file:
            if across > along:  # each column by itself
                span = (n - 1) * along + dtype.itemsize
                columns = [self._bytes(file, start + d * across, span) for d in range(n_features)]
                rows = np.array([np.ndarray(n, dtype, each, strides=(along,)) for each in columns]).T
            else:
                span = (n - 1) * along + (n_features - 1) * across + dtype.itemsize
                rows = np.ndarray((n, n_features), dtype, self._bytes(file, start, span), strides=(along, across))
        is_float = dtype.kind == "f" and dtype.itemsize <= 8
        return rows.astype(dtype.newbyteorder("=") if is_float else np.float64, copy=False)

    def _bytes(self, file: Any, start: int, n: int) -> bytearray:
        found = bytearray(n)
        view, done = memoryview(found), 0
        file.seek(start, os.SEEK_SET)
        while done < n:
            got = file.readinto(view[done:])
            if not got:
                raise changed(self.path)
            done += got
        return found

    def place(self, row: int) -> str:
        """Say where a row is."""
        return f"{self.path}, row {self.first + row} (from 0)"

    def reference(self) -> Mapping[str, Any]:
        """Return what a saved record says of the data."""
        if stamp_of(self.path) != self.stamp:
            raise changed(self.path)
        return {"kind": "npy", "files": [file_reference(self.path)]}
