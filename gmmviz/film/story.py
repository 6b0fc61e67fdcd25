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
from gmmviz.storyboard.vocabulary import ENGLISH, Words
from gmmviz.storyboard.words import plain

ENDINGS = {"converged": "ends_converged", "max_iter": "ends_stopped", "collapsed": "ends_collapsed"}
MOST = 6  # components that are described one by one
MOST_RUNS = 2  # of which the components are described


def alt_text(runs: Sequence[Run], words: Words = ENGLISH) -> str:
    """Tell what happens in a film of these runs.

    Parameters
    ----------
    runs : sequence of Run
    words : Words
        Of the film.

    Returns
    -------
    str
        A few sentences for each run: what is fitted to what, how long it takes, how the average log-likelihood
        changes, what goes wrong, whether there is a prior, known labels or missing values, and where the
        components end.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("galaxies"), gv.RandomPoints(seed=1), n_components=1, max_iter=1)
    >>> for part in alt_text([gv.Run(trace)]).split(", "):
    ...     print(part)
    EM fits one Gaussian to 82 points of Galaxies (velocity (km/s)): one iteration
    average log-likelihood from −10.650 to −9.840
    then the film stops. Component 1 ends at (20,831) with weight 1.00.
    """
    every = []
    for run in runs:
        parts = [_run(run.trace, words), *_told(run.trace, words)]
        parts += _components(run.trace, words) if len(runs) <= MOST_RUNS else ()
        every.append((f"{plain(run.name)}: " if run.name else "") + " ".join(parts))
    return " ".join(every)


def _run(trace: Trace, words: Words) -> str:
    n_iterations = len(trace) - 1
    first, last = trace.average_log_likelihoods[[0, -1]]
    decimals = int(
        np.clip(2 - np.ceil(np.log10(max(abs(last - first), 1e-6))), 3, 6)
    )  # three, as a film's last words have
    weighted = trace.data.is_weighted
    losses = "".join(f"; {words.event(event, trace)}" for _, event in trace.events if event.kind in LOSSES)
    return words.text(
        "story",
        algorithm=trace.algorithm.title,
        gaussians=_number(trace.n_components, ("one_gaussian", "gaussians"), words),
        points=f"{trace.n_points:,}",
        data=trace.data.name,
        features=", ".join(trace.data.feature_names),
        weights=words.text("story_weights", sum=f"{trace.data.total_weight:,.6g}") if weighted else "",
        iterations=_number(n_iterations, ("one_iteration", "iterations"), words),
        first=_minus(f"{first:.{decimals}f}"),
        last=_minus(f"{last:.{decimals}f}"),
        ending=f"{words.text(ENDINGS[trace.stop_reason])}{losses}",
    )


def _told(trace: Trace, words: Words) -> Iterator[str]:
    """What EM is told beside the points, and what it is not told of them."""
    data = trace.data
    if trace.settings.get("prior"):
        yield words.text("story_prior")
    if data.known is not None and (n_known := int(np.count_nonzero(data.known >= 0))):
        yield words.text("story_known", n=f"{n_known:,}")
    if data.incomplete:
        yield words.text("story_gaps", n=f"{int(np.count_nonzero(np.isnan(data.observed).any(axis=1))):,}")


def _components(trace: Trace, words: Words) -> Iterator[str]:
    mixture = trace[-1].mixture
    if mixture.n_components > MOST:
        return
    for number, (weight, mean) in enumerate(zip(mixture.weights, mixture.means, strict=True), 1):
        place = ", ".join(f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}" for value in mean)
        yield words.text("story_component", k=number, place=_minus(place), weight=f"{weight:.2f}")


def _minus(number: str) -> str:
    """Write numbers as a film does."""
    return number.replace("-", "−")


def _number(n: int, of: tuple[str, str], words: Words) -> str:
    """So many iterations, or Gaussians, in words: the keys of one and of several."""
    if n == 0:
        return words.text("no_iterations")
    if n == 1:
        return words.text(of[0])
    numbers = words.text("numbers").split()  # from two on
    return words.text(of[1], n=numbers[n - 2] if n - 2 < len(numbers) else f"{n:,}")


def steps(
    moments: Sequence[Moment], trace: Trace, captions: Captions = CAPTIONS, words: Words = ENGLISH
) -> tuple[Step, ...]:
    """Return the steps of a film, with the words of the run that the caption bar speaks about."""
    opens = [i for i, moment in enumerate(moments) if moment.opens]
    lasts = [i - 1 for i in opens[1:]] + [len(moments) - 1]
    return tuple(
        _step(moments[i], moments[j], j, trace, captions, words) for i, j in zip(opens, lasts, strict=True)
    )


def _step(first: Moment, last: Moment, number: int, trace: Trace, captions: Captions, words: Words) -> Step:
    frame = frame_at(trace, last, captions, words)
    earliest, latest = first.before + 1, first.after  # they differ in fast motion
    if first.phase == "end":
        name = "epilogue" if first.epilogue else "end"
        chapter = words.text(f"chapter_{name}")
    else:
        digits = max(2, len(str(len(trace) - 1)))
        name = f"{latest:0{digits}}_{first.phase}"
        if first.phase == "start":
            chapter = words.text("chapter_start")
        elif earliest == latest:
            chapter = words.text("chapter_iteration", i=latest)
        else:
            chapter = words.text("chapter_iterations", first=earliest, last=latest)
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
