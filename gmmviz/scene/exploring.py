"""A scene as a page on which the reader makes EM's steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gmmviz.datasets import DATASETS, Dataset
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, brief, hint, listed
from gmmviz.explorable.explorable import KNOWN, Explorable, SceneText, check_size, sample_of
from gmmviz.explorable.look import PANELS
from gmmviz.explorable.toml import table_of, toml
from gmmviz.options import Count, checked
from gmmviz.renderers import RENDERERS, CurveRenderer, LikelihoodRenderer
from gmmviz.scene.notes import notes, questions
from gmmviz.scene.python_scene import PythonScene
from gmmviz.scene.scene import Scene, ScenePart, fitted
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.vocabulary import Words


@checked
def explore(what: Any, *, run: str | None = None, sample: Count | None = None, **facts: Any) -> Explorable:
    """Make a page on which the reader makes EM's steps, of a run or of a scene.

    Parameters
    ----------
    what : Trace, Run or Scene
        What is explored.
    run : str, optional
        Of a scene with several runs, which; by default the first one.
    sample : int, optional
        Of a scene with many points, how many are explored at most, chosen at random.
    **facts : object
        What `Explorable` is told besides, such as `title`, or `start` of a trace.

    Returns
    -------
    Explorable
        A notebook shows it; `Explorable.save` writes it to a file.

    Raises
    ------
    InputError
        If it is none of these, or cannot be explored.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), n_components=2)
    >>> gv.explore(trace, title="Old Faithful", language="de")
    <Explorable 'Old Faithful': Old Faithful, 272 points, 2 components>
    """
    if isinstance(what, Scene):
        return replace(_of_scene(what, run, sample), **facts)
    if isinstance(what, PythonScene):
        raise InputError(
            f"{what.path} is a Python scene, which may show anything: in Python, explore one of its traces", "what"
        )
    for name, given in (("run", run), ("sample", sample)):
        if given is not None:
            raise InputError(
                f"a {name} is chosen of a scene, and this is a {type(what).__name__}: leave it out", name
            )
    if isinstance(what, Run):
        return Explorable(what.trace, **({"title": what.name} | facts))
    if isinstance(what, Trace):
        return Explorable(what, **facts)
    raise InputError(f"what is explored is a Trace, a Run or a Scene, not {brief(what)}", "what")


def _of_scene(scene: Scene, run: str | None, sample: int | None) -> Explorable:
    names = [part.name for part in scene.parts]
    if run is not None and run not in names:
        known = hint(run, names) if any(names) else "it has one, without a name"
        raise InputError(f"{scene.path} has no run {run!r}; {known}", "run")
    part = scene.parts[0 if run is None else names.index(run)]
    data = scene.datasets[scene.parts.index(part)]
    _check_known(part, data)
    sampled = data if sample is None else sample_of(data, sample)
    check_size(sampled)
    if len(sampled.points) < len(data.points):
        note = Words(part.tables.language, part.tables.words).text(
            "explore_sample", shown=f"{len(sampled.points):,}", all=f"{len(data.points):,}"
        )
    else:
        note = ""
    tables = part.tables
    kinds = CurveRenderer if data.points.shape[1] == 1 else PANELS
    drawn = next((panel for panel in tables.panels if isinstance(panel, kinds)), None)
    curves = [panel for panel in tables.panels if isinstance(panel, LikelihoodRenderer)]
    said = notes(scene.path)
    words = Words(tables.language, tables.words)
    asked = _first(said, words, "explore_questions")
    return Explorable(
        fitted(scene, part, sampled),
        tables.model.start,
        title=" – ".join(filter(None, (tables.title, part.name))),
        description=" ".join(filter(None, (tables.description, f"({note})" * bool(note)))),
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


def _check_known(part: ScenePart, data: Dataset) -> None:
    """Raise `SceneError`, at the key, if the scene asks for what the page could not repeat."""
    model = part.tables.model
    with part.blame("model"):
        if model.algorithm not in KNOWN:
            raise InputError(
                f"the page of this scene knows the algorithms {listed(KNOWN, 'and')}, not {model.algorithm!r}: "
                "write one of these",
                "algorithm",
            )
        for key, what in (("fixed", "fixed parameters"), ("prior", "a prior"), ("known", "known labels")):
            if getattr(model, key):
                raise InputError(f"the page of this scene knows nothing of {what}: leave {key} out", key)
    if data.incomplete:
        with part.blame("data"):
            said = 'write missing = "drop"' if part.says("data", "missing") else "choose points that have all"
            raise InputError(f"the page of this scene knows nothing of missing values: {said}", "missing")


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
