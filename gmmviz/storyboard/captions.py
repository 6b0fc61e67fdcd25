"""What a film says: one line per step, made from templates that a scene can rewrite or translate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Annotated, Literal

from pydantic import AfterValidator

from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.engine.trace import Trace
from gmmviz.errors import LONGEST, InputError, hint
from gmmviz.options import Index, checked, options
from gmmviz.storyboard.vocabulary import ENGLISH, Words, check_template
from gmmviz.storyboard.words import label_and_rest

WORDS_PER_SECOND = 3.0
LOSSES = ("collapsed", "held", "dead")  # events that the end of a film must mention
FIELDS = {
    "iteration": "the iteration under way; at the end, how many there were",
    "first": "the first iteration of a fast motion",
    "iterations": "how many iterations the run has",
    "components": "how many components",
    "points": "how many points",
    "log_likelihood": "the average log-likelihood, in nats per point",
    "event": "what happened, in words",
}
RUN_FIELDS = {  # of a run's end: {bic[2]} of the second run, {bic[tied]} of the one of this name
    "iterations": "how many iterations the run has",
    "log_likelihood": "its average log-likelihood, in nats per point",
    "components": "how many components",
    "points": "how many points",
    "parameters": "how many parameters its mixture has",
    "aic": "its Akaike information criterion",
    "bic": "its Bayesian information criterion",
    "purity": "the share of points whose known label is the commonest in their component",
    "errors": "how many points are not in the component that is paired with their known label",
    "truth": "the average log-likelihood of the mixture that the data was drawn from",
    "mean_error": "how far its means are from those that the data was drawn from (root mean square)",
    "shared": "how many points no component has to nine tenths",
}
FILM_FIELDS = {
    "runs": "how many runs the film has",
    "best": "the highest average log-likelihood at the end of a run",
    "worst": "the lowest",
    "n_best": "how many runs end there, to 0.001",
    "n_others": "how many do not",
    "differ": "how many points the first two runs give to different components",
}
RUN_FIELD = re.compile(
    rf"(?<!\{{)\{{(?:({'|'.join(RUN_FIELDS)})\[([^][{{}}]*)\]|({'|'.join(FILM_FIELDS)}))\}}(?!\}})"
)


def _template(text: str) -> str:
    """Check a template: it may name the known fields, and nothing else in braces."""

    def unknown(name: str) -> str:
        field = name.partition("[")[0]
        known = hint(name, [*FIELDS, *FILM_FIELDS])
        of_run = f"write the run's number or name in brackets, such as {{{field}[1]}}"
        return f"no caption knows {{{name[:LONGEST]}}}; {of_run if field in RUN_FIELDS else known}"

    return check_template(text, [*FIELDS, *FILM_FIELDS], unknown, RUN_FIELD)


Template = Annotated[str, AfterValidator(_template)]


@options
class Captions:
    """The words in the bar below the picture. What stands before the first colon with a space is printed bold.

    Every template may use {iteration}, {first}, {iterations}, {components}, {points}, {log_likelihood}
    (per point, in nats) and {event}; of the ends of the film's runs {runs}, {best}, {worst} (log-likelihoods per
    point), {n_best}, {n_others} and {differ} (points on which two runs disagree); and of one run's end, by its
    number or name in brackets, {iterations[1]}, {log_likelihood[1]}, {components[1]}, {points[1]},
    {parameters[1]}, {aic[1]}, {bic[1]}, {purity[1]} and {errors[1]} (by known labels), {truth[1]} (the
    log-likelihood per point of the mixture that the data was drawn from), {mean_error[1]} (the root mean square
    distance of the means from those), and {shared[1]} (points that no component has to nine tenths).
    """

    start: Template = "Start: a first guess"
    """Before the first E-step."""
    first_e: Template = "E-step {iteration}: points take their components' colors"
    """In the first E-step shown, while the points take their colors."""
    first_m: Template = "M-step {iteration}: components move to their points"
    """In the first M-step shown, while the components move."""
    e_step: Template = "E-step {iteration}:"
    """In the later E-steps."""
    m_step: Template = "M-step {iteration}:"
    """In the later M-steps."""
    fast: Template = "Iterations {first}–{iteration}:"
    """While several iterations pass at once."""
    fast_one: Template = "Iteration {iteration}:"
    """While one iteration passes that is not shown step by step."""
    event: Template = "Iteration {iteration}: {event}"
    """Instead of a step's words, where a component dies or the log-likelihood falls."""
    converged: Template = "Converged: after iteration {iteration}"
    """At the end of a run that arrived."""
    stopped: Template = "Stopped: after iteration {iteration}"
    """At the end of a run that was stopped by max_iter."""
    collapsed: Template = "Collapsed: after iteration {iteration}, {event}"
    """At the end of a run that a collapse ended."""
    lost: Template = "Ended: after iteration {iteration}, {event}"
    """At the end of a run that lost a component on its way, or that regularization alone held open."""
    end: Template = ""
    """At the end of the film, where it says the point; if empty, the words of how the run ended."""
    epilogue: Template = ""
    """In the epilogue; if empty, the words of the end stay."""

    @checked
    def say(
        self,
        trace: Trace,
        phase: Literal["start", "e", "m", "fast", "end"],
        before: Index,
        after: Index,
        done: Index,
        *,
        first: bool = False,
        epilogue: bool = False,
        words: Words = ENGLISH,
    ) -> tuple[str, str]:
        """Return the words of a step.

        Parameters
        ----------
        trace : Trace
            The run.
        phase : {"start", "e", "m", "fast", "end"}
            What is happening.
        before, after, done : int
            The snapshots that the step leads from and to, and the last one reached.
        first : bool
            Whether this is the first iteration that the film stops at.
        epilogue : bool
            Whether the epilogue has begun.
        words : Words
            Of the film, for what stands in {event}.

        Returns
        -------
        label : str
            What is printed bold: the part before the first colon that a space follows, or nothing.
        caption : str
            What follows it.

        Examples
        --------
        >>> import gmmviz as gv
        >>> trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2)
        >>> gv.Captions(e_step="E-step {iteration}: points choose").say(trace, "e", 2, 3, 2)
        ('E-step 3', 'points choose')
        """
        if max(before, after) >= len(trace):
            raise InputError(f"before and after must be below {len(trace)}, the number of snapshots")
        template, iteration, events = self._choose(trace, phase, before, after, done, first)
        if phase == "end":
            template = (epilogue and self.epilogue) or self.end or template
        log_likelihood = trace.average_log_likelihoods[min(done, len(trace) - 1)]
        text = template.format(
            iteration=iteration,
            first=before + 1,
            iterations=len(trace) - 1,
            components=trace.n_components,
            points=trace.n_points,
            log_likelihood=f"{log_likelihood:.3f}".replace("-", "−"),
            event=words.event(events[-1], trace) if events else "",
        )
        return label_and_rest(text)

    def templates(self) -> Iterator[tuple[str, str]]:
        """Yield the name of each template, and the template.

        Yields
        ------
        name : str
        template : str
        """
        for field in fields(self):
            yield field.name, getattr(self, field.name)

    @checked
    def ending(self, trace: Trace, words: Words = ENGLISH) -> str:
        """Return how a run ended, in a word or two.

        Parameters
        ----------
        trace : Trace
            The run.
        words : Words
            Of the film.

        Returns
        -------
        str
            The bold part of the words for that.
        """
        last = len(trace) - 1
        return replace(self, end="").say(trace, "end", last, last, last, words=words)[0]

    def examples(self) -> Iterator[tuple[str, str]]:
        """Yield what each template says, with numbers of an imagined run filled in.

        Yields
        ------
        name : str
            Of the template.
        said : str
            Label and caption together.
        """
        for name, template in self.templates():
            yield name, RUN_FIELD.sub("1", template).format(**dict.fromkeys(FIELDS, "1"))

    def _choose(
        self, trace: Trace, phase: str, before: int, after: int, done: int, first: bool
    ) -> tuple[str, int, list[Event]]:
        """Choose the template, the iteration that it speaks of, and the events to tell."""
        if phase == "start":
            return self.start, 0, []
        if phase == "end":
            losses = [event for _, event in trace.events if event.kind in LOSSES][:1]
            plain = {"converged": self.converged, "max_iter": self.stopped, "collapsed": self.collapsed}
            lost = losses and trace.stop_reason != "collapsed"
            return self.lost if lost else plain[trace.stop_reason], len(trace) - 1, losses
        # E-steps find that a component has died; M-steps can make the likelihood fall.
        if phase == "e":
            deaths = _told(trace[before], "dead")
            return self.event if deaths else self.first_e if first else self.e_step, before + 1, deaths
        if phase == "fast":
            happened = [(t, _told(trace[t], "dead", "decreased")) for t in range(before + 1, done + 1)]
            told = [(t, events) for t, events in happened if events]
            plain_words = self.fast if after - before > 1 else self.fast_one
            return (self.event, *told[-1]) if told else (plain_words, after, [])
        falls = _told(trace[after], "decreased")
        return self.event if falls else self.first_m if first else self.m_step, after, falls


def _told(snapshot: Snapshot, *kinds: str) -> list[Event]:
    """The snapshot's events of these kinds."""
    return [event for event in snapshot.events if event.kind in kinds]


def reading_time(words: tuple[str, str]) -> float:
    """Seconds in which a label and a caption can be read: three words or nine Chinese letters a second.

    Parameters
    ----------
    words : tuple of str
        Label and caption.

    Returns
    -------
    float
    """
    rest, n_letters = re.subn("[\u3400-\u9fff]", " ", " ".join(words))
    return (len(rest.split()) + n_letters / 3) / WORDS_PER_SECOND
