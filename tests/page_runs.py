"""Runs of gmmviz, written down for the page's engine to be measured by."""

from itertools import product

import numpy as np

import gmmviz as gv
from gmmviz.explorable.starts import packed


def case(
    name,
    data,
    K,
    start,
    algorithm="em",
    family="full",
    *,
    tol=0.0,
    max_iter=30,
    stop_on="log_likelihood",
    ridge="auto",
):
    """A run, its model as the page gets it, and every snapshot."""
    own = {} if algorithm == "kmeans" else {"covariance_type": family}
    trace = gv.fit(
        data,
        start,
        n_components=K,
        algorithm=algorithm,
        max_iter=max_iter,
        tol=tol,
        stop_on=stop_on,
        reg_covar=ridge,
        **own,
    )
    data, _mixture = trace.data, trace[-1].mixture
    points = data.points
    given = isinstance(start, gv.Mixture)
    begin = start if given else start.mixture(data, K)
    events = [(t, e) for t, e in trace.events if e.kind in ("dead", "decreased")]
    ends = [e for _, e in trace.events if e.kind == "collapsed"]
    last_kinds = [e.component for _, e in trace.events if e.kind == "held"]
    with np.errstate(over="ignore"):
        spreads = (
            points.std(axis=0)
            if abs(points).max() < 1e100 and abs(points).max() > 1e-100
            else abs(points).max(axis=0)
        )
    return {
        "name": f"{name}, K = {K}, {family}, {algorithm}, {start}",
        "model": {
            "points": {
                "values": points.ravel().tolist(),
                "weights": None if data.weights is None else data.weights.tolist(),
                "names": list(data.feature_names),
            },
            "choice": {"K": K, "kind": "it", "seed": 0, "family": family, "algorithm": algorithm, "ridge": ridge},
            "ends": {"tol": tol, "stopOn": stop_on, "maxIter": max_iter},
            "starts": {"it": {"given": given, "seeded": False, "table": {f"{K}/0": packed(begin, data)}}},
        },
        "spreads": [float(s) if s > 0 else 1.0 for s in spreads],
        "offsets": abs(points).max(axis=0).tolist(),
        "snapshots": [
            {
                "weights": s.mixture.weights.tolist(),
                "means": s.mixture.means.ravel().tolist(),
                "covariances": s.mixture.covariances.ravel().tolist(),
                "logLikelihood": s.log_likelihood,
                "objective": s.objective,
                "counts": s.counts.tolist(),
            }
            for s in trace
        ],
        "bounds": [h.lower_bound for h in gv.half_steps(trace) if h.step == "m"]
        if data.points.shape[1] < 4
        else None,
        "stop": trace.stop_reason,
        "end": {"component": ends[0].component, "point": ends[0].point} if ends else None,
        "events": [[t, e.kind, e.component, _amount(e)] for t, e in events],
        "held": last_kinds,
        "parameters": trace.n_parameters,
        "aic": trace.aic,
        "bic": trace.bic,
    }


def _amount(event):
    return float(event.message.rsplit(" ", 1)[1]) if event.kind == "decreased" else None


def every_case():
    """Every family, algorithm, K = 1 to 6, D = 1 to 4; and what is hard."""
    faithful = gv.load_dataset("old_faithful")
    # Hard assignment gives a point halfway between two means to either, as rounding has it: iris has such points.
    iris = gv.load_dataset("iris").points + np.random.default_rng(0).normal(scale=1e-4, size=(150, 4))
    sets = {
        "faithful": faithful,
        "galaxies": gv.load_dataset("galaxies"),
        "iris": gv.Dataset(iris),
        "iris in 3D": gv.Dataset(iris[:, :3]),
    }
    families = ("full", "tied", "diag", "spherical")
    for (name, data), family, K in product(sets.items(), families, range(1, 7)):
        yield case(name, data, K, gv.RandomPoints(seed=K))
        yield case(name, data, K, gv.RandomPoints(seed=10 + K), family=family)
    for (name, data), K in product(sets.items(), (2, 3, 5)):
        yield case(name, data, K, gv.RandomPoints(seed=1), "hard_em")
        yield case(name, data, K, gv.KMeansPlusPlus(seed=2), "hard_em", "spherical")
        yield case(name, data, K, gv.RandomPoints(seed=2), "kmeans")
        yield case(name, data, K, gv.KMeans(seed=2), family="diag")
        yield case(name, data, K, gv.RandomResponsibilities(seed=2), family="tied")
    for family in ("full", "diag"):
        yield case("wine", gv.load_dataset("wine"), 3, gv.KMeansPlusPlus(seed=1), family=family)
    for stop_on, tol in (("log_likelihood", 1e-5), ("average_log_likelihood", 1e-5), ("parameters", 1e-3)):
        yield case("until it stops", faithful, 2, gv.RandomPoints(seed=15), stop_on=stop_on, tol=tol, max_iter=200)
    away = faithful.points * [1e-3, 1e4] + [500.0, -1e7]
    yield case("an offset of 1e7", away, 2, gv.RandomPoints(seed=3))
    yield case("an offset of 1e8", faithful.points + 1e8, 2, gv.RandomPoints(seed=3), family="diag")
    yield case("a scale of 1e-150", faithful.points * 1e-150, 2, gv.RandomPoints(seed=3))
    yield case("a scale of 1e140", faithful.points * 1e140, 2, gv.RandomPoints(seed=3), family="spherical")
    yield case("a collapse", faithful, 3, gv.OnPoint(point=4, width=1e-3), ridge=0.0, max_iter=100)
    yield case(
        "a collapse in 1D", gv.Dataset([[0.0], [1.0], [2.0], [9.0]]), 2, gv.OnPoint(point=3, width=0.01), ridge=0.0
    )
    yield case("held open", gv.Dataset([[0.0], [1.0], [2.0], [9.0]]), 2, gv.OnPoint(point=3, width=0.01))
    yield case(
        "a constant feature", gv.Dataset([[0.0, 5], [1, 5], [3, 5], [4, 5]]), 2, gv.RandomPoints(), ridge=0.0
    )
    yield case(
        "a constant feature with a ridge", gv.Dataset([[0.0, 5], [1, 5], [3, 5], [4, 5]]), 2, gv.RandomPoints()
    )
    yield case("identical components", faithful, 3, gv.Identical())
    dead = gv.Mixture.of([0.5, 0.5], [[3.5, 70], [90, 900]], [[[1, 0], [0, 100]]] * 2)
    yield case("a dead component", faithful, 2, dead)
    yield case("a dead component of hard EM", faithful, 2, dead, "hard_em", "tied")
    yield case("a large ridge", faithful, 2, gv.RandomPoints(seed=4), ridge=0.5)
    tilted = gv.Mixture.of([0.3, 0.7], [[2, 50], [4, 80]], [[[1, 5], [5, 100]], [[2, 0], [0, 50]]])
    for family in families:
        yield case("a start of another family", faithful, 2, tilted, family=family)
    yield case("a start of another family", faithful, 2, tilted, "kmeans")
    weighted = gv.Dataset(faithful.points, weights=np.arange(272) % 4 + 0.5)
    zeros = gv.Dataset(faithful.points, weights=(np.arange(272) % 3) * 1.0)
    for data, K in product((weighted, zeros), (2, 3)):
        yield case("weighted points", data, K, gv.RandomPoints(seed=K))
        yield case("weighted points", data, K, gv.RandomPoints(seed=K), "hard_em")
