"""Which component of an estimate is which of the truth, so that they can share colors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy  # which loads its parts when they are asked for

from gmmviz.arrays import Array
from gmmviz.errors import InputError, counted
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import checked

FARTHEST = 1e12  # nats; more is said as this, so that the pairing of near components keeps its digits


@checked
def match_components(estimate: Mixture, truth: Mixture) -> npt.NDArray[np.intp]:
    """Pair the components of two mixtures so that the sum of distances is smallest.

    The distance is that of Bhattacharyya (1943) between Gaussians, which no affine map changes; the pairing
    is found by the Hungarian algorithm.

    Parameters
    ----------
    estimate, truth : Mixture
        With equally many components and features.

    Returns
    -------
    ndarray of int, shape (K,)
        The component of `estimate` that stands for each component of `truth`:
        ``estimate.means[match]`` is in the order of ``truth.means``.

    Raises
    ------
    InputError
        If one of them is no mixture, or they differ in size.
    """
    if estimate.means.shape != truth.means.shape:
        raise InputError(
            f"only mixtures of one size can be matched: the estimate has "
            f"{counted(estimate.n_components, 'component')} "
            f"and {counted(estimate.n_features, 'feature')}, the truth {truth.n_components} and {truth.n_features}"
        )
    _, match = scipy.optimize.linear_sum_assignment(bhattacharyya(truth, estimate))
    return match


def bhattacharyya(a: Mixture, b: Mixture) -> Array:
    """Distances between all components of two mixtures, shape (K_a, K_b), in nats; 0 where they agree."""
    middle = a.covariances[:, None] / 2 + b.covariances[None, :] / 2
    with np.errstate(over="ignore", invalid="ignore"):  # means can be so far apart that the square is no number
        away = a.means[:, None] - b.means[None, :]
        mahalanobis = np.einsum("abd,abd->ab", away, np.linalg.solve(middle, away[..., None])[..., 0])
    log_det = np.linalg.slogdet(middle)[1]
    own = (np.linalg.slogdet(a.covariances)[1][:, None] + np.linalg.slogdet(b.covariances)[1][None, :]) / 2
    distances: Array = np.fmin(mahalanobis / 8 + (log_det - own) / 2, FARTHEST)
    return distances


def disagree(a: npt.NDArray[np.integer], b: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """Tell which points two divisions into groups put into different groups, paired so that fewest are.

    Parameters
    ----------
    a, b : ndarray of int, shape (N,)
        The group of each point, counted from 0; both number theirs as they like.

    Returns
    -------
    ndarray of bool, shape (N,)
        All points of a group that has no partner are among them.

    Examples
    --------
    >>> disagree(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 1]))
    array([False, False, False,  True])
    """
    shared = np.zeros((a.max(initial=0) + 1, b.max(initial=0) + 1))
    np.add.at(shared, (a, b), 1)
    partner = np.full(len(shared), -1)
    mine, theirs = scipy.optimize.linear_sum_assignment(-shared)
    partner[mine] = theirs
    different: npt.NDArray[np.bool_] = partner[a] != b
    return different
