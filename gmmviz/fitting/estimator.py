"""`GaussianMixture`: the engine behind scikit-learn's conventions.

It works without scikit-learn. scikit-learn's own classes (tags, NotFittedError) are taken from it only when
scikit-learn itself asks for them.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from typing import Any, Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array, collected
from gmmviz.datasets.base import Dataset
from gmmviz.engine.algorithms import ALGORITHMS
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief, counted, hint
from gmmviz.fitting.estimator_input import check_names, checked_points, feature_names
from gmmviz.fitting.fitted import attributes, fitted_mixture
from gmmviz.fitting.policy import fit
from gmmviz.fitting.progress import Progress
from gmmviz.fitting.seeded import InitParams, Seeded, seed_of
from gmmviz.mixture.covariance import CovarianceType
from gmmviz.mixture.criteria import aic, bic
from gmmviz.mixture.mixture import Missing, Mixture
from gmmviz.options import Size, check_choice, check_whole, checked


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
    verbose : int
        1 prints every start and how its run ended, and an iteration now and then; 2 prints seconds and the average
        log-likelihood too. As in scikit-learn, line by line.
    verbose_interval : int
        Every so many iterations are printed.
    missing : {"refuse", "marginalize"}
        What NaN is: refused, or a value that is missing, so that EM and what follows ask about the others alone;
        see `gmmviz.fit`. scikit-learn's own mixtures take none.

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

    Notes
    -----
    As in scikit-learn, what was fitted is what the attributes say: they may be sorted, or set by hand. Densities
    and labels follow from `weights_`, `means_` and `precisions_cholesky_`, samples from `covariances_` instead of
    the last.

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
        verbose: int = 0,
        verbose_interval: int = 10,
        missing: Missing = "refuse",
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
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.missing = missing

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
            input_tags=InputTags(allow_nan=self.missing == "marginalize"),
        )

    # Fitting ----------------------------------------------------------------------------------------------

    def fit(self, X: Any, y: Any = None, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Fit by EM from `n_init` starts and keep the best run.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.
        y : object
            Ignored; scikit-learn's pipelines pass it.
        sample_weight : array_like, shape (N,), optional
            How often each point counts; see `gmmviz.fit`. scikit-learn's own mixtures take no weights.

        Returns
        -------
        GaussianMixture
            The estimator itself.

        Raises
        ------
        InputError
            If X or an argument is invalid, or if a covariance of the best run has become singular.
        """
        self._fit(X, sample_weight)
        return self

    def fit_predict(
        self, X: Any, y: Any = None, sample_weight: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.intp]:
        """Fit, and return the most responsible component of each point.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, D)
            The points.
        y : object
            Ignored; scikit-learn's pipelines pass it.
        sample_weight : array_like, shape (N,), optional
            How often each point counts; see `gmmviz.fit`. scikit-learn's own mixtures take no weights.

        Returns
        -------
        ndarray of int, shape (N,)
            Counted from 0.
        """
        return self.fit(X, sample_weight=sample_weight).predict(X)

    trace_: Trace
    n_features_in_: int

    def _fit(self, X: Any, sample_weight: npt.ArrayLike | None) -> None:
        check_choice("missing", self.missing, get_args(Missing))
        points = self._points(X)
        if not isinstance(self.warm_start, bool | np.bool_):
            raise InputError(f"warm_start must be True or False, not {brief(self.warm_start)}")
        data = Dataset(points, tuple(getattr(self, "feature_names_in_", ())), missing=self.missing)
        last = fitted_mixture(self, "precisions_cholesky_") if self.warm_start else None
        if last:
            _check_warm(last, self.n_components, data)
        verbose = int(self.verbose) if isinstance(self.verbose, bool | np.bool_) else self.verbose
        check_whole("verbose", verbose, 0)
        check_whole("verbose_interval", self.verbose_interval, 1)
        progress = Progress(verbose, self.verbose_interval, self.tol) if verbose else None
        trace = fit(
            data,
            last or Seeded(self),
            n_components=self.n_components,
            covariance_type=self.covariance_type,
            max_iter=self.max_iter,
            tol=self.tol,
            stop_on="average_log_likelihood",
            reg_covar=self.reg_covar,
            n_init=1 if last else self.n_init,
            sample_weight=sample_weight,
            watch=progress,
        )
        if progress:
            progress.end()
        if trace.stop_reason == "collapsed":
            raise InputError(
                f"{trace[-1].events[-1].message}, so that a covariance is singular: raise reg_covar, which is "
                f"{self.reg_covar}, fit fewer components, or leave constant features out"
            )
        self.trace_ = trace
        for name, value in attributes(trace[-1].mixture, self).items():
            setattr(self, name, value)
        self.n_iter_ = trace[-1].iteration
        self.converged_ = trace.converged
        self.lower_bounds_ = trace.average_log_likelihoods.tolist()
        self.lower_bound_ = self.lower_bounds_[-1]
        if not trace.converged and self.tol > 0:
            self._warn_not_converged()

    def _warn_not_converged(self) -> None:
        category: type[Warning] = UserWarning
        if "sklearn.exceptions" in sys.modules:
            category = sys.modules["sklearn.exceptions"].ConvergenceWarning
        warnings.warn(
            f"EM has not converged after {counted(self.n_iter_, 'iteration')}: raise max_iter or tol",
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
        mixture, points = self._fitted(X)
        return mixture.labels(points, self.missing)

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
        mixture, points = self._fitted(X)
        return mixture.responsibilities(points, self.missing)

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
        mixture, points = self._fitted(X)
        return mixture.log_prob(points, self.missing)

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
        mixture = self._mixture(by="covariances_")
        return mixture.sample(n_samples, seed_of(self.random_state))

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
        return aic(float(self.score_samples(X).sum()), self._n_parameters())

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
        return bic(float(log_density.sum()), self._n_parameters(), len(log_density))

    # Inside -----------------------------------------------------------------------------------------------

    def _mixture(self, by: Literal["precisions_cholesky_", "covariances_"] = "precisions_cholesky_") -> Mixture:
        mixture = fitted_mixture(self, by)
        if mixture is None:
            raise _not_fitted()(
                "This GaussianMixture instance is not fitted yet. Call 'fit' with appropriate arguments first."
            )
        return mixture

    def _n_parameters(self) -> int:
        return ALGORITHMS["em"].n_parameters(self._mixture(), self.covariance_type)

    def _fitted(self, X: Any) -> tuple[Mixture, Array]:
        """Return the fitted mixture, and points that it is to be used on."""
        X = collected(X)
        mixture, names = self._mixture(), feature_names(X)
        check_names(getattr(self, "feature_names_in_", None), names)
        return mixture, checked_points(X, names, mixture.n_features, gaps=self.missing == "marginalize")

    def _points(self, X: Any) -> Array:
        """Return points that are to be fitted, and keep what they are."""
        X = collected(X)
        names = feature_names(X)
        points = checked_points(X, names, None, gaps=self.missing == "marginalize")
        self.n_features_in_ = points.shape[1]
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return points


def _check_warm(last: Mixture, n_components: int, data: Dataset) -> None:
    for name, before, now in (
        ("component", last.n_components, n_components),
        ("feature", last.n_features, data.points.shape[1]),
    ):
        if before != now:
            raise InputError(
                f"warm_start=True goes on from a fit with {counted(before, name)}, but now there are {now}: "
                "set warm_start=False to begin anew"
            )


def _not_fitted() -> type[Exception]:
    if "sklearn.exceptions" in sys.modules:
        return sys.modules["sklearn.exceptions"].NotFittedError  # type: ignore[no-any-return]
    return NotFittedError


class NotFittedError(ValueError, AttributeError):
    """The estimator was used before it was fitted."""


def _is(value: Any, default: Any) -> bool:
    return value is default or (np.isscalar(value) and value == default)
