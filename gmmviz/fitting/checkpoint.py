"""A long run that survives: its snapshots in a file, from which the same call of `fit` goes on."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from gmmviz.arrays import Array
from gmmviz.datasets.base import Dataset
from gmmviz.engine.blocks import Coordinates
from gmmviz.engine.e_step import EStep
from gmmviz.engine.iterations import iterations
from gmmviz.engine.m_step import MStep
from gmmviz.engine.online import OnlineStep
from gmmviz.engine.snapshot import Snapshot
from gmmviz.errors import GmmvizError, InputError, brief
from gmmviz.files import check_place, replacing
from gmmviz.mixture.mixture import Mixture

SHARE = 10  # times as long as a file took to write, at least, goes by until the next is written
NEAR = 1e-9  # relative; what is so near is the same data, or the same start, on another machine
FREE = ("max_iter", "tol")  # settings that may be others when a run goes on


class Checkpoint:
    """The snapshots of every attempt of a fit, and the file that holds them.

    It is written whenever it is worth the time, and at the end; always whole. A file that is there is read, and
    must be of the same fit.

    Parameters
    ----------
    path : str or path
        Its suffix is ``.npz``.
    data : Dataset
    coordinates : Coordinates
        By which the points are known again, without reading them once more.
    settings : mapping
        Of the fit.

    Raises
    ------
    InputError
        If the file is no checkpoint, or that of another fit.
    """

    def __init__(self, path: Any, data: Dataset, coordinates: Coordinates, settings: Mapping[str, Any]) -> None:
        if not isinstance(path, str | os.PathLike) or not os.fspath(path):
            raise InputError(f"checkpoint must be a path, such as 'run.npz', not {brief(path)}", "checkpoint")
        path = Path(path)
        if path.suffix != ".npz":
            raise InputError(f"a checkpoint is a .npz file: give {path.with_suffix('.npz')}", "checkpoint")
        check_place(path, "run.npz")
        self._path = path
        known = b"" if data.known is None else data.known.tobytes()
        rest = {name: value for name, value in settings.items() if name not in FREE}
        self._identity: dict[str, Any] = {
            "points": np.array(data.points.shape),
            "center": coordinates.center / coordinates.spreads,
            "spreads": coordinates.deviations,
            "total_weight": np.array(data.total_weight),
            "known": np.array(hashlib.sha256(known).hexdigest()),
            "settings": np.array(json.dumps(rest, sort_keys=True)),
        }
        self._runs: list[list[Snapshot]] = self._read() if path.exists() else []
        self._due = 0.0  # when the file is to be written next
        self._is_new = False  # whether there is something that the file does not say

    def of(self, number: int) -> Attempt:
        """Return an attempt of the fit, which are counted from 0."""
        if number == len(self._runs):
            self._runs.append([])
        return Attempt(self, self._runs[number])

    def note(self) -> None:
        """Write the file, unless it was written a moment ago."""
        self._is_new = True
        if perf_counter() >= self._due:
            self.write()

    def write(self) -> None:
        """Write the file, if there is something new.

        Raises
        ------
        RenderError
            If that cannot be done. The file is then as it was.
        """
        if not self._is_new:
            return
        began = perf_counter()
        every = [snapshot for run in self._runs for snapshot in run]
        with replacing(self._path) as temporary, temporary.open("wb") as file:
            np.savez(
                file,
                **self._identity,
                lengths=np.array([len(run) for run in self._runs]),
                weights=np.array([each.mixture.weights for each in every]),
                means=np.array([each.mixture.means for each in every]),
                covariances=np.array([each.mixture.covariances for each in every]),
                counts=np.array([each.counts for each in every]),
                log_likelihoods=np.array([each.log_likelihood for each in every]),
                objectives=np.array([each.objective for each in every]),
            )
        now = perf_counter()
        self._due, self._is_new = now + SHARE * (now - began), False

    def _read(self) -> list[list[Snapshot]]:
        try:
            with self._path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
            lengths = found["lengths"].tolist()  # first, since the file of a trace has some of the other names
            for name, own in self._identity.items():
                if not _same(found[name], own):
                    what = {"settings": "the settings", "known": "the labels"}.get(name, "the points")
                    raise self.other(what)
            numbers = zip(
                *(found[name] for name in ("weights", "means", "covariances", "counts")),
                found["log_likelihoods"].tolist(),
                found["objectives"].tolist(),
                strict=True,
            )
            runs: list[list[Snapshot]] = []
            for length in lengths:
                runs.append([])
                for iteration in range(length):
                    *parameters, counts, log_likelihood, objective = next(numbers)
                    mixture = Mixture(*parameters)
                    runs[-1].append(Snapshot(iteration, mixture, log_likelihood, counts, objective=objective))
        except OSError as error:
            raise InputError(f"{self._path} cannot be read: {error.strerror or error}", "checkpoint") from None
        except InputError as error:
            if error.place == ("checkpoint",):
                raise
            raise self._no_checkpoint() from None
        except (ValueError, KeyError, EOFError, StopIteration, zipfile.BadZipFile, GmmvizError):
            raise self._no_checkpoint() from None
        return runs

    def _no_checkpoint(self) -> InputError:
        return InputError(
            f"{self._path} is no checkpoint of gmmviz, so it is left as it is: give another name", "checkpoint"
        )

    def other(self, what: str) -> InputError:
        """Return the error that says in what the fit in the file is another one."""
        return InputError(
            f"{self._path} is the checkpoint of another fit ({what} differ): give another name, or delete it",
            "checkpoint",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A run of a fit, of which some snapshots may be there.

    Parameters
    ----------
    checkpoint : Checkpoint
    snapshots : list of Snapshot
        Those that were made, from the start on.
    """

    checkpoint: Checkpoint
    snapshots: list[Snapshot]

    def iterations(
        self, start: Mixture, e_step: EStep, m_step: MStep | OnlineStep, betas: Iterable[float]
    ) -> Generator[Snapshot, None, None]:
        """Yield what `gmmviz.engine.iterations` does, but for what is there, and keep what is made.

        The last snapshot that is there is made once more, because the M-step after it needs its statistics.

        Raises
        ------
        InputError
            If the run that is there begins elsewhere.
        """
        made = self.snapshots
        if made and not _alike(made[0].mixture, start):
            raise self.checkpoint.other("the starts")
        first = max(len(made) - 1, 0)
        yield from made[:first]
        begin = made[first].mixture if made else start
        try:
            for snapshot in iterations(begin, e_step, m_step, islice(betas, first, None), first):
                if snapshot.iteration == len(made):
                    made.append(snapshot)
                    self.checkpoint.note()
                yield made[snapshot.iteration]
        finally:
            self.checkpoint.write()


def _same(found: Any, own: Any) -> bool:
    if found.shape != own.shape or (found.dtype.kind == "U") != (own.dtype.kind == "U"):
        return False
    return bool(found == own) if own.dtype.kind == "U" else bool(np.allclose(found, own, rtol=NEAR, atol=NEAR))


def _alike(a: Mixture, b: Mixture) -> bool:
    def near(one: Array, other: Array) -> bool:
        return one.shape == other.shape and np.allclose(one, other, rtol=NEAR, atol=0)

    return near(a.weights, b.weights) and near(a.means, b.means) and near(a.covariances, b.covariances)
