"""A file of the user's own, opened for reading or refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from gmmviz.errors import InputError, similar


def opened(path: Path, what: str) -> BinaryIO:
    """Open a regular file to read its bytes.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it should be, as ``"image"``.

    Returns
    -------
    BinaryIO
        To be closed by the caller.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            is_what = (
                f"a folder: name the {what} in it" if path.is_dir() else "a pipe or device: copy it to a file"
            )
            raise InputError(f"{path} is {is_what}")
        return path.open("rb")
    except InputError:  # which is a ValueError too
        raise
    except FileNotFoundError:
        raise InputError(f"there is no {what} {path}{similar(path)}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:  # a zero byte
        raise InputError(f"{str(path)!r} is not the path of a file") from None
