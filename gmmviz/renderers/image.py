"""An image recolored by its segmentation: every pixel in the color of the component that it belongs to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from gmmviz.arrays import Array
from gmmviz.artists.mean_colors import check_colors, rgb
from gmmviz.artists.share_bar import HEIGHT, PictureAbove, ShareBar
from gmmviz.errors import InputError
from gmmviz.options import Flag, options
from gmmviz.renderers.base import RENDERERS, Renderer, animated
from gmmviz.storyboard.frame import Frame
from gmmviz.storyboard.stage import Stage
from gmmviz.themes import Theme

COLORS = (("gray",), ("red", "green", "blue"))  # features of an image that has been read


@dataclass(frozen=True, slots=True)
class _Props:
    image: AxesImage
    original: Array | None  # shape (N, 3), from 0 to 1; none if the features are no colors
    bar: ShareBar | None


@RENDERERS.register("image")
@options
class ImageRenderer(Renderer):
    """The pixels of an image, each in its component's mean color or hue."""

    width = 2.0

    colors: Literal["means", "components", "original"] = "means"
    """The components' mean colors, their hues as in the other panels, or the image as it is."""
    shares: Flag = True
    """Draw a bar of the components' colors under the image, each as long as its share."""

    def check(self, stage: Stage) -> None:
        """Refuse data that is no image, and mean colors of features that are no colors."""
        data = stage.trace.data
        if data.shape is None:
            raise InputError(
                f"the panel 'image' draws pixels, but {data.name} is no image: use dataset = \"image\""
            )
        if self.colors != "components":
            check_colors(data)

    def draw_still(self, axes: Axes, stage: Stage, theme: Theme) -> _Props:
        """Make the image."""
        height, width = stage.trace.data.shape or (1, 1)
        data = stage.trace.data
        has_colors = self.colors != "components" or data.feature_names in COLORS
        original = rgb(data.points) if has_colors else None
        axes.set_axis_off()
        axes.set_title(stage.say(f"image_{self.colors}"), color=theme.muted)
        image = AxesImage(axes, interpolation="nearest", origin="upper", extent=(0, width, height, 0))
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        image.set_data(np.zeros((height, width, 3), np.uint8))
        animated(axes, image, 2)
        bar = ShareBar(axes, theme) if self.shares and self.colors != "original" else None
        axes.set_axes_locator(PictureAbove(width / height, theme.px(HEIGHT) if bar else 0.0))
        return _Props(image, original, bar)

    def moving(self, props: _Props, frame: Frame, stage: Stage, theme: Theme) -> Iterable[Artist]:
        """Recolor every pixel; before the first E-step all have their own colors."""
        original = props.original
        if original is None:
            colors = theme.point_colors(frame.responsibilities, frame.coloring)
        elif self.colors == "original":
            colors = original
        else:
            if self.colors == "components":
                colors = theme.point_colors(frame.responsibilities, 1.0)
            else:
                colors = frame.responsibilities @ rgb(frame.mixture.means)
            colors = original + frame.coloring * (colors - original)
        levels: npt.NDArray[np.uint8] = np.rint(255 * np.clip(colors, 0, 1)).astype(np.uint8)
        data = stage.trace.data
        if data.pixels is not None:  # the others stay as clear as the image has them
            opaque = np.full((len(levels), 1), 255, np.uint8)
            picture = np.zeros((math.prod(data.shape or ()), 4), np.uint8)
            picture[data.pixels] = np.hstack((levels, opaque))
            levels = picture
        props.image.set_data(levels.reshape(*(data.shape or (1, 1)), -1))
        yield props.image
        if props.bar:
            K = frame.mixture.n_components
            hues = theme.point_colors(np.eye(K), 1.0) if self.colors == "components" else rgb(frame.mixture.means)
            props.bar.set_shares(np.clip(hues, 0, 1), frame.mixture.weights, frame.coloring)
            yield props.bar
