"""What a record says of files that it does not hold: where they are, how large, and what they look like."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Protocol

from gmmviz.errors import InputError

PLACES, PIECE = 64, 4096  # pieces of a file that are looked at, of so many bytes each


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's size and of pieces at even distances, the first and the last among them.

    Of a folder, of the names and fingerprints of all files in it. A change that keeps the size and none of whose
    bytes are in these pieces is not noticed; a change of the whole, such as another sample, always is.
    """
    found = hashlib.sha256()
    if path.is_dir():
        for each in sorted(file for file in path.rglob("*") if file.is_file()):
            found.update(f"{each.relative_to(path).as_posix()} {fingerprint(each)}\n".encode())
        return found.hexdigest()
    size = path.stat().st_size
    found.update(f"{size} ".encode())
    with path.open("rb") as file:
        for i in range(PLACES):
            file.seek(max(size - PIECE, 0) * i // (PLACES - 1))
            found.update(file.read(PIECE))
    return found.hexdigest()


def n_bytes(path: Path) -> int:
    """Size of a file, or of all files in a folder."""
    if path.is_dir():
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    return path.stat().st_size


class File(Protocol):
    """What is known of a file or a folder."""

    @property
    def path(self) -> str:
        """Where it was."""

    @property
    def size(self) -> int:
        """Its bytes."""

    @property
    def fingerprint(self) -> str:
        """What `fingerprint` said of it."""


def file_reference(path: str) -> dict[str, Any]:
    """Return path, size and fingerprint of a file or a folder."""
    place = Path(path).resolve()
    return {"path": str(place), "size": n_bytes(place), "fingerprint": fingerprint(place)}


def check_reference(file: File) -> Path:
    """Return the path of a file that is as it was.

    Raises
    ------
    InputError
        If it is not there, or is another one.
    """
    place = Path(file.path)
    if not place.exists():
        raise InputError(f"its points are in {place}, which is not there: put that file back")
    try:
        if n_bytes(place) != file.size:
            raise InputError(
                f"its points are in {place}, which had {file.size:,} bytes and has {n_bytes(place):,}: it is "
                "another file"
            )
        if fingerprint(place) != file.fingerprint:
            raise InputError(f"its points are in {place}, which holds other numbers now: it is another file")
    except OSError as error:
        raise InputError(f"its points are in {place}, which cannot be read: {error.strerror}") from None
    return place
