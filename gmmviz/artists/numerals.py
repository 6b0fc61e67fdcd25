"""Numbers as they are printed in the picture."""

from __future__ import annotations

import re

import numpy as np

LONGEST = 17  # characters of a number
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def written(value: float, decimals: int) -> str:
    """Return a number as it is printed; one that would be too long to read, by its power of ten.

    Parameters
    ----------
    value : float
    decimals : int

    Returns
    -------
    str

    Examples
    --------
    >>> written(-4.15, 3), written(-5e10, 0), written(-0.001, 2)
    ('−4.150', '−5 × 10¹⁰', '0.00')
    """
    text = f"{value:.{decimals}f}"
    if len(text) > LONGEST or (abs(value) >= 1e7 and decimals == 0):
        digits, power = f"{value:.3g}".split("e")
        text = f"{digits} × {power_of_ten(int(power))}"
    elif not float(text):
        text = text.removeprefix("-")
    return text.replace("-", "−")


def grouped(text: str) -> str:
    """Return a number, as it is printed, with commas between its thousands.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> grouped("−1234567.8901"), grouped("999"), grouped("0.12345")
    ('−1,234,567.8901', '999', '0.12345')
    """
    return re.sub(r"^(\D?)(\d+)", lambda found: f"{found[1]}{int(found[2]):,}", text)


def whole_digits(value: float) -> int:
    """Return how many digits stand before the decimal point of a number; at least 1."""
    return int(max(0.0, np.floor(np.log10(max(abs(value), 1.0))))) + 1


def steady(value: float, decimals: int, usual: float) -> str:
    """Return a number that is no wider than a usual one: larger ones give decimals away.

    Parameters
    ----------
    value : float
    decimals : int
        Of numbers that are not larger than the usual one.
    usual : float

    Returns
    -------
    str

    Examples
    --------
    >>> [steady(value, 4, -4.1554) for value in (-4.1554, -76.49, -7649.4053, -1e11)]
    ['−4.1554', '−76.490', '−7649.4', '−1 × 10¹¹']
    """
    return written(value, max(0, decimals - max(0, whole_digits(value) - whole_digits(usual))))


def power_of_ten(power: int) -> str:
    """Return a power of ten in small raised digits.

    Parameters
    ----------
    power : int

    Returns
    -------
    str

    Examples
    --------
    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return f"10{str(power).translate(SUPERSCRIPTS)}"


def decimals_for(size: float, n: int) -> int:
    """Return how many decimals show a number of this size to `n` more digits than its first; at most 6.

    Parameters
    ----------
    size : float
        From 0.
    n : int

    Returns
    -------
    int

    Examples
    --------
    >>> decimals_for(0.2, 3), decimals_for(2000.0, 3)
    (4, 0)
    """
    return int(np.clip(n - np.floor(np.log10(max(size, 1e-6))), 0, 6))
