"""What a covariance may look like: each family is a projection of (K, D, D) onto itself.

The maximum-likelihood covariance of a constrained family is the projection of the unconstrained one
(Celeux & Govaert 1995, table 3), so that the M-step is the same for all and nothing else asks.
"""

from __future__ import annotations

from collections.abc import Callable

from gmmviz.arrays import Array

Constraint = Callable[[Array, Array], Array]


def full(covariances: Array, counts: Array) -> Array:
    """Each component has a covariance of its own, of any shape."""
    return covariances


FAMILIES: dict[str, Constraint] = {"full": full}
