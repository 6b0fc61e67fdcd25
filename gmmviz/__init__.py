"""gmmviz: films of the EM algorithm fitting Gaussian mixtures.

Names are loaded when they are first used, so that ``import gmmviz`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gmmviz.animation import Animation, Run
    from gmmviz.datasets import DATASETS, CsvFile, Dataset, OldFaithful, Sample, load_dataset
    from gmmviz.em import e_step, fit, iterate, m_step
    from gmmviz.encoders import ENCODERS, SavedFile
    from gmmviz.errors import GmmvizError, InputError, RenderError
    from gmmviz.mixture import Mixture
    from gmmviz.renderers import RENDERERS, EllipseRenderer, LikelihoodRenderer, Renderer
    from gmmviz.scene import Scene, load_scene
    from gmmviz.starts import STARTS, Given, RandomPoints
    from gmmviz.themes import THEMES, Theme
    from gmmviz.timeline import Frame, Moment, Pace
    from gmmviz.trace import Event, Snapshot, Trace

_HOMES = {
    "animation": ("Animation", "Run"),
    "datasets": ("DATASETS", "CsvFile", "Dataset", "OldFaithful", "Sample", "load_dataset"),
    "em": ("e_step", "fit", "iterate", "m_step"),
    "encoders": ("ENCODERS", "SavedFile"),
    "errors": ("GmmvizError", "InputError", "RenderError"),
    "mixture": ("Mixture",),
    "renderers": ("RENDERERS", "EllipseRenderer", "LikelihoodRenderer", "Renderer"),
    "scene": ("Scene", "load_scene"),
    "starts": ("STARTS", "Given", "RandomPoints"),
    "themes": ("THEMES", "Theme"),
    "timeline": ("Frame", "Moment", "Pace"),
    "trace": ("Event", "Snapshot", "Trace"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [
    "DATASETS",
    "ENCODERS",
    "RENDERERS",
    "STARTS",
    "THEMES",
    "Animation",
    "CsvFile",
    "Dataset",
    "EllipseRenderer",
    "Event",
    "Frame",
    "Given",
    "GmmvizError",
    "InputError",
    "LikelihoodRenderer",
    "Mixture",
    "Moment",
    "OldFaithful",
    "Pace",
    "RandomPoints",
    "RenderError",
    "Renderer",
    "Run",
    "Sample",
    "SavedFile",
    "Scene",
    "Snapshot",
    "Theme",
    "Trace",
    "e_step",
    "fit",
    "iterate",
    "load_dataset",
    "load_scene",
    "m_step",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gmmviz' has no attribute {name!r}")
    value = getattr(import_module(f"gmmviz.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
