"""Thirty fits of resampled data as thin ellipses, which say how sure the fit is.

What to notice
    Eighty eruptions are fitted, and thirty times eighty that are drawn from them with repetition (the bootstrap,
    Efron 1979). All begin alike and part at once. In the end the bundle of thin ellipses shows what the data
    determine: the means well, the shape of the smaller cloud less.
Questions for the class
    How would the bundle look for 272 eruptions, and how for 20?
    Why must all fits begin at the same start for such a picture?
"""

from dataclasses import replace

import numpy as np

import gmmviz as gv

N_POINTS, N_RESAMPLES = 80, 30


def animation() -> gv.Animation:
    """One fit of the data and thirty of resamples, which are weights: how often each point was drawn."""
    faithful = gv.load_dataset("old_faithful")
    data = replace(faithful, points=faithful.points[:N_POINTS], name="80 eruptions of Old Faithful")
    start = gv.Mixture([0.5, 0.5], [[2.5, 75.0], [3.8, 65.0]], [[[0.5, 0.0], [0.0, 80.0]]] * 2)
    rng = np.random.default_rng(1)
    resamples = [
        replace(data, weights=np.bincount(rng.integers(0, N_POINTS, N_POINTS), minlength=N_POINTS))
        for _ in range(N_RESAMPLES)
    ]
    runs = [gv.Run(gv.fit(one, start, tol=1e-5)) for one in (data, *resamples)]
    waits = [long_wait(run.trace) for run in runs]
    return gv.Animation(
        runs,
        gv.EllipseRenderer(radii=[2], all_runs=True),
        pace=gv.Pace(start=1.7, iterations=1, fast=2.4),
        captions=gv.Captions(
            start="Start: thirty-one runs, one guess",
            first_m="M-step {iteration}: each to its own points",
            end=f"Thirty fits say how sure: long waits average {waits[0]:.1f} ± {np.std(waits[1:]):.1f} minutes",
        ),
        title="How sure is the fit?",
        size=(680, 410),
        fps=8,
    )


def long_wait(trace: gv.Trace) -> float:
    """The mean wait of the component of long eruptions."""
    means = trace[-1].mixture.means
    return float(means[means[:, 0].argmax(), 1])
