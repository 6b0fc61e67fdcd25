"""Old Faithful with gaps: most waits after long eruptions were not written down.

What to notice
    A short line is an eruption whose wait is missing: it could lie anywhere along the line's direction, and is
    drawn where the components expect it. They move, and the lines move along. On the left the incomplete rows are
    dropped; those are mostly long eruptions, and so the mixture gets their share wrong.
Questions for the class
    What if waits were missing because they were long, and not because eruptions were?
    Why do the lines lie on the components' long axes in the end?
"""

import numpy as np

import gmmviz as gv


def animation() -> gv.Animation:
    """One start, fitted to the complete rows and to all that is there."""
    whole = gv.load_dataset("old_faithful")
    points = with_gaps(whole.points)
    start = gv.Mixture([0.5, 0.5], [[2.5, 75.0], [3.8, 65.0]], [[[0.5, 0.0], [0.0, 80.0]]] * 2)
    complete = ~np.isnan(points).any(axis=1)
    dropped, kept = (
        gv.Dataset(some, whole.feature_names, name="Old Faithful with gaps", missing="marginalize")
        for some in (points[complete], points)
    )
    runs = [
        gv.Run(gv.fit(dropped, start), f"the {complete.sum()} complete rows"),
        gv.Run(gv.fit(kept, start), f"all {len(points)} rows"),
    ]
    left, right = (long_share(run.trace) for run in runs)
    return gv.Animation(
        runs,
        gv.EllipseRenderer(radii=[2]),
        pace=gv.Pace(start=1.7, iterations=2, fast=1.2),
        captions=gv.Captions(
            start="Start: lines are missing waits",
            end=f"Long eruptions: {left:.0f} % of complete rows, {right:.0f} % of all, as in truth",
        ),
        title="Don't drop what is half there",
        size=(900, 470),
        fps=12,
    )


def with_gaps(points: np.ndarray) -> np.ndarray:
    """Four fifths of the waits after long eruptions are missing, and a tenth of the others."""
    rng = np.random.default_rng(1)
    gaps = rng.random(len(points)) < np.where(points[:, 0] > 3, 0.8, 0.1)
    return np.where(np.column_stack([np.zeros(len(points), bool), gaps]), np.nan, points)


def long_share(trace: gv.Trace) -> float:
    """The weight of the component of long eruptions, in percent."""
    mixture = trace[-1].mixture
    return 100 * float(mixture.weights[mixture.means[:, 0].argmax()])
