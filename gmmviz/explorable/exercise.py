"""What an explorable sets as a task, and what it keeps from the reader for that."""

from __future__ import annotations

from typing import Literal

from gmmviz.options import Number, options

Locked = Literal["components", "start", "seed", "covariance_type", "algorithm", "reg_covar", "points", "mixture"]
Hidden = Literal[
    "likelihood", "bound", "criteria", "numbers", "responsibilities", "density", "truth", "notes", "help"
]


@options
class Exercise:
    """What the page of `gmmviz explore` sets as a task, keeps as it is and does not show."""

    task: str = ""
    """What is to be found, such as "Find a start from which EM ends in the worse optimum"."""
    reach: Number | Literal["collapsed", "dead"] | None = None
    """When the task is done: a run converges within 0.005 of this log-likelihood per point, or a component has
    collapsed or died."""
    locked: tuple[Locked, ...] = ()
    """What the reader cannot change; 'mixture' are the means, shapes and weights, 'points' the data."""
    hide: tuple[Hidden, ...] = ()
    """What the page does not show; 'criteria' are AIC, BIC and the number of parameters."""
