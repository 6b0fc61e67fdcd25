"""A start computed from the data: each mean on the penguin that is farthest from all means before it.

What to notice
    The start is no guess: three penguins as different as can be (farthest-first traversal, Gonzalez 1985).
    Such penguins are extremes of their kinds, so the first M-step pulls every mean far inwards.
Questions for the class
    What would one mistyped measurement do to this start, and what to a random one?
    The penguins are of three species. Which two does the mixture keep apart the least?
"""

import numpy as np

import gmmviz as gv


def animation() -> gv.Animation:
    """Three components on the penguins' bills."""
    data = gv.load_dataset("penguins", features=["bill_length_mm", "bill_depth_mm"])
    spread = data.points.std(axis=0)
    means = farthest_points(data.points / spread, n_components=3) * spread
    start = gv.Mixture(np.full(3, 1 / 3), means, np.tile(np.diag((0.4 * spread) ** 2), (3, 1, 1)))
    return gv.Animation(
        gv.fit(data, start),
        [gv.EllipseRenderer(), gv.LikelihoodRenderer()],
        pace=gv.Pace(first_e=0.8, fast=1.3),
        captions=gv.Captions(
            first_e="E-step {iteration}:",
            end="Here it works: {purity[1]} of the penguins end with their kind",
        ),
        title="A start at the points farthest apart",
        size=(960, 540),
        fps=15,
    )


def farthest_points(points: np.ndarray, n_components: int) -> np.ndarray:
    """Each the farthest from the nearest before it, the first from the middle of the data."""
    chosen = [points[np.argmax(np.linalg.norm(points - points.mean(axis=0), axis=1))]]
    while len(chosen) < n_components:
        distances = np.linalg.norm(points[:, None] - np.array(chosen), axis=2)
        chosen.append(points[np.argmax(distances.min(axis=1))])
    return np.array(chosen)
