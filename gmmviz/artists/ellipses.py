"""Ellipses at which a component's Mahalanobis distance has a stated value, and how much of it they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from pydantic import Field

from gmmviz.arrays import Array
from gmmviz.artists.animated import animated
from gmmviz.artists.means import opacity
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import Positive
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.vocabulary import ENGLISH, Words
from gmmviz.themes import Theme

MOST = 20  # ellipses of a component
Radii = Annotated[tuple[Annotated[Positive, Field(le=1000)], ...], Field(max_length=MOST)]
STEP_BACK = 0.65  # of their opacity, that an E-step takes from ellipses at its middle
THIN, FAINT = 1.5, 0.5  # width in pixels of a 720-pixel-high picture, and opacity, of the ellipses of many runs
ROUND = np.array([(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 65)])
FARTHEST = 1e6  # times the picture's size: Agg would take hours to draw an ellipse that is larger


class Ellipses:
    """Ellipses around the means of a mixture.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    radii : sequence of float
        Mahalanobis radii.
    colors : sequence of str
        One per component.
    limits : ndarray, shape (2, 2)
        Lower and upper end of each axis.
    widths : tuple of float
        Of the innermost line and of the others, in pixels.
    outer : float
        Opacity of the lines around the innermost.
    fill : float
        Opacity of what is within each line.
    """

    def __init__(
        self,
        axes: Axes,
        radii: Sequence[float],
        colors: Sequence[str],
        limits: Array,
        *,
        widths: tuple[float, float],
        outer: float = 1.0,
        fill: float = 0.0,
    ) -> None:
        self.radii = sorted(radii, reverse=True)
        self._colors, self._limits, self._outer, self._fill = colors, limits, outer, fill
        self._mixture: Mixture | None = None
        self._colored: tuple[bytes, float] = b"", -1.0
        self.patches = [[PathPatch(Path.unit_circle()) for _ in radii] for _ in colors]
        for patches in self.patches:
            for radius, patch in zip(self.radii, patches, strict=True):
                patch.set_linewidth(widths[0] if radius == self.radii[-1] else widths[1])
                animated(axes, patch, 3)

    def moved(self, mixture: Mixture, back: float = 0.0) -> Iterator[PathPatch]:
        """Put the ellipses around these means and yield them, each component's from the outermost in.

        Parameters
        ----------
        mixture : Mixture
        back : float
            How far they step back, from 0 to 1.
        """
        if mixture is not self._mixture:  # while points change color, it is the same one
            self._mixture = mixture
            self._put_around(mixture)
        self._color(mixture, 1 - STEP_BACK * back)
        return (patch for patches in self.patches for patch in patches)

    def _color(self, mixture: Mixture, presence: float) -> None:
        weights = mixture.weights.tobytes()
        if (weights, presence) == self._colored:
            return
        self._colored = weights, presence
        for weight, patches, color in zip(mixture.weights, self.patches, self._colors, strict=True):
            strength = opacity(weight) * presence
            for radius, patch in zip(self.radii, patches, strict=True):
                line = 1.0 if radius == self.radii[-1] else self._outer
                patch.set_facecolor(to_rgba(color, self._fill * strength))
                patch.set_edgecolor(to_rgba(color, line * strength))

    def _put_around(self, mixture: Mixture) -> None:
        factors = factors_in_sight(mixture.covariances, self._limits, max(self.radii, default=0.0))
        for mean, factor, patches in zip(mixture.means, factors, self.patches, strict=True):
            for radius, patch in zip(self.radii, patches, strict=True):
                patch.set_path(ellipse_path(mean, factor, radius))


class ThinEllipses:
    """Ellipses of many mixtures at once, thin, so that their spread is seen.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    radii : sequence of float
        Mahalanobis radii.
    colors : sequence of sequence of str
        Of each mixture's components.
    limits : ndarray, shape (2, 2)
        Lower and upper end of each axis.
    theme : Theme
        Scaled to the picture.
    """

    def __init__(
        self, axes: Axes, radii: Sequence[float], colors: Sequence[Sequence[str]], limits: Array, theme: Theme
    ) -> None:
        self._radii, self._limits = radii, limits
        inks = [ink for every in colors for ink in every for _ in radii]
        self.lines = LineCollection([], colors=inks, linewidths=theme.mark_px(THIN), alpha=FAINT)
        animated(axes, self.lines, 2.8)

    def moved(self, mixtures: Sequence[Mixture]) -> LineCollection:
        """Put the ellipses around the means of these mixtures."""
        segments = []
        for mixture in mixtures:
            factors = factors_in_sight(mixture.covariances, self._limits, max(self._radii, default=0.0))
            for mean, factor in zip(mixture.means, factors, strict=True):
                segments += [ROUND @ (radius * factor.T) + mean for radius in self._radii]
        self.lines.set_segments(segments)
        return self.lines


def ghosts(stage: Stage, projection: Projection, radii: Sequence[float], theme: Theme) -> Iterator[PathPatch]:
    """Make the outlines of the true mixture, dashed and below everything that moves.

    Raises
    ------
    InputError
        If the truth is not known.
    """
    truth, partners = stage.known_truth(projection)
    factors = factors_in_sight(truth.covariances, stage.limits(projection), max(radii, default=0.0))
    style: Any = {
        "facecolor": "none",
        "linewidth": theme.mark_px(2.4),
        "linestyle": (0, (3.5, 2.5)),
        "zorder": 1.5,
    }
    for mean, factor, k in zip(truth.means, factors, partners, strict=True):
        for radius in radii:
            yield PathPatch(ellipse_path(mean, factor, radius), edgecolor=theme.color(k), **style)


def ellipse_path(mean: Array, factor: Array, radius: float) -> Path:
    """Where the Mahalanobis distance from `mean` is `radius`: a circle under the covariance's Cholesky factor."""
    circle = Path.unit_circle()
    return Path(np.asarray(circle.vertices, np.float64) @ (radius * factor.T) + mean, circle.codes)


def factors_in_sight(covariances: Array, limits: Array, radius: float) -> Array:
    """Cholesky factors of covariances, shrunk where an ellipse of this radius would be far too large to draw.

    Parameters
    ----------
    covariances : ndarray, shape (K, 2, 2)
    limits : ndarray, shape (2, 2)
        Lower and upper end of each axis.
    radius : float
        Mahalanobis radius.

    Returns
    -------
    ndarray, shape (K, 2, 2)
    """
    factors = np.asarray(np.linalg.cholesky(covariances), np.float64)
    sizes = (np.abs(factors).max(axis=2) / np.ptp(limits, axis=1)).max(axis=1) * radius
    shrunk: Array = factors * np.minimum(1.0, FARTHEST / np.maximum(sizes, 1.0))[:, None, None]
    return shrunk


def mass_note(radii: Sequence[float], words: Words = ENGLISH) -> str:
    """Say how much of a two-dimensional Gaussian lies within these Mahalanobis radii: 1 - exp(-r**2 / 2)."""
    masses = [f"{-100 * np.expm1(-(r**2) / 2):.0f} %" for r in sorted(radii)]
    if not masses:
        return ""
    if len(masses) == 1:
        return words.say("ellipse_holds", mass=masses[0])
    return words.say("ellipses_hold", masses=words.listed(masses))
