"""sRGB to OKLab and back: Ottosson (2020), "A perceptual color space for image processing"."""

from __future__ import annotations

from collections.abc import Sequence
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
STEPS = 1 << 14  # of light, in the table from light to sRGB: the darkest are a fifth of a step of sRGB


@cache
def hex_to_oklab(color: str) -> Array:
    """``#rrggbb`` as OKLab, shape (3,)."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lab: Array = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    lab.flags.writeable = False
    return lab


def oklab_to_srgb(lab: Array) -> Array:
    """OKLab, shape (..., 3), as sRGB from 0 to 1, clipped to what a screen can show."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)
    return _encoded(linear)


def mixed(background: str, inks: Sequence[str], amounts: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.uint8]:
    """Mix inks with a background in OKLab, quickly enough for every pixel of a film.

    OKLab is linear in the cube roots of cone responses, so that is where they are mixed; light becomes sRGB
    through a table (100,000 pixels, K = 3: 0.7 ms).

    Parameters
    ----------
    background : str
    inks : sequence of str
        ``#rrggbb``.
    amounts : ndarray, shape (K, ...)
        Of each ink, from 0 to 1; the background makes up the rest.

    Returns
    -------
    ndarray of uint8, shape (..., 4)
        Opaque RGBA.
    """
    ground = _FROM_LAB @ hex_to_oklab(background)
    away = np.stack([_FROM_LAB @ hex_to_oklab(ink) - ground for ink in inks], axis=1).astype(np.float32)
    roots = away @ amounts.reshape(len(inks), -1).astype(np.float32, copy=False)
    roots += ground.astype(np.float32)[:, None]
    roots *= roots * roots
    light = (_FROM_LMS * (STEPS - 1)).astype(np.float32) @ roots
    steps = np.clip(light, 0, STEPS - 1, out=light).astype(np.uint16)
    rgba = np.full((steps.shape[1], 4), 255, np.uint8)
    for channel in range(3):
        rgba[:, channel] = _srgb_of_light()[steps[channel]]
    return rgba.reshape(*amounts.shape[1:], 4)


@cache
def _srgb_of_light() -> npt.NDArray[np.uint8]:
    light = (np.arange(STEPS) + 0.5) / STEPS
    return np.rint(255 * _encoded(light)).astype(np.uint8)


def _encoded(light: Array) -> Array:
    """Linear light as sRGB (IEC 61966-2-1), both from 0 to 1."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
