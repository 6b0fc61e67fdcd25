"""What a scene file says to the teacher: the comment that it begins with.

::

    # What to notice
    #   A paragraph, indented.
    # Questions for the class
    #   Each ends with a question mark.

A Python scene says the same in its docstring.
"""

from __future__ import annotations

import ast
import re
from itertools import takewhile
from pathlib import Path

from gmmviz.storyboard.vocabulary import ENGLISH, WORDS, Words


def notes(path: Path, words: Words = ENGLISH) -> dict[str, str]:
    """Return the text under each heading of the scene's first comment or docstring.

    Parameters
    ----------
    path : Path
    words : Words
        Whose language the headings above take, where a scene writes them in English.

    Returns
    -------
    dict of str to str
        Each text in one line; empty if the scene has no such comment.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        lines = (ast.get_docstring(ast.parse(text)) or "").split("\n")
    else:
        comment = takewhile(lambda line: line.startswith("#"), text.split("\n"))
        lines = [line[1:].removeprefix(" ") for line in comment if not line.startswith("#:")]
    found: dict[str, list[str]] = {}
    heading = ""
    for line in lines:
        if line and not line.startswith(" "):
            heading = line.strip()
        elif line and heading:
            found.setdefault(heading, []).append(line.strip())
    own = {WORDS[key].text: words.text(key) for key in ("explore_notes", "explore_questions")}
    return {own.get(name, name): " ".join(said) for name, said in found.items()}


def questions(text: str) -> list[str]:
    """Split a text after each question."""
    return [question for question in re.split(r"(?<=\?)\s+", text) if question]
