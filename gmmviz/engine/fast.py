"""The fast route through an E-step: a few products of small matrices, however many points there are.

A Gaussian's log density is linear in the quadratic features phi = (1, x_i, x_i x_j) of a point: all log
densities of a block are one product theta @ phi, and all statistics are one product R @ phi.T.

For a few hundred points the arithmetic takes two microseconds, and each call of NumPy a quarter to one. What
follows therefore counts calls. Small arrays are spread out by `take`, with places that are worked out once,
which costs a quarter of broadcasting. Exponentials are taken as they are, and shifted only where they underflow.
Methods are called where functions of the same name cost more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Literal

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.engine.blocks import EPS, Blocks
from gmmviz.mixture.mixture import LOG_2PI, Mixture, log_sum_exp

Assignment = Literal["soft", "hard"]
Places = npt.NDArray[np.intp]

DEAD = 1e-12  # a component with a smaller count than this has died
FLAT = 1e-14  # a feature whose variance given the others is this small a part of it is no longer known
TINY = 1e-26  # variance inside: a component this small is a point, as far as float64 can tell
LARGEST_LOG = 600.0  # the exponential of a log density up to this is a number
LOG_OF_NOTHING = -1e30  # of a weight of zero; BLAS multiplies minus infinity by zeros that it pads with
TOLERATED = 1e-9  # relative error that this route may make
LOST = EPS / TOLERATED  # a variance this small beside its mean's square has lost more
SMALLEST = 1e-290  # a density above this has all its digits, and so has each part of it that matters


class FastRoute:
    """E-steps on the same points, for one mixture of K components after the other.

    Parameters
    ----------
    blocks : Blocks
    n_components : int
    """

    def __init__(self, blocks: Blocks, n_components: int) -> None:
        K, D = n_components, blocks.n_features
        self._blocks = blocks
        self._at = _Spread.of(K, D)
        self._theta = np.empty(self._at.multiples.shape)
        self._ones = np.ones(K)
        self._buffers: dict[int, tuple[Array, list[Array], Array, Array]] = {}
        self._peak = inf  # the largest log density that there can be

    def prepare(self, mixture: Mixture, factors: Array) -> float:
        """Turn a mixture into coefficients for `sums`.

        Parameters
        ----------
        mixture : Mixture
        factors : ndarray, shape (K, D, D)
            Cholesky factors of its covariances.

        Returns
        -------
        float
            The largest coefficient of a quadratic form: how large are the terms that cancel in a density.
        """
        roots = np.empty((*mixture.means.shape, 1 + mixture.n_features))
        roots[:, :, 1:] = np.linalg.inv(factors)
        roots[:, :, 0] = -(roots[:, :, 1:] @ mixture.means[:, :, None])[:, :, 0]
        forms = roots.transpose(0, 2, 1) @ roots
        constants = log_constants(mixture, factors)
        forms.take(self._at.packed, out=self._theta, mode="clip")
        self._theta *= self._at.multiples
        self._theta[:, 0] += constants
        self._peak = float(constants.max())
        # The largest element of a positive definite matrix stands on its diagonal.
        return float(forms.diagonal(axis1=1, axis2=2).max())

    def set(self, theta: list[tuple[float, ...]], peak: float) -> None:
        """Take coefficients for `sums`, shape (K, F), as they are; no log density is larger than `peak`."""
        self._theta[:] = theta
        self._peak = peak

    def sums(self, assignment: Assignment) -> tuple[Array, float, float]:
        """Add up responsibility times feature under the prepared mixture.

        Returns
        -------
        sums : ndarray, shape (K, F)
        log_likelihood, objective : float
        """
        sums: Array | None = None
        log_likelihood = objective = 0.0
        shifted = assignment == "hard" or self._peak > LARGEST_LOG
        for phi in self._blocks:
            joint, rows, density, ones = self._buffers.get(phi.shape[1]) or self._buffer(phi.shape[1])
            self._theta.dot(phi, joint)
            if not shifted:
                np.exp(joint, joint)
                self._ones.dot(joint, density)
                # Far from all components everything underflows, unless the largest is taken out first.
                shifted = not density[density.argmin()] > SMALLEST
                if shifted:
                    self._theta.dot(phi, joint)
            if shifted:
                gained, reached = to_responsibilities(joint, assignment)
            else:
                for row in rows:
                    np.divide(row, density, row)
                gained = reached = float(np.log(density, density).dot(ones))
            log_likelihood += gained
            objective += reached
            part = joint.dot(phi.T)
            sums = part if sums is None else sums + part
        assert sums is not None
        return sums, log_likelihood, objective

    def statistics(self, sums: Array, before: Array) -> tuple[Array, Array, Array, Array]:
        """Statistics as the M-step wants them.

        Parameters
        ----------
        sums : ndarray, shape (K, F)
        before : ndarray, shape (K, D)
            Means for components that have died.

        Returns
        -------
        counts, means, covariances : ndarray, shapes (K,), (K, D), (K, D, D)
        cancelled : ndarray, shape (K, D, D)
            What was subtracted from second moments for `covariances`: mean * mean'.
        """
        at = self._at
        counts = sums.take(at.counts)
        dead = counts < DEAD if min(counts.tolist()) < DEAD else None
        if dead is not None:
            sums[dead] = 0
            sums[dead, 0] = 1
        moments = sums / sums.take(at.counts_everywhere)
        means = moments.take(at.first)
        cancelled = moments.take(at.left)
        cancelled *= moments.take(at.right)
        covariances = moments.take(at.second)
        covariances -= cancelled
        if dead is not None:
            counts[dead] = 0
            means[dead] = before[dead]
        return counts, means, covariances, cancelled

    def diagonals(self, matrices: Array) -> Array:
        """The diagonals of matrices, shape (K, D, D), one after the other."""
        return matrices.take(self._at.diagonals)

    def _buffer(self, n_points: int) -> tuple[Array, list[Array], Array, Array]:
        """Room for a block of this length, of which there are at most two; and ones to add up with."""
        joint = np.empty((len(self._theta), n_points))
        self._buffers[n_points] = joint, list(joint), np.empty(n_points), np.ones(n_points)
        return self._buffers[n_points]


def log_constants(mixture: Mixture, factors: Array) -> Array:
    """Log pi_k - (D log 2 pi + log det Sigma_k) / 2, shape (K,)."""
    volumes = np.log(factors.diagonal(axis1=1, axis2=2)).sum(axis=1)
    alive = mixture.weights > 0
    log_weights = np.log(mixture.weights, out=np.full_like(volumes, LOG_OF_NOTHING), where=alive)
    constants: Array = log_weights - volumes - 0.5 * mixture.n_features * LOG_2PI
    return constants


def to_responsibilities(joint: Array, assignment: Assignment) -> tuple[float, float]:
    """Turn log joint densities, shape (K, n), into responsibilities in place.

    Returns
    -------
    log_likelihood, objective : float
        Of these points.
    """
    if assignment == "hard":
        log_prob = log_sum_exp(joint)
        best = joint.argmax(axis=0)
        reached = float(joint.max(axis=0).sum())
        joint[:] = 0
        joint[best, np.arange(joint.shape[1])] = 1
        return float(log_prob.sum()), reached
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    top += np.log(total, out=total)
    log_likelihood = float(top.sum())
    return log_likelihood, log_likelihood


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """Places in flattened arrays: of features in sums (K, F) and in quadratic forms (K, 1+D, 1+D)."""

    packed: Places  # (K, F): features in the forms' upper triangles
    multiples: Array  # (K, F): what makes coefficients of them
    counts: Places  # (K,): sums of 1
    counts_everywhere: Places  # (K, F): the same for every feature
    first: Places  # (K, D): sums of x_i
    second: Places  # (K, D, D): sums of x_i x_j
    left: Places  # (K, D, D): sums of x_i where those of x_i x_j are
    right: Places  # (K, D, D): sums of x_j there
    diagonals: Places  # (K * D,): diagonals of (K, D, D)

    @classmethod
    @lru_cache(maxsize=8)
    def of(cls, n_components: int, n_features: int) -> _Spread:
        K, D, P = n_components, n_features, 1 + n_features
        rows, columns = np.triu_indices(P)
        unpacked = np.empty((P, P), np.intp)
        unpacked[rows, columns] = unpacked[columns, rows] = np.arange(len(rows))
        components = np.arange(K)[:, None]
        in_sums = components[:, :, None] * len(rows) + unpacked
        return cls(
            packed=components * P * P + rows * P + columns,
            multiples=np.tile(np.where(rows == columns, -0.5, -1.0), (K, 1)),
            counts=in_sums[:, 0, 0].copy(),
            first=in_sums[:, 0, 1:].copy(),
            second=in_sums[:, 1:, 1:].copy(),
            counts_everywhere=np.repeat(in_sums[:, 0, :1], len(rows), axis=1),
            left=np.repeat(in_sums[:, 1:, :1], D, axis=2),
            right=np.repeat(in_sums[:, :1, 1:], D, axis=1),
            diagonals=(components * D * D + np.arange(D) * (D + 1)).ravel(),
        )
