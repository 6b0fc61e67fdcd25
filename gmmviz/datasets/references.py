"""Data that a saved record names, found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, TypeAdapter, ValidationError

from gmmviz.datasets.far import FarRows, Joined
from gmmviz.datasets.fingerprint import check_reference
from gmmviz.datasets.npy_file import npy_rows
from gmmviz.datasets.parquet import parquet_rows
from gmmviz.datasets.zarr_array import zarr_rows
from gmmviz.errors import InputError


@dataclass(frozen=True, slots=True)
class ToldFile:
    """What a record says of a file: where it is, its bytes, and `gmmviz.datasets.fingerprint.fingerprint`."""

    path: str
    size: NonNegativeInt
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a record says of data that it does not hold."""

    kind: Literal["npy", "parquet", "zarr"]
    files: Annotated[tuple[ToldFile, ...], Field(min_length=1)]
    columns: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Reference:
        """Take it from JSON.

        Raises
        ------
        ValueError
            If it is none.
        """
        try:
            return TypeAdapter(cls).validate_json(text, strict=True)
        except ValidationError:
            raise ValueError("no reference to data") from None

    def rows(self, n_points: int) -> FarRows:
        """Return the rows, of files that are as they were.

        Raises
        ------
        InputError
            If one is not there, or is another one.
        """
        of: Callable[[Path], FarRows]
        if self.kind == "parquet":

            def of(path: Path) -> FarRows:
                return parquet_rows(path, self.columns or None)
        else:
            of = npy_rows if self.kind == "npy" else zarr_rows
        pieces: Sequence[FarRows] = [of(check_reference(file)) for file in self.files]
        rows = pieces[0] if len(pieces) == 1 else Joined(tuple(pieces))
        if len(rows) != n_points:
            raise InputError(f"its points are {n_points:,}, but the files that it names hold {len(rows):,}")
        return rows
