"""`Dataset`, the value that a run is fitted to, and the contract of what can make one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import (
    Array,
    check_columns,
    collected,
    column_names,
    frozen,
    numbers,
    points_matrix,
    texts_or_numbers,
    warn_of_other_index,
)
from gmmviz.datasets.far import FarRows
from gmmviz.datasets.lazy import far_rows
from gmmviz.errors import InputError, counted
from gmmviz.mixture.mixture import Missing, Mixture
from gmmviz.mixture.table import MOST, html_table, shown_of
from gmmviz.options import Contract, checked, family_of
from gmmviz.registry import Registry

SHOWN = 20  # names in a message
FEW = 5  # points in a notebook's table


@checked
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Dataset:
    """Points, and what is known about them.

    Parameters
    ----------
    points : array_like, shape (N, D)
        The points: an array, a DataFrame or a LazyFrame; a one-dimensional array or a Series is one feature.
        Arrays of floating point are not copied. Arrays of Zarr and arrays and tables of Dask stay where they are
        if they hold more than four million numbers; a fit reads them slice by slice.
    feature_names : tuple of str, length D
        With units, as they should stand on an axis: ``"eruption (min)"``. By default the columns of a
        DataFrame, numbers among them as text, or else ``x1``, ``x2``, ...
    name : str
        What messages and captions call the data.
    labels : array_like, shape (N,), optional
        Known classes or, for a sample, the component that each point was drawn from: numbers or texts, also a
        Series of pandas or polars. What is neither is taken as text, what is missing as "".
    truth : Mixture, optional
        The mixture that the points were drawn from, where it is known.
    source : str
        Where the numbers come from, and their license.
    shape : tuple of int, optional
        Height and width in pixels, if the points are an image's.
    others : array_like, shape (M, D), optional
        Points that are not fitted but scored, as a detector of anomalies does.
    others_name : str
        What the `others` are.
    pixels : array_like of int, shape (N,), optional
        Which pixels of the image the points are, counted from 0 row by row; by default all of them.
    columns : tuple of str, length D
        What a file calls the features, where that is something else; panels choose by these names too.
    weights : array_like, shape (N,), optional
        How often each point counts, such as the counts of a histogram at the middles of its bins; 0 or more, by
        default 1 each. A point that counts twice is two points to EM.
    known : array_like of int, shape (N,), optional
        The component of each point that EM is told, counted from 0; -1 where it is not known.
    missing : {"refuse", "marginalize"}
        What NaN among the points is: refused, or a value that is missing, so that EM asks about the others alone.
    gaps : array_like of bool, shape (N, D), optional
        Where the points have numbers that only stand in for missing ones, as in a picture; EM does not see them.

    Raises
    ------
    InputError
        If the points are not a matrix of finite numbers, or something else does not match them in shape.

    Examples
    --------
    >>> import gmmviz as gv
    >>> gv.Dataset([[1, 2], [3, 4], [5, 7]], name="three points")
    <Dataset three points: 3 points, 2 features ['x1', 'x2']>
    """

    points: Array
    feature_names: tuple[str, ...] = ()
    name: str = "the data"
    labels: np.ndarray[Any, Any] | None = None
    truth: Mixture | None = None
    source: str = ""
    shape: tuple[int, int] | None = None
    others: Array | None = None
    others_name: str = "others"
    pixels: npt.NDArray[np.intp] | None = None
    columns: tuple[str, ...] = ()
    weights: Array | None = None
    known: npt.NDArray[np.intp] | None = None
    missing: Missing = "refuse"
    gaps: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        gaps = self.missing == "marginalize"
        table = collected(self.points)
        names = tuple(self.feature_names) or column_names(table)
        points = far_rows(table, gaps=gaps)
        if not isinstance(points, FarRows):
            # A view, because data may be larger than memory; and so the caller's own array stays writable.
            points = points_matrix(points, names, gaps=gaps).view()
            points.flags.writeable = False
            if gaps:
                check_columns(points, names)
        if names and len(names) != points.shape[1]:
            raise InputError(
                f"{counted(len(names), 'feature name')} for {counted(points.shape[1], 'feature')}: "
                f"{list(names[:SHOWN])}{' and more' if len(names) > SHOWN else ''}"
            )
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "feature_names", names or tuple(f"x{d + 1}" for d in range(points.shape[1])))
        for name in ("labels", "weights"):
            warn_of_other_index(name, getattr(self, name), table)
        if self.labels is not None:
            labels = texts_or_numbers("labels", self.labels)
            if labels.shape != (len(points),):
                raise InputError(f"labels must have shape ({len(points)},), not {labels.shape}")
            labels.flags.writeable = False
            object.__setattr__(self, "labels", labels)
        if self.shape is not None:
            self._check_pixels(*self.shape)
        elif self.pixels is not None:
            raise InputError("pixels are those of an image: give its shape too, as shape=(height, width)", "shape")
        if self.others is not None:
            try:
                others = frozen(points_matrix(self.others, names))
            except InputError as error:
                raise InputError(f"others: {error}", "others") from None
            if others.shape[1] != points.shape[1]:
                raise InputError(
                    f"others must have {counted(points.shape[1], 'feature')}, like the points, "
                    f"not {others.shape[1]}"
                )
            object.__setattr__(self, "others", others)
        if self.weights is not None:
            object.__setattr__(self, "weights", checked_weights(self.weights, len(points)))
        if self.known is not None:
            object.__setattr__(self, "known", _checked_known(self.known, len(points)))
        if self.gaps is not None:
            marks = numbers("gaps", self.gaps)
            if marks.shape != points.shape:
                raise InputError(
                    f"gaps must have shape {points.shape}, like the points, not {marks.shape}", "gaps"
                )
            gaps = marks == 1
            if not (gaps | (marks == 0)).all():
                raise InputError("gaps must be True or False", "gaps")
            gaps.flags.writeable = False
            object.__setattr__(self, "gaps", gaps)

    @property
    def n_points(self) -> int:
        """How many points there are."""
        return len(self.points)

    @property
    def is_weighted(self) -> bool:
        """Whether the points have weights."""
        return self.weights is not None

    @property
    def incomplete(self) -> bool:
        """Whether values are missing."""
        if self.gaps is not None:
            return bool(self.gaps.any())
        return self.missing == "marginalize" and bool(np.isnan(self.points).any())

    @property
    def observed(self) -> Array:
        """The points as EM sees them, shape (N, D): NaN where a value is missing."""
        return self.points if self.gaps is None else np.where(self.gaps, np.nan, self.points)

    @property
    def total_weight(self) -> float:
        """What stands for N where points have weights: their sum."""
        return float(len(self.points) if self.weights is None else self.weights.sum())

    @property
    def counting(self) -> tuple[Array, Array | None]:
        """The points whose weight is not 0, and their weights; all points, and None, where they have none."""
        if self.weights is None or self.weights.all():
            return self.observed, self.weights
        some = self.weights > 0
        return self.observed[some], self.weights[some]

    @property
    def known_counting(self) -> npt.NDArray[np.intp] | None:
        """What is known of the points of `counting`."""
        if self.known is None or self.weights is None:
            return self.known
        return self.known[self.weights > 0]

    def _check_pixels(self, height: int, width: int) -> None:
        n_points, n_pixels = len(self.points), height * width
        if self.pixels is None:
            if n_points != n_pixels:
                raise InputError(
                    f"{counted(n_points, 'point')} cannot be all pixels of an image of shape ({height}, {width}), "
                    f"which has {n_pixels:,}: say which ones they are, with pixels="
                )
            return
        pixels = np.array(self.pixels)
        if pixels.shape != (n_points,) or pixels.dtype.kind not in "iu":
            raise InputError(f"pixels must be {counted(n_points, 'whole number')}, one for each point", "pixels")
        if pixels.min() < 0 or pixels.max() >= n_pixels or len(np.unique(pixels)) < n_points:
            raise InputError(f"pixels must be different numbers from 0 to {n_pixels - 1:,}", "pixels")
        pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)

    def __repr__(self) -> str:
        n_points, n_features = self.points.shape
        features = counted(n_features, "feature")
        return f"<Dataset {self.name}: {counted(n_points, 'point')}, {features} {list(self.feature_names)}>"

    def _repr_html_(self) -> str:
        n_points, n_features = self.points.shape
        names = self.feature_names[:MOST]
        labels = [] if self.labels is None else ["label"]
        rows = (
            [f"{n:,}", *point[: len(names)], *([] if self.labels is None else [str(self.labels[n])])]
            for n, point in enumerate(self.points[:FEW].tolist())
        )
        caption = f"{self.name}: {counted(n_points, 'point')}, {counted(n_features, 'feature')}"
        left_out = shown_of(min(n_points, FEW), n_points, "points", len(names), n_features)
        return html_table(caption, ["point", *names, *labels], rows, left_out)


def checked_weights(weights: Any, n_points: int) -> Array:
    """Check weights of points at the door: one for each, numbers from 0 on, not all of them 0.

    Raises
    ------
    InputError
        Names the first faulty row.
    """
    given = numbers("weights", weights)
    if given.shape != (n_points,):
        raise InputError(
            f"weights must have shape ({n_points},), one for each point, not {given.shape}", "weights"
        )
    for row in np.flatnonzero(~((given >= 0) & np.isfinite(given)))[:1].tolist():
        raise InputError(
            f"row {row} of the weights holds {given[row]:g}; weights must be numbers, 0 or more", "weights"
        )
    with np.errstate(over="ignore"):
        total = float(given.sum(dtype=np.float64))
    if total == 0:
        raise InputError("all weights are zero: some point must count", "weights")
    if total == np.inf:
        raise InputError("the sum of the weights is no number: divide them by a power of ten", "weights")
    return frozen(given)


def _checked_known(known: Any, n_points: int) -> npt.NDArray[np.intp]:
    """Check what is known of points at the door: a whole number for each, -1 or more."""
    given = numbers("known", known)
    if given.shape != (n_points,):
        raise InputError(f"known must have shape ({n_points},), one for each point, not {given.shape}", "known")
    for row in np.flatnonzero(~((given >= -1) & (given == np.floor(given)) & (given < 2**31)))[:1].tolist():
        raise InputError(
            f"row {row} of what is known holds {given[row]:g}; expected a component, counted from 0, or -1",
            "known",
        )
    found = given.astype(np.intp)
    found.flags.writeable = False
    return found


class DatasetSource(Contract, ABC):
    """Something that a scene can name as its data.

    A source is an option class (`gmmviz.options.options`) that is registered in `DATASETS`. Its fields are the
    keys of the scene's ``[data]`` table.
    """

    @abstractmethod
    def load(self, folder: Path = Path()) -> Dataset:
        """Make the data.

        This may be called several times, and must return the same points each time.

        Parameters
        ----------
        folder : Path, optional
            What relative paths are relative to: the folder of the scene file.

        Returns
        -------
        Dataset
            The points, and what is known about them.

        Raises
        ------
        InputError
            On any fault. `place` is the option at fault.
        """


DATASETS: Registry[type[DatasetSource]] = Registry("data set", family_of(DatasetSource))


@checked
def load_dataset(name: str, /, **settings: Any) -> Dataset:
    """Load a data set by name.

    Parameters
    ----------
    name : str
        A name that ``gmmviz.DATASETS`` lists, such as ``"old_faithful"``.
    **settings : object
        The options of that data set.

    Returns
    -------
    Dataset
        The points, and what is known about them.

    Raises
    ------
    InputError
        If there is no such data set or option, or the data cannot be read.

    Examples
    --------
    >>> import gmmviz as gv
    >>> gv.load_dataset("old_faithful")
    <Dataset Old Faithful: 272 points, 2 features ['eruption (min)', 'waiting (min)']>
    """
    suffix = Path(name).suffix[1:]
    kind = "table" if suffix in ("gz", "ods", "parquet", "feather", "tsv", "xls", "xlsx") else suffix
    if name not in DATASETS and kind in DATASETS:
        raise InputError(f"{name!r} is a file, not a data set: write load_dataset({kind!r}, path={name!r})")
    return DATASETS[name](**settings).load()


def as_dataset(X: Any) -> Dataset:
    """Return `X` itself if it is a `Dataset`, or else wrap it in one."""
    return X if isinstance(X, Dataset) else Dataset(X)


def unweighted(X: Any) -> Dataset:
    """Return what `as_dataset` does, where nothing but points is given, for what knows nothing else.

    Raises
    ------
    InputError
        If the points have weights, the components of some are known, or values are missing.
    """
    data = as_dataset(X)
    if data.incomplete:
        raise InputError(f"{data.name} has missing values, which gmmviz.fit alone takes: use gmmviz.fit")
    for what, given in (("weights", data.weights), ("known components", data.known)):
        if given is not None:
            raise InputError(
                f"{data.name} has {what}, which gmmviz.fit alone takes: use gmmviz.fit, or leave them out"
            )
    return data
