"""What a film says: one line per step, made from templates that a scene can rewrite or translate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated, Literal

from pydantic import AfterValidator

from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.engine.trace import Trace
from gmmviz.errors import LONGEST, InputError, hint
from gmmviz.options import Index, checked, options
from gmmviz.storyboard.vocabulary import ENGLISH, Words, check_template
from gmmviz.storyboard.words import label_and_rest

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


def _template(text: str) -> str:
    """Check a template: it may name the known fields, and nothing else in braces."""
    return check_template(
        text, FIELDS, lambda name: f"no caption knows {{{name[:LONGEST]}}}; {hint(name, FIELDS)}"
    )


Template = Annotated[str, AfterValidator(_template)]


@options
class Captions:
    """The words in the bar below the picture. What stands before the first colon with a space is printed bold.

    Every template may use {iteration}, {first}, {iterations}, {components}, {points}, {log_likelihood}
    (per point, in nats) and {event}.
    """

    start: Template = "Start: a first guess; no point has been asked yet"
    """Before the first E-step."""
    e_step: Template = "Iteration {iteration}, E-step: each point asks which component it came from"
    """While the points take their colors."""
    m_step: Template = "Iteration {iteration}, M-step: each component moves to the points it answers for"
    """While the components move."""
    fast: Template = "Iterations {first} to {iteration}: E-steps and M-steps in fast motion"
    """While several iterations pass at once."""
    event: Template = "Iteration {iteration}: {event}"
    """Instead of a step's words, where a component dies or the log-likelihood falls."""
    converged: Template = "Converged: after iteration {iteration}, to the tolerance asked for"
    """At the end of a run that arrived."""
    stopped: Template = "Stopped: after iteration {iteration}, the last that was allowed"
    """At the end of a run that was stopped by max_iter."""
    collapsed: Template = "Collapsed: after iteration {iteration}, {event}"
    """At the end of a run that a collapse ended."""
    lost: Template = "Ended: after iteration {iteration}, {event}"
    """At the end of a run that lost a component on its way, or that regularization alone held open."""
    epilogue: Template = ""
    """In the epilogue; if empty, the words of the end stay."""

    @checked
    def say(
        self,
        trace: Trace,
        phase: Literal["start", "e", "m", "end"],
        before: Index,
        after: Index,
        done: Index,
        *,
        epilogue: bool = False,
        words: Words = ENGLISH,
    ) -> tuple[str, str]:
        """Return the words of a step.

        Parameters
        ----------
        trace : Trace
            The run.
        phase : {"start", "e", "m", "end"}
            What is happening.
        before, after, done : int
            The snapshots that the step leads from and to, and the last one reached.
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
        template, iteration, events = self._choose(trace, phase, before, after, done)
        if epilogue and self.epilogue:
            template = self.epilogue
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

    def examples(self) -> Iterator[tuple[str, str]]:
        """Yield what each template says, with numbers of an imagined run filled in.

        Yields
        ------
        name : str
            Of the template.
        said : str
            Label and caption together.
        """
        for name in (field.name for field in fields(self)):
            yield name, getattr(self, name).format(**dict.fromkeys(FIELDS, "1"))

    def _choose(
        self, trace: Trace, phase: str, before: int, after: int, done: int
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
            return self.event if deaths else self.e_step, before + 1, deaths
        if after - before > 1:
            happened = [(t, _told(trace[t], "dead", "decreased")) for t in range(before + 1, done + 1)]
            told = [(t, events) for t, events in happened if events]
            return (self.event, *told[-1]) if told else (self.fast, after, [])
        falls = _told(trace[after], "decreased")
        return self.event if falls else self.m_step, after, falls


def _told(snapshot: Snapshot, *kinds: str) -> list[Event]:
    """The snapshot's events of these kinds."""
    return [event for event in snapshot.events if event.kind in kinds]
