"""A film's clock: when each image appears, how long it stands, and what every run shows then."""

from __future__ import annotations

import operator
from dataclasses import replace
from functools import cached_property

from gmmviz.errors import InputError, within
from gmmviz.options import checked
from gmmviz.renderers import Renderer
from gmmviz.storyboard.captions import Captions, reading_time
from gmmviz.storyboard.frame import Frame, frame_at
from gmmviz.storyboard.pace import Pace
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.stops import choose_stops
from gmmviz.storyboard.timeline import Moment, Part, moments, n_images, parts, step_named
from gmmviz.storyboard.vocabulary import Words

MOST_IMAGES = 1_000_000  # eleven hours of motion at 25 images a second


class Clock:
    """What an `Animation` knows of time, which follows from its runs, panels, pace and words."""

    runs: tuple[Run, ...]
    panels: tuple[Renderer, ...]
    pace: Pace
    captions: Captions
    words: Words
    fps: float

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The film's clock: when each image appears, how long it stands, and what it shows."""
        if self.n_images > MOST_IMAGES:
            raise InputError(
                f"the film would have {self.n_images:,} images, and a file holds at most {MOST_IMAGES:,}: shorten "
                "its pace, or lower fps",
                "pace",
            )
        with within("pace"):
            every = tuple(moments(self._parts, self.pace, self.fps, self._restless))
            if not every:
                raise InputError("the film lasts 0 seconds: give pace a duration")
        return every

    @property
    def _restless(self) -> bool:
        return any(panel.restless for panel in self.panels)

    @cached_property
    def _parts(self) -> list[Part]:
        """The movements and rests of which the film consists."""
        trace = self.runs[self._speaker].trace
        last = len(trace) - 1
        said, late = (
            self.captions.say(trace, "end", last, last, last, epilogue=late, words=self.words)
            for late in (False, True)
        )
        with within("pace"):
            stops = choose_stops([run.trace for run in self.runs], self.pace)
            return parts(stops, self.pace, (reading_time(said), reading_time(late)))

    @property
    def n_images(self) -> int:
        """How many images the film has at most, counted without making them: a slip may ask for millions."""
        return n_images(self._parts, self.fps, self._restless)

    @property
    def length(self) -> float:
        """Seconds from beginning to end."""
        last = self.moments[-1]
        return round(last.time + last.duration, 9)

    @checked
    def frames(self, moment: Moment) -> tuple[Frame, ...]:
        """Return what each run shows at a moment.

        Parameters
        ----------
        moment : Moment
            One of `moments`, or another one from `moment`.

        Returns
        -------
        tuple of Frame
            One per run.
        """
        return tuple(frame_at(run.trace, moment, self.captions, self.words) for run in self.runs)

    @cached_property
    def _speaker(self) -> int:
        """The number of the run whose words the caption bar shows: the longest run."""
        return max(range(len(self.runs)), key=lambda i: len(self.runs[i].trace))

    @checked
    def moment(self, at: float | str) -> Moment:
        """Return the moment that the film shows at a time, or at the end of a step.

        Parameters
        ----------
        at : float or str
            Seconds from the beginning, or ``"start"``, ``"end"``, ``"E3"``, ``"M3"``: any iteration, also
            one that the film does not stop at.

        Returns
        -------
        Moment
            For `frames`, `image` and `drawing`.

        Raises
        ------
        InputError
            If the film has no such moment.
        """
        if isinstance(at, str):
            step = step_named(at, max(len(run.trace) for run in self.runs) - 1)
            what = operator.attrgetter("phase", "before", "after", "progress")
            times = [moment.time for moment in self.moments if what(moment) == what(step)]
            return replace(step, time=times[-1]) if times else step
        if not 0 <= at <= self.length:
            raise InputError(f"the film lasts {self.length:g} s: there is no moment at {at:g} s")
        return next(moment for moment in reversed(self.moments) if moment.time <= at)
