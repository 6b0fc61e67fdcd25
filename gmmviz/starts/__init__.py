"""Starts: where EM begins."""

from gmmviz.starts.base import STARTS, Start, as_start
from gmmviz.starts.given import Given
from gmmviz.starts.random_points import RandomPoints

__all__ = ["STARTS", "Given", "RandomPoints", "Start", "as_start"]
