"""sRGB to OKLab and back: Ottosson (2020), "A perceptual color space for image processing"."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gmmviz.arrays import Array

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB = np.linalg.inv(_TO_LAB)
_FROM_LMS = np.linalg.inv(_TO_LMS)
_STEPS = 2**16 - 1


@cache
def hex_to_oklab(color: str) -> Array:
    """``#rrggbb`` as OKLab, shape (3,)."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lab: Array = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    lab.flags.writeable = False
    return lab


def oklab_to_srgb(lab: npt.NDArray[Any]) -> Array:
    """OKLab, shape (..., 3), as sRGB from 0 to 1, clipped to what a screen can show."""
    roots = lab @ _FROM_LAB.T.astype(lab.dtype)
    linear = roots * roots * roots @ _FROM_LMS.T.astype(lab.dtype)
    np.clip(linear, 0, 1, out=linear)
    # A table of 2^16 steps: for a million points a sixth of the time, and far finer than a screen's levels.
    linear *= _STEPS
    linear += 0.5
    shown: Array = _gamma()[linear.astype(np.uint16)].astype(lab.dtype)
    return shown


@cache
def _gamma() -> Array:
    linear = np.arange(_STEPS + 1) / _STEPS
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
