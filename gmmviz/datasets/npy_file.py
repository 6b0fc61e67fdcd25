"""NumPy files as data: read slice by slice, so that they may be larger than memory."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from io import BytesIO
from os import fstat
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gmmviz.datasets import far
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.far import FarRows, Joined, matching, settled
from gmmviz.datasets.missing import Missing, without_gaps
from gmmviz.datasets.npy_rows import NpyRows
from gmmviz.datasets.own_file import opened
from gmmviz.errors import InputError, counted, within
from gmmviz.options import options

SAVE = "save the points with numpy.save"
KINDS = {"c": "complex numbers", "U": "texts", "S": "texts", "V": "records", "M": "dates", "m": "times"}
WIDENED = 1_000_000_000  # bytes, up to which numbers of other kinds are converted in memory
LONGEST = 10_000  # bytes of a header, as many as NumPy reads of a file that it does not trust


class Header(NamedTuple):
    """What a .npy file says of the array that follows."""

    shape: tuple[int, ...]
    order: Literal["C", "F"]
    dtype: np.dtype[Any]
    offset: int  # where the array begins

    @property
    def n_bytes(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes]) -> Header:
    """Read the beginning of a .npy file, and no more.

    Parameters
    ----------
    file : file of bytes
        At its beginning.

    Returns
    -------
    Header
        Its numbers are as the file says, so the array may be larger than the file or any memory.

    Raises
    ------
    ValueError
        If this is no such file.
    """
    start = BytesIO(file.read(LONGEST))
    # NumPy evaluates the header as Python's literals. There is no list of what that raises on odd bytes.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of headers that Python 2 wrote, and of odd literals
            major, _ = np.lib.format.read_magic(start)
            # The third version is the second, with other letters in the names of a record's fields.
            read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = read(start)
    except Exception as error:
        raise ValueError("no header of a .npy file") from error
    if not all(type(side) is int and 0 <= side < 2**63 for side in shape):
        raise ValueError(f"no shape of an array: {shape}")
    return Header(shape, "F" if fortran else "C", dtype, start.tell())


@DATASETS.register("npy")
@options
class NpyFile(DatasetSource):
    """.npy files of shape (points, features), one after another; they may be larger than memory."""

    path: str
    """The file, or a pattern such as "part-*.npy", relative to the scene file; several files are read in the order
    of their names."""
    missing: Missing = "refuse"
    """What becomes of rows with NaN: refuse the file, leave them out, or fit what they have: "marginalize"."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Map the file into memory; numbers are read once, to check them, those of large data by the fit.

        Parameters
        ----------
        folder : Path, optional
            What `path` is relative to; by default the current folder.

        Returns
        -------
        Dataset
            The points, under the name of the file.

        Raises
        ------
        InputError
            If the file cannot be read, or holds anything but a matrix of finite numbers.
        """
        path = folder / self.path
        gaps = self.missing != "refuse"
        with within("path"):
            files = matching(path, (), "file")
            if len(files) > 1:
                points: Any = settled(_joined(files), gaps=gaps, what=str(path))
            else:
                points = _mapped(files[0])
                if math.prod(points.shape) > far.MANY and not gaps:
                    points = npy_rows(files[0])
            name = path.stem.rstrip("*-_") if len(files) > 1 else files[0].stem
            data = Dataset(points, name=name or path.parent.name, missing="marginalize" if gaps else "refuse")
        return without_gaps(data) if self.missing == "drop" else data


def _mapped(path: Path) -> npt.NDArray[Any]:
    with opened(path, "file") as file:
        try:
            header = read_header(file)
        except ValueError:
            raise InputError(f"{path} is {_no_header(file)}") from None
        _check(header, path, fstat(file.fileno()).st_size - header.offset)
        return np.memmap(file, header.dtype, "r", header.offset, header.shape, header.order)


def npy_rows(path: Path) -> NpyRows:
    """Return the rows of a file, of which only its header is read.

    Raises
    ------
    InputError
        If the file cannot be read, or holds anything but a matrix of real numbers.
    """
    points = _mapped(path)
    rows = NpyRows.of(points.reshape(len(points), -1))
    assert rows is not None
    return rows


def _joined(files: Sequence[Path]) -> FarRows:
    pieces: list[FarRows] = []
    for file in files:
        rows = npy_rows(file)
        if pieces and rows.shape[1] != pieces[0].shape[1]:
            raise InputError(
                f"{file} has {counted(rows.shape[1], 'feature')}, and {files[0]} has {pieces[0].shape[1]}: files "
                "that are one after another need the same"
            )
        pieces.append(rows)
    return Joined(tuple(pieces))


def _no_header(file: BinaryIO) -> str:
    file.seek(0)
    if file.read(2) == b"PK":
        return "a .npz file, of several arrays: save one of them with numpy.save"
    return f"no .npy file, or a broken one: {SAVE}"


def _check(header: Header, path: Path, n_bytes: int) -> None:
    """Refuse what is no matrix of numbers, or is not wholly there, before any of it is read."""
    if header.dtype.hasobject or header.dtype.kind not in "biuf":
        what = "Python objects" if header.dtype.hasobject else KINDS.get(header.dtype.kind, header.dtype.name)
        raise InputError(f"{path} holds {what}, but EM needs real numbers: {SAVE}, after astype(float)")
    if len(header.shape) not in (1, 2):
        raise InputError(
            f"{path} holds an array of {counted(len(header.shape), 'dimension')}, but EM needs two, points and "
            "features: reshape it"
        )
    if 0 in header.shape:
        raise InputError(f"{path} is empty: its array has the shape {header.shape}")
    if header.n_bytes != n_bytes:
        raise InputError(
            f"{path} is broken: its array of shape {header.shape} takes {header.n_bytes:,} bytes, and the file "
            f"holds {n_bytes:,}: {SAVE} again"
        )
    n_bytes = 8 * math.prod(header.shape)
    if n_bytes > WIDENED and not (header.dtype.kind == "f" and header.dtype.itemsize <= 8):
        raise InputError(
            f"{path} holds {header.dtype.name}, which would take {n_bytes:,} bytes of memory as floating point: "
            f"{SAVE}, after astype(numpy.float32)"
        )
