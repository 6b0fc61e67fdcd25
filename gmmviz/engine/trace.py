"""The record of a run: one snapshot per iteration, each of which belongs together.

A snapshot is made right after an E-step, so its log-likelihood and counts are those of its own
mixture. Responsibilities follow from the mixture and are derived on demand, so that the record of a
million points stays as small as that of ten.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array, frozen
from gmmviz.datasets.base import Dataset
from gmmviz.engine.algorithms import ALGORITHMS, Algorithm
from gmmviz.errors import InputError, counted, similar
from gmmviz.files import replacing
from gmmviz.mixture.criteria import aic, bic, icl
from gmmviz.mixture.mixture import Mixture


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling about an iteration.

    Parameters
    ----------
    kind : str
        ``"collapsed"``: a covariance has become singular, and the run ends here. ``"dead"``: no point wants
        a component any more. ``"decreased"``: the log-likelihood fell, as regularization can make it.
        ``"held"``: regularization alone keeps a component from collapsing.
        ``"converged"``: the run ends because hardly anything changes. ``"completed"``: the start was given in
        part, and this says what the rest is.
    message : str
        The same in words, for a caption; components are counted from 1 there, as in the pictures.
    component, point : int, optional
        The component it happened to and the point it happened at, counted from 0.
    """

    kind: str
    message: str
    component: int | None = None
    point: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The state of a run after `iteration` M-steps.

    Parameters
    ----------
    iteration : int
        0 is the start.
    mixture : Mixture
        The parameters.
    log_likelihood : float
        Total over the points, in nats, of this mixture (Bishop eq. 9.14); weighted, where the points are.
    counts : array_like, shape (K,)
        N_k, the sum of responsibilities of each component under this mixture (Bishop eq. 9.27); weighted likewise.
    events : tuple of Event
        What is worth telling about this iteration.
    objective : float, optional
        What the algorithm climbs, in nats; the log-likelihood unless assignments are hard.
    """

    iteration: int
    mixture: Mixture
    log_likelihood: float
    counts: Array
    events: tuple[Event, ...] = ()
    objective: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", frozen(self.counts))
        if self.objective is None:
            object.__setattr__(self, "objective", self.log_likelihood)

    def with_event(self, event: Event) -> Snapshot:
        """Return the snapshot with one more event.

        Parameters
        ----------
        event : Event
            What happened.

        Returns
        -------
        Snapshot
            A new one; this one stays as it is.
        """
        return replace(self, events=(*self.events, event))


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
        n_points, n_features = self.data.points.shape
        first, last = self[0], self[-1]
        return (
            f"<Trace of {self.data.name}: {counted(n_points, 'point')}, {counted(n_features, 'feature')}, "
            f"{counted(self.n_components, 'component')}; {counted(last.iteration, 'iteration')} "
            f"({self.stop_reason}), "
            f"log-likelihood {first.log_likelihood:.6f} -> {last.log_likelihood:.6f}>"
        )

    @property
    def n_points(self) -> int:
        """Number of points, N."""
        return len(self.data.points)

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

    def responsibilities(self, t: int) -> Array:
        """Responsibilities under ``trace[t].mixture``.

        Parameters
        ----------
        t : int
            The iteration; negative numbers count from the end.

        Returns
        -------
        ndarray, shape (N, K)
            Each row sums to 1. Of a hard algorithm: 1 for the point's component, 0 for the others.

        Raises
        ------
        InputError
            If the run has no iteration `t`.
        """
        mixture = self._at(t).mixture
        if self.algorithm.assignment == "soft":
            return mixture.responsibilities(self.data.points)
        return np.eye(mixture.n_components)[self.labels(t)]

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
        return self._at(t).mixture.labels(self.data.points)

    def _at(self, t: int) -> Snapshot:
        if not -len(self) <= t < len(self):
            raise InputError(f"there is no iteration {t}: the run has iterations 0 to {len(self) - 1}")
        return self[t]

    @property
    def n_parameters(self) -> int:
        """Free parameters of the fitted mixture."""
        return self.algorithm.n_parameters(self[-1].mixture, self.settings.get("covariance_type", "full"))

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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the record and its points to one .npz file, without pickle.

        The other runs of the same fit, its `attempts`, are not written: save those that are wanted too.

        Parameters
        ----------
        path : str or path
            Its suffix is ``.npz``.

        Raises
        ------
        InputError
            If the path does not end in ``.npz``, or its folder does not exist.
        RenderError
            If the file cannot be written.
        """
        path = Path(path)
        if path.suffix != ".npz":
            raise InputError(f"a trace is saved as .npz, not {path.suffix or 'without a suffix'}: {path}")
        if not path.parent.is_dir():
            raise InputError(f"there is no folder {path.parent}: make it first")
        story = self.to_dict()
        for snapshot in story["snapshots"]:  # the numbers are written as arrays
            for name in ("counts", "weights", "means", "covariances"):
                del snapshot[name]
        story["source"] = self.data.source
        story["shape"] = self.data.shape
        story["others_name"] = self.data.others_name
        arrays: dict[str, Any] = {
            "points": self.data.points,
            "weights": self.weights,
            "means": self.means,
            "covariances": self.covariances,
            "counts": np.array([snapshot.counts for snapshot in self]),
            "story": np.array(json.dumps(story)),
        }
        if self.data.labels is not None:
            arrays["labels"] = self.data.labels
        if self.data.others is not None:
            arrays["others"] = self.data.others
        if self.data.weights is not None:
            arrays["point_weights"] = self.data.weights
        if self.data.truth is not None:
            truth = self.data.truth
            arrays |= {"truth_weights": truth.weights, "truth_means": truth.means}
            arrays["truth_covariances"] = truth.covariances
        with replacing(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    @classmethod
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
            If the file is missing or is not such a record.
        """
        path = Path(path)
        if not path.is_file():
            raise InputError(f"there is no file {path}{similar(path)}")
        if not zipfile.is_zipfile(path):
            raise InputError(f"{path} is not a saved trace: it is no .npz file")
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls._from_arrays(dict(file))
        except KeyError as error:
            raise InputError(f"{path} is not a saved trace: it holds no {error}") from None
        except InputError as error:
            raise InputError(f"{path} is not a saved trace: {error}") from None
        except (AttributeError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error):
            raise InputError(f"{path} is not a saved trace: its content cannot be read") from None

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, Any]) -> Trace:
        story = json.loads(str(arrays["story"]))
        truth = None
        if "truth_weights" in arrays:
            truth = Mixture(arrays["truth_weights"], arrays["truth_means"], arrays["truth_covariances"])
        data = Dataset(
            arrays["points"],
            tuple(story["data"]["feature_names"]),
            story["data"]["name"],
            labels=arrays.get("labels"),
            truth=truth,
            source=story["source"],
            shape=tuple(story["shape"]) if story["shape"] else None,
            others=arrays.get("others"),
            others_name=story.get("others_name", "others"),
            weights=arrays.get("point_weights"),
        )
        parameters = zip(arrays["weights"], arrays["means"], arrays["covariances"], strict=True)
        snapshots = tuple(
            Snapshot(
                told["iteration"],
                Mixture(*mixture),
                told["log_likelihood"],
                counts,
                tuple(Event(**event) for event in told["events"]),
                told["objective"],
            )
            for told, mixture, counts in zip(story["snapshots"], parameters, arrays["counts"], strict=True)
        )
        return cls(data, snapshots, story["stop_reason"], story["settings"])
