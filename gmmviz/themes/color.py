"""sRGB to OKLab and back: Ottosson (2020), "A perceptual color space for image processing"."""

from __future__ import annotations

from functools import cache

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
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


_SHADES = 4096
_LINEAR = np.arange(_SHADES) / (_SHADES - 1)
_BYTES = (255 * np.where(_LINEAR <= 0.0031308, 12.92 * _LINEAR, 1.055 * _LINEAR ** (1 / 2.4) - 0.055)).astype("f4")


def oklab_to_bytes(lab: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """OKLab, shape (3, n), as sRGB from 0 to 255: ten times quicker than `oklab_to_srgb`, within 1 of it."""
    lms = _FROM_LAB.astype(np.float32) @ lab
    linear = _FROM_LMS.astype(np.float32) @ (lms * lms * lms)
    linear *= _SHADES - 1
    painted: npt.NDArray[np.float32] = _BYTES.take(
        np.clip(linear + np.float32(0.5), 0, _SHADES - 1, out=linear).astype(np.int32)
    )
    return painted
