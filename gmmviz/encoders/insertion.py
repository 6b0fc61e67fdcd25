"""Insert bytes into a finished file."""

from __future__ import annotations

from typing import BinaryIO

PIECE = 1_000_000  # bytes that are moved at a time


def insert(file: BinaryIO, place: int, block: bytes) -> None:
    """Insert a block at a place of an open file; what follows moves back, the last piece first."""
    end = file.seek(0, 2)
    while end > place:
        begin = max(place, end - PIECE)
        file.seek(begin)
        piece = file.read(end - begin)
        file.seek(begin + len(block))
        file.write(piece)
        end = begin
    file.seek(place)
    file.write(block)
