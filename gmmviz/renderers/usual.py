"""The panel that shows a run where none is chosen."""

from __future__ import annotations

from gmmviz.engine.trace import Trace
from gmmviz.renderers.base import Renderer
from gmmviz.renderers.curve import CurveRenderer
from gmmviz.renderers.ellipses import EllipseRenderer
from gmmviz.renderers.image import ImageRenderer


def usual_renderer(trace: Trace) -> Renderer:
    """Return what draws a run: ellipses, an image of pixels, or the curve of a single feature's density.

    Parameters
    ----------
    trace : Trace
        The run.

    Returns
    -------
    Renderer
    """
    if trace.data.shape is not None:
        return ImageRenderer()
    return CurveRenderer() if trace.data.points.shape[1] == 1 else EllipseRenderer()
