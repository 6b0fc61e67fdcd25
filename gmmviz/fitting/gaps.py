"""What becomes of values that are missing, before EM begins."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

import numpy as np

from gmmviz.datasets.base import Dataset
from gmmviz.datasets.missing import Missing
from gmmviz.engine.e_step import EStep
from gmmviz.engine.iterations import iterations
from gmmviz.engine.m_step import MStep
from gmmviz.errors import CollapseError, InputError
from gmmviz.mixture.mixture import Mixture

ROUNDS = 50  # of EM with a single Gaussian, at most
NEAR = 1e-6  # of its log-likelihood, from one round to the next


def taken(X: Any, missing: Missing) -> Dataset:
    """Return `X` as data; if it is no `Dataset` yet, with gaps unless these are refused."""
    if isinstance(X, Dataset):
        return X if missing == "refuse" else replace(X, missing="marginalize")
    try:
        return Dataset(X, missing="refuse" if missing == "refuse" else "marginalize")
    except InputError as error:
        if missing == "refuse" and "holds NaN" in str(error):
            raise InputError(f"{error}, or fit what is there, with missing='marginalize'", *error.place) from None
        raise


def filled(data: Dataset) -> Dataset:
    """Return the data with each gap at its conditional mean under one Gaussian, fitted to what is there."""
    if not data.incomplete:
        return data
    e_step = EStep.of(*data.counting, gaps=True)
    coordinates = e_step.coordinates
    mixture = Mixture(np.ones(1), coordinates.center[None], np.diag(coordinates.spreads**2)[None])
    run = iterations(mixture, e_step, MStep(ridge=coordinates.ridge * coordinates.scale**2))
    try:
        for before, now in pairwise(islice(run, ROUNDS)):
            mixture = now.mixture
            if abs(now.log_likelihood - before.log_likelihood) <= NEAR * (1 + abs(now.log_likelihood)):
                break
    except CollapseError:
        pass  # the last one is as good
    return replace(data, points=mixture.impute(data.observed), missing="refuse", gaps=None)
