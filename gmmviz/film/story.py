"""What a film tells, in words: alternative text for those who cannot see it, chapters, captions, file names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gmmviz.encoders.base import Step
from gmmviz.engine.trace import Trace
from gmmviz.storyboard.captions import LOSSES, Captions
from gmmviz.storyboard.frame import CAPTIONS, frame_at
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.timeline import Moment
from gmmviz.storyboard.words import plain

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ENDINGS = {
    "converged": "then hardly anything changes",
    "max_iter": "then the film stops",
    "collapsed": "then a component collapses",
}
MOST = 6  # components that are described one by one
MOST_RUNS = 2  # of which the components are described


def alt_text(runs: Sequence[Run]) -> str:
    """Tell what happens in a film of these runs.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    str
        A sentence or two for each run: what is fitted to what, how long it takes, how the average
        log-likelihood changes, what goes wrong, and where the components end.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("galaxies"), gv.RandomPoints(seed=1), n_components=1, max_iter=1)
    >>> for part in alt_text([gv.Run(trace)]).split(", "):
    ...     print(part)
    EM fits one Gaussian to 82 points of Galaxies (velocity (km/s)): one iteration
    average log-likelihood from -10.65 to -9.84
    then the film stops. Component 1 ends at (20,831) with weight 1.00.
    """
    every = []
    for run in runs:
        parts = [_run(run.trace), *(_components(run.trace) if len(runs) <= MOST_RUNS else ())]
        every.append((f"{plain(run.name)}: " if run.name else "") + " ".join(parts))
    return " ".join(every)


def _run(trace: Trace) -> str:
    n_points, n_iterations = trace.n_points, len(trace) - 1
    gaussians = f"{_number(trace.n_components)} Gaussian{'s' * (trace.n_components != 1)}"
    iterations = f"{_number(n_iterations)} iteration{'s' * (n_iterations != 1)}"
    features = ", ".join(trace.data.feature_names)
    first, last = trace.average_log_likelihoods[[0, -1]]
    decimals = int(np.clip(2 - np.ceil(np.log10(max(abs(last - first), 1e-6))), 2, 6))
    weighted = "" if trace.data.weights is None else f" with weights that sum to {trace.data.total_weight:,.6g}"
    losses = "".join(f"; {event.message}" for _, event in trace.events if event.kind in LOSSES)
    return (
        f"{trace.algorithm.title} fits {gaussians} to {n_points:,} points of {trace.data.name} ({features})"
        f"{weighted}: "
        f"{iterations}, average log-likelihood from {first:.{decimals}f} to {last:.{decimals}f}, "
        f"{ENDINGS[trace.stop_reason]}{losses}."
    )


def _components(trace: Trace) -> Iterator[str]:
    mixture = trace[-1].mixture
    if mixture.n_components > MOST:
        return
    for number, (weight, mean) in enumerate(zip(mixture.weights, mixture.means, strict=True), 1):
        place = ", ".join(f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}" for value in mean)
        yield f"Component {number} ends at ({place}) with weight {weight:.2f}."


def _number(n: int) -> str:
    return NUMBERS[n] if n < len(NUMBERS) else f"{n:,}"


def steps(moments: Sequence[Moment], trace: Trace, captions: Captions = CAPTIONS) -> tuple[Step, ...]:
    """Return the steps of a film, with the words of the run that the caption bar speaks about."""
    opens = [i for i, moment in enumerate(moments) if moment.opens]
    lasts = [i - 1 for i in opens[1:]] + [len(moments) - 1]
    return tuple(_step(moments[i], moments[j], j, trace, captions) for i, j in zip(opens, lasts, strict=True))


def _step(first: Moment, last: Moment, number: int, trace: Trace, captions: Captions) -> Step:
    frame = frame_at(trace, last, captions)
    earliest, latest = first.before + 1, first.after  # they differ in fast motion
    if first.phase == "end":
        name = "epilogue" if first.epilogue else "end"
        chapter = name.capitalize()
    else:
        digits = max(2, len(str(len(trace) - 1)))
        name = f"{latest:0{digits}}_{first.phase}"
        if first.phase == "start":
            chapter = "Start"
        else:
            chapter = f"Iteration {latest}" if earliest == latest else f"Iterations {earliest} to {latest}"
    return Step(
        name=name,
        phase=first.phase,
        iteration=latest,
        chapter=chapter,
        begins=first.time,
        ends=last.time + last.duration,
        last=number,
        label=plain(frame.label),
        caption=plain(frame.caption),
    )
