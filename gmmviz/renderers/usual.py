"""The panel that shows a run where none is chosen."""

from __future__ import annotations

from gmmviz.engine.trace import Trace
from gmmviz.renderers.base import Renderer
from gmmviz.renderers.curve import CurveRenderer
from gmmviz.renderers.ellipses import EllipseRenderer


def usual_renderer(trace: Trace) -> Renderer:
    """Return what draws a run: ellipses, or of data with a single feature the curve of their density.

    Parameters
    ----------
    trace : Trace
        The run.

    Returns
    -------
    Renderer
    """
    return CurveRenderer() if trace.data.points.shape[1] == 1 else EllipseRenderer()
