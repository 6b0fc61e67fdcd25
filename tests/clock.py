"""A film's clock for tests: every iteration step by step, whether its E-step can be seen or not."""

import gmmviz as gv
from gmmviz.storyboard.stops import Stops, choose_stops
from gmmviz.storyboard.timeline import moments, parts

UNHURRIED = gv.Pace(first_e=0.4 / 0.6, first_m=1.0, e_step=0.4, e_hold=0.2, m_step=0.6, m_hold=0.2, end=2.5)


def step_by_step(n_iterations):
    """Stop at every iteration."""
    return Stops(tuple(range(1, n_iterations + 1)), frozenset(), n_iterations)


def moments_of(stops, pace=UNHURRIED, fps=25, restless=False):
    """The moments of a film that stops there."""
    return list(moments(parts(stops, pace), pace, fps, restless))


def every_moment(*traces, pace=UNHURRIED, fps=25, restless=False):
    """The moments of a film of these runs that shows each iteration step by step."""
    return moments_of(step_by_step(max(map(len, traces)) - 1), pace, fps, restless)


def film(trace, pace, fps=25):
    """The moments of a run's film, as an animation makes them."""
    return moments_of(choose_stops([trace], pace), pace, fps)
