"""An image as data: each pixel is a point, its color the features."""

from __future__ import annotations

from importlib.resources import as_file
from pathlib import Path
from typing import Literal

import numpy as np

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.shipped import FOLDER
from gmmviz.errors import InputError, similar, within
from gmmviz.options import options

SHIPPED = {
    "coffee": ("image_coffee_120x80.png", "Rachel Michetti, Pikolo Espresso Bar; scikit-image, CC0."),
    "rocket": ("image_rocket_120x80.png", "SpaceX; scikit-image, public domain."),
    "hubble": ("image_hubble_deep_field_120x105.png", "NASA; scikit-image, public domain."),
}


@DATASETS.register("image")
@options
class Picture(DatasetSource):
    """The pixels of an image as points in the space of colors."""

    name: Literal["coffee", "rocket", "hubble"] = "coffee"
    """An image that comes with the package."""
    path: str | None = None
    """Your own image instead, relative to the scene file."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Read red, green and blue of each pixel, from 0 to 255, row by row.

        Parameters
        ----------
        folder : Path, optional
            What `path` is relative to; by default the current folder.

        Returns
        -------
        Dataset
            Its `shape` is the image's height and width in pixels.

        Raises
        ------
        InputError
            If the file cannot be read or is no image.
        """
        from PIL import Image, UnidentifiedImageError

        file, source = SHIPPED[self.name]
        with as_file(FOLDER / file) as shipped, within("path"):
            path = folder / self.path if self.path else shipped
            try:
                with Image.open(path) as image:
                    pixels = np.asarray(image.convert("RGB"), dtype=np.float64)
            except FileNotFoundError:
                raise InputError(f"there is no image {path}{similar(path)}") from None
            except UnidentifiedImageError:
                raise InputError(f"{path} is not an image that Pillow can read") from None
            except OSError as error:
                raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
        return Dataset(
            pixels.reshape(-1, 3),
            ("red", "green", "blue"),
            Path(self.path).stem if self.path else self.name,
            source="" if self.path else source,
            shape=pixels.shape[:2],
        )
