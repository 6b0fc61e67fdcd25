"""Parameters that EM leaves alone: as they are in the start, in every iteration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.engine.blocks import Coordinates
from gmmviz.errors import InputError, brief, counted
from gmmviz.mixture.mixture import Mixture

KINDS = ("weights", "means", "covariances")
NAME = re.compile(rf"({'|'.join(KINDS)})(?:\[(\d+)\])?")
EXPECTED = "'weights', 'means', 'covariances', or one of them by number, such as 'means[0]'"


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """What an M-step leaves alone.

    Parameters
    ----------
    weights, means, covariances : ndarray of bool, shape (K,)
        Of which components.
    mixture : Mixture
        Its parameters are those that stay.
    """

    weights: npt.NDArray[np.bool_]
    means: npt.NDArray[np.bool_]
    covariances: npt.NDArray[np.bool_]
    mixture: Mixture

    @classmethod
    def of(cls, names: Sequence[str], mixture: Mixture, *, shared: bool = False) -> Fixed:
        """Fix parameters of a mixture by their names.

        Parameters
        ----------
        names : sequence of str
            ``"weights"``, ``"means"``, ``"covariances"``, or one of them by number, from 0: ``"means[0]"``.
        mixture : Mixture
        shared : bool
            Whether all components have one covariance.

        Raises
        ------
        InputError
            If a name is none of these, or there is no such component.
        """
        masks = {kind: np.zeros(mixture.n_components, np.bool_) for kind in KINDS}
        for name in checked_names(names):
            kind, number = NAME.fullmatch(name).groups()  # type: ignore[union-attr]
            if number is None:
                masks[kind][:] = True
                continue
            if int(number) >= mixture.n_components:
                components = counted(mixture.n_components, "component")
                raise InputError(f"there is no {name} to be fixed: {components}, counted from 0", "fixed")
            if kind == "covariances" and shared:
                raise InputError(
                    f"all components share one covariance: write 'covariances' instead of {name!r}", "fixed"
                )
            masks[kind][int(number)] = True
        return cls(**masks, mixture=mixture)

    def inside(self, coordinates: Coordinates) -> Fixed:
        """Return the same for mixtures in these coordinates."""
        return replace(self, mixture=coordinates.inward(self.mixture))

    def hold_weights(self, found: Array) -> Array:
        """Return the weights that an M-step has found, shape (K,), but for those that are fixed.

        What these leave is divided among the others in proportion, which maximizes the likelihood.
        """
        if not self.weights.any():
            return found
        held, free = self.mixture.weights.copy(), ~self.weights
        total = found[free].sum()
        if total > 0:
            held[free] = found[free] / total * max(1 - held[self.weights].sum(), 0)
        return held

    def hold_means(self, found: Array) -> Array:
        """Return the means that an M-step has found, shape (K, D), but for those that are fixed."""
        return np.where(self.means[:, None], self.mixture.means, found)

    def hold_covariances(self, found: Array) -> Array:
        """Return the covariances that an M-step has found, shape (K, D, D), but for those that are fixed."""
        return np.where(self.covariances[:, None, None], self.mixture.covariances, found)

    def hold(self, found: Mixture) -> Mixture:
        """Return a mixture of an M-step whose fixed parameters have every bit, whatever way they went."""
        weights = np.where(self.weights, self.mixture.weights, found.weights)
        return Mixture.trusted(weights, self.hold_means(found.means), self.hold_covariances(found.covariances))


def checked_names(names: Any) -> tuple[str, ...]:
    """Return the names of fixed parameters if all are names of parameters.

    Raises
    ------
    InputError
        Says what to write instead of the first that is none.
    """
    if isinstance(names, str) or not np.iterable(names):
        raise InputError(f"fixed must be a list of names, such as ['weights'], not {brief(names)}", "fixed")
    for name in names:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise InputError(f"{brief(name)} cannot be fixed: expected {EXPECTED}", "fixed")
    return tuple(names)
