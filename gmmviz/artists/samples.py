"""New points that are drawn from a mixture, one after another: first a component by its weight, then a point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from gmmviz.artists.animated import animated
from gmmviz.artists.ellipses import ellipse_path
from gmmviz.artists.point_cloud import point_radius
from gmmviz.mixture.mixture import Mixture
from gmmviz.storyboard.projection import Projection
from gmmviz.themes import Theme

FEW = 5  # points whose drawing is shown in two steps
THEIRS = 0.45  # of the time, that these take
CHOSEN = 0.55  # of a point's time, in which its component lights up
RADIUS = 2.0  # Mahalanobis radius of what lights up
LIGHT = 0.5  # its opacity


class Samples:
    """Crosses in the colors of the components that they are drawn from, since dots are the data.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    mixture : Mixture
        Of all features.
    n : int
        How many.
    projection : Projection
        From the features to the two axes.
    theme : Theme
    """

    def __init__(self, axes: Axes, mixture: Mixture, n: int, projection: Projection, theme: Theme) -> None:
        points, self.labels = mixture.sample(n, seed=0)
        self.points = projection.points(points)
        size, width = theme.mark_px(2.4 * point_radius(n)), theme.mark_px(2.6)
        self._colors = [theme.color(k) for k in range(mixture.n_components)]
        style: Any = {"linestyle": "none", "marker": "x"}
        # Two lines of a component: its color, and an edge below that parts it from a field of the same hue.
        edge = theme.mark_px(2.0)
        self._below = Line2D(
            [], [], color=theme.outline, markersize=size + edge, markeredgewidth=width + edge, **style
        )
        self._crosses = [
            Line2D([], [], color=c, markersize=size, markeredgewidth=width, **style) for c in self._colors
        ]
        self._flash = PathPatch(Path(np.zeros((0, 2))), linewidth=0)
        for artist in (self._flash, self._below, *self._crosses):
            animated(axes, artist, 2.5)

    def count(self, progress: float) -> int:
        """How many are drawn after a part of the time, from 0 to 1: the first few one by one, then ever more."""
        n = len(self.points)
        few, theirs = self._first()
        if progress < theirs:
            place = progress / theirs * few
            return int(place) + (place % 1 >= CHOSEN)
        return few + round((progress - theirs) / max(1 - theirs, 1e-9) * (n - few))

    def chosen(self, progress: float) -> tuple[int, float]:
        """Return the component that is chosen for the next point, and how bright it is, from 0 to 1."""
        few, theirs = self._first()
        if not 0 < progress < theirs:
            return 0, 0.0
        number, place = divmod(progress / theirs * few, 1)
        return int(self.labels[int(number)]), max(0.0, 1 - abs(place / CHOSEN - 0.6) / 0.6)

    def _first(self) -> tuple[int, float]:
        """How many are drawn in two steps, and the part of the time for that."""
        n = len(self.points)
        return min(FEW, n), THEIRS if n > FEW else 1.0

    def drawn(self, mixture: Mixture, progress: float) -> Iterator[Artist]:
        """Show as many as are drawn by now, and the component of the next one; yield what is to be seen.

        Parameters
        ----------
        mixture : Mixture
            On the two axes.
        progress : float
            Part of the time, from 0 to 1.
        """
        if progress <= 0:
            return
        k, light = self.chosen(progress)
        if light:
            factor = np.linalg.cholesky(mixture.covariances[k])
            self._flash.set_path(ellipse_path(mixture.means[k], factor, RADIUS))
            self._flash.set_facecolor(to_rgba(self._colors[k], LIGHT * light))
            yield self._flash
        n = self.count(progress)
        points, labels = self.points[:n], self.labels[:n]
        self._below.set_data(*points.T)
        yield self._below
        for k, crosses in enumerate(self._crosses):
            crosses.set_data(*points[labels == k].T)
            yield crosses
