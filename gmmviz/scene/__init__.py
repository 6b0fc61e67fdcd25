"""Scene files: what may stand in one, how it is checked, and the film that it describes."""

from gmmviz.film.quality import Quality
from gmmviz.scene.exploring import explore
from gmmviz.scene.limits import Limits
from gmmviz.scene.python_scene import PythonScene
from gmmviz.scene.scene import Scene, load_scene
from gmmviz.scene.sources import Mistake, SceneError
from gmmviz.scene.tables import ModelTable, OutputTable, SceneTables, ThemeTable, VariantTable

__all__ = [
    "Limits",
    "Mistake",
    "ModelTable",
    "OutputTable",
    "PythonScene",
    "Quality",
    "Scene",
    "SceneError",
    "SceneTables",
    "ThemeTable",
    "VariantTable",
    "explore",
    "load_scene",
]
