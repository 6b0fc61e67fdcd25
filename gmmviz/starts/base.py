"""The contract of a start: from the data and a number of components to the first mixture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import MISSING, Field, fields, replace
from typing import Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets import far
from gmmviz.datasets.base import Dataset
from gmmviz.engine.blocks import Blocks, Coordinates
from gmmviz.engine.m_step import MStep
from gmmviz.engine.rows import Known
from gmmviz.engine.statistics import Statistics, cholesky_factors, divided
from gmmviz.errors import CollapseError, InputError, brief, warn
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Contract, Count, Index, check_whole, checked, family_of
from gmmviz.registry import Registry

LARGEST_SPREAD = 1e152  # the square of a larger standard deviation, a variance, overflows
SMALLEST_SPREAD = 1e-152  # that of a smaller one vanishes, or has no digits
SEEN = 100_000  # of very many points, by starts that compare points


class Start(Contract, ABC):
    """Something that a scene can name as its start.

    A start is an option bag (`gmmviz.options.options`) registered in `STARTS`; its fields are the keys of
    the scene's ``[model.start]`` table. `mixture` is called with at least as many points as components
    and must return the same mixture each time; whatever is random takes a seed. On any fault raise
    `InputError`.
    """

    @abstractmethod
    def mixture(self, data: Dataset, n_components: Count) -> Mixture:
        """Return the mixture that EM begins with.

        Parameters
        ----------
        data : Dataset
            The points; at least as many as components.
        n_components : int
            K.

        Returns
        -------
        Mixture
            The same each time.

        Raises
        ------
        InputError
            If the data cannot be begun with in this way.
        """

    def components_given(self) -> int | None:
        """Return the number of components, where the start itself decides it.

        Returns
        -------
        int or None
            None where any number will do.
        """
        return None

    def completion(self) -> str:
        """Say what the start takes from the data because it was not given.

        Returns
        -------
        str
            A sentence for the record of the run; empty if there is nothing to say. Where it is not empty, the
            covariances were not given, and `gmmviz.fit` makes them of the run's covariance type.
        """
        return ""

    @checked
    def attempt(self, number: Index) -> Start:
        """Return the start to try after `number` others: the same with another seed.

        Parameters
        ----------
        number : int
            0 for the start itself.

        Returns
        -------
        Start
            Another start of the same kind.

        Raises
        ------
        InputError
            If the start is the same every time.
        """
        if number == 0:
            return self
        if not hasattr(self, "seed"):
            raise InputError(
                f"the start {type(self).__name__} is the same every time: leave n_init at 1 and on_collapse at "
                "'stop', or choose a start with a seed"
            )
        return replace(self, seed=self.seed + number)  # type: ignore[type-var]


def looked_at(data: Dataset, seed: int = 0) -> Dataset:
    """Return what a start looks at that has to see points side by side: of very many, a sample.

    For k-means++, 100,000 of them are as good as all, and as k-means||, which reads all points several times. It
    is said that they are a sample, which depends on the seed and the number of points alone.
    """
    points, weights = data.counting
    if points.size <= far.MANY:
        return data
    n_points = len(points)
    rows: Any = slice(None)
    if n_points > SEEN:
        rows = np.sort(np.random.default_rng((seed, n_points)).choice(n_points, SEEN, replace=False))
        warn(f"the start looks at {SEEN:,} of the {n_points:,} points, drawn at random from its seed")
    return Dataset(points[rows], data.feature_names, data.name, weights=None if weights is None else weights[rows])


def upright(data: Dataset, means: Array, scale: float) -> Mixture:
    """Return equal weights, the given means and diagonal covariances, so that every tilt is EM's own doing.

    Parameters
    ----------
    data : Dataset
    means : ndarray, shape (K, D)
    scale : float
        Standard deviations, as a fraction of the data's.
    """
    K, D = means.shape
    deviations = scale * coordinates_of(data).spreads
    return Mixture(np.full(K, 1 / K), means, np.broadcast_to(np.diag(deviations**2), (K, D, D)))


def covariance_of(data: Dataset) -> Array:
    """Return the data's covariance, shape (D, D), in their units squared; the points are read block by block.

    A constant feature has a variance of a millionth. Where the covariance is singular all the same, a millionth of
    the data's variance is added to each variance.
    """
    blocks = Blocks(*data.counting)
    check_spread(data, blocks.coordinates)
    every = blocks.total(_whole, blocks.n_features)
    ridge = blocks.coordinates.ridge
    covariances = every.covariances + np.diag(np.where(blocks.coordinates.variances > 0, 0.0, ridge))
    try:
        cholesky_factors(covariances)
    except CollapseError:
        covariances = every.covariances + np.diag(ridge)
    found: Array = blocks.coordinates.outward(Mixture.trusted(np.ones(1), every.means, covariances)).covariances[0]
    return found


def _whole(features: Array, weights: Array | None, known: Known | None, D: int) -> Statistics:
    """Return the statistics of a block that belongs to one component."""
    return divided(features[1 : 1 + D], np.ones((1, features.shape[1])) if weights is None else weights[None])


def moments(data: Dataset, shares: Array) -> Mixture:
    """Return the weights, means and covariances of points that are divided among components: an M-step.

    A millionth of the data's variance is added to each variance, since a component's points may lie on a line. A
    component without points gets the mean and the covariance of all.

    Parameters
    ----------
    data : Dataset
    shares : ndarray, shape (K, N)
        How much of each point of `data.counting` belongs to each component; the shares of a point sum to 1.
    """
    coordinates = coordinates_of(data)
    points, weights = data.counting
    inside = ((points - coordinates.center) / coordinates.scale).T
    every = divided(inside, np.ones((1, len(points))) if weights is None else weights[None])
    shares = shares if weights is None else shares * weights
    K, (D, _) = len(shares), inside.shape
    whole = Mixture.trusted(
        np.full(K, 1 / K), np.tile(every.means, (K, 1)), np.broadcast_to(every.covariances, (K, D, D))
    )
    begun = MStep(ridge=coordinates.ridge)(divided(inside, shares), whole)
    return coordinates.outward(begun)


def coordinates_of(data: Dataset) -> Coordinates:
    """Return the data's mean and spread, by which features of any unit are measured.

    Raises
    ------
    InputError
        If a variance would overflow or vanish.
    """
    coordinates = Coordinates.of(*data.counting)
    check_spread(data, coordinates)
    return coordinates


def check_spread(data: Dataset, coordinates: Coordinates) -> None:
    """Raise `InputError` if a feature's variance would overflow or vanish."""
    for name, spread in zip(data.feature_names, coordinates.spreads.tolist(), strict=True):
        if not SMALLEST_SPREAD <= spread <= LARGEST_SPREAD:
            change = "divide" if spread > 1 else "multiply"
            raise InputError(
                f"{data.name} spreads over {spread:.0e} in {name}, whose square is no number: {change} it by a "
                "power of ten"
            )


STARTS: Registry[type[Start]] = Registry("start", family_of(Start))


def check_components(data: Dataset, n_components: Any) -> None:
    """Raise `InputError` unless so many components can be fitted to the data."""
    check_whole("n_components", n_components, 1)
    n_points, what = len(data.counting[0]), "" if data.weights is None else " that count"
    if n_points < n_components:
        raise InputError(
            f"{brief(n_components)} components need at least as many points, but {data.name} has "
            f"{n_points}{what}: ask for fewer components",
            "components",
        )


def as_start(start: Start | str) -> Start:
    """Return `start` itself, or the start of that name with its default settings.

    Raises
    ------
    InputError
        If it is neither, or if that start has no default.
    """
    if isinstance(start, str):
        chosen = STARTS[start]
        missing = [field.name for field in fields(chosen) if _needed(field)]  # type: ignore[arg-type]
        if missing:
            arguments = ", ".join(f"{name}=..." for name in missing)
            raise InputError(f"the start {start!r} needs values: write gv.{chosen.__name__}({arguments})")
        return chosen()
    if isinstance(start, type) and issubclass(start, Start):
        raise InputError(f"the start is the class {start.__name__}: write {start.__name__}() to make one")
    if not isinstance(start, Start):
        given = f"an array of shape {np.shape(start)}" if isinstance(start, np.ndarray) else brief(start)
        raise InputError(
            f"the start must be a Mixture, a start such as RandomPoints(seed=3), or a start's name, not {given}"
        )
    return start


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
