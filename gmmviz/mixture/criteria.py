"""Criteria that weigh the fit against the number of parameters: AIC, BIC and ICL; lower is better."""

from __future__ import annotations

import numpy as np

from gmmviz.arrays import Array


def aic(log_likelihood: float, parameters: int) -> float:
    """Akaike's information criterion: 2 p - 2 l (Akaike 1974)."""
    return 2 * parameters - 2 * log_likelihood


def bic(log_likelihood: float, parameters: int, n_points: float) -> float:
    """Bayesian information criterion: p log N - 2 l (Schwarz 1978)."""
    return parameters * float(np.log(n_points)) - 2 * log_likelihood


def icl(log_likelihood: float, parameters: int, responsibilities: Array, weights: Array | None = None) -> float:
    """Integrated completed likelihood: BIC plus a penalty for points that several components share.

    As mclust computes it: BIC - 2 sum_n log max_k r_nk (Biernacki, Celeux & Govaert 2000).
    """
    undecided = -np.log(responsibilities.max(axis=1))
    if weights is None:
        return bic(log_likelihood, parameters, len(undecided)) + 2 * float(undecided.sum())
    return bic(log_likelihood, parameters, float(weights.sum())) + 2 * float(weights @ undecided)
