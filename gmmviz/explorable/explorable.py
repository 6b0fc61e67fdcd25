"""A page on which the reader makes EM's steps: the public door."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from gmmviz.datasets import Dataset
from gmmviz.engine.trace import Trace
from gmmviz.errors import InputError, counted, listed, warn
from gmmviz.explorable.exercise import Exercise
from gmmviz.explorable.look import Scale, panel, theme_facts, truth
from gmmviz.explorable.page import page
from gmmviz.explorable.starts import table_of_starts
from gmmviz.files import check_place, replacing
from gmmviz.mixture.mixture import Mixture
from gmmviz.options import checked
from gmmviz.renderers import Renderer
from gmmviz.starts import STARTS, Start
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.languages import shipped, translated
from gmmviz.storyboard.results import with_results
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.vocabulary import WORDS, Words
from gmmviz.storyboard.words import plain
from gmmviz.themes import Theme, theme_named

USUAL, NO_TASK = Captions(), Exercise()
MOST_POINTS = 20_000  # of which a page computes an iteration and paints it in a blink
MOST_FEATURES = 20
HEIGHT = 980  # pixels of the page in a notebook
KNOWN = ("em", "hard_em", "kmeans")
CAPTIONS = ("start", "first_e", "first_m", "event", "converged", "stopped", "collapsed", "lost")


@dataclass(frozen=True, slots=True)
class SceneText:
    """What a scene copied from the page says besides the model and the start, in TOML.

    Parameters
    ----------
    head : str
        The keys at the top.
    data : str
        The table of the data; empty if the points themselves must be written down.
    tail : str
        The tables behind the model.
    """

    head: str = ""
    data: str = ""
    tail: str = ""


@checked
@dataclass(frozen=True, repr=False)
class Explorable:
    """A run as a page: press E-step and M-step, drag components, add points, and copy what was found as a scene.

    One file holds all of it and asks no network for anything. Its numbers are those of `gmmviz.fit`. In a notebook
    it shows itself.

    Parameters
    ----------
    trace : Trace
        The run, of at most 20,000 points and 20 features.
    start : Start or Mixture, optional
        Where it began, so that the page can offer the same with other seeds; by default its first mixture.
    title, description : str
        What stands above.
    panel : Renderer, optional
        The panel of a film whose features, ellipses and lines are drawn; by default ellipses or a curve.
    likelihood : {"average", "negative_average", "total"}
        How the log-likelihood is shown.
    theme : Theme or str
        As of a film.
    language : str
        A BCP 47 tag.
    captions : Captions
        What the page says of each step.
    words : mapping of str to str
        Other words.
    exercise : Exercise
        A task; what is locked and hidden for it.
    notes : str
        What to notice.
    questions : tuple of str
        To be asked.
    name : str
        Of the files that are saved.
    text : SceneText
        Of the scenes that are copied.

    Raises
    ------
    InputError
        If the run has too many points or features, an algorithm that the page does not know, or fixed parameters.

    Examples
    --------
    >>> import gmmviz as gv
    >>> trace = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=15), n_components=2)
    >>> gv.Explorable(trace, gv.RandomPoints(seed=15), title="Old Faithful")
    <Explorable 'Old Faithful': Old Faithful, 272 points, 2 components>
    """

    trace: Trace
    start: Start | Mixture | None = None
    title: str = ""
    description: str = ""
    panel: Renderer | None = None
    likelihood: Scale = "average"
    theme: Theme | str = "light"
    language: str = "en"
    captions: Captions = USUAL
    words: Mapping[str, str] = field(default_factory=dict)
    exercise: Exercise = NO_TASK
    notes: str = ""
    questions: tuple[str, ...] = ()
    name: str = "explorable"
    text: SceneText = SceneText()

    def __post_init__(self) -> None:
        check_size(self.trace.data)
        settings = self.trace.settings
        if (algorithm := settings.get("algorithm", "em")) not in KNOWN:
            raise InputError(
                f"the page knows the algorithms {', '.join(KNOWN)}, and this run is of {algorithm}: "
                "fit it with one of these",
                "trace",
            )
        data = self.trace.data
        for has, what in (
            (settings.get("fixed"), "fixed parameters"),
            (settings.get("prior"), "a prior"),
            (data.known is not None, "known labels"),
            (data.incomplete, "missing values"),
        ):
            if has:
                raise InputError(f"the page knows nothing of {what}, which this run has: fit it without", "trace")
        left = [key for key in Words(self.language, self.words).untranslated if key.startswith("explore_")]
        if left:
            warn(
                f"{counted(len(left), 'text')} of this page in {self.language!r} stay English, such as "
                f"{left[0]!r}: write them in words, or choose {listed(shipped())}"
            )
        self.page()  # so that what cannot be drawn is refused here

    def page(self) -> str:
        """Return the page.

        Returns
        -------
        str
            HTML: one file, with its style, its script and its data.
        """
        return self._page

    @cached_property
    def _page(self) -> str:
        words = Words(self.language, self.words)
        trace, exercise = self.trace, self.exercise
        (stage,) = stages([("", trace)], getattr(self.panel, "reach", 2.0) or 2.0, words)
        view = panel(self.panel, stage)
        view["density"] &= "density" not in exercise.hide
        theme = theme_named(self.theme)
        known = truth(self.panel, stage)
        captions = self._captions()
        facts = {
            "model": self._model(),
            "look": {
                "panel": view,
                "theme": theme_facts(theme, max(12, trace.n_components, 1 + max(known["hues"] if known else [0]))),
                "truth": known if "truth" not in exercise.hide else None,
                "axis": _density_axis(view["names"][0], words),
            },
            "words": {
                key: plain(words.template(key))
                for key in WORDS
                if key.startswith("explore_")
                or key in _EVENTS
                or key in ("and", "comma", "iteration", self.likelihood)
            },
            "captions": captions,
            "likelihood": self.likelihood,
            "scene": {"head": self.text.head, "data": self.text.data, "tail": self.text.tail},
            "name": self.name,
            "explore": {"locked": exercise.locked, "hide": exercise.hide, "reach": exercise.reach},
        }
        said = {key: plain(words.text(key)) for key in _PAGE_WORDS}
        hide = exercise.hide
        shown = {
            name: name not in hide for name in ("likelihood", "bound", "criteria", "numbers", "responsibilities")
        }
        shown |= {
            "description": bool(self.description),
            "task": bool(exercise.task) or exercise.reach is not None,
            "reached": exercise.reach is not None,
            "dl": not {"bound", "criteria"} <= {*hide},
            "help": "help" not in hide,
            "density": view["d"] == 2 and "density" not in hide,
            "truth": known is not None and "truth" not in hide,
            "notes": (self.notes != "" or len(self.questions) > 0) and "notes" not in hide,
            "questions": len(self.questions) > 0,
        }
        texts = said | {
            "language": self.language,
            "title": plain(self.title) or plain(words.text("title")),
            "description": plain(self.description),
            "task": plain(exercise.task),
            "note": view["note"],
            "story": f"{plain(words.text('points', n=f'{trace.n_points:,}'))}, {trace.data.name}",
            "likelihood": plain(words.text(self.likelihood)),
            "notes": plain(self.notes),
        }
        return page(facts, texts, shown, [plain(question) for question in self.questions])

    def _captions(self) -> dict[str, str]:
        """Return what is said of each step; words that speak of other runs of a film are the usual ones."""
        own = translated(self.captions, self.language)
        usual = translated(USUAL, self.language)
        found = {}
        for name in CAPTIONS:
            alone = replace(USUAL, **{name: getattr(own, name)})
            try:
                found[name] = plain(getattr(with_results(alone, [Run(self.trace)]), name))
            except InputError:
                found[name] = plain(getattr(usual, name))
        return found

    def _model(self) -> dict[str, Any]:
        """Return the points, the run's settings and every start."""
        trace, data, settings = self.trace, self.trace.data, self.trace.settings
        start: Start | Mixture = trace[0].mixture if self.start is None else self.start
        kind, seed = "given", 0
        if isinstance(start, Start):
            kind = next((name for name, known in STARTS.items() if known is type(start)), "own")
            # The best of several runs has another seed than the first.
            firsts = [attempt[0].mixture for attempt in trace.attempts]
            number = next((i for i, mixture in enumerate(firsts) if mixture is trace[0].mixture), 0)
            if hasattr(start, "seed"):
                seed = start.seed + number
                start = replace(start, seed=seed)  # type: ignore[type-var]
        kind = kind if f"explore_start_{kind}" in WORDS else "own"
        return {
            "points": {
                "values": data.points.ravel().tolist(),
                "weights": None if data.weights is None else data.weights.tolist(),
                "names": list(data.feature_names),
            },
            "choice": {
                "K": trace.n_components,
                "kind": kind,
                "seed": seed,
                "family": settings.get("covariance_type", "full"),
                "algorithm": settings.get("algorithm", "em"),
                "ridge": settings.get("reg_covar", "auto"),
            },
            "ends": {
                "tol": settings.get("tol", 1e-7),
                "stopOn": settings.get("stop_on", "log_likelihood"),
                "maxIter": settings.get("max_iter", 200),
            },
            "starts": table_of_starts(data, {kind: start}, trace.n_components, seed),
        }

    @checked
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page.

        Parameters
        ----------
        path : str or path
            Ending in ``.html``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            If the path is not one of a page.
        RenderError
            If the file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() != ".html":
            better = path.with_suffix(".html") if path.name else "page.html"
            raise InputError(f"an explorable is a page: give the path {better}, not {path}", "path")
        check_place(path, "film.explore.html")
        with replacing(path) as temporary:
            temporary.write_text(self.page(), encoding="utf-8")
        return path

    def __repr__(self) -> str:
        trace = self.trace
        return (
            f"<Explorable {self.title!r}: {trace.data.name}, {counted(trace.n_points, 'point')}, "
            f"{counted(trace.n_components, 'component')}>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # Pure ASCII, since the page allows its script by a hash, and some exports guess their encoding.
        shown = escape(self.page()).encode("ascii", "xmlcharrefreplace").decode()
        frame = (
            f'<iframe srcdoc="{shown}" sandbox="allow-scripts allow-downloads" allow="clipboard-write" '
            f'title="{escape(self.title or "EM")}" style="width: 100%; height: {HEIGHT}px; border: 0">'
            f"<p>{escape(repr(self))}</p></iframe>"
        )
        return {"text/html": frame, "text/plain": repr(self)}


def check_size(data: Dataset) -> None:
    """Raise `InputError` if there are more points or features than a page takes."""
    n_points, n_features = data.points.shape
    if n_points > MOST_POINTS:
        raise InputError(
            f"{data.name} has {n_points:,} points, and a page takes {MOST_POINTS:,} at most: explore a sample, "
            "such as --sample 5000"
        )
    if n_features > MOST_FEATURES:
        raise InputError(
            f"{data.name} has {n_features} features, and a page takes {MOST_FEATURES} at most: leave some out"
        )


def sample_of(data: Dataset, n_points: int) -> Dataset:
    """Return some of the points, chosen at random, always the same.

    Parameters
    ----------
    data : Dataset
    n_points : int
        How many.

    Returns
    -------
    Dataset
        The same if it has no more points.
    """
    if len(data.points) <= n_points:
        return data
    rows = np.sort(np.random.default_rng(0).choice(len(data.points), n_points, replace=False))
    return Dataset(
        data.points[rows],
        data.feature_names,
        f"{data.name}, a sample of {n_points:,} of {len(data.points):,} points",
        labels=None if data.labels is None else data.labels[rows],
        truth=data.truth,
        weights=None if data.weights is None else data.weights[rows],
        missing=data.missing,
    )


def _density_axis(name: str, words: Words) -> str:
    """Say what the density is per: the unit in the feature's name, if it has one."""
    if name.endswith(")") and " (" in name:
        return plain(words.text("density_per", unit=name.rpartition(" (")[2][:-1]))
    return plain(words.text("density_per_unit_of", feature=name))


_EVENTS = ("dead", "decreased", "held", "collapsed", "constant")
_PAGE_WORDS = (
    *("bound", "gap"),
    *(f"explore_{name}" for name in ("e", "m", "run", "back", "undo", "again", "add", "remove", "put", "take")),
    *(f"explore_{name}" for name in ("open", "scene_points", "draw", "copy", "link", "svg", "png", "density")),
    *(f"explore_{name}" for name in ("components", "start", "seed", "family", "algorithm", "ridge", "truth")),
    *(f"explore_{name}" for name in ("full", "tied", "diag", "spherical", "em", "hard_em", "kmeans", "setting")),
    *(f"explore_{name}" for name in ("numbers", "points", "home", "notes", "questions", "task", "parameters")),
    *(f"explore_{name}" for name in ("point", "picture", "handles", "scene_text", "help", "no_script")),
)
