"""The algorithms that `gmmviz.fit` knows: EM and its siblings, which keep the same kind of record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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

    def n_parameters(self, mixture: Mixture, covariance_type: CovarianceType = "full") -> int:
        """Count the free parameters of a fitted mixture: weights, means and covariances."""
        K, D = mixture.n_components, mixture.n_features
        weights = 0 if self.equal_weights else K - 1
        return weights + K * D + (1 if self.constrain else n_covariance_parameters(covariance_type, K, D))


ALGORITHMS: Registry[Algorithm] = Registry("algorithm")

ALGORITHMS.register("em", Algorithm("EM", "soft"))
# Classification EM (Celeux & Govaert 1992).
ALGORITHMS.register("hard_em", Algorithm("Hard EM", "hard"))
# k-means is hard EM with equal weights and one sphere for all components (Bishop 2006, section 9.3.2).
ALGORITHMS.register("kmeans", Algorithm("k-means", "hard", one_sphere, equal_weights=True))
