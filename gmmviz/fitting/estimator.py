"""`GaussianMixture`: the engine behind scikit-learn's conventions.

It works without scikit-learn. scikit-learn's own classes (tags, NotFittedError) are taken from it only when
scikit-learn itself asks for them.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief, counted, hint
from gmmviz.fitting.estimator_input import check_names, checked_points, feature_names, inverted, is_int, of_shape
from gmmviz.fitting.policy import fit
from gmmviz.mixture.covariance import CovarianceType, compact
from gmmviz.mixture.criteria import aic, bic
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Size, check_choice, checked
from gmmviz.starts import KMeans, KMeansPlusPlus, RandomPoints, RandomResponsibilities, Start

InitParams = Literal["kmeans", "k-means++", "random", "random_from_data"]
LARGEST_SEED = 2**31 - 1

_STARTS: dict[str, type[Start]] = {
    "kmeans": KMeans,
    "k-means++": KMeansPlusPlus,
    "random": RandomResponsibilities,
    "random_from_data": RandomPoints,
}


class GaussianMixture:
    """A Gaussian mixture fitted by EM, with the interface of ``sklearn.mixture.GaussianMixture``.

    Parameters
    ----------
    n_components : int
        K.
    covariance_type : {"full", "tied", "diag", "spherical"}
        What the covariances may look like.
    tol : float
        Stop when the average log-likelihood changes by less than this, in nats.
    reg_covar : float or "auto"
        Added to the diagonal of the covariances; see `gmmviz.fit`.
    max_iter : int
        The largest number of iterations.
    n_init : int
        How many starts to try; the best run is kept.
    init_params : {"kmeans", "k-means++", "random", "random_from_data"}
        Where to begin. The starts differ from scikit-learn's, so a fit may find another optimum: ``"kmeans"``
        and ``"k-means++"`` measure distances in standard deviations of the features, not in their units.
    weights_init : array_like, shape (K,), optional
        Weights to begin with instead.
    means_init : array_like, shape (K, D), optional
        Means to begin with instead.
    precisions_init : array_like, optional
        Inverse covariances to begin with instead, in the shape of `covariance_type`.
    random_state : int, numpy.random.RandomState, numpy.random.Generator or None
        The seed of the starts; None draws another one for each fit.
    warm_start : bool
        Whether to begin where the last `fit` ended.

    Attributes
    ----------
    weights_ : ndarray, shape (K,)
        Mixing coefficients.
    means_ : ndarray, shape (K, D)
        Means, in the data's units.
    covariances_, precisions_, precisions_cholesky_ : ndarray
        Covariances, their inverses, and the upper Cholesky factors of these.
        Shape (K, D, D) for full, (D, D) for tied, (K, D) for diag, (K,) for spherical.
    converged_ : bool
        Whether the best run converged.
    n_iter_ : int
        Its iterations.
    lower_bound_ : float
        Average log-likelihood of the fitted parameters (scikit-learn's is of those one step earlier).
    lower_bounds_ : list of float
        The same for every iteration.
    trace_ : Trace
        The record of the best run.
    n_features_in_ : int
        D.
    feature_names_in_ : ndarray of str
        Where `fit` was given a DataFrame.

    Examples
    --------
    >>> import gmmviz as gv
    >>> data = gv.load_dataset("old_faithful")
    >>> model = gv.GaussianMixture(n_components=2, random_state=0).fit(data.points)
    >>> model.weights_.round(2).tolist() in ([0.36, 0.64], [0.64, 0.36])
    True
    """

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: CovarianceType = "full",
        tol: float = 1e-3,
        reg_covar: float | Literal["auto"] = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: InitParams = "kmeans",
        weights_init: npt.ArrayLike | None = None,
        means_init: npt.ArrayLike | None = None,
        precisions_init: npt.ArrayLike | None = None,
        random_state: Any = None,
        warm_start: bool = False,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.warm_start = warm_start

    # What scikit-learn asks of every estimator ------------------------------------------------------------

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments by name.

        Parameters
        ----------
        deep : bool
            For scikit-learn; the estimator holds no other estimators.

        Returns
        -------
        dict
            The arguments.
        """
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Set constructor arguments by name.

        Parameters
        ----------
        **params
            Their new values.

        Returns
        -------
        GaussianMixture
            The estimator itself.

        Raises
        ------
        InputError
            If there is no such argument.
        """
        for name, value in params.items():
            if name not in self.get_params():
                raise InputError(f"GaussianMixture has no parameter {name!r}; {hint(name, self.get_params())}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        given = [f"{k}={v!r}" for k, v in self.get_params().items() if not _is(v, defaults[k].default)]
        return f"GaussianMixture({', '.join(given)})"

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn what kind of estimator this is."""
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type="density_estimator",
            target_tags=TargetTags(required=False),
            transformer_tags=None,
            classifier_tags=None,
            regressor_tags=None,
            array_api_support=False,
            no_validation=False,
            non_deterministic=False,
            requires_fit=True,
            _skip_test=False,
            input_tags=InputTags(),
        )

    # Fitting ----------------------------------------------------------------------------------------------

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit by EM from `n_init` starts and keep the best run.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.
        y : object
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        GaussianMixture
            The estimator itself.

        Raises
        ------
        InputError
            If X or an argument is invalid, or if a covariance of the best run has become singular.
        """
        self._fit(X)
        return self

    def fit_predict(self, X: Any, y: Any = None) -> npt.NDArray[np.intp]:
        """Fit, and return the most responsible component of each point.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.
        y : object
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        ndarray of int, shape (N,)
            Counted from 0.
        """
        return self.fit(X).predict(X)

    trace_: Trace
    n_features_in_: int

    def _fit(self, X: Any) -> None:
        points = self._points(X, fitting=True)
        check_choice("init_params", self.init_params, _STARTS)
        if not isinstance(self.warm_start, bool | np.bool_):
            raise InputError(f"warm_start must be True or False, not {brief(self.warm_start)}")
        data = Dataset(points, tuple(getattr(self, "feature_names_in_", ())))
        warm = self.warm_start and hasattr(self, "trace_")
        if warm:
            self._check_warm(data)
        start: Mixture | Start
        start = self.trace_[-1].mixture if warm else _Seeded(self)
        trace = fit(
            data,
            start,
            n_components=self.n_components,
            covariance_type=self.covariance_type,
            max_iter=self.max_iter,
            tol=self.tol,
            stop_on="average_log_likelihood",
            reg_covar=self.reg_covar,
            n_init=1 if warm else self.n_init,
        )
        if trace.stop_reason == "collapsed":
            raise InputError(
                f"{trace[-1].events[-1].message}, so that a covariance is singular: raise reg_covar, which is "
                f"{self.reg_covar}, fit fewer components, or leave constant features out"
            )
        self.trace_ = trace
        mixture = trace[-1].mixture
        self.weights_, self.means_ = mixture.weights.copy(), mixture.means.copy()
        self.covariances_ = compact(mixture.covariances, self.covariance_type)
        inverse_factors = np.linalg.inv(np.linalg.cholesky(mixture.covariances)).transpose(0, 2, 1)
        self.precisions_cholesky_ = compact(inverse_factors, self.covariance_type)
        precisions = inverse_factors @ inverse_factors.transpose(0, 2, 1)
        self.precisions_ = compact(precisions, self.covariance_type)
        self.n_iter_ = trace[-1].iteration
        self.converged_ = trace.converged
        self.lower_bounds_ = [float(total) / len(points) for total in trace.log_likelihoods]
        self.lower_bound_ = self.lower_bounds_[-1]
        if not trace.converged and self.tol > 0:
            self._warn_not_converged()

    def _check_warm(self, data: Dataset) -> None:
        last = self.trace_[-1].mixture
        for name, before, now in (
            ("component", last.n_components, self.n_components),
            ("feature", last.n_features, data.points.shape[1]),
        ):
            if before != now:
                raise InputError(
                    f"warm_start=True goes on from a fit with {counted(before, name)}, but now there are {now}: "
                    "set warm_start=False to begin anew"
                )

    def _warn_not_converged(self) -> None:
        category: type[Warning] = UserWarning
        if "sklearn.exceptions" in sys.modules:
            category = sys.modules["sklearn.exceptions"].ConvergenceWarning
        warnings.warn(
            f"EM has not converged after {self.n_iter_} iterations: raise max_iter or tol",
            category,
            stacklevel=4,
        )

    # Using what was fitted --------------------------------------------------------------------------------

    def predict(self, X: Any) -> npt.NDArray[np.intp]:
        """Return the most responsible component of each point.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.

        Returns
        -------
        ndarray of int, shape (N,)
            Counted from 0.
        """
        mixture, points = self._mixture(), self._points(X)
        return mixture.labels(points)

    def predict_proba(self, X: Any) -> Array:
        """Return the responsibilities of each point.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.

        Returns
        -------
        ndarray, shape (N, K)
            Each row sums to 1.
        """
        mixture, points = self._mixture(), self._points(X)
        return mixture.responsibilities(points)

    def score_samples(self, X: Any) -> Array:
        """Return the log density at each point.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.

        Returns
        -------
        ndarray, shape (N,)
            In nats.
        """
        mixture, points = self._mixture(), self._points(X)
        return mixture.log_prob(points)

    def score(self, X: Any, y: Any = None) -> float:
        """Return the average log density.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.
        y : object
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        float
            In nats per point.
        """
        return float(self.score_samples(X).mean())

    @checked
    def sample(self, n_samples: Size = 1) -> tuple[Array, npt.NDArray[np.intp]]:
        """Draw points from the fitted mixture.

        Parameters
        ----------
        n_samples : int
            How many points to draw.

        Returns
        -------
        X : ndarray, shape (n_samples, D)
            The points.
        y : ndarray of int, shape (n_samples,)
            The component of each.
        """
        mixture = self._mixture()
        return mixture.sample(n_samples, self._seed())

    def aic(self, X: Any) -> float:
        """Akaike's information criterion on X; lower is better.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.

        Returns
        -------
        float
            The criterion.
        """
        total = float(self.score_samples(X).sum())
        return aic(total, self.trace_.n_parameters)

    def bic(self, X: Any) -> float:
        """Bayesian information criterion on X; lower is better.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.

        Returns
        -------
        float
            The criterion.
        """
        log_density = self.score_samples(X)
        return bic(float(log_density.sum()), self.trace_.n_parameters, len(log_density))

    # Inside -----------------------------------------------------------------------------------------------

    def _mixture(self) -> Mixture:
        if not hasattr(self, "trace_"):
            raise _not_fitted()(
                "This GaussianMixture instance is not fitted yet. Call 'fit' with appropriate arguments first."
            )
        return self.trace_[-1].mixture

    def _seed(self) -> int:
        if self.random_state is None:
            return int(np.random.default_rng().integers(LARGEST_SEED))
        if isinstance(self.random_state, np.random.Generator):
            return int(self.random_state.integers(LARGEST_SEED))
        if hasattr(self.random_state, "randint"):
            return int(self.random_state.randint(LARGEST_SEED))
        if not is_int(self.random_state) or self.random_state < 0:
            raise InputError(
                "random_state must be None, a whole number, 0 or more, or a generator of NumPy, "
                f"not {brief(self.random_state)}"
            )
        return int(self.random_state)

    def _points(self, X: Any, fitting: bool = False) -> Array:
        names = feature_names(X)
        if not fitting:
            check_names(getattr(self, "feature_names_in_", None), names)
        points = checked_points(X, names, None if fitting else self.n_features_in_)
        if fitting:
            self.n_features_in_ = points.shape[1]
            if names is not None:
                self.feature_names_in_ = np.array(names, dtype=object)
            elif hasattr(self, "feature_names_in_"):
                del self.feature_names_in_
        return points


class _Seeded(Start):
    """The start that an estimator's arguments describe; each attempt draws a seed of its own."""

    def __init__(self, model: GaussianMixture) -> None:
        self._model = model
        self._first = model._seed()

    def attempt(self, number: int) -> Start:
        later = _Seeded.__new__(_Seeded)
        later._model, later._first = self._model, self._first + number
        return later

    def mixture(self, data: Dataset, n_components: int) -> Mixture:
        model = self._model
        start_class: Any = _STARTS[model.init_params]
        begun = start_class(seed=self._first).mixture(data, n_components)
        K, D = begun.means.shape
        weights, means, covariances = begun.weights, begun.means, begun.covariances
        if model.weights_init is not None:
            weights = of_shape("weights_init", model.weights_init, (K,))
        if model.means_init is not None:
            means = of_shape("means_init", model.means_init, (K, D))
        if model.precisions_init is not None:
            covariances = inverted(model.precisions_init, model.covariance_type, (K, D))
        return Mixture(weights, means, covariances)


def _not_fitted() -> type[Exception]:
    if "sklearn.exceptions" in sys.modules:
        return sys.modules["sklearn.exceptions"].NotFittedError  # type: ignore[no-any-return]
    return NotFittedError


class NotFittedError(ValueError, AttributeError):
    """The estimator was used before it was fitted."""


def _is(value: Any, default: Any) -> bool:
    return value is default or (np.isscalar(value) and value == default)
