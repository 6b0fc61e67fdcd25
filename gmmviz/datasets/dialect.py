"""How a text is divided into rows and cells, and whether its first row names the columns.

Only what several lines agree on is taken for granted. What could be read in two ways is asked about.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from gmmviz.datasets.numerals import GAPS, WHOLE, like_a_number
from gmmviz.errors import InputError, brief, counted, warn
from gmmviz.options import shown

SAMPLE = 100_000  # characters looked at
SEVERAL = 200  # lines looked at
SHOWN = 4  # lines in a note
SEPARATORS = ("\t", ";", ",", "|", " ")  # the earlier one is taken where two would do
NONE = "\x1f"  # separates nothing, in a file of one column
COMMENT = "#"

Row = tuple[int, list[str]]  # the line that it begins in, from 1, and its cells


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is divided.

    Parameters
    ----------
    separator : str
        What stands between cells; a space stands for any number of spaces and tabs.
    skipped : int
        Lines before the table.
    comment : str
        What the lines to be left out begin with; empty if there are none.
    names : tuple of str
        The names of the columns, if a comment above the table holds them.
    """

    separator: str
    skipped: int = 0
    comment: str = ""
    names: tuple[str, ...] = ()

    def rows(self, text: str, *, strict: bool = True, empty: list[int] | None = None) -> Iterator[Row]:
        r"""Yield the rows that hold something.

        Parameters
        ----------
        text : str
            With ``"\n"`` at the ends of lines.
        strict : bool
            Whether to refuse what is wrongly quoted.
        empty : list of int, optional
            To it are added the lines that have cells, such as ``","``, but nothing in them.

        Raises
        ------
        InputError
            If a quote is not closed, or text follows it.
        """
        lines = self._lines(text)
        if self.separator == " ":
            yield from _parted_by_space(lines, strict)
            return
        numbers: list[int] = []

        def numbered() -> Iterator[str]:
            for number, line in lines:
                numbers.append(number)
                yield line

        reader = csv.reader(numbered(), delimiter=self.separator, skipinitialspace=True, strict=strict)
        try:
            for cells in reader:
                if any(cells):
                    yield numbers[0], [cell.strip() for cell in cells]
                elif empty is not None and len(cells) > 1:
                    empty.append(numbers[0])
                numbers.clear()
        except csv.Error as error:
            if strict:
                raise InputError(self._quoting(text, numbers, error)) from None

    def _lines(self, text: str) -> Iterator[tuple[int, str]]:
        """The lines that are no comments, each with its number and its end."""
        for number, line in enumerate(text.split("\n"), 1):
            if number > self.skipped and not (self.comment and line.startswith(self.comment)):
                yield number, f"{line}\n"

    def quoted(self, text: str, row: Row, end: int) -> list[bool]:
        """Which cells of a row stand in quotes; `end` is the line in which the next row begins."""
        mark = r"\s" if self.separator == " " else re.escape(self.separator)
        raw = "\n".join(text.split("\n", end)[row[0] - 1 : end - 1])
        cells = re.findall(rf'(?:^|{mark})[ ]*("(?:[^"]|"")*"|[^{mark}\n]*)', raw)
        return [d < len(cells) and cells[d].startswith('"') for d in range(len(row[1]))]

    def _quoting(self, text: str, numbers: Sequence[int], error: csv.Error) -> str:
        """Say where the quote opens that is not closed, or goes on after it was."""
        if "expected after" in str(error):
            return f"line {numbers[-1]}: text follows a closing quote: write a quote inside quotes twice"
        row = text.split("\n")[numbers[0] - 1 :]
        closed = re.match(
            rf'(?:[ ]*(?:"(?:[^"]|"")*"|[^"{re.escape(self.separator)}\n][^{re.escape(self.separator)}\n]*)?'
            rf"{re.escape(self.separator)})*",
            "\n".join(row),
        )
        line = numbers[0] + (closed[0].count("\n") if closed else 0)
        return f"line {line}: the quote that opens here is not closed"


def _parted_by_space(lines: Iterator[tuple[int, str]], strict: bool) -> Iterator[Row]:
    for number, line in lines:
        cells = []
        for found in re.finditer(r'"((?:[^"]|"")*)"(?=\s)|([^\s"]\S*)|(")', line):
            quoted, bare, stray = found.groups()
            if stray and strict:
                raise InputError(f"line {number}: the quote that opens here is not closed")
            cells.append(bare or (quoted or "").replace('""', '"'))
        if any(cells):
            yield number, cells


def guess_dialect(text: str, separator: str | None, comment: str | None) -> Dialect:
    """Find how a text is divided, from its first lines.

    Parameters
    ----------
    text : str
    separator, comment : str, optional
        What the user says.

    Returns
    -------
    Dialect
    """
    skipped, last = 0, ""
    if told := re.match(r"sep=(.)\n", text):  # Excel's own way of saying it
        separator, skipped = separator or told[1], 1
    elif comment is None:
        lines = text[:SAMPLE].split("\n")
        skipped = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith(COMMENT)), 0)
        last = lines[skipped - 1].removeprefix(COMMENT) if skipped else ""
    every = [Dialect(mark, skipped, comment or "") for mark in (separator or SEPARATORS)]
    samples = {dialect: _sample(dialect, text) for dialect in every}
    best = max(every, key=lambda dialect: _score(samples[dialect]))
    if not separator and not _score(samples[best]):
        return Dialect(NONE, skipped, comment or "")
    return replace(best, names=_names_in(last, best, samples[best]))


def _names_in(comment: str, dialect: Dialect, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The names in a comment, if it has as many words as the first row below it has cells, one a number."""
    names = [cells for _, cells in replace(dialect, skipped=0).rows(comment, strict=False)]
    if not names or not rows or len(names[0]) != len(rows[0]) or any(map(like_a_number, names[0])):
        return ()
    return tuple(names[0]) if any(map(like_a_number, rows[0])) else ()


def _sample(dialect: Dialect, text: str) -> list[list[str]]:
    """The first rows; the last is left out where the sample ends within it."""
    part = text[:SAMPLE]
    rows = [cells for _, cells in islice(dialect.rows(part, strict=False), SEVERAL)]
    return rows[:-1] if len(rows) > 1 and (len(part) < len(text) or len(rows) == SEVERAL) else rows


def _score(rows: Sequence[Sequence[str]]) -> float:
    """How well the rows agree on more than one column, and how many of their cells are numbers."""
    below = rows[1:] or rows
    width, count = Counter(map(len, below)).most_common(1)[0] if below else (0, 0)
    if width < 2:
        return 0.0
    cells = [cell for row in below for cell in row if cell not in GAPS]
    numbers = sum(map(like_a_number, cells)) / max(1, len(cells))
    named = {0: 1.0, 1: 0.9}.get(width - len(rows[0]), 0.5)  # R leaves out the name above the names of rows
    return count / len(below) * named * (0.01 + numbers)


def say_empty(path: Path, what: str, numbers: Sequence[int]) -> None:
    """Warn that rows of empty cells alone are left out; `what` is what a row is called: "line" or "row"."""
    if numbers:
        more = f" and {len(numbers) - SHOWN:,} more" if len(numbers) > SHOWN else ""
        places = ", ".join(map(str, numbers[:SHOWN]))
        warn(f"{path}: {counted(len(numbers), what)} of empty cells left out: {places}{more}")


def without_titles(
    path: Path, what: str, rows: Sequence[tuple[int, list[str]]], first: int = 0
) -> Sequence[tuple[int, list[str]]]:
    """Leave out, and say so, what stands above a table as its title: rows of words in one cell alone.

    Parameters
    ----------
    path : Path
    what : str
        What a row is called: "line" or "row".
    rows : sequence of (number, cells)
    first : int
        What the number of the first row is counted from, to be said as counted from 1.

    Returns
    -------
    sequence of (number, cells)
        From the row that names the columns on.
    """
    filled = [sum(map(bool, cells)) for _, cells in rows[:SEVERAL]]
    titles = 0
    while titles < len(filled) and filled[titles] == 1 and not any(map(like_a_number, rows[titles][1])):
        titles += 1
    # A header over a column of names may be one cell, too; but below a title stands a header, not a point.
    below = rows[titles][1] if titles < len(rows) else []
    if not titles or sum(map(bool, below)) < 2 or any(map(like_a_number, below)):
        return rows
    for number, cells in rows[:titles]:
        warn(
            f"{path}: {what} {number + 1 - first} is a title above the table and left out: {brief(''.join(cells))}"
        )
    return rows[titles:]


def names_columns(first: Sequence[str], quoted: Sequence[bool], below: Sequence[Sequence[str]]) -> bool | None:
    """Whether the first row names the columns.

    Parameters
    ----------
    first : sequence of str
        Its cells.
    quoted : sequence of bool
        Which of them stand in quotes while those below them do not.
    below : sequence of sequences of str
        Some of the rows below it.

    Returns
    -------
    bool or None
        None if it could be either.
    """
    if not any(map(like_a_number, first)):
        return not all(cell in GAPS for cell in first)
    if not below:
        return False
    if first[0] == "":  # what R and pandas write above the rows' names
        return True
    columns = [[row[d] for row in below if d < len(row) and row[d] not in GAPS] for d in range(len(first))]
    numbers = [d for d, cell in enumerate(first) if like_a_number(cell)]
    if all(quoted[d] for d in numbers):
        return True
    if len(first) == len(below[0]) - 1:  # as R writes it if asked to
        return None
    if not all(WHOLE.fullmatch(first[d]) for d in numbers) or len({first[d] for d in numbers}) < len(numbers):
        return False
    words = [d for d in range(len(first)) if d not in numbers]
    if any(first[d] in GAPS - {""} or first[d] in columns[d] for d in words):
        return False
    values = [int(first[d]) for d in numbers]
    if any(not first[d] or any(map(like_a_number, columns[d])) for d in words):
        return None
    in_order = len(values) > 1 and values == sorted(values)
    counting = values == [0] or (in_order and values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1)
    years = in_order and values[0] >= 1500 and values[-1] <= 2100
    unlike = any(_unlike(value, columns[d]) for value, d in zip(values, numbers, strict=True))
    return None if counting or years or unlike else False


def unclear_header(place: str, first: Sequence[str], separator: str = ",") -> InputError:
    """What to raise where `names_columns` cannot say."""
    row = separator.join([*first[:6], "..."] if len(first) > 6 else first)
    return InputError(
        f"{place}: {shown(row)} may be a point or name the columns: write header = true if it names them, "
        "header = false if it is a point"
    )


def _unlike(name: int, column: Sequence[str]) -> bool:
    """Whether a whole number stands out from the numbers below it."""
    if not all(map(WHOLE.fullmatch, column)):
        return True
    values = list(map(int, column)) or [name]
    low, high = min(values), max(values)
    return not 2 * low - high <= name <= 2 * high - low
