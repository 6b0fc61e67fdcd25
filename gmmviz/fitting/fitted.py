"""What an estimator has fitted, as attributes in scikit-learn's shapes: from a mixture and back.

As in scikit-learn, the attributes are all that counts after the fit: they may be put into another order, or be
set by hand. Densities follow from `weights_`, `means_` and `precisions_cholesky_`, samples from `weights_`,
`means_` and `covariances_`.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gmmviz.arrays import Array, numbers
from gmmviz.errors import InputError
from gmmviz.fitting.estimator_input import of_shape
from gmmviz.mixture.covariance import compact, expanded
from gmmviz.mixture.mixture import Mixture


def attributes(mixture: Mixture, model: Any) -> dict[str, Array]:
    """Return a mixture as the fitted attributes of a model, by name."""
    shape = mixture.means.shape
    covariances = compact(mixture.covariances, model.covariance_type)
    factors = precision_factors(expanded(covariances, model.covariance_type, shape))
    with np.errstate(over="ignore"):  # of variances below 1e-308
        precisions = factors @ factors.transpose(0, 2, 1)
    return {
        "weights_": mixture.weights.copy(),
        "means_": mixture.means.copy(),
        "covariances_": covariances,
        "precisions_": compact(precisions, model.covariance_type),
        "precisions_cholesky_": compact(factors, model.covariance_type),
    }


def fitted_mixture(model: Any, by: Literal["precisions_cholesky_", "covariances_"]) -> Mixture | None:
    """Return the mixture that the attributes of a model stand for.

    Parameters
    ----------
    model : GaussianMixture
        Fitted, or with these attributes set by hand.
    by : {"precisions_cholesky_", "covariances_"}
        The attribute that decides about the covariances.

    Returns
    -------
    Mixture or None
        None if an attribute is missing.

    Raises
    ------
    InputError
        If the attributes do not go together.
    """
    if not all(hasattr(model, name) for name in ("weights_", "means_", by)):
        return None
    means = numbers("means_", model.means_)
    if means.ndim != 2:
        raise InputError(f"means_ must have shape (components, features), not {means.shape}")
    if by == "covariances_":
        return Mixture(model.weights_, means, _matrices(model, by, means))
    factors = _matrices(model, by, means)
    if hasattr(model, "covariances_"):
        covariances = _matrices(model, "covariances_", means)
        mixture = Mixture(model.weights_, means, covariances)
        # They have all digits, where the inverse of an inverse has lost some.
        if np.array_equal(precision_factors(mixture.covariances), factors):
            return mixture
    try:
        roots = np.linalg.inv(factors)
    except np.linalg.LinAlgError:
        raise InputError("precisions_cholesky_ must have no zero on its diagonals") from None
    return Mixture(model.weights_, means, roots.transpose(0, 2, 1) @ roots)


def precision_factors(covariances: Array) -> Array:
    """Return U with U U^T = Sigma^-1, upper triangular, shape (K, D, D)."""
    return np.linalg.inv(np.linalg.cholesky(covariances)).transpose(0, 2, 1)


def _matrices(model: Any, name: str, means: Array) -> Array:
    """Return an attribute of a model, shape (K, D, D)."""
    K, D = means.shape
    shape = {"full": (K, D, D), "tied": (D, D), "diag": (K, D), "spherical": (K,)}[model.covariance_type]
    why = f" for covariance_type={model.covariance_type!r} and means_ of shape {means.shape}"
    return expanded(of_shape(name, getattr(model, name), shape, why), model.covariance_type, (K, D))
