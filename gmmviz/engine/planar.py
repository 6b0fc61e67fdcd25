"""EM on a few components in the plane, as most films show it, in Python's own numbers.

Over a few hundred points the arithmetic of an iteration takes two microseconds, and each call of NumPy a
quarter to one, however small its arrays. Here those over all points are all that is left of them: what there
is to do for each component is done with plain floats, in a third of the time. The formulas are those of
`gmmviz.engine.fast`, and whatever is out of the ordinary is left to it: a component that dies, a flat covariance,
digits that would be lost.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import inf, log

import numpy as np

from gmmviz.arrays import Array
from gmmviz.engine.blocks import EPS
from gmmviz.engine.fast import DEAD, FLAT, LOG_OF_NOTHING, LOST, TINY, TOLERATED, Assignment, FastRoute
from gmmviz.mixture.covariance import Constraint, full
from gmmviz.mixture.mixture import LOG_2PI, Mixture

FEW = 8  # up to so many components, Python's own numbers are quicker than small arrays

Component = tuple[float, float, float, float, float, float]  # its weight or count; x, y; xx, xy, yy


@dataclass(slots=True)
class PlanarState:
    """A mixture inside a run, and what the E-step says of it.

    Parameters
    ----------
    components : list of Component
        Weight, mean, and covariance.
    counts : list of float
    log_likelihood, objective : float
    """

    components: list[Component]
    counts: list[float]
    log_likelihood: float
    objective: float

    @property
    def mixture(self) -> Mixture:
        """The same as a mixture."""
        return _mixture(self.components)


def planar_states(
    route: FastRoute,
    start: Mixture,
    constrain: Constraint,
    ridge: Array | float,
    assignment: Assignment,
    *,
    equal_weights: bool,
) -> Generator[PlanarState, None, Mixture]:
    """Yield the states after 0, 1, 2, ... M-steps, for as long as nothing is out of the ordinary.

    Parameters
    ----------
    route : FastRoute
        To the sums over points.
    start, constrain, ridge, assignment, equal_weights
        As for `gmmviz.engine.steps.iterate`, inside the run's coordinates.

    Returns
    -------
    Mixture
        The first that needs more care.
    """
    components = _components(start)
    K = len(components)
    ridge_x, ridge_y = np.broadcast_to(ridge, 2).tolist()
    while True:
        if not _prepare(route, components):
            return _mixture(components)
        sums, log_likelihood, objective = route.sums(assignment)
        moments = _moments(sums)
        if moments is None:
            return _mixture(components)
        counts = [moment[0] for moment in moments]
        yield PlanarState(components, counts, log_likelihood, objective)
        total = sum(counts)
        components = [
            (1 / K if equal_weights else count / total, x, y, xx + ridge_x, xy, yy + ridge_y)
            for count, x, y, xx, xy, yy in moments
        ]
        if constrain is not full:
            mixture = _mixture(components)
            covariances = constrain(mixture.covariances, np.array(counts))
            components = _components(Mixture.trusted(mixture.weights, mixture.means, covariances))


def _prepare(route: FastRoute, components: list[Component]) -> bool:
    """Hand the mixture's coefficients to the route; False if digits would be lost by it.

    By p(x, y) = p(x) p(y | x), where y given x has the mean ``base + slope * x`` and the variance `rest`.
    """
    rows: list[tuple[float, ...]] = []
    highest = -inf
    for weight, x, y, xx, xy, yy in components:
        if not xx > TINY:
            return False
        slope = xy / xx
        rest = yy - slope * xy
        if not rest > FLAT * yy + TINY:
            return False
        base = y - slope * x
        p, q = 1 / xx, 1 / rest
        center, along = p * x * x + q * base * base, p + q * slope * slope
        # Points are of size 1 inside, so the largest coefficient is the largest term that may cancel.
        if EPS * max(center, along, q) >= TOLERATED:
            return False
        peak = (log(weight) if weight > 0 else LOG_OF_NOTHING) - 0.5 * log(xx * rest) - LOG_2PI
        if peak > highest:
            highest = peak
        rows.append((peak - 0.5 * center, p * x - q * slope * base, q * base, -0.5 * along, q * slope, -0.5 * q))
    route.set(rows, highest)
    return True


def _moments(sums: Array) -> list[Component] | None:
    """Count, mean and covariance of each component's points; None if they need more care."""
    moments = []
    for count, x, y, xx, xy, yy in sums.tolist():
        if count < DEAD:
            return None
        x /= count
        y /= count
        cancelled_x, cancelled_y = x * x, y * y
        xx = xx / count - cancelled_x
        yy = yy / count - cancelled_y
        if xx < LOST * cancelled_x or yy < LOST * cancelled_y:
            return None
        moments.append((count, x, y, xx, xy / count - x * y, yy))
    return moments


def _components(mixture: Mixture) -> list[Component]:
    return [
        (weight, x, y, xx, xy, yy)
        for weight, (x, y), ((xx, xy), (_, yy)) in zip(
            mixture.weights.tolist(), mixture.means.tolist(), mixture.covariances.tolist(), strict=True
        )
    ]


def _mixture(components: list[Component]) -> Mixture:
    return Mixture.trusted(*arrays(np.array(components)))


def arrays(components: Array) -> tuple[Array, Array, Array]:
    """Split components, shape (..., K, 6), into weights, means and covariances of the usual shapes."""
    covariances = components[..., (3, 4, 4, 5)].reshape(*components.shape[:-1], 2, 2)
    return components[..., 0], components[..., 1:3], covariances
