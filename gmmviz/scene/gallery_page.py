"""A page of films in Markdown, made from their scenes so that it says what they show."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from gmmviz.encoders.base import one_line
from gmmviz.errors import InputError
from gmmviz.film.animation import Animation
from gmmviz.scene.notes import notes, questions
from gmmviz.scene.python_scene import PythonScene
from gmmviz.scene.scene import Scene

PICTURES = ("gif", "webp", "apng")  # formats that a page shows as they are
HEAD = """\
<!-- Made by: {command} -->

# The gallery

Each film is made from a scene file, by `gmmviz render`. Copy the scene, change what you like, and make your own.
"""


def page(scenes: Sequence[Scene | PythonScene], folder: Path, command: str) -> str:
    """Make the page.

    Parameters
    ----------
    scenes : sequence of Scene
    folder : Path
        Where the page and the films stand.
    command : str
        What the page was made by.

    Returns
    -------
    str
        Markdown: of each film its title, the film with its alternative text, what to notice, what to ask,
        and the scene that it is made from.

    Raises
    ------
    InputError
        If a scene makes no picture that a page can show, or its film is not there.
    """
    parts = [HEAD.format(command=one_line(command).replace(">", "&gt;"))]  # nothing ends the comment early
    films = [scene.animation() for scene in scenes]
    titles = [film.film.title or scene.path.name for scene, film in zip(scenes, films, strict=True)]
    links = zip(titles, _anchors(titles), strict=True)
    parts.append("\n".join(f"- [{_words(title)}](#{anchor})" for title, anchor in links) + "\n")
    parts += ["\n".join(_section(*one, folder)) for one in zip(scenes, films, titles, strict=True)]
    return "\n".join(parts)


def _section(scene: Scene | PythonScene, film: Animation, title: str, folder: Path) -> Iterator[str]:
    suffix = next((suffix for suffix in scene.formats if suffix in PICTURES), None)
    if suffix is None:
        raise InputError(f"{scene.path} makes no picture for a page: add 'gif' to the formats of its [output]")
    name = f"{scene.path.stem}.{suffix}"
    if not (folder / name).is_file():
        raise InputError(f"there is no {folder / name}: make it with gmmviz render {scene.path} -o {folder}")
    yield f"## {_words(title)}\n"
    if film.film.description:
        yield f"{_words(film.film.description)}\n"
    yield f"![{_words(film.film.story)}]({_address(Path(name))})\n"
    for heading, text in notes(scene.path, film.words).items():
        listed = questions(text)
        if len(listed) > 1:
            yield f"**{_words(heading)}**\n"
            yield "\n".join(f"- {_words(question)}" for question in listed) + "\n"
        else:
            yield f"**{_words(heading)}** {_words(text)}\n"
    yield f"[The scene]({_address(Path(os.path.relpath(scene.path, folder)))})\n"


def _words(text: str) -> str:
    """The text as words of a page, none of which is taken for HTML, a link or another mark."""
    text = re.sub(r"&(?=[#\w])", "&amp;", one_line(text))
    for mark, instead in {"<": "&lt;", ">": "&gt;", "[": "&#91;", "]": "&#93;"}.items():
        text = text.replace(mark, instead)
    text = re.sub(r"([\\`*_|~$])", r"\\\1", text)
    text = re.sub(r"^(\d*)([-+=#]|(?<=\d)[.)])", r"\1\\\2", text)  # no list, heading or rule
    return re.sub(r"(?<!\\)#$", r"\\#", text)


def _address(path: Path) -> str:
    """The path as it may stand between the round brackets of a link."""
    return quote(os.fsencode(path.as_posix()))


def _anchors(titles: Sequence[str]) -> Iterator[str]:
    """The names that GitHub gives to headings: those that it has given already are counted."""
    given: Counter[str] = Counter()
    for title in titles:
        kept = (letter for letter in title.lower() if letter.isalnum() or letter in " -_")
        name = "".join(kept).replace(" ", "-")
        yield f"{name}-{given[name]}" if given[name] else name
        given[name] += 1
