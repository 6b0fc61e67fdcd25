"""What all frames of a film share (axes, limits, peaks), decided once from the whole film: nothing jumps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import numpy as np
import scipy  # which loads its parts when they are asked for

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError
from gmmviz.mixture.matching import bhattacharyya
from gmmviz.mixture.mixture import Mixture
from gmmviz.storyboard.density import DensityAt, Grid
from gmmviz.storyboard.projection import Features, Projection
from gmmviz.storyboard.vocabulary import ENGLISH, Words

T = TypeVar("T")

MARGIN = 0.06  # of the range that is shown, left free at each end
WIDENING = 0.25  # of the data's range, by which ellipses may widen the limits at each end
FINAL_WIDENING = 0.5  # the same for the ellipses of the fit, which stay on the screen longest
LARGEST_REACH = 3.0  # Mahalanobis radius; wider ellipses may leave the picture
GRID = 64  # places along each axis at which the highest density of a film is looked for
CROWD = 0.95  # quantile of the densities at the points that counts as usual
FEW, MOST = 4, 0.75  # points that are no crowd, where they are no quarter of all
SPIKE = 4.0  # times the usual density; what is higher is cut off
LOWEST, HIGHEST = 1e-280, 1e280  # densities that can still be multiplied and divided
SOME = 2000  # points, at most, from which the usual density is found


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One run of a film, and what it shares with the film's other runs: axes, limits, peaks.

    `stages` makes one per run. Shared values are worked out when first asked for.

    Parameters
    ----------
    name : str
        The run's title; empty if the film has only one run.
    trace : Trace
        The run.
    cast : tuple of Trace
        Every run of the film, this one included.
    names : tuple of str
        What every run of the cast is called.
    reach : float
        Mahalanobis radius of what is drawn around the means; limits make room for it, up to 3.
    length : float
        Of the film in seconds; 0 where there is none, as in a picture of one moment.
    words : Words
        Of the film.

    Examples
    --------
    >>> import gmmviz as gv
    >>> from gmmviz.storyboard.stage import stages
    >>> (stage,) = stages([("", gv.fit(gv.load_dataset("old_faithful"), n_components=2))])
    >>> stage.projection(None, 2).names
    ('eruption (min)', 'waiting (min)')
    """

    name: str
    trace: Trace
    cast: tuple[Trace, ...]
    names: tuple[str, ...]
    reach: float = 2.0
    length: float = 0.0
    words: Words = ENGLISH
    _shared: dict[Hashable, Any] = field(default_factory=dict, repr=False)  # the same in all stages of a film

    def say(self, key: str, **fields: object) -> str:
        """Return a word of the picture in the language of the film.

        Parameters
        ----------
        key : str
            One of `gmmviz.WORDS`.
        **fields : object
            What is filled in.

        Returns
        -------
        str
            As matplotlib takes it.

        Raises
        ------
        InputError
            If there is no such word.
        """
        return self.words.say(key, **fields)

    @property
    def last_iteration(self) -> int:
        """The last iteration of the longest run."""
        return max(len(trace) for trace in self.cast) - 1

    @property
    def all_features(self) -> Projection:
        """The data as it is, on as many axes as it has features."""
        n_features = self.trace.data.points.shape[1]
        return self.projection(tuple(range(1, n_features + 1)), n_features)

    def projection(self, features: Features, n_axes: int) -> Projection:
        """Return what to show of the data: the same in every run of the film.

        Parameters
        ----------
        features : "pca", tuple of str or int, or None
            Names or numbers from 1; None takes all features if they are as many as the axes, else the principal
            components.
        n_axes : int
            How many axes the panel has.

        Returns
        -------
        Projection

        Raises
        ------
        InputError
            If the data has too few features, or none of that name.
        """
        key = ("projection", features, n_axes)
        return self._once(key, lambda: Projection.of(self.cast[0].data, features, n_axes, self.words))

    def limits(self, projection: Projection, *, with_others: bool = False) -> Array:
        """Return the lower and upper end of each axis, which hold all points and nearly all ellipses of the film.

        Parameters
        ----------
        projection : Projection
            From `projection`.
        with_others : bool
            Make room for the points that were not fitted (`Dataset.others`), too.

        Returns
        -------
        ndarray, shape (d, 2)
        """
        key = ("limits", projection, with_others)
        return self._once(key, lambda: _limits(self.cast, projection, self.reach, with_others))

    def peak(self, projection: Projection) -> float:
        """Return the highest density that the film shows.

        A component that collapses onto a few points has no highest density. So what exceeds four times the
        density that many points have is cut off.

        Parameters
        ----------
        projection : Projection
            From `projection`.

        Returns
        -------
        float
            Per unit area (or length) of the projection's axes.

        Raises
        ------
        InputError
            If the units are so small or large that densities in them are no numbers.
        """
        peak = self._once(("peak", projection), lambda: _peak(self.cast, projection, self.limits(projection)))
        if not LOWEST < peak < HIGHEST:
            units = "larger" if peak > 1 else "smaller"
            raise InputError(
                f"the densities of {self.trace.data.name} reach {peak:.0e} per unit, beyond what can be drawn: "
                f"give the data in {units} units"
            )
        return peak

    def truth(self, projection: Projection) -> tuple[Mixture, tuple[int, ...]] | None:
        """Return the mixture that the data was drawn from, where it is known.

        Parameters
        ----------
        projection : Projection
            From `projection`.

        Returns
        -------
        mixture : Mixture
            On the projection's axes.
        partners : tuple of int
            For each true component the estimated one that it is paired with, whose color it takes. A true
            component without a partner has a number beyond the estimated ones.
        """
        truth = self.trace.data.truth
        if truth is None:
            return None
        estimate = self.trace[-1].mixture
        true, own = scipy.optimize.linear_sum_assignment(bhattacharyya(truth, estimate))
        paired = dict(zip(true.tolist(), own.tolist(), strict=True))
        spare = count(estimate.n_components)
        partners = tuple(paired[j] if j in paired else next(spare) for j in range(truth.n_components))
        return projection.mixture(truth), partners

    def known_truth(self, projection: Projection) -> tuple[Mixture, tuple[int, ...]]:
        """Return the mixture that the data was drawn from, as `truth` does.

        Parameters
        ----------
        projection : Projection
            From `projection`.

        Returns
        -------
        mixture : Mixture
            On the projection's axes.
        partners : tuple of int
            The estimated component of each true one.

        Raises
        ------
        InputError
            If the truth is not known.
        """
        truth = self.truth(projection)
        if truth is None:
            raise InputError(
                f"the true mixture of {self.trace.data.name} is not known: leave truth out, "
                "or draw the data from a mixture (dataset 'sample')",
                "truth",
            )
        return truth

    def true_log_likelihood(self, data: Dataset) -> float | None:
        """Return the log-likelihood of the mixture that data was drawn from, where it is known.

        Parameters
        ----------
        data : Dataset
            Of one of the film's runs.

        Returns
        -------
        float or None
            Total, in nats; with the points' weights if they have any.
        """
        truth = data.truth
        if truth is None:
            return None
        points, weights = data.counting
        return self._once(
            ("true log-likelihood", id(data)),
            lambda: float(np.sum(truth.log_prob(points, data.missing) * (1.0 if weights is None else weights))),
        )

    @property
    def hues(self) -> tuple[int, ...]:
        """The number of the hue that each component has: in all runs of the film, one cloud has one color."""
        every = self._once("hues", lambda: _hues(self.cast))
        return every[next(i for i, trace in enumerate(self.cast) if trace is self.trace)]

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Make a shared value when it is first asked for."""
        if key not in self._shared:
            self._shared[key] = make()
        value: T = self._shared[key]
        return value


def stages(runs: Sequence[tuple[str, Trace]], reach: float = 2.0, words: Words = ENGLISH) -> tuple[Stage, ...]:
    """Make one stage per run of a film.

    Parameters
    ----------
    runs : sequence of (name, Trace)
        Runs without a name are counted.
    reach : float
        Mahalanobis radius of what is drawn around the means.
    words : Words
        Of the film.

    Returns
    -------
    tuple of Stage
        In the order of the runs; they share axes, limits and peaks.

    Raises
    ------
    InputError
        If the runs' data have different numbers of features: no axes could show them all.
    """
    cast = tuple(trace for _, trace in runs)
    names = tuple(name or words.text("run", i=i) for i, (name, _) in enumerate(runs, 1))
    for trace in cast:
        first, here = cast[0].data.points.shape[1], trace.data.points.shape[1]
        if here != first:
            raise InputError(
                f"the runs of a film share their axes, but {cast[0].data.name} has {first} features and "
                f"{trace.data.name} has {here}: make a film of each"
            )
    shared: dict[Hashable, Any] = {}
    reach = min(reach, LARGEST_REACH)
    return tuple(Stage(name, trace, cast, names, reach, words=words, _shared=shared) for name, trace in runs)


def _hues(cast: tuple[Trace, ...]) -> list[tuple[int, ...]]:
    """Match the components of the runs' ends: from few to many, and of equal numbers the best run first."""
    ends = [(trace.n_components, -float(trace.average_log_likelihoods[-1])) for trace in cast]
    best_first = sorted(range(len(cast)), key=lambda i: ends[i])
    found: list[tuple[int, ...]] = [()] * len(cast)
    known: Mixture | None = None
    for i in best_first:
        own = cast[i][-1].mixture
        hues = dict.fromkeys(range(own.n_components), -1)
        if known is not None:
            mine, theirs = scipy.optimize.linear_sum_assignment(bhattacharyya(own, known))
            hues |= dict(zip(mine.tolist(), theirs.tolist(), strict=True))
        free = count(0 if known is None else known.n_components)
        found[i] = tuple(next(free) if hue < 0 else hue for hue in hues.values())
        if known is None or own.n_components > known.n_components:
            # A component that is new joins those known; the others stay what they were when they were first seen.
            new = [k for k, hue in hues.items() if hue < 0]
            known = own if known is None else _joined(known, own, new)
    return found


def _joined(known: Mixture, own: Mixture, new: list[int]) -> Mixture:
    weights = np.concatenate([known.weights, own.weights[new]])
    means, covariances = (
        np.concatenate([ours, theirs[new]])
        for ours, theirs in ((known.means, own.means), (known.covariances, own.covariances))
    )
    return Mixture.trusted(weights / weights.sum(), means, covariances)


def _limits(cast: tuple[Trace, ...], projection: Projection, reach: float, with_others: bool) -> Array:
    """Make room for every point, and for ellipses as far as they do not go absurdly far.

    One wild iteration must not shrink the data to a speck.
    """
    shown = [projection.points(trace.data.points) for trace in cast]
    if with_others:
        shown += [projection.points(trace.data.others) for trace in cast if trace.data.others is not None]
    lower = np.min([points.min(axis=0) for points in shown], axis=0)
    upper = np.max([points.max(axis=0) for points in shown], axis=0)
    span = np.where(upper > lower, upper - lower, 1.0)
    low, high = lower, upper
    for mixtures, room in (
        ([snapshot.mixture for trace in cast for snapshot in trace], WIDENING * span),
        ([trace[-1].mixture for trace in cast], FINAL_WIDENING * span),
    ):
        ends = [_ellipse_ends(projection.mixture(mixture), reach) for mixture in mixtures]
        lowest = np.min([begin for begin, _ in ends], axis=0)
        highest = np.max([end for _, end in ends], axis=0)
        low = np.minimum(low, np.maximum(lowest, lower - room))
        high = np.maximum(high, np.minimum(highest, upper + room))
    if within := _natural_limits(cast, projection):
        low, high = (np.full_like(low, end) for end in within)
        edge = 0.4 * MARGIN * (high - low)
        return np.stack([low - edge, high + edge], axis=1)
    edge = MARGIN * (high - low)
    edge = np.where(edge > 0, edge, np.maximum(0.5, 1e-6 * np.abs(low)))  # more than rounding takes away
    return np.stack([low - edge, high + edge], axis=1)


def _natural_limits(cast: tuple[Trace, ...], projection: Projection) -> tuple[float, float] | None:
    """The values that colors of an image can have, if that is what the axes show."""
    single = (projection.matrix == 1).sum(axis=1) == 1
    single &= (projection.matrix != 0).sum(axis=1) == 1
    if not single.all() or projection.center.any() or any(trace.data.shape is None for trace in cast):
        return None
    values = [trace.data.points for trace in cast]
    colors = min(points.min() for points in values) >= 0 and 1 < max(points.max() for points in values) <= 255
    return (0.0, 255.0) if colors else None


def _ellipse_ends(mixture: Mixture, radius: float) -> tuple[Array, Array]:
    """The lowest and highest place on each axis that the ellipses of this Mahalanobis radius reach."""
    away = radius * np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    return (mixture.means - away).min(axis=0), (mixture.means + away).max(axis=0)


def _peak(cast: tuple[Trace, ...], projection: Projection, limits: Array) -> float:
    """The highest density of all snapshots, on a grid and at the means, but at most `SPIKE` times the usual."""
    peaks, usual = [], []
    for trace in cast:
        points = projection.points(trace.data.points[:: len(trace.data.points) // SOME + 1])
        density = _density_at(np.concatenate([points, _grid(limits)]), limits)
        at_points = []
        for snapshot in trace:
            mixture = projection.mixture(snapshot.mixture)
            with np.errstate(over="ignore"):
                densities = density(mixture)
                peaks += [densities[len(points) :].max(), np.exp(mixture.log_prob(mixture.means)).max()]
            at_points.append(densities[: len(points)])
        crowd = min(CROWD, max(MOST, 1 - FEW / len(points)))
        usual.append(np.quantile(at_points, crowd, axis=1).max())
    return float(min(np.max(peaks), SPIKE * np.max(usual)))


def _grid(limits: Array) -> Array:
    """Places that fill the limits evenly, shape (n, d)."""
    sides = [np.linspace(low, high, GRID) for low, high in limits]
    return np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, len(sides))


def _density_at(places: Array, limits: Array) -> Callable[[Mixture], Grid]:
    """The function from a mixture to its density at these places; the quick one in two dimensions."""
    if len(limits) != 2:
        return lambda mixture: np.exp(mixture.log_prob(places))
    low, high = limits.T
    return DensityAt(limits, ((2 * places - low - high) / (high - low)).T).density
