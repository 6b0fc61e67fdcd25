"""Data sets: the shipped ones, files, and samples from a known mixture."""

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource, as_dataset, load_dataset
from gmmviz.datasets.csv_file import CsvFile
from gmmviz.datasets.sample import Sample
from gmmviz.datasets.shipped import OldFaithful

__all__ = [
    "DATASETS",
    "CsvFile",
    "Dataset",
    "DatasetSource",
    "OldFaithful",
    "Sample",
    "as_dataset",
    "load_dataset",
]
