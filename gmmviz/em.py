"""EM for Gaussian mixtures as in the textbook: Bishop (2006), section 9.2.2, with his equation numbers.

`gmmviz.fit` finds the same numbers with `gmmviz.engine`: 5 times as fast on 272 points, 13 times on 100,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array, numbers
from gmmviz.datasets.base import Dataset, unweighted
from gmmviz.engine.fixed import Fixed, checked_names
from gmmviz.engine.snapshot import Snapshot
from gmmviz.engine.statistics import first_singular
from gmmviz.engine.trace import Trace
from gmmviz.errors import CollapseError, InputError
from gmmviz.mixture.covariance import FAMILIES, CovarianceType, symmetric
from gmmviz.mixture.mixture import Mixture, log_sum_exp
from gmmviz.options import (
    Count,
    Iterations,
    NotNegative,
    Seed,
    checked,
)
from gmmviz.starts import KMeansPlusPlus
from gmmviz.starts.base import check_components


@checked
def e_step(X: Dataset | npt.ArrayLike, mixture: Mixture) -> tuple[Array, float]:
    """Compute how responsible each component is for each point.

    Parameters
    ----------
    X : Dataset or array_like, shape (N, D)
        The points.
    mixture : Mixture
        The parameters so far.

    Returns
    -------
    responsibilities : ndarray, shape (N, K)
        The probability of each component given each point; rows sum to 1.
    log_likelihood : float
        Of the points under `mixture`; total, in nats.

    Raises
    ------
    InputError
        If `mixture` is no mixture, or the points do not fit it.
    """
    log_joint = mixture.log_joint(unweighted(X).points)  # log pi_k + log N(x_n | mu_k, Sigma_k), shape (K, N)
    log_density = log_sum_exp(log_joint)  # log p(x_n) = log sum_k of that
    responsibilities = np.exp(log_joint - log_density).T  # (9.23)
    log_likelihood = log_density.sum()  # (9.28)
    return responsibilities, float(log_likelihood)


@checked
def m_step(
    X: Dataset | npt.ArrayLike,
    responsibilities: npt.ArrayLike,
    covariance_type: CovarianceType = "full",
    reg_covar: NotNegative | Literal["auto"] = 0.0,
    fixed: Sequence[str] = (),
    mixture: Mixture | None = None,
) -> Mixture:
    """Move each component to the points that it is responsible for.

    Parameters
    ----------
    X : Dataset or array_like, shape (N, D)
        The points.
    responsibilities : array_like, shape (N, K)
        From `e_step`.
    covariance_type : {"full", "tied", "diag", "spherical"}, default "full"
        What the covariances may look like.
    reg_covar : float or "auto", default 0
        Added to the diagonal of every covariance, in the data's units squared; ``"auto"`` takes a millionth of
        each feature's variance.
    fixed : sequence of str, default ()
        What stays as it is in `mixture`: ``"weights"``, ``"means"`` or ``"covariances"``, or those of single
        components, counted from 0, such as ``"means[0]"``.
    mixture : Mixture, optional
        The parameters so far; needed where some are `fixed`.

    Returns
    -------
    Mixture
        The parameters that maximize the expected complete-data log-likelihood.

    Raises
    ------
    InputError
        If the points and the responsibilities do not fit together, or a setting is invalid.
    CollapseError
        If a component is responsible for no point, or its covariance is singular.
    """
    X = unweighted(X).points
    responsibilities = _checked(responsibilities, len(X))

    counts = responsibilities.sum(axis=0)  # (9.27)
    weights = counts / len(X)  # (9.26)
    means = responsibilities.T @ X / counts[:, None]  # (9.24)
    held = _held(fixed, mixture, weights, means, covariance_type)
    weights, means = held.hold_weights(weights), held.hold_means(means)
    away = X - means[:, None]  # x_n - mu_k, shape (K, N, D)
    covariances = np.einsum("nk,knd,kne->kde", responsibilities, away, away) / counts[:, None, None]  # (9.25)
    ridge = 1e-6 * X.var(axis=0) if reg_covar == "auto" else reg_covar
    covariances = FAMILIES[covariance_type](symmetric(covariances) + ridge * np.eye(X.shape[1]), counts)
    covariances = held.hold_covariances(covariances)

    singular = first_singular(covariances)
    if singular is not None:
        raise CollapseError(singular)
    return Mixture(weights, means, covariances)


@checked
def iterate(
    X: Dataset | npt.ArrayLike,
    mixture: Mixture,
    covariance_type: CovarianceType = "full",
    reg_covar: NotNegative | Literal["auto"] = 0.0,
    fixed: Sequence[str] = (),
) -> Iterator[Snapshot]:
    """Run EM for as long as anybody asks.

    Parameters
    ----------
    X : Dataset or array_like, shape (N, D)
        The points.
    mixture : Mixture
        The start.
    covariance_type : {"full", "tied", "diag", "spherical"}, default "full"
        As for `m_step`.
    reg_covar : float or "auto", default 0
        As for `m_step`.
    fixed : sequence of str, default ()
        As for `m_step`: what stays as it is in the start.

    Yields
    ------
    Snapshot
        The mixture after 0, 1, 2, ... M-steps, with its own log-likelihood and counts.

    Raises
    ------
    InputError
        As `e_step` and `m_step` do.
    CollapseError
        As `m_step` does.

    Examples
    --------
    >>> import gmmviz as gv
    >>> X = gv.load_dataset("old_faithful").points
    >>> start = gv.Mixture([0.5, 0.5], [[2, 80], [4, 60]], [[[1, 0], [0, 100]]] * 2)
    >>> for snapshot in gv.iterate(X, start):
    ...     if snapshot.iteration == 30:
    ...         break
    >>> snapshot.mixture.weights.round(2)
    array([0.64, 0.36])
    """
    for iteration in count():
        responsibilities, log_likelihood = e_step(X, mixture)
        yield Snapshot(iteration, mixture, log_likelihood, counts=responsibilities.sum(axis=0))
        mixture = m_step(X, responsibilities, covariance_type, reg_covar, fixed, mixture)


class GaussianMixtureModel:
    """A Gaussian mixture fitted by the textbook's EM, begun at points that lie far apart (k-means++).

    Parameters
    ----------
    num_components : int
        How many Gaussians are fitted, K.
    num_iters : int, default 100
        Iterations of EM; they are all run.
    seed : int, default 0
        Of the random numbers that choose the start.

    Attributes
    ----------
    weights : ndarray, shape (K,)
        Of the fitted mixture, as the two below.
    means : ndarray, shape (K, D)
        In the data's units.
    covariances : ndarray, shape (K, D, D)
        In the data's units squared.
    trace : Trace
        The record of every iteration, from which ``Animation`` makes a film.

    Examples
    --------
    >>> import gmmviz as gv
    >>> data = gv.generate_gmm_data(600, [0.3, 0.7], [[2, 2], [7, 7]], [[[1, 0], [0, 1]]] * 2)
    >>> model = gv.GaussianMixtureModel(num_components=2, num_iters=20)
    >>> model.fit(data).means.round()
    array([[7., 7.],
           [2., 2.]])
    """

    @checked
    def __init__(self, num_components: Count, num_iters: Iterations = 100, seed: Seed = 0) -> None:
        self.num_components = num_components
        self.num_iters = num_iters
        self.seed = seed

    def __repr__(self) -> str:
        return f"GaussianMixtureModel({self.num_components}, num_iters={self.num_iters}, seed={self.seed})"

    def __getattr__(self, name: str) -> Any:
        if name in ("weights", "means", "covariances", "trace"):
            raise AttributeError(f"there are no {name} before the model is fitted: call fit(X) first")
        raise AttributeError(f"GaussianMixtureModel has no attribute {name!r}")

    def fit(self, X: Dataset | npt.ArrayLike) -> Self:
        """Fit the mixture to points.

        Parameters
        ----------
        X : Dataset or array_like, shape (N, D)
            The points.

        Returns
        -------
        GaussianMixtureModel
            The model itself.

        Raises
        ------
        InputError
            If the points are not numbers, or fewer than the components.
        CollapseError
            If a covariance has become singular.
        """
        data = unweighted(X)
        check_components(data, self.num_components)
        start = KMeansPlusPlus(seed=self.seed).mixture(data, self.num_components)
        snapshots = tuple(islice(iterate(data.points, start), self.num_iters + 1))
        self.trace = Trace(data, snapshots, "max_iter", {"algorithm": "em", "covariance_type": "full"})
        mixture = snapshots[-1].mixture
        self.weights, self.means, self.covariances = mixture.weights, mixture.means, mixture.covariances
        return self


def _held(
    names: Sequence[str],
    mixture: Mixture | None,
    weights: Array,
    means: Array,
    covariance_type: CovarianceType,
) -> Fixed:
    """What is fixed of a mixture, for which another one stands in where nothing is."""
    if mixture is None:
        if checked_names(names):
            raise InputError("what is fixed stays as it is in the mixture so far: give it, as mixture=", "mixture")
        mixture = Mixture.trusted(weights, means, np.zeros(means.shape + means.shape[1:]))
    if mixture.means.shape != means.shape:
        raise InputError(
            f"the mixture must have means of shape {means.shape}, not {mixture.means.shape}", "mixture"
        )
    return Fixed.of(names, mixture, shared=covariance_type == "tied")


def _checked(responsibilities: npt.ArrayLike, n_points: int) -> Array:
    given = numbers("responsibilities", responsibilities)
    if given.ndim != 2 or len(given) != n_points:
        turned = ": transpose them" if given.ndim == 2 and given.shape[1] == n_points else ""
        raise InputError(f"responsibilities must have shape ({n_points}, components), not {given.shape}{turned}")
    sums = given.sum(axis=1)
    wrong = ~((given >= 0).all(axis=1) & np.isclose(sums, 1))
    if wrong.any():
        n = int(wrong.argmax())
        raise InputError(
            "responsibilities must not be negative, and those of each point must sum to 1; "
            f"row {n} (from 0) is {given[n]}, with the sum {sums[n]:g}"
        )
    for k in np.flatnonzero(given.sum(axis=0) == 0):
        raise CollapseError(int(k), f"component {k + 1} is responsible for no point: leave it out")
    return given
