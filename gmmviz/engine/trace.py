"""The record of a run: one snapshot per iteration.

Responsibilities follow from the mixture and are derived on demand, so that the record of a
million points stays as small as that of ten.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine import trace_file
from gmmviz.engine.algorithms import ALGORITHMS, Algorithm
from gmmviz.engine.fast import tell, to_responsibilities
from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.errors import InputError, brief, counted
from gmmviz.mixture.criteria import aic, bic, icl
from gmmviz.options import checked


@checked
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Trace(Sequence[Snapshot]):
    """A run, as a sequence of snapshots: ``trace[0]`` is the start, ``trace[t]`` has had t M-steps.

    Parameters
    ----------
    data : Dataset
        The points that were fitted.
    snapshots : sequence of Snapshot
        One per iteration, from the start on.
    stop_reason : str
        ``"converged"``, ``"max_iter"`` or ``"collapsed"``.
    settings : mapping
        How the run was made, for captions and tables.
    attempts : tuple of Trace
        Every run of the same call of `gmmviz.fit`, in order; a saved record is without them.
    """

    data: Dataset
    snapshots: Sequence[Snapshot]
    stop_reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    attempts: tuple[Trace, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "snapshots", tuple(self.snapshots))

    @overload
    def __getitem__(self, index: int) -> Snapshot: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Snapshot]: ...
    def __getitem__(self, index: int | slice) -> Snapshot | Sequence[Snapshot]:
        return self.snapshots[index]

    def __len__(self) -> int:
        return len(self.snapshots)

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self.snapshots)

    def __repr__(self) -> str:
        n_points, n_features = self.n_points, self.data.points.shape[1]
        first, last = self[0], self[-1]
        return (
            f"<Trace of {self.data.name}: {counted(n_points, 'point')}, {counted(n_features, 'feature')}, "
            f"{counted(self.n_components, 'component')}; {counted(last.iteration, 'iteration')} "
            f"({self.stop_reason}), "
            f"log-likelihood {first.log_likelihood:.6f} -> {last.log_likelihood:.6f}>"
        )

    def _repr_html_(self) -> str:
        ends = {"converged": "converged after", "collapsed": "would have collapsed after"}
        last = self[-1]
        caption = (
            f"{self.data.name}, {ends.get(self.stop_reason, 'stopped after')} "
            f"{counted(last.iteration, 'iteration')}: log-likelihood {last.log_likelihood:,.2f}, "
            f"at the start {self[0].log_likelihood:,.2f}"
        )
        return last.mixture.table(caption.replace(" -", " −"), self.data.feature_names)

    @property
    def n_points(self) -> int:
        """Number of points, N."""
        return self.data.n_points

    @property
    def n_components(self) -> int:
        """Number of components, K."""
        return self[0].mixture.n_components

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm that made the run."""
        return ALGORITHMS[self.settings.get("algorithm", "em")]

    @property
    def log_likelihoods(self) -> Array:
        """Total log-likelihood of each snapshot, shape (T,), in nats."""
        return np.array([snapshot.log_likelihood for snapshot in self])

    @property
    def objectives(self) -> Array:
        """What the algorithm climbs, of each snapshot, shape (T,), in nats: with a prior, the log-posterior."""
        return np.array([snapshot.objective for snapshot in self])

    @property
    def betas(self) -> Array:
        """The inverse temperature of each E-step, shape (T,): 1 for EM, infinity where assignments are hard."""
        given: Sequence[float] = self.settings.get("beta") or self.algorithm.betas
        return np.array([*given, *[given[-1]] * len(self)][: len(self)])

    @property
    def average_log_likelihoods(self) -> Array:
        """Log-likelihood per point, or per weight, of each snapshot, shape (T,), in nats."""
        return self.log_likelihoods / self.data.total_weight

    @property
    def weights(self) -> Array:
        """Weights of each snapshot, shape (T, K)."""
        return np.array([snapshot.mixture.weights for snapshot in self])

    @property
    def means(self) -> Array:
        """Means of each snapshot, shape (T, K, D)."""
        return np.array([snapshot.mixture.means for snapshot in self])

    @property
    def covariances(self) -> Array:
        """Covariances of each snapshot, shape (T, K, D, D)."""
        return np.array([snapshot.mixture.covariances for snapshot in self])

    @property
    def converged(self) -> bool:
        """Whether the run ended because hardly anything changed any more."""
        return self.stop_reason == "converged"

    @property
    def events(self) -> tuple[tuple[int, Event], ...]:
        """Every event of the run, with its iteration."""
        return tuple((snapshot.iteration, event) for snapshot in self for event in snapshot.events)

    @checked
    def responsibilities(self, t: int) -> Array:
        """Responsibilities under ``trace[t].mixture``.

        Parameters
        ----------
        t : int
            The iteration; negative numbers count from the end.

        Returns
        -------
        ndarray, shape (N, K)
            Each row sums to 1. Of a hard algorithm, and where a point's component is known: 1 for that component,
            0 for the others. While annealing, at the temperature of that iteration.

        Raises
        ------
        InputError
            If the run has no iteration `t`.
        """
        return shares(self, self._at(t).iteration)

    @checked
    def labels(self, t: int) -> npt.NDArray[np.intp]:
        """The most responsible component of each point under ``trace[t].mixture``.

        Parameters
        ----------
        t : int
            The iteration; negative numbers count from the end.

        Returns
        -------
        ndarray of int, shape (N,)
            Counted from 0.

        Raises
        ------
        InputError
            If the run has no iteration `t`.
        """
        data = self.data
        labels, known = self._at(t).mixture.labels(data.observed, data.missing), data.known
        return labels if known is None else np.where(known >= 0, known, labels)

    def _at(self, t: int) -> Snapshot:
        if not -len(self) <= t < len(self):
            raise InputError(f"there is no iteration {brief(t)}: the run has iterations 0 to {len(self) - 1}")
        return self[t]

    @property
    def n_parameters(self) -> int:
        """Free parameters of the fitted mixture; those that were fixed do not count."""
        family, fixed = self.settings.get("covariance_type", "full"), self.settings.get("fixed", ())
        return self.algorithm.n_parameters(self[-1].mixture, family, fixed)

    @property
    def aic(self) -> float:
        """Akaike's information criterion of the fit; lower is better."""
        return aic(self[-1].log_likelihood, self.n_parameters)

    @property
    def bic(self) -> float:
        """Bayesian information criterion of the fit; lower is better."""
        return bic(self[-1].log_likelihood, self.n_parameters, self.data.total_weight)

    @property
    def icl(self) -> float:
        """Integrated completed likelihood of the fit; lower is better."""
        return icl(self[-1].log_likelihood, self.n_parameters, self.responsibilities(-1), self.data.weights)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as numbers, lists and texts, ready for JSON.

        Returns
        -------
        dict
            The data's name and size, the settings, the stop reason and every snapshot, without the points.
        """
        return {
            "data": {
                "name": self.data.name,
                "n_points": self.n_points,
                "total_weight": self.data.total_weight,
                "feature_names": list(self.data.feature_names),
            },
            "settings": dict(self.settings),
            "stop_reason": self.stop_reason,
            "snapshots": [
                {
                    "iteration": snapshot.iteration,
                    "log_likelihood": snapshot.log_likelihood,
                    "objective": snapshot.objective,
                    "counts": snapshot.counts.tolist(),
                    "weights": snapshot.mixture.weights.tolist(),
                    "means": snapshot.mixture.means.tolist(),
                    "covariances": snapshot.mixture.covariances.tolist(),
                    "events": [asdict(event) for event in snapshot.events],
                }
                for snapshot in self
            ],
        }

    @checked
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the record and its points to one .npz file, without pickle.

        Points that are not in memory stay in their files, of which path, size and fingerprint are written.
        The other runs of the same fit, its `attempts`, are not written: save those that are wanted too.

        Parameters
        ----------
        path : str or path
            Its suffix is ``.npz``.

        Raises
        ------
        InputError
            If the path does not end in ``.npz``, its folder does not exist, or the points are neither in memory
            nor in a file.
        RenderError
            If the file cannot be written.
        """
        trace_file.write(Path(path), self.data, self.snapshots, self.stop_reason, self.settings)

    @classmethod
    @checked
    def load(cls, path: str | os.PathLike[str]) -> Trace:
        """Read a record that `save` wrote; it has no `attempts`.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        Trace
            The record, with its points.

        Raises
        ------
        InputError
            If the file is missing, is not such a record, or was changed after it was saved; or the files of its
            points are not there, or are others than they were.
        """
        return cls(*trace_file.read(Path(path)))


def shares(trace: Trace, t: int, rows: slice = slice(None)) -> Array:
    """Return the responsibilities of some points in iteration t of a run, shape (n, K)."""
    mixture, beta, known = trace[t].mixture, float(trace.betas[t]), trace.data.known
    points, missing = trace.data.observed[rows], trace.data.missing
    if known is None and beta == 1:
        return mixture.responsibilities(points, missing)
    if known is None and beta == np.inf:
        return np.eye(mixture.n_components)[mixture.labels(points, missing)]
    joint = mixture.log_joint(points, missing)
    if known is not None:
        tell(joint, known[rows])
    to_responsibilities(joint, beta)
    return joint.T
