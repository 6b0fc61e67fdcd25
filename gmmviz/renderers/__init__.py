"""Renderers: each draws one panel of the film."""

from gmmviz.renderers.base import RENDERERS, Renderer
from gmmviz.renderers.contour import ContourRenderer
from gmmviz.renderers.curve import CurveRenderer
from gmmviz.renderers.ellipses import EllipseRenderer
from gmmviz.renderers.image import ImageRenderer
from gmmviz.renderers.likelihood import LikelihoodRenderer
from gmmviz.renderers.score import ScoreRenderer
from gmmviz.renderers.surface import SurfaceRenderer

__all__ = [
    "RENDERERS",
    "ContourRenderer",
    "CurveRenderer",
    "EllipseRenderer",
    "ImageRenderer",
    "LikelihoodRenderer",
    "Renderer",
    "ScoreRenderer",
    "SurfaceRenderer",
]
