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
STEPS = 2**16 - 1  # of light, in the table from light to sRGB
COARSE = 2**14 - 1  # in the tables from light to bytes: a fifth of a level or finer, and they fit into the cache


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
    light = roots * roots * roots @ _FROM_LMS.T.astype(lab.dtype)
    # A table, since powers take most of the time: for a million points a sixth of it.
    shown: Array = _srgb_of_light(STEPS)[_steps(light, STEPS)].astype(lab.dtype)
    return shown


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
    steps = _steps(_light(roots), COARSE)
    # One table per channel, whose levels stand where the channel does, so that they need not be interleaved.
    packed: npt.NDArray[np.uint32] = _opaque_levels()[0].take(steps[0])
    level = np.empty_like(packed)
    for d in (1, 2):
        packed |= _opaque_levels()[d].take(steps[d], out=level, mode="clip")
    return packed.view(np.uint8).reshape(*amounts.shape[1:], 4)


def oklab_to_bytes(lab: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """OKLab, shape (3, n), as sRGB from 0 to 255: ten times quicker than `oklab_to_srgb`."""
    return _levels(_FROM_LAB.astype(np.float32) @ lab)


def _levels(roots: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Cube roots of cone responses, shape (3, n), as sRGB from 0 to 255."""
    levels: npt.NDArray[np.uint8] = _levels_of_light().take(_steps(_light(roots), COARSE))
    return levels


def _light(roots: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cube roots of cone responses, shape (3, n), which are overwritten, as linear light."""
    cubes = roots * roots
    cubes *= roots
    return np.matmul(_FROM_LMS.astype(np.float32), cubes, out=roots)


def _steps(light: npt.NDArray[Any], n_steps: int) -> npt.NDArray[np.uint16]:
    """Places in a table, for light that is overwritten."""
    np.clip(light, 0, 1, out=light)
    light *= n_steps
    light += 0.5
    return light.astype(np.uint16)


@cache
def _srgb_of_light(n_steps: int) -> Array:
    """Linear light as sRGB (IEC 61966-2-1), both from 0 to 1."""
    light = np.arange(n_steps + 1) / n_steps
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@cache
def _opaque_levels() -> npt.NDArray[np.uint32]:
    """Light as red, green and blue of opaque RGBA in one number, shape (3, COARSE + 1)."""
    channels = np.zeros((3, COARSE + 1, 4), np.uint8)
    for d in range(3):
        channels[d, :, d] = _levels_of_light()
    channels[:, :, 3] = 255
    return channels.view(np.uint32)[:, :, 0]


@cache
def _levels_of_light() -> npt.NDArray[np.uint8]:
    return np.rint(255 * _srgb_of_light(COARSE)).astype(np.uint8)
