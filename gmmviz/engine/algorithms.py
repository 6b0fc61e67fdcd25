"""The algorithms that `gmmviz.fit` knows: EM and its siblings, which keep the same kind of record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gmmviz.engine.fixed import KINDS, Fixed
from gmmviz.mixture.covariance import Constraint, CovarianceType, n_covariance_parameters, one_sphere
from gmmviz.mixture.mixture import Mixture
from gmmviz.registry import Registry

Assignment = Literal["soft", "hard"]


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A member of the family of EM.

    Parameters
    ----------
    title : str
        The name in a sentence.
    assignment : {"soft", "hard"}
        Whether the E-step divides a point by responsibility, or gives it whole to its most responsible component.
    constrain : callable, optional
        A covariance family that replaces the one asked for.
    equal_weights : bool
        Whether the weights stay equal.
    """

    title: str
    assignment: Assignment
    constrain: Constraint | None = None
    equal_weights: bool = False

    def n_parameters(
        self, mixture: Mixture, covariance_type: CovarianceType = "full", fixed: Sequence[str] = ()
    ) -> int:
        """Count the free parameters of a fitted mixture: weights, means and covariances that are not fixed."""
        K, D = mixture.n_components, mixture.n_features
        held = Fixed.of(fixed, mixture)
        free = {kind: K - int(getattr(held, kind).sum()) for kind in KINDS}
        weights = 0 if self.equal_weights else max(free["weights"] - 1, 0)
        covariances = 1 if self.constrain else n_covariance_parameters(covariance_type, K, D)
        return weights + free["means"] * D + covariances * free["covariances"] // K


ALGORITHMS: Registry[Algorithm] = Registry("algorithm")

ALGORITHMS.register("em", Algorithm("EM", "soft"))
# Classification EM (Celeux & Govaert 1992).
ALGORITHMS.register("hard_em", Algorithm("Hard EM", "hard"))
# k-means is hard EM with equal weights and one sphere for all components (Bishop 2006, section 9.3.2).
ALGORITHMS.register("kmeans", Algorithm("k-means", "hard", one_sphere, equal_weights=True))
