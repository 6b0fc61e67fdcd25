"""What all frames of a film share (limits, scales), decided once from the whole of it, so that nothing jumps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from scipy.optimize import linear_sum_assignment

from gmmviz.arrays import Array
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.mixture.matching import bhattacharyya
from gmmviz.mixture.mixture import Mixture
from gmmviz.storyboard.density import DensityAt, Grid
from gmmviz.storyboard.projection import Features, View

LARGEST_REACH = 3.0  # Mahalanobis; wider ellipses may leave the picture
GRID = 64  # cells each way, on which a film's highest density is looked for
SPIKE = 4.0  # times the density that a twentieth of the points lie above; what is higher is cut off
CROWD = 0.95
SOME = 2000  # points, of which that density is found


class Scales:
    """Limits and peaks of a film, worked out when first asked for and then kept.

    Parameters
    ----------
    cast : tuple of Trace
        Every run of the film.
    names : tuple of str
        Of the runs; those without one are counted.
    reach : float
        Mahalanobis radius of what is drawn around the means; limits make room for it.
    """

    def __init__(self, cast: tuple[Trace, ...], names: tuple[str, ...], reach: float) -> None:
        self.cast = cast
        self.names = tuple(name or f"run {i}" for i, name in enumerate(names, 1))
        self._reach = min(reach, LARGEST_REACH)
        self._views: dict[tuple[Features, int], View] = {}
        self._limits: dict[tuple[View, bool], Array] = {}
        self._peaks: dict[View, float] = {}

    def view(self, features: Features, n_axes: int) -> View:
        """See `Stage.view`."""
        key = (features, n_axes)
        if key not in self._views:
            self._views[key] = View.of(self.cast[0].data, features, n_axes)
        return self._views[key]

    def limits(self, view: View, with_others: bool) -> Array:
        """See `Stage.limits`."""
        key = (view, with_others)
        if key not in self._limits:
            self._limits[key] = _limits(self.cast, view, self._reach, with_others)
        return self._limits[key]

    def peak(self, view: View) -> float:
        """See `Stage.peak`."""
        if view not in self._peaks:
            self._peaks[view] = _peak(self.cast, view, self.limits(view, with_others=False))
        return self._peaks[view]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One run, and the scales it shares with the film's other runs.

    Parameters
    ----------
    name : str
        The run's title; empty if the film has only one.
    trace : Trace
    scales : Scales
    """

    name: str
    trace: Trace
    scales: Scales

    @property
    def cast(self) -> tuple[Trace, ...]:
        """Every run of the film, this one too."""
        return self.scales.cast

    @property
    def names(self) -> tuple[str, ...]:
        """What every run of the cast is called."""
        return self.scales.names

    @property
    def last_iteration(self) -> int:
        """Of the longest run."""
        return max(len(trace) for trace in self.cast) - 1

    def view(self, features: Features, n_axes: int) -> View:
        """What to show of the data on `n_axes` axes: the same in every run of the film."""
        return self.scales.view(features, n_axes)

    @property
    def all_features(self) -> View:
        """The data as it is."""
        n_features = self.trace.data.points.shape[1]
        return self.view(tuple(range(1, n_features + 1)), n_features)

    def limits(self, view: View, *, with_others: bool = False) -> Array:
        """Lower and upper end of each axis, shape (d, 2); with room for the points not fitted, if asked for."""
        return self.scales.limits(view, with_others)

    def peak(self, view: View) -> float:
        """The highest density that the film shows, per unit area (or length) of the view's axes.

        A component that collapses onto a few points has no highest density: what exceeds four times the
        density that many points have is cut off.
        """
        return self.scales.peak(view)

    def truth(self, view: View) -> tuple[Mixture, tuple[int, ...]] | None:
        """The mixture that the data was drawn from, where it is known, on the view's axes.

        Returns
        -------
        mixture : Mixture
        partners : tuple of int
            The estimate's component that each true one is paired with, whose color it takes; a true
            component without one has a number beyond the estimate's.
        """
        truth = self.trace.data.truth
        if truth is None:
            return None
        estimate = self.trace[-1].mixture
        true, own = linear_sum_assignment(bhattacharyya(truth, estimate))
        paired = dict(zip(true.tolist(), own.tolist(), strict=True))
        spare = count(estimate.n_components)
        partners = tuple(paired[j] if j in paired else next(spare) for j in range(truth.n_components))
        return view.mixture(truth), partners


def stages(runs: Sequence[tuple[str, Trace]], reach: float = 2.0) -> tuple[Stage, ...]:
    """One stage per named run of a film, with equal scales.

    Parameters
    ----------
    runs : sequence of (name, Trace)
    reach : float
        Mahalanobis radius of what is drawn around the means.

    Raises
    ------
    InputError
        If the runs' data have different features: no axes could show them all.
    """
    cast = tuple(trace for _, trace in runs)
    for _, trace in runs:
        first, here = cast[0].data.points.shape[1], trace.data.points.shape[1]
        if here != first:
            raise InputError(
                f"the runs of a film share their axes, but {cast[0].data.name} has {first} features and "
                f"{trace.data.name} has {here}: make a film of each"
            )
    scales = Scales(cast, tuple(name for name, _ in runs), reach)
    return tuple(Stage(name, trace, scales) for name, trace in runs)


def _limits(cast: tuple[Trace, ...], view: View, reach: float, with_others: bool) -> Array:
    """Room for every point, and for every ellipse that does not go absurdly far.

    Ellipses may widen the view by a quarter of the data's range on each side, those of the fit by twice
    that: one wild iteration must not shrink the data to a speck.
    """
    margin, widening = 0.06, 0.25
    shown = [view.points(trace.data.points) for trace in cast]
    if with_others:
        shown += [view.points(trace.data.others) for trace in cast if trace.data.others is not None]
    ends = [(points.min(axis=0), points.max(axis=0)) for points in shown]
    lower = np.min([low for low, _ in ends], axis=0)
    upper = np.max([high for _, high in ends], axis=0)
    span = np.where(upper > lower, upper - lower, 1.0)
    low, high = lower, upper
    for mixtures, room in (
        ([snapshot.mixture for trace in cast for snapshot in trace], widening * span),
        ([trace[-1].mixture for trace in cast], 2 * widening * span),
    ):
        reaches = [_ellipse_ends(view.mixture(mixture), reach) for mixture in mixtures]
        lowest = np.min([begin for begin, _ in reaches], axis=0)
        highest = np.max([end for _, end in reaches], axis=0)
        low = np.minimum(low, np.maximum(lowest, lower - room))
        high = np.maximum(high, np.minimum(highest, upper + room))
    edge = margin * (high - low)
    edge = np.where(edge > 0, edge, 0.5)
    return np.stack([low - edge, high + edge], axis=1)


def _ellipse_ends(mixture: Mixture, radius: float) -> tuple[Array, Array]:
    away = radius * np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    return (mixture.means - away).min(axis=0), (mixture.means + away).max(axis=0)


def _peak(cast: tuple[Trace, ...], view: View, limits: Array) -> float:
    peaks, usual = [], []
    for trace in cast:
        points = view.points(trace.data.points[:: len(trace.data.points) // SOME + 1])
        density = _density_at(np.concatenate([points, _grid(limits)]), limits)
        seen = []
        for snapshot in trace:
            mixture = view.mixture(snapshot.mixture)
            densities = density(mixture)
            peaks += [densities[len(points) :].max(), np.exp(mixture.log_prob(mixture.means)).max()]
            seen.append(densities[: len(points)])
        usual.append(np.quantile(seen, CROWD, axis=1).max())
    return float(min(np.max(peaks), SPIKE * np.max(usual)))


def _grid(limits: Array) -> Array:
    sides = [np.linspace(low, high, GRID) for low, high in limits]
    return np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, len(sides))


def _density_at(places: Array, limits: Array) -> Callable[[Mixture], Grid]:
    if len(limits) != 2:
        return lambda mixture: np.exp(mixture.log_prob(places))
    low, high = limits.T
    return DensityAt(limits, ((2 * places - low - high) / (high - low)).T).density
