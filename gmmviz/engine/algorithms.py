"""The algorithms that `gmmviz.fit` knows: EM and its siblings, which keep the same kind of record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from gmmviz.engine.fixed import KINDS, Fixed
from gmmviz.mixture.covariance import Constraint, CovarianceType, n_covariance_parameters, one_sphere
from gmmviz.mixture.mixture import Mixture
from gmmviz.registry import Registry


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A member of the family of EM.

    Parameters
    ----------
    title : str
        The name in a sentence.
    betas : tuple of float
        In each iteration the E-step divides a point in proportion to the joint densities to this power, an inverse
        temperature; the last one holds for the rest. 1 is by responsibility, and infinity gives the point whole to
        its most responsible component.
    constrain : callable, optional
        A covariance family that replaces the one asked for.
    equal_weights : bool
        Whether the weights stay equal.
    online : bool
        Whether an iteration is a pass over the points with an M-step every few of them, after which the likelihood
        may be lower.
    """

    title: str
    betas: tuple[float, ...] = (1.0,)
    constrain: Constraint | None = None
    equal_weights: bool = False
    online: bool = False

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

ALGORITHMS.register("em", Algorithm("EM"))
# Deterministic annealing (Ueda & Nakano 1998), down to a temperature of 1. Where it begins much hotter, components
# whose covariances are free become one, and hardly part again.
ALGORITHMS.register("annealing", Algorithm("EM with annealing", (*(0.5 * 1.1**t for t in range(8)), 1.0)))
ALGORITHMS.register("online_em", Algorithm("Online EM", online=True))  # Cappé & Moulines (2009)
# Classification EM (Celeux & Govaert 1992).
ALGORITHMS.register("hard_em", Algorithm("Hard EM", (inf,)))
# k-means is hard EM with equal weights and one sphere for all components (Bishop 2006, section 9.3.2).
ALGORITHMS.register("kmeans", Algorithm("k-means", (inf,), one_sphere, equal_weights=True))
