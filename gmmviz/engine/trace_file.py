"""A run as a .npz file without pickle: written whole, and read only if everything in it belongs together.

The numbers are arrays, the rest is a text of JSON, the "story". A checksum over all of them is written too, since
no computation could tell that one run's labels were put into another's file.

Whoever has the file may have changed it. So the sizes that it states are compared with each other and with the
size of the file before anything is unpacked.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import numpy as np
from pydantic import (
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from gmmviz.arrays import AT_ONCE
from gmmviz.datasets.base import Dataset
from gmmviz.datasets.far import FarRows
from gmmviz.datasets.npy_file import Header, read_header
from gmmviz.datasets.own_file import opened
from gmmviz.datasets.references import Reference
from gmmviz.engine.algorithms import ALGORITHMS, Algorithm
from gmmviz.engine.fixed import NAME
from gmmviz.engine.snapshot import Event, Snapshot
from gmmviz.errors import InputError
from gmmviz.files import check_place, replacing
from gmmviz.mixture.covariance import CovarianceType
from gmmviz.mixture.mixture import Mixture, log_sum_exp

# Every array with the lengths of its sides: points N, features D, snapshots T, components K; others M, and the
# components of the truth C. The same letter is the same length everywhere.
SIDES = {
    "story": "",
    "points": "ND",
    "weights": "TK",
    "means": "TKD",
    "covariances": "TKDD",
    "counts": "TK",
}
OPTIONAL_SIDES = {
    "checksum": "",  # files of the first version have none
    "labels": "N",
    "pixels": "N",
    "point_weights": "N",
    "known": "N",
    "others": "MD",
    "truth_weights": "C",
    "truth_means": "CD",
    "truth_covariances": "CDD",
}
INSTEAD = {"points": "reference"}  # to files, of points that are not in memory
KINDS = {
    "story": "U",
    "checksum": "U",
    "reference": "U",
    "labels": "biufUS",
    "pixels": "iu",
    "known": "iu",
}  # NumPy's letters; others are "f"

# What a file may unpack to: this many bytes, or this many times its own size.
MODEST = 250_000_000
DENSEST = 100

MANY = 10_000_000  # numbers, over which the log-likelihood of every iteration takes long to compute
NEAR = 1e-6  # of log-likelihoods per point that are computed in two ways
UNREADABLE = "its content cannot be read"


@dataclass(frozen=True, slots=True)
class ToldData:
    """What the story says of the points."""

    name: str
    n_points: int
    feature_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldSnapshot:
    """What the story says of an iteration."""

    iteration: NonNegativeInt
    log_likelihood: float
    objective: float
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class ToldSettings:
    """The settings that something is computed or said from, and the kinds of their values; there may be more."""

    algorithm: str = "em"
    covariance_type: CovarianceType = "full"
    max_iter: NonNegativeInt = 0
    tol: NonNegativeFloat = 0.0
    stop_on: str = ""
    reg_covar: NonNegativeFloat | Literal["auto"] = "auto"
    recorded: str = ""
    beta: tuple[PositiveFloat, ...] = (1.0,)
    fixed: tuple[Annotated[str, StringConstraints(pattern=f"^({NAME.pattern})$")], ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """What a file says in words."""

    data: ToldData
    settings: dict[str, Any]
    stop_reason: Literal["converged", "max_iter", "collapsed"]
    snapshots: tuple[ToldSnapshot, ...]
    source: str
    shape: tuple[int, int] | None
    others_name: str = "others"  # files of the first version do not say it


def write(
    path: Path, data: Dataset, snapshots: Sequence[Snapshot], stop_reason: str, settings: Mapping[str, Any]
) -> None:
    """Write the parts of a `Trace`.

    Parameters
    ----------
    path : Path
        Its suffix is ``.npz``.
    data : Dataset
    snapshots : sequence of Snapshot
    stop_reason : str
    settings : mapping

    Raises
    ------
    InputError
        If the path does not end in ``.npz``, or its folder does not exist.
    RenderError
        If the file cannot be written.
    """
    if path.suffix != ".npz":
        raise InputError(f"a trace is saved as .npz, not {path.suffix or 'without a suffix'}: {path}")
    check_place(path, "run.npz")
    story = Story(
        ToldData(data.name, len(data.points), data.feature_names),
        dict(settings),
        stop_reason,  # type: ignore[arg-type]
        tuple(ToldSnapshot(s.iteration, s.log_likelihood, s.objective, s.events) for s in snapshots),  # type: ignore[arg-type]
        data.source,
        data.shape,
        data.others_name,
    )
    try:
        # A name may hold what is no letter, as that of a file in an odd encoding does.
        text = json.dumps(asdict(story), ensure_ascii=False).encode("utf-8", "replace").decode()
    except (TypeError, ValueError):
        raise InputError("the settings of a trace must be texts and numbers, or they cannot be saved") from None
    mixtures = [snapshot.mixture for snapshot in snapshots]
    arrays: dict[str, Any] = {
        "story": np.array(text),
        "points": data.points,
        "weights": np.array([mixture.weights for mixture in mixtures]),
        "means": np.array([mixture.means for mixture in mixtures]),
        "covariances": np.array([mixture.covariances for mixture in mixtures]),
        "counts": np.array([snapshot.counts for snapshot in snapshots]),
    }
    if isinstance(data.points, FarRows):
        del arrays["points"]
        arrays["reference"] = np.array(json.dumps(data.points.reference()))
    optional = {"labels": data.labels, "pixels": data.pixels, "others": data.others, "point_weights": data.weights}
    optional["known"] = data.known
    arrays |= {name: array for name, array in optional.items() if array is not None}
    if data.truth is not None:
        arrays |= {"truth_weights": data.truth.weights, "truth_means": data.truth.means}
        arrays["truth_covariances"] = data.truth.covariances
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise InputError(f"{name} of Python objects cannot be saved: make them texts, with astype(str)")
    arrays["checksum"] = np.array(_checksum(arrays))
    n_bytes = sum(array.nbytes for array in arrays.values())
    with replacing(path) as partial:
        for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
            # As np.savez does, which before NumPy 2.1 leaves the archive open where the disk is full.
            with zipfile.ZipFile(partial, "w", compression) as archive:
                for name, array in arrays.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
            if not _is_bomb(n_bytes, partial.stat().st_size):
                break  # points that are all alike are written again as they are, or they could not be read


def read(path: Path) -> tuple[Dataset, tuple[Snapshot, ...], str, dict[str, Any]]:
    """Read the parts of a `Trace`.

    Parameters
    ----------
    path : Path

    Returns
    -------
    data : Dataset
    snapshots : tuple of Snapshot
    stop_reason : str
    settings : dict

    Raises
    ------
    InputError
        If the file is missing, is not such a record, or was changed after it was saved.
    """
    with opened(path, "file") as file:
        try:
            arrays = _arrays(file)
            story, settings = _stories(arrays)
        except InputError as error:
            raise InputError(f"{path} is not a saved trace: {error}") from None
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if "reference" in arrays:
        arrays["points"] = _found_again(path, str(arrays["reference"]), story.data.n_points)
    try:
        return _parts(arrays, story, settings)
    except InputError as error:
        raise InputError(f"{path} is not a saved trace: {error}") from None


def _found_again(path: Path, text: str, n_points: int) -> FarRows:
    try:
        return Reference.read(text).rows(n_points)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except ValueError:
        raise InputError(f"{path} is not a saved trace: {UNREADABLE}") from None


def _arrays(file: BinaryIO) -> dict[str, Any]:
    """Read every array of a known name, after a look at the sizes of all of them."""
    if not zipfile.is_zipfile(file):
        raise InputError("it is no .npz file")
    try:
        with zipfile.ZipFile(file) as archive:
            members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
            for name in SIDES:
                if name not in members and INSTEAD.get(name) not in members:
                    raise InputError(f"it holds no {name!r}")
            known = {
                name: members[name] for name in (*SIDES, *OPTIONAL_SIDES, *INSTEAD.values()) if name in members
            }
            headers = {name: _header(archive, member) for name, member in known.items()}
            _check_sizes(headers, os.fstat(file.fileno()).st_size)
            return {name: _array(archive, member) for name, member in known.items()}
    except (InputError, MemoryError):
        raise
    # There is no list of what zipfile, zlib and NumPy raise on bytes that were changed.
    except Exception:
        raise InputError(UNREADABLE) from None


def _header(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Header:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(UNREADABLE)  # the others may take gigabytes to unpack a byte
    with archive.open(member) as unpacked:
        header = read_header(unpacked)
    if member.file_size != header.offset + header.n_bytes:
        raise InputError(UNREADABLE)
    return header


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Any:
    with archive.open(member) as unpacked:
        array = np.lib.format.read_array(unpacked, allow_pickle=False)
        unpacked.read(1)  # at the end, zipfile compares its checksum
    return array


def _check_sizes(headers: Mapping[str, Header], n_packed: int) -> None:
    """Refuse arrays of other kinds, of shapes that do not go together, or far larger than the file."""
    lengths: dict[str, int] = {}
    for name, header in headers.items():
        sides = (SIDES | OPTIONAL_SIDES).get(name, "")
        kinds = KINDS.get(name, "f")
        if header.dtype.kind not in kinds or len(header.shape) != len(sides):
            raise InputError(f"its {name!r} is an array of {header.dtype.name} of shape {header.shape}")
        for side, length in zip(sides, header.shape, strict=True):
            if lengths.setdefault(side, length) != length:
                raise InputError(f"its {name!r} has the shape {header.shape}, which does not go with the others")
    n_bytes = sum(header.n_bytes for header in headers.values())
    if _is_bomb(n_bytes, n_packed):
        raise InputError(f"its {n_packed:,} bytes would unpack to {n_bytes:,}")


def _is_bomb(n_bytes: int, n_packed: int) -> bool:
    return n_bytes > max(MODEST, DENSEST * n_packed)


def _checksum(arrays: Mapping[str, Any]) -> str:
    """SHA-256 of every array but the checksum itself: of its name, kind, shape and elements."""
    found = hashlib.sha256()
    for name in sorted(arrays.keys() - {"checksum"}):
        array = arrays[name]
        found.update(f"{name} {array.dtype.str} {array.shape}".encode())
        rows = np.atleast_1d(array)
        for i in range(0, len(rows), AT_ONCE):  # the points may be a file larger than memory
            found.update(rows[i : i + AT_ONCE].tobytes())
    return found.hexdigest()


def _stories(arrays: Mapping[str, Any]) -> tuple[Story, ToldSettings]:
    """Read the words, and refuse them and the arrays if they do not belong together."""
    if "checksum" in arrays and str(arrays["checksum"]) != _checksum(arrays):
        raise InputError("what it holds does not belong together, or was changed after it was saved")
    try:
        story = TypeAdapter(Story).validate_json(str(arrays["story"]), strict=True)
        settings = TypeAdapter(ToldSettings).validate_json(json.dumps(story.settings), strict=True)
    except ValidationError:
        raise InputError(UNREADABLE) from None
    whats = {"reference": "files of their own", "point_weights": "weights", "known": "known components"}
    for name, what in whats.items():
        if name in arrays and "checksum" not in arrays:
            raise InputError(f"its points have {what}, but it has no checksum")  # the first version knew neither
    return story, settings


def _parts(
    arrays: Mapping[str, Any], story: Story, settings: ToldSettings
) -> tuple[Dataset, tuple[Snapshot, ...], str, dict[str, Any]]:
    """Make the parts of the arrays, and refuse them if they do not belong together."""
    points = arrays["points"]
    far = isinstance(points, FarRows)
    truth = None
    if "truth_weights" in arrays:
        truth = Mixture(*(arrays[f"truth_{name}"] for name in ("weights", "means", "covariances")))
    data = Dataset(
        points,
        story.data.feature_names,
        story.data.name,
        labels=arrays.get("labels"),
        truth=truth,
        source=story.source,
        shape=story.shape,
        others=arrays.get("others"),
        others_name=story.others_name,
        pixels=arrays.get("pixels"),
        weights=arrays.get("point_weights"),
        known=arrays.get("known"),
        missing="marginalize" if "checksum" in arrays and not far and np.isnan(points).any() else "refuse",
    )
    if len(story.snapshots) != len(arrays["weights"]) or not story.snapshots:
        raise InputError("what it tells of each iteration does not go with its numbers")
    # What is as it was saved was a mixture once. Else the parameters are checked.
    as_mixture = Mixture.trusted if "checksum" in arrays else Mixture
    snapshots = tuple(
        Snapshot(told.iteration, as_mixture(*mixture), told.log_likelihood, counts, told.events, told.objective)
        for told, counts, *mixture in zip(
            story.snapshots, *(arrays[name] for name in ("counts", "weights", "means", "covariances")), strict=True
        )
    )
    if "checksum" not in arrays:
        _check_numbers(data, snapshots, ALGORITHMS[settings.algorithm])
    return data, snapshots, story.stop_reason, story.settings


def _check_numbers(data: Dataset, snapshots: Sequence[Snapshot], algorithm: Algorithm) -> None:
    """Compute what a file without a checksum says of its iterations; with very many points, of two of them."""
    if [snapshot.iteration for snapshot in snapshots] != list(range(len(snapshots))):
        raise InputError("its iterations are not counted from 0")
    n_points, n_components = len(data.points), snapshots[0].mixture.n_components
    for snapshot in snapshots:
        for event in snapshot.events:
            if not (0 <= (event.component or 0) < n_components and 0 <= (event.point or 0) < n_points):
                raise InputError(
                    f"iteration {snapshot.iteration} tells of a component or a point that there is not"
                )
    few = len(snapshots) * data.points.size <= MANY
    largest = np.abs(data.points).max()
    for snapshot in snapshots if few else (snapshots[0], snapshots[-1]):
        joint = snapshot.mixture.log_joint(data.points)
        densities = log_sum_exp(joint)
        if algorithm.betas == (1.0,):
            least = most = np.exp(joint - densities).sum(axis=1)
        else:  # rounding decides where a point goes that two components want alike
            near = joint >= joint.max(axis=0) - NEAR
            least, most = (near & (near.sum(axis=0) == 1)).sum(axis=1), near.sum(axis=1)
        # What is lost of a mean by rounding, in the narrowest component's standard deviations.
        narrowest = np.linalg.eigvalsh(snapshot.mixture.covariances).min()
        rounding = np.finfo(float).eps * largest / np.sqrt(max(narrowest, np.finfo(float).tiny))
        slack = n_points * (NEAR + 10 * rounding)
        if not (
            np.isclose(snapshot.log_likelihood, densities.sum(), rtol=NEAR, atol=slack)
            and (least - 100 * slack <= snapshot.counts).all()
            and (snapshot.counts <= most + 100 * slack).all()
            and np.isclose(snapshot.counts.sum(), n_points)
        ):
            raise InputError(
                f"iteration {snapshot.iteration} has the log-likelihood or counts of other parameters or points"
            )
