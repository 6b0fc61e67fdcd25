"""Tables in HTML, by which mixtures, runs and data show themselves in notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from gmmviz.arrays import Array

MOST = 20  # rows and columns that are written out


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Any]], left_out: str = "") -> str:
    """Return a table that a notebook shows.

    Parameters
    ----------
    caption : str
        What stands above it.
    head : sequence of str
        The columns' names.
    rows : iterable of sequence
        Texts as they are, and numbers to four digits; each row begins with its name.
    left_out : str
        What stands below, where not all is shown.

    Returns
    -------
    str
        The table, with every text escaped.
    """
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(
        f'<tr><th scope="row">{escape(_cell(first))}</th>'
        + "".join(f"<td>{escape(_cell(value))}</td>" for value in rest)
        + "</tr>"
        for first, *rest in rows
    )
    foot = f'<tfoot><tr><td colspan="{len(head)}">{escape(left_out)}</td></tr></tfoot>' if left_out else ""
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{lines}</tbody>{foot}</table>"
    )


def parameter_table(
    caption: str, weights: Array, means: Array, covariances: Array, names: Sequence[str] = ()
) -> str:
    """Return a mixture's parameters: a row for each component, with standard deviations for its covariance.

    Parameters
    ----------
    caption : str
        What stands above the table.
    weights : ndarray, shape (K,)
        Mixing coefficients.
    means : ndarray, shape (K, D)
        In the data's units.
    covariances : ndarray, shape (K, D, D)
        In the data's units squared.
    names : sequence of str
        The features' names; by default ``"x1"``, ``"x2"`` and so on.

    Returns
    -------
    str
        The table in HTML. Two features have their correlation, too; of many, the first are shown.
    """
    K, D = means.shape
    names = list(names if len(names) else (f"x{d + 1}" for d in range(D)))[: MOST // 2]
    head = ["component", "weight", *(f"mean of {name}" for name in names), *(f"sd of {name}" for name in names)]
    deviations = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    columns = [weights[:, None], means[:, : len(names)], deviations[:, : len(names)]]
    if D == 2:
        head.append("correlation")
        columns.append(covariances[:, 0, 1, None] / deviations.prod(axis=1, keepdims=True))
    values = np.hstack(columns)
    return html_table(
        caption,
        head,
        ([str(k + 1), *row] for k, row in enumerate(values[:MOST].tolist())),
        shown_of(min(K, MOST), K, "components", len(names), D),
    )


def shown_of(rows: int, of_rows: int, what: str, columns: int, of_columns: int) -> str:
    """Say how many rows and columns of how many are shown; nothing if all are."""
    parts = []
    if rows < of_rows:
        parts.append(f"{rows} of {of_rows:,} {what}")
    if columns < of_columns:
        parts.append(f"{columns} of {of_columns:,} features")
    return f"shown: {', '.join(parts)}" if parts else ""


def _cell(value: Any) -> str:
    return f"{value:.4g}".replace("-", "−") if isinstance(value, float) else str(value)
