"""The classic data sets that come with the package."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from gmmviz.arrays import Array
from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.datasets.csv_file import CsvFile
from gmmviz.options import options


@DATASETS.register("old_faithful")
@options
class OldFaithful(DatasetSource):
    """272 eruptions of the Old Faithful geyser: how long each lasted, and the wait until the next."""

    def load(self, folder: Path = Path()) -> Dataset:
        """Return the 272 points; both features are in minutes."""
        return Dataset(
            _points("old_faithful.csv"),
            ("eruption (min)", "waiting (min)"),
            "Old Faithful",
            source="Azzalini & Bowman (1990), Applied Statistics 39:357",
        )


def _points(name: str) -> Array:
    with as_file(files("gmmviz.datasets") / "data" / name) as path:
        return CsvFile(str(path.resolve())).load().points
