"""A page of films in Markdown, made from their scenes so that it says what they show."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

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
    parts = [HEAD.format(command=command)]
    films = [scene.animation() for scene in scenes]
    parts.append("\n".join(f"- [{film.title}](#{_anchor(film.title)})" for film in films) + "\n")
    parts += ["\n".join(_section(scene, film, folder)) for scene, film in zip(scenes, films, strict=True)]
    return "\n".join(parts)


def _section(scene: Scene | PythonScene, film: Animation, folder: Path) -> Iterator[str]:
    suffix = next((suffix for suffix in scene.formats if suffix in PICTURES), None)
    if suffix is None:
        raise InputError(f"{scene.path} makes no picture for a page: add 'gif' to the formats of its [output]")
    name = f"{scene.path.stem}.{suffix}"
    if not (folder / name).is_file():
        raise InputError(f"there is no {folder / name}: make it with gmmviz render {scene.path} -o {folder}")
    source = Path(os.path.relpath(scene.path, folder)).as_posix()
    yield f"## {film.title}\n"
    if film.description:
        yield f"{film.description}\n"
    yield f"![{_plain(film.film.story)}]({name})\n"
    for heading, text in notes(scene.path).items():
        listed = questions(text)
        if len(listed) > 1:
            yield f"**{heading}**\n"
            yield "\n".join(f"- {question}" for question in listed) + "\n"
        else:
            yield f"**{heading}** {text}\n"
    yield f"[The scene]({source})\n"


def _plain(text: str) -> str:
    """The text as it may stand between the brackets of a picture."""
    return text.replace("[", "(").replace("]", ")").replace("\n", " ")


def _anchor(title: str) -> str:
    """The name that GitHub gives to a heading."""
    kept = (letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).replace(" ", "-")
