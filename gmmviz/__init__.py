"""gmmviz: films of the EM algorithm fitting Gaussian mixtures.

Names are loaded when they are first used, so that ``import gmmviz`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gmmviz.animation import Animation, Run
    from gmmviz.bound import HalfStep, half_steps, lower_bound
    from gmmviz.captions import Captions
    from gmmviz.datasets import (
        DATASETS,
        CsvFile,
        Dataset,
        Moons,
        NpyFile,
        OldFaithful,
        Picture,
        Rings,
        Sample,
        generate_gmm_data,
        load_dataset,
    )
    from gmmviz.em import CollapseError, e_step, iterate, m_step
    from gmmviz.encoders import ENCODERS, SavedFile
    from gmmviz.errors import GmmvizError, InputError, RenderError
    from gmmviz.estimator import GaussianMixture
    from gmmviz.fitting import fit
    from gmmviz.layout import Layout
    from gmmviz.matching import match_components
    from gmmviz.mixture import Mixture
    from gmmviz.plotting import plot
    from gmmviz.recording import record
    from gmmviz.renderers import (
        RENDERERS,
        BoundRenderer,
        ContourRenderer,
        CriterionRenderer,
        CurveRenderer,
        EllipseRenderer,
        ImageRenderer,
        LikelihoodRenderer,
        ParametersRenderer,
        Renderer,
        ResponsibilitiesRenderer,
        ScoreRenderer,
        SurfaceRenderer,
        WeightsRenderer,
    )
    from gmmviz.scene import Scene, load_scene
    from gmmviz.starts import (
        STARTS,
        Corner,
        Given,
        Identical,
        KMeans,
        KMeansPlusPlus,
        OnPoint,
        RandomPoints,
        RandomResponsibilities,
    )
    from gmmviz.themes import THEMES, Theme
    from gmmviz.timeline import Frame, Moment, Pace
    from gmmviz.trace import Event, Snapshot, Trace

_HOMES = {
    "animation": (
        "Animation",
        "Run",
    ),
    "bound": (
        "HalfStep",
        "half_steps",
        "lower_bound",
    ),
    "captions": ("Captions",),
    "datasets": (
        "DATASETS",
        "CsvFile",
        "Dataset",
        "Moons",
        "NpyFile",
        "OldFaithful",
        "Picture",
        "Rings",
        "Sample",
        "generate_gmm_data",
        "load_dataset",
    ),
    "em": (
        "CollapseError",
        "e_step",
        "iterate",
        "m_step",
    ),
    "encoders": (
        "ENCODERS",
        "SavedFile",
    ),
    "errors": (
        "GmmvizError",
        "InputError",
        "RenderError",
    ),
    "estimator": ("GaussianMixture",),
    "fitting": ("fit",),
    "layout": ("Layout",),
    "matching": ("match_components",),
    "mixture": ("Mixture",),
    "plotting": ("plot",),
    "recording": ("record",),
    "renderers": (
        "RENDERERS",
        "BoundRenderer",
        "ContourRenderer",
        "CriterionRenderer",
        "CurveRenderer",
        "EllipseRenderer",
        "ImageRenderer",
        "LikelihoodRenderer",
        "ParametersRenderer",
        "Renderer",
        "ResponsibilitiesRenderer",
        "ScoreRenderer",
        "SurfaceRenderer",
        "WeightsRenderer",
    ),
    "scene": (
        "Scene",
        "load_scene",
    ),
    "starts": (
        "STARTS",
        "Corner",
        "Given",
        "Identical",
        "KMeans",
        "KMeansPlusPlus",
        "OnPoint",
        "RandomPoints",
        "RandomResponsibilities",
    ),
    "themes": (
        "THEMES",
        "Theme",
    ),
    "timeline": (
        "Frame",
        "Moment",
        "Pace",
    ),
    "trace": (
        "Event",
        "Snapshot",
        "Trace",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [
    "DATASETS",
    "ENCODERS",
    "RENDERERS",
    "STARTS",
    "THEMES",
    "Animation",
    "BoundRenderer",
    "Captions",
    "CollapseError",
    "ContourRenderer",
    "Corner",
    "CriterionRenderer",
    "CsvFile",
    "CurveRenderer",
    "Dataset",
    "EllipseRenderer",
    "Event",
    "Frame",
    "GaussianMixture",
    "Given",
    "GmmvizError",
    "HalfStep",
    "Identical",
    "ImageRenderer",
    "InputError",
    "KMeans",
    "KMeansPlusPlus",
    "Layout",
    "LikelihoodRenderer",
    "Mixture",
    "Moment",
    "Moons",
    "NpyFile",
    "OldFaithful",
    "OnPoint",
    "Pace",
    "ParametersRenderer",
    "Picture",
    "RandomPoints",
    "RandomResponsibilities",
    "RenderError",
    "Renderer",
    "ResponsibilitiesRenderer",
    "Rings",
    "Run",
    "Sample",
    "SavedFile",
    "Scene",
    "ScoreRenderer",
    "Snapshot",
    "SurfaceRenderer",
    "Theme",
    "Trace",
    "WeightsRenderer",
    "e_step",
    "fit",
    "generate_gmm_data",
    "half_steps",
    "iterate",
    "load_dataset",
    "load_scene",
    "lower_bound",
    "m_step",
    "match_components",
    "plot",
    "record",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gmmviz' has no attribute {name!r}")
    value = getattr(import_module(f"gmmviz.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
