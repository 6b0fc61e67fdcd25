"""Renderers: each draws one panel of the film."""

from gmmviz.renderers.base import RENDERERS, Renderer
from gmmviz.renderers.ellipses import EllipseRenderer
from gmmviz.renderers.likelihood import LikelihoodRenderer
from gmmviz.renderers.surface import SurfaceRenderer

__all__ = ["RENDERERS", "EllipseRenderer", "LikelihoodRenderer", "Renderer", "SurfaceRenderer"]
