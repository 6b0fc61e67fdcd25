"""The contract of a renderer: one panel, drawn into one Axes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gmmviz.artists.animated import animated as animated
from gmmviz.registry import Registry
from gmmviz.storyboard.projection import Projection
from gmmviz.storyboard.stage import Stage
from gmmviz.storyboard.timeline import Frame
from gmmviz.themes import Theme


class Renderer(ABC):
    """Something that a scene can name as a panel.

    A renderer is an option bag (`gmmviz.options.options`) registered in `RENDERERS`; its fields are the
    keys of the scene's ``[[panels]]`` table. It has no state: one instance may draw several runs of a film.

    `draw_still` is called once per run and film. It draws what stands still, makes the artists that will
    move (with `animated`), and returns them in any form it likes. `moving` is called for each frame with
    that; it sets the artists to the frame, all of them, since frames may come in any order, and yields
    them in painting order. Sizes are pixels, through ``theme.px``. On data that cannot be drawn `check`
    raises `InputError`, before anything is drawn.
    """

    width: ClassVar[float] = 1.0
    """Share of the room, relative to the panels beside it."""

    @property
    def shared(self) -> bool:
        """Whether the panel is drawn once for all runs of the film (`Stage.cast`), and not for each."""
        return False

    @property
    def restless(self) -> bool:
        """Whether the panel moves on while the run rests, as under a moving camera."""
        return False

    @property
    def epilogue_option(self) -> str:
        """The option, if one is set, whose effect appears in the film's epilogue alone."""
        return ""

    @property
    def reach(self) -> float:
        """How far around a mean the panel draws, in standard deviations; limits make room for it."""
        return 0.0

    def check(self, stage: Stage) -> None:  # noqa: B027 - most renderers can draw anything
        """Raise `InputError` if the run cannot be drawn."""

    @abstractmethod
    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> Any:
        """Draw what stands still; return what `moving` will set and yield."""

    @abstractmethod
    def moving(self, props: Any, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Set the artists to the frame and yield them in painting order."""


RENDERERS: Registry[type[Renderer]] = Registry("renderer")


def frame_axes(
    axes: Axes, stage: Stage, projection: Projection, *, with_others: bool = False, reverse: Sequence[str] = ()
) -> None:
    """Set the limits and labels of a plane of two features; "x" or "y" in `reverse` turns that axis around."""
    (left, right), (bottom, top) = stage.limits(projection, with_others=with_others)
    axes.set_xlim(*((right, left) if "x" in reverse else (left, right)))
    axes.set_ylim(*((top, bottom) if "y" in reverse else (bottom, top)))
    axes.set_xlabel(projection.names[0])
    axes.set_ylabel(projection.names[1])
