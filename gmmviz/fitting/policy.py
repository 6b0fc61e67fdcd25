"""The policy around EM: where to begin, when to stop, what to do about a collapse, how often to start again."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from itertools import chain, islice, repeat
from numbers import Integral
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array, warn_of_other_index
from gmmviz.datasets.base import Dataset
from gmmviz.datasets.far import FarRows
from gmmviz.datasets.missing import Missing, without_empty, without_gaps
from gmmviz.engine.algorithms import ALGORITHMS
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.crew import working
from gmmviz.engine.e_step import EStep
from gmmviz.engine.fixed import Fixed, checked_names
from gmmviz.engine.iterations import iterations
from gmmviz.engine.m_step import MStep
from gmmviz.engine.online import Online, OnlineStep, Points
from gmmviz.engine.prior import Conjugate, Prior
from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.engine.trace import Trace
from gmmviz.errors import CollapseError, InputError, brief, counted
from gmmviz.executors import as_executor
from gmmviz.fitting.checkpoint import Checkpoint
from gmmviz.fitting.distinct import distinct
from gmmviz.fitting.events import (
    collapse_error,
    collapse_event,
    constant_event,
    deaths,
    falls,
    flat_features,
    held,
)
from gmmviz.fitting.gaps import filled, taken
from gmmviz.fitting.known import check_prior, matched, with_known
from gmmviz.mixture.covariance import FAMILIES, CovarianceType, full, one_sphere, tied
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import check_choice, check_not_negative, check_whole
from gmmviz.options.checks import is_number
from gmmviz.registry import must_return
from gmmviz.starts import Given
from gmmviz.starts.base import Start, as_start, check_components, check_spread, covariance_of

StopOn = Literal["log_likelihood", "average_log_likelihood", "parameters"]
OnCollapse = Literal["stop", "raise", "restart"]

LARGEST_RATIO = 1e140  # of spreads; the square of a larger one is near the largest number
FARTHEST = 1e15  # from farther away, float64 cannot tell the points apart
MOST_ITERATIONS, MOST_STARTS = 1_000_000, 10_000  # each is kept in the record
RESTARTS = 10  # starts tried after a collapse
PATIENCE = 5  # passes of online EM, of which a single one may change little by chance


def fit(
    X: Any,
    start: Mixture | Start | str = "random_points",
    *,
    n_components: int | None = None,
    covariance_type: CovarianceType = "full",
    algorithm: str = "em",
    max_iter: int = 200,
    tol: float = 1e-7,
    stop_on: StopOn = "log_likelihood",
    reg_covar: float | Literal["auto"] = "auto",
    n_init: int = 1,
    on_collapse: OnCollapse = "stop",
    sample_weight: npt.ArrayLike | None = None,
    fixed: Sequence[str] = (),
    prior: Prior | bool = False,
    labels: npt.ArrayLike | None = None,
    beta: float | Sequence[float] | None = None,
    missing: Missing = "refuse",
    online: Online | None = None,
    threads: int | None = None,
    executor: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    watch: Callable[[Snapshot], object] | None = None,
) -> Trace:
    """Fit a Gaussian mixture and record every iteration.

    Parameters
    ----------
    X : Dataset or array_like, shape (N, D)
        Files, memory maps, and arrays of Zarr and Dask may be larger than memory: slices of them are read.
    start : Mixture, Start or str
        Where to begin: a mixture, a start such as ``RandomPoints(seed=3)``, or a start's name.
    n_components : int, optional
        K; needed unless `start` is a mixture or ``Given``.
    covariance_type : {"full", "tied", "diag", "spherical"}
        What the covariances may look like. Not for k-means, which has one sphere for all components.
    algorithm : {"em", "annealing", "online_em", "hard_em", "kmeans"}
        EM, or one of its siblings, which keep the same kind of record. An iteration of online EM (Cappé & Moulines
        2009) is a pass over the points, with an M-step after each batch of them; the likelihood may fall.
    max_iter : int
        The largest number of M-steps.
    tol : float
        The run stops when the change is this small; 0 never stops it. By default it is so small that in a film
        nothing can be seen to change.
    stop_on : {"log_likelihood", "average_log_likelihood", "parameters"}
        What must have stopped changing: the total log-likelihood l, ``|change| <= tol * (1 + |l|)`` (as in
        mclust; Fraley & Raftery 2007); the log-likelihood per point, ``|change| <= tol``, in nats (as in
        scikit-learn); or every weight, mean and covariance, where means are measured in standard
        deviations of the data and covariances in its variances.
    reg_covar : float or "auto"
        Added to the diagonal of the covariances, in the data's units squared. ``"auto"`` takes 1e-6 of
        each feature's variance, so that a change of units changes nothing.
    n_init : int
        How many starts to try. The best run is returned, and all of them are its `attempts`.
    on_collapse : {"stop", "raise", "restart"}
        What to do when a covariance becomes singular: end the run and keep what came before, raise
        `CollapseError`, or try up to 10 other starts. Where every start collapses, the record returned is
        that of the collapsed run that climbed highest, as with ``"stop"``.
    sample_weight : array_like, shape (N,), optional
        How often each point counts, 0 or more: a point of weight 2 is two points, and fractions are allowed.
        Counts, log-likelihoods and criteria are weighted, and the sum of the weights stands for N. The record's
        data keep them as `weights`.
    fixed : sequence of str
        What EM leaves as it is in the start: ``"weights"``, ``"means"`` or ``"covariances"``, or those of single
        components, counted from 0, such as ``"means[0]"``. Weights that are not fixed share what is left.
    prior : Prior or bool
        A prior on the parameters, ``True`` for the default one (Fraley & Raftery 2007): the run then climbs to the
        most probable parameters (MAP), and its `objectives` are the log-posterior, up to a constant.
        No component collapses; ``reg_covar="auto"`` adds nothing.
    labels : array_like, shape (N,), optional
        The component of each point where it is known, counted from 0, and -1 where it is not; or classes in words,
        empty where they are not known, which are numbered in the order of the alphabet. Known points keep their
        component (semi-supervised EM); the likelihood is that of the points and of what is known of them. A start
        that is not given has its components numbered as suits the known points best. The record's data keep the
        numbers as `known`.
    beta : float or sequence of float, optional
        For ``algorithm="annealing"``: responsibilities are proportional to weight times density to this power
        (Ueda & Nakano 1998). A list has one number for each iteration, of which the last goes for the rest. By
        default 0.5, 0.55, 0.605, ... 1; from a small number, components become one and hardly part again. With a
        large number, or ``math.inf``, it is hard EM.
    missing : {"refuse", "drop", "marginalize"}
        What to do about values that are missing, which are NaN: refuse them, leave their rows out with a warning,
        or fit what is there, for which points without any value are left out with a warning. The E-step then asks
        each point about the values that it has; the M-step takes the conditional means and covariances of the
        others (Ghahramani & Jordan 1994). Starts see conditional means under a single Gaussian instead.
    online : Online, optional
        For ``algorithm="online_em"``: how many points are in a batch, and how far each batch moves the mixture.
    threads : int, optional
        How many threads work on large data; by default one for each core, but at most eight. The record has the
        same bytes for every number.
    executor : concurrent.futures.Executor or distributed.Client, optional
        Works on large data instead, such as on the machines of a Dask cluster. Arrays are sent to its processes
        once; a memory-mapped file is read by them. Not for small data, which are done sooner here.
    checkpoint : str or path, optional
        A file, ``"run.npz"``, of what the runs have come to. The same call goes on from there and ends with the
        same numbers to 1e-12; `max_iter` and `tol` may be others. It is written so often that this takes a tenth
        of the time at most, and when a run ends or is interrupted.
    watch : callable, optional
        Is called with each snapshot as soon as it is made, such as to show how far a long run is. With several
        starts, each run begins with iteration 0.

    Returns
    -------
    Trace
        The record of the run: a sequence of snapshots, of which the first is the start.

    Raises
    ------
    InputError
        If there are fewer points than components, or a setting is invalid.
    CollapseError
        If `on_collapse` is ``"raise"`` and a covariance has become singular.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=3), n_components=2)
    >>> round(trace[-1].log_likelihood, 2)
    -1130.26
    """
    warn_of_other_index("sample_weight", sample_weight, X)
    warn_of_other_index("labels", labels, X)
    check_choice("missing", missing, get_args(Missing))
    data = with_known(_weighted(taken(X, missing), sample_weight), labels)
    data = without_gaps(data) if missing == "drop" else without_empty(data) if data.incomplete else data
    check_choice("covariance_type", covariance_type, FAMILIES)
    check_choice("algorithm", algorithm, ALGORITHMS)
    check_choice("stop_on", stop_on, get_args(StopOn))
    check_choice("on_collapse", on_collapse, get_args(OnCollapse))
    check_whole("max_iter", max_iter, 0, MOST_ITERATIONS)
    check_whole("n_init", n_init, 1, MOST_STARTS)
    check_not_negative("tol", tol)
    _check_reg_covar(reg_covar)
    fixed = checked_names(fixed)
    if not isinstance(prior, Prior | bool | np.bool_):
        raise InputError(f"prior must be True or a gmmviz.Prior, not {brief(prior)}", "prior")
    if not isinstance(online, Online | None):
        raise InputError(f"online must be a gmmviz.Online, not {brief(online)}", "online")
    if not (watch is None or callable(watch)):
        raise InputError(f"watch must be a function of one snapshot, not {brief(watch)}", "watch")
    has_own_family = ALGORITHMS[algorithm].constrain is not None
    if has_own_family and covariance_type != "full":
        raise InputError(
            f"algorithm={algorithm!r} has covariances of its own, one sphere for all: leave out "
            f"covariance_type={covariance_type!r}, or choose algorithm='hard_em'",
            "covariance_type",
        )
    wrong = [name for name in fixed if has_own_family and not name.startswith("means")]
    if wrong:
        raise InputError(
            f"algorithm={algorithm!r} has equal weights and one sphere for all, so means alone can be fixed: "
            f"leave {wrong[0]!r} out, or choose algorithm='hard_em'",
            "fixed",
        )
    has_passes = ALGORITHMS[algorithm].online
    if checkpoint is not None and has_passes:
        raise InputError(
            f"algorithm={algorithm!r} remembers more than its mixture, so it cannot go on from a file: leave out "
            "checkpoint",
            "checkpoint",
        )
    if online and not has_passes:
        raise InputError(
            f"algorithm={algorithm!r} has no batches: choose algorithm='online_em', or leave out online",
            "online",
        )
    if has_passes and isinstance(data.points, FarRows):
        raise InputError(
            f"{algorithm!r} takes points in random order, but {data.name} is not in memory: choose 'em'",
            "algorithm",
        )
    settings: dict[str, Any] = {
        **({} if has_own_family else {"covariance_type": covariance_type}),
        "algorithm": algorithm,
        # Python's own numbers, whatever NumPy numbers were given, so that a record can be saved.
        "max_iter": int(max_iter),
        "tol": float(tol),
        "stop_on": stop_on,
        "reg_covar": reg_covar if reg_covar == "auto" else float(reg_covar),
        **({"fixed": list(fixed)} if fixed else {}),
        **({"beta": _checked_betas(beta, algorithm)} if beta is not None else {}),
        **({"online": asdict(online or Online())} if has_passes else {}),
    }
    with working(threads, as_executor(executor)):
        e_step = EStep.of(*distinct(data), gaps=data.incomplete)
        coordinates = e_step.coordinates
        check_spread(data, coordinates)
        _check_one_unit(data, coordinates, settings)
        kind = ALGORITHMS[algorithm]
        constrain = kind.constrain or FAMILIES[covariance_type]
        m_step = MStep(constrain, _ridge(coordinates, reg_covar), kind.equal_weights)
        if prior and has_own_family:
            raise InputError(
                f"algorithm={algorithm!r} has no prior: choose 'em' or 'hard_em', or leave it out", "prior"
            )
        if prior and reg_covar == "auto":
            m_step = replace(m_step, ridge=0.0)
        attempts: list[Trace] = []
        wanted = n_init
        start = start if isinstance(start, Mixture) else _as_start(start, n_components)
        completion = start.completion() if isinstance(start, Start) else ""
        given = isinstance(start, Mixture) or getattr(start, "covariances", None) is not None
        whole = data if isinstance(start, Mixture) and not prior else filled(data)
        kept = (
            Checkpoint(checkpoint, data, coordinates, {**settings, "prior": repr(prior)})
            if checkpoint is not None
            else None
        )
        for mixture in _starts(whole, start, n_components):
            if data.known is not None:
                mixture = matched(mixture, data, fixed=isinstance(start, Mixture | Given), labels=labels)
            _check_reach(data, coordinates, mixture)
            if prior:
                own = _conjugate(prior, whole, coordinates, covariance_type, mixture.n_components)
                if data.known is not None:
                    check_prior(own, data)
                m_step, settings = replace(m_step, prior=own), {**settings, "prior": own.settings}
            run = kept.of(len(attempts)).iterations if kept else iterations
            trace = _run(data, mixture, given, e_step, m_step, settings, completion, watch, run)
            attempts.append(trace)
            if trace.stop_reason == "collapsed":
                if on_collapse == "raise":
                    raise collapse_error(trace)
                if on_collapse == "restart" and wanted < n_init + RESTARTS:
                    wanted += 1
            if len(attempts) == wanted:
                break
        best = max(attempts, key=lambda trace: (trace.stop_reason != "collapsed", trace[-1].objective))
        return replace(best, attempts=tuple(attempts))


def _weighted(data: Dataset, sample_weight: Any) -> Dataset:
    """Return the data with these weights."""
    if sample_weight is None:
        return data
    if data.weights is not None:
        raise InputError(f"{data.name} has weights of its own: leave out sample_weight", "sample_weight")
    try:
        return replace(data, weights=sample_weight)
    except InputError as error:
        raise InputError(f"sample_weight: {error}", "sample_weight") from None


def _checked_betas(beta: Any, algorithm: str) -> list[float]:
    """Return the inverse temperature of each iteration.

    Raises
    ------
    InputError
        If the algorithm has none, or one is no number greater than 0.
    """
    if algorithm != "annealing":
        raise InputError(
            f"algorithm={algorithm!r} has no beta: choose algorithm='annealing', or leave it out", "beta"
        )
    betas = [beta] if np.ndim(beta) == 0 else list(beta)
    if not betas or not all(is_number(each) and each > 0 for each in betas):
        raise InputError(f"beta must be a number greater than 0, or a list of them, not {brief(beta)}", "beta")
    return list(map(float, betas))


def _check_reg_covar(given: Any) -> None:
    if not isinstance(given, str) or given != "auto":
        check_not_negative("reg_covar", given, other="'auto' or ")


def _check_one_unit(data: Dataset, coordinates: Coordinates, settings: dict[str, Any]) -> None:
    """Raise `InputError` if all features are to share a variance but are no numbers in a common unit."""
    name = "covariance_type" if settings.get("covariance_type") == "spherical" else "algorithm"
    shared = name == "covariance_type" or ALGORITHMS[settings["algorithm"]].constrain is one_sphere
    spreads = coordinates.spreads
    small, large = int(spreads.argmin()), int(spreads.argmax())
    if shared and spreads[small] < spreads[large] / LARGEST_RATIO:
        names = data.feature_names
        raise InputError(
            f"{name}={settings[name]!r} has one variance for all features, but {names[small]} spreads over "
            f"{spreads[small]:.0e} and {names[large]} over {spreads[large]:.0e}: give them units of like size",
            name,
        )


def _check_reach(data: Dataset, coordinates: Coordinates, start: Mixture) -> None:
    """Raise `InputError` if a mean is so far from the data that all points are one as seen from there."""
    size = np.maximum(coordinates.spreads, np.abs(coordinates.center))
    far = np.abs(start.means / size - coordinates.center / size) > FARTHEST
    for k, d in np.argwhere(far).tolist()[:1]:
        raise InputError(
            f"the start's component {k + 1} has the mean {start.means[k, d]:g} of {data.feature_names[d]}, which "
            f"is more than {FARTHEST:.0e} times as far away as {data.name} is large: begin nearer",
            "start",
        )


def _run(
    data: Dataset,
    start: Mixture,
    given: bool,
    e_step: EStep,
    m_step: MStep,
    settings: dict[str, Any],
    completion: str,
    watch: Callable[[Snapshot], object] | None,
    run: Callable[..., Generator[Snapshot, None, None]],
) -> Trace:
    """Run EM once, until it converges, collapses or has had all its iterations."""
    constrain, ridge = m_step.constrain, m_step.ridge
    if m_step.constrain is one_sphere or not (given or constrain is full):
        # From covariances outside the family, the first M-step may lower the likelihood.
        K = start.n_components
        weights = np.full(K, 1 / K) if m_step.equal_weights else start.weights
        start = Mixture(weights, start.means, constrain(start.covariances, np.ones(K)))
    if fixed := settings.get("fixed"):
        shared = constrain in (tied, one_sphere)
        m_step = replace(m_step, fixed=Fixed.of(fixed, start, shared=shared))
    step: MStep | OnlineStep = m_step
    if online := settings.get("online"):
        points = Points(*data.counting, data.known_counting, gaps=data.incomplete)
        step = OnlineStep(points, m_step, Online(**online))
    max_iter, tol, stop_on = settings["max_iter"], settings["tol"], settings["stop_on"]
    betas = settings.get("beta") or ALGORITHMS[settings["algorithm"]].betas
    snapshots: list[Snapshot] = []
    end: Event | None = None
    quiet, wanted = 0, PATIENCE if online else 1
    try:
        temperatures = chain(betas, repeat(betas[-1]))
        with closing(run(start, e_step, step, temperatures)) as states:
            for snapshot in islice(states, max_iter + 1):
                snapshots.append(snapshot)
                if watch:
                    watch(snapshot)
                if tol > 0 and len(snapshots) > len(betas):
                    quiet = quiet + 1 if _change(snapshots[-2], snapshot, e_step, stop_on) <= tol else 0
                if quiet == wanted:
                    what = "parameters" if stop_on == "parameters" else "likelihood"
                    end = Event("converged", f"the {what} hardly changed any more")
                    break
    except CollapseError as collapse:
        if not snapshots:
            raise InputError(
                f"the start's component {collapse.component + 1} is too small or too flat for "
                f"{data.name}: give it a larger covariance",
                "start",
            ) from None
        flat = flat_features(data, e_step.coordinates, ridge, constrain)
        if flat:
            end = constant_event(flat, collapse.component)
        else:
            end = collapse_event(data, snapshots[-1], collapse.component)
    events = [(0, Event("completed", completion))] if completion else []
    events += deaths(snapshots)
    if not online:
        events += falls(snapshots, betas, has_prior=m_step.prior is not None)
    last = len(snapshots) - 1
    small = e_step.coordinates.ridge * e_step.coordinates.scale**2
    events += [(last, event) for event in ([end] if end else []) + held(snapshots[-1], m_step, small)]
    for t, event in events:
        snapshots[t] = snapshots[t].with_event(event)
    return Trace(data, tuple(snapshots), end.kind if end else "max_iter", settings)


def _as_start(start: Any, n_components: int | None) -> Start:
    """Return the start of that name, or the start itself."""
    if n_components is None and isinstance(start, Integral) and not isinstance(start, bool):
        raise InputError(
            "the second argument says where EM begins; the number of components has a name: "
            f"n_components={int(start)}"
        )
    return as_start(start)


def _starts(data: Dataset, start: Mixture | Start, n_components: int | None) -> Iterator[Mixture]:
    """Yield the start, then others like it for as long as there are any."""
    n_features = data.points.shape[1]
    if isinstance(start, Mixture):
        if n_components not in (None, start.n_components):
            raise InputError(
                f"n_components is {brief(n_components)}, but the start has "
                f"{counted(start.n_components, 'component')}"
            )
        n_components = start.n_components
        if start.n_features != n_features:
            raise InputError(f"the start has {counted(start.n_features, 'feature')}, {data.name} has {n_features}")
    else:
        n_components = start.components_given() if n_components is None else n_components
    if n_components is None:
        raise InputError("n_components is missing: say how many components to fit, such as n_components=2")
    check_components(data, n_components)
    if isinstance(start, Mixture):
        yield start
        raise InputError(
            "a given mixture can be tried once: leave n_init at 1 and on_collapse at 'stop', or name a start "
            "with a seed"
        )
    attempt = 0
    while True:
        mixture: Any = start.attempt(attempt).mixture(data, n_components)
        if not isinstance(mixture, Mixture):
            raise must_return("a gmmviz.Mixture", mixture, type(start).mixture)
        if mixture.n_components != n_components:
            raise must_return(counted(n_components, "component"), mixture, type(start).mixture)
        if mixture.n_features != n_features:
            features = counted(mixture.n_features, "feature")
            raise InputError(f"the start has {features}, {data.name} has {n_features}", "start")
        yield mixture
        attempt += 1


def _conjugate(
    prior: Prior | bool, data: Dataset, coordinates: Coordinates, family: CovarianceType, n_components: int
) -> Conjugate:
    """Return the prior in numbers, of which some are the data's."""
    prior = prior if isinstance(prior, Prior) else Prior()
    total = data.total_weight
    unbiased = total / max(total - 1, 1)  # as in mclust
    return Conjugate.of(prior, family, n_components, coordinates.center, unbiased * covariance_of(data))


def _ridge(coordinates: Coordinates, reg_covar: float | str) -> Array | float:
    """Return what is added to each feature's variance, in the data's units squared."""
    if reg_covar == "auto":
        return coordinates.ridge * coordinates.scale**2
    return float(reg_covar)


def _change(before: Snapshot, now: Snapshot, e_step: EStep, stop_on: StopOn) -> float:
    """How much has changed, as `fit` documents."""
    if stop_on != "parameters":
        assert now.objective is not None
        assert before.objective is not None
        per = e_step.total_weight if stop_on == "average_log_likelihood" else 1 + abs(now.objective)
        return abs(now.objective - before.objective) / per
    a, b = before.mixture, now.mixture
    deviations = e_step.coordinates.spreads
    changes = (
        np.abs(b.weights - a.weights).max(),
        (np.abs(b.means - a.means) / deviations).max(),
        (np.abs(b.covariances - a.covariances) / deviations[:, None] / deviations).max(),
    )
    return float(max(changes))
