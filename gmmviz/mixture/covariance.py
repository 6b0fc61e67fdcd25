"""The covariance families (full, tied, diag, spherical): each is a projection of (K, D, D) onto itself.

The maximum-likelihood covariances of a constrained family are the projection of the unconstrained ones
(Celeux & Govaert 1995, table 3), so that the M-step is the same for all, and nothing else asks which it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from gmmviz.arrays import Array

CovarianceType = Literal["full", "tied", "diag", "spherical"]
Constraint = Callable[[Array, Array], Array]


def symmetric(matrices: Array) -> Array:
    """Even out what rounding did to symmetric matrices, shape (..., D, D), so that they are symmetric to the bit.

    A sum in another order, or a product of three factors, differs in its last digit from its mirror image. That
    digit matters where an element is nearly 0.
    """
    mirrored = matrices.swapaxes(-1, -2)
    return np.where(matrices == mirrored, matrices, matrices / 2 + mirrored / 2)


def full(covariances: Array, counts: Array) -> Array:
    """Each component has a covariance of its own, of any shape."""
    return covariances


def tied(covariances: Array, counts: Array) -> Array:
    """All components share one covariance: the average, weighted by their counts."""
    shared = np.einsum("k,kde->de", counts, covariances) / counts.sum()
    return np.broadcast_to(symmetric(shared), covariances.shape)


def diag(covariances: Array, counts: Array) -> Array:
    """Each component has a variance for each feature, and no correlations."""
    diagonal: Array = covariances * np.eye(covariances.shape[-1])
    return diagonal


def spherical(covariances: Array, counts: Array) -> Array:
    """Each component has one variance in all directions: the average over features."""
    D = covariances.shape[-1]
    variances: Array = np.einsum("kdd->k", covariances) / D
    return variances[:, None, None] * np.eye(D)


def one_sphere(covariances: Array, counts: Array) -> Array:
    """All components share one variance in all directions: the geometry of k-means."""
    return spherical(tied(covariances, counts), counts)


FAMILIES: dict[CovarianceType, Constraint] = {
    "full": full,
    "tied": tied,
    "diag": diag,
    "spherical": spherical,
}


def n_covariance_parameters(covariance_type: CovarianceType, n_components: int, n_features: int) -> int:
    """Free parameters of all covariances of a mixture together."""
    K, D = n_components, n_features
    return {"full": K * D * (D + 1) // 2, "tied": D * (D + 1) // 2, "diag": K * D, "spherical": K}[covariance_type]


def compact(matrices: Array, covariance_type: CovarianceType) -> Array:
    """From (K, D, D) to the shape that scikit-learn uses for the family."""
    chosen: Array = {
        "full": matrices,
        "tied": matrices[0],
        "diag": np.einsum("kdd->kd", matrices),
        "spherical": matrices[:, 0, 0],
    }[covariance_type]
    return chosen.copy()


def expanded(matrices: Array, covariance_type: CovarianceType, shape: tuple[int, int]) -> Array:
    """From scikit-learn's shape for the family to (K, D, D)."""
    K, D = shape
    if covariance_type == "tied":
        return np.array(np.broadcast_to(matrices, (K, D, D)))
    if covariance_type == "diag":
        return np.asarray(matrices[:, :, None] * np.eye(D))
    if covariance_type == "spherical":
        return np.asarray(matrices[:, None, None] * np.eye(D))
    return np.asarray(matrices, dtype=np.float64)
