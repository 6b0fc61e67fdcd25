"""Starts: where EM begins."""

from gmmviz.starts.base import STARTS, Start, as_start
from gmmviz.starts.given import Given
from gmmviz.starts.kmeans import KMeans, KMeansPlusPlus
from gmmviz.starts.poor import Corner, Identical, OnPoint
from gmmviz.starts.random_points import RandomPoints
from gmmviz.starts.random_responsibilities import RandomResponsibilities

__all__ = [
    "STARTS",
    "Corner",
    "Given",
    "Identical",
    "KMeans",
    "KMeansPlusPlus",
    "OnPoint",
    "RandomPoints",
    "RandomResponsibilities",
    "Start",
    "as_start",
]
