r"""Dollar signs in what a film says: where they enclose a formula, and where they mean money.

The rule is pandoc's. A formula begins at a ``$`` with no space behind it, and ends at the next one if there is no
space before that and no digit behind it; ``\$`` is always a dollar sign. So ``$K$`` is a formula, and "from $5 to
$10" is not. What comes with the data (names of columns, labels, files) has no formulas at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DOLLAR = re.compile(r"\\\$|(\$(?!\s)(?:\\.|[^$\\])+(?<!\s)\$(?!\d))|\$", re.DOTALL)


def formulas(text: str) -> tuple[str, ...]:
    r"""Return the formulas in a text of a scene, each with its dollar signs.

    Parameters
    ----------
    text : str
        A title, a caption or the name of a run, as its author wrote it.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> formulas(r"$K$ from \$5 to $10, or $\mu_1$")
    ('$K$', '$\\mu_1$')
    """
    return tuple(text[begin:end] for begin, end in _spans(text))


def typeset(text: str) -> str:
    r"""Return a text of a scene as matplotlib takes it: each dollar sign that encloses no formula has a backslash.

    Parameters
    ----------
    text : str
        As its author wrote it.

    Returns
    -------
    str

    Examples
    --------
    >>> print(typeset(r"$K$ from \$5 to $10"))
    $K$ from \$5 to \$10
    """
    return _DOLLAR.sub(lambda found: found[1] or r"\$", text)


def plain(text: str) -> str:
    r"""Return a text of a scene for files of words: as it was written, but with ``$`` for ``\$``.

    Parameters
    ----------
    text : str
        As its author wrote it.

    Returns
    -------
    str

    Examples
    --------
    >>> print(plain(r"$K$ from \$5 to $10"))
    $K$ from $5 to $10
    """
    return _DOLLAR.sub(lambda found: found[1] or "$", text)


def literal(text: str) -> str:
    r"""Return a text that comes with the data as matplotlib takes it: every dollar sign is one.

    Parameters
    ----------
    text : str
        Such as the name of a feature.

    Returns
    -------
    str

    Examples
    --------
    >>> print(literal("US$ per EU$"))
    US\$ per EU\$
    """
    return text.replace("$", r"\$")


def label_and_rest(text: str) -> tuple[str, str]:
    """Split a caption at its first colon that is in no formula, and that a space follows unless it is a wide one.

    Parameters
    ----------
    text : str
        A caption.

    Returns
    -------
    label : str
        What stands before that colon; empty if there is none.
    rest : str
        What follows it, or the whole text.

    Examples
    --------
    >>> label_and_rest("At 10:30 sharp: the end"), label_and_rest("The end, at 10:30")
    (('At 10:30 sharp', 'the end'), ('', 'The end, at 10:30'))
    """
    for found in re.finditer(r"\s*(：|:(?=\s|$))", text):  # French has a space before it, too
        if not within_formula(text, found.start(1)):
            return text[: found.start()], text[found.end() :].strip()
    return "", text


def within_formula(text: str, place: int) -> bool:
    """Whether the letter at a place of a text belongs to a formula."""
    return any(begin <= place < end for begin, end in _spans(text))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _DOLLAR.finditer(text) if found[1])
