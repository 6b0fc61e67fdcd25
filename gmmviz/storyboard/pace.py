"""How long each part of a film lasts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gmmviz.options import Count, Seconds, checked, options

Easing = Literal["smooth", "linear"]


@options
class Pace:
    """How long each part of the film lasts, and which iterations it shows."""

    start: Seconds = 1.2
    """Seconds that the start is shown for, before the first E-step."""
    e_step: Seconds = 0.4
    """Seconds in which the points take their colors."""
    e_hold: Seconds = 0.2
    """Seconds of rest after each E-step."""
    m_step: Seconds = 0.6
    """Seconds in which the components move."""
    m_hold: Seconds = 0.2
    """Seconds of rest after each M-step."""
    end: Seconds = 2.5
    """Seconds that the end is shown for."""
    epilogue: Seconds = 0.0
    """Seconds after that in which a panel may show something more of the fit, such as a threshold that moves."""
    easing: Easing = "smooth"
    """How a movement begins and ends: gently ('smooth') or at once ('linear')."""
    iterations: Literal["all"] | Count | Annotated[tuple[Count, ...], Field(min_length=1)] = 12
    """Which iterations to stop at: 'all', a list, or how many at most, spread so that each shows equal
    progress; those between are shown in fast motion."""
    length: Annotated[Seconds, Field(gt=0)] | None = None
    """Seconds of the whole film: the E- and M-steps and their holds are stretched or shortened to fit."""

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
