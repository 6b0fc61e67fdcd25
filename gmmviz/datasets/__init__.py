"""Data sets: the shipped ones, files, and samples from a known mixture."""

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource, as_dataset, load_dataset
from gmmviz.datasets.csv_file import CsvFile
from gmmviz.datasets.inline import PointList
from gmmviz.datasets.npy_file import NpyFile
from gmmviz.datasets.parquet import ParquetFiles
from gmmviz.datasets.picture import Picture
from gmmviz.datasets.sample import Sample, generate_gmm_data
from gmmviz.datasets.shapes import Moons, Rings
from gmmviz.datasets.shipped import OldFaithful
from gmmviz.datasets.table import TableFile
from gmmviz.datasets.zarr_array import ZarrArray

__all__ = [
    "DATASETS",
    "CsvFile",
    "Dataset",
    "DatasetSource",
    "Moons",
    "NpyFile",
    "OldFaithful",
    "ParquetFiles",
    "Picture",
    "PointList",
    "Rings",
    "Sample",
    "TableFile",
    "ZarrArray",
    "as_dataset",
    "generate_gmm_data",
    "load_dataset",
]
