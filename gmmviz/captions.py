"""What the film says: one line per step, from templates that a scene can rewrite or translate."""

from __future__ import annotations

import string
from typing import Annotated

from pydantic import AfterValidator

from gmmviz.errors import InputError, hint
from gmmviz.options import options
from gmmviz.trace import Event, Snapshot, Trace

LOSSES = ("collapsed", "held", "dead")  # events that the end of a film must not pass over
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
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        text.format_map(dict.fromkeys(FIELDS, 0))
    except KeyError:
        unknown = next(name for name in names if name not in FIELDS)
        raise InputError(f"no caption knows {{{unknown}}}; {hint(unknown, FIELDS)}") from None
    except (ValueError, IndexError, AttributeError, TypeError):
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise InputError(f"{text!r} is no template: write a brace as {{{{ or }}}}; known: {known}") from None
    return text


Template = Annotated[str, AfterValidator(_template)]


@options
class Captions:
    """The words in the bar below the picture. What stands before the first colon is printed bold.

    Known in every template: {iteration}, {first}, {iterations}, {components}, {points}, {log_likelihood}
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
    """Instead of the M-step's words, where a component dies or the log-likelihood falls."""
    converged: Template = "Converged: after iteration {iteration}, to the tolerance asked for"
    """At the end of a run that arrived."""
    stopped: Template = "Stopped: after iteration {iteration}, the last that was allowed"
    """At the end of a run that was stopped by max_iter."""
    collapsed: Template = "Collapsed: after iteration {iteration}, {event}"
    """At the end of a run that a collapse ended."""
    lost: Template = "Ended: after iteration {iteration}, {event}"
    """At the end of a run that lost a component on its way, or that regularization alone held open."""

    def say(self, trace: Trace, phase: str, before: int, after: int, done: int) -> tuple[str, str]:
        """What to print bold, and what after it.

        Parameters
        ----------
        trace : Trace
        phase : {"start", "e", "m", "end"}
        before, after, done : int
            The snapshots that the step leads from and to, and the last one reached.
        """
        template, iteration, events = self._choose(trace, phase, before, after, done)
        shown = trace[min(done, len(trace) - 1)]
        text = template.format(
            iteration=iteration,
            first=before + 1,
            iterations=len(trace) - 1,
            components=trace.n_components,
            points=len(trace.data.points),
            log_likelihood=f"{shown.log_likelihood / len(trace.data.points):.3f}".replace("-", "−"),
            event=events[-1].message if events else "",
        )
        label, colon, caption = text.partition(":")
        return (label, caption.strip()) if colon else ("", text)

    def _choose(
        self, trace: Trace, phase: str, before: int, after: int, done: int
    ) -> tuple[str, int, list[Event]]:
        if phase == "start":
            return self.start, 0, []
        if phase == "end":
            losses = [event for _, event in trace.events if event.kind in LOSSES][:1]
            plain = {"converged": self.converged, "max_iter": self.stopped, "collapsed": self.collapsed}
            lost = losses and trace.stop_reason != "collapsed"
            return self.lost if lost else plain[trace.stop_reason], len(trace) - 1, losses
        if phase == "e":
            return self.e_step, before + 1, []
        if after - before > 1:
            happened = [snapshot for snapshot in trace[before + 1 : done + 1] if _told(snapshot)]
            if happened:
                return self.event, happened[-1].iteration, _told(happened[-1])
            return self.fast, after, []
        events = _told(trace[after])
        return (self.event if events else self.m_step), after, events


def _told(snapshot: Snapshot) -> list[Event]:
    """What is worth interrupting for, on the way."""
    return [event for event in snapshot.events if event.kind in ("dead", "decreased")]
