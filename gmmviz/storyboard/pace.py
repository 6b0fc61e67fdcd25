"""How long each part of a film lasts: the first iteration slowly, to be read; the later ones quickly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gmmviz.options import Count, Seconds, checked, options

Easing = Literal["smooth", "linear"]
EachSeconds = Seconds | Annotated[tuple[Seconds, ...], Field(min_length=1)]


@options
class Pace:
    """How long each part of the film lasts, and which iterations it shows step by step.

    The first iteration shown has times of its own, since its words explain what a step does. Each of the later
    ones may have its own: a list of seconds gives them one by one, and its last number goes for all that follow.
    """

    start: Seconds = 1.35
    """Seconds that the start is shown for, before the first E-step."""
    first_e: Seconds = 2.35
    """Seconds of the first E-step: three fifths of them movement, the others rest."""
    first_m: Seconds = 2.35
    """Seconds of the first M-step, likewise."""
    e_step: EachSeconds = (0.4, 0.2)
    """Seconds in which the points take their colors, in later E-steps."""
    e_hold: EachSeconds = (0.3, 0.1)
    """Seconds of rest after them."""
    m_step: EachSeconds = (0.45, 0.3)
    """Seconds in which the components move, in later M-steps."""
    m_hold: EachSeconds = (0.25, 0.1)
    """Seconds of rest after them."""
    fast: Seconds = 0.67
    """Seconds of each fast motion, in which iterations pass that the film does not show step by step."""
    end: Seconds = 1.8
    """Seconds that the end is shown for, and once more after an epilogue; longer if its words take longer to
    read."""
    epilogue: Seconds = 0.0
    """Seconds after that in which a panel may show something more of the fit, such as a threshold that moves."""
    easing: Easing = "smooth"
    """How a movement begins and ends: gently ('smooth') or at once ('linear')."""
    iterations: Literal["all"] | Count | Annotated[tuple[Count, ...], Field(min_length=1)] = 3
    """Which iterations to show step by step: 'all', a list, or how many at most: the first, and others that are
    equal progress apart and change the colors. Those between pass in fast motion."""
    length: Annotated[Seconds, Field(gt=0)] | None = None
    """Seconds of the whole film: everything between start and end is stretched or shortened to fit."""

    @checked
    def ease(self, progress: float) -> float:
        """Return how far a movement is after a part of its time.

        Parameters
        ----------
        progress : float
            Part of the movement's time that has passed, from 0 to 1.

        Returns
        -------
        float
            Part of the way that has been made, from 0 to 1.

        Examples
        --------
        >>> Pace().ease(0.25), Pace(easing="linear").ease(0.25)
        (0.15625, 0.25)
        """
        return progress if self.easing == "linear" else progress * progress * (3 - 2 * progress)


def nth(seconds: float | tuple[float, ...], number: int) -> float:
    """Return the seconds of the later step of this number, counted from 0."""
    return seconds[min(number, len(seconds) - 1)] if isinstance(seconds, tuple) else seconds
