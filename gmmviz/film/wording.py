"""The words of a film: what it writes where its author wrote nothing, and what can be drawn of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields

from gmmviz.artists.formulas import check_formulas
from gmmviz.errors import InputError, brief, counted, listed, warn
from gmmviz.storyboard.captions import Captions
from gmmviz.storyboard.frame import CAPTIONS
from gmmviz.storyboard.languages import shipped, translation
from gmmviz.storyboard.page_words import OF_PAGES
from gmmviz.storyboard.run import Run
from gmmviz.storyboard.vocabulary import Words

LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"  # BCP 47


def usual_subtitle(runs: Sequence[Run], words: Words) -> str:
    """Return the numbers of points and of components, each if all runs have as many.

    Parameters
    ----------
    runs : sequence of Run
        Those of the film.
    words : Words
        Of the film.

    Returns
    -------
    str
        Empty if the runs differ in both.
    """
    n_points = {run.trace.n_points for run in runs}
    n_components = {run.trace.n_components for run in runs}
    parts = []
    if len(n_points) == 1:
        n = n_points.pop()
        parts.append(words.text("point" if n == 1 else "points", n=f"{n:,}"))
    if len(n_components) == 1:
        n = n_components.pop()
        parts.append(words.text("component" if n == 1 else "components", n=f"{n:,}"))
    return words.text("comma").join(parts)


def check_texts(runs: Sequence[Run], title: str, subtitle: str, captions: Captions, words: Words) -> None:
    """Refuse a formula that cannot be drawn, wherever a film has it.

    Parameters
    ----------
    runs : sequence of Run
        Which have names.
    title, subtitle : str
    captions : Captions
    words : Words

    Raises
    ------
    InputError
        At the text at fault.
    """
    for run in runs:
        check_formulas(run.name, "variants", run.name)
    check_formulas(title, "title")
    check_formulas(subtitle, "subtitle")
    for name, said in captions.examples():
        check_formulas(said, "captions", name)
    for name in words.own:
        check_formulas(words.example(name), "words", name)


def check_language(language: str) -> None:
    """Refuse what is no tag of a language.

    Parameters
    ----------
    language : str

    Raises
    ------
    InputError
        At the option "language".
    """
    if not re.fullmatch(LANGUAGE_TAG, language):
        raise InputError(
            f"language must be a BCP 47 tag, such as 'en' or 'pt-BR', not {brief(language)}", "language"
        )


def tell_of_english(captions: Captions, words: Words) -> None:
    """Warn of what is English in a film of another language.

    Parameters
    ----------
    captions : Captions
        Translated as far as they can be.
    words : Words
        Whose language is the film's.
    """
    left = [key for key in words.untranslated if not key.startswith(OF_PAGES)]
    if words.foreign:
        known = translation(words.language).get("captions", {})
        # Other languages may say "Iteration 3: ..." as well.
        names = (field.name for field in fields(CAPTIONS) if field.name not in (*known, "event", "fast_one"))
        left += [name for name in names if getattr(captions, name) == getattr(CAPTIONS, name) != ""]
    if left:
        warn(
            f"{counted(len(left), 'text')} of this film in {words.language!r} stay English, such as "
            f"{left[0]!r}: write them in words and captions, or choose {listed(shipped())}"
        )
