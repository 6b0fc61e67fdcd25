"""The tables of a scene file: each key with its type and default, and below it its documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict

from gmmviz.datasets import DATASETS, DatasetSource
from gmmviz.encoders import ENCODERS
from gmmviz.encoders.sized import FramesPerSecond, PictureSize
from gmmviz.engine.algorithms import ALGORITHMS
from gmmviz.engine.online import Online
from gmmviz.engine.prior import Prior
from gmmviz.errors import InputError
from gmmviz.explorable.exercise import Exercise
from gmmviz.film.layout import Layout
from gmmviz.fitting.policy import StopOn
from gmmviz.mixture.covariance import CovarianceType
from gmmviz.options import Count, NameIn, Number, Whole, fields_of, options
from gmmviz.registry import Registry
from gmmviz.renderers import RENDERERS, EllipseRenderer, LikelihoodRenderer, Renderer
from gmmviz.starts import STARTS, RandomPoints, Start
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.pace import Pace
from gmmviz.themes import THEMES, theme_named


@dataclass(frozen=True, slots=True)
class Family:
    """Tables in which one key, the tag, chooses a class, and the other keys are that class's fields."""

    registry: Registry[Any]
    tag: str
    base: type
    default: str | None = None
    """What is chosen where the tag is left out."""


FAMILIES = {
    "data": Family(DATASETS, "dataset", DatasetSource),
    "start": Family(STARTS, "kind", Start, "random_points"),
    "panels": Family(RENDERERS, "renderer", Renderer),
}


def encoder_tables() -> dict[str, str]:
    """The tables of options in [output], each with its format; only formats that have options have one.

    Its name is the format, as in ``[output."sheet.png"]``, or what stands before the format's first dot where no
    other encoder's format begins so: ``[output.sheet]``. Formats of one encoder, such as those of plates, have
    their options in common, under the name of the first.
    """
    writes: dict[str, set[Any]] = {}
    for name, encoder in ENCODERS.items():
        writes.setdefault(name.split(".")[0], set()).add(encoder)
    short = {begin: next(iter(encoders)) for begin, encoders in writes.items() if len(encoders) == 1}
    first = {encoder: name for name, encoder in reversed(list(ENCODERS.items()))}
    every = {table: first[encoder] for table, encoder in (short | dict(ENCODERS)).items()}
    return {table: name for table, name in every.items() if fields_of(ENCODERS[name])}


def _each_once(formats: tuple[str, ...]) -> tuple[str, ...]:
    for name in formats:
        if formats.count(name) > 1:
            raise InputError(f"{name!r} is named twice: each format makes one file")
    return formats


Format = Annotated[str, NameIn(ENCODERS)]
Values = dict[str, Any]
Beta = Annotated[float, Strict(), Field(gt=0)]


@options
class ModelTable:
    """What is fitted, from where, and when to stop."""

    components: Count
    """How many Gaussians, K."""
    covariance_type: CovarianceType = "full"
    """What a covariance may look like."""
    algorithm: Annotated[str, NameIn(ALGORITHMS)] = "em"
    """EM, or one of its siblings: deterministic annealing, online EM, classification EM, k-means."""
    max_iter: Annotated[Whole, Field(ge=0)] = 200
    """Iterations at most."""
    tol: Annotated[Number, Field(ge=0)] = 1e-7
    """Stop when the change is smaller than this, by default when nothing can be seen to change; 0 never stops."""
    stop_on: StopOn = "log_likelihood"
    """What must have stopped changing: the log-likelihood (relatively), its average per point, the parameters."""
    reg_covar: Literal["auto"] | Annotated[Number, Field(ge=0)] = "auto"
    """Added to the diagonal of every covariance: a number, or 'auto' for 1e-6 of each feature's variance."""
    fixed: tuple[str, ...] = ()
    """What EM leaves as it is in the start: 'weights', 'means' or 'covariances', or those of single components,
    counted from 0, such as 'means[0]'."""
    prior: Prior | None = None
    """A prior on the parameters, of which EM then finds the most probable ones; [model.prior] without keys is the
    default one."""
    known: Count | Literal["all"] | None = None
    """How many points' labels EM is told, drawn at random, always the same ones; 'all' for every label that is not
    empty. Known points keep their component."""
    beta: Beta | tuple[Beta, ...] | None = None
    """For 'annealing': responsibilities are proportional to weight times density to this power, one number or one
    for each iteration, the last for the rest; 1 is EM, inf hard EM. Default: from 0.5 to 1 in 9 iterations."""
    online: Online | None = None
    """For 'online_em': how many points are in a batch, and how far each batch moves the mixture."""
    n_init: Count = 1
    """How many starts to try, with one seed after another; the best run is shown."""
    on_collapse: Literal["stop", "restart"] = "stop"
    """When a component collapses: show the run up to there, or try other starts."""
    start: Start = RandomPoints()
    """Where EM begins."""


@options
class VariantTable:
    """How one of several runs differs from the scene's [data] and [model]."""

    data: Values = Field(default_factory=dict)
    """Keys of [data]; where it names another data set, all of them."""
    model: Values = Field(default_factory=dict)
    """Keys of [model]."""


@options
class ThemeTable:
    """How the film looks."""

    name: Annotated[str, NameIn(THEMES, theme_named)] = "light"
    """A theme: 'light', 'dark' or 'print', or the name or .mplstyle file of a matplotlib style."""
    background: Literal["theme", "transparent"] = "theme"
    """What stands behind the picture: the theme's color, or nothing, for pictures that lie over something else."""


@options
class OutputTable:
    """The files that are written."""

    size: PictureSize = (1280, 720)
    """Width and height in pixels."""
    fps: FramesPerSecond = 25
    """Frames per second while something moves."""
    formats: Annotated[tuple[Format, ...], Field(min_length=1), AfterValidator(_each_once)] = ("gif",)
    """Which files to write, by suffix."""
    encoders: Values = Field(default_factory=dict, exclude=True)  # no key of its own
    """What writes each format: [output.gif] and the like hold its options."""


@options
class SceneTables:
    """A scene file."""

    data: DatasetSource
    """The points."""
    model: ModelTable
    """The mixture that is fitted."""
    title: str | None = None
    """What stands above the film; by default "Expectation-maximization", in the film's language."""
    subtitle: str | None = None
    """What stands to the right of the title; by default the numbers of points and components."""
    description: str = ""
    """What the film shows, in a sentence or two."""
    language: str = "en"
    """The film's language as a BCP 47 tag: words and captions are translated for 'de', 'es', 'fr' and 'zh'."""
    extends: str | None = None
    """Another scene file, whose keys hold unless this file has them; the path is relative to this file."""
    variants: dict[str, VariantTable] = Field(default_factory=dict)
    """Several runs side by side: [variants.NAME.model] and [variants.NAME.data] say how each differs."""
    sweep: Values = Field(default_factory=dict)
    """Several runs side by side: lists of values to try for `seed` (the start's), for keys of [model], or for
    dotted keys such as `data.seed`; with several lists, every combination."""
    plugins: tuple[str, ...] = ()
    """Python files that register renderers, data sets, starts or formats; they run only with --allow-plugins."""
    panels: Annotated[tuple[Renderer, ...], Field(min_length=1)] = (EllipseRenderer(), LikelihoodRenderer())
    """What is drawn, from left to right; pictures stand before the charts that accompany them. Data of one feature
    are drawn as a curve instead of ellipses if this is left out."""
    layout: Layout = Layout()
    """Where the panels stand; by default they arrange themselves."""
    captions: Captions = Captions()
    """What the bar below the picture says."""
    words: dict[str, str] = Field(default_factory=dict)
    """What else is written on the picture, in other words: `gmmviz list words` has their keys."""
    pace: Pace = Pace()
    """How long each part of the film lasts."""
    theme: ThemeTable = ThemeTable()
    """How the film looks."""
    explore: Exercise = Exercise()
    """A task for the page of `gmmviz explore`, and what is locked and hidden for it."""
    output: OutputTable = OutputTable()
    """The files that are written."""
