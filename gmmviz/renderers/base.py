"""The contract of a renderer: one panel, drawn into one Axes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from gmmviz.artists.animated import animated as animated
from gmmviz.options import Contract, checked, family_of
from gmmviz.registry import Registry
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.words import literal
from gmmviz.themes import Theme


class Renderer(Contract, ABC):
    """A kind of panel that a scene can name.

    A renderer is a class of options (`gmmviz.options.options`) that is registered in `RENDERERS`. Its fields are
    the keys of the scene's ``[[panels]]`` table. It has no state: one instance may draw several runs of a film.

    A film first calls `check`, then `draw_still` once per run, then `moving` for each frame. Sizes are pixels of a
    picture 720 pixels high, and ``theme.px`` converts them to those of the film.
    """

    width: ClassVar[float] = 1.0
    """How wide the panel is, relative to the panels beside it."""

    @property
    def shared(self) -> bool:
        """Whether the panel is drawn once for all runs of the film (`Stage.cast`) instead of once for each."""
        return False

    @property
    def broad(self) -> bool:
        """Whether a shared panel needs more than a third of the picture's width beside the runs."""
        return False

    @property
    def restless(self) -> bool:
        """Whether the panel moves on while the run rests, as under a moving camera."""
        return False

    @property
    def epilogue_option(self) -> str:
        """The name of an option that is set and shows in the film's epilogue alone; empty if there is none."""
        return ""

    @property
    def reach(self) -> float:
        """How far around a mean the panel draws, in standard deviations; the limits make room for that."""
        return 0.0

    @checked
    def check(self, stage: Stage) -> None:
        """Refuse a run that the panel cannot draw, before anything is drawn.

        Parameters
        ----------
        stage : Stage
            The run, and what it shares with the film's other runs.

        Raises
        ------
        InputError
            If the run cannot be drawn.
        """

    @abstractmethod
    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> Any:
        """Draw what stands still, and make the artists that will move.

        Parameters
        ----------
        axes : matplotlib.axes.Axes
            Empty; all of the panel is drawn into it.
        stage : Stage
            The run: its trace, limits and peaks.
        theme : Theme
            Colors, font and sizes, scaled to the film's picture.

        Returns
        -------
        object
            The artists that move, each of which `animated` has added to the axes, in any form that suits `moving`.
        """

    @abstractmethod
    def moving(self, props: Any, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Set the artists to a frame and return them in painting order.

        Frames may come in any order, so every artist must be set each time.

        Parameters
        ----------
        props : object
            What `draw_still` has returned.
        frame : Frame
            What the run shows at a moment.
        stage : Stage
            As in `draw_still`.
        theme : Theme
            As in `draw_still`.

        Returns
        -------
        iterable of matplotlib.artist.Artist
            Those that the frame shows.
        """


RENDERERS: Registry[type[Renderer]] = Registry("renderer", family_of(Renderer))


Aspect = Literal["auto", "equal"]


def frame_axes(
    axes: Axes,
    stage: Stage,
    projection: Projection,
    *,
    with_others: bool = False,
    reverse: Sequence[str] = (),
    aspect: Aspect = "auto",
) -> None:
    """Set the limits and labels of a plane of two features.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of the panel.
    stage : Stage
        Whose limits are taken.
    projection : Projection
        From the features to the two axes.
    with_others : bool
        Make room for the points that were not fitted, too.
    reverse : sequence of {"x", "y"}
        Axes that run from right to left or from top to bottom.
    aspect : {"auto", "equal"}
        With "equal", one unit of x is as long as one of y. The panel keeps its size; one feature's limits widen.
    """
    (left, right), (bottom, top) = stage.limits(projection, with_others=with_others)
    axes.set_xlim(*((right, left) if "x" in reverse else (left, right)))
    axes.set_ylim(*((top, bottom) if "y" in reverse else (bottom, top)))
    axes.set_xlabel(literal(projection.names[0]))
    axes.set_ylabel(literal(projection.names[1]))
    if aspect == "equal":
        axes.set_axes_locator(EqualUnits((left, right), (bottom, top)))


class EqualUnits:
    """Widens the limits of one feature until its unit is as long as the other's.

    It does so whenever a layout gives the axes a place, and begins with the limits that must be seen. Matplotlib's
    own equal aspect begins with those that it has widened before, so that they grow with each place that is tried.

    Parameters
    ----------
    x, y : tuple of float
        Lower and upper end that must be seen.
    """

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self._spans = np.array([x, y])

    def __call__(self, axes: Any, renderer: object) -> Bbox:
        """Set the limits; return the place of the axes, which stays the same."""
        place: Bbox = axes.get_position(original=True)
        sides = place.transformed(axes.get_figure(root=False).transSubfigure).size
        unit = (sides / np.ptp(self._spans, axis=1)).min()  # the longest at which both fit
        if unit > 0:
            middles, halves = self._spans.mean(axis=1), sides / unit / 2
            for axis, low, high in zip("xy", middles - halves, middles + halves, strict=True):
                turned = getattr(axes, f"{axis}axis_inverted")()
                getattr(axes, f"set_{axis}lim")(*((high, low) if turned else (low, high)))
        return place
