"""Files that may differ from their film in size and frame rate: one scene makes a small one and a large one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gmmviz.encoders.base import Encoder
from gmmviz.options import Number, Whole, options

Side = Annotated[Whole, Field(ge=16, le=8192)]
PictureSize = tuple[Side, Side]
FramesPerSecond = Annotated[Number, Field(ge=1, le=120)]

# The strings below fields are not handed down to the classes that inherit them, but these descriptions are.
_Size = Annotated[PictureSize | None, Field(description="Width and height in pixels; by default the film's.")]
_Rate = Annotated[
    FramesPerSecond | None, Field(description="Frames per second while something moves; by default the film's.")
]


@options
class PictureEncoder(Encoder):
    """A file of pictures, which may have a size of their own."""

    size: _Size = None


@options
class MovingEncoder(PictureEncoder):
    """A file of pictures that move, which may have a frame rate of its own, too."""

    fps: _Rate = None
