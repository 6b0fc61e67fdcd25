"""A Gaussian mixture as a value: weights, means, covariances, and what follows from them.

Every covariance is a full (D, D) matrix, whatever family it was fitted in, so nothing here or
downstream asks which (see `gmmviz.mixture.covariance`). Formulas: Bishop (2006), sections 2.3 and 9.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.linalg import solve_triangular

from gmmviz.arrays import Array, frozen, numbers, patterns, points_matrix
from gmmviz.errors import InputError, brief, counted
from gmmviz.mixture.covariance import symmetric
from gmmviz.mixture.table import parameter_table
from gmmviz.options import Index, Seed, check_choice, checked

Missing = Literal["refuse", "marginalize"]
LOG_2PI = float(np.log(2 * np.pi))
FEW_FEATURES = 64  # up to which the rows of a small block take a tenth of a millisecond at most
_set = object.__setattr__  # what a frozen value is made with


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A mixture of K Gaussians in D dimensions; a value that does not change.

    Parameters
    ----------
    weights : array_like, shape (K,)
        Mixing coefficients pi_k: not negative, summing to 1.
    means : array_like, shape (K, D)
        In the data's units.
    covariances : array_like, shape (K, D, D)
        In the data's units squared; symmetric and positive definite. What rounding did to their symmetry is
        evened out: differences of up to half of the digits.

    Raises
    ------
    InputError
        If shapes disagree, a weight is negative, the weights do not sum to 1, or a covariance is not
        symmetric and positive definite.
    """

    weights: Array
    means: Array
    covariances: Array

    def __post_init__(self) -> None:
        given = [numbers(name, getattr(self, name)) for name in ("weights", "means", "covariances")]
        for name, values in zip(("weights", "means", "covariances"), given, strict=True):
            _set(self, name, frozen(values))
        self._check(rounding=float(np.sqrt(np.finfo(given[2].dtype).eps)))
        _set(self, "covariances", frozen(symmetric(self.covariances)))

    @classmethod
    def trusted(cls, weights: Array, means: Array, covariances: Array) -> Mixture:
        """Make a mixture of arrays that are known to be valid, without copying or checking them.

        Parameters
        ----------
        weights : ndarray, shape (K,)
            Mixing coefficients.
        means : ndarray, shape (K, D)
            In the data's units.
        covariances : ndarray, shape (K, D, D)
            In the data's units squared.

        Returns
        -------
        Mixture
            It holds the arrays themselves, which cannot be written to any more.
        """
        mixture = object.__new__(cls)
        # A loop over the names would take twice as long, and each iteration of a run makes two mixtures.
        try:
            weights.setflags(write=False)
            means.setflags(write=False)
            covariances.setflags(write=False)
        except AttributeError:
            raise InputError("weights, means and covariances must be arrays that are known to be valid") from None
        _set(mixture, "weights", weights)
        _set(mixture, "means", means)
        _set(mixture, "covariances", covariances)
        return mixture

    @classmethod
    def of(cls, weights: npt.ArrayLike, means: npt.ArrayLike, covariances: npt.ArrayLike) -> Mixture:
        """Make a mixture of plain lists.

        Parameters
        ----------
        weights : array_like, shape (K,)
            Mixing coefficients, summing to 1.
        means : array_like, shape (K, D)
            One list of coordinates per component.
        covariances : array_like, shape (K, D, D)
            One square matrix per component.

        Returns
        -------
        Mixture
            The same as ``Mixture(...)``, in a way that type checkers accept.

        Raises
        ------
        InputError
            As `Mixture` does.
        """
        return cls(numbers("weights", weights), numbers("means", means), numbers("covariances", covariances))

    def _check(self, rounding: float) -> None:
        if self.means.ndim != 2 or 0 in self.means.shape:
            raise InputError(f"means must have shape (components, features), not {self.means.shape}", "means")
        K, D = self.means.shape
        if self.weights.shape != (K,):
            raise InputError(f"weights must have shape ({K},) to match means, not {self.weights.shape}", "weights")
        if self.covariances.shape != (K, D, D):
            raise InputError(
                f"covariances must have shape ({K}, {D}, {D}) to match means, not {self.covariances.shape}",
                "covariances",
            )
        for name in ("weights", "means", "covariances"):
            if not np.isfinite(getattr(self, name)).all():
                raise InputError(f"{name} must be finite, not {brief(getattr(self, name).tolist())}", name)
        if (self.weights < 0).any():
            raise InputError(f"weights must not be negative, not {brief(self.weights.tolist())}", "weights")
        total = self.weights.sum()
        if abs(total - 1) > 1e-6:
            raise InputError(f"weights must sum to 1, not {total:.6g}: divide each by the sum", "weights")
        for k, covariance in enumerate(self.covariances):
            # An element is measured by the standard deviations of its two features, as a correlation is.
            scale = np.sqrt(np.maximum(covariance.diagonal(), 0))
            with np.errstate(over="ignore"):
                uneven = np.abs(covariance - covariance.T) > rounding * scale[:, None] * scale
            if uneven.any():
                raise InputError(
                    f"covariances[{k}] must be symmetric, not {brief(covariance.tolist())}", "covariances"
                )
            try:
                np.linalg.cholesky(symmetric(covariance))
            except np.linalg.LinAlgError:
                raise InputError(
                    f"covariances[{k}] must be positive definite, not {brief(covariance.tolist())}", "covariances"
                ) from None

    def __repr__(self) -> str:
        return (
            f"Mixture(weights={self.weights.round(4).tolist()}, means={_short(self.means)}, "
            f"covariances={_short(self.covariances)})"
        )

    def _repr_html_(self) -> str:
        return self.table("Mixture of Gaussians")

    @checked
    def table(self, caption: str, names: Sequence[str] = ()) -> str:
        """Return the parameters as a table in HTML.

        Parameters
        ----------
        caption : str
            What stands above it.
        names : sequence of str
            The features' names; by default ``"x1"``, ``"x2"`` and so on.

        Returns
        -------
        str
            A row for each component, with standard deviations for its covariance; two features have their
            correlation, too. Of many, the first are shown.
        """
        return parameter_table(caption, self.weights, self.means, self.covariances, names)

    @property
    def n_components(self) -> int:
        """Number of components, K."""
        return len(self.weights)

    @property
    def n_features(self) -> int:
        """Number of features, D."""
        return int(self.means.shape[1])

    def log_joint(self, X: npt.ArrayLike, missing: Missing = "refuse") -> Array:
        """Log of weight times density, for each component and point.

        Components come first, so that sums over them run along contiguous memory.

        Parameters
        ----------
        X : array_like or Dataset, shape (N, D)
            The points.
        missing : {"refuse", "marginalize"}
            What NaN is: refused, or a missing value, so that the others alone are asked about.

        Returns
        -------
        ndarray, shape (K, N)
            log pi_k + log N(x_n | mu_k, Sigma_k); -inf for a component of weight 0.
        """
        X, missing = _of_dataset(X, missing)
        points = self._points(X, missing)
        if missing == "marginalize" and np.isnan(points).any():
            return self._marginal_joint(points)
        joint = np.empty((self.n_components, len(points)))
        factors = np.linalg.cholesky(self.covariances)
        with np.errstate(divide="ignore"):
            log_weights = np.log(self.weights)
        for k, factor in enumerate(factors):
            away = whitened(factor, (points - self.means[k]).T)
            log_volume = np.log(np.diagonal(factor)).sum()
            joint[k] = (
                log_weights[k] - 0.5 * (self.n_features * LOG_2PI + np.einsum("dn,dn->n", away, away)) - log_volume
            )
        return joint

    def log_prob(self, X: npt.ArrayLike, missing: Missing = "refuse") -> Array:
        """Log density of the mixture at each point (Bishop eq. 9.7).

        Parameters
        ----------
        X : array_like or Dataset, shape (N, D)
            The points.
        missing : {"refuse", "marginalize"}
            What NaN is: refused, or a missing value, so that the others alone are asked about.

        Returns
        -------
        ndarray, shape (N,)
            In nats.
        """
        return log_sum_exp(self.log_joint(X, missing))

    def responsibilities(self, X: npt.ArrayLike, missing: Missing = "refuse") -> Array:
        """Probability of each component given each point (Bishop eq. 9.13).

        Parameters
        ----------
        X : array_like or Dataset, shape (N, D)
            The points.
        missing : {"refuse", "marginalize"}
            What NaN is: refused, or a missing value, so that the others alone are asked about.

        Returns
        -------
        ndarray, shape (N, K)
            Each row sums to 1.
        """
        joint = self.log_joint(X, missing)
        return np.exp(joint - log_sum_exp(joint)).T

    def labels(self, X: npt.ArrayLike, missing: Missing = "refuse") -> npt.NDArray[np.intp]:
        """Most responsible component of each point.

        Parameters
        ----------
        X : array_like or Dataset, shape (N, D)
            The points.
        missing : {"refuse", "marginalize"}
            What NaN is: refused, or a missing value, so that the others alone are asked about.

        Returns
        -------
        ndarray of int, shape (N,)
            Counted from 0.
        """
        labels: npt.NDArray[np.intp] = self.log_joint(X, missing).argmax(axis=0)
        return labels

    def impute(self, X: npt.ArrayLike) -> Array:
        """Fill in what is missing: each NaN becomes its conditional mean, given the point's other values.

        Parameters
        ----------
        X : array_like or Dataset, shape (N, D)
            The points.

        Returns
        -------
        ndarray, shape (N, D)
            A copy without NaN; of a point without any value, the mean of the mixture.
        """
        points: Array = np.array(self._points(_of_dataset(X)[0], "marginalize"), dtype=np.float64)
        for seen, rows in patterns(points):
            if len(seen) == self.n_features:
                continue
            gaps = np.setdiff1d(np.arange(self.n_features), seen)
            known = points[np.ix_(rows, seen)]
            joint = self._seen_joint(seen, known)
            shares = np.exp(joint - log_sum_exp(joint))
            means = self.means[:, gaps, None] + gains(self, seen) @ (known.T - self.means[:, seen, None])
            points[np.ix_(rows, gaps)] = np.einsum("kn,kdn->nd", shares, means)
        return points

    def _marginal_joint(self, points: Array) -> Array:
        joint = np.empty((self.n_components, len(points)))
        for seen, rows in patterns(points):
            joint[:, rows] = self._seen_joint(seen, points[np.ix_(rows, seen)])
        return joint

    def _seen_joint(self, seen: npt.NDArray[np.intp], values: Array) -> Array:
        """The log joint densities of some features' values, shape (K, n); of no feature, the log weights."""
        if len(seen):
            return of_features(self, seen).log_joint(values)
        with np.errstate(divide="ignore"):
            return np.repeat(np.log(self.weights)[:, None], len(values), axis=1)

    @checked
    def sample(
        self, n_points: Annotated[int, Field(ge=0, le=100_000_000)], seed: Seed | np.random.Generator = 0
    ) -> tuple[Array, npt.NDArray[np.intp]]:
        """Draw points from the mixture.

        Parameters
        ----------
        n_points : int
            How many points to draw.
        seed : int or numpy.random.Generator
            The same seed gives the same points.

        Returns
        -------
        points : ndarray, shape (n_points, D)
            The points.
        labels : ndarray of int, shape (n_points,)
            The component each point was drawn from.
        """
        rng = np.random.default_rng(seed)
        labels = rng.choice(self.n_components, size=n_points, p=self.weights / self.weights.sum())
        factors = np.linalg.cholesky(self.covariances)
        noise = rng.standard_normal((n_points, self.n_features))
        return self.means[labels] + np.einsum("nij,nj->ni", factors[labels], noise), labels

    @checked
    def marginal(self, features: Sequence[Index]) -> Mixture:
        """The mixture of some features alone; leaving the others out is exact (Bishop eq. 2.98).

        Parameters
        ----------
        features : sequence of int
            Counted from 0.

        Returns
        -------
        Mixture
            Of the chosen features, in the order given.
        """
        chosen = self._features(features)
        return Mixture(self.weights, self.means[:, chosen], self.covariances[:, chosen][:, :, chosen])

    @checked
    def condition(self, features: Sequence[Index], values: npt.ArrayLike) -> Mixture:
        """The mixture of the other features, given the values of some (Bishop eqs. 2.81, 2.82).

        Parameters
        ----------
        features : sequence of int
            Which features are known, counted from 0; at least one must stay unknown.
        values : array_like, shape (len(features),)
            In the data's units.

        Returns
        -------
        Mixture
            Of the features that are not known.

        Raises
        ------
        InputError
            If no feature or every feature is known, or the values do not match the features.
        """
        known = self._features(features)
        others = [d for d in range(self.n_features) if d not in known]
        given = numbers("values", values)
        if not np.isfinite(given).all():
            raise InputError(f"values must be finite, not {brief(values)}", "values")
        if not others or not known or given.shape != (len(known),):
            raise InputError(
                f"values must have shape ({len(known)},) to match features, of which some but not all of "
                f"{self.n_features} are known; not {given.shape} for features {known}"
            )
        marginal = self.marginal(known)
        across = self.covariances[:, others][:, :, known]
        gain = np.linalg.solve(marginal.covariances, across.transpose(0, 2, 1)).transpose(0, 2, 1)
        means = self.means[:, others] + np.einsum("kou,ku->ko", gain, given - marginal.means)
        covariances = self.covariances[:, others][:, :, others] - gain @ across.transpose(0, 2, 1)
        weights = marginal.responsibilities(given[None, :])[0]
        return Mixture(weights, means, (covariances + covariances.transpose(0, 2, 1)) / 2)

    def _features(self, features: Sequence[int]) -> list[int]:
        """The features as a list, all of which there are."""
        chosen = list(features)
        if not chosen or max(chosen) >= self.n_features:
            raise InputError(
                f"features must be some of 0 to {self.n_features - 1}, not {brief(chosen)}", "features"
            )
        return chosen

    def _points(self, X: npt.ArrayLike, missing: Missing) -> Array:
        check_choice("missing", missing, get_args(Missing))
        points = points_matrix(X, gaps=missing == "marginalize")
        if points.shape[1] != self.n_features:
            raise InputError(
                f"the mixture has {counted(self.n_features, 'feature')}, the data has {points.shape[1]}"
            )
        return points


def _of_dataset(X: Any, missing: Missing = "refuse") -> tuple[Any, Missing]:
    """The points of a Dataset, a class of a layer above, and what their gaps are; else what was given."""
    if not isinstance(getattr(type(X), "observed", None), property):
        return X, missing
    return X.observed, "marginalize" if X.incomplete else missing


def of_features(mixture: Mixture, seen: npt.NDArray[np.intp]) -> Mixture:
    """Return what `Mixture.marginal` does, of features that are known to be valid."""
    return Mixture.trusted(mixture.weights, mixture.means[:, seen], mixture.covariances[:, seen][:, :, seen])


def gains(mixture: Mixture, seen: npt.NDArray[np.intp]) -> Array:
    """Return how the conditional means of the other features follow these (Bishop eq. 2.96).

    Parameters
    ----------
    mixture : Mixture
    seen : ndarray of int
        The features that are known.

    Returns
    -------
    ndarray, shape (K, D - len(seen), len(seen))
        Sigma_mo Sigma_oo^-1 of each component.
    """
    gaps = np.setdiff1d(np.arange(mixture.n_features), seen)
    across = mixture.covariances[:, gaps][:, :, seen]
    own = mixture.covariances[:, seen][:, :, seen]
    found: npt.NDArray[Any] = np.linalg.solve(own, across.transpose(0, 2, 1)).transpose(0, 2, 1)
    return found


def whitened(factor: Array, away: Array) -> Array:
    """Return L^-1 (x - mu), shape (D, n), for a Cholesky factor L and points as columns, from their mean.

    A triangular solve keeps digits that an inverse loses where the covariance is ill-conditioned. Where there are
    few features it is done row by row: OpenBLAS divides even the smallest one among all threads. Where other
    processes keep the cores busy, these wait for each other: 5 ms for 5 x 60 numbers, instead of 10 microseconds.
    """
    D = len(factor)
    if D > FEW_FEATURES:
        solved: Array = solve_triangular(factor, away, lower=True, check_finite=False)
        return solved
    rows = np.empty(away.shape)
    for d in range(D):
        np.subtract(away[d], factor[d, :d] @ rows[:d], out=rows[d])
        rows[d] /= factor[d, d]
    return rows


def log_sum_exp(log_values: Array) -> Array:
    """Log of the sum of exponentials over the first axis, without overflow or underflow."""
    top = log_values.max(axis=0)
    top[np.isneginf(top)] = 0.0  # the sum of nothing but zeros is zero
    with np.errstate(divide="ignore"):
        total: Array = top + np.log(np.exp(log_values - top).sum(axis=0))
    return total


def _short(values: Any) -> Any:
    return np.array2string(values, precision=4, separator=", ", threshold=20).replace("\n", "")
