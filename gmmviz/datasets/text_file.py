"""A text file, in whatever encoding other software left it."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path

from gmmviz.datasets.own_file import opened
from gmmviz.errors import InputError, warn, within

UNPACKED = 200_000_000  # bytes that a packed file may come to: a small one could hold more than memory does
TABLES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"ARROW1", b"FEA1")  # how Excel's and others' files begin
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_text(path: Path, encoding: str | None = None) -> str:
    r"""Read a text file, also one packed by gzip.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        By default what the file's first bytes say, UTF-8, UTF-16, or else that of Windows in the West, with a
        warning.

    Returns
    -------
    str
        With ``"\n"`` at the ends of lines.

    Raises
    ------
    InputError
        If the file cannot be read, is no text, or is in another encoding.
    """
    content = _content(path)
    if content.startswith(b"\x1f\x8b"):
        content = _unpacked(path, content)
    if content.startswith(TABLES):
        raise InputError(
            f'{path} is a table of Excel or the like, not a text file: write dataset = "table"', "path"
        )
    text = _in(encoding, content, path) if encoding else _guessed(content, path)
    if "\0" in text:
        raise InputError(f"{path} is not a text file", "path")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _content(path: Path) -> bytes:
    with within("path"), opened(path, "file") as file:
        try:
            return file.read()
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _unpacked(path: Path, content: bytes) -> bytes:
    try:
        with gzip.open(path) as file:
            content = file.read(UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be unpacked: {error}", "path") from None
    if len(content) > UNPACKED:
        raise InputError(f"{path} unpacks to more than {UNPACKED:,} bytes: unpack it first, with gunzip", "path")
    return content


def _in(encoding: str, content: bytes, path: Path) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        raise InputError(
            f"there is no text encoding {encoding!r}; usual ones are 'utf-8', 'cp1252', 'latin-1' and 'utf-16'",
            "encoding",
        ) from None
    except (UnicodeError, ValueError):
        raise InputError(f"{path} is not written in {encoding}", "encoding") from None


def _guessed(content: bytes, path: Path) -> str:
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    if encoding is None and b"\0" in content[:1000]:  # UTF-16 has a zero byte beside each of a digit's
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    try:
        return content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding is not None:
            raise InputError(f"{path} is not a text file", "path") from None
    warn(f"{path} is not in UTF-8 and is read as cp1252; write encoding = ... if letters are wrong")
    return content.decode("cp1252", errors="replace")
