"""A NumPy file as data: memory-mapped, so that it may be larger than memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.errors import InputError, similar, within
from gmmviz.options import options


@DATASETS.register("npy")
@options
class NpyFile(DatasetSource):
    """A .npy file of shape (points, features), read block by block while EM runs."""

    path: str
    """The file, relative to the scene file."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Map the file into memory; its numbers are read once, to check that they are finite.

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
        with within("path"):
            try:
                points = np.load(path, mmap_mode="r", allow_pickle=False)
            except FileNotFoundError:
                raise InputError(f"there is no file {path}{similar(path)}") from None
            except (ValueError, OSError, EOFError) as error:
                raise InputError(f"{path} is not a .npy file of numbers: {error}") from None
            if not isinstance(points, np.ndarray):
                points.close()
                raise InputError(f"{path} holds several arrays: save one with numpy.save")
            return Dataset(points, name=path.stem)
