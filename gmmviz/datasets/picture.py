"""An image as data: each pixel is a point, its color the features."""

from __future__ import annotations

from importlib.resources import as_file
from pathlib import Path
from typing import Literal

import numpy as np

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.own_file import opened
from gmmviz.datasets.pixels import read_pixels
from gmmviz.datasets.shipped import FOLDER
from gmmviz.errors import warn, within
from gmmviz.options import Count, options

SHIPPED = {
    "coffee": ("image_coffee_120x80.png", "Rachel Michetti, Pikolo Espresso Bar; scikit-image, CC0."),
    "rocket": ("image_rocket_120x80.png", "SpaceX; scikit-image, public domain."),
    "hubble": ("image_hubble_deep_field_120x105.png", "NASA; scikit-image, public domain."),
}


@DATASETS.register("image")
@options
class Picture(DatasetSource):
    """The pixels of an image as points in the space of colors; those of a gray image by their gray."""

    name: Literal["coffee", "rocket", "hubble"] = "coffee"
    """An image that comes with the package."""
    path: str | None = None
    """Your own image instead, relative to the scene file."""
    max_width: Count | None = None
    """Pixels; an image that is wider is shrunk to this width. Each pixel is a point, so a photo has millions."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Read red, green and blue of each pixel, from 0 to 255, row by row; of a gray image its gray alone.

        16-bit values are divided by 257, floating point from 0 to 1 is multiplied by 255. Transparent pixels are
        left out.

        Parameters
        ----------
        folder : Path, optional
            What `path` is relative to; by default the current folder.

        Returns
        -------
        Dataset
            Its `shape` is the image's height and width in pixels.

        Warns
        -----
        GmmvizWarning
            Of pixels that are left out, of several pictures in a file, and of other values that are scaled.

        Raises
        ------
        InputError
            If the file cannot be read, is no image, or has too many pixels.
        """
        file, source = SHIPPED[self.name]
        with as_file(FOLDER / file) as shipped, within("path"):
            path = folder / self.path if self.path else shipped
            with opened(path, "image") as opened_file:
                colors, seen, notes = read_pixels(opened_file, path, self.max_width)
        left_out = seen.size - np.count_nonzero(seen)
        if left_out:
            notes.append(f"{path}: {left_out:,} of {seen.size:,} pixels are transparent or no numbers: left out")
        for note in notes:
            warn(note)
        points = colors[seen] if left_out else colors.reshape(seen.size, -1)
        points = points.reshape(len(points), -1).astype(np.float64)
        gray = (points == points[:, :1]).all()  # three equal features would have singular covariances
        return Dataset(
            points[:, :1] if gray else points,
            ("gray",) if gray else ("red", "green", "blue"),
            Path(self.path).stem if self.path else self.name,
            source="" if self.path else source,
            shape=seen.shape,
            pixels=np.flatnonzero(seen) if left_out else None,
        )
