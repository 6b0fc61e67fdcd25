"""Waiting until someone saves what a film is made from."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

INTERVAL = 0.2  # seconds between looks at the files; a change counts when it is that old

Stamps = dict[Path, tuple[int, int] | None]


class Watched:
    """The files that a scene's film is made from, as they were when it was last made.

    Parameters
    ----------
    scene : Path
        Other scene files beside it are watched too: it may extend them, which nobody knows while it is broken.
    """

    def __init__(self, scene: Path) -> None:
        self._scene = scene
        self._files: set[Path] = {scene}
        self._seen: Stamps = {}

    def look(self) -> None:
        """Remember the files as they are; before they are read, so that a change in the meantime is seen."""
        self._seen = _stamps(self._files | set(self._scene.parent.glob("*.toml")))

    def found(self, files: Iterable[Path]) -> None:
        """Count these files as well, from the last look on."""
        self._files = {self._scene, *files}
        self._seen |= _stamps(self._files - self._seen.keys())

    def wait(self) -> None:
        """Return once a file has changed and then stood still, so that a save in several steps counts once."""
        while (now := _stamps(self._seen)) == self._seen:
            time.sleep(INTERVAL)
        while True:
            time.sleep(INTERVAL)
            earlier, now = now, _stamps(self._seen)
            if now == earlier:
                return


def _stamps(files: Iterable[Path]) -> Stamps:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:  # an editor is replacing it
        return None
    return status.st_mtime_ns, status.st_size
