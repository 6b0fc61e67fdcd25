"""What came out of a film's runs, as fields that the film's last words can name.

A film says its point in numbers, such as "Seven seeds reach −3.628, the others stop at −4.031". A field with a run
in brackets is that run's: ``{bic[2]}`` of the second, ``{bic[tied]}`` of the one that is called so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief, hint
from gmmviz.mixture.matching import disagree, match_components
from gmmviz.storyboard.captions import RUN_FIELD, Captions
from gmmviz.storyboard.cells import refuse_cells
from gmmviz.storyboard.run import Run

SURE = 0.9  # a responsibility from which on a point is not shared
ALIKE = 1e-3  # nats per point: ends that are nearer to the best one reach it


def with_results(captions: Captions, runs: Sequence[Run]) -> Captions:
    """Fill in the fields that speak of the runs' ends.

    Parameters
    ----------
    captions : Captions
    runs : sequence of Run
        The film's runs.

    Returns
    -------
    Captions
        Whose templates speak of the moment alone.

    Raises
    ------
    InputError
        If a field names a run that the film does not have, or that has no such result; at ("captions", template).
    """
    filled = {}
    for name, template in captions.templates():
        try:
            filled[name] = RUN_FIELD.sub(lambda found: _escaped(_result(found, runs)), template)
        except InputError as error:
            raise InputError(str(error), "captions", name) from None
    return replace(captions, **{name: text for name, text in filled.items() if text != getattr(captions, name)})


def _result(found: re.Match[str], runs: Sequence[Run]) -> str:
    """Return the result of the run that is called or numbered so, or of the whole film."""
    of_run, which, of_film = found.groups()
    if of_film:
        return OF_FILM[of_film](runs)
    names = [run.name for run in runs]
    if which in names:
        return OF_RUN[of_run](runs[names.index(which)].trace)
    if which.isdecimal() and 1 <= int(which) <= len(runs):
        return OF_RUN[of_run](runs[int(which) - 1].trace)
    known = hint(which, [run for run in names if run]) if any(names) else f"they are 1 to {len(runs)}"
    raise InputError(f"no run of the film is called {brief(which)}; {known}")


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _number(value: float, form: str = ",.3f") -> str:
    return format(value, form).replace("-", "−")


def _per_point(trace: Trace) -> float:
    return float(trace.average_log_likelihoods[-1])


def _labels(trace: Trace, field: str) -> npt.NDArray[Any]:
    """Return the known labels, which a field needs."""
    refuse_cells(trace.data, f"{{{field}}} asks for the label of each point")
    if trace.data.labels is None:
        raise InputError(f"{trace.data.name} has no labels, so {{{field}}} is not known")
    return trace.data.labels


def _purity(trace: Trace) -> str:
    """Share of the points whose known label is the commonest in their component."""
    labels, own = _labels(trace, "purity"), trace.labels(-1)
    right = sum(np.unique(labels[own == k], return_counts=True)[1].max() for k in np.unique(own))
    return f"{100 * right / len(labels):.0f} %"


def _errors(trace: Trace) -> str:
    """Count the points that are not in the component that is paired with their known label."""
    _, known = np.unique(_labels(trace, "errors"), return_inverse=True)
    return f"{np.count_nonzero(disagree(known, trace.labels(-1))):,}"


def _truth(trace: Trace) -> str:
    """The average log-likelihood of the mixture that the data was drawn from."""
    if trace.data.truth is None:
        raise InputError(f"the true mixture of {trace.data.name} is not known, and {{truth}} with it")
    points, weights = trace.data.counting
    return _number(float(np.average(trace.data.truth.log_prob(points), weights=weights)))


def _mean_error(trace: Trace) -> str:
    """Root mean square distance of the means from those that the data was drawn from, in pairs."""
    truth, estimate = trace.data.truth, trace[-1].mixture
    if truth is None or truth.n_components != estimate.n_components:
        raise InputError(
            f"the true mixture of {trace.data.name} is not known, or has not as many components, and "
            "{mean_error} with it"
        )
    away = estimate.means[match_components(estimate, truth)] - truth.means
    return f"{np.sqrt((away**2).sum(axis=1).mean()):.2g}"


def _shared(trace: Trace) -> str:
    """Count the points that no component has to nine tenths."""
    return f"{np.count_nonzero(trace.responsibilities(-1).max(axis=1) < SURE):,}"


def _differ(runs: Sequence[Run]) -> str:
    """Count the points that the first two runs give to different components."""
    if len(runs) < 2 or runs[0].trace.n_points != runs[1].trace.n_points:
        raise InputError("{differ} counts points that two runs of the same data give to different components")
    refuse_cells(runs[0].trace.data, "{differ} counts points")
    return f"{np.count_nonzero(disagree(*(run.trace.labels(-1) for run in runs[:2]))):,}"


def _ends(runs: Sequence[Run]) -> list[float]:
    return [_per_point(run.trace) for run in runs]


def _n_best(runs: Sequence[Run]) -> int:
    return sum(end >= max(_ends(runs)) - ALIKE for end in _ends(runs))


OF_RUN: dict[str, Callable[[Trace], str]] = {
    "iterations": lambda trace: f"{len(trace) - 1:,}",
    "log_likelihood": lambda trace: _number(_per_point(trace)),
    "components": lambda trace: str(trace.n_components),
    "points": lambda trace: f"{trace.n_points:,}",
    "parameters": lambda trace: f"{trace.n_parameters:,}",
    "aic": lambda trace: _number(trace.aic, ",.0f"),
    "bic": lambda trace: _number(trace.bic, ",.0f"),
    "purity": _purity,
    "errors": _errors,
    "truth": _truth,
    "mean_error": _mean_error,
    "shared": _shared,
}
OF_FILM: dict[str, Callable[[Sequence[Run]], str]] = {
    "runs": lambda runs: str(len(runs)),
    "best": lambda runs: _number(max(_ends(runs))),
    "worst": lambda runs: _number(min(_ends(runs))),
    "n_best": lambda runs: str(_n_best(runs)),
    "n_others": lambda runs: str(len(runs) - _n_best(runs)),
    "differ": _differ,
}
