"""Renderers: each draws one panel of the film."""

import gmmviz.themes  # noqa: F401 - it loads matplotlib, whatever the environment says
from gmmviz.renderers.asked import AskedRenderer
from gmmviz.renderers.base import RENDERERS, Renderer
from gmmviz.renderers.bound import BoundRenderer
from gmmviz.renderers.bound_curve import BoundCurveRenderer
from gmmviz.renderers.contour import ContourRenderer
from gmmviz.renderers.criterion import CriterionRenderer
from gmmviz.renderers.curve import CurveRenderer
from gmmviz.renderers.distance import DistanceRenderer
from gmmviz.renderers.ellipses import EllipseRenderer
from gmmviz.renderers.image import ImageRenderer
from gmmviz.renderers.landscape import LandscapeRenderer
from gmmviz.renderers.likelihood import LikelihoodRenderer
from gmmviz.renderers.parameters import ParametersRenderer
from gmmviz.renderers.responsibilities import ResponsibilitiesRenderer
from gmmviz.renderers.roc import RocRenderer
from gmmviz.renderers.score import ScoreRenderer
from gmmviz.renderers.surface import SurfaceRenderer
from gmmviz.renderers.synthetic import SyntheticRenderer
from gmmviz.renderers.weights import WeightsRenderer

__all__ = [
    "RENDERERS",
    "AskedRenderer",
    "BoundCurveRenderer",
    "BoundRenderer",
    "ContourRenderer",
    "CriterionRenderer",
    "CurveRenderer",
    "DistanceRenderer",
    "EllipseRenderer",
    "ImageRenderer",
    "LandscapeRenderer",
    "LikelihoodRenderer",
    "ParametersRenderer",
    "Renderer",
    "ResponsibilitiesRenderer",
    "RocRenderer",
    "ScoreRenderer",
    "SurfaceRenderer",
    "SyntheticRenderer",
    "WeightsRenderer",
]
