"""Where runs on the page begin: a table of starts, since no random numbers of NumPy's can be drawn there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gmmviz.datasets import Dataset
from gmmviz.errors import InputError
from gmmviz.mixture.mixture import Mixture
from gmmviz.starts import (
    Corner,
    Identical,
    KMeans,
    KMeansPlusPlus,
    OnPoint,
    RandomPoints,
    RandomResponsibilities,
    Start,
)

SEEDS = 10  # from 0, besides the scene's own
POOR: dict[str, Start] = {"corner": Corner(), "identical": Identical(), "on_point": OnPoint()}  # of one seed
MOST_COMPONENTS = 6  # besides the scene's own number

Packed = dict[str, Any]


def packed(start: Mixture, data: Dataset) -> Packed:
    """Return a start in few letters: rows of the points instead of means, and nothing that is alike.

    Parameters
    ----------
    start : Mixture
    data : Dataset
        Of which most starts choose points.

    Returns
    -------
    dict
        For JSON; it holds every digit.
    """
    K, D = start.means.shape
    found: Packed = {}
    rows = [np.flatnonzero((data.points == mean).all(axis=1)) for mean in start.means]
    if all(len(row) for row in rows):
        found["at"] = [int(row[0]) for row in rows]
    else:
        found["means"] = start.means.ravel().tolist()
    if not (start.weights == 1 / K).all():
        found["weights"] = start.weights.tolist()
    if (start.covariances == np.diag(np.diag(start.covariances[0]))).all():
        found["variances"] = np.diag(start.covariances[0]).tolist()
    elif (start.covariances == (np.eye(D) * start.covariances)).all():
        found["diagonals"] = np.diagonal(start.covariances, axis1=1, axis2=2).ravel().tolist()
    else:
        found["covariances"] = start.covariances.ravel().tolist()
    return found


def table_of_starts(
    data: Dataset, own: Mapping[str, Start | Mixture], n_components: int, seed: int
) -> dict[str, Any]:
    """Return every start that the page offers.

    Parameters
    ----------
    data : Dataset
    own : mapping of str to Start or Mixture
        The start of the run, under its kind.
    n_components : int
        Of the run.
    seed : int
        Of the run.

    Returns
    -------
    dict
        For each kind whether its covariances are given, whether it has seeds, and the starts by "components/seed".
    """
    usual: dict[str, Start | Mixture] = {
        "random_points": RandomPoints(),
        "kmeans++": KMeansPlusPlus(),
        "kmeans": KMeans(),
        "random_responsibilities": RandomResponsibilities(),
        **POOR,
    }
    most = min(MOST_COMPONENTS, len(data.counting[0]))
    numbers = sorted({*range(1, most + 1), n_components})
    kinds = dict(own) | {kind: start for kind, start in usual.items() if kind not in own}
    return {kind: _starts(data, start, numbers, n_components, seed) for kind, start in kinds.items()}


def _starts(
    data: Dataset, start: Start | Mixture, numbers: list[int], n_components: int, seed: int
) -> dict[str, Any]:
    if isinstance(start, Mixture):
        table = {f"{n_components}/0": packed(start, data)}
        return {"given": True, "seeded": False, "table": table}
    seeded = hasattr(start, "seed")
    first: Any = start
    if seeded:
        from dataclasses import replace

        first = replace(first, seed=0)
    seeds = [0] if not seeded or start in POOR.values() else sorted({*range(SEEDS), seed})
    table = {}
    for K in numbers:
        for number in seeds:
            try:
                table[f"{K}/{number}"] = packed(first.attempt(number).mixture(data, K), data)
            except InputError:
                if n_components == K and number == seed:
                    raise
    given = getattr(start, "covariances", None) is not None
    return {"given": given, "seeded": seeded, "table": table}
