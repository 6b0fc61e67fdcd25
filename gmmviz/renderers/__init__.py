"""Renderers: each draws one panel of the film."""

from gmmviz.renderers.base import RENDERERS, Renderer
from gmmviz.renderers.bound import BoundRenderer
from gmmviz.renderers.criterion import CriterionRenderer
from gmmviz.renderers.ellipses import EllipseRenderer
from gmmviz.renderers.likelihood import LikelihoodRenderer
from gmmviz.renderers.parameters import ParametersRenderer
from gmmviz.renderers.responsibilities import ResponsibilitiesRenderer
from gmmviz.renderers.weights import WeightsRenderer

__all__ = [
    "RENDERERS",
    "BoundRenderer",
    "CriterionRenderer",
    "EllipseRenderer",
    "LikelihoodRenderer",
    "ParametersRenderer",
    "Renderer",
    "ResponsibilitiesRenderer",
    "WeightsRenderer",
]
