"""A prior on the parameters: a Dirichlet on the weights and a normal-inverse-Wishart on each component.

With it the M-step finds the maximum of the posterior instead of that of the likelihood (Fraley & Raftery 2007,
table 2). The formulas are those of a conjugate prior: the prior acts as points that were seen before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.engine.blocks import Coordinates
from gmmviz.errors import InputError, brief, counted
from gmmviz.mixture.covariance import CovarianceType
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import NotNegative, Number, Positive, options


@options
class Prior:
    """What is believed of a mixture before the points are seen; by default as little as mclust's prior says."""

    weights: Number = 1.0
    """Concentration of the Dirichlet distribution of the weights: 1 says nothing, more evens the weights out. With
    less, a component dies that has no more than 1 - weights points; the number may be negative for that."""
    shrinkage: NotNegative = 0.01
    """How many points the prior mean counts for."""
    mean: tuple[Number, ...] | None = None
    """The prior mean of every component; default: the data's."""
    degrees_of_freedom: Positive | None = None
    """How sure the prior is of the covariances; default: the number of features plus 2."""
    scale: Positive | tuple[tuple[Number, ...], ...] | None = None
    """The scale of the covariances, in the data's units squared: a matrix, or a number times the identity;
    default: the covariance of the data (for diag and spherical the average of its variances) over K^(2 / D)."""


@dataclass(frozen=True, slots=True, eq=False)
class Conjugate:
    """A prior in numbers, and what it makes of statistics.

    Parameters
    ----------
    covariance_type : {"full", "tied", "diag", "spherical"}
        For diag and spherical each variance has an inverse gamma distribution instead.
    surplus : float
        Concentration of the weights, minus 1.
    shrinkage : float
    mean : ndarray, shape (D,)
    degrees_of_freedom : float
    scale : ndarray, shape (D, D)
    unit : float
        The weight of a point that counts as 1 in the statistics.
    ratio : ndarray, shape (D,), optional
        Standard deviations of the features in a common unit, over those of these coordinates; 1 by default.
    log_volume : float
        Log of the volume of these coordinates' unit, in the data's units.
    """

    covariance_type: CovarianceType
    surplus: float
    shrinkage: float
    mean: Array
    degrees_of_freedom: float
    scale: Array
    unit: float = 1.0
    ratio: Array | None = None
    log_volume: float = 0.0

    @classmethod
    def of(
        cls,
        prior: Prior,
        covariance_type: CovarianceType,
        n_components: int,
        mean: Array,
        covariance: Array,
    ) -> Conjugate:
        """Return a prior in numbers, where the data has this mean and this unbiased covariance.

        Raises
        ------
        InputError
            If a number does not suit the data.
        """
        D = len(mean)
        dof = D + 2.0 if prior.degrees_of_freedom is None else prior.degrees_of_freedom
        least = D - 1 if covariance_type in ("full", "tied") else 0
        if not dof > least:
            raise InputError(
                f"the prior's degrees_of_freedom must be more than {least} for {counted(D, 'feature')}, "
                f"not {brief(dof)}",
                "prior",
                "degrees_of_freedom",
            )
        if prior.mean is not None and len(prior.mean) != D:
            raise InputError(
                f"the prior's mean must have {D} coordinates, like the data, not {len(prior.mean)}",
                "prior",
                "mean",
            )
        if prior.scale is None:
            scale = covariance / n_components ** (2 / D)
            if covariance_type in ("diag", "spherical"):
                scale = np.eye(D) * np.mean(scale.diagonal())
        else:
            scale = _matrix(prior.scale, D)
        centered = mean if prior.mean is None else np.array(prior.mean)
        return cls(covariance_type, prior.weights - 1, prior.shrinkage, centered, dof, scale)

    def inside(self, coordinates: Coordinates, unit: float) -> Conjugate:
        """Return the same prior for mixtures in these coordinates, and for counts in this unit."""
        units = coordinates.scale
        common = units.max() if self.covariance_type == "spherical" else units
        return replace(
            self,
            mean=(self.mean - coordinates.center) / units,
            scale=self.scale / np.broadcast_to(common, units.shape)[:, None] / common,
            unit=unit,
            ratio=units / common,
            log_volume=float(np.log(np.broadcast_to(common, units.shape)).sum()),
        )

    def weights(self, counts: Array) -> Array:
        """Return the most probable weights, shape (K,), of components with these counts."""
        wanted = np.maximum(counts + self.surplus / self.unit, 0)
        if not wanted.any():  # the last one stays
            wanted = (counts == counts.max()).astype(np.float64)
        total: float = wanted.sum()
        return wanted / total

    def means(self, counts: Array, means: Array) -> Array:
        """Return the most probable means, shape (K, D), of components whose points have these means."""
        own = self.shrinkage / self.unit
        total = counts + own
        share = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)[:, None]
        return self.mean + share * (means - self.mean)

    def covariances(self, counts: Array, scatters: Array, means: Array, alive: npt.NDArray[np.bool_]) -> Array:
        """Return the most probable covariances, shape (K, D, D).

        Parameters
        ----------
        counts : ndarray, shape (K,)
        scatters : ndarray, shape (K, D, D)
            Covariances of the components' points around `means`.
        means : ndarray, shape (K, D)
            Those that the components have.
        alive : ndarray of bool, shape (K,)
            Which components have a weight.
        """
        D = len(self.mean)
        ratio = np.ones(D) if self.ratio is None else self.ratio
        units = ratio[:, None] * ratio
        sums = (self._scales(means) / self.unit) + counts[:, None, None] * (scatters * units)
        if self.covariance_type == "tied":
            shared = (sums - self.scale / self.unit)[alive].sum(axis=0) + self.scale / self.unit
            strength = self._strength(int(alive.sum())) / self.unit
            return np.broadcast_to(shared / (counts[alive].sum() + strength), sums.shape)
        strength = self._strength(1) / self.unit
        if self.covariance_type == "full":
            return sums / (counts + strength)[:, None, None]
        if self.covariance_type == "diag":
            return sums * np.eye(D) / (counts + strength)[:, None, None]
        variances = np.einsum("kdd->k", sums) - (D - 1) * self._sphere / self.unit
        spheres: Array = (variances / (D * counts + strength))[:, None, None] * np.eye(D) / units
        return spheres

    def log_density(self, mixture: Mixture) -> float:
        """Return the log of the prior density of a mixture, up to a constant, in the data's units.

        Components that have died do not count.
        """
        alive = mixture.weights > 0
        ratio = np.ones(len(self.mean)) if self.ratio is None else self.ratio
        covariances = mixture.covariances[alive] * ratio[:, None] * ratio
        scales = self._scales(mixture.means)[alive]
        D, K = len(self.mean), int(alive.sum())
        of_weights = self.surplus * np.log(mixture.weights[alive]).sum()
        if self.covariance_type in ("full", "tied"):
            if self.covariance_type == "tied":
                covariances, scales = covariances[:1], (scales - self.scale).sum(axis=0)[None] + self.scale
            logs = np.linalg.slogdet(covariances)[1] + 2 * self.log_volume
            traces = np.einsum("kdd->k", np.linalg.solve(covariances, scales))
            strength = self._strength(K if self.covariance_type == "tied" else 1)
            return float(of_weights - (strength * logs + traces).sum() / 2)
        variances = np.einsum("kdd->kd", covariances)
        if self.covariance_type == "diag":
            logs = np.log(variances).sum(axis=1) + 2 * self.log_volume
            traces = (np.einsum("kdd->kd", scales) / variances).sum(axis=1)
        else:
            logs = np.log(variances[:, 0]) + 2 * self.log_volume / D
            traces = (np.einsum("kdd->k", scales) - (D - 1) * self._sphere) / variances[:, 0]
        return float(of_weights - (self._strength(1) * logs + traces).sum() / 2)

    @property
    def settings(self) -> dict[str, Any]:
        """The numbers for the record of a run."""
        return {
            "weights": self.surplus + 1,
            "shrinkage": self.shrinkage,
            "mean": self.mean.tolist(),
            "degrees_of_freedom": self.degrees_of_freedom,
            "scale": self.scale.tolist(),
        }

    @property
    def _sphere(self) -> float:
        """The scale of a variance that all features share."""
        return float(self.scale.diagonal().mean())

    def _scales(self, means: Array) -> Array:
        """The scale, and what the distances from the prior mean add to it, shape (K, D, D)."""
        away = means - self.mean
        if self.ratio is not None:
            away = away * self.ratio
        return self.scale + self.shrinkage * (away[:, :, None] * away[:, None, :])

    def _strength(self, n_means: int) -> float:
        """The power of a covariance's determinant in the prior density, times -2; n_means share the covariance."""
        D, dof = len(self.mean), self.degrees_of_freedom
        return {"full": dof + D + 2, "tied": dof + D + 1 + n_means, "diag": dof + 3, "spherical": dof + D + 2}[
            self.covariance_type
        ]


def _matrix(scale: float | Sequence[Sequence[float]], n_features: int) -> Array:
    if not isinstance(scale, tuple | list):
        return float(scale) * np.eye(n_features)  # type: ignore[arg-type]
    matrix = np.array(scale) if len({len(row) for row in scale}) == 1 else np.empty(0)
    if matrix.shape != (n_features, n_features):
        raise InputError(
            f"the prior's scale must be a number, or {n_features} rows of {n_features} numbers, "
            f"not {brief(scale)}",
            "prior",
            "scale",
        )
    if not np.array_equal(matrix, matrix.T) or not np.linalg.eigvalsh(matrix)[0] > 0:
        raise InputError(
            f"the prior's scale must be symmetric and positive definite, not {brief(scale)}", "prior", "scale"
        )
    return matrix
