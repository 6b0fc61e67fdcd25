"""The contract of a start: from the data and a number of components to the first mixture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import MISSING, Field, fields, replace
from typing import Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.blocks import Coordinates
from gmmviz.errors import InputError, brief
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Contract, Count, Index, check_whole, checked
from gmmviz.registry import Registry


class Start(Contract, ABC):
    """Something that a scene can name as its start.

    A start is an option bag (`gmmviz.options.options`) registered in `STARTS`; its fields are the keys of
    the scene's ``[model.start]`` table. `mixture` is called with at least as many points as components
    and must return the same mixture each time; whatever is random takes a seed. On any fault raise
    `InputError`.
    """

    @abstractmethod
    def mixture(self, data: Dataset, n_components: Count) -> Mixture:
        """Return the mixture that EM begins with.

        Parameters
        ----------
        data : Dataset
            The points; at least as many as components.
        n_components : int
            K.

        Returns
        -------
        Mixture
            The same each time.

        Raises
        ------
        InputError
            If the data cannot be begun with in this way.
        """

    def components_given(self) -> int | None:
        """Return the number of components, where the start itself decides it.

        Returns
        -------
        int or None
            None where any number will do.
        """
        return None

    @checked
    def attempt(self, number: Index) -> Start:
        """Return the start to try after `number` others: the same with another seed.

        Parameters
        ----------
        number : int
            0 for the start itself.

        Returns
        -------
        Start
            Another start of the same kind.

        Raises
        ------
        InputError
            If the start is the same every time.
        """
        if number == 0:
            return self
        if not hasattr(self, "seed"):
            raise InputError(
                f"the start {type(self).__name__} is the same every time: leave n_init at 1 and on_collapse at "
                "'stop', or choose a start with a seed"
            )
        return replace(self, seed=self.seed + number)  # type: ignore[type-var]


def upright(data: Dataset, means: Array, scale: float) -> Mixture:
    """Return equal weights, the given means and diagonal covariances, so that every tilt is EM's own doing.

    Parameters
    ----------
    data : Dataset
    means : ndarray, shape (K, D)
    scale : float
        Standard deviations, as a fraction of the data's.
    """
    K, D = means.shape
    deviations = scale * Coordinates.of(data.points).deviations
    # A feature that never varies would make the first covariance singular.
    deviations = np.where(deviations > 0, deviations, scale)
    return Mixture(np.full(K, 1 / K), means, np.broadcast_to(np.diag(deviations**2), (K, D, D)))


STARTS: Registry[type[Start]] = Registry("start")


def check_components(data: Dataset, n_components: Any) -> None:
    """Raise `InputError` unless so many components can be fitted to the data."""
    check_whole("n_components", n_components, 1)
    if len(data.points) < n_components:
        raise InputError(
            f"{brief(n_components)} components need at least as many points, but {data.name} has "
            f"{len(data.points)}: ask for fewer components",
            "components",
        )


def as_start(start: Start | str) -> Start:
    """Return `start` itself, or the start of that name with its default settings.

    Raises
    ------
    InputError
        If it is neither, or if that start has no default.
    """
    if isinstance(start, str):
        chosen = STARTS[start]
        missing = [field.name for field in fields(chosen) if _needed(field)]  # type: ignore[arg-type]
        if missing:
            arguments = ", ".join(f"{name}=..." for name in missing)
            raise InputError(f"the start {start!r} needs values: write gv.{chosen.__name__}({arguments})")
        return chosen()
    if isinstance(start, type) and issubclass(start, Start):
        raise InputError(f"the start is the class {start.__name__}: write {start.__name__}() to make one")
    if not isinstance(start, Start):
        given = f"an array of shape {np.shape(start)}" if isinstance(start, np.ndarray) else brief(start)
        raise InputError(
            f"the start must be a Mixture, a start such as RandomPoints(seed=3), or a start's name, not {given}"
        )
    return start


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
