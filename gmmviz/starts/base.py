"""The contract of a start: from the data and a number of components to the first mixture."""

from __future__ import annotations

from abc import ABC, abstractmethod

from gmmviz.datasets.base import Dataset
from gmmviz.mixture import Mixture
from gmmviz.registry import Registry


class Start(ABC):
    """Something that a scene can name as its start.

    A start is an option bag (`gmmviz.options.options`) registered in `STARTS`; its fields are the keys of
    the scene's ``[model.start]`` table. `mixture` is called with at least as many points as components
    and must return the same mixture each time; whatever is random takes a seed. On any fault raise
    `InputError`.
    """

    @abstractmethod
    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        """Return the mixture that EM begins with."""


STARTS: Registry[Start] = Registry("start")


def as_start(start: Start | str) -> Start:
    """Return `start` itself, or the start of that name with its default settings."""
    return STARTS[start]() if isinstance(start, str) else start
