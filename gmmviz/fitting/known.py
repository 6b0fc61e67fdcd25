"""What is known of some points: their labels, as components that EM is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from gmmviz.arrays import texts_or_numbers
from gmmviz.datasets.base import Dataset
from gmmviz.datasets.numerals import GAPS
from gmmviz.engine.prior import Conjugate
from gmmviz.errors import InputError, counted, listed, there_are
from gmmviz.mixture.mixture import Mixture

Labels = npt.NDArray[np.intp]
SEED = 0  # of the points whose labels are told
NO_LABELS = GAPS - {"None", "none"}  # which may be a class
SHOWN = 10  # classes in a message


def with_known(data: Dataset, labels: Any) -> Dataset:
    """Return the data with these labels as what EM is told; the data itself without labels.

    Raises
    ------
    InputError
        If there is not one for each point, or one is neither a component nor a word.
    """
    if labels is None:
        return data
    if data.known is not None:
        raise InputError(f"{data.name} has known components of its own: leave out labels", "labels")
    given = texts_or_numbers("labels", labels)
    if given.shape != data.points.shape[:1]:
        raise InputError(
            f"labels must have shape ({len(data.points)},), one for each point, not {given.shape}", "labels"
        )
    known = _numbered(given) if given.dtype.kind in "US" else given
    if known.dtype.kind not in "iuf":
        raise InputError(f"labels must be whole numbers or words, not {known.dtype.name}", "labels")
    wrong = ~((known >= -1) & (known == np.floor(known)))
    for row in np.flatnonzero(wrong)[:1].tolist():
        raise InputError(
            f"row {row} of the labels holds {known[row]:g}; labels are components, counted from 0, or -1 where "
            "they are not known",
            "labels",
        )
    return replace(data, known=known.astype(np.intp))


def some_labels(data: Dataset, n: Any, n_components: int) -> Labels:
    """Return n of the data's labels, always the same ones, as components; -1 for the other points.

    Parameters
    ----------
    data : Dataset
        It has labels.
    n : int or "all"
        An empty label is none, and neither is one that usually stands for a gap.
    n_components : int
        K.

    Raises
    ------
    InputError
        If there are not so many, or more classes than components.
    """
    if data.labels is None:
        raise InputError(f"{data.name} has no labels that could be known: leave known out", "known")
    texts = np.array(["" if text in NO_LABELS else text for text in data.labels.astype(str).tolist()])
    order = np.unique(data.labels[texts != ""]).astype(str)  # numbers by their size
    if len(order) > n_components:
        named = f" ({listed(order.tolist(), 'and')})" if len(order) <= SHOWN else ""
        raise InputError(
            f"{data.name} has labels of {len(order)} classes{named}, but "
            f"{there_are(n_components, 'component')}: fit one for each class, or leave known out",
            "known",
        )
    known = _numbered(texts, order)
    told = np.flatnonzero(known >= 0)
    if n == "all":
        return known
    if n > len(told):
        raise InputError(f"{data.name} has {counted(len(told), 'label')}, so {n:,} cannot be known", "known")
    chosen = np.random.default_rng(SEED).permutation(told)[:n]
    some = np.full(len(known), -1)
    some[chosen] = known[chosen]
    return some


def matched(start: Mixture, data: Dataset, *, fixed: bool, labels: Any = None) -> Mixture:
    """Return the start with its components numbered as suits the known points best, and weights for all of theirs.

    Parameters
    ----------
    start : Mixture
    data : Dataset
    fixed : bool
        Whether the start is given, and stays.
    labels : array_like, optional
        What the known components were given as.

    Raises
    ------
    InputError
        If a point is known to be of a component that there is not, or that has no weight.
    """
    assert data.known is not None
    K = start.n_components
    for row in np.flatnonzero(data.known >= K)[:1].tolist():
        given = np.array([]) if labels is None else texts_or_numbers("labels", labels)
        if given.dtype.kind in "US":
            classes = np.unique(given[given != ""]).tolist()
            named = f" ({listed(map(str, classes), 'and')})" if len(classes) <= SHOWN else ""
            raise InputError(
                f"the labels are of {len(classes)} classes{named}, but {there_are(K, 'component')}: fit one for "
                f"each class, or leave labels out, such as {str(classes[data.known[row]])!r}",
                "labels",
            )
        raise InputError(
            f"row {row} of the labels holds {data.known[row]}, but {there_are(K, 'component')}, counted "
            "from 0: fit more, or leave the label out",
            "labels",
        )
    told = np.flatnonzero((data.known >= 0) & (True if data.weights is None else data.weights > 0))
    if fixed:
        for row in told[start.weights[data.known[told]] == 0][:1].tolist():
            raise InputError(
                f"row {row} of the labels holds {data.known[row]}, but that component has the weight 0 in the "
                "start: give it another",
                "start",
            )
        return start
    if not len(told):
        return start
    densities = Mixture(np.full(K, 1 / K), start.means, start.covariances).log_joint(
        data.points[told], data.missing
    )
    suits = np.zeros((K, K))  # of each label and component
    np.add.at(suits, data.known[told], densities.T)
    _, order = linear_sum_assignment(-suits)
    weights = start.weights[order].copy()
    weights[np.setdiff1d(data.known[told], np.flatnonzero(weights))] = 1 / len(data.points)
    return Mixture(weights / weights.sum(), start.means[order], start.covariances[order])


def check_prior(prior: Conjugate, data: Dataset) -> None:
    """Raise `InputError` if the prior on the weights would let a component die of which there are known points."""
    known, weights = data.known_counting, data.counting[1]
    assert known is not None
    told = known >= 0
    counts = np.bincount(known[told], None if weights is None else weights[told])
    for k in np.flatnonzero((counts > 0) & (counts + prior.surplus <= 0))[:1].tolist():
        raise InputError(
            f"the prior's weights let a component die that has {-prior.surplus:g} points or fewer, but component "
            f"{k + 1} has {counts[k]:g} whose label is known: let weights be more than {1 - counts[k]:g}",
            "prior",
            "weights",
        )


def _numbered(texts: Any, order: Any = None) -> Labels:
    """Number the different texts that are not empty; -1 for those that are."""
    classes = np.unique(texts[texts != ""]) if order is None else order
    numbers = {str(name): number for number, name in enumerate(classes.tolist())}
    return np.array([numbers.get(str(text), -1) for text in texts.tolist()], dtype=np.intp)
