"""An array of Zarr as data; it needs ``pip install "gmmviz[files]"``, and zarr is imported here alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.far import settled
from gmmviz.datasets.lazy import KINDS, ZarrRows
from gmmviz.datasets.missing import Missing, without_gaps
from gmmviz.errors import InputError, listed, similar, within
from gmmviz.options import options, shown


@DATASETS.register("zarr")
@options
class ZarrArray(DatasetSource):
    """An array of Zarr of shape (points, features), which may be larger than memory.

    It needs ``pip install "gmmviz[files]"``.
    """

    path: str
    """The folder of the array, relative to the scene file; of one in a group, such as "survey.zarr/colors"."""
    missing: Missing = "refuse"
    """What becomes of rows with gaps: refuse them or, of data that fit in memory, leave them out, or fit what they
    have: "marginalize"."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Open the array; few numbers are read too.

        Parameters
        ----------
        folder : Path, optional
            What `path` is relative to; by default the current folder.

        Returns
        -------
        Dataset
            The points, under the name of the array.

        Raises
        ------
        InputError
            If there is no such array, or it holds no matrix of numbers.
        """
        path = folder / self.path
        with within("path"):
            points: Any = settled(zarr_rows(path), gaps=self.missing != "refuse", what=str(path))
        data = Dataset(points, name=path.stem, missing="refuse" if self.missing == "refuse" else "marginalize")
        return without_gaps(data) if self.missing == "drop" else data


def zarr_rows(path: Path) -> ZarrRows:
    """Return the rows of an array in a folder.

    Raises
    ------
    InputError
        If there is none, or it holds no matrix of numbers.
    """
    if not path.is_dir():
        raise InputError(f"there is no folder {path}{similar(path)}: the array of Zarr is one")
    try:
        import zarr

        found: Any = zarr.open(str(path), mode="r")
    except ImportError:
        raise InputError(
            f'{path} is read by a package that is not installed: pip install "gmmviz[files]"', "path"
        ) from None
    except Exception as error:  # of a folder that is something else, zarr raises what it likes
        raise InputError(f"{path} is no array of Zarr ({shown(str(error))})") from None
    if isinstance(found, zarr.Group):
        inside = sorted(found.array_keys())
        which = f": name one of its arrays, {listed(f'{path}/{name}' for name in inside)}" if inside else ""
        raise InputError(f"{path} is a group of Zarr{which or ' without arrays'}")
    if found.ndim not in (1, 2):
        raise InputError(
            f"{path} holds an array of {found.ndim} dimensions, but EM needs two, points and features"
        )
    if found.dtype.kind not in KINDS:
        raise InputError(f"{path} holds {found.dtype}, but EM needs real numbers")
    return ZarrRows(found, str(path))
