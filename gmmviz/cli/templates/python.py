"""A film in Python, for what a scene file cannot say: gmmviz render film.py makes it."""

import numpy as np

import gmmviz as gv


def animation() -> gv.Animation:
    """Two moons, which no mixture of two Gaussians can tell apart."""
    rng = np.random.default_rng(1)
    angles = rng.uniform(0, np.pi, size=150)
    moon = np.column_stack([np.cos(angles), np.sin(angles)])
    points = np.concatenate([moon, [1, 0.5] - moon]) + 0.1 * rng.normal(size=(300, 2))
    data = gv.Dataset(points, name="two moons")
    return gv.Animation(
        gv.fit(data, gv.RandomPoints(seed=1), n_components=2),
        [gv.EllipseRenderer(), gv.LikelihoodRenderer()],
        pace=gv.Pace(iterations=8),
        title="Two moons",
    )
