"""Lines of parameters, and what EM climbs along them: the log-likelihood, and the lower bound below it.

Weights, means and covariances between those of two mixtures make a mixture, and beyond them they do for a while.
Of such a line the bound of Bishop (2006), figure 9.14, can be drawn: it lies below the log-likelihood, touches it
where the responsibilities come from, and is highest where the M-step ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.fast import tell
from gmmviz.engine.prior import Conjugate, Prior
from gmmviz.engine.trace import Trace
from gmmviz.mixture.mixture import Mixture, log_sum_exp

EDGE = 1e-6  # of the way to where parameters are no mixture any more, that is left out


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line in the space of parameters.

    Parameters
    ----------
    origin : Mixture
        At 0.
    weights, means, covariances : ndarray, shape (K,), (K, D), (K, D, D)
        What a step of length 1 adds.
    """

    origin: Mixture
    weights: Array
    means: Array
    covariances: Array

    @classmethod
    def between(cls, a: Mixture, b: Mixture) -> Line:
        """Return the line that is at `a` at 0, and at `b` at 1."""
        return cls(a, b.weights - a.weights, b.means - a.means, b.covariances - a.covariances)

    def at(self, place: float) -> Mixture:
        """Return the mixture at a place, which must be one within `ends`."""
        return Mixture.trusted(
            np.maximum(self.origin.weights + place * self.weights, 0),
            self.origin.means + place * self.means,
            self.origin.covariances + place * self.covariances,
        )

    def turned(self, other: Line, share: float) -> Line:
        """Return the line through this origin whose direction is a share on its way to another's."""
        parts = (
            (1 - share) * getattr(self, name) + share * getattr(other, name)
            for name in ("weights", "means", "covariances")
        )
        return Line(self.origin, *parts)

    def ends(self, low: float, high: float) -> tuple[float, float]:
        """Return the part of an interval around 0 on which the parameters are a mixture."""
        factors = np.linalg.cholesky(self.origin.covariances)
        half = np.linalg.solve(factors, self.covariances)
        turns = np.linalg.eigvalsh(np.linalg.solve(factors, half.transpose(0, 2, 1))).ravel()
        moving = self.origin.weights > 0
        turns = np.concatenate([turns, self.weights[moving] / self.origin.weights[moving]])
        for turn in turns[turns != 0].tolist():  # what is 1 at the origin, and 1 + place * turn elsewhere
            end = -(1 - EDGE) / turn
            low, high = (max(low, end), high) if turn > 0 else (low, min(high, end))
        return low, high


def heights(
    trace: Trace, line: Line, places: Array, responsibilities: Sequence[Array]
) -> tuple[Array, tuple[Array, ...]]:
    """Return what EM climbs along a line, and its expectations, from which `entropy` makes lower bounds.

    Parameters
    ----------
    trace : Trace
        Whose points, weights, known components and prior count.
    line : Line
    places : ndarray, shape (n,)
        On the line, where it is a mixture.
    responsibilities : sequence of ndarray, shape (N, K)
        Of bounds.

    Returns
    -------
    objective : ndarray, shape (n,)
        Total log-likelihood, in nats; with a prior, the log-posterior up to a constant.
    expectations : tuple of ndarray, shape (n,)
        For each of the responsibilities q, the expectation of the log joint density under q (Bishop eq. 9.30);
        likewise with the log of the prior. The bound is that plus the entropy of q, and linear in q but for it.
    """
    data, prior = trace.data, prior_of(trace)
    points, weights = data.counting
    rows = slice(None) if data.weights is None else data.weights > 0
    ones = np.ones(len(points)) if weights is None else weights
    shares = [(q[rows] * ones[:, None]).T for q in responsibilities]
    objective = np.empty(len(places))
    expectations = [np.empty(len(places)) for _ in shares]
    for i, place in enumerate(places.tolist()):
        mixture = line.at(place)
        joint = mixture.log_joint(points, data.missing)
        if data.known_counting is not None:
            tell(joint, data.known_counting)
        believed = prior.log_density(mixture) if prior else 0.0
        objective[i] = log_sum_exp(joint) @ ones + believed
        for expected, share in zip(expectations, shares, strict=True):
            expected[i] = _expected(joint, share) + believed
    return objective, tuple(expectations)


def entropy(trace: Trace, responsibilities: Array) -> float:
    """Return the entropy of responsibilities, shape (N, K), summed over the points with their weights, in nats."""
    logs = np.log(responsibilities, where=responsibilities > 0, out=np.zeros_like(responsibilities))
    of_points = -(responsibilities * logs).sum(axis=1)
    return float(of_points.sum() if trace.data.weights is None else of_points @ trace.data.weights)


def equal_shares(trace: Trace) -> Array:
    """Return responsibilities before any E-step, shape (N, K): of all components that may have a point, equal."""
    data, K = trace.data, trace.n_components
    shares = np.full((trace.n_points, K), 1 / K) * (trace[0].mixture.weights > 0)
    if data.known is not None:
        told = data.known >= 0
        shares[told] = np.eye(K)[data.known[told]]
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def prior_of(trace: Trace) -> Conjugate | None:
    """Return the prior of a run, if it has one."""
    given = trace.settings.get("prior")
    if not given:
        return None
    scale = tuple(map(tuple, given["scale"]))
    prior = Prior(**{**given, "mean": tuple(given["mean"]), "scale": scale})
    mixture, family = trace[0].mixture, trace.settings.get("covariance_type", "full")
    D = mixture.n_features
    return Conjugate.of(prior, family, mixture.n_components, np.zeros(D), np.eye(D))


def _expected(joint: Array, shares: Array) -> float:
    """The sum of log joint densities times shares; a density of 0 does not count for who has no share."""
    return float(np.multiply(shares, joint, where=shares > 0, out=np.zeros_like(joint)).sum())
