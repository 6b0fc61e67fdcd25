"""What becomes of values that are missing, before EM begins."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise
from typing import Any, Literal

import numpy as np

from gmmviz.datasets.base import Dataset
from gmmviz.engine.e_step import EStep
from gmmviz.engine.iterations import iterations
from gmmviz.engine.m_step import MStep
from gmmviz.errors import CollapseError, InputError, warn
from gmmviz.mixture.mixture import Mixture

Missing = Literal["refuse", "drop", "marginalize"]
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


def without_gaps(data: Dataset) -> Dataset:
    """Return the points that have all values, and say how many have not.

    Raises
    ------
    InputError
        If none has.
    """
    whole = np.asarray(~np.isnan(data.observed).any(axis=1))
    n_gone = int(np.count_nonzero(~whole))
    if n_gone == 0:
        return data
    if n_gone == len(whole):
        raise InputError(f"every point of {data.name} has a missing value: write missing='marginalize'", "missing")
    warn(f"{data.name}: {n_gone:,} of {len(whole):,} points left out because values are missing")
    pixels = np.arange(len(whole)) if data.shape and data.pixels is None else data.pixels
    each = {"labels": data.labels, "weights": data.weights, "known": data.known, "pixels": pixels}
    some: dict[str, Any] = {name: None if values is None else values[whole] for name, values in each.items()}
    return replace(data, points=data.points[whole], missing="refuse", gaps=None, **some)


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
