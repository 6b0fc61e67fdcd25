"""A scene as a page on which the reader makes EM's steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmmviz.datasets import DATASETS
from gmmviz.errors import InputError, hint
from gmmviz.explorable.explorable import Explorable, SceneText, check_size, sample_of
from gmmviz.explorable.look import PANELS
from gmmviz.explorable.toml import table_of, toml
from gmmviz.renderers import RENDERERS, CurveRenderer, LikelihoodRenderer
from gmmviz.scene.notes import notes, questions
from gmmviz.storyboard.vocabulary import Words

if TYPE_CHECKING:
    from gmmviz.scene.scene import Scene, ScenePart


def explorable_of(scene: Scene, run: str | None, sample: int | None) -> Explorable:
    """Make the page, as `Scene.explorable` says."""
    names = [part.name for part in scene.parts]
    if run is not None and run not in names:
        known = hint(run, names) if any(names) else "it has one, without a name"
        raise InputError(f"{scene.path} has no run {run!r}; {known}", "run")
    part = scene.parts[0 if run is None else names.index(run)]
    data = scene.datasets[scene.parts.index(part)]
    sampled = data if sample is None else sample_of(data, sample)
    check_size(sampled)
    tables = part.tables
    kinds = CurveRenderer if data.points.shape[1] == 1 else PANELS
    drawn = next((panel for panel in tables.panels if isinstance(panel, kinds)), None)
    curves = [panel for panel in tables.panels if isinstance(panel, LikelihoodRenderer)]
    said = notes(scene.path)
    words = Words(tables.language, tables.words)
    asked = _first(said, words, "explore_questions")
    return Explorable(
        scene.fitted(part, sampled),
        tables.model.start,
        title=" – ".join(filter(None, (tables.title, part.name))),
        description=tables.description,
        panel=drawn,
        likelihood=curves[0].scale if curves else "average",
        theme=tables.theme.name,
        language=tables.language,
        captions=tables.captions,
        words=tables.words,
        exercise=tables.explore,
        notes=_first(said, words, "explore_notes"),
        questions=tuple(questions(asked)),
        name=scene.path.name.split(".")[0],
        text=_text(scene, part, written=sampled is data),
    )


def _first(said: dict[str, str], words: Words, key: str) -> str:
    """The text under a heading, in English or in the scene's own language."""
    return said.get(words.text(key)) or said.get(Words().text(key)) or ""


def _text(scene: Scene, part: ScenePart, *, written: bool) -> SceneText:
    """Return what a copied scene says besides the model; points that are a sample must be written down."""
    tables = part.tables
    head = {
        "title": tables.title,
        "language": tables.language if tables.language != "en" else None,
        "plugins": tables.plugins or None,
    }
    data = table_of(tables.data, DATASETS, "dataset") if written else {}
    tail = []
    if part.says("panels"):
        every: list[dict[str, Any]] = [table_of(panel, RENDERERS, "renderer") for panel in tables.panels]
        tail += [toml("[[panels]]", panel) for panel in every if panel]
    if tables.theme.name != "light":
        tail.append(toml("[theme]", {"name": tables.theme.name}))
    return SceneText(
        toml("", head) if any(head.values()) else "", toml("[data]", data) if data else "", "\n".join(tail)
    )
