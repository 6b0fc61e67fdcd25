"""The same penguins with their mass in grams and in kilograms: k-means cares, EM does not.

What to notice
    k-means measures distances. In grams the mass is all that counts, and its regions are layers; in kilograms the
    bill is all that counts, and they are slices. EM has a covariance for each component, which takes the unit into
    account: below, both pictures are the same in every step.
Questions for the class
    What is "standardize your data first" good for, and does it settle the question for k-means?
    Which covariance types of a mixture would care about the unit, too?
"""

from dataclasses import replace

import numpy as np

import gmmviz as gv

UNITS = {"grams": 1.0, "kilograms": 1e-3}
ALGORITHMS = {"k-means": "kmeans", "EM": "em"}


def animation() -> gv.Animation:
    """Both algorithms from the same start in both units, all drawn in kilograms."""
    penguins = gv.load_dataset("penguins", features=["bill_length_mm", "body_mass_g"])
    chosen = penguins.points[[20, 180, 300]]
    spread = np.diag(penguins.points.var(axis=0) / 4)
    runs = []
    for name, algorithm in ALGORITHMS.items():
        for unit, factor in UNITS.items():
            scale = np.array([1.0, factor])
            start = gv.Mixture(np.full(3, 1 / 3), chosen * scale, [spread * np.outer(scale, scale)] * 3)
            data = replace(penguins, points=penguins.points * scale)
            trace = gv.fit(
                data, start, algorithm=algorithm, reg_covar=0, stop_on="parameters", tol=1e-3, max_iter=300
            )
            runs.append(gv.Run(in_kilograms(trace, np.array([1.0, 1e-3]) / scale), f"{name}, {unit}"))
    return gv.Animation(
        runs,
        gv.EllipseRenderer(radii=[2], background="regions", trails=False),
        pace=gv.Pace(start=1.7, first_e=2.35, first_m=2.0, iterations=2, fast=1.2),
        captions=gv.Captions(
            start="Start: same penguins, two units",
            first_m="M-step {iteration}: EM moves alike",
            end="Wrong in grams or kilograms: k-means {errors[1]} or {errors[2]} of {points[1]}, "
            "EM {errors[3]} in both",
        ),
        title="Grams or kilograms?",
        size=(820, 540),
        fps=10,
    )


def in_kilograms(trace: gv.Trace, scale: np.ndarray) -> gv.Trace:
    """Return the run in other units, in which it is drawn: nothing else changes."""
    data = replace(
        trace.data,
        points=trace.data.points * scale,
        feature_names=("bill length (mm)", "body mass (kg)"),
        columns=(),
    )
    # k-means knows no covariances; small ones have the same borders, and leave the axes to the points.
    shrunk = 1e-3 if trace.settings["algorithm"] == "kmeans" else 1.0
    moved = -trace.n_points * float(np.log(scale).sum())  # a density is one per unit
    snapshots = [
        gv.Snapshot(
            snapshot.iteration,
            gv.Mixture(
                snapshot.mixture.weights,
                snapshot.mixture.means * scale,
                snapshot.mixture.covariances * np.outer(scale, scale) * shrunk,
            ),
            snapshot.log_likelihood + moved,
            snapshot.counts,
        )
        for snapshot in trace
    ]
    return gv.Trace(data, snapshots, trace.stop_reason, trace.settings)
