"""Numbers as people write them: 1234.5 and 1,234.5, 1.234,5, 1 234,5, 12,34,567.5 or 1'234.5."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gmmviz.arrays import Array
from gmmviz.errors import InputError
from gmmviz.options import shown

# What R, pandas, Excel and data bases write into a cell without a value.
GAPS = frozenset(
    ["", "#N/A", "#NA", "#NV", "#N/D", "<NA>", "N/A", "n/a", "NA", "na", "NULL", "Null", "null", "None", "none",
     "NaN", "nan", "NAN", "-NaN", "-nan"]
)  # fmt: skip
WHOLE = re.compile(r"[+-]?\d{1,15}")
_SAME = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"})
_SHAPE = _SAME | str.maketrans("123456789", "0" * 9)
_ANY = re.compile(  # a number of any convention: one mark may part groups of digits, a point or comma decimals
    r"(?=[+-]?[.,]?\d)[+-]?(?:\d{1,3}(?:([,.' ])\d{2,3}(?:\1\d{2,3})*)?|\d+)?(?:[.,]\d*)?(?:[eE][+-]?\d+)?"
)
_THREE_DECIMALS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_BELOW_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2}")


def like_a_number(cell: str) -> bool:
    """Whether the cell is a number in some convention."""
    return bool(_ANY.fullmatch(cell.translate(_SAME)))


class UnclearError(InputError):
    """Cells could be different numbers.

    Parameters
    ----------
    cell : str
        One of them.
    message : str
        In which way, and what to write.
    """

    def __init__(self, cell: str, message: str) -> None:
        super().__init__(message)
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Convention:
    """How a file writes its numbers.

    Parameters
    ----------
    decimal : str
        What stands before the decimals: a point or a comma.
    thousands : str
        What stands between groups of digits; empty for nothing. A space is any kind of space.
    """

    decimal: str = "."
    thousands: str = ""

    def values(self, cells: Sequence[str]) -> Array | None:
        """The numbers, NaN where "nan" stands, or None if a cell holds no number."""
        if (self.decimal, self.thousands) == (".", ""):
            try:
                quick = np.fromiter(map(float, cells), np.float64, len(cells))
            except ValueError:
                pass
            else:
                return None if any("_" in cell for cell in cells) else quick  # Python takes 1_000 for a number
        text = "\n".join(cells)
        shapes = text.translate(_SHAPE).split("\n")  # there are few of them, and they tell numbers as cells do
        if len(shapes) != len(cells) or not all(map(self._number.fullmatch, set(shapes))):
            return None
        plain = text.translate(_SAME).replace(self.thousands.translate(_SAME), "").replace(self.decimal, ".")
        return np.fromiter(map(float, plain.split("\n")), np.float64, len(cells))

    @property
    def _number(self) -> re.Pattern[str]:
        group, point = re.escape(self.thousands.translate(_SAME) or "\0"), re.escape(self.decimal)
        return re.compile(
            rf"(?=[+-]?{point}?\d)"
            rf"[+-]?(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+|\d{{1,2}}(?:{group}\d{{2}})*{group}\d{{3}})?"
            rf"(?:{point}\d*)?(?:[eE][+-]?\d+)?|nan"
        )


def find_convention(
    columns: Sequence[Sequence[str]], decimal: str | None = None, thousands: str | None = None
) -> Convention:
    """Find the one convention in which columns of numbers are written.

    Parameters
    ----------
    columns : sequence of sequences of str
        The cells, "nan" where there is none.
    decimal, thousands : str, optional
        The convention, as far as the user says it.

    Returns
    -------
    Convention
        Columns that hold something else than numbers have no values in it.

    Raises
    ------
    UnclearError
        If the cells contradict one another, or nothing tells decimals from thousands.
    """
    usual = Convention(decimal or ("," if thousands == "." else "."), thousands or "")
    if decimal and thousands is not None:
        return usual
    if all(usual.values(cells) is not None for cells in columns):
        return usual
    marks = _marks(columns)
    decimal = decimal or _decimal(marks, thousands)
    return Convention(decimal, _thousands(marks, decimal) if thousands is None else thousands)


def doubtful(columns: Iterable[Sequence[str]]) -> str:
    """A cell such as 1.200, if every cell that has a point is such a one, which could mean 1200; or nothing.

    Raises
    ------
    UnclearError
        If such cells stand among whole numbers below 1000, which would have decimals as well.
    """
    first = among = ""
    for cells in columns:
        pointed = [cell for cell in cells if "." in cell]
        if not all(map(_THREE_DECIMALS.fullmatch, pointed)):
            return ""
        first = first or next(iter(pointed), "")
        if pointed and any(_BELOW_THOUSAND.fullmatch(cell) for cell in cells):
            among = among or pointed[0]
    if among:
        raise UnclearError(
            among,
            f'{among!r} may be {float(among):g} or {among.replace(".", "")}: write decimal = "." for the first, '
            'thousands = "." for the second',
        )
    return first


@dataclass(frozen=True, slots=True)
class _Marks:
    """The marks that stand before decimals, between thousands, and where it may be either; each with a cell."""

    decimal: dict[str, str]
    thousands: dict[str, str]
    either: dict[str, str]


def _marks(columns: Iterable[Sequence[str]]) -> _Marks:
    found = _Marks({}, {}, {})
    for cell in [cell for cells in columns for cell in _examples(cells)]:
        text = cell.translate(_SAME)
        if text.isdigit() or not _ANY.fullmatch(text):
            continue
        digits, exponent, _ = re.split(r"([eE]|$)", text.lstrip("+-"), maxsplit=1)
        marks = re.sub(r"\d", "", digits)
        groups = marks if marks[-1:] in (" ", "'") or marks.count(marks[-1:]) > 1 else marks[:-1]
        if groups:
            found.thousands.setdefault(groups[0], cell)
        if groups != marks:
            head, tail = digits.split(marks[-1])
            unsure = not groups and not exponent and len(tail) == 3 and re.fullmatch(r"[1-9]\d{0,2}", head)
            (found.either if unsure else found.decimal).setdefault(marks[-1], cell)
    return found


def _examples(cells: Sequence[str]) -> Iterable[str]:
    """A cell of each shape, which is what the digits are parted by, and whether they begin with 0."""
    shapes = "\n".join(cells).translate(_SHAPE).split("\n")
    if len(shapes) != len(cells):
        return cells
    return dict(zip(zip(shapes, (cell[:2] for cell in cells), strict=True), cells, strict=True)).values()


def _decimal(marks: _Marks, thousands: str | None) -> str:
    if thousands in (".", ","):
        return "," if thousands == "." else "."
    for mark, cell in marks.decimal.items():
        others = [other for other_mark, other in marks.decimal.items() if other_mark != mark]
        for other in [*others, *filter(None, [marks.thousands.get(mark)])]:
            raise UnclearError(
                other,
                f"{other!r} and elsewhere {cell!r} are numbers of two kinds: write all in one",
            )
        return mark
    if "," in marks.thousands or "." in marks.thousands:
        return "." if "," in marks.thousands else ","
    if "," in marks.either:
        cell = marks.either[","]
        raise UnclearError(
            cell,
            f'{cell!r} may be {cell.replace(",", ".")} or {cell.replace(",", "")}: write decimal = "," for the '
            'first, thousands = "," for the second',
        )
    return "."


def _thousands(marks: _Marks, decimal: str) -> str:
    found = {mark: cell for mark, cell in (marks.thousands | marks.either).items() if mark != decimal}
    if len(found) > 1:
        one, other, *_ = found.values()
        raise UnclearError(
            other, f"{other!r} and elsewhere {one!r} mark thousands in two ways: write all in one way"
        )
    return next(iter(found), "")


_DATE = re.compile(r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})([T ]\d{1,2}:\d{2}(:\d{2}.*)?)?")


def no_number(cell: str) -> str:
    """Say what is wrong with a cell that holds no finite number."""
    text = cell.translate(_SAME)
    bare = "".join(c for c in text.strip("%() ") if unicodedata.category(c) != "Sc").strip()
    found = f"found {shown(cell)}"
    if bare != text and like_a_number(bare):
        if "%" in text:
            return f"{found}, a percentage; write numbers without the sign"
        if text.startswith("("):
            return f"{found}, a negative number as bookkeepers write it; write it with a minus sign"
        return f"{found}, a sum with a currency sign; write numbers without the sign"
    if _DATE.fullmatch(text):
        return f"{found}, a date; choose other columns, or write the days as numbers"
    if re.fullmatch(r"[+-]?inf(inity)?", text, re.IGNORECASE) or (like_a_number(bare) and "e" in text.lower()):
        return f"{found}; EM needs finite numbers: mend the cell or leave the row out"
    return (
        f"expected a number, {found}; mend the cell, choose other columns, name this one as labels, or, if it "
        f"stands for a gap, write missing_values = [{shown(cell)}]"
    )
