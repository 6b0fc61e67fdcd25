"""How large a spreadsheet is, read from its XML before anything is made of it.

A file of a few kilobytes may hold a cell in the last row and column, or one that is repeated a billion times, and
what reads it makes room for all cells between; where its XML is broken, some readers wait forever.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO
from xml.parsers import expat

from gmmviz.errors import InputError

UNPACKED = 500_000_000  # bytes
CELLS = 20_000_000  # between the first cell and the last
AT_ONCE = 1 << 20  # bytes
CELL = re.compile(rb'<c [^>]*?\br="([A-Z]+)(\d+)"')


def check_size(path: Path) -> None:
    """Look through a file of Excel (.xlsx) or OpenDocument.

    Raises
    ------
    InputError
        If it is too large.
    zipfile.BadZipFile, expat.ExpatError
        If it is broken.
    """
    with zipfile.ZipFile(path) as parts:
        size = sum(part.file_size for part in parts.infolist())
        if size > UNPACKED:
            raise InputError(f"{path} unpacks to {size:,} bytes, too many: save the sheet as CSV", "path")
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                with parts.open(name) as part:
                    rows, columns = _extent_in_ods(part) if name == "content.xml" else _extent_in_xlsx(part)
                if rows * columns > CELLS:
                    raise InputError(
                        f"{path} has a sheet of {rows:,} rows and {columns:,} columns, too many: save what is "
                        "needed of it as CSV",
                        "path",
                    )


def _extent_in_xlsx(part: IO[bytes]) -> tuple[int, int]:
    """The last row and the last column of a sheet; each cell says where it stands."""
    parser = expat.ParserCreate()
    rows, columns, rest = 0, 0, b""
    while chunk := part.read(AT_ONCE):
        parser.Parse(chunk)
        cells = CELL.findall(rest + chunk)
        rows = max([rows, *(int(row[:9]) for row in {row for _, row in cells})])
        columns = max([columns, *(_number(column[:7]) for column in {column for column, _ in cells})])
        rest = chunk[-200:]
    parser.Parse(b"", True)
    return rows, columns


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _extent_in_ods(part: IO[bytes]) -> tuple[int, int]:
    """The largest last row and last column of the sheets; empty cells and rows at the end do not count."""
    row = column = repeated = rows = columns = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, repeated, rows, columns
        if name == "table:table":
            row = repeated = 0
        elif name == "table:table-row":
            row, column = row + repeated, 0
            repeated = int(attributes.get("table:number-rows-repeated", 1))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            column += int(attributes.get("table:number-columns-repeated", 1))
            if "office:value-type" in attributes:
                rows, columns = max(rows, row + repeated), max(columns, column)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.ParseFile(part)
    return rows, columns
