"""Every word on the picture and on the player's buttons, under a key by which scenes and languages rewrite it.

Captions are not among them, since they have a table of their own (`gmmviz.storyboard.captions`). A renderer asks
its stage for words: ``stage.say("iteration")``. A plugin's renderer may use all words, and adds its own::

    gmmviz.WORDS.register("doubt", gmmviz.Phrase("doubt of {n} points", "Title.", {"de": "Zweifel an {n}"}))

Numbers, decimal signs and what comes with the data are the same in every language.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gmmviz.engine.snapshot import Event
from gmmviz.engine.trace import Trace
from gmmviz.errors import LONGEST, InputError, brief, hint
from gmmviz.options import checked
from gmmviz.registry import Registry
from gmmviz.storyboard.languages import find, translation
from gmmviz.storyboard.page_words import EXPLORABLE, SITE
from gmmviz.storyboard.words import typeset


def check_template(
    text: str, known: Iterable[str], unknown: Callable[[str], str], others: re.Pattern[str] | None = None
) -> str:
    """Check a template: it may name the known fields, and nothing else in braces.

    Parameters
    ----------
    text : str
        As its author wrote it.
    known : iterable of str
        The names of the fields.
    unknown : callable
        Complains about another name.
    others : re.Pattern, optional
        What other fields look like, braces included.

    Returns
    -------
    str
        The same text.

    Raises
    ------
    InputError
        If the text cannot be filled in.
    """
    known = list(known)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        parts = [("", "", "", "")]
    for _, name, spec, conversion in parts:
        if others and others.fullmatch(f"{{{name}}}") and not (spec or conversion):
            continue
        if name in known and (spec or conversion):
            raise InputError(f"{{{name}}} is filled in as it is: leave out what follows its name in {brief(text)}")
        if name == "" or spec or conversion:
            names = ", ".join(f"{{{name}}}" for name in known) or "none"
            raise InputError(f"{brief(text)} is no template: write a brace as {{{{ or }}}}; known: {names}")
        if name is not None and name not in known:
            raise InputError(unknown(name))
    return text


def fields_in(text: str) -> tuple[str, ...]:
    """Return the names of the fields in a valid template, each once."""
    return tuple(dict.fromkeys(name for _, name, *_ in string.Formatter().parse(text) if name))


@checked
@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the picture in English, and where they stand.

    Parameters
    ----------
    text : str
        What is written; names in braces are filled in.
    where : str
        Where it stands on the picture, for `gmmviz list words`.
    translations : mapping of language to text
        For the words of a plugin; those of gmmviz are in ``gmmviz/storyboard/languages``.
    """

    text: str
    where: str
    translations: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        every = {f"{{{name}}}" for name in fields_in(self.text)}
        for language, text in self.translations.items():
            if {f"{{{name}}}" for name in fields_in(text)} - every:
                raise InputError(f"{brief(text)} fills in what {brief(self.text)} does not know", language)


EVENTS = ("dead", "dead_prior", "decreased", "decreased_posterior", "held", "collapsed", "constant")
WORDS: Registry[Phrase] = Registry(
    "word", lambda phrase: "" if isinstance(phrase, Phrase) else f"must be a Phrase, not {brief(phrase)}"
)


def check_word(key: str, text: Any) -> str:
    """Check what a scene says for a word.

    Parameters
    ----------
    key : str
        One of `WORDS`.
    text : str
        The text instead.

    Returns
    -------
    str
        The text.

    Raises
    ------
    InputError
        If there is no such word, or the text cannot be filled in.
    """
    english = WORDS[key].text
    if not isinstance(text, str):
        raise InputError(f"expected a text, got {brief(text)}; in English it is {english!r}")
    known = fields_in(english)
    fields = hint if known else (lambda name, known: f"it has no fields: {english!r}")
    return check_template(text, known, lambda name: f"{key} knows no {{{name[:LONGEST]}}}; {fields(name, known)}")


@checked
@dataclass(frozen=True)
class Words:
    """The words of a film: its own, else those of its language, else English ones.

    Parameters
    ----------
    language : str
        A BCP 47 tag, such as ``"de"`` or ``"de-AT"``.
    own : mapping of key to text
        Which replace those of the language.

    Raises
    ------
    InputError
        If a key is unknown or a text cannot be filled in.

    Examples
    --------
    >>> words = Words("de", {"iteration": "Schritt"})
    >>> words.say("iteration"), words.say("run", i=2)
    ('Schritt', 'Lauf 2')
    """

    language: str = "en"
    own: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, text in self.own.items():
            try:
                check_word(key, text)
            except InputError as error:
                raise InputError(str(error), key) from None

    def template(self, key: str) -> str:
        """Return a word with its fields in braces.

        Parameters
        ----------
        key : str
            One of `WORDS`.

        Returns
        -------
        str
            As its author wrote it.
        """
        phrase = WORDS[key]
        if key in self.own:
            return self.own[key]
        shipped: Mapping[str, str] = translation(self.language).get("words", {})
        return shipped.get(key) or find(self.language, phrase.translations) or phrase.text

    def text(self, key: str, **fields: object) -> str:
        """Return a word with its fields filled in, dollar signs as its author wrote them.

        Parameters
        ----------
        key : str
            One of `WORDS`.
        **fields : object
            What is filled in.

        Returns
        -------
        str
        """
        return self.template(key).format(**fields)

    def say(self, key: str, **fields: object) -> str:
        """Return a word with its fields filled in, as matplotlib takes it: dollar signs enclose formulas alone.

        Parameters
        ----------
        key : str
            One of `WORDS`.
        **fields : object
            What is filled in; texts that come with the data as `gmmviz.storyboard.words.literal` returns them.

        Returns
        -------
        str
        """
        return typeset(self.template(key)).format(**fields)

    def example(self, key: str) -> str:
        """Return a word with a number in each field.

        Parameters
        ----------
        key : str
            One of `WORDS`.

        Returns
        -------
        str
        """
        return self.text(key, **dict.fromkeys(fields_in(self.template(key)), "1"))

    def listed(self, names: Iterable[str]) -> str:
        """Join names as a sentence does: ``"A, B and C"``."""
        *others, last = names
        return self.text("and", first=self.text("comma").join(others), last=last) if others else last

    def event(self, event: Event, trace: Trace) -> str:
        """Return what happened in a run, in words.

        Parameters
        ----------
        event : Event
            One of the trace's.
        trace : Trace
            The run.

        Returns
        -------
        str
            The event's message, if it is of a kind that has no words here.
        """
        kind = event.kind
        if kind == "collapsed" and event.point is None:
            kind = "constant"
        elif kind == "dead" and event.message.endswith("prior"):
            kind = "dead_prior"
        elif kind == "decreased" and "posterior" in event.message:
            kind = "decreased_posterior"
        if kind not in EVENTS:
            return event.message
        if self.template(kind) == WORDS[kind].text:
            return event.message
        amount = re.search(r"[\d.]+(e[+-]?\d+)?$", event.message)
        return self.text(
            kind,
            component=None if event.component is None else event.component + 1,
            point=None if event.point is None else event.point + 1,
            amount=amount[0] if amount else "",
            features=self.text("comma").join(
                name for name in trace.data.feature_names if repr(name) in event.message
            ),
        )

    @property
    def foreign(self) -> bool:
        """Whether the language is not English."""
        return self.language.lower().split("-")[0] != "en"

    @property
    def untranslated(self) -> tuple[str, ...]:
        """The keys of the words that are English, though the language is not."""
        if not self.foreign:
            return ()
        shipped = translation(self.language).get("words", {})
        known = {*self.own, *shipped}
        return tuple(
            key
            for key, phrase in WORDS.items()
            if key not in known and find(self.language, phrase.translations) is None
        )


_ENGLISH_WORDS = {
    # The frame of the picture.
    "title": ("Expectation-maximization", "Top left, where a film has no title of its own."),
    "point": ("{n} point", "Top right, where a film has no subtitle of its own: of a single point."),
    "points": ("{n} points", "The same of several points."),
    "component": ("{n} component", "The same of a single component."),
    "components": ("{n} components", "The same of several components."),
    "run": ("run {i}", "The name of a run that has none."),
    "and": ("{first} and {last}", "The last two of a list."),
    "comma": (", ", "Between the others of a list."),
    # Panels.
    "iteration": ("iteration", "The axis of iterations."),
    "iteration_logarithmic": ("iteration (log)", "The same, where it is logarithmic."),
    "negative_average": ("average negative log-likelihood", "Title of the log-likelihood."),
    "average": ("log-likelihood per point", "Title of the log-likelihood, per point, and of the lower bound."),
    "total": ("log-likelihood", "Title of the log-likelihood of all points."),
    "true_level": ("truth", "Beside the level of the true mixture's log-likelihood."),
    "true_level_of": ("truth of {run}", "The same, where runs have truths of their own."),
    "runs_together": ("{n} runs", "Several runs that end alike, in the log-likelihood of all runs."),
    "kind_numbers": ("{kind}s {numbers}", "The same, where they have a name and numbers: seeds 1, 8."),
    "kind_counted": ("{n} {kind}s", "The same, where they are more than three: 7 seeds."),
    "distance_of_log_likelihood": ("log-likelihood: distance to limit", "Title of the distance."),
    "distance_of_parameters": ("parameters: distance to limit", "The same, with of = 'parameters'."),
    "per_iteration": ("per iteration", "Behind a rate of convergence."),
    "no_rate": ("no steady rate", "Beside a run of the distance that has none."),
    "ellipse_holds": ("ellipses hold {mass}", "Note of the panels that draw one ellipse per component."),
    "ellipses_hold": ("ellipses hold {masses} of a component", "The same, where they draw several."),
    "truth": ("dashed: the truth", "Note of the ellipses."),
    "with_truth": ("{title} (dashed: truth)", "Title of weights and parameters, where the truth is known."),
    "part_of_features": (
        "{shown} of {all} features shown",
        "Note of a panel that shows some of the features.",
    ),
    "principal_component": ("principal component {i} ({share} %)", "An axis; the share is of the variance."),
    "part_of_variance": (
        "{share} % of the variance of {n} standardized features",
        "Note of a panel of principal components.",
    ),
    "doubling_lines": ("each line doubles the density", "Note of the contours and of a surface without a box."),
    "even_lines": ("lines at equal steps of density", "Note of the contours with levels = 'linear'."),
    "samples": ("crosses: drawn from the fit", "Note of the contours with samples."),
    "synthetic": ("{n} points drawn from the mixture", "Note of the model's own data."),
    "highest_density": ("film's max", "The top of the key of densities: the highest of all moments and runs."),
    "height": ("height: share of the film's highest density; each line doubles it", "Note of the surface."),
    "curves": ("weighted densities and their sum", "Note of the curve."),
    "density_per": ("density (per {unit})", "The curve's axis; the unit is in the feature's name."),
    "density_per_unit": ("density (per unit)", "The curve's axis of a principal component."),
    "density_per_unit_of": ("density (per unit of {feature})", "The curve's axis of a feature without a unit."),
    "sizes_are_weights": ("sizes: weights", "Note of a panel whose points have weights."),
    "rims_are_known": ("rims: label known", "Note of a panel where the components of some points are known."),
    "lines_are_gaps": ("lines: a value is missing", "Note of a panel whose points lack values."),
    "image_means": ("every pixel takes its component's mean color", "Title of the image."),
    "image_components": ("every pixel takes its component's hue", "The same with colors = 'components'."),
    "image_original": ("the image", "The same with colors = 'original'."),
    "weights": ("weights", "Title of the weights."),
    "eigenvalues": ("eigenvalues, log scale", "Title of the parameters that are eigenvalues."),
    "some_eigenvalues": ("eigenvalues, {note}, log scale", "The same, of a part of the features."),
    "means_of": ("means of {features}", "Title of the parameters that are means."),
    "standard_deviations_of": ("standard deviations of {features}", "The same of standard deviations."),
    "bar_per_point": ("responsibilities, a bar per point", "Title of the responsibilities."),
    "bar_per_points": ("responsibilities, a bar per {n} points", "The same, where the points are too many."),
    "asked": ("point {n}: weight × density; divided by their sum", "Title of one point's E-step."),
    "asked_sum": ("sum: {sum}", "Beside the densities that have joined."),
    "bound": ("lower bound", "Beside the lower part of the bar."),
    "gap": ("gap (KL)", "Beside the upper part of the bar."),
    "log_likelihood": ("log-likelihood", "Beside the top of the bar."),
    "log_posterior": ("log-posterior", "Beside the curve above the bound, where there is a prior."),
    "average_posterior": ("log-posterior per point, up to a constant", "Title of the bound's curve, likewise."),
    "line_of_parameters": ("parameters, on the line of one iteration", "The axis of the bound's curve."),
    "these_parameters": ("now", "A place on that axis: where the iteration begins."),
    "next_parameters": ("next", "A place on that axis: where the iteration ends."),
    "mean_of_component": ("mean of component {component}: {feature}", "The same axis of a single parameter."),
    "weight_of_component": ("weight of component {component}", "The same of a weight."),
    "variance_of_component": ("variance of component {component}", "The same of a variance."),
    "shared_variance": ("variance of all components", "The same of one that all share."),
    "landscape_end": ("{title}; other parameters as in the best end", "Title of a landscape of some parameters."),
    "landscape_surface": ("height: {title}, from {low} up", "Title of a landscape that is a surface."),
    "criterion_components": ("components", "The axis of the criteria."),
    "components_parameters": ("components; parameters below", "The same with parameters = true."),
    "above_lowest": ("above the lowest", "Above the bars of a criterion."),
    "parameter_counts": ("parameters", "Above the bars of the numbers of parameters."),
    "lower_is_better": (
        "{criteria}: misfit plus price of parameters; lower is better",
        "Title of the criteria. The misfit is minus twice the log-likelihood.",
    ),
    "hollow": ("hollow: still being fitted", "Beside the criteria while runs go on."),
    "lowest": ("lowest: {run}", "Below the best run's criterion."),
    "lowest_bar": ("{number} (lowest)", "Behind the shortest bar of a criterion."),
    "flagged": (
        "ringed, the lowest {share} %: {n} of {all} fitted",
        "Above the scores; the share is the threshold's.",
    ),
    "flagged_others": ("and {n} of {all} {name} (triangles)", "The same of other points."),
    "roc": ("caught against false alarms", "Title of the ROC."),
    "false_alarms": ("false alarms (%)", "Its horizontal axis: the share of the fitted points."),
    "caught": ("caught (%)", "Its vertical axis: the share of the points that were not fitted."),
    # What has happened, for captions.
    "dead": ("component {component} has died: no point wants it", "An event in a caption."),
    "dead_prior": (
        "component {component} has died: it had too few points for the prior",
        "An event in a caption, where the prior on the weights wants few components.",
    ),
    "decreased": ("the log-likelihood fell by {amount}", "An event in a caption."),
    "decreased_posterior": (
        "the log-posterior fell by {amount}",
        "An event in a caption, where there is a prior.",
    ),
    "held": ("component {component} would have collapsed, but for regularization", "An event in a caption."),
    "collapsed": ("component {component} has collapsed onto point {point}", "An event in a caption."),
    "constant": ("constant features: {features}", "An event in a caption: why a run collapses at once."),
    # Chapters, and the story for those who cannot see the film.
    "chapter_start": ("Start", "The first chapter of a video."),
    "plate_start": ("start", "Beneath a plate's picture of the start."),
    "chapter_iteration": ("Iteration {i}", "A chapter."),
    "chapter_iterations": ("Iterations {first} to {last}", "A chapter of several iterations."),
    "chapter_end": ("End", "The last chapter."),
    "chapter_epilogue": ("Epilogue", "The chapter after that."),
    "story": (
        "{algorithm} fits {gaussians} to {points} points of {data} ({features}){weights}: {iterations}, average "
        "log-likelihood from {first} to {last}, {ending}.",
        "The story of a run, for files' metadata and film.txt.",
    ),
    "story_component": ("Component {k} ends at ({place}) with weight {weight}.", "In the story."),
    "story_weights": (" with weights that sum to {sum}", "In the story, where points have weights."),
    "story_prior": ("There is a prior on the parameters.", "In the story."),
    "story_known": ("Points with a known label: {n}.", "In the story, where EM is told some components."),
    "story_gaps": ("Points with missing values: {n}.", "In the story."),
    "one_gaussian": ("one Gaussian", "In the story."),
    "gaussians": ("{n} Gaussians", "In the story."),
    "no_iterations": ("no iterations", "In the story."),
    "one_iteration": ("one iteration", "In the story."),
    "iterations": ("{n} iterations", "In the story."),
    "numbers": ("two three four five six seven eight nine ten", "Numbers in the story, parted by spaces."),
    "ends_converged": ("then hardly anything changes", "In the story."),
    "ends_stopped": ("then the film stops", "In the story."),
    "ends_collapsed": ("then a component collapses", "In the story."),
    # The player's buttons, for eyes and for screen readers.
    "player_first": ("First step", "A button of the player (film.html)."),
    "player_previous": ("Previous step", "A button of the player."),
    "player_play": ("Play", "A button of the player."),
    "player_pause": ("Pause", "The same button, while the film plays."),
    "player_next": ("Next step", "A button of the player."),
    "player_last": ("Last step", "A button of the player."),
    "player_next_e": ("E-step: the next one", "A button of the player, which shows E."),
    "player_next_m": ("M-step: the next one", "A button of the player, which shows M."),
    "player_slider": ("Step", "The player's slider."),
    "player_speed": ("Speed", "The player's choice of speeds."),
    "player_large": ("Larger picture", "A button of the player, on phones: then letters can be read."),
    "player_full": ("Full screen", "A button of the player."),
    "player_place": ("{i} of {n}", "Where the player is, before the step's words."),
    "player_steps": ("All steps in words", "Below the player, above the list of steps."),
}
for _key, (_text, _where) in (_ENGLISH_WORDS | SITE | EXPLORABLE).items():
    WORDS.register(_key, Phrase(_text, _where))

ENGLISH = Words()
